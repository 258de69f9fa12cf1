"""Find the names of loaded files anew where the registers have changed since, without reading them.

The Parquet files hold each name as written where it differs (sql/staging/record/stored.sql). New
files are written beside the old ones, which stay until the build that asked for it has succeeded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import duckdb

from pipeline.console import progress
from pipeline.db import connect, parquet_scan
from pipeline.entity import Entity, entities_of
from pipeline.file_digests import digest
from pipeline.home import Home
from pipeline.ingest.staging import macros, registers
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.write import copy
from pipeline.receipts import Partition, Receipt, committed, require_files

# What a name means, and what it was found by; the same in all rows that agree in them.
_NAMES = (
    *("category", "unit", "unit_type", "unit_district", "unit_street", "place_district"),
    *("place_street", "unknown_district", "unknown_street", "unread", "written_category"),
    *("written_unit", "written_unit_type", "written_district", "written_street"),
)
_KEPT = (*_NAMES, "handling", "given")
_BATCH_ROWS = 2_000_000


@dataclass(frozen=True)
class Renamed:
    """The receipts with their names found anew, those of them that changed, and the old files."""

    receipts: list[Receipt]
    changed: list[Receipt]
    replaced: list[Path]


def rename(home: Home, loaded: list[Receipt]) -> Renamed:
    """Find the names of those files anew that were staged with other registers.

    Nothing that the receipts on disk list is touched. A receipt of an older version, which does not
    say what its names were found in, stays as it is. Raises HotlineError IO if a file to be read is
    missing or has changed.
    """
    now = registers.digest(home)
    entities = entities_of(home)
    stale = [
        one
        for one in loaded
        if one.registers
        and one.registers != now
        and "written_category" in entities[one.entity].stored
    ]
    if not stale:
        return Renamed(loaded, [], [])
    require_files(home, stale)
    home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
    changed: list[Receipt] = []
    replaced: list[Path] = []
    with connect(home=home) as con:
        for name in dict.fromkeys(one.entity for one in stale):
            session = _session(con, home, entities[name])
            of_entity = [one for one in stale if one.entity == name]
            written = _write_changed(session, home, entities[name], of_entity)
            replaced += [home.warehouse / file for file in written]
            for receipt in of_entity:
                renamed = _receipt(session, home, entities[name], receipt, written, now)
                changed.append(committed(home, renamed, home.tmp))
            session.drop_views()
    done = {one.id: one for one in changed}
    return Renamed([done.get(one.id, one) for one in loaded], changed, replaced)


def _session(con: duckdb.DuckDBPyConnection, home: Home, entity: Entity) -> StagingSession:
    """Return a session whose SQL reads staging.loaded, rows as they are stored."""
    con.execute("CREATE SCHEMA IF NOT EXISTS staging")
    macros.define(con)
    # A stored caller is hashed already.
    con.execute("CREATE OR REPLACE TEMP MACRO caller_hash(key, x) AS x")
    con.execute("CREATE OR REPLACE TABLE staging.secret AS SELECT '' AS caller_key")
    con.execute("CREATE OR REPLACE TABLE staging.delivery AS SELECT '' AS receipt, '' AS file")
    registers.install(con, home)
    registers.install_own(con, home, entity)
    return StagingSession(con, home, entity.name)


def _write_changed(
    session: StagingSession, home: Home, entity: Entity, stale: list[Receipt]
) -> dict[str, Partition]:
    """Write each month anew whose names mean something else now; return it by its old file."""
    parts = [(one.id, part) for one in stale for part in one.partitions if part.rows]
    written = {}
    for batch in progress(_batches(parts), "按新名册认名称", None):
        changed = _changed(session, home, entity, [part for _, part in batch])
        for receipt, part in batch:
            if part.records_file in changed:
                written[part.records_file] = _write(session, home, part, receipt)
    return written


def _batches(parts: list[tuple[str, Partition]]) -> list[list[tuple[str, Partition]]]:
    """Return the months in runs of a bounded number of rows: one query serves many files."""
    runs: list[list[tuple[str, Partition]]] = []
    filled = 0
    for receipt, part in parts:
        if not runs or filled + part.rows > _BATCH_ROWS:
            runs.append([])
            filled = 0
        runs[-1].append((receipt, part))
        filled += part.rows
    return runs


def _changed(
    session: StagingSession, home: Home, entity: Entity, parts: list[Partition]
) -> set[str]:
    """Return the files of these months in which any name means something else now.

    Asked of the different rows of names alone; of each day only where the registers are dated.
    """
    files = {str(home.warehouse / part.records_file): part.records_file for part in parts}
    day = "date_trunc('day', received_at)" if registers.are_dated(session.con) else "NULL"
    # The file stands in for the record, which has no part in it.
    given = {"received_at": day, "record_id": "filename", **{name: name for name in _KEPT}}
    columns = ", ".join(
        f"CAST({given.get(name, 'NULL')} AS {kind}) AS {name}"
        for name, kind in entity.stored.items()
    )
    session.con.execute(
        "CREATE OR REPLACE TABLE staging.different_name AS"
        f" SELECT DISTINCT {columns} FROM {parquet_scan(map(Path, files), 'filename = true')}"
    )
    session.replace_view("loaded", "FROM staging.different_name")
    session.replace_view("kept", session.text("again"))
    session.replace_view("identity", "SELECT DISTINCT k.unit AS unit_text FROM staging.kept AS k")
    session.materialise("joint_unit")
    for name in ("unit_meant", "found", "stored"):
        session.ensure_view(name)
    names = ", ".join(("record_id", *_NAMES))
    rows = session.con.execute(
        f"""SELECT DISTINCT record_id
            FROM (SELECT {names} FROM staging.stored EXCEPT SELECT {names} FROM staging.loaded)"""
    ).fetchall()
    return {files[name] for (name,) in rows}


def _write(session: StagingSession, home: Home, part: Partition, receipt: str) -> Partition:
    """Write the rows of a month anew beside the old file."""
    path = home.warehouse / part.records_file
    # A name of its own each time: the old file stays in use until the build has succeeded.
    target = path.with_name(f"{receipt}-{token_hex(4)}.parquet")
    beside = home.tmp / target.name
    session.con.execute(
        "CREATE OR REPLACE TABLE staging.delivery AS SELECT $1 AS receipt, '' AS file", [receipt]
    )
    session.replace_view("loaded", f"FROM {parquet_scan(path)}")
    copy(session.con, "FROM staging.stored", beside)
    beside.replace(target)
    name = str(target.relative_to(home.warehouse))
    return part.model_copy(update={"records_file": name, "records_sha256": digest(target)})


def _receipt(
    session: StagingSession,
    home: Home,
    entity: Entity,
    receipt: Receipt,
    written: Mapping[str, Partition],
    now: str,
) -> Receipt:
    """Return the receipt with the files written anew and the counts of unknown names in them."""
    partitions = tuple(written.get(part.records_file, part) for part in receipt.partitions)
    update: dict[str, Any] = {"partitions": partitions, "registers": now}
    if partitions != receipt.partitions:
        files = [home.warehouse / part.records_file for part in partitions if part.rows]
        update["unknown"] = _unknown(session, entity, files)
    return receipt.model_copy(update=update)


def _unknown(session: StagingSession, entity: Entity, files: Iterable[Path]) -> dict[str, int]:
    """Return the rows whose names no register knows, by kind, as a receipt has them."""
    for name in ("written", "loaded"):
        session.replace_view(name, f"FROM {parquet_scan(files)}")
    session.replace_view(
        "named",
        "SELECT count(k.place_district) AS district_count, count(k.place_street) AS street_count"
        " FROM staging.kept AS k",
    )
    counts = dict(session.con.execute(session.text("written")).fetchall())
    return {name: counts[name] for name in entity.unknown if counts.get(name)}
