"""The tables of schema `monthly` for one period, as printed."""

from dataclasses import replace

import duckdb

from pipeline.errors import IO, HotlineError
from pipeline.narrative.print_table import PrintTable, printed_table, shown
from pipeline.period import Period

# Printed with a sign of their direction, where the yearly report prints a percentage.
_CHANGED = ("", "dispatched_", "direct_")
CHANGES = {
    f"{count}{base}growth_rate": "change" for count in _CHANGED for base in ("", "previous_")
} | dict.fromkeys(
    ("daily_growth_rate", "previous_daily_growth_rate", "first_months_growth_rate"), "change"
)
# Columns from which the count in the first column follows, with the rate.
_COMPUTED_FROM = {
    "previous_count": ("previous_count", "previous_growth_rate", "previous_rank"),
    "before_count": ("before_count", "growth_rate"),
}
FIRST = "m01_overview"


def monthly_tables(con: duckdb.DuckDBPyConnection, period: Period) -> list[PrintTable]:
    """Return every table of schema `monthly` for the period, in the order of its name."""
    names = [
        row[0]
        for row in con.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = 'monthly' ORDER BY 1"""
        ).fetchall()
    ]
    if FIRST not in names:
        raise HotlineError("仓库缺少月报所需的表;请重新运行 hotline build", IO)
    where = {"period_type": period.period_type, "period": period.period}
    below = dict(
        con.execute(
            """SELECT "table", CAST(suppress_below_count AS INTEGER) FROM ref."table"
               WHERE suppress_below_count IS NOT NULL"""
        ).fetchall()
    )
    return [
        without_small_bases(
            printed_table(con, f"monthly.{name}", where, CHANGES), below.get(name, 0)
        )
        for name in names
    ]


def without_small_bases(table: PrintTable, below: int) -> PrintTable:
    """Return the table without changes that rest on a count from 1 to `below` - 1.

    The period before hid that count; its change to a printed one would give it away.
    """
    names = [column.name for column in table.columns]
    rows = []
    for row in table.exact:
        cells = dict(zip(names, row, strict=True))
        for base, dependent in _COMPUTED_FROM.items():
            if 0 < (cells.get(base) or 0) < below:
                cells |= dict.fromkeys((name for name in dependent if name in cells), None)
        rows.append(tuple(cells.values()))
    return shown(replace(table, exact=rows))
