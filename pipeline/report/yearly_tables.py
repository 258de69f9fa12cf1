"""The yearly tables of the warehouse."""

from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline import numbers
from pipeline.entity import DEFAULT
from pipeline.home import REPOSITORY
from pipeline.narrative import print_table
from pipeline.narrative.context import held_days
from pipeline.narrative.print_table import PrintTable

TEMPLATES = Path(__file__).parent / "templates"
_WHOLE = "全年"


def needed_tables() -> set[str]:
    """Return the tables of the warehouse that a yearly report is made from."""
    annual = {f"annual.{path.stem}" for path in (REPOSITORY / "sql/annual").glob("*.sql")}
    return annual | {
        "metric.figure",
        "metric.compared_day",
        "ref.office",
        "ref.report_rule",
        "ref.scope",
        "ref.table_part",
    }


def printed_tables(con: duckdb.DuckDBPyConnection, year: int) -> list[PrintTable]:
    """Return every table of schema `annual` for `year`, in the order of its name.

    Order of rows and every figure come from the SQL; here values are only rounded and named.
    """
    names = [
        row[0]
        for row in con.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = 'annual' ORDER BY 1"""
        ).fetchall()
    ]
    return [printed_table(con, name, year) for name in names if _is_printed(con, name, year)]


def _entities_of(con: duckdb.DuckDBPyConnection, name: str) -> list[str] | None:
    """Return the entities that a table is about; None for a table that ref.table does not know."""
    known = con.execute('SELECT entities FROM ref."table" WHERE "table" = ?', [name]).fetchone()
    return None if known is None else (known[0] or DEFAULT).split("|")


def _is_printed(con: duckdb.DuckDBPyConnection, name: str, year: int) -> bool:
    """Return whether the year has rows of every entity that the table describes.

    A table of things that nobody delivered is absent, not empty. One that ref.table does not know
    is printed where it has rows.
    """
    entities = _entities_of(con, name)
    if entities is None:
        sql = f'SELECT 1 FROM annual.{name} WHERE "year" = ? LIMIT 1'
        return con.execute(sql, [year]).fetchone() is not None
    loaded = con.execute(
        """SELECT DISTINCT part.entity
           FROM source.partition AS part
           JOIN source.receipt AS held ON held.receipt = part.receipt
           -- A supplement has columns and no rows of its own.
           WHERE part."year" = ? AND part.row_count > 0 AND NOT held.is_supplement""",
        [year],
    ).fetchall()
    return set(entities) <= {entity for (entity,) in loaded}


def printed_table(con: duckdb.DuckDBPyConnection, name: str, year: int) -> PrintTable:
    """Return one table of schema `annual` for `year`, small counts hidden.

    Of a year that is not whole a heading names the days that are loaded in place of 全年.
    """
    table = print_table.printed_table(con, f"annual.{name}", {"year": year})
    if not any(_WHOLE in column.heading for column in table.columns):
        return table
    loaded = _days_of_part(con, name, year)
    columns = [
        replace(column, heading=column.heading.replace(_WHOLE, loaded or _WHOLE))
        for column in table.columns
    ]
    return replace(table, columns=columns)


def _days_of_part(con: duckdb.DuckDBPyConnection, name: str, year: int) -> str:
    """Return the days that a table covers, in words; nothing where the year is whole."""
    entity = (_entities_of(con, name) or [DEFAULT])[0]
    partial = con.execute(
        """SELECT 1 FROM metric.entity_period
           WHERE period_type = 'year' AND "year" = ? AND entity = ? AND is_partial LIMIT 1""",
        [year, entity],
    ).fetchone()
    return numbers.dates(held_days(con, year, entity)) if partial else ""
