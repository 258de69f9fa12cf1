"""The format of a file, decided by its bytes, never by its name."""

import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats.encoding import BOM, UTF_16, decode_head

TEXT = ("csv", "jsonl", "json", "html", "xml")
WORKBOOKS = ("xlsx", "xlsb", "xls", "ods")
# Errors that the table of contents of a damaged zip raises: one wrong byte gives an unknown version
# or an undecodable name.
BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error)
_FOREIGN = {
    b"%PDF": "PDF 文档",
    b"{\\rtf": "RTF 文档",
    b"Rar!": "rar 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"BZh": "bz2 压缩包",
    b"\xfd7zXZ": "xz 压缩包",
    b"SQLite format 3": "SQLite 数据库",
    b"\x09\x08\x08\x00": "很旧的 Excel 工作簿(5.0 以前)",
    b"\x09\x08\x06\x00": "很旧的 Excel 工作簿(5.0 以前)",
    b"\x09\x04\x06\x00": "很旧的 Excel 工作簿(4.0)",
    b"\x09\x02\x06\x00": "很旧的 Excel 工作簿(3.0)",
    b"\x09\x00\x04\x00": "很旧的 Excel 工作簿(2.0)",
    b"\x00\x00\x1a\x00": "Lotus 1-2-3 工作簿",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
}
# How documents in the OpenDocument format name themselves.
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
# Part of a packed file -> what it is.
_FOREIGN_PARTS = {
    "Index/Document.iwa": "Apple Numbers 表格",
    "Index/Tables": "Apple Numbers 表格",
    "word/": "Word 文档",
    "ppt/": "PowerPoint 文档",
}
_SPREADSHEET_XML = re.compile(
    r"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet"
)
_MAIL_HEAD = re.compile(
    r"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):", re.I
)


@dataclass(frozen=True)
class Kind:
    """A file format: csv, jsonl, json, html, xml, mhtml, parquet, xlsx, xlsb, xls, ods, gz or zip.

    xml is an XML Spreadsheet 2003, mhtml a web page with its sheets in one file.
    """

    format: str

    @property
    def is_text(self) -> bool:
        return self.format in TEXT


# No table of records is wider; each column costs a name to find in the sources, and a cell a row.
MOST_COLUMNS = 2000


def require_width(columns: int) -> None:
    """Raise HotlineError NO_DATA for more columns than a table of records has."""
    if columns > MOST_COLUMNS:
        raise HotlineError(
            f"有 {columns:,} 列,多于 {MOST_COLUMNS:,} 列,不像一行一件的表;"
            "请核对分隔符或导出的设置,再入库",
            NO_DATA,
        )


def detect_kind(path: Path) -> Kind:
    """Return the format of a file; HotlineError NO_DATA if it is empty or cannot be read.

    `csv` is text with any delimiter.
    """
    with path.open("rb") as handle:
        head = handle.read(1 << 16)
    if not head.removeprefix(BOM).strip() or head in UTF_16:
        raise HotlineError(f"{path.name} 是空文件;请向发送方索取完整文件", NO_DATA)
    if head[:4] == b"PAR1":
        return Kind("parquet")
    if head[:2] == b"\x1f\x8b":
        return Kind("gz")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(path)
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return Kind("xls")
    for sign, what in _FOREIGN.items():
        if head.startswith(sign):
            raise HotlineError(f"{path.name} 是{what},不能读;请另存为 xlsx 或 CSV 再入库", NO_DATA)
    return Kind(_text_format(path, head))


def _zip_kind(path: Path) -> Kind:
    """Return the kind of a workbook, zip for an archive: all begin with the same bytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            given = _first_bytes(archive, "mimetype") if "mimetype" in names else b""
    except (*BROKEN_ZIP, OSError) as error:
        raise damaged(path) from error
    if given.startswith(_OPEN_DOCUMENT + b"spreadsheet"):
        return Kind("ods")
    what = "OpenDocument 文字或演示文档" if given.startswith(_OPEN_DOCUMENT) else None
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:
            return Kind("xlsb")
        if any(name.startswith("xl/") for name in names):
            return Kind("xlsx")
        what = "Office 文档"
    for part, kind in _FOREIGN_PARTS.items():
        if any(name.startswith(part) for name in names) and (
            what or part.startswith("Index/") or "docProps/app.xml" in names
        ):
            what = kind
    if what:
        raise HotlineError(
            f"{path.name} 是{what},不是能读的表格;请另存为 xlsx 或 CSV 再入库", NO_DATA
        )
    return Kind("zip")


def _first_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(100)
    except (*BROKEN_ZIP, zlib.error, EOFError, RuntimeError):
        return b""


def damaged(path: Path) -> HotlineError:
    """Return the error for an archive that cannot be unpacked."""
    return HotlineError(f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA)


def _text_format(path: Path, head: bytes) -> str:
    """Return csv, jsonl, json, html, xml or mhtml."""
    if head[:2] in UTF_16:
        text = head.decode("utf-16", errors="replace")
    elif b"\0" in head:
        raise HotlineError(
            f"{path.name} 不是文本文件,读不出表格(若是 UTF-16 文本,缺少字节序标记);"
            "请确认文件没有损坏,或另存为 UTF-8 的 CSV",
            NO_DATA,
        )
    else:
        text = decode_head(head.removeprefix(BOM))
    text = text.lstrip()
    if text[:1] == "<":
        return _markup_format(path, text)
    if _MAIL_HEAD.match(text) and re.search(r"multipart/|text/html", text, re.IGNORECASE):
        return "mhtml"
    if text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "[", "]"):
        return "json"
    if text[:1] != "{":
        return "csv"
    first, _, rest = text.partition("\n")
    if _is_object(first):
        # One object alone may be an answer that wraps the records.
        return "jsonl" if rest.strip() or len(text) > 1 << 15 else "json"
    return "json" if re.match(r'\{\s*(?:"|\})', text) else "csv"


def _markup_format(path: Path, text: str) -> str:
    """Return html or xml; NO_DATA for other XML."""
    if _SPREADSHEET_XML.search(text):
        return "xml"
    if re.search(r"<(?:html|table|body|head|meta|!doctype html)\b", text, re.IGNORECASE):
        return "html"
    if not text.startswith("<?xml"):
        return "html"
    flat = "opendocument" in text
    what = "OpenDocument 的平面 XML(fods)" if flat else "XML 数据,不是表格"
    raise HotlineError(f"{path.name} 是{what};请另存为 xlsx 或 CSV 再入库", NO_DATA)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except RecursionError:  # nested without end: a row that is told, not a fault of the program
        return line.startswith("{")
    except ValueError:
        # The first line may be longer than the bytes read.
        return line.startswith('{"') and len(line) > 1 << 15
