"""The benchmark's table in docs/performance.md: a part run apart replaces its own lines only."""

from tests.bench.page import Row, merge

TABLE = ["| work | target | measured | on |", "|---|---|---|---|", "| a | 2 x | 3 x | d1 |"]


def test_a_measure_is_replaced_by_its_name_and_a_new_one_comes_last():
    lines = merge([*TABLE, "| b | 1 x | 1 x | d1 |"], [Row("c", "t", "5 x")], "d2")
    assert lines == ["| a | 2 x | 3 x | d1 |", "| b | 1 x | 1 x | d1 |", "| c | t | 5 x | d2 |"]
    again = merge([*TABLE[:2], *lines], [Row("a", "2 x", "1.9 x")], "d3")
    assert again[0] == "| a | 2 x | 1.9 x | d3 |" and again[1:] == lines[1:]
