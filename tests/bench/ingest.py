"""Ingest beside the bare engine and the bare reader, and its memory."""

import csv as csv_module
import gzip
import shutil
import tempfile
from pathlib import Path

import xlsxwriter

from tests.bench.measure import GIB, Cost, bare, best, hotline
from tests.bench.page import Row
from tests.bench.tables import YEAR

_BLOCK = 1 << 22
# As long as a sheet can be, less a little; as wide as the columns that nearly every office sends.
_SHEET_ROWS = 1_000_000
_SHEET_COLUMNS = (
    *("工单编号", "工单类型", "一级分类", "二级分类", "三级分类", "标题", "主要内容", "来电人"),
    *("来电人电话", "被反映区", "被反映街乡镇", "承办单位", "来电时间", "派单时间", "是否满意"),
)


def csv(folder: Path, home: Path) -> list[Row]:
    """Measure a month of UTF-8 CSV beside the bare COPY, and the same rows in GB18030."""
    plain = _month(folder / "utf8", home)
    other = folder / "gb18030" / plain.name
    other.parent.mkdir()
    with (
        plain.open(encoding="utf-8", newline="") as source,
        other.open("w", encoding="gb18030", newline="") as target,
    ):
        shutil.copyfileobj(source, target, _BLOCK)
    base = best(lambda: bare("bare_ingest", plain, folder / "bare.parquet"))
    ours = best(lambda: _fresh_ingest(plain))
    chinese = best(lambda: _fresh_ingest(other))
    return [
        Row(
            "ingest of plain UTF-8 CSV, to the bare engine's COPY to Parquet",
            "2.0 x, 2 GiB",
            f"{ours.seconds / base.seconds:.2f} x ({ours.seconds:.1f} s to {base.seconds:.1f} s), "
            f"{ours.processor / base.processor:.2f} x of its processor time, "
            f"{ours.peak / GIB:.1f} GiB; {plain.stat().st_size / 1e6:.0f} MB",
        ),
        Row(
            "GB18030 ingest to UTF-8 ingest of the same rows",
            "1.8 x",
            f"{chinese.seconds / ours.seconds:.2f} x ({chinese.seconds:.1f} s)",
        ),
    ]


def xlsx(folder: Path, home: Path) -> list[Row]:
    """Measure a workbook of a million rows beside the reader alone."""
    source = _month(folder, home)
    book = folder / "month.xlsx"
    rows = _write_book(source, book)
    source.unlink()
    alone = best(lambda: bare("bare_xlsx", book))
    ours = best(lambda: _fresh_ingest(book))
    return [
        Row(
            "ingest of an xlsx of a million rows, to reading it with fastexcel alone",
            "2.0 x",
            f"{ours.seconds / alone.seconds:.2f} x ({ours.seconds:.1f} s to "
            f"{alone.seconds:.1f} s), {ours.peak / GIB:.1f} GiB to {alone.peak / GIB:.1f}; "
            f"{rows:,} rows of {len(_SHEET_COLUMNS)} columns",
        )
    ]


def double(folder: Path, home: Path) -> list[Row]:
    """Measure the memory of half a month and of the whole: it must not follow the file."""
    whole = _month(folder / "whole", home)
    half = folder / "half" / whole.name
    half.parent.mkdir()
    size = whole.stat().st_size // 2
    with whole.open("rb") as reader, half.open("wb") as writer:
        while writer.tell() < size:
            writer.writelines(reader.readlines(_BLOCK))
    one, two = _fresh_ingest(half), _fresh_ingest(whole)
    return [
        Row(
            "peak memory of a CSV, to that of its first half",
            "flat",
            f"{two.peak / one.peak:.2f} x ({two.peak / GIB:.2f} GiB to {one.peak / GIB:.2f})",
        )
    ]


def large(folder: Path, home: Path) -> list[Row]:
    """Measure all months of the year as one CSV of eleven million rows."""
    target = folder / "whole" / f"{YEAR}.csv"
    target.parent.mkdir()
    with target.open("wb") as writer:
        for number, packed in enumerate(_packed(home)):
            with gzip.open(packed, "rb") as reader:
                head = reader.readline()
                if not number:
                    writer.write(head)
                shutil.copyfileobj(reader, writer, _BLOCK)
    cost = _fresh_ingest(target)
    return [
        Row(
            "ingest of a year as one CSV",
            "2 GiB",
            f"{cost.peak / GIB:.2f} GiB, {cost.seconds / 60:.1f} min; "
            f"{target.stat().st_size / 1e9:.1f} GB",
        )
    ]


def _packed(home: Path) -> list[Path]:
    return sorted((home / "data/raw").rglob(f"{YEAR}-*.csv.gz"))


def _month(folder: Path, home: Path) -> Path:
    """Return the largest month of the dump, unpacked below `folder`."""
    packed = max(_packed(home), key=lambda file: file.stat().st_size)
    folder.mkdir(exist_ok=True)
    target = folder / packed.stem
    with gzip.open(packed, "rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _BLOCK)
    return target


def _write_book(source: Path, target: Path) -> int:
    """Write the first rows of a CSV as a workbook; return how many."""
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "tmpdir": str(target.parent)})
    sheet = book.add_worksheet("工单")
    number = 0
    with source.open(encoding="utf-8", newline="") as handle:
        reader = csv_module.reader(handle)
        head = next(reader)
        places = [head.index(name) for name in _SHEET_COLUMNS]
        for place, name in enumerate(_SHEET_COLUMNS):
            sheet.write_string(0, place, name)
        for number, row in enumerate(reader, 1):
            for column, place in enumerate(places):
                if row[place]:
                    sheet.write_string(number, column, row[place])
            if number == _SHEET_ROWS:
                break
    book.close()
    return number


def _fresh_ingest(file: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=file.parent) as name:
        return hotline(Path(name), "ingest", file)
