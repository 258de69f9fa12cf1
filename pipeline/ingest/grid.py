"""Sheets of workbooks and tables of web pages, as text in rows and columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastexcel
import lxml.etree
import lxml.html
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import NO_DATA, HotlineError

# The last row that a sheet can have: one that is full has most likely been cut.
SHEET_ROWS = 1_048_576
_OLD_SHEET_ROWS = 65_536
_EXACT_DIGITS = 15
_SAMPLE = 1000


@dataclass(frozen=True)
class Grid:
    """A sheet: its name, its cells as text (one column a position), and its file where known."""

    name: str
    cells: pa.Table
    workbook: fastexcel.ExcelReader | None = None
    place: int = 0
    is_full: bool = False

    def head(self, rows: int) -> list[list[str | None]]:
        """Return the first rows, cell by cell."""
        return [list(row.values()) for row in self.cells.slice(0, rows).to_pylist()]

    def filled_rows(self) -> int:
        """Return the number of rows with anything in them."""
        if not self.cells.num_columns:
            return 0
        filled = pc.is_valid(self.cells.column(0))
        for column in self.cells.columns[1:]:
            filled = pc.or_(filled, pc.is_valid(column))
        return int(pc.sum(filled).as_py() or 0)

    def has_rounded_ids(self, place: int, first: int) -> bool:
        """Return whether long ids in a column are kept as numbers: they hold 15 digits at most."""
        if self.workbook is None:
            return False
        column = self.cells.column(place).slice(first, _SAMPLE)
        if not pc.any(pc.greater_equal(pc.utf8_length(column), _EXACT_DIGITS + 1)).as_py():
            return False
        sample = self.workbook.load_sheet(
            self.place, header_row=None, skip_rows=first, n_rows=_SAMPLE, use_columns=[place]
        ).to_arrow()
        return sample.num_columns == 1 and (
            pa.types.is_floating(sample.schema.field(0).type)
            or pa.types.is_integer(sample.schema.field(0).type)
        )

    def write(self, path: Path, first: int, span: int) -> int:
        """Write the rows from `first` on as Parquet: columns c0, c1 ... and `row`, 1 = the top.

        Of a header of two rows the lower one holds no id, so that only here it can be known where
        it is repeated; return how many such rows were left out.
        """
        body = self.cells.slice(first)
        numbers = pa.array(range(first + 1, first + 1 + body.num_rows), pa.int64())
        body = body.rename_columns([f"c{n}" for n in range(body.num_columns)])
        body = body.append_column("row", numbers)
        repeats = self._repeats(first, span)
        if repeats:
            body = body.filter(pc.invert(pc.is_in(body["row"], pa.array(repeats, pa.int64()))))
        pq.write_table(body, path, compression="lz4", row_group_size=122_880)
        return len(repeats)

    def _repeats(self, first: int, span: int) -> list[int]:
        """Return the rows (1 = the top) below a header of two rows that repeat its lower one."""
        if span == 1:
            return []
        lower = [column[first - 1].as_py() for column in self.cells.columns]
        same = None
        for column, text in zip(self.cells.columns, lower, strict=True):
            body = column.slice(first)
            here = pc.is_null(body) if text is None else pc.fill_null(pc.equal(body, text), False)
            same = here if same is None else pc.and_(same, here)
        return [] if same is None else [first + 1 + n for n in pc.indices_nonzero(same).to_pylist()]


def workbook_grids(path: Path) -> Iterator[Grid]:
    """Yield the sheets of an xlsx or xls file that are not empty, one in memory at a time."""
    try:
        workbook = fastexcel.read_excel(path)
        names = workbook.sheet_names
    except fastexcel.FastExcelError as error:
        raise _broken(path, error) from error
    for place, name in enumerate(names):
        try:
            # skip_rows=0: row numbers are told to the sender, so rows that stand empty count.
            sheet = workbook.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
            batch = sheet.to_arrow()
        except fastexcel.FastExcelError as error:
            raise _broken(path, error) from error
        cells = pa.Table.from_batches([batch])
        full = cells.num_rows in (SHEET_ROWS, _OLD_SHEET_ROWS)
        if cells.num_rows and cells.num_columns:
            yield Grid(name, cells, workbook, place, full)


def _broken(path: Path, error: Exception) -> HotlineError:
    reason = str(error).splitlines()[0]
    if "assword" in reason or "ncrypt" in reason:
        return HotlineError(f"{path.name} 有密码,打不开;请向发送方索取没有密码的文件", NO_DATA)
    return HotlineError(
        f"{path.name} 不是完好的 Excel 工作簿({reason[:80]});请向发送方重新索取", NO_DATA
    )


def page_grids(path: Path) -> Iterator[Grid]:
    """Yield the tables of a web page in UTF-8, as offices save them under the name of a workbook.

    Cells that span rows or columns keep their text in the first of them, as in a workbook.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml.html.parse(str(path), parser).getroot()
    except (lxml.etree.LxmlError, AssertionError) as error:
        raise HotlineError(f"{path.name} 是网页,但读不出表格;请另存为 xlsx", NO_DATA) from error
    tables = [] if root is None else root.iter("table")
    number = 0
    for table in tables:
        if table.find(".//table") is not None:
            continue  # a frame for the layout; the table inside comes by itself
        rows = _page_rows(table)
        width = max((len(row) for row in rows), default=0)
        if not width:
            continue
        number += 1
        columns = [
            pa.array([row[place] if place < len(row) else None for row in rows], pa.string())
            for place in range(width)
        ]
        names = [f"c{place}" for place in range(width)]
        yield Grid(f"表{number}", pa.Table.from_arrays(columns, names=names))


def _page_rows(table: Any) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    below: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for line in table.iter("tr"):
        row: list[str | None] = []
        for cell in line.iterchildren("td", "th"):
            _skip_covered(row, below)
            text = _text(cell)
            for part in range(_span(cell, "colspan")):
                if _span(cell, "rowspan") > 1:
                    below[len(row)] = _span(cell, "rowspan") - 1
                row.append(text if part == 0 else None)
        _skip_covered(row, below)
        rows.append(row)
    return rows


def _skip_covered(row: list[str | None], below: dict[int, int]) -> None:
    while below.get(len(row), 0):
        below[len(row)] -= 1
        row.append(None)


def _span(cell: Any, name: str) -> int:
    found = re.fullmatch(r"\s*(\d{1,5})\s*", cell.get(name) or "1")
    return max(1, int(found[1])) if found else 1


def _text(cell: Any) -> str | None:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    return cell.text_content().strip() or None
