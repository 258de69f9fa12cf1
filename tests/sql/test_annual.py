"""annual: the printed tables against rows written by hand from tests.support.city."""

from decimal import Decimal as D

import pytest

from pipeline.home import Home
from pipeline.warehouse import build
from tests.support.city import ask, deliver, make_home, record
from tests.support.entities import PRINTED as OTHERS

THIRD, TWO_THIRDS = D("0.33333333"), D("0.66666667")

# Table: (columns, rows of 2020 in printed order). The sections count on tier 1: A1 A2 A3 B1 B2.
PRINTED = {
    "t01_overview": (
        "scope, record_count, growth_rate, dispatched_count, direct_count, phone_count, "
        "online_count, online_dispatched_count, is_partial",
        [
            ("tier1", 5, TWO_THIRDS, 3, 2, 3, 2, 1, True),
            ("tier2", 6, D(1), 4, 2, 4, 2, 1, True),
            ("tier3", 7, D("1.33333333"), 5, 2, 5, 2, 1, True),
        ],
    ),
    "t02_channel": (
        "rank, channel, record_count, growth_rate, share_numerator, share_denominator, "
        "channel_share",
        [(1, "电话", 3, D(0), 3, 5, D("0.6")), (2, "网络", 2, None, 2, 5, D("0.4"))],
    ),
    "t03_handling": (
        "desk, handling, record_count, growth_rate, share_numerator, share_denominator",
        [
            ("合计", "派单", 3, D(2), 3, 5),
            ("合计", "直接解答", 2, D(0), 2, 5),
            ("企业专席", "派单", 1, None, 1, 1),
            # Same months of 2019 at the other desks: C1 dispatched, C2 and C4 on the spot. As many
            # of both, so the reference decides.
            ("其他席", "直接解答", 2, D(0), 2, 4),
            ("其他席", "派单", 2, D(1), 2, 4),
        ],
    ),
    "t04_type": (
        "rank, record_type, record_count, growth_rate, type_share",
        [
            (1, "诉求", 3, D(2), D("0.6")),
            (2, "咨询", 1, D("-0.5"), D("0.2")),
            (3, "建议", 1, None, D("0.2")),
        ],
    ),
    "t05_type_category": (
        "record_type, rank, category, record_count, share_numerator, share_denominator",
        [
            ("咨询", 1, "公共安全", 1, 1, 1),
            ("诉求", 1, "公共安全", 2, 2, 3),
            ("诉求", 2, "住房", 1, 1, 3),
            ("建议", 1, "住房", 1, 1, 1),
        ],
    ),
    "t06_type_month": (
        "record_type, month, record_count, share_numerator, share_denominator, month_share",
        [
            ("咨询", 1, 1, 1, 1, D(1)),
            ("咨询", 2, 0, 0, 1, D(0)),
            ("诉求", 1, 2, 2, 3, TWO_THIRDS),
            ("诉求", 2, 1, 1, 3, THIRD),
            ("建议", 1, 0, 0, 1, D(0)),
            ("建议", 2, 1, 1, 1, D(1)),
        ],
    ),
    "t07_type_district": (
        "record_type, rank, district, record_count",
        [
            # A3 and B2 are in 乙区, A1 and A2 in 甲区, B1 nowhere that is known.
            ("合计", 1, "乙区", 2),
            ("合计", 2, "甲区", 2),
            ("合计", 3, "?", 1),
            ("咨询", 1, "甲区", 1),
            ("诉求", 1, "乙区", 1),
            ("诉求", 2, "甲区", 1),
            ("诉求", 3, "?", 1),
            ("建议", 1, "乙区", 1),
        ],
    ),
    "t08_unit_type": (
        "rank, unit_type, record_count, growth_rate, unit_type_share",
        [
            (1, "区", 1, D(0), THIRD),
            (2, "市级部门", 1, None, THIRD),
            (3, "街乡镇", 1, None, THIRD),
        ],
    ),
    "t09_region": (
        "rank, region, record_count, growth_rate, region_share, street_unit_count, "
        "district_unit_count",
        [(1, "东部", 2, D(1), D(1), 1, 1)],
    ),
    "t10_region_category": ("region, rank, category, record_count", [("东部", 1, "公共安全", 2)]),
    "t11_district": (
        "rank, district, region, record_count, growth_rate, street_unit_count, "
        "district_unit_count, population, handled_per_10k, per_10k_rank",
        [(1, "甲区", "东部", 2, D(1), 1, 1, 20_000, D(1), 1)],
    ),
    "t12_street": ("rank, district, street, record_count", [(1, "甲区", "一街道", 1)]),
    "t13_department": ("unit_type, rank, unit, record_count", [("市级部门", 1, "市公安局", 1)]),
    "t14_enterprise": ("unit_type, rank, unit, record_count", []),
    "t15_category": (
        "rank, category, record_count, growth_rate, share_numerator, share_denominator, "
        "category_share, is_partial",
        [
            (1, "公共安全", 3, D(2), 3, 5, D("0.6"), True),
            (2, "住房", 2, D(1), 2, 5, D("0.4"), True),
            # Gone this year: it stays, with its fall.
            (3, "教育", 0, D(-1), None, None, None, True),
        ],
    ),
    "t16_category_subcategory": (
        "category, rank, subcategory, record_count, share_numerator, share_denominator",
        [
            ("公共安全", 1, "卫生安全", 2, 2, 3),
            ("公共安全", 2, "食品安全", 1, 1, 3),
            ("住房", 1, "房产中介", 2, 2, 2),
        ],
    ),
    "t17_category_month": (
        "category, subcategory, month, record_count, share_denominator",
        [
            ("公共安全", "合计", 1, 3, 3),
            ("公共安全", "合计", 2, 0, 3),
            ("公共安全", "食品安全", 1, 1, 1),
            ("公共安全", "食品安全", 2, 0, 1),
            ("公共安全", "卫生安全", 1, 2, 2),
            ("公共安全", "卫生安全", 2, 0, 2),
            ("住房", "合计", 1, 0, 2),
            ("住房", "合计", 2, 2, 2),
            ("住房", "房产中介", 1, 0, 2),
            ("住房", "房产中介", 2, 2, 2),
        ],
    ),
    "t18_category_handling": (
        "category, rank, handling, record_count, handling_share",
        [
            ("公共安全", 1, "派单", 2, TWO_THIRDS),
            ("公共安全", 2, "直接解答", 1, THIRD),
            ("住房", 1, "派单", 1, D("0.5")),
            ("住房", 2, "直接解答", 1, D("0.5")),
            # 教育 was answered on the spot in 2019 and is gone.
            ("教育", 1, "直接解答", 0, None),
        ],
    ),
    "t19_category_unit_type": (
        "category, rank, unit_type, record_count, unit_type_share",
        [
            ("公共安全", 1, "区", 1, D("0.5")),
            ("公共安全", 2, "街乡镇", 1, D("0.5")),
            ("住房", 1, "市级部门", 1, D(1)),
        ],
    ),
    "t20_category_district": (
        "category, rank, district, record_count, share_numerator, share_denominator",
        [("公共安全", 1, "甲区", 2, 2, 2)],
    ),
    "t21_rate": (
        "convention, rank, unit_type, response_numerator, response_denominator, "
        "resolution_numerator, satisfaction_numerator, satisfaction_denominator, "
        "satisfaction_rate",
        [
            ("jiesu2020", 1, "合计", 2, 3, 1, 19, 30, D("0.63333333")),
            ("jiesu2020", 2, "区", 1, 1, 1, 10, 10, D(1)),
            ("jiesu2020", 3, "市级部门", 0, 1, 0, 0, 10, D(0)),
            ("jiesu2020", 4, "街乡镇", 1, 1, 0, 9, 10, D("0.9")),
        ],
    ),
    "t22_rate_district": (
        "convention, rank, district, resolution_numerator, resolution_denominator",
        [("jiesu2020", 1, "甲区", 1, 2)],
    ),
    "t23_rate_category": (
        "convention, rank, category, resolution_numerator, resolution_denominator",
        [("jiesu2020", 1, "公共安全", 1, 2), ("jiesu2020", 2, "住房", 0, 1)],
    ),
    # December 2019 is not loaded, so January has no month before; C4 alone fell in February 2019.
    "t24_month": (
        "month, record_count, growth_rate, previous_growth_rate, month_share, is_partial",
        [
            (1, 3, D("0.5"), None, D("0.6"), False),
            (2, 2, D(1), -THIRD, D("0.4"), False),
        ],
    ),
    # 5 records after 3 (C1 C2 C4): the changes of each kind of part sum to 2, over 3.
    "t25_growth_part": (
        "part_kind, rank, part, record_count, before_count, change_count, growth_contribution, "
        "volume_rank, before_volume_rank",
        [
            ("合计", 1, "合计", 5, 3, 2, TWO_THIRDS, 1, 1),
            ("类别", 1, "公共安全", 3, 1, 2, TWO_THIRDS, 1, 2),
            ("类别", 2, "住房", 2, 1, 1, THIRD, 2, 1),
            ("类别", 3, "教育", 0, 1, -1, -THIRD, None, 3),
            ("渠道", 1, "网络", 2, 0, 2, TWO_THIRDS, 2, None),
            ("渠道", 2, "电话", 3, 3, 0, D(0), 1, 1),
            ("记录类型", 1, "诉求", 3, 1, 2, TWO_THIRDS, 1, 2),
            ("记录类型", 2, "建议", 1, 0, 1, THIRD, 3, None),
            ("记录类型", 3, "咨询", 1, 2, -1, -THIRD, 2, 1),
            ("区(发生地)", 1, "乙区", 2, 0, 2, TWO_THIRDS, 1, None),
            ("区(发生地)", 2, "甲区", 2, 1, 1, THIRD, 2, 1),
            ("区(发生地)", 3, "?", 1, 2, -1, -THIRD, None, None),
        ],
    ),
    # No record names a platform, an epidemic, a tag or a form of praise.
    "t26_platform": ("channel, rank, platform, record_count", []),
    "t27_epidemic": (
        "epidemic, record_count, growth_rate, epidemic_share, direct_count, direct_share, "
        "called_back_count, resolution_rate",
        [("否", 5, TWO_THIRDS, D(1), 2, D("0.4"), 3, THIRD)],
    ),
    "t28_epidemic_category": ("rank, category, record_count", []),
    "t29_tag": ("rank, tag, record_count", []),
    "t30_tag_district": ("tag, rank, district", []),
    # A2 is satisfied and resolved, A3 basically satisfied and partly resolved: 19/20 less 1/2.
    "t31_satisfaction_gap": (
        "convention, rank, category, record_count, called_back_count, resolution_rate, "
        "satisfaction_rate, satisfaction_gap",
        [
            ("jiesu2020", 1, "公共安全", 3, 2, D("0.5"), D("0.95"), D("0.45")),
            ("jiesu2020", 2, "住房", 2, 1, D(0), D(0), D(0)),
        ],
    ),
    "t32_joint": (
        "rank, category, joint_count, district_unit_count, district_joint_share, "
        "street_unit_count, street_joint_share, main_handler, district_resolution_rate, "
        "street_resolution_rate, street_satisfaction_rate",
        [(1, "公共安全", 2, 1, D("0.5"), 1, D("0.5"), "共同承办", D(1), D(0), D("0.9"))],
    ),
    # Nobody has the hundred call-backs of a rank. A3: 100 x (0.1 + 0.4 x 0.9). With one call-back
    # and z2 = 3.84145888 the interval is [1 / (1 + z2), 1] or [0, z2 / (1 + z2)], of 0.46
    # (0.46 + z2 / 2 -+ sqrt(z2 x (0.46 x 0.54 + z2 / 4))) / (1 + z2).
    "t33_unit_rank": (
        "unit_type, list_number, rank, unit_name, called_back_count, composite_score, "
        "low_score, high_score, best_rank, against_kind, is_ranked",
        [
            ("区", 1, None, "甲区", 1, D(100), D("20.65493118"), D(100), None, None, False),
            ("市级部门", 1, None, "市公安局", 1, D(0), D(0), D("79.34506882"), None, None, False),
            (
                "街乡镇",
                1,
                None,
                "甲区一街道",
                1,
                D(46),
                D("4.66532566"),
                D("93.68227985"),
                None,
                None,
                False,
            ),
        ],
    ),
    "t34_rate_subcategory": ("rank, category, subcategory", []),
    # No record has a caller or praise; three kinds of unit took one record each.
    "t35_work": (
        "is_from_record, item, part, item_count, item_unit, source",
        [
            (True, "有承办记录的单位", "区", 1, "个", "热线记录"),
            (True, "有承办记录的单位", "市级部门", 1, "个", "热线记录"),
            (True, "有承办记录的单位", "街乡镇", 1, "个", "热线记录"),
            (False, "整合的热线", "", 52, "条", "公开文件 文件甲"),
        ],
    ),
    "t36_focus": ("rank, category, subcategory", []),
    "t37_praise": ("rank, praise_form, record_count", []),
    "t38_scope": (
        "scope, scope_counted, record_count",
        [
            ("tier1", "口径层级为1的记录", 5),
            ("tier2", "口径层级为1、2的记录", 6),
            ("tier3", "全部记录，含口径层级为3和没有登记层级的", 7),
        ],
    ),
}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_a_printed_table(small: Home, name: str):
    columns, expected = PRINTED[name]
    assert ask(small, f"SELECT {columns} FROM annual.{name} WHERE year = 2020") == expected


def test_every_table_is_tried_here(small: Home):
    tables = ask(
        small, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'annual'"
    )
    assert {name for (name,) in tables} == {*PRINTED, *OTHERS}


def test_the_first_year_has_no_growth(small: Home):
    assert ask(small, "SELECT growth_rate FROM annual.t01_overview WHERE year = 2019") == [
        (None,),
        (None,),
        (None,),
    ]


def test_a_top_list_keeps_the_rest_so_that_it_sums_to_the_total(tmp_path):
    home = make_home(tmp_path)
    rows = [
        record(f"R{i}-{n}", "2020-05-01 00:00:00", record_type="诉求", category=f"类{i:02d}")
        for i in range(1, 13)
        for n in range(i)
    ]
    deliver(home, rows)
    build(home)
    listed = ask(
        home,
        "SELECT rank, category, record_count, share_numerator, type_category_share "
        "FROM annual.t05_type_category",
    )
    # 78 records; the two least, 类01 and 类02, make up the rest. A city without tiers uses `all`.
    assert [row[:4] for row in listed[:2]] == [(1, "类12", 12, 12), (2, "类11", 11, 11)]
    assert listed[-1] == (11, "其他", 3, 3, D("0.03846154"))
    assert sum(row[2] for row in listed) == 78


def test_the_members_of_a_home_are_loaded_as_reference(small: Home):
    assert ask(small, "SELECT * FROM ref.member WHERE dimension = 'desk' ORDER BY sort_order") == [
        ("desk", "企业专席", 1, None),
        ("desk", "其他席", 2, None),
    ]
