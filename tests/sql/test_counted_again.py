"""The records answer like the metric table where months are missing and deliveries overlap."""

import csv

import pytest

from pipeline import ledger
from pipeline.audit.explain import gather
from pipeline.db import open_warehouse
from pipeline.home import Home
from pipeline.metrics import recount
from pipeline.warehouse import build
from tests.support.city import ask, deliver, make_home, record
from tests.support.ledgers import claim


@pytest.mark.slow
def test_every_figure_of_a_year_with_gaps_is_counted_again(small: Home):
    months = ask(small, "SELECT DISTINCT year, month FROM source.partition")
    names = [*ledger.KEY, "numerator", "denominator"]
    known = " AND ".join(f"{name} <> '?'" for name in ledger.DIMENSIONS)
    # Documents print months and years.
    claimed = "period_type IN ('month', 'year')"
    figures = ask(
        small, f"SELECT {', '.join(names)} FROM metric.figure WHERE {known} AND {claimed}"
    )
    assert len(figures) > 200
    wrong = []
    con = open_warehouse(small, ())
    for figure in figures:
        claim = dict(zip(names, figure, strict=True)) | {"dimension": "", "relation": "equals"}
        query = recount.from_records(claim, months)
        assert query is not None, claim["metric"]
        ((numerator, denominator, _),) = con.execute(query.sql).fetchall()
        if (numerator, denominator) != (claim["numerator"], claim["denominator"]):
            wrong.append((claim, numerator, denominator))
    assert wrong == []


def test_a_month_that_only_a_supplement_has_is_compared_in_neither_way(tmp_path):
    """Of 2019 January alone has records: six of 2020-01 are compared with five, February is not."""
    home = make_home(tmp_path)
    days = {
        "2019-01": (1, 8, 15, 22, 30),
        "2020-01": (1, 7, 13, 19, 25, 31),
        "2020-02": (1, 6, 11, 16, 21, 28),
    }
    for sequence, (month, received) in enumerate(days.items()):
        rows = [record(f"{month}-{day}", f"{month}-{day:02d} 08:00:00") for day in received]
        deliver(home, rows, sequence=sequence)
    deliver(home, [record("lost", "2019-02-05 08:00:00")], sequence=9, is_supplement=True)
    build(home)
    growth = claim(
        *("equals", "0.1995", "0.2005"),
        metric="growth_record_count", scope="all", period_type="year", period="2020",
        printed="20.0%", document="d", section="1 总体",
    )  # fmt: skip
    with (home.root / "data/published/d.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ledger.FILE_COLUMNS)
        cells = [growth[name] for name in ledger.FILE_COLUMNS]
        writer.writerow(["" if cell is None else cell for cell in cells])
    found = gather(home, "c")
    pairs = [(row["numerator"], row["denominator"]) for row in found["figures"]]
    assert pairs == [(1, 5)]
    assert [(row["numerator"], row["denominator"]) for row in found["recounted"]] == pairs
    assert found["is_agreed"]
