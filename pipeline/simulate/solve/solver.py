"""`solve`: the ledger of a year as exact integer count tables near a smooth prior."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse

from pipeline import ledger
from pipeline.constraints.chain import CHAIN, SPEC
from pipeline.constraints.ledger_context import shells_of
from pipeline.constraints.lp import Rows, nearest, relaxation
from pipeline.constraints.register import Register, read_register
from pipeline.constraints.tables import (
    Block,
    Instance,
    LinearModel,
    exact_rows,
    record_unit,
    smooth_rows,
    touched,
)
from pipeline.entity import DEFAULT
from pipeline.errors import CHECK_FAILED, NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.simulate.solve.callback_outcomes import (
    LATE,
    CallbackOutcomes,
    broken,
    far_from_prior,
    is_late,
    ratios_to_prior,
)
from pipeline.simulate.solve.counts import CountTable, Solution, make_table
from pipeline.simulate.solve.integerise import deal, fit_margins, round_near, scaled
from pipeline.simulate.solve.prior import Prior, read_prior
from pipeline.simulate.solve.prior_cells import PriorCells, callers_of, constrain, domain_of
from pipeline.simulate.solve.prior_totals import shell_sizes

# Denominators of shares move while the tables are fitted; so the fit is repeated.
ROUNDS = 8
# A one-sided row closer than this to its end, in barriers, is kept away from it.
NEAR = 12.0
# The real cells may miss a claim by this much; rounding then mends it.
ROUNDING_MARGIN = 0.5
# A relaxed claim gets more than the least: at the least all others are at their very ends.
RELAX_RECORDS, RELAX_PART = 50.0, 0.03


def solve(
    year: int, home: Home, *, scale: float = 1.0, seed: int = 20200101, relax: bool = False
) -> Solution:
    """Exact integer tables of `year` and the year before, all shells, that meet every claim.

    Contradicted claims count with their repair. `scale` apportions the finished tables.
    Raises HotlineError: NO_DATA without claims for the year; CHECK_FAILED naming the claims
    that would have to give way (with `relax` they do, and the report says by how much).
    """
    started = time.perf_counter()
    kinds = ledger.metric_entities(home)
    known = (DEFAULT, "-")
    claims = [c for c in ledger.rows(home, year) if kinds[c["metric"]] in known]
    if all(kinds[c["metric"]] != DEFAULT for c in claims):
        raise HotlineError(f"台账里没有 {year} 年热线工单的条目,无法模拟", NO_DATA)
    task = Task(year, home, claims, seed)
    relaxed = task.fit(relax)
    tables = task.integers()
    faults = broken(task.model, task.constraints, task.whole)
    if faults:
        raise HotlineError(f"整数化之后仍不成立的条目:{'、'.join(faults[:10])}", CHECK_FAILED)
    tables = task.complete(tables)
    results = CallbackOutcomes(task.prior, task.late, tables)
    results.solve()
    ratios = np.concatenate([task.ratios(), results.ratios()])
    report = {
        "relaxed": relaxed,
        "skipped": task.skipped,
        "apart": task.apart,
        "far_from_prior": [*task.far_from_prior(), *results.far_from_prior()],
        "largest_ratio_to_prior": round(float(ratios.max(initial=1.0)), 3),
        "claims": len(claims),
        "constraints": len(task.constraints) + len(task.late),
        "cells": task.model.size + len(results.whole),
        "newton_steps": task.steps,
        "seconds": round(time.perf_counter() - started, 2),
    }
    solution = Solution(results.tables, report, callers_of(claims))
    return solution if scale == 1.0 else scaled(solution, scale)


class Task:
    """One solve: the claims as constraints, the model they touch, its real and whole cells."""

    def __init__(self, year: int, home: Home, claims: list[dict[str, Any]], seed: int) -> None:
        self.year, self.seed = year, seed
        self.register: Register = read_register(home, year)
        self.prior: Prior = read_prior(home, self.register)
        self.shells = shells_of(claims, year)
        guessed = shell_sizes(claims, year, self.shells)
        self.sizes = {k: self.prior.size(*k) or size for k, size in guessed.items()}
        self.ground = PriorCells(self.prior, self.sizes, seed)
        domain = domain_of(self.register, self.shells, claims, self.ground)
        self.constraints, self.skipped, self.apart = constrain(claims, domain)
        # Outcomes hang on the other tables by their margins alone, so they are solved after them.
        self.late = [c for c in self.constraints if is_late(c)]
        self.constraints = [c for c in self.constraints if not is_late(c)]
        instances = [(y, s) for y, own in self.shells.items() for s in own]
        self.model = LinearModel(self._blocks(touched(self.constraints, instances)))
        self.shares = self.model.share_rows()
        self._check_members()
        self.x = self.model.prior.copy()
        self.whole = np.zeros(self.model.size, dtype=np.int64)
        self.steps = 0

    def _check_members(self) -> None:
        for c in self.constraints:
            for _, selector in (*c.numerator, *c.denominator):
                if not len(self.model.select(selector)):
                    key = "、".join("/".join(v) for _, v in selector.filters)
                    raise HotlineError(
                        f"条目 {c.claim} 的“{key}”在参考表和先验权重里没有,请核对名称", CHECK_FAILED
                    )

    def _blocks(self, instances: list[Instance]) -> list[Block]:
        """Blocks whose priors already share their margins, so that only claims move them."""
        blocks: dict[Instance, Block] = {}
        for instance in instances:
            keys, prior, _ = self.ground.cells(instance)
            block = Block(instance, keys, prior)
            groups = []
            for share in SPEC[instance[0]].shares:
                earlier = blocks[(share.table, *instance[1:])]
                frame = earlier.keys.assign(_n=earlier.prior)
                mask = earlier.matching(share.only.items())
                for column, members in share.but.items():
                    mask &= ~earlier.mask(column, members)
                sums = frame[mask].groupby(list(share.dims))["_n"].sum()
                position = {
                    k if isinstance(k, tuple) else (k,): i for i, k in enumerate(sums.index)
                }
                tuples = zip(*(keys[d] for d in share.dims), strict=True)
                index = np.array([position.get(t, len(sums)) for t in tuples])
                groups.append((index, np.append(sums.to_numpy(), 0.0)))
            if groups:
                fitted = fit_margins(prior, groups)
                block = replace(block, prior=np.maximum(fitted, 1e-4 * prior))
            blocks[instance] = block
        return list(blocks.values())

    def fit(self, relax: bool) -> list[dict[str, Any]]:
        """Fit the real tables; returns the claims that had to give way (only with `relax`)."""
        relaxed: list[dict[str, Any]] = []
        if not self._nearest():
            relaxed = self._give_way()
            if not relaxed or not relax:
                raise HotlineError(_unsolvable(relaxed), CHECK_FAILED)
            if not self._nearest():
                raise HotlineError("放宽之后仍然无解,请检查台账", CHECK_FAILED)
        return relaxed

    def _nearest(self) -> bool:
        """Fit `x`; rows of one side join only when the cells come near their end."""
        x, sound = self.model.prior, False
        barrier = float(np.clip(max(self.sizes.values()) / 1e6, 0.5, 8.0))
        near = np.array([c.upper is not None for c in self.constraints], dtype=bool)
        for _ in range(ROUNDS):
            claims = smooth_rows(self.model, self.constraints, x)
            near |= claims.matrix @ x - claims.lower < NEAR * barrier
            point = nearest(self.model.prior, _stacked(self.shares, claims.take(near)), barrier)
            self.steps += point.steps
            x, sound = point.x, point.sound
            excess = smooth_rows(self.model, self.constraints, x).excess(x)
            if not sound or float(np.max(excess, initial=0.0)) < ROUNDING_MARGIN:
                break
        self.x = x
        return sound

    def _give_way(self) -> list[dict[str, Any]]:
        """The least relaxation, applied to the constraints; what was relaxed and by how much."""
        claims, owner = exact_rows(self.model, self.constraints)
        k = self.shares.shape[0]
        rows = _stacked(self.shares, claims)
        elastic = np.arange(rows.matrix.shape[0]) >= k
        least = np.abs(relaxation(rows, elastic, np.ones(len(elastic))))
        # A second pass makes small trespasses dear, so that few claims are named instead of many.
        trespass = relaxation(rows, elastic, least + 0.01 * max(float(least.max()), 1.0))[k:]
        relaxed: dict[str, dict[str, Any]] = {}
        for row in np.flatnonzero(np.abs(trespass) > 0.01):
            at = int(owner[row])
            c = self.constraints[at]
            size = float(self.model.value(c.denominator, self.x)) if c.denominator else 1.0
            records = float(trespass[row])
            slack = Fraction(
                (abs(records) * (1 + RELAX_PART) + RELAX_RECORDS)
                / (record_unit(c) * max(size, 1.0))
            ).limit_denominator(10**8)
            if records > 0 and c.upper is not None:
                self.constraints[at] = replace(c, upper=c.upper + slack)
            elif c.lower is not None:
                self.constraints[at] = replace(c, lower=c.lower - slack)
            entry = relaxed.setdefault(c.claim, {"claim": c.claim, "records": 0.0})
            entry["records"] += records
        return sorted(relaxed.values(), key=lambda e: -abs(e["records"]))

    def integers(self) -> dict[Instance, CountTable]:
        """Round table by table in chain order, each to margins and claims already fixed."""
        claims, owner = exact_rows(self.model, self.constraints)
        k = self.shares.shape[0]
        every = _stacked(self.shares, claims)
        matrix, lower, upper = every.matrix, every.lower, every.upper
        table_of = np.empty(self.model.size, dtype=np.int64)
        names = [spec.name for spec in CHAIN]
        for instance, block in self.model.blocks.items():
            table_of[block.cells] = names.index(instance[0])
        last = _last_table(matrix, table_of)
        for at, name in enumerate(names):
            if not (table_of == at).any():
                continue
            # Where a table finds no integers beside the earlier ones, they are rounded with it.
            for first in (at, 0):
                cells = np.flatnonzero((table_of >= first) & (table_of <= at))
                mine = np.flatnonzero((last >= first) & (last <= at))
                fixed = matrix[mine] @ np.where(table_of < first, self.whole, 0)
                rows = Rows(matrix[mine][:, cells], lower[mine] - fixed, upper[mine] - fixed)
                whole = round_near(np.round(self.x[cells], 4), rows)
                if whole is not None:
                    self.whole[cells] = whole
                    break
            else:
                own = {self.constraints[owner[r - k]].claim for r in mine if r >= k}
                raise HotlineError(
                    f"{name} 表取整无解,涉及 {len(own)} 条:{'、'.join(sorted(own)[:5])}",
                    CHECK_FAILED,
                )
        return {
            i: make_table(*i, b.keys, self.whole[b.cells]) for i, b in self.model.blocks.items()
        }

    def complete(self, tables: dict[Instance, CountTable]) -> dict[Instance, CountTable]:
        """Add the tables that no claim touches: the year's solved pattern, else the prior."""
        for spec in CHAIN:
            if spec.name in LATE:
                continue
            for year, shells in self.shells.items():
                for shell in shells:
                    instance = (spec.name, year, shell)
                    if instance not in tables:
                        keys, weights = self._pattern(instance)
                        tables[instance] = deal(spec, year, shell, keys, weights, tables)
        return tables

    def _pattern(self, instance: Instance) -> tuple:
        name, year, shell = instance
        for (n, y, _), block in self.model.blocks.items():
            if (n, y) == (name, year) and n != "base":
                size = self.sizes[(year, shell)] / max(self.x[block.cells].sum(), 1e-300)
                return block.keys, self.x[block.cells] * size
        return self.ground.cells(instance)[:2]

    def ratios(self) -> np.ndarray:
        """How many times above or below its prior each cell is; 1 for cells under ten records."""
        return ratios_to_prior(self.whole, self.model.prior)

    def far_from_prior(self) -> list[dict[str, Any]]:
        """Cells of at least ten records beyond ten times (or below a tenth of) their prior."""
        return far_from_prior(self.model, self.whole)


def _stacked(shares: sparse.csr_matrix, claims: Rows) -> Rows:
    """Shared margins (equal to 0) above the rows of the claims."""
    zero = np.zeros(shares.shape[0])
    return Rows(
        sparse.vstack([shares, claims.matrix]).tocsr(),
        np.concatenate([zero, claims.lower]),
        np.concatenate([zero, claims.upper]),
    )


def _last_table(matrix: sparse.csr_matrix, table_of: np.ndarray) -> np.ndarray:
    """For each row, the last table of the chain that it touches."""
    last = np.full(matrix.shape[0], -1, dtype=np.int64)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    np.maximum.at(last, row, table_of[matrix.indices])
    return last


def _unsolvable(relaxed: list[dict[str, Any]]) -> str:
    if not relaxed:
        return "台账求解失败:没有收敛,也没有找到互相矛盾的条目"
    named = "、".join(f"{e['claim']}(约 {abs(e['records']):,.0f} 件)" for e in relaxed[:8])
    return (
        f"台账互相矛盾,无整数解;至少要放宽 {len(relaxed)} 条:{named};"
        "请先用 hotline audit --conflicts 查找矛盾,或核对数字;仍要模拟可加 --relax"
    )
