"""Look once at what was written: what the receipt tells of it."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.db import parquet_scan
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.write import WrittenPartition

# From the narrow pass: the texts that were written, one a record, are held against it.
_RECORDS = """
SELECT
    (SELECT count(*) FROM staging.identity AS d WHERE d.reject_reason IS NULL)
    - (SELECT count(*) FROM staging.repeated AS r)
    + (SELECT count(DISTINCT r.record_id) FROM staging.repeated AS r)
"""


@dataclass(frozen=True)
class WrittenCounts:
    """Distinct records, and the counts of sql/staging/<entity>/written.sql by name."""

    records: int
    counts: dict[str, int] = field(default_factory=dict)


def look_back(
    staging: StagingSession, tmp: Path, partitions: list[WrittenPartition]
) -> WrittenCounts:
    """Return what the partitions below `tmp` hold."""
    if not partitions:
        return WrittenCounts(0)
    scan = parquet_scan([tmp / part.records_file for part in partitions])
    (records,) = staging.con.execute(_RECORDS).fetchall()[0]
    return WrittenCounts(records, count_written(staging, f"FROM {scan}"))


def count_written(staging: StagingSession, written: str) -> dict[str, int]:
    """Return the counts of written.sql over the rows that were, or would be, `written`."""
    if not staging.has("written"):
        return {}
    staging.replace_view("written", written)
    staging.replace_view("named")
    return dict(staging.con.execute(staging.text("written")).fetchall())
