"""All contradictions of one year's claims, one after another, each with its suspects."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint, milp

from pipeline.contradictions.diagnose import Constraints, Diagnosis, merged
from pipeline.contradictions.minimal_set import irreducible, plainest
from pipeline.contradictions.problem import LedgerProblem
from pipeline.contradictions.program import Program, build
from pipeline.contradictions.repair import Conflict

# A ledger with more independent contradictions than this is another year's, or no ledger.
MOST = 20


@dataclass
class Contradiction:
    """What the search found in the claims of one year.

    `whole`: whether it came to an end; where not, it reports `MOST` contradictions at most.
    """

    reading: LedgerProblem
    conflicts: list[Conflict] = field(default_factory=list)
    whole: bool = True


def search(finding: Contradiction, *, widely: bool = True) -> Iterator[str]:
    """Fill a finding; yields a word after each step.

    Minimal sets that share no claim are examined, each while the others' claims are left out;
    the one with the most plausible repair is mended, and the search begins again, so that a
    contradiction hidden behind another comes to light. Where single repairs are not enough, the
    fewest claims are left out without which the others can hold. At the end each contradiction
    is examined once more with all others mended, which leaves less open; one that is gone then
    was only the shadow of another. `widely`: with other scopes and denominators beside the slips
    that were found, which they never outrank.
    """
    reading = finding.reading
    standing = dict(reading.constraints)
    known: dict[tuple[str, ...], Diagnosis | None] = {}
    chosen: list[Diagnosis] = []
    while apart := _apart(reading, standing):
        for core in apart:
            if tuple(core) not in known:
                away = {c for other in apart if other is not core for c in other}
                near = {c: own for c, own in standing.items() if c not in away}
                known[tuple(core)] = yield from _examine(reading, near, core)
        explained = [e for core in apart if (e := known[tuple(core)]) is not None]
        if not explained:
            explained = yield from _by_fewest(reading, standing)
        if len(chosen) == MOST or not explained:
            finding.whole = False
            break
        best = min(explained, key=lambda examiner: examiner.suspects[0].best.rank)
        chosen.append(best)
        standing = merged(standing, best.suspects[0].best)
    if finding.whole:
        yield from _again(reading, chosen, widely)
    finding.conflicts = [Conflict(e.core, e.suspects) for e in chosen]


def _again(reading: LedgerProblem, chosen: list[Diagnosis], widely: bool) -> Iterator[str]:
    """Examine each contradiction with all others mended, other scopes of whole sections too."""
    for examiner in list(chosen):
        at = chosen.index(examiner)
        standing = dict(reading.constraints)
        for other in chosen:
            if other is not examiner:
                standing = merged(standing, other.suspects[0].best)
        if standing.keys() != examiner.standing.keys() or len(chosen) > 1:
            core = _core(reading, standing)
            if not core:
                del chosen[at]
                continue
            again = yield from _examine(reading, standing, core)
            chosen[at] = again or examiner
        if widely:
            yield from chosen[at].widen()


def _core(reading: LedgerProblem, standing: Constraints) -> list[str]:
    program = build(reading.members, standing)
    return irreducible(program, plainest({c: reading.claims[c] for c in standing}))


def _apart(reading: LedgerProblem, standing: Constraints) -> list[list[str]]:
    """Minimal sets of claims that cannot all hold, no claim in two of them."""
    program = build(reading.members, standing)
    left = plainest({c: reading.claims[c] for c in standing})
    found: list[list[str]] = []
    while len(found) < MOST and (core := irreducible(program, left)):
        found.append(core)
        left = [c for c in left if c not in core]
    return found


def _examine(
    reading: LedgerProblem, standing: Constraints, core: list[str]
) -> Generator[str, None, Diagnosis | None]:
    """Return a contradiction of the standing claims with its suspects.

    None where no single repair is enough for all claims to hold.
    """
    examiner = Diagnosis(reading, build(reading.members, standing), standing, core)
    yield from examiner.examine()
    return examiner if examiner.suspects and not examiner.suspects[0].best.clashes else None


def _by_fewest(
    reading: LedgerProblem, standing: Constraints
) -> Generator[str, None, list[Diagnosis]]:
    """Contradictions of which each is examined without the others' least claims."""
    program = build(reading.members, standing)
    fewest = _fewest(program, plainest({c: reading.claims[c] for c in standing}))
    found = []
    for claim in fewest:
        near = {c: own for c, own in standing.items() if c == claim or c not in fewest}
        core = _core(reading, near)
        examiner = (yield from _examine(reading, near, core)) if core else None
        if examiner is not None:
            found.append(examiner)
    return found


def _fewest(program: Program, claims: list[str]) -> list[str]:
    """The fewest claims without which the others can hold; at most about `MOST`.

    Minimal sets are collected until the fewest claims that touch all of them are enough
    (implicit hitting sets: Davies and Bacchus, 2011).
    """
    cores: list[list[str]] = []
    touched: list[str] = []
    while core := irreducible(program, [c for c in claims if c not in touched]):
        cores.append(core)
        touched = _touching(cores)
        if len(touched) > MOST:
            break
    return touched


def _touching(cores: list[list[str]]) -> list[str]:
    """The fewest claims of which each set has one."""
    names = sorted({c for core in cores for c in core})
    rows = np.array([[float(n in core) for n in names] for core in cores])
    answer = milp(
        np.ones(len(names)),
        constraints=LinearConstraint(rows, lb=1),
        integrality=np.ones(len(names)),
        bounds=(0, 1),
    )
    return [n for n, taken in zip(names, answer.x, strict=True) if taken > 0.5]
