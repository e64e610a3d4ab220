# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `make demo` and `make test` work on a fresh machine that has Python 3.11 or newer, make and PyPI.
# Scripts of a virtual environment do not start from a path with a space in it, so all tools run as `python -m`.

PYTHON ?= python3
OLDEST ?= python3.9
VENV := .venv
# exec: a signal to make then reaches the tool itself and not a shell before it.
RUN := exec $(VENV)/bin/python
# Only what has a hash in the file, and no build backend that is not among it.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r
COLLECTIONS := $(VENV)/collections/ansible_collections/mailops/pdd
FOLDERS := plugins tests docs
ANTSIBULL_DOCS := -m antsibull_docs.cli.antsibull_docs
export PYTHONPATH := tests/emulator:tests/hostile:tests/source_server:tests/bench
export MYPYPATH := $(VENV)/collections:$(PYTHONPATH)
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(VENV)/collections

.PHONY: help demo test test-oldest fuzz lint sanity bench docs docs-fragments emulator emulator-y360 clean

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile

demo: $(VENV)/demo.stamp ## Provision two domains on the embedded emulator
	@$(RUN) tests/demo/run.py

test: $(VENV)/test.stamp $(VENV)/user.stamp ## Run all tests; PYTEST='-k subscriber' selects, without coverage
	@$(RUN) -m pytest -n auto --dist worksteal $(or $(PYTEST),--cov)

test-oldest: $(VENV)/test.stamp ## Unit tests, tricks and demo with the modules' oldest Python; OLDEST=/path/to/python3.9
	@$(OLDEST) -m venv $(VENV)/oldest
	@$(VENV)/oldest/bin/python $(INSTALL) requirements/oldest.txt
	@exec $(VENV)/oldest/bin/python -m pytest -n auto --dist worksteal tests/unit $(PYTEST)
	@MODULES_PYTHON=$(CURDIR)/$(VENV)/oldest/bin/python; export MODULES_PYTHON; $(RUN) -m pytest -n auto tests/hostile $(PYTEST)
	@$(RUN) tests/demo/run.py -e 'ansible_python_interpreter=$(CURDIR)/$(VENV)/oldest/bin/python'

fuzz: export FUZZ_SECONDS := $(or $(SECONDS),600)
fuzz: export FUZZ_SEED := $(or $(SEED),new)
fuzz: $(VENV)/test.stamp ## Random answers and random states; SECONDS=600 for each, SEED=number begins with that one
	@$(RUN) -m pytest -n 2 tests/fuzz $(PYTEST)

lint: $(VENV)/test.stamp $(VENV)/bench.stamp ## Check style, types, documentation and licences
	@$(RUN) -m ruff check $(FOLDERS)
	@$(RUN) -m ruff format --check $(FOLDERS)
	@$(RUN) -m mypy -p ansible_collections.mailops.pdd.plugins -p ansible_collections.mailops.pdd.tests.unit
	@$(RUN) -m mypy tests/conftest.py tests/leaks.py tests/docs tests/fuzz tests/modules tests/playbooks tests/report
	@PYTHONPATH=$(VENV)/collections $(VENV)/bin/python -c 'import importlinter.cli as cli; cli.lint_imports_command()' --no-logo --no-cache
	@for part in bench demo emulator hostile source_server; do $(VENV)/bin/python -m mypy tests/$$part || exit 1; done
	@$(RUN) -m yamllint --strict .
	@$(RUN) -m antsibull_changelog lint
	@$(RUN) tests/docs/update_returns.py --check
	@$(RUN) tests/docs/draw_architecture.py --check
	@$(RUN) $(ANTSIBULL_DOCS) lint-collection-docs --plugin-docs --validate-collection-refs=all --disallow-unknown-collection-refs .
	@$(RUN) -m reuse lint --lines
	@$(RUN) -m ansiblelint --offline

sanity: $(VENV)/test.stamp ## ansible-test with each ansible-core: sanity, unit and integration tests (ten minutes)
	@.ci/matrix

bench: $(VENV)/bench.stamp ## Measure, and write docs/performance.md (half an hour); BENCH=quick only prints
	@$(RUN) -m pdd_bench $(BENCH)

docs: $(VENV)/test.stamp ## Build the documentation as HTML in docs/build/html
	@rm -rf docs/build
	@mkdir -p -m 755 docs/build/rst
	@$(RUN) $(ANTSIBULL_DOCS) collection --use-current --squash-hierarchy --fail-on-error --dest-dir docs/build/rst mailops.pdd
	@$(RUN) -m sphinx --fail-on-warning --keep-going --quiet -c docs docs/build/rst docs/build/html
	@echo "The documentation begins at docs/build/html/index.html."

docs-fragments: $(VENV)/bin/python ## Write what modules return in common into their documentation, and draw the layers
	@$(RUN) tests/docs/update_returns.py
	@$(RUN) tests/docs/draw_architecture.py

emulator: $(VENV)/demo.stamp ## Run the emulator; ARGS='--port 0 --token T --domain example.test'
	@$(RUN) -m pdd_emulator $(ARGS)

emulator-y360: $(VENV)/demo.stamp ## Run the emulator of Yandex 360; ARGS='--port 0 --token T --organization 7:example.test'
	@$(RUN) -m y360_emulator $(ARGS)

clean: ## Remove the virtual environment and what the tools left
	rm -rf $(VENV) docs/build .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; PYTHON=/path/to/python3 names one.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/user.stamp: requirements/user.txt $(VENV)/bin/python
	@echo "Installing $< into $(VENV)/user ..." >&2
	@$(VENV)/bin/python -m venv --clear $(VENV)/user
	@$(VENV)/user/bin/python $(INSTALL) $<
	@touch $@

$(VENV)/test.stamp: $(VENV)/build.stamp

$(VENV)/%.stamp: requirements/%.txt $(VENV)/bin/python
	@echo "Installing $< into $(VENV) ..." >&2
	@$(VENV)/bin/python $(INSTALL) $<
	@mkdir -p $(dir $(COLLECTIONS)) && ln -sfn "$(CURDIR)" $(COLLECTIONS)
	@touch $@
