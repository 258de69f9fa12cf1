"""What the columns of an unknown file may mean, by what they hold and how they are called."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from pipeline.db import connect
from pipeline.home import Home
from pipeline.ingest.columns.source import fold, is_unnamed
from pipeline.ingest.staging import macros

# Bare digits may be a time, but are an id more often.
_LIKE_TIME = re.compile(r"\s*(?:\d{4}\D|[45]\d{4}\.\d)")
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"(?=.*\d)[\w-]{3,}")
_MOSTLY = 0.8
# The words of the short lists, as they are stored.
MEMBERS = {
    "record_type": ("咨询", "诉求", "建议", "投诉", "表扬"),
    "handling": ("直接解答", "派单"),
    "resolution": ("解决", "部分解决", "未解决"),
    "satisfaction": ("满意", "基本满意", "不满意", "未评价"),
    "is_valid": ("是", "否"),
    "is_contacted": ("是", "否"),
    "channel": ("电话", "网络"),
}
# An id may stand twice where a record was handed on, or a header is repeated.
_MOSTLY_DIFFERENT = 0.95
_WHEN = "(?:时间|日期|时刻)"
# How offices call a column that no source names so: what is said of it, in the order of trust.
_CALLED = {
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


def by_name(headings: Sequence[str], taken: set[int], wanted: set[str]) -> dict[str, int]:
    """Return canonical column -> position, told by a word in the heading."""
    found: dict[str, int] = {}
    for column, pattern in _CALLED.items():
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
    """Return canonical column -> position, told by what the cells hold; `values` are other
    spellings of the words of short lists."""
    members = {**{name: _register(home, name) for name in ("district", "unit", "category")}}
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
            if not name.startswith("is_")  # 是 and 否 stand in any column
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
    """Return the cells that the loader reads as times: the draft judges by nothing else."""
    cells = {
        cell.strip() for column in columns for cell in column if cell and _LIKE_TIME.match(cell)
    }
    return _fulfilling("in_range(to_time(x)) IS NOT NULL", cells)


def tellable(words: set[str]) -> set[str]:
    """Return the words that look like no name, number or address of a person."""
    return _fulfilling("is_tellable(x)", words)


def _fulfilling(test: str, cells: set[str]) -> set[str]:
    """Return the cells for which a test of the loader's SQL holds."""
    with connect() as con:
        macros.define(con)
        sql = f"SELECT x FROM (SELECT unnest($1::VARCHAR[]) AS x) WHERE {test}"
        return {x for (x,) in con.execute(sql, [sorted(cells)]).fetchall()}


def _share(cells: list[str], test: Callable[[str], object]) -> bool:
    return sum(bool(test(cell)) for cell in cells) >= _MOSTLY * len(cells)


def _is_id(cells: list[str]) -> bool:
    different = len(set(cells)) >= _MOSTLY_DIFFERENT * len(cells)
    # A serial number counts the lines, not the records.
    return len(cells) > 1 and different and _share(cells, _ID.fullmatch) and not _counts_up(cells)


def _counts_up(cells: list[str]) -> bool:
    numbers = [int(cell) for cell in cells if re.fullmatch("[0-9]{1,7}", cell)]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return len(numbers) > 1 and steps >= _MOSTLY * (len(cells) - 1)


def _register(home: Home, name: str) -> set[str]:
    path = home.reference_files().get(name)
    if path is None:
        return set()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    spelled = {word for row in rows for word in (row.get("aliases") or "").split("|") if word}
    short = {row[name][:-1] for row in rows if name == "district" and len(row[name]) >= 3}
    return {row[name] for row in rows} | spelled | short
