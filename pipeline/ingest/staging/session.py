"""A staging session: the SQL files of sql/staging on one connection, and the file being staged.

The name of an SQL file is that of its table or view. A file in sql/staging/<entity>/ takes
precedence over the shared one of the same name, one in the home's data/sql/staging/<entity>/ over
both.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb

from pipeline.db import exact_path
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.formats.text_protection import protected_columns, text_is_protected
from pipeline.ingest.staging import macros
from pipeline.ingest.staging.date_column import DateColumn
from pipeline.ingest.staging.input_view import input_select
from pipeline.ingest.staging.own_sql import require_harmless

FOLDER = REPOSITORY / "sql" / "staging"
# Shares of the time that a file takes: the narrow pass, writing the records, writing the texts.
NARROW, RECORDS, TEXTS = 0.15, 0.45, 0.40
# Up to this size of its files the rows of a delivery are kept in memory.
_SMALL_BYTES = 4 << 20


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _read_own(path: Path) -> str:
    """Return the SQL of a home's file, once it is found harmless."""
    sql = path.read_text(encoding="utf-8")
    require_harmless(path, sql)
    # Nothing follows it but what the caller adds.
    return sql.strip().rstrip(";")


class FileProgress:
    """The progress of one file, from DuckDB's estimate of the running statement.

    `read` may be called from another thread while the statement runs.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._done = self._share = 0.0
        self._started = time.monotonic()
        self._last = (0.0, 0.0)  # the last change: fraction done, and the rate at that moment
        self.rows = 0

    @contextmanager
    def step(self, share: float) -> Iterator[None]:
        """Count the block, which runs one statement, as `share` (0..1) of the whole."""
        self._share = share
        yield
        self._done, self._share = self._done + share, 0.0

    def read(self) -> tuple[float, str]:
        """Return the fraction done, 0..1, and the rows per second ('' until `rows` is set).

        The rows are read several times; the rate is that of the whole file.
        """
        percent = max(self._con.query_progress(), 0.0) if self._share else 0.0
        done = min(self._done + self._share * percent / 100, 1.0)
        # The estimate moves in jumps; the rate must not sink between two of them.
        if done != self._last[0]:
            self._last = (done, done / max(time.monotonic() - self._started, 0.001))
        rate = self.rows * self._last[1]
        return done, f"{rate:,.0f} 行/秒" if rate else ""


class StagingSession:
    """The SQL files of sql/staging for one entity, on one connection.

    `tables` are those of the file being staged, `date_columns` its dates that need an order,
    `is_corrected` whether corrections apply to it, `is_small` whether its rows are kept in memory,
    `progress` how much of it is done. `registers`: digest of those in which names are found.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, home: Home, entity: str = "", registers: str = ""
    ) -> None:
        self.con, self.registers = con, registers
        self.folders = [FOLDER]
        if entity:
            self.folders = [home.sql / "staging" / entity, FOLDER / entity, FOLDER]
        self.tables: list[InputTable] = []
        self.is_corrected = self.is_small = False
        self.date_columns: list[DateColumn] = []
        self.progress = FileProgress(con)
        self._views: dict[str, str] = {}
        self._empty: set[str] = set()

    def begin(self, tables: Sequence[InputTable], *, is_corrected: bool = False) -> None:
        """Set the file to stage and define the macros that depend on it.

        `self.tables` gets the tables with their protected columns. Raises HotlineError: NO_DATA if
        DuckDB would read other files than these, USAGE if the sheets' sources differ in timezone.
        """
        _require_exact_files(self.con, tables)
        self.progress = FileProgress(self.con)
        self.date_columns = []
        self.is_corrected = is_corrected and self.has("corrected")
        headings = dict.fromkeys(name for table in tables for name in table.id_headings)
        macros.define_for_file(
            self.con,
            list(headings),
            timezone_of(tables),
            has_numbers=tables[0].format == "parquet" and not tables[0].sheet,
        )
        self.tables = [_with_protection(self.con, table) for table in tables]
        self.is_small = sum(table.path.stat().st_size for table in tables) <= _SMALL_BYTES

    def input(
        self,
        *,
        errors: bool = False,
        where: str = "true",
        tables: list[InputTable] | None = None,
    ) -> None:
        """Create the view staging.input.

        With `errors` the reader's errors are kept in ERROR_TABLES. `where` filters the rows as
        read. `tables` replaces those of the file, for a trial without corrections. Corrected input
        is read through staging.received.
        """
        select = input_select(tables or self.tables, errors=errors, where=where)
        if self.is_corrected and tables is None:
            self.replace_view("received", select)
            self.replace_view("input", self.text("corrected"))
        else:
            self.replace_view("input", select)

    def has(self, name: str) -> bool:
        """Return whether there is a file <name>.sql."""
        return any((folder / f"{name}.sql").is_file() for folder in self.folders)

    def text(self, name: str) -> str:
        """Return the SELECT of <name>.sql; HotlineError USAGE if the entity lacks the file."""
        for folder in self.folders:
            if (path := folder / f"{name}.sql").is_file():
                return _read(path) if folder.is_relative_to(FOLDER) else _read_own(path)
        raise HotlineError(
            f"缺少 {self.folders[0].name}/{name}.sql;请在 data/sql/staging 下补上", USAGE
        )

    def ensure_view(self, name: str) -> None:
        """Create the view staging.<name> if it does not exist."""
        if name not in self._views:
            self.replace_view(name)

    def replace_view(self, name: str, select: str | None = None) -> None:
        """Create the view staging.<name> from `select` or its file, unless it is that already.

        A view is bound anew at every use, so that it remains valid when staging.input is replaced;
        binding one takes 0.05 s.
        """
        sql = select or self.text(name)
        if self._views.get(name) != sql:
            self.con.execute(f"CREATE OR REPLACE VIEW staging.{name} AS {sql}")
            self._views[name] = sql

    def read_clean(self) -> None:
        """Let staging.clean be the cleaned rows of staging.input.

        Of a small file they are stored in a table: to plan clean.sql takes 0.2 s, more than such a
        file's rows do, and each query would plan it again. Of a large one it is a view, and each
        query computes the columns that it needs: the rows would not fit into memory.
        """
        if not self.is_small:
            self.replace_view("clean")
            return
        self._create_table("clean_row", self.text("clean"))
        self.replace_view("clean", "FROM staging.clean_row")

    def materialise(self, name: str, *, empty: bool = False) -> None:
        """Create the table staging.<name>; its rows keep the order of the input.

        With `empty` only its columns, for a table known to have no rows: a pass over the file less.
        """
        if empty and name in self._empty:
            return
        self._create_table(name, self.text(name), " LIMIT 0" if empty else "")
        self._empty.discard(name)
        if empty:
            self._empty.add(name)

    def _create_table(self, name: str, select: str, limit: str = "") -> None:
        self.con.execute("SET preserve_insertion_order = true")
        self.con.execute(f"CREATE OR REPLACE TABLE staging.{name} AS FROM ({select}){limit}")
        self.con.execute("SET preserve_insertion_order = false")

    def drop_views(self) -> None:
        """Drop the views, before those of another entity are created."""
        for name in self._views:
            self.con.execute(f"DROP VIEW IF EXISTS staging.{name}")
        self._views.clear()
        self._empty.clear()


def timezone_of(tables: Sequence[InputTable]) -> str:
    """Return the timezone of the file's source; USAGE if its sheets have sources of several."""
    zones = {table.mapping.source.timezone: table.mapping.source.name for table in tables}
    if len(zones) > 1:
        listed = "、".join(f"{source} 为 {zone}" for zone, source in zones.items())
        raise HotlineError(f"各工作表的来源写着不同的 timezone({listed});请分成几个文件", USAGE)
    return next(iter(zones))


def _require_exact_files(con: duckdb.DuckDBPyConnection, tables: Sequence[InputTable]) -> None:
    """Raise HotlineError NO_DATA if DuckDB takes the name of a file for a pattern."""
    for table in tables:
        found = con.execute("SELECT file FROM glob($1)", [exact_path(table.path)]).fetchall()
        if found != [(str(table.path),)]:
            raise HotlineError(
                f"按这个文件名找到 {len(found)} 个文件,未入库;请改成普通的文件名再入库", NO_DATA
            )


def _with_protection(con: duckdb.DuckDBPyConnection, table: InputTable) -> InputTable:
    places = {*table.mapping.positions.values(), *table.mapping.id_places}
    if table.format == "parquet":
        places = protected_columns(con, table.path, places)
    elif not text_is_protected(table.path, table.delimiter):
        return table
    return replace(table, protected=frozenset(places))
