"""Grid events, a plan's indicators and an invented entity go through the same stages."""

import shutil
from decimal import Decimal as D
from pathlib import Path

import pytest

from pipeline.db import open_warehouse
from pipeline.document import from_json
from pipeline.document.model import Para
from pipeline.entity import entities_of
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.narrative import print_table
from pipeline.receipts import load as stored_receipts
from pipeline.report import report, summary
from pipeline.report.yearly_tables import printed_tables
from pipeline.warehouse import build, status
from tests.support.city import ask, build_only
from tests.support.entities import BAD_VALUES, GRID, JANUARY, PRINTED, load, make_city, write

HOMES = Path(__file__).resolve().parents[1] / "homes"


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Home:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("entities")
        patch.setenv("HOTLINE_KEY_FILE", str(folder / "key"))
        home = make_city(folder / "home")
        build(home)
    return home


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_a_printed_table(city: Home, name: str):
    columns, expected = PRINTED[name]
    year = 2018 if "plan" in name else 2017
    assert ask(city, f"SELECT {columns} FROM annual.{name} WHERE year = {year}") == expected


@pytest.mark.slow
def test_a_sum_over_the_plan_is_judged_when_the_plan_ends(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = make_city(tmp_path / "home")
    rows = [["指标", "时期", "实际值"], *(["sum", str(year), "0"] for year in (2018, 2019, 2020))]
    load(home, "plan", "2021-01-01", "sums", rows)
    build_only(home, "core.plan_status")
    query = "SELECT value, status FROM core.plan_status WHERE indicator = 'sum' AND period = '2020'"
    assert ask(home, query) == [(D(21), "done")]


def test_rows_that_cannot_be_events_come_back(city: Home):
    receipts = stored_receipts(city)
    (january,) = [r for r in receipts if r.rows_read == len(JANUARY)]
    assert january.entity == "grid_event"
    assert january.reject_reasons == {"closed_before_received": 1, "district_unknown": 1}
    assert (january.rows_loaded, january.rows_duplicate) == (3, 1)
    assert (city.root / january.letter).is_file()
    assert all(part.texts_file == "" for part in january.partitions)
    assert (city.warehouse / january.partitions[0].records_file).parts[-4] == "grid_events"


def test_a_status_that_says_neither_solved_nor_not_is_reported(tmp_path, monkeypatch):
    """It lowers the solved rate, so it must not pass in silence."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    event = ["东城区", "", "g", "市容环卫", "2017-03-03 08:00:00", "", "视频"]
    words = ["解决", "在办", "已销号", ""]
    rows = [[f"E{place}", *event, word] for place, word in enumerate(words)]
    (receipt,) = load(home, "grid", "2017-05-01", "march", [GRID, *rows]).loaded
    assert receipt.unknown == {"status": 1}


@pytest.mark.slow
def test_values_that_cannot_be_an_indicators_come_back(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = make_city(tmp_path / "home")
    (receipt,) = load(home, "plan", "2019-07-01", "bad", BAD_VALUES).loaded
    assert receipt.reject_reasons == {
        "indicator_unknown": 1,
        "period_invalid": 1,
        "unit_mismatch": 1,
        "value_contradicts": 2,
        "value_invalid": 1,
    }
    assert (receipt.rows_loaded, receipt.rows_duplicate) == (1, 1)


def tables_of(home: Home, year: int) -> set[str]:
    with open_warehouse(home) as con:
        return {table.name for table in printed_tables(con, year)}


@pytest.mark.slow
def test_tables_of_what_nobody_delivered_are_absent(city: Home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    both = tables_of(city, 2017)
    assert {"t01_overview", "t61_grid", "t65_matter"} <= both and "t71_plan_indicator" in both
    assert tables_of(city, 2018) == {"t71_plan_indicator", "t72_plan_group"}
    home = Home(tmp_path / "grid")
    (home.root / "data" / "published").mkdir(parents=True)
    load(home, "grid", "2017-03-01", "january", [GRID, *JANUARY])
    build(home)
    assert tables_of(home, 2017) == {
        *("t61_grid", "t62_grid_district", "t63_grid_class", "t64_grid_month")
    }


@pytest.mark.slow
def test_news_of_one_entity_leaves_the_others_months(city: Home, tmp_path, monkeypatch):
    """Only what rests on grid events is computed again when one more month of them comes."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    shutil.copytree(city.root, home.root)
    march = [["E9", "东城区", "", "g", "市容环卫", "2017-03-03 08:00:00", "", "视频", "处理中"]]
    load(home, "grid", "2017-05-01", "march", [GRID, *march])
    assert build(home).computed == ((2017, 3),)
    families = (
        "SELECT family, count(*) FROM build.partition"
        " WHERE months_before = 0 AND NOT is_yearly GROUP BY 1"
    )
    assert dict(ask(home, families)) == {"grid_event": 3, "grid_event+record": 3, "record": 1}


@pytest.mark.slow
def test_an_event_that_moved_to_another_month_counts_once(city: Home, tmp_path, monkeypatch):
    """E3 of February comes again with a day of March."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    shutil.copytree(city.root, home.root)
    moved = [["E3", "西城区", "", "g2", "社会治安", "2017-03-03 08:00:00", "", "视频", "处理中"]]
    load(home, "grid", "2017-05-01", "march", [GRID, *moved])
    assert build(home).computed == ((2017, 2), (2017, 3))
    months = (
        "SELECT month, event_count FROM metric.grid_cell WHERE category = '*' AND district = '*'"
    )
    assert ask(home, f"{months} AND channel = '*' AND street = '*' ORDER BY 1") == [(1, 3), (3, 1)]


@pytest.mark.slow
def test_an_invented_entity_needs_no_python(tmp_path, monkeypatch, capsys):
    """Its definition, source, SQL, headings and section are in the home's own data folder."""
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    shutil.copytree(HOMES / "trees", home.root)
    rows = [
        ["树木编号", "树种", "所在区", "栽植日期"],
        ["T1", "国槐", "东城区", "2031-03-12"],
        ["T2", "国槐", "西城区", "2031-04-12"],
        ["T3", "银杏", "西城区", "2031-04-12"],
        ["T3", "银杏", "西城区", "2031-04-12"],
        ["T4", "银杏", "西城区", "不详"],
    ]
    (receipt,) = load(home, "park", "2031-05-01", "trees", rows).loaded
    assert receipt.entity == "tree" and receipt.records == 3
    assert (receipt.rows_duplicate, receipt.rows_rejected) == (1, 1)
    build(home)
    counts = "SELECT species, tree_count FROM annual.t91_tree WHERE year = 2031"
    assert ask(home, counts) == [("国槐", 2), ("银杏", 1)]
    status(home)
    assert "已入库:树木" in capsys.readouterr().out
    # A later delivery of a month supersedes tree by tree.
    load(home, "park", "2031-06-01", "mended", [rows[0], ["T2", "银杏", "西城区", "2031-04-12"]])
    build(home)
    assert ask(home, counts) == [("银杏", 2), ("国槐", 1)]
    made = from_json((report(home, 2031) / "report.json").read_text("utf-8"))
    assert (made.title, made.issuer) == ("北京市2031年度植树情况报告", "")
    assert made.marks == ("不完整年份：2031年只有3至4月的树木，其各数均指这一时段，不代表全年。",)
    assert made.source == "资料来源：园林局树木台账，按栽植日期统计。"
    (table,) = made.tables()
    assert (table.title, table.unit) == ("各树种栽植棵数", "棵")
    text = [block.text for block in made.sections[0].blocks if isinstance(block, Para)]
    assert text == ["2031年3至4月栽植最多的是银杏，2棵。"]
    summary(home, 2031)
    assert "树种 栽植棵数" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_faulty_template_of_a_home_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    shutil.copytree(HOMES / "trees", home.root)
    rows = [["树木编号", "树种", "所在区", "栽植日期"], ["T1", "国槐", "东城区", "2031-03-12"]]
    load(home, "park", "2031-05-01", "trees", rows)
    build(home)
    path = home.templates / "annual_tree.toml"
    sound = path.read_text("utf-8")
    for old, new, message in (
        ("row.species", "row.kind", "annual_tree.toml 的 trees 有误.*kind"),
        ("{{ row.species", "{{ row.species(", "annual_tree.toml 的 trees 有误.*TemplateSyntax"),
        ("{{ city }}{{", "{{ town }}{{", "{{ town }}.*town"),
        ("{{ row.species }}", "{species}", "annual_tree.toml .*旧写法.*convert_template"),
        ('title = "植树"', "", "annual_tree.toml 的 trees 有误.*title"),
        ('entity = "tree"', 'entity = "shrub"', "entity shrub 不认识"),
        ("[screen]", "[screen", "annual_tree.toml 有误"),
    ):
        assert old in sound
        path.write_text(sound.replace(old, new), encoding="utf-8")
        with pytest.raises(HotlineError, match=message):
            report(home, 2031)
    for old, new in (("tree_count", "trees"), ("t91_tree", "t99_shrub")):
        path.write_text(sound.replace(old, new, 2), encoding="utf-8")
        with pytest.raises(HotlineError, match=r"annual_tree\.toml 的 screen 有误"):
            summary(home, 2031)
    path.write_text(sound, encoding="utf-8")
    monkeypatch.delitem(print_table.template()["heading"], "species")
    (home.templates / "headings.toml").unlink()
    with pytest.raises(HotlineError, match="species 没有中文列名"):
        report(home, 2031)


def test_a_faulty_entity_is_one_line(tmp_path, monkeypatch):
    home = Home(tmp_path / "home")
    shutil.copytree(HOMES / "trees", home.root)
    path = home.entities / "tree.toml"
    path.write_text(path.read_text("utf-8").replace('"trees"', '"records"'), encoding="utf-8")
    with pytest.raises(HotlineError, match="folder 相同"):
        entities_of(home)


def test_files_of_two_entities_in_one_run(tmp_path, monkeypatch):
    """The views of sql/staging replace one another, back and forth."""
    from pipeline.ingest import ingest
    from pipeline.lock import exclusive
    from tests.support.entities import CALLED, CALLS, FEBRUARY

    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = Home(tmp_path / "home")
    for name, rows in {
        "a": [GRID, *JANUARY],
        "b": [CALLS, *CALLED],
        "c": [GRID, *FEBRUARY],
        "d": [CALLS, ["C9", "2017-05-05 09:00:00", "住房", "", ""]],
    }.items():
        write(home.raw / "all" / "2017-06-01" / f"{name}.csv", rows)
    with exclusive(home):
        result = ingest(home, [])
    assert [file.state for file in result.files] == ["loaded"] * 4
    assert [data.records for data in result.loaded] == [3, 3, 1, 1]
