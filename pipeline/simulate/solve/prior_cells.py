"""The start of a solve: prior cells, and what claims are read against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pipeline.constraints.chain import CHAIN
from pipeline.constraints.claim_constraints import (
    Apart,
    Constraint,
    Domain,
    Unsupported,
    constraints_of,
)
from pipeline.constraints.ledger_context import leaders_of, named_peak
from pipeline.constraints.ratio import Ratio, Selector, Terms, ratio_of
from pipeline.constraints.register import Register
from pipeline.constraints.tables import Block, Instance
from pipeline.simulate.solve.prior import Prior

# Cells of a natural year are not on a smooth surface: each prior cell is shaken by this much.
JITTER = 0.03


class PriorCells:
    """Prior cells of every table, made when asked for and kept."""

    def __init__(self, prior: Prior, sizes: Mapping[tuple[int, int], float], seed: int) -> None:
        self.prior, self.sizes, self.seed = prior, sizes, seed
        self._cells: dict[Instance, tuple] = {}
        self._blocks: dict[Instance, Block] = {}

    def cells(self, instance: Instance) -> tuple:
        """Keys and prior counts of an instance: shaken by the seed, and as they were."""
        if instance not in self._cells:
            name, year, shell = instance
            keys, share = self.prior.cells(name, year, shell)
            order = [spec.name for spec in CHAIN].index(name)
            noise = np.random.default_rng([self.seed, order, year, shell])
            shaken = share * np.exp(JITTER * noise.standard_normal(len(share)))
            size = self.sizes[(year, shell)] * share.sum() / max(shaken.sum(), 1e-300)
            self._cells[instance] = (keys, shaken * size, share)
        return self._cells[instance]

    def members(self, dimension: str, selector: Selector) -> list[str]:
        """Members of a dimension beside a selector's other filters, by falling prior."""
        keys, _, prior = self.cells((selector.table, selector.year, selector.shell))
        own = (dimension, "district") if dimension == "street" else (dimension,)
        block = Block(("", 0, 0), keys, prior)
        mask = block.matching([f for f in selector.filters if f[0] not in own])
        names = keys[dimension]
        if dimension == "street":
            names = keys["district"] + "/" + keys["street"]
        sums: dict[str, float] = {}
        for name, mass in zip(names[mask], prior[mask], strict=True):
            sums[name] = sums.get(name, 0.0) + mass
        return [m for m in sorted(sums, key=lambda m: -sums[m]) if m.split("/")[-1] != "?"]

    def guess(self, ratio: Ratio) -> float | None:
        """The ratio as the prior has it."""
        below = self._sum(ratio.denominator) if ratio.denominator else 1.0
        return self._sum(ratio.numerator) / below if below > 0 else None

    def _sum(self, terms: Terms) -> float:
        total = 0.0
        for factor, selector in terms:
            instance = (selector.table, selector.year, selector.shell)
            if instance not in self._blocks:
                keys, shaken, _ = self.cells(instance)
                self._blocks[instance] = Block(instance, keys, shaken)
            block = self._blocks[instance]
            total += float(factor) * float(block.prior[block.matching(selector.filters)].sum())
        return total


def domain_of(
    register: Register,
    shells: Mapping[int, tuple[int, ...]],
    claims: list[dict[str, Any]],
    ground: PriorCells,
) -> Domain:
    """What the keys of the claims are resolved against."""

    def peak(claim: Mapping[str, Any]) -> str | None:
        named = named_peak(claim, claims)
        if named is not None:
            return named
        span = claim["members"].split("|")
        heights = {}
        for period in span[1:-1]:
            height = ground.guess(ratio_of({**claim, "period": period}, domain))
            heights[period] = height or 0.0
        return max(heights, key=lambda p: heights[p])

    printed: dict[Ratio, float] = {}

    def known(ratio: Ratio) -> float | None:
        if not printed:
            printed.update(_printed(claims, domain))
        return printed.get(ratio)

    domain = Domain(
        regions=register.regions,
        districts=tuple(register.districts),
        population=register.population,
        shells=shells,
        members=ground.members,
        leaders=leaders_of(claims),
        categories=tuple(register.categories),
        praise_forms=register.praise_forms,
        crosswalk=register.crosswalk,
        rules=register.rules,
        metrics=register.metrics,
        peak=peak,
        guess=ground.guess,
        known=known,
    )
    return domain


def _printed(claims: Iterable[Mapping[str, Any]], domain: Domain) -> dict[Ratio, float]:
    """Ratio -> the middle of what is printed for it."""
    found = {}
    for c in claims:
        if c["relation"] == "equals" and c["lower"] is not None and not c["status"]:
            try:
                found[ratio_of(c, domain)] = float(c["lower"] + c["upper"]) / 2
            except Unsupported:
                continue
    return found


def constrain(
    claims: Iterable[Mapping[str, Any]], domain: Domain
) -> tuple[list[Constraint], dict[str, str], dict[str, str]]:
    """All constraints; claim -> why it has none; claim -> what it follows from instead."""
    found: list[Constraint] = []
    skipped: dict[str, str] = {}
    apart: dict[str, str] = {}
    for claim in claims:
        try:
            found += constraints_of(claim, domain)
        except Apart as reason:
            apart[claim["claim"]] = str(reason)
        except Unsupported as reason:
            skipped[claim["claim"]] = str(reason)
    return found, skipped, apart


def callers_of(claims: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Year -> distinct callers over all records, where a claim on the widest scope says so."""
    rows = list(claims)
    widest = max((c["scope"] for c in rows), default="all")
    callers = {}
    for c in rows:
        ends = (c["lower"], c["upper"])
        if c["metric"] == "caller_count" and c["scope"] == widest and None not in ends:
            callers[int(c["period"])] = round((ends[0] + ends[1]) / 2)
    return callers
