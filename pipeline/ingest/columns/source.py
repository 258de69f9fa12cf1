"""Sources: dump formats that map headings to canonical columns, read from sources/*.toml."""

import codecs
import hashlib
import re
import tomllib
import unicodedata
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.entity import DEFAULT, Entity, entities_of, load_entities
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.formats.text_protection import unprotected
from pipeline.shown_name import shown_name

FOLDER = Path(__file__).parents[1] / "sources"
# The order of day, month and year in dates that do not begin with a year of four digits.
DATE_ORDERS = ("mdy", "dmy", "ymd")
# What a draft writes for the heading of a required column that it did not recognise.
UNFILLED = "(请填列名)"
# The zone to which times with a zone are converted, unless the source sets another.
TIMEZONE = "Asia/Shanghai"
_DATA = re.compile(r"\d[\d\s()-]{5,}\d|\d{4}[-/.年]\d{1,2}[-/.月]\d")

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"))


class Source(BaseModel):
    """One dump format.

    `entity`: the kind of its rows. `required`: required columns, alternatives written `a|b`.
    `columns`: canonical column -> headings. `values`: column -> replacements of its cells, applied
    first. `constants`: columns that the format lacks; '?' means unknown, not empty. Times with a
    zone are converted to `timezone`. `date_order`: mdy, dmy or ymd, for dates that do not begin
    with a year of four digits. `id`: "row", or the headings whose cells together identify a row,
    if no column holds ids. `category_separator`: the sign between the levels of category paths.
    `encoding`: that of its text files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    title: str
    entity: Entity = Field(default_factory=lambda: load_entities()[DEFAULT])
    required: list[str]
    columns: dict[str, list[str]]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    timezone: str = TIMEZONE
    date_order: str = ""
    id: str | list[str] = ""
    category_separator: str = ""
    encoding: str = ""

    @model_validator(mode="after")
    def _known_names(self) -> "Source":
        wanted = {part for item in self.required for part in item.split("|")}
        if self.id:
            wanted.discard(self.entity.id)
        for name in {*wanted, *self.columns, *self.values, *self.constants}:
            if name not in self.entity.columns:
                raise ValueError(f"unknown canonical column {name!r}")
        if missing := (wanted | set(self.values)) - set(self.columns):
            raise ValueError(f"no aliases for {sorted(missing)}")
        if both := set(self.columns) & set(self.constants):
            raise ValueError(f"both a column and a constant: {sorted(both)}")
        return self

    @model_validator(mode="after")
    def _known_forms(self) -> "Source":
        if self.date_order not in ("", *DATE_ORDERS):
            raise ValueError(
                f"date_order 不认识 {self.date_order!r};请写 mdy(月日年)、dmy(日月年)或 ymd(年月日)"
            )
        if self.id and self.entity.id in {*self.columns, *self.constants}:
            raise ValueError(f"id 与 columns 里的 {self.entity.id} 只能写一个")
        if isinstance(self.id, str) and self.id not in ("", "row"):
            raise ValueError('id 请写 "row",或写成列名的列表,如 ["日期", "电话"]')
        if self.encoding:
            try:
                "".encode(self.encoding)
                codecs.lookup(self.encoding)
            except (LookupError, UnicodeError) as error:
                raise ValueError(
                    f"encoding 不认识 {self.encoding!r};请写 latin-1、big5、gb18030 之类的名称"
                ) from error
        return self

    @property
    def makes_ids(self) -> bool:
        """Whether ids are made of the row's number or other cells: no column holds them."""
        return self.entity.id not in {*self.columns, *self.constants}

    def heading(self, requirement: str) -> str:
        """Return the heading of a required column: the first alias of each alternative."""
        return "或".join(self.columns[part][0] for part in requirement.split("|"))


@dataclass(frozen=True)
class Mapping:
    """A header mapped by a source: canonical column -> position in the file.

    `missing` are the headings of required columns that the header lacks. `id_places` are the
    columns that identify a row, if the source names them.
    """

    source: Source
    headings: tuple[str, ...]
    positions: dict[str, int]
    missing: tuple[str, ...]
    id_places: tuple[int, ...] = ()

    @property
    def has_made_ids(self) -> bool:
        """Whether ids are made of the row's number or other cells."""
        return self.source.makes_ids

    @property
    def is_supplement(self) -> bool:
        """Whether the file only adds columns to loaded records, by their id."""
        return bool(self.missing)

    @property
    def added(self) -> list[str]:
        """The mapped columns besides id and times.

        A supplement sets no time of receipt: it would move the record to another month.
        """
        entity = self.source.entity
        return [
            name
            for name in entity.columns
            if name in self.positions and name not in (entity.id, *entity.times)
        ]

    @property
    def unmapped(self) -> list[str]:
        """Headings that are not mapped; unnamed columns by their position."""
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
    """Return a heading for comparison: no blanks or invisible signs, half-width, lower case."""
    plain = unicodedata.normalize("NFKC", unprotected(heading.translate(_INVISIBLE)))
    return "".join(plain.split()).lower()


@cache
def is_unnamed(heading: str) -> bool:
    """Return whether a heading is empty, or a placeholder of a data frame library."""
    return not fold(heading) or re.fullmatch(r"(__)?unnamed(:|__).*", fold(heading)) is not None


def check_timezone(name: object) -> None:
    """Raise ValueError if this is not the name of a time zone."""
    try:
        zoneinfo.ZoneInfo(str(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"timezone 不认识 {name!r};请写 IANA 时区名,如 {TIMEZONE}") from error


def read_sources(
    folder: Path = FOLDER, own: Path | None = None
) -> tuple[dict[str, Source], dict[str, HotlineError]]:
    """Return the sources of a folder by name, and the faults of the invalid files by name.

    `own`: the home's folder of entities that these sources may use.
    """
    files = [(path, path.stat()) for path in sorted(folder.glob("*.toml"))]
    stamps = tuple((path, state.st_mtime_ns, state.st_size) for path, state in files)
    return _read_sources(stamps, own)


@lru_cache(maxsize=16)
def _read_sources(
    files: tuple[tuple[Path, int, int], ...], own: Path | None
) -> tuple[dict[str, Source], dict[str, HotlineError]]:
    sources, faults = {}, {}
    entities = {**load_entities(), **(load_entities(own) if own else {})}
    for path, *_ in files:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            entity = data.get("entity", DEFAULT)
            if entity not in entities:
                raise ValueError(f"unknown entity {entity!r}")
            check_timezone(data.get("timezone", TIMEZONE))
            sources[path.stem] = Source(**{**data, "name": path.stem, "entity": entities[entity]})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError) as error:
            reason = str(error).replace("\n", " ")
            faults[path.stem] = HotlineError(
                f"来源文件 {path.name} 有误({reason});请改正后再试", USAGE
            )
    return sources, faults


def load_sources(folder: Path = FOLDER, own: Path | None = None) -> dict[str, Source]:
    """Return the sources of a folder by name; HotlineError USAGE for an invalid file."""
    sources, faults = read_sources(folder, own)
    for fault in faults.values():
        raise fault
    return sources


def usable_sources(home: Home) -> tuple[dict[str, Source], dict[str, HotlineError]]:
    """Return the valid sources by name, and the faults of the home's invalid files by name.

    The home's replace the repository's of the same name, also an invalid one: what it is for must
    not be read in another way.
    """
    entities_of(home)
    own, faults = read_sources(home.sources, home.entities)
    known = {**load_sources(), **own}
    return {name: source for name, source in known.items() if name not in faults}, faults


def own_digest(home: Home, name: str) -> str:
    """Return a digest of a source of the home's own; '' for the repository's, or an invalid one.

    Comments do not count.
    """
    own, _ = read_sources(home.sources, home.entities)
    if name not in own:
        return ""
    text = own[name].model_dump_json(exclude={"entity"})
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def map_header(
    source: Source, headings: list[str], spellings: list[list[str]] | None = None
) -> Mapping:
    """Return a header mapped by one source; of several aliases the first has precedence.

    `spellings`: for a header of two rows, the possible headings of each column.
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
    wanted = [item for item in source.required if item != source.entity.id or not source.makes_ids]
    named = source.id if isinstance(source.id, list) else []
    missing = (
        *(
            source.heading(item)
            for item in wanted
            if not any(part in positions for part in item.split("|"))
        ),
        *(name for name in named if fold(name) not in place_of),
    )
    return Mapping(
        source,
        tuple(map(unprotected, headings)),
        positions,
        missing,
        tuple(place_of[fold(name)] for name in named if fold(name) in place_of),
    )


def candidates(
    sources: dict[str, Source],
    name: str | None,
    faults: dict[str, HotlineError] | None = None,
) -> list[Source]:
    """Return the sources to try: all, or the one with this name.

    Raises HotlineError: USAGE if it does not exist, its fault (among `faults`) if it is invalid.
    """
    if name is not None and faults and name in faults:
        raise faults[name]
    if name is not None and name not in sources:
        raise HotlineError(f"没有名为 {name} 的来源;可用的有:{'、'.join(sources)}", USAGE)
    return [sources[name]] if name else list(sources.values())


def choose(
    headings: list[str], name: str | None = None, sources: dict[str, Source] | None = None
) -> Mapping:
    """Return the mapping by the source that fits and maps most columns.

    Raises HotlineError NO_DATA with the missing and the found columns.
    """
    return best_mapping(headings, candidates(load_sources() if sources is None else sources, name))


def can_supplement(mapping: Mapping) -> bool:
    """Return whether a header without all required columns can add others by the records' ids."""
    entity = mapping.source.entity
    if UNFILLED in mapping.missing:
        return False
    return "given" in entity.stored and entity.id in mapping.positions and bool(mapping.added)


def best_mapping(headings: list[str], wanted: list[Source]) -> Mapping:
    """Return a header of one row mapped by the source that maps most of it.

    A header without all required columns is accepted only if it can be that of a supplement.
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
    """Return whether a supposed header has a long number, a time or a whole sentence.

    Such a row is a record; its personal data must not be printed.
    """
    return any(_DATA.search(heading) or len(heading) > 40 for heading in headings)


def unknown_header(nearest: Mapping) -> HotlineError:
    """Return the error for a header that fits no source: columns missing and columns found."""
    headings = nearest.headings
    missing = f"表头认不出:按“{nearest.source.title}”缺少必需的列 {'、'.join(nearest.missing)};"
    if looks_like_data(headings):
        return HotlineError(f"{missing}前几行看来都是数据,没有表头;请补上列名", NO_DATA)
    seen = "、".join(
        shown_name(" ".join(heading.split())[:20]) or "(空)" for heading in headings[:20]
    )
    more = f"等 {len(headings)} 列" if len(headings) > 20 else ""
    if UNFILLED in nearest.missing:
        return HotlineError(
            f"来源文件 {nearest.source.name}.toml 里还有“{UNFILLED}”没有填:请写上它在文件里的列名;"
            f'没有编号的列时,删去 record_id 一行,在 [columns] 之前写 id = "row"。'
            f"文件里的列是 {seen}{more}",
            NO_DATA,
        )
    if not nearest.positions:
        # The first row may be a record of whatever file; its cells are not printed.
        return HotlineError(
            f"{missing}第一行的 {len(headings)} 格没有一个是认得的列名,可能是数据;请补上列名,或用"
            " hotline ingest --new-source 名称 文件 起草一个来源文件",
            NO_DATA,
        )
    return HotlineError(
        f"{missing}文件里的列是 {seen}{more};请补上列名,或用 hotline ingest --new-source 名称 文件"
        " 起草一个来源文件",
        NO_DATA,
    )
