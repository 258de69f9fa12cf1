"""JSON as a table of text cells: lines of one object each, arrays, and answers that wrap an array.

An array may hold objects or, with a row of headings or a list of columns beside it, arrays.
Not by the engine: its reader keeps integers of any length, but prints 1.10 as 1.1, cuts the digits
of a long decimal, and stops at an object that has a key twice (measured on DuckDB 2.0).
"""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats.kind import require_width

_BATCH = 50_000
_SAMPLE = 1000
_BLOCK = 1 << 20
_BLANKS = re.compile(r"\s*")
# Where interfaces put the fields of a record (GeoJSON, search servers, open-data portals), and what
# else stands beside them.
_WRAPS = ("properties", "_source", "fields", "attributes")
_ENVELOPE = (
    *(
        "type",
        "id",
        "_id",
        "_index",
        "_type",
        "datasetid",
        "recordid",
        "record_timestamp",
        "objectid",
    ),
)
_DEEPEST = 6
_TOTAL = re.compile(
    r'"(?:total|totalCount|total_count|totalElements|numberMatched)"\s*:\s*(\d{1,12})\b'
)


@dataclass
class Lines:
    """The keys in order of occurrence, and the lines that are no object."""

    keys: list[str]
    broken: list[int] = field(default_factory=list)


def first_keys(path: Path, *, is_lines: bool = True) -> list[str]:
    """Return the keys of the first thousand objects of a UTF-8 file."""
    keys: dict[str, None] = {}
    for number, (_, item) in enumerate(_objects(path, is_lines)):
        keys.update(dict.fromkeys(item or {}))
        require_width(len(keys))
        if number >= _SAMPLE:
            break
    return list(keys)


def write(path: Path, target: Path, keys: list[str], *, is_lines: bool = True) -> Lines:
    """Write the objects as Parquet: columns c0, c1 ... in the order of the keys, and `row`.

    A key that is not among `keys` adds a column: the file is then read once more.
    """
    found = Lines(list(keys))
    while True:
        late = _write(path, target, found, is_lines)
        if not late:
            return found
        found = Lines([*found.keys, *late])


def _write(path: Path, target: Path, found: Lines, is_lines: bool) -> list[str]:
    """Write the table of the known keys; return the others that occur."""
    known, late = set(found.keys), dict[str, None]()
    names = [f"c{place}" for place in range(len(found.keys))]
    schema = pa.schema([*((name, pa.string()) for name in names), ("row", pa.int64())])
    rows: list[list[Any]] = []
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for line, item in _objects(path, is_lines):
            if item is None:
                found.broken.append(line)
                continue
            late.update((key, None) for key in item if key not in known)
            require_width(len(known) + len(late))
            rows.append([*(_text(item.get(key)) for key in found.keys), line])
            if len(rows) >= _BATCH:
                writer.write_table(_table(rows, schema))
                rows = []
        writer.write_table(_table(rows, schema))
    return list(late)


def _table(rows: list[list[Any]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _objects(path: Path, is_lines: bool) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield line number and object, None for a line that is none. Blank lines are skipped.

    Of an array the number is that of the element.
    """
    if not is_lines:
        yield from _elements(path)
        return
    with path.open(encoding="utf-8-sig", newline="\n") as handle:
        for line, text in enumerate(handle, 1):
            if not text.strip():
                continue
            try:
                # Numbers stay text: a float would lose the last digits of a long one.
                item = json.loads(text, parse_float=str, parse_int=str)
            except (ValueError, RecursionError):
                item = None
            yield line, item if isinstance(item, dict) else None


def _elements(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield number and object of each element of a JSON array, or of the array in an answer.

    Raises HotlineError NO_DATA if the text is no whole JSON, or holds no such array.
    """
    with path.open(encoding="utf-8-sig") as handle:
        stream = _Stream(handle)
        try:
            if stream.peek() == "[":
                yield from _named(stream.elements())
                return
            # One answer, or objects one after another.
            values = list(itertools.islice(stream.values(), 2))
            wrapped = _wrapped(values[0]) if len(values) == 1 else None
            if wrapped is not None:
                rows, headings = wrapped
                yield from _named(iter(rows), headings)
                return
            for number, value in enumerate(itertools.chain(values, stream.values()), 1):
                yield number, _record(value)
        except (ValueError, RecursionError) as error:
            raise HotlineError(
                "JSON 不完整或写法有误;请核对文件是否完整,或另存为 xlsx 或 CSV", NO_DATA
            ) from error


class _Stream:
    """JSON values of a text, parsed one by one from blocks."""

    def __init__(self, handle: TextIO) -> None:
        self._handle, self._text, self._at, self._is_over = handle, "", 0, False
        # Numbers stay text: a float would lose the last digits of a long one.
        self._decoder = json.JSONDecoder(parse_float=str, parse_int=str)

    def _read(self) -> bool:
        """Append a block to the text; return whether there was one."""
        block = self._handle.read(max(_BLOCK, len(self._text) - self._at))
        self._text, self._at = self._text[self._at :] + block, 0
        self._is_over = not block
        return bool(block)

    def peek(self) -> str:
        """Return the next character that is no blank, '' at the end."""
        while True:
            found = _BLANKS.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except ValueError:
                if self._read():
                    continue
                raise
            # A number may go on in the next block.
            if end == len(self._text) and not self._is_over and self._read():
                continue
            self._at = end
            return value

    def values(self) -> Iterator[Any]:
        """Yield values that follow one another, with commas or blanks between them."""
        while sign := self.peek():
            if sign == ",":
                self._at += 1
                continue
            yield self._value()

    def elements(self) -> Iterator[Any]:
        """Yield the elements of an array; ValueError if it does not end."""
        self._at += 1
        while (sign := self.peek()) != "]":
            if not sign:
                raise ValueError("the array does not end")
            yield self._value()
            sign = self.peek()
            if sign not in (",", "]"):
                raise ValueError("no comma between elements")
            self._at += sign == ","


def _named(
    rows: Iterator[Any], headings: list[str] | None = None
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield number and object; an array is named by the headings, else by the first one."""
    for number, row in enumerate(rows, 1):
        if isinstance(row, list):
            if headings is None:
                headings = [str(cell) for cell in row]
                continue
            yield number, dict(zip(headings, row, strict=False))
        else:
            yield number, _record(row)


def _record(value: Any) -> dict[str, Any] | None:
    """Return an object; the fields of a record, feature or hit that wraps them."""
    if not isinstance(value, dict):
        return None
    for name in _WRAPS:
        if isinstance(value.get(name), dict) and not any(
            isinstance(other, str) and key not in _ENVELOPE for key, other in value.items()
        ):
            return dict(value[name])
    return value


def _wrapped(answer: Any) -> tuple[list[Any], list[str] | None] | None:
    """Return the longest array of records in an answer, with the names of its columns if given.

    None for an object that is itself a record.
    """
    best: list[Any] = []
    todo, depth = [answer], 0
    while todo and depth < _DEEPEST:
        found = [
            child
            for value in todo
            if isinstance(value, dict)
            for child in value.values()
            if isinstance(child, dict | list)
        ]
        for child in found:
            if not isinstance(child, list) or len(child) <= len(best):
                continue
            if isinstance(child[0], dict | list) and not _is_columns(child):
                best = child
        todo, depth = found, depth + 1
    if not best:
        return None
    return best, _columns(answer, len(best[0])) if isinstance(best[0], list) else None


def _is_columns(rows: list[Any]) -> bool:
    """Return whether an array describes columns, as the head of an open-data export does."""
    return all(isinstance(row, dict) and "name" in row and "dataTypeName" in row for row in rows)


def _columns(answer: Any, width: int) -> list[str] | None:
    """Return the names of the columns that an answer tells beside its rows."""
    todo, depth = [answer], 0
    while todo and depth < _DEEPEST:
        todo = [child for value in todo if isinstance(value, dict) for child in value.values()]
        for child in todo:
            if not isinstance(child, list) or len(child) != width:
                continue
            names = [one.get("name") if isinstance(one, dict) else one for one in child]
            if all(isinstance(name, str) for name in names):
                return [str(name) for name in names]
        depth += 1
    return None


def missing_rows(path: Path, rows: int) -> int:
    """Return how many more records an answer says there are than it holds; 0 if it does not say."""
    with path.open(encoding="utf-8-sig") as handle:
        head, tail = handle.read(_BLOCK), ""
        while block := handle.read(_BLOCK):
            tail = block
    given = [int(number) for number in _TOTAL.findall(head + tail)]
    return max(given) - rows if given and max(given) > rows else 0


def _text(value: Any) -> str | None:
    """Return a value as text; None for null, JSON for nested values."""
    if value is None or isinstance(value, str):
        # A lone surrogate (\\ud83d) cannot be written as UTF-8.
        return value if value is None else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "是" if value else "否"
    return json.dumps(value, ensure_ascii=False)
