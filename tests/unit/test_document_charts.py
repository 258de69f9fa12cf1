"""Every kind of chart with every sort of data: all is on the paper, nothing overlaps."""

import itertools
import re

import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pipeline.document.charts import KINDS, draw
from pipeline.document.charts.canvas import measure, wrap
from pipeline.document.charts.caption import framed
from pipeline.document.charts.color_scale import contrast, ink_on, shade
from pipeline.document.charts.number import axis_text, number, steps
from pipeline.document.font import use_chinese_font
from pipeline.document.model import Chart
from pipeline.errors import HotlineError

MONTHS = [f"{month}月" for month in range(1, 13)]
LONG = "市容环境卫生与园林绿化综合管理(含户外广告、牌匾标识与城市照明)"
HUGE = 987_654_321_098


def items_of(kind: str, values: list, names: list[str]) -> dict:
    """Return the data of a chart whose n-th name has the n-th value."""
    pairs = list(zip(names, values, strict=True))
    months = [[*values, *[None] * 12][:12] if values else [] for _ in names]
    return {
        "small_multiples": {
            "panels": [
                {"title": n, "this": m, "last": m[::-1]}
                for n, m in zip(names, months, strict=True)
            ],
            "this_label": "2031 年", "last_label": "2030 年", "months": MONTHS if names else [],
        },
        "heat": {"rows": names, "columns": MONTHS, "values": months},
        "bars": {
            "items": [
                {"name": n, "value": v, "last": v, "change_text": "+12.34%"} for n, v in pairs
            ],
            "this_label": "2031 年", "last_label": "2030 年",
        },
        "tiles": {
            "items": [{"name": n, "value": v, "text": ""} for n, v in pairs],
            "layout": {name: [2 + place, 1] for place, name in enumerate(names[:2])},
        },
        "slope": {
            "left_label": "2030 年", "right_label": "2031 年",
            "items": [
                {"name": n, "left_rank": None if place == 1 else 1 + place // 2,
                 "right_rank": None if v is None else len(pairs) - place, "text": "占 12.34%"}
                for place, (n, v) in enumerate(pairs)
            ],
        },
        "intervals": {
            "items": [
                {"name": n, "value": v, "low": None if v is None else float(v) - 1,
                 "high": None if v is None else float(v) + 1, "n": v, "text": ""}
                for n, v in pairs
            ],
            "target": None,
        },
        "bullet": {
            "items": [
                {"name": n, "group": "甲类" if place < 2 else "乙类", "value": v, "path": 0.5,
                 "text": f"{v}平方米", "target": "≥99.99平方米", "state": "达到中期要求",
                 "is_marked": place % 2 == 0, "is_open": place == 1, "is_met": v is None,
                 "is_behind": place == 0}
                for place, (n, v) in enumerate(pairs)
            ],
            "marks": ["预期性目标", "约束性目标"], "heads": ["实际值", "目标", "评估"],
            "met_label": "已完成,无基期值",
        },
    }[kind]  # fmt: skip


CASES = {
    "empty": ([], []),
    "one": ([7], ["青石"]),
    "zero": ([0, 0], ["青石", "白沙"]),
    "null": ([None, 5, None], ["青石", "白沙", "南渡"]),
    "all null": ([None, None], ["青石", "白沙"]),
    "negative": ([-40, 25, -3], ["青石", "白沙", "南渡"]),
    "huge": ([HUGE, 3, HUGE // 2], ["青石", "白沙", "南渡"]),
    "decimals as text": (["12.50", "0.05"], ["青石", "白沙"]),
    "long names": ([9, 8, 7], [LONG, LONG[::-1], "白沙"]),
    "many": (list(range(60, 0, -1)), [f"第{place}街道" for place in range(60)]),
}


def chart(kind: str, data: dict, **changes: str) -> Chart:
    fields = {
        "id": f"c_{kind}", "title": "噪声扰民最多,占全年近四成", "unit": "件",
        "source": "数据来源:云溪市 12345 热线记录。", "alt": "各数见表 1。",
    }  # fmt: skip
    return Chart(kind=kind, data=data, file=f"charts/{kind}.svg", **{**fields, **changes})


def boxes(kind: str, data: dict, **changes: str) -> tuple[list[tuple[str, tuple]], float, float]:
    """Return each text with its box in points as Agg draws it, and the paper's size."""
    use_chinese_font()
    one = chart(kind, data, **changes)
    canvas = framed(one, KINDS[kind](data), simulated=True, titled=True)
    renderer = FigureCanvasAgg(canvas.figure).get_renderer()
    scale = 72 / canvas.figure.dpi
    found = []
    for text in canvas.figure.axes[0].texts:
        if text.get_text():
            box = text.get_window_extent(renderer)
            found.append((text.get_text(), tuple(side * scale for side in box.extents)))
    return found, canvas.width, canvas.height


def off_the_paper(found: list[tuple[str, tuple]], width: float, height: float) -> list[str]:
    return [
        text
        for text, (x0, y0, x1, y1) in found
        if x0 < -0.5 or y0 < -0.5 or x1 > width + 0.5 or y1 > height + 0.5
    ]


def clashes(found: list[tuple[str, tuple]]) -> list[tuple[str, str]]:
    """Return the texts that overlap.

    A box holds the font's whole height; what is drawn leaves a fifth free above and below.
    """
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5
        and min(a[3], b[3]) - max(a[1], b[1]) > 0.2 * min(a[3] - a[1], b[3] - b[1])
    ]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_all_text_is_on_the_paper_and_none_overlaps(kind, case):
    values, names = CASES[case]
    found, width, height = boxes(kind, items_of(kind, values, names))
    assert "模拟数据" in [text for text, _ in found]
    assert off_the_paper(found, width, height) == []
    assert clashes(found) == []


@pytest.mark.parametrize("columns", [1, 24, 31])
@pytest.mark.parametrize("kind", ["heat", "small_multiples"])
def test_a_course_of_many_days_fits(kind, columns):
    days = [f"{day}日" for day in range(1, columns + 1)]
    values = [[123_456 * day for day in range(1, columns + 1)] for _ in range(2)]
    data = {
        "heat": {"rows": ["青石", "白沙"], "columns": days, "values": values},
        "small_multiples": {
            "panels": [{"title": "青石", "this": values[0], "last": values[1][::-1]}] * 5,
            "this_label": "本月", "last_label": "上月", "months": days,
        },
    }[kind]  # fmt: skip
    found, width, height = boxes(kind, data)
    assert off_the_paper(found, width, height) == []
    assert clashes(found) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_finding_unit_and_source_keep_apart(kind):
    values, names = CASES["negative"]
    text = "噪声扰民与停车秩序两类合计占全年受理总量的近四成,且连续三个月位居各类之首," * 3
    found, width, _ = boxes(kind, items_of(kind, values, names), title=text, unit=text, source=text)
    assert [text for text, box in found if box[2] > width] == []
    rows = sorted((y0, y1) for text, (x0, y0, x1, y1) in found if len(text) > 30)
    assert len(rows) >= 6
    assert all(after[0] > before[1] - 3 for before, after in itertools.pairwise(rows))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_the_same_bytes_twice_and_reads_anywhere(kind):
    values, names = CASES["negative"]
    one = chart(kind, items_of(kind, values, names))
    first, second = draw(one, simulated=True), draw(one, simulated=True)
    assert first == second
    for svg in (first.svg, first.file):
        root = etree.fromstring(svg)
        tags = {etree.QName(element).localname for element in root.iter()}
        # Text as paths needs no font; no style survives, for a strict page would block it.
        assert {"text", "style", "script", "image", "metadata"} & tags == set()
        assert not any("style" in element.attrib for element in root.iter())
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert (title.text, desc.text) == (one.title, one.alt)
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        used = {e.get("href")[1:] for e in root.iter() if e.get("href")}
        used |= set(re.findall(r"url\(#([^)]*)\)", svg))
        assert used <= set(ids)
        assert all(one.startswith(f"c_{kind}-") for one in ids)
    assert first.png.startswith(b"\x89PNG") and b"Software" not in first.png


def test_a_glyph_that_no_font_has_is_one_line():
    data = items_of("bars", [3], ["青\U0001f600石"])
    with pytest.raises(HotlineError, match="c_bars"):
        draw(chart("bars", data), simulated=False)


def test_markup_in_names_is_drawn_as_is():
    data = items_of("bars", [3, 2], ["$x^2$ <b>", "青石 & \\frac{1}{2}"])
    found, _, _ = boxes("bars", data)
    assert {"$x^2$ <b>", "青石 & \\frac{1}{2}"} <= {text for text, _ in found}


def test_an_unknown_kind_is_one_line():
    with pytest.raises(HotlineError, match="pie"):
        draw(chart("pie", {}), simulated=False)


def test_each_number_is_in_its_cell_whatever_its_shade():
    found, _, _ = boxes("heat", items_of("heat", [12_345, 999, None], ["青石", "白沙", "南渡"]))
    texts = [text for text, _ in found]
    assert (texts.count("1.2万"), texts.count("999"), texts.count("–")) == (3, 3, 30)


def test_ranks_that_tie_or_are_missing_have_rows_of_their_own():
    data = {
        "left_label": "上年", "right_label": "今年",
        "items": [
            {"name": "甲", "left_rank": 1, "right_rank": 1, "text": ""},
            {"name": "乙", "left_rank": 1, "right_rank": 2, "text": ""},
            {"name": "丙", "left_rank": None, "right_rank": 3, "text": ""},
            {"name": "丁", "left_rank": 3, "right_rank": None, "text": ""},
        ],
    }  # fmt: skip
    texts = [text for text, _ in boxes("slope", data)[0]]
    assert [texts.count(name) for name in "甲乙丙丁"] == [2, 2, 1, 1]
    assert (texts.count("新进"), texts.count("退出")) == (1, 1)


def test_a_line_across_the_rates_is_called_what_it_is():
    one = {"name": "青石", "value": 0.8, "low": 0.75, "high": 0.85, "n": 90, "text": "80.00%"}
    data = {"items": [one], "target": 0.8419}
    assert "参照值 84.19%" in [text for text, _ in boxes("intervals", data)[0]]
    found, width, height = boxes("intervals", data | {"target_label": "全市"})
    assert "全市 84.19%" in [text for text, _ in found]
    assert off_the_paper(found, width, height) == clashes(found) == []


def outline(data: dict) -> list[tuple[str, float, float]]:
    """Return each shape of the bullets as its kind and its left and right end."""
    use_chinese_font()
    canvas = framed(chart("bullet", data), KINDS["bullet"](data), simulated=False, titled=False)
    return [
        (type(patch).__name__, box.x0, box.x1)
        for patch in canvas.figure.axes[0].patches
        for box in [patch.get_path().get_extents(patch.get_patch_transform())]
    ]


def test_a_bar_ends_where_its_share_of_the_way_does():
    """The axis runs from 0 to 104%, the target at 100%: diamonds for the marked, ticks else."""
    one = {"name": "甲", "group": "", "value": 0.45, "path": 0.5, "text": "5.1%", "target": "<4%",
           "state": "落后"}  # fmt: skip
    shapes = outline({"items": [one, one | {"name": "乙", "value": 1, "is_marked": True}]})
    rows = shapes[-8:]  # band, bar, rim and mark of each row; the legend comes before
    assert [kind for kind, *_ in rows] == ["Rectangle"] * 6 + ["Polygon"] * 2
    zero, full = rows[1][1], rows[5][2]
    way = full - zero
    assert rows[0][2] - zero == pytest.approx(0.5 * way)  # the path of the first
    assert rows[1][2] - zero == pytest.approx(0.45 * way)
    assert (rows[3][1] + rows[3][2]) / 2 == pytest.approx(full)  # the tick
    assert (rows[7][1] + rows[7][2]) / 2 == pytest.approx(full)  # the diamond


@pytest.mark.parametrize("value", [-3, 9])
def test_a_bar_beyond_the_axis_ends_in_an_arrow(value):
    one = {"name": "甲", "group": "", "value": value, "path": 0.5, "text": "", "state": ""}
    kinds = [kind for kind, *_ in outline({"items": [one]})]
    assert kinds.count("Polygon") == 1
    assert "Polygon" not in [kind for kind, *_ in outline({"items": [one | {"value": 0.9}]})]


def test_what_is_not_judged_has_no_bar_and_what_has_no_base_an_empty_one():
    base = {"group": "", "value": None, "path": None, "text": "", "target": "", "state": ""}
    unknown = base | {"name": "甲", "is_open": True}
    met = base | {"name": "乙", "is_met": True}
    assert len(outline({"items": [unknown]})) == len(outline({"items": [base | {"name": "甲"}]}))
    texts = [text for text, _ in boxes("bullet", {"items": [unknown, met]})[0]]
    assert {"未评估", "已达到,起点不明"} <= set(texts)
    texts = [text for text, _ in boxes("bullet", {"items": [base | {"name": "丙", "value": 1}]})[0]]
    assert {"未评估", "已达到,起点不明", "应达到"} & set(texts) == set()


def test_a_plan_of_28_long_names_fits_a_page():
    names = [f"规模以上非公有制企业和商务楼宇党组织覆盖率第{place}" for place in range(28)]
    data = items_of("bullet", [0.5] * 28, names)
    for place, item in enumerate(data["items"]):
        item["group"] = f"第{place // 5}类"
    found, width, height = boxes("bullet", data)
    assert height < 640  # the text of an A4 page after GB/T 9704 is 638 points high
    assert off_the_paper(found, width, height) == clashes(found) == []
    assert not [text for text, _ in found if "…" in text]


def test_tiles_are_where_the_data_place_them_and_loose_ones_beneath():
    data = {
        "items": [{"name": n, "value": 1, "text": "1.00"} for n in ("西", "东", "外")],
        "layout": {"西": [3, 5], "东": [4, 5]},
    }
    at = {text: box for text, box in boxes("tiles", data)[0] if text in "西东外"}
    assert at["西"][0] < at["东"][0] and at["西"][1] == pytest.approx(at["东"][1], abs=1)
    assert at["外"][1] < at["西"][1]  # Agg's y grows upwards


def test_what_is_no_number_is_none():
    assert [number(v) for v in (None, "", "缺", float("inf"), True)] == [None] * 5
    assert number("1234.5") == 1234.5


def test_an_axis_has_round_steps():
    assert steps(0, 9325) == [0, 5000]
    assert steps(-40, 25) == [-25, 0, 25]
    assert steps(0.68, 0.92, 4) == pytest.approx([0.7, 0.75, 0.8, 0.85, 0.9])
    assert [axis_text(v) for v in (0.1 + 0.2, 50_000, 2500)] == ["0.3", "5万", "2,500"]


def test_ink_is_readable_on_every_shade():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # WebAIM's checker
    fills = [shade(part, 0, 100) for part in range(101)]
    assert min(contrast(ink_on(fill), fill) for fill in fills) >= 4.3
    assert fills[0] != fills[50] != fills[100]


def test_lines_break_between_words_and_keep_numbers_whole():
    use_chinese_font()
    lines = wrap("噪声扰民占 1234567 件,比上年多", measure("噪声扰民占 12", 9), 9, 4)
    assert "".join(lines).replace(" ", "") == "噪声扰民占1234567件,比上年多"
    assert any("1234567" in line for line in lines)
    assert all(not line.startswith(",") for line in lines)
    assert wrap("噪声扰民", 20, 9, 1)[0].endswith("…")
