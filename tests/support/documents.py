"""A whole report of an invented city with every kind of block, and what the tests read in one."""

import random

from pipeline.document.model import (
    Build,
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Note,
    Para,
    Run,
    Section,
    Table,
)

MONTHS = [f"{month}月" for month in range(1, 13)]
CATEGORIES = ["噪声扰民", "供水供暖", "道路养护", "垃圾清运", "物业服务", "停车秩序"]
LONG = "市容环境卫生与园林绿化综合管理(含户外广告、牌匾标识与城市照明)"
DISTRICTS = ["青石", "白沙", "南渡", "北岭", "东湖", "西塘"]
SOURCE = "数据来源:云溪市 12345 热线记录,按受理时间统计。"
LAYOUT = {
    "青石": [1, 0], "白沙": [2, 0], "南渡": [1, 2], "北岭": [0, 1], "东湖": [2, 1], "西塘": [1, 1]
}  # fmt: skip


def figure(key: str, printed: str, **changes: object) -> Figure:
    """Return a figure whose panel has something in every field."""
    fields: dict = {
        "id": key,
        "metric": "record_count",
        "metric_title": "受理量",
        "definition": "一行为一件记录;改派的记录只计最后一次。",
        "scope": "tier1",
        "scope_title": "分项口径",
        "convention": "",
        "period": "2031 年",
        "dims": {"一级分类": "噪声扰民"},
        "numerator": 48211,
        "denominator": None,
        "value": "48211.00000000",
        "printed": printed,
        "verdict": None,
        "claims": (),
        "sql": "SELECT numerator\nFROM metric.figure\nWHERE metric = 'a' AND period < '2032'",
    }
    return Figure(**{**fields, **changes})


FIGURES = {
    one.id: one
    for one in (
        figure("total", "12.35万件", dims={}, numerator=123_456,
               denominator=1, value="123456.00000000",
               verdict="复现", claims=("y031-1.1-total", "y031-1.2-total")),
        figure("noise", "4.82万件"),
        figure("growth", "-3.07%", metric="growth_rate", metric_title="同比", numerator=-3911,
               denominator=127_367, value="-0.03070654", verdict="不符", claims=("y031-1.3",)),
        figure("rate", "87.50%", metric="resolution_rate", metric_title="解决率", numerator=7,
               denominator=8, value="0.87500000", convention="yunxi2031", verdict="矛盾"),
        figure("hidden", "*", numerator=None, value="", is_suppressed=True, verdict="无法计算"),
        figure("<script>alert('x')</script>&\"", "5件", dims={"街道": "<b>中街</b> & \"后街\""}),
    )
}  # fmt: skip


def count(value: int | None, key: str | None = None, mark: str = "") -> Cell:
    """Return a cell of a count as printed."""
    text = {"suppressed": "*", "secondary": "*"}.get(mark, "—" if value is None else f"{value:,}")
    return Cell(value=value, text=text, figure=key, mark=mark)


def percent(value: str | None, key: str | None = None, mark: str = "") -> Cell:
    """Return a cell of a percentage as printed; `value` is a ratio at four places."""
    text = "—" if value is None else f"{float(value) * 100:.2f}%"
    return Cell(value=value, text=text, figure=key, mark=mark)


def name(text: str) -> Cell:
    return Cell(value=text, text=text)


def categories() -> Table:
    """Return a small table with a null, every mark, a long name and markup in a name."""
    columns = (
        Column("category", "一级分类", "text"),
        Column("record_count", "受理量(件)", "count"),
        Column("category_share", "占受理总量", "percent"),
        Column("per_10k", "每万人(件)", "decimal"),
        Column("year", "年份", "year"),
    )
    one = Cell("-12.50", "-12.50")
    rows = (
        (name("噪声扰民"), count(48211, "noise"), percent("0.3905"), one, Cell(2031, "2031")),
        (name("供水供暖"), count(9007), percent("0.0730"), Cell("1234.05", "1,234.05"),
         Cell(2031, "2031")),
        (name(LONG), count(None, "hidden", "suppressed"), percent(None), Cell(None, "—"),
         Cell(2031, "2031")),
        (name("<b>占道</b> & \"经营\""), count(None, None, "secondary"),
         percent("0.8750", "rate", "low_n"), Cell("-3.10", "-3.10"), Cell(2031, "2031")),
    )  # fmt: skip
    return Table(
        "t01_category", "1", "各类诉求受理量", "件", "* 为隐去的小数;占比以受理总量为分母。",
        columns, rows,
    )  # fmt: skip


def wide() -> Table:
    """Return a table of thirteen columns, two more rows than the page shows."""
    columns = (
        Column("street", "街道(乡镇)", "text"),
        *(Column(f"m{place}", month, "count") for place, month in enumerate(MONTHS)),
    )
    rows = tuple(
        (
            name(f"{DISTRICTS[k % 6]}第{k + 1}街道"),
            *(count(1_000_000 + 1000 * k + m) for m in range(12)),
        )
        for k in range(42)
    )
    return Table(
        "t02_street_month", "2", "各街道(乡镇)分月受理量", "件", "", columns, rows, True, 40
    )


def empty() -> Table:
    columns = (Column("unit", "承办单位", "text"), Column("record_count", "件数", "count"))
    return Table("t03_unit", "3", "各承办单位", "件", "导出文件没有承办单位。", columns, ())


def charts() -> list[Chart]:
    """Return one chart of every kind."""
    chance = random.Random(7)
    month = lambda low, high: [chance.randint(low, high) for _ in range(12)]  # noqa: E731
    data: dict[str, dict] = {
        "small_multiples": {
            "panels": [
                {"title": c, "this": month(900, 9000), "last": month(900, 8000)} for c in CATEGORIES
            ],
            "this_label": "2031 年", "last_label": "2030 年", "months": MONTHS,
        },
        "heat": {
            "rows": [*CATEGORIES, LONG], "columns": MONTHS,
            "values": [[*month(0, 25_000)[:11], None] for _ in range(7)],
        },
        "bars": {
            "items": [
                {"name": c, "value": 48_000 // (k + 1), "last": 41_000 // (k + 1),
                 "change_text": "+17.1%"}
                for k, c in enumerate(CATEGORIES)
            ],
            "this_label": "2031 年", "last_label": "2030 年",
        },
        "tiles": {
            "items": [
                {"name": d, "value": 210 + 31 * k, "text": f"{210 + 31 * k}.40"}
                for k, d in enumerate(DISTRICTS)
            ],
            "layout": LAYOUT,
        },
        "slope": {
            "left_label": "2030 年", "right_label": "2031 年",
            "items": [
                {"name": c, "left_rank": [3, 1, 2, 4, None, 5][k], "right_rank": k + 1,
                 "text": f"{9 - k}.10%"}
                for k, c in enumerate(CATEGORIES)
            ],
        },
        "intervals": {
            "items": [
                {"name": d, "value": 0.74 + 0.03 * k, "low": 0.71 + 0.03 * k,
                 "high": 0.77 + 0.03 * k, "n": 800 * (k + 1), "text": f"{74 + 3 * k}.00%"}
                for k, d in enumerate(DISTRICTS)
            ],
            "target": 0.8,
        },
        "bullet": {
            "items": [
                {"name": c, "group": "城市管理" if k < 3 else "社区服务", "path": 0.5,
                 "value": None if k > 3 else 0.3 * k + 0.1, "text": f"{80 + k}%",
                 "target": "≥90%", "state": ["落后于进度", "已完成"][k > 0], "is_marked": k == 2,
                 "is_met": k == 4, "is_open": k == 5, "is_behind": k == 0}
                for k, c in enumerate(CATEGORIES)
            ],
            "marks": ["预期性目标", "约束性目标"], "heads": ["实际值", "目标", "评估"],
        },
    }  # fmt: skip
    titles = {
        "small_multiples": "六类诉求各有高峰,噪声扰民在七月最高",
        "heat": "供水供暖集中在冬季,噪声扰民集中在夏季",
        "bars": "噪声扰民最多,占全年近四成,比上年多一成七",
        "tiles": "西塘每万人诉求最多,是青石的一点七倍",
        "slope": "噪声扰民由第三升至第一,物业服务新进前六",
        "intervals": "四个区的解决率可认为高于目标",
        "bullet": "六项指标中一项落后于进度",
    }
    units = {"tiles": "件/万人", "slope": "位次", "intervals": "%"}
    return [
        Chart(f"c_{kind}", kind, titles[kind], units.get(kind, "件"), SOURCE,
              f"{titles[kind]}。图中各数见相应的表。", one, f"charts/c_{kind}.svg")
        for kind, one in data.items()
    ]  # fmt: skip


def document(**changes: object) -> Document:
    """Return the report; `changes` replace fields of it."""
    pictures = charts()
    sections = (
        Section("s1", "一", 1, "总体情况", (
            Para((Run("2031 年共受理 "), Run("12.35万件", "total"), Run(",同比 "),
                  Run("-3.07%", "growth"), Run("。其中噪声扰民 "), Run("4.82万件", "noise"),
                  Run(",解决率 "), Run("87.50%", "rate"), Run("。"))),
            pictures[0],
        )),
        Section("s1-1", "(一)", 2, "各类诉求", (
            Para((Run("各类诉求的受理量与占比见表 1,中街 <b>不是</b> 记号 & \"引号\" 有 "),
                  Run("5件", "<script>alert('x')</script>&\""),
                  Run("。#[*不是*] $x$ @ref \\ 也照印。"))),
            categories(), pictures[1], pictures[2],
        )),
        Section("s1-1-1", "1.", 3, "分月与街道", (wide(), pictures[3])),
        Section("s2", "二", 1, "办理情况", (
            Note("导出文件没有承办单位,本节只列其名。"), empty(), pictures[4], *pictures[5:],
        )),
        Section("s3", "三", 1, "明年重点", (Para((Run("解决率低而件数多的事项应优先办理。"),)),)),
    )  # fmt: skip
    fields: dict = {
        "kind": "annual", "title": "云溪市 12345 热线 2031 年度报告", "subtitle": "接诉即办情况",
        "period": "2031", "city": "云溪市", "issuer": "云溪市市民热线服务中心",
        "is_partial": True, "is_simulated": True,
        "marks": ("模拟数据:由已公布数字反解生成,不是真实记录。",
                  "不完整年份:只含 1 月至 3 月,与上年同期相比。"),
        "source": SOURCE, "sections": sections, "figures": FIGURES,
        "notes": ("占比以受理总量为分母。", "* 为少于 10 件的数,或为防止倒推而一并隐去的数。"),
        "build": Build("24504fd3a78b", "9f3c11d0"),
    }  # fmt: skip
    return Document(**{**fields, **changes})


def large(tables: int = 40, rows: int = 2400, pictures: int = 12, figures: int = 300) -> Document:
    """Return a report of full size: as many rows as asked, a tenth of them on the page."""
    base = document()
    columns = tuple(
        Column(f"c{place}", f"第{place}列(件)", "text" if place < 2 else "count")
        for place in range(8)
    )
    known = {f"f{k}": figure(f"f{k}", f"{k * 137:,}件") for k in range(figures)}
    keys = list(known)
    blocks: list = []
    for table in range(tables):
        size = rows if table % 8 == 0 else rows // 20
        body = tuple(
            (name(DISTRICTS[k % 6]), name(f"第{k}街道"),
             *(count(k * m * 7, keys[(k + m) % figures] if k < 3 else None) for m in range(6)))
            for k in range(size)
        )  # fmt: skip
        blocks.append(
            Table(f"t{table:02}_x", str(table + 1), f"表之{table}", "件", "", columns, body, False,
                  min(size, 240))
        )  # fmt: skip
    kinds = charts()
    for place in range(pictures):
        one = kinds[place % len(kinds)]
        blocks.append(Chart(**{**vars(one), "id": f"g{place}", "file": f"charts/g{place}.svg"}))
    blocks += [Para((Run("共 "), Run(known[key].printed, key), Run("。"))) for key in keys]
    sections = tuple(
        Section(f"s{k}", f"{k + 1}.", 1, f"第{k}节", tuple(blocks[k::12])) for k in range(12)
    )
    return Document(**{**vars(base), "sections": sections, "figures": known})


def unnamed_changes(made: Document) -> list[str]:
    """Return the paragraphs and tables in which scopes meet and the change is not named."""
    found = []
    for block in (block for section in made.sections for block in section.blocks):
        if isinstance(block, Para) and not _names_each_change(block.runs, made.figures):
            found.append(block.text)
        if isinstance(block, Table) and not _has_one_scope(block, made.figures):
            found.append(block.title)
    return found


def _names_each_change(runs: tuple[Run, ...], figures: dict[str, Figure]) -> bool:
    """Return whether the words between two figures of different scopes name that of the second."""
    last, between = "", ""
    for run in runs:
        if run.figure is None:
            between += run.text
            continue
        figure = figures[run.figure]
        if last and figure.scope != last and figure.scope_title not in between:
            return False
        last, between = figure.scope, ""
    return True


def _has_one_scope(table: Table, figures: dict[str, Figure]) -> bool:
    """Return whether all figures are of one scope, or of each row where a column names it."""
    rows = [[figures[cell.figure] for cell in row if cell.figure] for row in table.rows]
    names = [column.name for column in table.columns]
    if "scope" not in names:
        rows = [[figure for row in rows for figure in row]]
        return all(len({figure.scope for figure in row}) < 2 for row in rows)
    at = names.index("scope")
    return all(
        {figure.scope_title for figure in figures_of_row} <= {row[at].text}
        for figures_of_row, row in zip(rows, table.rows, strict=True)
    )


def shares_of_another_total(made: Document) -> list[str]:
    """Return the shares that a paragraph prints beside a total, or a count, that is not theirs.

    A share's whole is the last total before it in its paragraph, or a count printed after that.
    Where a paragraph prints no total, the words beside the share (占该类, 占各区) name its whole.
    """
    found = []
    for para in (b for s in made.sections for b in s.blocks if isinstance(b, Para)):
        wholes: set[int | None] = set()
        for run in para.runs:
            if run.figure is None:
                continue
            figure = made.figures[run.figure]
            if figure.metric == "record_count":
                wholes = ({figure.numerator} if not figure.dims else wholes | {figure.numerator}
                          if wholes else wholes)  # fmt: skip
            elif figure.metric.endswith("_share") and wholes and figure.denominator not in wholes:
                found.append(f"{run.text}: {para.text}")
    return found
