"""Records made from count tables have exactly the counts of every table."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import HotlineError
from pipeline.simulate.dump.expand import Records, expand
from pipeline.simulate.solve.counts import Solution
from tests.support.solutions import example_solution

SHARES = (0.9, 0.08, 0.02)


def make(solution: Solution, year: int = 2001, seed: int = 3) -> Records:
    return expand(solution, year, seed=seed, caller_share=0.4, dispatch_shares=SHARES)


def as_frame(records: Records) -> pd.DataFrame:
    frame = pd.DataFrame({name: column.texts() for name, column in records.columns.items()})
    return frame.assign(caller=records.caller, hops=records.hops)


@pytest.mark.parametrize("shells", [(1, 2, 3), (0,)])
@pytest.mark.parametrize("year", [2000, 2001])
def test_group_counts_equal_every_table(shells: tuple[int, ...], year: int) -> None:
    solution = example_solution(700, shells=shells)
    frame = as_frame(make(solution, year))
    assert len(frame) == 700 * len(shells)
    frame["street"] = frame["street"].str.split("/").str[-1]
    applies = {
        "unit": frame["unit_type"].isin(["市级部门", "国有企业", "电商企业"]),
        "street": frame["unit_type"] == "街乡镇",
        "outcome": frame["handling"] == "派单",
    }
    for (name, y, shell), table in solution.tables.items():
        if y != year:
            continue
        rows = frame[(frame["shell"] == str(shell)) & applies.get(name, True)]
        have = rows.groupby(list(table.dims)).size().to_dict()
        want = table.frame().set_index(list(table.dims))["n"].to_dict()
        assert have == want, (name, shell)


def test_columns_that_do_not_apply_are_unknown() -> None:
    frame = as_frame(make(example_solution(700)))
    direct = frame[frame["handling"] == "直接解答"]
    assert set(direct["unit"]) == set(direct["street"]) == set(direct["outcome"]) == {"?"}
    assert set(frame.loc[frame["unit_type"] == "区", "unit"]) == {"?"}
    streets = frame[frame["unit_type"] == "街乡镇"]
    assert (streets["street"].str.split("/").str[0] == streets["district"]).all()


def test_tables_that_disagree_are_refused() -> None:
    solution = example_solution(300, shells=(1,))
    key = ("sub", 2001, 1)
    counts = solution.tables[key].counts.copy()
    counts[0] += 1
    wrong = dataclasses.replace(solution.tables[key], counts=counts)
    with pytest.raises(HotlineError, match="sub 2001/1"):
        make(Solution({**solution.tables, key: wrong}))


def test_what_no_table_ties_together_is_independent() -> None:
    """Dealing in cell order instead of shuffled would put one unit type into the first months."""
    frame = as_frame(make(example_solution(40_000, shells=(1,))))
    cross = frame.groupby(["month", "unit_type"]).size().unstack(fill_value=0).to_numpy()
    expected = cross.sum(1, keepdims=True) * cross.sum(0, keepdims=True) / cross.sum()
    chi_square = ((cross - expected) ** 2 / expected).sum()
    freedom = (cross.shape[0] - 1) * (cross.shape[1] - 1)
    assert chi_square < freedom + 5 * np.sqrt(2 * freedom)


def test_callers_are_exactly_as_many_as_wished_and_skewed() -> None:
    records = make(example_solution(5_000, shells=(1, 2)))
    numbers, calls = np.unique(records.caller, return_counts=True)
    assert len(numbers) == 4_000
    assert numbers.max() == 3_999
    busiest = np.sort(calls)[::-1][:40].sum()
    assert busiest > 0.05 * records.count, "a hundredth of the callers makes far more of the calls"


def test_earlier_dispatches_are_exactly_as_many_as_wished() -> None:
    frame = as_frame(make(example_solution(5_000, shells=(1,))))
    dispatched = frame[frame["handling"] == "派单"]
    assert (dispatched["hops"] == 1).sum() == round(0.08 * len(dispatched))
    assert (dispatched["hops"] == 2).sum() == round(0.02 * len(dispatched))
    assert frame.loc[frame["handling"] == "直接解答", "hops"].sum() == 0


def test_months_hold_each_record_once() -> None:
    records = make(example_solution(700))
    positions = np.concatenate(list(records.by_month.values()))
    assert sorted(positions.tolist()) == list(range(records.count))
    months = records.columns["month"].texts()
    assert all(set(months[at]) == {f"{month:02d}"} for month, at in records.by_month.items())
    assert list(records.by_month) == list(range(1, 13))


def test_same_seed_same_records_and_another_seed_others() -> None:
    solution = example_solution(700)
    first, again, other = (as_frame(make(solution, seed=seed)) for seed in (3, 3, 4))
    assert first.equals(again)
    assert not first.equals(other)
