"""Checks of the finished tables: each is a SELECT of the rows that should not be there."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.errors import CHECK_FAILED, HotlineError
from pipeline.warehouse import graph
from pipeline.warehouse.graph import SQL
from pipeline.warehouse.partitions import run_sql

_TITLE = re.compile(r"^-- title: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One file of sql/check: a fail_ check stops the build, a warn_ check is listed."""

    name: str
    label: str
    text: str

    @property
    def stops(self) -> bool:
        return self.name.startswith("fail_")

    @property
    def title(self) -> str:
        """Return the Chinese words that tell the user what was found."""
        found = _TITLE.search(self.text)
        return found[1].strip() if found else self.name


@dataclass(frozen=True)
class Finding:
    """A check that has rows: how many, and the first one in words."""

    check: Check
    rows: int
    example: str


def load(folder: Path = SQL, own: Path | None = None) -> list[Check]:
    """Return the checks, fail_ before warn_, each by name; of one name a home's `own` wins."""
    files = graph.load(folder, ["check"], own)
    return [
        Check(name.removeprefix("check."), file.label, file.text)
        for name, file in sorted(files.items())
    ]


def run(con: duckdb.DuckDBPyConnection, checks: list[Check]) -> list[Finding]:
    """Run all checks, keep what they found in build.finding, and return the warnings.

    Raises HotlineError CHECK_FAILED, naming the check and the count, if a fail_ check has rows.
    """
    findings = [found for check in checks if (found := _find(con, check))]
    con.execute("CREATE SCHEMA IF NOT EXISTS build")
    con.execute(
        """CREATE OR REPLACE TABLE build.finding
           (check_name VARCHAR, title VARCHAR, row_count BIGINT, example VARCHAR)"""
    )
    for found in findings:
        con.execute(
            "INSERT INTO build.finding VALUES (?, ?, ?, ?)",
            [found.check.name, found.check.title, found.rows, found.example],
        )
    failed = [found for found in findings if found.check.stops]
    if failed:
        first = failed[0]
        others = "".join(f";另有 {f.check.name} {f.rows} 行" for f in failed[1:])
        raise HotlineError(
            f"检查 {first.check.name}({first.check.title})有 {first.rows} 行不符,"
            f"例如 {first.example}{others};原有的表未改动,请查明后再运行 hotline build",
            CHECK_FAILED,
        )
    return findings


def _find(con: duckdb.DuckDBPyConnection, check: Check) -> Finding | None:
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE finding AS\n{check.text}", check.label)
    rows = con.execute("SELECT count(*) FROM finding").fetchall()[0][0]
    if not rows:
        return None
    cursor = con.execute("SELECT * FROM finding LIMIT 1")
    names = [field[0] for field in cursor.description]
    values = cursor.fetchall()[0]
    shown = [f"{name}={value}" for name, value in zip(names, values, strict=True) if value != "*"]
    return Finding(check, rows, " ".join(shown))
