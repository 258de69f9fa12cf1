"""A case is printed in signs that the fonts of a bulletin can draw, whatever people wrote."""

import duckdb

from pipeline.bulletin.content.cases import one_line, waiting, with_texts
from pipeline.document.font import FAMILY, SERIF, undrawn
from pipeline.home import Home
from pipeline.narrative.print_table import PrintColumn, PrintTable
from pipeline.period import MONTH, Period


def test_emoji_and_rare_characters_do_not_stop_a_bulletin():
    text = one_line("路灯不亮\U0001f44d,请\U00020bb7家巷\u200b尽快修,谢谢!𠮷")
    assert text == "路灯不亮〓,请〓家巷〓尽快修,谢谢!〓"
    assert not undrawn([text], (FAMILY, SERIF))


def test_plain_text_stays_as_it_is():
    text = "“网约车”APP 3.5 元——第①条…《办法》±20℃,§4"
    assert one_line(text) == text
    assert not undrawn([text], (FAMILY, SERIF))


def test_a_case_is_printed_in_the_words_in_which_it_was_released(tmp_path):
    con = duckdb.connect()
    con.execute("CREATE SCHEMA ref")
    con.execute(
        """CREATE TABLE ref.released_case AS SELECT * FROM (VALUES
           ('A1', '供水两日内恢复。'), ('A2', NULL)) AS t (record_id, text)"""
    )
    columns = [PrintColumn("record_id", "工单编号", "text")]
    table = PrintTable("m14_case", "", "", "", "", columns, [], [("A1",), ("A2",)])
    (made,) = with_texts(con, Home(tmp_path), Period(MONTH, 2024, 12), [table])
    # A2 has no text of its own, and its masked one was deleted: it is no case.
    assert made.exact == [("A1", "", "供水两日内恢复。")]


def test_what_could_be_released_is_named_by_its_number():
    con = duckdb.connect()
    con.execute("CREATE SCHEMA ref; CREATE SCHEMA metric")
    con.execute("CREATE TABLE ref.released_case AS SELECT 'A2' AS record_id")
    con.execute(
        """CREATE TABLE metric.case_drawn AS SELECT * FROM (VALUES
           ('month', '2024-12', 1, 'A1'), ('month', '2024-12', 2, 'A2'),
           ('month', '2024-11', 1, 'B')
           ) AS t (period_type, period, list_number, record_id)"""
    )
    assert waiting(con, Period(MONTH, 2024, 12)) == ["A1"]
