"""XML Spreadsheet 2003: sheets in one XML file, which older systems save with the suffix .xls."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.etree
import pyarrow as pa

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats import workbook_process
from pipeline.ingest.formats.merged_cells import CellRange, from_sheet
from pipeline.ingest.formats.sheets import SheetGrid

_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
# The most rows and columns of a sheet; an index beyond them is damage.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
# Numbers are exact to 15 digits.
_LONG_NUMBER = 16


def spreadsheet_grids(path: Path, folder: Path) -> Iterator[SheetGrid]:
    """Yield the sheets of a UTF-8 file that are not empty, written to `folder`.

    Raises HotlineError NO_DATA for broken XML.
    """
    try:
        for number, (name, rows, ranges, numeric) in enumerate(_sheets(path)):
            width = max((len(row) for row in rows), default=0)
            if not width:
                continue
            columns = [
                pa.array([row[place] if place < len(row) else None for row in rows], pa.string())
                for place in range(width)
            ]
            cells = pa.Table.from_arrays(columns, names=[f"c{place}" for place in range(width)])
            target = folder / f"sheet-{number}.parquet"
            workbook_process.write_table(cells, target)
            yield SheetGrid(
                name,
                target,
                cells.num_rows,
                workbook_process.filled_rows(cells),
                tuple(sorted(numeric)),
                tuple(from_sheet(ranges, width)),
            )
    except (lxml.etree.LxmlError, ValueError) as error:
        raise HotlineError(
            f"{path.name} 是 XML 表格(XML Spreadsheet 2003),但不完整或已损坏;"
            "请重新导出,或另存为 xlsx",
            NO_DATA,
        ) from error


_Sheet = tuple[str, list[list[str | None]], list[CellRange], set[int]]


def _sheets(path: Path) -> Iterator[_Sheet]:
    """Yield name, rows, merged ranges and columns of long numbers of each sheet."""
    name, rows, ranges, numeric = "", list[list[str | None]](), list[CellRange](), set[int]()
    tags = [_SPACE + tag for tag in ("Row", "Worksheet")]
    with path.open("rb") as handle:
        # Entities of a document type could read other files, or grow without bound.
        events = lxml.etree.iterparse(
            handle, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True,
            huge_tree=True,
        )  # fmt: skip
        for event, element in events:
            if event == "start":
                if element.tag == tags[1]:
                    name = element.get(_SPACE + "Name") or ""
                    rows, ranges, numeric = [], [], set()
                continue
            if element.tag == tags[1]:
                yield name, rows, ranges, numeric
            else:
                _add_row(element, rows, ranges, numeric)
            element.clear()


def _add_row(
    element: Any, rows: list[list[str | None]], ranges: list[CellRange], numeric: set[int]
) -> None:
    index = _number(element, "Index", len(rows) + 1)
    if not len(rows) < index <= _MOST_ROWS:
        raise ValueError("row index out of range")
    rows.extend([] for _ in range(index - 1 - len(rows)))
    row: list[str | None] = []
    for cell in element.iterchildren(_SPACE + "Cell"):
        place = _number(cell, "Index", len(row) + 1)
        if not len(row) < place <= _MOST_COLUMNS:
            raise ValueError("cell index out of range")
        row.extend([None] * (place - 1 - len(row)))
        across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
        text, is_long = _cell(cell)
        if is_long:
            numeric.add(len(row))
        if across or down:
            top, left = len(rows), len(row)
            ranges.append(CellRange(top, left, top + down, left + across))
        row.append(text)
        row.extend([None] * min(across, _MOST_COLUMNS))
    rows.append(row)


def _number(element: Any, name: str, default: int) -> int:
    return int(element.get(_SPACE + name) or default)


def _cell(cell: Any) -> tuple[str | None, bool]:
    """Return the text of a cell, and whether it is a number too long to be exact."""
    data = cell.find(_SPACE + "Data")
    if data is None:
        return None, False
    text, kind = "".join(data.itertext()), data.get(_SPACE + "Type")
    if kind == "DateTime":
        return text.replace("T", " ").split(".")[0], False
    if kind == "Error":
        return None, False
    return text or None, kind == "Number" and len(text) >= _LONG_NUMBER and text.isdigit()
