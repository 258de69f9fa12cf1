"""The tiny invented city, solved: every claim holds by a second reading of the tables."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline import ledger
from pipeline.errors import CHECK_FAILED, NO_DATA, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.simulate.solve.counts import Solution, margin_faults
from pipeline.simulate.solve.solver import solve
from tests.support import solutions

YEAR = 2033
REFERENCE = solutions.GOLDEN / "data" / "reference"


@pytest.fixture(scope="module")
def claims() -> list[dict]:
    return ledger.load(Home(solutions.GOLDEN), YEAR).to_dict("records")


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solve(YEAR, Home(solutions.GOLDEN), seed=5)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the tiny city whose ledger a test may change."""
    shutil.copytree(solutions.GOLDEN / "data", tmp_path / "data")
    return tmp_path


def rewrite(city: Path, change) -> None:
    """Pass each row of the city's ledger through `change`; None drops it."""
    (path,) = (city / "data" / "published").glob("*.csv")
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in map(change, rows) if row is not None]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)


def unmark(city: Path) -> None:
    """Take away what was derived of contradictions."""
    for path in (city / "data" / "published" / "derived").glob("*.csv"):
        path.unlink()


def same(a: Solution, b: Solution) -> bool:
    return a.tables.keys() == b.tables.keys() and all(
        t.keys.equals(b.tables[k].keys) and np.array_equal(t.counts, b.tables[k].counts)
        for k, t in a.tables.items()
    )


def test_every_claim_holds_exactly(solution, claims):
    assert len(claims) > 20
    assert solution.report["skipped"] == {}
    assert solutions.faults(solution, claims, REFERENCE, YEAR) == []


@pytest.mark.slow
def test_the_second_reading_sees_a_single_count_that_moved(claims):
    moved = solve(YEAR, Home(solutions.GOLDEN), seed=5)
    moved.table("street", YEAR, 1).counts[:] += 1
    assert "tiny-3-east-gate" in solutions.faults(moved, claims, REFERENCE, YEAR)


def test_margins_agree_in_both_years_and_all_shells(solution):
    assert solution.years == [YEAR - 1, YEAR]
    assert solution.shells(YEAR) == solution.shells(YEAR - 1) == [1, 2]
    assert len(solution.tables) == 10 * 2 * 2
    assert margin_faults(solution.tables) == []


def test_tables_stay_near_the_prior(solution):
    assert solution.report["far_from_prior"] == []
    assert 1.0 < solution.report["largest_ratio_to_prior"] < 3.0


@pytest.mark.slow
def test_same_seed_same_tables_other_seed_others(solution):
    assert same(solution, solve(YEAR, Home(solutions.GOLDEN), seed=5))
    assert not same(solution, solve(YEAR, Home(solutions.GOLDEN), seed=6))


@pytest.mark.slow
def test_scaled_city_keeps_margins_and_size(solution):
    small = solve(YEAR, Home(solutions.GOLDEN), seed=5, scale=0.1)
    assert margin_faults(small.tables) == []
    assert small.total(YEAR) == pytest.approx(solution.total(YEAR) / 10, abs=2)


def test_a_contradiction_without_a_mark_is_named_with_its_amount(city):
    unmark(city)
    with pytest.raises(HotlineError) as fault:
        solve(YEAR, Home(city))
    assert fault.value.code == CHECK_FAILED
    # 4900 printed, 4400 everywhere else: 500 records apart.
    assert "tiny-5-dispatched-again(约 500 件)" in str(fault.value)


@pytest.mark.slow
def test_relax_solves_around_the_contradiction_and_says_so(city, claims):
    unmark(city)
    relaxed = solve(YEAR, Home(city), relax=True)
    assert [e["claim"] for e in relaxed.report["relaxed"]] == ["tiny-5-dispatched-again"]
    assert solutions.faults(relaxed, claims, REFERENCE, YEAR) == []


@pytest.mark.slow
def test_a_city_without_tiers_has_one_shell(city):
    rewrite(city, lambda r: None if r["scope"] == "tier2" else r | {"scope": "all"})
    plain = solve(YEAR, Home(city))
    assert plain.shells(YEAR) == plain.shells(YEAR - 1) == [0]
    left = ledger.load(Home(city), YEAR).to_dict("records")
    assert solutions.faults(plain, left, REFERENCE, YEAR) == []


def test_an_unknown_member_is_named(city):
    rewrite(
        city,
        lambda r: r | {"unit": "不存在的局"} if r["claim"] == "tiny-3-police" else r,
    )
    with pytest.raises(HotlineError, match=r"tiny-3-police.*不存在的局"):
        solve(YEAR, Home(city))


def test_a_year_without_claims_is_no_data():
    with pytest.raises(HotlineError) as fault:
        solve(1999, Home(solutions.GOLDEN))
    assert fault.value.code == NO_DATA


@pytest.mark.slow
def test_the_repository_ledger_holds_at_full_size():
    """About ten seconds: the product's main promise, on its own ledger and prior."""
    reference = REPOSITORY / "data" / "reference"
    kinds = ledger.metric_entities(Home())
    years = {c["year"] for c in ledger.rows(Home()) if kinds[c["metric"]] == "record"}
    assert years
    for year in sorted(years):
        claims = ledger.load(Home(), year).to_dict("records")
        solution = solve(year, Home())
        assert solution.report["skipped"] == {}
        assert solutions.faults(solution, claims, reference, year) == []
        assert margin_faults(solution.tables) == []
        assert solution.report["far_from_prior"] == []
