"""The typical cases of a period, as tables names them, with their masked texts."""

from typing import Any

import duckdb

from pipeline.home import Home
from pipeline.period import Period
from pipeline.telling.printed import Printed


class Cases:
    """The cases that monthly.m14_case names, their texts read from where they are kept."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, period: Period) -> None:
        self._con, self._home, self._period = con, home, period

    def tables(self) -> list[Printed]:
        return []
