"""Cliques of dimensions that together say all that a set of cuts says of one set of records.

Records with given cuts exist exactly when a table over all dimensions exists that has these
sums. Take the dimensions as points, join those that some cut names together, and add joins until
no ring of four or more is left without a chord (the fewest at each step): non-negative tables on
the largest joined groups, equal on what neighbours in a tree of them have in common, can then
always be merged into one table over all dimensions (Lauritzen, Graphical Models, 1996, ch. 2-3).
So nothing is lost by the reduction, and nothing is gained.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

Clique = frozenset[str]


def cliques(groups: Iterable[Clique]) -> list[Clique]:
    """The largest groups of the graph in which every group is joined, made chordal."""
    near: dict[str, set[str]] = {}
    for group in groups:
        for dim in group:
            near.setdefault(dim, set()).update(group - {dim})
    found: list[Clique] = []
    while near:
        dim = min(near, key=lambda d: (_missing(near, d), len(near[d]), d))
        around = near.pop(dim)
        found.append(frozenset({dim, *around}))
        for other in around:
            near[other] = (near[other] | around) - {dim, other}
    return [c for i, c in enumerate(found) if not any(c <= o for o in found[:i])]


def _missing(near: dict[str, set[str]], dim: str) -> int:
    return sum(b not in near[a] for a, b in combinations(sorted(near[dim]), 2))


def tree(groups: list[Clique]) -> list[tuple[int, int]]:
    """Pairs of neighbours: a spanning tree with the most in common between neighbours."""
    if not groups:
        return []
    inside, edges = {0}, []
    while len(inside) < len(groups):
        a, b = max(
            ((a, b) for a in inside for b in range(len(groups)) if b not in inside),
            key=lambda pair: (len(groups[pair[0]] & groups[pair[1]]), -pair[0], -pair[1]),
        )
        inside.add(b)
        edges.append((a, b))
    return edges
