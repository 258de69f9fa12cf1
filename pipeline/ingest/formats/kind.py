"""The format of a file, decided by its bytes, never by its name."""

import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats.encoding import BOM, UTF_16, decode_head

TEXT = ("csv", "jsonl", "html")
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
}


@dataclass(frozen=True)
class Kind:
    """A file format: csv, jsonl, html, parquet, xlsx, xls, gz or zip."""

    format: str

    @property
    def is_text(self) -> bool:
        return self.format in TEXT


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
    """Return xlsx for a workbook, zip for an archive: both begin with the same bytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (*BROKEN_ZIP, OSError) as error:
        raise damaged(path) from error
    if "[Content_Types].xml" not in names:
        return Kind("zip")
    if any(name.startswith("xl/") for name in names):
        return Kind("xlsx")
    raise HotlineError(
        f"{path.name} 是 Word 或 PowerPoint 文档,不是表格;请索取 xlsx 或 CSV", NO_DATA
    )


def damaged(path: Path) -> HotlineError:
    """Return the error for an archive that cannot be unpacked."""
    return HotlineError(f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA)


def _text_format(path: Path, head: bytes) -> str:
    """Return csv, jsonl or html."""
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
        return "html"
    if text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "]"):
        raise HotlineError(
            f"{path.name} 是 JSON 数组,不能逐行读;请另存为一行一个对象的 jsonl", NO_DATA
        )
    return "jsonl" if text[:1] == "{" and _is_object(text.split("\n", 1)[0]) else "csv"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        # The first line may be longer than the bytes read.
        return line.startswith('{"') and len(line) > 1 << 15
