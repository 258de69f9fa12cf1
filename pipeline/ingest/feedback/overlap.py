"""Deliveries that hold the same ids: columns that one keeps of another, and columns emptied."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.db import literal, parquet_scan
from pipeline.entity import Entity
from pipeline.home import Home
from pipeline.ingest.staging.session import StagingSession
from pipeline.receipts import EmptiedColumn, KeptColumn, Receipt

# A column counts as emptied if this number and this share of its values or more are gone in a newer
# delivery that has the column: single answers are withdrawn, not most of a column.
_LEAST_EMPTIED = 3
_LEAST_EMPTIED_SHARE = 0.5


@dataclass(frozen=True)
class _Layout:
    """Rows of a delivery with the same columns."""

    receipt: str
    given: str
    is_supplement: bool
    precedence: tuple[str, int]

    def has(self, column: str) -> bool:
        return f"|{column}|" in self.given


@dataclass(frozen=True)
class Overlap:
    """Columns that deliveries with the same ids keep of or empty in each other."""

    kept: list[KeptColumn] = field(default_factory=list)
    emptied: list[EmptiedColumn] = field(default_factory=list)


def find_overlap(
    session: StagingSession,
    home: Home,
    entity: Entity,
    receipt: Receipt,
    before: Iterable[Receipt],
    tmp: Path,
) -> Overlap:
    """Return the columns that a file, written below `tmp`, and the deliveries before it share.

    `kept`: columns of records of one delivery whose values come from another. `emptied`: columns in
    which the file has hardly a value where an older delivery has. Nothing is read unless another
    delivery has rows in the same months.
    """
    months = {part.key for part in receipt.partitions}
    files = [(receipt, [tmp / part.records_file for part in receipt.partitions])]
    for other in before:
        shared = [part for part in other.partitions if part.key in months]
        if shared and other.entity == entity.name:
            files.append((other, [home.warehouse / part.records_file for part in shared]))
    if len(files) < 2 or not entity.shared or not session.has("said"):
        return Overlap()
    layouts = [
        _Layout(
            item.id,
            given,
            item.is_supplement,
            item.precedence,
        )
        for item, _ in files
        for given in item.given or [entity.given_without(item.optional_columns)]
    ]
    _prepare(session, layouts, files, entity)
    cursor = session.con.execute(session.text("overlap"))
    names = [field[0] for field in cursor.description][3:]
    kept: Counter[tuple[str, str, str]] = Counter()
    filled: Counter[tuple[str, str, str]] = Counter()
    had: Counter[tuple[str, str]] = Counter()
    has: Counter[str] = Counter()
    sets: dict[str, dict[int, tuple[Any, ...]]] = {}
    for held_by, number, *counts in cursor.fetchall():
        sets.setdefault(held_by, {})[number] = tuple(counts)
    for held_by, found in sets.items():
        ordered = [int(number) for number in held_by.split(",")]
        base = next((n for n in ordered if not layouts[n].is_supplement), None)
        if base is None:
            continue
        for place, column in enumerate(names, 1):
            holders = [number for number in ordered if layouts[number].has(column)]
            if not holders:
                continue
            giver, to = layouts[holders[0]].receipt, layouts[base].receipt
            if giver != to and receipt.id in (giver, to):
                kept[column, to, giver] += found[base][0]
                filled[column, to, giver] += found[holders[0]][place]
            if giver == receipt.id and len(holders) > 1:
                has[column] += found[holders[0]][place]
                had[column, layouts[holders[1]].receipt] += found[holders[1]][place]
    return Overlap(
        [
            KeptColumn(column=c, to=to, giver=giver, records=n, filled=filled[c, to, giver])
            for (c, to, giver), n in kept.items()
        ],
        [
            EmptiedColumn(column=column, giver=giver, had=count, has=has[column])
            for (column, giver), count in had.items()
            if count - has[column] >= max(_LEAST_EMPTIED, _LEAST_EMPTIED_SHARE * count)
        ],
    )


def _prepare(
    session: StagingSession,
    layouts: list[_Layout],
    files: list[tuple[Receipt, list[Path]]],
    entity: Entity,
) -> None:
    """Create staging.layout and staging.delivered."""
    con = session.con
    con.execute(
        "CREATE OR REPLACE TABLE staging.layout"
        " (layout_no INTEGER, receipt VARCHAR, given VARCHAR, precedence BIGINT)"
    )
    order = {one: place for place, one in enumerate(sorted(layouts, key=lambda x: x.precedence))}
    con.execute(
        "INSERT INTO staging.layout SELECT unnest($1::INTEGER[]), unnest($2::VARCHAR[]),"
        " unnest($3::VARCHAR[]), unnest($4::BIGINT[])",
        [
            list(range(len(layouts))),
            [one.receipt for one in layouts],
            [one.given for one in layouts],
            [order[one] for one in layouts],
        ],
    )
    selects = []
    for item, paths in files:
        lacking = {
            name: f"CAST(NULL AS {entity.stored[name]})"
            for name, since in entity.since.items()
            if item.version < since
        }
        if "given" in lacking:
            lacking["given"] = literal(entity.given_without(item.optional_columns))
        columns = ", ".join(f"{lacking.get(name, name)} AS {name}" for name in entity.stored)
        scan = parquet_scan(paths, "hive_partitioning = false")
        selects.append(f"SELECT {columns} FROM {scan}")
    session.replace_view("delivered", " UNION ALL ".join(selects))
    session.replace_view("said")
