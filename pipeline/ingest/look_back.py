"""Look once at what was written: what the receipt tells of it."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engine import parquet_scan
from pipeline.ingest.statement import Staging
from pipeline.ingest.write import Partition

# From the narrow pass: the texts that were written, one a record, are held against it.
_RECORDS = """
SELECT
    (SELECT count(*) FROM staging.identity AS d WHERE d.reject_reason IS NULL)
    - (SELECT count(*) FROM staging.repeated AS r)
    + (SELECT count(DISTINCT r.record_id) FROM staging.repeated AS r)
"""


@dataclass(frozen=True)
class Written:
    """Distinct records, and the counts of sql/staging/<entity>/written.sql by name."""

    records: int
    counts: dict[str, int] = field(default_factory=dict)


def look_back(staging: Staging, tmp: Path, partitions: list[Partition]) -> Written:
    """Return what the partitions below `tmp` hold."""
    if not partitions:
        return Written(0)
    scan = parquet_scan([tmp / part.records_file for part in partitions])
    (records,) = staging.con.execute(_RECORDS).fetchall()[0]
    return Written(records, count_written(staging, f"FROM {scan}"))


def count_written(staging: Staging, written: str) -> dict[str, int]:
    """Return the counts of written.sql over the rows that were, or would be, `written`."""
    if not staging.has("written"):
        return {}
    staging.replace_view("written", written)
    staging.replace_view("named")
    return dict(staging.con.execute(staging.text("written")).fetchall())
