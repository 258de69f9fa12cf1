"""What holds for every test."""

import os
from pathlib import Path

import pytest

# A failed assertion in what the tests share shows its values, as one in a test does.
pytest.register_assert_rewrite("tests.support")

# One process of a test run a core: threads of the engine beside them only wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("HOTLINE_THREADS", "1")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a test run see (pytest-xdist gives each one below it)."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
