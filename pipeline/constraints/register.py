"""The members that a home's reference tables know: what a list of the ledger ranges over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipeline.constraints.chain import DISTRICT_HANDLED
from pipeline.constraints.rules import Rules, read_rules
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.metrics.definitions import Metrics, metrics_of, shipped
from pipeline.reference import read_cells


@dataclass
class Register:
    """The members that the reference tables know."""

    categories: list[str]
    subcategories: dict[str, list[str]]
    regions: dict[str, tuple[str, ...]]
    districts: list[str]
    streets: dict[str, list[str]]
    units: dict[str, list[str]]
    population: dict[tuple[int, str], int]
    crosswalk: dict[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    praise_forms: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    metrics: Metrics = field(default_factory=shipped)

    @property
    def unit_types(self) -> list[str]:
        """All unit types, those that work for a district first."""
        return [*DISTRICT_HANDLED, *self.units]


def read_table(path: Path) -> pd.DataFrame:
    """A reference CSV as text; an empty cell reads as the empty string."""
    header, rows = read_cells(path)
    return pd.DataFrame([row for _, row in rows], columns=header, dtype=str)


def _lists(frame: pd.DataFrame, key: str, member: str) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = defaultdict(list)
    for k, m in zip(frame[key], frame[member], strict=True):
        if m not in lists[k]:
            lists[k].append(m)
    return dict(lists)


def _in_force(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    if "valid_from" in frame:
        frame = frame[(frame["valid_from"] == "") | (frame["valid_from"] <= f"{year}-12-31")]
    if "valid_to" in frame:
        frame = frame[(frame["valid_to"] == "") | (frame["valid_to"] >= f"{year}-01-01")]
    return frame


def read_register(home: Home, year: int) -> Register:
    """The reference members in force in a year and the populations its report uses."""
    files = home.reference_files()
    for name in ("category", "district", "unit"):
        if name not in files:
            raise HotlineError(f"缺少参考表 data/reference/{name}.csv,请从项目仓库补回", NO_DATA)
    district = read_table(files["district"])
    unit = _in_force(read_table(files["unit"]), year)
    unit = unit[~unit["unit_type"].isin(DISTRICT_HANDLED)]
    street = _in_force(read_table(files["street"]), year) if "street" in files else None
    sub = read_table(files["subcategory"]) if "subcategory" in files else None
    return Register(
        categories=list(dict.fromkeys(read_table(files["category"])["category"])),
        subcategories={} if sub is None else _lists(sub, "category", "subcategory"),
        regions={r: tuple(d) for r, d in _lists(district, "region", "district").items()},
        districts=list(district["district"]),
        streets={} if street is None else _lists(street, "district", "street"),
        units=_lists(unit, "unit_type", "unit"),
        population=_population(files),
        crosswalk=_crosswalk(files),
        praise_forms=_counted_forms(files),
        rules=read_rules(files, metrics_of(home)),
        metrics=metrics_of(home),
    )


def _counted_forms(files: dict[str, Path]) -> tuple[str, ...]:
    if "praise_form" not in files:
        return ()
    frame = read_table(files["praise_form"])
    return tuple(frame.loc[frame["is_counted"] == "是", "praise_form"])


def _crosswalk(files: dict[str, Path]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    if "category_crosswalk" not in files:
        return {}
    frame = read_table(files["category_crosswalk"])
    rules: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in frame.itertuples(index=False):
        rules[str(row.taxonomy)].append((str(row.category), str(row.subcategory), str(row.member)))
    return {taxonomy: tuple(found) for taxonomy, found in rules.items()}


def _population(files: dict[str, Path]) -> dict[tuple[int, str], int]:
    if "population" not in files or "population_use" not in files:
        return {}
    people = read_table(files["population"])
    use = read_table(files["population_use"])
    joined = use.merge(people, on="vintage")
    rows = zip(joined["year"], joined["district"], joined["population"], strict=True)
    return {(int(y), d): int(p) for y, d, p in rows}
