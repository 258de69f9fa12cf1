"""Names that no register has: by themselves where enough records hold them, else together."""

from pathlib import Path

import pytest

from pipeline.home import REPOSITORY, Home
from tests.support.city import ask, build_only, deliver, make_home, record

REAL_RULES = (REPOSITORY / "data/reference/report_rule.csv").read_text(encoding="utf-8")
# Invented people and accounts, each in a cell where a name of a thing belongs.
SLIPPED = {
    "category": ("靳小来", "微信wxid01abc"),
    "subcategory": ("骆玉朱", "微信wxid02abc"),
    "topic": ("葛良优", "微信wxid03abc"),
    "tag": ("鲍安国", "微信wxid04abc"),
    "channel": ("裘尺千", "微信wxid05abc"),
    "handling": ("翟临天", "微信wxid06abc"),
    "platform": ("佟亚丽丽", "微信wxid07abc"),
    "unit": ("阮小玉", "微信wxid08abc"),
    "praise_form": ("戚继明", "微信wxid09abc"),
}
USUAL = {
    "category": "教育", "subcategory": "学校", "topic": "招生", "tag": "幼有所育",
    "channel": "电话", "handling": "派单", "platform": "?", "unit": "甲局",
    "unit_type": "市级部门", "record_type": "诉求",
}  # fmt: skip
RARE, ENOUGH = 9, 10


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(
        tmp_path_factory.mktemp("unlisted"),
        {
            "report_rule": REAL_RULES,
            "unit": "unit,unit_type,district,street\n甲局,市级部门,?,?\n",
            "category": "category,sort_order,aliases,note\n教育,1,,\n",
        },
    )
    rows = []

    def add(times: int, **fields: str) -> None:
        for _ in range(times):
            day = 1 + len(rows) % 28
            at = f"2020-{1 + len(rows) % 12:02d}-{day:02d} 08:00:00"
            rows.append(record(f"R{len(rows):04d}", at, **{**USUAL, **fields}))

    for column, names in SLIPPED.items():
        extra = {"record_type": "表扬"} if column == "praise_form" else {}
        extra |= {"unit_type": "?"} if column == "unit" else {}
        for name in names:
            add(1, **{**extra, column: name})
    # Not in the register either, but in enough records, and one record short of it.
    add(ENOUGH, category="园林绿化", subcategory="?", topic="?")
    add(RARE, category="水务管理", subcategory="?", topic="?")
    add(ENOUGH, tag="老有所养")
    add(40)
    deliver(made, rows)
    build_only(made, "metric.figure", "metric.changed", "metric.new_member", "annual.t29_tag")
    return made


def people() -> list[str]:
    return [name for names in SLIPPED.values() for name in names]


def texts_of(home: Home, table: str) -> set[str]:
    """Return every text in a table."""
    return {cell for row in ask(home, f"FROM {table}") for cell in row if isinstance(cell, str)}


@pytest.mark.parametrize(
    "table", ["metric.cut_member", "metric.figure", "metric.changed", "metric.new_member"]
)
def test_no_name_of_a_slipped_cell_is_a_member(home: Home, table: str):
    assert not texts_of(home, table) & set(people())


def test_the_names_are_those_that_slipped_and_a_rare_one(home: Home):
    found = ask(home, "SELECT category, name FROM metric.unlisted_name")
    # Under a category that is not listed, its classes of the lower levels are not listed either.
    assert {name for _, name in found} == {*people(), "水务管理", "学校", "招生"}
    assert {name for category, name in found if category == "教育"} == {
        *SLIPPED["subcategory"], *SLIPPED["topic"], "招生",
    }  # fmt: skip


def test_they_are_counted_together_and_no_record_is_lost(home: Home):
    query = """
        SELECT category, CAST(numerator AS INTEGER)
        FROM metric.figure
        WHERE metric = 'record_count' AND scope = 'all' AND period = '2020' AND cut = 'category'
        ORDER BY category
    """
    # 2 slipped and 9 of 水务管理; all others are 教育 but for the ten of 园林绿化.
    total = 2 * len(SLIPPED) + ENOUGH + RARE + ENOUGH + 40
    assert ask(home, query) == [
        ("园林绿化", ENOUGH),
        ("教育", total - ENOUGH - RARE - 2),
        ("未登记", RARE + 2),
    ]


def test_a_name_in_no_register_that_many_records_hold_is_printed(home: Home):
    tags = dict(ask(home, "SELECT tag, record_count FROM annual.t29_tag WHERE year = 2020"))
    assert tags["老有所养"] == ENOUGH
    assert tags["未登记"] == 2


def test_what_is_not_listed_is_nothing_new(home: Home):
    assert "未登记" not in texts_of(home, "metric.new_member")


def test_the_records_keep_what_was_loaded(home: Home):
    ((count,),) = ask(home, "SELECT count(*) FROM core.record WHERE tag = '鲍安国'")
    assert count == 1


def test_a_home_whose_rules_lack_the_count_has_the_repositorys(tmp_path: Path):
    made = make_home(tmp_path, {"report_rule": "rule,value\nrank_min_n,7\n"})
    at = "2020-05-03 08:00:00"
    rows = [
        record(f"R{n:03d}", at, tag="甲甲" if n < ENOUGH else "乙乙") for n in range(ENOUGH + 9)
    ]
    deliver(made, rows)
    build_only(made, "metric.unlisted_name")
    assert ask(made, "SELECT name FROM metric.unlisted_name WHERE kind = 'tag'") == [("乙乙",)]
    rules = dict(ask(made, "SELECT rule, value FROM ref.report_rule"))
    assert rules == {
        "rank_min_n": "7", "unlisted_min_count": "10", "bulletin_word_min_callers": "5",
        "bulletin_case_min_count": "5",
    }  # fmt: skip
