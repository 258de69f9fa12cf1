"""Checks of the finished tables: each is a SELECT of the rows that should not be there."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import CHECK_FAILED, USAGE, HotlineError
from pipeline.warehouse import graph
from pipeline.warehouse.graph import SQL
from pipeline.warehouse.partitions import run_sql

_TITLE = re.compile(r"^-- title: (.+)$", re.MULTILINE)
# How a row reads: {column} is its value, and what is in [] is left out where one has none.
_EXAMPLE = re.compile(r"^-- example: (.+)$", re.MULTILINE)
_WHEN_ASKED = re.compile(r"^-- computed when asked\s*$", re.MULTILINE)
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?")


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
    def is_asked(self) -> bool:
        """Whether it judges what is made after the build: its maker runs it, not the build."""
        return bool(_WHEN_ASKED.search(self.text))

    @property
    def title(self) -> str:
        """Return the Chinese words that report what was found."""
        found = _TITLE.search(self.text)
        return found[1].strip() if found else self.name

    def describe(self, row: dict[str, Any]) -> str:
        """Return a row in the words of the check's header; without any, its columns and values.

        Raises HotlineError USAGE where the words name a column that the check does not return.
        """
        found = _EXAMPLE.search(self.text)
        if not found:
            held = {name: value for name, value in row.items() if value not in (None, "*")}
            return " ".join(f"{name}={value}" for name, value in held.items())

        def optional(part: re.Match[str]) -> str:
            return part[1] if all(row[name] is not None for name in _FIELD.findall(part[1])) else ""

        known = {name: _shown(name, value) for name, value in row.items()}
        try:
            return _OPTIONAL.sub(optional, found[1].strip()).format_map(known)
        except (KeyError, ValueError) as error:
            raise HotlineError(
                f"{self.label} 的 example 写得不对({error!r});请改正该文件", USAGE
            ) from error


def _shown(column: str, value: Any) -> str:
    """Return a value as a sentence has it: counts with commas, unlike years and months."""
    if value in (None, "?"):
        return "不明"
    is_count = isinstance(value, int) and not column.endswith(("year", "month"))
    return f"{value:,}" if is_count else str(value)


@dataclass(frozen=True)
class CheckResult:
    """A check that has rows: how many, and the first one in words."""

    check: Check
    rows: int
    example: str
    # Of a row that is of a period: the files that have records of it.
    files: tuple[str, ...] = ()


def load(folder: Path = SQL, own: Path | None = None) -> list[Check]:
    """Return the checks, fail_ before warn_, each by name; of one name a home's `own` wins."""
    files = graph.load(folder, ["check"], own)
    return [
        Check(name.removeprefix("check."), file.label, file.text)
        for name, file in sorted(files.items())
    ]


def run(con: duckdb.DuckDBPyConnection, checks: list[Check]) -> list[CheckResult]:
    """Run all checks, keep what they found in build.finding, and return the warnings.

    Raises HotlineError CHECK_FAILED, naming the check and the count, if a fail_ check has rows.
    """
    findings = [found for check in checks if not check.is_asked and (found := _find(con, check))]
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
        files = f"(该时段的数据来自 {'、'.join(first.files)})" if first.files else ""
        others = "".join(f";另有 {f.check.name} {f.rows} 行" for f in failed[1:])
        raise HotlineError(
            f"检查 {first.check.name}({first.check.title})有 {first.rows} 行不符,"
            f"例如 {first.example}{files}{others};原有的表未改动,请查明后再运行 hotline build",
            CHECK_FAILED,
        )
    return findings


def require(con: duckdb.DuckDBPyConnection, name: str, own: Path | None = None) -> None:
    """Run one check on tables made after the build; HotlineError CHECK_FAILED if it has rows."""
    (check,) = (check for check in load(own=own) if check.name == name)
    found = _find(con, check)
    if found is not None:
        raise HotlineError(
            f"检查 {name}({check.title})有 {found.rows} 行不符,例如 {found.example};"
            "没有采用,请连同数据文件的名称报告这一情况",
            CHECK_FAILED,
        )


def _find(con: duckdb.DuckDBPyConnection, check: Check) -> CheckResult | None:
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE finding AS\n{check.text}", check.label)
    rows = con.execute("SELECT count(*) FROM finding").fetchall()[0][0]
    if not rows:
        return None
    cursor = con.execute("SELECT * FROM finding LIMIT 1")
    names = [field[0] for field in cursor.description]
    row = dict(zip(names, cursor.fetchall()[0], strict=True))
    said = {**row, "scope": _scope_title(con, row["scope"])} if row.get("scope") else row
    return CheckResult(check, rows, check.describe(said), _files(con, row) if check.stops else ())


def _scope_title(con: duckdb.DuckDBPyConnection, scope: str) -> str:
    """Return the title of the scope."""
    found = con.execute("SELECT title FROM ref.scope WHERE scope = ?", [scope]).fetchone()
    return f"{found[0]}({scope})" if found else scope


def _files(con: duckdb.DuckDBPyConnection, row: dict[str, Any], most: int = 3) -> tuple[str, ...]:
    """Return the names of the files that have records of the row's period, the first few."""
    found = _PERIOD.fullmatch(str(row.get("period", "")))
    if not found:
        return ()
    names = con.execute(
        """SELECT DISTINCT r.name
           FROM source."partition" AS p
           JOIN source.receipt AS r ON r.receipt = p.receipt
           WHERE p.row_count > 0 AND p."year" = $1 AND p."month" = coalesce($2, p."month")
           ORDER BY r.name""",
        [int(found[1]), int(found[2]) if found[2] else None],
    ).fetchall()
    listed = [str(name) for (name,) in names]
    return tuple(listed if len(listed) <= most else [*listed[:most], f"等 {len(listed)} 个文件"])
