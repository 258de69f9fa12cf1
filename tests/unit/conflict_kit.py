"""Asks the search for contradictions about a ledger, and reads its answer."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.audit.conflicts.repair import Suspect
from pipeline.audit.conflicts.search import Finding, search
from pipeline.audit.conflicts.source import read_years
from pipeline.audit.conflicts.world import read_claims
from pipeline.home import Home


def rows(home: Home, ledger: Path, year: int) -> list[dict[str, Any]]:
    """The claims of one year of a ledger."""
    return read_years(home, ledger, year)[year]


def found(home: Home, claims: list[dict[str, Any]], *, widely: bool = True) -> Finding:
    """What the search finds in the claims."""
    finding = Finding(read_claims(home, claims[0]["year"], claims))
    for _ in search(finding, widely=widely):
        pass
    return finding


def place(finding: Finding, claim: str) -> int | None:
    """The best rank of a claim as a suspect of its own, from 1."""
    places = [
        at
        for conflict in finding.conflicts
        for at, suspect in enumerate(conflict.suspects, start=1)
        if suspect.claims == (claim,)
    ]
    return min(places, default=None)


def forms(suspect: Suspect, kind: str | None = None) -> list[str]:
    """The printed forms of a suspect's repairs, of one kind if given."""
    return [r.printed for r in suspect.repairs if kind in (None, r.kind)]


def equals(like: dict[str, Any], claim: str, printed: str, low: str, high: str, **key: str) -> dict:
    """A figure with the key of another claim but for `key`."""
    ends = {"lower": Decimal(low), "upper": Decimal(high)}
    return {**like, "claim": claim, "label": claim, "printed": printed, **ends, **key}
