"""Files of the warehouse as they were written: ingest keeps their digests, readers ask for them.

SHA-256 of the standard library, 1.4 GB/s on a core: two full-size years (1.1 GB) take half a second
on two cores, so that every build reads every file anew and trusts no time or size in its place.
"""

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import IO, HotlineError
from pipeline.home import Home


@dataclass(frozen=True)
class Stored:
    """A file below data/warehouse, the receipt that lists it, and the digest that it had ('' where
    the receipt is of a version that kept none)."""

    file: str
    sha256: str
    receipt: str


def of_receipt(home: Home, fields: dict[str, Any]) -> list[Stored]:
    """Return the files that a receipt lists, without those that may be deleted and were."""
    receipt, found = str(fields["receipt"]), []
    for part in fields["partitions"]:
        for kind in ("records", "texts"):
            file = part.get(f"{kind}_file") or ""
            if file and (kind == "records" or (home.warehouse / file).is_file()):
                found.append(Stored(file, part.get(f"{kind}_sha256") or "", receipt))
    rejects = home.rejects / f"{receipt}.parquet"
    if rejects.is_file() and fields.get("rejects_sha256"):
        file = str(rejects.relative_to(home.warehouse))
        found.append(Stored(file, fields["rejects_sha256"], receipt))
    return found


def require_files_whole(home: Home, files: Iterable[Path]) -> None:
    """Ask it of some files of partitions, each of which has the name of its receipt."""
    wanted = {str(path.relative_to(home.warehouse)): path.stem for path in files}
    for receipt in sorted(set(wanted.values())):
        try:
            text = (home.receipts / f"{receipt}.json").read_text(encoding="utf-8")
            held = of_receipt(home, json.loads(text))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a receipt that was deleted or damaged is the build's to tell
        require_whole(home, [one for one in held if one.file in wanted])


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def require_whole(home: Home, files: Iterable[Stored], threads: int = 1) -> None:
    """Raise HotlineError IO, naming the file and what to do, where one is not as it was written."""
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
