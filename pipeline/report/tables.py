"""The yearly tables as files: one workbook, and one CSV per table."""

import csv
import datetime
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.report.frame import Column, Printed

# A fixed date keeps two workbooks of the same figures equal to the byte.
CREATED = datetime.datetime(2000, 1, 1)
FORMATS = {"count": "#,##0", "percent": "0.00%", "decimal": "#,##0.00", "year": "0", "text": "@"}
CONTENTS = "目录"


def write_tables(folder: Path, tables: list[Printed], year: int, mark: str) -> None:
    """Write tables.xlsx and tables/*.csv into the folder, each whole or not at all."""
    _write_csv(folder / "tables", tables)
    _write_workbook(folder / "tables.xlsx", tables, year, mark)


def _write_csv(folder: Path, tables: list[Printed]) -> None:
    """Write one CSV per table beside the old folder, then take its place."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for table in tables:
        # The mark at the start lets spreadsheets open the Chinese headings unasked.
        with (fresh / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow([column.heading for column in table.columns])
            writer.writerows(table.rows)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)


def _write_workbook(path: Path, tables: list[Printed], year: int, mark: str) -> None:
    """Write the workbook: a contents sheet, then one sheet per table."""
    fresh = path.with_name(f".{path.name}.new")
    book = xlsxwriter.Workbook(str(fresh))
    book.set_properties({"title": f"{year} 年度统计表", "created": CREATED, "comments": mark})
    styles = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    styles["text"].set_indent(1)
    styles["year"].set_align("center")
    styles["title"] = book.add_format({"bold": True, "font_size": 14})
    styles["head"] = book.add_format(
        {"bold": True, "bottom": 1, "bg_color": "#E8EEF5", "align": "center", "valign": "vcenter"}
    )
    styles["note"] = book.add_format({"font_color": "#666666"})
    styles["mark"] = book.add_format({"font_color": "#B3261E", "bold": True})
    styles["link"] = book.add_format({"font_color": "#1F5AA6", "underline": 1})
    sheets = [(table, _sheet_name(table)) for table in tables]
    _write_contents(book, sheets, year, mark, styles)
    for table, name in sheets:
        _write_sheet(book.add_worksheet(name), table, year, mark, styles)
    book.close()
    fresh.replace(path)


def _sheet_name(table: Printed) -> str:
    """Return `<number> <title>` within the 31 characters that a sheet's name may have."""
    number = table.name.split("_")[0].lstrip("t")
    title = "".join(char for char in table.title if char not in "[]:*?/\\'")
    return f"{number} {title}"[:31]


def _write_contents(
    book: Any, sheets: list[tuple[Printed, str]], year: int, mark: str, styles: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(CONTENTS)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 46)
    sheet.set_column(2, 3, 14)
    sheet.set_column(4, 4, 70)
    sheet.write(0, 0, f"{year} 年 12345 热线年度统计表", styles["title"])
    sheet.write(1, 0, mark, styles["mark"])
    for place, heading in enumerate(["表号", "表名", "单位", "行数", "说明"]):
        sheet.write(3, place, heading, styles["head"])
    for line, (table, name) in enumerate(sheets, start=4):
        sheet.write(line, 0, name.split(" ")[0])
        sheet.write_url(line, 1, f"internal:'{name}'!A1", styles["link"], table.title)
        sheet.write(line, 2, table.unit)
        sheet.write_number(line, 3, len(table.rows))
        sheet.write(line, 4, table.note, styles["note"])
    sheet.freeze_panes(4, 0)
    sheet.hide_gridlines(2)
    _fit_paper(sheet)


def _write_sheet(sheet: Any, table: Printed, year: int, mark: str, styles: dict[str, Any]) -> None:
    sheet.write(0, 0, f"{year} 年 {table.title}", styles["title"])
    sheet.write(1, 0, f"单位:{table.unit}" if table.unit else "", styles["note"])
    sheet.write(
        2, 0, "。".join(part.rstrip("。") for part in (table.note, mark) if part), styles["note"]
    )
    if not table.rows:
        sheet.write(4, 0, "已入库的数据没有本表所需的字段或记录,未予推算。", styles["note"])
        return
    for place, spec in enumerate(table.columns):
        sheet.write(4, place, spec.heading, styles["head"])
        sheet.set_column(place, place, _width(spec, [row[place] for row in table.rows]))
    sheet.set_row(4, 20)
    for line, row in enumerate(table.rows, start=5):
        for place, (spec, value) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, line, place, value, styles[spec.kind])
    sheet.freeze_panes(5, 0)
    _fit_paper(sheet)
    sheet.repeat_rows(4)
    sheet.autofilter(4, 0, 4 + len(table.rows), len(table.columns) - 1)


def _fit_paper(sheet: Any) -> None:
    """Print all columns on one A4 page, however many pages the rows take."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_cell(sheet: Any, line: int, place: int, value: Any, style: Any) -> None:
    if value is None:
        sheet.write_blank(line, place, None, style)
    elif isinstance(value, (int, Decimal)):
        sheet.write_number(line, place, value, style)
    else:
        sheet.write_string(line, place, str(value), style)


def _width(spec: Column, values: list[Any]) -> float:
    """Return the column's width: a Chinese character takes two of a sheet's units."""
    texts = [spec.heading, *("" if value is None else str(value) for value in values)]
    widest = max(sum(2 if ord(char) > 0x2E80 else 1 for char in text) for text in texts)
    return min(max(widest + 2, 8), 40)
