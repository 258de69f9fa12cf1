"""metric: every statistic against rows counted by hand from tests.support.city."""

from decimal import Decimal as D

import pytest

from pipeline.home import Home
from pipeline.ledger import DIMENSIONS
from tests.support.city import ask, select_file, select_named

KEY = list(DIMENSIONS)


def figures(home: Home, metric: str, period: str, scope: str = "tier1", **key: str):
    """Return {the cut's members: (numerator, denominator)} of one metric; key '' means any member.

    A dimension that `key` does not name must be `*`.
    """
    free = [name for name in KEY if key.get(name) == ""]
    where = [f"{name} = '{key.get(name, '*')}'" for name in KEY if name not in free]
    where += [f"{name} <> '*'" for name in free]
    members = ", ".join(free) or "'*'"
    rows = ask(
        home,
        f"SELECT numerator, denominator, {members} FROM metric.figure WHERE metric = '{metric}' "
        f"AND period = '{period}' AND period_type = '{'month' if '-' in period else 'year'}' "
        f"AND scope = '{scope}' AND {' AND '.join(where)}",
    )
    return {row[2:] if len(row) > 3 else row[2]: row[:2] for row in rows}


def counts(home: Home, period: str, scope: str = "tier1", metric: str = "record_count", **key: str):
    """Return {members: count}; every denominator must be 1."""
    found = figures(home, metric, period, scope, **key)
    assert {denominator for _, denominator in found.values()} <= {1}
    return {member: numerator for member, (numerator, _) in found.items()}


@pytest.mark.parametrize(("scope", "expected"), [("tier1", 5), ("tier2", 6), ("tier3", 7)])
def test_scopes_are_nested(small: Home, scope: str, expected: int):
    assert counts(small, "2020", scope) == {"*": expected}


def test_counts_by_each_cut(small: Home):
    assert counts(small, "2020-01") == {"*": 3}
    assert counts(small, "2020", record_type="") == {"咨询": 1, "诉求": 3, "建议": 1}
    assert counts(small, "2020", category="") == {"公共安全": 3, "住房": 2}
    assert counts(small, "2020", record_type="", category="") == {
        ("咨询", "公共安全"): 1,
        ("诉求", "公共安全"): 2,
        ("诉求", "住房"): 1,
        ("建议", "住房"): 1,
    }
    assert counts(small, "2020", "tier3", category="住房", subcategory="") == {
        "房产中介": 2,
        "房屋修缮": 2,
    }
    assert counts(small, "2020", handling="") == {"直接解答": 2, "派单": 3}
    assert counts(small, "2020", channel="") == {"电话": 3, "网络": 2}
    assert counts(small, "2020", handling="派单", channel="") == {"电话": 2, "网络": 1}
    assert counts(small, "2020", desk="") == {"企业专席": 1, "其他席": 4}
    assert counts(small, "2020", desk="企业专席", handling="") == {"派单": 1}
    assert counts(small, "2020", category="公共安全", handling="") == {"直接解答": 1, "派单": 2}


def test_unit_cuts_hold_dispatched_records_alone(small: Home):
    assert counts(small, "2020", "tier3", unit_type="") == {"区": 2, "街乡镇": 2, "市级部门": 1}
    assert counts(small, "2020", "tier3", unit_type="区", district="") == {"甲区": 1, "?": 1}
    assert counts(small, "2020", "tier3", unit_type="街乡镇", region="") == {"东部": 1, "西部": 1}
    assert counts(small, "2020", "tier3", unit_type="街乡镇", district="", street="") == {
        ("甲区", "一街道"): 1,
        ("乙区", "二镇"): 1,
    }
    assert counts(small, "2020", unit_type="市级部门", unit="") == {"市公安局": 1}
    assert counts(small, "2020", unit_type="", category="公共安全") == {"区": 1, "街乡镇": 1}


def test_district_counts_leave_out_unknown_districts(small: Home):
    handled = "district_handled_count"
    assert counts(small, "2020", "tier3", handled, district="") == {"甲区": 2, "乙区": 1}
    assert counts(small, "2020", "tier3", handled, region="") == {"东部": 2, "西部": 1}
    assert counts(small, "2020", "tier3", handled) == {"*": 3}
    assert counts(small, "2020", "tier3", handled, category="公共安全", district="") == {"甲区": 2}


def test_place_is_not_the_unit(small: Home):
    # A3 is in 乙区 and was handled by a street of 甲区.
    assert counts(small, "2020", "tier1", "place_count", record_type="诉求", district="") == {
        "甲区": 1,
        "乙区": 1,
        "?": 1,
    }


def test_shares(small: Home):
    assert figures(small, "channel_share", "2020", channel="") == {"电话": (3, 5), "网络": (2, 5)}
    assert figures(small, "handling_share", "2020", handling="派单") == {"*": (3, 5)}
    assert figures(small, "handling_share", "2020", handling="派单", category="") == {
        "公共安全": (2, 3),
        "住房": (1, 2),
    }
    assert figures(small, "handling_share", "2020", handling="派单", desk="") == {
        "企业专席": (1, 1),
        "其他席": (2, 4),
    }
    assert figures(small, "type_share", "2020", record_type="诉求") == {"*": (3, 5)}
    assert figures(small, "type_share", "2020", "tier3", record_type="其他") == {"*": (1, 7)}
    assert figures(small, "type_category_share", "2020", record_type="诉求", category="") == {
        "公共安全": (2, 3),
        "住房": (1, 3),
    }
    assert figures(small, "category_share", "2020", category="住房") == {"*": (2, 5)}
    assert figures(small, "subcategory_share", "2020", category="公共安全", subcategory="") == {
        "卫生安全": (2, 3),
        "食品安全": (1, 3),
    }
    assert figures(small, "unit_type_share", "2020", unit_type="区") == {"*": (1, 3)}
    assert figures(small, "unit_type_share", "2020", unit_type="区", category="公共安全") == {
        "*": (1, 2)
    }
    assert figures(small, "region_share", "2020", "tier3", region="") == {
        "东部": (2, 3),
        "西部": (1, 3),
    }
    assert figures(
        small, "category_district_share", "2020", category="公共安全", district="甲区"
    ) == {"*": (2, 2)}


def test_a_months_share_is_of_its_year(small: Home):
    assert figures(small, "month_share", "2020-01", record_type="") == {
        "咨询": (1, 1),
        "诉求": (2, 3),
    }
    assert figures(small, "month_share", "2020-02", category="住房", subcategory="房产中介") == {
        "*": (2, 2)
    }


def test_growth_compares_the_same_months(small: Home):
    # 2019 has 4 records of tier 1, of which March is not loaded for 2020: 5 against 3.
    assert figures(small, "growth_record_count", "2020") == {"*": (2, 3)}
    assert figures(small, "growth_record_count", "2020-02") == {"*": (1, 1)}
    # 教育 is gone this year; 公共安全 1 -> 3, 住房 1 -> 2 without March.
    assert figures(small, "growth_record_count", "2020", category="") == {
        "公共安全": (2, 1),
        "住房": (1, 1),
        "教育": (-1, 1),
    }
    assert figures(small, "growth_record_count", "2019") == {}
    # 建议 and 网络 had no record in the same months of 2019: nothing to grow from.
    assert figures(small, "growth_record_count", "2020", record_type="") == {
        "咨询": (-1, 2),
        "诉求": (2, 1),
    }
    assert figures(small, "growth_record_count", "2020", channel="") == {"电话": (0, 3)}
    assert figures(small, "growth_district_handled_count", "2020", district="") == {"甲区": (1, 1)}


def test_per_10k_divides_by_the_vintage_in_use(small: Home):
    assert figures(small, "per_10k", "2020", "tier3", district="") == {
        "甲区": (20_000, 20_000),
        "乙区": (10_000, 50_000),
    }
    # No vintage is in use for 2019.
    assert figures(small, "per_10k", "2019", district="") == {}


def test_rates_are_over_valid_call_backs(small: Home):
    # Tier 1: A2 解决 满意, A3 部分解决 基本满意, B1 未解决 不满意 and not reached.
    assert figures(small, "response_rate", "2020") == {"*": (2, 3)}
    assert figures(small, "resolution_rate", "2020") == {"*": (1, 3)}
    assert figures(small, "satisfaction_rate", "2020") == {"*": (19, 30)}
    # B4 of tier 3 was not validly called back: it is in no denominator.
    assert figures(small, "resolution_rate", "2020", "tier3") == {"*": (2, 4)}
    assert figures(small, "resolution_rate", "2020", "tier3", unit_type="区") == {"*": (1, 1)}
    assert figures(small, "satisfaction_rate", "2020", district="甲区") == {"*": (19, 20)}
    assert figures(small, "resolution_rate", "2020", category="公共安全") == {"*": (1, 2)}
    # The convention holds for 2020 alone.
    assert figures(small, "resolution_rate", "2019") == {}


def test_the_key_is_the_contracts(small: Home):
    columns = [row[0] for row in ask(small, "DESCRIBE metric.figure")]
    assert columns[:7] == [
        *("metric", "method_version", "convention", "scope"),
        *("date_basis", "period_type", "period"),
    ]
    assert columns[7:22] == KEY
    assert columns[22:26] == ["numerator", "denominator", "value", "is_partial"]


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        (1, 3, "0.33333333"),
        (2, 3, "0.66666667"),
        # Exact ties, which binary quotients put below the half.
        (3, 200_000_000, "0.00000002"),
        (1, 200_000_000, "0.00000001"),
        (-3, 200_000_000, "-0.00000002"),
        (-2, 3, "-0.66666667"),
        (0, 7, "0"),
        (11_039_400, 1, "11039400"),
        (5_520_000_000, 3_473_000, "1589.40397351"),
    ],
)
def test_values_are_rounded_on_decimals(numerator: int, denominator: int, value: str):
    row = (
        "SELECT 'm' AS metric, '-' AS convention, 'all' AS scope, 'year' AS period_type, "
        f"'2020' AS period, 1 AS cut_key, CAST({numerator} AS BIGINT) AS numerator, "
        f"CAST({denominator} AS BIGINT) AS denominator, FALSE AS is_partial"
    )
    names = [
        "record_count",
        "district_handled_count",
        "place_count",
        "share",
        "growth",
        "growth_previous",
        "growth_daily",
        "first_months",
        "growth_contribution",
        "per_10k",
        "rate",
        "rate_before",
        "composite",
        "unresolved_count",
        "caller_count",
        "unit_count",
        "crosswalk_count",
        "praise_count",
        "platform_count",
        "repeat_count",
    ]
    tables = {f"metric.{name}": f"{row} WHERE {name == 'share'}" for name in names}
    # These bring their own dimensions, to be joined with the members.
    own = ", ".join(f"'*' AS {name}" for name in KEY)
    tables |= {
        f"metric.{name}": f"SELECT * EXCLUDE (cut_key), {own}, 'total' AS cut FROM ({row})"
        " WHERE FALSE"
        for name in ("grid_figure", "plan_figure", "matter_figure")
    }
    tables["metric.cut_member"] = f"SELECT 1 AS cut_key, {own}, 'total' AS cut"
    tables["metric.cut_gap"] = (
        "SELECT 'tag' AS cut, 'year' AS period_type, '2020' AS period, 1 AS known_month_count"
    )
    assert [line["value"] for line in select_named("metric/figure_value", tables)] == [D(value)]


def test_a_year_without_tiers_has_one_scope():
    cells = (
        "SELECT * FROM (VALUES (2019, 0), (2020, 0), (2020, 1), (2020, 3)) AS c (year, scope_tier)"
    )
    rows = select_file("metric/scope", {"metric.cell": cells})
    assert {row for row in rows if row[0] == 2019} == {(2019, "all", 0)}
    # A stray record without a tier counts in the widest scope and in no narrower one.
    assert {scope for year, scope, tier in rows if year == 2020 and tier == 0} == {"tier3"}
    assert {tier for year, scope, tier in rows if scope == "tier2"} == {1, 2}
