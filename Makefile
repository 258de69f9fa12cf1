# Two commands do everything: `make run` (the main job) and `make test`. `make test-all` also runs
# the tests that are slow by nature.
PY := .venv/bin/python
YEAR ?= 2020
# The first of these that is there and fits; `make PYTHON=/path/to/python setup` takes another.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
  $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
  && echo $$name && break; done)

.PHONY: setup install run test test-slow test-all bench fuzz lock bundle lint clean

setup: .venv/.ready

.venv/.ready: requirements.lock requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# For a machine that only runs it: nothing of tests, linters, browsers and notebooks.
install: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps -e .

run: setup
	.venv/bin/hotline run $(YEAR)

# One process a core; the tests of a file stay together and share what the file has made.
PYTEST := $(PY) -m pytest -n auto --dist loadfile

test: setup lint
	$(PYTEST)

test-slow: setup
	$(PYTEST) -m slow

test-all: setup lint
	$(PYTEST) -m ""

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: setup
	$(PY) -m tests.bench $(PART)

# The cases of the readers and the time parser that the tests try 2,000 of.
fuzz: setup
	HOTLINE_FUZZ=100000 $(PY) -m pytest -m "" tests/unit/test_ingest_fuzz.py

# Two locks, made with the oldest Python: what `hotline` needs, and all that tests, linters and
# notebooks need. The first has the hashes of each version; no index address may enter them.
COMPILE := .venv/bin/pip-compile --quiet --upgrade --strip-extras --no-header --unsafe-package pip \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock:
	$(COMPILE) --generate-hashes --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock \
	  --output-file requirements-dev.lock pyproject.toml
	.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(PY) -m tests.support.licences

# For machines without a network: dist/hotline-<version>-<python>-<platform>.tar.gz.
bundle: setup
	$(PY) deploy/bundle/make.py

clean:
	rm -rf data/warehouse data/reports data/raw/simulated
