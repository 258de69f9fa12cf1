"""What a table cannot compute is in none of its columns, its title and its source."""

import duckdb
import pytest

from pipeline.narrative.figures import Figures
from pipeline.narrative.print_table import PrintTable, printed_table
from pipeline.narrative.table_store import TableStore
from pipeline.report import yearly_tables

TITLE, NOTE = "各区承办情况与万人承办量", "来源:热线记录;人口为常住人口"


class _NoFigures(Figures):
    """No cell has a figure behind it."""

    def __init__(self) -> None:
        """Ask no warehouse."""

    def find(self, *_: object) -> None:
        """Return none."""


def made(per_10k: list[str]) -> PrintTable:
    """Return the printed table of two districts with these values per 10,000 residents."""
    values = ", ".join(f"(2020, '{n}区', {n}, {one})" for n, one in enumerate(per_10k, start=1))
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ref; CREATE SCHEMA annual")
        con.execute(
            "CREATE TABLE annual.t11_district AS SELECT * FROM "
            f"(VALUES {values}) AS t (year, district, record_count, handled_per_10k)"
        )
        con.execute("CREATE TABLE ref.report_rule AS SELECT 'x' AS rule, '1' AS value")
        con.execute(
            f"CREATE TABLE ref.\"table\" AS SELECT 't11_district' AS \"table\", '{TITLE}' AS title,"
            f" '件' AS unit, '{NOTE}' AS note, '三' AS section, NULL AS suppress_below_count"
        )
        con.execute(
            "CREATE TABLE ref.table_part AS SELECT 't11_district' AS \"table\", "
            "'population|handled_per_10k' AS columns, '各区承办情况' AS title, "
            "'来源:热线记录' AS note, '没有人口数，未列万人承办量。' AS absent"
        )
        return printed_table(con, "annual.t11_district", {"year": 2020})


@pytest.mark.parametrize(
    ("per_10k", "title", "columns", "absent"),
    [
        (
            ["NULL", "NULL"], "各区承办情况", ["district", "record_count"],
            "没有人口数，未列万人承办量。",
        ),
        # One district without residents leaves its cell empty alone.
        (["1.5", "NULL"], TITLE, ["district", "record_count", "handled_per_10k"], ""),
    ],
)  # fmt: skip
def test_columns_without_a_value_take_their_words_with_them(per_10k, title, columns, absent):
    printed = made(per_10k)
    source = TableStore([printed], lambda _: [], _NoFigures())
    table = source.table({"table": "t11_district"}, "1")
    assert table.title == title
    assert ("人口" in table.note) == (not absent)
    assert [column.name for column in table.columns] == columns
    assert source.absent("t11_district") == absent


@pytest.mark.parametrize(
    ("last_on", "is_partial", "heading"),
    [
        ("2020-12-31", "false", "占全年"),
        ("2020-06-30", "true", "占1至6月"),
        ("2020-03-10", "true", "占1月1日至3月10日"),
    ],
)
def test_a_heading_of_a_cut_year_names_its_days(last_on, is_partial, heading):
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ref; CREATE SCHEMA annual; CREATE SCHEMA metric")
        con.execute(
            "CREATE TABLE annual.t24_month AS"
            " SELECT 2020 AS year, 1 AS month, 5 AS record_count, 0.5 AS month_share"
        )
        con.execute("CREATE TABLE ref.report_rule AS SELECT 'x' AS rule, '1' AS value")
        con.execute(
            "CREATE TABLE ref.\"table\" AS SELECT 't24_month' AS \"table\", 't' AS title,"
            " '件' AS unit, '' AS note, '二' AS section, NULL AS suppress_below_count,"
            " '' AS entities"
        )
        con.execute(
            "CREATE TABLE ref.table_part"
            ' ("table" VARCHAR, columns VARCHAR, title VARCHAR, note VARCHAR, absent VARCHAR)'
        )
        con.execute(
            "CREATE TABLE metric.entity_period AS SELECT 'record' AS entity, 'year' AS period_type,"
            f" 2020 AS year, {is_partial} AS is_partial"
        )
        con.execute(
            "CREATE TABLE metric.held_day AS SELECT 'record' AS entity, 2020 AS year,"
            " false AS is_missing, day::DATE AS received_on"
            f" FROM generate_series(DATE '2020-01-01', DATE '{last_on}', INTERVAL 1 DAY) AS t (day)"
        )
        table = yearly_tables.printed_table(con, "t24_month", 2020)
    assert [column.heading for column in table.columns][-1] == heading
