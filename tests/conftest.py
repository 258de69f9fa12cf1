"""What holds for every test."""

import os
import signal
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def other_engine() -> Iterator[str]:
    """The address of an engine that runs the same SQL (tests/support/spark_engine.py)."""
    from tests.support import spark_engine

    with pytest.MonkeyPatch.context() as patch:
        # One task for each step: the tables of tests are small.
        patch.setenv("SAIL_EXECUTION__DEFAULT_PARALLELISM", "1")
        # The client looks for an installation of Spark, and may end the process without one.
        patch.setenv("SPARK_HOME", os.devnull)
        with spark_engine.server() as address:
            yield address


@pytest.fixture
def hears_signals():
    """Signals as a terminal leaves them, for this process and those it starts.

    A run in the background starts with Ctrl-C ignored, one under nohup with SIGHUP; what a test
    sends would then be lost, and who waits for it would wait for good.
    """
    usual = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
