"""The numeric parts of the solver: nearest point, relaxation, rounding, scaling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from pipeline.constraints.lp import Rows, nearest, relaxation
from pipeline.simulate.solve.counts import margin_faults
from pipeline.simulate.solve.integerise import (
    apportion,
    apportion_groups,
    fit_margins,
    round_near,
    scaled,
)
from tests.support.solutions import example_solution


def rows(matrix, lower, upper):
    return Rows(sparse.csr_matrix(np.array(matrix, float)), np.array(lower), np.array(upper))


def test_nearest_with_fixed_margins_is_proportional_fitting():
    prior = np.array([10.0, 20.0, 30.0, 40.0])
    margins = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]]
    totals = np.array([60.0, 40.0, 55.0])
    point = nearest(prior, rows(margins, totals, totals), 1.0)
    # Worked by hand: a 2 x 2 table keeps its odds ratio (10 * 40) / (20 * 30) = 2 / 3.
    assert point.sound
    a, b, c, d = point.x
    assert (a + b, c + d, a + c) == pytest.approx((60, 40, 55))
    assert a * d / (b * c) == pytest.approx(2 / 3)


def test_nearest_stays_inside_its_interval_and_moves_no_further_than_it_must():
    point = nearest(np.array([100.0, 100.0]), rows([[1.0, 0.0]], [150.0], [400.0]), 1.0)
    assert point.sound
    assert 150 < point.x[0] < 160
    assert point.x[1] == pytest.approx(100)


def test_nearest_reports_rows_that_cannot_hold():
    both = rows([[1.0, 1.0], [1.0, 1.0]], [100.0, 300.0], [200.0, 400.0])
    assert not nearest(np.array([50.0, 50.0]), both, 1.0).sound


def test_relaxation_names_the_row_and_the_amount():
    # x + y = 100 is hard; x >= 70 and y >= 45 miss each other by 15, and y is the dearer row.
    three = rows([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [100.0, 70.0, 45.0], [100.0, 1e9, 1e9])
    got = relaxation(three, np.array([False, True, True]), np.array([1.0, 2.0, 1.0]))
    assert got == pytest.approx([0.0, -15.0, 0.0])


def test_relaxation_is_zero_where_all_rows_hold():
    one = rows([[1.0, 1.0]], [90.0], [110.0])
    assert relaxation(one, np.array([True]), np.ones(1)) == pytest.approx([0.0])


def test_apportion_gives_largest_remainders_and_the_first_of_equals():
    assert apportion(np.array([1.0, 1.0, 1.0]), 7).tolist() == [3, 2, 2]
    assert apportion(np.array([50.0, 30.0, 20.0]), 9).tolist() == [4, 3, 2]
    assert apportion(np.array([0.0, 0.0]), 0).tolist() == [0, 0]
    with pytest.raises(ValueError):
        apportion(np.zeros(2), 3)


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30), st.integers(0, 10**7))
def test_apportion_sums_to_the_total_and_stays_within_one(weights, total):
    w = np.array(weights)
    got = apportion(w, total)
    assert got.sum() == total
    assert np.all(np.abs(got - w * total / w.sum()) < 1 + 1e-6)


def test_apportion_groups_keeps_each_group():
    got = apportion_groups(np.array([1.0, 3.0, 1.0, 1.0]), np.array([1, 1, 0, 0]), np.array([5, 8]))
    assert got.tolist() == [2, 6, 3, 2]


def test_fit_margins_meets_both_margins():
    rows_of, columns_of = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    margins = [(rows_of, np.array([30.0, 70.0])), (columns_of, np.array([45.0, 55.0]))]
    x = fit_margins(np.array([1.0, 2.0, 3.0, 4.0]), margins)
    assert np.bincount(rows_of, x) == pytest.approx([30, 70])
    assert np.bincount(columns_of, x) == pytest.approx([45, 55])


def test_round_near_keeps_margins_and_nearest_neighbours():
    x = np.array([1.4, 2.6, 3.6, 0.4])
    margins = rows([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]], [4.0, 4.0, 5.0], [4.0, 4.0, 5.0])
    assert round_near(x, margins).tolist() == [1, 3, 4, 0]


def test_round_near_goes_farther_where_the_neighbours_do_not_do():
    got = round_near(np.array([1.4, 2.6]), rows([[1.0, 0.0]], [6.0], [np.inf]))
    assert got.tolist() == [6, 3]
    assert round_near(np.array([1.0]), rows([[1.0], [1.0]], [2.0, -np.inf], [np.inf, 1.0])) is None


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.1, 0.013, 0.002])
def test_scaled_tables_keep_their_margins(factor):
    solution = example_solution(records=3000, shells=(1, 2))
    small = scaled(solution, factor)
    assert margin_faults(small.tables) == []
    assert small.tables.keys() == solution.tables.keys()
    for year, shell in solution.instances():
        assert small.total(year, shell) == round(3000 * factor)


def test_margin_faults_sees_a_count_that_was_changed():
    solution = example_solution(records=300)
    table = solution.table("sub", 2001, 1)
    table.counts[0] += 1
    faults = margin_faults(solution.tables)
    assert len(faults) == 1
    assert faults[0].startswith("sub 2001 shell 1")
