"""A built tiny city for proof-reading, once for all tests that read drafts."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from draft_kit import City, Slot, filled

from pipeline.audit.draft.warehouse import Warehouse, load
from pipeline.cli import main
from pipeline.home import Home

DRAFT_YEAR = 2033


@pytest.fixture(scope="session")
def draft_city(tmp_path_factory) -> Path:
    """The tiny city with its warehouse; the caller key is kept out of the user's own folder."""
    home = tmp_path_factory.mktemp("draft") / "home"
    shutil.copytree(Path(__file__).parent / "tiny", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(home.parent / "caller.key"))
        for verb in (["simulate", str(DRAFT_YEAR)], ["ingest"], ["build"]):
            result = CliRunner().invoke(main, ["--home", str(home), *verb], catch_exceptions=False)
            assert result.exit_code == 0, result.output
    return home


@pytest.fixture(scope="session")
def draft_warehouse(draft_city) -> Warehouse:
    return load(Home(draft_city), DRAFT_YEAR)


@pytest.fixture(scope="session")
def report(draft_city) -> tuple[list[str], list[list[Slot]]]:
    """Our own report as a person would print it from the city's figures."""
    return filled(City(draft_city / "data/warehouse/hotline.duckdb", str(DRAFT_YEAR)))
