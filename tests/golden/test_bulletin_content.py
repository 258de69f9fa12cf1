"""What bulletins of the tiny city say, held against the raw files and the warehouse."""

import shutil
from pathlib import Path

import duckdb
import pypdf
import pytest

from pipeline.document.layout import texts
from pipeline.document.model import Document, Para, Table
from tests.support.documents import shares_of_another_total, unnamed_changes
from tests.support.editions import document, reports, rows_of
from tests.support.processes import hotline
from tests.support.tiny import YEAR

BEFORE = str(int(YEAR) - 1)
MONTH, ASSESSMENT, QUARTER = f"{YEAR}-11", f"{YEAR}-11-assessment", f"{YEAR}-Q4"
FIRST = f"{BEFORE}-01"


@pytest.fixture(scope="module")
def home(city, tmp_path_factory, key_file) -> Path:
    """A home with a month, its assessment month, its quarter, and the first month there is."""
    made = shutil.copytree(city, tmp_path_factory.mktemp("bulletins") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_KEY_FILE", str(key_file))
        assert hotline(made, "build").exit_code == 0  # the views hold full paths
        for asked in ((MONTH,), (MONTH, "--period", "assessment"), (QUARTER,), (FIRST,)):
            result = hotline(made, "bulletin", *asked)
            assert result.exit_code == 0, result.output
    return made


@pytest.fixture(scope="module")
def con(home):
    with duckdb.connect(str(home / "data/warehouse/hotline.duckdb"), read_only=True) as con:
        yield con


def bulletin(home: Path, name: str) -> Document:
    return document(reports(home) / name)


def paragraphs(made: Document) -> list[str]:
    return [b.text for s in made.sections for b in s.blocks if isinstance(b, Para)]


def printed(made: Document, key: str) -> Table:
    return next(table for table in made.tables() if table.id == key)


def column(table: Table, name: str) -> list:
    place = [one.name for one in table.columns].index(name)
    return [row[place].value for row in table.rows]


def ids(home: Path, *months: str, first: str = "", last: str = "9") -> set[str]:
    """Return the ids of the raw files whose record came in between the two days."""
    return {
        row["工单编号"]
        for month in months
        for row in rows_of(home, month)[1]
        if first <= row["来电时间"] and row["来电时间"][: len(last)] <= last
    }


def test_the_total_of_a_month_is_that_of_its_file(home):
    count = len(ids(home, MONTH))
    assert f"共受理群众反映{count}件" in paragraphs(bulletin(home, MONTH))[0]


def test_the_total_of_an_assessment_month_is_that_of_its_days(home):
    files = f"{YEAR}-10", f"{YEAR}-11"
    count = len(ids(home, *files, first=f"{YEAR}-10-19", last=f"{YEAR}-11-18"))
    assert f"共受理群众反映{count}件" in paragraphs(bulletin(home, ASSESSMENT))[0]


def test_the_total_of_a_quarter_is_that_of_its_months(home):
    count = len(ids(home, *(f"{YEAR}-{month}" for month in (10, 11, 12))))
    assert f"共受理群众反映{count}件" in paragraphs(bulletin(home, QUARTER))[0]


@pytest.mark.parametrize("name", [MONTH, ASSESSMENT, QUARTER, FIRST])
def test_where_scopes_meet_the_change_is_named_and_shares_are_of_the_total_beside_them(home, name):
    made = bulletin(home, name)
    assert {figure.scope for figure in made.figures.values()} >= {"tier1", "tier2"}
    assert unnamed_changes(made) == [] and shares_of_another_total(made) == []
    first, second, *_ = paragraphs(made)
    overview = dict(zip(*(column(printed(made, "m16_scope"), c)
                          for c in ("scope", "record_count")), strict=True))  # fmt: skip
    assert f"反映{overview['总量口径']}件（总量口径）" in first and "分项口径" not in first
    assert second.startswith(f"按分项口径（{overview['分项口径']}件，不含")


@pytest.mark.parametrize("name", [MONTH, ASSESSMENT, QUARTER, FIRST])
def test_what_is_listed_and_the_rest_are_the_section_total(home, name):
    made = bulletin(home, name)
    overview = printed(made, "m01_overview")
    scope = column(overview, "scope").index("分项口径")
    total = column(overview, "record_count")[scope]
    assert sum(column(printed(made, "m04_category"), "record_count")) == total
    assert sum(column(printed(made, "m03_type"), "record_count")) == total
    listed = column(printed(made, "m05_subcategory"), "record_count")
    assert None in listed or sum(listed) == total


def test_every_figure_is_the_one_that_its_query_gives(home, con):
    made = bulletin(home, MONTH)
    assert len(made.figures) > 50
    for figure in made.figures.values():
        rows = con.execute(figure.sql).fetchall()
        assert [(row[0], row[1]) for row in rows] == [(figure.numerator, figure.denominator)]
        if figure.metric == "record_count":
            assert figure.printed.replace(",", "").rstrip("件") == str(figure.numerator)


def test_a_table_prints_what_the_warehouse_holds(home, con):
    table = printed(bulletin(home, MONTH), "m04_category")
    rows = con.execute(
        """SELECT category, record_count, previous_count, before_count FROM monthly.m04_category
           WHERE period_type = 'month' AND period = ? AND (is_listed OR is_rest)
           ORDER BY rank NULLS LAST""",
        [MONTH],
    ).fetchall()
    names = ("category", "record_count", "previous_count", "before_count")
    assert list(zip(*(column(table, name) for name in names), strict=True)) == rows
    changes = [None if value is None else float(value) for value in column(table, "growth_rate")]
    by_hand = [None if not then else round(now / then - 1, 4) for _, now, _, then in rows]
    assert changes == pytest.approx(by_hand, abs=1e-4)


@pytest.mark.parametrize("name", [MONTH, ASSESSMENT, QUARTER])
def test_no_case_is_printed_unasked_and_nobody_who_called(home, name):
    made = bulletin(home, name)
    assert not [text for text in paragraphs(made) if text.startswith("案例")]
    assert any("没有经核对放行" in note for note in made.notes)
    everything = "".join(texts(made))
    for month in (10, 11, 12):
        for row in rows_of(home, f"{YEAR}-{month}")[1]:
            assert not row["来电人电话"] or row["来电人电话"] not in everything


@pytest.mark.parametrize("name", [MONTH, ASSESSMENT, QUARTER, FIRST])
def test_a_bulletin_takes_two_to_four_pages_and_says_that_it_is_simulated(home, name):
    pages = pypdf.PdfReader(reports(home) / name / "bulletin.pdf").pages
    assert 2 <= len(pages) <= 4
    assert all("模拟数据" in "".join(page.extract_text().split()) for page in pages)


def test_the_first_month_says_what_it_cannot_compare(home):
    made = bulletin(home, FIRST)
    notes = "".join(made.notes)
    assert "不作环比" in notes and "不作同比" in notes
    assert "环比" not in "".join(paragraphs(made))
    assert "未作预警" in "".join(paragraphs(made))


def test_a_bulletin_covers_its_own_period(home):
    assert "上季度" in "".join(paragraphs(bulletin(home, QUARTER)))
    assert "上一考核期" in "".join(paragraphs(bulletin(home, ASSESSMENT)))
    assert bulletin(home, ASSESSMENT).masthead.right == f"{YEAR}年10月19日至11月18日"
    assert [bulletin(home, name).kind for name in (MONTH, QUARTER)] == ["monthly", "quarterly"]


@pytest.mark.slow
def test_without_texts_there_are_no_cases_and_the_notes_say_so(home, tmp_path, key_file):
    bare = shutil.copytree(home, tmp_path / "home")
    shutil.rmtree(bare / "data/warehouse/texts")
    shutil.rmtree(bare / "data/reports")
    hotline(bare, "build")
    result = hotline(bare, "bulletin", MONTH)
    assert result.exit_code == 0, result.output
    made = bulletin(bare, MONTH)
    assert not [text for text in paragraphs(made) if text.startswith("案例")]
    assert any("典型案例" in note and "没有" in note for note in made.notes)
    # The words that were counted before went with the texts.
    parts = bare / "data/warehouse/model/word_count"
    assert [path.name for path in parts.glob("*.parquet")] == ["none.parquet"]
