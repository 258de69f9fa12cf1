"""Nothing is 0 that is unknown: a statistic whose columns a month lacks has no figure in it.

Every month of the invented city holds the same: one record dispatched twice, one caller who comes
again after the first record was closed, three callers with one matter in one street and week, three
with one text, two valid call-backs. Each of ten months lacks one column.
"""

import calendar
from decimal import Decimal as D

import pytest

from pipeline.home import Home
from pipeline.warehouse import build, status
from tests.support.city import ask, deliver, dispatched, make_home, record

RULE = (
    "rule,window_days,least_count,least_length,note\n"
    "repeat_call,30,2,,\nmass_matter,,3,,\ncopied_text,,3,80,\n"
)
LACKS = {
    2: "caller_hash", 3: "dispatch", 4: "subcategory", 5: "topic", 6: "text", 7: "closed_at",
    8: "resolution", 9: "satisfaction", 10: "is_contacted",
}  # fmt: skip
COUNTS = {
    "redispatched_count": 1, "repeat_call_count": 1, "reopened_count": 1, "mass_matter_count": 3,
    "copied_text_count": 3,
}  # fmt: skip
# What each column is needed for, written down here once more.
NEEDS = {
    "caller_hash": {
        "repeat_call_count",
        "reopened_count",
        "mass_matter_count",
        "copied_text_count",
    },
    "dispatch": {"redispatched_count"},
    "subcategory": {"repeat_call_count", "reopened_count"},
    "topic": {"mass_matter_count"},
    "text": {"copied_text_count"},
    "closed_at": {"reopened_count"},
}


def month_of(month: int) -> tuple[list[dict], dict[str, int]]:
    """Return the rows of a month and the prints of its texts."""

    def at(day: int) -> str:
        return f"2020-{month:02d}-{day:02d} 08:00:00"

    place = {"category": "住房", "subcategory": "漏水", "place_district": "甲区"}
    street = {**place, "place_street": "一街道"}
    back = {"is_valid": True, "is_contacted": True, "satisfaction": "满意", "scope_tier": 0}
    last = calendar.monthrange(2020, month)[1]
    rows = [
        {
            **dispatched(f"A{month}", at(1), "区", "甲区", resolution="解决", **back),
            "is_last": False,
        },
        {
            **dispatched(f"A{month}", at(1), "区", "乙区", resolution="解决", **back),
            "dispatch_no": 2,
        },
        dispatched(f"E{month}", at(28), "区", "乙区", resolution="未解决", **back),
        record(f"B{month}1", at(2), caller_hash=100 * month, closed_at=at(3), **place),
        record(f"B{month}2", at(4), caller_hash=100 * month, **place),
        *[
            record(f"M{month}{n}", at(6), caller_hash=100 * month + n, topic="屋顶", **street)
            for n in (1, 2, 3)
        ],
        *[
            record(f"C{month}{n}", at(day), caller_hash=100 * month + 10 + n, category="环境")
            for n, day in ((1, 1), (2, 20), (3, last))
        ],
    ]
    prints = {f"C{month}{n}": month for n in (1, 2, 3)}
    lacked = LACKS.get(month)
    if lacked == "dispatch":
        rows = [{**row, "handling": "?", "unit": "?", "dispatched_at": None} for row in rows
                if row["record_id"][0] in "BMC"]  # fmt: skip
    elif lacked == "text":
        prints = {}
    elif lacked:
        unknown = "?" if lacked in ("subcategory", "topic", "resolution", "satisfaction") else None
        rows = [{**row, lacked: unknown} for row in rows]
    return rows, prints


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("unknown"), {"repeat_rule": RULE})
    for month in range(1, 13):
        rows, prints = month_of(month)
        deliver(made, rows, sequence=month, text_hashes=prints or None)
    build(made)
    return made


def test_a_month_that_lacks_a_column_has_no_count_of_what_needs_it(home: Home):
    rows = ask(
        home,
        "SELECT CAST(right(period, 2) AS INTEGER), metric, record_count, record_share, is_printed, "
        "growth_rate, previous_count FROM monthly.m11_repeat WHERE period_type = 'month'",
    )
    assert len(rows) == 60
    size = {month: 8 if month == 3 else 10 for month in range(1, 13)}
    for month, metric, count, share, is_printed, growth, previous in rows:
        is_known = metric not in NEEDS.get(LACKS.get(month, ""), ())
        was_known = month > 1 and metric not in NEEDS.get(LACKS.get(month - 1, ""), ())
        case = (month, metric)
        assert is_printed == is_known, case
        assert count == (COUNTS[metric] if is_known else None), case
        expected = D(COUNTS[metric]) / size[month] if is_known else None
        assert share == (pytest.approx(expected, abs=D("1e-8")) if is_known else None), case
        # Against an unknown month there is no change, and it was not 0.
        assert previous == (COUNTS[metric] if is_known and was_known else None), case
        assert growth is None


def test_a_period_of_which_some_months_could_be_known_is_partial_and_has_no_share(home: Home):
    rows = ask(
        home,
        "SELECT metric, record_count, record_share, is_partial, is_known_throughout "
        "FROM monthly.m11_repeat WHERE period = '2020-Q1'",
    )
    assert sorted(rows) == [
        ("copied_text_count", 6, None, True, False),
        ("mass_matter_count", 6, None, True, False),
        ("redispatched_count", 2, None, True, False),
        ("reopened_count", 2, None, True, False),
        ("repeat_call_count", 2, None, True, False),
    ]
    fourth = ask(
        home,
        "SELECT record_count, is_partial FROM monthly.m11_repeat "
        "WHERE period = '2020-Q4' AND metric = 'mass_matter_count'",
    )
    assert fourth == [(9, False)]
    assert ask(
        home,
        "SELECT count(*) FROM metric.figure WHERE period = '2020-02' "
        "AND metric IN ('repeat_call_count', 'repeat_call_share', 'copied_text_share')",
    ) == [(0,)]
    assert ask(
        home,
        "SELECT DISTINCT is_partial FROM metric.figure WHERE metric = 'caller_count'",
    ) == [(True,)]


def test_call_backs_without_an_outcome_give_no_rate_of_it(home: Home):
    """Of two call-backs one is resolved, both are satisfied, both were reached."""
    rows = ask(
        home,
        "SELECT period, response_rate, resolution_rate, satisfaction_rate, composite_score IS NULL "
        "FROM monthly.m10_rate WHERE unit_type = '合计' AND period_type <> 'assessment' AND "
        "period IN ('2020-07', '2020-08', '2020-09', '2020-10', '2020-Q3') ORDER BY 1",
    )
    one, half = D(1), D("0.5")
    assert [row[:4] for row in rows] == [
        ("2020-07", one, half, one),
        ("2020-08", one, None, one),
        ("2020-09", one, half, None),
        ("2020-10", None, half, one),
        ("2020-Q3", one, None, None),
    ]
    assert [row[4] for row in rows][1:] == [True] * 4
    # Of the year no rate either: what two months do not say is not a failure.
    assert ask(
        home,
        "SELECT count(*) FROM metric.figure WHERE period = '2020' AND metric IN "
        "('response_rate', 'resolution_rate', 'satisfaction_rate', 'unresolved_count')",
    ) == [(0,)]


def test_status_says_what_is_unknown(tmp_path, capsys):
    made = make_home(tmp_path)
    deliver(made, [record(f"X{n}", f"2020-01-{n:02d} 08:00:00", category="住房") for n in (1, 31)])
    build(made)
    capsys.readouterr()
    status(made)
    assert capsys.readouterr().out.count("不可计算") == 5
