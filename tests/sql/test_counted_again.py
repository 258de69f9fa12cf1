"""The records answer like the metric table where months are missing and deliveries overlap."""

from pipeline import ledger
from pipeline.db import open_warehouse
from pipeline.home import Home
from pipeline.metrics import recount
from tests.support.city import ask


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
