"""The figures beside a claim, and how far a repaired value would be from them."""

from __future__ import annotations

import math

from pipeline.contradictions.candidates import is_value
from pipeline.contradictions.problem import Claim, LedgerProblem
from pipeline.ledger import KEY
from pipeline.numbers import Interval

PERIOD = ("period",)
OTHERS = tuple(k for k in KEY if k not in ("metric", "method_version", "convention", "date_basis"))


def jump(claim: Claim, meant: Interval, reading: LedgerProblem) -> float:
    """The natural logarithm of the ratio to the series' geometric mean, without its sign.

    The series: figures of the same metric that differ from the claim in the period alone, or
    where there are none, in one other key alone. Infinite where there is no series.
    """
    beside = _beside(claim, reading)
    value = _middle(meant.lower, meant.upper)
    if not beside or value <= 0:
        return math.inf
    return abs(math.log(value) - sum(map(math.log, beside)) / len(beside))


def _beside(claim: Claim, reading: LedgerProblem) -> list[float]:
    for differing in (PERIOD, OTHERS):
        found = []
        for other in reading.claims.values():
            if other["claim"] == claim["claim"] or not is_value(other):
                continue
            unlike = [k for k in KEY if other[k] != claim[k]]
            if len(unlike) == 1 and unlike[0] in differing and _same_cut(claim, other, unlike[0]):
                found.append(_middle(other["lower"], other["upper"]))
        found = [v for v in found if v > 0]
        if found:
            return found
    return []


def _same_cut(claim: Claim, other: Claim, key: str) -> bool:
    """Whether both name a member of the key: a total is no member of its series."""
    return (claim[key] == "*") == (other[key] == "*")


def _middle(lower: object, upper: object) -> float:
    low = float(str(lower))
    return low if upper is None else (low + float(str(upper))) / 2
