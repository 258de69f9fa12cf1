"""What every sentence of a bulletin may say of its period, and of what it is compared with."""

from pathlib import Path
from typing import Any

import duckdb

from pipeline.bulletin.content.tables import FIRST
from pipeline.period import ASSESSMENT, MONTH, QUARTER, Period
from pipeline.telling.context import office
from pipeline.telling.figures import Figures
from pipeline.telling.printed import Printed, rules

TEMPLATES = Path(__file__).parents[1] / "templates"
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")


def words_of(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    template: dict[str, Any],
    tables: list[Printed],
    figures: Figures,
) -> dict[str, Any]:
    """Return the words; one that does not hold is empty."""
    kind = template["kind"][period.period_type]
    first, last = period.first_on, period.last_on
    number = period.month // 3 if period.period_type == QUARTER else period.month
    steps = QUARTERS if period.period_type == QUARTER else [f"{m}月" for m in range(1, 13)]
    overview = next(table for table in tables if table.name == FIRST).records()
    section = next((row for row in overview if row["is_section"]), overview[0] if overview else {})
    has_previous, has_before = section.get("has_previous"), section.get("has_before")
    return {
        **rules(con),
        **office(con),
        **kind,
        "period": period.label.split("(")[0],
        "days": f"{_day(first)}至{_day(last)}" if first.year != last.year
        else f"{_day(first)}至{last.month}月{last.day}日",
        "year": period.year,
        "number": number,
        "this_label": f"{period.year}年",
        "last_label": f"{period.year - 1}年",
        "steps": list(steps),
        "partial": _yes(any(row["is_partial"] for row in overview)),
        "simulated": _yes(_is_simulated(con, period)),
        "section": figures.section,
        "headline": figures.headline,
        "scopes_differ": _yes(figures.section != figures.headline),
        "has_previous": _yes(has_previous),
        "has_before": _yes(has_before),
        "compares": _yes(has_previous or has_before),
        "no_previous": _yes(not has_previous),
        "no_before": _yes(not has_before),
        "is_assessment": _yes(period.period_type == ASSESSMENT),
        "is_month": _yes(period.period_type == MONTH),
    }  # fmt: skip


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yes(value: Any) -> str:
    return "是" if value else ""


def _is_simulated(con: duckdb.DuckDBPyConnection, period: Period) -> bool:
    """Return whether any record of the period's months was made by `hotline simulate`."""
    months = [year * 100 + month for year, month in period.calendar_months()]
    row = con.execute(
        """SELECT count(*) > 0 FROM core.partition JOIN core.receipt USING (receipt)
           WHERE list_contains($months, "year" * 100 + month) AND simulated""",
        {"months": months},
    ).fetchone()
    return bool(row and row[0])
