"""Columns that only some months of a year hold: counts are of those months, and partial.

Every month has ten records: eight dispatched and called back, six of them resolved, and two
answered on the spot. From July on the dump lacks channels, platforms, tags, the epidemic flag and
call-backs. In the year before every month has them, with as many records.
"""

import csv
from decimal import Decimal as D

import duckdb
import pytest

from pipeline import ledger
from pipeline.audit.explain import gather
from pipeline.home import Home
from pipeline.narrative.context import held_in_part, in_part
from pipeline.proofread.bind import bind
from pipeline.proofread.documents import TextBlock
from pipeline.proofread.figure_index import load
from pipeline.proofread.judge import judge
from pipeline.proofread.verdict import AGREES, DIFFERS, NOT_COMPUTABLE
from pipeline.warehouse import build
from tests.support.city import ask, deliver, dispatched, make_home, record
from tests.support.ledgers import claim

LACKED = {
    "channel": "?", "platform": "?", "tag": "?", "is_epidemic": None, "is_valid": None,
    "is_contacted": None, "resolution": "?", "satisfaction": "?",
}  # fmt: skip
RATE = (
    "convention,satisfied_weight,basically_satisfied_weight,weight_base,valid_from,valid_to,"
    "definition\njiesu2020,10,9,10,2019-01-01,2020-12-31,x\n"
)


def month_of(year: int, month: int) -> list[dict]:
    """Return ten records of a month."""
    rows = []
    for number in range(10):
        cells = {
            "channel": "网络" if number < 3 else "电话",
            "platform": "微信" if number < 2 else "网站" if number < 3 else "?",
            "tag": "七有" if number < 4 else "?",
            "is_epidemic": number < 5,
            "scope_tier": 0,
            "category": "住房",
            "subcategory": "漏水" if number < 5 else "屋顶",
        }
        name, at = f"{year}{month}-{number}", f"{year}-{month:02d}-{1 + 3 * number:02d} 08:00:00"
        if number < 8:
            result = {"resolution": "解决" if number < 6 else "未解决", "satisfaction": "满意"}
            row = dispatched(name, at, "区", "甲区", **{**cells, **result})
        else:
            row = record(name, at, **{**cells, "record_type": "咨询"})
        rows.append({**row, **LACKED} if year == 2020 and month > 6 else row)
    return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("gap"), {"rate_convention": RATE})
    rows = [row for year in (2019, 2020) for month in range(1, 13) for row in month_of(year, month)]
    deliver(made, rows)
    build(made)
    return made


def figures(home: Home, period: str, cut: str) -> dict[tuple, tuple]:
    """Return metric and member -> numerator, denominator, partial."""
    rows = ask(
        home,
        "SELECT metric, channel, platform, tag, epidemic, numerator, denominator, is_partial "
        f"FROM metric.figure WHERE period = '{period}' AND cut = '{cut}'",
    )
    return {
        (row[0], *[value for value in row[1:5] if value != "*"]): tuple(row[5:]) for row in rows
    }


def test_counts_are_of_the_months_with_the_column_and_partial(home: Home):
    channel = figures(home, "2020", "channel")
    # Six months: 7 and 3 of 10; the sixty of July to December have no channel, no share, no change.
    assert channel == {
        ("record_count", "电话"): (42, 1, True),
        ("record_count", "网络"): (18, 1, True),
        ("record_count", "?"): (60, 1, True),
        ("channel_share", "电话"): (42, 60, True),
        ("channel_share", "网络"): (18, 60, True),
        ("platform_count", "网络"): (2, 1, True),
    }
    tag = figures(home, "2020", "tag")
    assert tag["record_count", "七有"] == (24, 1, True)
    assert ("tag_share", "七有") not in tag and ("growth_record_count", "七有") not in tag
    # Of the 24 tagged all are dispatched and called back: 24 of 24 resolved.
    assert tag["resolution_rate", "七有"] == (24, 24, True)
    epidemic = figures(home, "2020", "epidemic")
    assert epidemic["record_count", "否"] == (30, 1, True)
    assert not [key for key in epidemic if key[0] in ("epidemic_share", "growth_record_count")]
    for table in ("t02_channel", "t27_epidemic", "t29_tag"):
        asked = f"SELECT DISTINCT year, is_partial FROM annual.{table} ORDER BY ALL"
        assert ask(home, asked) == [(2019, False), (2020, True)], table
    platform = figures(home, "2020", "channel platform")
    assert not [key for key in platform if key[0] == "platform_share"]


def test_the_year_before_has_them_whole(home: Home):
    assert figures(home, "2019", "tag")["tag_share", "七有"] == (48, 120, False)
    assert figures(home, "2019", "epidemic")["epidemic_share", "是"] == (60, 120, False)
    assert figures(home, "2019", "total")["resolution_rate",] == (72, 96, False)


def test_what_all_months_hold_is_as_before(home: Home):
    total = figures(home, "2020", "total")
    assert total["record_count",] == (120, 1, False)
    assert total["growth_record_count",] == (0, 120, False)
    assert figures(home, "2020", "handling") and not any(
        row[2] for row in figures(home, "2020", "handling").values() if row[1] != 1
    )


def test_rates_are_of_the_months_with_call_backs_and_partial(home: Home):
    total = figures(home, "2020", "total")
    # 6 of 8 in each of six months.
    assert total["resolution_rate",] == (36, 48, True)
    assert total["response_rate",] == (48, 48, True)
    assert total["unresolved_count",] == (12, 1, True)
    assert figures(home, "2020-Q2", "total")["resolution_rate",] == (18, 24, False)
    assert ("resolution_rate",) not in figures(home, "2020-Q3", "total")


def test_a_month_is_not_compared_by_what_the_other_lacks(home: Home):
    rows = ask(
        home,
        "SELECT period, channel, record_count, previous_count, is_from_zero, is_gone, "
        "before_count, is_gone_in_year FROM monthly.m02_channel "
        "WHERE period IN ('2020-06', '2020-07') AND period_type = 'month' ORDER BY ALL",
    )
    assert rows == [
        ("2020-06", "电话", 7, 7, False, False, 7, False),
        ("2020-06", "网络", 3, 3, False, False, 3, False),
        ("2020-07", "?", 10, None, False, False, None, False),
    ]


def test_a_rate_of_some_months_is_not_compared_with_one_of_others(home: Home):
    rows = ask(
        home,
        "SELECT year, resolution_rate, before_resolution_rate, is_partial FROM annual.t21_rate "
        "WHERE unit_type = '合计' ORDER BY 1",
    )
    assert rows == [(2019, D("0.75"), None, False), (2020, D("0.75"), None, True)]
    # Both have the first quarter whole.
    assert ask(
        home,
        "SELECT before_resolution_rate FROM monthly.m10_rate "
        "WHERE unit_type = '合计' AND period = '2020-Q1'",
    ) == [(D("0.75"),)]


def test_the_note_says_which_months_hold_what(home: Home):
    with duckdb.connect(str(home.database), read_only=True) as con:
        shares = [in_part(held_in_part(con, *of)) for of in (("year", "2020"), ("year", "2019"))]
    assert shares == [
        "回访结果只有1至6月有，三率按这些月份计；渠道、平台、涉疫标志、标签只有1至6月有，"
        "按其统计的件数只含这些月份，不计变化，以全部记录为分母的占比不计",
        "",
    ]


def test_a_draft_is_not_compared_with_what_the_records_lack(home: Home):
    warehouse = load(home, 2020)

    def judged(text: str) -> list[tuple[str, str]]:
        found = judge(bind([TextBlock(text)], warehouse), warehouse)
        return [(one.verdict, one.reason) for one in found]

    assert judged("全年共受理120件。") == [(AGREES, "")]
    assert judged("全年共受理121件。") == [(DIFFERS, "")]
    lacks = "记录没有来电号码、二级分类，或只有部分月份有"
    assert judged("重复反映35件。") == [(NOT_COMPUTABLE, lacks)]
    assert judged("重复反映占3.5%。") == [(NOT_COMPUTABLE, lacks)]
    callers = "记录没有来电号码，或只有部分月份有"
    for text in ("全年共有53人来电来信。", "来电来信的号码共53个。", "来电号码53万个。"):
        assert judged(text) == [(NOT_COMPUTABLE, callers)], text
    # 75% in the months that have call-backs, the year unknown.
    for text in ("全市解决率75.00%。", "全市解决率80.00%。"):
        assert judged(text) == [(NOT_COMPUTABLE, "记录没有回访结果，或只有部分月份有")]
    ((verdict, reason),) = judged("电话反映42件。")
    assert (verdict, reason) == (NOT_COMPUTABLE, "记录没有渠道，或只有部分月份有")


def test_a_claim_on_what_the_records_lack_is_not_computable(home: Home):
    claims = [
        claim("equals", "52.5", "53.5", claim="d-1-caller", metric="caller_count", printed="53人"),
        claim("equals", "6.5", "7.5", claim="d-1-tag", tag="七有", printed="7件"),
        # July has no channel at all: its member is not 0.
        claim("equals", "6.5", "7.5", claim="d-1-july", channel="电话", printed="7件",
              period_type="month", period="2020-07"),
    ]  # fmt: skip
    with (home.root / "data/published/d.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ledger.FILE_COLUMNS)
        for row in claims:
            cells = {**row, "document": "d", "section": "1 总体"}
            writer.writerow(["" if cells[n] is None else cells[n] for n in ledger.FILE_COLUMNS])
    verdicts = {}
    for one in claims:
        found = gather(home, one["claim"])
        verdicts[one["claim"]] = (
            *(found["claim"][n] for n in ("verdict", "reason")),
            found["is_agreed"],
        )
    assert verdicts["d-1-caller"] == ("not computable", "记录没有来电号码,或只有部分月份有", None)
    assert verdicts["d-1-tag"][:2] == ("not computable", "记录没有标签,或只有部分月份有")
    assert verdicts["d-1-july"] == ("not computable", "记录没有渠道,或只有部分月份有", None)


@pytest.mark.slow
def test_a_narrow_scope_of_months_without_tiers_is_partial_and_not_compared(tmp_path):
    """Eight records a month, all of the narrowest tier; from July 2020 without one."""
    home = make_home(tmp_path)
    rows = [
        record(
            f"{year}{month}-{number}",
            f"{year}-{month:02d}-{1 + 4 * number:02d} 08:00:00",
            scope_tier=0 if (year, month) > (2020, 6) else 1,
        )
        for year in (2019, 2020)
        for month in range(1, 13)
        for number in range(8 if month > 2 else 7)
    ]
    deliver(home, rows)
    build(home)
    found = ask(
        home,
        "SELECT scope, metric, numerator, is_partial FROM metric.figure WHERE period = '2020' "
        "AND cut = 'total' AND metric IN ('record_count', 'growth_record_count') ORDER BY ALL",
    )
    # Seven, seven and four times eight; the widest scope counts what has no tier.
    assert [row for row in found if row[0] in ("tier1", "tier3")] == [
        ("tier1", "record_count", 46, True),
        ("tier3", "growth_record_count", 0, False),
        ("tier3", "record_count", 94, False),
    ]
    # July fell from eight to no record with a tier: not printed.
    assert (
        ask(
            home,
            "SELECT scope, metric FROM metric.figure WHERE period = '2020-07' AND cut = 'total' "
            "AND metric LIKE 'growth%' AND scope = 'tier1'",
        )
        == []
    )


def test_a_rare_value_is_not_a_missing_column(tmp_path):
    """One record in ten has a tag: of the 30 of March chance may leave none, of 90 not."""
    home = make_home(tmp_path)
    tagged = (1, 2, 4, 7)
    rows = [
        record(f"{month}-{number}", f"2020-{month:02d}-{1 + number % 28:02d} 08:00:00",
               tag="七有" if month in tagged and number % 10 == 0 else "?")
        for month, size in ((1, 30), (2, 30), (3, 30), (4, 30), (5, 45), (6, 45), (7, 30))
        for number in range(size)
    ]  # fmt: skip
    deliver(home, rows)
    build(home)
    assert ask(
        home,
        "SELECT month FROM metric.known_column "
        "WHERE column_name = 'tag' AND NOT is_known ORDER BY 1",
    ) == [(5,), (6,)]
    assert ask(
        home,
        "SELECT month_count, known_month_count FROM metric.column_gap "
        "WHERE column_name = 'tag' AND period = '2020'",
    ) == [(7, 5)]
