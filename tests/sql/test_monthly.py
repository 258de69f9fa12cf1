"""monthly: what bulletins print, against rows counted by hand."""

import datetime
import hashlib
from decimal import Decimal as D

import pyarrow as pa
import pytest

from pipeline.home import Home
from pipeline.model_tables import EXPECTED_COUNT
from pipeline.warehouse import build
from tests.support.city import (
    BAD,
    GOOD,
    ask,
    deliver,
    dispatched,
    make_home,
    record,
    select_named,
    sql_text,
)

RULES = (
    "rule,value,source,note\nunlisted_min_count,0,x,\ninterval_z,1.959964,x,\nrank_min_n,2,x,\nlist_error_share,0.05,x,\njoint_low,0.4,x,\n"
    "joint_high,0.6,x,\ntop_category_count,1,x,\nfocus_min_share,0.2,x,\nfocus_count,1,x,\n"
    "bulletin_list_count,1,x,\nbulletin_word_count,2,x,\nbulletin_volume_share,0.6,x,\n"
    "bulletin_case_min_count,2,x,\nbulletin_word_min_callers,1,x,\n"
)
LISTS = (
    "list,place,measure,sort_order,list_count,part_count,source,note\n"
    "先进,街乡镇,score,1,1,3,x,\n进步,街乡镇,gain,2,1,3,x,\n整改,街乡镇,low_score,3,1,3,x,\n"
    "治理,街乡镇,volume,4,1,3,x,\n先进,区,score,1,1,3,x,\n"
)
# Day: records by category. December breaks off after its 10th.
DAYS = {
    "2019-11-01": {"住房": 2},
    "2019-11-30": {"住房": 2},
    "2020-10-01": {"住房": 4},
    "2020-10-18": {"住房": 1},
    "2020-10-19": {"教育": 2},
    "2020-10-31": {"住房": 3},
    "2020-11-01": {"住房": 3, "公共安全": 1},
    "2020-11-18": {"住房": 2},
    "2020-11-30": {"公共安全": 5},
    "2020-12-01": {"住房": 1},
    "2020-12-10": {"住房": 1},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("monthly"), {"report_rule": RULES})
    rows = [
        record(f"{day}{category}{number}", f"{day} 08:00:00", category=category, subcategory="一")
        for day, counts in DAYS.items()
        for category, count in counts.items()
        for number in range(count)
    ]
    deliver(made, rows)
    build(made)
    return made


def test_totals_and_both_changes(home: Home):
    rows = ask(
        home,
        "SELECT period_type, period, record_count, previous_count, previous_growth_rate, "
        "before_count, growth_rate, is_ended, is_partial FROM monthly.m01_overview "
        "WHERE period >= '2020-10' ORDER BY 1, 2",
    )
    none = (None, None, None, None)
    assert rows == [
        # From 1 October, for September is not loaded.
        ("assessment", "2020-10", 5, *none, True, True),
        # 19 October to 18 November: 2 + 3 and 4 + 2; October's is partial, so no base.
        ("assessment", "2020-11", 11, *none, True, False),
        # 19 November to 10 December, by the same days before: 5 + 2 and 2 + 4, without the 31st.
        ("assessment", "2020-12", 7, 6, D("0.16666667"), None, None, False, True),
        ("month", "2020-10", 10, *none, True, False),
        ("month", "2020-11", 11, 10, D("0.1"), 4, D("1.75"), True, False),
        # To 10 December, by 1 to 10 November.
        ("month", "2020-12", 2, 4, D("-0.5"), None, None, False, True),
        # November alone is loaded in both years: 11 against 4.
        ("quarter", "2020-Q4", 23, None, None, 4, D("1.75"), False, True),
    ]


def test_what_is_new_what_is_gone_and_the_rest_of_the_list(home: Home):
    rows = ask(
        home,
        "SELECT rank, category, is_listed, is_rest, record_count, category_share, previous_count, "
        "previous_growth_rate, growth_rate, previous_rank, is_from_zero, is_gone, "
        "is_from_zero_in_year, is_new, reference_month_count "
        "FROM monthly.m04_category WHERE period_type = 'month' AND period = '2020-11' "
        "ORDER BY rank NULLS LAST",
    )
    assert rows == [
        (1, "公共安全", True, False, 6, D("0.54545455"), 0, None, None, None,
         True, False, True, True, 2),
        (2, "住房", False, False, 5, D("0.45454545"), 8, D("-0.375"), D("0.25"), 1,
         False, False, False, False, None),
        (3, "教育", False, False, 0, D(0), 2, D(-1), None, 2, False, True, False, False, None),
        (None, "其他", False, True, 5, D("0.45454545"), 10, D("-0.5"), D("0.25"), None,
         False, False, False, False, None),
    ]  # fmt: skip


def test_an_assessment_month_has_its_own_order(home: Home):
    assert ask(
        home,
        "SELECT rank, category, record_count FROM monthly.m04_category WHERE NOT is_rest "
        "AND period_type = 'assessment' AND period = '2020-11' ORDER BY rank",
    ) == [(1, "住房", 8), (2, "教育", 2), (3, "公共安全", 1)]


def test_every_day_of_a_period_is_listed_also_one_without_records(home: Home):
    november = "period_type = 'month' AND period = '2020-11'"
    days = ask(
        home,
        f"SELECT received_on, record_count FROM monthly.m15_day WHERE {november} "
        "AND record_count > 0 ORDER BY 1",
    )
    assert days == [(datetime.date(2020, 11, day), n) for day, n in ((1, 4), (18, 2), (30, 5))]
    ends = ask(
        home,
        "SELECT period_type, min(received_on), max(received_on), count(*), bool_or(is_week_low) "
        "FROM monthly.m15_day WHERE period IN ('2020-11', '2020-Q4') GROUP BY 1 ORDER BY 1",
    )
    day = datetime.date
    assert ends == [
        ("assessment", day(2020, 10, 19), day(2020, 11, 18), 31, False),
        ("month", day(2020, 11, 1), day(2020, 11, 30), 30, False),
        ("quarter", day(2020, 10, 1), day(2020, 12, 31), 92, False),
    ]


def test_a_week_is_short_below_the_interval_and_below_its_share(home: Home):
    day = datetime.date
    (scope,) = {row[0] for row in ask(home, "SELECT scope FROM metric.reported_period")}
    # First day, last day, records, expected, lower end of the interval.
    weeks = [
        (day(2020, 11, 3), day(2020, 11, 9), 5, 10.0, 4),  # half, but within the interval
        (day(2020, 11, 10), day(2020, 11, 16), 6, 10.0, 7),  # below it, yet six tenths are there
        (day(2020, 11, 17), day(2020, 11, 23), 5, 10.0, 7),
    ]
    blank = dict.fromkeys(EXPECTED_COUNT.schema.names)
    key = {"period_type": "month", "period": "2020-11", "scope": scope, "cut": "total"}
    names = ("first_on", "last_on", "record_count", "expected_count", "lower_count")
    rows = [{**blank, **key, **dict(zip(names, week, strict=True))} for week in weeks]
    part = pa.Table.from_pylist(rows, schema=EXPECTED_COUNT.schema)
    EXPECTED_COUNT.write(home, "month-2020-11", part, "key")
    try:
        assert ask(
            home,
            "SELECT DISTINCT week_first_on, is_week_low, is_week_short FROM monthly.m15_day "
            "WHERE period_type = 'month' AND period = '2020-11' AND week_first_on IS NOT NULL "
            "ORDER BY 1",
        ) == [
            (day(2020, 11, 3), False, False),
            (day(2020, 11, 10), True, False),
            (day(2020, 11, 17), True, True),
        ]
    finally:
        EXPECTED_COUNT.path(home, "month-2020-11").unlink()


def called_back(street: str, month: int, good: int, bad: int) -> list[dict]:
    """Return a street's records of 2020, on the month's first day and its last but one."""
    return [
        dispatched(
            f"{street}{month}-{n}", f"2020-{month}-{1 if n else 29} 08:00:00", "街乡镇",
            f"甲区{street}", unit_district="甲区", unit_street=street, category="住房",
            subcategory="一", topic=f"题{street}", **(GOOD if n < good else BAD),
        )
        | {"scope_tier": 0}
        for n in range(good + bad)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Scores of October, November: 甲 100, 100; 乙 50, 66.7; 丙 0, 50; 丁 has one record each."""
    references = {
        "report_rule": RULES,
        "list_rule": LISTS,
        "released_case": "record_id,text,released_by,released_on\n丙街11-0,,甲,2021-01-04\n",
    }
    made = make_home(tmp_path_factory.mktemp("streets"), references)
    october = [("甲街", 2, 0), ("乙街", 1, 1), ("丙街", 0, 2), ("丁街", 1, 0)]
    november = [("甲街", 2, 0), ("乙街", 2, 1), ("丙街", 1, 1), ("丁街", 1, 0)]
    rows = [row for name, good, bad in october for row in called_back(name, 10, good, bad)]
    rows += [row for name, good, bad in november for row in called_back(name, 11, good, bad)]
    deliver(made, rows)
    build(made)
    return made


def test_the_four_lists_follow_their_criteria(streets: Home):
    rows = ask(
        streets,
        "SELECT place, list, list_number, street, record_count, composite_score, score_gain "
        "FROM monthly.m08_list WHERE period_type = 'month' AND period = '2020-11'",
    )
    # Two or three call-backs show nothing beyond chance, so that no list by score names anybody. Of
    # three that are ranked (丁街 has too few call-backs) a list names one at most.
    assert rows == [("街乡镇", "治理", 1, "乙街", 3, D("66.66666667"), D("16.66666667"))]


def test_streets_and_units_say_what_the_lists_say(streets: Home):
    november = "period_type = 'month' AND period = '2020-11'"
    rows = ask(
        streets,
        "SELECT street, record_count, resolution_numerator, resolution_denominator, score_rank, "
        f"is_ranked, priority_number FROM monthly.m08_street WHERE {november} AND NOT is_rest "
        "ORDER BY street",
    )
    assert rows == [
        ("丁街", 1, 1, 1, None, False, None),
        ("丙街", 2, 1, 2, 3, True, None),
        ("乙街", 3, 2, 3, 2, True, 1),
        ("甲街", 2, 2, 2, 1, True, None),
    ]
    assert ask(
        streets,
        f"SELECT rank, street, called_back_count FROM monthly.m09_unit WHERE {november} "
        "ORDER BY list_number",
    ) == [(1, "甲街", 2), (2, "乙街", 3), (3, "丙街", 2), (None, "丁街", 1)]


def test_rates_are_pooled_and_held_against_the_month_before(streets: Home):
    """6 of 8 resolved in November, 4 of 7 in October."""
    rows = ask(
        streets,
        "SELECT unit_type, resolution_numerator, resolution_denominator, resolution_rate, "
        "previous_resolution_rate, before_resolution_rate, composite_score "
        "FROM monthly.m10_rate WHERE period_type = 'month' AND period = '2020-11'",
    )
    assert rows == [
        (name, 6, 8, D("0.75"), D("0.57142857"), None, D(75)) for name in ("合计", "街乡镇")
    ]


def test_a_case_is_drawn_by_lot_from_what_was_resolved(streets: Home):
    found = ask(
        streets,
        "SELECT list_number, topic, record_id FROM metric.case_drawn "
        "WHERE period_type = 'month' AND period = '2020-11' ORDER BY list_number",
    )

    def drawn(names: list[str]) -> str:
        return min(names, key=lambda name: hashlib.md5(name.encode()).hexdigest())

    # The topics by size; 甲街 and 丙街 have two each, and the name decides.
    assert found == [
        (1, "题乙街", drawn(["乙街11-0", "乙街11-1"])),
        (2, "题丙街", "丙街11-0"),
        (3, "题甲街", drawn(["甲街11-0", "甲街11-1"])),
    ]


def test_a_topic_of_few_records_has_no_case(streets: Home):
    """丁街 has one record, which was resolved."""
    found = ask(streets, "SELECT DISTINCT topic FROM metric.case_drawn")
    assert ("题丁街",) not in found and len(found) == 3


def test_a_case_is_printed_once_somebody_has_released_it(streets: Home):
    assert ask(
        streets,
        "SELECT list_number, record_id FROM monthly.m14_case "
        "WHERE period_type = 'month' AND period = '2020-11'",
    ) == [(1, "丙街11-0")]


SURGE = """
    SELECT 'month' AS period_type, '2020-11' AS period, 'all' AS scope, cut, category,
        '*' AS subcategory, topic, district, DATE '2020-11-02' AS first_on,
        DATE '2020-11-08' AS last_on, CAST(records AS BIGINT) AS record_count,
        100.0 AS expected_count, 80 AS lower_count, 120 AS upper_count, 1.1 AS common_ratio,
        0.001 AS adjusted_p_value, TRUE AS is_surge, is_new, 'season' AS method
    FROM (VALUES
        ('total', '*', '*', '*', 900, FALSE),
        -- Excess 200, of which one topic has 110 (the half or more), one 90, a district 105.
        ('category', '住房', '*', '*', 300, FALSE),
        ('category subcategory topic', '住房', '漏水', '*', 210, TRUE),
        ('category subcategory topic', '住房', '物业', '*', 190, FALSE),
        ('category district', '住房', '*', '甲区', 205, FALSE),
        -- Spread over two districts, so the category represents them.
        ('category', '教育', '*', '*', 500, FALSE),
        ('category district', '教育', '*', '甲区', 290, FALSE),
        ('category district', '教育', '*', '乙区', 280, FALSE),
        -- The category did not surge, a district did.
        ('category district', '公共安全', '*', '乙区', 150, FALSE)
    ) AS t (cut, category, topic, district, records, is_new)
"""
SURGE_RULES = """
    SELECT rule, value
    FROM (VALUES ('surge_concentration', '0.5'), ('surge_list_count', '2')) AS t (rule, value)
"""
SECTION = "SELECT 'section' AS purpose, 'all' AS scope"


def test_a_matter_is_one_alarm_at_the_level_that_holds_its_excess():
    tables = {"model.expected_count": SURGE, "ref.report_rule": SURGE_RULES}
    surges = select_named("metric/surge", tables)
    found = {
        (row["cut"], row["category"], row["topic"], row["district"]): row["alarm_number"]
        for row in surges
    }
    assert {key: number for key, number in found.items() if number is not None} == {
        ("category", "教育", "*", "*"): 1,
        ("category subcategory topic", "住房", "漏水", "*"): 2,
        ("category district", "公共安全", "*", "乙区"): 3,
    }
    assert len(found) == 9
    others = {row["category"]: row["other_count"] for row in surges if row["alarm_number"]}
    assert others == {"教育": 2, "住房": 3, "公共安全": 0}


def test_paper_lists_the_first_alarms_and_the_workbook_the_rest():
    tables = {
        "model.expected_count": SURGE,
        "ref.report_rule": SURGE_RULES,
        "ref.scope_use": SECTION,
        "metric.surge": sql_text("metric/surge"),
    }
    rows = select_named("monthly/m13_surge", tables)
    assert [(row["rank"], row["alarm_number"], row["is_listed"]) for row in rows] == [
        (1, 1, True), (2, 2, True), (3, 3, False), *((n, None, False) for n in range(4, 10))
    ]  # fmt: skip
    assert [row["category"] for row in rows[:4]] == ["教育", "住房", "公共安全", "*"]


def test_scopes_are_set_side_by_side_by_name_narrowest_first_and_one_alone_is_not():
    source = {
        "metric.reported_period": """SELECT 'month' AS period_type, period, scope,
            FALSE AS is_partial FROM (VALUES ('2020-11', 'tier3'), ('2020-11', 'tier1'),
            ('2021-01', 'all')) AS t (period, scope)""",
        "metric.changed": """SELECT 'record_count' AS metric, cut, 'month' AS period_type, period,
            scope, counted AS record_count FROM (VALUES ('total', '2020-11', 'tier3', 7),
            ('total', '2020-11', 'tier1', 5), ('channel', '2020-11', 'tier1', 4),
            ('total', '2021-01', 'all', 9)) AS t (cut, period, scope, counted)""",
        "ref.scope": """SELECT * FROM (VALUES ('tier1', '甲', '一', 1), ('tier3', '乙', '三', 3))
            AS t (scope, counted, used_by, sort_order)""",
    }
    rows = [tuple(row.values()) for row in select_named("monthly/m16_scope", source)]
    assert rows == [
        ("month", "2020-11", "tier1", "甲", 5, "一", False),
        ("month", "2020-11", "tier3", "乙", 7, "三", False),
    ]
