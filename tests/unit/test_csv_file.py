"""CSV that a spreadsheet opens without running anything."""

import csv
import io
from decimal import Decimal

import pytest

from pipeline import city
from pipeline.csv_file import csv_text, guarded, unguarded
from pipeline.document.model import Cell, Column, Table
from pipeline.document.xlsx import csv_bytes
from pipeline.home import Home
from pipeline.reference import read_rows

FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "-")
PLAIN = ("-5", "+5.25", "-1,200", "-12.50%", "甲=乙", "王府井-1", "", "'甲")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_text(text):
    assert guarded(text) == f"'{text}"
    assert unguarded(f"'{text}") == text


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_other_texts_stay(text):
    assert guarded(text) == text
    assert unguarded(text) == text


def test_values_that_are_numbers_stay_numbers():
    assert csv_text([("a", -5, Decimal("-0.5"), None)], end="\n") == "a,-5,-0.5,\n"


def test_no_cell_of_a_printed_table_is_a_formula():
    columns = (Column("category", "=类别", "text"), Column("n", "件数", "count"))
    rows = tuple((Cell(text, text), Cell(-3, "-3")) for text in FORMULAS)
    written = csv_bytes(Table("t", "1", "表", "件", "", columns, rows)).decode("utf-8-sig")
    header, *cells = csv.reader(io.StringIO(written, newline=""))
    assert header == ["'=类别", "件数"]
    assert [row[0][0] for row in cells] == ["'"] * len(FORMULAS)
    assert {row[1] for row in cells} == {"-3"}


def test_a_register_that_was_drafted_is_read_as_it_was(tmp_path):
    home = Home(tmp_path)
    path = city.put(home, "stop_word", [["=cmd"], ["热线"]])
    assert "'=cmd" in path.read_text()
    assert [row["stop_word"] for row in read_rows(path)] == ["=cmd", "热线"]
