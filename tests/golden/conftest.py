"""What the golden tests share: one tiny city, built once."""

import shutil
from pathlib import Path

import duckdb
import pytest
from draft_kit import City, Slot, filled
from golden_kit import TINY, YEAR, hotline

from pipeline.audit.draft.warehouse import Warehouse, load
from pipeline.home import Home


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("key") / "caller.key"


@pytest.fixture(autouse=True)
def own_key(key_file, monkeypatch):
    """Keep the caller key out of the user's own folder."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(key_file))


@pytest.fixture(scope="session")
def city(tmp_path_factory, key_file) -> Path:
    """A home after `hotline run`; tests only read it, or copy it first."""
    home = tmp_path_factory.mktemp("tiny") / "home"
    shutil.copytree(TINY, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        result = hotline(home, "run", YEAR)
    assert result.exit_code == 0, result.output
    (home.parent / "screen.txt").write_text(result.output, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def warehouse(city):
    with duckdb.connect(str(city / "data/warehouse/hotline.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def draft_warehouse(city) -> Warehouse:
    return load(Home(city), int(YEAR))


@pytest.fixture(scope="session")
def report(city) -> tuple[list[str], list[list[Slot]]]:
    """Our own report as a person would print it from the city's figures."""
    return filled(City(city / "data/warehouse/hotline.duckdb", YEAR))
