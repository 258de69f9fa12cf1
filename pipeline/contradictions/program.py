"""Linear programs over a reduced model: can these claims all hold, and what may one still be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.ratio import Ratio
from pipeline.contradictions.model import ReducedModel, Row, Vector, groups_of, matrix, unit_of
from pipeline.contradictions.reduced_domain import ReducedDomain

# Trespasses below this, in units, are the noise of the floats.
NOISE = 1e-6
OPTIMAL, INFEASIBLE = 0, 2
# No cell is above this, in units (the largest count of the ledger has five digits there): HiGHS
# calls some programs infeasible that are only unbounded. Ends beyond half of it are infinite.
MOST = 1e8


@dataclass(frozen=True)
class ValueRange:
    """What a figure may be, all other claims holding: `lower <= value <= upper`."""

    lower: float
    upper: float


class Program:
    """The rows of all claims over one model; every question names the claims that hold."""

    def __init__(self, model: ReducedModel, constraints: Mapping[str, list[Constraint]]) -> None:
        self.model = model
        self.claims = list(constraints)
        self._names = list(constraints)
        rows: list[Row] = []
        owner: list[int] = []
        for at, own in enumerate(constraints.values()):
            for constraint in own:
                found = model.rows(constraint)
                rows += found
                owner += [at] * len(found)
        self._matrix = matrix([r.vector for r in rows], model.size)
        self._bound = np.array([r.bound for r in rows])
        self._owner = np.array(owner, dtype=int)

    def with_claims(self, rest: list[str], said: Mapping[str, list[Constraint]]) -> Program:
        """The same model with some claims left out and others added."""
        fewer, bound = self._rows(rest, ())
        owner = self._owner[self._mask(rest)]
        other = Program(self.model, said)
        first = len(self._names)
        other._matrix = sparse.vstack([fewer, other._matrix], format="csr")
        other._bound = np.concatenate([bound, other._bound])
        other._owner = np.concatenate([owner, other._owner + first])
        # Claims that were left out keep their place, without rows.
        other._names = [*("" if c in said else c for c in self._names), *said]
        other.claims = [*rest, *said]
        return other

    def _mask(self, claims: Iterable[str]) -> np.ndarray:
        standing = set(claims)
        keep = np.array([c in standing for c in self._names], dtype=bool)
        return keep[self._owner] if len(self._owner) else np.zeros(0, dtype=bool)

    def _rows(
        self, claims: Iterable[str], extra: Iterable[Constraint]
    ) -> tuple[sparse.csr_matrix, np.ndarray]:
        mask = self._mask(claims)
        more = [row for c in extra for row in self.model.rows(c)]
        whole = sparse.vstack(
            [self._matrix[mask], matrix([r.vector for r in more], self.model.size)], format="csr"
        )
        return whole, np.concatenate([self._bound[mask], [r.bound for r in more]])

    def feasible(self, claims: Iterable[str], extra: Iterable[Constraint] = ()) -> bool:
        """Whether records can exist for which all these claims (and `extra`) hold."""
        claims = list(claims)
        upper, bound = self._rows(claims, extra)
        status = self._solve(np.zeros(self.model.size), upper, bound).status
        if status in (OPTIMAL, INFEASIBLE):
            return status == OPTIMAL
        # The solver could not decide; if every row may be overstepped it always can.
        return self._least(upper, bound) <= NOISE

    def _solve(self, cost: np.ndarray, upper: sparse.csr_matrix, bound: np.ndarray) -> Any:
        equal = self.model.shared if self.model.shared.shape[0] else None
        return linprog(
            cost,
            A_ub=upper if upper.shape[0] else None,
            b_ub=bound if upper.shape[0] else None,
            A_eq=equal,
            b_eq=None if equal is None else np.zeros(equal.shape[0]),
            bounds=(0, MOST),
            method="highs",
        )

    def _least(self, upper: sparse.csr_matrix, bound: np.ndarray) -> float:
        """The least sum, in units, by which rows must be overstepped for all to hold."""
        k, n = upper.shape
        shared = self.model.shared
        answer = linprog(
            np.concatenate([np.zeros(n), np.ones(k)]),
            A_ub=sparse.hstack([upper, -sparse.eye(k)], format="csr"),
            b_ub=bound,
            A_eq=sparse.hstack([shared, sparse.csr_matrix((shared.shape[0], k))], format="csr"),
            b_eq=np.zeros(shared.shape[0]),
            method="highs",
        )
        return np.inf if answer.fun is None else float(answer.fun)

    def range(self, ratio: Ratio, claims: Iterable[str]) -> ValueRange | None:
        """What a count or ratio may be while the claims hold; None where they cannot hold.

        A ratio is made linear by scaling all cells so that its denominator is fixed
        (Charnes and Cooper, 1962); unbounded ends are infinite.
        """
        upper, bound = self._rows(claims, ())
        numerator = self._dense(self.model.sums(ratio.numerator))
        if not ratio.denominator:
            ends = [self._end(sign * numerator, upper, bound) for sign in (1.0, -1.0)]
            unit = self.model.unit
        else:
            ends = self._ratio_ends(numerator, ratio, upper, bound)
            unit = 1.0
        if ends[0] is None or ends[1] is None:
            return None
        return ValueRange(ends[0] * unit, -ends[1] * unit)

    def _dense(self, vector: Vector) -> np.ndarray:
        dense = np.zeros(self.model.size)
        for cell, factor in vector.items():
            dense[cell] = factor
        return dense

    def _end(self, cost: np.ndarray, upper: sparse.csr_matrix, bound: np.ndarray) -> float | None:
        answer = self._solve(cost, upper, bound)
        if answer.status == INFEASIBLE:
            return None
        return _open(answer.fun)

    def _ratio_ends(
        self, numerator: np.ndarray, ratio: Ratio, upper: sparse.csr_matrix, bound: np.ndarray
    ) -> list[float | None]:
        denominator = self._dense(self.model.sums(ratio.denominator))
        some = self._solve(np.zeros(self.model.size), upper, bound)
        if some.x is None:
            return [None, None]
        # The denominator is fixed where it is about anyway, so that the numbers keep their size.
        size = max(float(denominator @ some.x), 1e-3)
        shared = self.model.shared
        column = sparse.csr_matrix(-bound[:, None]) if len(bound) else None
        wide = sparse.hstack([upper, column], format="csr") if column is not None else None
        equal = sparse.vstack(
            [
                sparse.hstack([shared, sparse.csr_matrix((shared.shape[0], 1))]),
                sparse.csr_matrix(np.append(denominator, 0.0)),
            ],
            format="csr",
        )
        right = np.append(np.zeros(shared.shape[0]), size)
        ends: list[float | None] = []
        for sign in (1.0, -1.0):
            answer = linprog(
                np.append(sign * numerator, 0.0),
                A_ub=wide,
                b_ub=np.zeros(len(bound)) if wide is not None else None,
                A_eq=equal,
                b_eq=right,
                bounds=(0, MOST),
                method="highs",
            )
            if answer.status == INFEASIBLE:
                return [None, None]
            ends.append(_open(answer.fun) / size)
        return ends


def _open(end: float | None) -> float:
    """The least value that was found; minus infinity where only `MOST` stopped it."""
    return -np.inf if end is None or end < -MOST / 2 else float(end)


def build(members: ReducedDomain, constraints: Mapping[str, list[Constraint]]) -> Program:
    """A program cut just finely enough for the constraints."""
    every = [c for own in constraints.values() for c in own]
    unit = unit_of(end for c in every for end in (c.lower, c.upper))
    return Program(ReducedModel(members, groups_of(every), unit), constraints)
