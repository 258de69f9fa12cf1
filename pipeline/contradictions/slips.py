"""What a printed figure may have been before one slip of the pen, the keyboard or the eye."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import ceil

from pipeline.numbers import MYRIADS, Interval, half_up, read_interval

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PER = "件/万人"
DIGITS = "0123456789"


@dataclass(frozen=True)
class Slip:
    """A form that may have been meant, its interval, and what became of it."""

    kind: str
    printed: str
    meant: Interval


def slips(printed: str) -> list[Slip]:
    """Forms that one slip turns into `printed`, each under the first kind that explains it.

    Kinds: `decimal` (the point one place off), `unit` (件 for 万件 or the reverse), `swap` (two
    neighbouring digits), `decimal2` (the point two places off), `swap_far` (two other digits),
    `digit` (one digit changed or, in front, one too many) and `digits` (two). Empty for forms
    that `read_interval` does not read.
    """
    number = _NUMBER.search(printed)
    if number is None or not _readable(printed):
        return []
    head, text, tail = printed[: number.start()], number.group(), printed[number.end() :]
    found: dict[str, Slip] = {}
    forms = ((kind, f"{head}{other}{tail}") for kind, other in _numbers(text))
    for kind, form in sorted((*_units(printed), *forms), key=lambda f: _ORDER.index(f[0])):
        meant = _readable(form)
        if form == printed or form in found or meant is None or not _can_be(form, meant):
            continue
        found[form] = Slip(kind, form, meant)
    return list(found.values())


_ORDER = ("decimal", "unit", "swap", "decimal2", "swap_far", "digit", "digits")


def written(printed: str, value: Decimal) -> str | None:
    """The value as the printed form writes its figure; None where that reads as no such value."""
    number = _NUMBER.search(printed)
    if number is None:
        return None
    head, tail = printed[: number.start()].rstrip("-"), printed[number.end() :]
    scale = Decimal(MYRIADS["万"]) if "万" in tail.removesuffix("万人") else Decimal(1)
    scale = Decimal(MYRIADS["亿"]) if "亿" in tail else Decimal("0.01") if "%" in tail else scale
    places = len(number.group().partition(".")[2])
    shown = half_up(value / scale, places)
    form = f"{head}{shown:f}{tail}"
    return form if _readable(form) else None


def opposite(printed: str) -> str | None:
    """The printed form with the other sign; None for a form that has none."""
    number = _NUMBER.search(printed)
    if number is None or not number.group().strip("0."):
        return None
    head, rest = printed[: number.start()], printed[number.start() :]
    form = f"{head.removesuffix('-')}{rest}" if head.endswith("-") else f"{head}-{rest}"
    return form if _readable(form) else None


def _readable(form: str) -> Interval | None:
    try:
        return read_interval(form)
    except ValueError:
        return None


def _can_be(form: str, meant: Interval) -> bool:
    """A count of records is whole: `31.8件` is nobody's figure."""
    if _PER in form or "%" in form or meant.upper is None:
        return True
    return ceil(meant.lower) < meant.upper


def _units(printed: str) -> Iterator[tuple[str, str]]:
    if _PER in printed or "件" not in printed:
        return
    if "万" in printed:
        yield "unit", printed.replace("万", "", 1)
    else:
        more = re.search(r"[余多]?件", printed)
        if more:
            yield (
                "unit",
                f"{printed[: more.start()]}{more.group()[:-1]}万{printed[more.end() - 1 :]}",
            )


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    whole, _, fraction = text.partition(".")
    digits, point = whole + fraction, len(whole)
    for kind, places in (("decimal", 1), ("decimal2", 2)):
        yield kind, _pointed(digits, point - places, trim=not fraction)
        yield kind, _pointed(digits, point + places, trim=not fraction)
    for a, b in combinations(range(len(digits)), 2):
        if digits[a] != digits[b]:
            swapped = list(digits)
            swapped[a], swapped[b] = digits[b], digits[a]
            if swapped[0] != "0" or point == 1:
                yield "swap" if b == a + 1 else "swap_far", _pointed("".join(swapped), point)
    for at in range(len(digits)):
        for other in _others(digits[at]):
            once = digits[:at] + other + digits[at + 1 :]
            yield "digit", _pointed(once, point)
            for later in range(at + 1, len(digits)):
                for third in _others(digits[later]):
                    yield "digits", _pointed(once[:later] + third + once[later + 1 :], point)


def _others(digit: str) -> str:
    return DIGITS.replace(digit, "")


def _pointed(digits: str, point: int, *, trim: bool = False) -> str:
    """The digits with the point after `point` of them; `trim` drops zeros a whole number lost."""
    if point <= 0:
        digits, point = "0" * (1 - point) + digits, 1
    digits = digits.ljust(point, "0")
    whole, fraction = digits[:point].lstrip("0") or "0", digits[point:]
    if trim:
        fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
