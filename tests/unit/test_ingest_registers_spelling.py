"""Names in the forms of real exports: what is plain is found, the rest stays unknown."""

import csv
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipeline.home import Home
from pipeline.ingest.staging import macros
from pipeline.ingest.staging.registers import install
from pipeline.warehouse import unmatched
from tests.support.dump_files import fetch, give, load

REFERENCE = {
    "office": "item,text\ncity,清江市\n",
    "district": (
        "district,region,sort_order,aliases\n东山区,城,1,\n西河区,城,2,老河县\n河湾县,乡,3,\n"
    ),
    "street": "district,street,aliases\n东山区,上街道,\n东山区,城关镇,\n西河区,上街道,\n",
    "unit": (
        "unit,unit_type,district,street,aliases\n市水务局,市级部门,?,?,\n"
        "东山区,区,东山区,?,东山区分中心\n公交公司,国有企业,?,?,\n"
        "清江建工,国有企业,?,?,\n"
    ),
    "category": "category,sort_order\n住房,1\n",
    "member": "dimension,member,sort_order,note\nunit_type,市级部门,1,\nunit_type,国有企业,2,\n",
}


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    """The alias tables and keys of an invented city."""
    home = home_of(tmp_path_factory.mktemp("names"))
    with duckdb.connect() as con:
        macros.define(con)
        con.execute("CREATE SCHEMA staging")
        install(con, home)
        yield con


def home_of(root: Path) -> Home:
    folder = root / "data" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in REFERENCE.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return Home(root)


def place(con, name: str) -> tuple:
    return con.execute(
        """SELECT coalesce(d.district, p.district), p.street
           FROM (SELECT ? AS name) AS k
           LEFT JOIN staging.district_alias AS d ON d.alias = k.name
           LEFT JOIN staging.place_alias AS p
               ON p.alias = CASE WHEN d.alias IS NULL THEN place_key(k.name) END""",
        [name],
    ).fetchone()


def unit(con, name: str, district: str = "") -> tuple:
    return con.execute(
        """SELECT coalesce(u.unit_type, v.unit_type), coalesce(u.district, v.district),
               coalesce(u.street, v.street)
           FROM (SELECT ? AS name, ? AS district) AS k
           LEFT JOIN staging.unit_alias AS u ON u.alias = k.name
           LEFT JOIN staging.unit_alias AS v
               ON v.alias = CASE WHEN u.alias IS NULL THEN unit_key(k.district, k.name) END""",
        [name, district],
    ).fetchone()


@pytest.mark.parametrize(
    "written",
    [
        *("东山区", "东山", "清江市东山区", "清江东山区"),
        *("清江市/东山区", "清江市 东山区", "清江市-东山区", "东山区(市区)", "东山区（老城）"),
        *(
            "清江市市辖区东山区",
            "清江市/市辖区/东山区",
            "中国清江市东山区",
            "某某省清江市东山区",
            "清江市清江市东山区",
        ),
        "清江市 > 东山区",
        *("清江市,东山区", "清江市，东山区", "市东山区", "【东山区】", "(东山区)", "东山区。"),
        *("东山区人民政府", "清江市东山区政府", "东山区本级", "东山区区级"),
    ],
)
def test_a_district_behind_its_city_is_that_district(registers, written):
    assert place(registers, written) == ("东山区", None)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "东山区、西河区",
            "东山区/西河区",
            "东山区,西河区",
            "外市东山区",
            "某某省外市东山区",
            "某某省东山区",
        ),
        *("东山镇", "东山街道", "清江市", "新东山区", "山区"),
        *("外市东山区人民政府", "东山区政府大院", "(东山区)(西河区)"),
    ],
)
def test_what_names_several_or_another_city_stays_unknown(registers, written):
    assert place(registers, written) == (None, None)


@pytest.mark.parametrize(
    "written",
    [
        *("清江市东山区上街道", "清江市/东山区/上街道", "东山区 上街道"),
        *("东山区上街道办事处", "清江市东山区人民政府上街道办事处"),
    ],
)
def test_a_district_with_its_street_in_one_cell_is_both(registers, written):
    assert place(registers, written) == ("东山区", "上街道")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("东山区市场监管局", ("区", "东山区", "?")),
        ("清江市东山区市场监督管理局", ("区", "东山区", "?")),
        ("东山区住房和城乡建设委员会", ("区", "东山区", "?")),
        ("东山区农业农村局", ("区", "东山区", "?")),
        ("东山区乡村振兴局", ("区", "东山区", "?")),
        ("东山区城镇保障办公室", ("区", "东山区", "?")),
        ("西河区人民法院", ("区", "西河区", None)),
        ("河湾县教育局", ("区", "河湾县", None)),
        ("东山区分中心", ("区", "东山区", "?")),
        ("东山区上街道", ("街乡镇", "东山区", "上街道")),
        ("清江市西河区上街道", ("街乡镇", "西河区", "上街道")),
        ("东山区上街道办事处", ("街乡镇", "东山区", "上街道")),
        ("清江市东山区人民政府上街道办事处", ("街乡镇", "东山区", "上街道")),
        ("东山区上街道综合执法队", ("街乡镇", "东山区", "上街道")),
        ("东山区城关镇人民政府", ("街乡镇", "东山区", "城关镇")),
        ("清江市水务局", ("市级部门", "?", "?")),
        ("清江市公交公司", ("国有企业", "?", "?")),
        ("清江市/公交公司", ("国有企业", "?", "?")),
        ("清江市/清江建工", ("国有企业", "?", "?")),
        ("清江 建工", ("国有企业", "?", "?")),
        ("清江市/水务局", ("市级部门", "?", "?")),
        ("清江市/市辖区/东山区/市场监管局", ("区", "东山区", "?")),
    ],
)
def test_an_office_that_begins_with_its_district_is_the_districts(registers, written, meant):
    assert unit(registers, written) == meant


@pytest.mark.parametrize(
    "written",
    [
        *("东山医院", "东山区人民医院", "东山区第一小学", "东山区某餐饮有限公司", "东山区邮局"),
        *("东山区某物业管理中心", "东山区某社区居民委员会", "东山区某小区业主委员会"),
        *("东山镇政府", "东山分局", "东山市场监管局", "外市东山区市场监管局"),
        *("东山区无名街道办事处", "东山区无名镇人民政府", "西河区城关镇政府", "上街道办事处"),
        *("东山区、西河区", "东山区、上街道"),
    ],
)
def test_what_only_looks_like_an_office_of_a_district_stays_unknown(registers, written):
    assert unit(registers, written) == (None, None, None)


@pytest.mark.parametrize(
    ("written", "district", "meant"),
    [
        # One district alone has a 城关镇.
        ("城关镇", "", ("街乡镇", "东山区", "城关镇")),
        ("城关镇人民政府", "河湾县", ("街乡镇", "东山区", "城关镇")),
        ("清江市城关镇", "", ("街乡镇", "东山区", "城关镇")),
        # Two have a 上街道: the place of the record decides.
        ("上街道", "西河区", ("街乡镇", "西河区", "上街道")),
        ("上街道办事处", "东山区", ("街乡镇", "东山区", "上街道")),
        ("上街道司法所", "东山区", ("街乡镇", "东山区", "上街道")),
        *[(name, place, (None,) * 3) for name, place in (("上街道", ""), ("上街道", "河湾县"))],
        ("外市上街道", "东山区", (None, None, None)),
        ("东山区上街道", "西河区", ("街乡镇", "东山区", "上街道")),
    ],
)
def test_a_street_alone_is_known_where_one_can_be_meant(registers, written, district, meant):
    assert unit(registers, written, district) == meant


ROWS = [
    # unit, its kind as the dump says, place, street
    ("新办", "市级部门", "清江市东山区", "上街道"),
    ("新公司", "国企", "清江市/东山区", "清江市东山区上街道办事处"),
    ("市水务局", "国企", "", "东山区上街道"),
    ("某处", "什么处", "东山区、西河区", ""),
    ("市水务局", "市级部门", "外市东山区", "上街道"),
    ("上街道", "", "西河区", ""),
    ("上街道", "", "河湾县", ""),
]


def test_the_dumps_own_kind_serves_where_the_register_lists_none(tmp_path, capsys):
    home = home_of(tmp_path)
    head = "工单编号,来电时间,一级分类,受理处理方式,承办单位,单位类型,被反映区,被反映街乡镇"
    lines = [
        f"{n},2020-03-0{n} 08:00:00,住房,派单,{','.join(row)}" for n, row in enumerate(ROWS, 1)
    ]
    give(home, "a.csv", "\n".join([head, *lines]) + "\n")
    load(home)
    columns = "record_id, unit_type, place_district, place_street, unknown_district, unread"
    rows = fetch(home, "records", columns)
    assert [row[1:] for row in rows] == [
        ("市级部门", "东山区", "上街道", None, None),
        ("国有企业", "东山区", "上街道", None, None),
        # The register has the last word, and that the dump differs is reported.
        ("市级部门", "东山区", "上街道", None, "unit_type"),
        ("?", "?", "?", "东山区、西河区", "unit_type"),
        ("市级部门", "?", "?", "外市东山区", None),
        ("街乡镇", "西河区", "?", None, None),
        ("?", "河湾县", "?", None, None),
    ]
    assert "承办单位类型(认不出,或与名册不同而以名册为准) 2" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("spelling", "names", "near"),
    [
        ("东山街道", ["东山区", "东山街道办"], "东山街道办"),
        ("东山街道", ["东山区"], ""),
        ("东山区", ["东山街道", "东山镇"], ""),
        ("市水务局集团", ["市水务局"], ""),
        ("市水务厅局", ["市水务局", "市水务街道"], "市水务局"),
        ("东山", ["东山区"], "东山区"),
    ],
)
def test_the_nearest_name_is_one_of_the_same_level(spelling, names, near):
    assert unmatched._near(spelling, names) == near


def test_several_districts_in_one_cell_are_reported():
    known = ["东山区", "西河区", "新东山区"]
    assert unmatched._several("东山区、西河区", known) == "写有几个区,不知是哪个:东山区、西河区"
    assert unmatched._several("新东山区某处", known) == ""


def test_several_streets_of_one_name_are_reported():
    known = {
        ("street", "东山区"): ["上街道", "城关镇"],
        ("street", "西河区"): ["上街道", "东上街道"],
        ("unit", ""): ["上街道", "城关镇", "东山区"],
    }
    shown = "几个区都有,不知是哪个:东山区上街道、西河区上街道"
    assert unmatched._namesakes("上街道", known) == shown
    assert unmatched._namesakes("上街道办事处", known) == shown
    assert unmatched._namesakes("城关镇", known) == ""
    assert unmatched._namesakes("东山区", known) == ""


def test_every_street_of_beijing_is_found_in_the_forms_of_exports():
    """The names of the 2020 division codes, as offices write them."""
    with Home(Path("/nowhere")).reference_files()["street"].open(encoding="utf-8") as handle:
        streets = [
            (r["district"], r["street"]) for r in csv.DictReader(handle) if not r["valid_to"]
        ]
    with duckdb.connect() as con:
        macros.define(con)
        con.execute("CREATE SCHEMA staging")
        install(con, Home(Path("/nowhere")))
        forms = ("{0}{1}", "北京市{0}{1}", "北京市/{0}/{1}", "{0} {1}", "北京市{0}{1}办事处")
        rows = [(d, s, form.format(d, s)) for form in forms for d, s in streets]
        con.register("form", pd.DataFrame(rows, columns=["district", "street", "written"]))
        wrong = con.execute(
            """SELECT f.written, v.district, v.street
               FROM form AS f LEFT JOIN staging.unit_alias AS v ON v.alias = unit_key('', f.written)
               WHERE v.district IS DISTINCT FROM f.district"""
        ).fetchall()
    assert wrong == []
