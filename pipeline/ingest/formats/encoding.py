"""Make a received text file readable for the engine: decompressed, valid UTF-8, on disk."""

import codecs
import shutil
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isal import igzip_threaded, isal_zlib

from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.ingest.formats import transcode
from pipeline.ingest.formats.kind import (
    BLOCK,
    BOM,
    UTF_16,
    Content,
    count_lines,
    read_content,
    unreadable,
)
from pipeline.subprocesses import tied

_BROKEN: Any = (EOFError, zlib.error, isal_zlib.error)
# Below this a second process costs more than it saves.
_WORTH_TWO = 1 << 24


# So many Chinese characters are read before the first byte that is not UTF-8 only in UTF-8: text
# in GB18030 stumbles over its first word.
_SURELY_UTF8 = 4


@dataclass(frozen=True)
class Plain:
    """A UTF-8 file, the encoding it arrived in, and whether its lines end in more than one way."""

    path: Path
    encoding: str
    mixed_ends: bool = False
    line_feeds: int = 0


def to_utf8(path: Path, tmp: Path, content: Content | None = None) -> Plain:
    """Return `path` itself where it is plain UTF-8, else a readable copy below `tmp`.

    The encoding is told by the byte order mark, else decided over the whole file: UTF-8 if every
    byte fits, else GB18030 if every byte fits. NO_DATA with the first line that fits neither.
    `content` saves a pass where the bytes were read through before.
    """
    with path.open("rb") as handle:
        mark = handle.read(3)
    target = tmp / "utf8"
    if mark[:2] in UTF_16:
        return _from_utf16(path, mark[:2], target)
    content = content or read_content(path, digested=False)
    bad_utf8 = content.bad_utf8
    if bad_utf8 is None:
        return Plain(path, "utf-8", content.mixed_ends, content.line_feeds)
    if mark == BOM or _begins_as_utf8(path, bad_utf8):
        raise HotlineError(unreadable(path, count_lines(path, bad_utf8) + 1), NO_DATA)
    bad_gb = _from_gb18030(path, target)
    if bad_gb is None:
        # In GB18030 no byte of a longer character is a line feed.
        return Plain(target, "gb18030", content.mixed_ends, content.line_feeds)
    line = count_lines(path, max(bad_utf8, bad_gb)) + 1
    raise HotlineError(unreadable(path, line), NO_DATA)


def _begins_as_utf8(path: Path, end: int) -> bool:
    with path.open("rb") as handle:
        text = handle.read(min(end, BLOCK)).decode("utf-8", errors="ignore")
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text) >= _SURELY_UTF8


def _from_utf16(path: Path, mark: bytes, target: Path) -> Plain:
    """Write `target` in UTF-8; NO_DATA with the first line that holds half a character."""
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as reader, target.open("w", encoding="utf-8", newline="") as writer:
        reader.seek(len(mark))
        block = b"-"
        while block:
            block = reader.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding)
                raise HotlineError(unreadable(path, line + good.count("\n")), NO_DATA) from error
            line += text.count("\n")
            writer.write(text)
    content = read_content(target, digested=False)
    return Plain(target, encoding, content.mixed_ends, content.line_feeds)


def even_ends(path: Path, target: Path) -> Path:
    """Write the file with LF for each CR LF, also inside cells; return the copy.

    Lines that end in two ways, or a break of the other kind inside the first row's cells, bring
    the engine's reader to a stop. Lines keep their numbers.
    """
    with path.open("rb") as reader, target.open("wb") as writer:
        kept = b""
        while block := reader.read(BLOCK):
            block = kept + block
            kept = b"\r" if block.endswith(b"\r") else b""
            writer.write(block[: len(block) - len(kept)].replace(b"\r\n", b"\n"))
        writer.write(kept)
    return target


def decompress(path: Path, folder: Path) -> Path:
    """Return the content of a gz file below `folder`, under the name without its end."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name.removesuffix(".gz")
    try:
        with igzip_threaded.open(path, "rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, BLOCK)
    except _BROKEN as error:
        raise broken(path) from error
    except OSError as error:
        # The reader wraps a wrong checksum in an OSError without a number; a full disk has one.
        if error.errno is None:
            raise broken(path) from error
        raise
    if not target.stat().st_size:
        raise HotlineError(f"{path.name} 解压后是空文件;请向发送方索取完整文件", NO_DATA)
    return target


def broken(path: Path) -> HotlineError:
    """Return the fault of an archive that does not unpack."""
    return HotlineError(f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA)


def _from_gb18030(source: Path, target: Path) -> int | None:
    """Write `target` in UTF-8; return the offset of the first bad byte, or None."""
    size = source.stat().st_size
    if size < _WORTH_TWO:
        return transcode.transcode(source, 0, size, target)
    return transcode_halves(source, target, _line_start(source, size // 2), size)


def transcode_halves(source: Path, target: Path, middle: int, size: int) -> int | None:
    """Transcode the two parts of a file at once, by two helpers; see _from_gb18030."""
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
