"""What a document says of the course of a series, as sums over its points that must be positive.

Each word has one rule (data/README.md lists them); the audit's SQL judges by the same ones. All
are linear in the points, so that they bind count tables as any other claim does.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

Sum = dict[str, Fraction]


def _slope(span: Sequence[str], sign: int = 1) -> Sum:
    """The least-squares slope of the points, times a positive number."""
    n = len(span)
    return {p: Fraction(sign * (2 * i - (n - 1))) for i, p in enumerate(span)}


def _steps(span: Sequence[str], sign: int) -> list[Sum]:
    return [{later: Fraction(sign), earlier: Fraction(-sign)} for earlier, later in pairwise(span)]


def _against_base(span: Sequence[str], base: str, factor: Fraction, sign: int) -> Sum:
    """The mean of the span against `factor` times the month before it."""
    part = {p: Fraction(sign) for p in span}
    return {**part, base: -sign * factor * len(span)}


def _rise_and_fall(span: Sequence[str], peak: str) -> list[Sum]:
    at = span.index(peak)
    sums = [{peak: Fraction(1), p: Fraction(-1)} for p in span if p != peak]
    return [*sums, _slope(span[: at + 1]), _slope(span[at:], -1)]


def sums(
    relation: str, span: Sequence[str], peak: Callable[[], str | None], much: Fraction
) -> list[Sum] | None:
    """The sums (point -> coefficient) that must be positive; None where the rule needs a peak
    that nobody names. `span`: the named periods in order, months as YYYY-MM; `much`: by which
    part of the month before a month is 明显 above or below it.
    """
    simple = {
        "rises": lambda: [_slope(span)],
        "falls": lambda: [_slope(span, -1)],
        "rises_steadily": lambda: _steps(span, 1),
        "falls_steadily": lambda: _steps(span, -1),
        "higher": lambda: [_against_base(span, _before(span[0]), Fraction(1), 1)],
        "much_higher": lambda: [_against_base(span, _before(span[0]), 1 + much, 1)],
        "lower": lambda: [_against_base(span, _before(span[0]), Fraction(1), -1)],
        "much_lower": lambda: [_against_base(span, _before(span[0]), 1 - much, -1)],
        "high": lambda: [_above_rest([p], _rest(span)) for p in span],
        "concentrated": lambda: [_above_rest(span, _rest(span))],
    }
    if relation in simple:
        return simple[relation]()
    top = peak()
    inside = top is not None and top in span[1:-1]
    return _rise_and_fall(list(span), top) if inside and top else None


def _before(month: str) -> str:
    year, number = month.split("-")
    return f"{year}-{int(number) - 1:02d}"


def _rest(span: Sequence[str]) -> list[str]:
    """The other months of the span's year."""
    year = span[0][:4]
    return [m for n in range(1, 13) if (m := f"{year}-{n:02d}") not in span]


def _above_rest(part: Sequence[str], rest: Sequence[str]) -> Sum:
    """The mean of a part against the mean of the rest."""
    above = {p: Fraction(len(rest)) for p in part}
    return {**above, **{p: Fraction(-len(part)) for p in rest}}
