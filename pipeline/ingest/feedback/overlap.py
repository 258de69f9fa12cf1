"""What a file means for deliveries that hold the same ids: columns kept, and columns emptied."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.db import literal, parquet_scan
from pipeline.entity import DEFAULT, Entity
from pipeline.home import Home
from pipeline.ingest.receipt import WrittenPartition
from pipeline.ingest.staging.session import StagingSession

# A column is told to be emptied where a newer delivery has it, and at least so many and such a part
# of the values are gone: single answers are taken back, not most of a column.
_LEAST_EMPTIED = 3
_LEAST_EMPTIED_SHARE = 0.5


@dataclass(frozen=True)
class _Layout:
    """Rows of a delivery that tell of the same columns."""

    receipt: str
    given: str
    is_supplement: bool
    precedence: tuple[str, int]

    def has(self, column: str) -> bool:
        return f"|{column}|" in self.given


def find_overlap(
    session: StagingSession,
    home: Home,
    entity: Entity,
    data: Mapping[str, Any],
    written: list[WrittenPartition],
    before: Iterable[Mapping[str, Any]],
    tmp: Path,
) -> dict[str, list[dict[str, Any]]]:
    """Return what the file `data` tells of, written below `tmp`, shares with those before.

    `kept`: a column of the records of one delivery that another gives, in `records` records, of
    which it says something in `filled`. `emptied`: a column in which the file has hardly a value
    where an older delivery has. Nothing is read where no delivery has the same months.
    """
    months = {(part.year, part.month) for part in written}
    files = [(data, [tmp / part.records_file for part in written])]
    for item in before:
        shared = [p for p in item["partitions"] if (p["year"], p["month"]) in months]
        if shared and item.get("entity", DEFAULT) == entity.name:
            files.append((item, [home.warehouse / part["records_file"] for part in shared]))
    if len(files) < 2 or not entity.shared or not session.has("said"):
        return {"kept": [], "emptied": []}
    layouts = [
        _Layout(
            item["receipt"],
            given,
            bool(item.get("is_supplement")),
            (item["received_on"], item["sequence"]),
        )
        for item, _ in files
        for given in item.get("given") or [entity.given_without(item["optional_columns"])]
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
            tellers = [number for number in ordered if layouts[number].has(column)]
            if not tellers:
                continue
            giver, to = layouts[tellers[0]].receipt, layouts[base].receipt
            if giver != to and data["receipt"] in (giver, to):
                kept[column, to, giver] += found[base][0]
                filled[column, to, giver] += found[tellers[0]][place]
            if giver == data["receipt"] and len(tellers) > 1:
                has[column] += found[tellers[0]][place]
                had[column, layouts[tellers[1]].receipt] += found[tellers[1]][place]
    return {
        "kept": [
            {"column": c, "to": to, "from": giver, "records": n, "filled": filled[c, to, giver]}
            for (c, to, giver), n in kept.items()
        ],
        "emptied": [
            {"column": column, "from": giver, "had": count, "has": has[column]}
            for (column, giver), count in had.items()
            if count - has[column] >= max(_LEAST_EMPTIED, _LEAST_EMPTIED_SHARE * count)
        ],
    }


def _prepare(
    session: StagingSession,
    layouts: list[_Layout],
    files: list[tuple[Mapping[str, Any], list[Path]]],
    entity: Entity,
) -> None:
    """Create staging.layout and staging.delivered."""
    con = session.con
    con.execute(
        "CREATE OR REPLACE TABLE staging.layout"
        " (layout_no INTEGER, receipt VARCHAR, given VARCHAR, precedence BIGINT)"
    )
    order = {one: place for place, one in enumerate(sorted(layouts, key=lambda x: x.precedence))}
    for number, one in enumerate(layouts):
        row = [number, one.receipt, one.given, order[one]]
        con.execute("INSERT INTO staging.layout VALUES (?, ?, ?, ?)", row)
    selects = []
    for item, paths in files:
        lacking = {
            name: f"CAST(NULL AS {entity.stored[name]})"
            for name, since in entity.since.items()
            if int(item.get("version") or 0) < since
        }
        if "given" in lacking:
            lacking["given"] = literal(entity.given_without(item["optional_columns"]))
        columns = ", ".join(f"{lacking.get(name, name)} AS {name}" for name in entity.stored)
        scan = parquet_scan(paths, "hive_partitioning = false")
        selects.append(f"SELECT {columns} FROM {scan}")
    session.replace_view("delivered", " UNION ALL ".join(selects))
    session.replace_view("said")
