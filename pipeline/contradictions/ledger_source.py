"""The ledger that is asked about: one CSV or a folder of them, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import ledger
from pipeline.errors import NO_DATA, USAGE, HotlineError
from pipeline.home import Home


@dataclass(frozen=True)
class LedgerHome(Home):
    """A home whose ledger is elsewhere; its reference tables stay its own."""

    ledger: Path = Path()

    def published_files(self) -> dict[str, Path]:
        """Return the files of the ledger that was named."""
        files = sorted(self.ledger.glob("*.csv")) if self.ledger.is_dir() else [self.ledger]
        return {path.stem: path for path in files}


def read_years(home: Home, path: Path, year: int | None) -> dict[int, list[dict[str, Any]]]:
    """Report year -> its claims, of one year if given.

    Raises HotlineError: USAGE for a path that is no ledger or a year that it does not have,
    NO_DATA for a ledger without claims.
    """
    claims = ledger.rows(ledger_home(home, path))
    if not claims:
        raise HotlineError(f"台账 {home.relative(path)} 里没有条目,请先录入", NO_DATA)
    years: dict[int, list[dict[str, Any]]] = {}
    for claim in claims:
        years.setdefault(claim["year"], []).append(claim)
    if year is not None and year not in years:
        known = "、".join(map(str, sorted(years)))
        raise HotlineError(
            f"台账 {home.relative(path)} 里没有 {year} 年的条目(有 {known}),请换年份", USAGE
        )
    return {y: own for y, own in sorted(years.items()) if year in (None, y)}


def ledger_home(home: Home, path: Path) -> LedgerHome:
    """The home with the ledger at `path`; raises HotlineError where there is none."""
    if not path.exists():
        raise HotlineError(f"找不到台账 {path},请给出台账的 CSV 文件或文件夹", USAGE)
    found = LedgerHome(home.root, path.resolve())
    if path.is_dir() and not found.published_files():
        raise HotlineError(f"文件夹 {path} 里没有 CSV 台账,请换一个文件夹", NO_DATA)
    return found
