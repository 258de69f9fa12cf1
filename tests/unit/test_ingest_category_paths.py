"""Category paths with other signs than ->: found in the column, or told by the source."""

import pytest

from tests.support.dump_files import delimited, fetch, give, load, xlsx

HEAD = ["工单编号", "来电时间", "工单类型", "问题分类", "受理处理方式"]
SOURCE = """title = "office"
required = ["record_id", "received_at", "category_path"]
category_separator = "{sign}"
[columns]
record_id = ["工单编号"]
received_at = ["来电时间"]
category_path = ["问题分类"]
"""


def rows_of(*paths: str) -> list[list[str]]:
    return [
        HEAD,
        *(
            [f"HX{n}", f"2024-01-{n:02d} 09:00:00", "诉求", path, "直接解答"]
            for n, path in enumerate(paths, 1)
        ),
    ]


def levels(home) -> list[tuple]:
    return fetch(home, "records", "category, subcategory, topic", "ORDER BY record_id")


# The search for the sign is one for all forms of a file: each sign once, one of them in a workbook.
SIGNS = [
    pytest.param(sign, is_sheet, marks=() if is_sheet == (sign == "—") else pytest.mark.slow)
    for sign in (">", "/", "-->", "—", " > ", " -> ", "->")
    for is_sheet in (False, True)
]


@pytest.mark.parametrize(("sign", "is_sheet"), SIGNS)
def test_levels_by_the_sign_that_most_paths_have(home, sign, is_sheet):
    paths = ["住房", f"住房{sign}物业服务", f"住房{sign}房产中介{sign}收费"]
    if is_sheet:
        path = give(home, "dump.xlsx", xlsx({"一月": rows_of(*paths)}), "2024-02-01")
    else:
        path = give(home, "dump.csv", delimited(rows_of(*paths)), "2024-02-01")
    (file,) = load(home, path).files
    assert levels(home) == [
        ("住房", "?", "?"),
        ("住房", "物业服务", "?"),
        ("住房", "房产中介", "收费"),
    ]
    said = any("category_separator" in line for line in file.details)
    assert said == (sign.strip() != "->")


def test_a_sign_in_few_names_is_part_of_them(home):
    paths = ["住房", "水/电", "交通管理", "市场管理", "公共服务"]
    load(home, give(home, "dump.csv", delimited(rows_of(*paths)), "2024-02-01"))
    assert [row[0] for row in levels(home)] == paths


def test_the_sign_of_the_source_is_obeyed(home):
    home.sources.mkdir(parents=True)
    (home.sources / "office.toml").write_text(SOURCE.format(sign="::"), encoding="utf-8")
    path = give(home, "dump.csv", delimited(rows_of("水/电::水费", "水/电")), "2024-02-01")
    load(home, path, source="office")
    assert levels(home) == [("水/电", "水费", "?"), ("水/电", "?", "?")]
