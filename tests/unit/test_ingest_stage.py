"""Text files that a hand or a program broke: no row is lost without a word."""

import duckdb
import openpyxl
import pytest

from tests.support.dump_files import give, load

HEAD = "工单编号,一级分类,来电时间,主要内容\n"


def row(number, text="暖气不热"):
    return f"{number},公共服务,2020-01-05 08:00:00,{text}\n"


def rows(first, last):
    return "".join(row(f"A{n}") for n in range(first, last))


def take(home, text, name="a.csv"):
    """Load a file; return its receipt, its record ids and the lines of the letter with reasons."""
    path = give(home, name, text if isinstance(text, bytes) else text.encode())
    planned = load(home, path, dry_run=True).lines[0]
    (receipt,) = load(home).loaded
    assert f"读入 {receipt.rows_read:,} 行 = 可入库 {receipt.rows_loaded:,} " in planned
    files = str(home.warehouse / "records/*/*/*.parquet")
    ids = [item for (item,) in duckdb.sql(f"SELECT record_id FROM '{files}'").fetchall()]
    lines = []
    if receipt.letter:
        sheet = openpyxl.load_workbook(home.root / receipt.letter)["退回的行"]
        lines = [line[2] for line in sheet.iter_rows(min_row=2, values_only=True)]
    assert receipt.rows_read == receipt.rows_loaded + receipt.rows_rejected
    return receipt, sorted(ids), lines


def test_a_quote_inside_a_quoted_cell_costs_its_row_alone(home):
    text = HEAD + rows(0, 5) + row("B1", '"他说"张三"家"') + rows(5, 11)
    receipt, ids, lines = take(home, text)
    assert ids == sorted(f"A{n}" for n in range(11))
    assert lines == [7] and receipt.reject_reasons == {"unquoted_value": 1}


@pytest.mark.slow
def test_what_an_unclosed_quote_swallows_is_reported_line_by_line(home):
    text = HEAD + rows(0, 100) + row("B1", '"没有收尾') + rows(100, 4000)
    receipt, ids, lines = take(home, text)
    assert (receipt.rows_read, len(ids)) == (4001, 100)
    assert receipt.reject_reasons == {"swallowed": 3900, "unquoted_value": 1}
    assert lines == list(range(102, 4003))


@pytest.mark.slow
def test_after_the_next_quote_rows_are_read_again(home):
    swallowed = rows(100, 150) + row("C1", '"引号"')
    text = HEAD + rows(0, 100) + row("B1", '"没有收尾') + swallowed + rows(150, 200)
    _, ids, lines = take(home, text)
    assert ids == sorted(f"A{n}" for n in (*range(100), *range(150, 200)))
    assert lines == list(range(102, 154))


@pytest.mark.slow
def test_rejects_below_a_swallowed_part_keep_their_line(home):
    broken = row("B1", '"没有收尾') + rows(2, 5) + row("C1", '"引号"')
    text = HEAD + rows(0, 2) + broken + row("", "没有编号") + rows(5, 8)
    receipt, _, lines = take(home, text)
    assert receipt.reject_reasons == {
        "record_id_missing": 1,
        "swallowed": 4,
        "unquoted_value": 1,
    }
    assert lines == [4, 5, 6, 7, 8, 9]


def test_an_unclosed_quote_in_the_last_row_costs_that_row(home):
    receipt, ids, lines = take(home, HEAD + rows(0, 3) + row("B1", '"没有收尾'))
    assert (ids, lines) == (["A0", "A1", "A2"], [5])
    assert receipt.reject_reasons == {"unquoted_value": 1}


def crlf(text):
    return text.replace("\n", "\r\n")


CELL = row("L1", '"一\n二"')
TWO_LINES = '工单编号,一级分类,"来电\n时间",主要内容\n'


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("标题\r\n" + crlf(HEAD) + CELL[:-1] + "\r\n" + crlf(rows(0, 5)), id="title"),
        pytest.param(crlf(HEAD) + CELL[:-1] + "\r\n" + crlf(rows(0, 5)), id="excel", marks=SLOW),
        pytest.param(
            TWO_LINES[:-1] + "\r\n" + crlf(row("L1") + rows(0, 5)), id="heading", marks=SLOW
        ),
        pytest.param(crlf(HEAD + row("L1") + rows(0, 2)) + rows(2, 5), id="mixed"),
        pytest.param(HEAD + row("L1", '"一\r\n二"') + rows(0, 5), id="break of a cell", marks=SLOW),
        pytest.param(
            "标题\n" + HEAD + row("L1", '"一\r\n二"') + rows(0, 5), id="title and break", marks=SLOW
        ),
        pytest.param(crlf(HEAD + CELL + rows(0, 5)), id="all alike", marks=SLOW),
    ],
)
def test_lines_may_end_as_they_like(home, text):
    receipt, ids, _ = take(home, text)
    assert ids == ["A0", "A1", "A2", "A3", "A4", "L1"]
    assert receipt.rows_read == 6


@pytest.mark.slow
def test_lines_of_rejects_are_right_where_ends_are_mixed(home):
    text = "标题\r\n" + crlf(HEAD) + CELL[:-1] + "\r\n" + crlf(row("A1") + row("") + row("A2"))
    _, ids, lines = take(home, text)
    assert (ids, lines) == (["A1", "A2", "L1"], [6])


@pytest.mark.slow
def test_a_cell_larger_than_a_line_may_be_is_one_reject(home):
    text = HEAD + row("A1") + row("B1", "字" * 700_000) + row("A2")
    receipt, ids, lines = take(home, text)
    assert (ids, lines) == (["A1", "A2"], [3])
    assert receipt.reject_reasons == {"line_size_over_maximum": 1}


def test_a_first_row_with_a_long_cell_is_read(home):
    _, ids, _ = take(home, HEAD + row("A1", "字" * 200_000) + row("A2"))
    assert ids == ["A1", "A2"]
