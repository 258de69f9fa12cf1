"""What kinds of things a home's files hold (records, grid events, ...): data, read from TOML.

An entity is a file here, SQL named after it and, for the report, a template. No stage names one by
its name.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home

FOLDER = Path(__file__).parent / "ingest" / "entities"
# What a source feeds, a receipt describes and a metric counts by default.
DEFAULT = "record"
_RESERVED = {"rejects", "receipts", "texts", ".tmp"}
_NAME = r"[a-z][a-z0-9_]*"


class TextView(BaseModel):
    """A view on the texts, as far as they are kept: its columns, and the version of receipts from
    which on files hold them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=_NAME)
    since: int = 0
    columns: dict[str, str]


class Advice(BaseModel):
    """What the user reads about a file that has one of the columns `given`, but not `missing`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    given: list[str]
    missing: str
    say: str


class Entity(BaseModel):
    """One kind of thing: docs/other-data.md has its keys and what its SQL returns.

    `unit` counts it and `dated` says what its received_at is, in the user's words.
    `kept`: the table of its SQL that says which columns a delivery has from another one.
    `columns`: what a file may have, in canonical names; `times`: those of them that say when the
    thing happened, and with it the month that it counts in; `text_columns`: those that go to its
    texts; `optional`: those that make no other
    format. `id`: the column that names the thing (a header repeated inside the data shows there);
    `is_keyed_by_id`: whether staging's record_id is that column and no more. `stored`: what is in
    the warehouse, with types, as sql/staging/<entity>/stored.sql gives it, the partition's year and
    month apart. `since`: the version of receipts from which
    on files hold a column. `is_flow`: whether a full year has rows in every month. `unknown`: a
    count of sql/staging/<entity>/written.sql, and its words. `advice`: what figures need.
    `parts`: part of the rows -> its filter (column -> members); priors name these parts, and the
    metrics of the entity are sums of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=_NAME)
    title: str
    unit: str = "件"
    dated: str = "受理时间"
    folder: str = Field(pattern=_NAME)
    texts: str = ""
    text_columns: list[str] = Field(default_factory=list)
    base: str = Field(pattern=_NAME)
    id: str
    is_keyed_by_id: bool = True
    kept: str = ""
    required: list[str]
    columns: list[str]
    times: list[str] = Field(default_factory=lambda: ["received_at"])
    optional: list[str] = Field(default_factory=list)
    registers: dict[str, list[str]] = Field(default_factory=dict)
    unknown: dict[str, str] = Field(default_factory=dict)
    advice: list[Advice] = Field(default_factory=list)
    simulated_by: str = ""
    is_flow: bool = True
    parts: dict[str, dict[str, list[str | bool]]] = Field(default_factory=dict)
    stored: dict[str, str]
    since: dict[str, int] = Field(default_factory=dict)
    text_view: TextView | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Entity":
        wanted = {part for item in self.required for part in item.split("|")}
        if unknown_columns := ({self.id, *self.optional} | wanted) - set(self.columns):
            raise ValueError(f"not among the columns: {sorted(unknown_columns)}")
        if self.folder in _RESERVED or (self.texts and self.texts == self.folder):
            raise ValueError(f"folder {self.folder!r} is taken")
        for column in ("record_id", "receipt", "is_last", "received_at"):
            if column not in self.stored:
                raise ValueError(f"every entity stores {column}")
        for column, kind in self.stored.items():
            if not re.fullmatch(_NAME, column) or not re.fullmatch(r"[A-Z]+(\(\d+, \d+\))?", kind):
                raise ValueError(f"no column of a table: {column} {kind}")
        return self

    def given_without(self, given: Iterable[str]) -> str:
        """Return the columns of a file whose receipt says only which `optional` ones it had, in the
        form of the stored column `given`: `|record_id|category|`."""
        lacked = set(self.optional) - set(given)
        return "|".join(["", *(name for name in self.columns if name not in lacked), ""])

    @property
    def views(self) -> list[str]:
        """The views that the build makes from its files."""
        mixed = [self.mixed] if self.mixed else []
        return [self.view, *mixed, *([f"source.{self.text_view.name}"] if self.text_view else [])]

    @property
    def shared(self) -> str | None:
        """The table of the rows whose ids are in several months; None where no month needs those of
        another, for its files do not show which columns they have."""
        return f"source.shared_{self.base}" if "given" in self.stored else None

    @property
    def mixed(self) -> str | None:
        """The view of the months in sight whose deliveries do not have the same columns."""
        return f"source.mixed_{self.base}" if "given" in self.stored else None

    @property
    def view(self) -> str:
        """The view that SQL starts from: the rows of the partitions, each with year and month."""
        return f"source.{self.base}"


@cache
def load_entities(folder: Path = FOLDER) -> dict[str, Entity]:
    """Return the entities of a folder by name; a faulty file is one clear line."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = Entity(name=path.stem, **data)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise HotlineError(
                f"数据种类文件 {path.name} 有误({reason});请改正后再试", USAGE
            ) from error
    return found


def entities_of(home: Home) -> dict[str, Entity]:
    """Return the repository's entities and the home's own; of one name the home's wins.

    Raises HotlineError USAGE where two of them share a folder or a view.
    """
    found = {**load_entities(), **load_entities(home.entities)}
    for kind in ("folder", "base"):
        taken: dict[str, str] = {}
        for entity in found.values():
            other = taken.setdefault(getattr(entity, kind), entity.name)
            if other != entity.name:
                raise HotlineError(
                    f"数据种类 {entity.name} 与 {other} 的 {kind} 相同;请改 data/entities 下的文件",
                    USAGE,
                )
    return found
