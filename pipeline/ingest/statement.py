"""Run the files of sql/staging: the file's name is the table's."""

from functools import cache

import duckdb

from pipeline.home import REPOSITORY

FOLDER = REPOSITORY / "sql" / "staging"


@cache
def text(name: str) -> str:
    """Return the SELECT of sql/staging/<name>.sql."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def ensure_view(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create the view staging.<name> if it is not there: it is bound anew whenever it is used,
    so the views outlive the file that staging.input stands for (binding one takes 0.1 s)."""
    con.execute(f"CREATE VIEW IF NOT EXISTS staging.{name} AS {text(name)}")


def replace_view(con: duckdb.DuckDBPyConnection, name: str, select: str | None = None) -> None:
    """Create the view staging.<name> from its file, or from `select`."""
    con.execute(f"CREATE OR REPLACE VIEW staging.{name} AS {select or text(name)}")


def materialise(con: duckdb.DuckDBPyConnection, name: str, *, empty: bool = False) -> None:
    """Create the table staging.<name>; its rows keep the order of the file they come from.

    `empty` makes its columns only: for a table known to have no rows, a pass over the file saved.
    """
    limit = " LIMIT 0" if empty else ""
    con.execute("SET preserve_insertion_order = true")
    con.execute(f"CREATE OR REPLACE TABLE staging.{name} AS FROM ({text(name)}){limit}")
    con.execute("SET preserve_insertion_order = false")
