"""What a sheet says of its cells, and what programs do to them: every expected row by hand."""

import io
import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from pipeline.db import connect
from pipeline.ingest.columns.header import even_headings
from pipeline.ingest.columns.source import usable_sources
from pipeline.ingest.formats.merged_cells import CellRange, body_ranges, from_sheet
from pipeline.ingest.formats.text_protection import unprotected
from pipeline.ingest.staging import macros
from tests.support.dump_files import delimited, fetch, give, load


def records(home, columns="record_id", tail="ORDER BY ALL"):
    return fetch(home, "records", columns, tail)


def test_an_id_that_a_formula_computes_is_refused(home):
    rows = ['"=""HX""&""01"""', "=A1&B1", '"=HYPERLINK(""x"",""HX01"")"', '"=""HX01"""']
    text = "".join(f"{cell},2024-01-05 08:00:00,住房\n" for cell in rows)
    give(home, "a.csv", f"工单编号,来电时间,一级分类\n{text}")
    (receipt,) = load(home).loaded
    assert records(home) == [("HX01",)]
    assert receipt.reject_reasons == {"record_id_formula": 3}
    assert fetch(home, "rejects", "line, column_name") == [(n, "record_id") for n in (2, 3, 4)]


PROTECTED = {
    '="HX01"': "HX01",
    '=""HX01""': "HX01",
    '= "HX01" ': "HX01",
    '=T("HX01")': "HX01",
    '=TEXT("HX01","@")': "HX01",
    "=20240108000000": "20240108000000",
    "'HX01": "HX01",
    "'HX01'": "HX01",
    "`HX01": "HX01",
    "’2024-01-08 06:07:16": "2024-01-08 06:07:16",
    "＇HX01": "HX01",
    "\t20240108000000": "20240108000000",
    "20240108000000\t": "20240108000000",
    '"HX01"': "HX01",
    # Protected twice, behind a blank or a mark, with curly quotes, cut, or with nothing appended.
    "''HX01": "HX01",
    '\'="HX01"': "HX01",
    ' ="HX01"': "HX01",
    '\u00a0="HX01"': "HX01",
    "\ufeff'HX01": "HX01",
    "=“HX01”": "HX01",
    '="HX01': "HX01",
    '="HX01"&""': "HX01",
    '=""': "",
    "'": "",
    # No protection: words in quotes, formulas that compute, an apostrophe inside.
    "‘便民’服务": "‘便民’服务",
    "'a' b": "'a' b",
    '"a" b': '"a" b',
    "=SUM(A1)": "=SUM(A1)",
    '="HX"&"01"': '="HX"&"01"',
    "it's": "it's",
    "": "",
}


def test_signs_of_protected_text_in_sql_and_in_headings():
    # In SQL an empty cell is null.
    with connect() as con:
        macros.define(con)
        sql = "SELECT coalesce(unprotected(x), '') FROM (SELECT unnest($1::VARCHAR[]) AS x)"
        found = [text for (text,) in con.execute(sql, [list(PROTECTED)]).fetchall()]
    assert dict(zip(PROTECTED, found, strict=True)) == PROTECTED
    assert {text: unprotected(text) for text in PROTECTED} == PROTECTED


NAMES = [
    *("工单编号", "来电时间", "工单类型", "一级分类", "被反映区", "承办单位", "受理处理方式"),
    *("是否满意", "主要内容", "来电人电话"),
]
PLAIN = [
    ["HX01", "2024-01-08 06:07:16", "投诉", "住房", "丰台区", "丰台区", "派单", "是"],
    ["HX02", "2024-01-11 02:04:45", "诉求", "交通管理", "海淀区", "海淀区", "派单", "否"],
]
SIGNED = [
    [
        *('="HX01"', "'2024-01-08 06:07:16", '=T("投诉")', "`住房", "'丰台区", '="丰台区"'),
        *("'派单", "'是"),
    ],
    [
        *("'HX02", '="2024-01-11 02:04:45"', '"诉求"', "交通管理", "’海淀区", "海淀区\t"),
        *("派单", '="否"'),
    ],
]
RESTS = [["'老旧'小区漏水", "13800000001"], ["停车难", "13800000002"]]
SIGNED_RESTS = [["'老旧'小区漏水", "\t13800000001"], ["'停车难", "'13800000002"]]


def _written(form, names, rows):
    if form == "csv":
        return delimited([names, *rows])
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects)


@pytest.mark.parametrize("form", ["csv", pytest.param("jsonl", marks=pytest.mark.slow)])
def test_protected_and_plain_text_are_the_same_records(home, form):
    columns = (
        "record_id, received_at, record_type, category, place_district, unit, unit_type, handling,"
        " satisfaction, caller_hash"
    )
    rows = [[*row, *rest] for row, rest in zip(PLAIN, RESTS, strict=True)]
    give(home, f"plain.{form}", _written(form, NAMES, rows))
    load(home)
    expected, texts = records(home, columns), fetch(home, "texts", "record_id, content")
    assert [row[0] for row in expected] == ["HX01", "HX02"]
    rows = [[*row, *rest] for row, rest in zip(SIGNED, SIGNED_RESTS, strict=True)]
    give(home, f"signed.{form}", _written(form, ['="工单编号"', "'来电时间", *NAMES[2:]], rows))
    load(home)
    assert records(home, columns) == sorted([*expected, *expected])
    assert fetch(home, "texts", "record_id, content") == sorted([*texts, *texts])


HEAD = "工单编号,来电时间,一级分类,主要内容,承办单位,受理处理方式,办结时间,是否满意"
SLIPPED = f"""\
{HEAD}
A1,2024-01-01 08:00:00,住房,漏水,东城区,派单,2024-01-02 08:00:00,满意
A2,2024-01-01 08:00:00,住房,漏水,请尽快处理,东城区,派单,2024-01-02 08:00:00,
A3,2024-01-01 08:00:00,住房,漏水,请尽快处理,东城区,派单,2024-01-02 08:00:00,满意
A4,2024-01-01 08:00:00,住房,漏水,请尽快处理,东城区,派单,,
A5,2024-01-01 08:00:00,住房,漏水,请尽快处理,再催,东城区,派单,,
A6,2024-01-01 08:00:00,住房,漏水,东城区,派单,2024-01-02 08:00:00,满意,
A7,2024-01-01 08:00:00,住房,"漏水
尽快",东城区,派单,2024-01-02 08:00:00,,
,,,,,,,,
A8,2024-01-01 08:00:00,住房,漏水,东城区,派单
A9,2024-01-01 08:00:00,住房,"漏水,尽快",东城区,派单,,
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_row_that_slipped_is_refused_and_one_with_an_empty_cell_more_is_not(home, ends):
    # A2, A4: moved by one, the last cell was empty. A6, A7 end in a comma too many and are sound.
    give(home, "a.csv", SLIPPED.replace("\n", ends))
    (receipt,) = load(home).loaded
    columns = "record_id, unit, closed_at::VARCHAR, satisfaction"
    assert records(home, columns) == [
        ("A1", "东城区", "2024-01-02 08:00:00", "满意"),
        ("A6", "东城区", "2024-01-02 08:00:00", "满意"),
        ("A7", "东城区", "2024-01-02 08:00:00", "?"),
        ("A9", "东城区", None, "?"),
    ]
    assert fetch(home, "rejects", "line, reason") == [
        (3, "too_many_columns"),
        (4, "too_many_columns"),
        (5, "too_many_columns"),
        (6, "too_many_columns"),
        (11, "missing_columns"),
    ]
    assert receipt.rows_skipped == {"row_blank": 1}


def test_a_comma_after_every_line_is_no_column(home):
    rows = SLIPPED.splitlines()
    sound = [rows[1], rows[-1]]
    for name, lines in {
        "rows.csv": [HEAD, *(f"{row}," for row in sound)],
        "header.csv": [f"{HEAD},", *sound],
        "both.csv": [f"{HEAD},", *(f"{row}," for row in sound)],
    }.items():
        give(home, name, "\n".join(lines))
    assert [receipt.rows_rejected for receipt in load(home).loaded] == [0, 0, 0]
    assert records(home) == [("A1",)] * 3 + [("A9",)] * 3


def test_the_width_of_a_file_is_that_of_nearly_all_its_rows():
    long, short = ["1", "2", ""], ["1", "2"]
    assert even_headings(("a", "b"), [long] * 19 + [short]) == ("a", "b", "")
    assert even_headings(("a", "b"), [long] * 18 + [short] * 2) == ("a", "b")
    assert even_headings(("a", "b"), [["1", "2", "3"]] * 9) == ("a", "b")
    assert even_headings(("a", "b", ""), [short] * 9) == ("a", "b")
    assert even_headings(("a", "b", "c"), [short] * 9) == ("a", "b", "c")


ZONED = {
    "Asia/Shanghai": {
        "2023-12-31T16:30:00Z": "2024-01-01 00:30:00",
        "2023-12-31T16:30:00.123456+00:00": "2024-01-01 00:30:00",
        "2024-01-01 00:30:00+08": "2024-01-01 00:30:00",
        "2024/1/1 0:30 +0800": "2024-01-01 00:30:00",
        "2024-01-01T00:30+08:00[Asia/Shanghai]": "2024-01-01 00:30:00",
        "20231231T163000Z": "2024-01-01 00:30:00",
        "2023-12-31 16:30:00 UTC": "2024-01-01 00:30:00",
        "2024-01-01 00:30:00 GMT+8": "2024-01-01 00:30:00",
        "2024-01-01 00:30 CST": "2024-01-01 00:30:00",
        "2024年1月1日 0时30分 北京时间": "2024-01-01 00:30:00",
        "2023-12-31T22:15:00+05:45": "2024-01-01 00:30:00",
        "1704040200000": "2024-01-01 00:30:00",
        # A name that may be another zone's, and an offset that is none, say nothing sure.
        "2024-01-01 00:30 EST": None,
        "2024-01-01 00:30:00+15:00": None,
        # Ten digits in a text file may be a phone.
        "1704040200": None,
    },
    # The clock goes back on 3 November 2024: the hour from one to two comes twice, both are read.
    "America/New_York": {
        "2024-11-03T05:30:00Z": "2024-11-03 01:30:00",
        "2024-11-03T06:30:00Z": "2024-11-03 01:30:00",
        "2024-03-10T06:59:59Z": "2024-03-10 01:59:59",
        "2024-03-10T07:00:00Z": "2024-03-10 03:00:00",
        "2024-07-01 12:00:00 EDT": "2024-07-01 12:00:00",
        "2024-01-01 12:00:00 EDT": "2024-01-01 11:00:00",
        "2024-01-01 12:00 CST": None,
    },
}
PLAIN_TIMES = {
    "2024-01-01 00:30:00": "2024-01-01 00:30:00",
    "2024-01-01T00:30": "2024-01-01 00:30:00",
    "2024-03-10 02:30:00": "2024-03-10 02:30:00",
    "2020/9/18 3:05 PM": "2020-09-18 15:05:00",
    "2024-01-05": "2024-01-05 00:00:00",
    "2024-01": None,
    # From half past nine to half past eleven: no zone.
    "2024-01-01 09:30-11:30": None,
}


@pytest.mark.parametrize("zone", ZONED)
def test_times_with_a_zone_are_read_on_the_clock_of_the_source(zone):
    sql = "SELECT to_time(x)::VARCHAR, is_zoned(x) IS TRUE FROM (SELECT unnest($1::VARCHAR[]) AS x)"
    with connect() as con:
        macros.define(con)
        macros.define_for_file(con, [], zone)
        zoned = con.execute(sql, [list(ZONED[zone])]).fetchall()
        plain = con.execute(sql, [list(PLAIN_TIMES)]).fetchall()
        macros.define_for_file(con, [], zone, has_numbers=True)
        (number,) = con.execute(sql, [["1704040200.5"]]).fetchall()
    assert [at for at, _ in zoned] == list(ZONED[zone].values())
    assert all(is_zoned for at, is_zoned in zoned if at)
    assert plain == [(at, False) for at in PLAIN_TIMES.values()]
    hour = {"Asia/Shanghai": "2024-01-01 00:30:00.5", "America/New_York": "2023-12-31 11:30:00.5"}
    assert number == (hour[zone], True)


def test_a_file_whose_times_have_zones_is_reported(home):
    rows = [
        '{"工单编号": "U1", "来电时间": "2023-12-31T16:30:00Z", "一级分类": "住房"}',
        '{"工单编号": "U2", "来电时间": "2024-01-02 00:30:00", "一级分类": "住房"}',
        '{"工单编号": "U3", "来电时间": 1704213000, "一级分类": "住房"}',
    ]
    give(home, "a.jsonl", "\n".join(rows))
    times = pa.array([1_704_040_200_000_000], pa.timestamp("us", tz="UTC"))
    table = pa.table({"工单编号": ["P1"], "来电时间": times, "一级分类": ["住房"]})
    path = give(home, "b.parquet", b"")
    pq.write_table(table, path)
    plain = give(home, "c.csv", "工单编号,来电时间,一级分类\nC1,2024-01-01 00:30:00,住房\n")
    first, second, third = load(home).loaded
    assert records(home, "record_id, received_at::VARCHAR") == [
        ("C1", "2024-01-01 00:30:00"),
        ("P1", "2024-01-01 00:30:00"),
        ("U1", "2024-01-01 00:30:00"),
        ("U2", "2024-01-02 00:30:00"),
        ("U3", "2024-01-03 00:30:00"),
    ]
    printed, mixed = [one for one in first.warnings if "时区" in one]
    assert printed.startswith("2 行的时间带有时区,已换算为 Asia/Shanghai")
    assert mixed.startswith("“来电时间”有 2 格带时区、1 格不带")
    assert [one[:3] for one in second.warnings if "时区" in one] == ["1 行"]
    assert not [one for one in third.warnings if "时区" in one], plain


def test_an_unknown_zone_of_a_source_is_a_clear_error(home):
    home.sources.mkdir(parents=True)
    source = 'title = "甲"\nrequired = ["record_id"]\ntimezone = "Asia/Peking"\n'
    (home.sources / "own.toml").write_text(f'{source}[columns]\nrecord_id = ["号"]\n', "utf-8")
    _, faults = usable_sources(home)
    assert re.search(r"own\.toml 有误.*Asia/Peking.*Asia/Shanghai", str(faults["own"]))


MERGED_HEAD = [
    *("工单编号", "来电时间", "一级分类", "二级分类", "被反映区", "承办单位", "受理处理方式"),
    *("派单时间", "主要内容"),
]
_AT = "2024-01-05 08:00:00"
# The first cell of each range holds its value; rows and columns from 0, below one row of title.
MERGED_ROWS = [
    ["2024年1月明细表"],
    MERGED_HEAD,
    ["E1", _AT, "住房", "物业服务", "东城区", "东城区", "派单", "2024-01-05 09:00:00", "漏水"],
    ["E2", _AT, "住房", None, None, "东城区", "派单", "2024-01-05 09:00:00", "漏水"],
    ["E3", _AT, "住房", "物业服务", "西城区", "西城区", "派单", "2024-01-05 09:00:00", "漏水"],
    [None, None, None, None, None, "海淀区", "派单", "2024-01-06 09:00:00", "漏水"],
    ["E4", _AT, "交通管理", None, "西城区", "西城区", "派单", "2024-01-05 09:00:00", "漏水"],
    ["合计 4 件"],
    [],
    ["E5", _AT, "住房", None, None, "西城区", "派单", "2024-01-05 09:00:00", "漏水"],
]
MERGED_RANGES = [
    (0, 0, 0, 8),  # the title
    (2, 4, 3, 4),  # E1 and E2: 东城区; the category of E2 is empty, and is so
    *((4, column, 5, column) for column in range(5)),  # E3 was dispatched twice
    (6, 2, 6, 3),  # E4: category and subcategory are one
    (7, 0, 7, 3),  # the total
    (7, 4, 8, 4),
]
FILLED = [
    ("E1", 1, "住房", "物业服务", "东城区", "东城区"),
    ("E2", 1, "住房", "?", "东城区", "东城区"),
    ("E3", 1, "住房", "物业服务", "西城区", "西城区"),
    ("E3", 2, "住房", "物业服务", "西城区", "海淀区"),
    ("E4", 1, "交通管理", "交通管理", "西城区", "西城区"),
    ("E5", 1, "住房", "?", "?", "西城区"),
]


def _merged(form, first_column=0):
    if form == "html":
        return _page(MERGED_ROWS, MERGED_RANGES)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out) if form == "xlsx" else xlwt.Workbook()
    sheet = book.add_worksheet("一月") if form == "xlsx" else book.add_sheet("一月")
    for y, row in enumerate(MERGED_ROWS):
        for x, cell in enumerate(row, first_column):
            if cell is not None:
                sheet.write(y, x, cell)
    for top, left, bottom, right in MERGED_RANGES:
        left, right = left + first_column, right + first_column
        text = (MERGED_ROWS[top][left - first_column :] or [None])[0]
        if form == "xlsx":
            sheet.merge_range(top, left, bottom, right, text or "")
        else:
            sheet.merge(top, bottom, left, right)
    if form == "xlsx":
        book.close()
    else:
        book.save(out)
    return out.getvalue()


def _page(rows, ranges):
    covered = {
        (y, x): (y, x) == (top, left)
        for top, left, bottom, right in ranges
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
    }
    spans = {
        (top, left): f" rowspan={bottom - top + 1} colspan={right - left + 1}"
        for top, left, bottom, right in ranges
    }
    lines = []
    for y, row in enumerate(rows):
        cells = [*row, *[None] * (len(MERGED_HEAD) - len(row))]
        shown = [(x, cell or "") for x, cell in enumerate(cells) if covered.get((y, x), True)]
        lines.append("".join(f"<td{spans.get((y, x), '')}>{cell}</td>" for x, cell in shown))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<html><meta charset=utf-8><table>{body}</table></html>".encode()


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("xlsx", 2),
        pytest.param("xls", 0, marks=pytest.mark.slow),
        pytest.param("html", 0, marks=pytest.mark.slow),
    ],
)
def test_merged_cells_of_the_body_fill_their_range(home, form, first):
    give(home, f"a.{form}", _merged(form, first))
    (receipt,) = load(home).loaded
    columns = "record_id, dispatch_no, category, subcategory, place_district, unit"
    assert records(home, columns) == FILLED
    assert fetch(home, "rejects", "line, reason") == [(8, "received_at_missing")]
    (printed,) = [one for one in receipt.warnings if "合并的单元格" in one]
    assert (
        "“被反映区” 2 格" in printed
        and "“工单编号” 1 格" in printed
        and "“二级分类” 2 格" in printed
    )


def test_ranges_that_are_a_title_or_a_total_are_none_of_a_record():
    ranges = [
        CellRange(0, 4, 9, 4),  # begins in the header
        CellRange(3, 0, 3, 2),  # over the id and its neighbours
        CellRange(4, 1, 4, 6),  # over more than half of the headings
        CellRange(5, 7, 8, 7),  # in a column that is not used
        CellRange(5, 1, 5, 1),
        CellRange(5, 1, 6, 2),
        CellRange(5, 0, 6, 0),
    ]
    assert body_ranges(ranges, 1, [0, 1, 2, 4], 0, 8) == ranges[-2:]
    assert from_sheet([CellRange(1, 2, 3, 2), CellRange(1, 1, 1, 9)], 3, 2) == [
        CellRange(1, 0, 3, 0)
    ]


UNITS = {
    "西城区|海淀区": "西城区",
    "东城区,朝阳区": "东城区",
    "东城区、朝阳区": "东城区",
    "东城区\n朝阳区": "东城区",
    "朝阳区;东城区": "朝阳区",
    "协办:东城区;主办:朝阳区": "朝阳区",
    "东城区(协办)/朝阳区(牵头)": "朝阳区",
    "东城区": "东城区",
    "东城区,东城区": "东城区",
    "朝阳区和海淀区": "朝阳区",
    "朝阳区 以及 海淀区": "朝阳区",
    "东城区及西城区＋朝阳区": "东城区",
    "东城区+西城区": "东城区",
    "市水务局&东城区": "市水务局",
    "东城区(协办)和朝阳区(主办)": "朝阳区",
    # 和 is of the name, also where another 和 is not.
    "市规划和自然资源委员会": "市规划自然资源委",
    "东城区和市规划和自然资源委员会": "东城区",
    "市规划和自然资源委员会和东城区": "市规划自然资源委",
    "朝阳区教育委员会和海淀区教育委员会": "朝阳区",
    "朝阳区规划和自然资源委员会": "朝阳区",
    # A district and its street are one name; of streets alone those are known that are unique.
    "东城区 和平里街道": "东城区和平里街道",
    "和平里街道和东城区": "东城区和平里街道",
    "东城区,某某公司": "东城区,某某公司",
    "东城区和某某公司": "东城区和某某公司",
    "东城区和": "东城区和",
}


def test_a_cell_with_several_units_counts_once_and_is_reported(home):
    head = ["工单编号", "来电时间", "一级分类", "承办单位", "受理处理方式"]
    rows = [[f"K{n:02}", _AT, "住房", unit, "派单"] for n, unit in enumerate(UNITS)]
    give(home, "a.jsonl", _written("jsonl", head, rows))
    (receipt,) = load(home).loaded
    found = records(home, "record_id, unit, unit_type")
    assert [unit for _, unit, _ in found] == list(UNITS.values())
    assert [unit for _, unit, kind in found if kind == "?"] == list(UNITS)[-3:]
    (printed,) = [one for one in receipt.warnings if "几个单位" in one]
    assert "“承办单位”一格里写着几个单位的 17 行" in printed
    assert receipt.unknown["unit"] == 3


DISTRICTS = ["东城区", "西城区", "朝阳区", "海淀区"]


def _listed(districts):
    rows = [
        [f"L{number}", _AT, "住房", district, "派单"] for number, district in enumerate(districts)
    ]
    return delimited([["工单编号", "来电时间", "一级分类", "被反映区", "受理处理方式"], *rows])


def test_a_sheet_with_merged_cells_saved_as_text_is_reported(home):
    # Runs of 2, 4, 3 and 5 rows; and a column that is seldom filled, twice alike in a row.
    runs = [[name, *[""] * rest] for name, rest in zip(DISTRICTS, (1, 3, 2, 4), strict=True)]
    give(home, "merged.csv", _listed([cell for run in runs for cell in run]))
    seldom = ["东城区", "", "", "东城区", "", "", "", "西城区", "", "", "", "", ""]
    give(home, "seldom.csv", _listed(seldom))
    merged, other = load(home).loaded
    (printed,) = [one for one in merged.warnings if "合并的单元格" in one]
    assert printed.startswith("“被反映区”14 行里只有 4 行写着")
    assert "数据第 2 至 2 行空着" in printed and "其余的 10 行" in printed
    assert not [one for one in other.warnings if "合并的单元格" in one]
