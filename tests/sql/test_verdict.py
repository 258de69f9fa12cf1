"""sql/audit on a few figures and claims of values and lists whose verdicts are worked by hand."""

import pytest

from tests.support.ledgers import claim, figure, verdict, verdicts


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1049, "differs"),
        (1050, "reproduced"),  # the lower end belongs to the interval
        (1149, "reproduced"),
        (1150, "differs"),  # the upper end does not
    ],
)
def test_a_count_at_the_ends_of_its_interval(count, expected):
    assert verdict([figure(count)], claim("equals", "1050", "1150", printed="0.11万件")) == expected


@pytest.mark.parametrize(
    ("numerator", "expected"),
    [
        # 0.13955 and 0.13965 of 2,000,000 are 279,100 and 279,300.
        (279_099, "differs"),
        (279_100, "reproduced"),
        (279_299, "reproduced"),
        (279_300, "differs"),
    ],
)
def test_a_share_is_judged_by_one_record(numerator, expected):
    shares = [figure(numerator, 2_000_000, metric="channel_share", channel="电话")]
    wanted = claim("equals", "0.13955", "0.13965", metric="channel_share", channel="电话")
    assert verdict(shares, wanted) == expected


def test_an_edge_that_eight_decimals_of_the_value_would_blur():
    # 0.3333333299 is below 0.33333333, but reads so when rounded to eight decimals.
    blurred = [figure(3_333_333_299, 10_000_000_000, metric="x_share")]
    wanted = claim("equals", "0.33333333", "0.4", metric="x_share")
    assert blurred[0]["value"] == 0.33333333
    assert verdict(blurred, wanted) == "differs"


def test_at_least_includes_the_bound():
    assert verdict([figure(12_000)], claim("at_least", "12000")) == "reproduced"
    assert verdict([figure(11_999)], claim("at_least", "12000")) == "differs"


def test_growth_may_be_negative():
    fall = [figure(-5, 100, metric="growth_record_count")]
    wanted = claim("equals", "-0.055", "-0.045", metric="growth_record_count")
    assert verdict(fall, wanted) == "reproduced"


ELSEWHERE = ("scope", "period", "convention", "date_basis", "method_version", "channel")


@pytest.mark.parametrize("cell", ELSEWHERE)
def test_every_cell_of_the_key_counts(cell):
    row = verdicts([figure(1100, **{cell: "x"})], claim("equals", "1050", "1150"))["c"]
    assert (row["verdict"], row["numerator"]) == ("not computable", None)
    assert row["reason"]


def test_a_cell_without_records_is_a_zero_and_not_an_excuse():
    others = [figure(900, channel="电话")]
    row = verdicts(others, claim("equals", "50", "150", channel="网络"))["c"]
    assert (row["verdict"], row["numerator"], row["denominator"]) == ("differs", 0, 1)
    # a dump without the column has unknowns only: then there is nothing to judge by
    unknown = [figure(900, channel="?")]
    assert verdict(unknown, claim("equals", "50", "150", channel="网络")) == "not computable"


def test_no_growth_is_made_of_nothing():
    others = [figure(1, 2, metric="growth_record_count", category="甲")]
    wanted = claim("equals", "-0.5", "0.5", metric="growth_record_count", category="乙")
    assert verdict(others, wanted) == "not computable"


def test_a_partial_year_is_not_judged():
    wanted = claim("equals", "1050", "1150")
    assert verdict([figure(1100, partial=True)], wanted) == "not computable"


def test_contradicted_shows_the_figure_all_the_same():
    wanted = claim("equals", "1050", "1150", status="contradicted", reason="容不下")
    row = verdicts([figure(110)], wanted)["c"]
    assert (row["verdict"], row["numerator"], row["reason"]) == ("contradicted", 110, "容不下")
    inside = verdicts([figure(1100)], wanted)["c"]
    assert inside["verdict"] == "contradicted"
    assert inside["reason"].startswith("容不下") and inside["reason"] != "容不下"


def test_a_blank_of_the_document_is_computed_and_not_judged():
    row = verdicts([figure(7)], claim("equals", printed="**件"))["c"]
    assert (row["verdict"], row["numerator"]) == ("not published", 7)


def ranking(**counts):
    """Figures by category, beside a total and an unknown that must not be ranked."""
    return [
        figure(10_000),
        figure(9_000, category="?"),
        *(figure(count, category=name) for name, count in counts.items()),
    ]


def listed(members, relation="ranked_list", dimension="category", **cells):
    return claim(relation, dimension=dimension, members=members, **cells)


def test_a_list_is_the_first_members_in_their_order():
    figures = ranking(甲=30, 乙=20, 丙=10, 丁=5)
    assert verdict(figures, listed("甲|乙|丙")) == "reproduced"
    wrong = verdicts(figures, listed("乙|甲|丙"))["c"]
    assert (wrong["verdict"], wrong["computed"]) == ("differs", "甲|乙|丙")
    assert verdict(figures, listed("甲|乙|丁")) == "differs"  # 丙 left out
    assert verdict(figures, listed("甲|丙")) == "differs"
    assert verdict(figures, listed("甲|乙|丙|丁|戊")) == "differs"  # 戊 does not exist


def test_one_record_turns_a_list():
    wanted = listed("甲|乙")
    assert verdict(ranking(甲=30, 乙=20, 丙=19), wanted) == "reproduced"
    assert verdict(ranking(甲=30, 乙=20, 丙=21), wanted) == "differs"


def test_between_equals_the_printed_order_is_right():
    figures = ranking(甲=30, 乙=20, 丙=20, 丁=20)
    for members in ("甲|乙", "甲|丙", "甲|丁|乙", "甲|丁|丙|乙"):
        assert verdict(figures, listed(members)) == "reproduced", members
    assert verdict(figures, listed("乙|甲")) == "differs"


def test_a_name_inside_a_longer_name_is_not_that_member():
    figures = ranking(住房安全=30, 住房=20, 安全=10)
    assert verdict(figures, listed("住房安全|住房")) == "reproduced"
    row = verdicts(figures, listed("住房"))["c"]
    assert (row["verdict"], row["computed"]) == ("differs", "住房安全")


def test_largest_and_smallest():
    figures = ranking(甲=30, 乙=20, 丙=10)
    assert verdict(figures, listed("甲", "largest")) == "reproduced"
    assert verdict(figures, listed("乙", "largest")) == "differs"
    assert verdict(figures, listed("丙", "smallest")) == "reproduced"
    assert verdict(figures, listed("乙", "smallest")) == "differs"


def test_other_cells_of_the_key_hold_for_every_member():
    figures = [
        figure(30, category="甲", channel="电话"),
        figure(20, category="乙", channel="电话"),
        figure(1, category="甲"),
        figure(2, category="乙"),
    ]
    assert verdict(figures, listed("甲|乙", channel="电话")) == "reproduced"
    assert verdict(figures, listed("乙|甲")) == "reproduced"


def test_ratios_are_ranked_crosswise():
    # 0.333333333 is below 1/3; rounded to eight decimals they are equal.
    figures = [
        figure(333_333_333, 1_000_000_000, metric="per_10k", district="东区"),
        figure(1, 3, metric="per_10k", district="西区"),
    ]
    assert figures[0]["value"] == figures[1]["value"]
    wanted = {"metric": "per_10k", "dimension": "district"}
    assert verdict(figures, listed("西区|东区", **wanted)) == "reproduced"
    assert verdict(figures, listed("东区|西区", **wanted)) == "differs"
    assert verdict(figures, listed("东区", "smallest", **wanted)) == "reproduced"


def months(low, high, last=12):
    return [
        figure(high if m == 4 else low, period_type="month", period=f"2020-{m:02d}")
        for m in range(1, last + 1)
    ]


def test_the_peak_month_of_a_whole_year_only():
    peak = listed("2020-04", "largest", "period", period_type="month", period="2020")
    assert verdict(months(10, 11), peak) == "reproduced"
    assert verdict(months(10, 9), peak) == "differs"
    assert verdict(months(10, 11, last=11), peak) == "not computable"


def streets(*rows):
    return [figure(1000, district="丰台区", street="*", unit_type="街乡镇")] + [
        figure(count, district=district, street=street, unit_type="街乡镇")
        for district, street, count in rows
    ]


FOUR = [("丰台区", "八里", 40), ("通州区", "八里", 30), ("丰台区", "新村", 20), ("通州区", "?", 99)]


def test_streets_are_named_by_district_and_name():
    cells = {"dimension": "street", "unit_type": "街乡镇"}
    assert verdict(streets(*FOUR), listed("丰台区/八里|通州区/八里", **cells)) == "reproduced"
    assert verdict(streets(*FOUR), listed("通州区/八里|丰台区/八里", **cells)) == "differs"


def test_how_many_of_the_first_are_in_each_district():
    def top(printed, members):
        cells = {"dimension": "street", "unit_type": "街乡镇", "printed": printed}
        return verdicts(
            streets(*FOUR, ("通州区", "末", 1)), listed(members, "top_members", **cells)
        )

    right = top("3:丰台区=2|通州区=1", "丰台区|通州区")["c"]
    assert (right["verdict"], right["computed"]) == ("reproduced", "3:丰台区=2|通州区=1")
    wrong = top("3:丰台区=1|通州区=2", "丰台区|通州区")["c"]
    assert (wrong["verdict"], wrong["computed"]) == ("differs", "3:丰台区=2|通州区=1")
    missing = top("3:丰台区=3", "丰台区")["c"]
    assert (missing["verdict"], missing["computed"]) == ("differs", "3:丰台区=2|通州区=1")
