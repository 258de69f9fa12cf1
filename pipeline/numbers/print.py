"""Prints numbers and dates as a Chinese official text has them: 万件 and 件, percentages, days."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from pipeline.numbers.read import DIGITS, MYRIADS

WAN, YI = MYRIADS["万"], MYRIADS["亿"]


def count(value: Any, unit: str = "件", places: int = 1) -> str:
    """Return a count: whole below ten thousand, in 万 with `places` decimals from there on."""
    if abs(value) < WAN:
        return f"{_fixed(Decimal(value), 0)}{unit}"
    return f"{_fixed(Decimal(value) / WAN, places)}万{unit}"


def percent(value: Any, places: int = 2) -> str:
    """Return a ratio as a percentage without a sign for what does not fall below zero."""
    return f"{_fixed(Decimal(value) * 100, places)}%"


def points(value: Any, places: int = 2) -> str:
    """Return the size of a difference of two ratios in percentage points."""
    return f"{_fixed(abs(Decimal(value)) * 100, places)}个百分点"


def decimal(value: Any, places: int = 2) -> str:
    """Return a number with `places` decimals."""
    return _fixed(Decimal(value), places)


def change(value: Any, base: str, places: int = 2) -> tuple[str, str]:
    """Return the words before a growth rate and its number: 同比上升 and 5.00%.

    What is nought after rounding has no number: 同比持平 if exactly, else 同比基本持平.
    """
    exact = Decimal(value)
    shown = percent(abs(exact), places)
    if exact == 0:
        return f"{base}持平", ""
    if not Decimal(shown[:-1]):
        return f"{base}基本持平", ""
    return f"{base}{'上升' if exact > 0 else '下降'}", shown


def numeral(value: int) -> str:
    """Return a whole number from 0 to 99 in Chinese: 十, 十二, 二十."""
    tens, ones = divmod(value, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def months(numbers: Sequence[int]) -> str:
    """Return months as read: 1至3月, 1月、3月; empty for none."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{r[0]}月" if len(r) == 1 else f"{r[0]}至{r[-1]}月" for r in runs)


def month(period: str) -> str:
    """Return a year or month as read: 2018年, 2018年6月."""
    year, _, number = period.partition("-")
    return f"{year}年" + (f"{int(number)}月" if number else "")


def day(value: date) -> str:
    """Return a day as read within its year: 11月3日."""
    return f"{value.month}月{value.day}日"


def days(values: Sequence[date]) -> list[str]:
    """Return days in order as spans: 2月10日至2月16日."""
    runs: list[list[date]] = []
    for value in values:
        if runs and value - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(value)
        else:
            runs.append([value])
    return [span(run[0], run[-1]) for run in runs]


def span(first: date, last: date) -> str:
    """Return a first and a last day as read: 11月3日, 11月3日至11月9日."""
    return day(first) if first == last else f"{day(first)}至{day(last)}"


def dates(values: Collection[date]) -> str:
    """Return days of a year as read: 1至3月, 1月1日至3月10日, 1至12月（缺6月5日至6月13日）."""
    held = sorted(values)
    if not held:
        return ""
    whole = [
        number
        for number in sorted({value.month for value in held})
        if sum(value.month == number for value in held) == monthrange(held[0].year, number)[1]
    ]
    if sum(value.month in whole for value in held) == len(held):
        return months(whole)
    first, last = held[0], held[-1]
    present = set(held)
    lost = days(
        [day for n in range((last - first).days) if (day := first + timedelta(n)) not in present]
    )
    begins, ends = first.day == 1, (last + timedelta(1)).day == 1
    outer = months(range(first.month, last.month + 1)) if begins and ends else span(first, last)
    return f"{outer}（缺{'、'.join(lost)}）" if lost else outer


def half_up(value: Decimal, places: int) -> Decimal:
    """Return the value rounded to `places` decimals, half up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _fixed(value: Decimal, places: int) -> str:
    return f"{half_up(value, places):f}"


def grouped(value: object) -> str:
    """Return a value with separators, whole or with at most two places; – for none."""
    exact = exact_of(value)
    if exact is None:
        return "–"
    if abs(exact) >= WAN * YI:
        return short(value)
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{half_up(exact, 2):,}"


def short(value: object) -> str:
    """Return a value in about five characters: 万 and 亿 above ten thousand."""
    exact = exact_of(value)
    if exact is None:
        return "–"
    for size, unit in ((WAN * YI, "万亿"), (YI, "亿"), (WAN, "万")):
        if abs(exact) >= size:
            scaled = exact / size
            return f"{half_up(scaled, 1 if abs(scaled) < 100 else 0):,}{unit}"
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{half_up(exact, 1 if abs(exact) >= 10 else 2)}"


def exact_of(value: object) -> Decimal | None:
    """Return the decimal of a value; None where it is none (null, empty, not finite)."""
    if value is None or isinstance(value, bool):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None
