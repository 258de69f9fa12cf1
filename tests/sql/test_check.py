"""check: each fail_ and warn_ check finds a planted fault, and nothing in a sound warehouse."""

import re
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.warehouse import build, checks
from tests.support.city import THIS_YEAR, build_only, deliver, make_home, record

CHECKS = Path(__file__).resolve().parents[2] / "sql" / "check"

# One statement on a sound warehouse that the named check, which finds nothing now, must see.
PLANTED = {
    "fail_receipt_conservation": "UPDATE source.partition SET file_row_count = file_row_count - 1",
    "fail_record_conservation": "UPDATE source.receipt SET records = records + 1",
    "fail_parts_sum": (
        "UPDATE metric.tally SET record_count = record_count + 1 "
        "WHERE metric = 'record_count' AND cut_key = (SELECT cut_key FROM metric.cut_member "
        "WHERE cut = 'category' AND category = '住房')"
    ),
    "fail_contribution_sum": (
        "UPDATE metric.growth_contribution SET numerator = numerator + 1 WHERE cut_key = "
        "(SELECT cut_key FROM metric.cut_member WHERE cut = 'category' AND category = '住房')"
    ),
    "fail_figure": "UPDATE metric.figure_value SET denominator = 0 WHERE metric = 'channel_share'",
    "fail_reference_key": "INSERT INTO ref.district VALUES ('甲区', '西部', 9)",
    "fail_category_change": (
        "INSERT INTO ref.category_change (valid_from, category, former_category)"
        " VALUES (DATE '2020-02-01', '没有的类别', '住房')"
    ),
    "fail_repeat_rule": "UPDATE ref.repeat_rule SET window_days = 60 WHERE rule = 'repeat_call'",
    "fail_scope_use": "INSERT INTO ref.scope_use VALUES ('section', 'tier2')",
    "fail_ledger_claim": (
        "INSERT INTO published.claim (claim) SELECT 'x' FROM (VALUES (1), (2)) AS v (i)"
    ),
    "fail_grid_conservation": (
        "INSERT INTO source.receipt (receipt, entity, records) VALUES ('x', 'grid_event', 3)"
    ),
    "warn_unknown_grid_class": (
        "INSERT INTO metric.grid_cell VALUES (2020, 1, '自造类', '*', '*', '*', 1, 0, 0, 0)"
    ),
    "warn_id_reused": (
        "INSERT INTO source.reused_id SELECT 'record', receipt, 30 FROM source.receipt"
    ),
    "warn_unknown_handling": "UPDATE metric.cell SET handling = '网上转办' WHERE handling = '派单'",
    "warn_unknown_unit": "UPDATE metric.cell SET unit_type = '?' WHERE unit = '市公安局'",
    "warn_unknown_category": "DELETE FROM ref.category WHERE category = '住房'",
    "warn_month_volume": (
        "UPDATE metric.cell SET record_count = 1000 * record_count WHERE month = 2 AND year = 2020"
    ),
    "warn_missing_day": (
        "UPDATE metric.held_day SET is_missing = TRUE WHERE received_on = DATE '2020-01-03'"
    ),
    "warn_scope_missing": "UPDATE metric.cell SET scope_tier = 0 WHERE scope_tier = 3",
    "warn_supplement_alone": (
        "INSERT INTO core.superseded SELECT 2020, 1, 'X', receipt, TRUE, FALSE FROM source.receipt"
    ),
    "warn_population_missing": "DELETE FROM ref.population WHERE district = '乙区'",
}
# What the eleven records hold already: B4 closed early and of no district, years with few months.
EXPECTED = {
    "warn_closed_early": [(2020, 2, 1)],
    "warn_unknown_district": [(2020, "?", 1)],
    "warn_partial_year": [("热线工单", 2019, 3, None, None), ("热线工单", 2020, 2, None, None)],
}


@pytest.fixture
def open_copy(small: Home, tmp_path: Path):
    """Yield a writable copy of the small warehouse."""
    path = tmp_path / "copy.duckdb"
    path.write_bytes(small.database.read_bytes())
    with duckdb.connect(str(path)) as con:
        con.execute(f"SET VARIABLE hotline_warehouse = '{small.warehouse}'")
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
    # Of test_surge_table: what is made after the build.
    asked = {"fail_expected_count"}
    tried = {*PLANTED, *EXPECTED, *asked, "fail_record_key", "warn_record_moved"}
    assert {path.stem for path in CHECKS.glob("*.sql")} == tried


def test_a_record_that_moved_between_months_is_listed(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [record("X1", "2020-01-31 23:00:00"), record("X2", "2020-02-03 00:00:00")])
    moved = [record("X1", "2020-02-01 01:00:00"), record("X3", "2020-01-03 00:00:00")]
    deliver(home, moved, sequence=2, received_on="2021-02-01")
    found = {finding.check.name: finding for finding in build_only(home).findings}
    assert found["warn_record_moved"].rows == 1
    assert found["warn_record_moved"].example == (
        "X1(热线工单)较早的交付在 2020 年 1 月,只按较新的交付计入 2020 年 2 月"
    )


def test_every_check_of_ours_describes_its_rows(open_copy):
    open_copy.execute("SET preserve_insertion_order = true")
    for check in checks.load():
        open_copy.execute(f"CREATE OR REPLACE TEMP TABLE finding AS {check.text}")
        columns = [row[0] for row in open_copy.execute("DESCRIBE finding").fetchall()]
        message = check.describe(dict.fromkeys(columns, None))
        assert "None" not in message, check.name
        if not check.stops:
            assert re.search(r"[\u4e00-\u9fff]", message) and "=" not in message, check.name


def test_reminders_are_sentences_with_the_records_counted_once(tmp_path, capsys):
    # Three records of an unknown category, one of them flagged: each counts once.
    home = make_home(tmp_path)
    flags = [True, False, False]
    rows = [
        record(f"X{number}", "2020-01-02 00:00:00", category="外星", is_epidemic=flag)
        for number, flag in enumerate(flags)
    ]
    deliver(home, [*rows, record("X9", "2020-01-02 00:00:00", category="住房")])
    build(home)
    out = capsys.readouterr().out
    assert "提醒:类别为空或不在类别表中:2020 年类别“外星”3 件\n" in out
    assert "热线工单 2020 年有数据的 1 个月,其中 1 个月不完整\n" in out
    assert "None" not in out and "record_count" not in out


def test_words_of_a_check_leave_out_what_has_no_value():
    check = checks.Check("warn_x", "x.sql", "-- example: {year} 年“{name}”{n} 件[,因为{why}]\n")
    assert check.describe({"year": 2020, "name": "?", "n": 1234, "why": None}) == (
        "2020 年“不明”1,234 件"
    )
    assert (
        check.describe({"year": 2020, "name": "甲", "n": 1, "why": "缺"})
        == "2020 年“甲”1 件,因为缺"
    )
    with pytest.raises(HotlineError, match=r"x\.sql 的 example 写得不对"):
        check.describe({"year": 2020})
    plain = checks.Check("warn_y", "y.sql", "-- title: x\n")
    assert plain.describe({"a": 1, "b": None, "c": "*"}) == "a=1"


def test_a_failing_check_names_the_files_of_the_period(tmp_path):
    home = make_home(tmp_path)
    deliver(home, [record("X1", "2020-01-02 00:00:00")], sequence=1)
    deliver(home, [record("X2", "2020-02-02 00:00:00")], sequence=2)
    (home.root / "data/sql/check").mkdir(parents=True)
    (home.root / "data/sql/check/fail_own.sql").write_text(
        "-- title: 自己的\nSELECT '2020-02' AS period, 7 AS n", encoding="utf-8"
    )
    with pytest.raises(HotlineError, match="例如 period=2020-02 n=7") as caught:
        build_only(home)
    assert "该时段的数据来自 2.csv)" in str(caught.value)


def test_an_id_twice_in_one_delivery_stops_the_build(tmp_path):
    # Two rows that both claim to be the last dispatch, in a month with one receipt ...
    home = make_home(tmp_path / "one")
    deliver(home, [*THIS_YEAR, THIS_YEAR[0]])
    with pytest.raises(HotlineError, match="fail_record_conservation"):
        build_only(home, "metric.cell")
    # ... and in a month with two.
    home = make_home(tmp_path / "two")
    deliver(home, [record("Y1", "2020-01-02 00:00:00")])
    twice = [record("Y2", "2020-01-02 00:00:00", dispatch_no=n) for n in (1, 2)]
    deliver(home, twice, sequence=2)
    with pytest.raises(HotlineError, match="fail_record_key 1 行"):
        build_only(home, "metric.cell")


def test_a_repeated_reference_key_stops_the_build(tmp_path):
    home = make_home(
        tmp_path, {"district": "district,region,sort_order\n甲区,东部,1\n甲区,西部,2\n"}
    )
    deliver(home, THIS_YEAR)
    with pytest.raises(HotlineError, match="fail_reference_key"):
        build_only(home)
