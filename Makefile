# The commands of everyday work. Each one builds what it needs: only git, make and Python >= 3.11 are taken for granted.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Processes of the tests: most of them wait for something, so there are more than cores.
WORKERS ?= 6
# Where a test starts Python, it need not compile everything anew, whatever the machine's habit is.
export PYTHONDONTWRITEBYTECODE :=
SHARED := ../shared
LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet --upgrade \
  --python-version 3.11 --group build --extra postgres

# A Python that is named is the one that is used: the virtual environment of another version is built anew.
ifneq ($(origin PYTHON),file)
VERSION := $(shell $(PYTHON) -V)
ifeq ($(VERSION),)
$(error PYTHON=$(PYTHON) does not run)
endif
$(shell [ "$(VERSION)" = "$$($(BIN)/python -V 2> /dev/null)" ] || rm -rf $(VENV))
endif

.DEFAULT_GOAL := help
.PHONY: help chat test coverage check format score talk bench crash cluster image-test train messages page-pictures lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

chat: $(VENV)/runtime.stamp ## talk with the bot in this terminal
	@$(BIN)/campaign-bot chat

test: $(VENV)/dev.stamp ## run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

coverage: $(VENV)/dev.stamp ## run the tests, and print which share of bot/ they run
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --format=total

check: $(VENV)/dev.stamp ## format, lint, types, import layers, Dockerfile, knowledge
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: make format' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/campaign-bot check --quick > /dev/null

format: $(VENV)/dev.stamp ## put the code into its standard form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

score: $(VENV)/runtime.stamp ## measure the answers against the questions beside this checkout
	@if [ -d $(SHARED)/eval ]; then \
	  $(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/dev.jsonl -- $(BIN)/campaign-bot ask --json; \
	else echo 'No questions to measure with: $(SHARED)/eval does not exist.'; fi

talk: $(VENV)/runtime.stamp ## measure whole conversations beside this checkout
	@if [ -d $(SHARED)/eval ]; then \
	  $(BIN)/python $(SHARED)/eval/talk.py $(SHARED)/eval/dialogues.jsonl -- $(BIN)/campaign-bot chat --json; \
	else echo 'No conversations to measure with: $(SHARED)/eval does not exist.'; fi

bench: $(VENV)/dev.stamp ## measure cost and recall beside other ways to search, some minutes
	@$(BIN)/python -m tests.bench

crash: $(VENV)/dev.stamp ## kill the bot 20 times while 200 questions wait, by polling and by webhook, on both databases
	@$(BIN)/python -m tests.crash

image-test: $(VENV)/dev.stamp ## build the image and try it, where buildah is to be had
	@$(BIN)/python -m tests.image

cluster: $(VENV)/dev.stamp ## kill, stop and cut off replicas over one PostgreSQL while 2,000 questions wait, some minutes
	@$(BIN)/python -m tests.cluster

train: $(VENV)/dev.stamp ## train the confidence model anew and report on bases that took no part, some minutes
	@$(BIN)/python -m training

messages: $(VENV)/dev.stamp ## bring bot/texts/locale up to date with bot/texts/members.py; then translate what is new, and run it again
	@$(BIN)/pybabel -q extract -k N_ --no-location --no-wrap --msgid-bugs-address=README.md -o $(VENV)/bot.pot bot/texts/members.py
	@$(BIN)/pybabel -q update -D bot -i $(VENV)/bot.pot -d bot/texts/locale --no-wrap --no-fuzzy-matching --ignore-pot-creation-date
	@$(BIN)/pybabel -q compile -D bot -d bot/texts/locale

page-pictures: $(VENV)/dev.stamp ## take pictures of the admins' page at both sizes with the system's Chromium
	@$(BIN)/python -m tests.page_pictures .cache/page-pictures

lock: $(VENV)/dev.stamp ## resolve pyproject.toml into the lock files anew
	@$(LOCK) --group dev pyproject.toml -o requirements-dev.lock
	@$(LOCK) --constraint requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## remove what the other commands built
	@rm -rf $(VENV) .venv-* .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# The stamps are made last: a set-up that was cut short starts over.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3.' >&2; exit 2; }
	@echo 'Building $(VENV) (once, about a minute) ...' >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'The venv module is missing: install it (Debian: apt install python3-venv).' >&2; exit 2; }

$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/runtime.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock >&2
	@touch $@
