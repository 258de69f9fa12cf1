"""The yearly tables of the warehouse, and what must be there before they are read."""

from pathlib import Path

import duckdb

from pipeline.db import connect, require_built, require_own_files
from pipeline.entity import DEFAULT
from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.narrative import print_table
from pipeline.narrative.print_table import PrintTable

TEMPLATES = Path(__file__).parent / "templates"


def open_warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the built warehouse; NO_DATA where there is none."""
    require_built(home)
    try:
        con = connect(home.database, home=home, read_only=True)
    except duckdb.Error as error:
        raise HotlineError(
            f"{home.relative(home.database)} 无法打开;请删除它并重新运行 hotline build", IO
        ) from error
    require_own_files(con, home)
    return con


def require_tables(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Raise IO, naming a table, where the warehouse lacks one that a report rests on."""
    held = {
        f"{schema}.{name}"
        for schema, name in con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall()
    }
    wanted = {f"annual.{path.stem}" for path in sorted((REPOSITORY / "sql/annual").glob("*.sql"))}
    wanted |= {
        "metric.figure",
        "metric.compared_day",
        "ref.office",
        "ref.report_rule",
        "ref.scope",
        "ref.table_part",
    }
    if missing := sorted(wanted - held):
        raise HotlineError(
            f"{home.relative(home.database)} 缺少表 {'、'.join(missing[:3])}"
            f"{'等' if len(missing) > 3 else ''};请重新运行 hotline build",
            IO,
        )


def require_year(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Raise NO_DATA, naming the years that are loaded, where `year` is not one of them."""
    rows = con.execute('SELECT DISTINCT "year" FROM core.partition ORDER BY 1').fetchall()
    years = [int(row[0]) for row in rows]
    if year not in years:
        loaded = "、".join(map(str, years)) or "无"
        raise HotlineError(
            f"{year} 年没有已入库的记录(已入库:{loaded});请先用 hotline ingest 读入该年的导出文件",
            NO_DATA,
        )


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
    return [printed_table(con, name, year) for name in names if _is_told(con, name, year)]


def _is_told(con: duckdb.DuckDBPyConnection, name: str, year: int) -> bool:
    """Return whether the year has rows of every entity that the table tells of.

    A table of things that nobody delivered is absent, not empty. One that ref.table does not know
    is told where it has rows.
    """
    known = con.execute('SELECT entities FROM ref."table" WHERE "table" = ?', [name]).fetchone()
    if known is None:
        sql = f'SELECT 1 FROM annual.{name} WHERE "year" = ? LIMIT 1'
        return con.execute(sql, [year]).fetchone() is not None
    loaded = con.execute(
        'SELECT DISTINCT entity FROM core.partition WHERE "year" = ? AND row_count > 0', [year]
    ).fetchall()
    return set((known[0] or DEFAULT).split("|")) <= {entity for (entity,) in loaded}


def printed_table(con: duckdb.DuckDBPyConnection, name: str, year: int) -> PrintTable:
    """Return one table of schema `annual` for `year`, small counts hidden."""
    return print_table.printed_table(con, f"annual.{name}", {"year": year})
