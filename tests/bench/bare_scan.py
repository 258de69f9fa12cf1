"""The bare engine on the records: one scan that groups by the key of metric.cell."""

import sys

import duckdb

con = duckdb.connect()
con.execute("SET memory_limit = '3GB'")
con.execute(f"SET temp_directory = '{sys.argv[2]}'")
con.execute(
    f"""CREATE TEMP TABLE cell AS
        SELECT year, month, scope_tier, record_type, category, subcategory, handling, unit_type,
               unit, unit_district, unit_street, place_district, channel, is_company_desk,
               count(*) AS record_count,
               count(*) FILTER (WHERE is_valid) AS valid_count,
               count(*) FILTER (WHERE is_valid AND is_contacted) AS contacted_count,
               count(*) FILTER (WHERE is_valid AND resolution = '解决') AS resolved_count,
               count(*) FILTER (WHERE is_valid AND satisfaction = '满意') AS satisfied_count
        FROM read_parquet('{sys.argv[1]}/**/*.parquet', hive_partitioning = true)
        WHERE is_last
        GROUP BY ALL"""
)
