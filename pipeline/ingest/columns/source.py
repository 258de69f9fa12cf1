"""The dump formats: which heading means which canonical column, read from sources/*.toml."""

import re
import tomllib
import unicodedata
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.entity import DEFAULT, Entity, entities_of, load_entities
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.formats.text_protection import unprotected

FOLDER = Path(__file__).parents[1] / "sources"
# The zone to which times with a zone are converted, unless the source sets another.
TIMEZONE = "Asia/Shanghai"
_DATA = re.compile(r"\d[\d\s()-]{5,}\d|\d{4}[-/.年]\d{1,2}[-/.月]\d")

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"))


class Source(BaseModel):
    """One dump format. `entity`: what it tells of. `required` holds alternatives as `a|b`;
    `values` maps before anything else; `constants` says what a format never tells ('?': unknown,
    as against empty). Times with a zone of their own are converted to `timezone`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    title: str
    entity: Entity = Field(default_factory=lambda: load_entities()[DEFAULT])
    required: list[str]
    columns: dict[str, list[str]]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    timezone: str = TIMEZONE

    @model_validator(mode="after")
    def _known_names(self) -> "Source":
        wanted = {part for item in self.required for part in item.split("|")}
        for name in {*wanted, *self.columns, *self.values, *self.constants}:
            if name not in self.entity.columns:
                raise ValueError(f"unknown canonical column {name!r}")
        if missing := (wanted | set(self.values)) - set(self.columns):
            raise ValueError(f"no aliases for {sorted(missing)}")
        if both := set(self.columns) & set(self.constants):
            raise ValueError(f"both a column and a constant: {sorted(both)}")
        return self

    def heading(self, requirement: str) -> str:
        """Return how a person calls a required column: the first alias of each alternative."""
        return "或".join(self.columns[part][0] for part in requirement.split("|"))


@dataclass(frozen=True)
class Mapping:
    """A file's header read through a source: canonical column -> position in the file."""

    source: Source
    headings: tuple[str, ...]
    positions: dict[str, int]
    missing: tuple[str, ...]

    @property
    def is_supplement(self) -> bool:
        """Whether the file only adds columns to records that it names by their id."""
        return bool(self.missing)

    @property
    def added(self) -> list[str]:
        """Return the canonical columns that say something of the record, beside id and time.

        A supplement does not say when a record was received: it would move it to another month.
        """
        entity = self.source.entity
        return [
            name
            for name in entity.columns
            if name in self.positions and name not in (entity.id, *entity.times)
        ]

    @property
    def unmapped(self) -> list[str]:
        """Headings that no canonical column takes; those without a name told by their place."""
        used = set(self.positions.values())
        folded = [fold(name) for name in self.headings]
        return [
            f"(第 {place + 1} 列,无列名)"
            if is_unnamed(name)
            else f"{name}(第 {place + 1} 列,重名)"
            if folded.index(folded[place]) < place
            else name
            for place, name in enumerate(self.headings)
            if place not in used
        ]


@cache
def fold(heading: str) -> str:
    """Return a heading as compared: no blanks or invisible signs, half-width, lower case."""
    plain = unicodedata.normalize("NFKC", unprotected(heading.translate(_INVISIBLE)))
    return "".join(plain.split()).lower()


@cache
def is_unnamed(heading: str) -> bool:
    """Return whether a column has no name, or the one that a frame library gave it."""
    return not fold(heading) or re.fullmatch(r"(__)?unnamed(:|__).*", fold(heading)) is not None


def check_timezone(name: object) -> None:
    """Raise ValueError if this is not the name of a time zone."""
    try:
        zoneinfo.ZoneInfo(str(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"timezone 不认识 {name!r};请写 IANA 时区名,如 {TIMEZONE}") from error


@cache
def load_sources(folder: Path = FOLDER, own: Path | None = None) -> dict[str, Source]:
    """Return every source of a folder by name; a faulty file is one clear line.

    `own`: the home's folder of entities, which its sources may feed.
    """
    sources = {}
    entities = {**load_entities(), **(load_entities(own) if own else {})}
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            entity = data.get("entity", DEFAULT)
            if entity not in entities:
                raise ValueError(f"unknown entity {entity!r}")
            check_timezone(data.get("timezone", TIMEZONE))
            sources[path.stem] = Source(**{**data, "name": path.stem, "entity": entities[entity]})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError) as error:
            reason = str(error).replace("\n", " ")
            raise HotlineError(
                f"来源文件 {path.name} 有误({reason});请改正后再试", USAGE
            ) from error
    return sources


def sources_of(home: Home) -> dict[str, Source]:
    """Return the repository's sources and the home's own; of one name the home's wins."""
    entities_of(home)
    return {**load_sources(), **load_sources(home.sources, home.entities)}


def map_header(
    source: Source, headings: list[str], spellings: list[list[str]] | None = None
) -> Mapping:
    """Return a header read through one source; of several aliases the first named wins.

    `spellings` holds, for a header of two rows, the ways in which each column may be called.
    """
    place_of: dict[str, int] = {}
    for place, heading in enumerate(headings):
        for spelling in spellings[place] if spellings else [heading]:
            if not is_unnamed(spelling):
                place_of.setdefault(fold(spelling), place)
    positions: dict[str, int] = {}
    for column, aliases in source.columns.items():
        for alias in aliases:
            found = place_of.get(fold(alias))
            if found is not None and found not in positions.values():
                positions[column] = found
                break
    missing = tuple(
        source.heading(item)
        for item in source.required
        if not any(part in positions for part in item.split("|"))
    )
    return Mapping(source, tuple(map(unprotected, headings)), positions, missing)


def candidates(sources: dict[str, Source], name: str | None) -> list[Source]:
    """Return the sources to try: all, or the one that was named (USAGE if there is none such)."""
    if name is not None and name not in sources:
        raise HotlineError(f"没有名为 {name} 的来源;可用的有:{'、'.join(sources)}", USAGE)
    return [sources[name]] if name else list(sources.values())


def choose(
    headings: list[str], name: str | None = None, sources: dict[str, Source] | None = None
) -> Mapping:
    """Return the mapping through the source that fits; of several, the one that maps most columns.

    Raises HotlineError (NO_DATA) naming what is missing and what was seen.
    """
    return best_mapping(headings, candidates(load_sources() if sources is None else sources, name))


def can_supplement(mapping: Mapping) -> bool:
    """Return whether a header that lacks required columns adds others to records by their id."""
    entity = mapping.source.entity
    return "given" in entity.stored and entity.id in mapping.positions and bool(mapping.added)


def best_mapping(headings: list[str], wanted: list[Source]) -> Mapping:
    """Return a header of one row read through the source that maps most of it.

    One that lacks required columns is taken only where it can supplement records by their id.
    """
    mappings = [map_header(source, headings) for source in wanted]
    fitting = [item for item in mappings if not item.missing]
    if not fitting:
        fitting = [item for item in mappings if can_supplement(item)]
    if not fitting:
        raise unknown_header(
            max(mappings, key=lambda item: (len(item.positions), -len(item.missing)))
        )
    return max(fitting, key=lambda item: len(item.positions))


def looks_like_data(headings: Sequence[str]) -> bool:
    """Return whether a row taken for a header holds a long number, a time or a whole sentence.

    Such a row is a record, and what it says of a person must not be told.
    """
    return any(_DATA.search(heading) or len(heading) > 40 for heading in headings)


def unknown_header(nearest: Mapping) -> HotlineError:
    """Return the fault of a file whose header fits no source: what is missing, what was seen."""
    headings = nearest.headings
    missing = f"表头认不出:按“{nearest.source.title}”缺少必需的列 {'、'.join(nearest.missing)};"
    if looks_like_data(headings):
        return HotlineError(f"{missing}前几行看来都是数据,没有表头;请补上列名", NO_DATA)
    seen = "、".join(heading.strip()[:20] or "(空)" for heading in headings[:20])
    more = f"等 {len(headings)} 列" if len(headings) > 20 else ""
    return HotlineError(
        f"{missing}文件里的列是 {seen}{more};请补上列名,或用 hotline ingest --new-source 名称 文件"
        " 起草一个来源文件",
        NO_DATA,
    )
