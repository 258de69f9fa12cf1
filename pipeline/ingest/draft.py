"""`hotline ingest --new-source`: draft a source file from a dump, for a person to review."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.console import say
from pipeline.entity import DEFAULT, Entity
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.header import SEARCHED, headings_of
from pipeline.ingest.peek import Rows, first_rows
from pipeline.ingest.source import (
    Mapping,
    Source,
    fold,
    is_unnamed,
    load_sources,
    looks_like_data,
    map_header,
    sources_of,
)

_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*|(?:4[0-9]|5[0-9])\d{3}\.\d+")
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"(?=.*\d)[\w-]{3,}")
_MOSTLY = 0.8
_MEMBERS = {
    "record_type": {"咨询", "诉求", "建议", "投诉", "表扬", "求助", "举报"},
    "handling": {"直接解答", "派单", "直接答复", "直接办理", "转派"},
    "resolution": {"解决", "未解决", "部分解决", "已解决"},
    "satisfaction": {"满意", "基本满意", "不满意", "未评价"},
    "channel": {"电话", "网络", "来电", "互联网"},
}
_HEAD = """\
# 草稿,据 {file} 起草;请逐行核对后再用,确认无误前不要入库。
# 列名后的注释说明依据;猜错的请改正,多出的请删去。可用的标准列见 pipeline/ingest/entities 下的文件。
title = {title}
entity = {entity}
required = [{required}]

[columns]
"""


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
    say(f"起草了 {home.relative(target)};请核对后运行 hotline ingest --dry-run {paths[0].name}")
    return target


def _text(home: Home, name: str, file: str, rows: Rows) -> str:
    mapping, spellings, end = _header(list(sources_of(home).values()), rows)
    entity = mapping.source.entity
    columns = [
        [row[place] or "" for row in rows[end:] if place < len(row)]
        for place in range(len(mapping.headings))
    ]
    found = {column: (place, "列名与已有来源相同") for column, place in mapping.positions.items()}
    wanted = set(entity.columns) - set(found)
    guesses = _guess(home, columns, set(mapping.positions.values()), wanted)
    found |= {
        column: (place, "按取值猜测")
        for column, place in guesses.items()
        if not is_unnamed(mapping.headings[place])
    }
    lines = []
    for item in entity.required:
        parts = item.split("|")
        if not any(part in found for part in parts):
            lines.append(f'{parts[0]} = ["(请填列名)"]  # 必需,没有认出')
    for column in entity.columns:
        if column in found:
            place, why = found[column]
            lines.append(
                f"{column} = [{json.dumps(spellings[place], ensure_ascii=False)}]  # {why}"
            )
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
    unknown = _unknown_values(found, columns)
    tail = ["", "# 没有认出的列:", *left] if left else []
    return head + "\n".join([*lines, *tail, *unknown]) + "\n"


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
    """Return, for each entity, one source with the aliases of all of its sources; what is taken
    where nothing else is said comes first."""
    found: dict[str, Source] = {}
    for source in sorted(sources, key=lambda s: s.entity.name != DEFAULT):
        before = found.get(source.entity.name)
        aliases = (
            {column: list(names) for column, names in before.columns.items()} if before else {}
        )
        for column, names in source.columns.items():
            aliases.setdefault(column, []).extend(names)
        found[source.entity.name] = Source(
            name="all", title="all", entity=source.entity, required=[], columns=aliases
        )
    return list(found.values())


def _guess(
    home: Home, columns: list[list[str]], taken: set[int], wanted: set[str]
) -> dict[str, int]:
    """Return canonical column -> position, told by what the cells hold."""
    members = {**{name: _register(home, name) for name in ("district", "unit", "category")}}
    tests: list[tuple[str, Callable[[list[str]], bool]]] = [
        ("caller_phone", lambda cells: _share(cells, _PHONE.fullmatch)),
        ("received_at", lambda cells: _share(cells, _TIME.fullmatch)),
        ("place_district", lambda cells: _share(cells, members["district"].__contains__)),
        ("unit", lambda cells: _share(cells, members["unit"].__contains__)),
        ("category", lambda cells: _share(cells, members["category"].__contains__)),
        *((name, _member_test(words)) for name, words in _MEMBERS.items()),
        ("record_id", _is_id),
        ("content", lambda cells: sum(map(len, cells)) > 25 * len(cells)),
    ]
    found: dict[str, int] = {}
    for column, test in tests:
        if column not in wanted or (column == "received_at" and "created_at" not in wanted):
            continue
        for place, cells in enumerate(columns):
            filled = [cell.strip() for cell in cells if cell and cell.strip()]
            if place not in taken and filled and test(filled):
                found[column] = place
                taken = {*taken, place}
                break
    return found


def _member_test(words: set[str]) -> Callable[[list[str]], bool]:
    return lambda cells: _share(cells, words.__contains__)


def _share(cells: list[str], test: Callable[[str], object]) -> bool:
    return sum(bool(test(cell)) for cell in cells) >= _MOSTLY * len(cells)


def _is_id(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells) > 1 and all(_ID.fullmatch(cell) for cell in cells)


def _register(home: Home, name: str) -> set[str]:
    path = home.reference_files().get(name)
    if path is None:
        return set()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    spelled = {word for row in rows for word in (row.get("aliases") or "").split("|") if word}
    short = {row[name][:-1] for row in rows if name == "district" and len(row[name]) >= 3}
    return {row[name] for row in rows} | spelled | short


def _filled(cells: list[str]) -> str:
    return f"{sum(bool(cell.strip()) for cell in cells) / max(len(cells), 1):.0%}"


def _unknown_values(found: dict[str, tuple[int, str]], columns: list[list[str]]) -> list[str]:
    """Return value maps to fill in, as comments, for words of short lists that nobody knows."""
    lines: list[str] = []
    for column, words in _MEMBERS.items():
        if column not in found:
            continue
        cells = [cell.strip() for cell in columns[found[column][0]]]
        # Where a row slipped, a person's name or number stands here once: not for the draft.
        least = 2 if len(cells) > 50 else 1
        seen = {
            cell for cell in cells if cells.count(cell) >= least and not re.search(r"[\d@]", cell)
        }
        strange = sorted(seen - words - {""})
        # A column with many words is no short list, and may hold anything.
        if strange and len(strange) <= 10 and all(len(word) <= 12 for word in strange):
            lines += ["", f"# [values.{column}]"]
            lines += [f'# {json.dumps(word, ensure_ascii=False)} = "?"' for word in strange]
    return lines
