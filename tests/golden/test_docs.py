"""What the pages for users show is what the tiny city gives: queries, tables, printed lines."""

import re

import duckdb
import pytest

from tests.support.pages import PAGES, blocks, name, spans
from tests.support.processes import hotline

# Tables of examples: of a home's own entity, and one that the page adds.
EXAMPLES = {"core.tree_row", "monthly.m17_platform"}
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


def test_printed_lines_are_those_of_the_demo(city):
    """A block shows the answer to its command, or lines of the demo's screen."""
    shown = [block for page in PAGES for block in blocks(page, "console")]
    assert len(shown) >= 3
    screen = (city.parent / "screen.txt").read_text(encoding="utf-8")
    for block in shown:
        command, *lines = block.text.splitlines()
        if command[:2] == "$ ":
            printed = hotline(city, *command.split()[2:]).output
        else:
            printed, lines = screen, [command, *lines]
        expected = [_plain(line) for line in lines if line not in ("", "...")]
        missing = [line for line in expected if line not in _plain(printed)]
        assert missing == [], block.page


def test_python_of_the_pages_runs(city, monkeypatch):
    monkeypatch.chdir(city)
    for page in PAGES:
        for block in blocks(page, "python"):
            exec(compile(block.text, block.page, "exec"), {})


def _plain(text: str) -> str:
    """Return the text with half-width signs: their width is typography."""
    return text.translate(str.maketrans("，：；（）", ",:;()"))
