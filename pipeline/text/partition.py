"""What is counted: the texts that count, of one receipt in one month, in slices for the workers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.db import connect, literal, open_warehouse, parquet_scan
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.text.count import Row

# Bounds what a worker holds, and lets the workers share one large file.
SLICE_ROWS = 200_000
BATCH_ROWS = 20_000

Month = tuple[int, int]


@dataclass(frozen=True)
class TextPartition:
    """The texts of one receipt in one month; `superseded` are the ids that do not count.

    `loaded_at` changes when a file is loaded again: its records may then differ in category.
    """

    receipt: str
    year: int
    month: int
    records_file: str
    texts_file: str
    superseded: str
    loaded_at: str

    @property
    def part(self) -> str:
        return f"{self.year}-{self.month:02d}-{self.receipt}"


@dataclass(frozen=True)
class Slice:
    """Rows `first` to before `last` of a partition's texts."""

    partition: TextPartition
    first: int
    last: int


def partitions(home: Home, months: list[Month]) -> list[TextPartition]:
    """Return the partitions of the months as the warehouse has them, those without texts left out.

    Raises HotlineError IO where nothing is built.
    """
    with open_warehouse(home) as con:
        con.execute("CREATE TEMP TABLE asked_month (year INTEGER, month INTEGER)")
        con.executemany("INSERT INTO asked_month VALUES (?, ?)", [list(m) for m in months])
        rows = con.execute(
            """
            SELECT p.receipt, p.year, p.month, p.records_file, p.texts_file,
                coalesce(md5(string_agg(s.record_id, ' ' ORDER BY s.record_id)), ''),
                coalesce(max(r.loaded_at), '')
            FROM source.partition AS p
            JOIN source.receipt AS r ON r.receipt = p.receipt
            JOIN asked_month AS a ON a.year = p.year AND a.month = p.month
            LEFT JOIN core.superseded_text AS s
                ON s.year = p.year AND s.month = p.month AND s.receipt = p.receipt
            WHERE p.row_count > 0 AND p.texts_file <> ''
            GROUP BY p.receipt, p.year, p.month, p.records_file, p.texts_file
            ORDER BY p.year, p.month, p.receipt
            """
        ).fetchall()
    found = [TextPartition(*row) for row in rows]
    # Texts may be deleted apart: a month without them has no words, and that is no fault.
    return [p for p in found if (home.warehouse / p.texts_file).is_file()]


def slices(home: Home, partition: TextPartition) -> list[Slice]:
    """Return the partition cut into slices of at most SLICE_ROWS texts."""
    try:
        rows = pq.read_metadata(home.warehouse / partition.texts_file).num_rows
    except pa.ArrowInvalid as error:
        raise HotlineError(
            f"{partition.texts_file} 不是完整的 Parquet;请删除它的回执,再重新 hotline ingest", IO
        ) from error
    return [
        Slice(partition, first, min(first + SLICE_ROWS, rows))
        for first in range(0, rows, SLICE_ROWS)
    ]


def batches(warehouse: Path, database: Path, part: Slice) -> Iterator[list[Row]]:
    """Yield the rows of a slice; titles and contents are masked already.

    Callers with one text have no number, for they cannot be counted twice. Records without a
    caller are taken for one caller's where other records of the delivery have theirs.
    """
    held = part.partition
    con = connect(threads=1, memory_limit="1GB")
    query = f"""
        WITH caller AS (
            SELECT caller_hash, row_number() OVER () AS number
            FROM {parquet_scan(warehouse / held.records_file)}
            WHERE is_last
            GROUP BY caller_hash
            HAVING count(*) > 1
                AND (caller_hash IS NOT NULL OR (
                    SELECT count(caller_hash) > 0
                    FROM {parquet_scan(warehouse / held.records_file)}
                ))
        )

        SELECT r.category, coalesce(t.title, ''), coalesce(t.content, ''), c.number
        FROM {parquet_scan(warehouse / held.texts_file, "file_row_number = true")} AS t
        JOIN (
            SELECT record_id, category, caller_hash
            FROM {parquet_scan(warehouse / held.records_file)}
            WHERE is_last
        ) AS r ON r.record_id = t.record_id
        LEFT JOIN caller AS c ON c.caller_hash IS NOT DISTINCT FROM r.caller_hash
        WHERE t.file_row_number >= {part.first} AND t.file_row_number < {part.last}
    """
    if held.superseded:
        con.execute(f"ATTACH {literal(database)} AS built (READ_ONLY)")
        query += f"""
            AND NOT EXISTS (
                SELECT 1
                FROM built.core.superseded_text AS s
                WHERE s.year = {held.year} AND s.month = {held.month}
                    AND s.receipt = {literal(held.receipt)} AND s.record_id = t.record_id
            )
        """
    try:
        con.execute(query)
        while rows := con.fetchmany(BATCH_ROWS):
            yield rows
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].replace(f"{warehouse}/", "")
        raise HotlineError(
            f"{held.texts_file} 读不了({reason});请删除它的回执,再重新 hotline ingest", IO
        ) from error
    finally:
        con.close()
