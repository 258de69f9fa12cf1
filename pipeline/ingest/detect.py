"""What a file is: decided by its bytes, never by its name, and never guessed."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.errors import NO_DATA, HotlineError

BLOCK = 1 << 24
_HEAD = 1 << 20
BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Kind:
    """A file's outer form: `format` csv, csv.gz or parquet."""

    format: str

    @property
    def is_packed(self) -> bool:
        return self.format.endswith(".gz")

    @property
    def is_text(self) -> bool:
        return self.format.startswith("csv")


def detect_kind(path: Path) -> Kind:
    """Return the form told by the first bytes; NO_DATA for what cannot be read (yet)."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    if not head.strip():
        raise HotlineError(f"{path.name} 是空文件;请向发送方索取完整文件", NO_DATA)
    if head[:4] == b"PAR1":
        return Kind("parquet")
    if head[:2] == b"\x1f\x8b":
        inner = read_head(path, packed=True)[:4096]
        if not inner.strip():
            raise HotlineError(f"{path.name} 解压后是空文件;请向发送方索取完整文件", NO_DATA)
        _refuse_foreign(path, inner)
        return Kind("csv.gz")
    _refuse_foreign(path, head)
    return Kind("csv")


def _refuse_foreign(path: Path, head: bytes) -> None:
    signs = {
        b"PK\x03\x04": "Excel 工作簿(xlsx)或 zip 压缩包",
        b"\xd0\xcf\x11\xe0": "旧式 Excel 文件(xls)",
        b"\xff\xfe": "UTF-16 文本",
        b"\xfe\xff": "UTF-16 文本",
        b"\x1f\x8b": "多重 gz 压缩包",
    }
    for sign, what in signs.items():
        if head.startswith(sign):
            raise HotlineError(
                f"{path.name} 是{what},暂不能读;请另存为 UTF-8 的 CSV 再入库", NO_DATA
            )
    if head.removeprefix(BOM).lstrip()[:1] == b"<":
        raise HotlineError(
            f"{path.name} 是网页(HTML),暂不能读;请另存为 UTF-8 的 CSV 再入库", NO_DATA
        )
    if b"\0" in head:
        raise HotlineError(f"{path.name} 不是文本文件,读不出表格;请确认文件没有损坏", NO_DATA)


def read_head(path: Path, *, packed: bool) -> bytes:
    """Return the first MiB of the text (less if the file is shorter)."""
    try:
        if packed:
            with gzip.open(path, "rb") as handle:
                return handle.read(_HEAD)
        with path.open("rb") as handle:
            return handle.read(_HEAD)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise HotlineError(
            f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA
        ) from error


def first_invalid_utf8(path: Path) -> int | None:
    """Return the offset of the first byte that is not UTF-8, None if the whole file is.

    Arrow's validator runs at several GB/s; Python's decoder would also build the text.
    """
    offset = 0
    for block in _whole_characters(path):
        if not _is_utf8(block):
            try:
                bytes(block).decode("utf-8")
            except UnicodeDecodeError as error:
                return offset + error.start
        offset += len(block)
    return None


def _is_utf8(block: memoryview) -> bool:
    offsets = pa.py_buffer((0).to_bytes(8, "little") + len(block).to_bytes(8, "little"))
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(block)], 0)
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _whole_characters(path: Path) -> Iterator[memoryview]:
    """Yield the file in blocks that end between characters, in one buffer that is used again."""
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
            yield view[:cut]
            kept = size - cut
            buffer[:kept] = bytes(view[cut:size])
    if kept:
        yield view[:kept]


def decode_head(head: bytes, path: Path) -> str:
    """Return the readable beginning as text: UTF-8, else GB18030; the last line may be cut."""
    head = head.removeprefix(BOM)
    if len(head) >= _HEAD - len(BOM):
        head = head[: head.rfind(b"\n") + 1 or len(head)]
    for encoding in ("utf-8", "gb18030"):
        try:
            return head.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Cut in the middle of a character is no fault of the file: the whole file is judged later.
    return head.decode("utf-8", errors="replace")


def unreadable(path: Path, line: int) -> str:
    """Return the message for a file in no encoding that we read."""
    return (
        f"{path.name} 既不是 UTF-8 也不是 GB18030 编码(第 {line} 行起);"
        "请让发送方另存为 UTF-8 的 CSV"
    )


def count_lines(path: Path, end: int) -> int:
    """Return the number of line feeds before byte `end`."""
    total = 0
    with path.open("rb") as handle:
        while end > 0 and (block := handle.read(min(BLOCK, end))):
            total += block.count(b"\n")
            end -= len(block)
    return total


@dataclass(frozen=True)
class Header:
    """The first record of a text file: its headings and the sign between them."""

    headings: list[str]
    delimiter: str


def read_header(text: str, path: Path) -> Header:
    """Return the headings; NO_DATA if nothing stands below them."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda sign: (first.count(sign), -_DELIMITERS.index(sign)))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        headings = next(rows)
        if not any(any(cell.strip() for cell in row) for row in rows):
            raise HotlineError(f"{path.name} 只有表头,没有数据行;请向发送方核实", NO_DATA)
    except csv.Error as error:
        raise HotlineError(
            f"{path.name} 读不出表头({error});请确认是逗号分隔的文本", NO_DATA
        ) from error
    return Header(headings, delimiter)
