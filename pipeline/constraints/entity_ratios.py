"""Figures of an entity as ratios of parts of its rows, by its metrics in metric.toml.

They are in tables of their own (a shell below 0), apart from those of the chain; `part` is their
one dimension beside the key's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pipeline.entity import Entity
from pipeline.metrics.definitions import Metric, Metrics

PART = "part"
Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class EntityRatios:
    """How a metric is made: parts over parts (empty: all rows); `is_share` forgets the key's
    dimensions in the denominator, `over` None means 1."""

    shell: int
    of: tuple[str, ...]
    over: tuple[str, ...] | None = None
    is_share: bool = False


def parts_of(entities: Iterable[Entity], metrics: Metrics) -> dict[str, EntityRatios]:
    """Return metric -> how it is made, of the metrics that sums of parts give."""
    found = {}
    for place, entity in enumerate(sorted(entities, key=lambda e: e.name), start=1):
        for name, metric in metrics.items():
            if not entity.parts or metric.apart or metrics.entity_of(name) != entity.name:
                continue
            below = metrics[metric.over] if metric.over else None
            of = _parts(metrics[metric.of] if below else metric, entity)
            over = _parts(below, entity) if below else () if metric.part else None
            if of is not None and (over is not None or not below):
                found[name] = EntityRatios(-place, of, over, bool(metric.part))
    return found


def _parts(metric: Metric, entity: Entity) -> tuple[str, ...] | None:
    """Return the parts that a count sums, () for all rows; None if it is no sum of parts."""
    if metric.where or metric.months or metric.aggregate or not metric.base:
        return None
    if not (metric.filter or metric.but):
        return ()
    found = [
        part for part, filter_ in entity.parts.items()
        if all(filter_.get(column) == members for column, members in metric.filter.items())
        and all(
            column in filter_ and not {*filter_[column]} & {*left_out}
            for column, left_out in metric.but.items()
        )
    ]  # fmt: skip
    return tuple(found) or None


def is_all(metric: str, parts: Mapping[str, EntityRatios]) -> bool:
    """Return whether a metric counts all rows of its entity."""
    made = parts.get(metric)
    return made is not None and not made.of and made.over is None


def narrowed(parts: tuple[str, ...], filters: Filters) -> dict[str, tuple[str, ...]]:
    """Return the filters with those parts."""
    return {**filters, PART: parts} if parts else dict(filters)


ONE = Fraction(1)
