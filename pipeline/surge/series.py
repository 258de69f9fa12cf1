"""Weekly counts of every series, from the daily counts of the warehouse."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from pipeline.db import registered
from pipeline.home import REPOSITORY
from pipeline.period import Period
from pipeline.surge.glm import Array, Flags
from pipeline.surge.terms import WEEK, Calendar

QUERY = REPOSITORY / "sql" / "surge" / "week_count.sql"
HELD_QUERY = REPOSITORY / "sql" / "surge" / "week_held.sql"
# Of five years, as in Noufaily et al. (2013): what is older says little of today.
HISTORY_WEEKS = 260
KEYS = ["cut", "category", "subcategory", "topic", "district"]


@dataclass(frozen=True)
class Series:
    """Counts (series, weeks) of one cut; `keys` name the rows, `week_ends` the columns."""

    cut: str
    keys: pd.DataFrame
    counts: Array


@dataclass(frozen=True)
class Weeks:
    """All series over the same weeks; the last `judged` weeks are in the period."""

    week_ends: list[datetime.date]
    is_known: Flags
    judged: int
    series: tuple[Series, ...]


def has_records(con: duckdb.DuckDBPyConnection, period: Period) -> bool:
    """Return whether any record of the period is loaded."""
    found = con.execute(
        """SELECT count(*) FROM metric.held_day
           WHERE entity = 'record' AND NOT is_empty AND received_on BETWEEN ? AND ?""",
        [period.first_on, period.last_on],
    ).fetchall()
    return bool(found[0][0])


def read(con: duckdb.DuckDBPyConnection, period: Period) -> Weeks:
    """Return the weeks of the period and of its history.

    Weeks are counted back from the period's last day, so that none is broken at its end; those
    judged are in the period whole. The days before the first of them (none to six) fill no week.
    """
    judged = ((period.last_on - period.first_on).days + 1) // 7
    ends = [period.last_on - WEEK * back for back in reversed(range(HISTORY_WEEKS + judged))]
    con.execute("CREATE OR REPLACE TEMP TABLE asked_day (day_on DATE, week_index INTEGER)")
    days = pd.DataFrame(
        [
            (end - datetime.timedelta(days=back), index)
            for index, end in enumerate(ends)
            for back in range(7)
        ],
        columns=["day_on", "week_index"],
    )
    with registered(con, "asked_days", days):
        con.execute("INSERT INTO asked_day SELECT * FROM asked_days")
    rows = con.sql(QUERY.read_text(encoding="utf-8")).df()
    held = con.sql(HELD_QUERY.read_text(encoding="utf-8")).fetchall()
    return Weeks(ends, _known(held, len(ends)), judged, tuple(_series(rows, len(ends))))


def _known(held: list[tuple[int]], weeks: int) -> Flags:
    """Return which weeks have data: those without a missing day, quiet ones of no record too."""
    known = np.zeros(weeks, dtype=bool)
    known[[index for (index,) in held]] = True
    return known


def _series(rows: pd.DataFrame, weeks: int) -> Iterator[Series]:
    for cut, part in rows.groupby("cut"):
        grouped = part.groupby(KEYS, sort=True)
        counts = np.zeros((grouped.ngroups, weeks))
        counts[grouped.ngroup().to_numpy(), part["week_index"].to_numpy()] = part["record_count"]
        keys = grouped.size().index.to_frame(index=False)
        yield Series(str(cut), keys, counts)


def calendar(con: duckdb.DuckDBPyConnection) -> Calendar:
    """Return the city's calendar from ref.calendar and ref.season; empty where it has none."""
    days = con.execute("SELECT day_on, kind FROM ref.calendar").fetchall()
    seasons = con.execute("SELECT first_day, last_day FROM ref.season ORDER BY season").fetchall()
    return Calendar(
        frozenset(day for day, kind in days if kind == "holiday"),
        frozenset(day for day, kind in days if kind == "workday"),
        tuple((_month_day(first), _month_day(last)) for first, last in seasons),
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
