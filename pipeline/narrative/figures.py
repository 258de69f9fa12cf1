"""The figure behind a printed cell: looked up in metric.figure by the cell's own row."""

import tomllib
from collections import defaultdict
from functools import cache
from typing import Any, Self

import duckdb

from pipeline import numbers
from pipeline.document.model import Figure
from pipeline.ledger import DIMENSIONS, VALUE_RELATIONS
from pipeline.ledger.verdict import GRAVEST_FIRST, VERDICT_NAMES, AuditResult
from pipeline.metrics.definitions import Metrics
from pipeline.metrics.recount import select_figure
from pipeline.narrative.print_table import FOLDER, template

_SQL = """SELECT metric, convention, scope, period_type, period, {dimensions}, cut,
       numerator, denominator, value
FROM metric.figure
WHERE {where}
ORDER BY ALL"""
_OF_YEAR = """(period = $period AND period_type = 'year'
         OR period_type = 'month' AND substr(period, 1, 4) = $period
         AND cut IN ('total', 'record_type', 'category', 'category subcategory'))"""
_OF_PERIOD = "period = $period AND period_type = $period_type"


@cache
def _mapping() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "figures.toml").read_text(encoding="utf-8"))


class Figures:
    """The figures of a period, and those that the document has used so far, by id."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        where: str,
        said: dict[str, str],
        year: int,
        verdicts: AuditResult | None,
        defined: Metrics,
    ) -> None:
        self.period = said["period"]
        self.used: dict[str, Figure] = {}
        rows = con.execute(
            _SQL.format(dimensions=", ".join(DIMENSIONS), where=where), said
        ).fetchall()
        self._rows: dict[tuple, dict[str, tuple]] = defaultdict(dict)
        for row in rows:
            metric, convention, scope, _, period, *rest = row
            self._rows[metric, scope, period, tuple(rest[: len(DIMENSIONS)])][convention] = row
        self._metrics = {
            name: (label, definition, unit)
            for name, label, definition, unit in con.execute(
                """SELECT metric, label, concat_ws('；', '分子：' || numerator,
                          '分母：' || nullif(denominator, '1'), definition), unit
                   FROM ref.metric"""
            ).fetchall()
        }
        self._scopes = scope_titles(con)
        self._defined, self._columns = defined, defined.columns
        self.section = self._scope(con, "section", year)
        self.headline = self._scope(con, "headline", year)
        self._claims = _claims(verdicts)

    @classmethod
    def of_year(
        cls,
        con: duckdb.DuckDBPyConnection,
        year: int,
        verdicts: AuditResult | None,
        defined: Metrics,
    ) -> Self:
        """Return the figures of a year and those of its months that yearly tables print."""
        return cls(con, _OF_YEAR, {"period": str(year)}, year, verdicts, defined)

    @classmethod
    def of_period(
        cls,
        con: duckdb.DuckDBPyConnection,
        period_type: str,
        period: str,
        year: int,
        defined: Metrics,
    ) -> Self:
        """Return the figures of one period of one kind; bulletins are not audited."""
        said = {"period": period, "period_type": period_type}
        return cls(con, _OF_PERIOD, said, year, None, defined)

    def label(self, metric: str) -> str:
        """Return what a metric is called."""
        return str(self._metrics.get(metric, (metric,))[0])

    def scope_title(self, scope: str) -> str:
        """Return the name of a scope as a reader sees it."""
        return self._scopes.get(scope, scope)

    def find(self, table: str, row: dict[str, Any], name: str) -> str | None:
        """Return the id of the figure that column `name` of this row prints; None if it is none."""
        if row.get("is_rest") or "topic" in row:
            return None  # the rest of a list, and the third level, are no figures of their own
        if "part_kind" in row:
            return self._part(row, name)
        mapped = _mapping()
        fixed = _of_cell(table, row, name) or dict(mapped["table"].get(table, {}).get(name) or {})
        metric = fixed.pop("metric", self._columns.get(name, ""))
        dims = tuple(fixed.get(d, _dimension(row, d)) for d in DIMENSIONS)
        source = self._source(metric, dims, row)
        return self._use(source) if source else None

    def _part(self, row: dict[str, Any], name: str) -> str | None:
        """Return the figure of a part of the growth.

        Its counts are of the months that both years hold, so they are figures of the year only
        where these are all the year's months.
        """
        part = _mapping()["part"][row["part_kind"]]
        count = part["count"]
        growth, added = self._defined.growth_of(count), self._defined.contribution_of(count)
        metric, side = {
            # What the whole adds to itself is its growth.
            "growth_contribution": (added if "dimension" in part else growth, ""),
            "record_count": (count, "numerator"),
            "before_count": (growth, "denominator"),
            "change_count": (growth, "numerator"),
        }.get(name, ("", ""))
        dims = tuple(row["part"] if d == part.get("dimension") else "*" for d in DIMENSIONS)
        source = self._source(metric, dims, row)
        if source is None or (side and _side(source, side) != row[name]):
            return None
        return self._use(source)

    def _source(self, metric: str, dims: tuple[str, ...], row: dict[str, Any]) -> tuple | None:
        """Return the row of metric.figure, of the row's convention where there are several."""
        month = row.get("month")
        period = self.period if month is None else f"{self.period}-{month:02d}"
        period = row.get("period") or period
        # What has no tiers (other things than records) has the one scope `all`.
        scopes = dict.fromkeys([row.get("scope") or self.section, "all"])
        tried = (self._rows.get((metric, scope, period, dims)) for scope in scopes)
        found = next((rows for rows in tried if rows), None)
        if not found:
            return None
        convention = row.get("convention")
        return found[convention] if convention in found else next(iter(found.values()))

    def _use(self, row: tuple) -> str:
        metric, convention, scope, period_type, period, *rest = row
        dims = {d: v for d, v in zip(DIMENSIONS, rest, strict=False) if v != "*"}
        key = "/".join([metric, scope, period, *([convention] if convention != "-" else []),
                        *(f"{d}={v}" for d, v in dims.items())])  # fmt: skip
        if key not in self.used:
            cut, numerator, denominator, value = rest[len(DIMENSIONS) :]
            label, definition, unit = self._metrics.get(metric, (metric, "", "比率"))
            verdict, claims = self._claims.get((metric, scope, period, *rest[: len(DIMENSIONS)]),
                                               (None, ()))  # fmt: skip
            headings = template()["heading"]
            self.used[key] = Figure(
                id=key, metric=metric, metric_title=label, definition=definition, scope=scope,
                scope_title=self.scope_title(scope),
                convention="" if convention == "-" else convention, period=period,
                dims={headings[d]: "不明" if v == "?" else v for d, v in dims.items()},
                numerator=numerator, denominator=denominator, value=f"{value:.8f}",
                printed=_printed(value, unit), verdict=verdict, claims=claims,
                sql=select_figure({
                    "metric": metric, "convention": convention, "scope": scope,
                    "period_type": period_type, "period": period, "cut": cut, **dims,
                }),
            )  # fmt: skip
        return key

    def _scope(self, con: duckdb.DuckDBPyConnection, purpose: str, year: int) -> str:
        rows = con.execute(
            """SELECT DISTINCT used.scope FROM ref.scope_use AS used
               JOIN metric.scope AS scope ON scope.scope = used.scope
               WHERE used.purpose = ? AND scope."year" = ? ORDER BY 1""",
            [purpose, year],
        ).fetchall()
        return rows[0][0] if rows else ""


def scope_titles(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return what each scope is called, by its key."""
    return dict(con.execute("SELECT scope, title FROM ref.scope").fetchall())


def _printed(value: Any, unit: str) -> str:
    """Return the figure in full, as its metric prints it; a sentence may give fewer places."""
    if unit == "比率":
        return numbers.percent(value)
    unit = "" if unit.startswith("见") else unit  # of a plan's value each indicator has its own
    if value == int(value):
        return f"{int(value):,}{unit}"
    return f"{numbers.decimal(value)}{unit}"


def _side(row: tuple, side: str) -> int:
    """Return the numerator or denominator of a row of metric.figure."""
    return int(row[{"numerator": -3, "denominator": -2}[side]])


def _of_cell(table: str, row: dict[str, Any], name: str) -> dict[str, str]:
    """Return the figure of a cell that depends on what its row is about."""
    for rule in _mapping()["cell"]:
        if (rule["table"], rule["column"]) == (table, name) and all(
            row.get(column) == value for column, value in rule["when"].items()
        ):
            return {
                key: str(row[value[1:]]) if value.startswith("$") else value
                for key, value in rule["figure"].items()
            }
    return {}


def _dimension(row: dict[str, Any], name: str) -> str:
    columns = [name, *_mapping()["dimension"].get(name, ())]
    value = next((row[column] for column in columns if column in row), None)
    return "*" if value is None or value == "合计" else str(value)


def _claims(verdicts: AuditResult | None) -> dict[tuple, tuple[str, tuple[str, ...]]]:
    """Return the gravest verdict and the claims by the figure's key."""
    found: dict[tuple, list[dict]] = defaultdict(list)
    for row in verdicts.rows if verdicts else ():
        if row["relation"] in VALUE_RELATIONS:
            key = (row["metric"], row["scope"], row["period"], *(row[d] for d in DIMENSIONS))
            found[key].append(row)
    return {
        key: (
            VERDICT_NAMES[min((row["verdict"] for row in rows), key=GRAVEST_FIRST.index)],
            tuple(sorted(row["claim"] for row in rows)),
        )
        for key, rows in found.items()
    }
