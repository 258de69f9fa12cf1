"""Receipts: one JSON per loaded file, written last; Parquet files that none lists are ignored.

Ingest writes them; build, status, text and bulletin read them. Receipts of older versions load with
the defaults below.
"""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline import file_digests
from pipeline.console import say
from pipeline.entity import DEFAULT, entities_of
from pipeline.errors import IO, HotlineError
from pipeline.file_digests import Stored
from pipeline.files import write_whole
from pipeline.home import Home
from pipeline.settings import load as load_settings

# 2: texts have text_hash, records have names that no register lists. 3: unread. 4: given.
# 5: records have names as written, receipts the digests of registers and source.
VERSION = 5
Month = tuple[int, int]
# `loaded_at` is in UTC; in the zone furthest ahead of it the day may be the next one.
_FURTHEST_AHEAD = datetime.timedelta(hours=14)


class _Stored(BaseModel):
    """A part of the JSON: a null counts as absent where the field has another default."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        nullable = {
            field.validation_alias or name
            for name, field in cls.model_fields.items()
            if field.default is None
        }
        return {key: value for key, value in data.items() if value is not None or key in nullable}


class Partition(_Stored):
    """The rows of one file in one month; file paths are relative to data/warehouse.

    Digests are SHA-256, '' in receipts of versions without them. The fields after
    `last_received_at` are not in the JSON of the partition: they repeat those of its receipt, or
    are set by the build.
    """

    year: int
    month: int
    rows: int
    texts: int = 0
    records_file: str
    texts_file: str = ""
    records_sha256: str = ""
    texts_sha256: str = ""
    first_received_at: str | None = None
    last_received_at: str | None = None

    receipt: str = Field(default="", exclude=True)
    entity: str = Field(default=DEFAULT, exclude=True)
    version: int = Field(default=0, exclude=True)
    # The columns that the file has, by sheet; () if the receipt does not list them.
    given: tuple[str, ...] = Field(default=(), exclude=True)
    # Of the columns that a file may lack, those it has: all that older receipts list.
    optional: tuple[str, ...] = Field(default=(), exclude=True)
    is_supplement: bool = Field(default=False, exclude=True)
    # Whether texts_file exists: texts may be deleted without their records.
    has_texts: bool = Field(default=False, exclude=True)
    # A digest of the ids in it that a newer delivery dates to another month; '' for none.
    moved: str = Field(default="", exclude=True)
    # A digest of what other months hold of its ids; '' if they have no other columns.
    gained: str = Field(default="", exclude=True)

    @property
    def key(self) -> Month:
        return self.year, self.month

    @property
    def files(self) -> list[str]:
        """Its Parquet files."""
        return [name for name in (self.records_file, self.texts_file) if name]


class Sheet(_Stored):
    """A sheet of a file: its header's first row (1 = the top) and number of rows."""

    sheet: str = ""
    header_row: int = 1
    header_span: int = 1
    district_from_name: str | None = None


class Corrections(_Stored):
    """The corrections of a file: cells replaced, those without effect, digest of the rules."""

    applied: int = 0
    stale: list[str] = []
    digest: str = ""


class KeptColumn(_Stored):
    """A column of records of the receipt `to` whose values come from the receipt `giver`.

    `records` records have it from there, `filled` of them with a value.
    """

    column: str
    to: str
    giver: str = Field(validation_alias="from", serialization_alias="from")
    records: int
    filled: int


class EmptiedColumn(_Stored):
    """A column that has values in `has` records of a file, and had in `had` of those of `giver`."""

    column: str
    giver: str = Field(validation_alias="from", serialization_alias="from")
    had: int
    has: int


class Receipt(_Stored):
    """One loaded file, or one part of it.

    `file` is its path below the home, `member` its path inside a zip, `name` what the user sees.
    `parts` are the receipts of all parts. `received_on_told`: the date that was given, if it is
    after `received_on`, on which the delivery counts. `bytes` and `modified_ns` are of `file`.
    `rows_read` = `rows_loaded` + `rows_duplicate` + `rows_rejected`; `rows_skipped` are no records.
    `unread`: column -> times that could not be parsed. `unknown`: kind of name -> rows whose name
    no register has. `given`: the columns that the file has, by sheet. `columns`: column -> heading.
    `source_digest`: digest of the source, if it is the home's own; '' if not.
    `registers`: digest of the registers in which its names were found; '' if the receipt is older.
    `letter`: the reject workbook. `unread_sheets`: sheet -> rows. `sequence`: order of ingest.
    """

    id: str = Field(validation_alias="receipt", serialization_alias="receipt")
    file: str = ""
    member: str = ""
    name: str = ""
    parts: list[str] = []
    is_supplement: bool = False
    source: str = ""
    entity: str = DEFAULT
    sender: str = ""
    received_on: datetime.date | None = None
    received_on_told: datetime.date | None = None
    simulated: bool = False
    scale: float = 1.0
    sha256: str = ""
    bytes: int = 0
    modified_ns: int = 0
    encoding: str = ""
    format: str = ""
    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_rejected: int = 0
    rows_skipped: dict[str, int] = {}
    reject_reasons: dict[str, int] = {}
    unread: dict[str, int] = {}
    records: int = 0
    unknown: dict[str, int] = {}
    period_first: str | None = None
    period_last: str | None = None
    partitions: tuple[Partition, ...]
    rejects_sha256: str = ""
    has_tiers: bool = False
    given: tuple[str, ...] = ()
    columns: dict[str, str] = {}
    optional_columns: tuple[str, ...] = ()
    unmapped_columns: list[str] = []
    sheets: list[Sheet] = []
    registers: str = ""
    source_digest: str = ""
    letter: str | None = None
    corrections: Corrections = Corrections()
    unread_sheets: dict[str, int] = {}
    warnings: list[str] = []
    loaded_at: str = ""
    sequence: int
    version: int = 0
    kept: list[KeptColumn] = []
    emptied: list[EmptiedColumn] = []

    @property
    def precedence(self) -> tuple[str, int]:
        """The order of deliveries: by the day received, then by ingest."""
        return str(self.received_on or ""), self.sequence

    @property
    def rejects_file(self) -> str:
        """The Parquet file of its rejected rows, relative to data/warehouse."""
        return f"rejects/{self.id}.parquet"

    def stored(self) -> dict[str, Any]:
        """Return the JSON of a receipt read from disk, without defaults of absent fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def digest(self) -> str:
        """Return the SHA-256 of `stored`, with sorted keys."""
        text = json.dumps(self.stored(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def receipt_id(digest: str, part: str = "") -> str:
    """Return the id of the receipt of a file with this SHA-256, or of one of its later parts."""
    return (hashlib.sha256(f"{digest}/{part}".encode()).hexdigest() if part else digest)[:16]


def load(home: Home) -> list[Receipt]:
    """Return the home's receipts in order of ingest; empty if nothing is loaded.

    Raises HotlineError IO, with the file's name, for a receipt that cannot be read.
    """
    found = [read(home, path) for path in sorted(home.receipts.glob("*.json"))]
    return sorted(found, key=lambda receipt: (receipt.sequence, receipt.id))


def read(home: Home, path: Path) -> Receipt:
    """Return one receipt; HotlineError IO if it cannot be read."""
    try:
        receipt = Receipt.model_validate_json(path.read_text(encoding="utf-8"))
        receipt = receipt.model_copy(update=_received(receipt))
    except (ValidationError, ValueError) as error:
        raise HotlineError(
            f"回执 {home.relative(path)} 读不懂({_reason(error)});"
            "请删除它,再重新 hotline ingest 该文件",
            IO,
        ) from error
    shared: dict[str, Any] = {
        "receipt": receipt.id,
        "entity": receipt.entity,
        "version": receipt.version,
        "given": receipt.given,
        "optional": receipt.optional_columns,
        "is_supplement": receipt.is_supplement,
    }
    partitions = tuple(
        part.model_copy(update={**shared, "has_texts": _has_texts(home, part)})
        for part in receipt.partitions
    )
    return receipt.model_copy(update={"partitions": partitions})


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    return " ".join([".".join(map(str, first["loc"])), first["msg"]]).strip()


def _received(receipt: Receipt) -> dict[str, datetime.date]:
    """Return the day received of a delivery that is dated after its ingest: the day of ingest.

    Only simulated records and receipts of older versions have such a date.
    """
    given = receipt.received_on
    if not given or not receipt.loaded_at or receipt.simulated:
        return {}
    latest = (datetime.datetime.fromisoformat(receipt.loaded_at) + _FURTHEST_AHEAD).date()
    return {"received_on": latest, "received_on_told": given} if given > latest else {}


def _has_texts(home: Home, part: Partition) -> bool:
    return bool(part.texts_file) and (home.warehouse / part.texts_file).is_file()


def commit(home: Home, receipt: Receipt) -> None:
    """Write a receipt, whole or not at all: from the rename on, its file is loaded."""
    home.receipts.mkdir(parents=True, exist_ok=True)
    data = receipt.model_dump(mode="json", by_alias=True)
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    write_whole(home.receipts / f"{receipt.id}.json", text.encode(), durable=True)


def committed(home: Home, receipt: Receipt, tmp: Path) -> Receipt:
    """Return a receipt as it will be read from disk once it is committed."""
    path = tmp / f"{receipt.id}.json"
    path.write_text(receipt.model_dump_json(by_alias=True), encoding="utf-8")
    try:
        return read(home, path)
    finally:
        path.unlink()


def is_complete(receipts: Mapping[str, Receipt], name: str) -> bool:
    """Return whether a file is loaded with all its parts, given the receipt of one of them."""
    return name in receipts and all(part in receipts for part in receipts[name].parts)


def sweep(home: Home, receipts: Iterable[Receipt]) -> int:
    """Delete the Parquet files that no receipt lists (an interrupted run); return their number."""
    listed = {
        home.warehouse / name
        for receipt in receipts
        for name in [
            receipt.rejects_file,
            *(file for part in receipt.partitions for file in part.files),
        ]
    }
    entities = entities_of(home).values()
    names = {name for entity in entities for name in (entity.folder, entity.texts) if name}
    orphans = [
        path
        for folder in (home.rejects, *(home.warehouse / name for name in sorted(names)))
        for path in folder.rglob("*.parquet")
        if path not in listed
    ]
    for path in orphans:
        path.unlink()
    return len(orphans)


def by_entity(receipts: list[Receipt]) -> dict[str, dict[Month, list[Partition]]]:
    """Return entity -> month -> partitions with rows, the months in order."""
    names = dict.fromkeys(receipt.entity for receipt in receipts)
    return {name: _by_month([r for r in receipts if r.entity == name]) for name in names}


def _by_month(receipts: list[Receipt]) -> dict[Month, list[Partition]]:
    months: dict[Month, list[Partition]] = defaultdict(list)
    for receipt in receipts:
        for partition in receipt.partitions:
            if partition.rows:
                months[partition.key].append(partition)
    return {key: months[key] for key in sorted(months)}


def stored_files(home: Home, receipt: Receipt) -> list[Stored]:
    """Return the Parquet files of a receipt, without texts and rejects that were deleted."""
    found = []
    for part in receipt.partitions:
        found.append(Stored(part.records_file, part.records_sha256, receipt.id))
        if part.texts_file and (home.warehouse / part.texts_file).is_file():
            found.append(Stored(part.texts_file, part.texts_sha256, receipt.id))
    if receipt.rejects_sha256 and (home.warehouse / receipt.rejects_file).is_file():
        found.append(Stored(receipt.rejects_file, receipt.rejects_sha256, receipt.id))
    return found


def require_files(home: Home, receipts: list[Receipt]) -> None:
    """Raise HotlineError IO if a Parquet file of a receipt is missing or has changed.

    Prints a line if there are receipts of versions without digests.
    """
    files = require_changed_files(home, receipts)
    file_digests.require_whole(home, files, load_settings(home.root).threads)


def require_changed_files(home: Home, receipts: list[Receipt]) -> list[Stored]:
    """Do as `require_files`, but return, unread, the files that no one seems to have touched."""
    for receipt in receipts:
        for partition in receipt.partitions:
            if partition.rows and not (home.warehouse / partition.records_file).is_file():
                raise HotlineError(
                    f"回执 {receipt.id}({receipt.name})登记的 "
                    f"{partition.records_file} 不存在;请删除 "
                    f"{home.relative(home.receipts)}/{receipt.id}.json,再重新 hotline ingest",
                    IO,
                )
    files = [file for receipt in receipts for file in stored_files(home, receipt)]
    same = file_digests.unchanged(home, files)
    changed = [one for one in files if one.file not in same]
    file_digests.require_whole(home, changed, load_settings(home.root).threads)
    unknown = {file.receipt for file in files if not file.sha256}
    if unknown:
        say(
            f"{len(unknown)} 个回执由旧版本写成,没有文件摘要,其 Parquet 是否完好不核对;"
            "要核对,请删除回执后重新 hotline ingest"
        )
    return [one for one in files if one.file in same]


def require_files_whole(home: Home, files: Iterable[Path]) -> None:
    """Raise HotlineError IO if one of these Parquet files, named by its receipt, has changed.

    Receipts that are missing or unreadable are left to the build.
    """
    wanted = {str(path.relative_to(home.warehouse)): path.stem for path in files}
    for name in sorted(set(wanted.values())):
        try:
            held = stored_files(home, read(home, home.receipts / f"{name}.json"))
        except (OSError, HotlineError):
            continue
        file_digests.require_whole(home, [one for one in held if one.file in wanted])
