"""Sheets of workbooks and tables of web pages, written as Parquet files of text cells."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats import workbook_process
from pipeline.ingest.formats.kind import MOST_COLUMNS
from pipeline.ingest.formats.merged_cells import CellRange, from_sheet
from pipeline.subprocesses import tied

# The most rows that a sheet can have: a full one was most likely truncated by the export.
SHEET_ROWS = 1_048_576
_OLD_SHEET_ROWS = 65_536
# The most columns that a cell of a web page may span, by the standard.
_MOST_SPANNED = 1000
# A page whose tables spread over more cells was not made of records.
_MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class SheetGrid:
    """A sheet written as Parquet (see workbook_process.write_table), all its rows included.

    `numeric`: columns that store long ids as numbers. `merged`: ranges of merged cells.
    """

    name: str
    path: Path
    rows: int
    filled_rows: int
    numeric: tuple[int, ...] = ()
    merged: tuple[CellRange, ...] = ()

    @property
    def is_full(self) -> bool:
        return self.rows in (SHEET_ROWS, _OLD_SHEET_ROWS)

    @property
    def width(self) -> int:
        return len(pq.read_schema(self.path)) - 1

    def head(self, rows: int) -> list[list[str | None]]:
        """Return the first rows, cell by cell."""
        batch = next(pq.ParquetFile(self.path).iter_batches(rows), None)
        return [] if batch is None else [list(row.values())[:-1] for row in batch.to_pylist()]


def workbook_grids(path: Path, folder: Path, form: str) -> Iterator[SheetGrid]:
    """Yield the sheets of a workbook that are not empty, written to `folder`.

    `form` is its format by content: the reader goes by the end of the name.
    """
    path = _named(path, folder, form)
    with tied() as pipe:
        worker = subprocess.run(
            [sys.executable, "-I", workbook_process.__file__, str(path), str(folder), str(pipe)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(pipe,),
            check=False,
        )
    answer = worker.stdout.decode("utf-8", "replace").strip()
    if worker.returncode == workbook_process.FAULT:
        raise _broken(path, answer)
    if worker.returncode != 0:
        raise HotlineError(
            f"{path.name} 已损坏,或有单元格写到了很远的行列、占不下内存;"
            "请向发送方重新索取,或请他另存为 CSV",
            NO_DATA,
        )
    for sheet in json.loads(answer):
        yield SheetGrid(
            sheet["name"],
            Path(sheet["path"]),
            sheet["rows"],
            sheet["filled_rows"],
            tuple(sheet["numeric"]),
            tuple(CellRange(*cells) for cells in sheet["merged"]),
        )


def _named(path: Path, folder: Path, form: str) -> Path:
    """Return the path, or a link to it whose name ends as its content demands."""
    if path.suffix.lower() == f".{form}":
        return path
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"{path.name}.{form}"
    try:
        link.symlink_to(path.absolute())
    except OSError:  # a file system without links
        shutil.copyfile(path, link)
    return link


def _broken(path: Path, reason: str) -> HotlineError:
    if path.suffix == ".ods":
        return HotlineError(
            f"{path.name.removesuffix('.ods')} 是 ods 表格(OpenDocument),但不完整或已损坏;"
            "请另存为 xlsx 再入库",
            NO_DATA,
        )
    if "assword" in reason or "ncrypt" in reason:
        return HotlineError(f"{path.name} 有密码,打不开;请向发送方索取没有密码的文件", NO_DATA)
    return HotlineError(
        f"{path.name} 不是完好的 Excel 工作簿({reason[:80]});请向发送方重新索取", NO_DATA
    )


def page_grids(path: Path, folder: Path, *, may_be_bare: bool = False) -> Iterator[SheetGrid]:
    """Yield the tables of a UTF-8 web page; offices send such pages with the suffix .xls.

    Raises HotlineError NO_DATA for a page without a table, unless it `may_be_bare`. The text of a
    cell that spans rows or columns is in the first of them, as in a workbook.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        # Given a name, the parser would read it as a URL, in which `%20` is a space.
        with path.open("rb") as handle:
            root = lxml.html.parse(handle, parser).getroot()
    except (lxml.etree.LxmlError, AssertionError) as error:
        raise HotlineError(f"{path.name} 是网页,但读不出表格;请另存为 xlsx", NO_DATA) from error
    tables = [] if root is None else root.iter("table")
    number = 0
    for table in tables:
        if table.find(".//table") is not None:
            continue  # used for layout; the table inside is read by itself
        rows, ranges = _page_rows(table, path)
        width = max((len(row) for row in rows), default=0)
        if not width:
            continue
        if width * len(rows) > _MOST_CELLS:
            raise _too_large(path)
        number += 1
        columns = [
            pa.array([row[place] if place < len(row) else None for row in rows], pa.string())
            for place in range(width)
        ]
        names = [f"c{place}" for place in range(width)]
        cells = pa.Table.from_arrays(columns, names=names)
        target = folder / f"table-{number}.parquet"
        workbook_process.write_table(cells, target)
        yield SheetGrid(
            f"表{number}",
            target,
            cells.num_rows,
            workbook_process.filled_rows(cells),
            merged=tuple(from_sheet(ranges, width)),
        )
    if not number and not may_be_bare:
        raise HotlineError(
            f"{path.name} 是网页,里面没有表格(可能是登录页或出错的页面);"
            "请在浏览器里打开核对后重新导出",
            NO_DATA,
        )


def _too_large(path: Path) -> HotlineError:
    return HotlineError(
        f"{path.name} 是网页,其中一个表格展开合并的单元格后超过 {_MOST_CELLS:,} 格或"
        f" {MOST_COLUMNS:,} 列;请核对导出的设置,或另存为 CSV 再入库",
        NO_DATA,
    )


def _page_rows(table: Any, path: Path) -> tuple[list[list[str | None]], list[CellRange]]:
    """Return the rows of a table, and its cells that span several rows or columns.

    Raises HotlineError NO_DATA where the cells spanned are more than a table of records has: a page
    of some kilobytes may span millions.
    """
    cells = 0
    rows: list[list[str | None]] = []
    ranges: list[CellRange] = []
    below: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for line in table.iter("tr"):
        row: list[str | None] = []
        for cell in line.iterchildren("td", "th"):
            _skip_covered(row, below)
            text, wide, high = _text(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            if wide > 1 or high > 1:
                top, left = len(rows), len(row)
                ranges.append(CellRange(top, left, top + high - 1, left + wide - 1))
            for part in range(wide):
                if high > 1:
                    below[len(row)] = high - 1
                row.append(text if part == 0 else None)
            if len(row) > MOST_COLUMNS:
                raise _too_large(path)
        _skip_covered(row, below)
        rows.append(row)
        cells += len(row)
        if cells > _MOST_CELLS:
            raise _too_large(path)
    return rows, ranges


def _skip_covered(row: list[str | None], below: dict[int, int]) -> None:
    while below.get(len(row), 0):
        below[len(row)] -= 1
        row.append(None)


def _span(cell: Any, name: str) -> int:
    found = re.fullmatch(r"\s*(\d{1,5})\s*", cell.get(name) or "1")
    return min(max(1, int(found[1])), _MOST_SPANNED) if found else 1


def _text(cell: Any) -> str | None:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    return cell.text_content().strip() or None
