# make run    … デモを動かす（Python 3.11 以上と make だけで動きます）
# make test   … すべての検査（lint → pytest → docs → wheel）
# make lint / pytest / docs / wheel / bench / screenshots / lock … それぞれの部分

PORT ?= 8000
WORKERS ?= 2
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CHROMIUM_PATH = $(shell cat $(VENV)/chromium 2>/dev/null)

.PHONY: help run test lint ruff types layers pytest docs wheel bench soak soak-residents bundle screenshots lock clean
.DELETE_ON_ERROR:

help:
	@sed -n '1,3s/^# //p' Makefile

run: $(VENV)/ready-run
	@[ -f demo/govkit.toml ] || { echo '▶ デモ用アプリのひな形を ./demo に作ります。'; \
		$(BIN)/govkit new app demo --title 'govkit デモ'; }
	@cd demo && exec ../$(BIN)/govkit run --demo --port $(PORT)

test: lint pytest docs wheel
	@echo '✔ すべての検査に通りました。'

lint: ruff types layers

ruff: $(VENV)/ready-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/ready-test
	$(BIN)/mypy

layers: $(VENV)/ready-test
	$(BIN)/lint-imports

# What is compiled is kept, whatever the shell says: many tests start a Python of their own.
# Hundreds of databases are made and thrown away: in memory, where there is plenty of it.
pytest: $(VENV)/ready-test $(VENV)/chromium
	@scratch=$$(mktemp -d "$$(sh tools/scratch.sh)/govkit-tests-XXXXXX") && trap 'rm -rf "$$scratch"' EXIT INT TERM; \
	env -u PYTHONDONTWRITEBYTECODE TMPDIR="$$scratch" CHROMIUM='$(or $(CHROMIUM),$(CHROMIUM_PATH))' $(BIN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder --ignore tests/packaging

wheel: $(VENV)/ready-test
	$(BIN)/pytest tests/packaging

docs: $(VENV)/ready-test
	$(BIN)/sphinx-build --fail-on-warning --keep-going -q docs docs/_build/html

bench: $(VENV)/ready-test
	@for each in benchmarks/bench_*.py; do echo "▶ $$each"; $(BIN)/python "$$each" || exit 1; done

# The long forms of the tests that have one: 62 cities, 200,000 requests, 1,000 kills: two to three hours.
SOAK_TESTS = $(shell grep -rl --include='test_*.py' 'SOAK\|GOVKIT_KILLS' tests)
soak: $(VENV)/ready-test $(VENV)/chromium
	GOVKIT_SOAK=1 GOVKIT_KILLS=1000 CHROMIUM='$(or $(CHROMIUM),$(CHROMIUM_PATH))' \
		$(BIN)/pytest -n $(WORKERS) --dist loadscope $(SOAK_TESTS)

# Protected places against 200,000 questions to each adapter, and longer samples of time: an hour.
LEAK_QUERIES ?= 200000
soak-residents: $(VENV)/ready-test
	GOVKIT_LEAK_QUERIES=$(LEAK_QUERIES) GOVKIT_TIME_SAMPLES=1000 $(BIN)/pytest -n $(WORKERS) tests/residents/test_leaks.py tests/residents/test_even_time.py

# All that a closed network needs, in one archive (dist/govkit-…-bundle.tar).
bundle: $(VENV)/ready-test
	@sh tools/offline_bundle.sh $(BIN)/python dist

screenshots: $(VENV)/ready-test $(VENV)/chromium
	CHROMIUM='$(or $(CHROMIUM),$(CHROMIUM_PATH))' STORY_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/journeys/test_story.py -k 'sqlite and scripts and not no-scripts'

# Locks name hashes, never a package index. Needs uv (pip install uv).
LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet $(UPGRADE) --group install
UPGRADE = --upgrade
# What the demo shows, what a server in a city hall needs, and all but splink and spark, which one
# test installs by itself.
SHOWN = documents drafts excel factors passkeys scaffold
SERVED = advisories $(filter-out scaffold,$(SHOWN)) index metrics oidc postgres redis rest server shrink
lock:
	$(LOCK) $(addprefix --extra ,$(SHOWN)) -o requirements/run.lock
	$(LOCK) $(addprefix --extra ,$(SERVED)) -c requirements/run.lock -o requirements/production.lock
	$(LOCK) $(addprefix --extra ,$(SERVED) scaffold) --group dev -c requirements/run.lock -c requirements/production.lock -o requirements/test.lock

$(VENV)/made:
	@[ -n '$(PYTHON)' ] || { echo 'Python 3.11 以上が見つかりません。インストールするか、make PYTHON=/path/to/python3 と指定してください。' >&2; exit 1; }
	@echo '▶ Python の仮想環境を $(VENV) に作ります（数秒）。'
	@[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo '仮想環境を作れません。Debian・Ubuntu では apt-get install python3-venv を実行してください。' >&2; exit 1; }
	@touch $@

$(VENV)/ready-%: requirements/%.lock pyproject.toml | $(VENV)/made
	@echo '▶ 必要なライブラリを入れます（初回は1分ほど。requirements/$*.lock のとおり）。'
	@$(PIP) install --require-hashes -r requirements/$*.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/chromium: | $(VENV)/ready-test
	@sh tools/chromium.sh $(BIN)/python > $@

clean:
	rm -rf demo dist build docs/_build $(VENV)
