"""A DuckDB connection with the settings every stage relies on."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipeline import stopping
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.settings import load


def connect(
    path: Path | str = ":memory:",
    *,
    home: Home | None = None,
    read_only: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> duckdb.DuckDBPyConnection:
    """Return a connection: bounded memory, spilling below the home, UTC, no downloads.

    Threads and memory are those of the settings unless given.
    """
    if home is not None:
        require_usable(home)
    limits = load(home.root if home else None)
    con = duckdb.connect(str(path), read_only=read_only)
    stopping.interrupt_too(con)
    con.execute(f"SET threads = {threads or limits.threads}")
    con.execute(f"SET memory_limit = '{memory_limit or limits.memory_limit}'")
    if home is not None and home.tmp.is_dir():
        con.execute("SET temp_directory = ?", [str(home.tmp)])
    if home is not None:
        con.execute(f"SET VARIABLE {_PLACE} = {literal(home.warehouse)}")
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    # try_cast over read_csv is otherwise pushed into the reader: with store_rejects a bad value
    # then takes its whole row away without a word.
    con.execute("SET disabled_optimizers = 'type_pushdown'")
    return con


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, name: str, rows: Any) -> Iterator[None]:
    """Let the SQL of the block read an Arrow table or a data frame as the table `name`."""
    con.register(name, rows)
    try:
        yield
    finally:
        con.unregister(name)


def create_rows(
    con: duckdb.DuckDBPyConnection,
    name: str,
    types: Mapping[str, str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Create a table of a few thousand rows; values pass as text, so that one cast rule holds.

    No Arrow array is made of Python values: that imports pandas, half a second of every build.
    """
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    lists = [[_text(value) for value in column] for column in columns]
    casts = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in types.items())
    given = ", ".join(f'unnest(CAST(? AS VARCHAR[])) AS "{column}"' for column in types)
    con.execute(f"CREATE TABLE {name} AS SELECT {casts} FROM (SELECT {given}) AS given", lists)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# What the system says where the disk is at fault, not the file that is read or the SQL.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def disk_fault(error: Exception) -> str | None:
    """Return in one line what the system said, where an error comes from the disk; else None.

    The engine reports a full disk as an IOException, but also as a failed commit, a fatal error or
    whatever it was doing.
    """
    lines = [line for line in str(error).splitlines() if line.strip()]
    if isinstance(error, (OSError, duckdb.IOException)):
        return lines[0] if lines else type(error).__name__
    if isinstance(error, duckdb.Error):
        said = [os.strerror(number) for number in _DISK]
        return next((line for line in lines if any(words in line for words in said)), None)
    return None


_SIGNS = re.compile(r"[*?\[]")


def exact_path(path: Path | str) -> str:
    """Return the pattern that the engine's readers match with this one file.

    A reader takes every path for a pattern: `a[1].csv` would be `a1.csv`. Brackets quote
    a sign. With a backslash in the path as well there is no such pattern: give it a link with
    a plain name.
    """
    return _SIGNS.sub(r"[\g<0>]", str(path))


def parquet_scan(paths: Path | Iterable[Path], options: str = "") -> str:
    """Return the reader of these Parquet files and no others, for a FROM clause.

    Folders named `key=value` above them add no columns, unless `options` ask for it.
    """
    return _scan("read_parquet", [paths] if isinstance(paths, Path) else paths, options)


def csv_scan(path: Path, options: str) -> str:
    """Return the reader of this one text file, for a FROM clause."""
    return _scan("read_csv", [path], options)


def _scan(reader: str, paths: Iterable[Path], options: str) -> str:
    listed = ", ".join(literal(exact_path(path)) for path in paths)
    if "hive_partitioning" not in options:
        options = f"hive_partitioning = false{', ' * bool(options)}{options}"
    return f"{reader}([{listed}], {options})"


# The variable that gives the views the folder of the warehouse.
_PLACE = "hotline_warehouse"
_MOVED = "数据库不在它建成时的文件夹里"


def create_place(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create build.file(name), the path by which the views find a file of the warehouse.

    Views hold names below the folder alone. `connect` sets the folder as a variable; a database
    that is opened without it takes the one where it was built. After a copy or a move it is
    elsewhere, and an attached database does not see where it is: neither may read the files of
    another home. (One thing no view can see: a copy, not yet built where it is,
    that is attached to a connection opened on the very database it was copied from.)
    """
    folder = home.warehouse.absolute()
    path = literal(folder)[1:-1]
    message = (
        f"{_MOVED}({path}):移动、复制过,或由另一个库附加。请运行一次 hotline build,"
        f"或先执行 SET VARIABLE {_PLACE} = ''文件夹'',写明 hotline.duckdb 现在所在的文件夹"
    )
    fault = f"CAST(error('{message}') AS VARCHAR)"
    con.execute("CREATE SCHEMA IF NOT EXISTS build")
    con.execute(
        f"""CREATE OR REPLACE MACRO build.folder() AS coalesce(
            CAST(getvariable('{_PLACE}') AS VARCHAR),
            CASE
                WHEN current_setting('temp_directory') = '{path}/{home.database.name}.tmp'
                    THEN '{path}'
            END,
            {fault}
        )"""
    )
    # Views made where no folder above is named `key=value` read the month from the folders.
    test = "false" if "=" in path else "contains(build.folder(), '=')"
    con.execute(
        f"""CREATE OR REPLACE MACRO build.file(name) AS
            CASE
                WHEN {test} THEN {fault}
                ELSE regexp_replace(build.folder(), '([*?[])', '[\\1]', 'g') || '/' || name
            END"""
    )


def placed_scan(names: Iterable[str], options: str) -> str:
    """Return the reader of Parquet files of the warehouse, named from its folder, for a view."""
    listed = ", ".join(map(literal, names))
    return f"read_parquet(list_transform([{listed}], lambda name: build.file(name)), {options})"


def moved_fault(error: Exception) -> str | None:
    """Return what a view said in one line where its files cannot be found, else None."""
    lines = [line for line in str(error).splitlines() if _MOVED in line]
    return lines[0].partition("Error: ")[2] if lines else None


def require_usable(home: Home) -> None:
    """Raise HotlineError USAGE for a home in a folder whose name the engine cannot open."""
    found = [sign for sign in "?\\" if sign in str(home.root)]
    if found:
        raise HotlineError(
            f"目录 {home.root} 的名字里有 {'、'.join(found)},数据库引擎打不开其中的文件;"
            "请改名,或用 --home 换一个目录",
            USAGE,
        )


def literal(value: Path | str) -> str:
    """Return `value` as a literal of SQL, for the places where no parameter is allowed."""
    return "'" + str(value).replace("'", "''") + "'"


def open_warehouse(home: Home, needs: Iterable[str] = ()) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the built warehouse of `home`.

    `needs` are tables (`annual.t01_overview`) that the caller reads. Raises HotlineError NO_DATA
    where nothing is built; IO where the database cannot be opened, comes from an older version
    (its views hold full paths, which in a copied home are those of another) or lacks a table.
    """
    require_built(home)
    try:
        con = connect(home.database, home=home, read_only=True)
    except duckdb.Error as error:
        raise _not_opened(home, error) from None
    try:
        _require_own_files(con, home)
        _require_tables(con, home, needs)
    except HotlineError:
        con.close()
        raise
    return con


def attach(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Attach the home's database as `warehouse`; raises HotlineError as `open_warehouse` does."""
    require_built(home)
    try:
        con.execute(f"ATTACH {literal(home.database)} AS warehouse (READ_ONLY)")
    except duckdb.Error as error:
        raise _not_opened(home, error) from None


def require_built(home: Home) -> None:
    """Raise HotlineError NO_DATA, saying how to make a warehouse, where there is none."""
    if not home.database.is_file():
        raise HotlineError(
            f"{home.relative(home.database)} 还不存在;"
            "请先运行 hotline ingest 路径,再运行 hotline build",
            NO_DATA,
        )


def _not_opened(home: Home, error: duckdb.Error) -> HotlineError:
    name = home.relative(home.database)
    if "Conflicting lock" in str(error) or "different configuration" in str(error):
        return HotlineError(f"{name} 打不开:另一个程序(如笔记本)正打开它;请先关闭那个程序", IO)
    return HotlineError(f"{name} 打不开,已经损坏;请删除它并重新运行 hotline build", IO)


def _require_own_files(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    try:
        con.execute("SELECT fingerprint FROM build.run")
    except duckdb.Error:
        return  # not a warehouse: whoever reads its tables says which one is missing
    try:
        con.execute("SELECT folder FROM build.run")
        con.execute("SELECT receipt FROM source.receipt LIMIT 0")
    except duckdb.Error:
        raise HotlineError(
            f"{home.relative(home.database)} 由旧版本建成;请先运行 hotline build", IO
        ) from None


def _require_tables(con: duckdb.DuckDBPyConnection, home: Home, needs: Iterable[str]) -> None:
    if not (wanted := {*needs}):
        return
    held = {
        f"{schema}.{name}"
        for schema, name in con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall()
    }
    if missing := sorted(wanted - held):
        raise HotlineError(
            f"{home.relative(home.database)} 缺少表 {'、'.join(missing[:3])}"
            f"{'等' if len(missing) > 3 else ''};请重新运行 hotline build",
            IO,
        )


def fingerprint_of(con: duckdb.DuckDBPyConnection) -> str:
    """Return which build the warehouse is of."""
    return str(con.execute("SELECT fingerprint FROM build.run").fetchall()[0][0])


def require_year(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Raise HotlineError NO_DATA, naming the years that are loaded, where `year` has no records."""
    rows = con.execute('SELECT DISTINCT "year" FROM source.partition ORDER BY 1').fetchall()
    years = [int(row[0]) for row in rows]
    if year not in years:
        loaded = "、".join(map(str, years)) or "无"
        raise HotlineError(
            f"{year} 年没有已入库的记录(已入库:{loaded});请先用 hotline ingest 读入该年的导出文件",
            NO_DATA,
        )


def require_figures(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Raise HotlineError NO_DATA if the attached warehouse has no figures of the year."""
    loaded = [
        row[0]
        for row in con.execute(
            "SELECT DISTINCT substring(period, 1, 4) FROM warehouse.metric.figure ORDER BY 1"
        ).fetchall()
    ]
    if str(year) not in loaded:
        known = f"已装入:{'、'.join(loaded)}" if loaded else "仓库是空的"
        raise HotlineError(f"仓库里没有 {year} 年的数据({known}),请先 ingest 再 build", NO_DATA)


def sql_files(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return metric -> the SQL files that define it, asked of the tables themselves."""
    tables = con.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE database_name = 'warehouse'"
        " AND schema_name = 'metric' AND column_name = 'metric'"
        " AND table_name NOT IN ('figure', 'figure_value', 'compared_cut', 'day_cell')"
        " ORDER BY table_name"
    ).fetchall()
    files: dict[str, list[str]] = {}
    for (table,) in tables:
        query = f'SELECT DISTINCT metric FROM warehouse.metric."{table}"'
        for (metric,) in con.execute(query).fetchall():
            files.setdefault(metric, []).append(f"sql/metric/{table}.sql")
    return files


def provenance(con: duckdb.DuckDBPyConnection, year: int) -> tuple[bool, float]:
    """Return whether any file behind the year is simulated, and the smallest scale of them."""
    row = con.execute(
        "SELECT bool_or(receipt.simulated), min(receipt.scale)"
        " FROM warehouse.source.receipt AS receipt"
        " INNER JOIN warehouse.source.partition AS part ON receipt.receipt = part.receipt"
        " WHERE part.year IN (?, ?)",
        [year, year - 1],
    ).fetchone()
    simulated, scale = row or (None, None)
    return bool(simulated), float(scale if scale is not None else Decimal(1))
