"""metric: which days are missing, and growth over the days that two periods both have, by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from warehouse_kit import ask, deliver, make_home, record, select_file

from pipeline import ledger
from pipeline.audit import counting
from pipeline.home import Home
from pipeline.warehouse import build


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def of_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


CHECKED = {
    "core.entity": "SELECT 'record' AS entity, TRUE AS is_flow",
    "ref.calendar": "SELECT DATE '1990-01-01' AS day_on, 'holiday' AS kind WHERE FALSE",
    "ref.report_rule": "SELECT 'x' AS rule, '1' AS value",
}


def missing(spans: list[tuple[date, date]], a_day: int, without: set[date], **tables: str):
    """Return the missing days of so many records a day over spans, some days left out."""
    held = [day for span in spans for day in days(*span) if day not in without]
    months = sorted({(day.year, day.month) for span in spans for day in days(*span)})
    counts = ", ".join(f"(DATE '{day}', '甲区', {a_day})" for day in held)
    loaded = ", ".join(f"({year}, {month})" for year, month in months)
    rows = select_file(
        "metric/held_day",
        {
            **CHECKED,
            "metric.day_count": f"SELECT * FROM (VALUES {counts}) AS d"
            " (received_on, district, record_count)",
            "core.partition": "SELECT 'record' AS entity, year, month, 1 AS row_count,"
            " TIMESTAMP '1990-01-01' AS first_received_at,"
            " TIMESTAMP '1990-01-01' AS last_received_at"
            f" FROM (VALUES {loaded}) AS m (year, month)",
            "ref.partial_year": "SELECT 1990 AS year, TRUE AS is_partial",
            **tables,
        },
    )
    return sorted(row[3] for row in rows if row[5])


@pytest.mark.parametrize(
    ("a_day", "without", "expected"),
    [
        # A large city misses a single day, at the end and within.
        (1000, [date(2019, 12, 31)], [date(2019, 12, 31)]),
        (1000, [date(2019, 5, 7)], [date(2019, 5, 7)]),
        (1000, [date(2019, 1, 1)], [date(2019, 1, 1)]),
        # Two a day: none on New Year's Eve is chance, none in its last two days is not.
        (2, [date(2019, 12, 31)], []),
        (2, [date(2019, 12, 30), date(2019, 12, 31)], [date(2019, 12, 30), date(2019, 12, 31)]),
        # Within the year many runs are tried: three days are chance, four are not.
        (2, days(date(2019, 5, 7), date(2019, 5, 9)), []),
        (2, days(date(2019, 5, 7), date(2019, 5, 10)), days(date(2019, 5, 7), date(2019, 5, 10))),
    ],
)  # fmt: skip
def test_a_day_is_missing_where_chance_does_not_explain_it(a_day, without, expected):
    assert missing([of_year(2019)], a_day, set(without)) == list(expected)


def test_an_office_that_closes_on_sundays_and_holidays_misses_none():
    sundays = {day for day in days(*of_year(2019)) if day.weekday() == 6}
    week = set(days(date(2019, 10, 1), date(2019, 10, 7)))
    listed = ", ".join(f"(DATE '{day}', 'holiday')" for day in week)
    holidays = f"SELECT * FROM (VALUES {listed}) AS c (day_on, kind)"
    found = missing([of_year(2019)], 100, sundays | week, **{"ref.calendar": holidays})
    assert found == []
    # Without the calendar the week is missing but for its Sunday.
    assert missing([of_year(2019)], 100, sundays | week) == sorted(week)


def test_an_office_that_rests_may_close_on_a_holiday_that_no_calendar_knows():
    weekend = {day for day in days(*of_year(2019)) if day.weekday() >= 5}
    holidays = {date(2019, 5, 27), date(2019, 11, 28), date(2019, 12, 25), date(2019, 12, 31)}
    assert missing([of_year(2019)], 150, weekend | holidays) == []
    # Four working days in a row are more than a holiday.
    week = set(days(date(2019, 5, 27), date(2019, 5, 30)))
    assert missing([of_year(2019)], 150, weekend | week) == sorted(
        {*week, date(2019, 5, 25), date(2019, 5, 26)}
    )


def test_the_register_says_that_a_year_is_whole():
    closed = set(days(date(2019, 2, 1), date(2019, 2, 20)))
    register = {"ref.partial_year": "SELECT 2019 AS year, FALSE AS is_partial"}
    assert missing([of_year(2019)], 50, closed, **register) == []


def test_days_before_a_straggler_are_missing():
    """A dump that breaks off on 10 March keeps one record of 28 December."""
    spans = [(date(2019, 1, 1), date(2019, 3, 31)), (date(2019, 12, 1), date(2019, 12, 31))]
    gap = {
        *days(date(2019, 3, 11), date(2019, 3, 31)),
        *days(date(2019, 12, 1), date(2019, 12, 27)),
        *days(date(2019, 12, 29), date(2019, 12, 31)),
    }
    assert missing(spans, 20, gap) == sorted(gap)


# What years hold, two records of every day: far enough apart that each pair is alone.
HELD = {
    # Cut at its end (the case of the leap year: 140 against 138).
    2023: [(date(2023, 1, 1), date(2023, 12, 31))],
    2024: [(date(2024, 1, 1), date(2024, 3, 10))],
    # Cut at its beginning, and the year before at its end.
    2014: [(date(2014, 1, 1), date(2014, 8, 20))],
    2015: [(date(2015, 2, 6), date(2015, 12, 31))],
    # The year before is cut in a leap year's February, at the 20th and at the 26th.
    2004: [(date(2004, 1, 1), date(2004, 2, 20))],
    2005: [(date(2005, 1, 1), date(2005, 12, 31))],
    # A hole of nine days within June; the year before is whole.
    2009: [(date(2009, 1, 1), date(2009, 12, 31))],
    2010: [(date(2010, 1, 1), date(2010, 6, 4)), (date(2010, 6, 14), date(2010, 12, 31))],
}


def category(day: date, number: int) -> str:
    """甲 has one record of each day; 乙 the other of even years, 丙 of odd ones."""
    return "甲" if number == 0 else "乙" if day.year % 2 == 0 else "丙"


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Home:
    convention = (
        "convention,satisfied_weight,basically_satisfied_weight,weight_base,valid_from,valid_to,"
        "definition\njiesu2020,10,9,10,,,x\n"
    )
    home = make_home(tmp_path_factory.mktemp("cut"), {"rate_convention": convention})
    deliver(
        home,
        [
            record(
                f"{day}{n}", f"{day} 08:00:00", category=category(day, n), handling="派单",
                unit_type="街乡镇", unit="甲区一街道", unit_district="甲区", unit_street="一街道",
                place_district="甲区", record_type="诉求", is_valid=True, is_contacted=True,
                # Resolved on the first ten days of a month, and not on the others.
                resolution="解决" if day.day <= 10 else "未解决", satisfaction="满意",
            )
            for spans in HELD.values() for span in spans for day in days(*span) for n in range(2)
        ],
    )  # fmt: skip
    build(home)
    return home


def growth(home: Home, period_type: str, period: str, metric: str = "growth_record_count", **key):
    dims = " AND ".join(f"{name} = '{value}'" for name, value in key.items())
    cut_by = " ".join(key) or "total"
    return ask(
        home,
        f"SELECT numerator, denominator FROM metric.figure WHERE metric = '{metric}' AND "
        f"period_type = '{period_type}' AND period = '{period}' AND cut = '{cut_by}'"
        + (f" AND {dims}" if dims else ""),
    )


@pytest.mark.parametrize(
    ("period_type", "period", "expected"),
    [
        # 31 + 29 + 10 days against 31 + 28 + 10, two a day.
        ("year", "2024", (2, 138)),
        ("quarter", "2024-Q1", (2, 138)),
        ("month", "2024-03", (0, 20)),
        ("month", "2024-02", (2, 56)),
        # 19 February to 10 March: 11 + 10 days against 10 + 10 (29 February has no other).
        ("assessment", "2024-03", (0, 40)),
        # 6 February to 20 August, in both years: 23 + 31 + 30 + 31 + 30 + 31 + 20.
        ("year", "2015", (0, 392)),
        ("quarter", "2015-Q1", (0, 108)),
        ("quarter", "2015-Q3", (0, 102)),
        # 31 + 20 days.
        ("year", "2005", (0, 102)),
        # 365 - 9 days: the hole is left out of both.
        ("year", "2010", (0, 712)),
        ("month", "2010-06", (0, 42)),
    ],
)
def test_growth_is_over_the_days_that_both_years_have(cut, period_type, period, expected):
    assert growth(cut, period_type, period) == [expected]


@pytest.mark.parametrize(
    ("period_type", "period", "expected"),
    [
        # 1 to 10 March against 1 to 10 February.
        ("month", "2024-03", (0, 20)),
        # January 2015 is not loaded: February has nothing before it, March 6 to 28.
        ("month", "2015-03", (0, 46)),
        # The hole of June is left out of May, and of July's June.
        ("month", "2010-06", (0, 42)),
        ("month", "2010-07", (0, 42)),
        # April with January, May with February, June 1-4 and 14-30 with March.
        ("quarter", "2010-Q2", (2 * (30 + 31) - 2 * (31 + 28), 2 * (31 + 28 + 21))),
    ],
)
def test_the_change_on_the_period_before_is_too(cut, period_type, period, expected):
    assert growth(cut, period_type, period, "growth_previous_record_count") == [expected]


def test_every_cut_counts_the_same_days(cut):
    assert growth(cut, "year", "2024", category="甲") == [(1, 69)]
    # 丙 is of odd years alone: gone this year; 乙 is new and has nothing to grow from.
    assert growth(cut, "year", "2024", category="丙") == [(-69, 69)]
    assert growth(cut, "year", "2024", category="乙") == []
    assert growth(cut, "year", "2024", "contribution_record_count", category="乙") == [(70, 138)]
    handled = "growth_district_handled_count"
    assert growth(cut, "year", "2024", handled, district="甲区") == [(2, 138)]
    assert growth(cut, "year", "2024", "contribution_place_count", district="甲区") == [(2, 138)]
    # Resolved: 10 of each month's days; before: 30 days of 69.
    assert growth(cut, "year", "2024", "before_resolution_rate") == [(60, 138)]
    assert ask(
        cut,
        "SELECT record_count, before_count, change_count, growth_contribution "
        "FROM annual.t25_growth_part WHERE part_kind = '合计' AND year = 2024",
    ) == [(140, 138, 2, D("0.01449275"))]


def test_what_is_cut_is_partial(cut):
    assert ask(
        cut,
        "SELECT year, month FROM metric.period WHERE period_type = 'month' AND is_partial "
        "ORDER BY 1, 2",
    ) == [(2004, 2), (2010, 6), (2014, 8), (2015, 2), (2024, 3)]


def test_the_records_say_the_same(cut):
    months = ask(cut, "SELECT DISTINCT year, month FROM core.partition")
    lost = [day for (day,) in ask(cut, "SELECT received_on FROM metric.held_day WHERE is_missing")]
    names = [*ledger.KEY, "numerator", "denominator"]
    figures = ask(
        cut,
        f"SELECT {', '.join(names)} FROM metric.figure WHERE (metric LIKE 'growth%' "
        "OR metric LIKE 'before%' OR metric LIKE 'contribution%') AND period_type IN "
        "('month', 'year') AND (period IN ('2024', '2024-03', '2010-06', '2015', '2015-02'))"
        " AND '?' NOT IN (record_type, category, unit_type, region, district, channel, desk, tag)",
    )
    assert len(figures) > 50
    for figure in figures:
        claim = dict(zip(names, figure, strict=True)) | {"dimension": "", "relation": "equals"}
        query = counting.from_records(claim, months, lost)
        assert query is not None
        ((numerator, denominator, _),) = ask(cut, query.sql)
        assert (numerator, denominator) == (claim["numerator"], claim["denominator"]), claim
