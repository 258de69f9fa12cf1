"""SHA-256 digests of the warehouse's files: ingest stores them, readers check them.

A build that makes tables reads every file, trusting neither times nor sizes: at 1.4 GB/s per core
two full-size years (1.1 GB) take half a second on two cores. A build that finds nothing new reads
those alone whose size, times or inode are not as they were when a build last read them.
"""

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IO, HotlineError
from pipeline.files import write_whole
from pipeline.home import Home


@dataclass(frozen=True)
class Stored:
    """A file below data/warehouse, the receipt that lists it and its digest when written.

    The digest is '' in receipts of versions without digests.
    """

    file: str
    sha256: str
    receipt: str


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def require_whole(home: Home, files: Iterable[Stored], threads: int = 1) -> None:
    """Raise HotlineError IO, with the file and what to do, if a file has changed or is missing."""
    held = [one for one in files if one.sha256]

    def is_whole(one: Stored) -> bool:
        try:
            return digest(home.warehouse / one.file) == one.sha256
        except OSError:
            return False

    with ThreadPoolExecutor(threads) as pool:
        damaged = [
            one for one, whole in zip(held, pool.map(is_whole, held), strict=True) if not whole
        ]
    if damaged:
        first = damaged[0]
        more = f"等 {len(damaged)} 个文件" if len(damaged) > 1 else ""
        raise HotlineError(
            f"{home.relative(home.warehouse / first.file)} {more}与入库时不同(已损坏或被改动);"
            f"请删除 {home.relative(home.receipts)}/{first.receipt}.json,再重新 hotline ingest",
            IO,
        )


def unchanged(home: Home, files: Iterable[Stored]) -> set[str]:
    """Return the files that look as they did when `keep_stamps` was called last."""
    try:
        stamps = json.loads(home.file_stamps.read_text(encoding="utf-8"))
        return {
            one.file
            for one in files
            if (stamp := stamps.get(one.file)) and stamp == [one.sha256, *_stamp(home, one)]
        }
    except (OSError, ValueError, AttributeError):
        return set()


def keep_stamps(home: Home, files: Iterable[Stored]) -> None:
    """Write down how the files look, which were found whole."""
    stamps = {one.file: [one.sha256, *_stamp(home, one)] for one in files}
    write_whole(home.file_stamps, json.dumps(stamps).encode())


def _stamp(home: Home, one: Stored) -> list[int]:
    found = (home.warehouse / one.file).stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
