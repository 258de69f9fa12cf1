"""Names found anew after the registers changed, against the same file read with the new ones."""

import pytest

from pipeline import receipts
from pipeline.ingest import rename
from pipeline.lock import exclusive
from pipeline.warehouse import build
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row

EMPTY = {
    "office": "item,text\n",
    "district": "district,region,sort_order,aliases,valid_from,valid_to\n",
    "street": "district,street,aliases,code,valid_from,valid_to,source\n",
    "unit": "unit,unit_type,district,street,aliases,valid_from,valid_to,note\n",
    "category": "category,sort_order,aliases,note,valid_from,valid_to\n",
}
FIRST = {
    **EMPTY,
    "office": "item,text\ncity,甲市\n",
    "district": EMPTY["district"] + "东区,r,1,老城,,\n西区,r,2,,,\n",
    "street": EMPTY["street"] + "东区,桥街道,,1,,,\n",
    "unit": EMPTY["unit"] + "市甲局,市级部门,?,?,甲局,,,\n",
    "category": EMPTY["category"] + "城管,1,市容,,,\n",
}
# 老城 is now a district of its own, 桥街道 moved to 西区 in July, 甲局 is another office.
SECOND = {
    **EMPTY,
    "office": "item,text\ncity,乙市\n",
    "district": EMPTY["district"] + "东区,r,1,,,\n西区,r,2,,,\n老城区,r,3,,,\n新区,r,4,开发区,,\n",
    "street": EMPTY["street"] + "东区,桥街道,,1,,2020-06-30,\n西区,桥街道,,1,2020-07-01,,\n",
    "unit": EMPTY["unit"] + "市乙局,国有企业,?,?,甲局,,,\n市丙局,市级部门,?,?,,,,\n",
    "category": EMPTY["category"] + "城管,1,,,,\n市容,2,卫生,,,\n",
}
PLACES = [
    *(
        ("东区", "桥街道"),
        ("老城", "桥街道"),
        ("甲市东区", ""),
        ("乙市西区", "桥街道"),
        ("新区", "某镇"),
    ),
    *(("", "东区桥街道"), ("东区桥街道", ""), ("开发区", ""), ("", ""), ("西区", "东区桥街道")),
]
UNITS = [
    *("市甲局", "甲局", "市乙局", "市甲局、东区", "东区桥街道办事处", "桥街道", "老城区城管局"),
    *("市丙局", "东区(主办)、市丙局", ""),
]
CATEGORIES = ["城管", "市容", "卫生", ""]
TYPES = ["", "市级部门", "国企", "认不出的"]


def home_with(root, registers):
    home = empty_home(root)
    put(home, registers)
    rows = []
    for n, at in enumerate(["2020-06-30 12:00:00", "2020-07-01 12:00:00"] * 40):
        district, street = PLACES[n % 9 if n % 2 else n % 10]
        cells = {"被反映区": district, "被反映街乡镇": street, "来电时间": at}
        cells["一级分类"] = CATEGORIES[n % 4]
        unit = UNITS[(n // 2 + n // 10) % len(UNITS)]
        make = (
            row(f"A{n:03d}", **cells) if n % 7 == 0 else dispatched(f"A{n:03d}", unit, at, **cells)
        )
        rows.append({**make, "承办单位": unit, "单位类型": TYPES[n % 3 if n % 5 else 3]})
    kinds = ["单位类型", *(one.pop("单位类型") for one in rows)]
    lines = csv_text(rows).splitlines()
    lines = [f"{text},{kind}" for text, kind in zip(lines, kinds, strict=True)]
    give(home, "a.csv", "\n".join(lines) + "\n")
    load(home)
    return home


def put(home, registers):
    folder = home.root / "data" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in registers.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def rows_of(home, loaded):
    """The rows of the files that the receipts list; without the columns of names as written."""
    written = ("category", "unit", "unit_type", "district", "street")
    columns = f"* EXCLUDE ({', '.join(f'written_{name}' for name in written)})"
    listed = {part.records_file for one in loaded for part in one.partitions}
    for path in home.records.rglob("*.parquet"):
        if str(path.relative_to(home.warehouse)) not in listed:
            path.unlink()
    return fetch(home, "records", columns)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FIRST, SECOND),
        *(
            pytest.param(before, after, marks=pytest.mark.slow)
            for before, after in ((SECOND, FIRST), (EMPTY, SECOND), (FIRST, EMPTY))
        ),
    ],
    ids=["changed", "changed back", "filled", "emptied"],
)
def test_names_found_anew_are_those_of_the_file_read_again(tmp_path, before, after):
    home = home_with(tmp_path / "a", before)
    put(home, after)
    renamed = rename(home, receipts.load(home))
    fresh = home_with(tmp_path / "b", after)
    (wanted,) = receipts.load(fresh)
    assert rows_of(home, renamed.receipts) == rows_of(fresh, [wanted])
    (found,) = renamed.receipts
    assert (found.registers, found.unknown) == (wanted.registers, wanted.unknown)


def test_there_and_back_is_what_it_was(tmp_path):
    home = home_with(tmp_path, FIRST)
    loaded = receipts.load(home)
    first = rows_of(home, loaded)
    for registers in (EMPTY, SECOND, FIRST):
        put(home, registers)
        loaded = rename(home, loaded).receipts
    assert rows_of(home, loaded) == first


@pytest.mark.slow
def test_the_next_build_finds_names_anew_and_only_where_registers_changed(tmp_path, capfd):
    home = home_with(tmp_path, EMPTY)
    with exclusive(home):
        build(home)
    before = {path: path.stat().st_mtime_ns for path in home.records.rglob("*.parquet")}
    assert rename(home, receipts.load(home)).changed == []
    # A note or another order is no other register.
    put(home, {"category": EMPTY["category"].replace("note", "remark")})
    assert rename(home, receipts.load(home)).changed == []
    put(home, SECOND)
    capfd.readouterr()
    with exclusive(home):
        build(home)
    assert "2 个月的名称已按新名册重认" in capfd.readouterr().out
    districts = {name for (name,) in fetch(home, "records", "DISTINCT place_district")}
    assert districts == {"东区", "西区", "老城区", "新区", "?"}
    after = set(home.records.rglob("*.parquet"))
    assert len(after) == 2 and not after & before.keys()
    with exclusive(home):
        assert not build(home).is_new
