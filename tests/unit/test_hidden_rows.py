"""Every sentence pattern over tables with hidden rows: what it says is true of the open table.

The sentence is read anew here: which members it names, in which order, what its words claim of
them. Of the pattern only the filters and the column that it goes by are taken.
"""

import random
import re
from decimal import Decimal

import pytest

from pipeline.bulletin.content.context import TEMPLATES as BULLETIN
from pipeline.narrative.print_table import PrintColumn, PrintTable, column
from pipeline.narrative.selection import RenderContext
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.template import read_whole
from pipeline.narrative.templating import render_text
from pipeline.report.yearly_tables import TEMPLATES as REPORT

# Names that no pattern has, each once in a table.
NAMES = [f"〔{sign}〕" for sign in "甲乙丙丁戊己庚"]
MANY = re.compile("最多|最高|最大|集中|居前|较多|较高|较大|其次|in_turn|列为先进|前列")
FEW = re.compile("最少|最低|较低|居后|降幅较大|向下拉动")
COLUMN = re.compile(r"row\.(\w+)|listed\('(\w+)'\)")
WORD = re.compile(r"\w+")


def patterns() -> list[dict]:
    """Return every pattern of the repository's templates that names rows."""
    found = []
    for folder, name in ((REPORT, "annual"), (BULLETIN, "bulletin")):
        for section in read_whole(folder, name, None)["section"]:
            for block in section.get("block", ()):
                found += block.get("say", [])
                found += [block["title"]] if isinstance(block.get("title"), dict) else []
    return [spec for spec in found if "from" in spec and spec["from"] != "m14_case"]


class Words(dict):
    """Says something for every word that a text may use, and for every other that is asked for."""

    def __init__(self, text: str) -> None:
        super().__init__(dict.fromkeys(WORD.findall(text), "某"))

    def __missing__(self, _):
        return "某"

    def get(self, name, _=None):
        return self[name]


class NoFigures:
    def find(self, *_):
        return None


def columns_of(spec: dict) -> list[PrintColumn]:
    """Return the columns that a pattern needs."""
    holes = [name for names in COLUMN.findall(spec["text"]) for name in names if name]
    asked = [*spec.get("where", {}), *spec.get("exclude", {}), *spec.get("above", {}),
             *spec.get("below", {}), *spec.get("none", {}), order_of(spec)[0],
             spec.get("known", ""), *holes]  # fmt: skip
    known = []
    for name in dict.fromkeys(asked):
        if name == "series":  # made for the page, of several columns
            known.append(PrintColumn("series", "", "text"))
            continue
        try:
            known.append(column(name))
        except Exception:  # a word, a unit, an option: no column
            continue
    return known


def order_of(spec: dict) -> tuple[str, str]:
    """Return the column that the sentence goes by, and max, min, widest or nothing."""
    for key in ("pick", "after"):
        if key in spec:
            which, name = spec[key].split(":")
            return name, which
    if "sort" in spec:
        return spec["sort"].lstrip("-"), "max" if spec["sort"].startswith("-") else "min"
    return (spec["by"], "max") if "by" in spec else ("", "")


def a_table(spec: dict, chance: random.Random) -> list[dict]:
    """Return open rows: most of them such as the pattern asks for, in the order of its list."""
    rows = []
    for place in range(chance.randint(1, 7)):
        row: dict = {}
        for one in columns_of(spec):
            if one.kind == "count":
                row[one.name] = chance.choice([0, 1, 2, 3, 4, 5, 6, 7, 7, 9, 12, 30])
            elif one.kind in ("percent", "change", "decimal"):
                row[one.name] = Decimal(chance.randint(-6, 12)) / 20
            else:
                row[one.name] = place + 1 if one.kind == "year" else NAMES[place]
        row |= {name: chance.randint(1, 12) if name == "month" else row[name] for name in row}
        if re.search(r"listed\('month'\)|row\.month\b", spec["text"]):
            row["month"] = place + 1
        for name, wanted in spec.get("where", {}).items():
            options = wanted if isinstance(wanted, list) else [wanted]
            row[name] = "某" if str(options[0]).startswith("$") else chance.choice(options)
        for name in spec.get("none", {}):
            row[name] = chance.choice(["平", *spec["none"][name]])
        rows.append(row)
    name, which = order_of(spec)
    if name:
        rows.sort(key=lambda row: -row[name] if which != "min" else row[name])
    return rows


def over_hidden(spec: dict, rows: list[dict], hidden: set[int], chance: random.Random) -> str:
    """Return the sentence over the table with these rows hidden, some without any bound."""
    kinds = columns_of(spec)
    figures = [one.name for one in kinds if one.is_figure]
    moved = [*(p for p in range(len(rows)) if p not in hidden), *sorted(hidden)]
    bounds = {}
    for at, place in enumerate(moved):
        if place in hidden:
            counts = [one.name for one in kinds if one.kind == "count"]
            most = {name: rows[place][name] + chance.choice([0, 1, 5]) for name in counts}
            bounds[at] = most if chance.random() < 0.8 else {}
    exact = [
        tuple(
            None if place in hidden and one.name in figures else rows[place][one.name]
            for one in kinds
        )
        for place in moved
    ]
    table = PrintTable(spec["from"], "", "", "", "", kinds, [], exact, bounds)
    return render_text(
        RenderContext(TableStore([table], lambda _: [], NoFigures()), Words(spec["text"])), spec
    )


def asked_for(spec: dict, rows: list[dict]) -> list[dict]:
    """Return the rows that the pattern names."""
    return [
        row
        for row in rows
        if not any(row[name] in out for name, out in spec.get("exclude", {}).items())
        and all(row[name] > floor for name, floor in spec.get("above", {}).items())
        and all(row[name] < top for name, top in spec.get("below", {}).items())
    ]


def named_in(spec: dict, text: str, rows: list[dict]) -> list[dict]:
    """Return the rows that the sentence names, in its order, without those named as equal."""
    text = re.sub("（[^（）]*与末位件数相同）", "", text)
    if "listed('month')" in spec["text"]:
        months = [int(m) for m in re.search(r"([\d、]+)月", text)[1].split("、")]
        return [next(row for row in rows if row["month"] == month) for month in months]
    found = {}
    for row in rows:
        at = min((text.find(v) for v in row.values() if v in NAMES and v in text), default=-1)
        if at >= 0:
            found[at] = row
    return [found[at] for at in sorted(found)]


def false_claims(spec: dict, text: str, rows: list[dict], hidden: set[int]) -> list[str]:
    """Return what the sentence says that is not true of the open rows."""
    asked, named = asked_for(spec, rows), named_in(spec, text, rows)
    name, which = order_of(spec)
    wrong = [] if all(row in asked for row in named) else ["names what it does not select"]
    if "none" in spec:
        met = [r for r in rows if any(r[c] in out for c, out in spec["none"].items())]
        return wrong + (["somebody is"] if met else [])
    if spec.get("only") == "all" and len(asked) < len(rows):
        wrong.append("not all")
    if name and named:
        wrong += _of_the_order(spec, name, which, named, asked)
    unnamed = [row for place, row in enumerate(rows) if place in hidden and row not in named]
    if not name and any(row in asked for row in unnamed) and "each(" in spec["text"]:
        wrong += [] if "等" in text else ["a list without 等 leaves some out"]
    if name and spec.get("take"):
        length = re.search("前([一二三四五六七八九十])[类位]", text)
        wrong += [] if not length or "零一二三四五六七八九".find(length[1]) == len(named) else ["n"]
    return wrong


def _of_the_order(spec: dict, name: str, which: str, named: list, asked: list) -> list[str]:
    size = {"max": lambda r: r[name], "min": lambda r: -r[name], "widest": lambda r: abs(r[name])}
    sizes = [size[which](row) for row in named]
    others = [size[which](row) for row in asked if row not in named]
    if "pick" in spec:
        wrong = [] if len(set(sizes)) == 1 else ["not equal"]
        wrong += ["another is as large or larger"] if any(o >= sizes[0] for o in others) else []
        wrong += ["nought is no largest"] if which != "min" and sizes[0] <= 0 else []
        outside = re.sub(r"\{% call.*?\{% endcall %\}", "", spec["text"])
        for column_name in re.findall(r"row\.(\w+)", outside):
            values = {row.get(column_name) for row in named}
            wrong += [f"{column_name} of one alone"] if len(values) > 1 else []
        return wrong
    if "after" in spec:
        top = max(size[which](row) for row in asked)
        others = [value for value in others if value < top]
        if top in sizes:
            return ["the largest is no second"]
    wrong = [] if sizes == sorted(sizes, reverse=True) else ["out of order"]
    # A list to the end of the rows, given without a number, is no claim on what follows.
    if any(value > sizes[-1] for value in others):
        wrong.append("a larger one is passed over")
    if any(value == sizes[-1] for value in others) and "tied" not in spec["text"]:
        wrong.append("of equals some are named")
    return wrong


@pytest.mark.parametrize("spec", patterns(), ids=lambda spec: spec["from"])
def test_what_a_pattern_says_over_hidden_rows_is_true_of_the_open_ones(spec):
    chance = random.Random(spec["text"])
    for _ in range(120):
        rows = a_table(spec, chance)
        hidden = {place for place in range(len(rows)) if chance.random() < 0.3}
        for hidden_rows in (set(), hidden):
            text = over_hidden(spec, rows, hidden_rows, chance)
            if text:
                assert not false_claims(spec, text, rows, hidden_rows), (text, hidden_rows, rows)


def test_the_patterns_print_in_spite_of_hidden_rows():
    """The test above holds of silence too: most patterns do say something over hidden rows."""
    printed = set()
    for number, spec in enumerate(patterns()):
        chance = random.Random(number)
        for _ in range(120):
            rows = a_table(spec, chance)
            hidden = {p for p in range(len(rows)) if p > 1 and chance.random() < 0.4}
            if hidden and over_hidden(spec, rows, hidden, chance):
                printed.add(number)
                break
    counted = [
        number for number, spec in enumerate(patterns())
        if order_of(spec)[1] == "max" and order_of(spec)[0].endswith("_count") and "of" not in spec
    ]  # fmt: skip
    assert len(counted) > 20 and printed >= set(counted)
    assert len(printed) > 0.5 * len(patterns())


def test_words_of_size_go_with_the_order_of_their_list():
    for spec in patterns():
        which = order_of(spec)[1]
        if which == "min":
            assert FEW.search(spec["text"]) or "number" in order_of(spec)[0], spec["text"]
        elif which:
            assert MANY.search(spec["text"]) or "主要" in spec["text"] or "有" in spec["text"]
