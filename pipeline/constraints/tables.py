"""The cells that the claims touch, as one vector, and the rows that bind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.constraints.chain import CHAIN, SPEC, Share
from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.lp import Rows
from pipeline.constraints.ratio import OUTCOME_PARTS, Selector, Terms

Instance = tuple[str, int, int]
# The open end of a half-open interval is kept at this distance, in records, so that floats cannot
# cross it.
OPEN_END_MARGIN = 1e-3


@dataclass
class Block:
    """One table instance: its cells, their prior counts, its place in the vector."""

    instance: Instance
    keys: pd.DataFrame
    prior: np.ndarray
    start: int = 0
    _masks: dict = field(default_factory=dict)

    @property
    def stop(self) -> int:
        return self.start + len(self.prior)

    @property
    def cells(self) -> np.ndarray:
        """The block's positions in the vector."""
        return np.arange(self.start, self.stop)

    def mask(self, column: str, members: tuple[str, ...]) -> np.ndarray:
        """Which cells have one of the members in a column (outcome parts included)."""
        key = (column, members)
        if key not in self._masks:
            if column in OUTCOME_PARTS:
                at = OUTCOME_PARTS.index(column)
                values = self.keys["outcome"].str.split("|").str[at]
            else:
                values = self.keys[column]
            self._masks[key] = values.isin(list(members)).to_numpy()
        return self._masks[key]

    def matching(self, filters: Iterable[tuple[str, tuple[str, ...]]]) -> np.ndarray:
        """Which cells match all filters."""
        mask = np.ones(len(self.prior), dtype=bool)
        for column, members in filters:
            mask = mask & self.mask(column, members)
        return mask


def touched(constraints: Iterable[Constraint], instances: list[tuple[int, int]]) -> list[Instance]:
    """Table instances the claims touch, all bases, and what their margins need; chain order."""
    found: set[Instance] = {("base", y, s) for y, s in instances}
    todo = [
        (s.table, s.year, s.shell) for c in constraints for _, s in (*c.numerator, *c.denominator)
    ]
    while todo:
        instance = todo.pop()
        if instance in found:
            continue
        found.add(instance)
        name, year, shell = instance
        todo += [(share.table, year, shell) for share in SPEC[name].shares]
    order = {spec.name: i for i, spec in enumerate(CHAIN)}
    return sorted(found, key=lambda i: (order[i[0]], i[1], i[2]))


class LinearModel:
    """All blocks end to end; `prior` is the vector of their prior counts."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks: dict[Instance, Block] = {}
        start = 0
        for block in blocks:
            self.blocks[block.instance] = replace(block, start=start, _masks={})
            start += len(block.prior)
        self.size = start
        parts = [b.prior for b in self.blocks.values()]
        self.prior = np.concatenate(parts) if parts else np.zeros(0)
        self._selected: dict[Selector, np.ndarray] = {}

    def select(self, selector: Selector) -> np.ndarray:
        """Positions of a selector's cells."""
        if selector not in self._selected:
            block = self.blocks[(selector.table, selector.year, selector.shell)]
            self._selected[selector] = block.start + np.flatnonzero(
                block.matching(selector.filters)
            )
        return self._selected[selector]

    def value(self, terms: Terms, x: np.ndarray) -> Fraction | float:
        """The sum of terms at x: exact where x is integer."""
        if x.dtype.kind == "i":
            exact = Fraction(0)
            for c, s in terms:
                exact += c * int(x[self.select(s)].sum())
            return exact
        return float(sum(float(c) * float(x[self.select(s)].sum()) for c, s in terms))

    def row(self, terms: Iterable[tuple[float, Selector]]) -> tuple[np.ndarray, np.ndarray]:
        """Positions and coefficients of a sum of terms."""
        cells, factors = [], []
        for c, s in terms:
            at = self.select(s)
            cells.append(at)
            factors.append(np.full(len(at), float(c)))
        if not cells:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate(cells), np.concatenate(factors)

    def matrix(self, rows: list[tuple[np.ndarray, np.ndarray]]) -> sparse.csr_matrix:
        """Rows of (positions, coefficients) as one sparse matrix; repeated cells add up."""
        counts = [len(cells) for cells, _ in rows]
        i = np.repeat(np.arange(len(rows)), counts)
        j = np.concatenate([c for c, _ in rows]) if rows else np.zeros(0, dtype=np.int64)
        v = np.concatenate([f for _, f in rows]) if rows else np.zeros(0)
        return sparse.csr_matrix((v, (i, j)), shape=(len(rows), self.size))

    def share_rows(self) -> sparse.csr_matrix:
        """One row per shared margin: this table's cells minus the earlier one's, equal to 0."""
        rows = []
        for (name, year, shell), block in self.blocks.items():
            for share in SPEC[name].shares:
                rows += self._share(block, self.blocks[(share.table, year, shell)], share)
        return self.matrix(rows)

    def _share(self, block: Block, earlier: Block, share: Share) -> list:
        mask = np.ones(len(earlier.prior), dtype=bool)
        for column, members in share.only.items():
            mask &= earlier.mask(column, members)
        for column, members in share.but.items():
            mask &= ~earlier.mask(column, members)
        mine = block.keys.groupby(list(share.dims), sort=True).indices
        theirs = earlier.keys[mask].groupby(list(share.dims), sort=True).indices
        position = np.flatnonzero(mask)
        none = np.zeros(0, dtype=np.int64)
        rows = []
        for key in sorted(set(mine) | set(theirs), key=str):
            a = block.start + mine.get(key, none)
            b = earlier.start + position[theirs.get(key, none)]
            rows.append(
                (np.concatenate([a, b]), np.concatenate([np.ones(len(a)), -np.ones(len(b))]))
            )
        return rows


def record_unit(constraint: Constraint) -> float:
    """Factor that puts a constraint's numerator in records."""
    largest = max((abs(c) for c, _ in constraint.numerator), default=Fraction(1))
    return float(1 / largest)


def smooth_rows(model: LinearModel, constraints: list[Constraint], x: np.ndarray) -> Rows:
    """One two-sided row per constraint, in records, with denominators as they are at `x`.

    A one-sided interval is closed far away, since the barrier needs both ends.
    """
    rows, lower, upper = [], np.zeros(len(constraints)), np.zeros(len(constraints))
    far = float(x.sum()) + 1.0
    for i, c in enumerate(constraints):
        unit = record_unit(c)
        size = float(model.value(c.denominator, x)) if c.denominator else 1.0
        ends = [float(e) for e in (c.lower, c.upper) if e is not None]
        middle = sum(ends) / len(ends) if c.denominator else 0.0
        terms = [(float(k), s) for k, s in c.numerator]
        terms += [(-middle * float(k), s) for k, s in c.denominator]
        cells, factors = model.row(terms)
        rows.append((cells, factors * unit))
        lower[i] = -far if c.lower is None else (float(c.lower) - middle) * size * unit
        upper[i] = far if c.upper is None else (float(c.upper) - middle) * size * unit
    return Rows(model.matrix(rows), lower, upper)


def exact_rows(model: LinearModel, constraints: list[Constraint]) -> tuple[Rows, np.ndarray]:
    """Rows that hold on integers exactly when the constraints do, and the constraint of each."""
    rows, lower, upper, owner = [], [], [], []
    for i, c in enumerate(constraints):
        unit = record_unit(c)
        whole = not c.denominator and all(k.denominator == 1 for k, _ in c.numerator)
        for end, above in ((c.lower, True), (c.upper, False)):
            if end is None:
                continue
            terms = [(float(k), s) for k, s in c.numerator]
            terms += [(-float(end * k), s) for k, s in c.denominator]
            cells, factors = model.row(terms)
            bound = 0.0 if c.denominator else float(end)
            if whole:
                # Integers: at least the next one up, or below the end.
                bound = float(-(-end // 1)) - (0 if above else 1)
                rows.append((cells, factors))
            else:
                rows.append((cells, factors * unit))
                bound = bound * unit + (OPEN_END_MARGIN if above else -OPEN_END_MARGIN)
            lower.append(bound if above else -np.inf)
            upper.append(np.inf if above else bound)
            owner.append(i)
    return Rows(model.matrix(rows), np.array(lower), np.array(upper)), np.array(owner, dtype=int)
