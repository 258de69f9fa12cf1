"""check: each fail_ and warn_ check finds a planted fault, and nothing in a sound warehouse."""

from pathlib import Path

import duckdb
import pytest
from warehouse_city import THIS_YEAR
from warehouse_kit import deliver, make_home, record

from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.warehouse import build

CHECKS = Path(__file__).resolve().parents[2] / "sql" / "check"

# One statement on a sound warehouse that the named check, which finds nothing now, must see.
PLANTED = {
    "fail_receipt_conservation": "UPDATE core.partition SET file_row_count = file_row_count - 1",
    "fail_record_conservation": "UPDATE core.receipt SET records = records + 1",
    "fail_parts_sum": (
        "UPDATE metric.tally SET record_count = record_count + 1 "
        "WHERE metric = 'record_count' AND cut = 'category' AND category = '住房'"
    ),
    "fail_contribution_sum": (
        "UPDATE metric.growth_contribution SET numerator = numerator + 1 WHERE category = '住房'"
    ),
    "fail_figure": "UPDATE metric.figure SET denominator = 0 WHERE metric = 'channel_share'",
    "fail_reference_key": "INSERT INTO ref.district VALUES ('甲区', '西部', 9)",
    "fail_repeat_rule": "UPDATE ref.repeat_rule SET window_days = 60 WHERE rule = 'repeat_call'",
    "fail_scope_use": "INSERT INTO ref.scope_use VALUES ('section', 'tier2')",
    "fail_ledger_claim": (
        "INSERT INTO published.claim (claim) SELECT 'x' FROM (VALUES (1), (2)) AS v (i)"
    ),
    "fail_grid_conservation": (
        "INSERT INTO core.receipt (receipt, entity, records) VALUES ('x', 'grid_event', 3)"
    ),
    "warn_unknown_grid_class": (
        "INSERT INTO metric.grid_cell VALUES (2020, 1, '自造类', '*', '*', '*', 1, 0, 0, 0)"
    ),
    "warn_unknown_unit": "UPDATE metric.cell SET unit_type = '?' WHERE unit = '市公安局'",
    "warn_unknown_category": "DELETE FROM ref.category WHERE category = '住房'",
    "warn_month_volume": (
        "UPDATE metric.cell SET record_count = 1000 * record_count WHERE month = 2 AND year = 2020"
    ),
    "warn_scope_missing": "UPDATE metric.cell SET scope_tier = 0 WHERE scope_tier = 3",
    "warn_population_missing": "DELETE FROM ref.population WHERE district = '乙区'",
}
# What the eleven records hold already: B4 closed early and of no district, years with few months.
EXPECTED = {
    "warn_closed_early": [(2020, 2, 1)],
    "warn_unknown_district": [(2020, "?", 1)],
    "warn_partial_year": [("热线工单", 2019, 3, 3, None), ("热线工单", 2020, 2, 0, None)],
}


@pytest.fixture
def open_copy(small: Home, tmp_path: Path):
    """Yield a writable copy of the small warehouse."""
    path = tmp_path / "copy.duckdb"
    path.write_bytes(small.database.read_bytes())
    with duckdb.connect(str(path)) as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, name: str):
    return con.execute((CHECKS / f"{name}.sql").read_text(encoding="utf-8")).fetchall()


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_check_sees_a_planted_fault(open_copy, name: str):
    if name not in ("warn_population_missing",):
        assert rows(open_copy, name) == []
    sound = len(rows(open_copy, name))
    open_copy.execute(PLANTED[name])
    assert len(rows(open_copy, name)) > sound


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_warning_lists_what_the_records_hold(open_copy, name: str):
    assert rows(open_copy, name) == EXPECTED[name]


def test_every_check_is_tried():
    tried = {*PLANTED, *EXPECTED, "fail_record_key", "warn_record_moved"}
    assert {path.stem for path in CHECKS.glob("*.sql")} == tried


def test_a_record_that_moved_between_months_is_listed(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [record("X1", "2020-01-31 23:00:00"), record("X2", "2020-02-03 00:00:00")])
    moved = [record("X1", "2020-02-01 01:00:00"), record("X3", "2020-01-03 00:00:00")]
    deliver(home, moved, sequence=2, received_on="2021-02-01")
    found = {finding.check.name: finding for finding in build(home).findings}
    assert found["warn_record_moved"].rows == 1
    assert "X1" in found["warn_record_moved"].example


def test_an_id_twice_in_one_delivery_stops_the_build(tmp_path):
    # Two rows that both claim to be the last dispatch, in a month with one receipt ...
    home = make_home(tmp_path / "one")
    deliver(home, [*THIS_YEAR, THIS_YEAR[0]])
    with pytest.raises(HotlineError, match="fail_record_conservation"):
        build(home)
    # ... and in a month with two.
    home = make_home(tmp_path / "two")
    deliver(home, [record("Y1", "2020-01-02 00:00:00")])
    twice = [record("Y2", "2020-01-02 00:00:00", dispatch_no=n) for n in (1, 2)]
    deliver(home, twice, sequence=2)
    with pytest.raises(HotlineError, match="fail_record_key 1 行"):
        build(home)


def test_a_repeated_reference_key_stops_the_build(tmp_path):
    home = make_home(
        tmp_path, {"district": "district,region,sort_order\n甲区,东部,1\n甲区,西部,2\n"}
    )
    deliver(home, THIS_YEAR)
    with pytest.raises(HotlineError, match="fail_reference_key"):
        build(home)
