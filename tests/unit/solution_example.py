"""A small invented Solution for tests of whatever reads one.

Records are drawn first and counted afterwards, so that all margins agree by construction and
the expected tables do not come from the solver.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.linear.chain import (
    CHAIN,
    DIRECT,
    DISPATCHED,
    DISTRICT_HANDLED,
    DISTRICT_UNIT,
    STREET_UNIT,
    UNKNOWN,
)
from pipeline.simulate.counts import Solution, make_table

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
