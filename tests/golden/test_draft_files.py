"""Drafts as files: every kind is read alike, the annotated copies, bad input."""

import re
import shutil
from pathlib import Path

import docx
import duckdb
import pytest

from pipeline.home import Home
from pipeline.proofread import documents as reader
from pipeline.proofread import proofread
from pipeline.proofread.bind import bind
from pipeline.proofread.documents import TextBlock
from pipeline.proofread.judge import judge
from pipeline.proofread.verdict import AGREES, DIFFERS
from tests.support.drafts import keys, with_alterations
from tests.support.processes import hotline

YEAR = 2033


def write_docx(path: Path, lines: list[str]) -> None:
    """Each line a paragraph of several runs, cut in the middle of numbers, one of them bold."""
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph()
        for at in range(0, len(line), 7):
            paragraph.add_run(line[at : at + 7]).bold = at % 14 == 0
    document.save(path)


def write_html(path: Path, lines: list[str]) -> None:
    body = "\n".join(f"<p>{line[:9]}<b>{line[9:15]}</b>{line[15:]}</p>" for line in lines)
    page = f"<html><head><title>100件</title></head><body>{body}<script>7件</script></body></html>"
    path.write_text(page, encoding="utf-8")


@pytest.mark.parametrize("kind", ["docx", "html", "txt"])
def test_every_kind_of_file_gives_the_same_numbers(report, draft_warehouse, tmp_path, kind):
    lines = [line for line in with_alterations(*report)[0] if line]
    path = tmp_path / f"draft.{kind}"
    if kind == "txt":
        path.write_bytes("\n".join(lines).encode("gb18030"))
    else:
        {"docx": write_docx, "html": write_html}[kind](path, lines)
    straight = bind([TextBlock(line) for line in lines], draft_warehouse)
    through = bind(reader.read(path).blocks, draft_warehouse)
    results = [[(one.number.text, keys(one), one.reason) for one in s] for s in (straight, through)]
    assert results[0] == results[1]
    assert len(results[0]) > 150


def test_the_report_that_we_print_differs_nowhere(city, draft_warehouse):
    """Sentences and tables of the report of this very warehouse, as both kinds of file."""
    for name, least in (("report.docx", 550), ("report.html", 1000)):
        blocks = reader.read(city / "data/reports" / str(YEAR) / name).blocks
        findings = judge(bind(blocks, draft_warehouse), draft_warehouse)
        wrong = [
            (blocks[f.block].text[:60], f.number.text) for f in findings if f.verdict == DIFFERS
        ]
        assert wrong == []
        assert sum(finding.verdict == AGREES for finding in findings) > least


def test_a_cell_is_about_its_whole_row_and_the_table(draft_warehouse, tmp_path):
    """Two names and a month lead to the figure; a caption says which districts are meant."""
    path = tmp_path / "table.html"
    path.write_text(
        "<p>表 1 各类别月度情况</p><table>"
        "<tr><th>位次</th><th>一级分类</th><th>月份</th><th>件数</th><th>全市解决率</th></tr>"
        "<tr><td>1</td><td>住房</td><td>3</td><td>7</td><td>80%</td></tr></table>"
        "<p>表 2 各区分布（按发生地）</p><table><tr><th>区</th><th>件数</th></tr>"
        "<tr><td>青溪区</td><td>7</td></tr></table><p>解决率80.00%。</p>", encoding="utf-8",
    )  # fmt: skip
    bound = bind(reader.read(path).blocks, draft_warehouse)
    assert [keys(one) for one in bound if one.readings] == [
        [("record_count", f"{YEAR}-03", (("category", "住房"),), "equals")],
        [("resolution_rate", str(YEAR), (), "equals")],
        [("place_count", str(YEAR), (("district", "青溪区"),), "equals")],
    ]


@pytest.fixture(scope="module")
def proof(report, city, tmp_path_factory):
    """Our report with its slips, as docx, proof-read through the command."""
    path = tmp_path_factory.mktemp("in") / "年报草稿.docx"
    write_docx(path, [line for line in with_alterations(*report)[0] if line])
    result = hotline(city, "audit", str(YEAR), "--draft", str(path))
    return path, result, city / "data/reports" / str(YEAR) / "draft"


def test_the_screen_lists_what_differs_and_the_exit_code_is_set(proof, report, city, tmp_path):
    _, result, _ = proof
    assert result.exit_code == 1
    assert result.output.count("[不符]") == 30
    assert "不符 30，" in result.output and "模拟数据" in result.output
    right = tmp_path / "right.txt"
    right.write_text("\n".join(report[0]), encoding="utf-8")
    calm = hotline(city, "audit", str(YEAR), "--draft", str(right))
    assert calm.exit_code == 0
    assert "[不符]" not in calm.output


def test_the_page_needs_nothing_from_outside_and_no_colour(proof):
    page = (proof[2] / "年报草稿.audit.html").read_text(encoding="utf-8")
    assert re.search(r"https?:|src=|<script|<link|@import|url\(", page) is None
    assert "default-src 'none'" in page and "模拟数据" in page
    assert page.count("<sup>✗</sup>") == 30
    assert page.count('<i class="right">应为') == 30
    for phrase in ("record_count", "sql/metric/growth.sql", "口径：分项口径", "当场答复"):
        assert phrase in page


def looks(paragraph) -> list[tuple[str, bool]]:
    return [(char, bool(run.bold)) for run in paragraph.runs for char in run.text]


def test_the_docx_keeps_the_text_and_its_style_and_has_comments(proof):
    before, after = docx.Document(proof[0]), docx.Document(proof[2] / "年报草稿.audit.docx")
    assert [p.text for p in before.paragraphs] == [p.text for p in after.paragraphs]
    for old, new in zip(before.paragraphs, after.paragraphs, strict=True):
        looks = [
            [(char, bool(run.bold)) for run in p.runs for char in run.text] for p in (old, new)
        ]
        assert looks[0] == looks[1]
    comments = list(after.comments)
    assert sum(comment.author == "核对·不符" for comment in comments) == 30
    assert "模拟数据" in comments[0].text
    # Each comment is anchored to its number alone.
    wrong = next(comment for comment in comments if comment.author == "核对·不符")
    xml = after.element.xml
    start = xml.index(f'commentRangeStart w:id="{wrong.comment_id}"')
    end = xml.index(f'commentRangeEnd w:id="{wrong.comment_id}"')
    assert "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", xml[start:end])) == "12.00万件"


@pytest.mark.slow
def test_the_ledger_changes_nothing(report, city, tmp_path):
    """The same findings with the ledger gone from the home and from the warehouse."""
    bare = tmp_path / "bare"
    shutil.copytree(city, bare, ignore=shutil.ignore_patterns("raw", "records", "texts"))
    for path in (bare / "data/published").glob("*.csv"):
        path.unlink()
    with duckdb.connect(str(bare / "data/warehouse/hotline.duckdb")) as con:
        con.execute("DROP SCHEMA published CASCADE")
    draft = tmp_path / "draft.txt"
    draft.write_text("\n".join(with_alterations(*report)[0]), encoding="utf-8")
    with_it = proofread(Home(city), YEAR, draft)
    without = proofread(Home(bare), YEAR, draft)
    assert with_it.findings == without.findings
    assert with_it.html.read_bytes() == without.html.read_bytes()


BAD = {
    "draft.pdf": (b"%PDF-1.4", 2, "另存"),
    "empty.txt": (b"", 65, "空文件"),
    "blank.txt": (b" \n\n", 65, "没有文字"),
    "broken.docx": (b"PK\x03\x04 not a document", 65, "另存"),
    "other.docx": (b"plain text", 65, "另存"),
    "mojibake.txt": (b"\xff\xfe\x00\x81\xff", 65, "另存为 UTF-8"),
    "empty.html": (b"<html><body><script>1</script></body></html>", 65, "没有文字"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_line_with_a_remedy(city, tmp_path, name):
    content, code, remedy = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    result = hotline(city, "audit", str(YEAR), "--draft", str(path))
    assert result.exit_code == code
    assert len(result.stderr.strip().splitlines()) == 1
    assert remedy in result.stderr and name in result.stderr


def test_a_missing_file_and_a_year_that_is_not_loaded(city, tmp_path):
    result = hotline(city, "audit", str(YEAR), "--draft", str(tmp_path / "no.txt"))
    assert (result.exit_code, "找不到文稿" in result.stderr) == (2, True)
    draft = tmp_path / "draft.txt"
    draft.write_text("全市共受理12件。", encoding="utf-8")
    result = hotline(city, "audit", "1999", "--draft", str(draft))
    assert (result.exit_code, "1999" in result.stderr) == (65, True)


def test_a_table_is_read_by_its_headings(city, draft_warehouse, tmp_path):
    """4,400 dispatched of 11,000, 40.00%: the golden claims of the tiny city; 41 is wrong."""
    path = tmp_path / "table.docx"
    document = docx.Document()
    cells = [["处理方式", "受理量（件）", "占比（%）"], ["派单", "4400", "41.00"]]
    table = document.add_table(2, 3)
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(path)
    findings = judge(bind(reader.read(path).blocks, draft_warehouse), draft_warehouse)
    assert [(one.verdict, one.right) for one in findings] == [
        (AGREES, "4400件"), (DIFFERS, "40.00%"),
    ]  # fmt: skip


def test_json_is_for_the_ledger_only(city, tmp_path):
    draft = tmp_path / "draft.txt"
    draft.write_text("全市共受理12件。", encoding="utf-8")
    arguments = ["audit", str(YEAR), "--draft", str(draft), "--json", str(tmp_path / "x.json")]
    result = hotline(city, *arguments)
    assert (result.exit_code, "--json" in result.stderr) == (2, True)
