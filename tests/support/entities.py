"""A small home with grid events, hotline records and a plan, few enough to be counted by hand."""

import csv
from decimal import Decimal as D
from pathlib import Path

from pipeline.home import Home
from pipeline.ingest import IngestResult, ingest
from pipeline.lock import exclusive
from tests.support.city import RULES

GRID = ["事件编号", "区", "街乡镇", "网格", "事件类别", "上报时间", "办结时间", "事件来源", "状态"]
# E4 closes before it begins, E5 is in no district; E1 is there twice.
JANUARY = [
    *[["E1", "东城区", "景山街道", "g1", "市容环卫", "2017-01-02 08:00:00", "2017-01-02 09:00:00",
       "网格员", "已办结"]] * 2,
    ["E2", "东城", "景山街道", "g1", "城管", "2017-01-03 08:00:00", "", "公众", "处理中"],
    ["E4", "西城区", "", "g2", "社会治安", "2017-01-03 08:00:00", "2017-01-02 08:00:00", "视频",
     "已办结"],
    ["E5", "某某区", "", "g2", "社会治安", "2017-01-03 08:00:00", "2017-01-04 08:00:00", "视频",
     "已办结"],
    ["E6", "东城区", "东华门街道", "g3", "河湖水务", "2017-01-10 12:00:00", "", "网格员", "处理中"],
]  # fmt: skip
FEBRUARY = [
    ["E3", "西城区", "", "g2", "社会治安", "2017-02-03 08:00:00", "2017-02-03 10:00:00", "视频",
     "已结案"],
]  # fmt: skip
# January again, a month later: E2 was solved after two hours.
LATER = [
    ["E2", "东城区", "景山街道", "g1", "市容环卫", "2017-01-03 08:00:00", "2017-01-03 10:00:00",
     "市民", "已办结"],
]  # fmt: skip
CALLS = ["工单编号", "来电时间", "一级分类", "被反映区", "被反映街乡镇"]
# C1 calls two days after the grid's E1; C2 four hours before E6; C3 of a week without an event.
CALLED = [
    ["C1", "2017-01-04 09:00:00", "市容环卫", "东城区", "景山街道"],
    ["C2", "2017-01-10 08:00:00", "水务管理", "东城区", "东华门街道"],
    ["C3", "2017-01-20 09:00:00", "市容环卫", "东城区", "景山街道"],
]
PLAN = [
    "plan,group,number,indicator,aliases,unit,relation,target,binding,kind,base_period,"
    "end_period,note"
]
INDICATORS = [
    # Half of the time has gone by at the end of June 2018: 30 of 60 months.
    ("met", "%", ">=", "90", "level"),
    ("on_line", "%", "=", "100", "level"),
    ("below_line", "%", "=", "100", "level"),
    ("equal_to_more_than", "岁", ">", "82", "level"),
    ("falling", "%", "<", "4", "reversed"),
    ("too_slow_a_fall", "%", "<", "4", "reversed"),
    ("less_than_in_2014", "%", "=", "15", "decrease"),
    ("sum", "%", "=", "20", "cumulative"),
    ("no_base", "个", "=", "25", "level"),
    ("no_value", "个", "=", "25", "level"),
]
VALUES = [
    ["指标", "时期", "实际值", "单位", "来源"],
    ["met", "2018-06", "90", "", "x"],
    ["on_line", "2015", "80", "%", "x"],
    ["on_line", "2018年6月", "90%", "", "x"],
    ["below_line", "2015", "80", "", "x"],
    ["below_line", "2018-06", "89.9", "", "x"],
    ["equal_to_more_than", "2015", "81", "", "x"],
    ["equal_to_more_than", "2018-06", "82", "岁", "x"],
    ["falling", "2015", "6", "", "x"],
    ["falling", "2018-06", "5", "", "x"],
    ["too_slow_a_fall", "2015", "6", "", "x"],
    ["too_slow_a_fall", "2018-06", "5.1", "", "x"],
    # 42 of 72 months since the end of 2014: 8.75 is the line.
    ["less_than_in_2014", "2018-06", "8.75", "", "x"],
    ["sum", "2016", "12", "", "x"],
    ["sum", "2017", "9", "", "x"],
    ["no_base", "2018-06", "20", "", "x"],
]
BAD_VALUES = [
    VALUES[0],
    ["unheard_of", "2019-06", "3", "", "x"],
    ["met", "2019-06", "91", "个", "x"],
    ["falling", "2019-06", "4.5", "", "x"],
    ["falling", "2019/6", "4.6", "", "x"],
    ["on_line", "去年", "95", "", "x"],
    ["on_line", "2019-06", "很好", "", "x"],
    ["below_line", "2019-06", "95", "", "x"],
    ["below_line", "2019-06-01", "95", "", "x"],
]


def write(path: Path, rows: list[list[str]]) -> None:
    """Write rows as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def load(home: Home, source: str, day: str, name: str, rows: list[list[str]]) -> IngestResult:
    """Deliver a file on a day and load it."""
    write(home.raw / source / day / f"{name}.csv", rows)
    with exclusive(home):
        return ingest(home, [home.raw / source / day / f"{name}.csv"])


def make_city(root: Path) -> Home:
    """Return a home with everything loaded; its ledger is empty."""
    home = Home(root)
    (root / "data" / "published").mkdir(parents=True)
    lines = [
        f"p,{'甲' if number <= 5 else '乙'},{number},{name},,{unit},{relation},{target},预期性,"
        f"{kind},{'2014-12' if kind == 'decrease' else '2015-12'},2020-12,"
        for number, (name, unit, relation, target, kind) in enumerate(INDICATORS, 1)
    ]
    reference = root / "data" / "reference"
    reference.mkdir()
    text = "\n".join([*PLAN, *lines]) + "\n"
    (reference / "plan_indicator.csv").write_text(text, encoding="utf-8")
    (reference / "report_rule.csv").write_text(RULES, encoding="utf-8")
    load(home, "grid", "2017-03-01", "january", [GRID, *JANUARY])
    load(home, "grid", "2017-03-01", "february", [GRID, *FEBRUARY])
    load(home, "grid", "2017-04-01", "january", [GRID, *LATER])
    load(home, "city", "2017-03-01", "calls", [CALLS, *CALLED])
    load(home, "plan", "2018-07-01", "values", VALUES)
    return home


# Printed table -> its columns and the rows that it must have, counted by hand. Of 4 events 3 are
# solved, after 1, 2 and 2 hours: 18,000 seconds.
PRINTED = {
    "t61_grid": (
        "channel, event_count, event_share, solved_count, solved_rate, close_hours, is_partial",
        [
            ("合计", 4, None, 3, D("0.75"), D("1.66666667"), True),
            ("网格员", 2, D("0.5"), 1, D("0.5"), D(1), True),
            ("市民", 1, D("0.25"), 1, D(1), D(2), True),
            ("视频", 1, D("0.25"), 1, D(1), D(2), True),
        ],
    ),
    "t62_grid_district": (
        "rank, district, event_count, solved_count, close_hours",
        [(1, "东城区", 3, 2, D("1.5")), (2, "西城区", 1, 1, D(2))],
    ),
    "t63_grid_class": (
        "rank, grid_class, event_count, event_share, solved_rate",
        [
            (1, "市容环卫", 2, D("0.5"), D(1)),
            (2, "社会治安", 1, D("0.25"), D(1)),
            (2, "河湖水务", 1, D("0.25"), D(0)),
        ],
    ),
    "t64_grid_month": (
        "month, event_count, solved_count, solved_rate",
        [(1, 3, 2, D("0.66666667")), (2, 1, 1, D(1))],
    ),
    # Both sides report two matters; the grid had the streets' dirt first, a citizen the water.
    "t65_matter": (
        "category, matter_count, first_by_grid_count, first_by_grid_share",
        [
            ("合计", 2, 1, D("0.5")),
            ("市容环卫", 1, 1, D(1)),
            ("水务管理", 1, 0, D(0)),
        ],
    ),
    "t71_plan_indicator": (
        "indicator_number, plan_status, target, base_level, path_level, actual_level, "
        "way_share, path_share",
        # From 80 to 100, 89.9 has gone 9.9 of 20; from 6 down to 4, 5.1 has gone 0.9 of 2. The
        # decrease counts from 2014: 42 of 72 months.
        [
            (1, "已完成", "≥90%", None, None, D(90), None, None),
            (2, "达到中期要求", "100%", D(80), D(90), D(90), D("0.5"), D("0.5")),
            (3, "落后于进度", "100%", D(80), D(90), D("89.9"), D("0.495"), D("0.5")),
            (4, "达到中期要求", ">82岁", D(81), D("81.5"), D(82), D(1), D("0.5")),
            (5, "达到中期要求", "<4%", D(6), D(5), D(5), D("0.5"), D("0.5")),
            (6, "落后于进度", "<4%", D(6), D(5), D("5.1"), D("0.45"), D("0.5")),
            (7, "达到中期要求", "15%", D(0), D("8.75"), D("8.75"), *[D("0.58333333")] * 2),
            (8, "未评估", "【20%】", None, None, D(21), None, None),
            (9, "未评估", "25个", None, None, D(20), None, None),
            (10, "未评估", "25个", None, None, None, None, None),
        ],
    ),
    "t72_plan_group": (
        "indicator_group, indicator_count, assessed_count, done_count, on_track_count, "
        "behind_count, on_track_share",
        [
            ("合计", 10, 7, 1, 4, 2, D("0.57142857")),
            ("甲", 5, 5, 1, 3, 1, D("0.6")),
            ("乙", 5, 2, 0, 1, 1, D("0.5")),
        ],
    ),
}
