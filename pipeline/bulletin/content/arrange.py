"""Tables as a page wants them: one convention, words for keys, lists of streets side by side.

Nothing is counted here: cells are renamed and set beside each other.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from pipeline.narrative.names import Names
from pipeline.narrative.print_table import PrintColumn, PrintTable, shown
from pipeline.numbers import half_up

# The lists of streets: heading, the column that numbers it, and what follows a street's name.
LISTS = (
    ("先进(得分,回访)", "advanced_number", ("composite_score", "called_back_count")),
    ("进步(提高,回访)", "improved_number", ("score_gain", "called_back_count")),
    ("整改(得分,回访)", "remedial_number", ("composite_score", "called_back_count")),
    ("治理(承办件数)", "priority_number", ("record_count",)),
)
STREETS, LISTED = "m08_street", "m08_lists"
ALL, NEW = "合计", "(新)"
METHODS = {"season": "季节", "recent": "近期"}
NOBODY, UNRANKED, INCOMPARABLE = "本期没有", "没有参评单位", "没有可比的上期"
Row = dict[str, Any]


def arranged(tables: Iterable[PrintTable]) -> list[PrintTable]:
    """Return the tables, and the lists of streets as a table of their own."""
    kept = [_one_convention(table) for table in tables]
    names = Names(kept)
    made = [_named(table, names) for table in kept]
    return [*made, *(_lists(table) for table in made if table.name == STREETS)]


def _one_convention(table: PrintTable) -> PrintTable:
    """Return the rows of the first convention: a period may have several, a bulletin prints one."""
    names = [column.name for column in table.columns]
    if "convention" not in names:
        return table
    at = names.index("convention")
    known = sorted({row[at] for row in table.exact if row[at] is not None})
    if len(known) < 2:
        return table
    kept = [place for place, row in enumerate(table.exact) if row[at] in (None, known[0])]
    hidden = {at: table.hidden[place] for at, place in enumerate(kept) if place in table.hidden}
    return shown(replace(table, exact=[table.exact[place] for place in kept], hidden=hidden))


def _named(table: PrintTable, names: Names) -> PrintTable:
    """Return the table with words where the warehouse has keys."""
    if table.name == "m12_hot_word":
        table = _with(table, "word", _joined)
        return _labelled(table, "word_label", "词", lambda row: str(row["word"]))
    if table.name == "m14_case":
        return _labelled(table, "matter", "事项", partial(_deepest, names))
    if table.name == "m13_surge":
        table = _labelled(table, "series", "诉求", partial(_series, names))
        return _labelled(table, "method_label", "预期方法", _method, marks_new=False)
    if table.name == "m10_rate":
        return _with(table, "unit_type", lambda value: ALL if value == "*" else value)
    return table


def _labelled(
    table: PrintTable,
    name: str,
    heading: str,
    label: Callable[[Row], str],
    *,
    marks_new: bool = True,
) -> PrintTable:
    """Return the table with a column that names each row, and marks what is new."""
    names = [column.name for column in table.columns]
    rows = [
        (*row, label(cells) + (NEW if marks_new and cells.get("is_new") else ""))
        for row in table.exact
        for cells in [dict(zip(names, row, strict=True))]
    ]
    columns = [*table.columns, PrintColumn(name, heading, "text")]
    return shown(replace(table, columns=columns, exact=rows))


def _joined(phrase: str) -> str:
    """Return the two words of a Chinese phrase as in a text, without a space."""
    return (
        phrase
        if any(sign.isascii() and sign.isalnum() for sign in phrase)
        else phrase.replace(" ", "")
    )


def _series(names: Names, row: Row) -> str:
    """Return a name for what surged: all, a category or a topic, in the city or in a place."""
    place = {"*": "", "?": "(发生地不明)"}.get(row["district"], f"({row['district']})")
    return f"{_deepest(names, row) or '全部诉求'}{place}"


def _method(row: Row) -> str:
    """Return in a word how the peak week was expected (pipeline/surge)."""
    return METHODS.get(str(row.get("method")), "")


def _deepest(names: Names, row: Row) -> str:
    """Return the deepest level of the tree that is known, with a word where a deeper one is not."""
    levels = [name for name in ("category", "subcategory", "topic") if row[name] != "*"]
    known = [names.full(row, level) for level in levels if row[level] != "?"]
    if not known:
        return "不明" if levels else ""
    # A surge of what has no topic is one of a part: its name must not be that of the whole.
    return known[-1] if len(known) == len(levels) or "cut" not in row else f"{known[-1]}·不明"


def _with(table: PrintTable, name: str, change: Any) -> PrintTable:
    at = [column.name for column in table.columns].index(name)
    rows = [(*row[:at], change(row[at]), *row[at + 1 :]) for row in table.exact]
    return shown(replace(table, exact=rows))


def _lists(streets: PrintTable) -> PrintTable:
    """Return a row for each place on the lists; a list of nobody says why in the first row."""
    found: dict[int, dict[str, str]] = {}
    rows_of_streets = streets.records()
    for row in rows_of_streets:
        for _, column, figures in LISTS:
            if row.get(column) is not None:
                found.setdefault(int(row[column]), {})[column] = _street(row, figures)
    named = {column for cells in found.values() for column in cells}
    for _, column, figures in LISTS:
        why = _why_nobody(rows_of_streets, figures)
        if column not in named and why:
            found.setdefault(1, {})[column] = why
    columns = [
        PrintColumn("list_number", "序号", "year"),
        *(PrintColumn(column, heading, "text") for heading, column, _ in LISTS),
    ]
    rows: list[tuple[Any, ...]] = [
        (number, *(found[number].get(column) for _, column, _ in LISTS)) for number in sorted(found)
    ]
    return shown(PrintTable(LISTED, "街乡镇名单", "", "", "", columns, [], rows))


def _why_nobody(streets: list[Row], figures: tuple[str, ...]) -> str:
    """Return why nobody is on a list by score; nothing of a list by volume or without scores."""
    if figures == ("record_count",) or all(s.get("composite_score") is None for s in streets):
        return ""
    if not any(street.get("is_ranked") for street in streets):
        return UNRANKED
    if all(street.get(figures[0]) is None for street in streets):
        return INCOMPARABLE
    return NOBODY


def _street(row: Row, figures: tuple[str, ...]) -> str:
    """Return the street's name with what put it on the list, and of how many call-backs."""
    parts = [_cell_words(name, row[name]) for name in figures if row[name] is not None]
    return f"{row['district']}{row['street']}" + (f"({','.join(parts)})" if parts else "")


def _cell_words(name: str, value: Any) -> str:
    if isinstance(value, Decimal):
        sign = "+" if name == "score_gain" else ""
        return f"{sign}{half_up(value, 1)}"
    return f"{value:,}"
