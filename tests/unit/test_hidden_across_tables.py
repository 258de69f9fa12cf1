"""What one table of a report hides, no other prints: counts worked by hand."""

import csv
from pathlib import Path

import duckdb
import pytest

import pipeline
from pipeline.narrative.print_table import HIDDEN, printed_table

TABLE = Path(pipeline.__file__).parents[1] / "data" / "reference" / "table.csv"


@pytest.fixture
def con():
    """Two printed tables of one city: what districts and streets took, by category."""
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA ref; CREATE SCHEMA annual")
        made.execute(
            f"""CREATE TABLE ref."table" AS FROM read_csv('{TABLE}', all_varchar = true)"""
        )
        made.execute("CREATE TABLE ref.report_rule (rule VARCHAR, value VARCHAR)")
        made.execute(
            "INSERT INTO ref.report_rule VALUES ('joint_low', '0.4'), ('joint_high', '0.6')"
        )
        made.execute(
            "CREATE TABLE ref.table_part "
            '("table" VARCHAR, columns VARCHAR, title VARCHAR, note VARCHAR, absent VARCHAR)'
        )
        made.execute(
            """CREATE TABLE annual.t19_category_unit_type AS FROM (VALUES
                (2020, '住房', 1, '区', 60), (2020, '住房', 2, '街乡镇', 50),
                (2020, '住房', 3, '市级部门', 2), (2020, '住房', 4, '国有企业', 10),
                (2020, '环境', 1, '街乡镇', 40), (2020, '环境', 2, '区', 30),
                (2020, '环境', 3, '国有企业', 20), (2020, '环境', 4, '市级部门', 15),
                (2020, '交通', 1, '街乡镇', 70), (2020, '交通', 2, '市级部门', 35),
                (2020, '交通', 3, '国有企业', 25), (2020, '交通', 4, '区', 4)
            ) AS t (year, category, rank, unit_type, record_count)"""
        )
        made.execute(
            """CREATE TABLE annual.t32_joint AS FROM (VALUES
                (2020, 1, '住房', 110, 60, 50, '共同承办'),
                (2020, 2, '交通', 74, 4, 70, '以街乡镇为主'),
                (2020, 3, '环境', 70, 30, 40, '共同承办')
            ) AS t (year, rank, category, joint_count, district_unit_count, street_unit_count,
                    main_handler)"""
        )
        yield made


def open_rows(con, name: str, key: tuple[str, ...]) -> set[tuple]:
    """Return of which rows the table prints figures."""
    table = printed_table(con, f"annual.{name}", {"year": 2020})
    return {
        tuple(row[one] for one in key)
        for place, row in enumerate(table.records())
        if place not in table.hidden
    }


def test_a_count_that_one_table_hides_is_in_no_other(con):
    kinds = open_rows(con, "t19_category_unit_type", ("category", "unit_type"))
    # Small are 4 and 2; what hides beside them are the smallest of their lines.
    assert not kinds & {("交通", "区"), ("住房", "市级部门")}
    joint = open_rows(con, "t32_joint", ("category",))
    for (category,) in joint:
        assert {(category, "区"), (category, "街乡镇")} <= kinds
    assert ("交通",) not in joint
    table = printed_table(con, "annual.t32_joint", {"year": 2020})
    traffic = next(row for row in table.rows if "交通" in row)
    assert [value for value in traffic if isinstance(value, int)] == [2020]
    assert traffic.count(HIDDEN) == 4 and "予以隐去" in table.note


def test_what_is_hidden_among_others_takes_nothing_along(con):
    # Without the 4 and the 2 nothing is small.
    con.execute("UPDATE annual.t19_category_unit_type SET record_count = 44 WHERE record_count < 5")
    con.execute("UPDATE annual.t32_joint SET district_unit_count = 44 WHERE category = '交通'")
    assert open_rows(con, "t32_joint", ("category",)) == {("住房",), ("交通",), ("环境",)}


def test_of_each_table_that_another_follows_the_counts_are_protected():
    with TABLE.open(encoding="utf-8") as file:
        by_table = {row["table"]: row for row in csv.DictReader(file)}
    followed = {
        name: row["suppress_with"].partition(":")[0]
        for name, row in by_table.items()
        if row["suppress_with"]
    }
    assert followed == {
        "t32_joint": "t19_category_unit_type",
        "t36_focus": "t16_category_subcategory",
    }
    assert all(by_table[other]["suppress_below_count"] for other in followed.values())
