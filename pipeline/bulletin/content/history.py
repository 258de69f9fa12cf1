"""The year's course for the charts: the counts of the periods up to this one, and a year before."""

from collections.abc import Callable
from typing import Any

import duckdb

from pipeline.bulletin.content.context import QUARTERS
from pipeline.narrative.print_table import PrintTable, column, shown
from pipeline.period import Period

_TOTAL = """SELECT period, record_count
FROM monthly.m01_overview
WHERE period_type = $period_type AND is_section AND substr(period, 1, 4) = $year
      AND period <= $until AND NOT is_partial
ORDER BY period"""
# Of the categories that lead in the bulletin's own period, in its order.
_CATEGORY = """SELECT old.period, old.category, old.record_count
FROM monthly.m04_category AS old
JOIN monthly.m04_category AS own
    ON own.category = old.category AND own.is_listed AND NOT own.is_rest
WHERE own.period_type = $period_type AND own.period = $own
      AND old.period_type = $period_type AND NOT old.is_rest AND substr(old.period, 1, 4) = $year
      AND old.period <= $until AND NOT old.is_partial
      AND old.record_count IS NOT NULL AND own.record_count IS NOT NULL
ORDER BY own.rank, old.period"""
_SQL = {"h_total": _TOTAL, "h_category": _CATEGORY}


def tables(con: duckdb.DuckDBPyConnection, period: Period) -> list[PrintTable]:
    """Return h_total and h_category: counts by step of the year, until the period."""
    return [_table(name, _rows(con, name, period, str(period.year))) for name in _SQL]


def before(con: duckdb.DuckDBPyConnection, period: Period) -> Callable[[str], list[dict]]:
    """Return what gives the same tables of the whole year before, as rows."""

    def rows(name: str) -> list[dict[str, Any]]:
        return _table(name, _rows(con, name, period, str(period.year - 1))).records()

    return rows


def _rows(
    con: duckdb.DuckDBPyConnection, name: str, period: Period, year: str
) -> list[tuple[Any, ...]]:
    until = period.period if year == str(period.year) else f"{year}-Z"
    said = {"period_type": period.period_type, "year": year, "until": until}
    if name == "h_category":
        said["own"] = period.period
    found = con.execute(_SQL[name], said).fetchall()
    return [(_step(row[0]), _name(row[0]), *row[1:]) for row in found]


def _step(period: str) -> int:
    """Return the number of a month or a quarter within its year."""
    return int(period[5:].lstrip("Q"))


def _name(period: str) -> str:
    """Return what a step is called in a sentence."""
    step = _step(period)
    return QUARTERS[step - 1] if "Q" in period else f"{step}月"


def _table(name: str, rows: list[tuple[Any, ...]]) -> PrintTable:
    names = ["month", "period", *(["category"] if name == "h_category" else []), "record_count"]
    return shown(PrintTable(name, "", "件", "", "", [column(one) for one in names], [], rows))
