"""What the tests of the warehouse share."""

import pytest

from pipeline.home import Home
from pipeline.warehouse import build
from tests.support.city import A2_CHAIN, LAST_YEAR, THIS_YEAR, deliver, make_home


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return the built home of the eleven records (tests only read it)."""
    home = make_home(tmp_path_factory.mktemp("small"))
    deliver(home, LAST_YEAR, sequence=1)
    deliver(home, [*A2_CHAIN, *(row for row in THIS_YEAR if row["record_id"] != "A2")], sequence=2)
    build(home)
    return home
