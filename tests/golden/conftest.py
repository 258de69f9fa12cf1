"""What the golden tests share: one tiny city, built once."""

import fcntl
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.proofread.figure_index import FigureIndex, load
from tests.support.drafts import City, Slot, filled
from tests.support.processes import hotline
from tests.support.tiny import YEAR


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A folder that all processes of a test run see (pytest-xdist gives each one below it)."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def key_file(shared) -> Path:
    return shared / "caller.key"


@pytest.fixture(autouse=True)
def own_key(key_file, monkeypatch):
    """Keep the caller key out of the user's own folder."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(key_file))


@pytest.fixture(scope="session")
def city(shared, key_file) -> Path:
    """A home after `hotline demo`; tests only read it, or copy it first.

    The first process that asks builds it, and the others wait.
    """
    home = shared / "tiny" / "home"
    with (shared / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home.parent / "screen.txt").exists():
            shutil.rmtree(home, ignore_errors=True)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("HOTLINE_KEY_FILE", str(key_file))
                result = hotline(home, "demo", "--out", str(home), "--no-open")
            assert result.exit_code == 0, result.output
            (home.parent / "screen.txt").write_text(result.output, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def warehouse(city):
    with duckdb.connect(str(city / "data/warehouse/hotline.duckdb"), read_only=True) as con:
        # A command in this process shares the database and sets its folder for temporary files, by
        # which a connection of one's own sees where the database is.
        con.execute(f"SET VARIABLE hotline_warehouse = '{city / 'data/warehouse'}'")
        yield con


@pytest.fixture(scope="session")
def draft_warehouse(city) -> FigureIndex:
    return load(Home(city), int(YEAR))


@pytest.fixture(scope="session")
def report(city) -> tuple[list[str], list[list[Slot]]]:
    """Our own report as a person would print it from the city's figures."""
    return filled(City(city / "data/warehouse/hotline.duckdb", YEAR))
