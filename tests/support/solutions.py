"""Solved count tables: an invented example, and a plain reading of claims over such tables.

The example's records are drawn first and counted afterwards, so that all margins agree by
construction. The reading shares no code with the solver: each metric is spelt out table by table in
pandas, and ranks are sorted, not bounded.
"""

import csv
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.constraints.chain import (
    CHAIN,
    DIRECT,
    DISPATCHED,
    DISTRICT_HANDLED,
    DISTRICT_UNIT,
    STREET_UNIT,
    UNKNOWN,
)
from pipeline.demo import CITY
from pipeline.simulate.solve.counts import Solution, make_table

HANDLED = ["区", "街乡镇"]
COLUMNS = (
    *("record_type", "category", "subcategory", "handling", "unit_type", "unit"),
    *("region", "district", "street", "channel", "desk"),
    *("platform", "praise_form", "epidemic", "tag"),
)
GOLDEN = CITY


def population(folder: Path, year: int) -> dict[str, int]:
    """District -> persons of the vintage that the year's report uses."""
    use = pd.read_csv(folder / "population_use.csv", dtype=str).set_index("year")["vintage"]
    people = pd.read_csv(folder / "population.csv", dtype=str)
    people = people[people["vintage"] == use[str(year)]]
    return {d: int(p) for d, p in zip(people["district"], people["population"], strict=True)}


COURSES = (
    *("rises", "falls", "rises_steadily", "falls_steadily", "rises_then_falls", "level"),
    *("high", "concentrated", "higher", "lower", "much_higher", "much_lower"),
)


class Reader:
    """Figures of a solution, by metric and key."""

    def __init__(self, solution: Solution, regions: dict[str, str], people: dict[str, int]):
        self.solution, self.regions, self.people = solution, regions, people
        self.forms = ("表扬电话", "表扬信", "锦旗")

    def rows(self, table: str, year: int, scope: str) -> pd.DataFrame:
        shells = [s for s in self.solution.shells(year) if scope == "all" or s <= int(scope[-1])]
        return pd.concat([self.solution.table(table, year, s).frame() for s in shells])

    def count(self, claim: dict, year: int, drop: tuple[str, ...] = ()) -> int:
        key = {c: claim[c] for c in COLUMNS if claim[c] != "*" and c not in drop}
        if "-" in claim["period"] and "month" not in drop:
            key["month"] = claim["period"][5:]
        return self._count(key, claim, year)

    def _count(self, key: dict, claim: dict, year: int) -> int:
        metric = claim["metric"]
        handled = metric in (
            "district_handled_count",
            "per_10k",
            "region_share",
            "region_dispatched_share",
            "category_district_share",
        )
        if metric == "place_count" and "district" in key:
            key["place_district"] = key.pop("district")
        if "unit_type" in key:
            key.pop("handling", None)
        if "street" in key:
            key.pop("unit_type")
        homes = (
            ("unit", "unit"),
            ("street", "street"),
            ("place_district", "place"),
            ("platform", "platform"),
            ("praise_form", "praise"),
            ("epidemic", "hand"),
            ("subcategory", "sub"),
            ("month", "type"),
            ("channel", "base"),
            ("desk", "base"),
            ("unit_type", "hand"),
            ("district", "hand"),
            ("region", "hand"),
            ("record_type", "type"),
        )
        table = "hand" if handled else next((t for c, t in homes if c in key), "base")
        if table == "type" and "handling" in key:
            table = "hand"
        rows = self.rows(table, year, claim["scope"])
        if handled:
            rows = rows[rows["unit_type"].isin(HANDLED) & (rows["district"] != "?")]
        if "region" in key:
            rows = rows[rows["district"].map(self.regions) == key.pop("region")]
        for column, value in key.items():
            rows = rows[rows[column] == value]
        return int(rows["n"].sum())

    def rate(self, claim: dict, year: int) -> Fraction:
        rows = self.rows("outcome", year, claim["scope"])
        for column in ("category", "unit_type", "district", "epidemic"):
            if claim[column] != "*":
                rows = rows[rows[column] == claim[column]]
        if claim["district"] != "*":
            rows = rows[rows["unit_type"].isin(HANDLED)]
        parts = rows["outcome"].str.split("|", expand=True)
        n = rows["n"]
        valid = int(n[parts[0] == "是"].sum())
        if claim["metric"] == "response_rate":
            return Fraction(int(n[parts[1] == "是"].sum()), valid)
        if claim["metric"] == "resolution_rate":
            return Fraction(int(n[parts[2] == "解决"].sum()), valid)
        good, fair = (int(n[parts[3] == s].sum()) for s in ("满意", "基本满意"))
        return Fraction(10 * good + 9 * fair, 10 * valid)

    def value(self, claim: dict) -> Fraction:
        metric, year = claim["metric"], int(claim["period"][:4])
        if metric.endswith("_rate"):
            return self.rate(claim, year)
        n = self.count(claim, year)
        if metric in ("record_count", "district_handled_count", "place_count"):
            return Fraction(n)
        if metric == "growth_record_count":
            before = self.count(claim, year - 1)
            return Fraction(n - before, before)
        if metric == "praise_count":
            forms = [self.count({**claim, "praise_form": f}, year) for f in self.forms]
            return Fraction(sum(forms))
        if metric == "crosswalk_count":
            return Fraction(self.recoded(claim, year))
        if metric == "joint_share":
            both = sum(self.count({**claim, "unit_type": u}, year) for u in HANDLED)
            return Fraction(n, both)
        if metric == "region_dispatched_share":
            plain = {**claim, "region": "*", "metric": "record_count", "handling": "派单"}
            return Fraction(n, self.count(plain, year))
        if metric == "per_10k":
            return Fraction(n * 10_000, self.people[claim["district"]])
        if metric == "unit_type_share":
            claim = {**claim, "handling": "派单"}
        of = {
            "channel_share": "channel",
            "platform_share": "platform",
            "handling_share": "handling",
            "type_share": "record_type",
            "type_category_share": "category",
            "month_share": "month",
            "region_share": "region",
            "unit_type_share": "unit_type",
            "category_district_share": "district",
            "subcategory_share": "subcategory",
            "category_share": "category",
        }
        return Fraction(n, self.count(claim, year, drop=(of[metric],)))

    def recoded(self, claim: dict, year: int) -> int:
        """The one rule of the repository's crosswalk, spelt out: 卫生安全 goes to 疫情防控."""
        moved = {**claim, "category": "公共安全", "subcategory": "卫生安全"}
        if claim["category"] == "疫情防控":
            return self.count(moved, year)
        away = self.count(moved, year) if claim["category"] == "公共安全" else 0
        return self.count(claim, year) - away

    def holds(self, claim: dict, universe: dict[str, list[str]]) -> bool:
        """Whether a claim (its repair, if it has one) is true of the tables."""
        relation, dimension = claim["relation"], claim["dimension"]
        if relation in COURSES:
            return self.runs(claim)
        if relation == "above":
            keys = universe[dimension] if dimension else ["*"]
            sizes = {k: self.count({**claim, dimension: k}, 2020) for k in keys if dimension}
            top = sorted(keys, key=lambda k: -sizes.get(k, 0))[: int(claim["printed"] or 1)]
            ones = [{**claim, dimension: k} if dimension else claim for k in top]
            return all(
                self.value(one) > self.value({**one, "metric": one["members"]}) for one in ones
            )
        if relation in ("joint", "predominant"):
            shares = [self.value({**claim, dimension: m}) for m in claim["members"].split("|")]
            if relation == "joint":
                return all(Fraction(2, 5) <= s < Fraction(3, 5) for s in shares)
            return all(s >= Fraction(3, 5) for s in shares)
        if relation in ("equals", "at_least"):
            ends = ("repair_lower", "repair_upper") if claim["status"] else ("lower", "upper")
            low, high = (claim[e] for e in ends)
            value = self.value(claim)
            inside = low is None or value >= Fraction(Decimal(low))
            return inside and (high is None or value < Fraction(Decimal(high)))
        values = {}
        members = claim["members"].split("|") if relation == "order" else universe[dimension]
        for member in members:
            one = {**claim, dimension: member}
            if dimension == "street":
                one["district"], one["street"] = member.split("/")
            values[member] = self.value(one)
        order = sorted(values, key=lambda m: values[m], reverse=relation != "smallest")
        if relation == "top_members":
            size, _, quota = claim["printed"].partition(":")
            want = {d: int(k) for d, k in (q.split("=") for q in quota.split("|"))}
            got: dict[str, int] = {}
            for member in order[: int(size)]:
                got[member.split("/")[0]] = got.get(member.split("/")[0], 0) + 1
            return got == want and values[order[int(size) - 1]] > values[order[int(size)]]
        named = claim["members"].split("|")
        head = [values[m] for m in order[: len(named) + 1]]
        return order[: len(named)] == named and len(set(head)) == len(head)

    def runs(self, claim: dict) -> bool:
        """Whether a series runs as a claim says, month by month."""
        relation, span = claim["relation"], claim["members"].split("|")
        values = [self.value({**claim, "period": p}) for p in span]
        steps = [b - a for a, b in pairwise(values)]
        if relation == "level":
            ends = Fraction(claim["lower"]), Fraction(claim["upper"])
            return all(ends[0] <= v < ends[1] for v in values)
        if relation.endswith("_steadily"):
            return all(s > 0 if relation.startswith("rises") else s < 0 for s in steps)
        if relation in ("rises", "falls"):
            return slope(values) > 0 if relation == "rises" else slope(values) < 0
        if relation == "rises_then_falls":
            top = values.index(max(values))
            inside = 0 < top < len(values) - 1
            return inside and slope(values[: top + 1]) > 0 > slope(values[top:])
        year = [f"{span[0][:4]}-{m:02d}" for m in range(1, 13)]
        rest = mean([self.value({**claim, "period": p}) for p in year if p not in span])
        before = self.value({**claim, "period": year[year.index(span[0]) - 1]})
        return {
            "high": min(values) > rest,
            "concentrated": mean(values) > rest,
            "higher": mean(values) > before,
            "lower": mean(values) < before,
            "much_higher": mean(values) * 10 >= before * 11,
            "much_lower": mean(values) * 10 <= before * 9,
        }[relation]


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def slope(values: list[Fraction]) -> Fraction:
    """The least-squares slope against 0, 1, 2 ..., by its textbook formula."""
    n = len(values)
    xy = sum((i * v for i, v in enumerate(values)), Fraction(0))
    xx = sum(i * i for i in range(n))
    x = sum(range(n))
    return (n * xy - x * sum(values, Fraction(0))) / (n * xx - x * x)


def universe(folder: Path, claim: dict, solution: Solution) -> dict[str, list[str]]:
    """Members of each dimension that a list of this claim ranges over, from the references."""

    def column(name: str, field: str, **where: str) -> list[str]:
        with (folder / f"{name}.csv").open(encoding="utf-8-sig") as file:
            rows = [r for r in csv.DictReader(file) if all(r[k] == v for k, v in where.items())]
        return [r[field] for r in rows]

    year = claim["period"][:4]
    streets = zip(column("street", "district"), column("street", "street"), strict=True)
    units = column("unit", "unit", unit_type=claim["unit_type"])
    return {
        "period": [f"{year}-{m:02d}" for m in range(1, 13)],
        "category": [
            *column("category", "category"),
            *(["疫情防控"] if claim["metric"] == "crosswalk_count" else []),
        ],
        "district": column("district", "district"),
        "street": [f"{d}/{s}" for d, s in streets],
        "unit": units,
        "unit_type": sorted(set(column("unit", "unit_type"))),
        "subcategory": column("subcategory", "subcategory", category=claim["category"]),
    }


def faults(solution: Solution, claims: list[dict], reference: Path, year: int) -> list[str]:
    """Claims that do not hold, by this reading."""
    with (reference / "district.csv").open(encoding="utf-8-sig") as file:
        regions = {r["district"]: r["region"] for r in csv.DictReader(file)}
    reader = Reader(solution, regions, population(reference, year))
    checked = [
        c
        for c in claims
        if (not c["status"] or c["repair_lower"] is not None)
        and "**" not in c["printed"]
        and c["claim"] not in solution.report.get("apart", {})
    ]
    return [c["claim"] for c in checked if not reader.holds(c, universe(reference, c, solution))]


_UNITS = {"市级部门": ("市某局", "市某委"), "国有企业": ("某集团",), "电商企业": ("某网",)}
_OUTCOMES = ("是|是|解决|满意", "是|是|未解决|基本满意", "是|否|未解决|不满意", "否|||")


def example_records(n: int, seed: int) -> pd.DataFrame:
    """`n` invented records, one column per dimension of the chain."""
    rng = np.random.default_rng(seed)
    pick = lambda members: rng.choice(members, n)  # noqa: E731
    frame = pd.DataFrame(
        {
            "category": pick(["甲类", "乙类"]),
            "handling": pick([DIRECT, DISPATCHED]),
            "channel": pick(["电话", "电话", "网络"]),
            "desk": pick(["其他席", "其他席", "企业专席"]),
            "record_type": pick(["咨询", "诉求", "建议", "投诉", "表扬", "其他"]),
            "month": pick([f"{m:02d}" for m in range(1, 13)]),
            "unit_type": pick([*DISTRICT_HANDLED, *_UNITS]),
            "district": pick(["东区", "西区"]),
            "place_district": pick(["东区", "西区", UNKNOWN]),
            "outcome": pick(_OUTCOMES),
            "epidemic": pick(["是", "否", "否"]),
        }
    )
    frame["subcategory"] = frame["category"].str[0] + pick(["一", "二"])
    # As in the small calibration of the tests: one platform, one form of praise.
    frame["platform"] = np.where(frame["channel"] == "网络", "公众号", UNKNOWN)
    frame["praise_form"] = np.where(frame["record_type"] == "表扬", "锦旗", UNKNOWN)
    direct = frame["handling"] == DIRECT
    frame.loc[direct, "unit_type"] = UNKNOWN
    frame.loc[~frame["unit_type"].isin(DISTRICT_HANDLED), "district"] = UNKNOWN
    lost = (frame["unit_type"] == DISTRICT_UNIT) & (rng.random(n) < 0.05)
    frame.loc[lost, "district"] = UNKNOWN
    frame["street"] = frame["district"].str[0] + pick(["头街道", "尾镇"])
    frame["unit"] = [rng.choice(_UNITS[u]) if u in _UNITS else UNKNOWN for u in frame["unit_type"]]
    return frame


def count_records(frame: pd.DataFrame, year: int, shell: int) -> dict:
    """The ten tables of the chain, counted from records."""
    rows = {
        "unit": frame[frame["unit"] != UNKNOWN],
        "street": frame[frame["unit_type"] == STREET_UNIT],
        "outcome": frame[frame["handling"] == DISPATCHED],
    }
    tables = {}
    for spec in CHAIN:
        part = rows.get(spec.name, frame)
        cells = part.groupby(list(spec.dims), sort=True).size().reset_index(name="n")
        tables[(spec.name, year, shell)] = make_table(
            spec.name, year, shell, cells[list(spec.dims)], cells["n"].to_numpy()
        )
    return tables


def example_solution(
    records: int = 600, year: int = 2001, shells: tuple[int, ...] = (1, 2), seed: int = 7
) -> Solution:
    """Two years (`year` and the one before) of `records` invented records in each shell."""
    tables: dict = {}
    for y in (year - 1, year):
        for shell in shells:
            frame = example_records(records, seed + 10 * y + shell)
            tables.update(count_records(frame, y, shell))
    return Solution(tables, {"relaxed": [], "far_from_prior": []})
