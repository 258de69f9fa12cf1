"""Faults planted in the ledgers of grid events and plan indicators come to light."""

import csv
from pathlib import Path

import pytest

from pipeline.contradictions.ledger_source import read_years
from pipeline.contradictions.problem import read_claims
from pipeline.contradictions.search import Contradiction, search
from pipeline.home import REPOSITORY, Home

PUBLISHED = REPOSITORY / "data" / "published"


def found(tmp_path: Path, name: str, claim: str, **cells: str) -> Contradiction:
    """Return the findings on a copy of a ledger in which one claim was changed."""
    with (PUBLISHED / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = [{**row, **cells} if row["claim"] == claim else row for row in reader]
    with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    home = Home()
    ((year, claims),) = read_years(home, tmp_path, None).items()
    finding = Contradiction(read_claims(home, year, claims))
    list(search(finding))
    return finding


@pytest.mark.parametrize(("name", "count"), [("d004", 3), ("d002", 6)])
def test_the_ledgers_as_printed_hold(tmp_path, name: str, count: int):
    finding = found(tmp_path, name, "")
    assert finding.conflicts == [] and len(finding.reading.constraints) == count


@pytest.mark.parametrize(
    ("name", "claim", "cells", "repaired"),
    [
        # 520.37 of 554.49 are 93.85%: two digits swapped.
        (
            "d004",
            "d004-grid-solved-rate",
            {"printed": "98.35%", "lower": "0.98345", "upper": "0.98355"},
            "93.85%",
        ),
        # More indicators done than assessed.
        ("d002", "d002-done", {"printed": "41个", "lower": "40.5", "upper": "41.5"}, "14个"),
        # 10 of 26 are 38.5%: two digits swapped.
        (
            "d002",
            "d002-on-track-share",
            {"printed": "35.8%", "lower": "0.3575", "upper": "0.3585"},
            "38.5%",
        ),
    ],
)
def test_a_planted_fault_is_the_first_suspect(tmp_path, name, claim, cells, repaired):
    (conflict,) = found(tmp_path, name, claim, **cells).conflicts
    assert conflict.suspects[0].claims == (claim,)
    assert conflict.suspects[0].best.printed == repaired
