"""Simulates an entity whose claims are of a few cuts: one table of cells, near a smooth prior.

The prior is data/calibration/<entity>.csv (axis, member, given_axis, given, weight): the axes
without a given are independent, `part` (given an axis) parts each cell. The claims of a ledger are
linear constraints on the whole numbers; sql/simulate/<entity>.sql expands them into rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.constraints.claim_constraints import Constraint, Domain, constraints_of
from pipeline.constraints.entity_ratios import PART, is_all, parts_of
from pipeline.constraints.ratio import Selector, Unsupported
from pipeline.constraints.register import read_register
from pipeline.constraints.tables import OPEN_END_MARGIN
from pipeline.entity import Entity, entities_of
from pipeline.errors import CHECK_FAILED, NO_DATA, HotlineError
from pipeline.home import Home

REST = "rest"
# Without a count in the ledger a year is as large as a small town's.
DEFAULT_SIZE = 2_000
# Counts are this far inside their intervals, as a part of the width: a number at the very end
# prints another way as soon as anybody rounds it otherwise.
INSET = Fraction(1, 4)
# The least part of a cell that the claims ask to change: else one large cell would take all of it,
# and a district stand out that no claim names.
MOST_CHANGE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)

Weights = dict[tuple[str, str], dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Cells:
    """The solved table: one row a cell and part, with its count `n`, and why claims stayed out."""

    frame: pd.DataFrame
    skipped: dict[str, str]
    weights: pd.DataFrame


def solve_cells(
    home: Home, year: int, entity: Entity, claims: list[dict[str, Any]], scale: float = 1.0
) -> Cells:
    """Return whole counts that meet every claim; CHECK_FAILED naming those that cannot hold."""
    path = home.calibration_files().get(entity.name)
    if path is None:
        raise HotlineError(
            f"没有{entity.title}的先验 data/calibration/{entity.name}.csv,无法模拟;请补上该文件",
            NO_DATA,
        )
    weights, frame = _read(path)
    table = _prior(weights)
    domain = _domain(home, year, table)
    constraints, skipped = _constraints(claims, domain)
    counts = _whole(table["weight"].to_numpy(), _size(claims, domain))
    counts = _nearest(table, counts, constraints)
    if scale < 1:
        counts = _whole(counts.astype(float), max(1, round(counts.sum() * scale)))
    table = table.assign(n=counts)
    return Cells(table[table["n"] > 0].drop(columns="weight"), skipped, frame)


def _read(path: Any) -> tuple[Weights, pd.DataFrame]:
    frame = pd.read_csv(path, dtype={"weight": float}, keep_default_na=False)
    found: Weights = defaultdict(lambda: defaultdict(dict))
    for row in frame.itertuples(index=False):
        found[str(row.axis), str(row.given_axis)][str(row.given)][str(row.member)] = float(
            str(row.weight)
        )
    return found, frame


def _prior(weights: Weights) -> pd.DataFrame:
    """Return every cell and part with its share of all rows."""
    axes = [axis for axis, given in weights if not given]
    members = {axis: weights[axis, ""][""] for axis in axes}
    sums = {axis: sum(own.values()) for axis, own in members.items()}
    parts = {given: own for (axis, given), own in weights.items() if axis == PART}
    rows = []
    for cell in product(*members.values()):
        weight = 1.0
        for axis, member in zip(axes, cell, strict=True):
            weight *= members[axis][member] / sums[axis]
        named: dict[str, float] = {}
        for given, own in parts.items():
            named |= own.get(cell[axes.index(given)], {})
        for part, share in {**named, REST: 1 - sum(named.values())}.items():
            rows.append([*cell, part, weight * share])
    return pd.DataFrame(rows, columns=[*axes, PART, "weight"])


def _domain(home: Home, year: int, table: pd.DataFrame) -> Domain:
    register = read_register(home, year)

    def members(dimension: str, selector: Selector) -> list[str]:
        known = table.groupby(dimension)["weight"].sum().sort_values(ascending=False)
        return [str(member) for member in known.index]

    return Domain(
        register.regions,
        tuple(register.districts),
        register.population,
        {year: (0,)},
        members,
        parts=parts_of(entities_of(home).values(), register.metrics),
        rules=register.rules,
        metrics=register.metrics,
    )


def _constraints(
    claims: list[dict[str, Any]], domain: Domain
) -> tuple[list[Constraint], dict[str, str]]:
    found: list[Constraint] = []
    skipped = {}
    for claim in claims:
        try:
            found += constraints_of(claim, domain)
        except Unsupported as reason:
            skipped[claim["claim"]] = str(reason)
    return found, skipped


def _size(claims: list[dict[str, Any]], domain: Domain) -> int:
    """Return how many rows the year has, by the claim on all of them."""
    for claim in claims:
        ends = (claim["lower"], claim["upper"])
        is_total = is_all(claim["metric"], domain.parts) and claim["period_type"] == "year"
        is_whole = all(claim[name] == "*" for name in ("district", "street", "category", "channel"))
        if is_total and is_whole and claim["relation"] == "equals" and None not in ends:
            return round((ends[0] + ends[1]) / 2)
    return DEFAULT_SIZE


def _whole(weights: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers in proportion to the weights, by largest remainder."""
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts


def _nearest(table: pd.DataFrame, prior: np.ndarray, constraints: list[Constraint]) -> np.ndarray:
    """Return the whole numbers nearest to the prior (least change, weighed by size)."""
    if not constraints:
        return prior
    for inset, most in ((INSET, most) for most in (*MOST_CHANGE, np.inf)):
        found = _near(prior, *_rows(table, constraints, inset), most)
        if found is not None:
            return found
    found = _near(prior, *_rows(table, constraints, Fraction(0)), np.inf)
    if found is not None:
        return found
    names = "、".join(dict.fromkeys(c.claim for c in constraints))
    raise HotlineError(
        f"这些条目不能同时成立:{names};请用 hotline audit --conflicts 找出矛盾后再模拟",
        CHECK_FAILED,
    )


def _near(
    prior: np.ndarray,
    rows: list[np.ndarray],
    lower: list[float],
    upper: list[float],
    most: float,
) -> np.ndarray | None:
    """Return the prior changed as little as can be, no cell by more than its part `most`."""
    reach = np.full(len(prior), np.inf) if np.isinf(most) else np.ceil(prior * most)
    given = sparse.csr_matrix(np.array(rows))
    at = given @ prior
    # More and less than the prior, each a whole number; few of them are not 0.
    answer = milp(
        np.tile(1 / np.sqrt(prior + 1.0), 2),
        constraints=LinearConstraint(
            sparse.hstack([given, -given]), np.array(lower) - at, np.array(upper) - at
        ),
        integrality=np.ones(2 * len(prior)),
        bounds=Bounds(0, np.concatenate([reach, np.minimum(reach, prior)])),
    )
    if answer.x is None:
        return None
    more, less = np.split(np.rint(answer.x).astype(np.int64), 2)
    return prior + more - less


def _rows(
    table: pd.DataFrame, constraints: list[Constraint], inset: Fraction
) -> tuple[list[np.ndarray], list[float], list[float]]:
    """Return the ends of every constraint as rows over the cells."""
    rows: list[np.ndarray] = []
    lower: list[float] = []
    upper: list[float] = []
    for c in constraints:
        numerator, denominator = _sum(table, c.numerator), _sum(table, c.denominator)
        if not c.denominator:
            low, high = c.lower, c.upper
            if low is not None and high is not None:
                low, high = low + inset * (high - low), high - inset * (high - low)
            rows.append(numerator)
            lower.append(-np.inf if low is None else float(-(-low // 1)))
            upper.append(np.inf if high is None else float(-(-high // 1)) - 1)
            continue
        for end, sign in ((c.lower, 1.0), (c.upper, -1.0)):
            if end is not None:
                rows.append(sign * (numerator - float(end) * denominator))
                lower.append(0.0 if sign > 0 else OPEN_END_MARGIN)
                upper.append(np.inf)
    return rows, lower, upper


def _sum(table: pd.DataFrame, terms: tuple[tuple[Fraction, Selector], ...]) -> np.ndarray:
    total = np.zeros(len(table))
    for factor, selector in terms:
        mask = np.ones(len(table), dtype=bool)
        for column, members in selector.filters:
            if column not in table:
                raise HotlineError(f"先验里没有维度 {column},不能模拟有关的条目", NO_DATA)
            mask &= table[column].isin(list(members)).to_numpy()
        total[mask] += float(factor)
    return total
