"""A claim of the ledger as exact linear constraints over the chain's tables.

A claim bounds a ratio of two sums of cells, orders several of them, or says how a series runs.
Nothing here depends on a document: metrics are the contract's, members come from the claim's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from pipeline import ledger
from pipeline.constraints import trend
from pipeline.constraints.ratio import (
    Apart,
    Domain,
    Ratio,
    Selector,
    Terms,
    Unsupported,
    ratio_of,
    scale,
)
from pipeline.metrics.definitions import RECORD_COUNT

__all__ = [
    "Apart",
    "Constraint",
    "Domain",
    "Selector",
    "Terms",
    "Unsupported",
    "constraints_of",
]

# Two per-10k or rate values must still differ once they are stored with eight decimals.
SMALLEST_DIFFERENCE = Fraction(1, 10**7)
# Members whose denominators differ are kept apart by a value between them, and by this much.
APART_BY = Fraction(1, 10**4)


@dataclass(frozen=True)
class Constraint:
    """`lower * denominator <= numerator < upper * denominator` (no denominator: 1)."""

    claim: str
    numerator: Terms
    denominator: Terms
    lower: Fraction | None
    upper: Fraction | None


def constraints_of(claim: Mapping[str, Any], domain: Domain) -> list[Constraint]:
    """All linear constraints of a claim; raises Unsupported.

    A contradicted claim counts as its repair, or is left out where it has none; so does one
    that asserts nothing (context, garbled, left blank).
    """
    if claim["status"] in ("context", "garbled") or ledger.is_blank(claim["printed"]):
        return []
    lower, upper = claim["lower"], claim["upper"]
    if claim["status"]:
        lower, upper = claim["repair_lower"], claim["repair_upper"]
        if lower is None and upper is None:
            return []
    relation = claim["relation"]
    low = None if lower is None else Fraction(lower)
    high = None if upper is None else Fraction(upper)
    if relation in ledger.VALUE_RELATIONS:
        ratio = ratio_of(claim, domain)
        return [Constraint(claim["claim"], ratio.numerator, ratio.denominator, low, high)]
    if relation == ledger.LEVEL:
        return _bounded(claim, claim["members"].split("|"), low, high, domain)
    if relation in ledger.TREND_RELATIONS:
        return _trend(claim, domain)
    if relation in ledger.PART_RELATIONS:
        least, most = (_word(domain, rule) for rule in ("joint_low", "joint_high"))
        low, high = (most, None) if relation == "predominant" else (least, most)
        return _bounded(claim, claim["members"].split("|"), low, high, domain)
    if relation == ledger.ABOVE:
        return _above(claim, domain)
    if relation == "top_members":
        return _top_members(claim, domain)
    return _ranking(claim, domain)


def _word(domain: Domain, rule: str) -> Fraction:
    """What a word of the ledger means by the reference data; raises Unsupported."""
    try:
        return domain.rules.word(rule)
    except KeyError as unknown:
        raise Unsupported(unknown.args[0]) from None


def _bounded(
    claim: Mapping[str, Any],
    members: Sequence[str],
    lower: Fraction | None,
    upper: Fraction | None,
    domain: Domain,
) -> list[Constraint]:
    """Every named member's ratio is within the ends."""
    ratios = [ratio_of(_member_claim(claim, m), domain) for m in members]
    return [Constraint(claim["claim"], r.numerator, r.denominator, lower, upper) for r in ratios]


def _trend(claim: Mapping[str, Any], domain: Domain) -> list[Constraint]:
    span = claim["members"].split("|")
    much = _word(domain, "much_change") if claim["relation"].startswith("much_") else Fraction(0)
    wanted = trend.sums(claim["relation"], span, lambda: domain.peak(claim), much)
    if wanted is None:
        raise Unsupported("先升后降的最高点没有写明,无法写成线性式")
    points = {p for one in wanted for p in one}
    ratios = {p: ratio_of(_member_claim(claim, p), domain) for p in sorted(points)}
    if any(r.denominator for r in ratios.values()):
        if claim["relation"] == "rises" and len(span) == 2:
            return _kept_apart(claim["claim"], [ratios[span[1]], ratios[span[0]]], [], domain)
        raise Unsupported("各时段的分母不同,走势不是线性的")
    found = []
    for one in wanted:
        terms = tuple(t for p, factor in one.items() for t in scale(ratios[p].numerator, factor))
        found.append(Constraint(claim["claim"], terms, (), Fraction(1), None))
    return found


def _above(claim: Mapping[str, Any], domain: Domain) -> list[Constraint]:
    """The claim's metric above another one of the same denominator.

    Which members are the largest is not known before the tables are; so it is asked of all.
    """
    members = [""]
    if claim["dimension"]:
        probe = {**claim, "metric": RECORD_COUNT, claim["dimension"]: "?"}
        members = domain.members(claim["dimension"], ratio_of(probe, domain).numerator[0][1])
    found = []
    for member in members:
        one = _member_claim(claim, member) if member else dict(claim)
        more = ratio_of(one, domain)
        less = ratio_of({**one, "metric": claim["members"]}, domain)
        found.append(_order(claim["claim"], more, less))
    return found


def _member_claim(claim: Mapping[str, Any], member: str) -> dict[str, Any]:
    one = dict(claim)
    dimension = claim["dimension"]
    if dimension == "street" and "/" in member:
        one["district"], one["street"] = member.split("/", 1)
    else:
        one[dimension] = member
    return one


def _candidates(claim: Mapping[str, Any], domain: Domain) -> list[str]:
    dimension = claim["dimension"]
    if dimension == "period":
        return [f"{claim['period'][:4]}-{month:02d}" for month in range(1, 13)]
    if dimension == "region":
        return list(domain.regions)
    if dimension == "district":
        return list(domain.districts)
    if domain.metrics.is_recoded(claim["metric"]):
        rules = domain.crosswalk.get(claim["convention"], ())
        return [*dict.fromkeys([*domain.categories, *(m for _, _, m in rules)])]
    probe = _member_claim(claim, "?/?" if dimension == "street" else "?")
    _, selector = ratio_of(probe, domain).numerator[0]
    return domain.members(dimension, selector)


def _ranking(claim: Mapping[str, Any], domain: Domain) -> list[Constraint]:
    named = claim["members"].split("|")
    others = []
    if claim["relation"] != "order":
        others = [m for m in _candidates(claim, domain) if m not in named]
    ratios = {m: ratio_of(_member_claim(claim, m), domain) for m in (*named, *others)}
    if len({r.denominator for r in ratios.values()}) > 1:
        if claim["relation"] == "smallest":
            raise Unsupported("各成员的分母不同,排序不是线性的")
        ends = [ratios[m] for m in others]
        return _kept_apart(claim["claim"], [ratios[m] for m in named], ends, domain)
    pairs = list(pairwise(named)) + [(named[-1], m) for m in others]
    if claim["relation"] == "smallest":
        pairs = [(b, a) for a, b in pairwise(named)]
        pairs += [(m, named[-1]) for m in others]
    return [_order(claim["claim"], ratios[a], ratios[b]) for a, b in pairs]


def _order(claim: str, more: Ratio, less: Ratio) -> Constraint:
    """`more` is strictly before `less`."""
    if more.denominator != less.denominator:
        raise Unsupported("各成员的分母不同,排序不是线性的")
    whole = all(c.denominator == 1 for c, _ in (*more.numerator, *less.numerator))
    gap = Fraction(1) if whole or more.denominator else SMALLEST_DIFFERENCE
    return Constraint(claim, (*more.numerator, *scale(less.numerator, Fraction(-1))), (), gap, None)


def _kept_apart(
    claim: str, falling: list[Ratio], below: list[Ratio], domain: Domain
) -> list[Constraint]:
    """Ratios of different denominators in falling order, then all of `below`.

    Two of them are compared by a product of two unknowns; so each is held on its side of a fixed
    value between its guess and the next one's. The guesses, sorted, are given to the ratios in
    the order claimed.
    """
    guesses = [domain.guess(r) for r in (*falling, *below)]
    if any(g is None for g in guesses):
        raise Unsupported("各成员的分母不同,排序不是线性的")
    levels = sorted((g for g in guesses if g is not None), reverse=True)
    marks: list[Fraction] = []
    for k in range(len(falling) if below else len(falling) - 1):
        mark = Fraction((levels[k] + levels[k + 1]) / 2).limit_denominator(10**6)
        # What is printed for the upper one binds, and equal guesses leave no gap between marks.
        printed = domain.known(falling[k])
        if printed is not None:
            mark = min(mark, Fraction(printed).limit_denominator(10**6) - 4 * APART_BY)
        marks.append(min(mark, marks[-1] - 4 * APART_BY) if marks else mark)
    found = []
    for k, ratio in enumerate(falling):
        lower = marks[k] + APART_BY if k < len(marks) else None
        upper = marks[k - 1] - APART_BY if k else None
        if lower is None and upper is not None:
            found.append(_below(claim, ratio, upper))
        else:
            found.append(Constraint(claim, ratio.numerator, ratio.denominator, lower, upper))
    return [*found, *(_below(claim, r, marks[-1] - APART_BY) for r in below)]


def _below(claim: str, ratio: Ratio, end: Fraction) -> Constraint:
    """The ratio at most `end`, as a lower end of its negative: the form that solvers expect."""
    return Constraint(claim, scale(ratio.numerator, Fraction(-1)), ratio.denominator, -end, None)


def _top_members(claim: Mapping[str, Any], domain: Domain) -> list[Constraint]:
    """How many of the first n members are in each district.

    Which they are is not said: the ledger's own leaders first, then by the prior.
    """
    size, _, text = claim["printed"].partition(":")
    quota = {d: int(n) for d, n in (part.split("=") for part in text.split("|"))}
    ordered = sorted(_candidates(claim, domain), key=lambda m: m not in domain.leaders)
    chosen = []
    for member in ordered:
        district = member.split("/", 1)[0]
        if quota.get(district, 0) > 0:
            quota[district] -= 1
            chosen.append(member)
    if len(chosen) != int(size):
        raise Unsupported(f"参考表凑不齐前 {size} 名")
    ratios = {m: ratio_of(_member_claim(claim, m), domain) for m in ordered}
    last = chosen[-1]
    pairs = [(m, last) for m in chosen[:-1]]
    pairs += [(last, m) for m in ordered if m not in set(chosen)]
    return [_order(claim["claim"], ratios[a], ratios[b]) for a, b in pairs]
