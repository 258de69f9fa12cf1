"""Rows of a text file with an empty cell more, or less, than the header has columns.

A comma inside a cell without quotes moves the rest of the row by one column; where the last cell
was empty nothing but the number of cells tells. But some programs also write a comma after the last
cell. Such a row is taken only where all its cells say what their columns hold.
"""

import csv
import io
import mmap
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline.ingest.columns.source import is_unnamed
from pipeline.ingest.formats.kind import BLOCK
from pipeline.ingest.staging.input_view import REJECTS, InputTable, create_input
from pipeline.ingest.staging.session import StagingSession

# Of the rows of a file whose every line ends in a comma, or of one with a comma after its header.
_NEARLY_ALL = 0.95


def even_headings(headings: tuple[str, ...], rows: Iterable[list[str]]) -> tuple[str, ...]:
    """Return the headings as wide as the rows are, where either end in a comma more.

    Where only some rows do, each is judged by itself (see even_rows).
    """
    width = len(headings)
    found: Counter[int] = Counter()
    for row in rows:
        if not any(row):
            continue
        if len(row) == width + 1 and not row[-1].strip():
            found[width + 1] += 1
        elif len(row) in (width, width - 1):
            found[len(row)] += 1
    enough = _NEARLY_ALL * found.total()
    if found[width + 1] and found[width + 1] >= enough:
        return (*headings, "")
    if found[width - 1] and found[width - 1] >= enough and is_unnamed(headings[-1]):
        return headings[:-1]
    return headings


def even_rows(staging: StagingSession, table: InputTable, tmp: Path) -> InputTable | None:
    """Return the table on a copy in which sound rows are as long as the others.

    To be asked after the first scan, whose errors it looks through; None where no row is to be
    mended. An entity without fitting.sql has none.
    """
    if not staging.has("fitting"):
        return None
    rows = _candidates(staging.con, table)
    if not rows:
        return None
    fitting = _fitting(staging, table, [cells for _, _, cells in rows], tmp)
    mended = [(offset, line) for (offset, line, _), fits in zip(rows, fitting, strict=True) if fits]
    if not mended:
        return None
    return replace(table, path=_mend(table, mended, tmp / "evened"))


def any_longer(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the first scan met rows with more cells than the header."""
    found = con.execute(
        f"SELECT count(*) FROM {REJECTS[0]} WHERE error_type = 'TOO MANY COLUMNS'"
    ).fetchall()
    return bool(found[0][0])


def _candidates(
    con: duckdb.DuckDBPyConnection, table: InputTable
) -> list[tuple[int, bytes, list[str]]]:
    """Return of each such row its offset, its line and its cells, as many as the header has."""
    found = con.execute(
        f"SELECT line_byte_position, any_value(csv_line) FROM {REJECTS[0]}"
        " WHERE error_type IN ('TOO MANY COLUMNS', 'MISSING COLUMNS') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    width, rows = len(table.mapping.headings), []
    for offset, line in found:
        line = line.strip("\r\n")
        cells = next(csv.reader(io.StringIO(line, newline=""), delimiter=table.delimiter), [])
        if len(cells) == width + 1 and not cells[-1]:
            rows.append((offset, line.encode(), cells[:-1]))
        elif len(cells) == width - 1 and is_unnamed(table.mapping.headings[-1]):
            rows.append((offset, line.encode(), [*cells, ""]))
    return rows


def _fitting(
    staging: StagingSession, table: InputTable, rows: list[list[str]], tmp: Path
) -> list[bool]:
    """Return of each row whether its cells stand in their columns, as fitting.sql judges it."""
    path = tmp / "longer.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(
            handle, delimiter=table.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n"
        ).writerows(rows)
    alone = replace(table, path=path, lines_above=0, may_be_longer=False)
    create_input(staging, [alone], keep_errors=False)
    staging.con.execute("SET preserve_insertion_order = true")
    found = staging.con.execute(staging.text("fitting")).fetchall()
    staging.con.execute("SET preserve_insertion_order = false")
    if len(found) != len(rows):
        return [False] * len(rows)
    # A row of commas alone is blank, however many there are.
    return [bool(fits) or not any(row) for (fits,), row in zip(found, rows, strict=True)]


def _mend(table: InputTable, rows: list[tuple[int, bytes]], target: Path) -> Path:
    """Write the file with each of the rows, told by offset and line, made as long as the header."""
    sign, width, here = table.delimiter.encode(), len(table.mapping.headings), 0
    with (
        table.path.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text,
        target.open("wb") as writer,
    ):
        for offset, line in rows:
            # The engine counts from one, and may point at the break before the row.
            start = text.find(line, max(offset - 1, here), offset + len(line) + 3)
            if start < 0:
                continue
            cells = next(csv.reader(io.StringIO(line.decode()), delimiter=table.delimiter), [])
            shorter = line.removesuffix(b'""').removesuffix(sign)
            _copy(text, here, start, writer)
            writer.write(shorter if len(cells) > width else line + sign)
            here = start + len(line)
        _copy(text, here, len(text), writer)
    return target


def _copy(text: mmap.mmap, start: int, end: int, writer: io.BufferedWriter) -> None:
    for at in range(start, end, BLOCK):
        writer.write(text[at : min(at + BLOCK, end)])
