"""The alias tables of staging, and that its SELECTs stay narrow where they must."""

import re
from pathlib import Path

import pytest

from pipeline.db import connect
from pipeline.home import REPOSITORY, Home
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.columns.source import choose
from pipeline.ingest.staging import caller_key, macros, registers
from pipeline.ingest.staging.session import StagingSession

FOLDER = REPOSITORY / "sql" / "staging"


@pytest.fixture
def con(tmp_path):
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    files = {
        # Without a city, behind which each name would be spelled, too.
        "office": "item,text\n",
        "district": "district,region,sort_order\n东区,r,1\n西区,r,2\n新西区,r,3\n",
        "street": "district,street,aliases,code,valid_from,valid_to,source\n"
        "东区,桥街道,桥头街道|老桥,1,,,\n西区,桥街道,,2,,,\n西区,桥地区,桥|沙,3,,,\n西区,沙镇,沙,4,,,\n",
        "unit": "unit,unit_type,district,street,aliases,valid_from,valid_to,note\n"
        "东区,区,东区,?,东区政府,,,\n市水务局,市级部门,?,?,水务局|水务,,,\n水务,国有企业,?,?,,,,\n",
        "category": "category,sort_order,aliases,note\n住房,1,房屋|共用,\n交通,2,共用,\n",
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    con = connect()
    con.execute("CREATE SCHEMA staging")
    macros.define(con)
    caller_key.install(con, "k" * 32)
    registers.install(con, Home(tmp_path))
    return con


def rows(con, table: str, columns: str) -> set[tuple]:
    return set(con.execute(f"SELECT {columns} FROM staging.{table}").fetchall())


def test_a_category_alias_that_means_two_things_means_nothing(con):
    assert rows(con, "category_alias", "alias, category") == {
        ("住房", "住房"),
        ("房屋", "住房"),
        ("交通", "交通"),
    }


def test_a_district_is_also_known_without_its_last_word(con):
    assert rows(con, "district_alias", "alias, district") == {
        ("东区", "东区"),
        ("西区", "西区"),
        ("新西区", "新西区"),
        ("新西", "新西区"),
    }


def test_a_street_is_known_by_district_and_name(con):
    found = rows(con, "street_alias", "district, alias, street")
    assert {("东区", "桥街道", "桥街道"), ("西区", "桥街道", "桥街道")} <= found
    assert {
        ("东区", "老桥", "桥街道"),
        ("西区", "西区沙镇", "沙镇"),
        ("西区", "桥", "桥地区"),
    } <= found
    assert not any(alias == "沙" for _, alias, _ in found), "two streets share this alias"


def test_the_unit_register_precedes_what_districts_and_streets_imply(con):
    found = {row[0]: row[1:] for row in rows(con, "unit_alias", "alias, unit, unit_type, district")}
    assert found["东区政府"] == ("东区", "区", "东区")
    assert found["西区"] == ("西区", "区", "西区")
    assert found["西区桥"] == ("西区桥地区", "街乡镇", "西区")
    # A unit's own name goes before another's alias.
    assert found["水务"] == ("水务", "国有企业", "?")
    assert "桥街道" not in found, "a street's name alone does not say which"


def test_clean_reads_only_the_columns_that_are_asked_for(con, tmp_path):
    """The narrow pass must not run the masks: the plan names no text column."""
    path = tmp_path / "f.csv"
    headings = ["工单编号", "来电时间", "一级分类", "标题", "主要内容", "处理结果", "派单时间"]
    path.write_text(",".join(headings) + "\n" + "x," * 6 + "x\n", encoding="utf-8")
    staging = StagingSession(con, Home(tmp_path), "record")
    staging.input(tables=[InputTable(path, "csv", choose(headings))])
    staging.ensure_view("clean")
    plan = con.execute("EXPLAIN SELECT record_id, received_at FROM staging.clean").fetchall()[0][1]
    scan = plan[plan.index("Read Csv") :]
    assert set(re.findall(r"\bc\d\b", scan)) == {"c0", "c1"}


def test_no_statement_holds_a_secret():
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(FOLDER).rglob("*.sql"))]
    assert texts and not any("sha256" in text for text in texts)


def test_a_bad_value_does_not_take_its_row_away(tmp_path):
    """The engine's optimizer type_pushdown casts inside the reader, where, with store_rejects, a
    value that cannot be cast takes its whole row away without a word. Our connection forbids it."""
    path = tmp_path / "f.csv"
    path.write_text("moment,n\n" + "2020-01-01,1\nnever,2\n" * 50, encoding="utf-8")
    sql = (
        "SELECT count(n), count(moment) FROM"
        " (SELECT try_cast(moment AS TIMESTAMP) AS moment, n FROM"
        f" read_csv('{path}', columns = {{'moment': 'VARCHAR', 'n': 'VARCHAR'}}, header = true,"
        " auto_detect = false, store_rejects = true))"
    )
    assert connect().execute(sql).fetchall() == [(100, 50)]
