"""Make a received text file readable for the engine: decompressed, valid UTF-8, on disk."""

import shutil
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isal import igzip_threaded, isal_zlib

from pipeline.errors import IO, NO_DATA, HotlineError
from pipeline.ingest import transcode
from pipeline.ingest.detect import BLOCK, Kind, count_lines, first_invalid_utf8, unreadable

_BROKEN: Any = (EOFError, zlib.error, isal_zlib.error)
# Below this a second process costs more than it saves.
_WORTH_TWO = 1 << 24


@dataclass(frozen=True)
class Plain:
    """A UTF-8 file that the engine can read, and the encoding it arrived in."""

    path: Path
    encoding: str


def unpack(path: Path, kind: Kind, tmp: Path) -> Plain:
    """Return `path` itself where it is plain UTF-8, else a readable copy below `tmp`.

    The encoding is decided over the whole file: UTF-8 if every byte fits, else GB18030 if every
    byte fits, else NO_DATA with the first line that fits neither.
    """
    plain = _decompress(path, tmp / "plain") if kind.is_packed else path
    bad_utf8 = first_invalid_utf8(plain)
    if bad_utf8 is None:
        return Plain(plain, "utf-8")
    target = tmp / "utf8"
    bad_gb = _from_gb18030(plain, target)
    if bad_gb is None:
        return Plain(target, "gb18030")
    line = count_lines(plain, max(bad_utf8, bad_gb)) + 1
    raise HotlineError(unreadable(path, line), NO_DATA)


def _decompress(path: Path, target: Path) -> Path:
    try:
        with igzip_threaded.open(path, "rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, BLOCK)
    except _BROKEN as error:
        raise _broken(path) from error
    except OSError as error:
        # The reader wraps a wrong checksum in an OSError without a number; a full disk has one.
        if error.errno is None:
            raise _broken(path) from error
        raise
    return target


def _broken(path: Path) -> HotlineError:
    return HotlineError(f"{path.name} 压缩数据不完整或已损坏;请向发送方重新索取", NO_DATA)


def _from_gb18030(source: Path, target: Path) -> int | None:
    """Write `target` in UTF-8; return the offset of the first bad byte, or None."""
    size = source.stat().st_size
    if size < _WORTH_TWO:
        return transcode.transcode(source, 0, size, target)
    middle = _line_start(source, size // 2)
    slices = [(0, middle, target), (middle, size, target.with_suffix(".2"))]
    workers = [
        subprocess.Popen(
            [sys.executable, "-I", transcode.__file__, str(source), str(start), str(end), str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for start, end, out in slices
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
