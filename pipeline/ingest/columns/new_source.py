"""`hotline ingest --new-source`: draft a source file from a dump, for a person to review."""

import json
import re
import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pipeline.console import say
from pipeline.entity import DEFAULT, Entity
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns.column_guess import MEMBERS, by_cells, by_name, tellable
from pipeline.ingest.columns.header import SEARCHED, headings_of
from pipeline.ingest.columns.sample import Rows, first_rows
from pipeline.ingest.columns.source import (
    Mapping,
    Source,
    fold,
    is_unnamed,
    load_sources,
    looks_like_data,
    map_header,
    sources_of,
)

_HEAD = """\
# 草稿,据 {file} 起草;请逐行核对后再用,确认无误前不要入库。
# 列名后的注释说明依据;猜错的请改正,多出的请删去。可用的标准列见 pipeline/ingest/entities 下的文件。
title = {title}
entity = {entity}
required = [{required}]

[columns]
"""
# What stands for a required column that nobody recognised.
UNKNOWN = "(请填列名)"


def draft_source(home: Home, name: str, paths: list[Path]) -> Path:
    """Write data/sources/NAME.toml of the home from one file and return its path.

    Never overwrites: USAGE for a name that is taken or is none.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise HotlineError(f"来源名称 {name} 不可用;请用小写字母、数字和下划线,以字母开头", USAGE)
    target = home.sources / f"{name}.toml"
    if name in sources_of(home) or target.exists():
        raise HotlineError(f"来源 {name} 已经有了;请换一个名称,或直接修改它", USAGE)
    if len(paths) != 1 or not paths[0].is_file():
        raise HotlineError("--new-source 要正好一个文件;请给出一个导出文件的路径", USAGE)
    tmp = home.tmp / "draft"
    tmp.mkdir(parents=True, exist_ok=True)
    try:
        rows = first_rows(paths[0], tmp)
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    text = _text(home, name, paths[0].name, rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Opened so that a file that came to be meanwhile is not overwritten either.
    with target.open("x", encoding="utf-8") as handle:
        handle.write(text)
    load_sources.cache_clear()
    asked = text.count(f'"{UNKNOWN}"')
    first = f"有 {asked} 个必需的列没有认出,请先填上;" if asked else ""
    say(f"起草了 {home.relative(target)};{first}请核对后运行 hotline ingest --dry-run {paths[0]}")
    return target


def _text(home: Home, name: str, file: str, rows: Rows) -> str:
    mapping, spellings, end = _header(list(sources_of(home).values()), rows)
    entity = mapping.source.entity
    columns = [
        [row[place] or "" for row in rows[end:] if place < len(row)]
        for place in range(len(mapping.headings))
    ]
    found = _found(home, mapping, columns)
    lines = []
    for item in entity.required:
        parts = item.split("|")
        if not any(part in found for part in parts):
            lines.append(f'{parts[0]} = ["{UNKNOWN}"]  # 必需,没有认出')
    for column in entity.columns:
        if column in found:
            place, why = found[column]
            lines.append(f"{column} = [{_quoted(spellings[place])}]  # {why}")
    used = {place for place, _ in found.values()}
    left = [
        f"#   {text}({_filled(columns[place])} 有值)"
        for place, text in enumerate(spellings)
        if place not in used and not is_unnamed(mapping.headings[place])
    ]
    head = _HEAD.format(
        file=file,
        title=json.dumps(name),
        entity=json.dumps(entity.name),
        required=", ".join(f'"{item}"' for item in _required(entity, found)),
    )
    tail = ["", "# 没有认出的列:", *left] if left else []
    values = _values(mapping.source, found, columns)
    return head + "\n".join([*lines, *tail, *_constants(entity, found), *values]) + "\n"


def _found(home: Home, mapping: Mapping, columns: list[list[str]]) -> dict[str, tuple[int, str]]:
    """Return canonical column -> position and why: by alias, else by the cells, else by a word."""
    found = {column: (place, "列名与已有来源相同") for column, place in mapping.positions.items()}
    entity = mapping.source.entity
    if entity.name != DEFAULT:
        return found
    taken = {place for place in range(len(columns)) if is_unnamed(mapping.headings[place])}
    for guess, why in (
        (partial(by_cells, home, mapping.source.values, columns), "按取值猜测"),
        (partial(by_name, mapping.headings), "按列名猜测"),
    ):
        used = {*taken, *(place for place, _ in found.values())}
        guesses = guess(used, set(entity.columns) - set(found))
        found |= {column: (place, why) for column, place in guesses.items()}
    return found


# What the whole file may say where no column does: beside which columns (none: any), why it is
# asked for, and the line to take.
_ASKED: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "place_district",
        (),
        "没有区的列:若这种文件都是同一个区的,请去掉井号并填上区名。",
        'place_district = "(区名)"',
    ),
    (
        "handling",
        (),
        "没有处理方式的列:承办与三率只计派单的;若这种文件都是派单的,请去掉井号。",
        'handling = "派单"',
    ),
    (
        "is_valid",
        ("is_contacted", "resolution", "satisfaction"),
        "没有是否有效回访的列:三率只计有效回访;若这种文件所列都是有效回访,请去掉井号。",
        'is_valid = "是"',
    ),
)


def _constants(entity: Entity, found: Iterable[str]) -> list[str]:
    """Return, as comments, how to say what no column tells."""
    held = set(found)
    asked = [
        one
        for one in _ASKED
        if one[0] in entity.columns and one[0] not in held and (not one[1] or held & {*one[1]})
    ]
    if not asked:
        return []
    lines = [line for *_, why, said in asked for line in (f"# {why}", f"# {said}")]
    return ["", "[constants]", *lines]


def _required(entity: Entity, found: Iterable[str]) -> list[str]:
    """Return what tells the format: of alternatives those that the file has, else the first."""
    result = []
    for item in entity.required:
        parts = item.split("|")
        result.append("|".join([part for part in parts if part in found] or parts[:1]))
    return result


def _header(sources: list[Source], rows: Rows) -> tuple[Mapping, list[str], int]:
    """Return the header read through the aliases of all sources of the entity that knows most of
    it, how its columns are called, and the first row below it; where no alias is known, the row
    with most different words."""
    best = None
    for every in _every(sources):
        for first in range(min(SEARCHED, len(rows))):
            for span in (1, 2):
                if first + span >= min(SEARCHED, len(rows)) + 1:
                    continue
                headings, spellings = headings_of(rows, first, span)
                mapping = map_header(every, headings, spellings)
                different = {fold(text) for text in headings if re.search(r"[^\W\d]", text)}
                score = (len(mapping.positions), len(different) if span == 1 else 0, -span, -first)
                if best is None or score > best[0]:
                    told = [s[0] for s in spellings] if spellings else headings
                    best = score, mapping, told, first + span
    # Its cells would be written down as the names of columns.
    if best is None or not best[1].headings or looks_like_data(best[1].headings):
        raise HotlineError("文件里没有表头;请换一个有表头的文件", NO_DATA)
    return best[1], best[2], best[3]


def _every(sources: list[Source]) -> list[Source]:
    """Return, for each entity, one source with the aliases and values of all of its sources; what
    is taken where nothing else is said comes first."""
    found: dict[str, Source] = {}
    for source in sorted(sources, key=lambda s: s.entity.name != DEFAULT):
        before = found.get(source.entity.name)
        aliases: dict[str, list[str]] = {}
        values: dict[str, dict[str, str]] = {}
        for one in (before, source) if before else (source,):
            for column, names in one.columns.items():
                aliases.setdefault(column, []).extend(names)
            for column, words in one.values.items():
                values[column] = {**words, **values.get(column, {})}
        found[source.entity.name] = Source(
            name="all",
            title="all",
            entity=source.entity,
            required=[],
            columns=aliases,
            values=values,
        )
    return list(found.values())


def _filled(cells: list[str]) -> str:
    return f"{sum(bool(cell.strip()) for cell in cells) / max(len(cells), 1):.0%}"


def _values(
    source: Source, found: dict[str, tuple[int, str]], columns: list[list[str]]
) -> list[str]:
    """Return value maps for the words of short lists: those that a source knows, and, as comments
    to be filled in, those that nobody does."""
    lines: list[str] = []
    for column, words in MEMBERS.items():
        if column not in found:
            continue
        known = source.values.get(column, {})
        seen = _seen(columns[found[column][0]]) - set(words)
        strange = seen - set(known)
        # A column with many words is no short list, and may hold anything.
        few = len(strange) <= 10 and all(len(word) <= 12 for word in strange)
        asked = [f'# {_quoted(word)} = "?"' for word in sorted(tellable(strange)) if few]
        mapped = [f"{_quoted(word)} = {_quoted(known[word])}" for word in sorted(seen & set(known))]
        if asked:
            asked = [f"# 没有认出的取值,请改成 {'、'.join(words)} 之一:", *asked]
        if mapped or asked:
            lines += ["", f"[values.{column}]", *mapped, *asked]
    return lines


def _seen(cells: list[str]) -> set[str]:
    """Return the words of a column. Where a row slipped, a person's name or number stands there
    once: not for the draft."""
    told = [cell.strip() for cell in cells]
    least = 2 if len(told) > 50 else 1
    return {
        cell
        for cell in told
        if cell and told.count(cell) >= least and not re.search(r"[\d@]", cell)
    }


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
