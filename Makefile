# Everything one needs is a target here; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
ARGS ?=
HOURS ?= 1
INPUTS ?= 1000000

# Debian's packages that the tests talk to: a real broker, a real PostgreSQL, a real browser, cables to pull;
# the fonts and the shaper of receipts in every script, a voice; smart cards, and what pyscard is built with.
APT := mosquitto postgresql chromium iproute2 \
  fonts-noto-cjk fonts-noto-core fonts-dejavu-core libfribidi0 espeak-ng \
  pcscd vsmartcard-vpcd libpcsclite-dev swig gcc python3-dev

.PHONY: help demo test lint types bench simulate sabotage year chaos fuzz soak screens accessible docs lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.demo  ## a network of book rooms on this machine, until Ctrl-C (ARGS="--once --json")
	@$(BIN)/python -m deploy.demo $(ARGS)

test: $(VENV)/.source  ## install what tests need, then lint, types, the law of the house, all tests
	@$(MAKE) --no-print-directory lint types
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

lint: $(VENV)/.test  ## ruff: style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test  ## mypy, strict; and the direction of imports
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml

bench: $(VENV)/.test  ## every measured claim in one table (python -m bench.NAME --json for one)
	@$(BIN)/python -m bench $(ARGS)

simulate: $(VENV)/.test  ## live through 2,000 kiosk-days with everything that goes wrong (ARGS="--seed 1 --json")
	@$(BIN)/python -m tests.simulation --days 2000 $(ARGS)

sabotage: $(VENV)/.test  ## plant each known mistake in the simulation, and find it
	@$(BIN)/python -m tests.simulation --sabotage all

year: $(VENV)/.test  ## a 24-hour room's whole year through the real tables, every promise looked at (ARGS="--seed 2 --years 5")
	@$(BIN)/python -m tests.year $(ARGS)

soak: $(VENV)/.test  ## simulate for HOURS=1, or until a seed fails
	@$(BIN)/python -m tests.simulation --hours $(HOURS) $(ARGS)

fuzz: $(VENV)/.test  ## a million broken messages to each end of SIP2 (ARGS="--messages 50000 --seed 1") and to each driver (INPUTS=1000)
	@$(BIN)/python -m tests.central.circulation.server.fuzz $(ARGS)
	@$(BIN)/python -m tests.drivers.fuzz --inputs $(INPUTS)

chaos: $(VENV)/.test packages  ## real processes, broker and database killed and cut off, then an audit (ARGS="--kills 200")
	@$(BIN)/python -m tests.chaos $(ARGS)

lock:  ## renew the lists of hashes (needs uv)
	uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --only-binary :all: -q pyproject.toml --extra demo --group build -o requirements.lock.txt
	uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --only-binary :all: -q pyproject.toml --extra demo --group build --group test \
	  -c requirements.lock.txt -o requirements.test.lock.txt

screens: $(VENV)/.test  ## docs/screens: the kiosk's screen in every state, language, mode and size (ARGS=desk)
	$(BIN)/python -m tests.kiosk.screen.montage $(ARGS)

accessible: $(VENV)/.test  ## axe on every state, language, mode and size of the kiosk's screen (ARGS=desk)
	$(BIN)/python -m tests.kiosk.screen.accessible $(ARGS)

docs: $(VENV)/.test  ## write docs/reference from the tables of the source
	$(BIN)/python -m tests.house.documents

clean:  ## take away what was made
	rm -rf $(VENV) var build *.egg-info

# What is set up is told on stderr: stdout is for what was asked for.
$(BIN)/python:
	@echo "making $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements.lock.txt pyproject.toml | $(BIN)/python
	@echo "installing what the demo needs, about a minute …" >&2
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock.txt >&2
	@$(PIP) install --no-deps --no-build-isolation -e . >&2
	@touch $@

$(VENV)/.test: requirements.test.lock.txt pyproject.toml | $(BIN)/python
	@echo "installing what the tests need, about a minute …" >&2
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.test.lock.txt >&2
	@$(PIP) install --no-deps --no-build-isolation -e . >&2
	@touch $@ $(VENV)/.demo

# What has no wheel is built from its source, pinned by its hash; only the tests need it.
$(VENV)/.source: requirements.source.lock.txt | $(VENV)/.test packages
	@echo "building pyscard …" >&2
	@$(PIP) install --require-hashes --no-deps --no-build-isolation --no-binary :all: -r requirements.source.lock.txt >&2
	@touch $@

.PHONY: packages
packages:
	@missing=(); for name in $(APT); do \
	  dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || missing+=($$name); done; \
	[ $${#missing[@]} -eq 0 ] && exit 0; \
	as_root=; [ $$(id -u) -eq 0 ] || as_root=sudo; \
	if [ -n "$$as_root" ] && ! sudo -n true 2>/dev/null; then \
	  echo "The tests need these packages; as root: apt-get install -y --no-install-recommends $${missing[*]}"; exit 1; fi; \
	$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root \
	  apt-get install -y -qq --no-install-recommends $${missing[@]} >/dev/null
