"""Files as offices send them, made cell by cell: workbooks old and new, pages, archives."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import xlsxwriter
import xlwt

Rows = Sequence[Sequence[Any]]

HEAD = ["工单编号", "来电时间", "一级分类", "被反映区", "承办单位", "主要内容"]


def line(number: Any, at: Any = "2020-01-05 08:00:00", **cells: Any) -> list[Any]:
    """Return a row under HEAD."""
    given = {"一级分类": "公共服务", "主要内容": "暖气不热", **cells}
    return [number, at, *(given.get(name) for name in HEAD[2:])]


def xlsx(sheets: dict[str, Rows]) -> bytes:
    """Return a workbook; a number stays a number, text is text, None an empty cell."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    date = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(y, x, cell)
                elif hasattr(cell, "year"):
                    sheet.write_datetime(y, x, cell, date)
                elif cell is not None:
                    sheet.write_number(y, x, cell)
    book.close()
    return out.getvalue()


def xls(sheets: dict[str, Rows]) -> bytes:
    """Return a workbook of the old kind."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if cell is not None:
                    sheet.write(y, x, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def page(rows: Rows, charset: str = "gb2312") -> bytes:
    """Return a table saved as a web page, in GB18030."""
    body = "".join(
        "<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>"
        for row in rows
    )
    head = f'<html><head><meta charset="{charset}"></head><body>'
    return f"{head}<table border=1>{body}</table></body></html>".encode("gb18030")


def delimited(rows: Rows, sign: str = ",") -> str:
    """Return rows as text without quotes."""
    return "".join(sign.join("" if c is None else str(c) for c in row) + "\n" for row in rows)


def archive(files: dict[str, bytes]) -> bytes:
    """Return a zip with names in UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def archive_in_gbk(files: dict[str, bytes]) -> bytes:
    """Return a zip as an old Windows writes it: names in GBK, without a flag that says so."""
    body, entries = b"", b""
    for name, content in files.items():
        raw, size, check = name.encode("gbk"), len(content), zlib.crc32(content)
        common = (0, 0, 0, 0, check, size, size, len(raw), 0)
        place = len(body)
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *common) + raw + content
        entries += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *common, 0, 0, 0, 0, place)
        entries += raw
    end = (0, 0, len(files), len(files), len(entries), len(body), 0)
    return body + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", *end)
