#!/bin/sh
# Puts all that a closed network needs into one archive: wheels, lock with hashes, list of parts.
# Usage: sh tools/offline_bundle.sh PYTHON OUT_FOLDER
set -eu
python=$1
out=$2
version=$("$python" -c 'import govkit; print(govkit.__version__)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
bundle=$work/govkit-$version
mkdir -p "$bundle/wheelhouse" "$out"

echo '▶ 部品の配布物を集めます。' >&2
"$python" -m pip --disable-pip-version-check --quiet download --only-binary :all: \
    --require-hashes -r requirements/production.lock -d "$bundle/wheelhouse"
echo '▶ govkit の配布物を作ります。' >&2
"$python" -m pip --disable-pip-version-check --quiet wheel --no-deps --no-build-isolation -w "$bundle/wheelhouse" .
cp requirements/production.lock "$bundle/wheelhouse/"
"$python" tools/sbom.py requirements/production.lock "$version" >"$bundle/sbom.cdx.json"
cat >"$bundle/install.sh" <<'INSTALL'
#!/bin/sh
# 閉じた網で govkit を入れます。使い方: sh install.sh 仮想環境を作るフォルダー
set -eu
cd "$(dirname "$0")"
sha256sum --check --quiet SHA256SUMS
target=${1:?仮想環境を作るフォルダーを指定してください。例: sh install.sh /srv/app/.venv}
"${PYTHON:-python3}" -m venv "$target"
pip="$target/bin/python -m pip --disable-pip-version-check --quiet install --no-index -f wheelhouse"
$pip --require-hashes -r wheelhouse/production.lock
$pip --no-deps wheelhouse/govkit_jp-*.whl
"$target/bin/govkit" --version
INSTALL
(cd "$bundle" && find . -type f ! -name SHA256SUMS | sort | xargs sha256sum >SHA256SUMS)
tar -C "$work" -cf "$out/govkit-$version-bundle.tar" "govkit-$version"
echo "$out/govkit-$version-bundle.tar"
