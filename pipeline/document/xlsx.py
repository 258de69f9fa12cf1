"""The tables as sheets: one workbook with a contents sheet, and one CSV per table."""

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from pipeline.csv_file import csv_text
from pipeline.document.layout import CONTENTS, NO_ROWS, cell_text, closing_lines, remarks, unit_line
from pipeline.document.model import Cell, Column, Document, Table

# A fixed date keeps two workbooks of the same figures equal to the byte.
CREATED = datetime.datetime(2000, 1, 1)
FORMATS = {
    "count": "#,##0",
    "percent": "0.00%",
    "change": "▲0.00%;▽0.00%;0.00%",
    "decimal": "#,##0.00",
    "year": "0",
    "text": "@",
}
NOTHING = ("", "—")
HEAD = 5  # the row of the headings, from 0


def xlsx_bytes(document: Document) -> bytes:
    """Return the workbook: a contents sheet, then one sheet per table, all rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": document.title,
            "author": document.issuer,
            "created": CREATED,
            "comments": " ".join(document.marks),
        }
    )
    styles = _styles(book)
    tables = document.tables()
    names = _sheet_names(tables)
    _contents(book.add_worksheet(CONTENTS), document, list(zip(tables, names, strict=True)), styles)
    for table, name in zip(tables, names, strict=True):
        _sheet(book.add_worksheet(name), table, document, styles)
    book.close()
    return out.getvalue()


def csv_bytes(table: Table) -> bytes:
    """Return the table as CSV: headings, then values, or the sign where a value is hidden."""
    headings = [column.heading for column in table.columns]
    rows = [[_shown(cell) for cell in row] for row in table.rows]
    # The mark at the start lets spreadsheets open the Chinese headings unasked.
    return csv_text([headings, *rows]).encode("utf-8-sig")


def _shown(cell: Cell) -> str | int:
    """Return a cell's value; never that of a hidden cell, whatever the model holds."""
    if cell.mark in ("suppressed", "secondary"):
        return cell_text(cell)
    if cell.value is None:
        return "" if cell.text in NOTHING else cell.text
    return cell.value


def _styles(book: Any) -> dict[str, Any]:
    styles = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    styles["text"].set_indent(1)
    styles["year"].set_align("center")
    for kind, form in FORMATS.items():
        styles[f"{kind} low_n"] = book.add_format(
            {"num_format": f'{form}"†"' if kind != "text" else form, "italic": True}
        )
    styles["hidden"] = book.add_format(
        {"align": "right", "italic": True, "font_color": "#555555", "bg_color": "#F0F0F0"}
    )
    styles["word"] = book.add_format({"align": "right"})
    styles["title"] = book.add_format({"bold": True, "font_size": 14})
    styles["head"] = book.add_format(
        {
            "bold": True,
            "bottom": 1,
            "bg_color": "#E8EEF5",
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    styles["note"] = book.add_format({"font_color": "#555555"})
    styles["wrapped"] = book.add_format(
        {"font_color": "#555555", "text_wrap": True, "valign": "top"}
    )
    styles["mark"] = book.add_format({"bold": True})
    styles["link"] = book.add_format({"font_color": "#1F5AA6", "underline": 1})
    return styles


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    """Return `<number> <title>` for each, within 31 characters, all different in any case."""
    names: list[str] = []
    for place, table in enumerate(tables, start=1):
        clean = "".join(char for char in table.title if char not in "[]:*?/\\'")
        name = f"{table.number or place} {clean}"[:31].strip()
        if name.lower() in {other.lower() for other in (*names, CONTENTS)}:
            name = f"{place} {clean}"[:25].strip() + f" ({place})"
        names.append(name)
    return names


def _contents(
    sheet: Any, document: Document, sheets: list[tuple[Table, str]], styles: dict[str, Any]
) -> None:
    for place, width in enumerate((8, 46, 14, 10, 70)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, document.title, styles["title"])
    line = 1
    for mark in document.marks:
        sheet.write_string(line, 0, mark, styles["mark"])
        line += 1
    line += 1
    for place, heading in enumerate(("表号", "表名", "单位", "行数", "说明")):
        sheet.write_string(line, place, heading, styles["head"])
    head = line
    for line, (table, name) in enumerate(sheets, start=head + 1):
        sheet.write_string(line, 0, table.number)
        quoted = name.replace("'", "''")
        sheet.write_url(line, 1, f"internal:'{quoted}'!A1", styles["link"], table.title[:250])
        sheet.write_string(line, 2, table.unit)
        sheet.write_number(line, 3, len(table.rows))
        sheet.write_string(line, 4, table.note, styles["note"])
    line += 2
    for text in closing_lines(document):
        sheet.write_string(line, 0, text, styles["note"])
        line += 1
    sheet.freeze_panes(head + 1, 0)
    sheet.hide_gridlines(2)
    _fit_paper(sheet)


def _sheet(sheet: Any, table: Table, document: Document, styles: dict[str, Any]) -> None:
    title = f"表 {table.number} {table.title}" if table.number else table.title
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_url(1, 0, f"internal:'{CONTENTS}'!A1", styles["link"], "返回目录")
    sheet.write_string(2, 0, unit_line(table.unit), styles["note"])
    lines = [*remarks(table, whole=True), *document.marks]
    text = "".join(f"{line.rstrip('。')}。" for line in lines)
    sheet.write_string(3, 0, text, styles["note"])
    if not table.rows:
        sheet.write_string(HEAD, 0, NO_ROWS, styles["note"])
        return
    widths: list[float] = []
    for place, column in enumerate(table.columns):
        sheet.write_string(HEAD, place, column.heading, styles["head"])
        widths.append(_width(column, [row[place] for row in table.rows]))
        sheet.set_column(place, place, widths[-1])
    sheet.set_row(HEAD, 32)
    if len(widths) > 1 and text:  # within the table's width, or the sheet would print too small
        sheet.merge_range(3, 0, 3, len(widths) - 1, text, styles["wrapped"])
        sheet.set_row(3, 14 * -(-_units(text) // max(int(sum(widths)) - 4, 1)))
    for line, row in enumerate(table.rows, start=HEAD + 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, line, place, column, cell, styles)
    # The name of a row stays in sight beside a wide table.
    sheet.freeze_panes(HEAD + 1, 1 if len(table.columns) > 6 else 0)
    _fit_paper(sheet)
    sheet.repeat_rows(HEAD)
    sheet.autofilter(HEAD, 0, HEAD + len(table.rows), len(table.columns) - 1)


def _write(
    sheet: Any, line: int, place: int, column: Column, cell: Cell, styles: dict[str, Any]
) -> None:
    style = styles[f"{column.kind} low_n" if cell.mark == "low_n" else column.kind]
    if cell.mark in ("suppressed", "secondary"):
        sheet.write_string(line, place, cell_text(cell), styles["hidden"])
    elif cell.value is None and cell.text in NOTHING:
        sheet.write_blank(line, place, None, style)
    elif cell.value is None:  # a word in a number's place: 基数为零
        sheet.write_string(line, place, cell.text, styles["word"])
    elif column.kind != "text":
        sheet.write_number(line, place, Decimal(cell.value), style)
    else:
        sheet.write_string(line, place, str(cell.value), style)


def _fit_paper(sheet: Any) -> None:
    """Print all columns on one A4 page, however many pages the rows take."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _width(column: Column, cells: Sequence[Cell]) -> float:
    """Return the column's width: a Chinese character takes two of a sheet's units."""
    longest = max((_units(cell_text(cell)) for cell in cells), default=0)
    heading = _units(column.heading)
    # A short heading takes one line, a long one two.
    return min(max(longest + 2, (heading if heading <= 14 else heading / 2) + 3, 8), 60)


def _units(text: str) -> int:
    return len(text) + sum(1 for char in text if ord(char) > 0x2E80)
