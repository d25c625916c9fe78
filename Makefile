# Trama. Two commands: `make run` and `make test`. Everything else serves them.
export UV_PYTHON_DOWNLOADS ?= never
# Where the environment forbids compiled modules (images of containers do), each of the processes that a start and the
# tests begin would compile three thousand anew: 3 of 6 seconds of CPU.
unexport PYTHONDONTWRITEBYTECODE
SHELL := /bin/sh
PYTHON := $(shell sh scripts/pick_python.sh)
ifeq ($(strip $(PYTHON)),)
# No supported interpreter on this machine: the only case in which uv may bring one.
PYTHON := 3.13
export UV_PYTHON_DOWNLOADS := automatic
endif

UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin

.PHONY: run test sync sync-dev lock lint fmt bench clean

run: sync
	@$(BIN)/trama up

test: sync-dev
	@$(BIN)/python scripts/run_tests.py

.tools/bin/uv:
	@python3 -m venv .tools || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install -q 'uv>=0.13,<0.14'

.venv/bin/python: | $(filter .tools/%,$(UV))
	@$(UV) venv -q --python '$(PYTHON)' .venv

.venv/.runtime-stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing Trama's packages ..."
	@$(UV) pip install -q --python .venv/bin/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-stamp: requirements-dev.lock .venv/.runtime-stamp
	@$(UV) pip install -q --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $@

sync: .venv/.runtime-stamp
sync-dev: .venv/.dev-stamp

# The lists name no host: names, versions and hashes only (docs/decisions/0001).
lock: | $(filter .tools/%,$(UV))
	env -u UV_DEFAULT_INDEX -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL $(UV) lock --no-config --python '$(PYTHON)'
	$(UV) export --no-config --frozen --no-emit-project --no-dev --group build --no-header -q -o requirements.lock
	$(UV) export --no-config --frozen --no-emit-project --all-groups --no-header -q -o requirements-dev.lock

lint: sync-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy && $(BIN)/djlint --lint --quiet src

fmt: sync-dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: sync-dev
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv .tools var
