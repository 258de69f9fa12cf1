"""The reduced tables of a ledger and its claims as rows over their cells.

One set of tables per (year, shell); see junction_tree.py for why a claim holds on them exactly
when records exist for it, and reduced_domain.py for the rest that represents all unnamed members.
Counts are real numbers here: at the sizes of a city's year whole numbers only matter at the ends of
the intervals, and counts of whole records are held to the whole numbers inside theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.ratio import OUTCOME_PARTS, Selector, Terms
from pipeline.constraints.tables import OPEN_END_MARGIN
from pipeline.contradictions.junction_tree import Clique, cliques, tree
from pipeline.contradictions.reduced_domain import FIRST, ReducedDomain, closure

Shell = tuple[int, int]
Vector = dict[int, float]


class Uncut(Exception):
    """The model's tables are not cut finely enough for a selector."""


@dataclass
class _Table:
    dims: tuple[str, ...]
    columns: dict[str, np.ndarray]
    start: int
    size: int


@dataclass(frozen=True)
class Row:
    """`vector @ x <= bound`, cells in thousands of records or the like (`ReducedModel.unit`)."""

    vector: Vector
    bound: float


def groups_of(constraints: Iterable[Constraint]) -> dict[Shell, set[Clique]]:
    """The cuts that the constraints make, by year and shell."""
    groups: dict[Shell, set[Clique]] = defaultdict(set)
    for constraint in constraints:
        for _, selector in (*constraint.numerator, *constraint.denominator):
            cut = closure(dimension for dimension, _ in selector.filters)
            groups[(selector.year, selector.shell)].add(cut)
    return groups


class ReducedModel:
    """The cells, and the rows (equal to 0) by which neighbouring tables agree.

    `unit`: records per unit of the cells, so that no number of the program is much above 10^4.
    """

    def __init__(
        self, members: ReducedDomain, groups: Mapping[Shell, Iterable[Clique]], unit: float
    ) -> None:
        self.members, self.unit = members, unit
        self.tables: dict[Shell, list[_Table]] = {}
        self.size = 0
        rows: list[Vector] = []
        for shell, wanted in sorted(groups.items()):
            found = cliques(wanted) or [frozenset()]
            self.tables[shell] = [self._table(c) for c in found]
            for a, b in tree(found):
                rows += self._agree(self.tables[shell][a], self.tables[shell][b])
        self.shared = matrix(rows, self.size)
        self._selected: dict[Selector, np.ndarray] = {}

    def _table(self, clique: Clique) -> _Table:
        first = [dimension for dimension in FIRST if dimension in clique]
        dims = (*first, *sorted(clique - {*first}))
        cells: list[dict[str, str]] = [{}]
        for dim in dims:
            cells = [{**c, dim: m} for c in cells for m in self.members.allowed(dim, c)]
        columns = {d: np.array([c[d] for c in cells], dtype=object) for d in dims}
        table = _Table(dims, columns, self.size, len(cells))
        self.size += len(cells)
        return table

    def _agree(self, one: _Table, other: _Table) -> list[Vector]:
        common = [d for d in one.dims if d in other.dims]
        sums: dict[tuple[str, ...], Vector] = defaultdict(dict)
        for table, sign in ((one, 1.0), (other, -1.0)):
            keys = zip(*(table.columns[d] for d in common), strict=True) if common else None
            for at in range(table.size):
                key = next(keys) if keys is not None else ()
                sums[key][table.start + at] = sign
        return list(sums.values())

    def select(self, selector: Selector) -> np.ndarray:
        """The cells of a selector, in the smallest table that is cut by all it names."""
        if selector not in self._selected:
            wanted = closure(d for d, _ in selector.filters)
            tables = self.tables.get((selector.year, selector.shell), [])
            fitting = [t for t in tables if wanted <= set(t.dims)]
            if not fitting:
                raise Uncut(str(selector))
            table = min(fitting, key=lambda t: t.size)
            mask = np.ones(table.size, dtype=bool)
            for column, members in selector.filters:
                mask &= np.isin(_values(table, column), list(members))
            self._selected[selector] = table.start + np.flatnonzero(mask)
        return self._selected[selector]

    def vector(self, terms: Iterable[tuple[float, Selector]]) -> Vector:
        """Coefficients of a sum of terms by cell."""
        found: Vector = {}
        for factor, selector in terms:
            for cell in self.select(selector):
                found[int(cell)] = found.get(int(cell), 0.0) + factor
        return {cell: factor for cell, factor in found.items() if factor}

    def sums(self, terms: Terms) -> Vector:
        """The same of exact terms."""
        return self.vector((float(c), s) for c, s in terms)

    def rows(self, constraint: Constraint) -> list[Row]:
        """One row per end of a constraint."""
        c = constraint
        whole = not c.denominator and all(k.denominator == 1 for k, _ in c.numerator)
        largest = max((abs(float(k)) for k, _ in c.numerator), default=1.0)
        scale = 1.0 if whole else 1 / largest
        found = []
        for end, sign in ((c.lower, -1.0), (c.upper, 1.0)):
            if end is None:
                continue
            terms = [(sign * scale * float(k), s) for k, s in c.numerator]
            terms += [(-sign * scale * float(end * k), s) for k, s in c.denominator]
            bound = 0.0 if c.denominator else scale * float(end)
            if whole:
                # The next whole number up, or the last one below the end.
                bound = float(-(-end // 1)) - (1 if sign > 0 else 0)
            elif sign > 0:
                bound -= OPEN_END_MARGIN
            found.append(Row(self.vector(terms), sign * bound / self.unit))
        return found


def _values(table: _Table, column: str) -> np.ndarray:
    if column not in OUTCOME_PARTS:
        return table.columns[column]
    at = OUTCOME_PARTS.index(column)
    parts = [o.split("|") for o in table.columns["outcome"]]
    return np.array([p[at] if len(p) > at else "" for p in parts], dtype=object)


def matrix(rows: list[Vector], size: int) -> sparse.csr_matrix:
    """Vectors as one sparse matrix."""
    counts = [len(r) for r in rows]
    i = np.repeat(np.arange(len(rows)), counts)
    j = np.fromiter((c for r in rows for c in r), dtype=np.int64, count=sum(counts))
    v = np.fromiter((f for r in rows for f in r.values()), dtype=float, count=sum(counts))
    return sparse.csr_matrix((v, (i, j)), shape=(len(rows), size))


def unit_of(bounds: Iterable[Fraction | None]) -> float:
    """Records per unit: a power of ten that brings the largest count to about 10^4."""
    largest = max((float(abs(b)) for b in bounds if b is not None), default=1.0)
    return max(1.0, 10.0 ** (len(str(int(largest))) - 5))
