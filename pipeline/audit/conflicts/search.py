"""All contradictions of one year's claims, one after another."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from pipeline.audit.conflicts.core import irreducible, plainest
from pipeline.audit.conflicts.examine import Constraints, Examiner, merged
from pipeline.audit.conflicts.program import build
from pipeline.audit.conflicts.repair import Conflict
from pipeline.audit.conflicts.world import Reading

# A ledger with more independent contradictions than this is another year's, or no ledger.
MOST = 20


@dataclass
class Finding:
    """What the search found in the claims of one year; `whole`: whether it came to an end."""

    reading: Reading
    conflicts: list[Conflict] = field(default_factory=list)
    whole: bool = True


def cores(reading: Reading, standing: Constraints) -> list[list[str]]:
    """Minimal sets of claims that cannot all hold, no claim in two of them."""
    program = build(reading.members, standing)
    left = plainest({c: reading.claims[c] for c in standing})
    found: list[list[str]] = []
    while len(found) < MOST and (core := irreducible(program, left)):
        found.append(core)
        left = [c for c in left if c not in core]
    return found


def _examine(
    reading: Reading, standing: Constraints, core: list[str]
) -> Generator[str, None, Conflict]:
    """Return the contradiction and its suspects while all other claims stand."""
    examiner = Examiner(reading, standing, core)
    yield from examiner.examine()
    suspects = examiner.suspects
    if suspects and not suspects[0].best.clashes:
        return Conflict(core, suspects)
    return Conflict(core, [examiner.least(), *suspects], alone=False)


def search(finding: Finding) -> Iterator[str]:
    """Fill a finding; yields the name of each claim that was examined.

    Each contradiction is mended by its first repair before the next is looked for, so that one
    hidden behind another comes to light. Where there are several, each is then examined again
    with all others mended: the first ones were judged while others still stood in the way.
    """
    reading = finding.reading
    standing = dict(reading.constraints)
    while found := cores(reading, standing):
        if len(finding.conflicts) == MOST:
            finding.whole = False
            return
        away = {c for core in found[1:] for c in core}
        near = {c: own for c, own in standing.items() if c not in away}
        conflict = yield from _examine(reading, near, found[0])
        finding.conflicts.append(conflict)
        standing = merged(standing, conflict.suspects[0].best)
    if len(finding.conflicts) > 1:
        for at in range(len(finding.conflicts)):
            yield from _again(finding, at)


def _again(finding: Finding, at: int) -> Iterator[str]:
    """Examine a contradiction once more, all others mended."""
    standing = dict(finding.reading.constraints)
    for place, other in enumerate(finding.conflicts):
        if place != at:
            standing = merged(standing, other.suspects[0].best)
    found = cores(finding.reading, standing)
    if len(found) == 1:
        again = yield from _examine(finding.reading, standing, found[0])
        if again.alone:
            finding.conflicts[at] = again
