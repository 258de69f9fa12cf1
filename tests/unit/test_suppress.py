"""Small counts stay hidden: cases worked by hand, and no hidden count follows from the totals."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline.narrative.suppress import Rule, hidden_rows, protect, rule


def test_a_lone_small_count_takes_the_next_smallest_with_it():
    # Total 3 + 40 + 12 = 55 is published: 3 alone would be 55 - 40 - 12.
    assert protect([3, 40, 12], [[0, 1, 2]], 5) == {0, 2}


def test_two_small_counts_hide_each_other():
    assert protect([3, 40, 1], [[0, 1, 2]], 5) == {0, 2}


def test_zero_and_what_is_large_enough_are_published():
    assert protect([0, 5, 9], [[0, 1, 2]], 5) == set()


def test_a_zero_is_hidden_only_where_nothing_else_is_left():
    assert protect([0, 4], [[0, 1]], 5) == {0, 1}
    assert protect([0, 4, 90], [[0, 1, 2]], 5) == {1, 2}


def test_rows_and_columns_both_have_totals():
    # 2 is in the first row and column. Its row hides 20, its column 10; then 20 and 10 are
    # alone in theirs, so the fourth corner, 30, goes too.
    counts = [2, 20, 99, 10, 30, 99, 99, 99, 99]
    lines = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8]]
    assert protect(counts, lines, 5) == {0, 1, 3, 4}


def test_two_in_every_line_are_not_always_enough():
    # Two squares of hidden counts, joined by the small 1 alone: the sums of the first square's rows
    # less those of its columns give the 1, though every line holds two hidden counts.
    counts = {(0, 0): 4, (0, 1): 4, (1, 0): 4, (1, 1): 4, (1, 2): 1,
              (2, 2): 4, (2, 3): 4, (3, 2): 4, (3, 3): 4}  # fmt: skip
    flat = [counts.get((r, c), 50) for r in range(4) for c in range(4)]
    rows = [[4 * r + c for c in range(4)] for r in range(4)]
    columns = [[4 * r + c for r in range(4)] for c in range(4)]
    hidden = protect(flat, rows + columns, 5)
    assert hidden > {4 * r + c for r, c in counts}
    assert _open(flat, rows + columns, hidden, 6)


def test_what_is_not_known_neither_hides_nor_is_hidden():
    assert protect([None, 3, 8], [[0, 1, 2]], 5) == {1, 2}


def test_the_rule_of_a_table_is_read_from_its_row():
    row = {"suppress_below_count": 5, "suppress_by": "n", "suppress_within": "a|b+c"}
    assert rule(row) == Rule(5, "n", (("a",), ("b", "c")))
    assert rule({"suppress_below_count": None}) is None
    whole = rule({"suppress_below_count": 5, "suppress_by": "n", "suppress_within": None})
    assert whole == Rule(5, "n", ((),))


def test_lines_are_made_of_equal_values():
    rows = [("x", "p", 2), ("x", "q", 30), ("x", "r", 8), ("y", "p", 40), ("y", "q", 1)]
    # x: 2 takes 8; of 40 is left 10, and 30 is open. y: 1 takes 40, and 41 is left.
    hidden = hidden_rows(Rule(5, "n", (("a",),)), ["a", "b", "n"], rows)
    assert hidden == {0: 10, 2: 10, 3: 41, 4: 41}
    # The whole table is one line: 1 and 2 hide each other, and are at most 3.
    assert hidden_rows(Rule(5, "n", ((),)), ["a", "b", "n"], rows) == {0: 3, 4: 3}


def test_a_total_is_no_part_of_its_own_line():
    # By b: p is 2 + 30 = 32, printed as 合计. Its 2 must take the 30, not the 合计; of y 90 more.
    rows = [("合计", "p", 32), ("合计", "q", 90), ("x", "p", 2), ("y", "p", 30), ("y", "q", 90)]
    hidden = hidden_rows(Rule(5, "n", (("a",), ("b",))), ["a", "b", "n"], rows)
    assert hidden == {2: 32, 3: 32, 4: 120}


def test_of_a_single_line_no_open_count_is_smaller_than_a_hidden_one():
    # Left are 3 + 4 + 4 = 11, but 6 is open: knowing that the smallest go first gives more.
    rows = [(name, count) for name, count in zip("pqrstu", (90, 6, 3, 4, 4, 0), strict=True)]
    assert hidden_rows(Rule(5, "n", ((),)), ["a", "n"], rows) == {2: 6, 3: 6, 4: 6}
    # In two lines a count may be hidden for the other one: 20 and 10 hide beside the 2.
    grid = [
        (f"r{n // 3}", f"c{n % 3}", c) for n, c in enumerate([2, 20, 99, 10, 30, 99, *[99] * 3])
    ]
    hidden = hidden_rows(Rule(5, "n", (("a",), ("b",))), ["a", "b", "n"], grid)
    assert hidden == {0: 12, 1: 22, 3: 12, 4: 40}


def test_what_no_line_binds_is_hidden_for_its_own_sake():
    rows = [("x", 3), ("y", 90)]
    assert hidden_rows(Rule(5, "n", (("a",),)), ["a", "n"], rows) == {0: 4}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_hidden_small_count_follows_from_the_totals(data):
    height, width = data.draw(st.integers(2, 5)), data.draw(st.integers(2, 5))
    cell = st.one_of(st.integers(0, 6), st.integers(0, 400))
    counts = data.draw(st.lists(cell, min_size=height * width, max_size=height * width))
    rows = [list(range(r * width, (r + 1) * width)) for r in range(height)]
    columns = [list(range(c, height * width, width)) for c in range(width)]
    hidden = protect(counts, rows + columns, 5)
    small = {place for place, count in enumerate(counts) if 0 < count < 5}
    assert small <= hidden
    for place in small:
        assert _open(counts, rows + columns, hidden, place) or _alone(
            counts, rows + columns, hidden, place
        )


def _open(counts, lines, hidden, place) -> bool:
    """Return whether the totals and what is published leave the count more than one value."""
    places = sorted(hidden)
    matrix = np.array([[1.0 if p in line else 0.0 for p in places] for line in lines])
    totals = matrix @ np.array([counts[p] for p in places], dtype=float)
    aim = np.array([1.0 if p == place else 0.0 for p in places])
    low = linprog(aim, A_eq=matrix, b_eq=totals, bounds=(0, None)).fun
    high = -linprog(-aim, A_eq=matrix, b_eq=totals, bounds=(0, None)).fun
    return high - low > 0.5


def _alone(counts, lines, hidden, place) -> bool:
    """Return whether everything that could hide the count is hidden already."""
    return all(set(line) <= hidden for line in lines if place in line)
