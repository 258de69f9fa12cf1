"""The bare engine on a dump: every column as text, straight to Parquet."""

import csv
import sys
from pathlib import Path

import duckdb

source, target = sys.argv[1:]
with Path(source).open(encoding="utf-8", newline="") as handle:
    header = next(csv.reader(handle))
columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
con = duckdb.connect()
con.execute("SET preserve_insertion_order = false")
con.execute(
    f"COPY (FROM read_csv('{source}', header = true, columns = {{{columns}}})) "
    f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
)
