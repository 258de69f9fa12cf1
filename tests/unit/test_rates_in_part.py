"""Call-backs without one of their columns: the other rates are printed, that one is named."""

import tomllib
from decimal import Decimal as D
from pathlib import Path

import duckdb
import pytest

import pipeline
from pipeline.ledger import DIMENSIONS
from pipeline.metrics.definitions import shipped
from pipeline.narrative.context import unknown_rates
from pipeline.narrative.print_table import PrintTable, column
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.templating import RenderContext, render_text
from pipeline.report.yearly_tables import TEMPLATES

SQL = Path(pipeline.__file__).parents[1] / "sql"
# Of 25 valid call-backs 25 were reached, 17 resolved, 14 satisfied and 5 basically satisfied, with
# weights 10 and 9 of 10: 140 + 45 = 185 of 250.
KNOWN = {
    "response_rate": (25, 25, "1"),
    "resolution_rate": (17, 25, "0.68"),
    "satisfaction_rate": (185, 250, "0.74"),
}


def rates(known: list[str]) -> tuple[list[str], list[tuple]]:
    """Return the columns and rows of annual.t21_rate where only these rates have figures."""
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ref; CREATE SCHEMA metric")
        con.execute("CREATE TABLE ref.scope_use AS SELECT 'all' AS scope, 'section' AS purpose")
        con.execute(
            "CREATE TABLE ref.rate_convention AS SELECT 'own' AS convention, 10 AS weight_base"
        )
        kinds = ", ".join(f"'*' AS {name}" for name in DIMENSIONS)
        rows = " UNION ALL ".join(
            f"SELECT '{name}' AS metric, CAST({up} AS BIGINT) AS numerator, "
            f"CAST({down} AS BIGINT) AS denominator, CAST({value} AS DECIMAL(18, 8)) AS value"
            for name, (up, down, value) in KNOWN.items()
            if name in known
        )
        con.execute(
            f"CREATE TABLE metric.cut_member AS SELECT 1 AS cut_key, 'total' AS cut, {kinds}"
        )
        con.execute(
            "CREATE TABLE metric.figure_value AS SELECT *, 'own' AS convention, 'all' AS scope, "
            "'year' AS period_type, '2020' AS period, 1 AS cut_key, FALSE AS is_partial "
            f"FROM ({rows})"
        )
        for place, name in (("metric", "section_rate"), ("annual", "t21_rate")):
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {place}")
            text = (SQL / place / f"{name}.sql").read_text(encoding="utf-8")
            con.execute(f"CREATE TABLE {place}.{name} AS {text}")
        found = con.execute("FROM annual.t21_rate")
        return [one[0] for one in found.description], found.fetchall()


class _NoFigures:
    def find(self, *_: object) -> None:
        return None


def said(names: list[str], rows: list[tuple]) -> str:
    """Return the first paragraph of the section on results."""
    records = [dict(zip(names, row, strict=True)) for row in rows]
    unknown = unknown_rates(records)
    words = {
        "rate_period": "2020年", "contact": "市民",
        "unknown_rates": "、".join(shipped()[name].label for name in unknown),
        "no_resolution": "resolution_rate" in unknown,
        "no_satisfaction": "satisfaction_rate" in unknown,
    }  # fmt: skip
    columns = [column(name) for name in names]
    table = PrintTable("t21_rate", "", "", "", "", columns, [], rows)
    context = RenderContext(TableStore([table], lambda _: [], _NoFigures()), words)
    path = TEMPLATES / "annual.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))["section"]
    section = next(one for one in sections if one["id"] == "result")
    return "".join(render_text(context, spec) for spec in section["block"][0]["say"])


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (list(KNOWN), "2020年，市民诉求解决率为68.00%，满意率为74.00%，响应率为100.00%。"),
        (
            ["resolution_rate", "satisfaction_rate"],
            "2020年，市民诉求解决率为68.00%，满意率为74.00%。"
            "回访记录没有相应的结果，或有的月份没有，响应率不可计算。",
        ),
        (
            ["response_rate", "resolution_rate"],
            "2020年，市民诉求解决率为68.00%，响应率为100.00%。"
            "回访记录没有相应的结果，或有的月份没有，满意率不可计算。",
        ),
        (
            ["satisfaction_rate"],
            "2020年，市民诉求满意率为74.00%。"
            "回访记录没有相应的结果，或有的月份没有，响应率、解决率不可计算。",
        ),
        (
            ["response_rate"],
            "2020年，市民诉求响应率为100.00%。"
            "回访记录没有相应的结果，或有的月份没有，解决率、满意率不可计算。",
        ),
    ],
)
def test_known_rates_are_printed_and_the_others_named(known, sentence):
    names, rows = rates(known)
    (row,) = [dict(zip(names, one, strict=True)) for one in rows]
    for name, (up, down, value) in KNOWN.items():
        stem = name.removesuffix("_rate")
        found = (row[f"{stem}_numerator"], row[f"{stem}_denominator"], row[name])
        assert found == ((up, down, D(value)) if name in known else (None, None, None))
    assert said(names, rows) == sentence
