# Two commands do everything: `make run` (the main job) and `make test`.
PY := .venv/bin/python
YEAR ?= 2020

.PHONY: setup run test bench fuzz lock lint clean

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	python3.11 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: setup
	.venv/bin/hotline run $(YEAR)

test: setup lint
	$(PY) -m pytest -n auto --dist loadfile

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: setup
	$(PY) -m tests.bench $(PART)

# The cases of the readers and the time parser that the tests try 2,000 of.
fuzz: setup
	HOTLINE_FUZZ=100000 $(PY) -m pytest tests/unit/test_ingest_fuzz.py

# The lock holds versions only; no index address may enter it.
lock:
	.venv/bin/pip-compile --quiet --upgrade --extra dev --strip-extras --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	  --output-file requirements.lock pyproject.toml

clean:
	rm -rf data/warehouse data/reports data/raw/simulated
