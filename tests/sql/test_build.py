"""build: beside, checked, swapped; a month costs a month; the ledger changes no figure."""

import datetime
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipeline import ledger, reference
from pipeline.errors import CHECK_FAILED, IO, NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.receipts import Partition
from pipeline.warehouse import build, graph, partitions, status
from tests.support.city import (
    A2_CHAIN,
    LAST_YEAR,
    THIS_YEAR,
    ask,
    build_only,
    deliver,
    digests,
    make_home,
    record,
)

SQL = Path(__file__).resolve().parents[2] / "sql"


def add(home: Home, name: str, text: str) -> None:
    (home.root / "data" / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")


def test_nothing_new_says_so_and_touches_nothing(tmp_path, capsys):
    home = make_home(tmp_path)
    deliver(home, THIS_YEAR)
    assert build_only(home).is_new
    before = home.database.stat()
    assert not build_only(home).is_new
    assert home.database.stat().st_ino == before.st_ino
    assert "没有新的内容" in capsys.readouterr().out


@pytest.mark.slow
def test_a_copied_home_is_built_again_and_no_longer_reads_the_first(tmp_path):
    home = make_home(tmp_path / "first")
    deliver(home, THIS_YEAR)
    build_only(home)
    other = Home(shutil.copytree(home.root, tmp_path / "other"))
    assert build_only(other).is_new
    assert not build_only(other).is_new
    shutil.rmtree(home.root)
    assert ask(other, "SELECT count(*) > 0 FROM core.record") == [(True,)]
    assert ask(other, "SELECT count(*) FROM model.word_count") == [(0,)]


@pytest.mark.slow
def test_a_lost_lock_is_written_again(tmp_path):
    home = make_home(tmp_path)
    deliver(home, THIS_YEAR)
    build_only(home, "metric.cell")
    (home.warehouse / "build.lock.toml").unlink()
    assert build_only(home, "metric.cell").computed == ()
    assert (home.warehouse / "build.lock.toml").is_file()


@pytest.mark.slow
def test_a_new_month_computes_that_month_and_equals_a_full_build(tmp_path):
    months = [
        [row for row in THIS_YEAR if row["received_at"].startswith(m)]
        for m in ("2020-01", "2020-02")
    ]
    grown, whole = make_home(tmp_path / "grown"), make_home(tmp_path / "whole")
    deliver(grown, LAST_YEAR, sequence=1)
    deliver(grown, months[0], sequence=2)
    assert len(build(grown).computed) == 4
    deliver(grown, months[1], sequence=3)
    assert build(grown).computed == ((2020, 2),)
    for number, rows in enumerate([LAST_YEAR, *months], start=1):
        deliver(whole, rows, sequence=number)
    build(whole)
    assert digests(grown, ("metric", "annual")) == digests(whole, ("metric", "annual"))


@pytest.mark.slow
def test_members_are_numbered_by_name_whatever_was_carried_over(tmp_path):
    """A new month brings a category that stands first, so that all keys move."""
    names = ["住房", "教育", "交通"]
    rows = [record(name, "2020-01-05 00:00:00", category=name) for name in names]
    news = [record("A", "2020-02-05 00:00:00", category="一")]
    grown, whole = make_home(tmp_path / "grown"), make_home(tmp_path / "whole")
    # Classes of the other publications are members too, with or without records.
    keys = (
        "SELECT category, cut_key FROM metric.cut_member WHERE cut = 'category' "
        "AND category IN ('一', '住房', '教育', '交通') ORDER BY cut_key"
    )
    deliver(grown, rows, sequence=1)
    build_only(grown, "metric.figure")
    before = dict(ask(grown, keys))
    deliver(grown, news, sequence=2)
    assert build_only(grown, "metric.figure").computed == ((2020, 2),)
    for number, delivered in enumerate([rows, news], start=1):
        deliver(whole, delivered, sequence=number)
    build_only(whole, "metric.figure")
    after = ask(grown, keys)
    assert [name for name, _ in after] == sorted(["一", *names])
    assert all(before[name] < key for name, key in after if name != "一")
    assert digests(grown, ("metric",)) == digests(whole, ("metric",))
    counted = (
        "SELECT category, numerator FROM metric.figure WHERE metric = 'record_count' "
        "AND cut = 'category' AND period = '2020'"
    )
    assert sorted(ask(grown, counted)) == sorted((name, 1) for name in ["一", *names])


@pytest.mark.slow
def test_a_later_delivery_recomputes_only_its_months(tmp_path):
    grown, whole = make_home(tmp_path / "grown"), make_home(tmp_path / "whole")
    later = [{**THIS_YEAR[0], "category": "住房"}]
    deliver(grown, THIS_YEAR, sequence=1)
    build(grown)
    deliver(grown, later, sequence=2, received_on="2021-03-01")
    assert build(grown).computed == ((2020, 1),)
    deliver(whole, THIS_YEAR, sequence=1)
    deliver(whole, later, sequence=2, received_on="2021-03-01")
    build(whole)
    assert digests(grown) == digests(whole)
    assert ask(grown, "SELECT count(*) FROM core.superseded") == [(1,)]


@pytest.mark.slow
def test_a_file_that_was_loaded_again_is_computed_again(tmp_path):
    # As after a correction: as many rows under the same names, but another category.
    home = make_home(tmp_path)
    rows = [record("C1", "2020-01-05 00:00:00", category="住房")]
    other = [record("D1", "2020-02-05 00:00:00", category="住房")]
    deliver(home, rows, sequence=1)
    deliver(home, other, sequence=2)
    build(home)
    again = [{**rows[0], "category": "教育"}]
    deliver(home, again, sequence=1, loaded_at="2021-01-01T00:00:00.000001+00:00")
    assert build(home).computed == ((2020, 1),)
    counted = "SELECT category, record_count FROM annual.t15_category WHERE record_count > 0"
    assert sorted(ask(home, counted)) == [("住房", 1), ("教育", 1)]
    # Nothing was loaded: whatever else makes a build run, no month is computed.
    (home.warehouse / "build.lock.toml").unlink()
    assert build(home).computed == ()


@pytest.mark.slow
def test_only_references_under_the_cells_recompute_them(tmp_path):
    home = make_home(tmp_path)
    deliver(home, THIS_YEAR)
    build(home)
    add(home, "population_use", "year,vintage\n2020,2018\n")
    assert build(home).computed == ()
    assert ask(home, "SELECT count(*) FROM metric.per_10k") == [(0,)]
    add(home, "district", "district,region,sort_order\n甲区,北部,1\n乙区,西部,2\n")
    assert build(home).computed == ((2020, 1), (2020, 2))
    assert ("北部",) in ask(home, "SELECT region FROM annual.t09_region")


@pytest.mark.slow
def test_a_warehouse_with_fewer_columns_is_built_anew(tmp_path):
    """As an older version left it."""
    home = make_home(tmp_path)
    deliver(home, LAST_YEAR, sequence=1)
    build_only(home, "metric.cell")
    with duckdb.connect(str(home.database)) as con:
        con.execute("ALTER TABLE metric.cell DROP COLUMN closed_early_count")
    deliver(home, THIS_YEAR, sequence=2, received_on="2021-03-01")
    assert len(build_only(home, "metric.cell").computed) == 5
    assert ask(home, "SELECT count(closed_early_count) > 0 FROM metric.cell") == [(True,)]


@pytest.mark.slow
def test_the_ledger_changes_no_metric_and_no_printed_table(tmp_path):
    empty, full = make_home(tmp_path / "empty"), make_home(tmp_path / "full")
    claim = dict.fromkeys(ledger.FILE_COLUMNS, "") | {
        "claim": "tiny-1-total",
        "year": "2020",
        "document": "tiny",
        "metric": "record_count",
        "method_version": "1",
        "convention": "-",
        "scope": "tier1",
        "date_basis": "received",
        "period_type": "year",
        "period": "2020",
        "relation": "equals",
        "printed": "5件",
        "printed_unit": "件",
        "step": "1",
        "lower": "4.5",
        "upper": "5.5",
    }
    lines = [",".join(ledger.FILE_COLUMNS), ",".join(claim.values())]
    (full.root / "data/published/tiny.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for home in (empty, full):
        deliver(home, LAST_YEAR, sequence=1)
        deliver(home, THIS_YEAR, sequence=2)
        build(home)
    assert ask(empty, "SELECT count(*) FROM published.claim") == [(0,)]
    assert ask(full, "SELECT claim, lower < 5, category FROM published.claim") == [
        ("tiny-1-total", True, "*")
    ]
    assert digests(empty, ("metric", "annual")) == digests(full, ("metric", "annual"))


def test_a_failing_check_leaves_the_old_warehouse(tmp_path):
    home = make_home(tmp_path)
    deliver(home, LAST_YEAR, sequence=1)
    build_only(home, "metric.cell")
    before = digests(home)
    deliver(home, THIS_YEAR, sequence=2, rows_read=len(THIS_YEAR) + 1)
    with pytest.raises(HotlineError, match=r"fail_receipt_conservation.*有 1 行") as caught:
        build_only(home, "metric.cell")
    assert caught.value.code == CHECK_FAILED
    assert digests(home) == before


def test_the_lock_names_what_was_built(tmp_path):
    import tomllib

    home = make_home(tmp_path)
    receipt = deliver(home, THIS_YEAR)
    result = build(home)
    lock = tomllib.loads((home.warehouse / "build.lock.toml").read_text(encoding="utf-8"))
    assert list(lock["receipt"]) == [receipt]
    assert lock["rows"] == result.rows
    assert lock["rows"]["annual.t02_channel"] == 2
    assert {"sql/metric/cell.sql", "sql/check/fail_figure.sql"} <= lock["sql"].keys()


def test_no_receipts_is_no_data(tmp_path):
    with pytest.raises(HotlineError, match="hotline ingest") as caught:
        build(make_home(tmp_path))
    assert caught.value.code == NO_DATA


def test_a_missing_parquet_names_the_receipt(tmp_path):
    home = make_home(tmp_path)
    receipt = deliver(home, THIS_YEAR)
    shutil.rmtree(home.records / "year=2020" / "month=01")
    with pytest.raises(HotlineError, match=receipt) as caught:
        build(home)
    assert caught.value.code == IO


def test_a_torn_parquet_is_one_clear_line(tmp_path):
    home = make_home(tmp_path)
    receipt = deliver(home, THIS_YEAR)
    torn = home.records / "year=2020" / "month=01" / f"{receipt}.parquet"
    torn.write_bytes(torn.read_bytes()[:200])
    with pytest.raises(HotlineError, match=f"month=01/{receipt}.parquet") as caught:
        build(home)
    assert caught.value.code == IO


def test_an_unreadable_receipt_is_named(tmp_path):
    home = make_home(tmp_path)
    receipt = deliver(home, THIS_YEAR)
    (home.receipts / f"{receipt}.json").write_text(json.dumps({"receipt": receipt}))
    with pytest.raises(HotlineError, match=f"{receipt}.json"):
        build(home)


def test_a_broken_old_warehouse_is_built_anew(tmp_path):
    home = make_home(tmp_path)
    deliver(home, THIS_YEAR)
    home.database.write_bytes(b"not a database")
    assert len(build_only(home, "metric.cell").computed) == 2


def copy_sql(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "sql"
    shutil.copytree(SQL, folder)
    for name, text in files.items():
        schema, stem = name.split("__")
        (folder / schema / f"{stem}.sql").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {
                "metric__ring_a": "SELECT * FROM metric.ring_b",
                "metric__ring_b": "SELECT * FROM metric.ring_a",
            },
            "环.*ring_a",
        ),
        ({"annual__lost": "SELECT * FROM metric.no_such_table"}, "metric.no_such_table"),
        ({"annual__bare": "SELECT * FROM figure"}, "figure 没有写出模式名"),
        ({"annual__two": "SELECT 1 AS a; SELECT 2 AS a"}, "恰好是一条 SELECT"),
        ({"annual__broken": "SELECT FROM WHERE ("}, "annual/broken.sql"),
        ({"annual__wrong": "SELECT no_such_column FROM metric.figure"}, "annual/wrong.sql"),
        ({"core__late": "SELECT * FROM metric.figure"}, "不能读取整表 metric.figure"),
        ({"metric__p": "-- materialised per partition\nSELECT 1 AS a"}, "必须有 year 和 month"),
        ({"metric__y": "-- materialised per year\nSELECT 1 AS a"}, "metric/y.sql 按年计算"),
        (
            {
                "core__alike": "-- materialised per partition\n-- candidates in core.record: TRUE\n"
                "-- alike in: no_such_column\n-- at least: repeat_call\n"
                "SELECT year, month FROM core.record"
            },
            "core/alike.sql 执行失败.*no_such_column",
        ),
    ],
)
def test_faulty_sql_is_one_clear_line(tmp_path, files, words):
    home = make_home(tmp_path / "home")
    deliver(home, THIS_YEAR)
    with pytest.raises(HotlineError, match=words) as caught:
        build(home, copy_sql(tmp_path, **files))
    assert caught.value.code == USAGE
    assert "\n" not in str(caught.value)
    assert not home.database.exists()


def test_order_is_found_through_ctes_and_subqueries():
    text = """WITH figure AS (SELECT * FROM metric.a)
    SELECT * FROM figure WHERE EXISTS (SELECT 1 FROM metric.b AS b WHERE b.x = figure.x)
    UNION ALL SELECT * FROM (SELECT * FROM ref."table") AS t"""
    assert graph.tables_read(text, "x") == {"metric.a", "metric.b", "ref.table"}


def test_what_a_text_reads_is_kept_and_a_damaged_file_is_found_again(tmp_path, monkeypatch):
    text = "-- One row: a thing.\nSELECT a.x FROM core.one AS a JOIN ref.two AS b USING (x)\n"
    kept, file = tmp_path / "reads.json", graph.SqlFile("metric.t", "t.sql", text)
    graph.keep_reads(kept, [file])
    parsed = []
    monkeypatch.setattr(graph, "tables_read", lambda *call: parsed.append(call) or frozenset())
    monkeypatch.setattr(graph, "_reads", {})
    graph.recall_reads(kept)
    assert (file.reads, parsed) == ({"core.one", "ref.two"}, [])
    changed = graph.SqlFile("metric.t", "t.sql", text + "-- more\n")
    assert (changed.reads, len(parsed)) == (frozenset(), 1)
    for damage in (b"", b"[]", b'{"sqlglot": "0", "reads": {}}', b'{"reads": 3}'):
        kept.write_bytes(damage)
        monkeypatch.setattr(graph, "_reads", {})
        graph.recall_reads(kept)
        assert graph._reads == {}


def test_batches_hold_several_small_months_and_one_large():
    def month(number: int, rows: int):
        return [Partition(year=2020, month=number, rows=rows, records_file="")]

    months = {(2020, m): month(m, rows) for m, rows in [(1, 4), (2, 5), (3, 30), (4, 1)]}
    assert partitions.batches(months, list(months), limit=10) == [
        [(2020, 1), (2020, 2)],
        [(2020, 3)],
        [(2020, 4)],
    ]


def test_months_of_all_families_are_printed_in_one_line(capsys):
    with duckdb.connect() as con:
        sight = SimpleNamespace(con=con, narrow=lambda keys: None)
        runs = [(0, (2020, 1)), (0, (2020, 2)), (2, (2020, 1))]
        partitions._compute(
            sight,
            [
                partitions._Job([], {key: []}, [key], partitions.Span(before, False))
                for before, key in runs
            ],
        )
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [
        "逐月汇总:2 项",
        "逐月查找重复与来电人:1 项",
    ]


def test_references_are_typed_by_their_names(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "code,row_count,is_partial,valid_from,year\n007,12,是,2020-01-02,\n", encoding="utf-8-sig"
    )
    header, rows = reference.read(Home(tmp_path), path)
    assert header == ["code", "row_count", "is_partial", "valid_from", "year"]
    assert rows == [["007", 12, True, datetime.date(2020, 1, 2), None]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("district,vintage\n", "缺少列 population"),
        (
            "district,vintage,population\n甲区,2019,很多\n",
            "第 2 行列 population 的值“很多”不是整数",
        ),
        ("district,vintage,population\n甲区,2019\n", "第 2 行有 2 列"),
        ("", "空文件"),
    ],
)
def test_a_faulty_reference_is_named_with_its_line(tmp_path, text, words):
    home = make_home(tmp_path, {"population": text})
    deliver(home, THIS_YEAR)
    with pytest.raises(HotlineError, match=words):
        build(home)


def test_status_fits_one_screen_and_lists_what_is_loaded(tmp_path, capsys):
    home = make_home(tmp_path)
    status(home)
    assert "还没有已入库的记录" in capsys.readouterr().out
    deliver(home, THIS_YEAR, rows_read=9, rows_rejected=2, reject_reasons={"bad_time": 2})
    status(home)
    assert "请运行 hotline build" in capsys.readouterr().out
    build_only(home, "core.repeat", "metric.known_month", "metric.period")
    deliver(home, [record("Z1", "2021-05-01 00:00:00")], sequence=2)
    capsys.readouterr()
    status(home)
    out = capsys.readouterr().out
    for words in ("2020", "1-2 月", "读入 10 行", "退回 2", "bad_time 2", "有新回执未建入"):
        assert words in out
    assert "(逐行见 data/reports/rejects 下的退回清单)" in out
    assert len(out.splitlines()) <= 24


@pytest.mark.slow
def test_a_home_with_odd_signs_builds_the_same_tables(tmp_path, small):
    """Folders `key=value` above a home are no columns, and signs of a pattern match nothing."""
    above = tmp_path / "year=1999" / "category=住房"
    home = make_home(above / "h[1]* it's {a}")
    bait = make_home(above / "h1x it's {a}")
    for one in (home, bait):
        deliver(one, LAST_YEAR, sequence=1)
        rows = [*A2_CHAIN, *(row for row in THIS_YEAR if row["record_id"] != "A2")]
        deliver(one, rows, sequence=2)
    build(home)
    assert digests(home) == digests(small)
    assert ask(home, 'SELECT DISTINCT "year" FROM core.record ORDER BY 1') == [(2019,), (2020,)]
    assert not build(home).is_new
