"""Guess which column of a dump is which: by headings, by cells and, for times, by their fill."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from pipeline.db import connect
from pipeline.home import Home
from pipeline.ingest.columns.source import fold, is_unnamed
from pipeline.ingest.staging import macros
from pipeline.reference import read_rows

Columns = Sequence[Sequence[str]]

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
# Bare digits can be a time, but are more often an id.
_LIKE_TIME = re.compile(r"\s*(?:\d{4}\D|[45]\d{4}\.\d)")
# A time in another order of day, month and year; the loader needs the order to read it.
_ORDERED_TIME = re.compile(r"\s*\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})(?:[ ,T].*)?$")
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"(?=.*\d)[\w-]{3,}")
_MOSTLY = 0.8
# Ids may repeat: a record was dispatched again, or the header is repeated.
_MOSTLY_DIFFERENT = 0.95
# A column of times that fewer rows have than this share of the fullest one is no time of receipt.
_NEARLY_AS_FULL = 0.95
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
    "record_type": r"^(?:业务|事项|来电|工单|诉求|反映|问题)(?:类型|性质)$",
    "category": r"大类|一级.*(?:类|问题)",
    "subcategory": r"小类|二级.*(?:类|问题)",
    "topic": r"细类|三级.*(?:类|问题)",
    "place_district": r"区$|区县",
    "place_street": r"街道|街镇|街乡|乡镇|镇街",
    "is_valid": r"有效.*回访|回访.*有效",
    "is_contacted": r"是否(?:已)?(?:联系|响应|接通)|(?:联系|响应)(?:情况|与否)$",
    "satisfaction": r"满意",
    "resolution": r"解决",
    "unit": r"承办|主办|部门|单位$",
    "reply": r"答复|回复|(?:办理|处理)(?:结果|情况)",
    "content": r"内容|详情|描述",
    "title": r"标题|主题",
    "handling": r"(?:处理|办理|处置|承办)方式",
    "channel": r"渠道|来源",
}
# Headings of a class of some level, where no other column is called a category.
_ANY_CLASS = re.compile(r"(?:类别|分类|归类|种类)(?:名称)?$")
# Headings of open 311 data (New York, Los Angeles, Chicago, San Francisco, Boston, Vancouver and
# others), without signs between the words; of several patterns of a column the first found wins.
_OPEN_311 = {
    "record_id": (
        r"^uniquekey$|^(?:sr|servicerequest|case|request|ticket|incident|reference|complaint|issue)"
        r"(?:no|num|number|id|key|enquiryid)$",
        r"^(?:srn|sr|id|objectid|globalid)$",
    ),
    "caller_phone": (
        r"^(?:caller|customer|contact|callback)?(?:phone|telephone|mobile)(?:number)?$",
    ),
    "caller_name": (r"^(?:caller|customer|contact|requestor|requester|complainant)name$",),
    "received_at": (
        r"^(?:sr|case|request|ticket|service)?(?:created?|open(?:ed)?|received|requested|submitted"
        r"|reported|added|initiated|start)(?:date|datetime|at|time|on|dt|timestamp)*$",
        r"^(?:date|datetime|time)(?:created?|open(?:ed)?|received|requested|submitted|reported)$",
        r"request(?:ed)?(?:date|datetime)",
    ),
    "dispatched_at": (r"dispatch|assigned",),
    "due_at": (r"due|target|expected|sla",),
    "closed_at": (r"closed?|clos(?:ing|ure)", r"complet|resolved"),
    "category": (
        r"^(?:problem)?(?:formerly)?complainttype$|^srtype$|^category$|^servicerequesttype$",
        r"^(?:request|case|issue|problem|service|incident)(?:type|category)(?:name)?$|^servicename$",
        r"^(?:type|issue|reason|problem|servicetype|srdescription)$",
    ),
    "subcategory": (
        r"^(?:problemdetail)?(?:formerly)?descriptor$|^sub(?:category|type)$",
        r"^(?:request|case|issue|service)(?:type|subtype|subcategory)$|^type$",
    ),
    "topic": (r"^(?:additionaldetails|descriptor2|requestdetails)$",),
    "status": (r"^(?:sr|case|request|ticket)?status$",),
    "place_district": (
        r"^borough(?:name)?$",
        r"^(?:district|citydistrict|districtname)$|^localarea$|^communityarea$|^ward(?:name)?$",
        r"^(?:area|areaname|region|apc|county|neighbou?rhood|neighbou?rhoodname)$",
        r"^council(?:district)?(?:name|number)?$|^cd$",
    ),
    "place_street": (
        r"^communityboard$|^neighbou?rhoodcouncil(?:name)?$|^ncname$",
        r"^neighbou?rhoods?(?:name)?$|^analysisneighborhood$|^precinct$",
    ),
    "unit": (
        r"^agency$|^ownerdepartment$|^responsibleagency$|^department(?:name)?$",
        r"^agencyname$|^(?:owner|division|assignedto|responsibledepartment|team)$",
    ),
    "channel": (
        r"^(?:opendatachanneltype|channel|channeltype|origin|source|requestsource|methodreceived"
        r"|intakemethod)$",
    ),
    "reply": (
        r"^resolution(?:description|notes|text|comments?)$|^(?:status|closure)(?:notes|reason)$",
    ),
    "resolution": (r"^resolution(?:status)?$|^outcome$",),
    "satisfaction": (r"satisf",),
    "content": (r"^(?:full)?(?:description|details|comments?|complaintdetails?|narrative)$",),
    "title": (r"^(?:subject|title|casetitle)$",),
}
# Columns whose cells are names out of a list: a column of sentences is none of them.
_LISTED = {
    *("record_type", "category", "subcategory", "topic", "place_district", "place_street", "unit"),
    *("channel", "handling", "status", "resolution", "satisfaction"),
}
_TIMES = {"received_at", "created_at", "dispatched_at", "due_at", "closed_at"}
# What the time of receipt is not called, and what it is.
_LATER = re.compile(
    r"办结|结案|完成|反馈|回复|回访|派单|派发|转办|交办|签收|修改|更新|时限|截止|限期|期限|撤销"
    r"|clos|complet|resol|cancel|updat|modif|due|target|expected|assign|dispatch|escalat|sla"
)
_EARLIER = re.compile(
    r"来电|来话|受理|登记|反映|诉求|接收|投诉|创建|creat|open|receiv|request|submit|report"
)
# A list of names is shorter than this on the average, and has fewer signs of a sentence.
_LONG_NAME = 40
_SENTENCE = re.compile(r"[。!?！？；]|[.] [A-Z]|\w[,，] ?\w+ \w+ \w+ ")
_MOSTLY_TEXT = 0.3
_ENOUGH_CELLS = 20


def is_list(cells: Sequence[str]) -> bool:
    """Return whether these cells can be names out of a list, and not a text of each record."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return True
    if sum(map(len, filled)) > _LONG_NAME * len(filled):
        return False
    if sum(bool(_SENTENCE.search(cell)) for cell in filled) > _MOSTLY_TEXT * len(filled):
        return False
    is_long = sum(map(len, filled)) > 8 * len(filled)
    different = len({cell.lower() for cell in filled}) > _MOSTLY * len(filled)
    return not (len(filled) >= _ENOUGH_CELLS and different and is_long)


def can_be(column: str, cells: Sequence[str]) -> bool:
    """Return whether these cells can be the canonical column."""
    if column in _TIMES:
        return _share([cell for cell in cells if cell.strip()], _like_time)
    return column not in _LISTED or is_list(cells)


def _like_time(cell: str) -> bool:
    return bool(_LIKE_TIME.match(cell) or _ORDERED_TIME.match(cell))


def by_name(
    headings: Sequence[str], columns: Columns, taken: set[int], wanted: set[str]
) -> dict[str, int]:
    """Return canonical column -> position, guessed by words in the headings."""
    found: dict[str, int] = {}
    for column, pattern in _HEADING_WORDS.items():
        places = [
            place
            for place, heading in enumerate(headings)
            if place not in taken
            and not is_unnamed(heading)
            and re.search(pattern, fold(heading))
            and can_be(column, columns[place])
        ]
        if column in wanted and places:
            found[column] = places[0]
            taken = {*taken, places[0]}
    if "category" in wanted - set(found):
        place = _any_class(headings, columns, taken)
        if place is not None:
            found["category"] = place
    return found


def _any_class(headings: Sequence[str], columns: Columns, taken: set[int]) -> int | None:
    """Return the first column that is called a class and holds no types of records."""
    for place, heading in enumerate(headings):
        cells = {cell.strip().removesuffix("类") for cell in columns[place] if cell.strip()}
        is_free = place not in taken and cells and not cells & {*MEMBERS["record_type"]}
        if is_free and _ANY_CLASS.search(fold(heading)) and can_be("category", columns[place]):
            return place
    return None


def by_open_311(
    headings: Sequence[str], columns: Columns, taken: set[int], wanted: set[str]
) -> dict[str, int]:
    """Return canonical column -> position, by the English headings of open 311 data."""
    bare = [re.sub(r"[\W_]+", "", fold(heading)) for heading in headings]
    found: dict[str, int] = {}
    for column, patterns in _OPEN_311.items():
        if column not in wanted:
            continue
        place = next(
            (
                place
                for pattern in patterns
                for place, heading in enumerate(bare)
                if place not in taken
                and re.search(pattern, heading)
                and any(cell.strip() for cell in columns[place])
                and can_be(column, columns[place])
            ),
            None,
        )
        if place is not None:
            found[column] = place
            taken = {*taken, place}
    return found


def by_cells(
    home: Home,
    values: Mapping[str, Mapping[str, str]],
    columns: Columns,
    taken: set[int],
    wanted: set[str],
) -> dict[str, int]:
    """Return canonical column -> position, guessed by the cells.

    `values`: column -> other spellings of the values of a short list.
    """
    members = {name: _register(home, name) for name in ("district", "unit", "category")}
    tests: list[tuple[str, Callable[[list[str]], bool]]] = [
        ("caller_phone", lambda cells: _share(cells, _PHONE.fullmatch)),
        ("place_district", lambda cells: _share(cells, members["district"].__contains__)),
        ("unit", lambda cells: _share(cells, members["unit"].__contains__)),
        ("category", lambda cells: _share(cells, members["category"].__contains__)),
        *(
            # 是 and 否 occur in any column.
            (name, _member_test({*words, *values.get(name, ())} - {"是", "否"}))
            for name, words in MEMBERS.items()
            if not name.startswith("is_")
        ),
        ("record_id", _is_id),
        ("content", _is_content),
    ]
    found: dict[str, int] = {}
    if wanted >= {"received_at", "created_at"}:
        received = next(iter(times_of(columns, [""] * len(columns), taken)), None)
        if received is not None:
            found["received_at"] = received
            taken = {*taken, received}
    for column, test in tests:
        if column not in wanted:
            continue
        for place, cells in enumerate(columns):
            filled = [cell.strip() for cell in cells if cell and cell.strip()]
            if place not in taken and filled and test(filled):
                found[column] = place
                taken = {*taken, place}
                break
    return found


def times_of(columns: Columns, headings: Sequence[str], taken: set[int]) -> list[int]:
    """Return the columns of times, the likeliest time of receipt first.

    That is a column that nearly every row has, is not called a later time, and is the earliest of
    its row; of equal ones the one that is called a time of receipt, then the first.
    """
    written = [[cell.strip() for cell in cells if cell and cell.strip()] for cells in columns]
    read = _readable(written)
    places = [
        place
        for place, cells in enumerate(written)
        if place not in taken and cells and _share(cells, _is_time(read))
    ]
    fullest = max((len(written[place]) for place in places), default=0)

    def rank(place: int) -> tuple[bool, bool, float, bool, int]:
        heading = fold(headings[place])
        is_full = len(written[place]) >= _NEARLY_AS_FULL * fullest
        return (
            not is_full,
            bool(_LATER.search(heading)),
            -_earliest_share(place, places, columns, read),
            not _EARLIER.search(heading),
            place,
        )

    return sorted(places, key=rank)


def _is_time(read: Mapping[str, str]) -> Callable[[str], bool]:
    return lambda cell: cell in read or _ORDERED_TIME.match(cell) is not None


def _earliest_share(
    place: int, places: Sequence[int], columns: Columns, read: Mapping[str, str]
) -> float:
    """Return the share of rows, 0..1, in which no other column of times is earlier."""
    rows = [
        (own, [read.get(cell.strip()) for cell in cells])
        for cell, *cells in zip(
            columns[place], *(columns[p] for p in places if p != place), strict=False
        )
        if (own := read.get((cell or "").strip()))
    ]
    earliest = sum(all(other is None or own <= other for other in others) for own, others in rows)
    return round(earliest / len(rows), 2) if rows else 0.0


def _member_test(words: set[str]) -> Callable[[list[str]], bool]:
    return lambda cells: _share(cells, words.__contains__)


def _readable(columns: Columns) -> dict[str, str]:
    """Return the cells that the loader parses as times, with the time."""
    cells = {cell for column in columns for cell in column if _LIKE_TIME.match(cell)}
    with connect() as con:
        macros.define(con)
        sql = """SELECT x, in_range(to_time(x))::VARCHAR AS at
                 FROM (SELECT unnest($1::VARCHAR[]) AS x) WHERE in_range(to_time(x)) IS NOT NULL"""
        return dict(con.execute(sql, [sorted(cells)]).fetchall())


def without_persons(words: set[str]) -> set[str]:
    """Return the words that do not look like a name, number or address of a person."""
    with connect() as con:
        macros.define(con)
        sql = "SELECT x FROM (SELECT unnest($1::VARCHAR[]) AS x) WHERE is_impersonal(x)"
        return {x for (x,) in con.execute(sql, [sorted(words)]).fetchall()}


def _share(cells: Sequence[str], test: Callable[[str], object]) -> bool:
    return sum(bool(test(cell)) for cell in cells) >= _MOSTLY * len(cells)


def _is_content(cells: Sequence[str]) -> bool:
    # Long names repeat, and so do standard sentences.
    repeats = len(cells) >= _ENOUGH_CELLS and len(set(cells)) < (1 - _MOSTLY) * len(cells)
    return sum(map(len, cells)) > 25 * len(cells) and not repeats


def _is_id(cells: Sequence[str]) -> bool:
    different = len(set(cells)) >= _MOSTLY_DIFFERENT * len(cells)
    # Consecutive numbers count the lines, not the records.
    return len(cells) > 1 and different and _share(cells, _ID.fullmatch) and not _counts_up(cells)


def _counts_up(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if re.fullmatch("[0-9]{1,7}", cell)]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return len(numbers) > 1 and steps >= _MOSTLY * (len(cells) - 1)


def _register(home: Home, name: str) -> set[str]:
    rows = read_rows(home.reference_files().get(name), (name,))
    spelled = {word for row in rows for word in (row.get("aliases") or "").split("|") if word}
    short = {row[name][:-1] for row in rows if name == "district" and len(row[name]) >= 3}
    return {row[name] for row in rows} | spelled | short
