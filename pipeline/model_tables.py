"""Tables that Python makes where SQL cannot: Parquet files, seen by SQL as schema `model`.

A table is a folder of parts below data/warehouse/model/. Each part is written whole or not at all,
and has the key of what it was made from, so that it is made once and again only when that
changes. The warehouse holds a view per table (created by the build), so that a part is visible to
SQL as soon as it is there, without a new build.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.db import placed_scan
from pipeline.files import whole_file
from pipeline.home import Home

_KEY = b"hotline.key"
# Keeps the pattern of a view from matching nothing, which the engine takes for an error.
_NONE = "none"


@dataclass(frozen=True)
class ModelTable:
    """A table of schema `model`: its columns with their Arrow types."""

    name: str
    schema: pa.Schema

    def folder(self, home: Home) -> Path:
        return home.warehouse / "model" / self.name

    def path(self, home: Home, part: str) -> Path:
        return self.folder(home) / f"{part}.parquet"

    def key(self, home: Home, part: str) -> str | None:
        """Return what the part was made from; None where there is no (readable) part."""
        try:
            found = pq.read_schema(self.path(home, part)).metadata or {}
        except (OSError, pa.ArrowInvalid):
            return None
        return found.get(_KEY, b"").decode() or None

    def write(self, home: Home, part: str, rows: pa.Table, key: str) -> None:
        """Put the part in place of the former one."""
        path = self.path(home, part)
        path.parent.mkdir(parents=True, exist_ok=True)
        table = self.cast(rows).replace_schema_metadata({_KEY: key})
        with whole_file(path) as beside:
            pq.write_table(table, beside, compression="zstd")

    def cast(self, rows: pa.Table) -> pa.Table:
        """Return the rows in the columns and types of the table."""
        return rows.select(self.schema.names).cast(self.schema)


WORD_COUNT = ModelTable(
    "word_count",
    pa.schema(
        [
            ("year", pa.int32()),
            ("month", pa.int32()),
            ("receipt", pa.string()),
            ("category", pa.string()),
            ("kind", pa.string()),
            ("word", pa.string()),
            ("record_count", pa.int64()),
            ("caller_count", pa.int64()),
            ("idf", pa.float64()),
            ("model_version", pa.string()),
        ]
    ),
)
EXPECTED_COUNT = ModelTable(
    "expected_count",
    pa.schema(
        [
            ("period_type", pa.string()),
            ("period", pa.string()),
            ("scope", pa.string()),
            ("cut", pa.string()),
            ("category", pa.string()),
            ("subcategory", pa.string()),
            ("topic", pa.string()),
            ("district", pa.string()),
            ("first_on", pa.date32()),
            ("last_on", pa.date32()),
            ("record_count", pa.int64()),
            ("expected_count", pa.float64()),
            ("lower_count", pa.int64()),
            ("upper_count", pa.int64()),
            ("p_value", pa.float64()),
            ("adjusted_p_value", pa.float64()),
            ("common_ratio", pa.float64()),
            ("is_surge", pa.bool_()),
            ("is_new", pa.bool_()),
            ("method", pa.string()),
            ("history_week_count", pa.int32()),
            ("series_count", pa.int32()),
            ("model_version", pa.string()),
            ("fingerprint", pa.string()),
        ]
    ),
)
TABLES = (WORD_COUNT, EXPECTED_COUNT)


def create_views(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create model.* over the parts that are there now and later."""
    con.execute("CREATE SCHEMA IF NOT EXISTS model")
    for table in TABLES:
        table.write(home, _NONE, pa.Table.from_batches([], table.schema), "empty")
        columns = ", ".join(f'"{name}"' for name in table.schema.names)
        # A pattern on purpose: the parts that are there when it is read. A part of another version
        # may lack a column.
        options = "hive_partitioning = false, union_by_name = true"
        scan = placed_scan([f"model/{table.name}/*.parquet"], options)
        con.execute(f"CREATE VIEW model.{table.name} AS SELECT {columns} FROM {scan}")


def delete_orphaned_words(home: Home) -> None:
    """Delete the parts of word_count whose texts are gone: a word of one text can name somebody."""
    for path in WORD_COUNT.folder(home).glob("*-*-*.parquet"):
        year, month, receipt = path.stem.split("-", 2)
        texts = home.texts / f"year={year}" / f"month={month}" / f"{receipt}.parquet"
        if not texts.is_file():
            path.unlink()


def code_of(package: Path) -> str:
    """Return a digest of a package's Python files: what other code makes may differ."""
    digest = hashlib.sha256()
    for path in sorted(package.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
