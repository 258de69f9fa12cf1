"""The encoding of a text file: detect it, convert to UTF-8, count lines, even out line ends."""

import codecs
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.ingest.formats import plausible, transcode
from pipeline.subprocesses import tied

BLOCK = 1 << 24
BOM = codecs.BOM_UTF8
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD = 1 << 20
# Smaller files are transcoded in this process: starting two others takes longer.
_WORTH_TWO = 1 << 24
# A file with this many Chinese characters before its first invalid byte is UTF-8: GB18030 text is
# invalid UTF-8 from its first word on.
_SURELY_UTF8 = 4


@dataclass(frozen=True)
class Content:
    """The result of one pass over a file's bytes.

    `digest`: SHA-256 in hex ('' if not requested). `bad_utf8`: offset of the first byte that is not
    UTF-8, None if all are. `mixed_ends`: some lines end in CR LF, others in LF. `line_feeds`: their
    number.
    """

    digest: str
    bad_utf8: int | None
    mixed_ends: bool = False
    line_feeds: int = 0


def read_content(path: Path, *, digested: bool = True) -> Content:
    """Scan the whole file once.

    Hashing runs in a second thread beside the other checks. Arrow's validator checks several GB/s;
    Python's decoder would also build the text.
    """
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
                hashed.result()  # the next block reuses the buffer
            offset, last = offset + size, bytes(buffer[size - 1 : size])
    return Content(digest.hexdigest() if digest else "", bad, len(ends) > 1, lines)


def _line_ends(buffer: bytearray, size: int, last: bytes, feeds: int) -> set[bytes]:
    """Return which of CR LF and LF end lines of a block with `feeds` line feeds.

    `last` is the byte before the block.
    """
    pairs = int(last == b"\r" and buffer[:1] == b"\n")
    # Searching one byte is ten times faster than searching two, and most files have no CR.
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
    """Yield the file in blocks that end between characters, as (buffer, size).

    The buffer is reused for every block.
    """
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
    """Return the first MiB of a UTF-8 file as text, without its byte order mark.

    Only whole lines, unless the first line is longer.
    """
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    if len(head) == _HEAD:
        head = head[: head.rfind(b"\n") + 1 or len(head)]
    return head.removeprefix(BOM).decode("utf-8", errors="replace")


def is_longer_than_head(path: Path) -> bool:
    """Return whether read_text_head gives the beginning of the file alone."""
    return path.stat().st_size > _HEAD


def unreadable(path: Path, line: int) -> str:
    """Return the message for a file that is neither UTF-8 nor GB18030 from `line` on."""
    return (
        f"{path.name} 既不是 UTF-8 也不是 GB18030 编码,或中途换了编码(第 {line} 行起);"
        '请让发送方另存为 UTF-8 的 CSV,或在来源文件里写明 encoding(如 "latin-1"、"big5")'
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


def decode_head(head: bytes) -> str:
    """Return the beginning of a text in UTF-8 or else GB18030; a cut last character is dropped."""
    try:
        # Not final: the last character may be cut.
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode("gb18030", errors="replace")


@dataclass(frozen=True)
class Plain:
    """A UTF-8 file, the encoding it was received in, and its line ends (see Content)."""

    path: Path
    encoding: str
    mixed_ends: bool = False
    line_feeds: int = 0


def to_utf8(
    path: Path,
    tmp: Path,
    content: Content | None = None,
    declared: Callable[[Path], str | None] | None = None,
    fallback: str | None = None,
) -> Plain:
    """Return `path` itself if it is UTF-8, else a UTF-8 copy in the folder `tmp`.

    A byte order mark decides the encoding; without one it is UTF-8 if every byte of the file is
    valid; else the one that `declared` returns; else GB18030 if every byte is valid and the text is
    Chinese; else `fallback`, which the file names itself. `content`, if the file was scanned
    before, saves a pass. Raises HotlineError NO_DATA, with the first line that fits no encoding or
    the first words that are not Chinese.
    """
    with path.open("rb") as handle:
        mark = handle.read(3)
    target = tmp / "utf8"
    if mark[:2] in UTF_16:
        form = "utf-16-le" if mark[:2] == codecs.BOM_UTF16_LE else "utf-16-be"
        return _decoded(path, form, target, partial(unreadable, path), mark[:2])
    content = content or read_content(path, digested=False)
    bad_utf8 = content.bad_utf8
    if bad_utf8 is None:
        return Plain(path, "utf-8", content.mixed_ends, content.line_feeds)
    if mark != BOM and declared and (name := declared(path)):
        return _decoded(path, name, target, partial(_not_as_given, path, name))
    if mark == BOM or _begins_as_utf8(path, bad_utf8):
        raise HotlineError(unreadable(path, count_lines(path, bad_utf8) + 1), NO_DATA)
    bad_gb = _from_gb18030(path, target)
    is_chinese = bad_gb is None and plausible.is_chinese(target)
    if fallback and not is_chinese and _is_codec(fallback):
        return _decoded(path, fallback, target, partial(_not_as_given, path, fallback))
    if bad_gb is None and not is_chinese:
        words = "、".join(f"“{word}”" for word in plausible.odd_words(target))
        raise HotlineError(
            f"{path.name} 不是 UTF-8;按 GB18030 读出的字不像中文(如 {words}),多半是别的编码:"
            '请在来源文件里写明 encoding(如 "latin-1"、"big5"),或另存为 UTF-8 的 CSV',
            NO_DATA,
        )
    if bad_gb is None:
        # No byte of a longer GB18030 character is a line feed.
        return Plain(target, "gb18030", content.mixed_ends, content.line_feeds)
    line = count_lines(path, max(bad_utf8, bad_gb)) + 1
    raise HotlineError(unreadable(path, line), NO_DATA)


def _not_as_given(path: Path, name: str, line: int) -> str:
    return f"{path.name} 按编码 {name} 读不出(第 {line} 行起);请核对来源文件里的 encoding"


def _is_codec(name: str) -> bool:
    try:
        return codecs.lookup(name).name not in ("utf-8", "gb18030", "gbk", "gb2312")
    except LookupError:
        return False


def _begins_as_utf8(path: Path, end: int) -> bool:
    with path.open("rb") as handle:
        text = handle.read(min(end, BLOCK)).decode("utf-8", errors="ignore")
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text) >= _SURELY_UTF8


def _decoded(
    path: Path, encoding: str, target: Path, message: Callable[[int], str], mark: bytes = b""
) -> Plain:
    """Write `target` in UTF-8; NO_DATA with the message for the first line that is invalid.

    `mark` are the bytes before the text.
    """
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as reader, target.open("w", encoding="utf-8", newline="") as writer:
        reader.seek(len(mark))
        block = b"-"
        while block:
            block = reader.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, errors="ignore")
                raise HotlineError(message(line + good.count("\n")), NO_DATA) from error
            line += text.count("\n")
            writer.write(text)
    content = read_content(target, digested=False)
    return Plain(target, encoding, content.mixed_ends, content.line_feeds)


def even_ends(path: Path, target: Path) -> Path:
    """Write the file with LF for each CR LF, also inside cells, and return the copy.

    DuckDB's CSV reader stops at mixed line ends, and at a line break of the other kind inside a
    cell of the first row. Line numbers do not change.
    """
    with path.open("rb") as reader, target.open("wb") as writer:
        kept = b""
        while block := reader.read(BLOCK):
            block = kept + block
            kept = b"\r" if block.endswith(b"\r") else b""
            writer.write(block[: len(block) - len(kept)].replace(b"\r\n", b"\n"))
        writer.write(kept)
    return target


def _from_gb18030(source: Path, target: Path) -> int | None:
    """Write `target` in UTF-8; return the offset of the first bad byte, or None."""
    size = source.stat().st_size
    if size < _WORTH_TWO:
        return transcode.transcode(source, 0, size, target)
    return transcode_halves(source, target, _line_start(source, size // 2), size)


def transcode_halves(source: Path, target: Path, middle: int, size: int) -> int | None:
    """Transcode [0, middle) and [middle, size) of a file in two processes; see _from_gb18030."""
    slices = [(0, middle, target), (middle, size, target.with_suffix(".2"))]
    with tied() as pipe:
        workers = [
            subprocess.Popen(
                [sys.executable, "-I", transcode.__file__, *map(str, (source, *one, pipe))],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(pipe,),
            )
            for one in slices
        ]
        answers = [worker.communicate()[0] for worker in workers]
    for worker, answer in zip(workers, answers, strict=True):
        if worker.returncode == 3:
            return int(answer)
        if worker.returncode != 0:
            raise HotlineError(f"{source.name} 转码中断;请检查磁盘空间后再试", IO)
    with target.open("ab") as whole, slices[1][2].open("rb") as second:
        shutil.copyfileobj(second, whole, BLOCK)
    slices[1][2].unlink()
    return None


def _line_start(path: Path, position: int) -> int:
    """Return the first position at or after `position` where a line begins."""
    with path.open("rb") as handle:
        handle.seek(position)
        while block := handle.read(BLOCK):
            found = block.find(b"\n")
            if found >= 0:
                return position + found + 1
            position += len(block)
    return position
