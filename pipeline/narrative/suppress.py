"""Small counts are hidden on the way out, and as many more cells that they cannot be worked out.

The tables of the warehouse stay exact. data/reference/table.csv says below which count a row of a
table could point at a person (`suppress_below_count`), which column holds that count
(`suppress_by`), and which rows add up to a printed total (`suppress_within`: sets of columns joined
by `+`, sets parted by `|`; rows that agree in a set form a line). A table that prints counts of
another one names it (`suppress_with`: table, or table:column=member|member for some of its rows):
what is hidden there is hidden here. A hidden cell never shows which of the reasons it has: that
would narrow the small counts down.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

TOTAL = "合计"
# Programs with a random aim before a cell is tried alone.
_TRIES = 4


@dataclass(frozen=True)
class Rule:
    """How a table is protected; `within` are sets of columns whose equal values make one line.

    `also_in` is a table that prints the same counts, in the rows whose column `also_by`, if named,
    holds one of `also_of`.
    """

    below: int
    by: str
    within: tuple[tuple[str, ...], ...]
    also_in: str = ""
    also_by: str = ""
    also_of: tuple[str, ...] = ()


def rule(described: Mapping[str, Any]) -> Rule | None:
    """Return the rule that a row of ref.table states; None where the table needs none."""
    if not described.get("suppress_below_count"):
        return None
    lines = [part.split("+") for part in (described.get("suppress_within") or "").split("|")]
    also_in, _, members = (described.get("suppress_with") or "").partition(":")
    also_by, _, also_of = members.partition("=")
    return Rule(
        int(described["suppress_below_count"]),
        described["suppress_by"],
        tuple(tuple(name for name in line if name) for line in lines),
        also_in,
        also_by,
        tuple(also_of.split("|")) if also_of else (),
    )


def hidden_rows(
    spec: Rule,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    elsewhere: Collection[int] = (),
) -> dict[int, int | None]:
    """Return the places of the rows whose figures do not go out, with the most each may count.

    A row of a total (合计) is in lines with other totals, never among its own parts.
    `elsewhere` are places that another table hides; the most is None where no total bounds it.
    """
    counts = [row[columns.index(spec.by)] for row in rows]
    lines: dict[Hashable, list[int]] = defaultdict(list)
    for number, line in enumerate(spec.within):
        at = [columns.index(name) for name in line]
        others = [column for column, name in enumerate(columns) if name not in line]
        for place, row in enumerate(rows):
            if any(row[column] == TOTAL for column in others):
                continue
            lines[number, tuple(row[column] for column in at)].append(place)
    hidden = protect(counts, list(lines.values()), spec.below) | set(elsewhere)
    most = {
        place: _most(place, counts, lines.values(), hidden, not elsewhere)
        for place in sorted(hidden)
    }
    # What is in no line is hidden for its own sake.
    alone = None if spec.also_in else spec.below - 1
    return {place: count or alone for place, count in most.items()}


def _most(
    place: int,
    counts: Sequence[int | None],
    lines: Iterable[Sequence[int]],
    hidden: set[int],
    smallest_first: bool,
) -> int:
    """Return the most that a hidden count may be, given the totals and these rules."""
    through = [line for line in lines if place in line and len(line) > 1]
    found = [sum(counts[one] or 0 for one in line if one in hidden) for line in through]
    if len(through) == 1 and smallest_first:
        # Hidden for this line alone, and the smallest go first: no open one is smaller.
        found += [count for one in through[0] if one not in hidden and (count := counts[one])]
    return min(found, default=0)


def protect(counts: Sequence[int | None], lines: Sequence[Sequence[int]], below: int) -> set[int]:
    """Return the places to hide, so that no count from 1 to `below` - 1 follows from the totals.

    `lines` are places whose counts sum to a printed total. A line with hidden cells holds at least
    two; beyond that, cells are added while the totals still leave a hidden small count only one
    value (cell suppression, see Willenborg and de Waal 2001, ch. 6). The smallest counts go first.
    """
    known = {place: count for place, count in enumerate(counts) if count is not None}
    small = {place for place, count in known.items() if 0 < count < below}
    # A line of one cell adds nothing: its total is the cell itself.
    long = [[place for place in line if place in known] for line in lines]
    cells = _Cells(known, [line for line in long if len(line) > 1])
    for place in sorted(small):
        cells.hide(place)
    waiting, more = set(small), 1
    while True:
        cells.hide_beside_the_lonely()
        # What is open stays open when more is hidden, so only the others are asked again.
        waiting = set(cells.derivable(waiting))
        if not waiting:
            return cells.hidden
        for place in sorted(waiting):
            # Twice as many each time, so that long chains end.
            if not sum(cells.hide_beside(place) for _ in range(more)):
                # Nothing is left to hide it behind: its totals are hidden where they are.
                waiting.discard(place)
        more *= 2


class _Cells:
    """The counts of a table, the lines they sum over, and which are hidden so far."""

    def __init__(self, known: Mapping[int, int], lines: list[list[int]]) -> None:
        self.known, self.lines = known, lines
        self.hidden: set[int] = set()
        self._lines_of: dict[int, list[int]] = defaultdict(list)
        for number, line in enumerate(lines):
            # Smallest first, a zero only where nothing else is left.
            line.sort(key=lambda at: (known[at] == 0, known[at], at))
            for place in line:
                self._lines_of[place].append(number)
        self._count = [0] * len(lines)
        self._lonely: list[int] = []

    def hide(self, place: int) -> None:
        """Hide a cell."""
        self.hidden.add(place)
        for number in self._lines_of[place]:
            self._count[number] += 1
            if self._count[number] == 1:
                self._lonely.append(number)

    def hide_beside_the_lonely(self) -> None:
        """Hide a second cell in every line that has only one."""
        while self._lonely:
            number = self._lonely.pop()
            if self._count[number] == 1:
                more = self._next(number)
                if more is not None:
                    self.hide(more)

    def hide_beside(self, place: int) -> bool:
        """Hide one more cell of the line through `place` where that costs least."""
        found = [more for n in self._lines_of[place] if (more := self._next(n)) is not None]
        if not found:
            return False
        self.hide(min(found, key=lambda at: (self.known[at] == 0, self.known[at], at)))
        return True

    def _next(self, number: int) -> int | None:
        return next((place for place in self.lines[number] if place not in self.hidden), None)

    def derivable(self, waiting: set[int]) -> list[int]:
        """Return which of these the totals, and that no count is below 0, leave only one value.

        A program with a random aim moves many cells at once; what never moved is tried alone.
        """
        found: list[int] = []
        for group in self._together(waiting):
            places = sorted(group)
            at = {place: column for column, place in enumerate(places)}
            numbers = sorted({number for place in places for number in self._lines_of[place]})
            ends = [
                (row, at[place])
                for row, number in enumerate(numbers)
                for place in self.lines[number]
                if place in at
            ]
            rows, columns = zip(*ends, strict=True)
            matrix = csr_array((np.ones(len(ends)), (rows, columns)), (len(numbers), len(places)))
            truth = np.array([self.known[place] for place in places], dtype=float)
            still = sorted(group & waiting)
            chance = np.random.default_rng(len(places))
            for _ in range(_TRIES):
                aim = np.zeros(len(places))
                aim[[at[place] for place in still]] = chance.choice([-1.0, 1.0], len(still))
                moved = np.abs(_solve(aim, matrix, truth) - truth) > 0.5
                still = [place for place in still if not moved[at[place]]]
                if not still:
                    break
            found += [place for place in still if not _moves(at[place], matrix, truth)]
        return found

    def _together(self, waiting: set[int]) -> list[set[int]]:
        """Return the hidden cells in groups that share no line, those that hold a waiting one."""
        groups: list[set[int]] = []
        seen: set[int] = set()
        for start in sorted(waiting):
            if start in seen or not self._lines_of[start]:
                continue
            group, border = {start}, [start]
            while border:
                for number in self._lines_of[border.pop()]:
                    fresh = [p for p in self.lines[number] if p in self.hidden and p not in group]
                    group.update(fresh)
                    border += fresh
            seen |= group
            groups.append(group)
        return groups


def _moves(column: int, matrix: csr_array, truth: np.ndarray) -> bool:
    """Return whether the totals leave the cell another value."""
    aim = np.zeros(len(truth))
    for sign in (1.0, -1.0):
        aim[column] = sign
        if abs(_solve(aim, matrix, truth)[column] - truth[column]) > 0.5:
            return True
    return False


def _solve(aim: np.ndarray, matrix: csr_array, truth: np.ndarray) -> np.ndarray:
    """Return the counts with the same totals, none below 0, that are farthest along `aim`."""
    # Bounded above, so that a cell that no total binds does not run away.
    top = max(float(truth.sum()), 1.0)
    found = linprog(-aim, A_eq=matrix, b_eq=matrix @ truth, bounds=(0, top), method="highs")
    return truth if found.x is None else np.asarray(found.x)
