"""Receipts: what ingest has put in place. A file that no receipt lists does not exist."""

import datetime
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import file_digests
from pipeline.console import say
from pipeline.entity import DEFAULT
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.settings import load as load_settings

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
    # The columns that its file tells of, sheet by sheet; none for files of older versions, of which
    # only those columns are known that a dump may lack.
    given: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    is_supplement: bool = False
    # Stands for the ids in it that a newer delivery has in another month; '' for none.
    moved: str = ""
    # Stands for what other months hold of ids that count here; '' where it has no other columns.
    gained: str = ""

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
                given=tuple(fields.get("given") or ()),
                optional=tuple(fields.get("optional_columns") or ()),
                is_supplement=bool(fields.get("is_supplement")),
            )
            for part in fields["partitions"]
        )
        return Receipt(
            {**fields, **_received(fields), "sequence": int(fields["sequence"])}, partitions
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HotlineError(
            f"回执 {home.relative(path)} 读不懂({error!r});请删除它,再重新 hotline ingest 该文件",
            IO,
        ) from error


# It is the next day already in the zone that is furthest ahead of UTC, in which `loaded_at` stands.
_FURTHEST = datetime.timedelta(hours=14)


def _received(fields: dict[str, Any]) -> dict[str, str]:
    """Return the day that a delivery counts from where its receipt tells one after its ingest.

    Ingest writes no such day but for simulated records; receipts of older versions may hold one.
    """
    told, loaded = fields.get("received_on"), fields.get("loaded_at")
    if not told or not loaded or fields.get("simulated"):
        return {}
    latest = (datetime.datetime.fromisoformat(loaded) + _FURTHEST).date().isoformat()
    return {"received_on": latest, "received_on_told": told} if told > latest else {}


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
    """Raise HotlineError IO where a Parquet file that a receipt lists is not as it was written.

    Receipts from before there were digests are told in a line.
    """
    for receipt in receipts:
        for partition in receipt.partitions:
            if partition.rows and not (home.warehouse / partition.records_file).is_file():
                raise HotlineError(
                    f"回执 {receipt.id}({receipt.fields.get('name', '')})登记的 "
                    f"{partition.records_file} 不存在;请删除 "
                    f"{home.relative(home.receipts)}/{receipt.id}.json,再重新 hotline ingest",
                    IO,
                )
    files = [one for receipt in receipts for one in file_digests.of_receipt(home, receipt.fields)]
    file_digests.require_whole(home, files, load_settings(home.root).threads)
    unknown = {one.receipt for one in files if not one.sha256}
    if unknown:
        say(
            f"{len(unknown)} 个回执由旧版本写成,没有文件摘要,其 Parquet 是否完好不核对;"
            "要核对,请删除回执后重新 hotline ingest"
        )
