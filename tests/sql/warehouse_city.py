"""Eleven records of 2019 and 2020, few enough to be counted by hand."""

from warehouse_kit import record


def dispatched(record_id: str, received_at: str, unit_type: str, unit: str, **fields):
    """Return a dispatched record with a valid call-back, unless told otherwise."""
    return record(
        record_id,
        received_at,
        **{
            "handling": "派单",
            "record_type": "诉求",
            "unit_type": unit_type,
            "unit": unit,
            "is_valid": True,
            "is_contacted": True,
            "is_company_desk": False,
            "scope_tier": 1,
            **fields,
        },
    )


# Ways of saying that a record is of a matter, or lies with a unit.
SAFETY = {"category": "公共安全", "subcategory": "卫生安全"}
FOOD = {"category": "公共安全", "subcategory": "食品安全"}
AGENT = {"category": "住房", "subcategory": "房产中介"}
REPAIR = {"category": "住房", "subcategory": "房屋修缮"}
SCHOOL = {"category": "教育", "subcategory": "入学升学"}
EAST = {"unit_district": "甲区", "place_district": "甲区"}
GOOD = {"resolution": "解决", "satisfaction": "满意"}
PARTLY = {"resolution": "部分解决", "satisfaction": "基本满意"}
BAD = {"resolution": "未解决", "satisfaction": "不满意", "is_contacted": False}
DIRECT = {"scope_tier": 1, "is_company_desk": False}
TOWN = {"unit_district": "乙区", "unit_street": "二镇", "place_district": "乙区"}
STREET = {"unit_district": "甲区", "unit_street": "一街道", "place_district": "乙区"}

THIS_YEAR = [
    record(
        "A1", "2020-01-02 08:00:00", record_type="咨询", place_district="甲区", **SAFETY, **DIRECT
    ),
    dispatched("A2", "2020-01-05 08:00:00", "区", "甲区", **SAFETY, **EAST, **GOOD),
    dispatched(
        "A3",
        "2020-01-31 08:00:00",
        "街乡镇",
        "甲区一街道",
        channel="网络",
        **FOOD,
        **STREET,
        **PARTLY,
    ),
    dispatched(
        "B1",
        "2020-02-01 08:00:00",
        "市级部门",
        "市公安局",
        **{**AGENT, **BAD, "is_company_desk": True},
    ),
    record(
        "B2",
        "2020-02-10 08:00:00",
        record_type="建议",
        channel="网络",
        place_district="乙区",
        **AGENT,
        **DIRECT,
    ),
    # Tier 2 and tier 3: in no figure of the sections, in the headline and the wide scope.
    dispatched(
        "B3",
        "2020-02-11 08:00:00",
        "街乡镇",
        "乙区二镇",
        **{**REPAIR, **TOWN, **GOOD, "scope_tier": 2},
    ),
    # A district's record whose district is not known; no valid call-back; closed too early.
    dispatched(
        "B4",
        "2020-02-29 08:00:00",
        "区",
        "区级单位(未指定区)",
        **{**REPAIR, "record_type": "其他", "is_valid": False, "scope_tier": 3},
        closed_at="2020-02-28 08:00:00",
    ),
]
LAST_YEAR = [
    dispatched("C1", "2019-01-03 08:00:00", "区", "甲区", **SAFETY, **EAST, **GOOD),
    record("C2", "2019-01-04 08:00:00", record_type="咨询", **AGENT, **DIRECT),
    record("C4", "2019-02-04 08:00:00", record_type="咨询", **SCHOOL, **DIRECT),
    # March is not loaded for 2020, so growth must leave it out.
    dispatched("C3", "2019-03-04 08:00:00", "街乡镇", "乙区二镇", **AGENT, **TOWN),
]
# The first dispatch of A2 went to another unit: the chain is kept, the last one counts.
RETURNED = {
    **dispatched("A2", "2020-01-05 08:00:00", "市级部门", "市公安局", **SAFETY),
    "is_last": False,
}
A2_CHAIN = [{**THIS_YEAR[1], "dispatch_no": 2}, RETURNED]
