"""The reject workbook for the sender: rows and cells that were not loaded, why, and what to do."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from pipeline.db import parquet_scan
from pipeline.files import whole_file
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.feedback.messages import SKIPPED, Reason, words
from pipeline.ingest.staging.row_numbers import MOST_LISTED
from pipeline.receipts import Receipt
from pipeline.shown_name import shown_name

_BATCH = 10_000
_INK, _SHADE, _LINE = "#1F3A5F", "#E8EEF5", "#C5CED8"
_TEXT: dict[str, Any] = {"font_name": "宋体", "font_size": 11, "valign": "top"}
_FORMS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "head": {"bold": True, "bg_color": _SHADE, "bottom": 1, "bottom_color": _INK},
    "text": {"text_wrap": True, "bottom": 1, "bottom_color": _LINE},
    "plain": {"text_wrap": False},
    "count": {"num_format": "#,##0", "bottom": 1, "bottom_color": _LINE},
}
_LISTED = (
    ("文件", 30), ("工作表", 12), ("行", 9), ("列", 14), ("编号", 22),
    ("值(已遮盖)", 24), ("原因", 26), ("请怎样做", 60),
)  # fmt: skip
_LISTED_IN = "逐行列在“退回的行”"
_ROWS = """
SELECT sheet, line, column_name, record_id, value_masked, reason
FROM {source} ORDER BY sheet_no, line, column_name LIMIT {most}
"""


@dataclass(frozen=True)
class RejectWorkbook:
    """The contents of a reject workbook: the receipt, the opened file, the words of the reasons."""

    receipt: Receipt
    opened: OpenedFile
    reasons: dict[str, Reason]


def write_workbook(
    con: duckdb.DuckDBPyConnection, letter: RejectWorkbook, rejects: Path, target: Path
) -> None:
    """Write the workbook to `target`, whole or not at all; the same rows give the same bytes.

    `rejects` is the Parquet file of the rejected rows; staging.unread_cell holds the cells.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    received = letter.receipt.received_on or datetime.date.today()
    created = datetime.datetime.combine(received, datetime.time())
    with whole_file(target) as beside:
        book = xlsxwriter.Workbook(str(beside), {"constant_memory": True})
        book.set_properties({"title": "退回清单", "created": created})
        forms = {name: book.add_format({**_TEXT, **form}) for name, form in _FORMS.items()}
        _summary(book, forms, letter)
        if letter.receipt.rows_rejected:
            _rows(con, book, forms, letter, "退回的行", parquet_scan(rejects))
        if letter.receipt.unread:
            _rows(con, book, forms, letter, "读不懂的格", "staging.unread_cell")
        book.close()


def _summary(book: Any, forms: dict[str, Any], letter: RejectWorkbook) -> None:
    sheet, receipt = book.add_worksheet("摘要"), letter.receipt
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 72)
    _for_print(sheet)
    sheet.write_string(0, 0, "退回清单", forms["title"])
    sheet.set_row(0, 28)
    facts = [
        ("文件", receipt.name),
        ("发送方", receipt.sender or "(未注明)"),
        ("收到日期", str(receipt.received_on)),
    ]
    row = 1
    for label, value in facts:
        sheet.write_string(row, 0, label, forms["plain"])
        sheet.write_string(row, 1, value, forms["plain"])
        row += 1
    row = _table(sheet, forms, row + 1, ("", "行数", "说明"), _counts(receipt))
    reasons = [
        (words(letter.reasons, name).label, count, words(letter.reasons, name).remedy)
        for name, count in sorted(receipt.reject_reasons.items(), key=lambda item: -item[1])
    ]
    if reasons:
        row = _table(sheet, forms, row + 1, ("退回的原因", "行数", "请怎样做"), reasons)
    if receipt.unread:
        cells = _unread(letter)
        row = _table(sheet, forms, row + 1, ("读不懂的格(行已入库)", "格数", "请怎样做"), cells)
    for note in _notes(letter):
        sheet.write_string(row + 1, 0, note, forms["plain"])
        row += 1


def _unread(letter: RejectWorkbook) -> list[tuple[str, int, str]]:
    remedy = words(letter.reasons, "time_unread").remedy
    return [
        (letter.opened.heading(column), count, remedy)
        for column, count in letter.receipt.unread.items()
    ]


def _counts(receipt: Receipt) -> list[tuple[str, int, str]]:
    lines = [
        ("读入", receipt.rows_read, "= 入库 + 重复 + 退回"),
        ("入库", receipt.rows_loaded, ""),
        ("重复", receipt.rows_duplicate, "同一编号、派单时间、承办单位的行,留下填得最全的一行"),
        ("退回", receipt.rows_rejected, _LISTED_IN if receipt.rows_rejected else ""),
    ]
    skipped = receipt.rows_skipped
    lines += [(SKIPPED[kind], count, "不是记录,不计入读入") for kind, count in skipped.items()]
    return lines


def _notes(letter: RejectWorkbook) -> list[str]:
    notes = [
        "值按样式遮盖,姓名与号码不写出;整行读不懂的只写行号。",
        "请改正后重发所列编号的全部行(同一编号的各次派单都要),或重发整个文件:"
        "以后到的为准,已入库的不会重复计数。",
    ]
    if letter.receipt.format.startswith("csv"):
        notes.append("行号是文本文件的行号;单元格里有换行时,表格软件里的行号会小一些。")
    if letter.receipt.rows_rejected > MOST_LISTED:
        notes.append(
            f"退回 {letter.receipt.rows_rejected:,} 行,只列前 {MOST_LISTED:,} 行,其余原因相近。"
        )
    for name, count in letter.opened.unread.items():
        notes.append(f"工作表“{name}”没有认得出的表头,{count:,} 行未读;若是数据,请补上表头重发。")
    return [letter.opened.without_people(note) for note in (*notes, *letter.opened.warnings)]


def _table(
    sheet: Any,
    forms: dict[str, Any],
    row: int,
    headings: tuple[str, str, str],
    lines: list[tuple[str, int, str]],
) -> int:
    for place, heading in enumerate(headings):
        sheet.write_string(row, place, heading, forms["head"])
    for name, count, remark in lines:
        row += 1
        sheet.write_string(row, 0, name, forms["text"])
        sheet.write_number(row, 1, count, forms["count"])
        sheet.write_string(row, 2, remark, forms["text"])
    return row + 1


def _rows(
    con: duckdb.DuckDBPyConnection,
    book: Any,
    forms: dict[str, Any],
    letter: RejectWorkbook,
    name: str,
    source: str,
) -> None:
    """Write a sheet with the rows of the SQL relation `source`."""
    sheet = book.add_worksheet(name)
    _for_print(sheet)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for place, (heading, width) in enumerate(_LISTED):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, forms["head"])
    cursor = con.execute(_ROWS.format(source=source, most=MOST_LISTED))
    headings, row = _headings(letter.opened), 0
    while batch := cursor.fetchmany(_BATCH):
        for part, line, column, number, value, reason in batch:
            row += 1
            heading = headings.get((part or "", column), "") if column else ""
            reason_words = words(letter.reasons, reason)
            sheet_name = shown_name(part or "")
            cells = (letter.receipt.name, sheet_name, line, heading, number, value, *reason_words)
            for place, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(row, place, cell, forms["count"])
                else:
                    sheet.write_string(row, place, cell or "", forms["text"])
    sheet.autofilter(0, 0, row, len(_LISTED) - 1)


def _headings(opened: OpenedFile) -> dict[tuple[str, str], str]:
    """Return (sheet, canonical column) -> heading in the file."""
    found = {}
    for table in opened.tables:
        mapping = table.mapping
        for column, aliases in mapping.source.columns.items():
            place = mapping.positions.get(column)
            heading = aliases[0] if place is None else shown_name(mapping.headings[place])
            found[table.sheet, column] = heading
    return found


def _for_print(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
