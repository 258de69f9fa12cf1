"""How many records each shell of each year has, roughly: the size of the prior.

The solver decides the real totals; a guess within some per cent keeps the prior from pulling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

# Without any count in the ledger a year is as large as a small city's.
DEFAULT_SIZE = 100_000.0
# Cuts whose members cover every record: the number of members that must be present.
COMPLETE_CUTS = {(): 1, ("handling",): 2, ("channel",): 2}
_CUTS = ("record_type", "category", "handling", "unit_type", "district", "channel", "desk")

Claims = Iterable[Mapping[str, Any]]


def shell_sizes(
    claims: Claims, year: int, shells: Mapping[int, tuple[int, ...]]
) -> dict[tuple[int, int], float]:
    """(year, shell) -> guessed records, from the counts and growth rates of the ledger."""
    rows = list(claims)
    complete, partial = _cut_sums(rows)
    sizes = {}
    for y, own in shells.items():
        below = 0.0
        for shell in own:
            size = _total(y, shell, year, shells, complete, partial)
            sizes[(y, shell)] = max(size - below, size / 1000)
            below = max(size, below)
    return sizes


def _scope(shell: int) -> str:
    return f"tier{shell}" if shell else "all"


def _middle(claim: Mapping[str, Any]) -> float | None:
    prefix = "repair_" if claim["status"] else ""
    lower, upper = claim[f"{prefix}lower"], claim[f"{prefix}upper"]
    if claim["relation"] != "equals" or lower is None or upper is None:
        return None
    return (float(lower) + float(upper)) / 2


def _cut_sums(claims: list[Mapping[str, Any]]) -> tuple[dict, dict]:
    """Sums by (year, scope) of counts over cuts that cover all records, and over others."""
    counts: dict[tuple, dict[tuple, float]] = defaultdict(dict)
    growth: dict[tuple, dict[tuple, float]] = defaultdict(dict)
    for claim in claims:
        value = _middle(claim)
        if value is None or claim["period_type"] != "year":
            continue
        cut = tuple(d for d in _CUTS if claim[d] != "*")
        if len(cut) > 1 or any(claim[d] != "*" for d in ("subcategory", "unit", "street")):
            continue
        key = (int(claim["period"]), claim["scope"], cut)
        member = tuple(claim[d] for d in cut)
        if claim["metric"] == "record_count":
            counts[key][member] = value
        elif claim["metric"] == "growth_record_count":
            growth[key][member] = value
    for (y, scope, cut), rates in growth.items():
        for member, rate in rates.items():
            now = counts.get((y, scope, cut), {}).get(member)
            if now is not None and rate > -1:
                counts[(y - 1, scope, cut)].setdefault(member, now / (1 + rate))
    complete: dict[tuple[int, str], float] = {}
    partial: dict[tuple[int, str], float] = {}
    for (y, scope, cut), members in counts.items():
        whole = len(members) >= COMPLETE_CUTS.get(cut, 10**9)
        into = complete if whole else partial
        into[(y, scope)] = max(into.get((y, scope), 0.0), sum(members.values()))
    return complete, partial


def _total(
    y: int,
    shell: int,
    year: int,
    shells: Mapping[int, tuple[int, ...]],
    complete: dict[tuple[int, str], float],
    partial: dict[tuple[int, str], float],
) -> float:
    scope = _scope(shell)
    if (y, scope) in complete:
        return complete[(y, scope)]
    other = year if y != year else year - 1
    for near in sorted(shells[y], key=lambda s: abs(s - shell)):
        known = (y, _scope(near)), (other, _scope(near)), (other, scope)
        if all(k in complete for k in known):
            return complete[known[0]] * complete[known[2]] / complete[known[1]]
    at_least = partial.get((y, scope), 0.0)
    for near in sorted(shells[y], key=lambda s: abs(s - shell)):
        if (y, _scope(near)) in complete:
            return max(at_least, complete[(y, _scope(near))])
    return max(at_least, complete.get((other, scope), DEFAULT_SIZE))
