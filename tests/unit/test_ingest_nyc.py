"""Another city's real cases (where the file is present), or a generated file of the same shape.

Expected totals are counted with the csv module from the file itself, never by our code.
"""

import csv
import gzip
import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.support.city import empty_home
from tests.support.dump_files import fetch, load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(
    os.environ.get("HOTLINE_NYC_FILE", ROOT.parent / "shared/data/nyc_council_cases.csv.gz")
)
SKELETON = ROOT / "tests" / "homes" / "nyc"
COLUMNS = [
    "unique_key",
    "account",
    "opendate",
    "closedate",
    "complaint_type",
    "descriptor",
    "zip",
    "borough",
    "city",
]
PLACEHOLDERS = {"", "Please choose an issue...", "Select One", "@getxlate.Udf_Code_Genera"}
SPELLING = {"HOUSING AND BUILDINGS": "Housing and Buildings", "QUALITY OF LIFE": "Quality of Life"}


def generate(path: Path) -> None:
    """Write 3,000 invented cases of the same shape, two of them twice."""
    draw = random.Random(7)
    kinds = ["Housing and Buildings", "Transportation", "HOUSING AND BUILDINGS", *PLACEHOLDERS]
    rows = []
    for number in range(3000):
        day = f"20{draw.randrange(15, 25)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
        borough = draw.choice(["Brooklyn", "Staten Island", "Queens", ""])
        rows.append([f"NYCC{number}", "NYCC01", day, draw.choice(["", day]), draw.choice(kinds)])
        rows[-1] += [draw.choice(["Leak", ""]), "10001", borough, "New York"]
    rows[10][7], rows[20][7] = "Brooklyn", ""
    poor, rich = list(rows[10]), list(rows[20])
    poor[7], rich[7] = "", "Queens"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows([COLUMNS, *rows, poor, rich])


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nyc")
    path = folder / "cases.csv.gz"
    if REAL.is_file():
        path = REAL
    else:
        generate(path)
    home = empty_home(folder / "home")
    shutil.copytree(SKELETON / "data", home.root / "data")
    previous = os.environ.get("HOTLINE_KEY_FILE")
    os.environ["HOTLINE_KEY_FILE"] = str(folder / "key")
    result = load(home, path)
    if previous is None:
        del os.environ["HOTLINE_KEY_FILE"]
    else:
        os.environ["HOTLINE_KEY_FILE"] = previous
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert result.exit_code == 0, result.lines
    return home, result.loaded[0], rows


def survivors(rows):
    """One row per key: the one with more of the cells we read; of equal ones the first."""
    read = ("complaint_type", "descriptor", "borough", "closedate", "opendate")
    best = {}
    for row in rows:
        old = best.get(row["unique_key"])
        filled = sum(row[name] != "" for name in read)
        if old is None or filled > sum(old[name] != "" for name in read):
            best[row["unique_key"]] = row
    return list(best.values())


def test_every_case_is_accounted_for(cases):
    _home, receipt, rows = cases
    keys = {row["unique_key"] for row in rows}
    assert receipt.rows_read == len(rows)
    assert receipt.rows_rejected == 0
    assert receipt.rows_duplicate == len(rows) - len(keys)
    assert receipt.records == receipt.rows_loaded == len(keys)
    if REAL.is_file():
        assert (len(rows), receipt.rows_duplicate) == (341_299, 105)


def test_the_richer_of_two_rows_survives(cases):
    home, _, rows = cases
    repeated = [key for key, n in Counter(row["unique_key"] for row in rows).items() if n > 1]
    expected = sorted(
        (row["unique_key"], row["borough"] or "?")
        for row in survivors(rows)
        if row["unique_key"] in set(repeated)
    )
    ids = ", ".join(f"'{key}'" for key in repeated)
    tail = f"WHERE record_id IN ({ids}) ORDER BY ALL"
    assert fetch(home, "records", "record_id, place_district", tail) == expected


@pytest.mark.parametrize(
    ("column", "heading", "placeholders"),
    [
        ("category", "complaint_type", PLACEHOLDERS),
        ("place_district", "borough", {""}),
        ("subcategory", "descriptor", PLACEHOLDERS | {"--Select--"}),
    ],
)
def test_counts_by_name_agree_with_the_file(cases, column, heading, placeholders):
    home, _, rows = cases
    expected = Counter()
    for row in survivors(rows):
        value = " ".join(row[heading].split())
        value = SPELLING.get(value, value) if column == "category" else value
        expected["?" if value in placeholders else value] += 1
    found = dict(fetch(home, "records", f"{column}, count(*)", "GROUP BY 1"))
    assert found == dict(expected)


def test_counts_by_month_and_closing_agree_with_the_file(cases):
    home, receipt, rows = cases
    kept = survivors(rows)
    months = Counter(row["opendate"][:7] for row in kept)
    assert {f"{p.year}-{p.month:02d}": p.rows for p in receipt.partitions} == months
    closed = sum(row["closedate"] != "" for row in kept)
    assert fetch(home, "records", "count(closed_at)", "") == [(closed,)]


def test_nothing_is_invented(cases):
    home, receipt, _ = cases
    unknown = ("record_type", "handling", "channel", "unit_type", "unit", "resolution")
    unknown += ("satisfaction", "unit_district", "place_street", "status", "praise_form")
    columns = ", ".join(f"min({name}), max({name})" for name in unknown)
    assert set(fetch(home, "records", columns, "")[0]) == {"?"}
    absent = ("is_valid", "is_contacted", "is_epidemic", "is_company_desk", "caller_hash")
    columns = ", ".join(f"count({name})" for name in absent)
    assert set(fetch(home, "records", columns, "")[0]) == {0}
    assert receipt.has_tiers is False and receipt.optional_columns == ()
    assert receipt.unknown == {}
