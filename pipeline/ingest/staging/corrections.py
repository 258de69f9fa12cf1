"""Corrections are data: data/reference/correction.csv.

They are applied in sql/staging/<entity>/corrected.sql.
"""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.entity import entities_of
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.staging.session import FOLDER, StagingSession
from pipeline.receipts import Receipt

COLUMNS = ("record_id", "column", "expect", "value", "reason")
_REPLACED = re.compile(r"corrected\(k\.fix, '(\w+)'")


@dataclass(frozen=True)
class Corrections:
    """The rows of the file, and a digest of them ('' for none)."""

    rows: tuple[tuple[str, str, str, str], ...]
    digest: str

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class AppliedCorrection:
    """The corrections of one file: cells replaced, and corrections that matched no cell."""

    applied: int = 0
    stale: tuple[str, ...] = ()


def correctable(home: Home) -> tuple[str, ...]:
    """Return the columns that corrections may replace: those in the corrected.sql of an entity.

    They exclude personal data, free text and the id.
    """
    found: dict[str, None] = {}
    for name in entities_of(home):
        for folder in (FOLDER, home.sql / "staging"):
            path = folder / name / "corrected.sql"
            if path.is_file():
                found.update(dict.fromkeys(_REPLACED.findall(path.read_text(encoding="utf-8"))))
    return tuple(found)


def read_corrections(home: Home) -> Corrections:
    """Return the corrections; HotlineError USAGE, with the line of the file, if one is invalid."""
    path = home.reference_files().get("correction")
    if path is None:
        return Corrections((), "")
    name = home.relative(path)
    found: dict[tuple[str, str, str], str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise HotlineError(f"{name} 的表头应是 {','.join(COLUMNS)};请改正", USAGE)
            for row in reader:
                where = f"{name} 第 {reader.line_num} 行"
                if len(row) != len(COLUMNS) or None in row.values():
                    raise HotlineError(f"{where}应有 {len(COLUMNS)} 列;请检查逗号和引号", USAGE)
                cells = {column: (row[column] or "").strip() for column in COLUMNS}
                _judge(home, where, cells)
                key = (cells["record_id"], cells["column"], cells["expect"])
                if key in found:
                    raise HotlineError(f"{where}与前面一行更正的是同一处;请留下一行", USAGE)
                found[key] = cells["value"]
    except (UnicodeDecodeError, csv.Error) as error:
        raise HotlineError(f"{name} 读不出({error});请存为 UTF-8 的 CSV", USAGE) from error
    rows = tuple((*key, value) for key, value in sorted(found.items()))
    return Corrections(rows, hashlib.sha256(repr(rows).encode()).hexdigest()[:16] if rows else "")


def _judge(home: Home, where: str, cells: dict[str, str]) -> None:
    column = cells["column"]
    allowed = correctable(home)
    if not cells["record_id"]:
        raise HotlineError(f"{where}没有 record_id;请写明更正哪一件", USAGE)
    if not any(column in entity.columns for entity in entities_of(home).values()):
        raise HotlineError(f"{where}没有名为“{column}”的列;可更正的有 {'、'.join(allowed)}", USAGE)
    if column not in allowed:
        raise HotlineError(
            f"{where}的列 {column} 是个人信息、自由文本或编号,不能更正;请让发送方改正后重发", USAGE
        )
    if cells["expect"] == cells["value"]:
        raise HotlineError(f"{where}的 expect 与 value 相同;请改正或删去", USAGE)
    if not cells["reason"]:
        raise HotlineError(f"{where}没有写理由(reason);请补上", USAGE)


def install(con: duckdb.DuckDBPyConnection, corrections: Corrections) -> None:
    """Create staging.correction_row and staging.correction, which has one row per record."""
    con.execute(
        "CREATE TABLE staging.correction_row"
        " (record_id VARCHAR, column_name VARCHAR, expect VARCHAR, value VARCHAR)"
    )
    if corrections:
        con.executemany(
            "INSERT INTO staging.correction_row VALUES ($1, $2, $3, $4)",
            [list(row) for row in corrections.rows],
        )
    con.execute(
        "CREATE TABLE staging.correction AS SELECT record_id,"
        " map(list(column_name || chr(31) || expect), list(value)) AS fix"
        " FROM staging.correction_row GROUP BY record_id"
    )


def use(session: StagingSession) -> AppliedCorrection:
    """Return the corrections applied to the session's file, and those without effect."""
    rows = session.con.execute(session.text("correction_use")).fetchall()
    return AppliedCorrection(
        applied=sum(matched for _, _, _, matched, _ in rows),
        stale=tuple(
            f"{record} 的 {column} {'已是更正后的值' if corrected else '现值与 expect 不符'}"
            for record, column, _, matched, corrected in rows
            if not matched
        ),
    )


def warn_late(receipts: list[Receipt], corrections: Corrections) -> str | None:
    """Return a line if files were loaded before the corrections were last changed."""
    late = [item.id for item in receipts if item.corrections.digest != corrections.digest]
    if not late:
        return None
    folder = Path("data/warehouse/receipts")
    shown = "、".join(late[:3]) + (" 等" if len(late) > 3 else "")
    return (
        f"correction.csv 在 {len(late)} 个文件入库之后改过,对它们还没有用上;"
        f"要用上,请删去 {folder} 下它们的回执({shown})再入库"
    )
