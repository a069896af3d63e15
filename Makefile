# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check static unit postgres scenarios eval browser bench bench-public power crash crash-short lock pictures update-readme update-scenarios clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(VENV)/.ready ## start the service on http://127.0.0.1:8080
	$(BIN)/hotline run

test: check postgres browser crash-short ## everything: check, PostgreSQL, the real browser, kills
	@echo "make test: all passed"

check: static unit eval ## static checks, unit tests, scenarios, eval

static: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hotline check

unit: $(VENV)/.ready ## unit tests and scenarios
	$(BIN)/hotline fit
	$(BIN)/python -m pytest -n 2 -m "not postgres" tests/bot tests/test_readme.py tests/test_scenarios.py tests/test_follow.py tests/intents tests/test_arrangements.py

postgres: $(VENV)/.ready ## the store's tests on a PostgreSQL server, which comes with a package
	$(BIN)/python -m pytest -n 2 -m postgres tests/bot

scenarios: $(VENV)/.ready
	$(BIN)/python -m pytest tests/test_scenarios.py

eval: $(VENV)/.ready ## the figures of the committed message sets, and of the shared one where it is
	$(BIN)/python -m tests.measure

browser: $(VENV)/.ready ## the page in a real Chromium (skipped by name where there is none)
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser

pictures: $(VENV)/.ready ## the README's pictures of the page and the console; those of data/show whose words have changed
	$(BIN)/python -m tests.show update
	HOTLINE_SHOTS=tests/pictures $(BIN)/python -m pytest tests/browser/test_pictures.py tests/browser/test_pictures_console.py

update-readme: $(VENV)/.ready ## the README's exchanges
	$(BIN)/python -m tests.readme update

update-scenarios: $(VENV)/.ready ## rewrite the expected exchanges; read the diff before committing
	$(BIN)/python -m tests.scenario --update

bench: $(VENV)/.ready ## speed, memory, cold start; intake, turns and delivery, also among a million conversations; broadcasts; the desk among a million cases, and under load
	@SECONDS=0; status=0; \
	$(BIN)/python tests/bench/speed.py || status=1; \
	$(BIN)/python -m tests.bench.delivery || status=1; \
	$(BIN)/python -m tests.bench.cast || status=1; \
	$(BIN)/python -m tests.bench.desk || status=1; \
	$(BIN)/python -m tests.bench.desk_load || status=1; \
	echo "make bench: $$((SECONDS / 60)) min $$((SECONDS % 60)) s"; exit $$status

bench-public: $(VENV)/.ready ## the matcher on public data, beside others
	$(BIN)/python tests/bench/public.py

power: $(VENV)/.ready ## 400 power cuts, seeded, and a failing write at many more places
	HOTLINE_CUTS=400 $(BIN)/python -m pytest tests/bot/store/test_power.py

crash: $(VENV)/.ready ## a broadcast to 100,000, and 500 times kill -9 on each engine, then nothing may be missing or twice
	$(BIN)/python -m tests.crash.cast
	$(BIN)/python -m tests.crash --kills 500

crash-short: $(VENV)/.ready ## 15 kills on each engine, a backup under load, and what the checker finds
	$(BIN)/hotline fit
	$(BIN)/python -m pytest -n 0 tests/crash

lock: ## pin all dependencies anew
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist build
