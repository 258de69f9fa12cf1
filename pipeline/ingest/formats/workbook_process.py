"""Write the sheets of a workbook as Parquet, in a process of its own with limited memory.

On a damaged file the reader may panic or request more memory than there is, and a single cell in
the last row and column makes a sheet of 17 billion cells. The ingest must survive such a file.
"""

import json
import os
import resource
import sys
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ingest.formats import merged_cells
from pipeline.subprocesses import end_with_parent

MAX_MEMORY_BYTES = 8 << 30
_LEAST_MEMORY_BYTES = 3 << 29
_SAMPLE = 1000
# The exit status of a workbook that cannot be read.
FAULT = 3


def write_table(cells: pa.Table, path: Path) -> None:
    """Write text cells as Parquet: columns c0, c1 ... and `row`, 1 = the first row of the sheet."""
    cells = cells.rename_columns([f"c{place}" for place in range(cells.num_columns)])
    numbers = pa.array(range(1, cells.num_rows + 1), pa.int64())
    cells = cells.append_column("row", numbers)
    pq.write_table(cells, path, compression="lz4", row_group_size=122_880)


def filled_rows(cells: pa.Table) -> int:
    """Return the number of rows with a filled cell."""
    filled = pc.is_valid(cells.column(0))
    for column in cells.columns[1:]:
        filled = pc.or_(filled, pc.is_valid(column))
    return int(pc.sum(filled).as_py() or 0)


def _numeric_columns(book: fastexcel.ExcelReader, place: int, cells: pa.Table) -> list[int]:
    """Return the columns that store numbers of 16 digits and more as numbers: 15 are exact."""
    found = []
    for column, values in enumerate(cells.slice(0, _SAMPLE).columns):
        long = pc.fill_null(pc.match_substring_regex(values, "^[0-9]{16,}$"), False)
        first = pc.index(long, True).as_py()
        if first < 0:
            continue
        sample = book.load_sheet(
            place, header_row=None, skip_rows=first, n_rows=_SAMPLE, use_columns=[column]
        ).to_arrow()
        kind = sample.schema.field(0).type
        if pa.types.is_floating(kind) or pa.types.is_integer(kind):
            found.append(column)
    return found


def read(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Write every sheet that is not empty to `folder`; return name, path and facts of each.

    Merged cells are found in a second thread meanwhile: most of that is unpacking.
    """
    with source.open("rb") as handle:
        ranges_of = merged_cells.xlsx_ranges if handle.read(2) == b"PK" else merged_cells.xls_ranges
    with ThreadPoolExecutor(1) as second:
        ranges = second.submit(ranges_of, source)
        return _read(source, folder, ranges)


def _read(
    source: Path, folder: Path, ranges: Future[dict[str, list[merged_cells.CellRange]]]
) -> list[dict[str, Any]]:
    book = fastexcel.read_excel(source)
    sheets = []
    for place, name in enumerate(book.sheet_names):
        # skip_rows=0: row numbers are reported to the sender, so empty rows count.
        sheet = book.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
        cells = pa.Table.from_batches([sheet.to_arrow()])
        if not cells.num_rows or not cells.num_columns:
            continue
        path = folder / f"sheet-{place}.parquet"
        write_table(cells, path)
        sheets.append(
            {
                "name": name,
                "path": str(path),
                "rows": cells.num_rows,
                "filled_rows": filled_rows(cells),
                "numeric": _numeric_columns(book, place, cells),
                "merged": merged_cells.from_sheet(
                    ranges.result().get(name, []),
                    cells.num_columns,
                    sheet.available_columns()[0].absolute_index,
                ),
            }
        )
    return sheets


def allowance(source: Path) -> tuple[int, int]:
    """Return the bytes of memory and the processor seconds that a workbook may take.

    Both follow what it holds unpacked: one cell written far away makes a sheet of a few kilobytes
    billions of cells.
    """
    try:
        with zipfile.ZipFile(source) as book:
            size = sum(member.file_size for member in book.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):  # an old workbook is not packed
        size = 4 * source.stat().st_size
    total_memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = min(_LEAST_MEMORY_BYTES + 6 * size, MAX_MEMORY_BYTES, total_memory * 3 // 4)
    return memory, 60 + size // 5_000_000


def main(arguments: list[str]) -> int:
    """Print the sheets as JSON and return 0, or print the reason and return FAULT.

    The last argument is the file descriptor of the pipe that closes when the parent ends.
    """
    source, folder, parent = arguments
    end_with_parent(int(parent))
    memory, seconds = allowance(Path(source))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        print(json.dumps(read(Path(source), Path(folder))))
    except fastexcel.FastExcelError as error:
        print(str(error).splitlines()[0])
        return FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
