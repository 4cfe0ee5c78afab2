# Every target first sets up what it needs, once. `make help` lists them.
HOST ?= 127.0.0.1
PORT ?= 8000
PY := .venv/bin/python

PO := $(wildcard locales/catalogues/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
MODEL := nlu/model/sportello.npz
# Running needs the base packages only; every other goal also those for development.
PACKAGES := $(if $(filter-out run help clean,$(MAKECMDGOALS)),.setup/dev,.setup/base)
PIP := $(PY) -m pip install -qq --disable-pip-version-check --constraint constraints.txt

export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test check setup catalogues system rasa test-rasa measured bench clean FORCE

help: ## Say what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: $(PACKAGES) $(MO) $(MODEL) ## Serve chat, console and API with example data; PORT= and HOST= change the address
	@.venv/bin/sportello run --demo --host $(HOST) --port $(PORT)

test: $(PACKAGES) $(MO) $(MODEL) system ## Run every test, on every core; ARGS= are pytest's (-n 0: in one process)
	@$(PY) -m pytest -n logical --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(PACKAGES) $(MO) ## Format, lint, types, import contracts, catalogues, links in the docs
	.venv/bin/ruff format --check .
	.venv/bin/ruff check --no-cache .  # its cache forgets that a module imported elsewhere is new
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) scripts/catalogues.py check
	$(PY) scripts/docs.py

setup: $(PACKAGES) $(MO) $(MODEL) ## Set up everything for development, and start nothing

catalogues: $(PACKAGES) ## Collect the messages of the code into every language's catalogue, for translators
	@$(PY) scripts/catalogues.py extract
	@$(PY) scripts/catalogues.py update

rasa: $(PACKAGES) ## Make Rasa's environment, train it on nlu/data (DATA=nlu/data/it: one language) and serve it
	@$(PY) scripts/rasa.py setup
	@$(PY) scripts/rasa.py train $(if $(DATA),--data $(DATA))
	@$(PY) scripts/rasa.py serve

test-rasa: $(PACKAGES) $(MO) $(MODEL) ## Train a small Rasa and talk to the real server
	@$(PY) scripts/rasa.py setup
	@$(PY) -m pytest -m rasa tests/rasa $(ARGS)

measured: $(PACKAGES) $(MODEL) ## Measure understanding and write it into docs/understanding.md; ARGS=--curve: the curve too
	@$(PY) -m scripts.measured $(ARGS)

bench: $(PACKAGES) $(MO) $(MODEL) system ## Measure speed under load
	@$(PY) -m tests.bench $(ARGS)

clean: ## Remove what was set up (.venv, compiled catalogues, model, caches); the database in var/ stays
	rm -rf .venv .setup $(MO) $(MODEL) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Runs every time, and touches its file only when it made a new .venv.
.setup/venv: FORCE
	@scripts/venv.sh

.setup/base: pyproject.toml constraints.txt .setup/venv
	@echo "Installing the packages (a minute the first time)"
	@$(PIP) --editable .
	@touch $@

.setup/dev: pyproject.toml constraints.txt .setup/venv
	@echo "Installing the packages, those for development too (some minutes the first time)"
	@$(PIP) --editable '.[dev]'
	@touch .setup/base $@

$(MO): %.mo: %.po | $(PACKAGES)
	@$(PY) scripts/catalogues.py compile $<

$(MODEL): $(wildcard nlu/data/*/*.yml nlu/*.py nlu/*.yml) | $(PACKAGES)
	@echo "Training the model that understands messages"
	@.venv/bin/sportello nlu train

system: $(PACKAGES)
	@$(PY) scripts/system_packages.py
