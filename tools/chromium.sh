#!/bin/sh
# Prints the path of a Chromium for the browser tests; gets one where none is installed.
#
# CHROMIUM names one. Otherwise Debian's headless shell, with which the tests take a third of the
# time (as root it is installed), otherwise any Chromium on PATH, otherwise the one of Playwright.
# Usage: sh tools/chromium.sh PYTHON
set -eu
python=$1

find_chromium() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get -qy -o Acquire::Retries=0 \
        -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 "$@" >&2
}

playwright_chromium() {
    "$python" -c '
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
if not Path(path).is_file():
    raise SystemExit(1)
print(path)'
}

if [ -n "${CHROMIUM:-}" ]; then
    if [ ! -x "$CHROMIUM" ]; then
        echo "CHROMIUM=$CHROMIUM は実行できません。" >&2
        exit 1
    fi
    echo "$CHROMIUM"
    exit 0
fi

if ! command -v chromium-headless-shell >/dev/null; then
    echo '▶ ブラウザーの検査に使う Chromium を入れます。' >&2
    apt_install update && apt_install install --no-install-recommends \
        chromium-headless-shell fonts-noto-cjk || true
fi
find_chromium && exit 0
playwright_chromium 2>/dev/null && exit 0
if "$python" -m playwright install chromium >&2; then
    playwright_chromium && exit 0
fi
cat >&2 <<'MESSAGE'
Chromium が見つからず、自動では入れられませんでした。次のどれかをしてから、もう一度実行してください。
  ・apt-get install chromium-headless-shell fonts-noto-cjk （Debian・Ubuntu）
  ・.venv/bin/playwright install --with-deps chromium
  ・make test CHROMIUM=/path/to/chromium
MESSAGE
exit 1
