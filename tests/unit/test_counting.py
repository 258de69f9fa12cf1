"""What `hotline explain` says and asks, on claims written by hand."""

from decimal import Decimal

import pytest

from pipeline import ledger
from pipeline.audit import explain_text
from pipeline.audit.explain import agrees
from pipeline.ledger import DIMENSIONS
from pipeline.metrics import recount
from pipeline.metrics.definitions import shipped

CLAIM = dict.fromkeys(ledger.COLUMNS, "") | dict.fromkeys(DIMENSIONS, "*") | {
    "claim": "c",
    "metric": "record_count",
    "method_version": "1",
    "convention": "-",
    "scope": "tier1",
    "date_basis": "received",
    "period_type": "year",
    "period": "2020",
    "relation": "equals",
    "printed_unit": "件",
}  # fmt: skip
METRICS = shipped()
YEARS = [(year, month) for year in (2019, 2020) for month in range(1, 13)]


def flat(sql: str) -> str:
    return " ".join(sql.split())


def counted(loaded=YEARS, **cells) -> recount.RecordQuery:
    query = recount.from_records(CLAIM | cells, loaded)
    assert query is not None
    return query


def test_every_metric_says_how_it_is_counted_or_that_records_cannot_give_it():
    uncounted = [name for name in METRICS if recount.from_records(claimed(name), YEARS) is None]
    assert uncounted == ["context_figure"]


def claimed(name: str) -> dict:
    entity = METRICS.entity_of(name)
    return CLAIM | {"metric": name, "scope": "all" if entity else "tier1", "period": "2020-04"}


def test_every_dimension_has_a_title():
    assert set(DIMENSIONS) <= METRICS.dimensions.keys()


def test_a_cut_by_unit_counts_dispatched_records_alone():
    query = counted(unit_type="街乡镇", district="甲区", street="乙'街")
    assert flat(query.sql).endswith(
        "FROM core.record WHERE year = 2020 AND scope_tier = 1 AND handling = '派单' "
        "AND unit_type = '街乡镇' AND unit_district = '甲区' AND unit_street = '乙''街'"
    )


def test_the_place_is_not_the_unit():
    query = counted(metric="place_count", record_type="诉求", district="甲区")
    assert "place_district = '甲区'" in query.sql
    assert "派单" not in query.sql


def test_a_month_counts_one_month_and_a_months_share_a_year():
    assert counted(period_type="month", period="2020-04").months == ((2020, 4),)
    share = counted(metric="month_share", period_type="month", period="2020-04")
    assert "count(*) FILTER (WHERE month = 4) AS numerator" in share.sql
    assert len(share.months) == 12


def test_a_comparison_reads_the_months_that_both_years_have():
    whole = counted(metric="growth_record_count")
    assert "month" not in whole.sql
    assert len(whole.months) == 24
    loaded = [key for key in YEARS if key not in ((2019, 1), (2020, 12))]
    partial = counted(loaded, metric="growth_record_count")
    assert "month IN (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)" in partial.sql
    assert len(partial.months) == 20
    none = counted([(2020, 1)], metric="growth_record_count")
    assert none.months == ()
    assert "FALSE" in none.sql


def test_years_compared_are_read_both():
    query = counted(
        metric="resolution_rate",
        convention="jiesu2020",
        relation="rises",
        dimension="period",
        members="2019|2020",
    )
    assert "year IN (2019, 2020)" in query.sql
    assert len(query.months) == 24


def test_what_records_cannot_give_has_no_query():
    assert recount.from_records(CLAIM | {"metric": "context_figure"}, YEARS) is None
    assert recount.from_records(CLAIM | {"scope": "elsewhere"}, YEARS) is None


@pytest.mark.parametrize(
    ("printed", "lower", "upper", "step", "word"),
    [
        ("53.01%", "0.53005", "0.53015", "0.0001", "四舍五入"),
        ("8400余件", "8400", "8500", "100", "余"),
        ("约4000件", "3500", "4500", "1000", "约"),
        ("14万件左右", "135000", "145000", "10000", "左右"),
        ("2000件以上", "2000", None, "1000", "以上"),
        ("**%", None, None, None, "原文空缺"),
        ("", None, None, None, "先后"),
    ],
)
def test_the_rule_of_an_interval_in_words(printed, lower, upper, step, word):
    numbers = {"lower": lower, "upper": upper, "step": step}
    exact = {name: None if text is None else Decimal(text) for name, text in numbers.items()}
    assert word in explain_text.interval_rule(CLAIM | {"printed": printed} | exact)


def test_a_garbled_claim_has_no_interval():
    garbled = {"printed": "3?.1%", "lower": None, "upper": None, "status": "garbled"}
    assert "残缺" in explain_text.interval_rule(CLAIM | garbled)


def row(member, numerator, denominator=1):
    return {
        "member": member,
        "numerator": numerator,
        "denominator": denominator,
        "value": Decimal(numerator) / denominator,
    }


def test_a_printed_order_that_departs_is_marked_where_it_does():
    claim = CLAIM | {
        "relation": "ranked_list",
        "dimension": "category",
        "members": "甲|乙|丙",
        "computed": "甲|丙|乙",
    }
    rows = [row("甲", 9), row("丙", 7), row("乙", 5), row("丁", 3), row("戊", 2), row("己", 1)]
    cells = explain_text.members({"claim": claim, "figures": rows})
    assert [cell[1] for cell in cells] == ["甲", "丙", "乙", "丁", "戊"]
    assert [cell[5] for cell in cells] == [
        "第 1 位",
        "第 3 位(原文此位:乙)",
        "第 2 位(原文此位:丙)",
        "",
        "",
    ]


def test_a_printed_member_far_down_is_shown_at_its_place():
    claim = CLAIM | {
        "relation": "largest",
        "dimension": "district",
        "members": "庚",
        "computed": "甲",
    }
    rows = [row(member, 10 - place) for place, member in enumerate("甲乙丙丁戊己庚")]
    cells = explain_text.members({"claim": claim, "figures": rows})
    assert [(cell[0], cell[1], cell[5]) for cell in cells] == [
        (1, "甲", "未列(原文此位:庚)"),
        (2, "乙", ""),
        (3, "丙", ""),
        (7, "庚", "第 1 位"),
    ]


def test_equal_figures_are_ordered_as_the_audit_places_them():
    claim = CLAIM | {
        "relation": "ranked_list",
        "dimension": "category",
        "members": "乙|甲",
        "computed": "乙|甲",
    }
    cells = explain_text.members({"claim": claim, "figures": [row("甲", 5), row("乙", 5)]})
    assert [(cell[1], cell[5]) for cell in cells] == [("乙", "第 1 位"), ("甲", "第 2 位")]


def test_agreement_needs_the_same_integers():
    figures = [{"numerator": 1, "denominator": 2}]
    assert agrees(figures, [{"numerator": 1, "denominator": 2}]) is True
    assert agrees(figures, [{"numerator": 2, "denominator": 4}]) is False
    assert agrees(figures, None) is None
    assert agrees([], [{"numerator": 0, "denominator": 7}]) is True
    assert agrees([], [{"numerator": 3, "denominator": 7}]) is None
    assert agrees([row("甲", 5)], [row("甲", 5), row("乙", 1)]) is False
    assert agrees([row("甲", 5)], [row("甲", 5), row("乙", 0)]) is True
    assert agrees([row("甲", 5), row("乙", 0)], [row("甲", 5)]) is False
