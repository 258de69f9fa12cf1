"""What the golden tests share: one tiny city, built once."""

from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.proofread.figure_index import FigureIndex, load
from tests.support.drafts import City, Slot, filled
from tests.support.processes import hotline
from tests.support.tiny import YEAR, made_once


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

    def demo(folder: Path) -> None:
        home = folder / "home"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOTLINE_KEY_FILE", str(key_file))
            result = hotline(home, "demo", "--out", str(home), "--no-open")
        assert result.exit_code == 0, result.output
        (folder / "screen.txt").write_text(result.output, encoding="utf-8")

    return made_once(shared / "tiny", demo) / "home"


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
