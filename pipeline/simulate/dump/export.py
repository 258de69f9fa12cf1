"""Writes what an entity's SQL expands: monthly files of cells, or one small file of a table."""

from __future__ import annotations

import calendar
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline.console import progress, say
from pipeline.db import csv_scan
from pipeline.entity import Entity
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.simulate.dump.cells import solve_cells
from pipeline.simulate.dump.write import Dump, check_sheet, write_receipt, writing

_SQL = REPOSITORY / "sql" / "simulate"


@cache
def _layout() -> dict[str, Any]:
    path = Path(__file__).with_name("layout.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write_cells(
    home: Home, entity: Entity, claims: list[dict[str, Any]], dump: Dump, folder: Path
) -> None:
    """Solve the entity's cells and write a file a month."""
    cells = solve_cells(home, dump.year, entity, claims, dump.scale)
    for claim, why in cells.skipped.items():
        say(f"未参与求解:{claim}({why})")
    frame = cells.frame
    total = int(frame["n"].sum())
    with writing(home, dump, folder) as (con, writer):
        con.register("weight", cells.weights)
        _reference(con, home, "street")
        months = sorted(frame["month"].unique())
        for month in progress(months, f"生成模拟数据:{entity.title}", len(months)):
            own = frame[frame["month"] == month]
            con.register("cell", own.assign(first=own["n"].cumsum() - own["n"] + 1))
            stem = f"{dump.year}-{month}"
            if dump.format == "xlsx":
                check_sheet(int(own["n"].sum()), stem)
            days = calendar.monthrange(dump.year, int(month))[1]
            con.execute(
                "CREATE OR REPLACE TEMP TABLE moment AS SELECT $1::DATE AS first_day,"
                " $2::INTEGER AS day_count, $3::INTEGER AS seed",
                [date(dump.year, int(month), 1), days, dump.seed],
            )
            writer.write(_select(entity), stem)
        writer.close()
        write_receipt(writer.folder, dump, writer.files, total, total, _source(entity))
    say(f"模拟数据:{entity.title} {total:,} {entity.unit},写入 {home.relative(folder)}")


def write_table(home: Home, entity: Entity, dump: Dump, folder: Path) -> None:
    """Write the entity's calibration table, which holds its rows one by one, as one file."""
    path = home.calibration_files().get(entity.name)
    if path is None:
        raise HotlineError(
            f"没有{entity.title}的先验 data/calibration/{entity.name}.csv,无法模拟;请补上该文件",
            NO_DATA,
        )
    with writing(home, dump, folder) as (con, writer):
        con.execute(
            f"CREATE TEMP TABLE value AS FROM {csv_scan(path, 'all_varchar = true, header = true')}"
        )
        (total,) = con.execute("SELECT count(*) FROM value").fetchall()[0]
        writer.write(_select(entity), entity.name)
        writer.close()
        write_receipt(writer.folder, dump, writer.files, total, total, _source(entity))
    say(f"模拟数据:{entity.title} {total:,} {entity.unit},写入 {home.relative(folder)}")


def _reference(con: duckdb.DuckDBPyConnection, home: Home, name: str) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS ref")
    scan = csv_scan(home.reference_files()[name], "all_varchar = true, header = true")
    # A city's own register need not be dated.
    con.execute(
        f"CREATE TABLE ref.{name} AS FROM {scan}"
        " UNION ALL BY NAME SELECT NULL::VARCHAR AS valid_from WHERE FALSE"
    )


def _source(entity: Entity) -> str:
    return str(_layout()[entity.name]["source"])


def _select(entity: Entity) -> str:
    """Return the SELECT of the entity's rows under the headings of its dump."""
    text = (_SQL / f"{entity.name}.sql").read_text(encoding="utf-8")
    headings = _layout()[entity.name]["headings"].items()
    columns = ", ".join(f'{name} AS "{heading}"' for name, heading in headings)
    return f"SELECT {columns} FROM (\n{text}\n)"
