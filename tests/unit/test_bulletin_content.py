"""What a bulletin says, from hand-made tables: at zero, without a base, what is new and gone."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from pipeline.bulletin.content.arrange import arranged
from pipeline.bulletin.content.cases import LONGEST, one_line, shortened
from pipeline.bulletin.content.context import TEMPLATES
from pipeline.bulletin.content.tables import CHANGES, without_small_bases
from pipeline.document.model import Note, Para, Table
from pipeline.narrative.print_table import PrintTable, column, shown
from pipeline.narrative.sections import Sections
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.template import read_whole
from pipeline.narrative.templating import RenderContext

TEMPLATE = read_whole(TEMPLATES, "bulletin", None)
PAGES = [spec for spec in TEMPLATE["section"] if spec["id"] != "annex"]
WORDS = {
    **TEMPLATE["kind"]["month"],
    "period": "2031年5月", "city": "云溪市", "hotline": "12345热线", "contact": "群众",
    "headline": "all", "section": "all", "tiles": {}, "rank_min_n": "100",
    "list_error_share_percent": "5%", "steps": [], "reference_category_months": 12,
    "this_label": "2031年", "last_label": "2030年",
}  # fmt: skip
OVERVIEW = (
    "scope", "record_count", "previous_growth_rate", "growth_rate", "dispatched_count",
    "dispatched_previous_growth_rate", "dispatched_growth_rate", "direct_count",
    "direct_previous_growth_rate", "direct_growth_rate", "previous_daily_growth_rate",
    "daily_growth_rate", "first_months_count", "first_months_growth_rate",
)  # fmt: skip
CATEGORY = (
    "rank", "previous_rank", "category", "is_listed", "is_rest", "record_count", "category_share",
    "previous_count", "previous_growth_rate", "before_count", "growth_rate", "is_from_zero",
    "is_gone", "is_from_zero_in_year", "is_new",
)  # fmt: skip


class _NoFigures:
    """Stands for the registry: no number has a figure."""

    def find(self, *_):
        return None


def table(name: str, columns: tuple, *rows: tuple) -> PrintTable:
    """Return a printed table of these exact rows."""
    return shown(
        PrintTable(
            name, name, "件", "", "", [column(one, CHANGES) for one in columns], [], list(rows)
        )
    )


def rendered(*tables: PrintTable, **said) -> tuple[list[str], list[Table]]:
    """Return the paragraphs and the tables that the template makes of the tables."""
    source = TableStore(tables, lambda name: [], _NoFigures())
    sections = Sections(RenderContext(source, {**WORDS, **said}, TEMPLATE["wan_places"]), "")
    blocks = [b for s in sections.build(PAGES) for b in s.blocks]
    texts = [b.text for b in blocks if isinstance(b, Para | Note)]
    return texts, [b for b in blocks if isinstance(b, Table)]


def overview(count, previous=None, year=None, beside=(None,) * 4) -> PrintTable:
    return table(
        "m01_overview", OVERVIEW, ("all", count, previous, year, *(None,) * 6, *beside)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((0, None, None), "2031年5月，云溪市12345热线共受理群众反映0件。"),
        ((9999, D(0), None), "2031年5月，云溪市12345热线共受理群众反映9999件，环比持平。"),
        ((12_345, None, D("-0.12345")),
         "2031年5月，云溪市12345热线共受理群众反映1.23万件，同比下降12.35%。"),
        ((7, D("0.00001"), D(1)),
         "2031年5月，云溪市12345热线共受理群众反映7件，环比基本持平，同比上升100.00%。"),
        ((0, D(-1), D(-1)),
         "2031年5月，云溪市12345热线共受理群众反映0件，环比下降100.00%，同比下降100.00%。"),
    ],
)  # fmt: skip
def test_the_total_says_only_the_changes_that_there_are(row, sentence):
    assert rendered(overview(*row))[0] == [sentence]


OF_MAY = "2031年5月，云溪市12345热线共受理群众反映100件，环比上升1.00%，同比上升2.00%"


@pytest.mark.parametrize(
    ("beside", "more"),
    [
        ((None, None, None, None), "。"),
        ((D("-0.03"), None, None, None), "；按日均计，环比下降3.00%。"),
        ((None, D(0), None, None), "；按日均计，同比持平。"),
        ((D("0.05"), D("0.04"), None, None), "；按日均计，环比上升5.00%，同比上升4.00%。"),
        ((None, None, 190, D("-0.05")), "。因春节错月，1至2月合计受理190件，同比下降5.00%。"),
        # Without records the year before the two months have no change: nothing is said.
        ((None, None, 190, None), "。"),
    ],
)
def test_days_and_the_festival_are_said_where_they_matter(beside, more):
    row = overview(100, D("0.01"), D("0.02"), beside)
    assert rendered(row)[0] == [OF_MAY + more]
    # A change of the same days names them; that of two whole months does not.
    cut = rendered(row, yoy="1至10日同比")[0][0]
    assert "1至10日同比上升2.00%" in cut
    assert ("，同比下降5.00%。" in cut) == (beside[3] is not None)


def categories() -> PrintTable:
    """Return two named categories, the rest of two, and these two: 60 + 30 + 10 = 100 records."""
    return table(
        "m04_category", CATEGORY,
        (1, 2, "供暖", True, False, 60, D("0.6"), 20, D(2), 0, None, False, False, True, False),
        (2, None, "噪声", True, False, 30, D("0.3"), 0, None, 40, D("-0.25"),
         True, False, False, True),
        (3, 1, "停车", False, False, 10, D("0.1"), 40, D("-0.75"), 20, D("-0.5"),
         False, False, False, False),
        (4, 3, "燃放", False, False, 0, D(0), 5, D(-1), None, None, False, True, False, False),
        (None, None, "其他", False, True, 10, D("0.1"), 45, D("-0.77777778"), 20, D("-0.5"),
         False, False, False, False),
    )  # fmt: skip


def test_the_list_keeps_the_rest_and_sums_to_the_total():
    printed = next(t for t in rendered(overview(100), categories())[1] if t.id == "m04_category")
    count = [c.name for c in printed.columns].index("record_count")
    assert [(row[2].text, row[count].value) for row in printed.rows] == [
        ("供暖", 60), ("噪声", 30), ("其他", 10)
    ]  # fmt: skip


def test_what_has_no_base_has_no_percentage():
    printed = next(t for t in rendered(overview(100), categories())[1] if t.id == "m04_category")
    names = [c.name for c in printed.columns]
    month, year = names.index("previous_growth_rate"), names.index("growth_rate")
    assert [(row[month].text, row[year].text) for row in printed.rows] == [
        ("▲200.00%", "基数为零"), ("基数为零", "▽25.00%"), ("▽77.78%", "▽50.00%")
    ]  # fmt: skip


def test_new_and_vanished_categories_are_named():
    text = "".join(rendered(overview(100), categories())[0])
    assert "此前12个月没有、本月新出现的类别为噪声。" in text
    assert "上月有记录的燃放，本月没有受理。" in text
    assert "供暖（60件，占60.00%，环比上升200.00%）" in text


def test_a_quarter_compares_with_the_quarter_before():
    text = "".join(rendered(overview(100), categories(), **TEMPLATE["kind"]["quarter"])[0])
    assert "上季度有记录的燃放，本季度没有受理。" in text


def test_a_change_on_a_small_count_is_hidden_with_the_count():
    given = categories()
    rows = without_small_bases(given, 21).records()
    assert [row["previous_count"] for row in rows] == [None, 0, 40, None, 45]
    assert rows[0]["previous_growth_rate"] is None
    assert [row["previous_rank"] for row in rows] == [None, None, 1, None, None]
    # A base of nought is no small count, and of the year before 40 stays, 20 goes.
    assert [row["before_count"] for row in rows] == [0, 40, None, None, None]
    assert without_small_bases(given, 0).records() == given.records()


def test_a_text_is_cut_at_the_end_of_a_clause():
    text = "甲" * 60 + "。" + "乙" * 20 + "；" + "丙" * 60
    assert shortened(text) == "甲" * 60 + "。" + "乙" * 20 + "……"
    assert shortened("丁" * LONGEST) == "丁" * LONGEST
    assert shortened("丁" * (LONGEST + 1)) == "丁" * LONGEST + "……"
    assert one_line("甲\n  乙\t丙") == "甲 乙 丙"
    assert one_line(None) == ""


STREET = (
    "district", "street", "convention", "record_count", "composite_score", "score_gain",
    "advanced_number", "improved_number", "remedial_number", "priority_number",
    "called_back_count", "is_ranked",
)  # fmt: skip


def test_lists_of_streets_are_side_by_side_and_a_hidden_count_is_not_printed():
    streets = table(
        "m08_street", STREET,
        ("南区", "一街", "c", 1234, D("95.25"), D("3.14"), 1, 2, None, 1, 1099, True),
        ("南区", "二街", "c", None, D("88.04"), D("5.55"), None, 1, 1, None, 100, True),
        ("北区", "一街", "c", 7, None, None, None, None, None, 2, None, False),
        ("北区", "三街", None, None, None, None, None, None, None, 3, None, None),
    )  # fmt: skip
    lists = next(made for made in arranged([streets]) if made.name == "m08_lists")
    assert lists.rows == [
        (1, "南区一街(95.3,1,099)", "南区二街(+5.6,100)", "南区二街(88.0,100)", "南区一街(1,234)"),
        (2, None, "南区一街(+3.1,1,099)", None, "北区一街(7)"),
        (3, None, None, None, "北区三街"),
    ]


@pytest.mark.parametrize(
    ("score", "gain", "is_ranked", "names"),
    [
        (D(90), D(1), True, ("本期没有", "本期没有")),
        (D(90), None, True, ("本期没有", "没有可比的上期")),
        (D(90), None, False, ("没有参评单位", "没有参评单位")),
        (None, None, False, (None, None)),
    ],
)
def test_a_list_of_nobody_says_why(score, gain, is_ranked, names):
    row = ("南区", "一街", "c", 9, score, gain, None, None, None, 1, 120, is_ranked)
    lists = next(
        made for made in arranged([table("m08_street", STREET, row)]) if made.name == "m08_lists"
    )
    assert lists.rows == [(1, names[0], names[1], names[0], "南区一街(9)")]


def test_of_two_conventions_one_is_printed_and_what_is_hidden_stays_hidden():
    given = table("m08_street", ("convention", "record_count"), ("b", 9), ("a", 8), (None, 7))
    given = replace(given, hidden={1: {"record_count": 4}})
    made = arranged([replace(given, name="x")])[0]
    assert made.exact == [("a", 8), (None, 7)]
    assert made.hidden == {0: {"record_count": 4}}
    assert made.rows == [("a", "*"), (None, 7)]


SURGE = ("cut", "category", "subcategory", "topic", "district", "is_new")


def test_a_surge_is_named_by_the_deepest_level_known_and_its_place():
    surges = table(
        "m13_surge", SURGE,
        ("total", "*", "*", "*", "*", False),
        ("category", "供暖", "*", "*", "*", False),
        ("category district", "供暖", "*", "*", "南区", True),
        ("category district", "供暖", "*", "*", "?", False),
        ("category subcategory topic", "供暖", "暖气", "不热", "*", True),
        ("category subcategory topic", "供暖", "暖气", "?", "*", False),
        ("category", "?", "*", "*", "*", False),
    )  # fmt: skip
    assert [row["series"] for row in arranged([surges])[0].records()] == [
        "全部诉求", "供暖", "供暖(南区)(新)", "供暖(发生地不明)", "不热(新)", "暖气·不明", "不明"
    ]  # fmt: skip


def test_keys_become_words_and_a_phrase_loses_its_space():
    rates = table("m10_rate", ("unit_type", "called_back_count"), ("*", 3), ("区", 2))
    words = table(
        "m12_hot_word", ("word", "is_new"),
        ("供暖 不热", True), ("APP 登录", False), ("停水", False),
    )  # fmt: skip
    made = arranged([rates, words])
    assert [row["unit_type"] for row in made[0].records()] == ["合计", "区"]
    assert [row["word_label"] for row in made[1].records()] == ["供暖不热(新)", "APP 登录", "停水"]


def test_a_rate_moves_against_the_period_before():
    rates = table(
        "m10_rate",
        ("unit_type", "called_back_count", "response_rate", "resolution_rate",
         "previous_resolution_rate", "satisfaction_rate", "previous_satisfaction_rate",
         "composite_score"),
        ("合计", 1000, D(1), D("0.9"), D("0.85"), D("0.8"), None, D("91.25")),
    )  # fmt: skip
    assert rendered(overview(1), rates)[0][1] == (
        "本月有效回访1000件，响应率100.00%，解决率由上月的85.00%提高到90.00%，满意率为80.00%，"
        "综合得分91.3分。"
    )


@pytest.mark.parametrize(
    ("word", "text"),
    [("surge_none", "此前只有9周数据，不足以推算预期件数，未作预警。"),
     ("surge_recent", "此前只有9周数据，不足以估计季节变化，"
      "预期改按近期各周的平均推算，把握较小。"),
     ("surge_unknown", "没有可用的预期件数，未作预警。"),
     ("no_surge", "本月没有明显超出预期区间的诉求。")],
)  # fmt: skip
def test_too_little_history_is_stated(word, text):
    assert rendered(overview(1), **{word: "是", "history_weeks": 9})[0][1] == text


def test_the_words_of_an_assessment_month_say_which_days_they_are_counted_over():
    columns = ("kind", "word", "is_new", "record_count", "text_share", "reference_share")
    given = table("m12_hot_word", columns, ("word", "停水", False, 9, D("0.1"), D("0.05")))
    note = "热词按自然月计数：考核期的件数与占比，为其所跨两个自然月全部记录的件数与占比。"
    assert note in rendered(overview(1), *arranged([given]), is_assessment="是")[0]
    assert note not in rendered(overview(1), *arranged([given]), is_assessment="")[0]


def test_a_table_none_of_whose_rows_is_asked_for_is_left_out():
    given = categories()
    unlisted = [row for row in given.exact if row[0] is not None and not row[3]]
    assert [t.id for t in rendered(overview(1), replace(given, exact=unlisted))[1]] == []


TOPIC = (
    "rank", "category", "subcategory", "topic", "is_listed", "is_rest", "is_new", "record_count",
    "topic_share", "previous_growth_rate", "growth_rate",
)  # fmt: skip


def test_a_name_of_several_has_its_parent_and_one_of_its_own_does_not():
    def row(rank, *levels, count):
        return (rank, *levels, True, False, False, count, D("0.1"), None, None)

    topics = table(
        "m06_topic", TOPIC,
        row(1, "公共服务", "供暖", "不热", count=9), row(2, "公共服务", "供水", "不热", count=8),
        row(3, "公共服务", "供水", "停水", count=7), row(4, "住房", "供水", "不热", count=6),
        (None, "*", "*", "其他", False, True, False, 5, D("0.1"), None, None),
    )  # fmt: skip
    surges = table(
        "m13_surge", SURGE, ("category subcategory topic", "住房", "供水", "不热", "*", False)
    )
    cases = table("m14_case", ("category", "subcategory", "topic"), ("公共服务", "供水", "停水"))
    made = arranged([topics, surges, cases])
    assert [row["series"] for row in made[1].records()] == ["住房·供水·不热"]
    assert [row["matter"] for row in made[2].records()] == ["停水"]
    texts, printed = rendered(overview(1), categories(), made[0])
    # By the category too, where the parents are of one name.
    named = ["公共服务·供暖·不热", "公共服务·供水·不热", "停水", "住房·供水·不热"]
    assert f"居前的为{named[0]}（9件）、{named[1]}（8件）、{named[2]}（7件）。" in "".join(texts)
    page = next(one for one in printed if one.id == "m06_topic")
    assert [row[1].text for row in page.rows] == [*named, "其他"]
    # One parent is enough where it distinguishes them.
    two = arranged([replace(topics, exact=topics.exact[:3])])[0]
    assert "居前的为供暖·不热（9件）、供水·不热（8件）、停水" in "".join(
        rendered(overview(1), categories(), two)[0]
    )
