"""Planted faults: where the ledger can decide, the planted claim is among the first three suspects.

27 faults in copies of two ledgers; 3 of them the ledgers do not say enough to show. Of 20 more (a
neighbouring line's print, a sign, a sum that misses a part or has one twice) the right print is
offered, too.
"""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from pipeline.constraints.tables import exact_rows
from pipeline.contradictions.candidates import other_courses
from pipeline.contradictions.slips import opposite, written
from pipeline.home import Home
from pipeline.simulate.solve.solver import Task, solve
from tests.support import ledgers, solutions
from tests.support.ledgers import (
    BEIJING,
    BEIJING_FAULTS,
    BEIJING_OFFERED,
    TINY,
    TINY_FAULTS,
    TINY_OFFERED,
    YEAR,
    Fault,
    plant,
)

TINY_HOME = Home(TINY.parents[1])
FIRST = 3
SLIPS = ("decimal", "unit", "swap", "decimal2", "swap_far", "digit")
INVISIBLE = {
    # the year before follows from growth alone, and nothing else holds that category's
    "d003-4.1-growth",
    # each district's part of its region is open
    "d003-3.4-chaoyang",
    # neither of the two categories is counted
    "tiny-4-categories",
}


def named(faults: Iterable[Fault]) -> list:
    return [pytest.param(f, id=f"{f.kind}: {f.claim}".replace(" ", "-")) for f in faults]


def check(home: Home, source: Path, folder: Path, fault: Fault) -> None:
    claims = ledgers.claims_of(home, plant(source, folder, fault), YEAR[source])
    finding = ledgers.found(home, claims, widely=False)
    if fault.claim in INVISIBLE:
        assert finding.conflicts == []
        return
    assert len(finding.conflicts) == 1
    own = [s for s in finding.conflicts[0].suspects if s.claims == (fault.claim,)]
    if not own or own[0].best.kind not in SLIPS:
        # Other scopes and denominators could come before what is no slip.
        finding = ledgers.found(home, claims)
    place = ledgers.place(finding, fault.claim)
    assert place is not None and place <= FIRST


@pytest.mark.slow
@pytest.mark.parametrize("fault", named(BEIJING_FAULTS))
def test_a_fault_in_the_large_ledger(fault, tmp_path):
    check(Home(), BEIJING, tmp_path, fault)


@pytest.mark.parametrize("fault", named(TINY_FAULTS))
def test_a_fault_in_the_small_ledger(fault, tmp_path):
    check(TINY_HOME, TINY, tmp_path, fault)


def offered(home: Home, source: Path, folder: Path, fault: Fault) -> tuple[int | None, list[str]]:
    """The place of the planted claim among the suspects, and the forms offered for it."""
    claims = ledgers.claims_of(home, plant(source, folder, fault), YEAR[source])
    finding = ledgers.found(home, claims, widely=False)
    own = [s for c in finding.conflicts for s in c.suspects if s.claims == (fault.claim,)]
    return ledgers.place(finding, fault.claim), ledgers.forms(own[0]) if own else []


@pytest.mark.slow
@pytest.mark.parametrize("fault", named(BEIJING_OFFERED))
def test_the_right_print_is_offered_in_the_large_ledger(fault, tmp_path):
    place, forms = offered(Home(), BEIJING, tmp_path, fault)
    assert place == 1
    assert fault.right in forms[:2]


@pytest.mark.slow
@pytest.mark.parametrize("fault", named(TINY_OFFERED))
def test_the_right_print_is_offered_in_the_small_ledger(fault, tmp_path):
    place, forms = offered(TINY_HOME, TINY, tmp_path, fault)
    assert place is not None and place <= FIRST
    assert forms[0] == fault.right


def test_a_rise_called_a_fall_is_offered():
    (other,) = other_courses({"claim": "c", "relation": "much_lower"})
    assert (other.kind, other.claims[0]["relation"]) == ("sign", "much_higher")
    assert list(other_courses({"claim": "c", "relation": "equals"})) == []


@pytest.mark.parametrize(
    ("printed", "other"),
    [("12.3%", "-12.3%"), ("-12.3%", "12.3%"), ("约5%", "约-5%"), ("0.0%", None), ("六成", None)],
)
def test_the_other_sign_of_a_print(printed, other):
    assert opposite(printed) == other


@pytest.mark.parametrize(
    ("printed", "value", "form"),
    [
        ("402.3万件", "3940000", "394.0万件"), ("318件", "6600", "6600件"),
        ("60.04%", "0.3996", "39.96%"), ("1200余件", "1500", "1500余件"),
        ("284件/万人", "300", "300件/万人"), ("1.2亿件", "230000000", "2.3亿件"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_the_print_writes_its_own(printed, value, form):
    assert written(printed, Decimal(value)) == form


def test_at_least_twelve_faults_of_every_kind_are_planted():
    faults = (*BEIJING_FAULTS, *TINY_FAULTS)
    assert len({f.claim for f in faults}) >= 12
    assert {f.kind for f in faults} >= {
        *("factor of ten", "swapped digits", "changed digit", "unit"),
        *("wrong denominator", "wrong order", "misses a part"),
    }
    assert {f.claim for f in faults} >= INVISIBLE


@pytest.mark.parametrize(
    "source", [pytest.param(BEIJING, marks=pytest.mark.slow), TINY], ids=["large", "small"]
)
def test_the_ledgers_hold_before_anything_is_planted(source, tmp_path):
    home = Home() if source == BEIJING else TINY_HOME
    claims = ledgers.claims_of(home, plant(source, tmp_path), YEAR[source])
    assert ledgers.found(home, claims).conflicts == []


def invisible(source: Path, folder: Path) -> Path:
    """A copy of the ledger with all its invisible faults at once."""
    faults = [f for f in (*BEIJING_FAULTS, *TINY_FAULTS) if f.claim in INVISIBLE]
    return plant(source, folder, *faults)


@pytest.mark.slow
def test_where_the_small_ledger_cannot_decide_records_exist_for_it(tmp_path):
    """The solver deals whole records for which every claim holds, by a plain reading of them."""
    (tmp_path / "data").mkdir()
    for kept in ("reference", "calibration"):
        (tmp_path / "data" / kept).symlink_to(TINY_HOME.root / "data" / kept)
    folder = invisible(TINY, tmp_path / "data" / "published")
    city = Home(tmp_path)
    year = YEAR[TINY]
    claims = ledgers.claims_of(city, folder, year)
    solution = solve(year, city)
    assert solution.report["skipped"] == {}
    reference = TINY_HOME.root / "data" / "reference"
    assert solutions.faults(solution, claims, reference, year) == []


@pytest.mark.slow
def test_where_the_large_ledger_cannot_decide_the_full_tables_can_hold(tmp_path):
    """Tables over every member of the register, not the search's reduced ones, meet all claims."""
    claims = ledgers.claims_of(Home(), invisible(BEIJING, tmp_path), YEAR[BEIJING])
    task = Task(YEAR[BEIJING], Home(), claims, seed=1)
    rows, _ = exact_rows(task.model, task.constraints)
    low, high = np.isfinite(rows.lower), np.isfinite(rows.upper)
    answer = linprog(
        np.zeros(task.model.size),
        A_ub=sparse.vstack([rows.matrix[high], -rows.matrix[low]]) / 1000,
        b_ub=np.concatenate([rows.upper[high], -rows.lower[low]]) / 1000,
        A_eq=task.shares,
        b_eq=np.zeros(task.shares.shape[0]),
        method="highs",
    )
    assert answer.status == 0
    assert np.max(rows.excess(answer.x)) < 1e-2
    assert np.max(np.abs(task.shares @ answer.x)) < 1e-2


@pytest.mark.slow
def test_two_faults_at_once_are_two_contradictions(tmp_path):
    faults = (BEIJING_FAULTS[0], BEIJING_FAULTS[8])
    claims = ledgers.claims_of(Home(), plant(BEIJING, tmp_path, *faults), YEAR[BEIJING])
    finding = ledgers.found(Home(), claims, widely=False)
    assert len(finding.conflicts) == 2
    assert {c.suspects[0].claims for c in finding.conflicts} == {(f.claim,) for f in faults}


@pytest.mark.slow
def test_a_fault_hidden_behind_another_comes_to_light(tmp_path):
    """Both sit in the one section whose figures hold each other."""
    faults = (
        Fault("swapped digits", "d003-2-direct-share", "64.00%"),
        Fault("factor of ten", "d003-2-dispatched-tier1", "40.23万件"),
    )
    claims = ledgers.claims_of(Home(), plant(BEIJING, tmp_path, *faults), YEAR[BEIJING])
    finding = ledgers.found(Home(), claims, widely=False)
    suspects = {s.claims for c in finding.conflicts for s in c.suspects[:FIRST]}
    assert {(f.claim,) for f in faults} <= suspects
