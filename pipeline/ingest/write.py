"""Write the Parquet files of one file in the working folder, and move them into the warehouse."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import duckdb

from pipeline.db import literal, parquet_scan
from pipeline.entity import Entity
from pipeline.file_digests import digest
from pipeline.home import Home
from pipeline.ingest.staging.session import RECORDS, TEXTS, StagingSession
from pipeline.ingest.staging.stage import Staged
from pipeline.receipts import Partition, Receipt

_SHARES = {"stored": RECORDS, "text": TEXTS}
# The share of time, for a file of several months, that writing it whole takes.
_WHOLE = 0.7
# A larger dictionary costs more time than it saves: same size, a tenth slower.
_OPTIONS = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 4096"


def write(
    session: StagingSession,
    entity: Entity,
    staged: Staged,
    receipt: str,
    tmp: Path,
    *,
    has_texts: bool,
) -> list[Partition]:
    """Write records, texts and rejects below `tmp`, in the warehouse's layout; return the months.

    A file of one month, the usual case, is written directly. One of several months is first written
    whole, so that the source is not read once per month.
    """
    con, progress = session.con, session.progress
    source = {"stored": "staging.stored"}
    if has_texts:
        source["text"] = "staging.text"
    if len(staged.months) > 1:
        for name in source:
            path = tmp / f"{name}.parquet"
            order = " ORDER BY received_at"  # a month then reads only its own row groups
            with progress.step(_SHARES[name] * _WHOLE):
                copy(con, f"SELECT * FROM {source[name]}{order}", path)
            source[name] = parquet_scan(path)
    part = (1 - _WHOLE) / len(staged.months) if len(staged.months) > 1 else 1.0
    steps = {name: partial(progress.step, share * part) for name, share in _SHARES.items()}
    partitions = [
        _write_month(con, entity, source, month, receipt, tmp, staged, steps)
        for month in staged.months
    ]
    if staged.rows_rejected:
        copy(
            con,
            "SELECT * FROM staging.reject ORDER BY sheet_no, line",
            tmp / "rejects" / f"{receipt}.parquet",
        )
    return partitions


def _write_month(
    con: duckdb.DuckDBPyConnection,
    entity: Entity,
    source: dict[str, str],
    month: tuple[int, int],
    receipt: str,
    tmp: Path,
    staged: Staged,
    steps: Mapping[str, Callable[[], AbstractContextManager[None]]],
) -> Partition:
    folder = f"year={month[0]:04d}/month={month[1]:02d}"
    where = ""
    if len(staged.months) > 1:
        first = f"TIMESTAMP '{month[0]:04d}-{month[1]:02d}-01'"
        where = f" WHERE received_at >= {first} AND received_at < {first} + INTERVAL 1 MONTH"
    records = f"{entity.folder}/{folder}/{receipt}.parquet"
    texts, text_rows, texts_sha256 = "", 0, ""
    with steps["stored"]():
        rows = copy(con, f"SELECT * FROM {source['stored']}{where}", tmp / records)
    if "text" in source:
        texts = f"{entity.texts}/{folder}/{receipt}.parquet"
        select = f"SELECT * EXCLUDE (received_at) FROM {source['text']}{where}"
        with steps["text"]():
            text_rows = copy(con, select, tmp / texts)
        texts_sha256 = digest(tmp / texts)
    first_at, last_at = con.execute(
        f"SELECT min(received_at)::VARCHAR, max(received_at)::VARCHAR"
        f" FROM {parquet_scan(tmp / records)}"
    ).fetchall()[0]
    return Partition(
        year=month[0],
        month=month[1],
        rows=rows,
        texts=text_rows,
        records_file=records,
        texts_file=texts,
        records_sha256=digest(tmp / records),
        texts_sha256=texts_sha256,
        first_received_at=first_at,
        last_received_at=last_at,
    )


def copy(con: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """Write a SELECT to one Parquet file; return the rows written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = con.execute(f"COPY ({select}) TO {literal(path)} ({_OPTIONS})").fetchall()
    return int(done[0][0])


def put_in_place(home: Home, receipt: Receipt, tmp: Path) -> None:
    """Move the written files into the warehouse, each by one rename.

    Readers ignore them until a receipt lists them.
    """
    files = [name for part in receipt.partitions for name in part.files]
    if (tmp / receipt.rejects_file).exists():
        files.append(receipt.rejects_file)
    for name in files:
        target = home.warehouse / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (tmp / name).replace(target)
