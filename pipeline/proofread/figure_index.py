"""What proof-reading asks of the warehouse: names, cuts, scopes and figures. Never the ledger."""

from collections import defaultdict
from dataclasses import dataclass, field

import duckdb

from pipeline.db import attach, connect, provenance, require_figures, sql_files
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.ledger import DIMENSIONS
from pipeline.metrics.definitions import Metrics, metrics_of, shipped

Dims = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """One row of metric.figure: numerator over denominator, exact, and its key."""

    scope: str
    convention: str
    numerator: int
    denominator: int
    is_partial: bool


@dataclass
class FigureIndex:
    """`figures`: (metric, period, dims) -> rows, one a scope and convention; `cuts`: metric ->
    cuts it has; `registers`: rows of the ref tables; `scopes`: purpose -> scopes, in order;
    `sql` and `labels`: metric -> its SQL file and its name; `unknown`: (metric, cut, period) ->
    columns that its records lack; `metrics`: what each is; `scale` below 1 judges nothing."""

    year: int
    figures: dict[tuple[str, str, Dims], list[Figure]]
    members: dict[tuple[str, str, str], list[Dims]]
    cuts: dict[str, set[str]]
    registers: dict[str, list[dict[str, str]]]
    scopes: dict[str, list[str]]
    sql: dict[str, str]
    simulated: bool
    scale: float
    years: set[int] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    unknown: dict[tuple[str, str, str], str] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=shipped)

    def lacking(self, metric: str, period: str, cut: str) -> str:
        """Return why the records cannot give the figure: which columns they lack; else nothing."""
        found = self.unknown.get((metric, "*", period)) or self.unknown.get(("*", cut, period))
        return f"记录没有{found}，或只有部分月份有" if found else ""

    def scope_title(self, scope: str) -> str:
        """Return the title of the scope."""
        named = self.registers.get("scope", [])
        return next((row["title"] for row in named if row["scope"] == scope), scope)


_REGISTERS = ("district", "street", "unit", "category", "subcategory", "member", "scope")


def load(home: Home, year: int) -> FigureIndex:
    """Return what the warehouse has of the year and the one before.

    Raises HotlineError NO_DATA without a warehouse or the year in it, IO if it cannot be read.
    """
    with connect(home=home) as con:
        attach(con, home)
        try:
            require_figures(con, year)
            figures, members, cuts = _figures(con, year)
            registers = {name: _rows(con, f"FROM warehouse.ref.{name}") for name in _REGISTERS}
            scopes = defaultdict(list)
            for row in _rows(con, "FROM warehouse.ref.scope_use"):
                scopes[row["purpose"]].append(row["scope"])
            simulated, scale = provenance(con, year)
            sql = {metric: files[-1] for metric, files in sql_files(con).items()}
            unknown = _unknown(con)
            labels = {r["metric"]: r["label"] for r in _rows(con, "FROM warehouse.ref.metric")}
        except (duckdb.CatalogException, duckdb.BinderException):
            raise HotlineError(
                f"仓库 {home.relative(home.database)} 缺表或缺列，请重新运行 hotline build", IO
            ) from None
    years = {int(period) for _, period, _ in figures if len(period) == 4}
    return FigureIndex(
        year,
        figures,
        members,
        cuts,
        registers,
        dict(scopes),
        sql,
        simulated,
        scale,
        years,
        labels,
        unknown,
        metrics_of(home),
    )


def key_of(dims: dict[str, str]) -> Dims:
    """Return the dimensions in the order of the key, without those that are not cut by."""
    return tuple((name, dims[name]) for name in DIMENSIONS if name in dims)


def cut_of(dims: dict[str, str]) -> str:
    """Return the name of the cut as metric.figure spells it."""
    return " ".join(name for name, _ in key_of(dims)) or "total"


def _figures(
    con: duckdb.DuckDBPyConnection, year: int
) -> tuple[dict, dict[tuple[str, str, str], list[Dims]], dict[str, set[str]]]:
    columns = {
        row[0]
        for row in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse'"
            " AND schema_name = 'metric' AND table_name = 'figure'"
        ).fetchall()
    }
    dimensions = [name for name in DIMENSIONS if name in columns]
    rows = con.execute(
        "SELECT metric, cut, period, scope, convention, numerator, denominator, is_partial,"
        f" {', '.join(dimensions)}"
        " FROM warehouse.metric.figure WHERE substring(period, 1, 4) IN (?, ?)"
        # A draft of a year names months and years; an assessment month is spelt like a month.
        " AND period_type IN ('month', 'year')"
        " ORDER BY ALL",
        [str(year), str(year - 1)],
    ).fetchall()
    figures: dict = defaultdict(list)
    members: dict[tuple[str, str, str], list[Dims]] = defaultdict(list)
    cuts: dict[str, set[str]] = defaultdict(set)
    for metric, cut, period, scope, convention, above, below, partial, *values in rows:
        dims = tuple(
            (name, value) for name, value in zip(dimensions, values, strict=True) if value != "*"
        )
        key = (metric, period, dims)
        if key not in figures:
            members[metric, period, cut].append(dims)
        figures[key].append(Figure(scope, convention, above, below, partial))
        cuts[metric].add(cut)
    return dict(figures), dict(members), dict(cuts)


def _unknown(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], str]:
    """Return (metric, cut, period) -> the columns that its records lack; see metric.lacking."""
    rows = con.execute(
        """SELECT metric, cut, period, needs FROM warehouse.metric.lacking
           WHERE period_type IN ('month', 'year')"""
    ).fetchall()
    return {(metric, cut, period): needs for metric, cut, period, needs in rows}


def _rows(con: duckdb.DuckDBPyConnection, source: str) -> list[dict[str, str]]:
    cursor = con.execute(f"SELECT * {source} ORDER BY ALL")
    names = [column[0] for column in cursor.description or []]
    return [
        {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]
