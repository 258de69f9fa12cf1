"""annual: in which order the groups of a printed table are."""

from tests.support.city import EAST, ask, build_only, deliver, dispatched, make_home, record


def test_groups_are_in_the_order_of_the_references(tmp_path):
    """Registered ones as registered, then the others by name, then the unknown."""
    reference = {
        "member": (
            "dimension,member,sort_order,note\nrecord_type,诉求,1,\nrecord_type,咨询,2,\n"
            "unit_type,电商企业,1,\nunit_type,国有企业,2,\ndesk,其他席,1,\ndesk,企业专席,2,\n"
        ),
        "subcategory": "category,subcategory,sort_order\n住房,物业,1\n住房,中介,2\n",
    }
    home = make_home(tmp_path, reference)
    given = [
        # record_type, unit_type, unit_district, subcategory, is_company_desk
        ("?", "国有企业", "?", "?", True),
        ("乙类", "电商企业", "?", "丁", False),
        ("咨询", "区", "甲区", "中介", False),
        ("甲类", "区", "丙区", "丙", False),
        ("诉求", "区", "乙区", "物业", False),
    ]
    names = ("record_type", "unit_type", "unit_district", "subcategory", "is_company_desk")
    deliver(
        home,
        [
            record(
                f"R{i}", "2020-05-01 00:00:00", handling="派单", unit=f"单位{i}", category="住房"
            )
            | dict(zip(names, row, strict=True))
            for i, row in enumerate(given)
        ],
    )
    build_only(
        home,
        "annual.t03_handling",
        "annual.t05_type_category",
        "annual.t06_type_month",
        "annual.t07_type_district",
        "annual.t14_enterprise",
        "annual.t17_category_month",
    )

    def groups(select: str) -> list[str]:
        return list(dict.fromkeys(name for (name,) in ask(home, select)))

    by_type = ["诉求", "咨询", "乙类", "甲类", "?"]
    for table in ("t05_type_category", "t06_type_month", "t07_type_district"):
        chosen = f"SELECT record_type FROM annual.{table} WHERE record_type <> '合计'"
        assert groups(chosen) == by_type, table
    assert ask(home, "SELECT desk, record_count FROM annual.t03_handling") == [
        ("合计", 5),
        ("其他席", 4),
        ("企业专席", 1),
    ]
    assert groups("SELECT unit_type FROM annual.t14_enterprise") == ["电商企业", "国有企业"]
    assert groups("SELECT subcategory FROM annual.t17_category_month") == [
        "合计",
        "物业",
        "中介",
        "丁",
        "丙",
        "?",
    ]


def test_categories_are_ordered_by_all_their_records_of_the_year(tmp_path):
    """Neither the reference (公共安全 first) nor what a table counts itself: one order for all."""
    home = make_home(tmp_path)
    rows = []
    for category, answered, sent in (("?", 9, 3), ("公共安全", 0, 2), ("教育", 3, 1)):
        held = {"category": category, "subcategory": "甲"}
        rows += [record(f"{category}-{n}", "2020-05-01 00:00:00", **held) for n in range(answered)]
        rows += [
            dispatched(f"{category}+{n}", "2020-05-01 00:00:00", "区", "甲区", **held, **EAST)
            | {"scope_tier": 0}
            for n in range(sent)
        ]
    # The year before has another order, and must not lend it.
    rows += [
        {**row, "record_id": f"L{row['record_id']}", "received_at": "2019-05-01 00:00:00"}
        for row in rows
        if row["handling"] == "派单"
    ]
    deliver(home, rows)
    build_only(
        home,
        "annual.t16_category_subcategory",
        "annual.t17_category_month",
        "annual.t18_category_handling",
        "annual.t19_category_unit_type",
        "annual.t20_category_district",
    )
    tables = [
        "t16_category_subcategory",
        "t17_category_month",
        "t18_category_handling",
        "t19_category_unit_type",
        "t20_category_district",
    ]
    for table in tables:
        for year, expected in (
            (2020, ["教育", "公共安全", "?"]),
            (2019, ["公共安全", "教育", "?"]),
        ):
            found = ask(home, f"SELECT category FROM annual.{table} WHERE year = {year}")
            assert list(dict.fromkeys(name for (name,) in found)) == expected, (table, year)


def test_regions_are_ordered_by_what_their_districts_handled(tmp_path):
    """As t09 ranks them, not by name and not by their largest category; the unknown last."""
    home = make_home(tmp_path)
    held = [("甲区", "住房", 3), ("乙区", "住房", 2), ("乙区", "教育", 2), ("丙区", "教育", 5)]
    rows = [
        dispatched(f"R{i}-{n}", "2020-05-01 00:00:00", "区", district, category=category)
        | {"unit_district": district, "scope_tier": 0}
        for i, (district, category, count) in enumerate(held)
        for n in range(count)
    ]
    deliver(home, rows)
    build_only(home, "annual.t09_region", "annual.t10_region_category")
    printed = ask(
        home, "SELECT region, rank, category, record_count FROM annual.t10_region_category"
    )
    assert printed == [
        ("西部", 1, "住房", 2),
        ("西部", 2, "教育", 2),
        ("东部", 1, "住房", 3),
        ("?", 1, "教育", 5),
    ]
    assert ask(home, "SELECT region FROM annual.t09_region") == [("西部",), ("东部",)]
