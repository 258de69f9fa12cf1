"""Smooth prior weights for the cells of the chain, from data/calibration/prior.csv.

The file is a long table `axis,member,given_axis,given,weight`: weights of the members of one
axis, as such (`given_axis` empty) or given a member of another axis (`category`) or of several
(`unit_type:category`). An axis it says nothing of is uniform or usual; a member that a table
leaves out has weight 0, which rules its cells out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.constraints.chain import (
    DIRECT,
    DISPATCHED,
    DISTRICT_HANDLED,
    DISTRICT_UNIT,
    SPEC,
    STREET_UNIT,
    UNKNOWN,
)
from pipeline.constraints.register import Register, read_table
from pipeline.home import Home

FIXED_MEMBERS: dict[str, tuple[str, ...]] = {
    "record_type": ("咨询", "诉求", "建议", "投诉", "表扬", "其他"),
    "handling": (DIRECT, DISPATCHED),
    "channel": ("电话", "网络"),
    "desk": ("其他席", "企业专席"),
    "epidemic": ("是", "否"),
    "month": tuple(f"{month:02d}" for month in range(1, 13)),
}
# What most cities would say of an axis that their file leaves out.
DEFAULT_WEIGHTS: dict[str, dict[str, float]] = {
    "channel": {"电话": 0.9, "网络": 0.1},
    "desk": {"其他席": 0.99, "企业专席": 0.01},
    "epidemic": {"是": 0.0, "否": 1.0},
}
# is valid | is contacted | resolution | satisfaction
OUTCOMES = (
    *(f"是|是|{r}|{s}" for r in ("解决", "部分解决", "未解决") for s in ("满意", "基本满意")),
    *(f"是|是|{r}|{s}" for r in ("解决", "部分解决", "未解决") for s in ("不满意", "未评价")),
    "是|否|未解决|未评价",
    "否|||",
)
# A district centre's record whose district is not known is rare unless the prior says otherwise.
UNKNOWN_DISTRICT_WEIGHT = 5e-4

YES = "是"

Context = dict[str, str]


@dataclass
class Prior:
    """Conditional weights of the members of an axis, from the most specific tables that apply.

    `given`: axis -> axes it is given -> their members -> member -> weight. Axes named
    `<axis>_tilt` and `<axis>_affinity` hold factors on top of the weights of `axis`.
    """

    register: Register
    given: dict[str, dict[tuple[str, ...], dict[tuple[str, ...], dict[str, float]]]]
    _cache: dict = field(default_factory=dict)

    def size(self, year: int, shell: int) -> float | None:
        """Records of a year and shell (axis `total`), where the file says."""
        total = self.given.get("total", {})
        by_shell = total.get(("shell",), {}).get((str(shell),), {})
        return by_shell.get(str(year)) or total.get((), {}).get((), {}).get(str(year))

    def members(self, axis: str, context: Context) -> list[str]:
        """The members that an axis can have beside the context's."""
        register = self.register
        if axis in FIXED_MEMBERS:
            return list(FIXED_MEMBERS[axis])
        if axis == "category":
            return register.categories
        if axis == "subcategory":
            return register.subcategories.get(context["category"], [UNKNOWN])
        if axis == "unit_type":
            direct = context.get("handling") == DIRECT
            return [UNKNOWN] if direct else register.unit_types
        if axis == "unit":
            return register.units.get(context["unit_type"], [])
        if axis == "street":
            return register.streets.get(context["district"], [UNKNOWN])
        if axis == "place":
            return [*register.districts, UNKNOWN]
        if axis == "outcome":
            return self._listed("outcome") or list(OUTCOMES)
        if axis in ("platform", "praise_form"):
            found = self._found(axis, context)
            return list(found[0][1]) if found else [UNKNOWN]
        unit_type = context.get("unit_type")
        if unit_type == STREET_UNIT:
            return register.districts
        return [*register.districts, UNKNOWN] if unit_type == DISTRICT_UNIT else [UNKNOWN]

    def _listed(self, axis: str) -> list[str]:
        seen: dict[str, None] = {}
        for table in self.given.get(axis, {}).values():
            for weights in table.values():
                seen.update(dict.fromkeys(weights))
        return list(seen)

    def weights(self, axis: str, context: Context) -> tuple[list[str], np.ndarray]:
        """Members and their normalised weights given the context (members of weight 0 left out)."""
        if axis == "place_district":
            return self._place(context)
        needed = {"category", "unit_type", "handling", "district"}
        for name in (axis, f"{axis}_tilt", f"{axis}_affinity"):
            needed |= {a for axes in self.given.get(name, {}) for a in axes}
        key = (axis, tuple(sorted((k, v) for k, v in context.items() if k in needed)))
        if key not in self._cache:
            members = self.members(axis, context)
            self._cache[key] = _positive(members, self._combine(axis, context, members))
        return self._cache[key]

    def _found(self, axis: str, context: Context) -> list[tuple[tuple[str, ...], dict[str, float]]]:
        """The tables of an axis that say something about the context, most specific first."""
        found = []
        for axes, table in self.given.get(axis, {}).items():
            if set(axes) <= context.keys():
                weights = table.get(tuple(context[a] for a in axes))
                if weights is not None and sum(weights.values()) > 0:
                    found.append((axes, weights))
        return sorted(found, key=lambda pair: -len(pair[0]))

    def _combine(self, axis: str, context: Context, members: list[str]) -> np.ndarray:
        found = self._found(axis, context)
        best = [
            (axes, w) for axes, w in found if not any(set(axes) < set(other) for other, _ in found)
        ]
        usual = DEFAULT_WEIGHTS.get(axis, {}) if not found else {}
        weight = np.array([usual.get(m, 1.0) for m in members])
        first = True
        for axes, listed in best:
            own = np.array([listed.get(m, 0.0) for m in members])
            if own.sum() > 0:
                weight = weight * own / own.sum()
                if not first:
                    # Only the first table sets the level; each further one bends it.
                    weight = weight / self._average(axis, axes, context, members)
                first = False
        self._add_unknown(members, weight, [w for _, w in found])
        used = {a for axes, _ in best for a in axes}
        for name in (f"{axis}_tilt", f"{axis}_affinity"):
            for axes, factor in self._found(name, context):
                if not set(axes) <= used:
                    weight = weight * np.array([factor.get(m, 1.0) for m in members])
        return weight

    def _average(
        self, axis: str, axes: tuple[str, ...], context: Context, members: list[str]
    ) -> np.ndarray:
        """The mean profile of a table over what it is given, within the context's year."""
        key = (axis, axes, context.get("year"), tuple(members))
        if key not in self._cache:
            at = axes.index("year") if "year" in axes else None
            profiles = []
            for given, listed in self.given[axis][axes].items():
                own = np.array([listed.get(m, 0.0) for m in members])
                if own.sum() > 0 and (at is None or given[at] == context["year"]):
                    profiles.append(own / own.sum())
            mean = np.mean(profiles, axis=0)
            self._cache[key] = np.where(mean > 0, mean, 1.0)
        return self._cache[key]

    def _add_unknown(
        self, members: list[str], weight: np.ndarray, tables: list[dict[str, float]]
    ) -> None:
        """`?` is left out of detailed tables: it takes its part of a less detailed one."""
        if UNKNOWN not in members or len(members) == 1:
            return
        at = members.index(UNKNOWN)
        for listed in tables:
            if listed.get(UNKNOWN, 0.0) > 0:
                part = listed[UNKNOWN] / sum(listed.values())
                break
        else:
            part = UNKNOWN_DISTRICT_WEIGHT
        weight[at] = 0.0
        weight[at] = weight.sum() * part / (1 - part)

    def _place(self, context: Context) -> tuple[list[str], np.ndarray]:
        """Where the matter is: mostly in the district whose unit handles it."""
        members, anywhere = self.weights("place", {"record_type": context["record_type"]})
        home = context["district"]
        if home == UNKNOWN or home not in members:
            return members, anywhere
        same = self.given.get("place_same", {}).get((), {}).get((), {})
        part = same.get(YES, 0.98) / sum(same.values()) if same else 0.98
        weight = anywhere * (1 - part)
        weight[members.index(home)] += part
        return members, weight

    def cells(self, table: str, year: int, shell: int) -> tuple[pd.DataFrame, np.ndarray]:
        """All cells of a table and their prior shares (they sum to the table's part of 1).

        The part is below 1 for tables that hold only some records (unit, street, outcome).
        """
        dims = SPEC[table].dims
        rows: list[tuple[Context, float]] = [({"year": str(year), "shell": str(shell)}, 1.0)]
        for dim in _PATHS.get(table, dims):
            rows = [
                ({**context, dim: member}, mass * w)
                for context, mass in rows
                for member, w in zip(*self.weights(dim, context), strict=True)
            ]
            rows = _collapse(rows, table, dim)
        frame = pd.DataFrame([{d: c[d] for d in dims} for c, _ in rows], columns=list(dims))
        return frame, np.array([mass for _, mass in rows])


def _positive(members: list[str], weight: np.ndarray) -> tuple[list[str], np.ndarray]:
    kept = weight > 0
    names = [m for m, k in zip(members, kept, strict=True) if k]
    return names, weight[kept] / weight.sum() if kept.any() else weight[kept]


# Axes walked to reach a table's cells, where it needs more than its own columns.
_PATHS = {
    "unit": ("category", "handling", "unit_type", "unit"),
    "street": ("category", "handling", "unit_type", "district", "street"),
    "outcome": ("category", "handling", "unit_type", "district", "epidemic", "outcome"),
    "platform": ("category", "handling", "channel", "platform"),
    "praise": ("category", "record_type", "praise_form"),
    "place": ("category", "record_type", "handling", "unit_type", "district", "place_district"),
}


# Table -> after which axis of its path the others are summed out, and which columns stay.
_SUMMED = {
    "street": ("district", ("district",)),
    "place": ("district", ("district", "record_type")),
    "platform": ("channel", ("channel",)),
    "praise": ("record_type", ("record_type",)),
}


def _collapse(rows: list[tuple[Context, float]], table: str, dim: str) -> list:
    """Drop the rows a table does not hold, and sum out axes that it no longer needs."""
    if table == "unit" and dim == "unit_type":
        rows = [r for r in rows if r[0]["unit_type"] not in (*DISTRICT_HANDLED, UNKNOWN)]
    if table == "outcome" and dim == "handling":
        rows = [r for r in rows if r[0]["handling"] == DISPATCHED]
    if table == "street" and dim == "unit_type":
        rows = [r for r in rows if r[0]["unit_type"] == STREET_UNIT]
    at, columns = _SUMMED.get(table, ("", ()))
    if dim != at:
        return rows
    kept = ["year", "shell", *columns]
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for context, mass in rows:
        sums[tuple(context[k] for k in kept)] += mass
    return [(dict(zip(kept, key, strict=True)), mass) for key, mass in sums.items()]


def _member(axis: str, text: str) -> str:
    return text.zfill(2) if axis == "month" else text


def read_prior(home: Home, register: Register) -> Prior:
    """The home's prior weights; uniform ones where there is no file."""
    path = home.calibration_files().get("prior")
    given: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    if path is not None:
        for row in read_table(path).itertuples(index=False):
            axes = tuple(str(row.given_axis).split(":")) if row.given_axis else ()
            parts = str(row.given).split(":") if axes else []
            key = tuple(_member(a, g) for a, g in zip(axes, parts, strict=True))
            given[row.axis][axes][key][_member(str(row.axis), str(row.member))] = float(
                str(row.weight)
            )
    return Prior(register, {axis: dict(tables) for axis, tables in given.items()})
