# Everything a person does here. `make` alone lists it.
SHELL := /bin/bash
GUATU := target/debug/guatu
LISTEN ?= 127.0.0.1:8600
SHARED ?= ../shared
WEB_SOURCES := $(shell find web/src web/index.html web/public -type f 2>/dev/null) web/package-lock.json

.PHONY: help setup setup-test run build test test-rust test-web test-e2e check fmt gen bench truth api-fuzz clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## what building needs: checks Rust and Node, installs web packages
	@scripts/setup.sh build

setup-test: ## what the tests need besides: Chromium, CJK fonts, PostgreSQL, poppler, LibreOffice
	@scripts/setup.sh test

web/node_modules/.stamp: web/package-lock.json
	@scripts/setup.sh build
	cd web && npm ci --no-progress
	@touch $@

web/dist/index.html: web/node_modules/.stamp $(WEB_SOURCES)
	cd web && npm run --silent build

build: web/dist/index.html ## build the web page and the binary
	cargo build --workspace --bin guatu

run: build ## set up, build and open the sample district (中原区, as of 2023-03-10)
	$(GUATU) demo --listen $(LISTEN) --open

test: setup-test build ## set up and run every test
	@scripts/test.sh

test-rust: ## Rust tests only
	cargo test --workspace

test-web: web/node_modules/.stamp ## unit tests of the web page
	cd web && npm run --silent typecheck && npm test

test-e2e: build ## pages in real headless Chromium
	cd web && GUATU_BIN=$(CURDIR)/$(GUATU) npm run --silent e2e

check: ## format, clippy, walls
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask tidy

fmt: ## format the Rust sources
	cargo fmt --all

gen: web/node_modules/.stamp ## write the generated files (OpenAPI, typed client, command line page)
	cargo xtask gen

bench: ## measure the budgets beside the peers (minutes; release build)
	scripts/bench.sh

truth: ## compare with outside truth in $(SHARED): workbooks, schedules; CEL_SPEC=FOLDER: expressions, PLAN_FILES=FOLDER: plan files
	cargo build --quiet --workspace --bin truth
	SHARED=$(SHARED) target/debug/truth $(SHARED)

api-fuzz: build ## generated requests to every route; no 5xx (needs schemathesis)
	GUATU_BIN=$(CURDIR)/$(GUATU) scripts/api_fuzz.sh

clean: ## remove what was built
	cargo clean
	rm -rf web/dist web/node_modules
