"""A home of another city: nothing of Beijing in it, and registers drafted from its records."""

import pytest

from pipeline import city, receipts
from pipeline.errors import HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.ingest import read_again, rename
from pipeline.reference import read_rows
from pipeline.warehouse import new_city
from tests.support.dump_files import csv_text, dispatched, fetch, give, load, row

# 朝阳区 is a district of Beijing, and of this city; 安全管理 is an alias of a category of Beijing.
DISTRICTS = ["南关区", "宽城区", "长春市二道区", "绿园", "绿园区", "双阳区", "朝阳区", "未指定"]
UNITS = ["市城管局", "南关区", "南关区城管局", "长春水务集团有限公司", "宽城区站前街道", "市公安局"]


def dump() -> str:
    rows = []
    for n in range(48):
        cells = {"被反映区": DISTRICTS[n % 8], "一级分类": ["安全管理", "城乡管理"][n % 2]}
        if n % 8 == 1:
            cells["被反映街乡镇"] = "站前街道"
        rows.append(
            dispatched(f"C{n:03d}", UNITS[n // 3 % 6], "2020-01-06 09:00:00", **cells)
            if n % 3
            else row(f"C{n:03d}", **cells)
        )
    return csv_text(rows)


def names_in(home: Home, register: str, column: str) -> list[str]:
    return [one[column] for one in read_rows(city.own(home, register))]


def test_the_first_file_of_another_city_gives_the_home_empty_registers(home, capfd):
    give(home, "a.csv", dump())
    assert load(home, dry_run=True).exit_code == 0
    assert "不会采用" in capfd.readouterr().out and not (home.root / "data/reference").exists()
    (receipt,) = load(home).loaded
    assert "没有采用它" in capfd.readouterr().out
    assert fetch(home, "records", "DISTINCT category") == [("城乡管理",), ("安全管理",)]
    assert fetch(home, "records", "DISTINCT place_district, unit_type") == [("?", "?")]
    assert receipt.unknown["place_district"] == 48
    assert names_in(home, "office", "text") == [] and home.published_files() == {}
    # The holidays are those of the country.
    assert city.own(home, "calendar") is None and city.own(home, "population") is not None


def test_a_file_of_beijing_uses_the_repositorys_registers(home):
    rows = [
        row(f"B{n}", 被反映区=["东城区", "海淀"][n % 2], 一级分类="安全管理") for n in range(20)
    ]
    give(home, "a.csv", csv_text(rows))
    load(home)
    assert not (home.root / "data/reference").exists()
    assert fetch(home, "records", "DISTINCT category") == [("公共安全",)]


def test_registers_are_drafted_from_the_records_and_used_without_reading_again(home):
    give(home, "a.csv", dump())
    load(home)
    assert len(new_city(home, "长春市")) == len(city.REGISTERS)
    assert sorted(names_in(home, "district", "district")) == [
        *("二道区", "南关区", "双阳区", "宽城区", "朝阳区", "绿园区")
    ]
    assert names_in(home, "street", "street") == ["站前街道"]
    # Districts, their offices and their streets are units without being listed.
    units = {one["unit"]: one["unit_type"] for one in read_rows(city.own(home, "unit"))}
    assert units == {
        "市城管局": "市级部门", "市公安局": "市级部门", "长春水务集团有限公司": "国有企业"
    }  # fmt: skip
    assert names_in(home, "office", "text")[0] == "长春市"
    assert "每万人诉求量" in (home.root / "data/reports/new-city.md").read_text("utf-8")
    renamed = rename(home, receipts.load(home))
    assert renamed.receipts[0].unknown == {"place_district": 6}
    # A register with rows is left as it was reviewed, an empty one is drafted again.
    path = city.own(home, "district")
    path.write_text(path.read_text("utf-8").replace("朝阳区,,", "朝阳区,东部,"), "utf-8")
    before = path.read_bytes()
    assert "district" not in new_city(home, "长春市") and path.read_bytes() == before


def test_a_draft_needs_a_home_and_records(home):
    with pytest.raises(HotlineError, match="北京市") as caught:
        new_city(Home(REPOSITORY), "长春市")
    assert caught.value.code == 2
    with pytest.raises(HotlineError, match="没有入库") as caught:
        new_city(home, "长春市")
    assert caught.value.code == 65


def test_spellings_that_differ_in_case_are_one_district(home):
    rows = [
        row(f"N{n}", 被反映区=["BRONX", "Queens", "Bronx", "Unspecified"][n % 4]) for n in range(40)
    ]
    give(home, "a.csv", csv_text(rows))
    load(home)
    new_city(home, "New York")
    found = {one["district"]: one["aliases"] for one in read_rows(city.own(home, "district"))}
    assert found == {"BRONX": "Bronx", "Queens": ""}


@pytest.mark.slow
def test_a_changed_source_is_read_again_by_itself(home, capfd):
    head = "单号,时点,大类,满意否\n"
    lines = [f"S{n},2020-01-0{n + 1} 08:00:00,住房,{['满意', '还行'][n % 2]}\n" for n in range(4)]
    give(home, "a.csv", head + "".join(lines))
    give(home, "b.csv", head + "S0,2020-01-01 08:00:00,住房,不满意\n", "2020-02-01")
    source = home.sources / "own.toml"
    source.parent.mkdir(parents=True)
    text = (
        'title = "t"\nrequired = ["record_id", "received_at", "category"]\n[columns]\n'
        'record_id = ["单号"]\nreceived_at = ["时点"]\ncategory = ["大类"]\n'
        'satisfaction = ["满意否"]\n'
    )
    source.write_text(text, "utf-8")
    load(home)
    before = receipts.load(home)
    assert [one.sequence for one in before] == [1, 2]
    # A comment is no change.
    source.write_text(f"# 核对过\n{text}", "utf-8")
    read_again(home, receipts.load(home))
    assert receipts.load(home) == before
    source.write_text(f'{text}[values.satisfaction]\n"还行" = "基本满意"\n', "utf-8")
    capfd.readouterr()
    read_again(home, receipts.load(home))
    assert "来源文件改过,重新读入 2 个文件" in capfd.readouterr().out
    after = receipts.load(home)
    # The order of deliveries stays: of one day the later one wins.
    assert [(one.id, one.sequence) for one in after] == [(one.id, one.sequence) for one in before]
    found = {value for (value,) in fetch(home, "records", "DISTINCT satisfaction")}
    assert found == {"满意", "基本满意", "不满意"}
    # What cannot be read any more stays loaded.
    source.write_text(text.replace("大类", "小类"), "utf-8")
    read_again(home, receipts.load(home))
    assert receipts.load(home) == after
