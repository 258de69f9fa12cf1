"""What any document made from a warehouse needs: its template, its office, its digest."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipeline.document.model import Build
from pipeline.errors import USAGE, HotlineError
from pipeline.model import fingerprint_of
from pipeline.telling.printed import Printed


def read_template(folder: Path, name: str, own: Path | None) -> dict[str, Any]:
    """Return <name>.toml, with the sections of every <name>_*.toml beside it and of the home's."""
    template = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    for place in [folder, *([own] if own else [])]:
        for path in sorted(place.glob(f"{name}_*.toml")):
            try:
                template["section"] += tomllib.loads(path.read_text(encoding="utf-8"))["section"]
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
                raise HotlineError(
                    f"报告模板 {path.name} 有误({error});请改正后再试", USAGE
                ) from error
    return template


def faulty(file: str, place: str, error: Exception) -> HotlineError:
    """Return what is wrong with a home's own template, at a section or its screen."""
    reason = f"{type(error).__name__} {str(error).splitlines()[0]}"
    return HotlineError(
        f"报告模板 {file} 的 {place} 有误({reason});请核对表名、列名与写法后再试", USAGE
    )


def office(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the names of the city and its hotline, and where districts stand on the grid."""
    named = dict(con.execute("SELECT item, text FROM ref.office").fetchall())
    tiles = con.execute('SELECT district, "col", "row" FROM ref.district_tile').fetchall()
    blank = {"city": "", "hotline": "", "issuer": "", "contact": ""}
    return {**blank, **named, "tiles": {d: [int(c), int(r)] for d, c, r in tiles}}


def made_from(con: duckdb.DuckDBPyConnection, tables: Iterable[Printed]) -> Build:
    """Return which warehouse the tables come from, and a digest of what they print.

    The digest is equal where no printed figure differs.
    """
    printed = [
        [table.name, [column.name for column in table.columns],
         [[str(value) for value in row] for row in table.rows]]
        for table in tables
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(printed, ensure_ascii=False).encode()).hexdigest()
    return Build(fingerprint_of(con), digest)
