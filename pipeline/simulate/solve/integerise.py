"""Real tables to integer ones: by largest remainder, or by a small integer program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.constraints.chain import CHAIN, SPEC, Share, TableSpec
from pipeline.constraints.lp import Rows
from pipeline.simulate.solve.counts import CountTable, Solution, make_table

# How far from its real value a cell may be rounded, tried in turn.
REACH = (0, 1, 3, 10, 40)
NODES = 200


def apportion(weights: np.ndarray, total: int) -> np.ndarray:
    """`total` dealt out in proportion to `weights` by largest remainder (ties: the first)."""
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    mass = float(weights.sum())
    if mass <= 0:
        raise ValueError(f"no weight to deal {total} by")
    exact = weights * (total / mass)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    left = total - int(whole.sum())
    order = np.argsort(-np.round(exact - whole, 9), kind="stable")
    whole[order[:left]] += 1
    return whole


def apportion_groups(weights: np.ndarray, group: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Largest remainder within each group: `group` holds a position in `totals` per cell."""
    result = np.zeros(len(weights), dtype=np.int64)
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(totals) + 1))
    for g, total in enumerate(totals):
        cells = order[bounds[g] : bounds[g + 1]]
        if len(cells) or total:
            result[cells] = apportion(weights[cells], int(total))
    return result


def diffuse(
    x: np.ndarray,
    group: np.ndarray,
    totals: np.ndarray,
    member: np.ndarray,
    sequence: np.ndarray,
) -> np.ndarray:
    """Whole numbers near `x` with the groups' totals, whose errors do not add up by member.

    Largest remainders alone favour the likeliest member of every small group. Here each group
    also makes up for what its members are owed from the groups before it in the `sequence`, so
    that sums over neighbours are right to a record. `group`: position in `totals` of each cell;
    `member`: number of the cell's member.
    """
    result = np.zeros(len(x), dtype=np.int64)
    owed = np.zeros(int(member.max(initial=0)) + 1)
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(totals) + 1))
    for g in sequence:
        cells = order[bounds[g] : bounds[g + 1]]
        due = x[cells] + owed[member[cells]]
        whole = apportion(np.maximum(due, 1e-9), int(totals[g]))
        owed[member[cells]] = due - whole
        result[cells] = whole
    return result


def fit_margins(
    x: np.ndarray, groups: list[tuple[np.ndarray, np.ndarray]], rounds: int = 60
) -> np.ndarray:
    """`x` scaled to each (group index, totals) margin in turn until they all hold."""
    for _ in range(rounds if len(groups) > 1 else 1):
        worst = 0.0
        for group, totals in groups:
            sums = np.bincount(group, weights=x, minlength=len(totals))
            ratio = np.divide(totals, sums, out=np.ones(len(totals)), where=sums > 0)
            worst = max(worst, float(np.max(np.abs(sums - totals), initial=0)))
            x = x * ratio[group]
        if worst < 1e-6:
            break
    return x


def round_near(x: np.ndarray, rows: Rows) -> np.ndarray | None:
    """Non-negative integers near `x` that meet all rows exactly; None where there are none.

    Each cell goes to one of its two neighbours, at the least sum of distances; only where the
    rows refuse that, cells may go farther, at a price.
    """
    floor = np.floor(x + 1e-9)
    up = 1 - 2 * np.clip(x - floor, 0, 1)
    shift = rows.matrix @ floor
    constraint_low, constraint_high = rows.lower - shift, rows.upper - shift
    for reach in REACH:
        cost, ceiling, matrix = up, np.ones(len(x)), rows.matrix
        if reach:
            down = np.minimum(floor, reach)
            cost = np.concatenate([up, np.full(len(x), 3.0), np.full(len(x), 3.0)])
            ceiling = np.concatenate([ceiling, np.full(len(x), float(reach)), down])
            matrix = sparse.hstack([rows.matrix, rows.matrix, -rows.matrix]).tocsr()
        answer = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(0, ceiling),
            constraints=LinearConstraint(matrix, constraint_low, constraint_high),
            options={"mip_rel_gap": 0.05, "node_limit": NODES},
        )
        if answer.x is not None:
            moves = np.round(answer.x).astype(np.int64)
            n = len(x)
            whole = floor.astype(np.int64) + moves[:n]
            return whole + moves[n : 2 * n] - moves[2 * n :] if reach else whole
    return None


def group_index(keys: pd.DataFrame, dims: tuple[str, ...], members: dict) -> np.ndarray:
    """Position in `members` of each row's key over `dims` (-1 where absent)."""
    tuples = zip(*(keys[d] for d in dims), strict=True)
    return np.fromiter((members.get(t, -1) for t in tuples), dtype=np.int64, count=len(keys))


def shared_totals(
    share: Share, tables: Mapping[tuple[str, int, int], CountTable], year: int, shell: int
) -> dict[tuple[str, ...], int]:
    """The margin that a table must reproduce, from the table it shares it with."""
    return tables[(share.table, year, shell)].margin(share.dims, share.only, share.but)


def deal(
    spec: TableSpec,
    year: int,
    shell: int,
    keys: pd.DataFrame,
    weights: np.ndarray,
    tables: Mapping[tuple[str, int, int], CountTable],
) -> CountTable:
    """An integer table with the pattern of `weights` and exactly the margins already fixed.

    Where a margin's own cells have no weight at all they get a little each.
    """
    groups = []
    kept = np.ones(len(keys), dtype=bool)
    for share in spec.shares:
        totals = shared_totals(share, tables, year, shell)
        index = group_index(keys, share.dims, {k: i for i, k in enumerate(totals)})
        kept &= index >= 0
        groups.append((index, np.array(list(totals.values()), dtype=np.float64)))
    keys, weights = keys[kept], weights[kept]
    groups = [(index[kept], totals) for index, totals in groups]
    weights = np.maximum(weights, 1e-6 * max(float(weights.max(initial=0)), 1e-6))
    if len(groups) == 1:
        counts = apportion_groups(weights, groups[0][0], groups[0][1].astype(np.int64))
    else:
        counts = _round_margins(fit_margins(weights, groups), groups)
    return make_table(spec.name, year, shell, keys, counts)


def _round_margins(x: np.ndarray, groups: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    blocks = [
        sparse.csr_matrix(
            (np.ones(len(x)), (index, np.arange(len(x)))), shape=(len(totals), len(x))
        )
        for index, totals in groups
    ]
    totals = np.concatenate([t for _, t in groups])
    counts = round_near(x, Rows(sparse.vstack(blocks).tocsr(), totals, totals))
    if counts is None:
        raise ValueError("margins that no integer table has")
    return counts


def scaled(solution: Solution, factor: float) -> Solution:
    """The same tables at `factor` of their size, integer, with consistent margins."""
    callers = {year: max(1, round(n * factor)) for year, n in solution.callers.items()}
    tables = scale_tables(solution.tables, factor)
    return Solution(tables, {**solution.report, "scale": factor}, callers)


def scale_tables(
    tables: Mapping[tuple[str, int, int], CountTable], factor: float
) -> dict[tuple[str, int, int], CountTable]:
    """All tables at `factor` of their size: integer, with consistent margins."""
    scaled: dict[tuple[str, int, int], CountTable] = {}
    for spec in CHAIN:
        for (name, year, shell), table in tables.items():
            if name != spec.name:
                continue
            if not spec.shares:
                total = round(table.total * factor)
                counts = apportion(table.counts.astype(float), total)
                scaled[(name, year, shell)] = make_table(name, year, shell, table.keys, counts)
            else:
                scaled[(name, year, shell)] = deal(
                    SPEC[name], year, shell, table.keys, table.counts * factor, scaled
                )
    return scaled
