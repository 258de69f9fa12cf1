"""What the claims of a year say together: its scopes, the leaders of lists, the peaks of series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline import ledger

# Scopes are nested, and a course is claimed on one of them: the peak serves on all.
SAME_SERIES = ("metric", "convention", "period_type", "period")


def shells_of(claims: Iterable[Mapping[str, Any]], year: int) -> dict[int, tuple[int, ...]]:
    """Shells of the year and the one before: 1..k where claims name tier k, else (0,)."""
    tiers = [int(c["scope"].removeprefix("tier")) for c in claims if c["scope"].startswith("tier")]
    shells = tuple(range(1, max(tiers) + 1)) if tiers else (0,)
    return {year - 1: shells, year: shells}


def leaders_of(claims: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The members that some list puts first."""
    return frozenset(
        member
        for c in claims
        if c["relation"] in ("ranked_list", "largest")
        for member in c["members"].split("|")
    )


def named_peak(claim: Mapping[str, Any], claims: Iterable[Mapping[str, Any]]) -> str | None:
    """The month that another claim calls the largest of the same series."""
    key = (*SAME_SERIES, *ledger.DIMENSIONS)
    for other in claims:
        if (
            other["relation"] == "largest"
            and other["dimension"] == "period"
            and all(other[k] == claim[k] for k in key)
        ):
            return other["members"]
    return None
