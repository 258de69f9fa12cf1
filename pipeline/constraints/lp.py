"""The point nearest to a prior that meets all rows, and what to give up where there is none.

`nearest` minimises the Kullback-Leibler distance to the prior plus a small log barrier that
keeps every row off the ends of its interval, so that rounding to integers has a margin. Its dual is
smooth and unconstrained, one variable a row, and takes some dozens of Newton steps; a linear
program in the same cells would sit in a corner of the solution space. HiGHS is asked only when
the rows cannot all hold: its elastic program names those that have to give way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.optimize import linprog

MAX_STEPS = 80
# Rows must hold within this many records before rounding starts.
TOLERANCE = 0.02


@dataclass(frozen=True)
class Rows:
    """`lower <= matrix @ x <= upper`; equalities have lower == upper."""

    matrix: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray

    def excess(self, x: np.ndarray) -> np.ndarray:
        """How far each row is outside its interval, in its own unit."""
        value = self.matrix @ x
        return np.maximum(np.maximum(self.lower - value, value - self.upper), 0.0)

    def take(self, kept: np.ndarray) -> Rows:
        """The rows of the index array (or mask) `kept`."""
        return Rows(self.matrix[kept], self.lower[kept], self.upper[kept])


@dataclass(frozen=True)
class Groups:
    """Sums that hold whatever the rows say: `index` of each cell in `totals` (all positive).

    They cost no multipliers: within a group the cells are shares of its total.
    """

    index: np.ndarray
    totals: np.ndarray

    def sums(self, x: np.ndarray) -> np.ndarray:
        """The sum of each group's cells."""
        return np.bincount(self.index, weights=x, minlength=len(self.totals))


class _Dual:
    """Value, gradient and curvature of the dual at multipliers y."""

    def __init__(
        self, prior: np.ndarray, rows: Rows, barrier: float, groups: Groups | None
    ) -> None:
        self.prior, self.rows, self.barrier, self.groups = prior, rows, barrier, groups
        self.transposed = rows.matrix.T.tocsr()
        self.centre = (rows.lower + rows.upper) / 2
        self.half = (rows.upper - rows.lower) / 2
        self.free = self.half > 0

    def start(self) -> np.ndarray:
        """Multipliers near 0 that put each wide row's place where the prior already is."""
        value = self.rows.matrix @ self.prior
        half = np.maximum(self.half, 1e-300)
        inside = np.clip((value - self.centre) / half, -0.9999, 0.9999)
        push = -2 * inside / (1 - inside**2) * self.barrier / half
        return np.where(self.free, np.clip(push, -1e-4, 1e-4), 0.0)

    def primal(self, y: np.ndarray) -> np.ndarray:
        """The cells that belong to the multipliers."""
        x = self.prior * np.exp(np.clip(self.transposed @ y, -60.0, 60.0))
        if self.groups is None:
            return x
        return x * (self.groups.totals / self.groups.sums(x))[self.groups.index]

    def curvature(self, x: np.ndarray) -> np.ndarray:
        """The dense matrix of second derivatives (of minus the dual), without the rows' own."""
        matrix = self.rows.matrix
        dense = (matrix @ matrix.multiply(x).T).toarray()
        if self.groups is not None:
            n = len(self.groups.totals)
            weights = x / np.sqrt(self.groups.totals)[self.groups.index]
            to_group = sparse.csr_matrix(
                (weights, (np.arange(len(x)), self.groups.index)), shape=(len(x), n)
            )
            part = matrix @ to_group
            dense -= (part @ part.T).toarray()
        return dense

    def target(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where in its interval each row is, and how softly it gives (-ds/dy)."""
        q = y * self.half / self.barrier
        root = np.sqrt(1 + q * q)
        place = self.centre - self.half * q / (1 + root)
        softness = self.half**2 / (self.barrier * root * (1 + root))
        return place, softness

    def value(self, y: np.ndarray, x: np.ndarray) -> float:
        """The dual objective (to be maximised)."""
        place, _ = self.target(y)
        low = (place - self.rows.lower)[self.free]
        high = (self.rows.upper - place)[self.free]
        if low.size and min(low.min(), high.min()) <= 0:
            return -np.inf
        barrier = -self.barrier * float(np.sum(np.log(low)) + np.sum(np.log(high)))
        if self.groups is None:
            return float(np.sum(self.prior - x) + np.dot(y, place)) + barrier
        free = self.prior * np.exp(np.clip(self.transposed @ y, -60.0, 60.0))
        spread = float(np.dot(self.groups.totals, np.log(self.groups.sums(free))))
        return float(np.dot(y, place)) - spread + barrier


@dataclass(frozen=True)
class Point:
    """Cells, whether all rows hold there, and how many steps it took."""

    x: np.ndarray
    sound: bool
    steps: int


def nearest(prior: np.ndarray, rows: Rows, barrier: float, groups: Groups | None = None) -> Point:
    """The cells nearest to `prior` with all rows inside; not sound where none were found.

    `prior` is positive; inequality rows need finite bounds on both sides. `barrier`: how hard
    the ends of the intervals push, in records. `groups`: sums that are given.
    """
    dual = _Dual(prior, rows, barrier, groups)
    y = dual.start()
    x = dual.primal(y)
    value = dual.value(y, x)
    for step_count in range(MAX_STEPS):
        place, softness = dual.target(y)
        gap = place - rows.matrix @ x
        if np.max(np.abs(gap) / (1 + dual.half)) < TOLERANCE / 1e4:
            return Point(x, True, step_count)
        step = _newton(dual.curvature(x), softness, gap)
        y, x, moved = _search(dual, y, value, step, float(np.dot(step, gap)))
        value = dual.value(y, x)
        if not moved:
            break
    return Point(x, bool(np.max(rows.excess(x), initial=0.0) < TOLERANCE), MAX_STEPS)


def _newton(curvature: np.ndarray, softness: np.ndarray, gap: np.ndarray) -> np.ndarray:
    diagonal = np.diag(curvature) + softness
    # Shared margins are partly redundant; the ridge picks one of the equal multipliers.
    np.fill_diagonal(curvature, diagonal * (1 + 1e-10) + 1e-12)
    scale = 1 / np.sqrt(np.diag(curvature))
    curvature *= scale[:, None]
    curvature *= scale[None, :]
    for ridge in (0.0, 1e-9, 1e-6):
        try:
            np.fill_diagonal(curvature, 1 + ridge)
            factor = linalg.cho_factor(curvature, lower=True, check_finite=False)
            return scale * linalg.cho_solve(factor, scale * gap, check_finite=False)
        except linalg.LinAlgError:
            continue
    return gap * scale**2


def _search(
    dual: _Dual, y: np.ndarray, value: float, step: np.ndarray, slope: float
) -> tuple[np.ndarray, np.ndarray, bool]:
    # Newton on exponentials overshoots badly: no cell moves by more than e^4 in one step.
    length = min(1.0, 4.0 / max(float(np.max(np.abs(dual.transposed @ step))), 1e-12))
    # Values are sums of millions, so that differences below this are noise.
    noise = 1e-11 * (abs(value) + 1)
    for _ in range(40):
        y_new = y + length * step
        x_new = dual.primal(y_new)
        if dual.value(y_new, x_new) >= value + 1e-4 * length * slope - noise:
            return y_new, x_new, True
        length /= 2
    return y, dual.primal(y), False


def relaxation(rows: Rows, elastic: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The least sum of trespasses (each in `unit`s) that lets all rows hold; one per row.

    Only rows of the mask `elastic` may give way. Positive: above the upper end; negative:
    below the lower end. All zero when the rows can hold.
    """
    m, n = rows.matrix.shape
    hard = ~elastic
    soft = rows.take(elastic)
    k = int(elastic.sum())
    slack = sparse.eye(k, format="csr")
    none = sparse.csr_matrix((k, k))
    above = sparse.hstack([soft.matrix, -slack, none])
    below = sparse.hstack([-soft.matrix, none, -slack])
    finite_up, finite_low = np.isfinite(soft.upper), np.isfinite(soft.lower)
    fixed = rows.take(hard)
    equal = sparse.hstack([fixed.matrix, sparse.csr_matrix((m - k, 2 * k))])
    answer = linprog(
        np.concatenate([np.zeros(n), 1 / unit[elastic], 1 / unit[elastic]]),
        A_ub=sparse.vstack([above.tocsr()[finite_up], below.tocsr()[finite_low]]),
        b_ub=np.concatenate([soft.upper[finite_up], -soft.lower[finite_low]]),
        A_eq=equal,
        b_eq=fixed.lower,
        method="highs",
    )
    trespass = np.zeros(m)
    if answer.x is not None:
        trespass[elastic] = answer.x[n : n + k] - answer.x[n + k :]
    return trespass
