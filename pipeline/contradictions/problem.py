"""The claims of one year as constraints over reduced members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from pipeline.constraints.claim_constraints import (
    Constraint,
    Domain,
    Selector,
    Unsupported,
    constraints_of,
)
from pipeline.constraints.entity_ratios import parts_of
from pipeline.constraints.ledger_context import leaders_of, named_peak, shells_of
from pipeline.constraints.ratio import Terms
from pipeline.constraints.register import read_register, read_table
from pipeline.contradictions.reduced_domain import REST, WITHIN, ReducedDomain, read_members
from pipeline.entity import entities_of
from pipeline.home import Home
from pipeline.ledger import VALUE_RELATIONS

Claim = dict[str, Any]
VERDICT = {"status": "", "reason": "", "repair": "", "repair_lower": None, "repair_upper": None}


@dataclass
class LedgerProblem:
    """Claims of a year, what their keys mean, and the constraints of those that can be put so.

    `skipped`: claim -> why it stays out of the search.
    """

    year: int
    claims: dict[str, Claim]
    domain: Domain
    members: ReducedDomain
    scope_titles: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, list[Constraint]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def constraints_of(self, claim: Claim) -> list[Constraint]:
        """The claim's constraints with the rest weighed by its size; raises Unsupported."""
        found = constraints_of(claim, self.domain)
        if claim["relation"] in VALUE_RELATIONS:
            return found
        weighed = [self._weigh(c) for c in found]
        return [c for c in weighed if c is not None]

    def rescoped(self, constraint: Constraint, claim: Claim, scope: str) -> Constraint:
        """A constraint of a claim as it would be on another scope: every sum over its shells."""
        return replace(
            constraint,
            numerator=self._over(constraint.numerator, claim["scope"], scope),
            denominator=self._over(constraint.denominator, claim["scope"], scope),
        )

    def _over(self, terms: Terms, old: str, new: str) -> Terms:
        found = []
        for factor, selector in terms:
            # A sum has the same term in each shell of its scope: the first represents all.
            if selector.shell == self._shells(old, selector.year)[0]:
                shells = self._shells(new, selector.year)
                found += [(factor, replace(selector, shell=s)) for s in shells]
        return tuple(found)

    def _shells(self, scope: str, year: int) -> tuple[int, ...]:
        shells = self.domain.shells[year]
        if not scope.startswith("tier"):
            return shells
        return tuple(s for s in shells if s <= int(scope.removeprefix("tier")))

    def _weigh(self, c: Constraint) -> Constraint | None:
        """`last > each of the k others` as `k * last > their sum`, which says the same.

        None if the number of others is unknown.
        """
        rest = [self._rest_size(s) for _, s in c.numerator]
        sizes = {size for is_rest, size in rest if is_rest}
        if not sizes:
            return c
        if None in sizes or len(sizes) > 1:
            return None
        k = Fraction(sizes.pop() or 0)
        terms = tuple(
            (f if is_rest else f * k, s)
            for (f, s), (is_rest, _) in zip(c.numerator, rest, strict=True)
        )
        return replace(
            c,
            numerator=terms,
            lower=None if c.lower is None else c.lower * k,
            upper=None if c.upper is None else c.upper * k,
        )

    def _rest_size(self, selector: Selector) -> tuple[bool, int | None]:
        filters = dict(selector.filters)
        for dimension, members in filters.items():
            if members == (REST,):
                parent = filters.get(WITHIN.get(dimension, ""), ("",))
                return True, self.members.rest(dimension, parent[0])
        return False, None


def plain(claim: Mapping[str, Any]) -> Claim:
    """The claim as the document printed it, without anybody's verdict on it."""
    judged = claim["status"] == "contradicted" or claim["repair"]
    return {**claim, **VERDICT} if judged else dict(claim)


def read_claims(home: Home, year: int, claims: list[Claim]) -> LedgerProblem:
    """The claims of the report on `year` (rows of the ledger) as constraints."""
    printed = [plain(c) for c in claims]
    register = read_register(home, year)
    members = read_members(home, register, printed)
    domain = Domain(
        register.regions,
        members.districts,
        register.population,
        shells_of(printed, year),
        members.beside,
        leaders_of(printed),
        categories=tuple(members.listed("category")),
        praise_forms=register.praise_forms,
        crosswalk=register.crosswalk,
        parts=parts_of(entities_of(home).values(), register.metrics),
        rules=register.rules,
        metrics=register.metrics,
        peak=lambda claim: named_peak(claim, printed),
    )
    reading = LedgerProblem(
        year, {c["claim"]: c for c in printed}, domain, members, _scope_titles(home)
    )
    for claim in printed:
        if int(claim["period"][:4]) not in domain.shells:
            reading.skipped[claim["claim"]] = "不在本年和上年之内"
            continue
        try:
            found = reading.constraints_of(claim)
        except Unsupported as reason:
            reading.skipped[claim["claim"]] = str(reason)
            continue
        if found:
            reading.constraints[claim["claim"]] = found
    return reading


def _scope_titles(home: Home) -> dict[str, str]:
    """Return what each scope is called, by its key; a warehouse need not be there."""
    path = home.reference_files().get("scope")
    if path is None:
        return {}
    frame = read_table(path)
    return dict(zip(frame["scope"], frame["title"], strict=True))
