"""The rules that keep the SQL good for decades."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "sql").rglob("*.sql"))
# staging is the dialect's edge, and what simulate writes is for this engine alone.
EDGE = ("staging", "simulate")
PORTABLE = [path for path in FILES if path.relative_to(ROOT / "sql").parts[0] not in EDGE]

# Word -> why not. What DuckDB and Spark do not compute alike.
DENIED = {
    r"\bpivot\b": "no PIVOT",
    r"\bunpivot\b": "no UNPIVOT",
    r"\bexclude\b": "Spark has EXCEPT",
    r"\bqualify\b": "not together with GROUP BY ALL; a window in a CTE says the same",
    r"\blist_\w+\(": "DuckDB only",
    r"\bstruct_\w+\(": "DuckDB only",
    r"\bstrftime\(": "formats differ",
    r"\bdate_diff\(": "order of arguments differs",
    r"\bdatediff\(": "order of arguments differs",
    r"\bepoch\(": "DuckDB only",
    r"\bquantile\w*\(": "interpolation differs",
    r"\bapprox_\w+\(": "approximate figures differ",
    r"\bdayofweek\(": "Sunday is 0 or 1",
    r"\bisodow\b": "Spark has no such field",
    r"\bread_\w+\(": "files belong to the loader",
    r"\btry_cast\(": "casts belong to staging",
    r"\bregexp_\w+\(": "dialects of patterns differ",
    r"\bilike\b": "collations differ",
    r"\bhash\(": "collides, and differs per engine",
    r"\brandom\(": "never in a published figure",
    r"\bnow\(|\bcurrent_\w+": "a figure must not depend on the day",
    r"//": "integer division is DuckDB only",
    r"::": "write CAST",
    r"\bvarchar\b": "Spark asks for a length; write STRING",
    r"\bgroup\s+by\s+all\b": "Sail has no GROUP BY ALL",
    r"\bend\s*\*|\*\s*case\b": "Spark cuts the scale of a decimal times an integer of CASE",
    r"\bdistinct\s+on\b": "DuckDB only",
    r"\basof\b|\bpositional\b": "DuckDB only",
    r"\bround\(": "on doubles it differs; see sql/metric/figure_value.sql",
    r"\{\{|\{%": "no templates",
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "sql"))


def bare(path: Path) -> str:
    """Return the SQL without comments and without the inside of strings, in small letters."""
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    return re.sub(r"'(?:[^']|'')*'", "''", text).lower()


def tables(path: Path) -> set[str]:
    (statement,) = sqlglot.parse(path.read_text(encoding="utf-8"), read="duckdb")
    assert statement is not None
    return {
        f"{source.db}.{source.name}"
        for scope in traverse_scope(statement)
        for source in scope.sources.values()
        if isinstance(source, exp.Table)
    }


def test_there_are_files_to_judge():
    assert {"core", "metric", "annual", "monthly", "check"} <= {
        path.parent.name for path in PORTABLE
    }


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_begins_with_what_one_row_is_and_its_key(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    head = []
    for line in lines:
        if not line.startswith("--"):
            break
        head.append(line)
    text = " ".join(head)
    assert re.search(r"one row", text, re.IGNORECASE), "say what one row is"
    assert re.search(r"\bkey:|one row: the whole", text, re.IGNORECASE), "say its key"


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name == "check"], ids=name)
def test_a_check_has_a_title_and_a_verb(path: Path):
    assert path.name.startswith(("fail_", "warn_"))
    title = re.search(r"^-- title: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert title and re.search(r"[\u4e00-\u9fff]", title[1]), "the user reads the title"


@pytest.mark.parametrize("path", PORTABLE, ids=name)
def test_a_file_is_one_select(path: Path):
    statements = sqlglot.parse(path.read_text(encoding="utf-8"), read="duckdb")
    assert len(statements) == 1
    assert isinstance(statements[0], exp.Query)
    assert not bare(path).rstrip().endswith(";"), "the build adds its own words after the text"


@pytest.mark.parametrize("path", PORTABLE, ids=name)
def test_a_file_is_portable(path: Path):
    text = bare(path)
    assert {why for word, why in DENIED.items() if re.search(word, text)} == set()


@pytest.mark.parametrize("path", PORTABLE, ids=name)
def test_a_file_parses_as_spark(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(sqlglot.parse(text, read="spark")) == 1


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_audit_and_check_read_what_was_published(path: Path):
    if path.parent.name not in ("audit", "check"):
        assert "published" not in bare(path)


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.parent.name in ("annual", "monthly")], ids=name
)
def test_printed_tables_only_select_from_the_metric_table(path: Path):
    assert {table.split(".")[0] for table in tables(path)} <= {"metric", "model", "ref"}
    letter = {"annual": "t", "monthly": "m"}[path.parent.name]
    assert re.fullmatch(rf"{letter}\d\d_[a-z0-9_]+\.sql", path.name)


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name == "metric"], ids=name)
def test_only_the_cells_and_what_does_not_add_up_read_records(path: Path):
    allowed = {"source.partition", "source.entity"}
    if path.stem in ("cell", "day_count", "caller_tier", "case_candidate"):
        allowed = {"core.record", "core.part_record"}
    if path.stem == "grid_cell":
        allowed = {"core.grid_event"}
    if path.stem.startswith("plan_"):
        allowed = {"core.plan_value", "core.plan_status"}
    allowed |= {"core.record", "source.text_print"} if path.stem == "column_held" else set()
    allowed |= {"core.matter"} if path.stem == "matter_figure" else set()
    if path.stem == "repeat_cell":
        allowed |= {"core.record", "core.repeat_call", "core.mass_matter", "core.copied_text"}
    read = {table for table in tables(path) if table.startswith(("core.", "source."))}
    assert read <= allowed


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_year_and_no_place_in_the_sql(path: Path):
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"\b(19|20)\d\d\b|北京|朝阳|12345", text)


def test_each_share_of_a_cut_is_beside_its_count():
    text = (ROOT / "sql/metric/share.sql").read_text(encoding="utf-8")
    defined = re.findall(r"\('(\w+_share)', '(\w+)', '([\w ]+)', '\w+'\)", text)
    assert len({(count, cut) for _, count, cut in defined}) == len(defined) > 10
    beside = (ROOT / "sql/metric/section_count.sql").read_text(encoding="utf-8")
    assert {share for share, _, _ in defined if f"'{share}'" not in beside} == set()
    # A share of another count than record_count says so there.
    for share, count, _ in defined:
        assert (count == "district_handled_count") == (beside.count(f"'{share}'") == 2), share
