"""Receipts: what ingest has put in place. A file that no receipt lists does not exist."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.entity import DEFAULT
from pipeline.errors import IO, HotlineError
from pipeline.home import Home

Month = tuple[int, int]


@dataclass(frozen=True)
class Partition:
    """The rows of one receipt in one month; file paths are relative to data/warehouse."""

    receipt: str
    year: int
    month: int
    rows: int
    records_file: str
    texts_file: str
    first_received_at: str | None
    last_received_at: str | None
    entity: str = DEFAULT
    # Of the receipt: files of older versions lack columns that came later.
    version: int = 0
    # Whether texts_file is there: texts may be deleted apart.
    has_texts: bool = False
    # Stands for the ids in it that a newer delivery has in another month; '' for none.
    moved: str = ""

    @property
    def key(self) -> Month:
        return self.year, self.month


@dataclass(frozen=True)
class Receipt:
    """One loaded file: the JSON that ingest wrote last, and its partitions."""

    fields: dict[str, Any]
    partitions: tuple[Partition, ...]

    @property
    def id(self) -> str:
        return str(self.fields["receipt"])

    @property
    def entity(self) -> str:
        """What its rows tell of; receipts from before there was a choice do not say."""
        return str(self.fields.get("entity", DEFAULT))


def load(home: Home) -> list[Receipt]:
    """Return the home's receipts in order of ingest; empty where nothing is loaded.

    Raises HotlineError IO, naming the file, for a receipt that cannot be read.
    """
    found = [_read(home, path) for path in sorted(home.receipts.glob("*.json"))]
    return sorted(found, key=lambda receipt: (receipt.fields["sequence"], receipt.id))


def _read(home: Home, path: Path) -> Receipt:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        partitions = tuple(
            Partition(
                receipt=fields["receipt"],
                entity=fields.get("entity", DEFAULT),
                year=int(part["year"]),
                month=int(part["month"]),
                rows=int(part["rows"]),
                records_file=part["records_file"],
                texts_file=part.get("texts_file") or "",
                first_received_at=part.get("first_received_at"),
                last_received_at=part.get("last_received_at"),
                version=int(fields.get("version") or 0),
                has_texts=_has_texts(home, part),
            )
            for part in fields["partitions"]
        )
        return Receipt({**fields, "sequence": int(fields["sequence"])}, partitions)
    except (ValueError, KeyError, TypeError) as error:
        raise HotlineError(
            f"回执 {home.relative(path)} 读不懂({error!r});请删除它,再重新 hotline ingest 该文件",
            IO,
        ) from error


def by_entity(receipts: list[Receipt]) -> dict[str, dict[Month, list[Partition]]]:
    """Return entity -> the partitions of each month that holds rows of it."""
    names = dict.fromkeys(receipt.entity for receipt in receipts)
    return {name: by_month([r for r in receipts if r.entity == name]) for name in names}


def _has_texts(home: Home, part: dict[str, Any]) -> bool:
    return bool(part.get("texts_file")) and (home.warehouse / part["texts_file"]).is_file()


def by_month(receipts: list[Receipt]) -> dict[Month, list[Partition]]:
    """Return the partitions of each month that holds rows, months in order."""
    months: dict[Month, list[Partition]] = defaultdict(list)
    for receipt in receipts:
        for partition in receipt.partitions:
            if partition.rows:
                months[partition.key].append(partition)
    return {key: months[key] for key in sorted(months)}


def require_files(home: Home, receipts: list[Receipt]) -> None:
    """Raise HotlineError IO where a receipt lists a Parquet file that is not there."""
    for receipt in receipts:
        for partition in receipt.partitions:
            if partition.rows and not (home.warehouse / partition.records_file).is_file():
                raise HotlineError(
                    f"回执 {receipt.id}({receipt.fields.get('name', '')})登记的 "
                    f"{partition.records_file} 不存在;请删除 "
                    f"{home.relative(home.receipts)}/{receipt.id}.json,再重新 hotline ingest",
                    IO,
                )
