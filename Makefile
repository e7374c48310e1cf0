# `make demo` and `make test` need nothing but Python 3.11, make and a package index; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-package conversation-gateway-client

# The vendor's Node SDK, for the test that points it at the simulator; only where there is npm.
NODE_SDK_FOLDER := tests/simulator/node
NODE_SDK := $(if $(shell command -v npm),$(NODE_SDK_FOLDER)/node_modules/.installed)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.PHONY: demo
demo: $(VENV)/.installed ## Send one message of each type to a fake Sinch and watch its receipts stream back
	@$(BIN)/conversation-gateway demo

.PHONY: playground
playground: $(VENV)/.installed ## The same, left running on 127.0.0.1:50051 until Ctrl-C, to call it by hand
	@$(BIN)/conversation-gateway demo --stay

.PHONY: run
run: $(VENV)/.installed ## Run the gateway against the real API, configured by SINCH_* and GATEWAY_* variables
	@exec $(BIN)/conversation-gateway serve

.PHONY: test
test: $(VENV)/.installed $(VENV)-proto/.installed $(NODE_SDK) ## Run every test; what a test lacks on this machine skips it by name
	$(BIN)/pytest -n auto --dist worksteal

.PHONY: test-lifecycle
test-lifecycle: $(VENV)/.installed ## The tests of leaving, pausing and outages, with ten seconds of pause and a minute of outage
	FULL_LENGTH=1 $(BIN)/pytest --timeout 300 tests/integration/test_drain.py tests/integration/test_pause.py tests/integration/test_outage.py

.PHONY: fuzz
FUZZ_COUNT ?= 1000000
fuzz: $(VENV)/.installed ## A million strange posts at the webhook door, in about ten minutes; FUZZ_COUNT and FUZZ_SEED choose others
	FUZZ_COUNT=$(FUZZ_COUNT) $(BIN)/pytest --timeout 0 tests/fuzz/test_webhook_door.py

.PHONY: node-sdk
node-sdk: $(NODE_SDK) ## Install the vendor's Node SDK for its test, where there is npm; `make test` does it too

.PHONY: test-deploy
test-deploy: $(VENV)/.installed $(VENV)-deploy/.installed ## Render the manifests in many ways and hold them against schemas and rules
	$(BIN)/pytest --timeout 300 tests/deploy tests/cluster

.PHONY: image-test
image-test: $(VENV)/.installed $(VENV)-deploy/.installed ## Build the image without a daemon, start it locked down, and send through it
	$(BIN)/pytest --timeout 600 tests/image

.PHONY: sbom
sbom: $(VENV)-deploy/.installed ## Write build/sbom.json: everything the image adds to its base, in CycloneDX
	@mkdir -p build
	$(VENV)-deploy/bin/cyclonedx-py requirements requirements/runtime.lock --output-reproducible -o build/sbom.json

.PHONY: version
version: ## Print the version that image, chart and package share
	@sed -n 's/^__version__ = "\(.*\)"$$/\1/p' gateway/__init__.py

.PHONY: clients
clients: client-go client-node client-java ## Build the clients in other languages, each where its toolchain is here

.PHONY: client-go client-node client-java
client-go client-node client-java: client-%: $(VENV)/.installed $(VENV)-proto/.installed
	clients/build.sh $*

# Of the tools that people call a gateway with, those that only Go brings; buf is in the environment.
.PHONY: client-tools
client-tools: .tools/grpcurl .tools/ghz ## Install grpcurl and ghz into .tools, where there is Go

.tools/grpcurl:
	clients/tool.sh github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4

.tools/ghz:
	clients/tool.sh github.com/bojand/ghz/cmd/ghz@v0.93.0

.PHONY: test-clients
test-clients: clients client-tools ## Build every client and run what all of them promise
	$(BIN)/pytest tests/clients

.PHONY: check
check: $(VENV)/.installed $(VENV)-proto/.installed ## Format, lint, types, contract and freshness of what is generated
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	proto/imports.sh
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code --path proto/conversation_gateway
	$(BIN)/pytest -q tests/contract

.PHONY: format
format: $(VENV)/.installed ## Put code and protos into shape
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet
	$(BIN)/buf format --write --path proto/conversation_gateway

.PHONY: proto
proto: $(VENV)/.installed $(VENV)-proto/.installed ## Generate everything that follows from the contract and the settings
	proto/generate.sh
	clients/build.sh go
	$(BIN)/python -m gateway.cli.reference > docs/settings.md
	$(BIN)/python deploy/helm/readme.py > deploy/helm/conversation-gateway/README.md
	$(BIN)/python -m gateway.cli.metrics_reference > docs/metrics.md

.PHONY: soak soak-short
soak: $(VENV)/.installed ## Twenty minutes of everything at once: nothing may grow, be left behind or be warned of
	$(BIN)/python -m bench.soak --minutes 20
soak-short: $(VENV)/.installed ## The same for two minutes
	$(BIN)/python -m bench.soak --minutes 2

BENCHES := sends tail growth mapping rate_limit pressure transport feed live log webhooks large_batch capacity tracking \
           crowd footprint where traces valkey
# Measured once more with nothing pinned to a core.
BENCHES_FREE := sends tail
.PHONY: bench
bench: $(BENCHES:%=bench-%) ## Measure everything, with pictures in build/bench; one part by make bench-sends and the like

.PHONY: bench-quick
bench-quick: $(VENV)-bench/.installed ## A first look at what a send costs, in under 2 minutes
	$(VENV)-bench/bin/python -m bench.sends --quick
	$(VENV)-bench/bin/python -m bench.tail --quick
	$(VENV)-bench/bin/python -m bench.crowd --seconds 0.3
	$(VENV)-bench/bin/python -m bench.footprint

.PHONY: $(BENCHES:%=bench-%)
$(BENCHES:%=bench-%): bench-%: $(VENV)-bench/.installed
	$(VENV)-bench/bin/python -m bench.$*
	$(if $(filter $*,$(BENCHES_FREE)),$(VENV)-bench/bin/python -m bench.$* --free)

.PHONY: lock
lock: $(VENV)/.installed ## Choose the newest versions that fit and pin them by hash
	$(LOCK) pyproject.toml --all-extras -o requirements/runtime.lock
	$(LOCK) pyproject.toml --all-extras --group dev -o requirements/dev.lock
	$(LOCK) --group proto -o requirements/proto.lock
	$(LOCK) --group build -o requirements/build.lock
	$(LOCK) --group deploy -o requirements/deploy.lock
	$(LOCK) pyproject.toml --all-extras --group bench -o requirements/bench.lock

.PHONY: clean
clean: ## Remove the environments and every cache
	rm -rf $(VENV) $(VENV)-proto $(VENV)-bench $(VENV)-deploy $(NODE_SDK_FOLDER)/node_modules build
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis

# One environment for everything a checkout does, an older one only to generate code (see pyproject.toml), and one
# with what the gateway is compared with. Third parties by hash; ours without looking at an index at all.
$(VENV)/.installed: requirements/dev.lock pyproject.toml clients/python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/dev.lock
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e clients/python -e .
	@touch $@

$(NODE_SDK_FOLDER)/node_modules/.installed: $(NODE_SDK_FOLDER)/package-lock.json
	cd $(NODE_SDK_FOLDER) && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(VENV)-proto/.installed: requirements/proto.lock
	$(PYTHON) -m venv $(VENV)-proto
	$(VENV)-proto/bin/python $(PIP_INSTALL) --require-hashes -r requirements/proto.lock
	@touch $@

$(VENV)-deploy/.installed: requirements/deploy.lock
	$(PYTHON) -m venv $(VENV)-deploy
	$(VENV)-deploy/bin/python $(PIP_INSTALL) --require-hashes -r requirements/deploy.lock
	@touch $@

$(VENV)-bench/.installed: requirements/bench.lock pyproject.toml clients/python/pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python $(PIP_INSTALL) --require-hashes -r requirements/bench.lock
	$(VENV)-bench/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e clients/python -e .
	@touch $@
