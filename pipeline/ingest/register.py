"""The registers (ref.*) and the alias tables that sql/staging joins."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipeline.engine import csv_scan
from pipeline.entity import Entity
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.statement import Staging

# What sql/staging reads; a city that has no such register has an empty one.
COLUMNS = {
    "district": ("district", "region"),
    "street": ("district", "street", "aliases"),
    "unit": ("unit", "unit_type", "district", "street", "aliases"),
    "category": ("category", "aliases"),
    "repeat_rule": ("rule", "least_length"),
}
# Columns that a register may lack: its names are then spelled in one way, and always valid.
OPTIONAL = ("aliases", "valid_from", "valid_to")
KINDS = ("category", "district", "street", "unit")


def install(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create ref.district, .street, .unit, .category (all text) and the alias tables."""
    con.execute("CREATE SCHEMA IF NOT EXISTS ref")
    _load_all(con, home, COLUMNS)
    shared = Staging(con, home)
    try:
        shared.materialise("spelling")
    except duckdb.ConversionException as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(
            f"名册(district、street、unit、category)的 valid_from 或 valid_to 不是日期({reason});"
            "请写成 YYYY-MM-DD,不限则留空",
            USAGE,
        ) from error
    shared.materialise("meaning")
    for kind in KINDS:
        shared.materialise(f"{kind}_alias")
        _define_in_force(con, kind)


def install_own(con: duckdb.DuckDBPyConnection, home: Home, entity: Entity) -> None:
    """Create the registers that an entity's own SQL reads, besides those for all."""
    _load_all(con, home, entity.registers)


def _load_all(
    con: duckdb.DuckDBPyConnection, home: Home, registers: Mapping[str, Sequence[str]]
) -> None:
    files = home.reference_files()
    for name, columns in registers.items():
        if name in files:
            _load(con, home, name, files[name], columns)
        else:
            every = dict.fromkeys((*columns, *OPTIONAL))
            con.execute(f"CREATE OR REPLACE TABLE ref.{name} ({' VARCHAR, '.join(every)} VARCHAR)")


def _load(
    con: duckdb.DuckDBPyConnection, home: Home, name: str, path: Path, columns: Sequence[str]
) -> None:
    scan = csv_scan(path, "all_varchar = true, header = true")
    try:
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
        chosen = [column for column in columns if column in present or column not in OPTIONAL]
        chosen += [
            column if column in present else f"NULL::VARCHAR AS {column}"
            for column in OPTIONAL
            if column not in chosen
        ]
        con.execute(f"CREATE OR REPLACE TABLE ref.{name} AS SELECT {', '.join(chosen)} FROM {scan}")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise HotlineError(
            f"参考表 {home.relative(path)} 读不出({reason});应有列 {'、'.join(columns)}", USAGE
        ) from error


def _define_in_force(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Create the macro in_force_<kind>: whether a meaning holds at a time.

    Where no spelling means two things in turn it is a constant, so that the join of every record
    stays one on equal names (a test of dates doubles the time of such a join).
    """
    dated = con.execute(
        f"SELECT count(*) FROM staging.{kind}_alias"
        " WHERE valid_from > DATE '0001-01-01' OR valid_to < DATE '9999-12-31'"
    ).fetchall()[0][0]
    test = "CAST(x AS DATE) BETWEEN first_on AND last_on" if dated else "true"
    con.execute(f"CREATE OR REPLACE TEMP MACRO in_force_{kind}(x, first_on, last_on) AS ({test})")
