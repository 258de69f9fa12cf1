"""Which members a reduced model needs: those the claims name, and one rest for all others.

A member that no claim names is like every other unnamed one beside it, so that the rest of a
dimension (or of one category's subcategories, one district's streets) represents all of them:
what holds of their sum can be dealt to them in equal parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from pipeline.constraints.chain import CHAIN, DIRECT, DISPATCHED, DISTRICT_HANDLED, STREET_UNIT
from pipeline.constraints.entity_ratios import PART, parts_of
from pipeline.constraints.ratio import NO, OUTCOME_PARTS, YES, Selector
from pipeline.constraints.register import Register, read_table
from pipeline.entity import entities_of
from pipeline.home import Home
from pipeline.ledger import DIMENSIONS
from pipeline.metrics.definitions import Metrics

REST = "其余"
# The value of a dimension that does not apply to a record: no street without a street office.
NONE = "-"
MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
# dimension -> the dimension within which its members are distinguished
WITHIN = {"subcategory": "category", "unit": "unit_type", "street": "district"}
# Dimensions without which a dimension's members can't be said.
NEEDS: dict[str, tuple[str, ...]] = {
    "subcategory": ("category",),
    "unit": ("unit_type", "handling"),
    "street": ("district", "unit_type", "handling"),
    "district": ("unit_type", "handling"),
    "unit_type": ("handling",),
    "outcome": ("handling",),
}
# The columns of a call-back that rates are made of.
ANSWERS = ("resolution", "satisfaction")
# Cells are walked in this order, so that what a dimension needs is known before it.
FIRST = ("category", "record_type", "month", "handling", "unit_type", "district")

Context = Mapping[str, str]


def _restricted() -> dict[str, tuple[Mapping, Mapping]]:
    """Dimension -> the (only, but) of the records that have it, of tables that hold only some."""
    found: dict[str, tuple[Mapping, Mapping]] = {}
    for spec in CHAIN:
        shared = {d for share in spec.shares for d in share.dims}
        for share in spec.shares:
            if share.only or share.but:
                for d in set(spec.dims) - shared:
                    found[d] = (share.only, share.but)
    return found


RESTRICTED = _restricted()


def closure(dims: Iterable[str]) -> frozenset[str]:
    """The dimensions with all that they need, virtual columns of the call-back as `outcome`."""
    return _closure(tuple(dims))


@cache
def _closure(dims: tuple[str, ...]) -> frozenset[str]:
    found = {"outcome" if d in OUTCOME_PARTS else d for d in dims}
    todo = list(found)
    while todo:
        dim = todo.pop()
        only, but = RESTRICTED.get(dim, ({}, {}))
        for needed in (*NEEDS.get(dim, ()), *only, *but):
            if needed not in found:
                found.add(needed)
                todo.append(needed)
    return frozenset(found)


@dataclass
class ReducedDomain:
    """The reduced members of every dimension, and how many each rest represents.

    `named`: (dimension, parent or "") -> members that claims name. `known`: the same of the
    register; a dimension that it does not know has a rest of unknown size (`size` None).
    """

    districts: tuple[str, ...]
    named: dict[tuple[str, str], list[str]]
    known: dict[tuple[str, str], list[str]]
    _cache: dict = field(default_factory=dict)

    def rest(self, dimension: str, parent: str = "") -> int | None:
        """How many members the rest represents; None if unknown."""
        known = self.known.get((dimension, parent))
        if known is None:
            return None
        return len(set(known) - set(self.named.get((dimension, parent), ())))

    def listed(self, dimension: str, parent: str = "") -> list[str]:
        """The named members, and the rest where it represents any."""
        named = self.named.get((dimension, parent), [])
        return [*named, REST] if self.rest(dimension, parent) != 0 else list(named)

    def beside(self, dimension: str, selector: Selector) -> list[str]:
        """The candidates of a list over a dimension, given the selector's other filters."""
        filters = dict(selector.filters)
        if dimension == "street":
            return [f"{d}/{s}" for d in self.districts for s in self.listed("street", d)]
        parents = filters.get(WITHIN.get(dimension, ""), ("",))
        if dimension in WITHIN and parents == ("",):
            parents = tuple(p for d, p in self.named if d == dimension)
        names: dict[str, None] = {}
        for parent in parents:
            names.update(dict.fromkeys(self.listed(dimension, parent)))
        return sorted(names, key=lambda m: m == REST)

    def allowed(self, dimension: str, context: Context) -> tuple[str, ...]:
        """The members that a dimension can have beside the context's."""
        needed = (*NEEDS.get(dimension, ()), *self._restriction_columns(dimension))
        key = (dimension, *((d, context[d]) for d in needed if d in context))
        if key not in self._cache:
            self._cache[key] = tuple(self._allowed(dimension, context))
        return self._cache[key]

    @staticmethod
    def _restriction_columns(dimension: str) -> tuple[str, ...]:
        only, but = RESTRICTED.get(dimension, ({}, {}))
        return (*only, *but)

    def _allowed(self, dimension: str, context: Context) -> list[str]:
        only, but = RESTRICTED.get(dimension, ({}, {}))
        if any(context.get(c, v[0]) not in v for c, v in only.items()):
            return [NONE]
        if any(context.get(c, "") in v for c, v in but.items()):
            return [NONE]
        if dimension == "handling":
            return [DIRECT, DISPATCHED]
        if dimension == "month":
            return list(MONTHS)
        if dimension == "outcome":
            return self._outcomes() if context.get("handling") != DIRECT else [NONE]
        if dimension == "unit_type":
            return self._unit_types(context)
        if dimension == "district":
            return self._districts(context)
        if dimension == "place_district":
            return [*self.districts, REST]
        if dimension in WITHIN:
            parent = context[WITHIN[dimension]]
            if dimension != "subcategory" and parent in (NONE, REST):
                return [NONE]
            return self.listed(dimension, parent) or [REST]
        return self.listed(dimension) or [REST]

    def _unit_types(self, context: Context) -> list[str]:
        types = self.listed("unit_type")
        handling = context.get("handling")
        if handling == DIRECT:
            return [NONE]
        return types if handling == DISPATCHED else [*types, NONE]

    def _districts(self, context: Context) -> list[str]:
        unit_type = context.get("unit_type")
        if unit_type == STREET_UNIT:
            return list(self.districts)
        if unit_type is None or unit_type in DISTRICT_HANDLED:
            return [*self.districts, NONE]
        return [NONE]

    def _outcomes(self) -> list[str]:
        """Call-backs as far as rates distinguish them: nobody who was not reached was satisfied."""
        answers = [[*self.named.get((name, ""), []), NONE] for name in ANSWERS]
        reached = [f"{YES}|{YES}|{r}|{s}" for r, s in product(*answers)]
        return [*reached, f"{YES}|{NO}|{NONE}|{NONE}", f"{NO}|{NONE}|{NONE}|{NONE}"]


def read_members(home: Home, register: Register, claims: list[dict[str, Any]]) -> ReducedDomain:
    """The members that the claims name, against the register and the fixed members."""
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    path = home.reference_files().get("member")
    if path is not None:
        frame = read_table(path)
        for dimension, member in zip(frame["dimension"], frame["member"], strict=True):
            known[(dimension, "")].append(member)
    known[("category", "")] = list(register.categories)
    known[("unit_type", "")] = list(
        dict.fromkeys([*register.unit_types, *known.get(("unit_type", ""), [])])
    )
    for dimension, lists in (
        ("subcategory", register.subcategories),
        ("unit", register.units),
        ("street", register.streets),
    ):
        known.update({(dimension, parent): names for parent, names in lists.items()})
    named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for claim in claims:
        for dimension, parent, member in _names(claim, register.metrics):
            named[(dimension, parent)][member] = None
    named[("unit_type", "")].update(dict.fromkeys(DISTRICT_HANDLED))
    named[("praise_form", "")].update(dict.fromkeys(register.praise_forms))
    for column in ANSWERS:
        named[(column, "")].update(dict.fromkeys(register.metrics.members_named(column)))
    for rules in register.crosswalk.values():
        for category, subcategory, _ in rules:
            named[("category", "")][category] = None
            if subcategory != "*":
                named[("subcategory", category)][subcategory] = None
    for made in parts_of(entities_of(home).values(), register.metrics).values():
        named[(PART, "")].update(dict.fromkeys([*made.of, *(made.over or ())]))
    _name_quota(claims, named, register)
    named.setdefault(("handling", ""), {}).update(dict.fromkeys((DIRECT, DISPATCHED)))
    return ReducedDomain(
        tuple(dict.fromkeys([*register.districts, *named.get(("district", ""), {})])),
        {key: list(names) for key, names in named.items()},
        dict(known),
    )


def _names(claim: Mapping[str, Any], metrics: Metrics) -> list[tuple[str, str, str]]:
    """(dimension, parent, member) of all members that a claim names."""
    found: list[tuple[str, str, str]] = []
    listed = claim["members"].split("|") if claim["members"] else []
    if metrics.is_recoded(claim["metric"]):
        return found  # the classes of another publication, not members of ours
    for dimension in DIMENSIONS:
        members = [] if claim[dimension] == "*" else [claim[dimension]]
        if claim["dimension"] == dimension:
            members += listed
        parent = claim[WITHIN[dimension]] if dimension in WITHIN else ""
        for member in members:
            if dimension == "street" and "/" in member:
                parent, member = member.split("/", 1)
            if parent != "*":
                found.append((dimension, parent, member))
    return found


def _name_quota(claims: list[dict[str, Any]], named: dict, register: Register) -> None:
    """Name enough members of each district for lists that only say how many it has.

    Unnamed ones are alike, so that any of the register will do.
    """
    for claim in claims:
        if claim["relation"] != "top_members":
            continue
        for part in claim["printed"].partition(":")[2].split("|"):
            district, _, count = part.partition("=")
            own = named[("street", district)]
            for street in register.streets.get(district, []):
                if len(own) >= int(count):
                    break
                own.setdefault(street, None)
