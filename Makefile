# `make run` and `make test` are all a newcomer needs; both work on a fresh machine with Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --retries 10 --timeout 60

BROWSER_SCRIPTS := $(shell find app/frontend -type f) package.json package-lock.json .npmrc scripts/build_assets.py

.PHONY: run install compiled assets test check tests programs lock translations screenshots evaluate bench storm clean

run: install  ## Start everything with invented data; Ctrl-C stops it
	@$(BIN)/seere up --demonstration --port $(PORT)

install: .venv/installed compiled assets  ## Make .venv with all that running needs
	@sh scripts/install_programs.sh run

.venv/bin/python:
	@echo "Making .venv with $$($(PYTHON) --version)…"
	@$(PYTHON) -c 'import sys; sys.exit("Seere needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv

.venv/installed: requirements/workers.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Seere needs (about 500 MB with the language model; a few minutes the first time)…"
	@$(PIP) install --progress-bar on --require-hashes -r requirements/workers.txt
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

.venv/installed-tests: requirements/development.txt .venv/installed
	@echo "Installing what the tests need…"
	@$(PIP) install --quiet --require-hashes -r requirements/development.txt
	@touch $@

test: .venv/installed-tests programs compiled assets check tests  ## Everything that CI runs

check: .venv/installed-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

# Three for two cores: who waits for a browser or for another process leaves its turn to the others.
tests: .venv/installed-tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 3 --dist loadfile

assets: app/static/built/.made  ## Bundle what runs in browsers, where it changed

.venv/installed-assets: requirements/assets.txt .venv/installed
	@echo "Installing Node, as a Python package, to bundle what runs in browsers…"
	@$(PIP) install --quiet --require-hashes -r requirements/assets.txt
	@touch $@

app/static/built/.made: $(BROWSER_SCRIPTS) .venv/installed-assets
	@$(BIN)/python scripts/build_assets.py
	@touch $@

programs:
	@sh scripts/install_programs.sh test

compiled: .venv/installed
	@$(BIN)/pybabel -q compile -d translations

translations: .venv/installed-tests  ## Extract, update and compile the catalogues
	@$(BIN)/pybabel -q extract -F translations/babel.cfg -k lazy_gettext --no-wrap --sort-output -o translations/messages.pot .
	@$(BIN)/python scripts/translations.py
	@$(BIN)/pybabel -q compile -d translations

lock:  ## Pin every dependency again, with hashes
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements/web.txt pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra workers -o requirements/workers.txt pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra assets -o requirements/assets.txt pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra workers --extra development -o requirements/development.txt pyproject.toml

screenshots: .venv/installed-tests  ## Pictures of every page of a running demonstration
	$(BIN)/python scripts/screenshots.py --address http://127.0.0.1:$(PORT)

storm: .venv/installed-tests  ## 5,000 messages over five gateways while processes are killed (a quarter of an hour)
	$(BIN)/python -m tests.storm.storm

evaluate: .venv/installed-tests  ## Measure the engines on the development sets, and show what they miss
	$(BIN)/python -m tests.evaluation.evaluate_anonymise --misses
	$(BIN)/python -m tests.evaluation.evaluate_triage --misses

bench: .venv/installed
	$(BIN)/seere bench intake
	$(BIN)/seere bench pipeline
	$(BIN)/seere bench sms
	$(BIN)/seere bench web
	$(BIN)/seere bench desk
	$(BIN)/seere bench engines

clean:  ## Remove what was built; data in var/ stays
	rm -rf .venv node_modules app/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
