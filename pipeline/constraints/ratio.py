"""A metric and its key as a ratio of two sums of cells of the chain.

Nothing here knows a document: metrics are the contract's, members come from the claim's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pipeline.constraints import entity_ratios
from pipeline.constraints.chain import CHAIN, DISPATCHED, DISTRICT_HANDLED, STREET_UNIT
from pipeline.constraints.rules import RATES, Rules
from pipeline.ledger import DIMENSIONS

Filters = tuple[tuple[str, tuple[str, ...]], ...]
# Virtual columns of the outcome table, in the order in which its ids are spelt.
OUTCOME_PARTS = ("is_valid", "is_contacted", "resolution", "satisfaction")
YES = "是"
# share metric -> the dimension that its denominator sums over
SHARE_OF = {
    "channel_share": "channel",
    "platform_share": "platform",
    "epidemic_share": "epidemic",
    "tag_share": "tag",
    "handling_share": "handling",
    "type_share": "record_type",
    "type_category_share": "category",
    "month_share": "month",
    "unit_type_share": "unit_type",
    "region_share": "district",
    "region_dispatched_share": "district",
    "category_district_share": "district",
    "subcategory_share": "subcategory",
    "category_share": "category",
}
COUNTS = ("record_count", "district_handled_count", "place_count")
DISTRICT_HANDLED_METRICS = (
    "district_handled_count",
    "region_share",
    "region_dispatched_share",
    "category_district_share",
    "per_10k",
    "growth_district_handled_count",
)
# metric -> why the tables do not decide it
APART = {
    "caller_count": "号码数按来电号码另行确定,不由计数表得出",
    "unit_count": "承办单位个数由名册决定",
    "platform_count": "渠道个数由先验权重 platform 决定",
    "context_figure": "记录无法给出",
}
# Metrics over the valid call-backs, by the weights of their convention.
OUTCOME_METRICS = (*RATES, "satisfaction_gap", "composite_score")


class Unsupported(Exception):
    """The claim cannot be put as a linear form over the chain; the text says why."""


class Apart(Unsupported):
    """The figure does not come out of the tables; the text says what it follows from instead."""


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
class Domain:
    """What a claim's key is resolved against.

    `regions`: region -> districts; `population`: (report year, district) -> persons;
    `shells`: year -> shells; `members(dimension, selector)`: the candidates of a list by falling
    prior; `leaders`: members that some list of the ledger puts first; `praise_forms`: those that
    a report counts; `parts`: metric of another entity -> how it is made; `rules`: weights of
    rates and rules of words; `crosswalk`: taxonomy -> its rules (category, subcategory or `*`,
    member); `peak(claim)`: the period at which the claim's series stands highest;
    `guess(ratio)`: about how large a ratio is; `known(ratio)`: what another claim prints for it.
    Where `peak` or `guess` answers None, claims that need it are Unsupported.
    """

    regions: Mapping[str, tuple[str, ...]]
    districts: tuple[str, ...]
    population: Mapping[tuple[int, str], int]
    shells: Mapping[int, tuple[int, ...]]
    members: Callable[[str, Selector], list[str]]
    leaders: frozenset[str] = frozenset()
    categories: tuple[str, ...] = ()
    praise_forms: tuple[str, ...] = ()
    crosswalk: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    parts: Mapping[str, entity_ratios.EntityRatios] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    peak: Callable[[Mapping[str, Any]], str | None] = lambda claim: None
    guess: Callable[[Ratio], float | None] = lambda ratio: None
    known: Callable[[Ratio], float | None] = lambda ratio: None


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


def select(domain: Domain, scope: str, year: int, filters: Mapping[str, tuple[str, ...]]) -> Terms:
    """The sum of the records of a scope and year that match the filters."""
    name, kept = _table_of(filters)
    shells = domain.shells[year]
    if scope.startswith("tier"):
        shells = tuple(s for s in shells if s <= int(scope.removeprefix("tier")))
    spelled = tuple(sorted(kept.items()))
    return tuple((Fraction(1), Selector(name, year, s, spelled)) for s in shells)


def scale(terms: Terms, factor: Fraction) -> Terms:
    """The terms times a number."""
    return tuple((c * factor, s) for c, s in terms)


def key_filters(claim: Mapping[str, Any], domain: Domain) -> dict[str, tuple[str, ...]]:
    """The claim's dimension key as column -> members."""
    filters: dict[str, tuple[str, ...]] = {}
    for column in DIMENSIONS:
        if column in ("region", "district"):
            continue
        if claim[column] != "*":
            filters[column] = (claim[column],)
    if "street" in filters and "/" in claim["street"]:
        district, street = claim["street"].split("/", 1)
        filters["street"], filters["district"] = (street,), (district,)
    if claim["district"] != "*":
        place = "place_district" if claim["metric"] == "place_count" else "district"
        filters[place] = (claim["district"],)
    if claim["region"] != "*":
        if claim["region"] not in domain.regions:
            raise Unsupported(f"参考表里没有区域 {claim['region']}")
        filters["district"] = domain.regions[claim["region"]]
    if claim["period_type"] == "month" and "-" in claim["period"]:
        filters["month"] = (claim["period"].split("-")[1],)
    return filters


def ratio_of(claim: Mapping[str, Any], domain: Domain) -> Ratio:
    """The ratio that a claim's metric and key stand for; raises Unsupported."""
    metric, year = claim["metric"], int(claim["period"][:4])
    if metric in APART:
        raise Apart(APART[metric])
    if metric in domain.parts:
        return _of_parts(claim, domain, domain.parts[metric])
    if year not in domain.shells:
        raise Unsupported("不在本年和上年之内")
    filters = key_filters(claim, domain)
    scope = claim["scope"]

    def total(f: Mapping[str, tuple[str, ...]], at: int = year) -> Terms:
        return select(domain, scope, at, f)

    if metric in DISTRICT_HANDLED_METRICS:
        filters = {"district": domain.districts, **filters, "unit_type": DISTRICT_HANDLED}
    if metric in COUNTS:
        return Ratio(total(filters))
    if metric == "praise_count":
        return Ratio(total({**filters, "praise_form": domain.praise_forms}))
    if metric == "crosswalk_count":
        return Ratio(_recoded(claim, filters, domain, total))
    if metric.startswith("growth_"):
        if metric.removeprefix("growth_") not in COUNTS:
            raise Unsupported(f"增长指标 {metric} 不是计数的增长")
        before = total(filters, year - 1)
        return Ratio((*total(filters), *scale(before, Fraction(-1))), before)
    if metric == "per_10k":
        people = domain.population.get((year, claim["district"]))
        if not people:
            raise Unsupported(f"没有 {claim['district']} 的常住人口")
        return Ratio(scale(total(filters), Fraction(10_000, people)))
    if metric == "joint_share":
        return Ratio(total(filters), total({**filters, "unit_type": DISTRICT_HANDLED}))
    if metric == "region_dispatched_share":
        return Ratio(total(filters), total({"handling": (DISPATCHED,)}))
    if metric in SHARE_OF:
        return _share(metric, filters, domain, total)
    if metric in OUTCOME_METRICS:
        return _of_outcomes(claim, filters, domain, total)
    raise Unsupported(f"求解器不认识指标 {metric}")


def _of_parts(claim: Mapping[str, Any], domain: Domain, made: entity_ratios.EntityRatios) -> Ratio:
    """A figure of another entity than the chain's: parts of its rows over parts of them."""
    if made.reason:
        raise Apart(made.reason)
    filters = key_filters(claim, domain)

    def total(of: tuple[str, ...], by: Mapping[str, tuple[str, ...]]) -> Terms:
        spelled = tuple(sorted(entity_ratios.narrowed(of, by).items()))
        return (
            (
                entity_ratios.ONE,
                Selector(entity_ratios.PART, int(claim["period"][:4]), made.shell, spelled),
            ),
        )

    if made.over is None:
        return Ratio(total(made.of, filters))
    by = {k: v for k, v in filters.items() if k == "month"} if made.is_share else filters
    return Ratio(total(made.of, filters), total(made.over, by))


def _recoded(
    claim: Mapping[str, Any],
    filters: dict[str, tuple[str, ...]],
    domain: Domain,
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Terms:
    """The records that another publication's classes put into the claim's category."""
    rules = domain.crosswalk.get(claim["convention"])
    if rules is None:
        raise Unsupported(f"参考表 category_crosswalk 里没有分类 {claim['convention']}")
    member = claim["category"]
    away = {c for c, s, m in rules if s == "*" and m != member}
    terms: Terms = (
        () if member in away else _known(domain, {**filters, "category": (member,)}, total)
    )
    for category, subcategory, to in rules:
        part = {**filters, "category": (category,)}
        if subcategory != "*":
            part["subcategory"] = (subcategory,)
        if to == member:
            terms = (*terms, *total(part))
        elif category == member and subcategory != "*":
            terms = (*terms, *scale(total(part), Fraction(-1)))
    return terms


def _known(
    domain: Domain,
    filters: dict[str, tuple[str, ...]],
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Terms:
    """The records of a category of our own; nothing where the class is the other's alone."""
    own = not domain.categories or set(filters["category"]) <= set(domain.categories)
    return total(filters) if own else ()


def _share(
    metric: str,
    filters: dict[str, tuple[str, ...]],
    domain: Domain,
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Ratio:
    of = {k: v for k, v in filters.items() if k != SHARE_OF[metric]}
    if SHARE_OF[metric] == "district":
        of["district"] = domain.districts
    if metric == "unit_type_share":
        of["handling"] = (DISPATCHED,)
    return Ratio(total(filters), total(of))


def _of_outcomes(
    claim: Mapping[str, Any],
    filters: dict[str, tuple[str, ...]],
    domain: Domain,
    total: Callable[[Mapping[str, tuple[str, ...]]], Terms],
) -> Ratio:
    if "month" in filters:
        raise Apart("回访结果的月度走势由先验权重 outcome_month 定形")
    if "district" in filters and "unit_type" not in filters:
        # A rate by district is of what the district and its streets handle.
        filters = {**filters, "unit_type": DISTRICT_HANDLED}
    valid = {**filters, "is_valid": (YES,)}
    numerator: list[tuple[Fraction, Selector]] = []
    try:
        weights = domain.rules.weights(claim["metric"], claim["convention"])
    except KeyError as unknown:
        raise Unsupported(unknown.args[0]) from None
    for weight, part in weights:
        numerator += scale(total({**valid, **part}), weight)
    return Ratio(tuple(numerator), total(valid))
