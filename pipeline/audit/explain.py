"""`hotline explain`: one published figure, traced back to its SQL, its records and its files."""

import difflib
from pathlib import Path
from typing import Any

import duckdb

from pipeline import ledger
from pipeline.audit import explain_text, judge, output, sample
from pipeline.build_inputs import read_lock
from pipeline.db import open_warehouse
from pipeline.entity import DEFAULT, entities_of
from pipeline.errors import CHECK_FAILED, IO, OK, USAGE, HotlineError
from pipeline.file_digests import digest
from pipeline.home import REPOSITORY, Home
from pipeline.metrics import recount
from pipeline.metrics.definitions import NOBODY, metrics_of
from pipeline.output_file import require_free

SOURCES_SQL = REPOSITORY / "sql" / "audit" / "source_file.sql"


def explain(home: Home, claim: str, records: int = 0, json_path: Path | None = None) -> int:
    """Print how the claim of that id is computed, and write it as JSON if asked.

    `records` is how many of its records to show. Returns the exit code: 1 where a count of the
    records disagrees with the metric table, else 0. Raises HotlineError USAGE for an unknown id
    (near ones are offered), NO_DATA without a warehouse or without the claim's year in it.
    """
    require_free(home, json_path)
    found = gather(home, claim, records)
    explain_text.screen(found, metrics_of(home))
    if json_path is not None:
        output.as_json(found, json_path)
    return CHECK_FAILED if found["is_agreed"] is False else OK


def gather(home: Home, claim: str, records: int = 0) -> dict[str, Any]:
    """Return all that `explain` prints, by name; SQL as text, rows as dicts."""
    chosen = _choose(ledger.rows(home), claim)
    row = judge.judge_claims(home, chosen["year"], [chosen]).rows[0]
    metrics = metrics_of(home)
    kind = metrics.entity_of(row["metric"])
    entity = entities_of(home)[DEFAULT if kind in ("", NOBODY) else kind]
    with open_warehouse(home) as con:
        loaded = con.execute(
            """SELECT DISTINCT part.year, part.month
               FROM source.partition AS part
               JOIN source.receipt AS held ON held.receipt = part.receipt
               -- A supplement fills no month.
               WHERE part.row_count > 0 AND part.entity = ? AND NOT held.is_supplement""",
            [entity.name],
        ).fetchall()
        missing = con.execute(
            "SELECT received_on FROM metric.held_day WHERE is_missing AND entity = ?",
            [entity.name],
        ).fetchall()
        figures = recount.from_figures(row)
        counted = recount.from_records(row, loaded, [day for (day,) in missing], metrics)
        answers = ask(con, figures.sql)
        recounted = ask(con, counted.sql) if counted else None
        months = list(counted.months) if counted else []
        # Where the records lack the column, no row does not mean 0.
        is_unknown = row["verdict"] == "not computable" and not answers
        return {
            "claim": row,
            "metric": _metric(con, row["metric"]),
            "scope_title": _scope_title(con, row["scope"]),
            "unit": entity.unit,
            "dated": entity.dated,
            "figure_sql": figures.sql,
            "figures": answers,
            "record_sql": counted.sql if counted else None,
            "recounted": recounted,
            "is_agreed": None if is_unknown else agrees(answers, recounted),
            "record_count": _touched(recounted),
            "sql_files": _definitions(home, row["sql_files"]),
            "sources": _sources(con, months, entity.name),
            "build": _build(con, home),
            "records": sample.rows(con, home, counted, records) if counted and records else [],
        }


def ask(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts; a fault of the files below is one line."""
    try:
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(f"仓库缺表或缺列({reason}),请重新运行 hotline build", IO) from None
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(
            f"读不了记录文件({reason});home 移动过或缺文件时,请重新运行 hotline build", IO
        ) from None


def agrees(figures: list[dict[str, Any]], counted: list[dict[str, Any]] | None) -> bool | None:
    """Return whether both queries give the same integers; None where there is nothing to compare.

    A cell without records has no row in metric.figure, so it agrees with a count of 0.
    """
    if counted is None:
        return None
    if not figures:
        return True if _is_zero(counted) else None
    held, found = _ratios(figures), _ratios(counted)
    return held == {key: pair for key, pair in found.items() if pair[0] or key in held}


def _ratios(rows: list[dict[str, Any]]) -> dict[Any, tuple[int, int]]:
    return {row.get("member"): (row["numerator"], row["denominator"]) for row in rows}


def _is_zero(counted: list[dict[str, Any]]) -> bool:
    return all(row["numerator"] == 0 for row in counted)


def _touched(counted: list[dict[str, Any]] | None) -> int | None:
    if counted is None:
        return None
    return int(counted[0]["record_count"] or 0) if counted else 0


def _choose(claims: list[judge.Claim], claim: str) -> judge.Claim:
    chosen = {row["claim"]: row for row in claims}
    if claim in chosen:
        return chosen[claim]
    near = difflib.get_close_matches(claim, list(chosen), n=5, cutoff=0.5)
    offered = f"相近的有 {'、'.join(near)}" if near else "编号见 data/published 的 claim 列"
    raise HotlineError(f"账本里没有编号为 {claim} 的条目;{offered}", USAGE)


def _metric(con: duckdb.DuckDBPyConnection, metric: str) -> dict[str, Any]:
    words = "metric, label, unit, numerator, denominator, definition"
    rows = con.execute(f"SELECT {words} FROM ref.metric WHERE metric = ?", [metric]).fetchall()
    names = words.split(", ")
    cells = rows[0] if rows else (metric, metric, "", "", "", "")
    return {name: cell or "" for name, cell in zip(names, cells, strict=True)}


def _scope_title(con: duckdb.DuckDBPyConnection, scope: str) -> str:
    named = {row["scope"]: row["title"] for row in ask(con, "SELECT scope, title FROM ref.scope")}
    return str(named.get(scope, scope))


def _definitions(home: Home, files: list[str]) -> list[dict[str, Any]]:
    """Return the SQL files with the digests they had at the build, and whether they still do."""
    built = read_lock(home).get("sql", {})
    rows = []
    for name in files:
        path = REPOSITORY / name
        now = digest(path) if path.is_file() else None
        rows.append({"file": name, "sha256": built.get(name), "is_current": built.get(name) == now})
    return rows


def _sources(
    con: duckdb.DuckDBPyConnection, months: list[recount.Month], entity: str
) -> list[dict[str, Any]]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE concerned_month (entity VARCHAR, year INTEGER, month INTEGER)"
    )
    if months:
        rows = [[entity, *month] for month in months]
        con.executemany("INSERT INTO concerned_month VALUES (?, ?, ?)", rows)
    return ask(con, SOURCES_SQL.read_text(encoding="utf-8"))


def _build(con: duckdb.DuckDBPyConnection, home: Home) -> dict[str, Any]:
    ((fingerprint, built_at),) = con.execute(
        "SELECT fingerprint, built_at FROM build.run"
    ).fetchall()
    lock = read_lock(home, ("fingerprint", "versions"))
    return {
        "fingerprint": fingerprint,
        "built_at": built_at,
        "versions": lock.get("versions", {}),
        # The lock is written after the tables: a run that was killed between leaves an older one.
        "is_locked": lock.get("fingerprint") == fingerprint,
    }
