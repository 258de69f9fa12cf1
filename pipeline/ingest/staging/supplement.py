"""Supplements: files that only add columns to loaded records, by their id."""

from collections.abc import Iterable

from pipeline.db import parquet_scan
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.staging.session import StagingSession
from pipeline.receipts import Receipt


class UnknownIds(HotlineError):
    """No id of a supplement is loaded."""


_NO_ROW = "(SELECT NULL::VARCHAR AS record_id, NULL::TIMESTAMP AS received_at,"
_MARK = """
UPDATE staging.identity SET
    reject_reason = CASE
        WHEN record_id IN (SELECT k.record_id FROM staging.known AS k WHERE k.is_ambiguous)
            THEN 'record_ambiguous'
        ELSE 'record_unknown'
    END,
    reject_column = 'record_id',
    reject_value = NULL
WHERE reject_reason = 'received_at_missing'
"""


def look_up(
    session: StagingSession, home: Home, opened: OpenedFile, receipts: Iterable[Receipt]
) -> None:
    """Fill staging.known: the loaded ids of the session's file, and when they were received.

    Raises UnknownIds if no id of the file is loaded.
    """
    con, entity = session.con, opened.entity
    held = [item for item in receipts if item.entity == entity.name and not item.is_supplement]
    con.execute(
        "CREATE OR REPLACE TABLE staging.loaded_receipt (receipt VARCHAR, precedence BIGINT)"
    )
    ordered = sorted(held, key=lambda item: item.precedence)
    for place, item in enumerate(ordered):
        con.execute("INSERT INTO staging.loaded_receipt VALUES (?, ?)", [item.id, place])
    files = [home.warehouse / part.records_file for item in held for part in item.partitions]
    session.replace_view(
        "loaded",
        "SELECT record_id, received_at, is_last, receipt FROM "
        + (
            parquet_scan(files, "hive_partitioning = false")
            if files
            else f"{_NO_ROW} NULL::BOOLEAN AS is_last, NULL::VARCHAR AS receipt WHERE false)"
        ),
    )
    con.execute(
        "CREATE OR REPLACE TABLE staging.known"
        " (record_id VARCHAR, received_at VARCHAR, is_ambiguous BOOLEAN)"
    )
    session.input()
    con.execute(f"INSERT INTO staging.known {session.text('known')}")
    if not con.execute("SELECT count(*) FROM staging.known").fetchall()[0][0]:
        raise _needs_records(opened)


def mark_unknown(session: StagingSession) -> None:
    """Set the reject reason of a supplement's rows: unknown id, or an id of several records."""
    session.con.execute(_MARK)


def _needs_records(opened: OpenedFile) -> UnknownIds:
    mapping, entity = opened.tables[0].mapping, opened.entity
    added = "、".join(opened.heading(name) for name in opened.added_columns)
    return UnknownIds(
        f"按“{mapping.source.title}”缺少必需的列 {'、'.join(mapping.missing)},"
        f"只能按编号补充 {added};"
        f"但所列编号没有一个在已入库的{entity.title}里:请先入库这些{entity.title},再入库这个文件;"
        f"若它本是完整的{entity.title},请补上所缺的列名",
        NO_DATA,
    )
