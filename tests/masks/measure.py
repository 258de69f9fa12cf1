"""Put texts through the whole of ingest and count what stayed and what should have."""

import csv
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import duckdb

from pipeline.home import Home
from pipeline.ingest import ingest
from pipeline.lock import exclusive
from tests.masks.planted import Item, matters

_HEAD = ("工单编号", "来电时间", "一级分类", "主要内容", "来电人", "坐席姓名")
# Sentences in which a hasty mask sees a name, a house or a phone.
TRICKY = (
    *(
        "本人认为收费不合理",
        "联系人员未到场",
        "业主何时能够入住",
        "来电人关心进度",
        "市民高度重视",
        "向老师反映",
    ),
    *(
        "班主任老师不管",
        "父亲高血压住院",
        "孩子方便时复查",
        "业主委员会不作为",
        "村民张贴的通知",
        "我是于去年买的房",
    ),
    *(
        "10号线停运",
        "9月3号来电",
        "第12号文件",
        "京发〔2019〕12号文件",
        "2020-09-18 00:34:04",
        "2019-2020年度",
    ),
    *(
        "每月3000-5000元",
        "费用12000元",
        "已持续12天",
        "12345热线",
        "微信公众号",
        "新iPhone丢失",
        "车牌识别系统",
    ),
    *(
        "住在三楼漏水",
        "姓名权受到侵害",
        "身份证未带",
        "一二三四五楼停水",
        "申请人员名单",
        "经理不在",
        "邻居王八蛋",
    ),
    *(
        "老人任何时候都能办",
        "学生马上开学",
        "本人曾经在场",
        "司机常年超载",
        "市长先生您好",
        "QQ音乐收费",
        "我和女士们",
    ),
)


class Masked(NamedTuple):
    """A text before and after."""

    before: str
    after: str


def run(items: list[Item]) -> list[Masked]:
    """Return every item's text as it is in the warehouse."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HOTLINE_KEY_FILE", f"{folder}/key")
        home, file = Home(Path(folder)), Path(folder) / "planted.csv"
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(_HEAD)
            for number, item in enumerate(items):
                key = f"{number:07d}"
                row = (key, "2020-01-05", "住房", item.text, item.caller, item.seat)
                writer.writerow(row)
        with exclusive(home):
            ingest(home, [file])
        found = duckdb.execute(
            "SELECT record_id::INTEGER, content FROM read_parquet($1, hive_partitioning = false)",
            [f"{home.warehouse}/texts/**/*.parquet"],
        ).fetchall()
    after = dict(found)
    return [Masked(item.text, after[number] or "") for number, item in enumerate(items)]


def count(items: list[Item]) -> dict[tuple[str, str], list[int]]:
    """Return (kind, form) -> planted, found, with the rest of the text harmed."""
    table: dict[tuple[str, str], list[int]] = {}
    for item, masked in zip(items, run(items), strict=True):
        counts = table.setdefault((item.kind, item.form), [0, 0, 0])
        counts[0] += 1
        counts[1] += not any(secret in masked.after for secret in item.secrets)
        counts[2] += item.rest not in masked.after
    return table


def by_kind(table: dict[tuple[str, str], list[int]]) -> dict[str, list[int]]:
    """Return the counts of `count` by kind."""
    kinds: dict[str, list[int]] = {}
    for (kind, _), counts in table.items():
        total = kinds.setdefault(kind, [0, 0, 0])
        total[:] = [one + other for one, other in zip(total, counts, strict=True)]
    return kinds


def false_alarms() -> tuple[int, Counter[str]]:
    """Return how many texts without anything personal were looked at, and those that changed."""
    clean = [*matters(), *TRICKY]
    changed = run([Item("", "", "", text, (), "") for text in clean])
    return len(clean), Counter(f"{m.before} -> {m.after}" for m in changed if m.before != m.after)
