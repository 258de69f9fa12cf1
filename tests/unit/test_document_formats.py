"""The formats of a report, read back by other programs: the same figures, and none hidden."""

import csv
import dataclasses
import json
import re
import time
import zipfile
from decimal import Decimal

import docx
import openpyxl
import pypdf
import pytest
from docx.oxml.ns import qn
from lxml import html

from pipeline.document import write
from pipeline.document.cjk_punctuation import typeset
from pipeline.document.layout import body_rows, cell_text
from pipeline.document.model import Cell, Para, Section
from tests.support.documents import document

HEADINGS = ["一、总体情况", "（一）各类诉求", "1.分月与街道", "二、办理情况", "三、明年重点"]


@pytest.fixture(scope="module")
def model():
    return typeset(document())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write(document(), folder)
    return folder


@pytest.fixture(scope="module")
def word(folder):
    return docx.Document(folder / "report.docx")


@pytest.fixture(scope="module")
def pdf(folder):
    return pypdf.PdfReader(folder / "report.pdf")


@pytest.fixture(scope="module")
def page(folder):
    return html.fromstring((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(folder):
    return openpyxl.load_workbook(folder / "tables.xlsx")


def close(text: str) -> str:
    """Return `text` without white space, where a page may break its lines."""
    return re.sub(r"\s", "", text)


def figures_of(page) -> dict[str, dict[str, str]]:
    """Return the fields of each figure that the page holds: lines are pooled there."""
    pool = json.loads(page.xpath("//script[@id='figures']")[0].text)
    return {
        key: {
            field: "\n".join(pool["lines"][number] for number in numbers)
            for field, numbers in zip(pool["fields"], lines, strict=True)
        }
        for key, lines in pool["figures"].items()
    }


def sentences(model) -> list[str]:
    return [b.text for s in model.sections for b in s.blocks if b.type in ("para", "note")]


def test_every_sentence_and_printed_figure_is_in_every_format(model, word, pdf, page):
    formats = {
        "docx": "\n".join(paragraph.text for paragraph in word.paragraphs),
        "pdf": "\n".join(sheet.extract_text() for sheet in pdf.pages),
        "html": page.text_content(),
    }
    asked = [*sentences(model), *HEADINGS, *model.marks, *model.notes, model.title, model.source]
    asked += [run.text for s in model.sections for b in s.blocks if isinstance(b, Para)
              for run in b.runs if run.figure]  # fmt: skip
    assert "12.35万件" in asked and "-3.07%" in asked
    for form, text in formats.items():
        assert [one for one in asked if close(one) not in close(text)] == [], form


def test_tables_of_the_word_file_are_the_models(model, word):
    tables = [table for table in model.tables() if table.rows]
    assert len(word.tables) == len(tables) == 2
    for shown, table in zip(word.tables, tables, strict=True):
        rows = [[cell.text for cell in row.cells] for row in shown.rows]
        assert rows[0] == [column.heading for column in table.columns]
        assert rows[1:] == [[cell_text(cell) for cell in row] for row in body_rows(table)]
    assert len(word.tables[1].rows) == 41  # forty of the forty-two, and the headings


def test_marks_are_printed_as_signs_that_the_remarks_explain(word, page):
    shown = [cell.text for cell in word.tables[0].rows[4].cells]
    assert shown[1:3] == ["*", "87.50%†"]
    remarks = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Remark"]
    for text in ("* 件数过少\uff0c予以隐去。", "† 件数少于排名所需\uff0c仅供参考。"):
        assert text in remarks and text in page.xpath("//p[@class='note']/text()")


def test_tables_of_the_page_hold_all_rows(model, page):
    shown = page.xpath("//main//table")
    tables = [table for table in model.tables() if table.rows]
    for element, table in zip(shown, tables, strict=True):
        rows = [[c.text_content() for c in row] for row in element.xpath(".//tr")]
        assert rows[0] == [column.heading for column in table.columns]
        assert rows[1:] == [[cell_text(cell) for cell in row] for row in table.rows]
    assert len(shown[1].xpath(".//tbody/tr")) == 42


def test_tables_of_the_pdf_follow_each_other_cell_by_cell(model, pdf):
    text = close("".join(sheet.extract_text() for sheet in pdf.pages))
    for table in model.tables():
        for row in body_rows(table):
            assert close("".join(cell_text(cell) for cell in row)) in text


def test_sheets_and_csv_hold_values_not_texts(model, book, folder):
    assert book.sheetnames[0] == "目录" and len(book.sheetnames) == 4
    for sheet, table in zip(book.worksheets[1:], model.tables(), strict=True):
        rows = list(csv.reader((folder / f"tables/{table.id}.csv").open(encoding="utf-8-sig")))
        assert rows[0] == [column.heading for column in table.columns]
        if not table.rows:
            assert "未予推算" in sheet.cell(6, 1).value
            continue
        assert [cell.value for cell in sheet[6]] == rows[0]
        assert len(rows) - 1 == sheet.max_row - 6 == len(table.rows)
        for line, row in enumerate(table.rows):
            for place, cell in enumerate(row):
                stored = sheet.cell(7 + line, 1 + place).value
                wanted = "*" if cell.mark in ("suppressed", "secondary") else cell.value
                assert rows[1 + line][place] == ("" if wanted is None else str(wanted))
                if wanted is None or isinstance(stored, str):
                    assert stored == wanted
                else:
                    assert Decimal(str(stored)) == Decimal(str(wanted))


def test_the_workbook_is_made_for_reading(book):
    sheet, wide = book.worksheets[1], book.worksheets[2]
    assert (sheet.freeze_panes, wide.freeze_panes) == ("A7", "B7")
    assert [cell.number_format for cell in sheet[7]] == ["@", "#,##0", "0.00%", "#,##0.00", "0"]
    assert sheet.cell(10, 3).number_format == '0.00%"†"'  # too few to rank
    contents = book.worksheets[0]
    links = {
        cell.value: cell.hyperlink.location for row in contents for cell in row if cell.hyperlink
    }
    assert links["各类诉求受理量"] == "'1 各类诉求受理量'!A1"
    assert "模拟数据" in contents["A2"].value and "不完整年份" in contents["A3"].value
    assert "予以隐去" in sheet["A4"].value and "模拟数据" in sheet["A4"].value


def test_two_runs_give_the_same_bytes_and_no_clock_time(folder, tmp_path):
    time.sleep(2.1)  # zip stores times in steps of two seconds
    made = write(document(), tmp_path)
    assert [path.name for path in made] == [
        "report.docx", "report.pdf", "report.html", "tables.xlsx", "tables", "charts",
    ]  # fmt: skip
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(files) == 4 + 3 + 7
    differing = [f for f in files if (folder / f).read_bytes() != (tmp_path / f).read_bytes()]
    assert differing == []
    year = time.strftime("%Y").encode()
    core = zipfile.ZipFile(folder / "report.docx").read("docProps/core.xml")
    assert b"2000-01-01" in core and year not in core


def test_the_word_file_follows_the_standard_of_offices(word, folder):
    first = word.sections[0]
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert [(round(s.page_width.mm), round(s.page_height.mm)) for s in word.sections] == [
        (210, 297), (297, 210), (210, 297),
    ]  # fmt: skip
    body = word.styles["Body Indent"]
    assert body.font.size.pt == 16 and body.paragraph_format.line_spacing.pt == 28
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    styles = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Head")]
    assert styles == [
        (f"Heading {level}", text) for level, text in zip((1, 2, 3, 1, 1), HEADINGS, strict=True)
    ]
    xml = word.element.xml
    assert xml.count("<w:tblHeader/>") == 2
    assert re.findall(r"SEQ (\S) \\\* ARABIC \\r (\d+)", xml) == [
        ("图", "1"), ("表", "1"), ("图", "2"), ("图", "3"), ("表", "2"), ("图", "4"), ("表", "3"),
        ("图", "5"), ("图", "6"), ("图", "7"),
    ]  # fmt: skip
    alts = [e.get("descr") for e in word.element.iter(qn("wp:docPr"))]
    assert len(alts) == 7 and all("图中各数见相应的表" in alt for alt in alts)
    footers = word.sections[0].footer, word.sections[0].even_page_footer
    assert [f.paragraphs[0].text for f in footers] == ["— 1 —"] * 2
    headers = word.sections[1].header, word.sections[1].even_page_header
    assert all("模拟数据" in h.paragraphs[0].text for h in headers)
    assert "altName" in zipfile.ZipFile(folder / "report.docx").read("word/fontTable.xml").decode()


def test_the_contents_of_the_word_file_are_filled_in_and_lead_somewhere(word):
    entries = word.element.findall(f".//{qn('w:sdtContent')}//{qn('w:hyperlink')}")
    assert ["".join(t.text for t in e.iter(qn("w:t"))) for e in entries] == HEADINGS
    marks = {e.get(qn("w:name")) for e in word.element.iter(qn("w:bookmarkStart"))}
    assert {e.get(qn("w:anchor")) for e in entries} <= marks


def test_the_pdf_is_an_archive_with_bookmarks_and_two_fonts(pdf):
    meta = pdf.xmp_metadata.rdf_root.toxml()
    assert re.search(r"pdfaid:part[^0-9]*2", meta) and re.search(r"pdfaid:conformance\W+B", meta)
    assert "云溪市" in pdf.metadata.title and pdf.metadata.author == document().issuer
    assert pdf.metadata.creation_date.year == 2000

    def titles(outline):
        for entry in outline:
            yield from titles(entry) if isinstance(entry, list) else [entry.title]

    assert [close(title) for title in titles(pdf.outline)] == [close(text) for text in HEADINGS]
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[1]
        for sheet in pdf.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    }
    assert {font.removesuffix("-Identity-H") for font in fonts} == {
        "NotoSansCJKsc-Regular", "NotoSerifCJKsc-Regular",
    }  # fmt: skip


def test_the_pdf_turns_wide_tables_repeats_headings_and_counts_pages(pdf):
    sizes = [(float(s.mediabox.width), float(s.mediabox.height)) for s in pdf.pages]
    lying = [place for place, (width, height) in enumerate(sizes) if width > height]
    assert len(lying) == 2 and len(sizes) > 4
    texts = [close(sheet.extract_text()) for sheet in pdf.pages]
    assert all("12月" in texts[place] and "街道（乡镇）" in texts[place] for place in lying)
    assert all(f"—{place}—" in text for place, text in enumerate(texts, start=1))
    assert all("模拟数据" in text[:20] for text in texts)
    # The contents give the page on which each heading is.
    for text in HEADINGS:
        spaced = r"\s*".join(map(re.escape, text))
        listed = re.search(spaced + r"[\s.]*(\d+)\s", pdf.pages[0].extract_text() + "\n")
        assert listed and close(text) in texts[int(listed[1]) - 1]


def test_the_page_asks_for_nothing_and_lets_nothing_in(page, folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert set(re.findall(r"https?://[^\"'\s<>]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert page.xpath("//@src | //@onclick | //@style | //img | //iframe | //object") == []
    assert all(link.startswith(("#", "data:")) for link in page.xpath("//@href"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in page.xpath("//a/@href")}
    assert targets <= set(ids)
    assert (
        len(page.xpath("//main//*[local-name()='svg'][@role='img']/*[local-name()='title']")) == 7
    )


def test_names_with_markup_stay_names(page):
    assert '<b>占道</b> & "经营"' in [e.text_content() for e in page.xpath("//tbody//th")]
    assert page.xpath("//main//b") == []
    held = figures_of(page)
    key = "<script>alert('x')</script>&\""
    assert held[key]["dims"] == '街道=<b>中街</b> & "后街"'
    assert key in page.xpath("//a/@data-figure")


def test_a_figure_has_all_that_is_behind_it(page):
    held = figures_of(page)
    assert held["noise"]["denominator"] == "" and held["noise"]["value"] == "48211"
    assert held["total"]["denominator"] == "无\uff0c此数为件数"
    assert held["growth"] | {"definition": ""} == {
        "title": "同比", "printed": "-3.07%", "definition": "", "numerator": "-3,911",
        "denominator": "127,367", "value": "-0.03070654", "scope": "分项口径 (tier1)",
        "convention": "",
        "period": "2031 年", "dims": "一级分类=噪声扰民", "verdict": "不符", "claims": "y031-1.3",
        "sql": "SELECT numerator\nFROM metric.figure\nWHERE metric = 'a' AND period < '2032'",
    }  # fmt: skip


@pytest.mark.slow
def test_a_column_too_wide_for_pages_stays_in_sheets_and_where_no_click_shows_it(tmp_path):
    """The last column of two tables goes from paper; one of them has figures to click on."""
    given = document()
    clicked, plain = given.tables()[:2]
    off = {
        table.id: dataclasses.replace(
            table,
            columns=(*table.columns[:-1], dataclasses.replace(table.columns[-1], is_on_page=False)),
        )
        for table in (clicked, plain)
    }
    sections = tuple(
        dataclasses.replace(
            section, blocks=tuple(off.get(getattr(b, "id", ""), b) for b in section.blocks)
        )
        for section in given.sections
    )
    write(dataclasses.replace(given, sections=sections), tmp_path)
    word = docx.Document(tmp_path / "report.docx")
    assert [len(table.columns) for table in word.tables] == [4, 12]
    printed = close(
        "".join(p.extract_text() for p in pypdf.PdfReader(tmp_path / "report.pdf").pages)
    )
    assert "39.05%-12.50供水供暖" in printed and "11月青石第1街道" in printed
    page = html.fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    heads = [
        [c.text_content() for c in t.xpath(".//thead//th")] for t in page.xpath("//main//table")
    ]
    assert (len(heads[0]), len(heads[1])) == (4, 13)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert [sheet.max_column for sheet in book.worksheets[1:3]] == [5, 13]
    assert book.worksheets[1].cell(7, 5).value == 2031
    lines = (tmp_path / "tables/t01_category.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(",年份") and lines[1].endswith(",2031")


def test_a_caption_has_its_first_rows_and_a_remark_its_last(tmp_path):
    """Twelve tables of 23 rows begin at as many heights of a page; no rows are alone."""
    base = document().tables()[1]
    names = [[f"第{k}表{row}行街道" for row in range(23)] for k in range(12)]
    tables = [
        dataclasses.replace(
            base, id=f"t{k}", number=str(k), title="分月受理量", note=f"说明{k}到此", in_body=None,
            rows=tuple((Cell(n, n), *row[1:]) for n, row in zip(rows, base.rows, strict=False)),
            is_wide=False,
        )
        for k, rows in enumerate(names)
    ]  # fmt: skip
    section = Section("s", "一", 1, "各表", tuple(tables))
    write(document(sections=(section,)), tmp_path, formats=["pdf", "docx"])
    pages = [close(p.extract_text()) for p in pypdf.PdfReader(tmp_path / "report.pdf").pages]
    broken = 0
    for k, rows in enumerate(names):
        (first,) = [p for p in pages if re.search(f"(?<!续)表{k}分月受理量", p)]
        assert all(name in first for name in rows[:3])
        (last,) = [page for page in pages if f"说明{k}到此" in page]
        assert all(name in last for name in rows[-3:])
        if first != last:
            broken += 1
            assert f"续表{k}分月受理量" in last
    assert broken > 2
    word = docx.Document(tmp_path / "report.docx")
    kept = [bool(row._tr.findall(f".//{qn('w:keepNext')}")) for row in word.tables[0].rows]
    assert kept == [True, True, True, *[False] * 18, True, True, True]
