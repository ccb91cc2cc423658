# Two commands matter: `make benchmark` and `make test`. `make help` lists the others.
# Each creates what it needs in the repository folder and nothing outside it; the second run needs no network.

VENV    ?= .venv
WORKERS ?= 2
# More for the command at the end of a target (`make benchmark ARGS="--systems rules"`, `make test ARGS="-k offsets"`).
ARGS    ?=
# More for pip, for example `PIP_ARGS="--extra-index-url URL"` with the index of PyTorch's CPU builds: without it, pip on
# Linux may take a build of PyTorch with several gigabytes of GPU libraries, which nothing here needs.
PIP_ARGS ?=
TORCH   := torch==2.13.0

BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
CORE    := $(VENV)-core
CORE_STAMP := $(CORE)/.installed
PINS    := $(VENV)-pins

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# No command of this file reaches a hub, and no library writes a cache in the home directory.
export HF_HUB_OFFLINE := 1
export HF_DATASETS_OFFLINE := 1
export TRANSFORMERS_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export TOKENIZERS_PARALLELISM := false
export HF_HOME := $(CURDIR)/.cache/huggingface
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export MPLBACKEND := Agg
export PYTHONUTF8 := 1

# `python -m pip` with every version pinned, those that a package needs while it is built included: older pips read the
# first variable there, newer ones (25.3 and later) the second.
PIP_PINNED = PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt

# Creates the virtual environment $(1) with PYTHON, python3.11, or the first newer one, or says what is missing.
define create_venv
	@if [ ! -x "$(1)/bin/python" ]; then \
	  chosen=; seen=; \
	  for python in $(PYTHON) python3.11 python3 python3.12 python3.13 python; do \
	    version=$$("$$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
	    seen="$$seen $$python=$$version"; \
	    if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then chosen=$$python; break; fi; \
	  done; \
	  if [ -z "$$chosen" ]; then \
	    echo "make: aqwal needs Python 3.11 or newer with its venv module; found:$${seen:- no Python at all}." >&2; \
	    echo "      Install it (on Debian: python3.11 and python3.11-venv), or name it: make PYTHON=python3.12 ..." >&2; \
	    exit 2; \
	  fi; \
	  echo "== environment: $(1) with $$chosen $$version"; \
	  rm -rf "$(1)" && "$$chosen" -m venv "$(1)" || { rm -rf "$(1)"; exit 2; }; \
	fi
endef

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- environments

.PHONY: env
env: $(STAMP) ## Create .venv with everything installed (other targets do it by themselves)

$(STAMP): pyproject.toml constraints.txt
	$(call create_venv,$(VENV))
	@echo "== environment: installing into $(VENV); minutes the first time"
	$(PIP_PINNED) $(BIN)/python -m pip install $(PIP_ARGS) $(TORCH) -e '.[all]'
	@touch $@

$(CORE_STAMP): pyproject.toml constraints.txt
	$(call create_venv,$(CORE))
	@echo "== environment: installing the core alone into $(CORE)"
	$(PIP_PINNED) $(CORE)/bin/python -m pip install $(PIP_ARGS) -e .
	@touch $@

.PHONY: constraints
constraints: ## Write constraints.txt anew from the newest versions that pyproject.toml admits
	@rm -rf $(PINS)
	$(call create_venv,$(PINS))
	$(PINS)/bin/python -m pip install $(PIP_ARGS) $(TORCH) -e '.[all]' editables hatchling setuptools setuptools-scm wheel
	@{ sed -n '/^#/p' constraints.txt; \
	   $(PINS)/bin/python -m pip freeze --all --exclude-editable --exclude aqwal --exclude pip \
	   | sed 's/^\(torch==[^+]*\)+.*/\1/' | LC_ALL=C sort -f; } > constraints.new
	@if grep -n -E ' @ |://|^-' constraints.new | grep -v '^[0-9]*:#'; then echo "make: not a pinned version, see above" >&2; exit 1; fi
	@mv constraints.new constraints.txt && rm -rf $(PINS)

# ---------------------------------------------------------------- the two commands

.PHONY: benchmark
benchmark: $(STAMP) ## Check the corpus, build the dataset, run every baseline, print the leaderboard
	@echo "== 1/3 aqwal check: the corpus and its annotations"
	@$(BIN)/aqwal check
	@echo "== 2/3 aqwal build: the dataset"
	@$(BIN)/aqwal build
	@echo "== 3/3 aqwal benchmark: every system of baselines/"
	@$(BIN)/aqwal benchmark $(ARGS)

# Pytest comes last so that its summary is the end of the output. One thread per worker: the workers share the cores.
.PHONY: test
test: $(STAMP) ## Run the linters and all tests, doctests included
	@$(MAKE) lint
	@echo "== tests: pytest on $(WORKERS) workers"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# ---------------------------------------------------------------- parts and extras

.PHONY: lint
lint: $(STAMP) ## Run ruff, mypy, import-linter and `aqwal fmt --check`
	@echo "== lint: ruff"
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@echo "== lint: mypy"
	@$(BIN)/python -m mypy
	@echo "== lint: import-linter"
	@$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter
	@echo "== lint: aqwal fmt --check"
	@$(BIN)/aqwal fmt --check

.PHONY: test-core
test-core: $(CORE_STAMP) ## Show that the core works with its own few dependencies and without torch
	@echo "== core: imports, then aqwal check, in an environment without the extras"
	@$(CORE)/bin/python scripts/core_only.py
	@$(CORE)/bin/aqwal check

.PHONY: dataset
dataset: $(STAMP) ## Build the dataset in dist/hub
	@$(BIN)/aqwal build $(ARGS)

.PHONY: agreement
agreement: $(STAMP) ## Compare the two independent passes
	@$(BIN)/aqwal agreement annotator-a annotator-b $(ARGS)

.PHONY: agreement-check
agreement-check: $(STAMP) ## Compute annotations/AGREEMENT.md anew and require no difference
	@$(BIN)/aqwal agreement annotator-a annotator-b --check

.PHONY: bench-scorer
bench-scorer: $(STAMP) ## Measure the scorer beside its peers
	@$(BIN)/python scripts/bench_scorer.py $(ARGS)

.PHONY: format
format: $(STAMP) ## Rewrite the code and the label files in their normal form
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .
	@$(BIN)/aqwal fmt

.PHONY: clean
clean: ## Remove what was generated, caches included; keep the environments
	rm -rf dist build .cache .hypothesis
	find src scripts baselines tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove the environments too
	rm -rf $(VENV) $(CORE) $(PINS)
