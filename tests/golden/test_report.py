"""The report of the tiny city: what it says, hides and compares, and that it repeats."""

import csv
import gzip
import json
import math
import re
import shutil
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.db import open_warehouse
from pipeline.document.cjk_punctuation import prose
from pipeline.document.model import Document, Para, Run, Section, from_json
from pipeline.home import Home
from pipeline.report.yearly_tables import printed_tables
from tests.support.documents import shares_of_another_total, unnamed_changes
from tests.support.processes import hotline
from tests.support.tiny import YEAR


@pytest.fixture(scope="module")
def document(city) -> Document:
    return from_json((city / "data/reports" / YEAR / "report.json").read_text("utf-8"))


def text_of(document: Document) -> str:
    return "\n".join(
        block.text for s in document.sections for block in s.blocks if isinstance(block, Para)
    )


def test_it_says_the_figures_of_the_ledger(document):
    """11,000 of tier 1 and 12,000 of tier 2; 318 of one street; 2,150 of a region."""
    text = text_of(document)
    assert "云泽市12345热线共受理群众反映1.20万件" in text
    assert "青溪区东门街道，承办318件" in text
    assert "老城承办2150件" in text
    assert document.is_simulated and not document.is_partial
    assert "模拟数据" in document.marks[0]


def test_where_scopes_meet_the_change_is_named_and_shares_are_of_the_total_beside_them(document):
    assert {figure.scope for figure in document.figures.values()} >= {"tier1", "tier2"}
    assert unnamed_changes(document) == []
    assert shares_of_another_total(document) == []
    text = text_of(document)
    assert "1.20万件（总量口径）" in text
    assert "按分项口径（1.10万件，不含只计入总量的记录）统计，按月看" in text
    assert "占分项口径受理量的27.72%" in text and "占受理总量" not in text
    # The ledger prints 1.10万 and 1.20万: 11,000 of tier 1, and with the 988 of tier 2 11,988.
    scopes = next(table for table in document.tables() if table.id == "t38_scope")
    assert [(row[0].text, row[2].value) for row in scopes.rows][:2] == [
        ("分项口径", 11_000), ("总量口径", 11_988)
    ]  # fmt: skip


def test_a_change_of_scope_without_its_name_and_a_share_of_another_total_are_found(document):
    """What the two readers above are for: the old first paragraph of a bulletin."""
    keys = {
        (f.scope, f.metric): key for key, f in document.figures.items()
        if f.metric == "channel_share" or (f.metric == "record_count" and not f.dims)
    }  # fmt: skip
    wide, narrow = keys["tier2", "record_count"], keys["tier1", "channel_share"]
    old = (Run("共受理"), Run("1.20万件", wide), Run("。按渠道分，电话占"), Run("90.10%", narrow))
    named = (*old[:2], Run("。按分项口径，电话占"), old[3])
    for runs, changes in ((old, 1), (named, 0)):
        made = replace(document, sections=(Section("x", "一", 1, "x", (Para(runs),)),))
        assert len(unnamed_changes(made)) == changes
        assert len(shares_of_another_total(made)) == 1


def test_every_number_of_a_sentence_is_a_figure_of_the_warehouse(document, warehouse):
    runs = [
        run
        for s in document.sections
        for block in s.blocks
        if isinstance(block, Para)
        for run in block.runs
    ]
    figures = [run for run in runs if run.figure]
    assert len(figures) > 150
    for key in sorted({run.figure for run in figures}):
        figure = document.figures[key]
        rows = warehouse.execute(figure.sql).fetchall()
        assert [(row[0], row[1]) for row in rows] == [(figure.numerator, figure.denominator)], key
    # What is no figure holds no count and no percentage, but for counts of rows.
    loose = [
        run.text
        for run in runs
        if not run.figure and re.search(r"\d+(\.\d+)?(万件|件|%)", run.text)
    ]
    assert [text for text in loose if "有效回访不足" not in text] == []


# Of the growth's parts the counts are those of the growth: what it is over, and the change.
SIDES = {"before_count": "denominator", "change_count": "numerator"}


def test_every_number_of_a_table_is_the_one_figure_of_its_panel(document, city):
    """The query of a cell's panel gives one row, and the cell prints that row's value."""
    cells = [
        (f"{table.id}.{column.name}", column, cell)
        for table in document.tables()
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if cell.figure
    ]
    assert len(cells) > 1000 and len({place for place, *_ in cells}) > 90
    assert {column.kind for _, column, _ in cells} == {"count", "percent", "decimal"}
    wrong = []
    with duckdb.connect() as con:
        # A copy of the year, which each query names: the view would join all members each time.
        con.execute(f"ATTACH '{city / 'data/warehouse/hotline.duckdb'}' AS city (READ_ONLY)")
        con.execute("CREATE SCHEMA metric")
        con.execute(
            "CREATE TABLE metric.figure AS SELECT * FROM city.metric.figure"
            " WHERE substr(period, 1, 4) = ?", [YEAR],
        )  # fmt: skip
        keys = sorted({cell.figure for *_, cell in cells})
        found = {key: con.execute(document.figures[key].sql).fetchall() for key in keys}
    for place, column, cell in cells:
        rows = [row[:2] for row in found[cell.figure]]
        side = SIDES.get(column.name) if place.startswith("t25_") else None
        exact = [
            Fraction({"numerator": n, "denominator": d}[side]) if side else Fraction(n, d)
            for n, d in rows
        ]
        if [_printed(value, cell.text) for value in exact] != [cell.text]:
            wrong.append((place, cell, rows))
    assert wrong == []


def _printed(value: Fraction, like: str) -> str:
    """Print an exact value in the form of `like`: half away from zero to its places."""
    part = 100 if like.endswith("%") else 1
    places = len(like.rstrip("%").partition(".")[2])
    units = math.floor(abs(value) * part * 10**places + Fraction(1, 2))
    whole, rest = divmod(units, 10**places)
    text = f"{whole:,}" + (f".{rest:0{places}}" if places else "") + ("%" if part == 100 else "")
    if like[0] in "▲▽":
        return ("▽" if value < 0 else "▲") + text
    return ("-" if value < 0 and units else "") + text


def test_figures_have_the_verdict_of_their_claims(document):
    judged = {c: f.verdict for f in document.figures.values() for c in f.claims}
    assert judged["tiny-3-east-gate"] == "复现"
    assert judged.get("tiny-5-dispatched-again", "矛盾") == "矛盾"
    assert len(judged) > 15


@pytest.mark.slow
def test_the_same_warehouse_gives_the_same_bytes(city, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(city, home)
    path = home / "data/reports" / YEAR / "report.json"
    before = path.read_bytes()
    assert hotline(home, "report", YEAR).exit_code == 0
    assert path.read_bytes() == before


def test_no_small_count_by_type_and_place_goes_out(city, warehouse):
    small = warehouse.execute(
        "SELECT record_type, district FROM annual.t07_type_district "
        "WHERE year = ? AND record_count BETWEEN 1 AND 4", [int(YEAR)],
    ).fetchall()  # fmt: skip
    assert small, "the tiny city has such cells"
    path = city / "data/reports" / YEAR / "tables/t07_type_district.csv"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        printed = {
            (r["记录类型"], r["区"].replace("不明", "?")): r["件数"] for r in csv.DictReader(handle)
        }
    assert {printed[cell] for cell in small} == {"*"}
    # Each line holds two hidden cells at least, or its one small count would follow from the total.
    for place in (0, 1):
        lines = [cell[place] for cell, count in printed.items() if count == "*"]
        assert min(lines.count(name) for name in lines) >= 2


def test_numerators_and_denominators_are_read_back_from_sheets_and_csv(city, document, warehouse):
    """What does not fit a page: of each share and rate the fraction, as the warehouse has it."""
    folder = city / "data/reports" / YEAR
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    sheets = dict(zip([t.id for t in document.tables()], book.worksheets[1:], strict=True))
    found = 0
    for table in document.tables():
        names = [c.name for c in table.columns if c.name.endswith(("numerator", "denominator"))]
        if not names or table.id == "t17_subcategory_month":
            continue
        where = " AND subcategory = '合计'" if table.id == "t17_category_month" else ""
        held = warehouse.execute(
            f"SELECT {', '.join(names)} FROM annual.{table.id} WHERE year = ?{where}", [int(YEAR)]
        ).fetchall()
        headings = [prose(c.heading) for c in table.columns if c.name in names]
        with (folder / f"tables/{table.id}.csv").open(encoding="utf-8-sig", newline="") as handle:
            lines = [tuple(row[h] for h in headings) for row in csv.DictReader(handle)]
        head, *rows = sheets[table.id].iter_rows(min_row=6, values_only=True)
        at = [head.index(heading) for heading in headings]
        assert lines == [tuple("" if r[k] is None else str(r[k]) for k in at) for r in rows]
        # Rows with hidden counts are moved; what is shown is what the warehouse holds.
        shown = Counter(line for line in lines if "*" not in line)
        assert shown <= Counter(tuple("" if v is None else str(v) for v in row) for row in held)
        assert sum(shown.values()) > 0
        found += len(names)
    # Seventeen tables of shares, three of rates with five each, and the matters' call-backs.
    assert found > 45


def test_no_name_of_a_rule_and_no_sign_for_the_unknown_reaches_the_reader(document):
    texts = [table.note for table in document.tables()] + [
        table.title for table in document.tables()
    ]
    texts += [b.text for s in document.sections for b in s.blocks if b.type in ("para", "note")]
    texts += list(document.notes)
    assert [text for text in texts if re.search(r"[a-z]+_[a-z]+|[?？{]", text)] == []
    ranks = next(table for table in document.tables() if table.id == "t33_unit_rank")
    assert "有效回访不足 100 件的不排位" in ranks.note
    joint = next(table for table in document.tables() if table.id == "t32_joint")
    assert "不足 40% 的以街乡镇为主" in joint.note and "达到 60% 的以区为主" in joint.note
    cells = [cell for table in document.tables() for row in table.rows for cell in row]
    assert {cell.text for cell in cells if cell.value == "不明"} == {"不明"}
    assert not any(cell.value == "?" or cell.text == "?" for cell in cells)


def test_the_line_of_an_interval_chart_is_called_what_it_is(document, warehouse):
    """The pooled score of the departments with enough call-backs, and nobody's target."""
    chart = next(c for c in document.charts() if c.id == "c07_department_rate")
    (pooled,) = warehouse.execute(
        """WITH unit AS (
               SELECT count(*) AS n, 10 * count(*) FILTER (WHERE is_contacted)
                   + 50 * count(*) FILTER (WHERE resolution = '解决')
                   + 40 * count(*) FILTER (WHERE satisfaction = '满意')
                   + 36 * count(*) FILTER (WHERE satisfaction = '基本满意') AS score
               FROM core.record
               WHERE year = ? AND scope_tier <= 1 AND handling = '派单' AND is_called_back
               AND unit_type = '市级部门' GROUP BY unit)
           SELECT sum(score) / sum(n) FROM unit WHERE n >= 100""", [int(YEAR)],
    ).fetchone()  # fmt: skip
    assert chart.data["target_label"] == "参评市级部门合计"
    assert abs(chart.data["target"] - pooled) < 1e-6


def test_the_workbook_and_the_model_hide_alike(city, document):
    with open_warehouse(Home(city)) as con:
        hidden = {t.name for t in printed_tables(con, int(YEAR)) if t.hidden}
    marked = {
        t.id for t in document.tables() for row in t.rows for c in row if c.mark == "suppressed"
    }
    assert {name for name in marked if name in hidden} == marked
    assert any("隐去" in mark for mark in document.marks)


@pytest.mark.slow
def test_a_report_is_held_against_a_former_build(city, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(city, home)
    result = hotline(home, "report", YEAR, "--compare", "last")
    assert result.exit_code == 65 and "还没有存过" in result.output
    late = _one_more(home, tmp_path)
    assert hotline(home, "ingest", str(late)).exit_code == 0
    assert hotline(home, "build").exit_code == 0
    result = hotline(home, "report", YEAR, "--compare", "last")
    assert result.exit_code == 0, result.output
    # One record more: 11,001 in tier 1, 319 for 318 in the street; the file is the cause.
    assert re.search(r"受理件数 +11,000件 +11,001件", result.output), result.output
    with (home / "data/reports" / YEAR / "compare.csv").open(encoding="utf-8-sig") as handle:
        changed = {row["编号"]: (row["原为"], row["现为"]) for row in csv.DictReader(handle)}
    (street,) = [key for key in changed if key.startswith("record_count") and "东门街道" in key]
    assert changed[street] == ("318件", "319件")
    assert "新增 data/raw" in result.output and "late.csv" in result.output
    former = sorted((home / "data/reports" / YEAR / "history").glob("*/report.json.gz"))
    assert len(former) == 2
    wrong = hotline(home, "report", YEAR, "--compare", "ffffffff")
    assert wrong.exit_code == 2 and "没有" in wrong.output


def _one_more(home: Path, folder: Path) -> Path:
    source = next((home / "data/raw/simulated").rglob(f"{YEAR}-03.csv.gz"))
    with gzip.open(source, "rt", encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        row = next(
            row for row in reader
            if row["承办单位"] == "青溪区东门街道" and row["口径层级"] == "1"
        )  # fmt: skip
        header = reader.fieldnames or []
    row["工单编号"] = "热线-330315-999998"
    late = folder / "late.csv"
    with late.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerow(row)
    return late


def test_faults_are_one_line(city, tmp_path):
    missing = hotline(tmp_path / "empty", "report", YEAR)
    assert missing.exit_code == 65 and len(missing.output.strip().splitlines()) == 1
    other = hotline(city, "report", "1999")
    assert other.exit_code == 65 and "2032、2033" in other.output
    home = tmp_path / "home"
    shutil.copytree(city, home)
    # A file in the folder's place cannot be written into, not even by an administrator.
    shutil.rmtree(home / "data/reports" / YEAR)
    (home / "data/reports" / YEAR).write_text("")
    blocked = hotline(home, "report", YEAR)
    assert blocked.exit_code == 74 and f"data/reports/{YEAR}" in blocked.output
    with duckdb.connect(str(home / "data/warehouse/hotline.duckdb")) as con:
        con.execute("DROP TABLE annual.t15_category")
    lost = hotline(home, "report", YEAR)
    assert lost.exit_code == 74 and "t15_category" in lost.output and "hotline build" in lost.output


def test_a_report_is_valid_json_without_a_clock(document, city):
    raw = json.loads((city / "data/reports" / YEAR / "report.json").read_text("utf-8"))
    assert list(raw)[:4] == ["kind", "title", "subtitle", "period"]
    assert len(document.build.fingerprint) == 64 and len(document.build.tables_digest) == 64
