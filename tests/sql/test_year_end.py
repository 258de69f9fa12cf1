"""annual: year-end ranks, the focus list, tags, the epidemic, a year that breaks off, by hand."""

from decimal import Decimal as D

from tests.support.city import BAD, GOOD, ask, build_only, deliver, dispatched, make_home, record

RULES = (
    "rule,value,source,note\nunlisted_min_count,0,x,\ninterval_z,1.959964,x,\nrank_min_n,10,x,\nlist_error_share,0.05,x,\njoint_low,0.4,x,\n"
    "joint_high,0.6,x,\ntop_category_count,1,x,\nfocus_min_share,0.2,x,\nfocus_count,1,x,\n"
)


def called_back(name: str, good: int, bad: int, year: int = 2020, month: int = 5, **fields):
    """Return dispatched records with so many resolved and so many not."""
    at = f"{year}-{month:02d}-03 00:00:00"
    return [
        dispatched(f"{name}{year}{month}-{n}", at, "市级部门", name, **fields)
        | (GOOD if n < good else BAD)
        | {"scope_tier": 0, "is_contacted": True}
        for n in range(good + bad)
    ]


def test_units_are_ranked_with_what_chance_leaves_open(tmp_path):
    home = make_home(tmp_path, {"report_rule": RULES})
    rows = [*called_back("甲局", 10, 0), *called_back("乙局", 9, 1), *called_back("丙局", 1, 9)]
    deliver(home, [*rows, *called_back("丁局", 2, 0)])
    build_only(home, "annual.t33_unit_rank")
    found = ask(
        home,
        "SELECT unit, rank, composite_score, low_score, high_score, best_rank, worst_rank "
        "FROM annual.t33_unit_rank",
    )
    # A call-back scores 100 or 10. Variances of 0 to 1: 0, 0.0729, 0.0729, where yes or no would
    # have 0, 0.91 x 0.09, 0.19 x 0.81: dispersions none, 0.8901 and 0.4737, of the three together
    # 0.1458 / 0.2358 = 0.6183. The larger of the two makes ten call-backs 16.1728, 11.2346 and
    # 16.1728; bounds by statsmodels' proportion_confint(score * n, n, method="wilson"). The first
    # two overlap, the third is below both. 丁局 has two call-backs, and ten are asked for.
    assert [row[:2] + row[5:] for row in found] == [
        ("甲局", 1, 1, 2),
        ("乙局", 2, 1, 2),
        ("丙局", 3, 3, 3),
        ("丁局", None, None, None),
    ]
    assert [(round(row[3], 4), round(row[4], 4)) for row in found[:3]] == [
        (D("80.8064"), D(100)),
        (D("62.7253"), D("98.3807")),
        (D("6.7623"), D("43.1377")),
    ]
    # All contacted; 乙局: 10 + 50 x 0.9 + 40 x 0.9, 丙局: 10 + 5 + 4.
    assert [row[2] for row in found] == [D(100), D(91), D(19), D(100)]


def test_equal_units_share_a_rank(tmp_path):
    home = make_home(tmp_path, {"report_rule": RULES})
    deliver(
        home,
        [
            *called_back("甲局", 5, 5),
            *called_back("乙局", 5, 5),
            *called_back("丙局", 10, 10),
            *called_back("丁局", 1, 9),
        ],
    )
    build_only(home, "annual.t33_unit_rank")
    # The same score: the larger volume first, then two alike, then the fourth.
    assert ask(home, "SELECT unit, rank FROM annual.t33_unit_rank") == [
        ("丙局", 1),
        ("乙局", 2),
        ("甲局", 2),
        ("丁局", 4),
    ]


def test_the_focus_list_is_what_is_large_and_resolved_less_beyond_chance(tmp_path):
    home = make_home(tmp_path, {"report_rule": RULES})
    matter = {"category": "住房"}
    rows = [
        *called_back("甲局", 90, 10, subcategory="甲", **matter),
        # 10 of 40 resolved: its interval ends near 0.40, the city has 133 of 182.
        *called_back("乙局", 10, 30, subcategory="乙", **matter),
        # 33 of 40: above the city.
        *called_back("丙局", 33, 7, subcategory="丙", **matter),
    ]
    # Resolved least of all, but 2 of 182 records are less than the fifth that the rule asks for.
    deliver(home, [*rows, *called_back("丁局", 0, 2, subcategory="丁", **matter)])
    build_only(
        home, "annual.t31_satisfaction_gap", "annual.t34_rate_subcategory", "annual.t36_focus"
    )
    assert ask(
        home,
        "SELECT rank, subcategory, record_count, called_back_count, unresolved_count, "
        "resolution_rate, city_resolution_rate FROM annual.t36_focus",
    ) == [(1, "乙", 40, 40, 30, D("0.25"), D("0.73076923"))]
    assert ask(home, "SELECT rank, subcategory FROM annual.t34_rate_subcategory") == [
        (1, "甲"),
        (2, "丙"),
        (3, "乙"),
    ]
    # One category is asked for; 133 of 182.
    assert ask(home, "SELECT category, resolution_rate FROM annual.t31_satisfaction_gap") == [
        ("住房", D("0.73076923"))
    ]


def test_a_year_that_breaks_off_is_held_against_the_same_months(tmp_path):
    home = make_home(tmp_path)
    rows = [
        *called_back("甲局", 3, 1, 2019, 1),
        *called_back("甲局", 0, 9, 2019, 2),
        *called_back("甲局", 4, 1, 2020, 1),
    ]
    deliver(home, rows)
    build_only(home, "annual.t01_overview", "annual.t21_rate", "annual.t25_growth_part")
    assert ask(
        home,
        "SELECT record_count, growth_rate, is_partial FROM annual.t01_overview WHERE year = 2020",
    ) == [(5, D("0.25"), True)]
    # February 2019 would drag the rate of the year before down to 3 of 13.
    assert ask(
        home,
        "SELECT unit_type, resolution_rate, before_resolution_rate, before_satisfaction_rate "
        "FROM annual.t21_rate WHERE year = 2020",
    ) == [
        ("合计", D("0.8"), D("0.75"), D("0.75")),
        ("市级部门", D("0.8"), D("0.75"), D("0.75")),
    ]
    assert ask(
        home,
        "SELECT record_count, before_count FROM annual.t25_growth_part WHERE part_kind = '合计'",
    ) == [(5, 4)]


def test_tags_platforms_praise_and_the_epidemic(tmp_path):
    home = make_home(
        tmp_path,
        {"praise_form": "praise_form,is_counted,note\n锦旗,是,\n留言,否,\n"},
    )
    at = "2020-05-01 00:00:00"
    rows = [
        *called_back("甲局", 2, 1, tag="安全性", category="公共安全", is_epidemic=True),
        *called_back("乙局", 1, 1, tag="便利性", category="住房"),
        record("P1", at, record_type="表扬", praise_form="锦旗", channel="网络", platform="微信"),
        record("P2", at, record_type="表扬", praise_form="留言", channel="网络", platform="微信"),
        record("P3", at, channel="网络", platform="微博"),
    ]
    deliver(home, rows)
    build_only(
        home,
        "annual.t26_platform",
        "annual.t27_epidemic",
        "annual.t28_epidemic_category",
        "annual.t29_tag",
        "annual.t37_praise",
    )

    def rows_of(columns: str, table: str):
        return ask(home, f"SELECT {columns} FROM annual.{table}")

    assert rows_of("rank, tag, record_count, tag_share, resolution_rate", "t29_tag") == [
        (1, "安全性", 3, D("0.375"), D("0.66666667")),
        (2, "便利性", 2, D("0.25"), D("0.5")),
        (3, "?", 3, D("0.375"), None),
    ]
    assert rows_of("channel, rank, platform, record_count, platform_share", "t26_platform") == [
        ("网络", 1, "微信", 2, D("0.66666667")),
        ("网络", 2, "微博", 1, D("0.33333333")),
    ]
    assert rows_of("praise_form, record_count, is_counted", "t37_praise") == [
        ("留言", 1, False),
        ("锦旗", 1, True),
    ]
    assert rows_of("epidemic, record_count, resolution_rate", "t27_epidemic") == [
        ("是", 3, D("0.66666667")),
        ("否", 5, D("0.5")),
    ]
    assert rows_of(
        "category, record_count, total_count, epidemic_share", "t28_epidemic_category"
    ) == [("公共安全", 3, 3, D(1))]
