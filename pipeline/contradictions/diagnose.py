"""The suspects of one contradiction: which claims, mended how, let everything hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.ratio import Ratio, Unsupported, ratio_of
from pipeline.contradictions.candidates import (
    Other,
    is_alone_on_scope,
    is_value,
    other_courses,
    other_denominators,
    other_lists,
    other_scopes,
)
from pipeline.contradictions.model import Uncut
from pipeline.contradictions.neighbors import copied_from, falls_alone, forms_in, parts_of, summed
from pipeline.contradictions.problem import Claim, LedgerProblem
from pipeline.contradictions.program import Program, ValueRange, build
from pipeline.contradictions.repair import ORDER, Repair, Suspect
from pipeline.contradictions.series import jump
from pipeline.contradictions.slips import Slip, opposite, slips
from pipeline.numbers import Interval, read_interval

Constraints = dict[str, list[Constraint]]
# Ends of a range are floats: this part of an interval may be their noise.
ROUNDING = 1e-6


class Diagnosis:
    """Questions to the standing claims of a ledger about one set that cannot all hold."""

    def __init__(
        self, reading: LedgerProblem, program: Program, standing: Constraints, core: list[str]
    ) -> None:
        self.reading, self.standing, self.core = reading, standing, core
        self.program = program
        self.suspects: list[Suspect] = []
        self._own: dict[str, bool] = {}
        self._widened: set[str] = set()

    def examine(self) -> Iterator[str]:
        """Fill `suspects`, the most plausible first; yields after each claim that was asked.

        No suspect: no single repair is enough.
        """
        for claim in self.core:
            if (suspect := self._suspect(claim)) is not None:
                self.suspects.append(suspect)
            yield claim
        self.suspects.sort(key=lambda s: s.best.rank)

    def widen(self) -> Iterator[str]:
        """Add what else may be meant: other denominators and scopes, of whole sections too.

        They are dear to ask and outrank no slip of one or two digits, so that they are left to
        the end where a slip was found.
        """
        for suspect in list(self.suspects):
            if suspect.claims[0] not in self._widened:
                self._widen(suspect)
                yield suspect.claims[0]
        seen: set[tuple] = set()
        for name in self.core:
            for other in other_scopes(self.reading.claims[name], self.reading):
                key = (other.description, frozenset(c["claim"] for c in other.claims))
                if len(other.claims) > 1 and key not in seen:
                    seen.add(key)
                    self.suspects += [Suspect(r.claims, [r]) for r in self._scope(other)]
                    yield name
        self.suspects.sort(key=lambda s: s.best.rank)

    def _suspect(self, name: str) -> Suspect | None:
        """The claim and its repairs, if everything can hold without it."""
        rest = [c for c in self.standing if c != name]
        if not self.program.feasible(rest):
            return None
        claim = self.reading.claims[name]
        repairs = [Repair("drop", (name,), {name: []})]
        found = None
        if is_value(claim):
            ratio = ratio_of(claim, self.reading.domain)
            found = self.program.range(ratio, rest)
            repairs += self._slips(claim, ratio, found)
            repairs += self._copied(claim, found)
        repairs += self._lists(claim, rest)
        suspect = Suspect(
            (name,), self._checked(sorted(repairs, key=lambda r: r.rank), rest), found
        )
        if ORDER[suspect.best.kind] > ORDER["denominator"]:
            self._widen(suspect)
        return suspect

    def _widen(self, suspect: Suspect) -> None:
        """Add the claim's other denominators and scopes to its repairs."""
        (name,) = suspect.claims
        self._widened.add(name)
        claim = self.reading.claims[name]
        rest = [c for c in self.standing if c != name]
        suspect.repairs += self._denominators(claim, rest)
        for other in other_scopes(claim, self.reading):
            if len(other.claims) == 1:
                suspect.repairs += self._scope(other)
        suspect.repairs.sort(key=lambda r: r.rank)

    def _checked(self, repairs: list[Repair], rest: list[str]) -> list[Repair]:
        """Without the leading repairs that fit the range but, asked again, do not hold."""
        while repairs[0].kind != "drop" and repairs[0].lower is not None:
            extra = [c for own in repairs[0].constraints.values() for c in own]
            if self._holds(rest, extra):
                break
            repairs = repairs[1:]
        return repairs

    def _slips(self, claim: Claim, ratio: Ratio, found: ValueRange | None) -> Iterator[Repair]:
        if found is None:
            return
        name = claim["claim"]
        seen = set()
        for description, slip in sorted(self._forms(claim, found), key=lambda f: ORDER[f[1].kind]):
            if slip.printed in seen:
                continue
            seen.add(slip.printed)
            coverage = coverage_of(found, slip.meant)
            if coverage is None:
                continue
            low, high = slip.meant.lower, slip.meant.upper
            upper = None if high is None else Fraction(high)
            said = Constraint(name, ratio.numerator, ratio.denominator, Fraction(low), upper)
            yield Repair(
                slip.kind,
                (name,),
                {name: [said]},
                slip.printed,
                description,
                low,
                high,
                apart=slip.kind == "sign" and falls_alone(claim, slip.meant, self.reading),
                coverage=coverage,
                jump=self._jump(claim, slip, found),
            )

    def _jump(self, claim: Claim, slip: Slip, found: ValueRange) -> float:
        """How far the figure is from its series; of a copied one, from the middle of what the
        others leave open."""
        if slip.kind != "neighbour" or slip.meant.upper is None:
            return jump(claim, slip.meant, self.reading)
        middle = float(slip.meant.lower + slip.meant.upper) / 2
        return abs(middle - (found.lower + found.upper) / 2) / float(slip.meant.step)

    def _forms(self, claim: Claim, found: ValueRange) -> Iterator[tuple[str, Slip]]:
        """What the figure may have been, and the other claim that it refers to."""
        printed = claim["printed"]
        yield from (("", slip) for slip in slips(printed))
        is_signed = self.reading.domain.metrics[claim["metric"]].is_signed
        if is_signed and (form := opposite(printed)):
            yield "", Slip("sign", form, read_interval(form))
        if (source := copied_from(claim, self.reading)) is not None:
            for form in forms_in(claim, found.lower, found.upper):
                yield source["label"], Slip("neighbour", form, read_interval(form))
        for part in parts_of(claim, self.reading):
            for kind, sign in (("part", 1), ("twice", -1)):
                if form := summed(claim, part, sign, found.lower, found.upper):
                    yield part["label"], Slip(kind, form, read_interval(form))

    def _copied(self, claim: Claim, found: ValueRange | None) -> Iterator[Repair]:
        """A figure copied from its neighbour, where the others leave open what it should be."""
        source = copied_from(claim, self.reading)
        if source is not None and (found is None or not forms_in(claim, found.lower, found.upper)):
            name = claim["claim"]
            yield Repair("neighbour", (name,), {name: []}, "", source["label"])

    def _denominators(self, claim: Claim, rest: list[str]) -> Iterator[Repair]:
        name = claim["claim"]
        for description, ratio in other_denominators(claim, self.reading):
            low, high = Fraction(claim["lower"]), claim["upper"]
            upper = None if high is None else Fraction(high)
            said = Constraint(name, ratio.numerator, ratio.denominator, low, upper)
            program = self._program(rest, {name: [said]})
            found = program.range(ratio, rest) if program.feasible(program.claims) else None
            coverage = None if found is None else coverage_of(found, _printed(claim))
            if coverage is not None:
                yield Repair("denominator", (name,), {name: [said]}, description, coverage=coverage)

    def _lists(self, claim: Claim, rest: list[str]) -> Iterator[Repair]:
        near = [c for c in self.core if c != claim["claim"]]
        for other in (*other_lists(claim, self.reading), *other_courses(claim)):
            said = self._constraints_of(other)
            extra = [c for own in said.values() for c in own]
            # Few other orders get past the contradiction itself; only those are asked of all.
            if said and self._holds(near, extra) and self._holds(rest, extra):
                yield Repair(other.kind, (claim["claim"],), said, other.description)

    def _scope(self, other: Other) -> Iterator[Repair]:
        """The claims on another scope, if all then hold, or at least their own document's."""
        said = {
            c["claim"]: [
                self.reading.rescoped(own, self.reading.claims[c["claim"]], other.description)
                for own in self.standing[c["claim"]]
            ]
            for c in other.claims
            if c["claim"] in self.standing
        }
        names = tuple(sorted(said))
        rest = [c for c in self.standing if c not in said]
        program = self._program(rest, said)
        clashes: tuple[str, ...] = ()
        if not program.feasible(program.claims):
            document = other.claims[0]["document"]
            own = [c for c in program.claims if self._document(c) == document]
            if not self._contradicts_itself(document) or not program.feasible(own):
                return
            clashes = tuple(sorted({self._document(c) for c in self.standing} - {document}))
        coverage = 0.0
        claim = other.claims[0]
        if len(other.claims) == 1 and is_value(claim) and not clashes:
            found = program.range(ratio_of(claim, self.reading.domain), rest)
            coverage = (coverage_of(found, _printed(claim)) or 0.0) if found else 0.0
        alone = len(names) == 1 and is_alone_on_scope(self.reading.claims[names[0]], self.reading)
        kind = "scope_alone" if alone else "scope"
        yield Repair(kind, names, said, other.description, clashes=clashes, coverage=coverage)

    def _contradicts_itself(self, document: str) -> bool:
        """Whether a document's claims cannot all hold even by themselves."""
        if document not in self._own:
            own = [c for c in self.standing if self._document(c) == document]
            self._own[document] = not self.program.feasible(own)
        return self._own[document]

    def _document(self, name: str) -> str:
        return self.reading.claims[name]["document"]

    def _constraints_of(self, other: Other) -> Constraints:
        """The constraints of claims read otherwise; empty if one of them can't be put so."""
        said: Constraints = {}
        for claim in other.claims:
            if claim["claim"] not in self.standing:
                continue
            try:
                said[claim["claim"]] = self.reading.constraints_of(claim)
            except Unsupported:
                return {}
        return said

    def _holds(self, claims: Iterable[str], extra: list[Constraint]) -> bool:
        try:
            return self.program.feasible(claims, extra)
        except Uncut:
            kept = {c: self.standing[c] for c in claims}
            program = build(self.reading.members, {**kept, "": extra})
            return program.feasible(program.claims)

    def _program(self, rest: list[str], said: Constraints) -> Program:
        """A program cut finely enough for claims read otherwise."""
        try:
            for own in said.values():
                for c in own:
                    self.program.model.rows(c)
        except Uncut:
            return build(self.reading.members, {**{c: self.standing[c] for c in rest}, **said})
        return self.program.with_claims(rest, said)


def _printed(claim: Claim) -> Interval:
    return Interval(claim["lower"], claim["upper"], claim["step"] or claim["lower"])


def coverage_of(found: ValueRange, meant: Interval) -> float | None:
    """The part of the range that the interval takes up; None where they do not meet."""
    low = float(meant.lower)
    high = math.inf if meant.upper is None else float(meant.upper)
    noise = ROUNDING * (high - low if math.isfinite(high) else max(low, 1.0))
    if found.upper < low - noise or found.lower > high - noise:
        return None
    width = found.upper - found.lower
    if width <= noise:
        return 1.0
    shared = max(min(found.upper, high) - max(found.lower, low), noise)
    return min(1.0, shared / width) if math.isfinite(width) else noise


def merged(standing: Constraints, repair: Repair) -> Constraints:
    """The claims with the repair's in place of theirs."""
    kept = {c: own for c, own in standing.items() if c not in repair.claims}
    return {**kept, **{c: own for c, own in repair.constraints.items() if own}}
