"""Names by dated registers: renamed units, streets that move, and what no register lists."""

import csv

import pytest

from pipeline.errors import HotlineError
from pipeline.lock import exclusive
from pipeline.warehouse import build
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row

# On 1 July 市甲局 became 市乙局, and its old name stays in use; the street 桥街道 moved from 东区
# to 西区; and 老城区 was merged into 东区.
REGISTERS = {
    "district": "district,region,sort_order,aliases,valid_from,valid_to\n"
    "东区,r,1,老城区,2020-07-01,\n西区,r,2,,,\n老城区,r,3,,,2020-06-30\n",
    "street": "district,street,aliases,code,valid_from,valid_to,source\n"
    "东区,桥街道,,1,,2020-06-30,\n西区,桥街道,东区桥街道,1,2020-07-01,,\n西区,沙镇,,2,,,\n",
    "unit": "unit,unit_type,district,street,aliases,valid_from,valid_to,note\n"
    "市甲局,市级部门,?,?,甲局,,2020-06-30,\n市乙局,市级部门,?,?,市甲局|甲局,2020-07-01,,\n"
    "桥街道办,街乡镇,东区,桥街道,,,2020-06-30,\n桥街道办事处,街乡镇,西区,桥街道,桥街道办,2020-07-01,,\n",
    "category": "category,sort_order,aliases,note,valid_from,valid_to\n"
    "城管,1,,,,2020-06-30\n市容,2,城管,,2020-07-01,\n公共服务,3,,,,\n",
}
BEFORE, AFTER = "2020-06-30 23:59:59", "2020-07-01 00:00:00"


def city(root):
    home = empty_home(root)
    folder = root / "data" / "reference"
    folder.mkdir(parents=True)
    for name, text in REGISTERS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return home


def units(tmp_path, *written: tuple[str, str]) -> list[tuple]:
    home = city(tmp_path)
    rows = [dispatched(f"A{n}", unit, at, 来电时间=at) for n, (unit, at) in enumerate(written)]
    give(home, "a.csv", csv_text(rows))
    load(home)
    return [r[1:] for r in fetch(home, "records", "record_id, unit, unit_district, unit_street")]


def test_a_unit_renamed_midyear_is_the_one_of_the_day(tmp_path):
    found = units(
        tmp_path,
        ("市甲局", BEFORE),
        ("市甲局", AFTER),
        ("甲局", BEFORE),
        ("甲局", AFTER),
        # An old file written in today's names: the name means one thing, whatever the day.
        ("市乙局", BEFORE),
    )
    assert [unit for unit, _, _ in found] == ["市甲局", "市乙局", "市甲局", "市乙局", "市乙局"]


def test_a_unit_of_a_street_moves_with_it(tmp_path):
    assert units(tmp_path, ("桥街道办", BEFORE), ("桥街道办", AFTER), ("西区沙镇", AFTER)) == [
        ("桥街道办", "东区", "桥街道"),
        ("桥街道办事处", "西区", "桥街道"),
        ("西区沙镇", "西区", "沙镇"),
    ]


def test_a_street_that_moved_brings_its_district_along(tmp_path):
    home = city(tmp_path)
    places = [
        ("东区", "桥街道", BEFORE),
        ("东区", "桥街道", AFTER),
        ("西区", "桥街道", AFTER),
        ("老城", "桥街道", BEFORE),
        ("老城区", "", BEFORE),
        ("老城区", "", AFTER),
        ("西区", "沙镇", BEFORE),
    ]
    rows = [
        row(f"A{n}", 被反映区=district, 被反映街乡镇=street, 来电时间=at, 一级分类="城管")
        for n, (district, street, at) in enumerate(places)
    ]
    give(home, "a.csv", csv_text(rows))
    load(home)
    found = fetch(home, "records", "record_id, place_district, place_street, category")
    assert [r[1:] for r in found] == [
        ("东区", "桥街道", "城管"),
        ("西区", "桥街道", "市容"),
        ("西区", "桥街道", "市容"),
        ("老城区", "?", "城管"),
        ("老城区", "?", "城管"),
        ("东区", "?", "市容"),
        ("西区", "沙镇", "城管"),
    ]


def test_a_date_that_is_none_is_reported_with_the_register(tmp_path):
    home = city(tmp_path)
    path = tmp_path / "data" / "reference" / "unit.csv"
    path.write_text(REGISTERS["unit"].replace("2020-06-30", "六月三十日"), encoding="utf-8")
    give(home, "a.csv", csv_text([row("A1")]))
    with pytest.raises(HotlineError, match="valid_from 或 valid_to 不是日期"):
        load(home)


@pytest.mark.slow
def test_what_no_register_lists_is_listed_for_who_keeps_it(tmp_path, capsys):
    home = city(tmp_path)
    first = [
        row("A1", 被反映区="东区", 被反映街乡镇="乔街道"),
        row("A2", 被反映区="东区", 被反映街乡镇="乔街道", 来电时间="2020-02-03 08:00:00"),
        row("A3", 被反映区="北区", 被反映街乡镇="桥街道"),
        # A phone number that slipped into the column, and nothing at all.
        row("A4", 被反映区="13912345678"),
        row("A5"),
    ]
    second = [
        dispatched("B1", "市水务中心", "2020-01-05", 被反映区="东区", 被反映街乡镇="乔街道"),
        row("B2", 一级分类="市容市貌", 承办单位="没有派单"),
    ]
    give(home, "a.csv", csv_text(first))
    give(home, "b.csv", csv_text(second))
    load(home)
    with exclusive(home):
        build(home)
    shown = "未识别的名称 6 种(区 2 行、街乡镇 4 行、单位 1 行、类别 1 行)"
    assert shown in capsys.readouterr().out
    path = home.reports / "unmatched.csv"
    with path.open(encoding="utf-8-sig") as handle:
        listed = list(csv.reader(handle))[1:]
    day = "2020-01-05"
    assert listed == [
        ["街乡镇", "东区", "乔街道", "3", day, "2020-02-03", "2", "a.csv|b.csv", "桥街道"],
        ["类别", "", "市容市貌", "1", day, day, "1", "b.csv", "市容"],
        ["区", "", "北区", "1", day, day, "1", "a.csv", ""],
        ["街乡镇", "", "桥街道", "1", day, day, "1", "a.csv", ""],
        ["单位", "", "市水务中心", "1", day, day, "1", "b.csv", ""],
        # The number: it is like no office, and rare.
        ["区", "", "未登记(1 种,各不足 10 行,不逐一列出)", "1", "", "", "", "", ""],
    ]


def test_a_street_made_anew_in_2023_is_known_and_a_unit_of_its_own(tmp_path):
    home = empty_home(tmp_path)
    at = "2024-01-05 08:00:00"
    places = {"被反映区": "丰台区", "被反映街乡镇": "方庄街道"}
    give(home, "a.csv", csv_text([dispatched("A1", "丰台区方庄街道", at, 来电时间=at, **places)]))
    load(home)
    columns = "place_street, unit, unit_type, unit_district, unit_street"
    assert fetch(home, "records", columns) == [
        ("方庄街道", "丰台区方庄街道", "街乡镇", "丰台区", "方庄街道")
    ]
