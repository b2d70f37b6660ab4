# `make demo` and `make test` work on a machine with Python 3.11 or newer and make.
# Everything is installed into .venv, from requirements.lock, by hash.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
NODE_INSTALLED := tests/node/node_modules/.installed
SOURCES := specs codegen mock_server contract_tests reelspec tests benchmarks

# Each package's own tests have to reach every line of it. What runs several packages
# together is not measured, which would take twice as long.
OWN := tests/codegen tests/contract_tests tests/mock_server tests/specs
MUTANTS := tests/contract_tests/mutants
TOGETHER := $(MUTANTS) $(filter-out $(OWN) tests/conftest.py tests/node %/__pycache__,$(wildcard tests/*))
# Who is done early takes over from who is not, so that all end together.
TESTING := -q -n auto --dist worksteal --durations=20

.PHONY: help install demo test lint types kill-table generate bench-mock bench-client bench-contract bench-diff lock clean
.DELETE_ON_ERROR:

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## Make .venv, with both distributions installed in place.

$(INSTALLED): requirements.lock pyproject.toml generated/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --editable generated
	@touch $@

$(NODE_INSTALLED): tests/node/package-lock.json
	@# Tests with the providers' JavaScript clients; without npm they say so and skip.
	@if command -v npm >/dev/null; then \
		npm ci --prefix tests/node --silent --no-audit --no-fund && touch $@; \
	fi

demo: install ## Generate one video per contract against the mock, and check it all.
	$(BIN)/reelspec demo --out out

test: install $(NODE_INSTALLED) ## Run everything that must pass.
	$(BIN)/reelspec generate --check
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest $(TESTING) $(OWN) --ignore $(MUTANTS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report
	$(BIN)/python -m pytest $(TESTING) $(TOGETHER)
	$(BIN)/reelspec test --profile ci --workers 2
	$(BIN)/python -m pytest -q -n auto contract_tests -o contract_target=reelspec.targets:over_socket

lint: install ## Check style and formatting.
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: install ## Check types, strictly.
	$(BIN)/mypy

kill-table: install ## Run every faulty service, and list what found it out.
	$(BIN)/python -m tests.contract_tests.mutants

generate: install ## Write the clients again after a document changed.
	$(BIN)/reelspec generate

bench-mock: install ## Measure the mock beside its peers (needs wrk and npm).
	npm ci --prefix benchmarks/mock --silent --no-audit --no-fund
	$(BIN)/python -m benchmarks.mock

bench-client: install benchmarks/client/.venv/.installed ## Measure the generated client beside its peers.
	benchmarks/client/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall ./generated
	benchmarks/client/.venv/bin/python -m benchmarks.client

benchmarks/client/.venv/.installed: benchmarks/client/requirements.lock
	$(PYTHON) -m venv benchmarks/client/.venv
	benchmarks/client/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench-contract: install benchmarks/contract/.venv/.installed ## Measure the contract tests beside Schemathesis.
	$(BIN)/python -m benchmarks.contract

benchmarks/contract/.venv/.installed: benchmarks/contract/requirements.lock
	$(PYTHON) -m venv benchmarks/contract/.venv
	benchmarks/contract/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench-diff: install ## Measure the comparison of documents beside a peer (needs npm).
	npm ci --prefix benchmarks/diff --silent --no-audit --no-fund
	$(BIN)/python -m benchmarks.diff

lock: ## Raise the pinned versions (needs uv).
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock
	uv pip compile benchmarks/contract/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o benchmarks/contract/requirements.lock
	uv pip compile benchmarks/client/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -o benchmarks/client/requirements.lock

clean: ## Remove everything that was made.
	rm -rf .venv tests/node/node_modules benchmarks/mock/node_modules benchmarks/diff/node_modules benchmarks/client/.venv benchmarks/contract/.venv benchmarks/contract/.work out dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
