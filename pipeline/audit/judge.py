"""Runs the audit's one query: the ledger, read afresh, on the figures of the warehouse."""

from collections.abc import Iterable
from typing import Any

import duckdb

from pipeline import ledger
from pipeline.db import attach, connect, provenance, require_figures, sql_files
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.ledger.verdict import AuditResult

AUDIT_SQL = REPOSITORY / "sql" / "audit"
# In the order in which they read one another; verdict.sql reads them all.
STEPS = (
    "candidate",
    "value_result",
    "list_result",
    "trend_result",
    "part_result",
    "above_result",
)
Claim = dict[str, Any]


def judge(home: Home, year: int) -> AuditResult:
    """Return the verdict of every claim of the report on `year`."""
    return judge_claims(home, year, _claims(home, year))


def judge_claims(home: Home, year: int, claims: list[Claim]) -> AuditResult:
    """Return the verdicts of these claims, which the ledger holds for `year`."""
    with connect(home=home) as con:
        attach(con, home)
        try:
            require_figures(con, year)
            _figures(con, claims)
            sources = sql_files(con)
            simulated, scale = provenance(con, year)
        except (duckdb.CatalogException, duckdb.BinderException):
            raise HotlineError(
                f"仓库 {home.relative(home.database)} 缺表或缺列,请重新运行 hotline build", IO
            ) from None
        register_claims(con, claims)
        verdicts = run(con)
    if len(verdicts) != len(claims):
        raise HotlineError("指标表里有重复的键,请重新运行 hotline build", NO_DATA)
    rows = [
        {**claim, **verdict, **_defined(sources, claim), "simulated": simulated}
        for claim, verdict in zip(claims, verdicts, strict=True)
    ]
    if scale < 1:
        rows = [{**row, **_OUT_OF_REACH} for row in rows]
    return AuditResult(year, rows, simulated, scale)


_OUT_OF_REACH = {"verdict": "not computable", "reason": "缩小规模的数据达不到公布的精度"}


def register_claims(con: duckdb.DuckDBPyConnection, claims: list[Claim]) -> None:
    """Make `published.claim` of the loaded ledger, with its numbers as exact decimals."""
    types = {
        name: "DECIMAL(18, 8)"
        if name in ledger.NUMBERS
        else "BIGINT"
        if name == "year"
        else "VARCHAR"
        for name in ledger.COLUMNS
    }
    columns = {
        name: [None if claim[name] is None else str(claim[name]) for claim in claims]
        for name in types
    }
    # Which dimensions a claim is cut by, spelt as metric.figure spells it.
    types["cut"], columns["cut"] = "VARCHAR", [_cut(_dimensions(claim)) for claim in claims]
    # Not through Arrow, which brings pandas: half a second for some hundred rows.
    selected = ", ".join(f'unnest(CAST(? AS {kind}[])) AS "{name}"' for name, kind in types.items())
    con.execute("CREATE SCHEMA IF NOT EXISTS published")
    con.execute(
        f"CREATE OR REPLACE TABLE published.claim AS SELECT {selected}", list(columns.values())
    )


def _dimensions(claim: Claim) -> set[str]:
    return {name for name in ledger.DIMENSIONS if claim[name] != "*"}


def _cut(dimensions: Iterable[str]) -> str:
    """Return how metric.figure calls the cut by these dimensions."""
    cut_by = set(dimensions)
    return " ".join(name for name in ledger.DIMENSIONS if name in cut_by) or "total"


def run(con: duckdb.DuckDBPyConnection) -> list[dict]:
    """Return the rows of sql/audit/verdict.sql on `published.claim` and `metric.figure`."""
    con.execute("CREATE SCHEMA IF NOT EXISTS audit")
    for step in STEPS:
        text = AUDIT_SQL.joinpath(f"{step}.sql").read_text(encoding="utf-8")
        con.execute(f"CREATE OR REPLACE TABLE audit.{step} AS\n{text}")
    cursor = con.execute(AUDIT_SQL.joinpath("verdict.sql").read_text(encoding="utf-8"))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def has_claims(home: Home, year: int) -> bool:
    """Return whether the ledger says anything of the report on `year`."""
    return year in ledger.years_with_ledger(home)


def _claims(home: Home, year: int) -> list[Claim]:
    claims = ledger.rows(home)
    chosen = [claim for claim in claims if claim["year"] == year]
    if not chosen:
        years = "、".join(str(known) for known in sorted({claim["year"] for claim in claims}))
        known = f"有条目的年份:{years}" if years else "账本是空的"
        raise HotlineError(
            f"账本 data/published 里没有 {year} 年的条目({known}),请换年份或补录", USAGE
        )
    return chosen


def _figures(con: duckdb.DuckDBPyConnection, claims: list[Claim]) -> None:
    """Bring the figures that the claims could be of, and the rules of words, into here."""
    years = {period[:4] for claim in claims for period in _periods(claim)}
    wanted = sorted({key for claim in claims for key in _wanted(claim)})
    con.execute("CREATE SCHEMA metric")
    con.execute(
        "CREATE TABLE metric.figure AS SELECT figure.* FROM warehouse.metric.figure AS figure"
        " SEMI JOIN (SELECT unnest(CAST(? AS VARCHAR[])) AS metric,"
        " unnest(CAST(? AS VARCHAR[])) AS scope, unnest(CAST(? AS VARCHAR[])) AS period_type,"
        " unnest(CAST(? AS VARCHAR[])) AS cut) AS wanted"
        " ON wanted.metric = figure.metric AND wanted.scope = figure.scope"
        " AND wanted.period_type = figure.period_type AND wanted.cut IN (figure.cut, ?)"
        " WHERE list_contains(?, substring(figure.period, 1, 4))",
        [*map(list, zip(*wanted, strict=True)), _ANY_CUT, sorted(years)],
    )
    con.execute("CREATE TABLE metric.lacking AS SELECT * FROM warehouse.metric.lacking")
    con.execute("CREATE SCHEMA ref")
    con.execute("CREATE TABLE ref.report_rule AS SELECT * FROM warehouse.ref.report_rule")


_ANY_CUT = "*"


def _periods(claim: Claim) -> list[str]:
    named = claim["members"].split("|") if claim["dimension"] == "period" else []
    return [claim["period"], *named]


def _wanted(claim: Claim) -> list[tuple[str, str, str, str]]:
    """Return metric, scope, kind of period and cut of the figures that a claim is judged by.

    Whether all months are there is asked of all cuts (sql/audit/list_result.sql).
    """
    metrics, own = [claim["metric"]], _dimensions(claim)
    if claim["relation"] == ledger.ABOVE:
        metrics += [claim["members"], "record_count"]
    over = {claim["dimension"]} - {""}
    cuts = {_cut(own), _cut(own | over), _cut(own | over | {"district"})}
    if claim["dimension"] == "period":
        cuts = {_ANY_CUT}
    return [
        (metric, claim["scope"], claim["period_type"], cut) for metric in metrics for cut in cuts
    ]


def _defined(sources: dict[str, list[str]], claim: Claim) -> Claim:
    """Return the first SQL file that defines the claim's metric, and all of them."""
    files = sources.get(claim["metric"], [])
    return {"sql": files[0] if files else None, "sql_files": files}
