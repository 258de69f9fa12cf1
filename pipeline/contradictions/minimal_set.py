"""Minimal sets of claims that cannot all hold, shown by the plainest claims."""

from __future__ import annotations

from pipeline.contradictions.problem import Claim
from pipeline.contradictions.program import Program
from pipeline.ledger import DIMENSIONS, VALUE_RELATIONS


def plainest(claims: dict[str, Claim]) -> list[str]:
    """The claims' names, figures of few cuts first, lists last."""

    def key(name: str) -> tuple:
        claim = claims[name]
        cuts = sum(claim[d] != "*" for d in DIMENSIONS) + (claim["period_type"] == "month")
        return claim["relation"] not in VALUE_RELATIONS, cuts, name

    return sorted(claims, key=key)


def irreducible(program: Program, claims: list[str]) -> list[str]:
    """Claims that cannot all hold although any one fewer could; empty where all can hold.

    Of several such sets it takes the one that gets by with the earliest of `claims`
    (QuickXplain: Junker, Preferred explanations and relaxations, AAAI 2004).
    """
    if program.feasible(claims):
        return []
    found = _explain(program, [], False, claims)
    return [c for c in claims if c in set(found)]


def _explain(program: Program, given: list[str], grown: bool, claims: list[str]) -> list[str]:
    """The part of `claims` that is needed to contradict beside `given`."""
    if grown and not program.feasible(given):
        return []
    if len(claims) == 1:
        return claims
    half = len(claims) // 2
    first, second = claims[:half], claims[half:]
    later = _explain(program, given + first, True, second)
    return _explain(program, given + later, bool(later), first) + later
