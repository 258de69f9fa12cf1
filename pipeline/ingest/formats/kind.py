"""What a file is: decided by its bytes, never by its name, and never guessed."""

import codecs
import csv
import hashlib
import json
import struct
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.errors import NO_DATA, HotlineError

# A cell may hold a whole letter, or all of a file behind an unpaired quote.
csv.field_size_limit(1 << 27)
BLOCK = 1 << 24
_HEAD = 1 << 20
BOM = codecs.BOM_UTF8
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TEXT = ("csv", "jsonl", "html")
# What the list of contents of a damaged zip raises: one wrong byte of it is a version that no
# program knows, or a name in no encoding.
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
    """A file's outer form: csv, jsonl, html, parquet, xlsx, xls, or gz and zip around one."""

    format: str

    @property
    def is_text(self) -> bool:
        return self.format in TEXT


def detect_kind(path: Path) -> Kind:
    """Return the form told by the bytes, never by the name; NO_DATA for what cannot be read."""
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
    """Return xlsx for a workbook, zip for an archive: both begin alike."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (*BROKEN_ZIP, OSError) as error:
        raise HotlineError(
            f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA
        ) from error
    if "[Content_Types].xml" not in names:
        return Kind("zip")
    if any(name.startswith("xl/") for name in names):
        return Kind("xlsx")
    raise HotlineError(
        f"{path.name} 是 Word 或 PowerPoint 文档,不是表格;请索取 xlsx 或 CSV", NO_DATA
    )


def _text_format(path: Path, head: bytes) -> str:
    """Return csv (any sign between cells), jsonl or html."""
    if head[:2] in UTF_16:
        text = head.decode("utf-16", errors="replace")
    elif b"\0" in head:
        raise HotlineError(
            f"{path.name} 不是文本文件,读不出表格(若是 UTF-16 文本,缺少字节序标记);"
            "请确认文件没有损坏,或另存为 UTF-8 的 CSV",
            NO_DATA,
        )
    else:
        text = _decode_either(head.removeprefix(BOM))
    text = text.lstrip()
    if text[:1] == "<":
        return "html"
    if text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "]"):
        raise HotlineError(
            f"{path.name} 是 JSON 数组,不能逐行读;请另存为一行一个对象的 jsonl", NO_DATA
        )
    return "jsonl" if text[:1] == "{" and _is_object(text.split("\n", 1)[0]) else "csv"


def _decode_either(head: bytes) -> str:
    try:
        # Not final: the last character may be cut.
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode("gb18030", errors="replace")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        # A first line longer than what was looked at can't be judged whole.
        return line.startswith('{"') and len(line) > 1 << 15


@dataclass(frozen=True)
class Content:
    """What one pass over a file's bytes tells: their SHA-256 in hex ('' where nobody asked for it),
    the offset of the first byte that is not UTF-8 (None if all are), whether some lines end in
    CR LF and others in LF, and how many line feeds there are."""

    digest: str
    bad_utf8: int | None
    mixed_ends: bool = False
    line_feeds: int = 0


def read_content(path: Path, *, digested: bool = True) -> Content:
    """Read the whole file once. The questions are asked of a block at the same time, and Arrow's
    validator runs at several GB/s, where Python's decoder would also build the text."""
    digest, bad, offset = hashlib.sha256() if digested else None, None, 0
    ends: set[bytes] = set()
    last, lines = b"", 0
    with ThreadPoolExecutor(1) as second:
        for buffer, size in _whole_characters(path):
            block = memoryview(buffer)[:size]
            hashed = second.submit(digest.update, block) if digest else None
            if bad is None and (place := _first_invalid(block)) is not None:
                bad = offset + place
            feeds = buffer.count(b"\n", 0, size)
            ends |= _line_ends(buffer, size, last, feeds)
            lines += feeds
            if hashed:
                hashed.result()  # the next block comes in the same buffer
            offset, last = offset + size, bytes(buffer[size - 1 : size])
    return Content(digest.hexdigest() if digest else "", bad, len(ends) > 1, lines)


def _line_ends(buffer: bytearray, size: int, last: bytes, feeds: int) -> set[bytes]:
    """Return which of CR LF and LF end lines of a block that holds so many line feeds; `last` is
    the byte before it."""
    pairs = int(last == b"\r" and buffer[:1] == b"\n")
    # A single sign is found ten times faster than two, and most files have no CR.
    if buffer.find(b"\r", 0, size) >= 0:
        pairs += buffer.count(b"\r\n", 0, size)
    return ({b"\r\n"} if pairs else set()) | ({b"\n"} if feeds > pairs else set())


def _first_invalid(block: memoryview) -> int | None:
    if _is_utf8(block):
        return None
    try:
        bytes(block).decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _is_utf8(block: memoryview) -> bool:
    offsets = pa.py_buffer((0).to_bytes(8, "little") + len(block).to_bytes(8, "little"))
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(block)], 0)
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _whole_characters(path: Path) -> Iterator[tuple[bytearray, int]]:
    """Yield the file in blocks that end between characters, each as the size that it takes of one
    buffer, which is used again."""
    buffer = bytearray(BLOCK)
    view, kept = memoryview(buffer), 0
    with path.open("rb", buffering=0) as handle:
        while count := handle.readinto(view[kept:]):
            size = kept + count
            # At most three bytes of a character can be cut off; they begin with a lead byte.
            cut = size
            while cut and size - cut < 3 and buffer[cut - 1] & 0xC0 == 0x80:
                cut -= 1
            cut = cut - 1 if cut and buffer[cut - 1] >= 0xC0 else size
            yield buffer, cut
            kept = size - cut
            buffer[:kept] = bytes(view[cut:size])
    if kept:
        yield buffer, kept


def read_text_head(path: Path) -> str:
    """Return the first MiB of a UTF-8 file as text, without its mark; the last line may be cut."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    if len(head) == _HEAD:
        head = head[: head.rfind(b"\n") + 1 or len(head)]
    return head.removeprefix(BOM).decode("utf-8", errors="replace")


def unreadable(path: Path, line: int) -> str:
    """Return the message for a file in no encoding that we read."""
    return (
        f"{path.name} 既不是 UTF-8 也不是 GB18030 编码,或中途换了编码(第 {line} 行起);"
        "请让发送方另存为 UTF-8 的 CSV"
    )


def count_line_ends(path: Path) -> int:
    """Return the number of line feeds and carriage returns."""
    total = 0
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            total += block.count(b"\n") + block.count(b"\r")
    return total


def count_lines(path: Path, end: int) -> int:
    """Return the number of line feeds before byte `end`."""
    total = 0
    with path.open("rb") as handle:
        while end > 0 and (block := handle.read(min(BLOCK, end))):
            total += block.count(b"\n")
            end -= len(block)
    return total
