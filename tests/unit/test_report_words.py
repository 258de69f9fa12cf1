"""How the report prints numbers and sentences: by hand, at zero, at ties and where values lack."""

import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from pipeline.document.cjk_punctuation import prose
from pipeline.document.model import Run
from pipeline.narrative.context import yoy, yoy_months
from pipeline.narrative.print_table import PrintColumn, PrintTable, column
from pipeline.narrative.selection import RenderContext
from pipeline.narrative.table_store import TableStore, cell_text
from pipeline.narrative.templating import render, render_text


def test_punctuation_beside_chinese_is_chinese():
    assert prose("来源:热线记录;占比,见表(甲)") == "来源：热线记录；占比，见表（甲）"
    assert prose("tables.csv, 1:2") == "tables.csv, 1:2"


class _Figures:
    """Stands for the registry: every number has a figure, named by its row and column."""

    def find(self, table, row, name):
        return f"{table}:{row.get('category', row.get('month'))}:{name}"


def context(rows, hidden=None, **said) -> RenderContext:
    """Return a context with one table of categories; `hidden` gives the most of each hidden row."""
    names = ("category", "record_count", "growth_rate")
    table = PrintTable(
        "t", "各类", "件", "", "", [column(name) for name in names], list(rows), list(rows),
        {at: {"record_count": most} for at, most in (hidden or {}).items()},
    )  # fmt: skip
    return RenderContext(TableStore([table], lambda name: [], _Figures()), said)


# Pieces of texts.
NAMES = "{{ rows|listed('category') }}"
GROWTH = "{% call optional() %}，{{ row.growth_rate }}{% endcall %}"
TIE = "{{ '并列' if several }}"
EACH = "{% call(row) each(rows, '、') %}{{ row.category }}{{ row.record_count }}{% endcall %}"
EQUAL_TO_LAST = "{% call optional() %}（{{ tied|listed('category') }}与末位件数相同）{% endcall %}"
ALL = "{{ '均' if several }}"
EACH_IN_BRACKETS = (
    "{% call(row) each(rows, '、') %}{{ row.category }}（{{ row.record_count }}）{% endcall %}"
)

ROWS = [("甲", 30_000, D("0.5")), ("乙", 200, None), ("丙", 200, D("-0.25")), ("?", 7, D(0))]
FIRST = "{{ row.category }}最多，为{{ row.record_count }}" + GROWTH + "。"


def test_numbers_keep_their_figures():
    assert render(context(ROWS), {"from": "t", "text": FIRST}) == (
        Run("甲最多，为"),
        Run("3.0万件", "t:甲:record_count"),
        Run("，同比上升"),
        Run("50.00%", "t:甲:growth_rate"),
        Run("。"),
    )


def test_what_lacks_a_value_is_left_out_whole():
    assert render_text(context(ROWS[1:]), {"from": "t", "text": FIRST}) == "乙最多，为200件。"
    assert (
        render_text(
            context(ROWS[1:]), {"from": "t", "text": "{{ row.category }}{{ row.growth_rate }}。"}
        )
        == ""
    )
    assert render_text(context([]), {"from": "t", "text": FIRST}) == ""


def test_a_partial_comparison_names_its_months():
    text = render_text(context(ROWS, yoy="1至3月同比"), {"from": "t", "text": FIRST})
    assert text == "甲最多，为3.0万件，1至3月同比上升50.00%。"


def test_ties_are_named():
    lowest = {"from": "t", "exclude": {"category": ["?"]}, "pick": "min:record_count"}
    text = render_text(
        context(ROWS), {**lowest, "text": NAMES + TIE + "最少，为{{ row.record_count }}。"}
    )
    assert text == "乙、丙并列最少，为200件。"
    top = {"from": "t", "take": 2, "by": "record_count"}
    text = "前{{ n|numeral }}类为" + NAMES + EQUAL_TO_LAST + "。"
    assert (
        render_text(context(ROWS), {**top, "text": text}) == "前二类为甲、乙（丙与末位件数相同）。"
    )
    rest = {"from": "t", "after": "max:record_count", "text": "其次为" + NAMES + "。"}
    assert render_text(context(ROWS), rest) == "其次为乙、丙、不明。"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((9, 8, 7), "依次为甲、乙、丙。"),
        ((9, 8, 8), "依次为甲、乙、丙（两者并列）。"),
        ((9, 9, 8, 7, 7, 7), "依次为甲、乙（两者并列）、丙、丁、戊、己（三者并列）。"),
        # Without an order there is no turn.
        ((5, 5, 5), "为甲、乙、丙（三者并列）。"),
        ((5,), "依次为甲。"),
    ],
)
def test_equal_neighbours_of_a_list_in_turn_are_said(counts, text):
    known = context(
        [(name, count, None) for name, count in zip("甲乙丙丁戊己", counts, strict=False)]
    )
    spec = {"from": "t", "by": "record_count"}
    assert render_text(known, {**spec, "text": "{{ in_turn }}为" + NAMES + "。"}) == text
    each = render_text(known, {**spec, "text": "{{ in_turn }}为" + EACH + "。"})
    assert re.sub("[0-9]件", "", each) == text
    # A list that claims no turn says nothing of it.
    assert "并列" not in render_text(known, {**spec, "text": "居前的为" + NAMES + "。"})


def test_every_row_in_turn_and_only_where_all_or_some():
    each = {"from": "t", "text": "其中，" + EACH + "。"}
    assert render_text(context(ROWS), each) == "其中，甲3.0万件、乙200件、丙200件、不明7件。"
    above = {
        "from": "t",
        "above": {"record_count": 100},
        "text": "{{ n|numeral }}类，共{{ total|numeral }}类。",
    }
    assert render_text(context(ROWS), {**above, "only": "some"}) == "三类，共四类。"
    assert render_text(context(ROWS), {**above, "only": "all"}) == ""


HIDDEN = [("甲", 30, None), ("乙", 9, None), ("丙", None, None), ("丁", None, None)]


@pytest.mark.parametrize(
    ("most", "texts"),
    # Of a total 13 is left for 丙 and 丁; 8, 9 and 30: below 乙, 乙 itself, 甲 itself.
    [(8, ["甲最多。", "前二类为甲、乙。", "其次为乙（9件）。"]),
     (9, ["甲最多。", "", ""]),
     (13, ["甲最多。", "", ""]),
     (30, ["", "", ""])],
)  # fmt: skip
def test_nothing_is_the_largest_that_a_hidden_row_could_reach(most, texts):
    given = context(HIDDEN, hidden={2: most, 3: 4})
    asked = [
        {"pick": "max:record_count", "text": NAMES + "最多。"},
        {"by": "record_count", "take": 3, "text": "前{{ n|numeral }}类为" + NAMES + "。"},
        {"after": "max:record_count", "take": 3, "text": "其次为" + EACH_IN_BRACKETS + "。"},
    ]
    assert [render_text(given, {"from": "t", **spec}) for spec in asked] == texts


@pytest.mark.parametrize(
    "spec",
    [
        {"pick": "min:record_count", "text": NAMES + "最少。"},
        {"pick": "widest:record_count", "text": NAMES + "相差最大。"},
        {"pick": "max:growth_rate", "text": NAMES + "增长最快。"},
        {"sort": "record_count", "take": 1, "text": "较少的为" + NAMES + "。"},
        {"sort": "-growth_rate", "take": 1, "text": "增长较快的为" + NAMES + "。"},
        {"take": 1, "text": "较多的为" + NAMES + "。"},
        {"above": {"record_count": 5}, "text": "多于5件的有{{ n|numeral }}类。"},
        {"above": {"record_count": 5}, "only": "all", "text": "均多于5件。"},
    ],
)
def test_what_rests_on_hidden_figures_is_not_printed(spec):
    rows = [("甲", 30, D("0.5")), ("乙", 9, D("0.1")), ("丙", None, None)]
    assert render_text(context(rows), {"from": "t", **spec}) or "above" in spec
    assert render_text(context(rows, hidden={2: 4}), {"from": "t", **spec}) == ""


def test_a_list_without_its_hidden_rows_says_that_there_are_more():
    each = {"from": "t", "text": "其中，" + EACH + "。"}
    assert render_text(context(HIDDEN, hidden={2: 8, 3: 4}), each) == "其中，甲30件、乙9件等。"


def test_nought_is_no_largest_and_where_all_are_equal_there_is_none():
    most = {"from": "t", "pick": "max:record_count", "text": NAMES + "最多。"}
    assert render_text(context([("甲", 0, None), ("乙", 0, None)]), most) == ""
    assert render_text(context([("甲", 7, None), ("乙", 7, None)]), most) == ""
    assert render_text(context([("甲", 7, None)]), most) == "甲最多。"
    listed = {"from": "t", "by": "record_count", "take": 3, "text": "较多的为" + NAMES + "。"}
    assert render_text(context([("甲", 7, None), ("乙", 0, None)]), listed) == "较多的为甲。"


def test_of_equal_rows_at_the_end_of_a_list_all_are_named_or_none():
    listed = {"from": "t", "by": "record_count", "take": 2, "text": "较多的为" + NAMES + "。"}
    rows = [("甲", 9, None), *((name, 7, None) for name in "乙丙丁")]
    assert render_text(context(rows), listed) == "较多的为甲、乙、丙、丁。"
    assert render_text(context([*rows, ("戊", 7, None)]), listed) == "较多的为甲。"


def test_of_several_that_are_largest_no_value_of_one_alone_is_printed():
    text = NAMES + TIE + "最多，" + ALL + "为{{ row.record_count }}" + GROWTH + "；"
    most = {"from": "t", "pick": "max:record_count", "text": text}
    rows = [("甲", 9, D("0.5")), ("乙", 9, D("0.1")), ("丙", 2, None)]
    assert render_text(context(rows), most) == "甲、乙并列最多，均为9件；"
    assert render_text(context(rows[1:]), most) == "乙最多，为9件，同比上升10.00%；"
    assert render_text(context(rows), {**most, "text": "{{ row.category }}最多。"}) == ""


def test_the_widest_is_so_whatever_its_sign():
    rows = [("甲", 9, D("0.1")), ("乙", 9, D("-0.3")), ("丙", 2, None)]
    widest = {"from": "t", "pick": "widest:growth_rate", "text": NAMES + "相差最大。"}
    assert render_text(context(rows), widest) == "乙相差最大。"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("-0.00004", "0.00%"), ("-0.00005", "-0.01%"), ("0.00005", "0.01%"), ("0", "0.00%")],
)
def test_what_rounds_to_nought_has_no_sign(value, shown):
    spec = PrintColumn("share", "占比", "percent")
    assert cell_text("percent", spec.show(D(value))) == shown


def months(*rows, **said) -> RenderContext:
    """Return a context with one table of months: month, count, growth, days missing."""
    names = ("month", "record_count", "growth_rate", "is_month_partial")
    table = PrintTable(
        "t", "各月", "件", "", "", [column(name) for name in names], list(rows), list(rows)
    )
    return RenderContext(TableStore([table], lambda name: [], _Figures()), said)


TOP = {
    "from": "t",
    "pick": "max:record_count",
    "text": "{{ rows|listed('month') }}月最多" + GROWTH + "；",
}
LOW = {
    "from": "t",
    "pick": "min:record_count",
    "text": "{{ rows|listed('month') }}月最少" + GROWTH + "。",
}


def test_one_whole_month_beside_cut_ones_is_neither_largest_nor_smallest():
    assert render_text(months((1, 423, None, False), (2, 271, None, True)), TOP) == ""
    assert render_text(months((1, 423, None, False), (2, 271, None, True)), LOW) == ""
    three = months((1, 423, None, False), (2, 431, None, False), (3, 271, None, True))
    assert (render_text(three, TOP), render_text(three, LOW)) == ("2月最多；", "1月最少。")
    # A part alone is named as the largest, which it is, and not as the smallest too.
    assert (
        render_text(months((1, 9, None, False)), TOP),
        render_text(months((1, 9, None, False)), LOW),
    ) == (
        "1月最多；",
        "",
    )


def test_the_growth_of_a_month_is_called_by_its_own_days():
    """A year from 12 March, of which 10 November has nothing to be compared with."""
    held = [date(2019, 3, 12) + timedelta(n) for n in range(295)]
    both = [day for day in held if day != date(2019, 11, 10)]
    assert yoy(held, both) == "3月12日至12月31日（缺11月10日）同比"
    said = yoy_months(held, both)
    assert said["yoy_month_7"] == "与上年同期相比"
    assert said["yoy_month_11"] == "11月（缺11月10日）同比"
    rows = [(7, 464, D("0.244"), False), (11, 430, D("0.1"), False)]
    given = months(*rows, yoy=yoy(held, both), **said)
    assert render_text(given, TOP) == "7月最多，与上年同期相比上升24.40%；"
    # A whole year, and the year before to 10 September: September is compared to the 10th.
    held = [date(2022, 1, 1) + timedelta(n) for n in range(365)]
    both = [day for day in held if day <= date(2022, 9, 10)]
    said = yoy_months(held, both)
    assert (said["yoy_month_1"], said["yoy_month_9"]) == ("同比", "9月1日至9月10日同比")
    assert "yoy_month_10" not in said


@pytest.mark.parametrize(
    ("cut", "text"), [("", "由上年同期的50.00%提高到75.00%"), ("1至3月", "为75.00%")]
)
def test_a_rate_of_other_days_than_the_former_one_gives_no_move(cut, text):
    names = ("category", "resolution_rate", "before_resolution_rate")
    rows = [("甲", D("0.75"), D("0.5"))]
    table = PrintTable("t", "各类", "", "", "", [column(name) for name in names], rows, rows)
    given = RenderContext(TableStore([table], lambda name: [], _Figures()), {"part_compared": cut})
    since = "row.before_resolution_rate, '上年同期', part_compared"
    asked = {"from": "t", "text": f"{{{{ row.resolution_rate|moved({since}) }}}}"}
    assert render_text(given, asked) == text
