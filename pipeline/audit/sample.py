"""Masked records behind a figure: never a name, a phone number or a caller's hash."""

from collections.abc import Iterable
from typing import Any

import duckdb

from pipeline.db import literal, parquet_scan
from pipeline.home import Home
from pipeline.metrics.recount import RecordQuery
from pipeline.receipts import require_files_whole

COLUMNS = (
    *("record_id", "received_at", "dispatched_at", "closed_at"),
    *("record_type", "category", "subcategory", "handling", "channel"),
    *("unit_type", "unit", "place_district", "is_called_back", "is_contacted"),
    *("resolution", "satisfaction"),
)
TEXTS = ("title", "content", "reply")


def rows(
    con: duckdb.DuckDBPyConnection, home: Home, counted: RecordQuery, limit: int
) -> list[dict[str, Any]]:
    """Return the first `limit` records of a query by time and id, with masked texts if kept.

    A share shows the records of its numerator.
    """
    columns = counted.sample or COLUMNS
    # Of a record that came several times, the delivery whose texts count.
    texts_of = "text_receipt" if counted.table == "core.record" else "receipt"
    # First the ids alone: sorting whole rows of a full year takes four times as long.
    chosen = con.execute(
        f"SELECT record_id, year, month\nFROM {counted.table}\nWHERE {counted.where}\n"
        f"ORDER BY received_at, record_id\nLIMIT {int(limit)}"
    ).fetchall()
    if not chosen:
        return []
    cursor = con.execute(
        f"SELECT {', '.join(columns)}, {texts_of} AS receipt, year, month\nFROM {counted.table}\n"
        f"WHERE year IN ({_listed(year for _, year, _ in chosen)})"
        f" AND month IN ({_listed(month for _, _, month in chosen)})"
        f" AND record_id IN ({', '.join(literal(record_id) for record_id, _, _ in chosen)})\n"
        "ORDER BY received_at, record_id"
    )
    names = [column[0] for column in cursor.description or []]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    texts = _texts(con, home, found)
    return [
        {
            **{name: record[name] for name in columns},
            **dict(zip(TEXTS, texts.get(_key(record), ("",) * len(TEXTS)), strict=True)),
        }
        for record in found
    ]


def _texts(
    con: duckdb.DuckDBPyConnection, home: Home, found: list[dict[str, Any]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (record id, receipt) -> masked texts; none where the files are gone."""
    parts = {(record["receipt"], record["year"], record["month"]) for record in found}
    named = con.execute(
        "SELECT receipt, year, month, texts_file FROM source.partition WHERE texts_file <> ''"
    ).fetchall()
    files = [home.warehouse / file for *part, file in named if tuple(part) in parts]
    files = [file for file in files if file.is_file()]
    if not files:
        return {}
    require_files_whole(home, files)
    listed = ", ".join(literal(record["record_id"]) for record in found)
    masked = ", ".join(f"coalesce({name}, '')" for name in TEXTS)
    read = con.execute(
        f"SELECT record_id, receipt, {masked}"
        f" FROM {parquet_scan(files)}"
        f" WHERE record_id IN ({listed})"
    ).fetchall()
    return {(record_id, receipt): tuple(texts) for record_id, receipt, *texts in read}


def _key(record: dict[str, Any]) -> tuple[str, str]:
    return record["record_id"], record["receipt"]


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(set(numbers))))
