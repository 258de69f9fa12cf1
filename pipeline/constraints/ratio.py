"""A metric and its key as a ratio of two sums of cells of the chain.

Nothing here depends on a document: metrics are the contract's, members come from the claim's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pipeline.constraints import entity_ratios
from pipeline.constraints.chain import CHAIN, DISPATCHED, DISTRICT_HANDLED, STREET_UNIT
from pipeline.constraints.rules import Rules, Weighted
from pipeline.ledger import DIMENSIONS
from pipeline.metrics.definitions import Base, Filter, Metric, Metrics, shipped

Filters = tuple[tuple[str, tuple[str, ...]], ...]
# Virtual columns of the outcome table, in the order in which its ids are spelt.
OUTCOME_PARTS = ("is_valid", "is_contacted", "resolution", "satisfaction")
YES, NO = "是", "否"
# The chain's name of a column of core.record, where it has another.
SPELLED = {"is_called_back": "is_valid", "is_epidemic": "epidemic"}
# Who has one of these was dispatched, and no table says it twice.
ORGANISED = {"unit_type", "unit", "district", "street"}


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
    """numerator / denominator; an empty denominator means 1."""

    numerator: Terms
    denominator: Terms = ()


@dataclass(frozen=True)
class Domain:
    """What a claim's key is resolved against.

    `regions`: region -> districts; `population`: (report year, district) -> persons;
    `shells`: year -> shells; `members(dimension, selector)`: the candidates of a list by falling
    prior; `leaders`: members that some list of the ledger puts first; `praise_forms`: those that
    a report counts; `parts`: metric of another entity -> how it is made; `rules`: weights of
    rates and rules of words; `metrics`: what each metric is; `crosswalk`: taxonomy -> its rules
    (category, subcategory or `*`, member); `peak(claim)`: the period at which the claim's series
    is highest;
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
    metrics: Metrics = field(default_factory=shipped)
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
        base = domain.metrics.base_of(claim["metric"])
        place = "place_district" if base and base.is_place else "district"
        filters[place] = (claim["district"],)
    if claim["region"] != "*":
        if claim["region"] not in domain.regions:
            raise Unsupported(f"参考表里没有区域 {claim['region']}")
        filters["district"] = domain.regions[claim["region"]]
    if claim["period_type"] == "month" and "-" in claim["period"]:
        filters["month"] = (claim["period"].split("-")[1],)
    return filters


def ratio_of(claim: Mapping[str, Any], domain: Domain) -> Ratio:
    """The ratio that a claim's metric and key mean; raises Unsupported."""
    metric, year = domain.metrics.get(claim["metric"]), int(claim["period"][:4])
    if metric is None:
        raise Unsupported(f"求解器不认识指标 {claim['metric']}")
    if metric.apart:
        raise Apart(metric.apart)
    if metric.name in domain.parts:
        return _of_parts(claim, domain, domain.parts[metric.name])
    if year not in domain.shells:
        raise Unsupported("不在本年和上年之内")
    return _Reading(claim, domain).ratio(metric)


class _Reading:
    """One claim's key, and what a metric sums under it."""

    def __init__(self, claim: Mapping[str, Any], domain: Domain) -> None:
        self.claim, self.domain = claim, domain
        self.year = int(claim["period"][:4])
        self.key = key_filters(claim, domain)

    def ratio(self, metric: Metric) -> Ratio:
        """The metric as sums of cells, by what it is made of; raises Unsupported."""
        if metric.change_of:
            return self._change(metric)
        if metric.of:
            return self._of(metric)
        if metric.terms or metric.combine:
            return self._weighted(metric)
        self._require_count(metric)
        if metric.part:
            return Ratio(self.rows(metric), self.rows(metric, without=str(metric.part)))
        if self.domain.metrics.bases[metric.base].is_recoded:
            return Ratio(_recoded(self.claim, self.filters(metric), self.domain, self.total))
        return Ratio(self.rows(metric))

    def total(self, filters: Mapping[str, tuple[str, ...]], at: int | None = None) -> Terms:
        """The sum of the records of the claim's scope that match the filters."""
        return select(self.domain, self.claim["scope"], at or self.year, filters)

    def rows(
        self,
        metric: Metric,
        *,
        without: str = "",
        more: Filter | None = None,
        at: int | None = None,
    ) -> Terms:
        """The sum of the records that a count or share is about; see `filters`."""
        return self.total(self.filters(metric, without, more), at)

    def filters(
        self, metric: Metric, without: str = "", more: Filter | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Column -> members of the records that a metric is about, under the claim's key.

        The key is taken without the dimension `without`; `more` narrows them further.
        """
        base = self.domain.metrics.base_of(metric.name)
        assert base is not None
        dropped = {"period": "month", "region": "district"}.get(without, without)
        found = {column: kept for column, kept in self.key.items() if column != dropped}
        for filters in (base.filter, metric.filter, more or {}, *self._when(base, found, dropped)):
            for column, members in filters.items():
                self._narrow(found, column, members)
        return found

    def _when(self, base: Base, found: Mapping[str, tuple[str, ...]], dropped: str) -> list[Filter]:
        cut = {*found, dropped}
        conditions = [rule for dimension, rule in base.when.items() if dimension in cut]
        if found.keys() & ORGANISED:
            conditions = [{c: m for c, m in rule.items() if c != "handling"} for rule in conditions]
        return conditions

    def _narrow(
        self, found: dict[str, tuple[str, ...]], column: str, members: list[str | bool] | str
    ) -> None:
        if column == "is_district_handled":
            found.setdefault("district", self.domain.districts)
            column, members = "unit_type", [*DISTRICT_HANDLED]
        if isinstance(members, str):
            # The one list of members that a reference table flags.
            wanted = self.domain.praise_forms
        else:
            wanted = tuple(_spelt(member) for member in members)
        column = SPELLED.get(column, column)
        known = found.get(column, wanted)
        found[column] = tuple(member for member in wanted if member in known)

    def _require_count(self, metric: Metric) -> None:
        """Raise Unsupported where the tables do not show which rows count."""
        base = self.domain.metrics.base_of(metric.name)
        is_sql_only = metric.but or metric.where or metric.months or metric.aggregate
        is_of_records = base is not None and not (base.where or base.entity)
        if is_sql_only or not is_of_records or not metric.base or isinstance(metric.part, list):
            raise Unsupported(f"求解器不认识指标 {metric.name}")

    def _change(self, metric: Metric) -> Ratio:
        of = self.domain.metrics[metric.change_of]
        is_plain = of.name in self.domain.metrics.plain_counts and not metric.is_of_whole
        if not is_plain or metric.is_daily or metric.against != "year":
            raise Unsupported(f"增长指标 {metric.name} 不是计数的增长")
        before = self.rows(of, at=self.year - 1)
        return Ratio((*self.rows(of), *scale(before, Fraction(-1))), before)

    def _of(self, metric: Metric) -> Ratio:
        of = self.domain.metrics[metric.of]
        self._require_count(of)
        if metric.per:
            people = self.domain.population.get((self.year, self.claim["district"]))
            if not people:
                raise Unsupported(f"没有 {self.claim['district']} 的常住人口")
            return Ratio(scale(self.rows(of), Fraction(metric.factor, people)))
        over = self.domain.metrics[metric.over]
        self._require_count(over)
        whole = self.rows(over, without=str(metric.part), more=metric.over_filter)
        return Ratio(self.rows(of), whole)

    def _weighted(self, metric: Metric) -> Ratio:
        if "month" in self.key:
            raise Apart("回访结果的月度走势由先验权重 outcome_month 定形")
        over = self.filters(metric)
        numerator: list[tuple[Fraction, Selector]] = []
        for weight, part in self._weights(metric, self.claim["convention"]):
            filters = dict(over)
            for column, members in part.items():
                self._narrow(filters, column, members)
            numerator += scale(self.total(filters), weight)
        return Ratio(tuple(numerator), self.total(over))

    def _weights(self, metric: Metric, convention: str) -> Weighted:
        try:
            return self.domain.rules.weighted(self.domain.metrics, metric, convention)
        except KeyError as unknown:
            raise Unsupported(unknown.args[0]) from None


def _spelt(member: str | bool) -> str:
    if isinstance(member, bool):
        return YES if member else NO
    return member


def _of_parts(claim: Mapping[str, Any], domain: Domain, made: entity_ratios.EntityRatios) -> Ratio:
    """A figure of another entity than the chain's: parts of its rows over parts of them."""
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
