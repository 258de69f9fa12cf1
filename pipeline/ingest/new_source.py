"""`hotline ingest --new-source`: draft a source file from a dump, for a person to review.

Columns are matched by the aliases of known sources, else guessed by their cells and their headings.
"""

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.console import say
from pipeline.db import connect
from pipeline.entity import DEFAULT, Entity
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns import source as sources
from pipeline.ingest.columns.header import SEARCHED, headings_of
from pipeline.ingest.columns.open_file import DELIMITERS
from pipeline.ingest.columns.source import (
    Source,
    fold,
    is_unnamed,
    load_sources,
    looks_like_data,
    map_header,
    sources_of,
)
from pipeline.ingest.formats import jsonl
from pipeline.ingest.formats.encoding import read_text_head
from pipeline.ingest.formats.readable import make_readable
from pipeline.ingest.formats.text_protection import unprotected
from pipeline.ingest.staging import macros
from pipeline.reference import read_rows

ROWS = 500
_HEAD = """\
# 草稿,据 {file} 起草;请逐行核对后再用,确认无误前不要入库。
# 列名后的注释说明依据;猜错的请改正,多出的请删去。可用的标准列见 pipeline/ingest/entities 下的文件。
title = {title}
entity = {entity}
required = [{required}]

[columns]
"""
# Placeholder for a required column that was not recognised.
UNKNOWN = "(请填列名)"
# Bare digits can be a time, but are more often an id.
_LIKE_TIME = re.compile(r"\s*(?:\d{4}\D|[45]\d{4}\.\d)")
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"(?=.*\d)[\w-]{3,}")
_MOSTLY = 0.8
# The values of columns with a short list, as they are stored.
MEMBERS = {
    "record_type": ("咨询", "诉求", "建议", "投诉", "表扬"),
    "handling": ("直接解答", "派单"),
    "resolution": ("解决", "部分解决", "未解决"),
    "satisfaction": ("满意", "基本满意", "不满意", "未评价"),
    "is_valid": ("是", "否"),
    "is_contacted": ("是", "否"),
    "channel": ("电话", "网络"),
}
# Ids may repeat: a record was dispatched again, or the header is repeated.
_MOSTLY_DIFFERENT = 0.95
_WHEN = "(?:时间|日期|时刻)"
# Words in headings that no source lists, the most reliable first.
_HEADING_WORDS = {
    "record_id": r"编号$|流水号|单号$|编码$",
    "seat_name": r"接线员|话务员|坐席",
    "caller_name": r"姓名|来电人|反映人|诉求人|投诉人",
    "caller_phone": r"电话|手机|号码|联系方式",
    "dispatched_at": rf"(?:派单|派发|转办|交办).*{_WHEN}",
    "due_at": r"时限|截止|限期|期限",
    "closed_at": rf"(?:办结|结案|完成|反馈|回复).*{_WHEN}",
    "received_at": rf"(?:来电|来话|受理|登记|反映|诉求|接收|投诉).*{_WHEN}",
    "record_type": r"^(?:业务|事项|来电|工单|诉求|反映|问题)类型$",
    "category": r"大类|一级.*(?:类|问题)",
    "subcategory": r"小类|二级.*(?:类|问题)",
    "topic": r"细类|三级.*(?:类|问题)",
    "place_district": r"区$|区县",
    "place_street": r"街道|街镇|街乡|乡镇|镇街",
    "satisfaction": r"满意",
    "resolution": r"解决",
    "unit": r"承办|主办|部门|单位$",
    "reply": r"答复|回复|(?:办理|处理)(?:结果|情况)",
    "content": r"内容|详情|描述",
    "title": r"标题|主题",
    "handling": r"(?:处理|办理)方式",
    "channel": r"渠道|来源",
}

Rows = list[list[str | None]]


def draft_source(home: Home, name: str, paths: list[Path]) -> Path:
    """Write data/sources/NAME.toml of the home from one file and return its path.

    Raises HotlineError USAGE if the name is invalid or exists: nothing is overwritten.
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
        rows = _first_rows(paths[0], tmp)
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    text = _text(home, name, paths[0].name, rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Mode x: a file created meanwhile is not overwritten either.
    with target.open("x", encoding="utf-8") as handle:
        handle.write(text)
    load_sources.cache_clear()
    missing = text.count(f'"{UNKNOWN}"')
    first = f"有 {missing} 个必需的列没有认出,请先填上;" if missing else ""
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


def _found(
    home: Home, mapping: sources.Mapping, columns: list[list[str]]
) -> dict[str, tuple[int, str]]:
    """Return canonical column -> position and reason: alias, else cells, else heading."""
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


def _header(known: list[Source], rows: Rows) -> tuple[sources.Mapping, list[str], int]:
    """Return the header's mapping, its headings, and the first row below it.

    It is the row that maps most columns by the aliases of all sources of one entity; if no alias is
    known, the row with most different words.
    """
    best = None
    for every in _merged_sources(known):
        for first in range(min(SEARCHED, len(rows))):
            for span in (1, 2):
                if first + span >= min(SEARCHED, len(rows)) + 1:
                    continue
                headings, spellings = headings_of(rows, first, span)
                mapping = map_header(every, headings, spellings)
                different = {fold(text) for text in headings if re.search(r"[^\W\d]", text)}
                score = (len(mapping.positions), len(different) if span == 1 else 0, -span, -first)
                if best is None or score > best[0]:
                    shown = [s[0] for s in spellings] if spellings else headings
                    best = score, mapping, shown, first + span
    # Cells of data must not be written to the draft as headings.
    if best is None or not best[1].headings or looks_like_data(best[1].headings):
        raise HotlineError("文件里没有表头;请换一个有表头的文件", NO_DATA)
    return best[1], best[2], best[3]


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
    """Return the value maps of columns with a short list.

    Values known to a source are mapped; others are comments to be filled in.
    """
    lines: list[str] = []
    for column, words in MEMBERS.items():
        if column not in found:
            continue
        known = source.values.get(column, {})
        seen = _seen(columns[found[column][0]]) - set(words)
        unknown = seen - set(known)
        # A column with many values has no short list.
        few = len(unknown) <= 10 and all(len(word) <= 12 for word in unknown)
        shown = sorted(_without_persons(unknown)) if few else []
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
    return json.dumps(word, ensure_ascii=False)


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


def by_name(headings: Sequence[str], taken: set[int], wanted: set[str]) -> dict[str, int]:
    """Return canonical column -> position, guessed by words in the headings."""
    found: dict[str, int] = {}
    for column, pattern in _HEADING_WORDS.items():
        places = [
            place
            for place, heading in enumerate(headings)
            if place not in taken and not is_unnamed(heading) and re.search(pattern, fold(heading))
        ]
        if column in wanted and places:
            found[column] = places[0]
            taken = {*taken, places[0]}
    return found


def by_cells(
    home: Home,
    values: Mapping[str, Mapping[str, str]],
    columns: list[list[str]],
    taken: set[int],
    wanted: set[str],
) -> dict[str, int]:
    """Return canonical column -> position, guessed by the cells.

    `values`: column -> other spellings of the values of a short list.
    """
    members = {name: _register(home, name) for name in ("district", "unit", "category")}
    times = _readable(columns) if "received_at" in wanted else set()
    tests: list[tuple[str, Callable[[list[str]], bool]]] = [
        ("caller_phone", lambda cells: _share(cells, _PHONE.fullmatch)),
        ("received_at", lambda cells: _share(cells, times.__contains__)),
        ("place_district", lambda cells: _share(cells, members["district"].__contains__)),
        ("unit", lambda cells: _share(cells, members["unit"].__contains__)),
        ("category", lambda cells: _share(cells, members["category"].__contains__)),
        *(
            (name, _member_test({*words, *values.get(name, ())}))
            for name, words in MEMBERS.items()
            if not name.startswith("is_")  # 是 and 否 occur in any column
        ),
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


def _readable(columns: list[list[str]]) -> set[str]:
    """Return the cells that the loader parses as times."""
    cells = {
        cell.strip() for column in columns for cell in column if cell and _LIKE_TIME.match(cell)
    }
    return _fulfilling("in_range(to_time(x)) IS NOT NULL", cells)


def _without_persons(words: set[str]) -> set[str]:
    """Return the words that do not look like a name, number or address of a person."""
    return _fulfilling("is_impersonal(x)", words)


def _fulfilling(test: str, cells: set[str]) -> set[str]:
    """Return the cells for which a test with the loader's macros holds."""
    with connect() as con:
        macros.define(con)
        sql = f"SELECT x FROM (SELECT unnest($1::VARCHAR[]) AS x) WHERE {test}"
        return {x for (x,) in con.execute(sql, [sorted(cells)]).fetchall()}


def _share(cells: list[str], test: Callable[[str], object]) -> bool:
    return sum(bool(test(cell)) for cell in cells) >= _MOSTLY * len(cells)


def _is_id(cells: list[str]) -> bool:
    different = len(set(cells)) >= _MOSTLY_DIFFERENT * len(cells)
    # Consecutive numbers count the lines, not the records.
    return len(cells) > 1 and different and _share(cells, _ID.fullmatch) and not _counts_up(cells)


def _counts_up(cells: list[str]) -> bool:
    numbers = [int(cell) for cell in cells if re.fullmatch("[0-9]{1,7}", cell)]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return len(numbers) > 1 and steps >= _MOSTLY * (len(cells) - 1)


def _register(home: Home, name: str) -> set[str]:
    rows = read_rows(home.reference_files().get(name), (name,))
    spelled = {word for row in rows for word in (row.get("aliases") or "").split("|") if word}
    short = {row[name][:-1] for row in rows if name == "district" and len(row[name]) >= 3}
    return {row[name] for row in rows} | spelled | short
