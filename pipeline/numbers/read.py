"""Reads numbers of Chinese documents: digits, numerals, and the interval of a printed form.

A printed figure means the half-open interval of the values that print like it.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

DIGITS = "零一二三四五六七八九"
# The signs of a numeral, for a class of a pattern.
NUMERAL = "零〇一二两三四五六七八九十百千万亿"
MYRIADS = {"万": 10**4, "亿": 10**8}

_FORM = re.compile(
    r"(?P<about>约)?(?P<number>[+-]?\d+(?:\.\d+)?)(?P<inner>[余多])?(?P<myriad>[万亿])?(?P<outer>[余多])?"
    r"(?P<unit>%|件/万人|件|个|家|条|处|次|人次|人|年|元)?(?P<tail>左右|以上)?"
)
# 六成以上: tenths, spelt out.
_TENTHS = re.compile(r"(?P<about>约)?(?P<digit>[一二三四五六七八九])成(?P<tail>左右|以上|多)?")
_SCALES = {None: Decimal(1)} | {name: Decimal(size) for name, size in MYRIADS.items()}
_DIGITS = {c: n for n, c in enumerate(DIGITS)} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000, **MYRIADS}
_PERCENT = Decimal("0.01")


@dataclass(frozen=True)
class Interval:
    """`lower <= value < upper` in base units (records, ratios 0..1); `upper` None is unbounded."""

    lower: Decimal
    upper: Decimal | None
    step: Decimal

    def holds(self, numerator: int, denominator: int = 1) -> bool:
        """Return whether numerator / denominator is inside, compared without rounding."""
        value = Fraction(numerator, denominator)
        return Fraction(self.lower) <= value and (
            self.upper is None or value < Fraction(self.upper)
        )


def read_interval(printed: str) -> Interval:
    """Return the interval of a printed form such as `1022.3万件`, `53.01%`, `约4000件`, `8400余件`,
    `六成以上`.

    A plain figure v, printed to steps of p, means [v - p/2, v + p/2). 余 and 多 after it mean
    [v, v + p), 约 before it or 左右 after it [v - p/2, v + p/2), both with p the place of the last
    digit that is not zero, since the zeros after it are not meant. 以上 means at least v.
    Raises ValueError for any other form.
    """
    text = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", printed))
    tenths = _TENTHS.fullmatch(text)
    if tenths is not None:
        # 成 is a tenth: 六成多 reads as 60% with 多, and so on.
        percent = f"{DIGITS.index(tenths['digit'])}0"
        more, tail = ("多", "") if tenths["tail"] == "多" else ("", tenths["tail"] or "")
        text = f"{tenths['about'] or ''}{percent}{more}%{tail}"
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"读不懂的数“{printed}”")
    more = form["inner"] or form["outer"]
    about = form["about"] or form["tail"] == "左右"
    at_least = form["tail"] == "以上"
    if sum(map(bool, (more, about, at_least))) > 1:
        raise ValueError(f"“{printed}”同时用了余、约、以上中的两种说法")
    scale = _SCALES[form["myriad"]] * (_PERCENT if form["unit"] == "%" else 1)
    value = Decimal(form["number"]) * scale
    step = _last_place(form["number"], meant=bool(more or about)) * scale
    if at_least:
        return Interval(_plain(value), None, _plain(step))
    if more:
        if value < 0:
            raise ValueError(f"“{printed}”：负数不能用余或多")
        return Interval(_plain(value), _plain(value + step), _plain(step))
    return Interval(_plain(value - step / 2), _plain(value + step / 2), _plain(step))


def narrow(text: str) -> str:
    """Return the text with full-width digits, letters and marks made narrow; as long as before."""
    return "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)


def read_numeral(numeral: str) -> int:
    """Return the integer of 十, 二十, 八千四百, 12."""
    if numeral.isdigit():
        return int(numeral)
    total = part = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "亿":
            total, part, digit = (total + part + digit) * MYRIADS[char], 0, 0
        elif char == "万":
            total, part, digit = total + (part + digit) * MYRIADS[char], 0, 0
        else:
            part, digit = part + (digit or 1) * _PLACES[char], 0
    return total + part + digit


def _last_place(number: str, *, meant: bool) -> Decimal:
    """Return the place value of the last digit, or of the last one that is not zero if `meant`."""
    _, _, decimals = number.partition(".")
    place = Decimal(1).scaleb(-len(decimals))
    digits = number.replace(".", "").lstrip("+-")
    if not meant or not digits.strip("0"):
        return place
    return place.scaleb(len(digits) - len(digits.rstrip("0")))


def _plain(value: Decimal) -> Decimal:
    """Return the same number without an exponent or trailing zeros, as it is typed in a CSV."""
    text = f"{value:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
