"""Runs the audit's one query: the ledger, read afresh, on the figures of the warehouse."""

import duckdb
import pandas as pd
import pyarrow as pa

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
_EXACT = pa.decimal128(18, 8)


def judge(home: Home, year: int) -> AuditResult:
    """Return the verdict of every claim of the report on `year`."""
    return judge_claims(home, year, _claims(home, year))


def judge_claims(home: Home, year: int, claims: pd.DataFrame) -> AuditResult:
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
        for claim, verdict in zip(claims.to_dict("records"), verdicts, strict=True)
    ]
    if scale < 1:
        rows = [{**row, **_OUT_OF_REACH} for row in rows]
    return AuditResult(year, rows, simulated, scale)


_OUT_OF_REACH = {"verdict": "not computable", "reason": "缩小规模的数据达不到公布的精度"}


def register_claims(con: duckdb.DuckDBPyConnection, claims: pd.DataFrame) -> None:
    """Make `published.claim` of the loaded ledger, with its numbers as exact decimals."""
    columns = {
        name: pa.array(
            list(claims[name]),
            _EXACT if name in ledger.NUMBERS else pa.int64() if name == "year" else pa.string(),
        )
        for name in ledger.COLUMNS
    }
    # Which dimensions a claim is cut by, spelt as metric.figure spells it.
    columns["cut"] = pa.array(
        [
            " ".join(d for d in ledger.DIMENSIONS if row[d] != "*") or "total"
            for row in claims.to_dict("records")
        ],
        pa.string(),
    )
    con.execute("CREATE SCHEMA IF NOT EXISTS published")
    con.register("ledger_rows", pa.table(columns))
    con.execute("CREATE OR REPLACE TABLE published.claim AS SELECT * FROM ledger_rows")
    con.unregister("ledger_rows")


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
    return bool((ledger.load(home)["year"] == year).any())


def _claims(home: Home, year: int) -> pd.DataFrame:
    claims = ledger.load(home)
    chosen = claims[claims["year"] == year].reset_index(drop=True)
    if chosen.empty:
        years = "、".join(str(known) for known in sorted(set(claims["year"])))
        known = f"有条目的年份:{years}" if years else "账本是空的"
        raise HotlineError(
            f"账本 data/published 里没有 {year} 年的条目({known}),请换年份或补录", USAGE
        )
    return chosen


def _figures(con: duckdb.DuckDBPyConnection, claims: pd.DataFrame) -> None:
    """Bring the figures of the claims' metrics and years, and the rules of words, into here."""
    years = {period[:4] for period in claims["period"]}
    metrics = {"record_count", *claims["metric"]}
    for row in claims.to_dict("records"):
        if row["dimension"] == "period":
            years |= {period[:4] for period in row["members"].split("|")}
        if row["relation"] == ledger.ABOVE:
            metrics.add(row["members"])
    con.execute("CREATE SCHEMA metric")
    con.execute(
        "CREATE TABLE metric.figure AS SELECT * FROM warehouse.metric.figure"
        " WHERE list_contains(?, substring(period, 1, 4)) AND list_contains(?, metric)",
        [sorted(years), sorted(metrics)],
    )
    con.execute("CREATE TABLE metric.lacking AS SELECT * FROM warehouse.metric.lacking")
    con.execute("CREATE SCHEMA ref")
    con.execute("CREATE TABLE ref.report_rule AS SELECT * FROM warehouse.ref.report_rule")


def _defined(sources: dict[str, list[str]], claim: dict) -> dict:
    """Return the first SQL file that defines the claim's metric, and all of them."""
    files = sources.get(claim["metric"], [])
    return {"sql": files[0] if files else None, "sql_files": files}
