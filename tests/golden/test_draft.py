"""Drafts are proof-read on two gold lists that were labelled by hand before the rules existed."""

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import docx
import duckdb
import pytest
from click.testing import CliRunner, Result
from draft_kit import FOLDER, City, Slot, filled, with_alterations
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.draft import proofread
from pipeline.audit.draft import read as reader
from pipeline.audit.draft.bind import Bound, bind
from pipeline.audit.draft.judge import judge
from pipeline.audit.draft.read import Block
from pipeline.audit.draft.verdict import AGREES, DIFFERS, UNKNOWN
from pipeline.audit.draft.warehouse import Warehouse, key_of, load
from pipeline.cli import main
from pipeline.home import REPOSITORY, Home

TINY = Path(__file__).parent / "tiny"
SEEDS = REPOSITORY.parent / "shared" / "seeds"
YEAR = 2033


def hotline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def city(tmp_path_factory, request) -> Path:
    """The tiny city with its warehouse; the caller key is kept out of the user's own folder."""
    home = tmp_path_factory.mktemp("draft") / "home"
    shutil.copytree(TINY, home)
    patch = pytest.MonkeyPatch()
    patch.setenv("HOTLINE_KEY_FILE", str(home.parent / "caller.key"))
    request.addfinalizer(patch.undo)
    for verb in (["simulate", str(YEAR)], ["ingest"], ["build"]):
        result = hotline(home, *verb)
        assert result.exit_code == 0, result.output
    return home


@pytest.fixture(scope="module")
def warehouse(city) -> Warehouse:
    return load(Home(city), YEAR)


@pytest.fixture(scope="module")
def report(city) -> tuple[list[str], list[list[Slot]]]:
    return filled(City(city / "data/warehouse/hotline.duckdb", str(YEAR)))


@pytest.fixture(scope="module")
def beijing(warehouse) -> Warehouse:
    """The tiny city's cuts with the registers of Beijing: enough to bind, not to judge."""
    registers = {}
    for name in warehouse.registers:
        path = REPOSITORY / "data" / "reference" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            registers[name] = list(csv.DictReader(file))
    return replace(warehouse, year=2020, years={2019, 2020}, registers=registers)


def keys(bound: Bound) -> list[tuple]:
    return sorted((r.metric, r.period, r.dims, r.relation) for r in bound.readings)


def gold_003() -> dict[tuple[int, int], list[dict[str, str]]]:
    found: dict[tuple[int, int], list[dict[str, str]]] = {}
    with (FOLDER / "gold_003.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((int(row["line"]), int(row["ordinal"])), []).append(row)
    return found


def test_document_003_binds_two_hundred_numbers_and_none_wrongly(beijing):
    seed = next(iter(SEEDS.glob("003_*.txt")), None) if SEEDS.is_dir() else None
    if seed is None:
        pytest.skip("the seed documents are not on this machine")
    blocks = reader.read(seed).blocks
    free = {(one.block, one.number.start): one for one in bind(blocks, beijing)}
    right, wrong, missed, at = 0, [], [], {}
    for (line, _), rows in sorted(gold_003().items()):
        text = blocks[line - 1].text
        place = text.index(rows[0]["printed"], at.get(line, 0))
        at[line] = place + len(rows[0]["printed"])
        spot = next(
            (k for k, b in free.items() if k[0] == line - 1 and k[1] <= place < b.number.end), None
        )
        one = free.pop(spot) if spot else None
        got = keys(one) if one else []
        want = []
        if rows[0]["class"] == "figure":
            want = sorted(
                (
                    row["metric"],
                    row["period"],
                    key_of(dict(pair.split("=") for pair in row["cut"].split("|") if pair)),
                    "equals" if row["relation"] == "at_least" else row["relation"],
                )
                for row in rows
            )
        if got and got != want:
            wrong.append((line, rows[0]["printed"], got, want))
        elif want and not got:
            missed.append((line, rows[0]["printed"]))
        elif want:
            right += 1
    wrong += [(k, one.number.text) for k, one in free.items() if one.readings]
    assert wrong == []
    assert right >= 200
    # The share of 全市诉求量 names a whole that no metric divides by: said so, not guessed.
    assert missed == [(44, "14.35%")]


def found_at(findings, line: int, start: int, end: int):
    return [
        one for one in findings
        if one.block == line and one.number.start < end and one.number.end > start
    ]  # fmt: skip


def test_our_own_report_is_bound_as_labelled_and_agrees(report, warehouse):
    lines, slots = report
    assert sum(map(len, slots)) > 100
    blocks = [Block(line) for line in lines]
    bound = bind(blocks, warehouse)
    wrong, labelled = [], set()
    for line, here in enumerate(slots):
        for slot in here:
            (one,) = found_at(bound, line, slot.start, slot.start + len(slot.text))
            labelled.add(id(one))
            period = str(YEAR) if slot.form == "month" else slot.period
            if keys(one) != [(slot.metric, period, key_of(slot.cut), slot.relation)]:
                wrong.append((slot.name, slot.text, keys(one), one.reason))
    assert wrong == []
    assert [one.number.text for one in bound if one.readings and id(one) not in labelled] == []
    verdicts = [one.verdict for one in judge(bound, warehouse)]
    assert verdicts.count(DIFFERS) == 0
    assert verdicts.count(AGREES) == sum(map(len, slots))


def test_thirty_altered_numbers_are_found_and_no_other(report, warehouse):
    lines, places = with_alterations(*report)
    assert len(places) == 30
    findings = judge(bind([Block(line) for line in lines], warehouse), warehouse)
    texts = {slot.name: slot.text for here in report[1] for slot in here}
    for name, place in places.items():
        (one,) = found_at(findings, *place)
        assert one.verdict == DIFFERS, (name, one.number.text, one.verdict, one.reason)
        if name not in ("n001", "n016", "n074", "n004", "n018", "n014", "n024", "n091"):
            # The right value in the printed form is what stood there before the slip.
            assert one.right == re.sub("增长|下降", "", texts[name])
    assert sum(one.verdict == DIFFERS for one in findings) == 30


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
def test_every_kind_of_file_gives_the_same_numbers(report, warehouse, tmp_path, kind):
    lines = [line for line in with_alterations(*report)[0] if line]
    path = tmp_path / f"draft.{kind}"
    if kind == "txt":
        path.write_bytes("\n".join(lines).encode("gb18030"))
    else:
        {"docx": write_docx, "html": write_html}[kind](path, lines)
    straight = bind([Block(line) for line in lines], warehouse)
    through = bind(reader.read(path).blocks, warehouse)
    told = [[(one.number.text, keys(one), one.reason) for one in s] for s in (straight, through)]
    assert told[0] == told[1]
    assert len(told[0]) > 150


@pytest.fixture(scope="module")
def proof(report, city, tmp_path_factory):
    """Our report with its slips, as docx, proof-read through the command."""
    path = tmp_path_factory.mktemp("in") / "年报草稿.docx"
    write_docx(path, [line for line in with_alterations(*report)[0] if line])
    result = hotline(city, "audit", str(YEAR), "--draft", str(path))
    return path, result, city / "data/reports" / str(YEAR) / "draft"


def test_the_screen_lists_what_differs_and_the_exit_code_tells(proof, report, city, tmp_path):
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
    for told in ("record_count", "sql/metric/growth.sql", "口径：tier1", "当场答复"):
        assert told in page


def looks(paragraph) -> list[tuple[str, bool]]:
    return [(char, bool(run.bold)) for run in paragraph.runs for char in run.text]


def test_the_docx_keeps_the_text_and_its_looks_and_has_comments(proof):
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


def test_a_table_is_read_by_its_headings(city, warehouse, tmp_path):
    """4,400 dispatched of 11,000, 40.00%: the golden claims of the tiny city; 41 is wrong."""
    path = tmp_path / "table.docx"
    document = docx.Document()
    cells = [["处理方式", "受理量（件）", "占比（%）"], ["派单", "4400", "41.00"]]
    table = document.add_table(2, 3)
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(path)
    findings = judge(bind(reader.read(path).blocks, warehouse), warehouse)
    assert [(one.verdict, one.right) for one in findings] == [
        (AGREES, "4400件"), (DIFFERS, "40.00%"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "住房类和教育类共受理3000件。",
        "上半年，住房类受理900件。",
        "不含住房类，热线受理9000件。",
        "青溪区承办量比柳河区多120件。",
        "电话渠道受理9910件，网络渠道受理1090件，派单346件。",
        "公交公司承办300件，较上年增加20件。",
        "住房类受理2000件（其中反复反映300件）。",
        "长桥街道承办300件。",
        "近三年来，住房类受理5000件。",
        "3月住房类受理210件，其中涉疫12件。",
        "住房类占比较上年提高2.1%。",
        "其余类别受理1200件。",
        "住房类满意率由2032年的80.1%提升至88.2%，其中老旧小区81.0%。",
    ],
)
def test_what_has_two_readings_is_not_guessed(warehouse, text):
    findings = judge(bind([Block(text)], warehouse), warehouse)
    assert findings[-1].verdict == UNKNOWN, findings[-1]
    assert findings[-1].reason


@pytest.mark.parametrize(
    ("text", "metric", "period", "dims"),
    [
        ("受理居前的是市场管理（3000件）。", "record_count", "2033", {"category": "市场管理"}),
        ("与2032年相比，住房类增长25.0%。", "growth_record_count", "2033", {"category": "住房"}),
        ("全市受理9件（2032年8件）。", "record_count", "2032", {}),
        ("11月，咨询受理9件，诉求类800件。", "record_count", "2033-11", {"record_type": "诉求"}),
        ("全市解决率84.0%，提高2个百分点；满意率88.0%。", "satisfaction_rate", "2033", {}),
        (
            "各区解决率中，青溪区最高，达90%，其次是柳河区，为88%。",
            "resolution_rate", "2033", {"district": "柳河区"},
        ),
    ],
)  # fmt: skip
def test_wordings_of_neither_list(warehouse, text, metric, period, dims):
    bound = bind([Block(text)], warehouse)
    assert keys(bound[-1] if bound[-1].readings else bound[-2]) == [
        (metric, period, key_of(dims), "equals")
    ]


def test_small_or_partial_data_judge_nothing(warehouse):
    bound = bind([Block("全市共受理1件，其中派单2件。")], warehouse)
    assert [one.verdict for one in judge(bound, warehouse)] == [DIFFERS, DIFFERS]
    small = judge(bound, replace(warehouse, scale=0.1))
    partial = {
        key: [replace(figure, is_partial=True) for figure in figures]
        for key, figures in warehouse.figures.items()
    }
    assert {one.verdict for one in small} == {UNKNOWN}
    assert {one.verdict for one in judge(bound, replace(warehouse, figures=partial))} == {UNKNOWN}


def test_json_is_for_the_ledger_only(city, tmp_path):
    draft = tmp_path / "draft.txt"
    draft.write_text("全市共受理12件。", encoding="utf-8")
    told = ["audit", str(YEAR), "--draft", str(draft), "--json", str(tmp_path / "x.json")]
    result = hotline(city, *told)
    assert (result.exit_code, "--json" in result.stderr) == (2, True)


PIECES = [
    "，",
    "；",
    "。",
    "、",
    "（",
    "）",
    "和",
    "其中",
    "其次是",
    "分别",
    "均",
    "占",
    "占比",
    "的",
    "总量的",
    "同比",
    "环比",
    "增长",
    "下降",
    "住房类",
    "教育",
    "网络交易",
    "咨询",
    "诉求",
    "青溪区",
    "各区",
    "区",
    "长桥街道",
    "街乡镇",
    "公交公司",
    "老城",
    "电话",
    "派单",
    "当场答复率",
    "企业专席",
    "解决率",
    "每万人承办",
    "全市",
    "全年",
    "当月",
    "上半年",
    "后",
    "峰值",
    "最多",
    "2032年",
    "3月",
    "1-6月",
    "31日",
    "12件",
    "1.2万件",
    "6.1",
    "53.01%",
    "六成以上",
    "前三类",
    "5个",
    "**%",
    "12345",
    "热线",
    "其余",
    "从",
    "提升至",
    "看",
    "受",
    "影响",
    "未知",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_jumble_of_words_breaks_it(warehouse, pieces):
    """Whatever the text, each number gets one verdict, in order, at its place."""
    text = "".join(pieces)
    findings = judge(bind([Block(text)], warehouse), warehouse)
    spans = [(one.number.start, one.number.end) for one in findings]
    assert spans == sorted(set(spans))
    for one in findings:
        assert text[one.number.start : one.number.end] == one.number.text
        assert bool(one.proofs) == (one.verdict != UNKNOWN)
        assert bool(one.reason) == (one.verdict == UNKNOWN)
