"""Odd documents through every form: nothing hidden leaks, nothing stops, errors are one line."""

import dataclasses
import io
import zipfile

import docx
import openpyxl
import pypdf
import pytest
from lxml import html

from pipeline.document import from_json, to_json, write
from pipeline.document.font import FAMILY, font_files
from pipeline.document.layout import heading, title_lines
from pipeline.document.model import Column, Para, Run, Section, Table
from pipeline.errors import IO, HotlineError
from tests.support.documents import charts, count, document, large, name


def test_a_hidden_number_is_in_no_file(tmp_path):
    """Even where the model still holds the number, no form may give it away."""
    secret, other = 918_273, 817_263
    columns = (Column("street", "街道", "text"), Column("n", "件数", "count"))
    rows = (
        (name("青石街道"), count(secret, "hidden", "suppressed")),
        (name("白沙街道"), count(other, None, "secondary")),
    )
    base = document()
    hidden = dataclasses.replace(
        base.figures["hidden"], numerator=secret, denominator=secret, value=f"{secret}.00000000"
    )
    table = Table("t09_small", "9", "各街道", "件", "", columns, rows)
    one = document(
        sections=(Section("s", "一", 1, "小数", (table,)),),
        figures={**base.figures, "hidden": hidden},
    )
    write(one, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.suffix in (".docx", ".xlsx"):
            parts = zipfile.ZipFile(path)
            raw = b"".join(parts.read(part) for part in parts.namelist()).decode(errors="replace")
        elif path.suffix == ".pdf":
            raw = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages)
        elif path.is_file():
            raw = path.read_text(encoding="utf-8")
        else:
            continue
        assert [n for n in (secret, other) if str(n) in raw or f"{n:,}" in raw] == [], path.name


def test_an_empty_report_still_has_every_format(tmp_path):
    bare = document(sections=(), figures={}, marks=(), notes=(), source="", is_simulated=False)
    write(bare, tmp_path)
    word = docx.Document(tmp_path / "report.docx")
    assert word.paragraphs[0].text == bare.title
    assert word.sections[0].header.paragraphs[0].text == ""
    assert len(pypdf.PdfReader(tmp_path / "report.pdf").pages) == 1
    assert openpyxl.load_workbook(tmp_path / "tables.xlsx").sheetnames == ["目录"]


def test_signs_without_a_shape_stop_no_format(tmp_path):
    """Names of a dump may hold controls, which XML forbids, or signs that no font draws."""
    odd = "青\u200b石\x0b\ufffe街\ufeff\u2028道\u202e\U0001ffff\ud83d"
    columns = (Column("street", "街\x00道", "text"),)
    chart = charts()[2]
    bars = dataclasses.replace(chart, data={"items": [{"name": odd, "value": 1}]}, title=odd)
    blocks = (Para((Run(odd),)), Table("t1", "1", odd, "", odd, columns, ((name(odd),),)), bars)
    write(document(sections=(Section("s", "一", 1, odd, blocks),)), tmp_path)
    word = docx.Document(tmp_path / "report.docx")
    assert word.tables[0].cell(1, 0).text == "青石街道"
    assert "青石街道" in [paragraph.text for paragraph in word.paragraphs]


def test_a_sign_that_no_font_draws_is_printed_as_one_and_its_query_runs(tmp_path):
    whole = document(title="云溪市\U0001f600年度报告")
    key, figure = next(iter(whole.figures.items()))
    asked = dataclasses.replace(figure, sql="SELECT '\U0001f600'")
    write(dataclasses.replace(whole, figures={**whole.figures, key: asked}), tmp_path)
    assert docx.Document(tmp_path / "report.docx").paragraphs[0].text == "云溪市〓年度报告"
    assert "SELECT '\U0001f600'" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_model_survives_its_json(tmp_path):
    one = from_json(to_json(document()))
    assert one == document()
    write(one, tmp_path, formats=["html", "csv"], name="bulletin")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bulletin.html", "tables"]


def test_sheets_with_the_same_title_have_different_names(tmp_path):
    columns = (Column("n", "件数", "count"),)
    title = "各街道(乡镇)全年受理、派单、回访、解决与满意情况一览之"
    tables = tuple(
        Table(f"t{k}", "", f"{title}{k}", "件", "", columns, ((count(k),),)) for k in range(12)
    )
    write(document(sections=(Section("s", "", 1, "表", tables),)), tmp_path, formats=["xlsx"])
    names = openpyxl.load_workbook(tmp_path / "tables.xlsx").sheetnames
    assert len({one.lower() for one in names}) == 13 and max(map(len, names)) <= 31


def test_a_missing_format_or_right_is_one_line(tmp_path, monkeypatch):
    with pytest.raises(HotlineError, match="odt"):
        write(document(), tmp_path, formats=["odt"])
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(HotlineError, match="无法写入") as error:
        write(document(), blocked, formats=["csv"])
    assert error.value.code == IO
    monkeypatch.setattr("pipeline.document.font._folders", lambda: [])
    monkeypatch.setattr("matplotlib.font_manager.fontManager.ttflist", [])
    with pytest.raises(HotlineError, match="找不到中文字体"):
        write(document(), tmp_path, formats=["pdf"])
    assert list(tmp_path.iterdir()) == [blocked]


def test_a_report_of_full_size_has_all_rows(tmp_path):
    one = large(tables=9, rows=2400, pictures=0, figures=30)
    write(one, tmp_path, formats=["html", "xlsx"])
    page = html.fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert len(page.xpath("//tbody/tr")) == 2 * 2400 + 7 * 120
    book = openpyxl.load_workbook(
        io.BytesIO((tmp_path / "tables.xlsx").read_bytes()), read_only=True
    )
    assert sum(sheet.max_row - 6 for sheet in book.worksheets[1:]) == 2 * 2400 + 7 * 120


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("云溪市 12345 热线 2031 年度报告", 1),
        (
            "云溪市12345市民服务热线2031年度办理情况报告",
            ["云溪市12345市民服务热线", "2031年度办理情况报告"],
        ),
        (
            "云溪市市民服务热线全年受理与办理情况的年度报告",
            ["云溪市市民服务热线全年", "受理与办理情况的年度报告"],
        ),
    ],
)
def test_a_long_title_takes_two_lines_of_like_length(title, lines):
    assert title_lines(title) == ([title] if lines == 1 else lines)


def test_headings_join_their_numbers_as_print_does():
    shown = [heading(Section("s", number, 1, "情况")) for number in ("一", "(一)", "1.", "")]
    assert shown == ["一、情况", "(一)情况", "1.情况", "情况"]


def test_a_font_folder_that_is_none_is_reported(monkeypatch, tmp_path):
    monkeypatch.setenv("HOTLINE_FONT_DIR", str(tmp_path / "gone"))
    with pytest.raises(HotlineError, match=r"HOTLINE_FONT_DIR 指的 .*gone 不是文件夹"):
        font_files(FAMILY)
    monkeypatch.setenv("HOTLINE_FONT_DIR", str(tmp_path))  # empty: the next place is looked in
    assert font_files(FAMILY)
