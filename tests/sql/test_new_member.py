"""metric.new_member: what its reference period, the twelve months before, had no record of."""

from tests.support.city import select_named

# Received on, category, subcategory, topic.
RECORDS = [
    ("2019-10-05", "教育", "学校", "收费"),
    ("2019-11-20", "住房", "漏水", "?"),
    ("2020-09-02", "噪声", "工地", "夜间"),
    ("2020-10-05", "燃放", "烟花", "春节"),
    ("2020-10-20", "供暖", "?", "?"),
    ("2020-11-02", "教育", "学校", "收费"),
    ("2020-11-02", "住房", "屋顶", "?"),
    ("2020-11-02", "噪声", "工地", "白天"),
    ("2020-11-02", "燃放", "烟花", "春节"),
    ("2020-11-02", "?", "?", "?"),
]
# Period type, period, part of year and month, half.
PARTS = [
    *[("month", f"2020-{m}", 2020, m, half) for m in (10, 11) for half in (1, 2)],
    ("month", "2019-10", 2019, 10, 1),
    ("assessment", "2020-11", 2020, 10, 2),
    ("assessment", "2020-11", 2020, 11, 1),
]


def found() -> dict[tuple, int]:
    """Return period and names -> months of the reference."""
    day = " UNION ALL ".join(
        f"SELECT {on[:4]} AS year, {int(on[5:7])} AS month, DATE '{on}' AS received_on, "
        f"0 AS scope_tier, '{category}' AS category, '{subcategory}' AS subcategory, "
        f"'{topic}' AS topic, '*' AS district, 1 AS record_count"
        for on, category, subcategory, topic in RECORDS
    )
    part = " UNION ALL ".join(
        f"SELECT '{kind}' AS period_type, '{period}' AS period, {year} AS part_year, "
        f"{month} AS part_month, {half} AS month_part"
        for kind, period, year, month, half in PARTS
    )
    rows = select_named(
        "metric/new_member",
        {
            "metric.shown_day_count": day,
            "metric.period_part": part,
            "metric.scope": "SELECT UNNEST([2019, 2020]) AS year, 'all' AS scope, 0 AS scope_tier",
            "ref.scope_use": "SELECT 'all' AS scope, 'section' AS purpose",
            "ref.assessment_month": "SELECT 19 AS first_day_of_month",
            "metric.class_compared": "SELECT 'reference' AS comparison, 'month' AS period_type, "
            "'2019-01' AS period, 'x' AS category, 'x' AS subcategory, 'y' AS compared_category, "
            "'y' AS compared_subcategory WHERE FALSE",
        },
    )
    return {
        (row["period_type"], row["period"], row["category"], row["subcategory"], row["topic"]):
        row["reference_month_count"]
        for row in rows
    }  # fmt: skip


def test_new_is_what_none_of_the_twelve_months_before_had():
    rows = found()
    november = {key[2:]: months for key, months in rows.items() if key[:2] == ("month", "2020-11")}
    # Education was last asked of thirteen months before; noise two months before, though not in
    # October. Of the twelve months three have records, and two know topics.
    assert november == {
        ("教育", "*", "*"): 3, ("教育", "学校", "*"): 3, ("教育", "学校", "收费"): 2,
        ("住房", "屋顶", "*"): 3, ("噪声", "工地", "白天"): 2,
    }  # fmt: skip


def test_an_assessment_month_reckons_with_the_days_before_it():
    """Fireworks of 5 October are in no period of the year before, yet before 19 October."""
    rows = found()
    own = {key[2:] for key in rows if key[:2] == ("assessment", "2020-11")}
    assert ("燃放", "*", "*") not in own
    assert ("供暖", "*", "*") in own
    # October 2019 is the first of its twelve months.
    assert ("教育", "*", "*") not in own


def test_without_a_month_before_nothing_is_new():
    assert not [key for key in found() if key[1] == "2019-10"]
