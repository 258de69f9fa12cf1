"""The tiny invented city goes the whole way: solve, simulate, ingest, build, audit, report."""

import csv
import json
import shutil

import duckdb
import nbformat
import openpyxl
import pytest
from nbclient import NotebookClient

from pipeline.home import REPOSITORY, Home
from pipeline.ledger import DIMENSIONS
from tests.support import spark_engine
from tests.support.processes import hotline
from tests.support.tiny import TINY, YEAR


def one(con: duckdb.DuckDBPyConnection, sql: str):
    return con.execute(sql).fetchall()[0]


def test_every_claim_that_can_hold_is_reproduced(city):
    verdicts = city.parent / "verdicts.json"
    assert hotline(city, "audit", YEAR, "--json", str(verdicts)).exit_code == 0
    found = {row["claim"]: row["verdict"] for row in json.loads(verdicts.read_text("utf-8"))}
    with (TINY / "data/published/tiny.csv").open(encoding="utf-8") as handle:
        claims = {row["claim"] for row in csv.DictReader(handle)}
    assert set(found) == claims
    assert {claim for claim, verdict in found.items() if verdict != "reproduced"} == {
        "tiny-5-dispatched-again"
    }
    assert found["tiny-5-dispatched-again"] == "contradicted"


def test_figures_worked_by_hand_from_the_ledger(warehouse):
    """4,400 dispatched of 11,000; 318 records of one street; a region's 2,150."""
    sql = "SELECT numerator FROM metric.figure WHERE period = '2033' AND scope = 'tier1' AND "
    star = dict.fromkeys(DIMENSIONS, "*")

    def count(metric: str, **cut: str) -> int:
        keys = " AND ".join(f"{name} = '{value}'" for name, value in {**star, **cut}.items())
        return one(warehouse, f"{sql} metric = '{metric}' AND {keys}")[0]

    assert count("record_count") == 11_000
    assert count("record_count", handling="派单") == 4_400
    assert count("record_count", unit_type="街乡镇", district="青溪区", street="东门街道") == 318
    assert count("district_handled_count", region="老城") == 2_150


def test_counts_of_the_csv_agree_with_the_warehouse(city, warehouse):
    """Counted again from the raw files by the csv module: ids by year, never by our SQL."""
    import gzip

    ids: dict[str, set[str]] = {}
    rows = 0
    for path in sorted((city / "data/raw/simulated").rglob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                rows += 1
                ids.setdefault(row["来电时间"][:4], set()).add(row["工单编号"])
    loaded = dict(
        warehouse.execute(
            "SELECT extract(year FROM received_at)::VARCHAR, count(*) FROM core.record GROUP BY 1"
        ).fetchall()
    )
    assert loaded == {year: len(found) for year, found in ids.items()}
    assert one(warehouse, "SELECT sum(rows_read), sum(rows_loaded) FROM source.receipt") == (
        rows, rows,
    )  # fmt: skip


def test_the_last_dispatch_counts_and_the_chain_is_kept(city, warehouse):
    twice = warehouse.execute(
        """SELECT record_id, count(*) AS n, arg_max(unit, dispatched_at) AS last_unit
           FROM core.dispatch GROUP BY ALL HAVING count(*) > 1"""
    ).fetchall()
    assert len(twice) > 100
    counted = dict(warehouse.execute("SELECT record_id, unit FROM core.record").fetchall())
    assert all(counted[record] == unit for record, _, unit in twice)


def test_no_name_phone_or_house_number_reaches_the_warehouse(city, warehouse):
    """Every caller of the raw files is looked for in texts and rejects."""
    import gzip

    names, phones, places = set(), set(), set()
    for path in sorted((city / "data/raw/simulated").rglob("2033-01.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                names.add(row["来电人"])
                phones.add(row["来电人电话"])
                places.add(row["问题点位"])
    names -= {""}
    phones -= {""}
    assert len(phones) > 300
    texts = [
        " ".join(filter(None, row))
        for row in duckdb.sql(
            f"""SELECT title, content, reply
                FROM '{city}/data/warehouse/texts/year=2033/month=01/*.parquet'"""
        ).fetchall()
    ]
    whole = "\n".join(texts)
    assert len(texts) > 300
    assert [phone for phone in phones if phone in whole] == []
    assert [place for place in places if any(c.isdigit() for c in place) and place in whole] == []
    own = duckdb.sql(
        f"""SELECT record_id, concat_ws(' ', title, content, reply)
            FROM '{city}/data/warehouse/texts/year=2033/month=01/*.parquet'"""
    ).fetchall()
    by_id = dict(own)
    leaked = []
    with gzip.open(
        next((city / "data/raw/simulated").rglob("2033-01.csv.gz")), "rt", encoding="utf-8"
    ) as handle:
        for row in csv.DictReader(handle):
            name = row["来电人"]
            if len(name) > 1 and name in by_id.get(row["工单编号"], ""):
                leaked.append(row["工单编号"])
    assert leaked == []


def test_the_workbook_says_what_the_tables_say_and_that_it_is_simulated(city, warehouse):
    folder = city / "data/reports" / YEAR
    book = openpyxl.load_workbook(folder / "tables.xlsx", read_only=True)
    names = [
        row[0]
        for row in warehouse.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'annual'"
        ).fetchall()
    ]
    filled = {
        name
        for name in names
        if one(warehouse, f'SELECT count(*) FROM annual.{name} WHERE "year" = {YEAR}')[0]
    }
    printed = {path.stem for path in (folder / "tables").glob("*.csv")}
    assert len(book.sheetnames) == len(printed) + 1
    # A table without a row is left out; so is that of a flag the dump does not have.
    assert filled - printed == {"t27_epidemic"}
    contents = list(book["目录"].iter_rows(values_only=True))
    assert "模拟数据" in str(contents[1][0])
    sheet = next(name for name in book.sheetnames if name.endswith(" 各类别反映情况"))
    first = list(book[sheet].iter_rows(values_only=True))
    place = next(line for line, row in enumerate(first) if "一级分类" in row)
    heading = list(first[place])
    assert first[place + 1][heading.index("一级分类")] == "市场管理"
    count = one(
        warehouse,
        """SELECT count(*) FROM core.record WHERE category = '市场管理' AND scope_tier = 1
           AND received_at >= TIMESTAMP '2033-01-01'""",
    )[0]
    assert first[place + 1][heading.index("件数")] == count


def test_the_screen_shows_totals_categories_rates_verdicts_and_rejects(city):
    screen = (city.parent / "screen.txt").read_text("utf-8")
    for word in (
        "模拟数据",
        "受理总量",
        "市场管理",
        "解决率",
        "1.20 万件",
        "复现 35",
        "矛盾 1",
        "退回 0",
    ):
        assert word in screen


@pytest.mark.slow
def test_a_second_run_has_nothing_new_to_do(city):
    database = city / "data/warehouse/hotline.duckdb"
    before = database.stat().st_mtime_ns
    result = hotline(city, "run", YEAR)
    assert result.exit_code == 0
    assert database.stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_changed_record_turns_a_verdict_and_the_exit_code(city, tmp_path):
    """One record more on one street, delivered later, and its claim no longer holds."""
    import gzip

    home = tmp_path / "home"
    shutil.copytree(city, home)
    source = next((home / "data/raw/simulated").rglob("2033-03.csv.gz"))
    with gzip.open(source, "rt", encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        row = next(
            row for row in reader
            if row["承办单位"] == "青溪区东门街道" and row["口径层级"] == "1"
        )  # fmt: skip
        header = reader.fieldnames
    row["工单编号"] = "热线-330315-999999"
    late = tmp_path / "late.csv"
    with late.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerow(row)
    assert hotline(home, "ingest", str(late)).exit_code == 0
    assert hotline(home, "build").exit_code == 0
    result = hotline(home, "audit", YEAR)
    assert result.exit_code == 1
    assert "tiny-3-east-gate" in result.output


@pytest.mark.slow
def test_the_notebook_runs_and_gives_what_the_report_prints(city, warehouse, monkeypatch):
    monkeypatch.setenv("HOTLINE_HOME", str(city))
    path = REPOSITORY / "notebooks/first_questions.ipynb"
    book = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells)
    # The answers as JSON on top of what the cells show.
    book.cells.insert(-1, nbformat.v4.new_code_cell(
        "print(growth.astype(str).to_json(), peaks.to_json(date_format='iso'), sep='\\n')"
    ))  # fmt: skip
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    growth, peaks = map(json.loads, book.cells[-2].outputs[0]["text"].splitlines())
    rates = warehouse.execute(
        """SELECT category, growth_rate FROM annual.t15_category
           WHERE year = ? AND category <> '?' ORDER BY growth_rate DESC""", [int(YEAR)],
    ).fetchall()  # fmt: skip
    asked = zip(growth["category"].values(), growth["growth_rate"].values(), strict=True)
    assert [(name, float(rate)) for name, rate in asked] == [(n, float(r)) for n, r in rates]
    printed = warehouse.execute(
        """SELECT record_type, max(record_count) FROM annual.t06_type_month
           WHERE year = ? GROUP BY ALL""", [int(YEAR)],
    ).fetchall()  # fmt: skip
    largest = zip(peaks["record_type"].values(), peaks["peak_count"].values(), strict=True)
    assert dict(largest) == dict(printed)
    # All records hold more: what leaves the scope out has another peak.
    everything = warehouse.execute(
        """SELECT count(*) FROM core.record WHERE year = ? AND record_type = '诉求'
           GROUP BY month ORDER BY 1 DESC LIMIT 1""", [int(YEAR)],
    ).fetchone()  # fmt: skip
    assert everything[0] > dict(printed)["诉求"]
    answers = [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]
    assert any("image/png" in out.get("data", {}) for cell in answers for out in cell.outputs)


@pytest.mark.slow
def test_all_sql_gives_the_same_rows_on_another_engine(other_engine, city, tmp_path):
    spark_engine.require_equal(other_engine, Home(city), tmp_path / "made")
