"""JSON lines, one object each, as a table of text cells.

Not by the engine: its reader keeps integers of any length, but prints 1.10 as 1.1, cuts the digits
of a long decimal, and stops at an object that has a key twice (measured on DuckDB 2.0).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_BATCH = 50_000
_SAMPLE = 1000


@dataclass
class Lines:
    """The keys in order of occurrence, and the lines that are no object."""

    keys: list[str]
    broken: list[int] = field(default_factory=list)


def first_keys(path: Path) -> list[str]:
    """Return the keys of the first thousand objects of a UTF-8 file."""
    keys: dict[str, None] = {}
    for number, (_, item) in enumerate(_objects(path)):
        keys.update(dict.fromkeys(item or {}))
        if number >= _SAMPLE:
            break
    return list(keys)


def write(path: Path, target: Path, keys: list[str]) -> Lines:
    """Write the objects as Parquet: columns c0, c1 ... in the order of the keys, and `row`.

    A key that is not among `keys` adds a column: the file is then read once more.
    """
    found = Lines(list(keys))
    while True:
        late = _write(path, target, found)
        if not late:
            return found
        found = Lines([*found.keys, *late])


def _write(path: Path, target: Path, found: Lines) -> list[str]:
    """Write the table of the known keys; return the others that occur."""
    known, late = set(found.keys), dict[str, None]()
    names = [f"c{place}" for place in range(len(found.keys))]
    schema = pa.schema([*((name, pa.string()) for name in names), ("row", pa.int64())])
    rows: list[list[Any]] = []
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for line, item in _objects(path):
            if item is None:
                found.broken.append(line)
                continue
            late.update((key, None) for key in item if key not in known)
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


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield line number and object, None for a line that is none. Blank lines are skipped."""
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


def _text(value: Any) -> str | None:
    """Return a value as text; None for null, JSON for nested values."""
    if value is None or isinstance(value, str):
        # A lone surrogate (\\ud83d) cannot be written as UTF-8.
        return value if value is None else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "是" if value else "否"
    return json.dumps(value, ensure_ascii=False)
