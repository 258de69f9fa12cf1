"""Receipts: one JSON per loaded file. It is written last, and what none of them names is swept."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.entity import entities_of
from pipeline.errors import IO, HotlineError
from pipeline.home import Home

# 2: texts carry text_hash, records the names that no register knows. 3: unread. 4: given.
VERSION = 4


@dataclass(frozen=True)
class WrittenPartition:
    """One month of one file; paths are relative to data/warehouse."""

    year: int
    month: int
    rows: int
    texts: int
    records_file: str
    texts_file: str
    records_sha256: str
    texts_sha256: str
    first_received_at: str
    last_received_at: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def name_of(digest: str, part: str = "") -> str:
    """Return the name of the receipt of a file with this digest, or of one of its later parts."""
    return (hashlib.sha256(f"{digest}/{part}".encode()).hexdigest() if part else digest)[:16]


def is_whole(receipts: dict[str, dict[str, Any]], name: str) -> bool:
    """Return whether a file is loaded with all its parts, by the receipt of one of them."""
    return name in receipts and all(part in receipts for part in receipts[name].get("parts", ()))


def read_receipts(home: Home) -> dict[str, dict[str, Any]]:
    """Return receipt -> its JSON, in the order of ingest."""
    found = []
    for path in sorted(home.receipts.glob("*.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise HotlineError(
                f"回执 {home.relative(path)} 已损坏;请删去它并重新入库对应的文件", IO
            ) from error
    return {item["receipt"]: item for item in sorted(found, key=lambda item: item["sequence"])}


def commit(home: Home, data: dict[str, Any]) -> None:
    """Put the receipt in place: from this rename on, the file is loaded."""
    home.receipts.mkdir(parents=True, exist_ok=True)
    tmp = home.tmp / f"{data['receipt']}.json"
    with tmp.open("w", encoding="utf-8") as handle:
        json.dump(data, handle, ensure_ascii=False, indent=1)
        handle.write("\n")
        handle.flush()
        os.fsync(handle.fileno())
    tmp.replace(home.receipts / f"{data['receipt']}.json")


def sweep(home: Home, receipts: dict[str, dict[str, Any]]) -> int:
    """Delete the Parquet files that no receipt names (a run died); return how many."""
    named = {
        home.warehouse / part[kind]
        for data in receipts.values()
        for part in data["partitions"]
        for kind in ("records_file", "texts_file")
        if part[kind]
    } | {home.rejects / f"{receipt}.parquet" for receipt in receipts}
    orphans = [
        path
        for folder in (home.rejects, *_folders(home))
        for path in folder.rglob("*.parquet")
        if path not in named
    ]
    for path in orphans:
        path.unlink()
    return len(orphans)


def _folders(home: Home) -> list[Path]:
    """Return where the partitions of any entity lie."""
    entities = entities_of(home).values()
    names = {name for entity in entities for name in (entity.folder, entity.texts) if name}
    return [home.warehouse / name for name in sorted(names)]
