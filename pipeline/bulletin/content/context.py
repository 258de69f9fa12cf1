"""What every sentence of a bulletin may say of its period, and of what it is compared with."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline.bulletin.content.tables import FIRST
from pipeline.bulletin.gaps import Gaps
from pipeline.narrative.context import (
    held_in_part,
    in_part,
    is_simulated,
    office,
    scope_words,
    unknown_rates,
)
from pipeline.narrative.figures import Figures
from pipeline.narrative.print_table import PrintTable, rules
from pipeline.numbers import days as spans
from pipeline.numbers import percent, span
from pipeline.period import ASSESSMENT, MONTH, QUARTER, Period

TEMPLATES = Path(__file__).parents[1] / "templates"
# How reference data mark what no source gives.
OURS = "本系统自定"
# So many days or more without a judgement are not the rest at a period's beginning.
WEEK_DAYS = 7
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")


def words_of(
    con: duckdb.DuckDBPyConnection,
    period: Period,
    template: dict[str, Any],
    tables: list[PrintTable],
    figures: Figures,
) -> dict[str, Any]:
    """Return the words; one that does not hold is empty."""
    kind = template["kind"][period.period_type]
    first, last = period.first_on, period.last_on
    number = period.month // 3 if period.period_type == QUARTER else period.month
    steps = (
        [name[1:3] for name in QUARTERS]
        if period.period_type == QUARTER
        else [f"{m}月" for m in range(1, 13)]
    )
    overview = next(table for table in tables if table.name == FIRST).records()
    section = next((row for row in overview if row["is_section"]), overview[0] if overview else {})
    compared = _compared(con, period, section.get("scope", figures.section))
    return {
        **rules(con),
        **_written_rules(con, tables),
        **_checked(tables, figures),
        **office(con),
        **kind,
        "period": period.label.split("(")[0],
        "days": f"{_day(first)}至{_day(last)}" if first.year != last.year
        else f"{_day(first)}至{last.month}月{last.day}日",
        "year": period.year,
        "number": number,
        "this_label": f"{period.year}年",
        "last_label": f"{period.year - 1}年",
        "steps": steps,
        "partial": _yes(any(row["is_partial"] for row in overview)),
        "simulated": _yes(is_simulated(con, period.calendar_months())),
        "section": figures.section,
        "headline": figures.headline,
        **scope_words(con, figures.section, figures.headline),
        **compared,
        "compares": _yes(compared["has_previous"] or compared["has_before"]),
        "no_previous": _yes(not compared["has_previous"]),
        "no_before": _yes(not compared["has_before"]),
        "is_assessment": _yes(period.period_type == ASSESSMENT),
        "assessment_first_day": period.first_day,
        "assessment_last_day": period.first_day - 1,
        "columns_in_part": in_part(held_in_part(con, period.period_type, period.period)),
        "is_month": _yes(period.period_type == MONTH),
    }  # fmt: skip


def _compared(con: duckdb.DuckDBPyConnection, period: Period, scope: str) -> dict[str, str]:
    """Return whether the period is compared, and what a change is called: it names the days where
    not all of both periods are compared."""
    is_quarter = period.period_type == QUARTER
    rows = con.execute(
        """SELECT months_before, received_on, is_whole FROM metric.compared_day
           WHERE scope = $scope AND month_type = $month_type AND "year" = $year
                 AND month BETWEEN $first AND $last AND NOT is_before ORDER BY 2""",
        {
            "scope": scope,
            "month_type": MONTH if is_quarter else period.period_type,
            "year": period.year,
            "first": period.month - 2 if is_quarter else period.month,
            "last": period.month,
        },
    ).fetchall()
    length = (period.last_on - period.first_on).days + 1
    said = {"cut_previous": "", "cut_before": ""}
    for name, word, base, back in (
        ("previous", "mom", "环比", 3 if is_quarter else 1), ("before", "yoy", "同比", 12)
    ):  # fmt: skip
        held = [day for months_before, day, _ in rows if months_before == back]
        is_whole = len(held) == length and all(row[2] for row in rows if row[0] == back)
        held_dates = "、".join(spans(held))
        said[f"has_{name}"] = _yes(held)
        said[f"cut_{name}"] = "" if is_whole else held_dates
        one = held_dates if "、" not in held_dates else "可比日期"
        said[word] = base if is_whole or not held else f"{one}{base}"
    return said


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yes(value: Any) -> str:
    return "是" if value else ""


def _written_rules(con: duckdb.DuckDBPyConnection, tables: list[PrintTable]) -> dict[str, str]:
    """Return in words how rates and scores are reckoned, and what puts a street on a list."""
    rates = next((table.records() for table in tables if table.name == "m10_rate"), [])
    streets = next((table.records() for table in tables if table.name == "m08_street"), [])
    convention = rates[0]["convention"] if rates else ""
    said = {"rate_definition": "", "composite_definition": "", "list_rules": ""}
    for table, word in (("rate", "rate_definition"), ("composite", "composite_definition")):
        found = con.execute(
            f"SELECT definition FROM ref.{table}_convention WHERE convention = ? ORDER BY 1",
            [convention],
        ).fetchall()
        said[word] = str(found[0][0]).replace(" ", "") if found else ""
    if any(row["priority_number"] is not None for row in streets):
        lists = con.execute(
            """SELECT list, note, source FROM ref.list_rule
               WHERE place = '街乡镇' ORDER BY CAST(sort_order AS INTEGER)"""
        ).fetchall()
        rule_text = ";".join(f"{name}:{note.replace(';', ',')}" for name, note, _ in lists)
        for rule, value in rules(con).items():
            rule_text = rule_text.replace(rule, f"{value}件" if rule.endswith("_n") else value)
        ours = "、".join(name for name, _, source in lists if OURS in source)
        said["list_rules"] = rule_text.replace(" ", "") + (
            f"。{ours}的判据为{OURS}。" if ours else "。"
        )
    return said


def _checked(tables: list[PrintTable], figures: Figures) -> dict[str, Any]:
    """Return what the days, words and expected counts of the period allow to say."""
    days, surges, words, cases, rates, repeats, categories, topics = (
        next((table.records() for table in tables if table.name == name), [])
        for name in (
            "m15_day",
            "m13_surge",
            "m12_hot_word",
            "m14_case",
            "m10_rate",
            "m11_repeat",
            "m04_category",
            "m06_topic",
        )
    )
    method = next((row["method"] for row in days if row["method"]), None)
    history = max((row["history_week_count"] or 0 for row in days), default=0)
    reference, of_category, of_topic = (
        max((row["reference_month_count"] or 0 for row in rows), default=0)
        for rows in (words, categories, topics)
    )
    gaps = Gaps.of(days)
    judged = method not in (None, "none")
    rises = [row["week_common_rise"] for row in days if row["week_common_rise"] is not None]
    unjudged = {row["received_on"] for row in days if row["week_first_on"] is None}
    # Weeks are counted back from the period's end: its first days may fill none.
    short = [row["received_on"] for row in days[: len(days) % WEEK_DAYS]]
    return {
        "missing_days": "、".join(spans(gaps.days)),
        "low_weeks": "、".join(span(week.first_on, week.last_on) for week in gaps.weeks),
        "gaps_only": _yes((gaps.days or gaps.weeks) and not any(row["is_partial"] for row in days)),
        "history_weeks": history,
        "surge_judged": _yes(judged),
        "surge_recent": _yes(method == "recent"),
        "surge_none": _yes(method == "none"),
        "surge_unknown": _yes(method is None),
        "common_rise": percent(Decimal(max(rises)), 0) if rises else "",
        "short_days": "、".join(spans(short)),
        "unjudged_days": "、".join(spans(sorted(unjudged.difference(short)))),
        "no_surge": _yes(judged and all(row["cut"] == "total" for row in surges)),
        "reference_months": reference,
        "reference_category_months": of_category,
        "reference_topic_months": of_topic,
        "has_reference": _yes(reference),
        "no_reference": _yes(not reference),
        "has_case": _yes(cases),
        "no_rates": _yes(not rates),
        "unknown_rates": "、".join(map(figures.label, unknown_rates(rates))),
        "unknown_repeats": "、".join(row["repeat_kind"] for row in repeats if not row["is_known"]),
        "partial_repeats": "、".join(
            row["repeat_kind"]
            for row in repeats
            if row["is_known"] and not row["is_known_throughout"]
        ),
    }
