"""A file's name is a name: what the engine would take for a pattern reads that file alone."""

import gzip
import io
import json
import re
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.db import connect, csv_scan, parquet_scan
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest import delivery
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.staging.session import StagingSession, _require_exact_files
from pipeline.ingest.staging.stage import _require_all_rows
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, fetch, load, row

# Each odd name precedes plain ones that it would match as a pattern.
NAMES = [
    *("工单[1].csv", "工单1.csv", "star*.csv", "starA.csv", "q?.csv", "[!a].csv", "b.csv"),
    *("**.csv", "it's {x,y} $%20\n.csv", "back\\[1]*.csv", "\\*.csv"),
]


def numbers(home: Home) -> dict[str, list[str]]:
    """Return the ids that were loaded from each file, by its name."""
    found: dict[str, list[str]] = {}
    for number, receipt in fetch(home, "records", "record_id, receipt"):
        found.setdefault(receipt, []).append(number)
    return found


@pytest.mark.slow
def test_every_file_is_loaded_with_its_own_rows(home, tmp_path):
    folder = tmp_path / "in" / "year=1999" / "[1]"
    folder.mkdir(parents=True)
    for place, name in enumerate(NAMES):
        rows = [row(f"N{place}-{number}") for number in range(1 + place % 3)]
        (folder / name).write_text(csv_text(rows), encoding="utf-8")
    result = load(home, folder)
    assert result.exit_code == 0
    assert len(result.loaded) == len(NAMES)
    held = numbers(home)
    assert {receipt.name: held[receipt.id] for receipt in result.loaded} == {
        name: [f"N{place}-{number}" for number in range(1 + place % 3)]
        for place, name in enumerate(NAMES)
    }


def packed(name: str, number: str) -> bytes:
    """Return a file of one row, in the form that the name's end gives."""
    text = csv_text([row(number)])
    if name.endswith(".gz"):
        return gzip.compress(text.encode())
    if name.endswith(".gb.csv"):
        return text.encode("gb18030")
    if name.endswith(".title.csv"):
        return f"工单导出\n{text}".encode()
    if name.endswith(".jsonl"):
        return json.dumps(row(number), ensure_ascii=False).encode()
    if name.endswith(".xls"):
        cells = row(number)
        lines = ["".join(f"<td>{cell}</td>" for cell in line) for line in (cells, cells.values())]
        return f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>".encode()
    if name.endswith(".parquet"):
        out = io.BytesIO()
        pq.write_table(pa.table({k: [v] for k, v in row(number).items()}), out)
        return out.getvalue()
    return text.encode()


@pytest.mark.slow
def test_every_form_reads_its_own_file(home, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    ends = ("csv.gz", "gb.csv", "title.csv", "jsonl", "xls", "parquet")
    names = [f"{stem}.{end}" for end in ends for stem in ("a[1]%20*", "a1 x")]
    for place, name in enumerate(names):
        (folder / name).write_bytes(packed(name, f"N{place}"))
    result = load(home, folder)
    held = numbers(home)
    assert {r.name: held[r.id] for r in result.loaded} == {
        name: [f"N{place}"] for place, name in enumerate(names)
    }


def test_files_inside_a_zip_keep_their_names(home, tmp_path):
    names = ["工单[1].csv", "工单1.csv", "d/s*?.csv", "d\\[x].csv"]
    path = tmp_path / "all[1].zip"
    with zipfile.ZipFile(path, "w") as archive:
        for place, name in enumerate(names):
            archive.writestr(name, csv_text([row(f"N{place}")]))
    result = load(home, path)
    held = numbers(home)
    # A reader of zip archives takes a backslash for a folder, as Windows writes it.
    assert {r.member.replace("\\", "/"): held[r.id] for r in result.loaded} == {
        name.replace("\\", "/"): [f"N{place}"] for place, name in enumerate(names)
    }


@pytest.mark.slow
def test_a_column_is_not_replaced_by_a_folder(home, tmp_path):
    """A dump in a folder `key=value` keeps its own column of that name."""
    folder = tmp_path / "工单编号=X9" / "year=1999"
    folder.mkdir(parents=True)
    (folder / "a.parquet").write_bytes(packed("a.parquet", "N1"))
    (folder / "a.csv").write_bytes(packed("a.csv", "N2"))
    load(home, folder)
    assert fetch(home, "records", "record_id, received_at::VARCHAR") == [
        ("N1", "2020-01-05 08:00:00"),
        ("N2", "2020-01-05 08:00:00"),
    ]


def test_a_name_that_is_there_is_no_pattern(home, tmp_path):
    folder = tmp_path / "out[1]"
    folder.mkdir()
    for name in ("a*.csv", "ab.csv", "ac.csv"):
        (folder / name).write_text(csv_text([row(name)]), encoding="utf-8")
    (tmp_path / "out1").mkdir()
    (tmp_path / "out1" / "b.csv").write_text("", encoding="utf-8")

    def found(pattern: str) -> list[str]:
        return [path.name for path in delivery.find_files(home, [tmp_path / pattern])]

    assert found("out[1]/a*.csv") == ["a*.csv"]
    assert found("out[1]/a?.csv") == ["a*.csv", "ab.csv", "ac.csv"]
    assert found("out?/b.csv") == ["b.csv"]
    assert found("out[1]") == ["a*.csv", "ab.csv", "ac.csv"]


def test_a_home_with_odd_signs_loads_what_it_is_given(tmp_path):
    home = empty_home(tmp_path / "channel=x" / "year=1999" / "h[1]* it's {a}\n%20")
    bait = empty_home(tmp_path / "channel=x" / "year=1999" / "h1z it's {a}\n%20")
    for one, numbers_of in ((home, ("A1", "A2")), (bait, ("B1", "B2"))):
        path = tmp_path / f"{numbers_of[0]}[1].csv"
        rows = [row(n, 来电时间=f"2020-0{m}-01 08:00:00") for m, n in enumerate(numbers_of, 1)]
        path.write_text(csv_text([*rows, row("", 来电时间="?")]), encoding="utf-8")
        result = load(one, path)
        assert result.exit_code == 0
        (receipt,) = result.loaded
        assert (receipt.rows_read, receipt.rows_loaded, receipt.rows_rejected) == (3, 2, 1)
        scan = parquet_scan([one.warehouse / p.records_file for p in receipt.partitions])
        assert duckdb.sql(f"SELECT record_id, channel FROM {scan} ORDER BY 1").fetchall() == [
            (number, "电话") for number in numbers_of
        ]


@pytest.mark.parametrize("name", ["h?me", "h\\me"])
def test_a_home_that_the_engine_cannot_open_is_refused_in_one_line(tmp_path, name):
    home = empty_home(tmp_path / name)
    with pytest.raises(HotlineError, match="请改名,或用 --home 换一个目录") as error:
        load(home)
    assert error.value.code == USAGE
    assert not (home.root / "data").exists()


def test_what_was_read_is_held_against_the_file(tmp_path):
    """The two laws themselves, with what a reader might do."""
    path = tmp_path / "a.csv"
    path.write_text("c\n1\n2\n", encoding="utf-8")
    with connect() as con:
        con.execute("CREATE SCHEMA staging")
        session = StagingSession(con, empty_home(tmp_path / "home"))
        session.tables = [table := InputTable(path, "csv", mapping=None)]
        _require_exact_files(con, [table])
        (tmp_path / "a\\b*.csv").write_text("c\n", encoding="utf-8")
        with pytest.raises(HotlineError, match="找到 0 个文件"):
            _require_exact_files(con, [InputTable(tmp_path / "a\\b*.csv", "csv", mapping=None)])
        for rows, is_kept in ((2, True), (3, True), (5, False)):
            con.execute(
                "CREATE OR REPLACE TABLE staging.identity AS"
                f" SELECT 0 AS part_no FROM range({rows})"
            )
            if is_kept:
                _require_all_rows(session, 0)
            else:
                with pytest.raises(HotlineError, match="不守恒:文件有 4 行,读到 5 行"):
                    _require_all_rows(session, 0)
        target = tmp_path / "a.parquet"
        pq.write_table(pa.table({"c": ["1", "2"]}), target)
        con.execute("CREATE OR REPLACE TABLE staging.identity AS SELECT 0 AS part_no")
        session.tables = [InputTable(target, "parquet", mapping=None)]
        with pytest.raises(HotlineError, match="不守恒:文件有 2 行,读到 1 行"):
            _require_all_rows(session, 0)


def test_no_reader_of_the_engine_is_written_by_hand():
    """Every path goes through one place, which makes a name of it."""
    root = Path(delivery.__file__).resolve().parents[1]
    by_hand = [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*.py"))
        if path.name != "db.py"
        and re.search(r"(?<!pd\.)\bread_(csv|parquet)\(\S", path.read_text(encoding="utf-8"))
    ]
    assert by_hand == []


def test_signs_of_a_pattern_match_themselves(tmp_path):
    for name in ("a[1].csv", "a1.csv", "b*.csv", "bb.csv"):
        (tmp_path / name).write_text(f"c\n{name}\n", encoding="utf-8")
    for name in ("a[1].csv", "b*.csv"):
        scan = csv_scan(tmp_path / name, "columns = {'c': 'VARCHAR'}, header = true")
        assert duckdb.sql(f"FROM {scan}").fetchall() == [(name,)]
