"""The traps of real exports, one file each; every expected row is written out by hand."""

import datetime

import pytest

from tests.support.dump_files import HEAD, delimited, fetch, give, line, load, page, xls, xlsx


def records(home, columns="record_id"):
    return fetch(home, "records", columns)


TITLE = [["某市热线工单明细表"], [None, "制表日期:2020年2月1日"], [], ["单位:件"]]
BODY = [line("T1"), line("T2", "2020-01-06 09:00:00"), line(None, "2020-01-07 10:00:00")]


@pytest.mark.parametrize(
    "form", ["csv", "xlsx", *(pytest.param(one, marks=pytest.mark.slow) for one in ("xls", "html"))]
)
def test_title_rows_above_the_header(home, form):
    rows = [*TITLE, HEAD, *BODY]
    make = {
        "csv": lambda: delimited(rows).encode(),
        "xlsx": lambda: xlsx({"s": rows}),
        "xls": lambda: xls({"s": rows}),
        "html": lambda: page(rows),
    }
    give(home, "a", make[form]())
    (receipt,) = load(home).loaded
    assert [r[0] for r in records(home)] == ["T1", "T2"]
    assert receipt.sheets[0].header_row == 5
    assert fetch(home, "rejects", "line, reason") == [(8, "record_id_missing")]


def test_a_title_cell_with_a_line_break_above_a_csv(home):
    text = '"某市\n明细表",\n' + delimited([HEAD, *BODY]) + "broken\n"
    give(home, "a.csv", text)
    load(home)
    assert [r[0] for r in records(home)] == ["T1", "T2"]
    assert fetch(home, "rejects", "line, reason") == [
        (6, "record_id_missing"),
        (7, "missing_columns"),
    ]


@pytest.mark.parametrize(("above", "found"), [(19, True), (20, False)])
def test_the_header_is_searched_for_in_twenty_rows(home, above, found):
    give(home, "a.xlsx", xlsx({"s": [["题"]] * above + [HEAD, *BODY]}))
    result = load(home)
    assert result.exit_code == (0 if found else 65)
    assert found or "表头认不出" in result.lines[0]


UPPER = ["工单编号", "来电时间", "分类", None, None, "被反映", None, "来电人"]
LOWER = [None, None, "一级", "二级", "三级", "区", "街乡镇", None]
MERGED = ["M1", "2020-01-05 08:00:00", "住房", "物业", "收费", "朝阳区", "三里屯街道", "李伟"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_merged_over_two_rows(home, form):
    rows = [["明细表"], UPPER, LOWER, MERGED]
    give(home, "a", delimited(rows) if form == "csv" else xlsx({"s": rows}))
    (receipt,) = load(home).loaded
    columns = "record_id, category, subcategory, topic, place_district, place_street"
    assert records(home, columns) == [("M1", "住房", "物业", "收费", "朝阳区", "三里屯街道")]
    assert (receipt.sheets[0].header_row, receipt.sheets[0].header_span) == (2, 2)
    assert receipt.unmapped_columns == []


def test_a_merged_header_of_a_web_page(home):
    head = (
        "<tr><td rowspan=2>工单编号</td><td rowspan=2>来电时间</td><td colspan=2>分类</td>"
        "<td rowspan=2>主要内容</td></tr><tr><td>一级</td><td>二级</td></tr>"
    )
    body = "<tr><td>H1</td><td>2020/1/5 8:00</td><td>住房</td><td>物业</td><td>一<br>二</td></tr>"
    give(home, "a.xls", f"<html><table>{head}{body}</table></html>".encode("gb18030"))
    load(home)
    assert records(home, "record_id, category, subcategory") == [("H1", "住房", "物业")]
    assert fetch(home, "texts", "content") == [("一\n二",)]


def test_a_header_repeated_inside_the_data_and_blank_rows_are_no_records(home):
    rows = [HEAD, line("R1"), HEAD, line("R2"), [None] * 6, line(None, None), HEAD]
    give(home, "a.csv", delimited(rows) + ",,,,,\n")
    give(home, "b.xlsx", xlsx({"s": [[*r[:1], *r[1:]] for r in [HEAD, line("R3"), HEAD, []]]}))
    one, two = load(home).loaded
    assert [r[0] for r in records(home)] == ["R1", "R2", "R3"]
    # The row that holds a category and a text but no id is a record, and rejected.
    assert (one.rows_read, one.rows_loaded, one.rows_rejected) == (3, 2, 1)
    assert one.rows_skipped == {"header_repeated": 2, "row_blank": 2}
    assert fetch(home, "rejects", "line, reason") == [(6, "record_id_missing")]
    assert two.rows_read == 1 and two.rows_skipped == {"header_repeated": 1}


# The id below a heading of its own, or beside it: either row of the header may then lack it.
UNDER = ["序号", "工单", None, "分类", None, None, "被反映", None]
BELOW = [None, "工单编号", "来电时间", "一级", "二级", "三级", "区", "街乡镇"]


@pytest.mark.parametrize("form", [pytest.param("csv", marks=pytest.mark.slow), "xlsx"])
@pytest.mark.parametrize(("upper", "lower"), [(UPPER, LOWER), (UNDER, BELOW)])
def test_a_merged_header_repeated_inside_the_data(home, form, upper, lower):
    def filled(number):
        return [*(["1"] if upper is UNDER else []), number, *MERGED[1:]][:8]

    rows = [["明细表"], upper, lower, filled("M1"), upper, lower, filled("M2"), filled("")]
    give(home, "a", delimited(rows) if form == "csv" else xlsx({"s": rows}))
    (receipt,) = load(home).loaded
    assert [r[0] for r in records(home)] == ["M1", "M2"]
    assert receipt.rows_read == 3 and receipt.rows_skipped == {"header_repeated": 2}
    assert fetch(home, "rejects", "line, reason") == [(8, "record_id_missing")]


NO_DISTRICT = ["来电时间", "工单编号", "一级分类"]


def test_a_district_that_only_the_sheets_name_shows(home):
    def rows(number):
        return [NO_DISTRICT, ["2020-01-05 08:00:00", number, "住房"]]

    sheets = {
        "朝阳区1月": rows("D1"),
        "东城": rows("D2"),
        "昌平和大兴": rows("D3"),
        "其他": rows("D4"),
    }
    give(home, "西城区汇总.xlsx", xlsx(sheets))
    (receipt,) = load(home).loaded
    # A name with two districts gives none; one without any leaves it to the file's name.
    assert records(home, "record_id, place_district") == [
        ("D1", "朝阳区"),
        ("D2", "东城区"),
        ("D3", "?"),
        ("D4", "西城区"),
    ]
    shown = [sheet.district_from_name for sheet in receipt.sheets]
    assert shown == ["朝阳区", "东城区", None, "西城区"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_district_that_only_the_title_shows(home, form):
    rows = [["朝阳区热线台账"], NO_DISTRICT, ["2020-01-05 08:00:00", "D1", "住房"]]
    give(home, "a", delimited(rows) if form == "csv" else xlsx({"s": rows}))
    # The name of the file comes first, and a title of several districts gives none.
    give(home, "东城.csv", delimited([*rows[:2], ["2020-01-05 08:00:00", "D2", "住房"]]))
    rows[0] = ["朝阳区、东城区热线台账"]
    give(home, "b.csv", delimited([*rows[:2], ["2020-01-05 08:00:00", "D3", "住房"]]))
    load(home)
    assert records(home, "record_id, place_district") == [
        ("D1", "朝阳区"),
        ("D2", "东城区"),
        ("D3", "?"),
    ]


def test_a_column_of_districts_goes_before_the_name(home):
    rows = [[*NO_DISTRICT, "被反映区"], ["2020-01-05", "E1", "住房", "未指定区"]]
    rows += [["2020-01-05", "E2", "住房", "非辖属"], ["2020-01-05", "E3", "住房", "大兴"]]
    give(home, "朝阳区.xlsx", xlsx({"朝阳区": rows}))
    (receipt,) = load(home).loaded
    assert records(home, "record_id, place_district") == [
        ("E1", "?"),
        ("E2", "?"),
        ("E3", "大兴区"),
    ]
    assert receipt.unknown == {"place_district": 2}


def test_unnamed_and_duplicate_columns_are_reported_and_the_first_counts(home):
    head = ["Unnamed: 0", "工单编号", "来电时间", "一级分类", "承办单位", None, "承办单位"]
    rows = [head, ["0", "U1", "2020-01-05", "住房", "市公安局", "x", "某局"]]
    give(home, "a.xlsx", xlsx({"s": rows}))
    (receipt,) = load(home).loaded
    assert records(home, "record_id, category") == [("U1", "住房")]
    assert receipt.unmapped_columns == [
        "(第 1 列,无列名)",
        "(第 6 列,无列名)",
        "承办单位(第 7 列,重名)",
    ]


def test_columns_of_each_sheet_may_be_in_another_order(home):
    sheets = {
        "一": [["工单编号", "来电时间", "一级分类"], ["O1", "2020-01-05", "住房"]],
        "二": [["一级分类", "备注", "工单编号", "来电时间"], ["教育", "x", "O2", "2020-01-06"]],
        "说明": [["本表由某处制作"], ["请勿外传"]],
    }
    give(home, "a.xlsx", xlsx(sheets))
    (receipt,) = load(home).loaded
    assert records(home, "record_id, category") == [("O1", "住房"), ("O2", "教育")]
    assert receipt.unread_sheets == {"说明": 2}


def test_rejects_of_a_later_sheet_name_it_and_its_row(home):
    sheets = {
        "甲": [HEAD, line("S1"), line("S2", "昨天")],
        "乙": [["题"], [], HEAD, line("S3"), [], line(None, "2020-01-05")],
    }
    give(home, "a.xlsx", xlsx(sheets))
    load(home)
    assert fetch(home, "rejects", "sheet, line, reason, value_masked", "ORDER BY line") == [
        ("甲", 3, "received_at_invalid", "昨天"),
        ("乙", 6, "record_id_missing", None),
    ]


@pytest.mark.slow
def test_times_in_all_forms_in_one_column(home):
    times = {
        "2020-03-19 00:34:04": "2020-03-19 00:34:04",
        "2020/9/18 10:52": "2020-09-18 10:52:00",
        "2020/9/18 下午 3:05": "2020-09-18 15:05:00",
        "2020年9月18日上午12:05:09": "2020-09-18 00:05:09",
        "2020-9-18": "2020-09-18 00:00:00",
        "２０２０－０９－１８　１０：５２": "2020-09-18 10:52:00",
        "2020.9.18 7:01": "2020-09-18 07:01:00",
        "20200918105203": "2020-09-18 10:52:03",
        "44092.453125": "2020-09-18 10:52:30",
        "2020-09-18T10:52:03+08:00": "2020-09-18 10:52:03",
        "2020-09-18 10:52:03_x000D_": "2020-09-18 10:52:03",
    }
    cells = [line(f"N{n:02d}", text) for n, text in enumerate(times)]
    cells.append(line("N97", 44092.453125))
    cells.append(line("N98", datetime.datetime(2020, 9, 18, 10, 52, 3)))
    cells.append(line("N99", "18/19/2020"))
    give(home, "a.xlsx", xlsx({"s": [HEAD, *cells]}))
    load(home)
    expected = [(f"N{n:02d}", at) for n, at in enumerate(times.values())]
    expected += [("N97", "2020-09-18 10:52:30"), ("N98", "2020-09-18 10:52:03")]
    assert records(home, "record_id, received_at::VARCHAR") == expected
    assert fetch(home, "rejects", "record_id, value_masked") == [("N99", "99/99/9999")]


def test_odd_signs_inside_cells(home):
    row = line(
        "\ufeffＡ1\u200b ",
        "\u00a02020-01-05\u30008:00:00 ",
        一级分类="公共\u200b服务_x000D_",
        被反映区="\u3000朝阳区\u00a0",
        承办单位="\t市公安局\n",
        主要内容="第一行_x000D_\n第二\t行",
    )
    give(home, "a.xlsx", xlsx({"s": [HEAD, row]}))
    load(home)
    columns = "record_id, received_at::VARCHAR, category, place_district, unit"
    expected = [("Ａ1", "2020-01-05 08:00:00", "公共服务", "朝阳区", "市公安局")]
    assert records(home, columns) == expected
    assert fetch(home, "texts", "content") == [("第一行\n第二\t行",)]


def test_full_width_digits_of_an_id(home):
    give(home, "a.csv", delimited([HEAD, line("２０２０－０１")]))
    load(home)
    assert [r[0] for r in records(home)] == ["2020-01"]


LONG = ["110101202001050011", "110101202001050027", "110101202001050034"]


def test_long_ids_that_a_workbook_keeps_as_numbers_are_reported(home):
    give(home, "a.xlsx", xlsx({"s": [HEAD, *(line(int(text)) for text in LONG)]}))
    give(home, "b.xlsx", xlsx({"s": [HEAD, *(line(text) for text in LONG)]}))
    result = load(home)
    assert [file.state for file in result.files] == ["failed", "loaded"]
    assert "record_id_rounded 3" in result.lines[0] or "3" in result.lines[0]
    assert sorted(r[0] for r in records(home)) == LONG


@pytest.mark.slow
def test_long_ids_that_a_csv_has_from_a_spreadsheet_are_reported(home):
    rounded = [
        text[:15] + "000" for text in ("110101202001050", "110101202001051", "110101202001052")
    ]
    rows = [*(line(text) for text in rounded), line("1.10101E+17"), line("P1")]
    give(home, "a.csv", delimited([HEAD, *rows]))
    (receipt,) = load(home).loaded
    assert receipt.reject_reasons == {"record_id_rounded": 4}
    assert [r[0] for r in records(home)] == ["P1"]
    give(home, "b.csv", delimited([HEAD, *(line(text) for text in [*LONG, rounded[0]])]))
    assert load(home).loaded[0].rows_rejected == 0, "one id may well end in zeros"


@pytest.mark.slow
def test_two_copies_of_a_month_that_overlap_by_a_day(home):
    first = [line("V1", "2020-01-30 08:00:00"), line("V2", "2020-01-31 08:00:00")]
    second = [line("V2", "2020-01-31 08:00:00"), line("V3", "2020-02-01 08:00:00")]
    give(home, "a.xlsx", xlsx({"s": [HEAD, *first]}))
    give(home, "b.xlsx", xlsx({"s": [HEAD, *second]}), day="2020-03-01")
    # Both are in the warehouse; core.record lets the newer count (tests/sql/test_core.py).
    assert [receipt.rows_loaded for receipt in load(home).loaded] == [2, 2]
    assert [r[0] for r in records(home)] == ["V1", "V2", "V2", "V3"]


@pytest.mark.slow
def test_a_sheet_that_is_full_has_most_likely_been_cut(home, monkeypatch):
    monkeypatch.setattr("pipeline.ingest.formats.sheets.SHEET_ROWS", 4)
    give(home, "a.xlsx", xlsx({"满": [HEAD, line("F1"), line("F2"), line("F3")]}))
    result = load(home)
    assert result.exit_code == 0
    (shown,) = [line for line in result.loaded[0].warnings if "“满”" in line]
    assert "截断" in shown and shown in result.files[0].details


def test_an_office_lock_file_and_a_locked_workbook(home):
    give(home, "~$a.xlsx", b"owner")
    give(home, "b.xlsx", xls({"s": [["题"]]})[:1500])
    (shown,) = load(home).lines
    assert "b.xlsx" in shown and "\n" not in shown
