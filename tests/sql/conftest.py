"""What the tests of the warehouse share."""

from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.warehouse import build
from tests.support.city import A2_CHAIN, LAST_YEAR, THIS_YEAR, deliver, make_home
from tests.support.tiny import made_once


def _build(root: Path) -> None:
    home = make_home(root)
    deliver(home, LAST_YEAR, sequence=1)
    deliver(home, [*A2_CHAIN, *(row for row in THIS_YEAR if row["record_id"] != "A2")], sequence=2)
    build(home)


@pytest.fixture(scope="session")
def small(shared: Path) -> Home:
    """Return the built home of the eleven records (tests only read it)."""
    return Home(made_once(shared / "small", _build))
