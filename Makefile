# Two commands matter: `make run` and `make test`. Both work in a clean checkout with Python 3.11+,
# git and make; after the first set-up they need no network and never a key.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync
export UV_PYTHON_DOWNLOADS := never
# Without compiled bytecode every process pays 4 to 5 s more for its imports.
export UV_COMPILE_BYTECODE := 1
export DO_NOT_TRACK := 1
# The lock names the public index; a lock made behind a mirror would write the mirror's address.
LOCK_INDEX := $(shell sed -n 's/^source = { registry = "\(.*\)" }/\1/p' uv.lock | head -n 1)
SQLFLUFF_PATHS := dbt_project/models dbt_project/tests

.PHONY: help run test lint format typecheck unit bench validate docs dev clean setup lock requirements

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(UV):
	@echo "Setting up uv $(UV_VERSION) in .tools/ …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: uv.lock pyproject.toml | $(UV)
	@echo "Installing the locked packages into .venv/ (once; bytecode is compiled too) …"
	@$(UV) sync --frozen --quiet --python $(PYTHON)
	@.venv/bin/python -m compileall -q orchestration sources expectations warehouse || true
	@touch $@

setup: .venv/.synced ## install what is needed, nothing else

run: setup ## land the bundled figures, build, check and publish a release
	@$(RUN) pax run $(ARGS)

test: setup lint unit ## set-up, linters and the whole suite

unit: setup ## the test suite alone (ARGS="-k landing" for a part)
	@$(RUN) pytest $(ARGS)

lint: setup ## ruff, mypy and sqlfluff
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) sqlfluff lint --processes 2 $(SQLFLUFF_PATHS)

format: setup ## let ruff and sqlfluff put the code in shape
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .
	@$(RUN) sqlfluff fix --processes 2 $(SQLFLUFF_PATHS)

bench: setup ## measure a cold, a warm and an unchanged run, and ten million rows (10 minutes)
	@$(RUN) python -m tests.benchmarks.bundled_run
	@$(RUN) python -m tests.benchmarks.trade_10m_rows

validate: setup ## hold our reconciliation against BACI, where the real files lie beside the checkout
	@$(RUN) pax validate trade

docs: setup ## build the static dbt documentation into the current home
	@$(RUN) pax docs

dev: setup ## the Dagster UI on http://127.0.0.1:3000
	@$(RUN) pax dev

lock: $(UV) ## renew uv.lock against the public index, and the export for mirrors
	@UV_DEFAULT_INDEX=$(LOCK_INDEX) $(UV) lock $(ARGS)
	@$(MAKE) --no-print-directory requirements

requirements: $(UV) ## requirements.txt: the same pins without any address, for pip behind a mirror
	@$(UV) export --frozen --quiet --all-groups --no-hashes --no-emit-project --no-header -o requirements.txt >/dev/null

clean: ## remove caches and scratch; keeps landed data and releases
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis dbt_project/target dbt_project/logs logs
	@rm -rf "$${PAX_HOME:-warehouse/data}/working"
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -prune \
	  -exec rm -rf {} +
