"""Transcode one slice of a GB18030 file to UTF-8, in a process of its own (stdlib only).

Python's codec holds the interpreter's lock, so two processes are faster than two threads. A file
can be cut at any line feed: none is part of a longer GB18030 character.
"""

import sys
from pathlib import Path

from pipeline.subprocesses import end_with_parent

BLOCK = 1 << 22


def transcode(source: Path, start: int, end: int, target: Path) -> int | None:
    """Write bytes [start, end) of `source` as UTF-8; return the offset of a bad byte or None."""
    position, rest = start, b""
    with source.open("rb") as reader, target.open("wb") as writer:
        reader.seek(start)
        while position < end and (block := reader.read(min(BLOCK, end - position))):
            position += len(block)
            block = rest + block
            cut = block.rfind(b"\n") + 1
            if position >= end or not cut:
                cut = len(block) if position >= end else 0
            try:
                writer.write(block[:cut].decode("gb18030").encode("utf-8"))
            except UnicodeDecodeError as error:
                return position - len(block) + error.start
            rest = block[cut:]
        if rest:
            try:
                writer.write(rest.decode("gb18030").encode("utf-8"))
            except UnicodeDecodeError as error:
                return position - len(rest) + error.start
    return None


def main(arguments: list[str]) -> int:
    """Transcode a slice; print the offset of the first invalid byte and return 3, else return 0.

    The last argument is the file descriptor of the pipe that closes when the parent ends.
    """
    source, start, end, target, parent = arguments
    end_with_parent(int(parent))
    bad = transcode(Path(source), int(start), int(end), Path(target))
    if bad is not None:
        print(bad)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
