"""The tables that SQL starts from: receipts, the Parquet they list, the ledger."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from pipeline import ledger
from pipeline.db import create_rows, exact_path, literal, placed_scan
from pipeline.entity import Entity, TextView
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.receipts import Month, Partition, Receipt

GIVEN = (
    "source.entity",
    "source.partition",
    "source.receipt",
    "source.reject_reason",
    "source.reused_id",
    "source.shared_id",
    "published.claim",
)

RECEIPT_COLUMNS = {
    "receipt": "VARCHAR",
    "file": "VARCHAR",
    "name": "VARCHAR",
    "source": "VARCHAR",
    "entity": "VARCHAR",
    "is_supplement": "BOOLEAN",
    "sender": "VARCHAR",
    "received_on": "DATE",
    "simulated": "BOOLEAN",
    "scale": "DOUBLE",
    "sha256": "VARCHAR",
    "bytes": "BIGINT",
    "encoding": "VARCHAR",
    "format": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_loaded": "BIGINT",
    "rows_duplicate": "BIGINT",
    "rows_rejected": "BIGINT",
    "records": "BIGINT",
    "period_first": "VARCHAR",
    "period_last": "VARCHAR",
    "has_tiers": "BOOLEAN",
    "loaded_at": "VARCHAR",
    "sequence": "BIGINT",
    "precedence": "BIGINT",
    "version": "VARCHAR",
}


def load_receipts(con: duckdb.DuckDBPyConnection, home: Home, receipts: list[Receipt]) -> None:
    """Create source.receipt, source.reject_reason and source.partition."""
    con.execute("CREATE SCHEMA IF NOT EXISTS source")
    create_rows(
        con,
        "source.receipt",
        RECEIPT_COLUMNS,
        [[_receipt_row(r).get(name) for name in RECEIPT_COLUMNS] for r in receipts],
    )
    create_rows(
        con,
        "source.reject_reason",
        {"receipt": "VARCHAR", "reason": "VARCHAR", "row_count": "BIGINT"},
        [
            [receipt.id, reason, count]
            for receipt in receipts
            for reason, count in sorted(receipt.reject_reasons.items())
        ],
    )
    partitions = [part for receipt in receipts for part in receipt.partitions]
    held = _rows_in_files(con, home, partitions)
    create_rows(
        con,
        "source.partition",
        {
            "receipt": "VARCHAR",
            "entity": "VARCHAR",
            "year": "INTEGER",
            "month": "INTEGER",
            "row_count": "BIGINT",
            "file_row_count": "BIGINT",
            "records_file": "VARCHAR",
            "texts_file": "VARCHAR",
            "first_received_at": "TIMESTAMP",
            "last_received_at": "TIMESTAMP",
        },
        [
            [
                part.receipt,
                part.entity,
                part.year,
                part.month,
                part.rows,
                held.get(part.records_file, 0),
                part.records_file,
                part.texts_file,
                # A supplement has no records, and fills no month.
                None if part.is_supplement else part.first_received_at,
                None if part.is_supplement else part.last_received_at,
            ]
            for part in partitions
        ],
    )


def _receipt_row(receipt: Receipt) -> dict[str, Any]:
    """Return the columns of source.receipt. Of two deliveries the one of greater precedence is the
    newer: by the day of receipt, then in the order of ingest."""
    day = str(receipt.received_on or "").replace("-", "") or "0"
    return {
        **receipt.stored(),
        "entity": receipt.entity,
        "is_supplement": receipt.is_supplement,
        "precedence": int(day) * 1_000_000 + receipt.sequence,
    }


def _rows_in_files(
    con: duckdb.DuckDBPyConnection, home: Home, partitions: list[Partition]
) -> dict[str, int]:
    """Return how many rows each Parquet file holds, read from its footer alone."""
    files = {str(home.warehouse / part.records_file): part for part in partitions if part.rows}
    if not files:
        return {}
    try:
        rows = con.execute(
            "SELECT file_name, num_rows FROM parquet_file_metadata(?)",
            [[exact_path(name) for name in sorted(files)]],
        ).fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].replace(str(home.warehouse) + "/", "")
        raise HotlineError(
            f"{home.relative(home.warehouse)} 中有读不了的 Parquet({reason});"
            "请删除对应的回执,再重新 hotline ingest",
            IO,
        ) from error
    return {files[name].records_file: count for name, count in rows}


def load_entities(con: duckdb.DuckDBPyConnection, entities: Iterable[Entity]) -> None:
    """Create source.entity, one row a kind of data that the home defines, loaded or not."""
    con.execute("CREATE SCHEMA IF NOT EXISTS source")
    types = {"entity": "VARCHAR", "title": "VARCHAR", "unit": "VARCHAR", "is_flow": "BOOLEAN"}
    rows = [[entity.name, entity.title, entity.unit, entity.is_flow] for entity in entities]
    create_rows(con, "source.entity", types, rows)


def load_ledger(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create published.claim, one row a claim; an empty dimension reads `*`."""
    con.execute("CREATE SCHEMA IF NOT EXISTS published")
    types = {
        column: "BIGINT"
        if column == "year"
        else "DECIMAL(38, 8)"
        if column in ledger.NUMBERS
        else "VARCHAR"
        for column in ledger.COLUMNS
    }
    claims = ledger.rows(home)
    rows = [[claim[column] for column in ledger.COLUMNS] for claim in claims]
    create_rows(con, "published.claim", types, rows)


def point(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    entity: Entity,
    months: Iterable[list[Partition]],
) -> None:
    """Let the entity's views be the rows of these months' files; without any they have none.

    is_contested and is_mixed are constants of each branch, so that a reader's filter on them drops
    the whole branch before a file is opened. A month is contested where one row may replace
    another, and mixed where the deliveries do not have the same columns.
    """
    months = list(months)
    files: dict[tuple[Any, ...], list[Partition]] = {}
    for partitions in months:
        is_contested, is_mixed = _is_contested(partitions), _is_mixed(entity, partitions)
        for part in partitions:
            lacking = tuple(name for name, since in entity.since.items() if part.version < since)
            given = given_columns(entity, part)[0] if "given" in lacking else ""
            kind = (is_contested, is_mixed, lacking, given)
            files.setdefault(kind, []).append(part)
    branches = [
        f"SELECT {_columns(entity, lacking, given)},"
        f" {is_contested} AS is_contested, {is_mixed} AS is_mixed FROM {scan}"
        for (is_contested, is_mixed, lacking, given), parts in sorted(
            files.items(), key=lambda item: item[0]
        )
        for scan in _scans(home, {part.records_file: part for part in parts})
    ]
    if not branches:
        types = {
            **entity.stored,
            **_PLACE,
            "is_contested": "BOOLEAN",
            "is_mixed": "BOOLEAN",
        }
        branches = [f"SELECT {_nulls(types)} WHERE FALSE"]
    con.execute(f"CREATE OR REPLACE VIEW {entity.view} AS " + " UNION ALL ".join(branches))
    if entity.mixed:
        mixed = [f"SELECT {y} AS year, {m} AS month" for y, m in _mixed_months(entity, months)]
        none = [f"SELECT {_nulls(_PLACE)} WHERE FALSE"]
        con.execute(f"CREATE OR REPLACE VIEW {entity.mixed} AS {' UNION ALL '.join(mixed or none)}")
    if entity.text_view is not None:
        parts = [part for partitions in months for part in partitions]
        _point_texts(con, home, entity.text_view, parts)


# Where a row is, by the folders.
_PLACE = {"year": "INTEGER", "month": "INTEGER"}
_BY_FOLDER = "hive_partitioning = true, hive_types = {'year': INTEGER, 'month': INTEGER}"


def _scans(home: Home, files: Mapping[str, Partition]) -> list[str]:
    """Return the FROM clause for the rows of these files, with the month of each.

    A year is a reader of its own with the year as a constant: of files that a filter by folder
    leaves over, the engine expects one row, and would make the hash table of any join from the
    records and not from the small table beside them.

    The engine takes every `key=value` above a file for a column, the first one of a name and before
    a column of the file: in a home below such a folder each month is a reader of its own.
    """
    by_folder = "=" not in str(home.warehouse)
    readers: dict[tuple[int, int | None], list[str]] = {}
    for name, part in files.items():
        readers.setdefault((part.year, None if by_folder else part.month), []).append(name)
    return [
        f'(SELECT * REPLACE ({year} AS "year") FROM {placed_scan(names, _BY_FOLDER)})'
        if month is None
        else f'(SELECT *, {year} AS "year", {month} AS "month"'
        f" FROM {placed_scan(names, 'hive_partitioning = false')})"
        for (year, month), names in sorted(readers.items())
    ]


def _is_contested(partitions: list[Partition]) -> bool:
    return len(partitions) > 1 or any(
        one.moved or one.gained or one.is_supplement for one in partitions
    )


def _is_mixed(entity: Entity, partitions: list[Partition]) -> bool:
    given = {columns for part in partitions for columns in given_columns(entity, part)}
    return (len(partitions) > 1 and len(given) > 1) or any(part.gained for part in partitions)


def _mixed_months(entity: Entity, months: Iterable[list[Partition]]) -> list[Month]:
    return sorted({parts[0].key for parts in months if _is_mixed(entity, parts)})


def given_columns(entity: Entity, part: Partition) -> tuple[str, ...]:
    """Return the columns that a partition's file has, sheet by sheet.

    A receipt that does not say is taken to have all but those that a dump may lack.
    """
    return part.given or (entity.given_without(part.optional),)


def _columns(entity: Entity, lacking: tuple[str, ...], given: str) -> str:
    """Return the stored columns; those that older files lack are null, but for `given`."""
    return ", ".join(
        name
        if name not in lacking
        else f"{literal(given)} AS given"
        if name == "given"
        else f"CAST(NULL AS {kind}) AS {name}"
        for name, kind in {**entity.stored, **_PLACE}.items()
    )


def _nulls(types: Mapping[str, str]) -> str:
    return ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in types.items())


def _point_texts(
    con: duckdb.DuckDBPyConnection, home: Home, view: TextView, partitions: list[Partition]
) -> None:
    """Let the view be these files' texts, as far as they are there and hold its columns."""
    files = {
        part.texts_file: part
        for part in partitions
        if part.has_texts and part.version >= view.since
    }
    types = {**view.columns, **_PLACE}
    scans = _scans(home, files) if files else [f"(SELECT {_nulls(types)} WHERE FALSE)"]
    select = " UNION ALL ".join(f"SELECT {', '.join(types)} FROM {scan}" for scan in scans)
    con.execute(f"CREATE OR REPLACE VIEW source.{view.name} AS {select}")
