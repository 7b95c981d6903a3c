# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

HOST ?= 127.0.0.1
PORT ?= 8000
AIPLUS_DATABASE ?= $(CURDIR)/var/aiplus.db
export AIPLUS_DATABASE
# One thread of linear algebra a process: several workers share the cores, and results stay the same.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
ASSETS := $(VENV)/.assets-installed
WORDS := $(VENV)/.translations-compiled
# The folder that holds the evaluation packs; they are no part of the project.
PACKS ?= $(or $(AIPLUS_PACKS),packs)

.PHONY: help setup run test check lint types docs docs-check golden browser bench bench-quality \
	bench-speed train report screenshots lock clean dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## ---- set-up -------------------------------------------------------------------------------------

$(VENV)/pyvenv.cfg:
	@echo "创建虚拟环境 · Making the virtual environment .venv"
	@PYTHON="$(PYTHON)" tools/venv.sh

$(RUNTIME): requirements.lock setup.cfg pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "安装 Python 依赖（约一分钟）· Installing Python packages (about a minute)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "安装测试工具 · Installing what the tests need"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(ASSETS): package-lock.json web/assets.py $(RUNTIME)
	@echo "取得前端资源 · Fetching the front-end assets"
	@$(BIN)/python -m web.assets
	@touch $@

$(WORDS): $(wildcard web/translations/*/LC_MESSAGES/*.po) $(RUNTIME)
	@$(BIN)/python -m web.translations_compile
	@touch $@

setup: $(RUNTIME) $(ASSETS) $(WORDS) ## set everything up: .venv, assets, database, catalogue
	@tools/load-catalogue.sh

dev: $(DEV) $(ASSETS) $(WORDS)

## ---- running ------------------------------------------------------------------------------------

run: setup ## set up and start the site: make run [PORT=8000] [HOST=127.0.0.1]
	@exec $(BIN)/aiplus serve --demo --host "$(HOST)" --port "$(PORT)"

train: setup ## train a model anew: make train PACKS=FOLDER [OUT=models/ID]
	@$(BIN)/aiplus train $(if $(wildcard $(PACKS)/sbir_topic_company_en),--pack "$(PACKS)/sbir_topic_company_en") $(if $(OUT),--out "$(OUT)")

report: bench-quality ## make the match-quality report of the serving model (as bench-quality)

## ---- checking -----------------------------------------------------------------------------------

test: dev setup ## run all tests, browser tests included where a Chromium can be had
	@tools/test.sh $(ARGS)

browser: dev setup ## run the browser tests alone
	@tools/test.sh -m browser tests/browser $(ARGS)

check: lint types docs-check test ## lint, types, docs and tests, as the continuous integration does

lint: $(DEV) ## check style and format with ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV) ## check types with mypy
	@$(BIN)/mypy

docs: $(DEV) ## write the generated parts of README and docs anew
	@$(BIN)/python -m cogapp -r -I . $$(grep -rl --include='*.md' '^<!-- \[\[\[cog' README.md docs data models)

docs-check: $(DEV) ## fail when a generated part of README or docs is out of date
	@$(BIN)/python -m cogapp --check --diff -I . $$(grep -rl --include='*.md' '^<!-- \[\[\[cog' README.md docs data models)

golden: dev setup ## write the golden files of the tests anew; review the difference
	@REWRITE_GOLDEN=1 tools/test.sh -k golden

screenshots: dev setup ## take screenshots of every page into screenshots/
	@$(BIN)/python -m tests.browser.screenshots screenshots

## ---- measuring ----------------------------------------------------------------------------------

bench: bench-quality bench-speed ## all measurements below

bench-quality: $(DEV) setup ## quality report and tables: make bench-quality PACKS=FOLDER
	@$(BIN)/python -m benchmarks.quality --packs "$(PACKS)"
	@$(MAKE) docs

bench-speed: $(DEV) setup ## latency and memory against bm25s and SQLite FTS5, and the start
	@$(BIN)/python -m benchmarks.start
	@$(BIN)/python -m benchmarks.speed

## ---- upkeep -------------------------------------------------------------------------------------

lock: $(RUNTIME) ## write requirements*.lock anew from setup.cfg
	@tools/lock.sh $(BIN)/python

clean: ## remove what set-up made, except the database and models
	@rm -rf $(VENV) node_modules web/static/vendor build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
