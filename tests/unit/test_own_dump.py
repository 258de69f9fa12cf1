"""A dump of one's own, by docs/own-dump.md: loaded, built, corrected, loaded and built again."""

import pytest

from pipeline.db import open_warehouse
from pipeline.home import Home
from pipeline.warehouse import build
from tests.support.city import empty_home
from tests.support.dump_files import give, load

HEADER = "工单编号,一级分类,受理时间,承办单位,受理处理方式\n"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "caller.key"))
    home = empty_home(tmp_path / "home")
    (home.root / "data/published").mkdir(parents=True)
    return home


def ask(home: Home, sql: str) -> list[tuple]:
    with open_warehouse(home) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("handling", ["", pytest.param("网上转办", marks=pytest.mark.slow)])
def test_one_record_without_a_known_handling_stops_nothing(home, handling):
    rows = [f"A{number},住房,2024-04-01 09:00,东城区,派单\n" for number in range(4)]
    give(home, "a.csv", HEADER + "".join(rows) + f"B1,住房,2024-04-03 09:00,东城区,{handling}\n")
    # The same city, a file without the column.
    give(home, "b.csv", "工单编号,一级分类,受理时间,承办单位\nC1,住房,2024-05-03 09:00,东城区\n")
    load(home)
    names = [found.check.name for found in build(home).findings]
    assert "warn_unknown_handling" in names
    assert ask(home, "SELECT record_count FROM annual.t01_overview") == [(6,)]
    assert ask(home, "SELECT district, record_count FROM annual.t11_district") == [("东城区", 4)]


@pytest.mark.slow
def test_a_correction_reaches_the_figures(home):
    header = "工单编号,一级分类,受理时间,是否解决\n"
    rows = "C1,住房,2024-04-01 09:00,是\nC2,住房,2024-04-02 09:00,是\n"
    file = give(home, "c.csv", header + rows)
    (receipt,) = load(home).loaded
    build(home)
    counted = "SELECT category, record_count FROM annual.t15_category WHERE record_count > 0"
    assert ask(home, counted) == [("住房", 2)]
    reference = home.root / "data/reference/correction.csv"
    reference.parent.mkdir(parents=True)
    reference.write_text(
        "record_id,column,expect,value,reason\nC1,category,住房,公共服务,x\n", encoding="utf-8"
    )
    (home.receipts / f"{receipt.id}.json").unlink()
    load(home, file)
    assert build(home).computed == ((2024, 4),)
    assert sorted(ask(home, counted)) == [("住房", 1), ("公共服务", 1)]
    assert not build(home).is_new
