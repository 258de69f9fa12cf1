"""Which physical line of the file a row began on: asked for rejected rows only."""

import csv
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.detect import BLOCK


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
    csv.field_size_limit(1 << 27)
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
