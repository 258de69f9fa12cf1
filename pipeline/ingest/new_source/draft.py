"""Draft a source file from a dump: what each column is, why, and which words are to be explained.

What was written is read back and must map the file as meant before it is put in place.
"""

import csv
import io
import json
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.console import say
from pipeline.entity import DEFAULT, Entity
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns import source as sources
from pipeline.ingest.columns.header import SEARCHED, headings_of
from pipeline.ingest.columns.open_file import DELIMITERS
from pipeline.ingest.columns.source import (
    UNFILLED,
    Source,
    fold,
    is_unnamed,
    looks_like_data,
    map_header,
    usable_sources,
)
from pipeline.ingest.formats import jsonl
from pipeline.ingest.formats.encoding import read_text_head
from pipeline.ingest.formats.readable import make_readable
from pipeline.ingest.formats.text_protection import unprotected
from pipeline.ingest.new_source.guess import (
    MEMBERS,
    by_cells,
    by_name,
    by_open_311,
    can_be,
    times_of,
    without_persons,
)

ROWS = 500
_HEAD = """\
# 草稿,据 {file} 起草;请逐行核对后再用,确认无误前不要入库。
# 列名后的注释说明依据;猜错的请改正,多出的请删去。可用的标准列见 pipeline/ingest/entities 下的文件。
title = {title}
entity = {entity}
required = [{required}]

[columns]
"""
# What the channels of open 311 data are called, in small letters.
_PHONE_WORDS = ("phone", "phone call", "call", "call in", "telephone", "voice", "voice in")
_ONLINE_WORDS = (
    *("online", "web", "website", "webform", "web form", "internet", "mobile", "mobile app", "app"),
    *("email", "e-mail", "chat", "self service", "self-service", "social media", "twitter", "sms"),
)
# Words that several cities use for the values of a short list.
_KNOWN_WORDS = {
    "channel": {**dict.fromkeys(_PHONE_WORDS, "电话"), **dict.fromkeys(_ONLINE_WORDS, "网络")},
    "record_type": {
        **{f"{word}类": word for word in ("咨询", "诉求", "建议", "投诉", "表扬")},
        **{"求助类": "诉求", "意见建议": "建议", "举报类": "投诉", "感谢": "表扬"},
    },
    "handling": {
        **dict.fromkeys(("转办", "交办", "转派", "派发", "下派", "转办件", "派单办理"), "派单"),
        **dict.fromkeys(
            ("直办", "直办件", "直接办结", "当场答复", "在线解答", "即时答复", "现场解答"),
            "直接解答",
        ),
    },
    "satisfaction": {
        **dict.fromkeys(("非常满意", "很满意"), "满意"),
        **dict.fromkeys(("比较满意", "较满意"), "基本满意"),
        **dict.fromkeys(("不太满意", "很不满意", "非常不满意"), "不满意"),
    },
}

Rows = list[list[str | None]]
# Canonical column -> position and reason.
Found = dict[str, tuple[int, str]]


def draft_source(home: Home, name: str, paths: list[Path]) -> Path:
    """Write data/sources/NAME.toml of the home from one file and return its path.

    Raises HotlineError USAGE if the name is invalid or exists: nothing is overwritten.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise HotlineError(f"来源名称 {name} 不可用;请用小写字母、数字和下划线,以字母开头", USAGE)
    target = home.sources / f"{name}.toml"
    known, _ = usable_sources(home)
    if name in known or target.exists():
        raise HotlineError(f"来源 {name} 已经有了;请换一个名称,或直接修改它", USAGE)
    if len(paths) != 1 or not paths[0].is_file():
        raise HotlineError("--new-source 要正好一个文件;请给出一个导出文件的路径", USAGE)
    tmp = home.tmp / "draft"
    tmp.mkdir(parents=True, exist_ok=True)
    try:
        rows = _first_rows(paths[0], tmp)
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    text = _text(home, name, paths[0].name, rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Mode x: a file created meanwhile is not overwritten either.
    with target.open("x", encoding="utf-8") as handle:
        handle.write(text)
    missing = text.count(f'"{UNFILLED}"')
    first = f"有 {missing} 个必需的列没有认出,请先填上;" if missing else ""
    say(f"起草了 {home.relative(target)};{first}请核对后运行 hotline ingest --dry-run {paths[0]}")
    return target


def _text(home: Home, name: str, file: str, rows: Rows) -> str:
    """Return the draft; a column that it does not map back to its place is left over."""
    known, _ = usable_sources(home)
    header = _header(list(known.values()), rows)
    columns = [
        [row[place] or "" for row in rows[header.end :] if place < len(row)]
        for place in range(len(header.mapping.headings))
    ]
    columns = [[*cells, *[""] * (len(rows) - header.end - len(cells))] for cells in columns]
    found, times = _found(home, header.mapping, columns)
    lost: dict[int, str] = {}
    while True:
        text = _written(file, name, header, columns, found, times, lost)
        wrong = _not_mapped_back(text, name, header, rows, found)
        if not wrong:
            return text
        for column in wrong:
            lost[found.pop(column)[0]] = f"像是 {column},但另有同名的列,按列名分不开"


def _written(
    file: str,
    name: str,
    header: "_Header",
    columns: list[list[str]],
    found: Found,
    times: list[int],
    lost: dict[int, str],
) -> str:
    entity, spellings = header.mapping.source.entity, header.spellings
    lines = []
    for item in entity.required:
        parts = item.split("|")
        if not any(part in found for part in parts):
            lines.append(f'{parts[0]} = ["{UNFILLED}"]  # 必需,没有认出')
            if item == entity.id:
                lines.append('#   没有编号的列时,删去上一行,在 [columns] 之前写 id = "row"')
    used = {place for place, _ in found.values()}
    for column in entity.columns:
        if column not in found:
            continue
        place, why = found[column]
        lines.append(f"{column} = [{_quoted(spellings[place])}]  # {why}")
        if times[:1] == [place]:
            lines += [
                f"#   也是时间:{_shown(spellings[other])}({_filled(columns[other])} 有值)"
                for other in times[1:]
            ]
    left = [
        f"#   {_shown(text)}({_filled(columns[place])} 有值{lost.get(place, '') and ';'}"
        f"{lost.get(place, '')})"
        for place, text in enumerate(spellings)
        if place not in used and not is_unnamed(header.mapping.headings[place])
    ]
    head = _HEAD.format(
        file=_shown(file),
        title=json.dumps(name),
        entity=json.dumps(entity.name),
        required=", ".join(f'"{item}"' for item in _required(entity, found)),
    )
    tail = ["", "# 没有认出的列:", *left] if left else []
    values = _values(header.mapping.source, found, columns)
    return head + "\n".join([*lines, *tail, *_constants(entity, found), *values]) + "\n"


def _not_mapped_back(
    text: str, name: str, header: "_Header", rows: Rows, found: Found
) -> list[str]:
    """Return the columns that the draft, read as a source, finds elsewhere or not at all.

    Raises HotlineError IO if it cannot be read: a bug, and nothing is put in place.
    """
    try:
        data = tomllib.loads(text)
        source = Source(**{**data, "name": name, "entity": header.mapping.source.entity})
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise HotlineError(f"起草的来源文件读不回({reason});没有写入,请报告此问题", IO) from error
    back = map_header(source, *headings_of(rows, header.first, header.span)).positions
    return [column for column, (place, _) in found.items() if back.get(column) != place]


def _found(
    home: Home, mapping: sources.Mapping, columns: list[list[str]]
) -> tuple[Found, list[int]]:
    """Return canonical column -> position and reason, and the columns of times.

    By alias, else by the heading of open 311 data, else by cells, else by words in the heading.
    """
    found = {
        column: (place, "列名与已有来源相同")
        for column, place in mapping.positions.items()
        if column in mapping.source.entity.times or can_be(column, columns[place])
    }
    entity = mapping.source.entity
    if entity.name != DEFAULT:
        return found, []
    unnamed = {place for place in range(len(columns)) if is_unnamed(mapping.headings[place])}
    times = times_of(columns, mapping.headings, unnamed)
    given = next((found[name] for name in ("received_at", "created_at") if name in found), None)
    if times and (given is None or _is_sparse(columns, given[0], times[0])):
        used = {place: column for column, (place, _) in found.items()}
        found.pop(used.get(times[0], ""), None)
        found["received_at"] = (times[0], "是时间,按有值的比例、先后与列名猜测")
    elif given is not None:
        times = [given[0], *(place for place in times if place != given[0])]
    for guess, why in (
        (partial(by_open_311, mapping.headings, columns), "按列名猜测"),
        (partial(by_cells, home, mapping.source.values, columns), "按取值猜测"),
        (partial(by_name, mapping.headings, columns), "按列名猜测"),
    ):
        used_places = {*unnamed, *(place for place, _ in found.values())}
        guesses = guess(used_places, set(entity.columns) - set(found))
        found |= {column: (place, why) for column, place in guesses.items()}
    return found, times


def _is_sparse(columns: list[list[str]], given: int, fullest: int) -> bool:
    """Return whether a column of times is mostly empty where another is not."""
    filled = [sum(bool(cell.strip()) for cell in columns[place]) for place in (given, fullest)]
    return filled[0] * 2 < filled[1]


# Constants to suggest for a missing column: the column, other columns one of which must be there
# (none: always), the reason and the line.
_CONSTANTS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
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
    """Return the suggested constants, as comments."""
    held = set(found)
    wanted = [
        one
        for one in _CONSTANTS
        if one[0] in entity.columns and one[0] not in held and (not one[1] or held & {*one[1]})
    ]
    if not wanted:
        return []
    lines = [line for *_, why, constant in wanted for line in (f"# {why}", f"# {constant}")]
    return ["", "[constants]", *lines]


def _required(entity: Entity, found: Iterable[str]) -> list[str]:
    """Return the required columns: of alternatives those that the file has, else the first."""
    result = []
    for item in entity.required:
        parts = item.split("|")
        result.append("|".join([part for part in parts if part in found] or parts[:1]))
    return result


@dataclass(frozen=True)
class _Header:
    """The header of the file: its first row and number of rows, mapped, and its headings."""

    first: int
    span: int
    mapping: sources.Mapping
    spellings: list[str]

    @property
    def end(self) -> int:
        return self.first + self.span


def _header(known: list[Source], rows: Rows) -> _Header:
    """Return the header: the row that maps most columns by the aliases of one entity's sources.

    If no alias is known, the row with most different words.
    """
    best: tuple[tuple[int, int, int, int], _Header] | None = None
    for every in _merged_sources(known):
        for first in range(min(SEARCHED, len(rows))):
            for span in (1, 2):
                if first + span >= min(SEARCHED, len(rows)) + 1:
                    continue
                headings, spellings = headings_of(rows, first, span)
                mapping = map_header(every, headings, spellings)
                # One word in common (来源) makes no file one of another kind of data.
                if every.entity.name != DEFAULT and 2 * len(mapping.missing) > len(every.required):
                    continue
                different = {fold(text) for text in headings if re.search(r"[^\W\d]", text)}
                score = (len(mapping.positions), len(different) if span == 1 else 0, -span, -first)
                if best is None or score > best[0]:
                    shown = [s[0] for s in spellings] if spellings else headings
                    best = score, _Header(first, span, mapping, shown)
    # Cells of data must not be written to the draft as headings.
    if best is None or not best[1].mapping.headings or looks_like_data(best[1].mapping.headings):
        raise HotlineError("文件里没有表头;请换一个有表头的文件", NO_DATA)
    return best[1]


def _merged_sources(known: list[Source]) -> list[Source]:
    """Return one source per entity with the aliases and values of all its sources.

    The default entity comes first.
    """
    found: dict[str, Source] = {}
    for source in sorted(known, key=lambda s: s.entity.name != DEFAULT):
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
            required=[item for item in source.entity.required if _is_named(item, aliases)],
            columns=aliases,
            values=values,
        )
    return list(found.values())


def _is_named(item: str, aliases: Iterable[str]) -> bool:
    """Return whether all alternatives of a requirement have aliases."""
    return {*item.split("|")} <= {*aliases}


def _filled(cells: list[str]) -> str:
    return f"{sum(bool(cell.strip()) for cell in cells) / max(len(cells), 1):.0%}"


def _values(
    source: Source, found: dict[str, tuple[int, str]], columns: list[list[str]]
) -> list[str]:
    """Return the value maps of columns with a short list.

    Values known to a source are mapped; others are comments to be filled in.
    """
    lines: list[str] = []
    for column, words in MEMBERS.items():
        if column not in found:
            continue
        known = source.values.get(column, {})
        common = _KNOWN_WORDS.get(column, {})
        seen = _seen(columns[found[column][0]]) - set(words)
        known = {**{w: common[w.lower()] for w in seen if w.lower() in common}, **known}
        unknown = seen - set(known)
        # A column with many values has no short list.
        few = len(unknown) <= 10 and all(len(word) <= 12 for word in unknown)
        shown = sorted(without_persons(unknown)) if few else []
        open_values = [f'# {_quoted(word)} = "?"' for word in shown]
        mapped = [f"{_quoted(word)} = {_quoted(known[word])}" for word in sorted(seen & set(known))]
        if open_values:
            open_values.insert(0, f"# 没有认出的取值,请改成 {'、'.join(words)} 之一:")
        if mapped or open_values:
            lines += ["", f"[values.{column}]", *mapped, *open_values]
    return lines


def _seen(cells: list[str]) -> set[str]:
    """Return the values of a column, without digits and, in a long column, without single ones.

    In a misaligned row a column can hold a person's name or number, which must not get into the
    draft.
    """
    counts = Counter(cell.strip() for cell in cells)
    least = 2 if counts.total() > 50 else 1
    return {
        cell
        for cell, count in counts.items()
        if cell and count >= least and not re.search(r"[\d@]", cell)
    }


def _quoted(word: str) -> str:
    """Return a TOML string: as JSON has it, but for DEL and halves of characters."""
    plain = word.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def _shown(text: str) -> str:
    """Return a heading for a comment: on one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _first_rows(path: Path, tmp: Path) -> Rows:
    """Return up to 500 rows, with the header; those of the largest sheet of a workbook."""
    return [
        [None if cell is None else unprotected(cell) for cell in row]
        for row in _raw_rows(path, tmp)
    ]


def _raw_rows(path: Path, tmp: Path) -> Rows:
    file = make_readable(path, tmp)
    if file.is_archive:
        raise HotlineError(f"{file.path.name} 是压缩包;请解开后给其中一个文件", NO_DATA)
    if file.kind.format == "csv":
        return _text_rows(file.path)
    if file.kind.format == "jsonl":
        target = tmp / "lines.parquet"
        keys = jsonl.write(file.path, target, jsonl.first_keys(file.path)).keys
        return [list(keys), *_parquet_rows(target, len(keys))]
    if file.kind.format == "parquet":
        names = pq.read_schema(file.path).names
        return [list(names), *_parquet_rows(file.path, len(names))]
    grids = list(file.sheets())
    if not grids:
        raise HotlineError(f"{file.path.name} 里没有一行数据;请换一个文件", NO_DATA)
    return max(grids, key=lambda grid: grid.filled_rows).head(ROWS)


def _text_rows(path: Path) -> Rows:
    text = read_text_head(path)
    # The delimiter that gives most cells in any of the first rows: titles above have none.
    lines = text.splitlines()[:20]
    sign = max(
        DELIMITERS, key=lambda s: (max(line.count(s) for line in lines), -DELIMITERS.index(s))
    )
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        return [list(row) for row in islice(reader, ROWS)]
    except csv.Error as error:
        raise HotlineError(f"{path.name} 读不出表格({error});请确认是文本文件", NO_DATA) from error


def _parquet_rows(path: Path, width: int) -> Rows:
    batch = next(pq.ParquetFile(path).iter_batches(ROWS), None)
    if batch is None:
        return []
    columns = [column.cast(pa.string()).to_pylist() for column in batch.columns[:width]]
    return [list(row) for row in zip(*columns, strict=True)]
