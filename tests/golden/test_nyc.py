"""A real dump that nobody here wrote: another city's cases, from the file to the yearly tables.

Where the file is absent a generated one of the same shape runs. Expected totals are counted with
the csv module.
"""

import csv
import datetime
import gzip
import json
import os
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.home import REPOSITORY

pytestmark = pytest.mark.slow

REAL = Path(
    os.environ.get("HOTLINE_NYC_FILE", REPOSITORY.parent / "shared/data/nyc_council_cases.csv.gz")
)
PLACEHOLDERS = {"", "Please choose an issue...", "Select One", "@getxlate.Udf_Code_Genera"}


def generate(path: Path) -> None:
    """Write cases of the same shape: every second day, ending on 9 January 2025."""
    day, last, number = datetime.date(2018, 1, 1), datetime.date(2025, 1, 9), 0
    with gzip.open(path, "wt", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            ["unique_key", "opendate", "closedate", "complaint_type", "descriptor", "borough"]
        )
        while day <= last:
            if day.year != 2024 or day.month < 3:
                kind = ["Transportation", "Parks", "Select One"][number % 3]
                row = [f"NYCC{number}", day, day, kind, "", ["Queens", "", "BRONX"][number % 3]]
                writer.writerow(row)
                if number % 500 == 1:
                    writer.writerow([*row[:2], "", *row[3:]])
                number += 1
            day += datetime.timedelta(days=2)


@pytest.fixture(scope="module")
def city(tmp_path_factory, request):
    """Return the home after a run for 2019, the screen, and the distinct cases of the file."""
    folder = tmp_path_factory.mktemp("nyc")
    home, file = folder / "home", REAL
    shutil.copytree(REPOSITORY / "tests/homes/nyc", home)
    if not file.is_file():
        file = folder / "cases.csv.gz"
        generate(file)
    patch = pytest.MonkeyPatch()
    patch.setenv("HOTLINE_KEY_FILE", str(folder / "key"))
    request.addfinalizer(patch.undo)
    runner = CliRunner()
    for arguments in (["ingest", str(file)], ["run", "2019"]):
        result = runner.invoke(main, ["--home", str(home), *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    with gzip.open(file, "rt", encoding="utf-8", newline="") as handle:
        cases = {row["unique_key"]: row for row in csv.DictReader(handle)}
    return home, result.output, list(cases.values())


@pytest.fixture(scope="module")
def warehouse(city):
    with duckdb.connect(str(city[0] / "data/warehouse/hotline.duckdb"), read_only=True) as con:
        yield con


def test_yearly_totals_agree_with_the_file(city, warehouse):
    expected = Counter(int(row["opendate"][:4]) for row in city[2])
    found = warehouse.execute("SELECT year, record_count FROM annual.t01_overview").fetchall()
    assert dict(found) == dict(expected)


def test_categories_agree_with_the_file_and_placeholders_are_unknown(city, warehouse):
    same = {"HOUSING AND BUILDINGS": "Housing and Buildings", "QUALITY OF LIFE": "Quality of Life"}
    expected = Counter(
        "?" if row["complaint_type"] in PLACEHOLDERS
        else same.get(row["complaint_type"], row["complaint_type"])
        for row in city[2] if row["opendate"].startswith("2019")
    )  # fmt: skip
    found = warehouse.execute(
        "SELECT category, record_count FROM annual.t15_category"
        " WHERE year = 2019 AND record_count > 0"
    ).fetchall()
    assert dict(found) == dict(expected)


def test_the_last_years_are_partial_and_2019_is_not(warehouse):
    partial = dict(warehouse.execute("SELECT year, is_partial FROM annual.t01_overview").fetchall())
    assert partial[2024] and partial[2025]
    assert not partial[2019]


def test_what_repeats_is_unknown_without_callers_texts_and_dispatches(warehouse):
    counts = warehouse.execute(
        "SELECT repeat_kind, count(record_count), count(record_share), bool_or(is_printed) "
        "FROM monthly.m11_repeat GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert len(counts) == 5 and {row[1:] for row in counts} == {(0, 0, False)}
    assert warehouse.execute(
        "SELECT count(*) FROM metric.figure WHERE metric IN ('redispatched_count', "
        "'repeat_call_count', 'reopened_count', 'mass_matter_count', 'copied_text_count', "
        "'caller_count')"
    ).fetchall() == [(0,)]


def test_what_the_dump_cannot_say_is_said_and_not_invented(city, warehouse):
    screen = city[1]
    assert "三率" in screen and "万人承办量" in screen and screen.count("不可计算") == 2
    invented = warehouse.execute(
        """SELECT count(*) FROM metric.figure
           WHERE metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate', 'per_10k')"""
    ).fetchall()
    assert invented == [(0,)]
    report = json.loads((city[0] / "data/reports/2019/report.json").read_text("utf-8"))
    assert any("三率" in note for note in report["notes"]), report["notes"]
    titles = [section["title"] for section in report["sections"]]
    assert not any("三率" in title or "办理结果" in title for title in titles), titles
