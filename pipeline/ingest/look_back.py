"""Look once at what was written: what the receipt tells of it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.ingest.write import Partition

_WRITTEN = """
SELECT
    coalesce(max(scope_tier), 0) > 0,
    count(*) FILTER (WHERE category <> '?' AND category NOT IN (SELECT category FROM ref.category)),
    count(*) FILTER (WHERE unit <> '?' AND unit_type = '?'),
    count(*) FILTER (WHERE place_district <> '?'),
    count(*) FILTER (WHERE place_street <> '?')
FROM read_parquet($1::VARCHAR[])
"""

# From the narrow pass: the texts that were written, one a record, are held against it.
_RECORDS = """
SELECT
    (SELECT count(*) FROM staging.identity AS d WHERE d.reject_reason IS NULL)
    - (SELECT count(*) FROM staging.repeated AS r)
    + (SELECT count(DISTINCT r.record_id) FROM staging.repeated AS r)
"""

# count_if over no rows is null in this engine; count(*) FILTER is 0.
# What was named in the rows that were kept: all but the rejected and the duplicates.
_NAMED = """
SELECT
    count(*) FILTER (WHERE d.has_district)
    - (SELECT count(*) FILTER (WHERE w.has_district) FROM staging.clash_row AS w)
    + (SELECT count(*) FILTER (WHERE s.has_district) FROM staging.survivor AS s),
    count(*) FILTER (WHERE d.has_street)
    - (SELECT count(*) FILTER (WHERE w.has_street) FROM staging.clash_row AS w)
    + (SELECT count(*) FILTER (WHERE s.has_street) FROM staging.survivor AS s)
FROM staging.identity AS d
WHERE d.reject_reason IS NULL
"""


@dataclass(frozen=True)
class Written:
    """Distinct records, whether they carry tiers, and rows whose names no register knows."""

    records: int
    has_tiers: bool
    unknown: dict[str, int]


def look_back(con: duckdb.DuckDBPyConnection, tmp: Path, partitions: list[Partition]) -> Written:
    """Return what the partitions below `tmp` hold."""
    if not partitions:
        return Written(0, False, {})
    files = [str(tmp / part.records_file) for part in partitions]
    has_tiers, category, unit, district, street = con.execute(_WRITTEN, [files]).fetchall()[0]
    (records,) = con.execute(_RECORDS).fetchall()[0]
    named_district, named_street = con.execute(_NAMED).fetchall()[0]
    unknown = {
        "category": category,
        "unit": unit,
        "place_district": named_district - district,
        "place_street": named_street - street,
    }
    return Written(records, has_tiers, {name: n for name, n in unknown.items() if n})
