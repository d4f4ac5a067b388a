# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs GNU make, git and Python 3.11 or newer, and of the network a package index. What is made lies under build/, and
# `make clean` removes it.

PYTHON ?= python3
VERSION := $(shell "$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV := build/venv-$(VERSION)
RUN := $(VENV)/bin/python
# Keeps what Ansible leaves in a home folder out of the caller's.
ASIDE := HOME="$(CURDIR)/build/home"

# What the caller's shell has set for another Ansible must not decide what happens here.
unexport PYTHONPATH PYTHONHOME $(filter ANSIBLE_%,$(.VARIABLES))
export ANSIBLE_CONFIG := $(CURDIR)/build/ansible.cfg
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/build/collections
export LC_ALL := C.UTF-8

.PHONY: help demo test lint pytest unit integration sanity test-matrix bench docs format collection clean python
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo collection ## show the collection at work against a simulated service
	@$(ASIDE) $(RUN) tests/demo.py

test: $(VENV)/.test ## every check there is: lint, pytest and sanity
	@$(RUN) tests/run.py

lint: $(VENV)/.test ## style, types and documentation
	@$(RUN) tests/run.py lint

pytest: $(VENV)/.test ## unit and integration tests
	@$(RUN) tests/run.py pytest

unit: $(VENV)/.test ## unit tests only; make unit ARGS="-k retry -x"
	@$(ASIDE) $(RUN) -m pytest tests/unit $(ARGS)

integration: $(VENV)/.test ## integration tests only; takes ARGS too
	@$(ASIDE) $(RUN) -m pytest tests/integration $(ARGS)

sanity: $(VENV)/.test ## what ansible-test checks in every collection, and its integration target
	@$(RUN) tests/run.py sanity

test-matrix: python ## pytest and sanity on each supported ansible-core; make test-matrix ARGS="2.16 2.21"
	@"$(PYTHON)" tests/matrix.py $(ARGS)

bench: $(VENV)/.demo collection ## measure side by side, in some ten minutes; make bench ARGS=--quick
	@$(ASIDE) $(RUN) tests/benchmark/run.py $(ARGS)

docs: $(VENV)/.docs collection ## build the documentation site in build/docs
	@rm -rf build/docs && mkdir -m 700 build/docs
	@$(ASIDE) $(VENV)/bin/antsibull-docs sphinx-init --use-current --squash-hierarchy --fail-on-error --dest-dir build/docs \
	  --project huawei.meeting --title huawei.meeting --html-short-title huawei.meeting \
	  --copyright 'huawei.meeting contributors' huawei.meeting > build/docs.log
	@# What refers to Ansible's own documentation could only be looked up in the network. Any other dead reference is an error.
	@printf '%s\n' 'intersphinx_mapping = {}' 'nitpick_ignore_regex = [("std:envvar", "ANSIBLE_.*"),' \
	  '    ("std:ref", "ansible_configuration_settings|common_return_values")]' \
	  'html_static_path = ["../../docs/docsite/static"]' 'html_css_files = ["site.css"]' >> build/docs/conf.py
	@$(ASIDE) PATH="$(CURDIR)/$(VENV)/bin:$$PATH" build/docs/build.sh >> build/docs.log 2>&1 || { cat build/docs.log; exit 1; }
	@echo 'The site begins at build/docs/build/html/index.html'

format: $(VENV)/.test ## put the Python files into the common form
	@$(RUN) -m ruff check --fix --exit-zero --quiet .
	@$(RUN) -m ruff format .

collection: $(VENV)/.demo ## build/artefact/huawei-meeting-VERSION.tar.gz, and installed in build/collections
	@rm -rf build/artefact build/collections
	@$(ASIDE) $(RUN) -m ansible galaxy collection build --force --output-path build/artefact .
	@$(ASIDE) $(RUN) -m ansible galaxy collection install --offline --collections-path build/collections build/artefact/*.tar.gz

clean: ## remove build/
	rm -rf build

# The environments: one for each version of Python, filled as far as the target needs it.
$(VENV)/.demo: requirements.txt tests/requirements-demo.txt | $(VENV)/bin/pip
	@echo 'Installing what the demo needs into $(VENV) ...'
	@$(RUN) -m pip install -qq -r tests/requirements-demo.txt
	@touch $@

$(VENV)/.docs: requirements.txt tests/requirements-demo.txt tests/requirements-docs.txt | $(VENV)/bin/pip
	@echo 'Installing what the documentation needs into $(VENV) ...'
	@$(RUN) -m pip install -qq -r tests/requirements-docs.txt
	@touch $@ $(VENV)/.demo

$(VENV)/.test: requirements.txt tests/requirements-demo.txt tests/requirements.txt tests/fetch_awx.py | $(VENV)/bin/pip
	@echo 'Installing what the tests need into $(VENV) ...'
	@$(RUN) -m pip install -qq -r tests/requirements.txt
	@$(RUN) tests/fetch_awx.py
	@touch $@ $(VENV)/.demo

$(VENV)/bin/pip: | python
	@"$(PYTHON)" -m venv --clear $(VENV)
	@mkdir -p build/home && : > build/ansible.cfg

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'This needs Python 3.11 or newer, and "$(PYTHON)" is not. Name another one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)' >&2; \
	  exit 1; }
