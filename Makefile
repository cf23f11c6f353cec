# Two commands matter: `make run` and `make test`, in any order. Both work in a clean checkout with
# Python 3.11 to 3.13, git and make; once packages are installed they need neither network nor key.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync
export UV_PYTHON_DOWNLOADS := never
# Without compiled bytecode every process spends 4 to 5 s more on its imports.
export UV_COMPILE_BYTECODE := 1
# Certificates of the system, as pip and git use them: a proxy may have its own.
export UV_SYSTEM_CERTS ?= 1
export DO_NOT_TRACK := 1
# Always lock against the index that the lock names, also where a mirror is configured.
LOCK_INDEX := $(shell sed -n 's/^source = { registry = "\(.*\)" }/\1/p' uv.lock | head -n 1)
SQLFLUFF_PATHS := dbt_project/models dbt_project/tests

.PHONY: help setup run test test-long torture unit lint format hooks bench validate docs dev clean lock parity \
	requirements audit axe superset picture

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(UV):
	@echo "Installing uv $(UV_VERSION) into .tools/ …"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: uv.lock pyproject.toml | $(UV)
	@echo "Installing the locked packages into .venv/ …"
	@$(UV) sync --frozen --quiet --python $(PYTHON)
	@.venv/bin/python -m compileall -q orchestration sources expectations warehouse || true
	@touch $@

setup: .venv/.synced ## install the locked packages and create the data directory
	@mkdir -p "$${PAX_HOME:-warehouse/data}/working"

run: setup ## build, check and publish a release from the bundled data (ARGS="--live")
	@$(RUN) pax run $(ARGS)

test: setup lint unit ## run the linters and the test suite

unit: setup ## run the test suite alone (ARGS="tests/sources" for a part)
	@$(RUN) pytest $(ARGS)

test-long: setup ## run the tests marked `long` (see tests/README.md)
	@$(RUN) pytest -m long --timeout 1800 $(ARGS)

N ?= 3

parity: setup ## build the models of Spark on both engines and compare them (Java 17; 10 to 30 minutes)
	@$(UV) sync --frozen --quiet --extra spark
	@$(RUN) pytest -n 0 -m "" -rs -s --timeout 1800 tests/parity tests/orchestration/test_spark_plan.py $(ARGS)

torture: setup ## disturb N runs with kills and other faults; resumes (ARGS="--folder DIR --seed 0")
	@$(RUN) python -m tests.faults.torture --runs $(N) $(ARGS)

# The database of vulnerabilities (OSV) is on the internet; without it nothing is known, not wrong.
audit: $(UV) ## report known vulnerabilities of the locked packages, where OSV can be reached
	@code=0; found="$$($(UV) audit --frozen --preview-features audit-command $(ARGS) 2>&1)" || code=$$?; \
	echo "$$found"; \
	if [[ $$code -ne 0 && "$$found" == *"Request failed"* ]]; then \
	  echo "::warning::AUDIT NOT DONE: the database of vulnerabilities cannot be reached"; \
	else exit $$code; fi

lint: setup ## run ruff, mypy, deptry and sqlfluff
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) deptry .
	@$(RUN) deptry tests --exclude '\.venv' --ignore DEP002,DEP004
	@$(RUN) sqlfluff lint --processes 2 $(SQLFLUFF_PATHS)

format: setup ## fix what ruff and sqlfluff can fix
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .
	@$(RUN) sqlfluff fix --processes 2 $(SQLFLUFF_PATHS)

hooks: setup ## install the git pre-commit hooks
	@$(RUN) pre-commit install

bench: setup ## measure runs, ten million rows, a new month, other engines (30 minutes)
	@$(RUN) python -m tests.benchmarks.bundled_run
	@$(RUN) python -m tests.benchmarks.trade_10m_rows
	@$(RUN) python -m tests.benchmarks.new_month --rows 10000000
	@$(RUN) python -m tests.benchmarks.same_answers --rows 10000000

superset: setup ## install Superset, import its dashboard, compare it with the marts (3 minutes)
	@$(RUN) python -m tests.superset.check_dashboard $(ARGS)

picture: setup ## renew the picture of the README from the current release
	@$(RUN) python -m tests.readme_picture

validate: setup ## score our reconciliation against BACI, where the full files have landed
	@$(RUN) pax validate trade

docs: setup ## write the dbt documentation into the data directory
	@$(RUN) pax docs

dev: setup ## start the Dagster UI on http://127.0.0.1:3000
	@$(RUN) pax dev

lock: $(UV) ## renew uv.lock against the public index, and requirements.txt
	@UV_DEFAULT_INDEX=$(LOCK_INDEX) $(UV) lock $(ARGS)
	@$(MAKE) --no-print-directory requirements

EXPORT := export --frozen --quiet --all-groups --no-hashes --no-emit-project --no-header

requirements: $(UV) ## write requirements*.txt: the pins of uv.lock without any address
	@$(UV) $(EXPORT) -o requirements.txt >/dev/null
	@$(UV) $(EXPORT) --extra spark --no-annotate | grep -vxFf requirements.txt > requirements-spark.txt

clean: ## remove caches and working files; keeps landed data and releases
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis .tmp_dagster_home_* logs \
	  dbt_project/target dbt_project/logs "$${PAX_HOME:-warehouse/data}/working"
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -prune \
	  -exec rm -rf {} +
	@mkdir -p "$${PAX_HOME:-warehouse/data}/working"

axe:  ## axe-core for the accessibility test of the report's pages (development only)
	mkdir -p .axe && cd .axe && npm pack --silent axe-core@4.14.1 \
		&& tar -xzf axe-core-4.14.1.tgz --strip-components=1 package/axe.min.js
