"""From records to model.expected_count and metric.surge, and what it says without history."""

import datetime

import pyarrow as pa
import pytest

from pipeline.errors import CHECK_FAILED, NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.model_tables import EXPECTED_COUNT
from pipeline.period import ASSESSMENT, MONTH, QUARTER, Period, parse
from pipeline.surge import expected_counts, run
from pipeline.warehouse import build, graph
from tests.support.city import ask, deliver, make_home, record, select_named

LAST = datetime.date(2020, 11, 30)
WEEKS = 95
SURGE = Period(MONTH, 2020, 11)


def city() -> list[dict]:
    """Return 95 weeks of some eight records in two categories, 30 of 教育 in the last but one.

    A topic that never occurred before has six records in the last week.
    """
    rows = []
    for week in range(WEEKS):
        end = LAST - datetime.timedelta(weeks=week)
        count = {("住房", "甲区"): 6 + week % 3, ("教育", "乙区"): 9 - week % 3}
        if week == 1:
            count["教育", "乙区"] = 30
        for (category, district), records in count.items():
            is_new = week == 0 and category == "住房"
            for number in range(records):
                day = end - datetime.timedelta(days=number % 7)
                rows.append(
                    record(
                        f"{category}{week}-{number}", f"{day} 09:00:00", category=category,
                        subcategory="一", topic="新题" if is_new else "旧题",
                        place_district=district,
                    )
                )  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("surge"))
    deliver(made, city())
    build(made)
    return made


def test_a_planted_surge_and_a_new_topic_are_found_and_nothing_else(home):
    expected = expected_counts(home, SURGE)
    assert (expected.method, expected.week_count, expected.note) == ("season", 4, "")
    # The city, 教育 in it, in its district and by topic; 新题 of 住房.
    assert expected.surge_count == 5
    found = ask(
        home,
        "SELECT cut, category, topic, district, last_on, record_count, is_new "
        "FROM metric.surge WHERE period_type = 'month' ORDER BY cut, category",
    )
    (total,) = [row for row in found if row[0] == "total"]
    found.remove(total)
    assert total == ("total", "*", "*", "*", datetime.date(2020, 11, 23), 37, False)
    week = datetime.date(2020, 11, 23)
    assert found == [
        ("category", "教育", "*", "*", week, 30, False),
        ("category district", "教育", "*", "乙区", week, 30, False),
        ("category subcategory topic", "住房", "新题", "*", LAST, 6, True),
        ("category subcategory topic", "教育", "旧题", "*", week, 30, False),
    ]
    # Two categories are too few for a common rise. The topic and the district hold the whole
    # excess of 教育: it is reported by the topic, and once.
    alarms = ask(
        home,
        "SELECT alarm_number, category, topic, other_count, peak_common_ratio FROM metric.surge "
        "WHERE period_type = 'month' AND alarm_number IS NOT NULL ORDER BY 1",
    )
    assert alarms == [(1, "教育", "旧题", 2, 1.0), (2, "住房", "新题", 0, 1.0)]
    assert ask(
        home,
        "SELECT DISTINCT district, is_city_wide FROM metric.surge "
        "WHERE period_type = 'month' ORDER BY 1",
    ) == [("*", False), ("乙区", True)]


def test_no_week_reaches_beyond_its_period(home):
    """Of a quarter's 92 days thirteen weeks; its first day fills none."""
    quarter = Period(QUARTER, 2020, 12)
    assert expected_counts(home, quarter).week_count == 8  # Of the ninth four days are loaded.
    weeks = ask(
        home,
        "SELECT min(first_on), max(last_on) FROM model.expected_count "
        "WHERE period_type = 'quarter'",
    )
    assert weeks[0][0] == datetime.date(2020, 10, 2)
    assert weeks[0][1] <= quarter.last_on
    days = ask(
        home,
        "SELECT received_on FROM monthly.m15_day WHERE period = '2020-Q4' "
        "AND week_first_on IS NULL AND received_on < DATE '2020-11-01'",
    )
    assert days == [(datetime.date(2020, 10, 1),)]


def test_the_weeks_end_with_the_period_and_their_counts_are_those_of_the_records(home):
    expected_counts(home, Period(ASSESSMENT, 2020, 11, 19))
    rows = ask(
        home,
        "SELECT last_on, record_count FROM model.expected_count "
        "WHERE period_type = 'assessment' AND cut = 'category' AND category = '住房' ORDER BY 1",
    )
    ends = [datetime.date(2020, 11, 18) - datetime.timedelta(weeks=w) for w in range(4)][::-1]
    assert [end for end, _ in rows] == ends
    for end, count in rows:
        first = end - datetime.timedelta(days=6)
        assert ask(
            home,
            "SELECT count(*) FROM core.record WHERE category = '住房' "
            f"AND received_at >= DATE '{first}' AND received_at < DATE '{end}' + INTERVAL 1 DAY",
        ) == [(count,)]


def test_what_is_there_is_not_made_again_until_the_warehouse_changes(home):
    first = expected_counts(home, SURGE)
    path = EXPECTED_COUNT.path(home, "month-2020-11")
    before = path.stat().st_mtime_ns
    assert expected_counts(home, SURGE) == first
    assert path.stat().st_mtime_ns == before


def test_short_history_says_what_it_did_instead(home):
    expected = expected_counts(home, Period(MONTH, 2019, 8))
    assert expected.method == "recent"
    assert "不足 78 周" in expected.note and "近 26 周的平均" in expected.note
    expected = expected_counts(home, Period(MONTH, 2019, 3))
    assert (expected.method, expected.surge_count) == ("none", 0)
    assert "不判断突增" in expected.note


def test_a_period_without_records_is_refused_in_one_line(home):
    with pytest.raises(HotlineError, match="2021-05 没有已入库的记录") as refused:
        expected_counts(home, Period(MONTH, 2021, 5))
    assert refused.value.code == NO_DATA


def test_days_add_up_to_the_months_of_the_cells(home):
    """The same records by another road: metric.cell counts months."""
    for cut in ("district <> '*'", "topic <> '*'"):
        assert ask(
            home,
            f"SELECT year, month, category, sum(record_count) FROM metric.day_count WHERE {cut} "
            "GROUP BY ALL ORDER BY ALL",
        ) == ask(
            home,
            "SELECT year, month, category, sum(numerator) FROM metric.figure f "
            "JOIN metric.period p USING (period) WHERE f.metric = 'record_count' "
            "AND f.cut = 'category' AND f.period_type = 'month' AND p.period_type = 'month' "
            "GROUP BY ALL ORDER BY ALL",
        )


def test_periods_begin_and_end_where_the_city_says():
    day = datetime.date
    november = parse("2020-11", ASSESSMENT, 19)
    assert (november.first_on, november.last_on) == (day(2020, 10, 19), day(2020, 11, 18))
    january = parse("2021-01", ASSESSMENT, 19)
    assert (january.first_on, january.last_on) == (day(2020, 12, 19), day(2021, 1, 18))
    assert january.calendar_months() == [(2020, 12), (2021, 1)]
    later = parse("2021-03", ASSESSMENT, 26)
    assert (later.first_on, later.last_on) == (day(2021, 2, 26), day(2021, 3, 25))
    assert later.before(3).first_on == day(2020, 11, 26)
    february = parse("2020-02")
    assert (february.first_on, february.last_on) == (day(2020, 2, 1), day(2020, 2, 29))
    assert parse("2020-12").last_on == day(2020, 12, 31)
    assert february.before(14) == Period(MONTH, 2018, 12)
    assert february.year_before() == Period(MONTH, 2019, 2)
    fourth = parse("2020-Q4")
    assert fourth == Period(QUARTER, 2020, 12) and fourth.period == "2020-Q4"
    assert (fourth.first_on, fourth.last_on) == (day(2020, 10, 1), day(2020, 12, 31))
    assert fourth.calendar_months() == [(2020, 10), (2020, 11), (2020, 12)]
    assert fourth.before().label == "2020年第三季度" and fourth.before(4).period == "2019-Q4"
    assert january.label == "2021年1月考核期(12月19日至1月18日)"
    with pytest.raises(HotlineError, match="季度"):
        parse("2020-10", QUARTER)
    for wrong in ("2020-13", "202011", "2020-1", "11月", "2020-Q5", "2020Q4"):
        with pytest.raises(HotlineError) as refused:
            parse(wrong)
        assert refused.value.code == USAGE


MADE = """
    SELECT 'month' AS period_type, '2020-11' AS period, DATE '2020-11-30' AS last_on, cut,
        category, '*' AS subcategory, '*' AS topic, '*' AS district, 'season' AS method,
        record_count, expected_count, CAST(0 AS BIGINT) AS lower_count,
        CAST(upper_count AS BIGINT) AS upper_count
    FROM (VALUES {rows}) AS t (cut, category, record_count, expected_count, upper_count)
"""


@pytest.mark.parametrize(
    ("row", "fails"),
    [
        ("('category', '教育', 3337, 3300.0, 4000)", False),
        # More than came and was expected, but within the city's interval.
        ("('category', '教育', 3337, 119000.0, 130000)", False),
        ("('category', '教育', 3337, 13935074.0, 15700000)", True),
        ("('category', '教育', 3337, CAST('nan' AS DOUBLE), 9)", True),
        ("('category', '教育', 3337, CAST('inf' AS DOUBLE), 9)", True),
        ("('category', '教育', 3337, NULL, 9)", True),
        ("('category', '教育', 3337, -1.0, 9)", True),
        ("('category', '教育', 3337, 9.0, -1)", True),
    ],
)
def test_an_expectation_that_cannot_be_is_not_kept(row, fails):
    rows = f"('total', '*', 90000, 100000.0, 120000), {row}"
    found = select_named(
        "check/fail_expected_count", {"model.expected_count": MADE.format(rows=rows)}
    )
    assert bool(found) == fails


def test_what_fails_is_refused_before_it_is_kept(home, monkeypatch):
    """A model that goes wrong leaves the former part, and the clerk a line that says why."""
    august = Period(MONTH, 2020, 8)
    right = run._rows

    def wrong(*args):
        rows = right(*args).to_pandas()
        too_many = rows["expected_count"].where(rows["cut"] == "total", 1e9)
        return EXPECTED_COUNT.cast(pa.Table.from_pandas(rows.assign(expected_count=too_many)))

    monkeypatch.setattr(run, "_rows", wrong)
    with pytest.raises(HotlineError, match=r"fail_expected_count.*全市同周") as refused:
        expected_counts(home, august)
    assert refused.value.code == CHECK_FAILED
    assert EXPECTED_COUNT.key(home, "month-2020-08") is None


def test_a_table_cannot_rest_on_what_is_computed_when_asked():
    asked = graph.SqlFile("metric.a", "sql/metric/a.sql", "-- computed when asked\nSELECT 1 AS x")
    table = graph.SqlFile("metric.b", "sql/metric/b.sql", "-- b\nSELECT x FROM metric.a")
    assert asked.kind == "asked"
    with pytest.raises(HotlineError, match="随问随算"):
        graph.order({"metric.a": asked, "metric.b": table}, [])
    view = graph.SqlFile("metric.c", "sql/metric/c.sql", asked.text + " FROM metric.a")
    ordered = graph.order({"metric.c": view, "metric.a": asked}, [])
    assert [file.name for file in ordered] == ["metric.a", "metric.c"]


@pytest.fixture(scope="module")
def even(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two records of every day that is loaded: January to April, and a year later to 10 March."""
    made = make_home(tmp_path_factory.mktemp("even"))
    spans = [
        ("2019-01-01", "2019-04-30"),
        ("2020-01-01", "2020-03-10"),
        ("2020-05-01", "2020-05-02"),
    ]
    rows = []
    for first, last in spans:
        day = datetime.date.fromisoformat(first)
        while day <= datetime.date.fromisoformat(last):
            rows += [
                record(f"{day}{number}", f"{day} 09:00:00", category="住房", place_district="甲区")
                for number in range(2)
            ]
            day += datetime.timedelta(days=1)
    deliver(made, rows)
    build(made)
    return made


def weeks_of(home: Home, month: int) -> list[tuple]:
    expected = expected_counts(home, Period(MONTH, 2020, month))
    rows = ask(
        home,
        "SELECT first_on, record_count, round(expected_count), 14 BETWEEN lower_count "
        "AND upper_count "
        f"FROM model.expected_count WHERE period = '2020-{month:02d}' AND cut = 'total' ORDER BY 1",
    )
    assert (expected.week_count, expected.surge_count) == (len(rows), 0)
    return rows


@pytest.mark.slow
def test_a_week_of_which_days_are_missing_is_no_week(even):
    """The week of New Year, of which two or three days are loaded, lowers no expectation.

    The latest weeks are those that are loaded, though eight months are between them.
    """
    # Counted back from 29 February; and from 31 March, of which the first week is whole.
    firsts = [datetime.date(2020, 2, day) for day in (2, 9, 16, 23)]
    assert weeks_of(even, 2) == [(day, 14, 14, True) for day in firsts]
    assert weeks_of(even, 3) == [(datetime.date(2020, 3, 4), 14, 14, True)]


def test_a_month_without_a_whole_week_has_no_expectation(even):
    assert weeks_of(even, 5) == []
    expected = expected_counts(even, Period(MONTH, 2020, 5))
    assert (expected.method, expected.note) == ("none", "时段内没有一周数据完整:不判断突增")
