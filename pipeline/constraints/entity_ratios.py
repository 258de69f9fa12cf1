"""Figures of an entity as ratios of parts of its rows, as its TOML file says.

They are in tables of their own (a shell below 0), apart from those of the chain; `part` is their
one dimension beside the key's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pipeline.entity import Entity

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
    reason: str = ""


def parts_of(entities: Iterable[Entity]) -> dict[str, EntityRatios]:
    """Return metric -> how it is made; one that the parts do not decide says why."""
    found = {}
    for place, entity in enumerate(sorted(entities, key=lambda e: e.name), start=1):
        for metric, text in entity.figures.items():
            of, _, over = (side.strip() for side in text.partition("/"))
            is_share = over == "whole"
            below = None if not over else () if is_share else _named(over)
            found[metric] = EntityRatios(-place, _named(of), below, is_share)
        for metric, reason in entity.apart.items():
            found[metric] = EntityRatios(-place, (), reason=reason)
    return found


def _named(text: str) -> tuple[str, ...]:
    return () if text == "all" else tuple(part.strip() for part in text.split("+"))


def narrowed(parts: tuple[str, ...], filters: Filters) -> dict[str, tuple[str, ...]]:
    """Return the filters with those parts."""
    return {**filters, PART: parts} if parts else dict(filters)


ONE = Fraction(1)
