"""Rows of a text file with one empty cell more, or one cell less, than the header has columns.

A comma inside an unquoted cell moves the rest of the row by one column; if the last cell was empty,
only the number of cells shows it. But some programs also write a comma after the last cell. Such a
row is accepted only if all its cells fit their columns.
"""

import csv
import io
import mmap
from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.columns.source import is_unnamed
from pipeline.ingest.formats.encoding import BLOCK
from pipeline.ingest.staging.input_view import ERROR_TABLES
from pipeline.ingest.staging.session import StagingSession


def even_rows(session: StagingSession, table: InputTable, tmp: Path) -> InputTable | None:
    """Return the table on a copy in which the rows that fit are as long as the header.

    To be called after the first scan, which finds the rows; None if no row is changed, or if the
    entity has no fitting.sql.
    """
    if not session.has("fitting"):
        return None
    rows = _candidates(session.con, table)
    if not rows:
        return None
    fitting = _fitting(session, table, [cells for _, _, cells in rows], tmp)
    uneven = [(offset, line) for (offset, line, _), fits in zip(rows, fitting, strict=True) if fits]
    if not uneven:
        return None
    return replace(table, path=_write_even(table, uneven, tmp / "evened"))


def any_longer(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the first scan found rows with more cells than the header."""
    found = con.execute(
        f"SELECT count(*) FROM {ERROR_TABLES[0]} WHERE error_type = 'TOO MANY COLUMNS'"
    ).fetchall()
    return bool(found[0][0])


def _candidates(
    con: duckdb.DuckDBPyConnection, table: InputTable
) -> list[tuple[int, bytes, list[str]]]:
    """Return offset, line and cells of each such row, the cells as many as the header has."""
    found = con.execute(
        f"SELECT line_byte_position, any_value(csv_line) FROM {ERROR_TABLES[0]}"
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
    session: StagingSession, table: InputTable, rows: list[list[str]], tmp: Path
) -> list[bool]:
    """Return for each row whether its cells fit their columns, by fitting.sql."""
    path = tmp / "longer.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(
            handle, delimiter=table.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n"
        ).writerows(rows)
    alone = replace(table, path=path, lines_above=0, may_be_longer=False)
    session.input(tables=[alone])
    session.replace_view("clean")
    session.con.execute("SET preserve_insertion_order = true")
    found = session.con.execute(session.text("fitting")).fetchall()
    session.con.execute("SET preserve_insertion_order = false")
    if len(found) != len(rows):
        return [False] * len(rows)
    # A row of commas alone is a blank row.
    return [bool(fits) or not any(row) for (fits,), row in zip(found, rows, strict=True)]


def _write_even(table: InputTable, rows: list[tuple[int, bytes]], target: Path) -> Path:
    """Write the file with the rows, given by offset and line, made as long as the header."""
    sign, width, here = table.delimiter.encode(), len(table.mapping.headings), 0
    with (
        table.path.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text,
        target.open("wb") as writer,
    ):
        for offset, line in rows:
            # DuckDB counts from one, and may point at the line break before the row.
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
