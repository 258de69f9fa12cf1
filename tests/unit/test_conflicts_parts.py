"""The parts of the search: slips of a printed figure, reduced tables, and the order of repairs."""

import csv
import math
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline import ledger
from pipeline.constraints.claim_constraints import Constraint
from pipeline.constraints.ratio import Ratio, Selector
from pipeline.contradictions.diagnose import coverage_of
from pipeline.contradictions.junction_tree import cliques, tree
from pipeline.contradictions.minimal_set import irreducible
from pipeline.contradictions.problem import read_claims
from pipeline.contradictions.program import ValueRange, build
from pipeline.contradictions.reduced_domain import NONE, REST, ReducedDomain, closure
from pipeline.contradictions.repair import KINDS, Repair
from pipeline.contradictions.slips import slips
from pipeline.home import Home
from pipeline.numbers import Interval

LETTERS = {
    "category": ("甲", "乙", "丙"),
    "record_type": ("诉求", "咨询"),
    "channel": ("电话", "网络"),
}
SIDES = ("category", "record_type", "handling", "channel")


def forms(printed: str, kind: str) -> set[str]:
    return {s.printed for s in slips(printed) if s.kind == kind}


@pytest.mark.parametrize(
    ("printed", "kind", "expected"),
    [
        ("13.9万件", "decimal", {"1.39万件", "139万件"}),
        ("13.9万件", "decimal2", {"0.139万件", "1390万件"}),
        ("13.9万件", "swap", {"31.9万件", "19.3万件"}),
        ("13.9万件", "swap_far", {"93.1万件"}),
        ("12.44%", "swap", {"21.44%", "14.24%"}),
        # 318.5 is no count of records: nothing is left of a point moved to the left.
        ("318件", "decimal", {"3180件"}),
        ("6600件", "decimal", {"660件", "66000件"}),
        ("约4000件", "decimal", {"约400件", "约40000件"}),
        ("8400余件", "unit", {"8400余万件"}),
        ("1.2万件", "unit", set()),
        ("100万件", "unit", {"100件"}),
        ("939件/万人", "unit", set()),
    ],
)
def test_slips_of_a_form(printed, kind, expected):
    assert forms(printed, kind) == expected


def test_one_digit_has_nine_others_and_a_leading_one_may_be_too_many():
    changed = forms("13.9万件", "digit")
    assert {"23.9万件", "10.9万件", "13.8万件", "3.9万件"} <= changed
    assert len(changed) == 27
    assert "3.1万件" in forms("13.9万件", "digits")


def test_a_form_is_explained_once_and_never_by_itself():
    found = slips("11.0万件")
    assert len({s.printed for s in found}) == len(found)
    assert "11.0万件" not in {s.printed for s in found}


@pytest.mark.parametrize("printed", ["不足一成", "", "**%", "10:甲区=6|乙区=4"])
def test_forms_that_are_no_figures_have_no_slips(printed):
    assert slips(printed) == []


def test_a_ring_of_cuts_gets_a_chord():
    ring = [frozenset(p) for p in ("ab", "bc", "cd", "da")]
    found = cliques(ring)
    assert sorted(map(sorted, found)) == [["a", "b", "d"], ["b", "c", "d"]]
    assert tree(found) == [(0, 1)]


def test_a_chain_of_cuts_stays_as_it_is():
    chain = [frozenset(p) for p in ("ab", "bc", "cd")]
    assert set(cliques(chain)) == set(chain)


def members(rest: int | None = 0) -> ReducedDomain:
    named = {(d, ""): list(names) for d, names in LETTERS.items()}
    known = {key: list(names) for key, names in named.items()}
    if rest is None:
        del known[("category", "")]
    else:
        known[("category", "")] += [f"无名{i}" for i in range(rest)]
    return ReducedDomain((), named, known)


def cut(value_of: dict[str, str]) -> tuple[tuple[Fraction, Selector], ...]:
    filters = tuple(sorted((d, (m,)) for d, m in value_of.items()))
    return ((Fraction(1), Selector("base", 1, 0, filters)),)


sides = {**LETTERS, "handling": ("直接解答", "派单")}
a_cut = st.lists(st.sampled_from(SIDES), min_size=1, max_size=2, unique=True).flatmap(
    lambda dims: st.fixed_dictionaries({d: st.sampled_from(sides[d]) for d in dims})
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(a_cut, min_size=1, max_size=8),
    st.lists(st.integers(0, 40), min_size=24, max_size=24),
    a_cut,
    st.integers(0, 3),
)
def test_reduced_tables_allow_exactly_what_records_allow(cuts, counts, asked, slack):
    """Against a plain program over every combination of the four columns."""
    cells = list(product(*(sides[d] for d in SIDES)))
    truth = dict(zip(cells, counts, strict=True))

    def row(value_of: dict[str, str]) -> list[float]:
        return [float(all(c[SIDES.index(d)] == m for d, m in value_of.items())) for c in cells]

    sums = [sum(np.array(row(c)) * np.array(list(truth.values()))) for c in cuts]
    constraints = {
        str(i): [Constraint(str(i), cut(c), (), Fraction(int(v)), Fraction(int(v) + slack + 1))]
        for i, (c, v) in enumerate(zip(cuts, sums, strict=True))
    }
    # The asked cut is part of the model, without saying anything.
    constraints["asked"] = [Constraint("asked", cut(asked), (), Fraction(0), None)]
    program = build(members(), constraints)
    found = program.range(Ratio(cut(asked)), list(constraints))
    upper = [row(c) for c in cuts] + [[-f for f in row(c)] for c in cuts]
    bound = [v + slack for v in sums] + [-v for v in sums]
    for sign, end in ((1, found.lower), (-1, found.upper)):
        plain = linprog(
            sign * np.array(row(asked)), A_ub=upper, b_ub=bound, bounds=(0, 1e8), method="highs"
        )
        limit = sign * plain.fun
        assert end == pytest.approx(limit, abs=1e-4) or (math.isinf(end) and limit > 1e7)


def test_the_rest_of_a_list_holds_no_more_than_its_members_may():
    """Ten of the register's categories are listed, the last with less than 330,000 records.

    Each of the others has fewer by one record at least.
    """
    kept = ("d003-4-categories", "d003-4.10-total")
    claims = [c for c in ledger.rows(Home()) if c["claim"] in kept]
    with Home().reference_files()["category"].open(encoding="utf-8-sig") as file:
        known = {row["category"] for row in csv.DictReader(file)}
    reading = read_claims(Home(), 2020, claims)
    listed = claims[0]["members"].split("|")
    assert reading.members.listed("category") == [*listed, REST]
    others = len(known - set(listed))
    last = int(claims[1]["upper"]) - 1
    rest = ((Fraction(1), Selector("base", 2020, 1, (("category", (REST,)),))),)
    found = build(reading.members, reading.constraints).range(Ratio(rest), list(kept))
    assert (found.lower, found.upper) == pytest.approx((0, others * (last - 1)), abs=1)


def test_a_minimal_set_is_shown_by_the_earliest_claims():
    def at_most(name: str, value_of: dict[str, str], n: int) -> list[Constraint]:
        return [Constraint(name, cut(value_of), (), None, Fraction(n + 1))]

    constraints = {
        "total": [Constraint("total", cut({}), (), Fraction(100), None)],
        "phone": at_most("phone", {"channel": "电话"}, 50),
        "online": at_most("online", {"channel": "网络"}, 40),
        "again": at_most("again", {}, 80),
    }
    program = build(members(), constraints)
    assert irreducible(program, ["total", "phone", "online", "again"]) == [
        "total",
        "phone",
        "online",
    ]
    assert irreducible(program, ["again", "total", "phone", "online"]) == ["again", "total"]
    assert irreducible(program, ["total", "phone", "again"][:2]) == []


def test_a_ratio_may_be_what_its_parts_allow():
    """10..20 of 40..50: between 10/50 and 20/40."""
    constraints = {
        "part": [Constraint("part", cut({"channel": "电话"}), (), Fraction(10), Fraction(21))],
        "all": [Constraint("all", cut({}), (), Fraction(40), Fraction(51))],
    }
    found = build(members(), constraints).range(
        Ratio(cut({"channel": "电话"}), cut({})), list(constraints)
    )
    assert (found.lower, found.upper) == pytest.approx((0.2, 0.5), abs=1e-6)


def test_what_does_not_apply_to_a_record_is_kept_apart():
    known = members()
    assert closure({"street"}) == {"street", "district", "unit_type", "handling"}
    assert closure({"is_valid", "category"}) == {"outcome", "handling", "category"}
    assert known.allowed("unit_type", {"handling": "直接解答"}) == (NONE,)
    assert known.allowed("outcome", {"handling": "直接解答"}) == (NONE,)


@pytest.mark.parametrize(
    ("found", "low", "high", "coverage"),
    [
        ((0, 100), 40, 60, 0.2),
        ((50, 50), 40, 60, 1.0),
        ((0, 100), 90, 110, 0.1),
        ((0, 100), 101, 110, None),
        # The upper end is open.
        ((60, 100), 40, 60, None),
    ],
)
def test_coverage_is_the_part_of_the_range_that_a_form_takes_up(found, low, high, coverage):
    meant = Interval(Decimal(low), Decimal(high), Decimal(1))
    assert coverage_of(ValueRange(*map(float, found)), meant) == (
        None if coverage is None else pytest.approx(coverage)
    )


def test_the_order_of_repairs():
    def repair(kind: str, **more) -> Repair:
        return Repair(kind, ("claim",), {}, **more)

    ordered = [
        repair("decimal", coverage=0.5, jump=1.0),
        repair("decimal", coverage=0.5, jump=2.0),
        repair("decimal", coverage=0.05, jump=0.0),
        repair("swap", coverage=1.0),
        repair("digit", coverage=1.0),
        repair("scope"),
        repair("drop"),
        repair("decimal", coverage=1.0, clashes=("000",)),
    ]
    shuffled = ordered[4:] + ordered[:4]
    assert sorted(shuffled, key=lambda r: r.rank) == ordered
    assert list(KINDS)[-1] == "drop"
