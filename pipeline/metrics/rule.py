"""A metric's meaning as pieces of SQL on the records, which `recount` puts together for a claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.db import literal
from pipeline.metrics.definitions import Base, Filter, Metric, Metrics


@dataclass(frozen=True)
class Rule:
    """How a metric is counted from the rows of `base`.

    `where`: tests of all rows; `when`: dimension -> tests where it is cut by that; `columns`:
    dimension -> SQL. `numerator` and `denominator` are aggregates; without a numerator the rows are
    counted that pass `part_where` and the tests of the dimension `part`, which the denominator
    forgets (`period`: the month within its year); with `is_known` it has only rows in which that
    dimension is known. `is_compared` reads the same months of the year before as well, `is_before`
    those alone, `is_previous` the month before; `of_whole`: the denominator is not cut. A member
    for which there is nothing to divide by (`may_lack_whole`) has no figure. `weights`: table ->
    the SELECT of its row for the convention, by which name the aggregates read it.
    """

    base: Base
    columns: Mapping[str, str]
    where: list[str] = field(default_factory=list)
    when: Mapping[str, list[str]] = field(default_factory=dict)
    part: str = ""
    part_where: list[str] = field(default_factory=list)
    is_known: bool = False
    numerator: str = ""
    denominator: str = "1"
    months: list[int] = field(default_factory=list)
    is_compared: bool = False
    is_before: bool = False
    is_previous: bool = False
    is_daily: bool = False
    of_whole: bool = False
    may_lack_whole: bool = False
    weights: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """Return the SQL of a dimension."""
        return self.columns.get(name, name)


def rule_of(metrics: Metrics, claim: Mapping[str, Any]) -> Rule | None:
    """Return how the claim's metric is counted; None for what records cannot give."""
    metric = metrics.get(claim["metric"])
    if metric is None or metrics.base_of(metric.name) is None:
        return None
    return _Maker(metrics, claim).rule(metric)


class _Maker:
    """Makes the rule for one claim, whose convention and cut it follows."""

    def __init__(self, metrics: Metrics, claim: Mapping[str, Any]) -> None:
        self.metrics, self.claim = metrics, claim
        self.weights: dict[str, str] = {}

    def rule(self, metric: Metric) -> Rule:
        """Return the rule of a metric, by what it is made of."""
        if metric.change_of:
            return self._change(metric)
        if metric.of:
            return self._ratio(metric)
        sums = metric.terms or metric.combine or metric.before_of
        return self._weighted(metric) if sums else self._counted(metric)

    def _counted(self, metric: Metric) -> Rule:
        narrowed = _tests(metric.filter, metric.but, metric.where)
        made: dict[str, Any] = {"where": narrowed, "months": metric.months}
        if metric.aggregate:
            made |= {"numerator": metric.aggregate, "denominator": metric.divisor or "1"}
            made["may_lack_whole"] = bool(metric.divisor)
        elif metric.part:
            made |= {"part": self._part(metric), "is_known": metric.is_known}
            made["denominator"] = "count(*)"
        elif self.claim["dimension"] and narrowed:
            # A member that has other rows alone has the figure 0.
            made |= {"where": [], "numerator": count(narrowed)}
        return self._on_base(metric, **made)

    def _part(self, metric: Metric) -> str:
        """Return the dimension of a share; of several the one that the claim cuts by."""
        if isinstance(metric.part, str):
            return metric.part
        cut = [d for d in metric.part if self.claim[d] != "*" or self.claim["dimension"] == d]
        return cut[0] if cut else metric.part[0]

    def _ratio(self, metric: Metric) -> Rule:
        of = self.metrics[metric.of]
        if metric.per:
            return self._on_base(
                of,
                where=_tests(of.filter, of.but, of.where),
                numerator=f"{metric.factor} * count(*)",
                denominator=self.metrics.per[metric.per],
                may_lack_whole=True,
            )
        over = self.metrics[metric.over]
        whole = [*self._tests_of(over), *_tests(metric.over_filter)]
        part = [test for test in self._tests_of(of) if test not in whole]
        if metric.part:
            made: dict[str, Any] = {"part": self._part(metric), "part_where": part}
        else:
            made = {"numerator": count(part), "may_lack_whole": True}
        return self._on_base(over, where=whole, denominator="count(*)", **made)

    def _tests_of(self, metric: Metric) -> list[str]:
        base = self.metrics.bases[metric.base]
        return [
            *_tests(base.filter, where=base.where),
            *_tests(metric.filter, metric.but, metric.where),
        ]

    def _change(self, metric: Metric) -> Rule:
        of = self.metrics[metric.change_of]
        is_previous = metric.against == "previous"
        return self._on_base(
            of,
            where=_tests(of.filter, of.but, of.where),
            months=of.months,
            is_compared=not is_previous,
            is_previous=is_previous,
            is_daily=metric.is_daily,
            of_whole=metric.is_of_whole,
            may_lack_whole=True,
        )

    def _weighted(self, metric: Metric) -> Rule:
        of = self.metrics[metric.before_of] if metric.before_of else metric
        base = self.metrics.base_of(of.name)
        assert base is not None
        numerator, divisor = self._sum(of, literal(self.claim["convention"]))
        divisor = "" if divisor == "1" else f"{divisor} * "
        return self._on_base(
            of,
            numerator=numerator,
            denominator=f"{divisor}count(*)",
            is_before=bool(metric.before_of),
            may_lack_whole=True,
        )

    def _sum(self, metric: Metric, convention: str) -> tuple[str, str]:
        """Return the weighted sum of a metric's rows, and what it is over per row of the base."""
        if metric.weights:
            key = self.metrics.weights[metric.weights]
            self.weights[metric.weights] = (
                f"SELECT * FROM ref.{metric.weights} WHERE {key} = {convention}"
            )
        if metric.terms:
            terms = [
                _times(_weight(metric, term.weight), count(_tests(term.filter)))
                for term in metric.terms
            ]
            divisor = _weight(metric, "weight_base" if metric.weights else "")
            return "\n    + ".join(terms), divisor
        inner = _weight(metric, "convention") if metric.weights else convention
        sums = {name: self._sum(self.metrics[name], inner) for name in metric.combine}
        # All sums are brought over the one divisor that some of them have.
        divisor = next((over for _, over in sums.values() if over != "1"), "1")
        text = ""
        weights = []
        for name, factor in metric.combine.items():
            body, over = sums[name]
            body = _times(divisor, body) if over == "1" else body
            sign = "+"
            if isinstance(factor, str):
                weights.append(_weight(metric, factor))
                body = _times(weights[-1], f"(\n    {body}\n    )" if "\n" in body else body)
            elif factor < 0:
                sign = "-"
            text += f"\n    {sign} {body}" if text else body
        if weights:
            whole = "\n    + ".join(weights)
            divisor = _times(divisor, f"(\n    {whole}\n    )")
        return _times(str(metric.factor), f"(\n    {text}\n    )" if weights else text), divisor

    def _on_base(self, metric: Metric, **made: Any) -> Rule:
        base = self.metrics.base_of(metric.name)
        assert base is not None
        always = _tests(base.filter, where=base.where)
        where = list(dict.fromkeys([*always, *made.pop("where", [])]))
        return Rule(base, self._columns(base), where, _when(base), weights=self.weights, **made)

    def _columns(self, base: Base) -> dict[str, str]:
        named = {name: d.column for name, d in self.metrics.dimensions.items() if d.column}
        convention = literal(self.claim["convention"])
        return {
            name: column.strip().replace("{convention}", convention)
            for name, column in {**named, **base.column}.items()
        }


def count(tests: list[str]) -> str:
    """Return the count of the rows that pass the tests."""
    return f"count(*) FILTER (WHERE {' AND '.join(tests)})" if tests else "count(*)"


def _when(base: Base) -> dict[str, list[str]]:
    return {dimension: _tests(filters) for dimension, filters in base.when.items()}


def _tests(
    filters: Filter, but: Mapping[str, list[str | bool]] | None = None, where: str = ""
) -> list[str]:
    tests = [_members(column, members) for column, members in filters.items()]
    tests += [_members(column, members, is_in=False) for column, members in (but or {}).items()]
    return [*tests, *([where] if where else [])]


def _members(column: str, members: list[str | bool] | str, *, is_in: bool = True) -> str:
    """Return the test that a column has (or has not) one of the members."""
    if isinstance(members, str):
        table, flag = members.split(".")
        return (
            f"{column} IN (SELECT listed.{column} FROM ref.{table} AS listed WHERE listed.{flag})"
        )
    if len(members) > 1:
        listed = ", ".join(literal(str(member)) for member in members)
        return f"{column} {'IN' if is_in else 'NOT IN'} ({listed})"
    (member,) = members
    if isinstance(member, bool):
        return column if member == is_in else f"NOT {column}"
    return f"{column} {'=' if is_in else '<>'} {literal(member)}"


def _weight(metric: Metric, column: str) -> str:
    """Return a cell of the convention's row; 1 for a term without a weight."""
    return f"(SELECT {column} FROM {metric.weights})" if column else "1"


def _times(weight: str, text: str) -> str:
    return text if weight == "1" else f"{weight} * {text}"
