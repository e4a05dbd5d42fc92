# Indelible: the few verbs of this project. `make` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
PORT ?= 8000
# The environment is built from lock files alone; nothing may go and fetch another interpreter.
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help run dev check test conformance vectors browser docs bench lock tables tools clean

help: ## list what can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.run ## set up, start Indelible and print where to go
	@exec $(BIN)/indelible serve --home $(DATA) --port $(PORT)

dev: $(VENV)/.dev ## set up everything that developing and testing needs
	@echo "Ready: $(BIN)/indelible and the tools of pyproject.toml are installed."

check: $(VENV)/.dev ## lint, format, types and layers; quick
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: $(VENV)/.dev tools ## bring what the tests need, then run all of them
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder tests

conformance: $(VENV)/.dev tools ## the byte formats against known answers and other implementations
	$(BIN)/pytest tests/conformance tests/ledger

vectors: $(VENV)/.dev ## make the known answers of vectors/ anew; nothing should differ
	$(BIN)/python -m vectors.generate

browser: $(VENV)/.dev tools ## journeys in a real browser
	$(BIN)/pytest tests/browser

docs: $(VENV)/.dev ## run every command that the documentation shows
	$(BIN)/pytest tests/docs

bench: $(VENV)/.dev tools ## measure speed, each figure as a ratio within one run
	$(BIN)/python -m bench

tools: ## bring chromium, PostgreSQL and Go where this machine may install them
	@bash tests/bring_tools.sh

lock: $(VENV)/.dev ## write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-annotate --no-header --extra build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-annotate --no-header --extra build --extra dev -o requirements-dev.lock pyproject.toml

tables: $(VENV)/.dev ## write the tables of a new installation anew, after a change of them
	$(BIN)/python -m indelible.server.tables.new

clean: ## remove the environment and everything built (the data folder stays)
	rm -rf $(VENV) build dist test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installer: requirements-installer.lock
	@echo "Making the environment (once, about half a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-installer.lock
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml $(VENV)/.installer
	@$(BIN)/uv pip install -q --compile-bytecode --require-hashes --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(BIN)/uv pip install -q --require-hashes --python $(BIN)/python -r requirements-dev.lock
	@touch $@
