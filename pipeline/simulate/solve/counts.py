"""The solved tables of the chain: exact counts of a year and of the year before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.constraints.chain import SPEC


@dataclass(frozen=True)
class CountTable:
    """One integer table of the chain for one year and shell (smallest tier; 0 without tiers)."""

    name: str
    year: int
    shell: int
    dims: tuple[str, ...]
    keys: pd.DataFrame
    counts: np.ndarray

    @property
    def total(self) -> int:
        """Number of records in the table."""
        return int(self.counts.sum())

    def frame(self) -> pd.DataFrame:
        """The cells as one frame: the key columns and `n`."""
        return self.keys.assign(n=self.counts)

    def margin(
        self,
        dims: tuple[str, ...],
        only: Mapping[str, tuple[str, ...]] | None = None,
        but: Mapping[str, tuple[str, ...]] | None = None,
    ) -> dict[tuple[str, ...], int]:
        """Counts summed by `dims`: tuple of members -> records (zero margins are absent)."""
        frame = self.frame()
        for column, values in (only or {}).items():
            frame = frame[frame[column].isin(list(values))]
        for column, values in (but or {}).items():
            frame = frame[~frame[column].isin(list(values))]
        sums = frame.groupby(list(dims), sort=True)["n"].sum()
        return {key if isinstance(key, tuple) else (key,): int(n) for key, n in sums.items() if n}


@dataclass(frozen=True)
class Solution:
    """All tables of a year and its comparison year, and what the solver has to say of them.

    `tables` is keyed by (table name, year, shell). `report` holds `relaxed` (claims that had to
    give way, empty for a sound ledger), `far_from_prior` (cells beyond ten times their prior)
    and the solver's own measurements. `callers`: year -> distinct callers, where a claim says so.
    """

    tables: dict[tuple[str, int, int], CountTable]
    report: dict[str, Any] = field(default_factory=dict)
    callers: dict[int, int] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """Years covered, in order."""
        return sorted({year for _, year, _ in self.tables})

    def shells(self, year: int) -> list[int]:
        """Shells of a year in order: [1, 2, 3] with tiers, [0] without."""
        return sorted({shell for _, y, shell in self.tables if y == year})

    def table(self, name: str, year: int, shell: int) -> CountTable:
        """One table; KeyError when there is none."""
        return self.tables[(name, year, shell)]

    def total(self, year: int, shell: int | None = None) -> int:
        """Records of a year, or of one of its shells."""
        shells = self.shells(year) if shell is None else [shell]
        return sum(self.table("base", year, s).total for s in shells)

    def instances(self) -> Iterator[tuple[int, int]]:
        """Every (year, shell) in order."""
        for year in self.years:
            for shell in self.shells(year):
                yield year, shell


def make_table(
    name: str, year: int, shell: int, keys: pd.DataFrame, counts: np.ndarray
) -> CountTable:
    """A CountTable in canonical form: chain columns, cells with count > 0, index reset."""
    dims = SPEC[name].dims
    counts = np.asarray(counts, dtype=np.int64)
    kept = counts > 0
    rows = keys.loc[kept, list(dims)].astype(str).reset_index(drop=True)
    return CountTable(name, year, shell, dims, rows, counts[kept])


def margin_faults(tables: Mapping[tuple[str, int, int], CountTable]) -> list[str]:
    """Shared margins that differ between tables, one line each; empty when all agree."""
    faults = []
    for (name, year, shell), table in tables.items():
        for share in SPEC[name].shares:
            earlier = tables[(share.table, year, shell)]
            want = earlier.margin(share.dims, share.only, share.but)
            have = table.margin(share.dims)
            for key in sorted(set(want) | set(have)):
                if want.get(key, 0) != have.get(key, 0):
                    faults.append(
                        f"{name} {year} shell {shell} {key}: {have.get(key, 0)}, "
                        f"{share.table} has {want.get(key, 0)}"
                    )
    return faults
