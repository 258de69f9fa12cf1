"""Line numbers in a CSV file: which physical line a row begins on."""

import csv
import mmap
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.formats.encoding import BLOCK


def error_lines(path: Path, offsets: Iterable[int]) -> dict[int, int]:
    """Return byte offset -> physical line (1 = the first of the file) of broken rows.

    DuckDB's line number counts records instead of lines once a cell holds a line break. Its byte
    offset is exact, but may point at blank lines or at the line break before the row.
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
    """Return byte offset of a row with an unpaired quote -> number of lines it swallowed.

    After an opening quote everything up to the next quote is one cell. If neither a delimiter nor a
    line end follows the closing quote, the reader resumes at the next line.
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
    """Return the position of the next cell of the line that begins with a quote, or -1."""
    end = text.find(b"\n", start)
    return text.find(sign + b'"', start, end if end >= 0 else len(text)) + 1 or -1


def _closing(text: mmap.mmap, start: int) -> int:
    """Return the position of the next quote that is not doubled, or -1."""
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
    """Return row number (0 = first row that could be parsed) -> physical line.

    `broken` are the lines of rows that could not be parsed, `parsed` is the number of rows that
    could. If every line holds one row, the lines are computed; with line breaks in cells or blank
    lines the file is read. Rows whose line is not certain are left out.
    """
    wanted, bad = sorted(set(rows)), sorted(set(broken))
    if not wanted:
        return {}
    if _count_lines(path) == has_header + parsed + len(bad):
        return _by_arithmetic(wanted, bad, 1 + has_header)
    return _by_reading(path, delimiter, wanted, set(bad), has_header)


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


def _by_reading(
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
