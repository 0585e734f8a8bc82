# The commands of everyday work. Each one builds what it needs: only git, make and Python >= 3.11 are taken for granted.
PYTHON ?= python3
BIN := .venv/bin
SHARED := ../shared
LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-header --quiet --upgrade \
  --python-version 3.11 --group build

.DEFAULT_GOAL := help
.PHONY: help chat test check format score bench crash messages lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

chat: .venv/runtime.stamp ## talk with the bot in this terminal
	@$(BIN)/campaign-bot chat

test: .venv/dev.stamp ## run the tests
	@$(BIN)/python -m pytest

check: .venv/dev.stamp ## format, lint, types, import layers, Dockerfile, knowledge
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: make format' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/campaign-bot check --quick > /dev/null

format: .venv/dev.stamp ## put the code into its standard form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

score: .venv/runtime.stamp ## measure the answers against the questions beside this checkout
	@if [ -d $(SHARED)/eval ]; then \
	  $(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/dev.jsonl -- $(BIN)/campaign-bot ask --json; \
	else echo 'No questions to measure with: $(SHARED)/eval does not exist.'; fi

bench: .venv/dev.stamp ## measure cost and recall beside other ways to search, some minutes
	@$(BIN)/python -m tests.bench

crash: .venv/dev.stamp ## kill the bot 20 times while 200 questions wait, by polling and by webhook
	@$(BIN)/python -m tests.crash

messages: .venv/dev.stamp ## bring bot/texts/locale up to date with bot/texts/members.py; then translate what is new, and run it again
	@$(BIN)/pybabel -q extract -k N_ --no-location --no-wrap --msgid-bugs-address=README.md -o .venv/bot.pot bot/texts/members.py
	@$(BIN)/pybabel -q update -D bot -i .venv/bot.pot -d bot/texts/locale --no-wrap --no-fuzzy-matching --ignore-pot-creation-date
	@$(BIN)/pybabel -q compile -D bot -d bot/texts/locale

lock: .venv/dev.stamp ## resolve pyproject.toml into the lock files anew
	@$(LOCK) --group dev pyproject.toml -o requirements-dev.lock
	@$(LOCK) --constraint requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## remove what the other commands built
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# The stamps are made last: a set-up that was cut short starts over.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3.' >&2; exit 2; }
	@echo 'Building .venv (once, about a minute) ...' >&2
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo 'The venv module is missing: install it (Debian: apt install python3-venv).' >&2; exit 2; }

.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock >&2
	@touch $@
