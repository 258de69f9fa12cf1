"""A claim of the ledger as exact linear forms over the chain's tables.

A metric is a ratio of two sums of cells; a claim bounds the ratio or orders several of them.
Nothing here knows a document: metrics are the contract's, members come from the claim's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from pipeline.linear.chain import CHAIN, DISPATCHED, DISTRICT_HANDLED, STREET_UNIT

Filters = tuple[tuple[str, tuple[str, ...]], ...]
# Two per-10k or rate values must still differ once they are stored with eight decimals.
SMALLEST_DIFFERENCE = Fraction(1, 10**7)

# Virtual columns of the outcome table, in the order in which its ids are spelt.
OUTCOME_PARTS = ("is_valid", "is_contacted", "resolution", "satisfaction")
YES = "是"
# share metric -> the dimension that its denominator sums over
SHARE_OF = {
    "channel_share": "channel",
    "handling_share": "handling",
    "type_share": "record_type",
    "type_category_share": "category",
    "month_share": "month",
    "unit_type_share": "unit_type",
    "region_share": "district",
    "category_district_share": "district",
    "subcategory_share": "subcategory",
    "category_share": "category",
}
COUNTS = ("record_count", "district_handled_count", "place_count")
# rate metric -> [(weight, filters)] of its numerator, over the valid call-backs
RATES: dict[str, tuple[tuple[Fraction, dict[str, tuple[str, ...]]], ...]] = {
    "response_rate": ((Fraction(1), {"is_contacted": (YES,)}),),
    "resolution_rate": ((Fraction(1), {"resolution": ("解决",)}),),
    "satisfaction_rate": (
        (Fraction(1), {"satisfaction": ("满意",)}),
        (Fraction(9, 10), {"satisfaction": ("基本满意",)}),
    ),
}


class Unsupported(Exception):
    """The claim cannot be put as a linear form over the chain; the text says why."""


@dataclass(frozen=True)
class Selector:
    """The cells of one table instance that match all filters."""

    table: str
    year: int
    shell: int
    filters: Filters


Terms = tuple[tuple[Fraction, Selector], ...]


@dataclass(frozen=True)
class Ratio:
    """numerator / denominator; an empty denominator stands for 1."""

    numerator: Terms
    denominator: Terms = ()


@dataclass(frozen=True)
class Constraint:
    """`lower * denominator <= numerator < upper * denominator` (no denominator: 1)."""

    claim: str
    numerator: Terms
    denominator: Terms
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True)
class World:
    """What a claim's key is resolved against.

    `regions`: region -> districts; `population`: (report year, district) -> persons;
    `shells`: year -> shells; `members(dimension, selector)`: the candidates of a list by falling
    prior; `leaders`: members that some list of the ledger puts first.
    """

    regions: Mapping[str, tuple[str, ...]]
    districts: tuple[str, ...]
    population: Mapping[tuple[int, str], int]
    shells: Mapping[int, tuple[int, ...]]
    members: Callable[[str, Selector], list[str]]
    leaders: frozenset[str] = frozenset()


def _table_of(filters: Mapping[str, tuple[str, ...]]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The first table of the chain that has all the columns, and the filters as it spells them."""
    kept = dict(filters)
    if "street" in kept and set(kept.get("unit_type", (STREET_UNIT,))) == {STREET_UNIT}:
        # The street table holds nothing but their records.
        kept.pop("unit_type", None)
    called_back = bool(kept.keys() & set(OUTCOME_PARTS))
    if ("unit_type" in kept or called_back) and kept.get("handling") == (DISPATCHED,):
        # A record with a unit type, or a call-back, is a dispatched one.
        del kept["handling"]
    for spec in CHAIN:
        columns = {*spec.dims, *(OUTCOME_PARTS if spec.name == "outcome" else ())}
        if columns >= kept.keys():
            return spec.name, kept
    raise Unsupported(f"没有一张计数表同时含有 {'、'.join(sorted(kept))}")


def select(world: World, scope: str, year: int, filters: Mapping[str, tuple[str, ...]]) -> Terms:
    """The sum of the records of a scope and year that match the filters."""
    name, kept = _table_of(filters)
    shells = world.shells[year]
    if scope.startswith("tier"):
        shells = tuple(s for s in shells if s <= int(scope.removeprefix("tier")))
    spelled = tuple(sorted(kept.items()))
    return tuple((Fraction(1), Selector(name, year, s, spelled)) for s in shells)


def scale(terms: Terms, factor: Fraction) -> Terms:
    """The terms times a number."""
    return tuple((c * factor, s) for c, s in terms)


def key_filters(claim: Mapping[str, Any], world: World) -> dict[str, tuple[str, ...]]:
    """The claim's dimension key as column -> members."""
    filters: dict[str, tuple[str, ...]] = {}
    plain = ("record_type", "category", "subcategory", "handling", "unit_type", "unit")
    for column in (*plain, "channel", "desk", "street"):
        if claim[column] != "*":
            filters[column] = (claim[column],)
    if "street" in filters and "/" in claim["street"]:
        district, street = claim["street"].split("/", 1)
        filters["street"], filters["district"] = (street,), (district,)
    if claim["district"] != "*":
        place = "place_district" if claim["metric"] == "place_count" else "district"
        filters[place] = (claim["district"],)
    if claim["region"] != "*":
        if claim["region"] not in world.regions:
            raise Unsupported(f"参考表里没有区域 {claim['region']}")
        filters["district"] = world.regions[claim["region"]]
    if claim["period_type"] == "month" and "-" in claim["period"]:
        filters["month"] = (claim["period"].split("-")[1],)
    return filters


def ratio_of(claim: Mapping[str, Any], world: World) -> Ratio:
    """The ratio that a claim's metric and key stand for; raises Unsupported."""
    metric, year = claim["metric"], int(claim["period"][:4])
    filters = key_filters(claim, world)
    scope = claim["scope"]

    def total(f: Mapping[str, tuple[str, ...]], at: int = year) -> Terms:
        return select(world, scope, at, f)

    if metric == "district_handled_count" or metric in (
        "region_share",
        "category_district_share",
        "per_10k",
        "growth_district_handled_count",
    ):
        filters = {"district": world.districts, **filters, "unit_type": DISTRICT_HANDLED}
    if metric in COUNTS:
        return Ratio(total(filters))
    if metric.startswith("growth_"):
        if metric.removeprefix("growth_") not in COUNTS:
            raise Unsupported(f"增长指标 {metric} 不是计数的增长")
        before = total(filters, year - 1)
        return Ratio((*total(filters), *scale(before, Fraction(-1))), before)
    if metric == "per_10k":
        people = world.population.get((year, claim["district"]))
        if not people:
            raise Unsupported(f"没有 {claim['district']} 的常住人口")
        return Ratio(scale(total(filters), Fraction(10_000, people)))
    if metric in SHARE_OF:
        return _share(metric, filters, world, total)
    if metric in RATES:
        return _rate(metric, filters, total)
    raise Unsupported(f"求解器不认识指标 {metric}")


def _share(
    metric: str,
    filters: dict[str, tuple[str, ...]],
    world: World,
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Ratio:
    of = {k: v for k, v in filters.items() if k != SHARE_OF[metric]}
    if SHARE_OF[metric] == "district":
        of["district"] = world.districts
    if metric == "unit_type_share":
        of["handling"] = (DISPATCHED,)
    return Ratio(total(filters), total(of))


def _rate(
    metric: str,
    filters: dict[str, tuple[str, ...]],
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Ratio:
    valid = {**filters, "is_valid": (YES,)}
    numerator: list[tuple[Fraction, Selector]] = []
    for weight, part in RATES[metric]:
        numerator += scale(total({**valid, **part}), weight)
    return Ratio(tuple(numerator), total(valid))


def constraints_of(claim: Mapping[str, Any], world: World) -> list[Constraint]:
    """All linear constraints of a claim; raises Unsupported.

    A contradicted claim stands for its repair, or for nothing where it has none.
    """
    lower, upper = claim["lower"], claim["upper"]
    if claim["status"]:
        lower, upper = claim["repair_lower"], claim["repair_upper"]
        if lower is None and upper is None:
            return []
    if claim["relation"] in ("equals", "at_least"):
        if lower is None and upper is None:
            return []
        ratio = ratio_of(claim, world)
        low = None if lower is None else Fraction(lower)
        high = None if upper is None else Fraction(upper)
        return [Constraint(claim["claim"], ratio.numerator, ratio.denominator, low, high)]
    if claim["relation"] == "top_members":
        return _top_members(claim, world)
    return _ranking(claim, world)


def _member_claim(claim: Mapping[str, Any], member: str) -> dict[str, Any]:
    one = dict(claim)
    dimension = claim["dimension"]
    if dimension == "street" and "/" in member:
        one["district"], one["street"] = member.split("/", 1)
    else:
        one[dimension] = member
    return one


def _candidates(claim: Mapping[str, Any], world: World) -> list[str]:
    dimension = claim["dimension"]
    if dimension == "period":
        return [f"{claim['period'][:4]}-{month:02d}" for month in range(1, 13)]
    if dimension == "region":
        return list(world.regions)
    if dimension == "district":
        return list(world.districts)
    probe = _member_claim(claim, "?/?" if dimension == "street" else "?")
    _, selector = ratio_of(probe, world).numerator[0]
    return world.members(dimension, selector)


def _ranking(claim: Mapping[str, Any], world: World) -> list[Constraint]:
    named = claim["members"].split("|")
    others = [m for m in _candidates(claim, world) if m not in named]
    ratios = {m: ratio_of(_member_claim(claim, m), world) for m in (*named, *others)}
    pairs = list(pairwise(named)) + [(named[-1], m) for m in others]
    if claim["relation"] == "smallest":
        pairs = [(b, a) for a, b in pairwise(named)]
        pairs += [(m, named[-1]) for m in others]
    return [_order(claim["claim"], ratios[a], ratios[b]) for a, b in pairs]


def _order(claim: str, more: Ratio, less: Ratio) -> Constraint:
    """`more` stands strictly before `less`."""
    if more.denominator != less.denominator:
        raise Unsupported("各成员的分母不同,排序不是线性的")
    whole = all(c.denominator == 1 for c, _ in (*more.numerator, *less.numerator))
    gap = Fraction(1) if whole else SMALLEST_DIFFERENCE
    return Constraint(claim, (*more.numerator, *scale(less.numerator, Fraction(-1))), (), gap, None)


def _top_members(claim: Mapping[str, Any], world: World) -> list[Constraint]:
    """How many of the first n members lie in each district.

    Which they are is not said: the ledger's own leaders first, then by the prior.
    """
    size, _, text = claim["printed"].partition(":")
    quota = {d: int(n) for d, n in (part.split("=") for part in text.split("|"))}
    ordered = sorted(_candidates(claim, world), key=lambda m: m not in world.leaders)
    chosen = []
    for member in ordered:
        district = member.split("/", 1)[0]
        if quota.get(district, 0) > 0:
            quota[district] -= 1
            chosen.append(member)
    if len(chosen) != int(size):
        raise Unsupported(f"参考表凑不齐前 {size} 名")
    ratios = {m: ratio_of(_member_claim(claim, m), world) for m in ordered}
    last = chosen[-1]
    pairs = [(m, last) for m in chosen[:-1]]
    pairs += [(last, m) for m in ordered if m not in set(chosen)]
    return [_order(claim["claim"], ratios[a], ratios[b]) for a, b in pairs]
