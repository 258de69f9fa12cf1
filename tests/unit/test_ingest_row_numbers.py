"""Cells of which no time can be made: the row stays, the cell is empty and listed."""

import duckdb
import openpyxl
import pytest

from tests.support.dump_files import delimited, give, load, xlsx

HEAD = [
    "工单编号",
    "来电时间",
    "一级分类",
    "派单时间",
    "处理时限",
    "办结时间",
    "承办单位",
    "主要内容",
]
GOOD = "2020-01-05 09:00:00"


def row(number, sent=GOOD, due=None, closed=GOOD, at="2020-01-05 08:00:00", text="暖气不热"):
    return [number, at, "公共服务", sent, due, closed, "东城区", text]


def cells(path):
    sheet = openpyxl.load_workbook(path)["读不懂的格"]
    return [line[1:6] for line in sheet.iter_rows(min_row=2, values_only=True)]


def records(home):
    files = str(home.warehouse / "records/*/*/*.parquet")
    return dict(duckdb.sql(f"SELECT record_id, unread FROM '{files}'").fetchall())


def test_a_lost_time_is_reported_by_line_and_the_row_is_kept(home):
    rows = [
        HEAD,
        row("A1"),
        row("A2", sent="李伟13812345678", closed="2020-02-31 10:00:00", text='"两\n行"'),
        row("A3", due="随时", at=None),  # rejected: its row is listed, not its cells
        row("A4", closed="明天"),
    ]
    give(home, "一月.csv", delimited(rows))
    result = load(home)
    (receipt,) = result.loaded
    assert (receipt.rows_loaded, receipt.rows_rejected) == (3, 1)
    assert receipt.unread == {"closed_at": 2, "dispatched_at": 1}
    assert records(home) == {"A1": None, "A2": "dispatched_at,closed_at", "A4": "closed_at"}
    path = home.root / receipt.letter
    assert cells(path) == [
        ("", 3, "办结时间", "A2", "2020-02-31 10:00:00"),
        ("", 3, "派单时间", "A2", "某某***"),
        ("", 6, "办结时间", "A4", "明天"),
    ]
    shown = "\n".join(result.files[0].details)
    assert f"“办结时间” 2、“派单时间” 1 格;逐格见 {receipt.letter}" in shown
    everything = repr([[c.value for c in line] for s in openpyxl.load_workbook(path) for line in s])
    assert "李伟" not in everything + shown and "13812345678" not in everything + shown


NOTHING = [
    None,
    "-",
    "无",
    *(
        pytest.param(one, marks=pytest.mark.slow)
        for one in (" ", "——", "/", "NULL", "nan", r"\N", "N/A")
    ),
]


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_cell_that_says_there_is_no_time_is_none_lost(home, nothing):
    give(home, "a.csv", delimited([HEAD, row("A1", closed=nothing)]))
    (receipt,) = load(home).loaded
    assert receipt.unread == {} and receipt.letter is None
    assert records(home) == {"A1": None}


def test_a_call_without_a_readable_time_is_reported_where_the_making_replaced_it(home):
    head = ["工单编号", "受理时间", "创建时间", "一级分类", "主要内容"]
    text = ["公共服务", "暖气不热"]
    rows = [
        head,
        ["A1", "昨天", "2024-03-01 08:00:00", *text],
        ["A2", None, "2024-03-01 08:00:00", *text],
        ["A3", "/", "2024-03-01 08:00:00", *text],
        ["A4", "2024-03-01 09:00:00", "昨天", *text],
        ["A5", "昨天", "前天", *text],  # rejected
    ]
    give(home, "a.csv", delimited(rows))
    (receipt,) = load(home).loaded
    assert (receipt.rows_loaded, receipt.rows_rejected) == (4, 1)
    assert receipt.unread == {"received_at": 1}
    assert records(home) == {"A1": "received_at", "A2": None, "A3": None, "A4": None}
    assert cells(home.root / receipt.letter) == [("", 2, "受理时间", "A1", "昨天")]


LOST = [
    "待定",
    *(pytest.param(one, marks=pytest.mark.slow) for one in ("/", "2024-02-30", "1900-01-01")),
]


@pytest.mark.parametrize("lost", LOST)
def test_of_two_rows_of_a_dispatch_the_one_with_a_time_survives(home, lost):
    good = "2024-03-09 10:00:00"
    give(home, "a.csv", delimited([HEAD, row("A1", closed=lost), row("A1", closed=good)]))
    (receipt,) = load(home).loaded
    assert (receipt.rows_loaded, receipt.rows_duplicate) == (1, 1)
    files = str(home.warehouse / "records/*/*/*.parquet")
    assert duckdb.sql(f"SELECT closed_at::VARCHAR FROM '{files}'").fetchall() == [(good,)]


def test_a_row_that_holds_only_a_cell_nobody_can_read_is_no_blank_row(home):
    rows = [HEAD, row("A1"), [None] * 5 + ["待定", None, None], [None] * 8]
    give(home, "a.csv", delimited(rows))
    (receipt,) = load(home).loaded
    assert receipt.rows_rejected == 1 and receipt.rows_skipped == {"row_blank": 1}


def test_each_sheet_counts_its_own_rows(home):
    book = {
        "甲": [["一月工单"], HEAD, row("A1"), row("A2", closed="某天")],
        "乙": [HEAD, row("B1", sent="改日"), row("B2")],
    }
    give(home, "a.xlsx", xlsx(book))
    (receipt,) = load(home).loaded
    assert sorted(cells(home.root / receipt.letter)) == [
        ("乙", 2, "派单时间", "B1", "某日"),
        ("甲", 4, "办结时间", "A2", "某某"),
    ]


def test_a_dry_run_shows_of_them(home):
    path = give(home, "a.csv", delimited([HEAD, row("A1", closed="明天")]))
    shown = "\n".join(load(home, path, dry_run=True).files[0].details)
    assert "读不懂的时间按空计:“办结时间” 1 格" in shown
    assert not home.letters.exists()


def test_an_event_of_the_grid_whose_closing_is_lost_is_reported_too(home):
    head = "事件编号,区,事件类别,上报时间,结案时间,状态"
    text = f"{head}\nE1,东城区,市容环境,2017-01-05 08:00:00,改日,\n"
    give(home, "网格.csv", text)
    (receipt,) = load(home).loaded
    assert receipt.entity == "grid_event" and receipt.unread == {"closed_at": 1}
