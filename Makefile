# What people type in this repository; `make` alone lists it. For GNU make 3.81 and newer.

.DEFAULT_GOAL := help
.PHONY: help python site test test-drawn test-long serve lint lock counts docs clean

# The first Python that is new enough and can make an environment; `make PYTHON=…` chooses another.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c '$(USABLE)' >/dev/null 2>&1 && { echo $$name; break; }; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check -qq install
RUN := .venv/bin/readingroom
UV := env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS .venv/bin/uv
COMPILE := $(UV) pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --upgrade --custom-compile-command "make lock"

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

python:
	@echo "$(PYTHON)"

site: .venv/.site ## install the program into .venv and build the site
	$(RUN) build
	@echo "The site is in build/site: open build/site/index.html, or type: make serve"

test: lint ## check the code, then run every test, the browser's included
	@CHROMIUM="$$(.ci/tools)" && export CHROMIUM && .venv/bin/python -m pytest -m "not long" --hypothesis-profile=ci

test-drawn: .venv/.dev ## run the tests that draw their cases, with other cases each time
	@CHROMIUM="$$(.ci/tools)" && export CHROMIUM && .venv/bin/python -m pytest -m "hypothesis and not long"

test-long: .venv/.dev ## run the long measurements
	@CHROMIUM="$$(.ci/tools)" && export CHROMIUM && .venv/bin/python -m pytest -m long

serve: .venv/.site ## show the site on this computer and rebuild it on every change
	$(RUN) serve

lint: .venv/.dev ## check style, format and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lock: .venv/.dev ## renew requirements.txt and requirements-dev.txt
	$(COMPILE) --group build -o requirements.txt pyproject.toml
	$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

counts: .venv/.dev ## renew tests/work_counts.toml: how much work a build is after each kind of edit
	PYTHONPATH=benchmarks .venv/bin/python tests/work_counts.py

docs: .venv/.dev ## renew docs/reference/templates.md from the views
	.venv/bin/python tests/views_reference.py

clean: ## remove what builds and tests wrote; .venv stays
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.site: requirements.txt pyproject.toml .venv/.made
	@echo "Installing the program into .venv"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml .venv/.made
	@echo "Installing the program and its tests into .venv"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.site $@

.venv/.made:
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { .ci/python "$(PYTHON)" && $(PYTHON) -m venv .venv; }
	@touch $@
