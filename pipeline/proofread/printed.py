"""Prints a figure the way the draft printed its number: same unit, same decimals, same words."""

import math
from fractions import Fraction

from pipeline.numbers import MYRIADS, read_interval
from pipeline.proofread.numbers import Number
from pipeline.proofread.resolve_metric import MetricReading


def like(
    number: Number, numerator: int, denominator: int, reading: MetricReading, *, is_change: bool
) -> str:
    """Return the exact fraction in the number's printed form; growth that turned says which way."""
    value = Fraction(numerator, denominator)
    direction = ""
    if is_change:
        # Only where the draft has it the other way round: 文稿 3.5%(增长), 应为 下降1.2%.
        turned = value * reading.sign < 0
        direction = "" if not turned else "下降" if value < 0 else "增长"
        value = abs(value)
    assert number.printed is not None
    return direction + _form(number, number.printed, value)


def _form(number: Number, printed: str, value: Fraction) -> str:
    tail = "%" if number.unit in ("%", "成") else number.unit or "件"
    scale = Fraction(1, 100) if tail == "%" else Fraction(MYRIADS.get(number.myriad, 1))
    _, _, decimals = number.amount.partition(".")
    unit = f"{number.myriad}{tail}"
    more = next((word for word in "余多" if word in printed), "")
    if more or printed.startswith("约"):
        # Zeros at the end are not meant, so the step is the place of the last digit before them.
        step = Fraction(read_interval(printed).step)
        rounded = (math.floor(value / step) if more else _half_up(value / step)) * step
        if rounded:
            body = f"{_plain(rounded / scale, len(decimals))}"
            return f"{body}{number.myriad}{more}{tail}" if more else f"约{body}{unit}"
    return f"{_plain(value / scale, len(decimals), ',' in number.amount)}{unit}"


def _plain(value: Fraction, places: int, grouped: bool = False) -> str:
    units = _half_up(value * 10**places)
    whole, rest = divmod(abs(units), 10**places)
    text = f"{whole:,}" if grouped else str(whole)
    return ("-" if units < 0 else "") + text + (f".{rest:0{places}d}" if places else "")


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))
