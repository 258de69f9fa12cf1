"""Other readings of a claim: another list, another denominator, another scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.constraints.chain import DISPATCHED
from pipeline.constraints.ratio import Ratio, Terms, Unsupported, ratio_of, select
from pipeline.contradictions.problem import Claim, LedgerProblem
from pipeline.contradictions.reduced_domain import MONTHS
from pipeline.ledger import DIMENSIONS, LIST_RELATIONS, VALUE_RELATIONS

ORDERED = tuple(r for r in LIST_RELATIONS if r != "top_members")


@dataclass(frozen=True)
class Other:
    """Claims as they may have been meant, and a description of that."""

    kind: str
    description: str
    claims: tuple[Claim, ...]


def is_value(claim: Claim) -> bool:
    """Whether a claim bounds one figure."""
    return claim["relation"] in VALUE_RELATIONS and claim["lower"] is not None


def other_lists(claim: Claim, reading: LedgerProblem) -> Iterator[Other]:
    """The list with neighbours swapped, a member moved, or its only member replaced."""
    if claim["relation"] not in ORDERED:
        return
    named = claim["members"].split("|")
    if len(named) == 1:
        for member in _members(claim, reading):
            if member != named[0]:
                yield _list("member", claim, [member])
        return
    seen = {tuple(named)}
    for at in range(len(named) - 1):
        swapped = [*named[:at], named[at + 1], named[at], *named[at + 2 :]]
        seen.add(tuple(swapped))
        yield _list("swap", claim, swapped)
    for at, member in enumerate(named):
        others = [*named[:at], *named[at + 1 :]]
        for to in range(len(named)):
            moved = [*others[:to], member, *others[to:]]
            if tuple(moved) not in seen:
                seen.add(tuple(moved))
                yield _list("moved", claim, moved)


def _list(kind: str, claim: Claim, members: list[str]) -> Other:
    joined = "|".join(members)
    return Other(kind, "、".join(members), ({**claim, "members": joined},))


def _members(claim: Claim, reading: LedgerProblem) -> list[str]:
    dimension = claim["dimension"]
    if dimension == "period":
        return [f"{claim['period'][:4]}-{month}" for month in MONTHS]
    if dimension == "region":
        return list(reading.domain.regions)
    if dimension == "district":
        return list(reading.members.districts)
    found: dict[str, None] = {}
    for (own, parent), names in reading.members.named.items():
        if own == dimension:
            full_names = (f"{parent}/{n}" if dimension == "street" else n for n in names)
            found.update(dict.fromkeys(full_names))
    return list(found)


# Course -> its opposite.
OPPOSITE = {
    **{"rises": "falls", "rises_steadily": "falls_steadily"},
    **{"higher": "lower", "much_higher": "much_lower"},
}
OPPOSITE |= {later: earlier for earlier, later in OPPOSITE.items()}


def other_courses(claim: Claim) -> Iterator[Other]:
    """A rise that is called a fall, or the reverse."""
    if claim["relation"] in OPPOSITE:
        yield Other("sign", "增减相反", ({**claim, "relation": OPPOSITE[claim["relation"]]},))


def is_alone_on_scope(claim: Claim, reading: LedgerProblem) -> bool:
    """Whether on another scope the claim would be alone: its sister lines all have its own."""
    own = (claim["document"], claim["section"])
    sisters = [
        c
        for c in reading.claims.values()
        if (c["document"], c["section"]) == own and c["claim"] != claim["claim"]
    ]
    return len(sisters) > 1 and {c["scope"] for c in sisters} == {claim["scope"]}


def other_denominators(claim: Claim, reading: LedgerProblem) -> Iterator[tuple[str, Ratio]]:
    """Yield description and ratio of a share over other records: its key without some members."""
    if not reading.domain.metrics.is_share(claim["metric"]) or not is_value(claim):
        return
    ratio = ratio_of(claim, reading.domain)
    filters = dict(ratio.numerator[0][1].filters)
    year = int(claim["period"][:4])
    seen: list[Terms] = [ratio.denominator, ratio.numerator]
    for count in range(1, len(filters) + 1):
        for dropped in combinations(filters, count):
            of = {d: m for d, m in filters.items() if d not in dropped}
            wider = [of]
            if "district" in dropped:
                # Over all districts together: those whose district is not known left out.
                wider.append({**of, "district": reading.domain.districts})
            if "unit_type" in dropped:
                wider.append({**of, "handling": (DISPATCHED,)})
            for cut in wider:
                try:
                    terms = select(reading.domain, claim["scope"], year, cut)
                except Unsupported:
                    continue
                if terms not in seen:
                    seen.append(terms)
                    yield _cut_words(cut), Ratio(ratio.numerator, terms)


def _cut_words(cut: dict[str, tuple[str, ...]]) -> str:
    parts = []
    for dimension, members in sorted(cut.items()):
        many = "各区合计" if dimension == "district" else f"{len(members)}个成员"
        names = "+".join(members) if len(members) < 4 else many
        parts.append(f"{int(names)}月" if dimension == "month" else names)
    return "占" + "·".join(parts or ["全部记录"])


def other_scopes(claim: Claim, reading: LedgerProblem) -> Iterator[Other]:
    """The claim on another scope of the ledger, alone or with the claims beside it.

    Those are the claims of its section, and those of its document that are cut by the same
    dimension, on its scope.
    """
    scopes = sorted({c["scope"] for c in reading.claims.values()} - {claim["scope"]})
    groups = [[claim], *_beside(claim, reading)]
    for group in groups:
        for scope in scopes:
            moved = tuple({**c, "scope": scope} for c in group)
            yield Other("scope", scope, moved)


def _beside(claim: Claim, reading: LedgerProblem) -> list[list[Claim]]:
    own = [
        c
        for c in reading.claims.values()
        if c["document"] == claim["document"] and c["scope"] == claim["scope"]
    ]
    groups = [[c for c in own if c["section"] == claim["section"]]]
    for dimension in sorted(_cut_by(claim)):
        groups.append([c for c in own if dimension in _cut_by(c)])
    return [g for g in groups if 1 < len(g) < len(own)]


def _cut_by(claim: Claim) -> set[str]:
    return {d for d in DIMENSIONS if claim[d] != "*"} | ({claim["dimension"]} & {*DIMENSIONS})
