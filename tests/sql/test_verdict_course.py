"""sql/audit on courses, shares and comparisons: each word's rule at its edge, worked by hand."""

import pytest

from tests.support.ledgers import claim, figure, verdict, verdicts

YEAR = [f"2020-{m:02d}" for m in range(1, 13)]


def series(values, **key):
    """Twelve months of counts."""
    return [
        figure(v, period_type="month", period=p, **key) for v, p in zip(values, YEAR, strict=True)
    ]


def course(relation, first, last, **cells):
    span = "|".join(YEAR[first - 1 : last])
    key = {"period_type": "month", "period": "2020", "dimension": "period", "members": span}
    return claim(relation, **{**key, **cells})


FLAT = [100] * 12


@pytest.mark.parametrize(
    ("relation", "first", "last", "values", "holds"),
    [
        # Slope of 12 points with weights -11, -9 ... 11: 100 -> 101 in December is +11.
        ("rises", 1, 12, [*FLAT[:11], 101], True),
        ("rises", 1, 12, FLAT, False),
        ("falls", 1, 12, [*FLAT[:11], 99], True),
        ("falls", 1, 12, [*FLAT[:11], 101], False),
        # Only the named months count: the fall after June is not seen.
        ("rises", 1, 6, [1, 2, 3, 4, 5, 6, 1, 1, 1, 1, 1, 1], True),
        ("rises_steadily", 1, 12, range(1, 13), True),
        ("rises_steadily", 1, 12, [1, 2, 3, 4, 5, 5, 7, 8, 9, 10, 11, 12], False),
        ("falls_steadily", 4, 6, [9, 9, 9, 8, 7, 6, 9, 9, 9, 9, 9, 9], True),
        ("falls_steadily", 4, 6, [9, 9, 9, 8, 7, 7, 9, 9, 9, 9, 9, 9], False),
        ("rises_then_falls", 1, 12, [1, 2, 3, 9, 8, 7, 6, 5, 4, 3, 2, 1], True),
        ("rises_then_falls", 1, 12, range(1, 13), False),
        ("rises_then_falls", 1, 12, [9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1], False),
        # From July on against June: 100 -> 110 is a tenth.
        ("higher", 7, 12, [*FLAT[:6], 101, *FLAT[:5]], True),
        ("higher", 7, 12, FLAT, False),
        ("much_higher", 7, 12, [*FLAT[:6], *[110] * 6], True),
        ("much_higher", 7, 12, [*FLAT[:6], *[110] * 5, 109], False),
        ("lower", 7, 12, [*FLAT[:6], *[99] * 6], True),
        ("much_lower", 7, 12, [*FLAT[:6], *[90] * 6], True),
        ("much_lower", 7, 12, [*FLAT[:6], *[90] * 5, 91], False),
        # Every month of the second half above the mean of the first (100).
        ("high", 7, 12, [*FLAT[:6], *[101] * 6], True),
        ("high", 7, 12, [*FLAT[:6], *[200] * 5, 100], False),
        ("concentrated", 7, 12, [*FLAT[:6], *[200] * 5, 1], True),
        ("concentrated", 7, 12, FLAT, False),
    ],
)
def test_the_rule_of_each_word(relation, first, last, values, holds):
    found = verdict(series(list(values)), course(relation, first, last))
    assert found == ("reproduced" if holds else "differs")


@pytest.mark.parametrize(("last", "holds"), [(145, False), (144, True), (134, False)])
def test_a_level_holds_in_every_named_month(last, holds):
    values = [*FLAT[:9], 140, 140, last]
    wanted = course("level", 10, 12, printed="140件左右", lower="135", upper="145")
    assert verdict(series(values), wanted) == ("reproduced" if holds else "differs")


def test_a_course_with_a_month_missing_is_not_judged():
    some = series(list(range(1, 13)))[:11]
    assert verdict(some, course("rises", 1, 12)) == "not computable"
    assert verdict(some, course("high", 7, 10)) == "not computable"


def test_a_rate_rises_from_one_year_to_the_next():
    key = {"metric": "resolution_rate", "convention": "c"}
    rates = [figure(70, 100, period="2019", **key), figure(701, 1000, period="2020", **key)]
    wanted = claim("rises", dimension="period", members="2019|2020", period="2020", **key)
    assert verdict(rates, wanted) == "reproduced"
    assert verdict([rates[0], {**rates[1], "value": 0.7, "numerator": 700}], wanted) == "differs"


@pytest.mark.parametrize(
    ("relation", "share", "holds"),
    [
        ("predominant", 60, True),
        ("predominant", 59, False),
        ("joint", 40, True),
        ("joint", 39, False),
        ("joint", 59, True),
        ("joint", 60, False),
    ],
)
def test_who_takes_the_larger_part(relation, share, holds):
    key = {"metric": "joint_share", "unit_type": "区"}
    shares = [
        figure(share, 100, category="甲", **key),
        figure(50 if relation == "joint" else 90, 100, category="乙", **key),
        figure(1, 100, category="丙", **key),  # not named
    ]
    wanted = claim(relation, dimension="category", members="甲|乙", **key)
    assert verdict(shares, wanted) == ("reproduced" if holds else "differs")


def test_words_mean_what_the_reference_data_say():
    rules = {"joint_low": "0.3", "joint_high": "0.7", "much_change": "0.25"}
    key = {"metric": "joint_share", "unit_type": "区"}
    share = [figure(65, 100, category="甲", **key)]
    named = {"dimension": "category", "members": "甲", **key}
    assert verdict(share, claim("predominant", **named), rules) == "differs"
    assert verdict(share, claim("joint", **named), rules) == "reproduced"
    for height, holds in ((125, True), (124, False)):
        months = series([*FLAT[:6], *[height] * 6])
        found = verdict(months, course("much_higher", 7, 12), rules)
        assert found == ("reproduced" if holds else "differs")
    # A home whose rules are older than the word: not judged, never called wrong.
    old = {"interval_z": "1.96"}
    assert verdict(share, claim("joint", **named), old) == "not computable"


def test_an_order_says_nothing_of_others():
    figures = [figure(n, unit_type=u) for u, n in (("甲", 5), ("乙", 3), ("丙", 9))]
    cells = {"dimension": "unit_type"}
    assert verdict(figures, claim("order", members="甲|乙", **cells)) == "reproduced"
    assert verdict(figures, claim("order", members="乙|甲", **cells)) == "differs"
    assert verdict(figures, claim("ranked_list", members="甲|乙", **cells)) == "differs"


def test_one_metric_above_another_in_the_largest_categories():
    def both(category, more, less, records):
        key = {"category": category}
        rate = {**key, "convention": "c"}
        return [
            figure(more, 100, metric="satisfaction_rate", **rate),
            figure(less, 100, metric="resolution_rate", **rate),
            figure(records, **key),
        ]

    figures = [*both("甲", 9, 8, 30), *both("乙", 9, 8, 20), *both("丙", 1, 8, 10)]
    wanted = claim(
        "above",
        metric="satisfaction_rate",
        convention="c",
        dimension="category",
        members="resolution_rate",
        printed="2",
    )
    row = verdicts(figures, wanted)["c"]
    assert (row["verdict"], row["numerator"], row["denominator"]) == ("reproduced", 2, 2)
    row = verdicts(figures, {**wanted, "printed": "3"})["c"]
    assert (row["verdict"], row["numerator"], row["denominator"]) == ("differs", 2, 3)
    assert verdict(figures, {**wanted, "printed": "4"}) == "not computable"


def test_what_asserts_nothing_is_not_judged():
    garbled = claim("equals", printed="126.31%", status="garbled", reason="残缺")
    row = verdicts([figure(5)], garbled)["c"]
    assert (row["verdict"], row["reason"]) == ("not computable", "残缺")
