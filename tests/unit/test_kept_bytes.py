"""What is on disk is what was hashed: the file as received, and the Parquet made of it."""

import datetime
import hashlib
import json
import os
import random
import zipfile

import pytest

from pipeline import file_digests, receipts
from pipeline.errors import IO, HotlineError
from pipeline.ingest.write import write
from pipeline.warehouse import build, status
from tests.support.dump_files import csv_text, fetch, give, load, row

TODAY = datetime.date.today()


def dump(*numbers: str, **cells: str) -> str:
    return csv_text([row(number, **cells) for number in numbers])


@pytest.fixture
def loaded(home):
    """Return a home of two months with texts and a rejected row."""
    rows = [
        row(f"A{n}", 来电时间=f"2020-0{1 + n % 2}-05 08:00:00", 主要内容=f"路灯{n}不亮")
        for n in range(60)
    ]
    give(home, "a.csv", csv_text([*rows, row("", 来电时间="?")]))
    load(home)
    return home


def flip(path, at: int, bit: int) -> bytes:
    """Turn one bit of a file, leaving its size and its times; return the bytes from before."""
    before, stat = path.read_bytes(), path.stat()
    changed = bytearray(before)
    changed[at] ^= 1 << bit
    path.write_bytes(changed)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return before


def test_a_flipped_bit_is_found_wherever_it_is(loaded):
    files = sorted(loaded.warehouse.rglob("*.parquet"))
    kinds = {path.relative_to(loaded.warehouse).parts[0] for path in files}
    assert (len(files), kinds) == (5, {"records", "texts", "rejects"})
    (receipt,) = receipts.load(loaded)
    chance = random.Random(16)
    for path in files:
        size = path.stat().st_size
        for at in (0, size - 1, *(chance.randrange(size) for _ in range(6))):
            before = flip(path, at, chance.randrange(8))
            with pytest.raises(HotlineError) as error:
                build(loaded)
            assert error.value.code == IO
            assert str(error.value) == (
                f"{path.relative_to(loaded.root)} 与入库时不同(已损坏或被改动);"
                f"请删除 data/warehouse/receipts/{receipt.id}.json,再重新 hotline ingest"
            )
            path.write_bytes(before)
    receipts.require_files(loaded, [receipt])


@pytest.mark.slow
def test_a_build_without_news_reads_no_file_and_one_with_news_reads_all(loaded, monkeypatch):
    read: list[str] = []
    digest = file_digests.digest
    monkeypatch.setattr(file_digests, "digest", lambda path: read.append(path.name) or digest(path))
    assert build(loaded).is_new
    whole, read[:] = len(read), []
    assert whole == 5
    assert not build(loaded).is_new
    assert read == []
    # As large as before, and the time of writing put back: what the system notes stays.
    path = next(iter(sorted((loaded.warehouse / "texts").rglob("*.parquet"))))
    old = path.stat()
    flip(path, 100, 3)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    with pytest.raises(HotlineError, match="与入库时不同"):
        build(loaded)
    flip(path, 100, 3)
    loaded.build_lock.unlink()
    read.clear()
    assert build(loaded).is_new
    assert len(read) == whole


@pytest.mark.slow
def test_what_is_said_to_do_helps(loaded):
    path = next(iter(sorted((loaded.warehouse / "records").rglob("*.parquet"))))
    flip(path, 100, 3)
    with pytest.raises(HotlineError) as error:
        receipts.require_files(loaded, receipts.load(loaded))
    (loaded.root / str(error.value).partition("请删除 ")[2].partition(",")[0]).unlink()
    load(loaded)
    receipts.require_files(loaded, receipts.load(loaded))
    assert len(fetch(loaded, "records", "record_id")) == 60


@pytest.mark.slow
def test_who_reads_texts_alone_finds_a_flipped_bit_too(loaded):
    path = next(iter(sorted((loaded.warehouse / "texts").rglob("*.parquet"))))
    receipts.require_files_whole(loaded, [path])
    flip(path, path.stat().st_size // 2, 0)
    with pytest.raises(HotlineError, match=path.name):
        receipts.require_files_whole(loaded, [path])


@pytest.mark.slow
def test_texts_may_still_be_deleted_apart(loaded):
    for path in (loaded.warehouse / "texts").rglob("*.parquet"):
        path.unlink()
    receipts.require_files(loaded, receipts.load(loaded))


@pytest.mark.slow
def test_receipts_of_older_versions_are_said_to_hold_no_digest(loaded, capsys):
    (path,) = loaded.receipts.glob("*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    for part in data["partitions"]:
        del part["records_sha256"], part["texts_sha256"]
    del data["rejects_sha256"], data["received_on_told"]
    path.write_text(json.dumps(data), encoding="utf-8")
    receipts.require_files(loaded, receipts.load(loaded))
    assert "1 个回执由旧版本写成,没有文件摘要" in capsys.readouterr().out


@pytest.mark.slow
def test_what_the_sender_does_to_his_file_later_changes_nothing(home, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(dump("A1"), encoding="utf-8")
    (receipt,) = load(home, path).loaded
    with path.open("r+b") as handle:
        handle.write(b"overwritten in place")
    kept = (home.root / receipt.file).read_bytes()
    assert kept == dump("A1").encode()
    assert hashlib.sha256(kept).hexdigest() == receipt.sha256


@pytest.mark.slow
def test_a_file_that_nobody_may_write_is_linked(home, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(dump("A1"), encoding="utf-8")
    path.chmod(0o444)
    (receipt,) = load(home, path).loaded
    assert (home.root / receipt.file).samefile(path)


@pytest.mark.slow
@pytest.mark.parametrize("is_raw", [False, True])
def test_a_file_that_changes_while_it_is_read_is_refused(home, tmp_path, monkeypatch, is_raw):
    path = give(home, "a.csv", dump("A1")) if is_raw else tmp_path / "a.csv"
    path.write_text(dump("A1"), encoding="utf-8")

    def change(*given, **options):
        """Write other digits of the same length, and put the time back, as the rows are written."""
        stat = path.stat()
        path.write_text(dump("A2"), encoding="utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        return write(*given, **options)

    monkeypatch.setattr("pipeline.ingest.load.write", change)
    (line,) = load(home, path).lines
    assert line == "a.csv 未入库:在读取时被改动;请等它写完、关闭正在编辑它的程序后再入库"
    assert not list(home.warehouse.rglob("*.parquet"))
    assert not receipts.load(home)
    # Nothing stays under data/raw that no receipt names.
    kept = [p for p in home.raw.rglob("*") if p.is_file() and p.name != "receipt.toml"]
    assert kept == ([path] if is_raw else [])
    monkeypatch.undo()
    (receipt,) = load(home, path).loaded
    assert hashlib.sha256(dump("A2").encode()).hexdigest() == receipt.sha256


@pytest.mark.slow
def test_a_zip_is_kept_once_for_all_its_files(home, tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in ("A1", "A2", "A3"):
            archive.writestr(f"{number}.csv", dump(number))
    result = load(home, path)
    assert {receipt.file for receipt in result.loaded} == {f"data/raw/beijing_city/{TODAY}/all.zip"}
    assert (home.raw / "beijing_city" / str(TODAY) / "all.zip").read_bytes() == path.read_bytes()


def test_a_delivery_dated_ahead_counts_from_today_and_says_so(home, tmp_path, capsys):
    first, later = tmp_path / "first", tmp_path / "later"
    for folder, given in ((first, "2931-01-01"), (later, str(TODAY))):
        folder.mkdir()
        (folder / "receipt.toml").write_text(f"received_on = {given}\n", encoding="utf-8")
    (first / "a.csv").write_text(dump("A1"), encoding="utf-8")
    (later / "b.csv").write_text(dump("A1", 标签="改"), encoding="utf-8")
    (one,) = load(home, first).loaded
    assert (str(one.received_on), str(one.received_on_told)) == (str(TODAY), "2931-01-01")
    assert f"收到日期写的是 2931-01-01,晚于今天,按今天 {TODAY} 计" in capsys.readouterr().out
    (two,) = load(home, later).loaded
    assert two.received_on_told is None
    # What sql/core/superseded.sql orders by: the newer delivery comes after.
    order = [(str(r.received_on), r.sequence) for r in receipts.load(home)]
    assert order == [(str(TODAY), 1), (str(TODAY), 2)]
    assert not load(home, first).loaded
    assert not home.known_files.exists()  # that very file again, no second delivery
    status(home)
    assert f"a.csv(写 2931-01-01,按 {TODAY})" in capsys.readouterr().out


def test_simulated_records_of_a_year_to_come_keep_the_day_they_are_dated(home, tmp_path, capsys):
    year = TODAY.year + 1
    note = f"received_on = {year + 1}-01-01\nsimulated = true\n"
    (tmp_path / "receipt.toml").write_text(note, encoding="utf-8")
    (tmp_path / "a.csv").write_text(dump("A1", 来电时间=f"{year}-12-05 08:00:00"), encoding="utf-8")
    (one,) = load(home, tmp_path).loaded
    assert (str(one.received_on), one.received_on_told) == (f"{year + 1}-01-01", None)
    assert "收到日期" not in capsys.readouterr().out
    assert [str(r.received_on) for r in receipts.load(home)] == [f"{year + 1}-01-01"]
    status(home)
    assert "a.csv(写" not in capsys.readouterr().out


def test_a_day_ahead_in_an_older_receipt_counts_from_its_loading(home):
    give(home, "a.csv", dump("A1"))
    load(home)
    (path,) = home.receipts.glob("*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["received_on_told"]

    def counted(received_on: str, loaded_at: str) -> str:
        shown = {**data, "received_on": received_on, "loaded_at": loaded_at}
        path.write_text(json.dumps(shown), encoding="utf-8")
        return str(receipts.load(home)[0].received_on)

    assert counted("2931-01-01", "2026-03-01T03:00:00+00:00") == "2026-03-01"
    # Eleven in the evening in UTC is the next morning in China.
    assert counted("2026-03-02", "2026-03-01T23:00:00+00:00") == "2026-03-02"
    assert counted("2026-02-01", "2026-03-01T03:00:00+00:00") == "2026-02-01"
