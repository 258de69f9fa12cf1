"""Five queries that README and docs show to readers: on the warehouse, or on its bare Parquet.

python -m tests.bench.reader_queries WAREHOUSE view|bare
"""

import sys
from pathlib import Path

import duckdb

YEAR = 2020
_SCOPE = "JOIN metric.scope AS s ON s.year = r.year AND s.scope_tier = r.scope_tier"
# What each asks of `records`, a view of the warehouse or the files themselves.
QUERIES = {
    "a year by category": (
        f"SELECT category, count(*) FROM {{records}} AS r WHERE year = {YEAR} GROUP BY category"
    ),
    "a year by region": (
        f"SELECT {{region}} AS region, count(*) FROM {{records}} AS r WHERE year = {YEAR}"
        " GROUP BY region"
    ),
    "a year of a scope by month and type": (
        "SELECT r.record_type, date_trunc('month', r.received_at) AS received_month, count(*)"
        f" FROM {{records}} AS r {_SCOPE} WHERE s.scope = 'tier1' AND r.year = {YEAR} GROUP BY ALL"
    ),
    "a month by place": (
        f"SELECT place_district, count(*) FROM {{records}} AS r WHERE year = {YEAR} AND month = 11"
        " AND scope_tier <= 1 AND category = '住房' GROUP BY place_district"
    ),
    "median hours of a year by type of unit": (
        "SELECT unit_type, median(extract(epoch FROM closed_at - dispatched_at)) / 3600"
        f" FROM {{records}} AS r WHERE year = {YEAR} AND scope_tier <= 1 AND handling = '派单'"
        " AND closed_at >= dispatched_at GROUP BY unit_type"
    ),
}


def main() -> None:
    """Run the queries, one after another, and print nothing."""
    warehouse, of = Path(sys.argv[1]), sys.argv[2]
    con = duckdb.connect(str(warehouse / "hotline.duckdb"), read_only=True)
    con.execute("SET memory_limit = '3GB'")
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"SET VARIABLE hotline_warehouse = '{warehouse}'")
    records, region = "core.record", "region"
    if of == "bare":
        files = f"read_parquet('{warehouse}/records/**/*.parquet', hive_partitioning = true)"
        records, region = f"(FROM {files} WHERE is_last)", "unit_district"
    for query in QUERIES.values():
        con.execute(query.format(records=records, region=region)).fetchall()


if __name__ == "__main__":
    main()
