"""Formats of times in dumps: patterns for DuckDB's parser, and times with Chinese words.

They are used only for cells that are not plain (2020-01-05 08:00:00): see to_time and slow_time in
macros.py.
"""

import re
import zoneinfo
from datetime import UTC, datetime

FORMS = [
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y年%m月%d日 %H时%M分",
    "%Y年%m月%d日",
    "%Y年%m月%d日%H:%M:%S",
    "%Y年%m月%d日%H:%M",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y年%m月%d日%H时%M分",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y%m%dT%H%M%S",
    "%Y%m%d",
]
# Tried on every cell; those after the first cost time only for cells in other formats.
FAST_FORMS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"]
# Days since 1899-12-30 as a spreadsheet counts them, from 1980 to 2099, with the time of day.
SERIAL = r"(?:29[2-9]|[3-6][0-9]{2}|7[0-2][0-9]|730)[0-9]{2}(?:\.[0-9]+)?"
# A time followed by a zone: Z, UTC, an offset, or a name (see zone_names). The region that Java
# adds in brackets is ignored.
_MOMENT = r"[0-9].*?(?::[0-5][0-9]|[时点分秒])|[0-9]{8}T?[0-9]{6}"
# Not any word: 3:05 PM has no zone.
_NAME = r"Z|UTC|GMT|[A-Z]{2,4}T|北京时间"
ZONED = (
    rf"^({_MOMENT})(?:[.,][0-9]+)? ?(?:({_NAME})|(?:UTC|GMT)? ?([+-])(1[0-4]|0?[0-9])"
    r"(?::?([0-5][0-9]))?)(?:\[[A-Za-z_/+-]+\])?$"
)
# 09:30-11:30 is a time span, not a time with an offset.
SPAN = "[^T0-9:][0-9]{1,2}:[0-5][0-9] ?- ?[0-9]{1,2}:[0-5][0-9]$"
_ZONED_GROUPS = ["moment", "name", "sign", "hours", "minutes"]
# Seconds or milliseconds since 1970, for 2001 to 2030: no other format begins like this.
EPOCH = "1[0-8][0-9]{8}([.][0-9]+)?"
EPOCH_MILLIS = "1[0-8][0-9]{11}"
# Digits without separators that are no whole date, and the one length that is.
CUT_DIGITS = "^(?:[0-9]{5,7}|[0-9]{9,13}|[0-9]{15,})(?:[^0-9]|$)"
TO_THE_MINUTE = "^(?:19|20)[0-9]{10}$"

_MORNING = {hour: hour for hour in range(12)}
_AFTERNOON = {
    **{hour: hour + 12 for hour in range(1, 12)},
    **{hour: hour for hour in range(12, 24)},
}
_EVENING = {hour: hour % 12 + 12 for hour in (*range(5, 12), *range(17, 24))}
# Part of the day -> hour as written -> hour. Combinations not listed are contradictory (上午15:20)
# or ambiguous (晚上12:10), and are not parsed.
_HOURS: dict[tuple[str, ...], dict[int, int]] = {
    ("",): {hour: hour for hour in range(25)},
    ("上午", "AM"): {**_MORNING, 12: 0},
    ("早上", "早晨", "清晨"): _MORNING,
    ("凌晨",): {hour: hour for hour in range(7)},
    ("中午",): {11: 11, 12: 12, 1: 13, 2: 14, 13: 13, 14: 14},
    ("下午", "PM"): _AFTERNOON,
    ("傍晚",): {hour: hour % 12 + 12 for hour in (*range(4, 9), *range(16, 21))},
    ("晚上", "晚间", "夜间"): _EVENING,
}
PARTS_OF_DAY = tuple(word for words in _HOURS for word in words if word > "一")
_PART = f"{'|'.join(PARTS_OF_DAY)}|(?i:AM|PM)"
# Matches times with words, and midnight written as 24:00.
SPOKEN_HINT = rf"{_PART}|星期|周|礼拜|[0-9](?:号|[时点](?:半|$|[0-9]+$))|点|[T 日]24[:时]"
# Day and hour in one run of digits: 2000.01.10时 is ambiguous.
RUN_TOGETHER = r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]+[时点:]"
_SPOKEN = (
    r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?"
    r"[ T]?(?:[(\x{ff08}]?(?:星期|周|礼拜)([一二三四五六日天])[)\x{ff09}]?)?"
    rf" ?({_PART})? ?(?:([0-9]{{1,2}})"
    r"(?:[时点](?:(半)|([0-5]?[0-9])(?:分(?:([0-5]?[0-9])秒?)?)?)?"
    rf"|:([0-5]?[0-9])(?::([0-5]?[0-9]))?) ?({_PART})?)?$"
)
_GROUPS = [
    *("year", "month", "day", "weekday", "part", "hour", "half"),
    *("minute", "second", "minutes", "seconds", "part_after"),
]
_HOUR_OF = {
    f"{word}{hour}": value
    for words, hours in _HOURS.items()
    for word in words
    for hour, value in hours.items()
} | {"": 0}
_HOUR_MAP = "MAP {" + ", ".join(f"'{word}': {value}" for word, value in _HOUR_OF.items()) + "}"


def spoken_time(x: str) -> str:
    """Return an expression for a time written with words; null if `x` is none.

    A weekday must be that of the date. The parts are matched once: the list is computed before the
    lambda.
    """
    day = "try_cast(concat_ws('-', p.year, p.month, p.day) AS TIMESTAMP)"
    hour = "coalesce(try_cast(p.hour AS INTEGER)::VARCHAR, '')"
    minute, second = "concat(p.minute, p.minutes)", "concat(p.second, p.seconds)"
    late = f"concat({minute}, {second}, p.half)"
    return f"""
        list_transform([regexp_extract({x}, '{_SPOKEN}', {_GROUPS})], lambda p: CASE
            WHEN p.weekday <> ''
            AND isodow({day}) <> strpos('一二三四五六日', replace(p.weekday, '天', '日')) THEN NULL
            WHEN p.hour = '24' AND trim({late}, '0') <> '' THEN NULL
            ELSE {day} + to_hours({_HOUR_MAP}[upper(concat(p.part, p.part_after)) || {hour}])
                + to_minutes(CASE WHEN p.half <> '' THEN 30
                    ELSE coalesce(try_cast({minute} AS INTEGER), 0) END)
                + to_seconds(coalesce(try_cast({second} AS INTEGER), 0))
        END)[1]"""


# Dates that are not year, month, day in digits: 01/08/2024 05:38:43 AM, 8.1.24, 08-Jan-2024. Months
# may be English names. What follows the time is a zone (see ZONED).
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = "(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]? ?|(?:星期|周|礼拜)[一二三四五六日天],? ?"
_ORDERED_PART = f"{_PART}|[AaPp]\\. ?[Mm]\\."
ORDERED = (
    rf"^(?:{_WEEKDAY})?([0-9]{{1,4}}|[A-Za-z]{{3,9}})(?:st|nd|rd|th)?[-/.,年 ]{{1,2}}"
    r"([0-9]{1,2}|[A-Za-z]{3,9})(?:st|nd|rd|th)?[-/.,月 ]{1,2}([0-9]{4}|[0-9]{1,2})[日号]?"
    rf"(?:([ ,T]{{0,2}})({_ORDERED_PART})? ?([0-9]{{1,2}})(?:[:时点]([0-5][0-9]))?"
    rf"(?:[:分]([0-5][0-9])(?:[.,][0-9]+)?)?[分秒]? ?({_ORDERED_PART})?)?"
    rf"( ?(?:{_NAME}|(?:UTC|GMT)?[+-][0-9]{{1,2}}(?::?[0-9]{{2}})?))?$"
)
_ORDERED_GROUPS = [
    *("a", "b", "c", "gap", "part", "hour", "minute", "second", "part_after", "zone"),
]
# What Java and C print: Mon Jan 08 05:38:43 CST 2024, with or without the zone.
_JAVA = (
    r"^[A-Z][a-z]{2} ([A-Z][a-z]{2} [0-9]{1,2}) ([0-9:]{8})((?: (?:[A-Z]{3,4})?[-+0-9:]*)?)"
    r" ([0-9]{4})$"
)
# The parts of such a date in `cell`: a list of one, for a lambda that uses them more than once.
_PARTS_OF_CELL = f"[regexp_extract(cell, '{ORDERED}', {_ORDERED_GROUPS})]"
# A date whose order is written: with the name of its month, its year of four digits first, or 年.
_IS_PLAIN = "(regexp_matches(p.a || p.b, '[A-Za-z]') OR length(p.a) = 4 OR contains(cell, '年'))"


def _cell(x: str) -> str:
    """Return an expression for a list of one: the cell, what Java prints in the usual order."""
    return f"[regexp_replace(to_ascii(tidy({x})), '{_JAVA}', '\\1 \\4 \\2\\3')]"


def ordered_time(x: str, order: str) -> str:
    """Return an expression for a time in a date order as 2024-01-08 05:38:43; null if it is none.

    A zone stays behind the time. Years of two digits are those from 1969 to 2068, as in strptime.
    """
    named_first = "regexp_matches(p.a, '^[A-Za-z]')"
    day_first = "regexp_matches(p.b, '^[A-Za-z]')"
    year, month, day = {
        "mdy": ("p.c", "p.a", "p.b"),
        "dmy": ("p.c", "p.b", "p.a"),
        "ymd": ("p.a", "p.b", "p.c"),
    }[order]
    months = ", ".join(f"'{name}': '{number}'" for number, name in enumerate(_MONTHS, 1))
    return f"""
        list_transform(list_transform({_cell(x)}, lambda cell: list_transform(
            {_PARTS_OF_CELL}, lambda p: CASE
            WHEN {named_first} THEN {{'p': p, 'y': p.c, 'm': p.a, 'd': p.b}}
            WHEN length(p.a) = 4 OR contains(cell, '年')
            THEN {{'p': p, 'y': p.a, 'm': p.b, 'd': p.c}}
            WHEN {day_first} THEN {{'p': p, 'y': p.c, 'm': p.b, 'd': p.a}}
            ELSE {{'p': p, 'y': {year}, 'm': {month}, 'd': {day}}} END)[1]), lambda q: strftime(
                CASE
                WHEN q.p.hour <> '' AND q.p.gap || q.p.part = '' THEN NULL
                WHEN q.p.hour <> '' AND q.p.minute || q.p.part || q.p.part_after = '' THEN NULL
                WHEN q.p.hour = '24' AND trim(q.p.minute || q.p.second, '0') <> '' THEN NULL
                ELSE try_cast(concat_ws('-',
                    CASE length(q.y) WHEN 4 THEN q.y
                    WHEN 2 THEN CASE WHEN q.y < '69' THEN '20' ELSE '19' END || q.y END,
                    CASE WHEN regexp_matches(q.m, '^[0-9]') THEN q.m
                    ELSE MAP {{{months}}}[lower(left(q.m, 3))] END,
                    q.d) AS TIMESTAMP)
                    + to_hours({_HOUR_MAP}[
                        translate(upper(q.p.part || q.p.part_after), '. ', '')
                        || coalesce(try_cast(q.p.hour AS INTEGER)::VARCHAR, '')])
                    + to_minutes(coalesce(try_cast(q.p.minute AS INTEGER), 0))
                    + to_seconds(coalesce(try_cast(q.p.second AS INTEGER), 0))
                END, '%Y-%m-%d %H:%M:%S') || CASE WHEN q.p.zone = '' THEN ''
                ELSE ' ' || trim(q.p.zone) END)[1]"""


def strptime_form(cell: str, order: str) -> str | None:
    """Return the format of strptime for a time in a date order; None for a time with other words.

    The parser reads formats thirty times faster than ordered_time.
    """
    tokens = re.findall(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+", cell)
    values = [place for place, token in enumerate(tokens) if token.isalnum()]
    has_half = tokens[-1].upper() in ("AM", "PM")
    signs = [*(order or "dmy"), "I" if has_half else "H", "M", "S"]
    if values and tokens[values[0]].isalpha():
        signs[:3] = "mdy"
    elif len(values) > 1 and tokens[values[1]].isalpha():
        signs[:3] = "dmy"
    values = values[: len(values) - has_half]
    # P.M., or the name or offset of a zone, behind the time.
    behind = tokens[values[3] + 1 :] if len(values) > 3 else []
    if any(tokens[place].isalpha() for place in values[len(signs) :]) or any(
        sign in token for token in behind for sign in "+-"
    ):
        return None
    for place, sign in zip(values, signs, strict=False):
        token = tokens[place]
        if token.isalpha() and sign != "m":
            return None
        if sign == "m" and token.isalpha():
            sign = "b" if len(token) == 3 else "B"
        tokens[place] = "%" + ("Y" if sign == "y" and len(token) == 4 else sign)
    if has_half:
        tokens[-1] = "%p"
    form = "".join(tokens)
    return form if form.isascii() and "'" not in form and 3 <= form.count("%") <= 7 else None


def date_orders(x: str) -> str:
    """Return an expression for the orders that a date allows: bits 1 mdy, 2 dmy, 4 ymd; 8 is plain.

    Null for a cell that is no such date. A year of four digits first is plain, and not asked here.
    """
    return f"""
        list_transform({_cell(x)}, lambda cell: list_transform({_PARTS_OF_CELL}, lambda p: CASE
            WHEN p.a = '' THEN NULL
            WHEN {_IS_PLAIN} THEN 8
            ELSE (p.a::INT BETWEEN 1 AND 12 AND p.b::INT BETWEEN 1 AND 31
                    AND length(p.c) IN (2, 4))::INT
                + 2 * (p.b::INT BETWEEN 1 AND 12 AND p.a::INT BETWEEN 1 AND 31
                    AND length(p.c) IN (2, 4))::INT
                + 4 * (p.b::INT BETWEEN 1 AND 12 AND length(p.a) = 2 AND length(p.c) <= 2
                    AND p.c::INT BETWEEN 1 AND 31)::INT
            END)[1])[1]"""


def zone_names(timezone: str) -> dict[str, int]:
    """Return the known names of zones, with their seconds east of UTC.

    Abbreviations are only those of the given zone: CST may be China's time or Chicago's.
    """
    zone = zoneinfo.ZoneInfo(timezone)
    # Winter and summer of the years that records may have.
    days = [(year, month) for year in range(2000, 2031) for month in (1, 7)]
    moments = (datetime(year, month, 1, tzinfo=UTC) for year, month in days)
    own = {
        str(local.tzname()): int(offset.total_seconds())
        for moment in moments
        if (offset := (local := moment.astimezone(zone)).utcoffset()) is not None
    }
    return {
        **{name: seconds for name, seconds in own.items() if name.isalpha()},
        **dict.fromkeys(("Z", "UTC", "GMT"), 0),
        "北京时间": 8 * 3600,
    }


def zoned_time(x: str) -> str:
    """Return an expression for a time with a zone, converted to the timezone of the source.

    The macros zone_offset and to_local depend on the source (see macros.define_for_file).
    """
    seconds = (
        "CASE WHEN p.sign = '' THEN zone_offset(p.name)"
        " ELSE (p.sign || '1')::BIGINT"
        " * (p.hours::BIGINT * 3600 + coalesce(try_cast(p.minutes AS BIGINT), 0) * 60) END"
    )
    return f"""
        list_transform([regexp_extract({x}, '{ZONED}', {_ZONED_GROUPS})],
            lambda p: to_local(try_strptime(p.moment, {FORMS}) - to_seconds({seconds})))[1]"""
