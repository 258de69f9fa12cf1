"""What any document made from a warehouse needs: its office, the owner of its data, its digest."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipeline import numbers
from pipeline.db import fingerprint_of
from pipeline.document.model import Build
from pipeline.entity import DEFAULT
from pipeline.errors import USAGE, HotlineError
from pipeline.narrative.print_table import PrintTable

RATES = ("response_rate", "resolution_rate", "satisfaction_rate")


def unknown_rates(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the rates that no row of a table of rates has; none without rows."""
    return [name for name in RATES if rows and all(row[name] is None for row in rows)]


def faulty(file: str, place: str, error: Exception) -> HotlineError:
    """Return what is wrong with a home's own template, at a section or its screen."""
    reason = f"{type(error).__name__} {str(error).splitlines()[0]}"
    return HotlineError(
        f"报告模板 {file} 的 {place} 有误({reason});请核对表名、列名与写法后再试", USAGE
    )


def office(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the names of the city and its hotline, and where districts are on the grid."""
    named = dict(con.execute("SELECT item, text FROM ref.office").fetchall())
    tiles = con.execute('SELECT district, "col", "row" FROM ref.district_tile').fetchall()
    blank = {"city": "", "hotline": "", "issuer": "", "contact": ""}
    return {**blank, **named, "tiles": {d: [int(c), int(r)] for d, c, r in tiles}}


def scope_words(con: duckdb.DuckDBPyConnection, section: str, headline: str) -> dict[str, str]:
    """Return what sentences say of the scopes of totals and parts.

    Where both have one scope nothing is said of it, and a share is one of the total.
    """
    names = ("section_name", "section_excluded", "headline_name")
    if section == headline:
        return {**dict.fromkeys(names, ""), "whole": "受理总量", "scopes_differ": ""}
    named = {
        scope: (title, excluded or "")
        for scope, title, excluded in con.execute(
            "SELECT scope, title, excluded FROM ref.scope"
        ).fetchall()
    }
    name, excluded = named.get(section, (section, ""))
    return {
        **dict(zip(names, (name, excluded, named.get(headline, (headline, ""))[0]), strict=True)),
        "whole": f"{name}受理量",
        "scopes_differ": "是",
    }


def is_simulated(con: duckdb.DuckDBPyConnection, months: Iterable[tuple[int, int]]) -> bool:
    """Return whether any record of the months, (year, month) each, was made by the simulation."""
    row = con.execute(
        """SELECT count(*) > 0 FROM source.partition JOIN source.receipt USING (receipt)
           WHERE list_contains($months, "year" * 100 + month) AND simulated""",
        {"months": [year * 100 + month for year, month in months]},
    ).fetchone()
    return bool(row and row[0])


def held_days(con: duckdb.DuckDBPyConnection, year: int, entity: str = DEFAULT) -> list[date]:
    """Return the days of a year whose rows of the entity are not missing, in order."""
    rows = con.execute(
        """SELECT received_on FROM metric.held_day
           WHERE entity = ? AND "year" = ? AND NOT is_missing ORDER BY 1""",
        [entity, year],
    )
    return [day for (day,) in rows.fetchall()]


def compared_days(con: duckdb.DuckDBPyConnection, year: int, scope: str) -> list[date]:
    """Return the days of a year that are compared with the same days of the year before."""
    rows = con.execute(
        """SELECT received_on FROM metric.compared_day
           WHERE "year" = ? AND scope = ? AND month_type = 'month' AND months_before = 12
                 AND NOT is_before ORDER BY 1""",
        [year, scope],
    )
    return [day for (day,) in rows.fetchall()]


CALL_BACK = "call_back"


@dataclass(frozen=True)
class HeldColumn:
    """A column that only some months of a period have: its name in text, and these months."""

    label: str
    months: list[int]

    @property
    def span(self) -> str:
        """Return the months as text: 1至6月."""
        return numbers.months(self.months)


def held_in_part(
    con: duckdb.DuckDBPyConnection, period_type: str, period: str
) -> dict[str, HeldColumn]:
    """Return column -> the months that have it, of the columns that some months lack."""
    rows = con.execute(
        """SELECT known.column_name, known.label, list(DISTINCT known.month ORDER BY known.month)
           FROM metric.column_gap AS gap
           JOIN metric.period_part AS part
               ON part.period_type = gap.period_type AND part.period = gap.period
           JOIN metric.known_column AS known
               ON known.column_name = gap.column_name AND known."year" = part.part_year
               AND known.month = part.part_month
           WHERE gap.period_type = ? AND gap.period = ? AND gap.known_month_count > 0
                 AND known.is_known
           GROUP BY known.column_name, known.label, known.sort_order ORDER BY known.sort_order""",
        [period_type, period],
    ).fetchall()
    return {column: HeldColumn(label, months) for column, label, months in rows}


def in_part(held: dict[str, HeldColumn]) -> str:
    """Return which columns only some months have, and what that does to the figures; or nothing."""
    called = held.get(CALL_BACK)
    notes = [f"{called.label}只有{called.span}有，三率按这些月份计"] if called else []
    groups: dict[str, list[str]] = {}
    for name, column in held.items():
        if name != CALL_BACK:
            groups.setdefault(column.span, []).append(column.label)
    if groups:
        listed = "，".join(f"{'、'.join(labels)}只有{span}有" for span, labels in groups.items())
        notes.append(f"{listed}，按其统计的件数只含这些月份，不计变化，以全部记录为分母的占比不计")
    return "；".join(notes)


def yoy(held: list[date], compared: list[date]) -> str:
    """Return what a change on the year before is called: it names the days where they are not all.

    A year that begins or ends within a month is compared with the same days, and says so.
    """
    if compared != held:
        return f"{numbers.dates(compared)}同比"
    return "与上年同期相比" if "日" in numbers.dates(held) else "同比"


def yoy_months(held: list[date], compared: list[date]) -> dict[str, str]:
    """Return what the change of each month is called: it names the month's days if not all."""
    plain = "与上年同期相比" if "日" in numbers.dates(held) else "同比"
    days = {
        month: [[day for day in days if day.month == month] for days in (held, compared)]
        for month in sorted({day.month for day in compared})
    }
    return {
        f"yoy_month_{month}": plain if own == both else f"{numbers.dates(both)}同比"
        for month, (own, both) in days.items()
    }


def months_of(year: int) -> list[tuple[int, int]]:
    """Return the months of a year, as is_simulated asks for them."""
    return [(year, month) for month in range(1, 13)]


def made_from(con: duckdb.DuckDBPyConnection, tables: Iterable[PrintTable]) -> Build:
    """Return which warehouse the tables come from, and a digest of what they print.

    The digest is equal where no printed figure differs.
    """
    printed = [
        [table.name, [column.name for column in table.columns],
         [[str(value) for value in row] for row in table.rows]]
        for table in tables
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(printed, ensure_ascii=False).encode()).hexdigest()
    return Build(fingerprint_of(con), digest)
