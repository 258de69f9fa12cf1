"""How offices write a moment: the forms of the engine's parser, and days with words in them.

Everything here is asked only of cells that are not plain (2020-01-05 08:00:00): see to_time and
slow_time in functions.py.
"""

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
# Tried on every cell: what follows the first costs only the cells that are not written so.
FAST_FORMS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"]
# Days since 1899-12-30 as a spreadsheet counts them, from 1980 to 2099, with the time of day.
SERIAL = r"(?:29[2-9]|[3-6][0-9]{2}|7[0-2][0-9]|730)[0-9]{2}(?:\.[0-9]+)?"
# A time of day and a zone after it: Z, UTC, an offset from it, or a name (see zone_names). The
# region that Java adds in brackets says nothing more.
_MOMENT = r"[0-9].*?(?::[0-5][0-9]|[时点分秒])|[0-9]{8}T?[0-9]{6}"
# Not every word: 3:05 PM has no zone.
_NAME = r"Z|UTC|GMT|[A-Z]{2,4}T|北京时间"
ZONED = (
    rf"^({_MOMENT})(?:[.,][0-9]+)? ?(?:({_NAME})|(?:UTC|GMT)? ?([+-])(1[0-4]|0?[0-9])"
    r"(?::?([0-5][0-9]))?)(?:\[[A-Za-z_/+-]+\])?$"
)
# From half past nine to half past eleven, 09:30-11:30, is no hour west of Greenwich.
SPAN = "[^T0-9:][0-9]{1,2}:[0-5][0-9] ?- ?[0-9]{1,2}:[0-5][0-9]$"
_ZONED_GROUPS = ["moment", "name", "sign", "hours", "minutes"]
# Seconds or milliseconds since 1970, of 2001 to 2030: no other way to write a time begins so.
EPOCH = "1[0-8][0-9]{8}([.][0-9]+)?"
EPOCH_MILLIS = "1[0-8][0-9]{11}"
# Digits without signs that are no whole date, and the one length among them that is.
CUT_DIGITS = "^(?:[0-9]{5,7}|[0-9]{9,13}|[0-9]{15,})(?:[^0-9]|$)"
TO_THE_MINUTE = "^(?:19|20)[0-9]{10}$"

_MORNING = {hour: hour for hour in range(12)}
_AFTERNOON = {
    **{hour: hour + 12 for hour in range(1, 12)},
    **{hour: hour for hour in range(12, 24)},
}
_EVENING = {hour: hour % 12 + 12 for hour in (*range(5, 12), *range(17, 24))}
# A part of the day -> an hour as it is written with it -> the hour meant. What is not here says two
# things (上午15:20) or may be either of two (晚上12:10), and is not read.
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
# What tells that a time has words in it, or is midnight at the end of its day.
SPOKEN_HINT = rf"{_PART}|星期|周|礼拜|[0-9](?:号|[时点](?:半|$|[0-9]+$))|点|[T 日]24[:时]"
# A day and an hour in one run of digits: 2000.01.10时 may be the first, or have no hour.
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
_MEANT = {
    f"{word}{hour}": meant
    for words, hours in _HOURS.items()
    for word in words
    for hour, meant in hours.items()
} | {"": 0}


def spoken_time(x: str) -> str:
    """Return an expression: the moment that `x` tells with words, null where it tells none.

    A weekday has to be that of its date. The parts are found once: what stands in the list is
    computed before the lambda.
    """
    hours = ", ".join(f"'{written}': {meant}" for written, meant in _MEANT.items())
    day = "try_cast(concat_ws('-', p.year, p.month, p.day) AS TIMESTAMP)"
    hour = "coalesce(try_cast(p.hour AS INTEGER)::VARCHAR, '')"
    minute, second = "concat(p.minute, p.minutes)", "concat(p.second, p.seconds)"
    late = f"concat({minute}, {second}, p.half)"
    return f"""
        list_transform([regexp_extract({x}, '{_SPOKEN}', {_GROUPS})], lambda p: CASE
            WHEN p.weekday <> ''
            AND isodow({day}) <> strpos('一二三四五六日', replace(p.weekday, '天', '日')) THEN NULL
            WHEN p.hour = '24' AND trim({late}, '0') <> '' THEN NULL
            ELSE {day} + to_hours(MAP {{{hours}}}[upper(concat(p.part, p.part_after)) || {hour}])
                + to_minutes(CASE WHEN p.half <> '' THEN 30
                    ELSE coalesce(try_cast({minute} AS INTEGER), 0) END)
                + to_seconds(coalesce(try_cast({second} AS INTEGER), 0))
        END)[1]"""


def zone_names(timezone: str) -> dict[str, int]:
    """Return the names of zones that are read, with their seconds east of UTC.

    CST is China's time or Chicago's: a letter name is that of the source's own zone, or none.
    """
    zone = zoneinfo.ZoneInfo(timezone)
    # Winter and summer of the years of which there may be records.
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
    """Return an expression: the moment that `x` tells with a zone, on the clock of the source.

    zone_offset and to_local know the source at hand (see functions.define_for_file).
    """
    seconds = (
        "CASE WHEN p.sign = '' THEN zone_offset(p.name)"
        " ELSE (p.sign || '1')::BIGINT"
        " * (p.hours::BIGINT * 3600 + coalesce(try_cast(p.minutes AS BIGINT), 0) * 60) END"
    )
    return f"""
        list_transform([regexp_extract({x}, '{ZONED}', {_ZONED_GROUPS})],
            lambda p: to_local(try_strptime(p.moment, {FORMS}) - to_seconds({seconds})))[1]"""
