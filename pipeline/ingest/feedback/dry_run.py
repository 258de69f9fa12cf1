"""The dry run of a file: how it would be read, and how many rows would be loaded or rejected."""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipeline.entity import Entity
from pipeline.home import Home
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.feedback.messages import (
    corrected,
    read_reasons,
    skipped_rows,
    unknown,
    unread_sheets,
    unread_times,
    words,
)
from pipeline.ingest.feedback.value_warnings import value_warnings
from pipeline.ingest.staging.corrections import Corrections
from pipeline.ingest.staging.row_numbers import count_unread_cells
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.stage import Staged, count_written, stage
from pipeline.ingest.staging.supplement import look_up
from pipeline.receipts import Receipt

_SAMPLE = 5
_TEXT = 30
_DELIMITERS = {",": "逗号", "\t": "制表符", "|": "竖线", ";": "分号"}
_FORMATS = {"csv": "分隔文本", "jsonl": "JSON 行", "html": "网页(HTML 表格)"}
# An id column that holds a phone number or an identity card.
_PERSON = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]")
_NOT_SHOWN = ("receipt", "dispatch_no", "is_last", "unread", "given")
# The count of each reason, and its first row.
_REJECTS = """
SELECT
    reason,
    count(*),
    arg_min(coalesce(sheet, ''), (sheet_no, line)),
    arg_min(coalesce(line, 0), (sheet_no, line)),
    arg_min(coalesce(column_name, ''), (sheet_no, line)),
    arg_min(coalesce(value_masked, ''), (sheet_no, line))
FROM staging.reject
GROUP BY reason
ORDER BY count(*) DESC, reason
"""


def dry_run(
    session: StagingSession,
    home: Home,
    opened: OpenedFile,
    tmp: Path,
    corrections: Corrections,
    before: Mapping[str, Receipt],
) -> list[str]:
    """Return the lines of a dry run: the first for the file, the others below it.

    The file is staged as if it were loaded; nothing of it is kept.
    """
    con, name = session.con, opened.name
    session.begin(opened.tables, is_corrected=bool(corrections))
    if opened.is_supplement:
        look_up(session, home, opened, before.values())
    staged = stage(session, "0" * 16, name, tmp)
    counts = count_written(session, "FROM staging.stored")
    kind, _, packed = opened.format.partition(".")
    form = _FORMATS.get(kind, kind) + (f",{packed} 压缩" if packed else "")
    encoding = f",编码 {opened.encoding}" if opened.encoding else ""
    return [
        f"{opened.name}:{form}{encoding},来源 {opened.source.name};"
        f"读入 {staged.rows_read:,} 行 = 可入库 {staged.rows_loaded:,}"
        f" + 重复 {staged.rows_duplicate:,} + 退回 {staged.rows_rejected:,}",
        *([f"只按编号补充已入库的{opened.entity.title}"] if opened.is_supplement else []),
        *_tables(opened),
        *unread_sheets(opened.unread),
        *skipped_rows(staged.skipped),
        *corrected(staged.corrections.applied, staged.corrections.stale),
        *unread_times(count_unread_cells(session, counts), opened, None),
        *opened.warnings,
        *value_warnings(session, opened, counts),
        *_unknown(counts, opened.entity),
        *_rejects(con, home, opened),
        *_samples(con, staged, opened.entity),
    ]


def _unknown(counts: dict[str, int], entity: Entity) -> list[str]:
    rows = unknown(counts, entity)
    return [f"会有未识别的名称:{rows} 行;建表后逐一列在 data/reports/unmatched.csv"] if rows else []


def _tables(opened: OpenedFile) -> list[str]:
    lines: list[str] = []
    before: list[str] = []
    for table in opened.tables:
        lines.append(_where(table))
        columns = _columns(table)
        lines += ["  各列同上"] if columns == before else columns
        before = columns
    return lines


def _where(table: InputTable) -> str:
    parts = [f"工作表“{table.sheet}”"] if table.sheet else []
    if table.header_row:
        rows = f"第 {table.header_row} 行"
        if table.header_span == 2:
            rows = f"第 {table.header_row}、{table.header_row + 1} 行(两行合并)"
        parts.append(f"表头在{rows}")
    if table.format == "csv":
        parts.append(f"以{_DELIMITERS[table.delimiter]}分隔")
    if table.district:
        parts.append(f"没有区的列,按名称或标题认作 {table.district}")
    if table.ids_are_rounded:
        parts.append("编号列被存成了数字,长编号已丢失末几位")
    return ",".join(parts) or "列名取自文件"


def _columns(table: InputTable) -> list[str]:
    """Return a line for each mapped column, with the reason, and one for the others."""
    mapping, source = table.mapping, table.mapping.source
    lines = []
    for column, place in sorted(mapping.positions.items(), key=lambda item: item[1]):
        heading, name = mapping.headings[place], source.columns[column][0]
        heading, name = " ".join(heading.split()), " ".join(name.split())
        other = "" if heading == name else f",是“{name}”的另一种写法"
        lines.append(f"  第 {place + 1} 列 {heading} → {column}:来源 {source.name}{other}")
    lines += [f"  {column} = {value}(来源规定)" for column, value in source.constants.items()]
    if mapping.unmapped:
        lines.append(f"  不用的列:{'、'.join(mapping.unmapped)}")
    absent = [
        aliases[0] for column, aliases in source.columns.items() if column not in mapping.positions
    ]
    if absent:
        lines.append(f"  文件里没有的列:{'、'.join(absent)}")
    return lines


def _rejects(con: duckdb.DuckDBPyConnection, home: Home, opened: OpenedFile) -> list[str]:
    reasons, lines = read_reasons(home), []
    for reason, count, sheet, line, column, value in con.execute(_REJECTS).fetchall():
        place = f"{sheet} 第 {line} 行".strip() if line else "行号不明"
        shown = f",{opened.heading(column)} = {value}" if value else ""
        lines.append(f"会退回 {count:,} 行:{words(reasons, reason).label},例如 {place}{shown}")
    return lines


def _samples(con: duckdb.DuckDBPyConnection, staged: Staged, entity: Entity) -> list[str]:
    """Return the first rows as they would be stored: masked, and matched to the registers."""
    if not staged.rows_loaded:
        return []
    cursor = con.execute(f"SELECT * FROM staging.stored LIMIT {_SAMPLE}")
    names = [field[0] for field in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    texts = (
        []
        if not entity.texts
        else con.execute(
            "SELECT record_id, title, content FROM staging.text"
            " WHERE record_id IN (SELECT unnest($1::VARCHAR[]))",
            [[row["record_id"] for row in rows]],
        ).fetchall()
    )
    found = {record: {"title": title, "content": content} for record, title, content in texts}
    return [
        f"样本 {number}(已遮盖):" + ",".join(_cells({**row, **found.get(row["record_id"], {})}))
        for number, row in enumerate(rows, 1)
    ]


def _cells(row: dict[str, object]) -> list[str]:
    cells = []
    for name, value in row.items():
        if name in _NOT_SHOWN or value in (None, "?", ""):
            continue
        if name == "caller_hash":
            cells.append("来电人=有")
            continue
        shown = "***" if _PERSON.fullmatch(str(value)) else " ".join(str(value).split())
        cells.append(f"{name}={shown[:_TEXT]}{'…' if len(shown) > _TEXT else ''}")
    return cells
