"""Run the files of sql/staging: the file's name is the table's.

A file of sql/staging/<entity>/ stands before the shared one of the same name; those of a home's
data/sql/staging/<entity>/ before the repository's.
"""

from functools import cache
from pathlib import Path

import duckdb

from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY, Home

FOLDER = REPOSITORY / "sql" / "staging"


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


class StagingSession:
    """The files of sql/staging as one entity uses them, on one connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, entity: str = "") -> None:
        self.con = con
        self.folders = [FOLDER]
        if entity:
            self.folders = [home.sql / "staging" / entity, FOLDER / entity, FOLDER]
        self._views: dict[str, str] = {}
        self._empty: set[str] = set()

    def has(self, name: str) -> bool:
        """Return whether there is such a file."""
        return any((folder / f"{name}.sql").is_file() for folder in self.folders)

    def text(self, name: str) -> str:
        """Return the SELECT of <name>.sql; USAGE where the entity lacks a file that it needs."""
        for folder in self.folders:
            if (path := folder / f"{name}.sql").is_file():
                return _read(path)
        raise HotlineError(
            f"缺少 {self.folders[0].name}/{name}.sql;请在 data/sql/staging 下补上", USAGE
        )

    def ensure_view(self, name: str) -> None:
        """Create the view staging.<name> if it is not there."""
        if name not in self._views:
            self.replace_view(name)

    def replace_view(self, name: str, select: str | None = None) -> None:
        """Create the view staging.<name> from its file or `select`, unless it is that already.

        A view is bound anew whenever it is used, so that it outlives the file that staging.input
        stands for; binding one takes 0.05 s.
        """
        sql = select or self.text(name)
        if self._views.get(name) != sql:
            self.con.execute(f"CREATE OR REPLACE VIEW staging.{name} AS {sql}")
            self._views[name] = sql

    def materialise(self, name: str, *, empty: bool = False) -> None:
        """Create the table staging.<name>; its rows keep the order of the file they come from.

        `empty` makes its columns only, if they are not there from the file before: for a table
        known to have no rows, a pass over the file saved.
        """
        if empty and name in self._empty:
            return
        limit = " LIMIT 0" if empty else ""
        self.con.execute("SET preserve_insertion_order = true")
        self.con.execute(
            f"CREATE OR REPLACE TABLE staging.{name} AS FROM ({self.text(name)}){limit}"
        )
        self.con.execute("SET preserve_insertion_order = false")
        self._empty.discard(name)
        if empty:
            self._empty.add(name)

    def drop_views(self) -> None:
        """Make room for the views of another entity."""
        for name in self._views:
            self.con.execute(f"DROP VIEW IF EXISTS staging.{name}")
        self._views.clear()
