"""The pages of a bulletin: masthead, pairs, and tables for the workbook alone."""

import dataclasses
import io

import docx
import openpyxl
import pypdf
import pytest
from docx.oxml.ns import qn

from pipeline.document import from_json, to_json, write
from pipeline.document.layout import on_pages, pairs
from pipeline.document.model import Cell, Column, Masthead, Para, Run, Section, Table
from pipeline.document.pdf import pdf_bytes
from tests.support.documents import categories, charts, document, name, wide

HEAD = Masthead("云溪热线月报", "2031年第5期", "2031年5月1日至5月31日")
FORMATS = ("docx", "pdf", "xlsx")


def half(key: str, rows: int = 3) -> Table:
    """Return a narrow table with a rise, a fall and what is new."""
    columns = (Column("category", "类别", "text"), Column("growth_rate", "环比", "change"))
    changes = [Cell("0.1250", "▲12.50%"), Cell("-0.0310", "▽3.10%"), Cell(None, "基数为零")]
    cells = tuple((name(f"{key}{place}"), changes[place % 3]) for place in range(rows))
    return Table(key, "1", f"{key}的变化", "", "", columns, cells, is_half=True)


def bulletin(*blocks):
    """Return a bulletin of one section, and one of a table for the workbook alone."""
    annex = dataclasses.replace(wide(), in_body=0)
    sections = (
        Section("one", "一", 1, "总体情况", blocks),
        Section("annex", "二", 1, "附表", (annex,)),
    )
    return dataclasses.replace(
        document(), kind="monthly", period="2031-05", sections=sections, masthead=HEAD
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulletin")
    drawn = [dataclasses.replace(one, is_half=True) for one in charts()]
    said = Para((Run("本月受理"), Run("1件", None), Run("。")))
    write(
        bulletin(said, half("甲类"), half("乙类", 2), categories(), *drawn), folder,
        name="bulletin", formats=FORMATS,
    )  # fmt: skip
    return folder


def test_two_halves_are_together_and_others_alone():
    one, two, three, whole = half("甲"), half("乙"), half("丙"), categories()
    assert list(pairs([one, two, three, whole, one])) == [
        (one, two), (three,), (whole,), (one,)
    ]  # fmt: skip
    assert list(pairs([])) == []


def test_what_is_for_the_workbook_alone_is_on_no_page():
    made = bulletin(half("甲"))
    assert [section.id for section in on_pages(made)] == ["one"]
    assert [table.id for table in made.tables()] == ["甲", "t02_street_month"]


def test_the_model_comes_back_with_masthead_and_halves():
    made = bulletin(half("甲"))
    assert from_json(to_json(made)) == made
    plain = from_json(to_json(document()))
    assert plain.masthead is None


def _gap(path) -> float:
    """Return how far below the line 甲甲甲 the line 乙乙乙 is on the first page, in points."""
    heights: dict[str, float] = {}

    def seen(text, matrix, text_matrix, *_):
        for line in ("甲甲甲", "乙乙乙"):
            if line in text:
                heights.setdefault(line, matrix[3] * text_matrix[5] + matrix[5])

    pypdf.PdfReader(path).pages[0].extract_text(visitor_text=seen)
    return abs(heights["甲甲甲"] - heights["乙乙乙"])


def test_a_picture_for_half_the_width_that_is_alone_is_not_blown_up(tmp_path):
    one = dataclasses.replace(charts()[0], is_half=True)
    other = dataclasses.replace(one, id=f"{one.id}_more")
    above, below = Para((Run("甲甲甲"),)), Para((Run("乙乙乙"),))
    write(bulletin(above, one, other, below), tmp_path, name="pair", formats=("pdf",))
    write(bulletin(above, one, below), tmp_path, name="alone", formats=("pdf",))
    assert _gap(tmp_path / "alone.pdf") == pytest.approx(_gap(tmp_path / "pair.pdf"), rel=0.05)


def test_the_pdf_has_the_masthead_and_both_halves_on_one_line(folder):
    page = pypdf.PdfReader(folder / "bulletin.pdf").pages[0]
    text = "".join(page.extract_text().split())
    assert text.index(HEAD.name) < text.index(HEAD.left) < text.index("一、总体情况")
    places = {}

    def visit(part, matrix, _, __, ___):
        for key in ("甲类的变化", "乙类的变化"):
            if key in part:
                places[key] = (matrix[4], matrix[5])

    page.extract_text(visitor_text=visit)
    (left, first), (right, second) = places["甲类的变化"], places["乙类的变化"]
    assert first == second
    assert right - left > 200


def test_no_page_of_a_bulletin_is_landscape_or_shows_the_annex(folder):
    pages = pypdf.PdfReader(folder / "bulletin.pdf").pages
    assert all(page.mediabox.height > page.mediabox.width for page in pages)
    text = "".join(page.extract_text() for page in pages)
    assert "附表" not in text
    assert "目录" not in text


def test_word_sets_halves_in_a_table_without_lines(folder):
    word = docx.Document(folder / "bulletin.docx")
    styles = [paragraph.style.name for paragraph in word.paragraphs[:3]]
    assert styles == ["Masthead", "Issue", "Title"]
    outer = word.tables[0]
    assert [len(cell.tables) for cell in outer.rows[0].cells] == [1, 1]
    inner = outer.rows[0].cells[0].tables[0]
    assert [cell.text for cell in inner.columns[1].cells] == [
        "环比",
        "▲12.50%",
        "▽3.10%",
        "基数为零",
    ]
    red = inner.rows[1].cells[1]._tc.findall(f".//{qn('w:color')}")
    assert [one.get(qn("w:val")) for one in red] == ["B5122B"]
    assert inner.rows[2].cells[1]._tc.find(f".//{qn('w:color')}") is None


def test_the_workbook_is_named_after_the_bulletin_and_holds_every_table(folder):
    book = openpyxl.load_workbook(folder / "bulletin.xlsx")
    assert len(book.sheetnames) == 1 + 4
    sheet = next(book[one] for one in book.sheetnames if "甲类" in one)
    changes = [row[1] for row in sheet.iter_rows(min_row=7, values_only=True)]
    assert changes == [0.125, -0.031, "基数为零"]
    assert sheet["B7"].number_format.startswith("▲")


def pages_of(paragraphs: int, notes: int) -> list[str]:
    """Return the text of each page of a bulletin of so many paragraphs of two lines, and notes."""
    text = Para((Run("本月受理量与上月相比没有明显变化。" * 4),))
    made = document(
        masthead=Masthead("热线月报", "2020 年第 11 期", "2020 年 11 月"),
        sections=(Section("one", "一、", 1, "总体情况", (text,) * paragraphs),),
        notes=tuple(f"第 {number} 条说明。" for number in range(notes)),
    )
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_bytes(made, {}))).pages]


def test_no_page_is_begun_for_a_few_lines_of_notes():
    """However long the text is: what spills onto a page of its own is more than some notes."""
    for paragraphs in range(16, 22):
        pages = pages_of(paragraphs, 3)
        assert len(pages) == 1 or "没有明显变化" in pages[-1], paragraphs
    assert len(pages_of(40, 3)) == 2
