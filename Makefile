# Halftone: everything a person or a machine runs. `make` alone lists it.

PYTHON ?= python3
PORT ?= 8501
HEADLESS ?=
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install
RUN_STAMP := $(VENV)/.installed-run
TEST_STAMP := $(VENV)/.installed-test
CODE := $(wildcard anonymiser benchmarks pages sample_data tests)

.DEFAULT_GOAL := help
.PHONY: help run setup setup-test tools test lint bench oracle pictures clean

help:  ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup  ## open the dashboard on the built-in sample (PORT=8501, HEADLESS=1 for no browser window)
	@exec $(BIN)/python -m pages.common.start --server.port $(PORT) $(if $(filter-out 0,$(HEADLESS)),--server.headless true)

setup: $(RUN_STAMP)  ## make .venv and install requirements.txt

setup-test: $(TEST_STAMP)  ## the same, and tests/requirements.txt

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not here. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old. Halftone needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements.txt | $(BIN)/python
	@echo "Installing what the dashboard needs into $(VENV) (once; about a minute) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(TEST_STAMP): tests/requirements.txt $(RUN_STAMP)
	@echo "Installing what the tests need into $(VENV) (once) ..."
	@$(PIP) -r requirements.txt -r tests/requirements.txt
	@touch $@

# Debian's own programs, for the tests only: a browser, the recipient's age, and openssl for signatures.
tools:
	@missing=""; for tool in chromium age openssl; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	[ -n "$$missing" ] || exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "Installing$$missing with apt-get ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null || true; \
	fi; \
	left=""; for tool in $$missing; do command -v $$tool >/dev/null || left="$$left $$tool"; done; \
	[ -n "$$left" ] || exit 0; \
	echo "MISSING:$$left. To get them on Debian or Ubuntu: sudo apt-get install$$left"; \
	if [ "$(CI)" = true ]; then echo "In CI no test may be left out."; exit 1; fi

test: setup-test tools lint  ## ruff, mypy and all tests, in a real browser too (PYTEST_ARGS="-k postcode")
	@choice=""; if ! command -v chromium >/dev/null; then \
		echo "BROWSER TESTS LEFT OUT: there is no chromium here."; choice="not browser"; fi; \
	$(BIN)/python -m pytest -m "$$choice" $(PYTEST_ARGS)

lint: setup-test  ## ruff, its formatter and strict mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

bench: setup-test  ## print the benchmarks, ratios side by side
	@$(BIN)/python -m benchmarks

oracle: setup-test  ## print every number beside ARX's, sdcMicro's and the reference's
	@status=0; \
	echo "Privacy, usefulness and optima"; $(BIN)/python -m tests.oracles.compare || status=1; \
	echo; echo "Risk"; $(BIN)/python -m tests.risk.compare_risk || status=1; \
	[ -d "$${HALFTONE_SHARED:-../shared}/oracles" ] || echo "ARX's numbers about Adult are not here (set HALFTONE_SHARED): LEFT OUT."; \
	exit $$status

pictures: setup-test  ## take the README's pictures again, from the real app on the sample
	@$(BIN)/python -m tests.browser.pictures

clean:  ## remove .venv, caches and benchmark tables; nothing that was released or typed in
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .numba_cache test-results bench-data
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
