"""metric: which days are missing, and growth over the days that two periods both have, by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from pipeline import ledger
from pipeline.home import Home
from pipeline.metrics import recount
from pipeline.warehouse import build
from tests.support.city import ask, deliver, make_home, record, select_file, select_named


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`."""
    while first <= last:
        yield first
        first += timedelta(days=1)


def of_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


CHECKED = {
    "source.entity": "SELECT 'record' AS entity, TRUE AS is_flow",
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
            "source.partition": "SELECT 'record' AS entity, year, month, 1 AS row_count,"
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


def test_an_office_that_rests_may_close_on_a_holiday_that_no_calendar_lists():
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


DAILY, DAILY_BEFORE = "growth_daily_record_count", "growth_previous_daily_record_count"


@pytest.mark.parametrize(
    ("period_type", "period", "metric", "expected"),
    [
        # Two a day, so that no mean day changes: 58 in 29 days against 56 in 28.
        ("month", "2024-02", DAILY, [(58 * 28 - 56 * 29, 56 * 29)]),
        # 31 + 29 + 10 days against 31 + 28 + 10; of them 10 against 10 have nothing to add.
        ("year", "2024", DAILY, [(140 * 69 - 138 * 70, 138 * 70)]),
        ("quarter", "2024-Q1", DAILY, [(140 * 69 - 138 * 70, 138 * 70)]),
        ("month", "2024-03", DAILY, []),
        ("month", "2024-01", DAILY, []),
        # February on January, March on February; July and August have as many days.
        ("month", "2023-02", DAILY_BEFORE, [(0, 62 * 28)]),
        ("month", "2023-03", DAILY_BEFORE, [(0, 56 * 31)]),
        ("month", "2023-08", DAILY_BEFORE, []),
        ("quarter", "2023-Q2", DAILY_BEFORE, [(182 * 90 - 180 * 91, 180 * 91)]),
        ("month", "2010-07", DAILY_BEFORE, []),
    ],
)
def test_the_mean_day_is_compared_where_the_days_differ(cut, period_type, period, metric, expected):
    assert growth(cut, period_type, period, metric) == expected


TOTAL = "SELECT 1 AS cut_key, 'total' AS cut"
PARTS = (
    "SELECT * FROM (VALUES ('month', '2024-02', 2024, 2)) AS p (period_type, period, year, month)"
)


def daily(this: int, before: int, previous: int) -> dict[str, tuple[int, int]]:
    """Return the changes of a leap February by the mean day, on the year and the month before."""
    lengths = [(12, 29, False), (12, 28, True), (1, 29, False), (1, 31, True)]
    listed = ", ".join(f"({back}, {length}, {of})" for back, length, of in lengths)
    pair = (
        "SELECT 'record_count' AS metric, 1 AS cut_key, 'all' AS scope, 'month' AS period_type,"
        " '2024-02' AS period, FALSE AS is_partial, TRUE AS is_comparable,"
        " {} AS this_count, {} AS before_count"
    )
    rows = select_named(
        "metric/growth_daily",
        {
            "metric.compared_day": "SELECT 'all' AS scope, 'month' AS month_type, months_before,"
            " 2024 AS year, 2 AS month, is_before, unnest(range(length)) AS received_on"
            f" FROM (VALUES {listed}) AS d (months_before, length, is_before)",
            "metric.period_part": PARTS,
            "metric.cut_member": TOTAL,
            "metric.compared": pair.format(this, before),
            "metric.compared_previous": pair.format(this, previous),
        },
    )
    return {row["metric"]: (row["numerator"], row["denominator"]) for row in rows}


def test_a_leap_day_and_a_month_of_31_days_are_taken_out():
    # 15 a day against 10 a day is +50%, where the totals say 435 / 280: +55.36%.
    # 15 a day against 20 a day is -25%, where the totals say 435 / 620: -29.84%.
    found = daily(435, 280, 620)
    assert found == {DAILY: (4060, 8120), DAILY_BEFORE: (-4495, 17980)}
    rates = {metric: D(above) / D(below) for metric, (above, below) in found.items()}
    assert rates == {DAILY: D("0.5"), DAILY_BEFORE: D("-0.25")}
    # Nothing to grow from.
    assert daily(435, 0, 620).keys() == {DAILY_BEFORE}


FEBRUARY = [f"02-{day:02d}" for day in range(4, 11)]
JANUARY = [f"01-{day}" for day in range(24, 31)]
MIXED = ["01-31", *[f"02-{day:02d}" for day in range(1, 7)]]
WHOLE = {"2031-01": (70, 40), "2031-02": (50, 60)}


def first_months(before: list[str], this: list[str], months=WHOLE, partial=()) -> dict:
    """Return the two months together, of a year after one with other days of the festival."""
    holidays = [f"2030-{day}" for day in before] + [f"2031-{day}" for day in this]
    listed = ", ".join(f"('{day}', 'holiday', '春节')" for day in holidays)
    # A working day in its stead is none, nor is another holiday.
    listed += ", ('2031-01-19', 'workday', '春节'), ('2031-01-01', 'holiday', '元旦')"
    counts = ", ".join(
        f"('month', '{month}', {counts[0]}, {counts[1]}, {month in partial})"
        for month, counts in {**months, "2031-03": (1000, 1000)}.items()
    )
    rows = select_named(
        "metric/first_months",
        {
            "ref.calendar": f"SELECT * FROM (VALUES {listed}) AS c (day_on, kind, holiday)",
            "metric.cut_member": TOTAL,
            "metric.compared": "SELECT 'record_count' AS metric, 1 AS cut_key, 'all' AS scope,"
            f" 2031 AS year, TRUE AS is_comparable, * FROM (VALUES {counts})"
            " AS c (period_type, period, this_count, before_count, is_partial)",
        },
    )
    assert not any(row["is_partial"] for row in rows)
    return {
        (row["metric"], row["period_type"], row["period"]): (row["numerator"], row["denominator"])
        for row in rows
    }


@pytest.mark.parametrize(
    ("before", "this"), [(FEBRUARY, JANUARY), (JANUARY, FEBRUARY), (FEBRUARY, MIXED)]
)
def test_january_and_february_are_together_where_the_festival_moved(before, this):
    periods = [("year", "2031"), ("quarter", "2031-Q1"), ("month", "2031-01"), ("month", "2031-02")]
    # 70 + 50 against 40 + 60.
    assert first_months(before, this) == {
        **{("first_months_count", *period): (120, 1) for period in periods},
        **{("growth_first_months_count", *period): (20, 100) for period in periods},
    }


@pytest.mark.parametrize(
    "said",
    [
        {"before": FEBRUARY, "this": FEBRUARY},
        # A day more within the same month is no move.
        {"before": FEBRUARY, "this": [*FEBRUARY, "02-11"]},
        # A year that the calendar does not know.
        {"before": [], "this": JANUARY},
        # A month is not loaded, or days of it are missing.
        {"before": FEBRUARY, "this": JANUARY, "months": {"2031-02": (50, 60)}},
        {"before": FEBRUARY, "this": JANUARY, "partial": ("2031-01",)},
        {"before": FEBRUARY, "this": JANUARY, "partial": ("2031-02",)},
    ],
)
def test_nothing_is_said_of_the_two_months_otherwise(said):
    assert first_months(**said) == {}


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


@pytest.mark.slow
def test_the_records_say_the_same(cut):
    months = ask(cut, "SELECT DISTINCT year, month FROM source.partition")
    lost = [day for (day,) in ask(cut, "SELECT received_on FROM metric.held_day WHERE is_missing")]
    names = [*ledger.KEY, "numerator", "denominator"]
    figures = ask(
        cut,
        f"SELECT {', '.join(names)} FROM metric.figure WHERE (metric LIKE 'growth%' "
        "OR metric LIKE 'first%' OR metric LIKE 'before%' OR metric LIKE 'contribution%') AND "
        "period_type IN ('month', 'year') AND "
        "period IN ('2024', '2024-02', '2024-03', '2010-06', '2015', '2015-02')"
        " AND '?' NOT IN (record_type, category, unit_type, region, district, channel, desk, tag)",
    )
    assert len(figures) > 50
    # The festival lay in January of 2023 and in February of 2024.
    assert {figure[0] for figure in figures} >= {DAILY, DAILY_BEFORE, "growth_first_months_count"}
    for figure in figures:
        claim = dict(zip(names, figure, strict=True)) | {"dimension": "", "relation": "equals"}
        query = recount.from_records(claim, months, lost)
        assert query is not None
        ((numerator, denominator, _),) = ask(cut, query.sql)
        assert (numerator, denominator) == (claim["numerator"], claim["denominator"]), claim
