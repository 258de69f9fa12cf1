"""core: one row per real thing; a later delivery supersedes per record id."""

from warehouse_city import dispatched
from warehouse_kit import ask, deliver, make_home, record

from pipeline.home import Home
from pipeline.warehouse import build


def test_a_record_counts_once_with_its_last_dispatch(small: Home):
    rows = ask(small, "SELECT unit, dispatch_no FROM core.record WHERE record_id = 'A2'")
    assert rows == [("甲区", 2)]


def test_the_chain_of_dispatches_is_kept(small: Home):
    rows = ask(
        small, "SELECT dispatch_no, unit FROM core.dispatch WHERE record_id = 'A2' ORDER BY 1"
    )
    assert rows == [(1, "市公安局"), (2, "甲区")]


def test_region_and_district_handling_follow_the_unit(small: Home):
    rows = ask(
        small, "SELECT record_id, region, is_district_handled FROM core.record ORDER BY record_id"
    )
    assert rows == [
        ("A1", "?", False),
        ("A2", "东部", True),
        ("A3", "东部", True),
        ("B1", "?", False),
        ("B2", "?", False),
        ("B3", "西部", True),
        ("B4", "?", False),
        ("C1", "东部", True),
        ("C2", "?", False),
        ("C3", "西部", True),
        ("C4", "?", False),
    ]


def test_a_later_delivery_wins_whole_and_loses_no_overlapping_day(tmp_path):
    home = make_home(tmp_path)
    old = [
        record("X1", "2020-01-02 00:00:00", category="旧"),
        {**dispatched("X2", "2020-01-03 00:00:00", "区", "甲区", category="旧"), "dispatch_no": 1},
        {**dispatched("X2", "2020-01-03 00:00:00", "区", "乙区", category="旧"), "dispatch_no": 2},
        record("X3", "2020-01-31 00:00:00", category="旧"),
        record("X4", "2020-02-01 00:00:00", category="旧"),
    ]
    old[1]["is_last"] = False
    new = [
        # The new chain of X2 has one dispatch: the old second one must not survive beside it.
        dispatched("X2", "2020-01-03 00:00:00", "市级部门", "市公安局", category="新"),
        record("X3", "2020-01-31 00:00:00", category="新"),
        record("X5", "2020-01-31 01:00:00", category="新"),
    ]
    deliver(home, new, sequence=1, received_on="2021-02-01")
    # Ingested later but received earlier: the date of receipt decides before the order of ingest.
    deliver(home, old, sequence=2, received_on="2021-01-01")
    build(home)
    rows = ask(
        home, "SELECT record_id, dispatch_no, unit, category FROM core.dispatch ORDER BY 1, 2"
    )
    assert rows == [
        ("X1", 1, "?", "旧"),
        ("X2", 1, "市公安局", "新"),
        ("X3", 1, "?", "新"),
        ("X4", 1, "?", "旧"),
        ("X5", 1, "?", "新"),
    ]
    assert ask(home, "SELECT record_id FROM core.superseded ORDER BY 1") == [("X2",), ("X3",)]


def test_of_two_deliveries_of_one_day_the_later_ingested_wins(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [record("X1", "2020-01-02 00:00:00", category="先")], sequence=1)
    deliver(home, [record("X1", "2020-01-02 00:00:00", category="后")], sequence=2)
    build(home)
    assert ask(home, "SELECT category FROM core.record") == [("后",)]
    assert "superseded" in ask(home, "EXPLAIN SELECT unit FROM core.record")[0][1]


def test_months_with_one_receipt_are_not_looked_up(small: Home):
    assert ask(small, "SELECT count(*) FROM core.superseded") == [(0,)]
    plan = ask(small, "EXPLAIN SELECT unit FROM core.record")[0][1]
    assert "superseded" not in plan
