"""Outcomes of call-backs, solved last: within each dispatched cell they are shares of its records.

A rate touches no other table than the outcomes, and the other tables reach the outcomes only
through the records of each (category, unit_type, district, epidemic). Those are whole numbers by
then, so that their sums need no multipliers and hundreds of thousands of cells cost no more than
the rows of the rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.constraints.chain import SPEC
from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.lp import Groups, Rows, nearest
from pipeline.constraints.tables import Block, Instance, LinearModel, exact_rows, smooth_rows
from pipeline.errors import CHECK_FAILED, HotlineError
from pipeline.simulate.solve.counts import CountTable, make_table
from pipeline.simulate.solve.integerise import diffuse, group_index, round_near, shared_totals
from pipeline.simulate.solve.prior import Prior

LATE = ("outcome",)
ROUNDS = 8
# As in solver.py: see there.
NEAR, ROUNDING_MARGIN = 12.0, 0.5
# A cell this many times above or below its prior is reported.
FAR = 10.0
# Beyond this many cells the integer program is not tried.
LARGEST_PROGRAM = 60_000


def is_late(constraint: Constraint) -> bool:
    """Whether a constraint touches outcomes."""
    return any(s.table in LATE for _, s in (*constraint.numerator, *constraint.denominator))


class CallbackOutcomes:
    """The outcome tables of all years and shells; `tables` gains them on `solve`."""

    def __init__(
        self,
        prior: Prior,
        constraints: list[Constraint],
        tables: dict[Instance, CountTable],
    ) -> None:
        self.constraints, self.tables = constraints, dict(tables)
        blocks: list[Block] = []
        index: list[np.ndarray] = []
        totals: list[np.ndarray] = []
        for name, year, shell in sorted(tables):
            if name != "hand":
                continue
            block, group, sums = _block(prior, tables, year, shell)
            index.append(group + sum(map(len, totals)))
            totals.append(sums)
            blocks.append(block)
        self.model = LinearModel(blocks)
        self.groups = Groups(np.concatenate(index), np.concatenate(totals))
        self.whole = np.zeros(self.model.size, dtype=np.int64)

    def solve(self) -> None:
        """Fit and round; raises HotlineError naming claims that cannot hold."""
        x = self._fit()
        totals = self.groups.totals.astype(np.int64)
        keys = pd.concat([block.keys for block in self.model.blocks.values()])
        member, _ = pd.factorize(keys["outcome"])
        _, first_cell = np.unique(self.groups.index, return_index=True)
        first = keys.iloc[first_cell]
        starts = [block.start for block in self.model.blocks.values()]
        table = np.searchsorted(starts, first_cell, side="right")
        # Rates are claimed of kinds of unit, districts and epidemic records more than of
        # categories: what is summed together is together.
        dims = ("category", "district", "unit_type", "epidemic")
        sequence = np.lexsort([*(first[d] for d in dims), table])
        self.whole = diffuse(x, self.groups.index, totals, member, sequence)
        if broken(self.model, self.constraints, self.whole):
            self._round_exactly(x)
        faults = broken(self.model, self.constraints, self.whole)
        if faults:
            raise HotlineError(f"整数化之后仍不成立的条目:{'、'.join(faults[:10])}", CHECK_FAILED)
        for instance, block in self.model.blocks.items():
            self.tables[instance] = make_table(*instance, block.keys, self.whole[block.cells])

    def _fit(self) -> np.ndarray:
        x = self.model.prior
        if not self.constraints:
            return x
        barrier = float(np.clip(float(self.groups.totals.sum()) / 1e6, 0.5, 8.0))
        near = np.array([c.upper is not None for c in self.constraints], dtype=bool)
        for _ in range(ROUNDS):
            rows = smooth_rows(self.model, self.constraints, x)
            near |= rows.matrix @ x - rows.lower < NEAR * barrier
            point = nearest(self.model.prior, rows.take(near), barrier, self.groups)
            x = point.x
            excess = smooth_rows(self.model, self.constraints, x).excess(x)
            if not point.sound:
                worst = [self.constraints[i].claim for i in np.argsort(-excess)[:8]]
                names = "、".join(dict.fromkeys(worst))
                raise HotlineError(
                    f"三率的条目不能同时成立,最难满足的是:{names};请核对数字", CHECK_FAILED
                )
            if float(np.max(excess, initial=0.0)) < ROUNDING_MARGIN:
                break
        return x

    def _round_exactly(self, x: np.ndarray) -> None:
        """By the integer program: small cities, where a single record decides."""
        if len(x) > LARGEST_PROGRAM:
            return
        claims, _ = exact_rows(self.model, self.constraints)
        cells = np.arange(self.model.size)
        members = sparse.csr_matrix((np.ones(len(cells)), (self.groups.index, cells)))
        every = Rows(
            sparse.vstack([members, claims.matrix]).tocsr(),
            np.concatenate([self.groups.totals, claims.lower]),
            np.concatenate([self.groups.totals, claims.upper]),
        )
        whole = round_near(np.round(x, 4), every)
        if whole is not None:
            self.whole = whole

    def ratios(self) -> np.ndarray:
        """How many times above or below its prior each cell is; 1 for cells under ten records."""
        return ratios_to_prior(self.whole, self.model.prior)

    def far_from_prior(self) -> list[dict[str, Any]]:
        """Cells of at least ten records beyond ten times (or below a tenth of) their prior."""
        return far_from_prior(self.model, self.whole)


def _block(
    prior: Prior, tables: Mapping[Instance, CountTable], year: int, shell: int
) -> tuple[Block, np.ndarray, np.ndarray]:
    """The outcome cells of a shell, their group, and the records of each group."""
    (share,) = SPEC["outcome"].shares
    totals = shared_totals(share, tables, year, shell)
    keys, weights = prior.cells("outcome", year, shell)
    index = group_index(keys, share.dims, {k: i for i, k in enumerate(totals)})
    kept = index >= 0
    keys, weights, index = keys[kept].reset_index(drop=True), weights[kept], index[kept]
    sums = np.array(list(totals.values()), dtype=np.float64)
    mass = np.bincount(index, weights=weights, minlength=len(sums))
    if (mass <= 0).any():
        group = "、".join(list(totals)[int(np.argmin(mass))])
        raise HotlineError(f"先验权重 outcome 没有说“{group}”的回访结果", CHECK_FAILED)
    return Block(("outcome", year, shell), keys, weights * (sums / mass)[index]), index, sums


def broken(model: LinearModel, constraints: Iterable[Constraint], whole: np.ndarray) -> list[str]:
    """Claims that do not hold on the integers, in exact arithmetic."""
    faults = []
    for c in constraints:
        n = Fraction(model.value(c.numerator, whole))
        d = Fraction(model.value(c.denominator, whole)) if c.denominator else 1
        low = c.lower is None or n >= c.lower * d
        high = c.upper is None or n < c.upper * d
        if not (low and high):
            faults.append(c.claim)
    return list(dict.fromkeys(faults))


def ratios_to_prior(whole: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """How many times above or below its prior each cell is; 1 for cells under ten records."""
    ratio = np.maximum(whole, 0.5) / np.maximum(prior, 0.5)
    return np.where(np.maximum(whole, prior) >= 10, np.maximum(ratio, 1 / ratio), 1.0)


def far_from_prior(model: LinearModel, whole: np.ndarray) -> list[dict[str, Any]]:
    """Cells of at least ten records beyond ten times (or below a tenth of) their prior."""
    ratios = ratios_to_prior(whole, model.prior)
    return [
        entry
        for instance, block in model.blocks.items()
        for entry in _far_cells(instance, block, whole[block.cells], ratios[block.cells])
    ]


def _far_cells(
    instance: Instance, block: Block, whole: np.ndarray, ratios: np.ndarray
) -> list[dict[str, Any]]:
    """The cells of one table that are far from their prior, for the report."""
    name, year, shell = instance
    keys: pd.DataFrame = block.keys
    return [
        {
            "table": name,
            "year": year,
            "shell": shell,
            "cell": "|".join(keys.iloc[i]),
            "prior": round(float(block.prior[i]), 1),
            "count": int(whole[i]),
        }
        for i in np.flatnonzero(ratios > FAR)
    ]
