"""Sail, an engine that speaks Spark's SQL and protocol without Java, beside the tables of a home.

Every file of the product's SQL runs there, unchanged, on the tables that the build starts from and
on what the engine made of the files before; each result is compared with the home's own table.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.db import literal
from pipeline.home import Home
from pipeline.warehouse import graph
from pipeline.warehouse.graph import SqlFile

# What decides figures.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}
SCHEMAS = ("ref", "source", "published", "model", *graph.SCHEMAS)
# Floating numbers may differ in the last bits: engines add up in another order.
DIGITS = 9


@contextmanager
def server() -> Iterator[str]:
    """Run Sail in this process; yield its address."""
    from pysail.spark import SparkConnectServer

    running = SparkConnectServer()
    running.start(background=True)
    try:
        yield f"sc://127.0.0.1:{running.listening_address[1]}"
    finally:
        running.stop()


class Twin:
    """The tables of a home, made again by the other engine in a folder of their own."""

    def __init__(self, address: str, home: Home, folder: Path) -> None:
        from pyspark.sql import SparkSession

        self.folder = folder
        self.own = duckdb.connect()
        self.own.execute("SET TimeZone = 'UTC'")
        self.own.execute(f"SET VARIABLE hotline_warehouse = {literal(str(home.warehouse))}")
        self.own.execute(f"ATTACH {literal(str(home.database))} AS home (READ_ONLY)")
        self.own.execute("USE home")
        self.files = graph.load(own=home.sql)
        self.checks = graph.load(schemas=("check",), own=home.sql)
        self.spark = SparkSession.builder.remote(address).create()
        for name, value in SETTINGS.items():
            self.spark.conf.set(name, value)
        for schema in SCHEMAS:
            self.spark.sql(f"CREATE DATABASE {schema}")
        self.given = [name for name in self._tables() if name not in self.files]
        for name in self.given:
            self._give(name)
        self.region, self.day = self._constants()

    def close(self) -> None:
        self.spark.stop()
        self.own.close()

    def ordered(self) -> list[SqlFile]:
        """Return the files, each after those that it reads."""
        return graph.order(self.files, self.given)

    def make(self, file: SqlFile) -> str | None:
        """Make the file's table there; return how it differs from the home's, or None."""
        frame = self.spark.sql(self._text(file))
        made = self.folder / file.name
        frame.write.parquet(str(made))
        is_empty = not list(made.rglob("*.parquet"))
        types = ", ".join(f"`{one.name}` {one.dataType.simpleString()}" for one in frame.schema)
        self._point(file.name, made, f"({types})" if is_empty else "")
        names = [one.name for one in frame.schema]
        own = self._columns(file.name)
        if names != list(own):
            return f"columns {names}, not {list(own)}"
        if is_empty:
            rows = self._count(f"SELECT * FROM {file.name}")
            return f"no rows, not {rows}" if rows else None
        select = ", ".join(
            f'round(CAST(t."{name}" AS DOUBLE), {DIGITS}) AS "{name}"'
            if kind in ("DOUBLE", "FLOAT")
            else f'CAST(t."{name}" AS {kind}) AS "{name}"'
            for name, kind in own.items()
        )
        here = f"SELECT {select} FROM {file.name} AS t"
        scan = f"read_parquet({literal(str(made) + '/**/*.parquet')}, hive_partitioning = false)"
        there = f"SELECT {select} FROM {scan} AS t"
        missing = self._count(f"({here}) EXCEPT ALL ({there})")
        extra = self._count(f"({there}) EXCEPT ALL ({here})")
        return f"{missing} rows missing, {extra} too many" if missing or extra else None

    def check(self, file: SqlFile) -> str | None:
        """Run a check there; return how the number of its rows differs, or None."""
        there = len(self.spark.sql(self._text(file)).collect())
        here = self._count(file.text)
        return f"{there} rows, not {here}" if there != here else None

    def _tables(self) -> list[str]:
        rows = self.own.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
            " WHERE table_catalog = 'home' AND table_schema <> 'build' ORDER BY 1"
        ).fetchall()
        return [name for (name,) in rows]

    def _columns(self, name: str) -> dict[str, str]:
        described = self.own.execute(f"DESCRIBE SELECT * FROM {name}").fetchall()
        return {row[0]: row[1] for row in described}

    def _count(self, query: str) -> int:
        return self.own.execute(f"SELECT count(*) FROM ({query.rstrip().rstrip(';')})").fetchall()[
            0
        ][0]

    def _give(self, name: str) -> None:
        folder = self.folder / "given" / name
        folder.mkdir(parents=True)
        target = literal(str(folder / "rows.parquet"))
        self.own.execute(f"COPY (SELECT * FROM {name}) TO {target} (FORMAT parquet)")
        self._point(name, folder)

    def _point(self, name: str, folder: Path, columns: str = "") -> None:
        folder.mkdir(exist_ok=True)
        self.spark.sql(f"CREATE TABLE {name} {columns} USING parquet LOCATION '{folder}'")

    def _constants(self) -> tuple[str, str]:
        """Return the functions of `ref` as what they are, constants (pipeline/reference.py)."""
        rows = self.own.execute(
            "SELECT DISTINCT district, ref.region_of(district) FROM ref.district"
            " WHERE region IS NOT NULL AND district IS NOT NULL ORDER BY 1"
        ).fetchall()
        pairs = ", ".join(f"{literal(key)}, {literal(value)}" for key, value in rows)
        day = self.own.execute("SELECT ref.assessment_day()").fetchall()[0][0]
        return f"map({pairs})", f"CAST({day} AS INT)"

    def _text(self, file: SqlFile) -> str:
        """Return the file's SELECT; functions of `ref` as constants, and where it is for some
        months alone (`made again`) its records are of those, as the build sees to for its own."""
        text = file.text
        if file.months:
            of_months = (
                f"(SELECT record.* FROM core.day_record AS record JOIN {file.months} AS held"
                " ON held.year = record.year AND held.month = record.month)"
            )
            text = re.sub(r"\bcore\.day_record\b", of_months, text)
        text = re.sub(
            r"ref\.region_of\(([^()]*)\)",
            lambda call: f"coalesce(element_at({self.region}, {call[1]}), '?')",
            text,
        )
        return text.replace("ref.assessment_day()", self.day)


def require_equal(address: str, home: Home, folder: Path) -> None:
    """Assert that every file gives the rows of the home's tables."""
    twin = Twin(address, home, folder)
    try:
        found = {file.label: twin.make(file) for file in twin.ordered()}
        found |= {file.label: twin.check(file) for file in twin.checks.values()}
    finally:
        twin.close()
    assert len(found) > 180
    assert {label: differs for label, differs in found.items() if differs} == {}
