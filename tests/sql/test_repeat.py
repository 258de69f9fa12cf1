"""Repeats: four different things, each worked by hand; a month rests on the months before alone."""

import datetime
import random

import duckdb
import numpy as np
import pytest

from pipeline.home import Home
from pipeline.warehouse import build, candidates, graph, status
from tests.support.city import ask, build_only, deliver, digests, dispatched, make_home, record

RULE = (
    "rule,window_days,least_count,least_length,note\n"
    "repeat_call,30,2,,\nmass_matter,,3,,\ncopied_text,,3,80,\n"
)
PLACE = {"place_district": "甲区", "place_street": "一街道"}
AGENT = {"category": "住房", "subcategory": "房产中介", **PLACE, "scope_tier": 1}
REPAIR = {**AGENT, "subcategory": "房屋修缮"}
NOISE = {"category": "环境", "subcategory": "噪声", "topic": "施工", **PLACE, "scope_tier": 2}

JANUARY = [
    # Caller 1 and one matter: 15 days, 29 days, and exactly 30 days after the first record.
    record("R1", "2020-01-05 08:00:00", caller_hash=1, closed_at="2020-01-10 00:00:00", **AGENT),
    record("R2", "2020-01-20 08:00:00", caller_hash=1, **AGENT),
    # Another matter, another street, another caller, no caller's number: no repeats.
    record("R6", "2020-01-21 08:00:00", caller_hash=1, **REPAIR),
    record("R7", "2020-01-21 08:00:00", caller_hash=1, **{**AGENT, "place_street": "二镇"}),
    record("R8", "2020-01-21 08:00:00", caller_hash=2, **AGENT),
    record("R9", "2020-01-21 08:00:00", **AGENT),
    record("R10", "2020-01-22 08:00:00", **AGENT),
    # An unknown matter is no matter.
    record("R11", "2020-01-22 08:00:00", caller_hash=1, scope_tier=1),
    record("R12", "2020-01-23 08:00:00", caller_hash=1, scope_tier=1),
    # January reaches into March where February is short.
    record("L1", "2020-01-31 10:00:00", caller_hash=3, **AGENT),
]
FEBRUARY = [
    record("R3", "2020-02-03 08:00:00", caller_hash=1, **AGENT),
    record("R4", "2020-02-04 08:00:00", caller_hash=1, **AGENT),
    {**dispatched("D1", "2020-02-06 08:00:00", "区", "甲区"), "is_last": False},
    {**dispatched("D1", "2020-02-06 08:00:00", "区", "乙区"), "dispatch_no": 2},
]
MARCH = [
    record("L2", "2020-03-01 09:00:00", caller_hash=3, **AGENT),
    record("R5", "2020-03-25 08:00:00", caller_hash=1, **AGENT),
    # One week, Monday to Sunday: five records by three callers and one without a number.
    record("M1", "2020-03-02 00:00:00", caller_hash=11, **NOISE),
    record("M2", "2020-03-04 00:00:00", caller_hash=12, **NOISE),
    record("M3", "2020-03-08 23:59:59", caller_hash=13, **NOISE),
    record("M4", "2020-03-08 00:00:00", **NOISE),
    record("M5", "2020-03-05 00:00:00", caller_hash=11, **NOISE),
    # The next week; and a week that the end of the month parts.
    record("M6", "2020-03-09 00:00:00", caller_hash=14, **NOISE),
    record("M7", "2020-03-30 00:00:00", caller_hash=15, **NOISE),
    record("M8", "2020-03-31 00:00:00", caller_hash=16, **NOISE),
    # Five callers, but the third level is not known.
    *[
        record(f"N{n}", "2020-03-16 00:00:00", caller_hash=30 + n, **{**NOISE, "topic": "?"})
        for n in range(5)
    ],
]
APRIL = [
    record("M9", "2020-04-01 00:00:00", caller_hash=17, **NOISE),
    # Three callers with one text; two callers, one of them twice, with another; too short.
    *[record(f"C{n}", f"2020-04-{n + 10} 00:00:00", caller_hash=20 + n) for n in range(3)],
    record("C3", "2020-04-20 00:00:00", caller_hash=20),
    record("C4", "2020-04-21 00:00:00", caller_hash=20),
    record("C5", "2020-04-22 00:00:00", caller_hash=21),
    *[record(f"S{n}", "2020-04-23 00:00:00", caller_hash=40 + n) for n in range(5)],
]
PRINTS = {"C0": 7, "C1": 7, "C2": 7, "C3": 8, "C4": 8, "C5": 8}
MONTHS = [JANUARY, FEBRUARY, MARCH, APRIL]

# record: dispatch_count, caller_matter_no, is_reopened, matter_caller_count, text_caller_count
MARKS = {
    "R2": (None, 2, True, None, None),
    "R3": (None, 3, False, None, None),
    "R4": (None, 3, False, None, None),
    "L2": (None, 2, False, None, None),
    "D1": (2, None, False, None, None),
    **dict.fromkeys(("M1", "M2", "M3", "M4"), (None, None, False, 3, None)),
    "M5": (None, 2, False, 3, None),
    **dict.fromkeys(("C0", "C1", "C2"), (None, None, False, None, 3)),
}
COLUMNS = (
    "record_id, dispatch_count, caller_matter_no, is_reopened, matter_caller_count,"
    " text_caller_count"
)


def city(root, months=MONTHS) -> Home:
    home = make_home(root, {"repeat_rule": RULE})
    for number, rows in enumerate(months, start=1):
        deliver(home, rows, sequence=number, text_hashes=PRINTS)
    return home


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Home:
    home = city(tmp_path_factory.mktemp("repeat"))
    build(home)
    return home


def marks(home: Home) -> dict:
    return {row[0]: row[1:] for row in ask(home, f"SELECT {COLUMNS} FROM core.repeat")}


def test_each_kind_of_repeat_by_hand(built: Home):
    assert marks(built) == MARKS


def test_metrics_count_them_by_month_and_scope(built: Home):
    rows = ask(
        built,
        "SELECT metric, scope, period, numerator FROM metric.figure WHERE metric IN"
        " ('redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',"
        " 'copied_text_count') AND scope <> 'tier3' AND period_type IN ('month', 'year')"
        " ORDER BY ALL",
    )
    assert rows == [
        ("mass_matter_count", "tier2", "2020", 5),
        ("mass_matter_count", "tier2", "2020-03", 5),
        ("redispatched_count", "tier1", "2020", 1),
        ("redispatched_count", "tier1", "2020-02", 1),
        ("redispatched_count", "tier2", "2020", 1),
        ("redispatched_count", "tier2", "2020-02", 1),
        ("reopened_count", "tier1", "2020", 1),
        ("reopened_count", "tier1", "2020-01", 1),
        ("reopened_count", "tier2", "2020", 1),
        ("reopened_count", "tier2", "2020-01", 1),
        ("repeat_call_count", "tier1", "2020", 4),
        ("repeat_call_count", "tier1", "2020-01", 1),
        ("repeat_call_count", "tier1", "2020-02", 2),
        ("repeat_call_count", "tier1", "2020-03", 1),
        ("repeat_call_count", "tier2", "2020", 5),
        ("repeat_call_count", "tier2", "2020-01", 1),
        ("repeat_call_count", "tier2", "2020-02", 2),
        ("repeat_call_count", "tier2", "2020-03", 2),
    ]


@pytest.mark.slow
def test_the_days_count_the_records_of_the_view(built: Home):
    """Two ways to the same: the marks counted where they are made, and the records of the view."""
    marked = marks(built).values()
    assert dict(
        ask(built, "SELECT metric, sum(record_count)::INT FROM metric.repeat_cell GROUP BY 1")
    ) == {
        "redispatched_count": sum(mark[0] is not None for mark in marked),
        "repeat_call_count": sum(mark[1] is not None for mark in marked),
        "reopened_count": sum(mark[2] for mark in marked),
        "mass_matter_count": sum(mark[3] is not None for mark in marked),
        "copied_text_count": sum(mark[4] is not None for mark in marked),
    }


@pytest.mark.slow
def test_months_that_arrive_one_by_one_give_the_same(tmp_path, built: Home):
    home = make_home(tmp_path, {"repeat_rule": RULE})
    for number, rows in enumerate(MONTHS, start=1):
        deliver(home, rows, sequence=number, text_hashes=PRINTS)
        assert build(home).computed == ((2020, number),)
    assert digests(home, ("metric",)) == digests(built, ("metric",))
    assert marks(home) == MARKS


def test_a_month_delivered_again_mends_the_months_compared_with_it(tmp_path):
    home = city(tmp_path)
    build_only(home, "core.repeat")
    # The later delivery says that L1 was another caller's, and closes R2 before R3 came.
    later = [
        {**JANUARY[-1], "caller_hash": 4},
        {**JANUARY[1], "closed_at": "2020-02-01 00:00:00"},
    ]
    deliver(home, later, sequence=9, received_on="2021-02-01", text_hashes={})
    assert build_only(home, "core.repeat").computed == ((2020, 1),)
    found = marks(home)
    assert "L2" not in found
    assert found["R3"] == (None, 3, True, None, None)
    overlap = ask(
        home, "SELECT record_id, delivery_count FROM core.repeat WHERE delivery_count = 2"
    )
    assert sorted(overlap) == [("L1", 2), ("R2", 2)]


def test_one_number_that_calls_all_the_time_is_counted_within_the_window(tmp_path):
    """Every day at noon for three months: from the 30th on there are 30 records in 30 days."""
    lengths = {1: 31, 2: 29, 3: 31}
    days = [f"2020-{m:02d}-{d:02d} 12:00:00" for m, n in lengths.items() for d in range(1, n + 1)]
    home = make_home(tmp_path, {"repeat_rule": RULE})
    deliver(home, [record(f"E{n}", at, caller_hash=1, **AGENT) for n, at in enumerate(days)])
    build_only(home, "core.repeat")
    rows = ask(home, "SELECT record_id, caller_matter_no FROM core.repeat_call")
    assert dict(rows) == {f"E{n}": min(n + 1, 30) for n in range(1, len(days))}


def test_without_texts_or_callers_nothing_is_invented(tmp_path):
    home = make_home(tmp_path, {"repeat_rule": RULE})
    rows = [{**row, "caller_hash": None} for rows in MONTHS for row in rows]
    receipt = deliver(home, rows, text_hashes=PRINTS)
    for path in home.texts.rglob(f"{receipt}.parquet"):
        path.unlink()
    build_only(home, "core.repeat")
    assert marks(home) == {"D1": MARKS["D1"]}


def test_status_counts_each_kind(tmp_path, capsys):
    home = city(tmp_path)
    deliver(home, [JANUARY[0]], sequence=9, received_on="2021-02-01", text_hashes={})
    home.known_files.write_text("receipt,name,received_on\nr,x.csv,\nr,y.csv,2020-01-01\n")
    build_only(home, "metric.repeat_cell", "metric.known_month", "metric.period")
    capsys.readouterr()
    status(home)
    lines = capsys.readouterr().out.splitlines()
    (at,) = [n for n, line in enumerate(lines) if "同一号码同一事项" in line]
    shown = [line for line in lines[at + 1 : at + 3] if any(c.isdigit() for c in line)]
    assert [int(word) for word in shown[0].split() if word.isdigit()] == [2, 1, 1, 5, 1, 5, 3]


MATTERS = ("拆迁", "房屋修缮", "?")
STREETS = ("一街道", "二镇", "?")


def plain(seed: int) -> duckdb.DuckDBPyConnection:
    """Return records of few callers, matters and places, so that nearly all are alike in part."""
    rng, con = random.Random(seed), duckdb.connect()
    records = []
    for number in range(300):
        day = datetime.datetime(2020, 1, 1) + datetime.timedelta(hours=rng.randrange(80 * 24))
        caller = rng.choice([None, *range(12)])
        matter, topic = rng.choice(MATTERS), rng.choice(MATTERS)
        street, text = rng.choice(STREETS), rng.choice([None, *[1] * 8, *range(2, 40)])
        at = (day.year, day.month, rng.randrange(3), f"R{number}", day, day)
        records.append([*at, caller, "住房", matter, topic, "甲区", street, "r", text])
    columns = "year INTEGER, month INTEGER, scope_tier TINYINT, record_id VARCHAR,"
    columns += "received_at TIMESTAMP, closed_at TIMESTAMP, caller_hash BIGINT, category VARCHAR,"
    columns += "subcategory VARCHAR, topic VARCHAR, place_district VARCHAR, place_street VARCHAR,"
    con.execute("CREATE SCHEMA core; CREATE SCHEMA source; CREATE SCHEMA ref")
    con.execute(f"CREATE TABLE core.record ({columns} text_receipt VARCHAR, text_hash BIGINT)")
    con.executemany(f"INSERT INTO core.record VALUES ({', '.join('?' * 14)})", records)
    con.execute(
        "CREATE TABLE source.text_print AS"
        " SELECT year, month, record_id, text_receipt AS receipt, text_hash FROM core.record"
    )
    con.execute(
        "CREATE TABLE ref.repeat_rule (rule VARCHAR, window_days INTEGER, least_count INTEGER)"
    )
    con.execute(
        "INSERT INTO ref.repeat_rule"
        " VALUES ('repeat_call', 20, 2), ('mass_matter', NULL, 3), ('copied_text', NULL, 6)"
    )
    return con


@pytest.mark.parametrize("name", ["core.repeat_call", "core.mass_matter", "core.copied_text"])
@pytest.mark.parametrize(
    "key",
    [
        *(pytest.param(key, marks=pytest.mark.slow) for key in ("hash({})", "hash({}) % 7")),
        "0::UBIGINT",
    ],
)
def test_candidates_change_nothing_even_where_keys_collide(name, key, monkeypatch):
    monkeypatch.setattr(candidates, "key_of", lambda alike: key.format(alike))
    file = graph.load()[name]
    found = 0
    for seed in range(4):
        con = plain(seed)
        all_rows = con.execute(f"FROM ({file.text}) ORDER BY ALL").fetchall()
        assert (
            con.execute(f"FROM ({candidates.narrow(con, file)}) ORDER BY ALL").fetchall()
            == all_rows
        )
        found += len(all_rows)
        proposed = con.execute("SELECT count(*) FROM candidate_row").fetchall()[0][0]
        assert proposed < 300 or key != "hash({})"
    assert found


@pytest.mark.parametrize(
    ("least", "expected"),
    [(1, [1, 3, 5, 7]), (2, [3, 5, 7]), (3, [3, 7]), (4, [7]), (5, []), (9, [])],
)
def test_the_keys_that_come_often_enough(least, expected):
    keys = np.array([7, 3, 7, 1, 5, 3, 7, 5, 3, 7], dtype=np.uint64)
    assert candidates.repeated(keys, least).tolist() == expected


def test_no_rows_propose_nothing():
    assert candidates.repeated(np.array([], dtype=np.uint64), 2).tolist() == []
