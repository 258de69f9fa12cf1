"""Holds ranks against the figures: the highest month, the first N, who is among the first N."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from pipeline.proofread.figure_index import Dims, Figure, FigureIndex, cut_of
from pipeline.proofread.numbers import Number
from pipeline.proofread.resolve_metric import MetricReading
from pipeline.proofread.verdict import Proof

_MONTHS = range(1, 13)
Judged = list[tuple[bool, Proof]]


@dataclass(frozen=True)
class _Row:
    member: str
    dims: Dims
    figure: Figure

    @property
    def value(self) -> Fraction:
        return Fraction(self.figure.numerator, self.figure.denominator)


def judge_rank(
    number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str
) -> Judged:
    """Return whether the rank holds on this scope, with its proof; [] where it has no figures."""
    if reading.relation in ("largest", "smallest"):
        return _month(number, reading, warehouse, scope)
    if reading.relation == "ranked_list":
        return _list(reading, warehouse, scope)
    return _among(number, reading, warehouse, scope)


def _month(number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    found: dict[int, Figure] = {}
    for month in _MONTHS:
        key = (reading.metric, f"{reading.period}-{month:02d}", reading.dims)
        for figure in warehouse.figures.get(key, []):
            if figure.scope == scope:
                found[month] = figure
    # A peak over eleven months is no peak of the year.
    if len(found) < len(_MONTHS):
        return []
    pick = max if reading.relation == "largest" else min
    best = pick(figure.numerator for figure in found.values())
    months = [month for month, figure in found.items() if figure.numerator == best]
    partial = any(figure.is_partial for figure in found.values())
    right = "、".join(f"{month}月" for month in months)
    proof = Proof(
        reading, scope, right, best, 1, "-", warehouse.sql.get(reading.metric, ""), partial
    )
    return [(reading.size in months, proof)]


def _list(reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    rows = _rows(warehouse, reading, scope, reading.dimension)
    if len(rows) < reading.size:
        return []
    value = {row.member: row.value for row in rows}
    listed = [value.get(member) for member in reading.members]
    known = [one for one in listed if one is not None]
    rest = [one for member, one in value.items() if member not in reading.members]
    # Equal figures may stand in either order.
    holds = (
        len(known) == len(listed)
        and known == sorted(known, reverse=True)
        and (not rest or min(known) >= max(rest))
    )
    right = "、".join(row.member for row in rows[: reading.size])
    partial = any(row.figure.is_partial for row in rows)
    proof = Proof(
        reading, scope, right, None, None, "-", warehouse.sql.get(reading.metric, ""), partial
    )
    return [(holds, proof)]


def _among(number: Number, reading: MetricReading, warehouse: FigureIndex, scope: str) -> Judged:
    rows = _rows(warehouse, reading, scope, "street")
    if len(rows) < reading.size:
        return []
    if len(rows) > reading.size and rows[reading.size - 1].value == rows[reading.size].value:
        return []
    counts = Counter(dict(row.dims)["district"] for row in rows[: reading.size])
    right = counts[dict(reading.dims)["district"]]
    partial = any(row.figure.is_partial for row in rows)
    proof = Proof(
        reading, scope, f"{right}{number.unit}", right, 1, "-",
        warehouse.sql.get(reading.metric, ""), partial,
    )  # fmt: skip
    return [(number.amount == str(right), proof)]


def _rows(warehouse: FigureIndex, reading: MetricReading, scope: str, dimension: str) -> list[_Row]:
    """Return the members of one dimension with their figures, the largest first."""
    fixed = {
        name: value for name, value in reading.dims if dimension != "street" or name != "district"
    }
    names = {*fixed, dimension} | ({"district"} if dimension == "street" else set())
    cut = cut_of(dict.fromkeys(names, ""))
    rows = []
    for dims in warehouse.members.get((reading.metric, reading.period, cut), []):
        told = dict(dims)
        if not set(fixed.items()) <= set(told.items()) or "?" in told.values():
            continue
        for figure in warehouse.figures[reading.metric, reading.period, dims]:
            if figure.scope == scope:
                rows.append(_Row(told[dimension], dims, figure))
    return sorted(rows, key=lambda row: (-row.value, row.member))
