"""Hides small counts before anything goes out, and so much more that they stay hidden.

The tables of the warehouse stay exact; this stands at the door. A table says in data/reference/table.csv
below which count a row could point at a person (`suppress_below_count`), in which column that count
stands (`suppress_by`), and which rows add up to a printed total (`suppress_within`).
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True)
class Rule:
    """How a table is protected; `within` are sets of columns whose equal values make one line."""

    below: int
    by: str
    within: tuple[tuple[str, ...], ...]


def rule(described: Mapping[str, Any]) -> Rule | None:
    """Return the rule that a row of ref.table states; None where the table needs none."""
    if not described.get("suppress_below_count"):
        return None
    lines = [part.split("+") for part in (described.get("suppress_within") or "").split("|")]
    return Rule(
        int(described["suppress_below_count"]),
        described["suppress_by"],
        tuple(tuple(name for name in line if name) for line in lines),
    )


def hidden_rows(spec: Rule, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> set[int]:
    """Return the places of the rows whose figures do not go out."""
    counts = [row[columns.index(spec.by)] for row in rows]
    lines: dict[Hashable, list[int]] = defaultdict(list)
    for number, line in enumerate(spec.within):
        at = [columns.index(name) for name in line]
        for place, row in enumerate(rows):
            lines[number, tuple(row[column] for column in at)].append(place)
    return protect(counts, list(lines.values()), spec.below)


def protect(
    counts: Sequence[int | None], lines: Sequence[Sequence[int]], below: int
) -> set[int]:
    """Return the places to hide, so that no count from 1 to `below` - 1 follows from the totals.

    `lines` are places whose counts sum to a printed total. A line with hidden cells holds at least
    two; beyond that, cells are added while the totals still leave a hidden small count only one
    value (cell suppression, see Willenborg and de Waal 2001, ch. 6). The smallest counts go first.
    """
    known = {place: count for place, count in enumerate(counts) if count is not None}
    small = {place for place, count in known.items() if 0 < count < below}
    hidden = set(small)
    for group in _apart(len(counts), lines):
        hidden |= _protect_group(known, group, hidden & set().union(*group), small)
    return hidden


def _apart(length: int, lines: Sequence[Sequence[int]]) -> list[list[Sequence[int]]]:
    """Return the lines in groups that share no place, so that each is a small problem."""
    pairs = [(line[0], place) for line in lines for place in line]
    ends = np.array(pairs, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(pairs)), (ends[0], ends[1])), shape=(length, length))
    label = connected_components(graph, directed=False)[1]
    groups: dict[int, list[Sequence[int]]] = defaultdict(list)
    for line in lines:
        groups[int(label[line[0]])].append(line)
    return list(groups.values())


def _protect_group(
    known: Mapping[int, int], lines: list[Sequence[int]], hidden: set[int], small: set[int]
) -> set[int]:
    hidden, small = set(hidden), small & hidden
    of_place: dict[int, list[Sequence[int]]] = defaultdict(list)
    for line in lines:
        for place in line:
            of_place[place].append(line)
    while True:
        lonely = next((line for line in lines if len(hidden.intersection(line)) == 1), None)
        if lonely is None:
            told = _determined(known, lines, hidden, small)
            if told is None:
                return hidden
            candidates = [line for line in of_place[told] if _next(known, line, hidden) is not None]
            lonely = min(candidates, key=lambda line: known[_next(known, line, hidden)], default=None)
        more = None if lonely is None else _next(known, lonely, hidden)
        if more is None:
            # Nothing is left to hide it behind: the line is its total, which is hidden elsewhere.
            if lonely is None:
                return hidden
            lines = [line for line in lines if line is not lonely]
        else:
            hidden.add(more)


def _next(known: Mapping[int, int], line: Sequence[int], hidden: set[int]) -> Any:
    """Return the smallest count of the line that still stands, a zero only where nothing else."""
    open_places = [place for place in line if place in known and place not in hidden]
    return min(open_places, key=lambda at: (known[at] == 0, known[at], at), default=None)


def _determined(
    known: Mapping[int, int], lines: Sequence[Sequence[int]], hidden: set[int], small: set[int]
) -> int | None:
    """Return a hidden small count that the totals leave only one value, else None."""
    places = sorted(hidden)
    at = {place: column for column, place in enumerate(places)}
    sums = [[at[p] for p in line if p in hidden] for line in lines]
    sums = [line for line in sums if line]
    if not small or not sums:
        return None
    matrix = np.zeros((len(sums), len(places)))
    for row, line in enumerate(sums):
        matrix[row, line] = 1
    if all(known[place] for place in hidden):
        # Every hidden count can move both ways, so it is open if the equations leave it free.
        free = _free(matrix)
        return next((place for place in sorted(small) if not free[at[place]]), None)
    totals = matrix @ np.array([known[place] for place in places], dtype=float)
    for place in sorted(small):
        aim = np.zeros(len(places))
        aim[at[place]] = 1
        low, high = (
            sign * linprog(sign * aim, A_eq=matrix, b_eq=totals, bounds=(0, None)).fun
            for sign in (1, -1)
        )
        if high - low < 0.5:
            return place
    return None


def _free(matrix: np.ndarray) -> np.ndarray:
    """Return for each column whether the equations leave it free."""
    # A column is told where its unit vector lies in the space of the rows.
    _, values, basis = np.linalg.svd(matrix, full_matrices=False)
    rank = int((values > 1e-9 * max(values[0], 1)).sum())
    return (basis[:rank] ** 2).sum(axis=0) < 1 - 1e-9
