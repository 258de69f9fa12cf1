"""core: one row per real thing; a later delivery supersedes per record id."""

import random

import pytest

from pipeline.home import Home
from pipeline.warehouse import build, moved_ids
from tests.support.city import ask, build_only, deliver, digests, dispatched, make_home, record


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


@pytest.mark.parametrize("view", ["dispatch", "record", "part_record", "day_record", "grid_event"])
def test_no_view_over_the_records_joins(small: Home, view):
    plan = ask(small, f"EXPLAIN SELECT * FROM core.{view} WHERE year = 2020")[0][1]
    assert "Join" not in plan and "Cross" not in plan


def test_a_join_of_a_reader_keeps_the_records_out_of_the_hash_table(tmp_path):
    """Of a year the engine must expect its rows, not one: the small side is then hashed."""
    home = make_home(tmp_path)
    deliver(home, [record(f"X{n}", "2019-12-31 00:00:00") for n in range(30)], sequence=1)
    deliver(home, [record(f"Y{n}", "2020-01-02 00:00:00") for n in range(40)], sequence=2)
    build_only(home)
    plan = ask(home, "EXPLAIN SELECT record_id FROM core.record WHERE year = 2020")[0][1]
    assert "~40 rows" in plan


@pytest.mark.slow
def test_a_changed_register_moves_the_region_at_the_next_build(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [dispatched("X1", "2020-01-02 00:00:00", "区", "甲区", unit_district="甲区")])
    by_region = "SELECT DISTINCT region FROM metric.cell WHERE cut = 'region'"
    build_only(home, "metric.cell")
    assert ask(home, by_region) == [("东部",)]
    register = home.root / "data/reference/district.csv"
    register.write_text("district,region,sort_order\n甲区,南's 部,1\n乙区,,2\n", encoding="utf-8")
    build_only(home, "metric.cell")
    assert ask(home, by_region) == [("南's 部",)]
    known = "SELECT ref.region_of('甲区'), ref.region_of('乙区'), ref.region_of('丙区')"
    assert ask(home, known) == [("南's 部", "?", "?")]


@pytest.mark.slow
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
    build_only(home, "core.dispatch")
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
    # A third has all ids of the newer one, which then counts nowhere, and one of the other.
    third = [
        record(name, "2020-01-03 00:00:00", category="三") for name in ("X1", "X2", "X3", "X5")
    ]
    deliver(home, third[1:], sequence=3, received_on="2021-03-01")
    build_only(home, "core.dispatch")
    kinds = "SELECT DISTINCT record_id, category, is_whole FROM core.superseded"
    kinds += " JOIN source.record_dispatch USING (record_id, receipt, year, month) ORDER BY ALL"
    assert ask(home, kinds) == [
        *[("X2", "新", True), ("X2", "旧", False), ("X3", "新", True), ("X3", "旧", False)],
        ("X5", "新", True),
    ]
    counted = "SELECT record_id, month, category FROM core.record ORDER BY 1"
    assert ask(home, counted) == [
        *[("X1", 1, "旧"), ("X2", 1, "三"), ("X3", 1, "三"), ("X4", 2, "旧"), ("X5", 1, "三")]
    ]
    # January of the first one is replaced whole, February is not.
    deliver(home, third, sequence=4, received_on="2021-04-01")
    build_only(home, "core.dispatch")
    whole = "SELECT count(*), count(DISTINCT receipt) FROM core.superseded WHERE is_whole"
    assert ask(home, whole) == [(9, 3)]
    assert ask(home, counted) == [
        *[(name, 1, "三") for name in ("X1", "X2", "X3")],
        ("X4", 2, "旧"),
        ("X5", 1, "三"),
    ]


def test_of_two_deliveries_of_one_day_the_later_ingested_wins(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [record("X1", "2020-01-02 00:00:00", category="先")], sequence=1)
    deliver(home, [record("X1", "2020-01-02 00:00:00", category="后")], sequence=2)
    build_only(home)
    assert ask(home, "SELECT category FROM core.record") == [("后",)]
    assert "superseded" in ask(home, "EXPLAIN SELECT unit FROM core.record")[0][1]


def test_months_with_one_receipt_are_not_looked_up(small: Home):
    assert ask(small, "SELECT count(*) FROM core.superseded") == [(0,)]
    plan = ask(small, "EXPLAIN SELECT unit FROM core.record")[0][1]
    assert "superseded" not in plan


def months_of(home: Home) -> list[tuple]:
    return ask(
        home,
        "SELECT period, numerator FROM metric.figure WHERE metric = 'record_count' "
        "AND cut = 'total' AND period_type = 'month' ORDER BY 1",
    )


@pytest.mark.slow
def test_a_later_delivery_wins_in_whatever_month_it_has_the_record(tmp_path):
    # R3 is in January and, by the newer delivery, in February: four ids, four records.
    home, whole = make_home(tmp_path / "grown"), make_home(tmp_path / "whole")
    first = [
        record("R1", "2020-01-02 00:00:00"),
        record("R2", "2020-01-03 00:00:00"),
        record("R3", "2020-01-31 23:00:00", category="住房"),
        record("S1", "2020-03-01 00:00:00"),
    ]
    second = [record("R3", "2020-02-01 01:00:00", category="教育")]
    deliver(home, first, sequence=1)
    build(home)
    assert months_of(home) == [("2020-01", 3), ("2020-03", 1)]
    deliver(home, second, sequence=2, received_on="2021-02-01")
    # January has no file that is new, and yet another count; March has neither.
    assert build(home).computed == ((2020, 1), (2020, 2))
    assert months_of(home) == [("2020-01", 2), ("2020-02", 1), ("2020-03", 1)]
    held = "SELECT month, category FROM core.record WHERE record_id = 'R3'"
    assert ask(home, held) == [(2, "教育")]
    assert ask(home, "SELECT month, record_id FROM core.superseded") == [(1, "R3")]
    for number, rows in enumerate((first, second), start=1):
        deliver(whole, rows, sequence=number, received_on=f"2021-0{number}-01")
    deliver(home, first, sequence=1, received_on="2021-01-01")
    build(home)
    build(whole)
    assert digests(home) == digests(whole)


@pytest.mark.slow
def test_a_record_that_moves_twice_counts_where_it_was_last(tmp_path):
    home = make_home(tmp_path)
    # The newest delivery is the one received last, not the one loaded last; January is left empty.
    deliver(home, [record("R1", "2020-03-05 00:00:00")], sequence=1, received_on="2021-03-01")
    deliver(home, [record("R1", "2020-01-05 00:00:00")], sequence=2, received_on="2021-01-01")
    deliver(home, [record("R1", "2020-02-05 00:00:00")], sequence=3, received_on="2021-02-01")
    build(home)
    assert months_of(home) == [("2020-03", 1)]
    assert ask(home, "SELECT month FROM core.superseded ORDER BY 1") == [(1,), (2,)]
    # Once more into February: March loses it, and the former February too.
    deliver(home, [record("R1", "2020-02-06 00:00:00")], sequence=4, received_on="2021-04-01")
    build(home)
    assert months_of(home) == [("2020-02", 1)]
    assert ask(home, "SELECT CAST(received_at AS VARCHAR) FROM core.record") == [
        ("2020-02-06 00:00:00",)
    ]


@pytest.mark.slow
def test_numbers_that_start_anew_each_month_are_no_moved_records(tmp_path):
    # Of 30 and 40 records 30 have the same number; 20 could be records that moved.
    home = make_home(tmp_path)
    january = [record(f"{n:03d}", "2020-01-05 00:00:00") for n in range(30)]
    february = [record(f"{n:03d}", "2020-02-05 00:00:00") for n in range(40)]
    deliver(home, january, sequence=1)
    deliver(home, february, sequence=2, received_on="2021-02-01")
    found = {finding.check.name: finding for finding in build(home).findings}
    assert months_of(home) == [("2020-01", 30), ("2020-02", 40)]
    assert found["warn_id_reused"].rows == 2
    assert found["warn_id_reused"].example == "1.csv 有 30 个编号与别的月份的交付相同"
    assert "warn_record_moved" not in found


@pytest.mark.slow
@pytest.mark.parametrize("key", ["hash(record_id)", "hash(record_id) % 5"])
def test_shared_numbers_are_found_one_by_one_and_where_keys_collide(tmp_path, monkeypatch, key):
    """Keys propose and ids decide; what a build has compared the next one takes over."""
    monkeypatch.setattr(moved_ids, "_KEY", key)
    monkeypatch.setattr(moved_ids, "BATCH_ROWS", 25)
    home, rng = make_home(tmp_path), random.Random(7)
    held: dict[str, list[tuple[int, int]]] = {}
    for number in range(1, 5):
        # Each delivery has ten records of its month, and some of any delivery in any month.
        own = {f"{number}{n:02d}": number for n in range(10)}
        again = {f"{rng.randint(1, 4)}{rng.randrange(10):02d}": rng.randint(1, 4) for _ in range(6)}
        rows = [
            record(name, f"2020-{month:02d}-05 00:00:00")
            for name, month in {**own, **again}.items()
        ]
        deliver(home, rows, sequence=number, received_on=f"2021-0{number}-01")
        for name, month in {**own, **again}.items():
            held.setdefault(name, []).append((number, month))
        build_only(home, "core.record")
        expected = sorted(
            (name, month)
            for name, places in held.items()
            if len({delivery for delivery, _ in places}) > 1
            and len({month for _, month in places}) > 1
            for _, month in places
        )
        found = ask(home, "SELECT record_id, month FROM source.shared_id ORDER BY ALL")
        assert found == expected
    assert len(expected) > 10


@pytest.mark.slow
def test_a_small_delivery_of_moved_records_is_taken_whole(tmp_path):
    # All 25 records of the second delivery moved, of the first 25 of 300.
    home = make_home(tmp_path)
    deliver(home, [record(f"{n:03d}", "2020-01-05 00:00:00") for n in range(300)], sequence=1)
    moved = [record(f"{n:03d}", "2020-02-05 00:00:00") for n in range(25)]
    deliver(home, moved, sequence=2, received_on="2021-02-01")
    build(home)
    assert months_of(home) == [("2020-01", 275), ("2020-02", 25)]


def test_a_unit_counts_only_where_the_record_is_known_to_be_dispatched(tmp_path):
    # Three dispatched to 甲区; one without handling and one with a word of another city's.
    home = make_home(tmp_path)
    at = "2020-01-02 00:00:00"
    rows = [
        dispatched(f"A{n}", at, "区", "甲区", unit_district="甲区", resolution="未解决")
        for n in range(3)
    ]
    odd = [
        dispatched("B1", at, "区", "甲区", unit_district="甲区", handling="?"),
        dispatched("B2", at, "街乡镇", "一街道", unit_district="乙区", handling="网上转办"),
    ]
    deliver(home, [*rows, *odd])
    build(home)
    figures = """SELECT metric, {0}, numerator, denominator FROM metric.figure
        WHERE scope = 'tier1' AND period_type = 'year' AND cut = '{0}' AND tag = '*'
        AND metric IN ({1}) ORDER BY ALL"""
    assert ask(home, figures.format("region", "'region_dispatched_share', 'region_share'")) == [
        ("region_dispatched_share", "东部", 3, 3),
        ("region_share", "东部", 3, 3),
    ]
    assert ask(home, figures.format("district", "'district_handled_count', 'resolution_rate'")) == [
        ("district_handled_count", "甲区", 3, 1),
        ("resolution_rate", "甲区", 0, 3),
    ]
    assert ask(home, figures.format("unit_type", "'record_count'")) == [
        ("record_count", "区", 3, 1)
    ]
    assert ask(home, figures.format("handling", "'record_count'")) == [
        ("record_count", "?", 1, 1),
        ("record_count", "派单", 3, 1),
        ("record_count", "网上转办", 1, 1),
    ]
    # The unit stays with the record.
    assert ask(
        home, "SELECT unit, is_district_handled FROM core.record WHERE record_id = 'B1'"
    ) == [("甲区", False)]


@pytest.mark.slow
def test_without_any_handling_nothing_is_printed_of_units(tmp_path):
    home = make_home(tmp_path)
    fields = {"unit_district": "甲区", "handling": "?"}
    deliver(home, [dispatched("A1", "2020-01-02 00:00:00", "区", "甲区", **fields)])
    build(home)
    assert ask(
        home, "SELECT count(*) FROM metric.cell WHERE metric = 'district_handled_count'"
    ) == [(0,)]
    for table in ("t08_unit_type", "t09_region", "t11_district"):
        assert ask(home, f"SELECT count(*) FROM annual.{table}") == [(0,)]
