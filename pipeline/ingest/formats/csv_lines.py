"""Which physical line of the file a row began on: asked for the rows that the sender is told of."""

import csv
import mmap
from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipeline.db import parquet_scan
from pipeline.ingest.formats.kind import BLOCK
from pipeline.ingest.staging.input_view import InputTable


def error_lines(path: Path, offsets: Iterable[int]) -> dict[int, int]:
    """Return byte offset -> physical line (1 = the header) of broken rows.

    The engine's own line number counts records, not lines, once a cell holds a line break; its
    byte offset is exact, but may point at blank lines or at the break before the row.
    """
    result: dict[int, int] = {}
    line, position = 1, 0
    with path.open("rb") as handle:
        for offset in sorted(set(offsets)):
            while position < offset and (block := handle.read(min(BLOCK, offset - position))):
                line += block.count(b"\n")
                position += len(block)
            skipped, here = 0, handle.tell()
            while (sign := handle.read(1)) in (b"\r", b"\n") and sign:
                skipped += sign == b"\n"
            handle.seek(here)
            result[offset] = line + skipped
    return result


def swallowed_lines(path: Path, delimiter: str, offsets: Iterable[int]) -> dict[int, int]:
    """Return byte offset of a row with an unpaired quote -> lines below it that the reader passed.

    After an opening quote everything is one cell up to the next quote; where no sign between cells
    and no line's end follows that one, the reader goes on at the next line.
    """
    wanted = list(offsets)
    if not wanted:
        return {}
    sign = delimiter.encode()
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return {offset: _swallowed(text, sign, offset) for offset in wanted}


def _swallowed(text: mmap.mmap, sign: bytes, offset: int) -> int:
    start = offset
    while text[start : start + 1] in (b"\r", b"\n"):
        start += 1
    here = start
    while text[here : here + 1] == b'"' or (here := _next_quoted(text, sign, here)) >= 0:
        close = _closing(text, here + 1)
        if close < 0:
            break
        after = text[close + 1 : close + 2]
        if after in (b"\r", b"\n", b""):
            return 0
        if after != sign:
            end = text.find(b"\n", close)
            return _count(text, start, end if end >= 0 else len(text))
        here = close + 2
    if here < 0:
        return 0
    end = len(text) - (text[len(text) - 1 :] == b"\n")
    return _count(text, start, end)


def _next_quoted(text: mmap.mmap, sign: bytes, start: int) -> int:
    """Return where the next cell of the line begins with a quote, -1 if none does."""
    end = text.find(b"\n", start)
    return text.find(sign + b'"', start, end if end >= 0 else len(text)) + 1 or -1


def _closing(text: mmap.mmap, start: int) -> int:
    """Return the next quote that is not written twice, -1 for none."""
    while (found := text.find(b'"', start)) >= 0 and text[found + 1 : found + 2] == b'"':
        start = found + 2
    return found


def _count(text: mmap.mmap, start: int, end: int) -> int:
    return sum(text[at : min(at + BLOCK, end)].count(b"\n") for at in range(start, end, BLOCK))


def row_lines(
    path: Path,
    delimiter: str,
    rows: Iterable[int],
    broken: Iterable[int],
    parsed: int,
    *,
    has_header: bool = True,
) -> dict[int, int]:
    """Return row ordinal (0 = first row that could be parsed) -> physical line.

    `broken` are the lines of rows that could not be parsed, `parsed` the number of those that
    could. Where every line holds one row this is arithmetic; cells with line breaks and blank
    lines need a walk through the file. Rows that cannot be placed surely are left out.
    """
    wanted, bad = sorted(set(rows)), sorted(set(broken))
    if not wanted:
        return {}
    if _count_lines(path) == has_header + parsed + len(bad):
        return _by_arithmetic(wanted, bad, 1 + has_header)
    return _by_walking(path, delimiter, wanted, set(bad), has_header)


def _count_lines(path: Path) -> int:
    count, last = 0, b"\n"
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")


def _by_arithmetic(wanted: list[int], bad: list[int], first: int) -> dict[int, int]:
    result, passed = {}, 0
    for row in wanted:
        while passed < len(bad) and bad[passed] <= row + first + passed:
            passed += 1
        result[row] = row + first + passed
    return result


def _by_walking(
    path: Path, delimiter: str, wanted: list[int], bad: set[int], has_header: bool
) -> dict[int, int]:
    result: dict[int, int] = {}
    remaining, row = set(wanted), -1
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter)
        if has_header:
            next(reader, None)
        start = reader.line_num + 1
        for cells in reader:
            if cells and start not in bad:
                row += 1
                if row in remaining:
                    result[row] = start
                    remaining.discard(row)
                    if not remaining:
                        break
            start = reader.line_num + 1
    return result


def place_rows(
    con: duckdb.DuckDBPyConnection, tables: list[InputTable], rows: list[tuple[int, int]]
) -> None:
    """Add to staging.line where in the file as received rows stand.

    `rows` are (part_no, rowid of staging.identity), in order of rowid.
    """
    if not rows:
        return
    # Rows of a part stand together, in its order.
    counts = dict(
        con.execute("SELECT part_no, count(*) FROM staging.identity GROUP BY 1").fetchall()
    )
    broken = [line for (line,) in con.execute("SELECT line FROM staging.parse_error").fetchall()]
    start = 0
    for part, table in enumerate(tables):
        wanted = [row - start for number, row in rows if number == part]
        lines = _lines(con, table, wanted, broken, counts.get(part, 0)) if wanted else {}
        con.execute(
            "INSERT INTO staging.line SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[])",
            [[row + start for row in lines], list(lines.values())],
        )
        start += counts.get(part, 0)


def _lines(
    con: duckdb.DuckDBPyConnection,
    table: InputTable,
    wanted: list[int],
    broken: list[int],
    parsed: int,
) -> dict[int, int]:
    """Return ordinal in the table -> row or line of the file as received."""
    if table.format == "parquet" and table.is_numbered:
        found = con.execute(
            "SELECT place, row FROM ("
            " SELECT row_number() OVER (ORDER BY row) - 1 AS place, row"
            f" FROM {parquet_scan(table.path)} WHERE row > $1)"
            " WHERE place IN (SELECT unnest($2::BIGINT[]))",
            [table.above, wanted],
        ).fetchall()
        return dict(found)
    if table.format == "parquet":
        return {row: row + 1 for row in wanted}
    above = table.lines_above
    bad = [line - (above or 0) for line in broken]
    has_header = above is None
    lines = row_lines(table.path, table.delimiter, wanted, bad, parsed, has_header=has_header)
    return {row: line + (above or 0) for row, line in lines.items()}
