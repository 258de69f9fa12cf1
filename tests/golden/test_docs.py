"""What the pages for users show is what the tiny city gives: queries, tables, printed lines."""

import re
import shlex
import shutil
import subprocess

import duckdb
import pytest

from tests.support.pages import PAGES, ROOT, blocks, name, spans
from tests.support.processes import hotline

# Tables of examples: of a home's own entity, and one that the page adds.
EXAMPLES = {"source.tree_row", "monthly.m17_platform"}
SCHEMAS = "core|metric|annual|monthly|model|ref|published|build"
EACH = pytest.mark.parametrize("page", PAGES, ids=name)


def test_queries_of_the_pages_run(city):
    """Each statement runs and has an answer; words and surges are made by a bulletin only."""
    queries = [block for page in PAGES for block in blocks(page, "sql")]
    assert len(queries) >= 8
    for block in queries:
        with duckdb.connect(str(city / "data/warehouse/hotline.duckdb"), read_only=True) as con:
            con.execute(f"SET VARIABLE hotline_warehouse = '{city / 'data/warehouse'}'")
            for statement in con.extract_statements(block.text):
                rows = con.execute(statement).fetchall()
                is_asked = "SELECT" in statement.query and block.page != "docs/surges.md"
                assert rows or not is_asked, block.text


@EACH
def test_tables_that_a_page_names_exist(page, warehouse):
    made = {
        f"{schema}.{table}"
        for schema, table in warehouse.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall()
    }
    named = {
        span
        for span in spans(page)
        if re.fullmatch(rf"({SCHEMAS})\.\w+", span) and not span.endswith((".toml", ".csv"))
    }
    assert sorted(named - made - EXAMPLES) == []


@pytest.mark.slow
def test_printed_lines_are_those_of_the_demo(city, tmp_path, monkeypatch):
    """A block shows the answer to its command, or lines of the demo's screen."""
    home = shutil.copytree(city, tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    screen = (city.parent / "screen.txt").read_text(encoding="utf-8")
    for block in (b for page in PAGES for b in blocks(page, "console", "text", "toml")):
        if block.file:
            (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        if block.language != "console":
            continue
        command, *lines = block.text.splitlines()
        if command[:2] == "$ ":
            words = command.removeprefix("$ .venv/bin/hotline ").split()
            if words[0] == "--home":
                printed = hotline(tmp_path / words[1], *words[2:]).output
            else:
                printed = hotline(home, *words).output
        else:
            printed, lines = screen, [command, *lines]
        expected = [_plain(line) for line in lines if line not in ("", "...")]
        assert [line for line in expected if line not in _plain(printed)] == [], block.page


# A file as an office sends it, in the headings of the known exports.
DUMP = "工单编号,来电时间,一级分类,主要内容,被反映区,承办单位,受理处理方式\n" + "".join(
    f"A{day},2024-03-{day:02} 09:00,市场管理,摊位占道,青溪区,青溪区,派单\n" for day in range(1, 32)
)


@pytest.mark.slow
def test_commands_of_a_new_city_load_a_dump(tmp_path):
    """The block is typed as is, into a folder of the test."""
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump/march.csv").write_text(DUMP, encoding="utf-8")
    home = tmp_path / "small"
    for words in _typed("docs/new-city.md", str(tmp_path)):
        if words[0] == ".venv/bin/hotline":
            at = [word.replace("dump/", f"{tmp_path}/dump/") for word in words[3:]]
            result = hotline(home, *at)
            assert result.exit_code == 0, result.output
        else:
            subprocess.run(words, cwd=ROOT, check=True)
    table = home / "data/reports/2024/tables/t15_category.csv"
    assert "市场管理,31," in table.read_text(encoding="utf-8-sig")


def test_commands_of_an_own_dump_are_the_same():
    own = [words[1:] for words in _typed("docs/own-dump.md", "/srv") if words[0] != "export"]
    new = [words[3:] for words in _typed("docs/new-city.md", "/srv") if "--home" in words]
    assert own == new and len(own) == 4


def _typed(page: str, root: str) -> list[list[str]]:
    """Return the commands of the page's block that ends with a report, below `root` for /srv."""
    (text,) = (block.text for block in blocks(ROOT / page, "sh") if "report 2024" in block.text)
    return [shlex.split(line, comments=True) for line in text.replace("/srv", root).splitlines()]


def test_python_of_the_pages_runs(city, monkeypatch):
    monkeypatch.chdir(city)
    for page in PAGES:
        for block in blocks(page, "python"):
            exec(compile(block.text, block.page, "exec"), {})


def _plain(text: str) -> str:
    """Return the text with half-width signs: their width is typography."""
    return text.translate(str.maketrans("，：；（）", ",:;()"))
