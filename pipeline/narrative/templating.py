"""Sentences from patterns: a pattern names columns, rows fill them, numbers keep their figures.

A pattern stands in the template with the rows that it speaks of:

    { from = "t15_category", text = "{category}最多，为{record_count}[，{growth_rate}]。" }

`{column}` prints the first row's value by its kind, `{@column}` the values of all rows as a list,
`<...>` repeats for every row, `[...]` is left out where a value in it is missing, and the sentence
where one outside is. `{$name}` is a word of the section. After a colon: decimals, a unit, `abs`,
`points` (percentage points), `percent` (no sign, no words), `date` (2018-06 as 2018年6月), `whole`
(a change of whole periods, even where others are of the same days). `{n}` is how many rows, `{tie}`
says 并列 of several, `{all}` 均 and `{apiece}` 各, `{tied:column}` names what equals the last,
`{moved:now:before}`, `{sign:column}`, `{pull:column}` say which way.

The rows: `where`, `exclude`, `above`, `below` filter; `pick` takes the largest or smallest (`max:`,
`min:`, `widest:` by size whatever the sign) with all that equal it, `after` what comes after those;
`sort`, `skip`, `take` cut; `by` names the column, largest first, in whose order the table stands.
`of` is how many rows there must be before picking, `only` whether all or some of them were picked,
`if` which words there must be, `known` a column of which the table must know a member, `none` a
filter that no row meets beside `where`, nor a hidden one might.

What a sentence says holds of the table without anything hidden too, whatever the hidden rows are: a
list by size ends before the first place that a hidden row could take, nothing is the largest or
smallest that a hidden row could reach, a list without some rows ends with 等. Nought is no largest,
and where all are equal there is none. Of rows that are equal at the end of a list all are named or
none, and after `pick` a value in which the rows differ is missing. A list in turn (依次) says which
neighbours are equal, and where all are it has no turn.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from pipeline.document.model import Run
from pipeline.narrative import number_format
from pipeline.narrative.table_store import TableRow, TableStore, matches

_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]<>])|([^{}\[\]<>]+)")
_OF_SEVERAL = {"tie": "并列", "all": "均", "apiece": "各"}
_IN_TURN = "依次"
# Rows that a list may hold beyond its length, where they equal its last.
_MORE = 2


class MissingValue(Exception):
    """A value that the sentence needs is not there."""


@dataclass
class RenderContext:
    """What all sentences of a section may use: the tables, its words, the decimals of 万."""

    source: TableStore
    words: dict[str, Any] = field(default_factory=dict)
    places: int = 1


@dataclass(frozen=True)
class Selection:
    """The rows a sentence speaks of, those beyond the last that equal it, how many there were.

    `is_short`: hidden rows may belong to them that a list cannot name or give a figure of.
    """

    rows: list[TableRow]
    tied: list[TableRow]
    total: int
    is_short: bool = False


def render(context: RenderContext, spec: dict[str, Any]) -> tuple[Run, ...]:
    """Return the sentence in runs; empty where the data do not give it."""
    selection = printable(context, spec) if "from" in spec else Selection([], [], 0)
    if "from" in spec and not _is_enough(selection, spec):
        return ()
    if "none" in spec and _may_hold(context, spec):
        return ()
    if "known" in spec and not context.source.knows(spec["from"], spec["known"]):
        return ()
    if any(not context.words.get(word) for word in spec.get("if", ())):
        return ()
    try:
        runs = _Filler(context, selection, spec).fill(spec["text"], None)
    except MissingValue:
        return ()
    return _joined(runs)


def _is_enough(selection: Selection, spec: dict[str, Any]) -> bool:
    """Return whether there are rows enough, before and after choosing, for what the text says."""
    if len(selection.rows) < spec.get("least", 1) or selection.total < spec.get("of", 0):
        return False
    if "take" in spec and "{n}" in spec["text"] and len(selection.rows) < 2:
        return False  # the first one of a list is no list
    if "only" in spec:
        return (len(selection.rows) == selection.total) == (spec["only"] == "all")
    return True


def render_text(context: RenderContext, spec: dict[str, Any]) -> str:
    """Return the sentence as text."""
    return "".join(run.text for run in render(context, spec))


def select(context: RenderContext, spec: dict[str, Any]) -> Selection:
    """Return the rows that a section or a chart asks for, hidden ones too."""
    rows, total = _candidates(context, spec)
    rows = _sorted(_ranged(rows, spec), spec["sort"]) if "sort" in spec else _ranged(rows, spec)
    if "pick" in spec:
        rows = _extreme(rows, spec["pick"], [])
    return Selection(_cut(rows, spec), [], total)


def printable(context: RenderContext, spec: dict[str, Any]) -> Selection:
    """Return the rows of which the pattern is true whatever the hidden ones are."""
    asked, total = _candidates(context, spec)
    veiled = [place for place in asked if place.is_hidden]
    rows = _ranged(asked, spec)
    if veiled and ("only" in spec or (len(rows) < len(asked) and "{n}" in spec["text"])):
        return Selection([], [], total)  # how many there are is not known
    if "pick" in spec:
        return Selection(_cut(_extreme(rows, spec["pick"], veiled), spec), [], total)
    if "after" in spec:
        first = _extreme(rows, spec["after"], veiled)
        rows = [place for place in rows if place not in first] if first else []
    order = _order(spec)
    if order:
        rows = _sorted(rows, order) if "sort" in spec else rows
        rows = _beyond(context, rows, veiled, order)
    elif veiled and "take" in spec:
        rows = []  # nothing says what the list goes by
    taken = _cut(rows, spec)
    name = order.lstrip("-")
    if not name or not taken:
        return Selection(taken, [], total, len(rows) < len(asked) and bool(veiled))
    last = taken[-1].values[name]
    after = rows[spec.get("skip", 0) + len(taken) :]
    tied = [place for place in after if place.values[name] == last]
    if not tied or "{tied:" in spec["text"]:
        return Selection(taken, tied, total)
    if len(tied) <= _MORE:
        return Selection([*taken, *tied], [], total)
    return Selection([place for place in taken if place.values[name] != last], [], total)


def _candidates(context: RenderContext, spec: dict[str, Any]) -> tuple[list[TableRow], int]:
    """Return the rows that `where` and `exclude` leave, and how many."""
    rows = [
        place
        for place in context.source.rows(spec["from"], resolve(context, spec.get("where", {})))
        if not any(place.values.get(name) in out for name, out in spec.get("exclude", {}).items())
    ]
    return rows, len(rows)


def _ranged(rows: list[TableRow], spec: dict[str, Any]) -> list[TableRow]:
    """Return the rows that `above` and `below` leave; a hidden one is not known to be in range."""
    for name, floor in spec.get("above", {}).items():
        rows = [p for p in rows if p.values[name] is not None and p.values[name] > floor]
    for name, top in spec.get("below", {}).items():
        rows = [p for p in rows if p.values[name] is not None and p.values[name] < top]
    return rows


def _cut(rows: list[TableRow], spec: dict[str, Any]) -> list[TableRow]:
    skip = spec.get("skip", 0)
    return rows[skip : skip + spec["take"]] if "take" in spec else rows[skip:]


def _order(spec: dict[str, Any]) -> str:
    """Return the column that a list goes by, with a minus where largest come first."""
    if "sort" in spec:
        return str(spec["sort"])
    if "by" in spec:
        return f"-{spec['by']}"
    return f"-{spec['after'].split(':')[1]}" if "after" in spec else ""


def _beyond(
    context: RenderContext, rows: list[TableRow], veiled: list[TableRow], order: str
) -> list[TableRow]:
    """Return the rows, in order, that stand before every place a hidden one could take.

    Of counts, largest first, nought is no place.
    """
    name = order.lstrip("-")
    known = [place for place in rows if place.values[name] is not None]
    if order.startswith("-") and known and context.source.kind(known[0].table, name) == "count":
        known = [place for place in known if place.values[name] > 0]
    if not veiled:
        return known
    most = _most(veiled, name)
    if most is None or not order.startswith("-"):
        return []
    return [place for place in known if place.values[name] > most]


def is_beyond(values: Sequence[int | None], veiled: Sequence[TableRow], name: str) -> bool:
    """Return whether the largest of the values is larger than any hidden one could be."""
    if not veiled:
        return True
    most = _most(veiled, name)
    return most is not None and max((v for v in values if v is not None), default=0) > most


def _most(veiled: Sequence[TableRow], name: str) -> int | None:
    """Return the most that a hidden row may have in the column; None where that is not known."""
    bounds = [(place.most or {}).get(name) for place in veiled]
    known = [bound for bound in bounds if bound is not None]
    return max(known) if len(known) == len(bounds) else None


def _may_hold(context: RenderContext, spec: dict[str, Any]) -> bool:
    """Return whether a row meets `none` beside `where`, or is hidden, so that it might."""
    rows = context.source.rows(spec["from"], resolve(context, spec.get("where", {})))
    return any(place.is_hidden or matches(place.values, spec["none"]) for place in rows)


def resolve(context: RenderContext, where: dict[str, Any]) -> dict[str, Any]:
    """Return the filter with `$name` replaced by the section's word."""
    return {
        name: context.words[value[1:]]
        if isinstance(value, str) and value.startswith("$")
        else value
        for name, value in where.items()
    }


def _extreme(rows: list[TableRow], pick: str, veiled: Sequence[TableRow]) -> list[TableRow]:
    """Return the rows with the largest or smallest value; none where a hidden one could have it.

    A month of which some days are missing is neither, and where it holds the most no other is told.
    A single row beside such months is neither, and a row alone is no smallest.
    """
    which, name = pick.split(":")
    cut = [place for place in rows if place.values.get("is_month_partial")]
    rows = [place for place in rows if place not in cut]
    known = [(_size(which, p.values[name]), p) for p in rows if p.values[name] is not None]
    if not known or (len(known) == 1 and (cut or which == "min")):
        return []
    wanted = max(size for size, _ in known)
    found = [place for size, place in known if size == wanted]
    if which != "min" and wanted <= 0:
        return []
    if which == "max" and any((place.values[name] or 0) >= wanted for place in cut):
        return []
    if len(found) == len(known) > 1 and not veiled:
        return []  # where all are equal none is the largest
    if veiled:
        most = _most(veiled, name) if which == "max" else None
        if most is None or wanted <= most:
            return []
    return found


def _size(which: str, value: Any) -> Any:
    return {"max": value, "min": -value, "widest": abs(value)}[which]


def _sorted(rows: list[TableRow], by: str) -> list[TableRow]:
    """Return the rows by a column, largest first with a minus before its name."""
    name = by.lstrip("-")
    known = [place for place in rows if place.values[name] is not None]
    return sorted(known, key=lambda place: place.values[name], reverse=by.startswith("-"))


class _Filler:
    def __init__(self, context: RenderContext, selection: Selection, spec: dict[str, Any]) -> None:
        self.context, self.selection, self.join = context, selection, spec.get("join", "；")
        self.is_pick = "pick" in spec
        order = _order(spec).lstrip("-") if _IN_TURN in spec["text"] else ""
        self.level = _level(selection.rows, order) if order else {}
        # What the sentence says of a name's parents besides, or asks to be the same for all.
        self.beside = {*spec.get("where", ()), *re.findall(r"{(\w+)", spec["text"])}

    def fill(self, text: str, row: TableRow | None) -> list[Run]:
        """Return the runs of a piece of pattern, spoken of `row` or of the first one."""
        runs: list[Run] = []
        rest = text
        while rest:
            match = _TOKEN.match(rest)
            if match is None:
                raise ValueError(f"bad pattern: {text}")
            hole, bracket, literal = match.groups()
            rest = rest[match.end() :]
            if literal:
                is_flat = len(self.selection.rows) in self.level.values()
                runs.append(Run(literal.replace(_IN_TURN, "") if is_flat else literal))
            elif hole is not None:
                runs += self._value(hole, row)
            else:
                inside, rest = _closing(rest, bracket)
                if bracket == "<":
                    runs += self._each(inside)
                else:
                    runs += self._optional(inside, row)
        return runs

    def _optional(self, text: str, row: TableRow | None) -> list[Run]:
        try:
            return self.fill(text, row)
        except MissingValue:
            return []

    def _each(self, text: str) -> list[Run]:
        runs: list[Run] = []
        is_short = self.selection.is_short
        for at, place in enumerate(self.selection.rows):
            found = self._optional(text, place)
            if found:
                runs += [Run(self.join), *found] if runs else found
                runs.append(Run(_equal(self.level.get(at))))
            is_short |= not found and place.is_hidden
        if not runs:
            raise MissingValue
        return [*runs, Run("等")] if is_short else runs

    def _value(self, hole: str, row: TableRow | None) -> list[Run]:
        name, *options = hole.split(":")
        if name.startswith("$"):
            word = self.context.words.get(name[1:])
            if word in (None, ""):
                raise MissingValue
            return [Run(str(word))]
        if name.startswith("@"):
            listed = self._listed(self.selection.rows, name[1:], self.level)
            return [Run(listed + "等" * self.selection.is_short)]
        rows = self.selection.rows
        counted = {"n": len(rows), "total": self.selection.total}
        if name in counted:
            plain_digits = bool(options) or counted[name] > 20
            return [
                Run(str(counted[name]) if plain_digits else number_format.numeral(counted[name]))
            ]
        if name in _OF_SEVERAL:
            return [Run(_OF_SEVERAL[name] if len(rows) > 1 else "")]
        if name == "tied":
            return [Run(self._listed(self.selection.tied, options[0], {}))]
        place = row or (rows[0] if rows else None)
        if place is None or (row is None and self.is_pick and self._differ(name, options)):
            raise MissingValue
        if name == "moved":
            return self._moved(place, *options)
        if name == "sign":
            return [Run(_sign(place.values[options[0]]))]
        if name == "pull":
            value = place.values[options[0]]
            if not value:
                raise MissingValue
            return [Run("向上拉动" if value > 0 else "向下拉动"),
                    *self._number(place, options[0], ["points"])]  # fmt: skip
        return self._number(place, name, options)

    def _listed(self, rows: Sequence[TableRow], name: str, level: Mapping[int, int]) -> str:
        names = [
            self._name(place, name) + _equal(level.get(at))
            for at, place in enumerate(rows)
            if place.values[name] is not None
        ]
        if not names:
            raise MissingValue
        return "、".join(names)

    def _name(self, place: TableRow, name: str) -> str:
        value = place.values[name]
        if isinstance(value, date):
            return number_format.day(value)
        return self.context.source.named(place.values, name, self.beside)

    def _differ(self, name: str, options: list[str]) -> bool:
        """Return whether the rows differ in what a hole of the pattern prints of one of them."""
        first, *others = self.selection.rows
        columns = [one for one in (name, *options) if one in first.values]
        return any(
            place.values[column] != first.values[column] for place in others for column in columns
        )

    def _number(self, place: TableRow, name: str, options: list[str]) -> list[Run]:
        value = place.values[name]
        if value is None:
            raise MissingValue
        kind = self.context.source.kind(place.table, name)
        if "abs" in options:
            value = abs(value)
        decimals = next((int(option) for option in options if option.isdigit()), None)
        if kind == "text":
            return [
                Run(number_format.month(value) if "date" in options else self._name(place, name))
            ]
        if kind == "year":
            return [Run(str(value))]
        if kind == "count":
            unit = next((o for o in options if not o.isdigit() and o != "abs"), "件")
            places = self.context.places if decimals is None else decimals
            return self._run(place, name, number_format.count(value, unit, places))
        if "points" in options:
            return self._run(place, name, number_format.points(value))
        if "percent" in options:
            return self._run(place, name, number_format.percent(abs(value)))
        if name.endswith("growth_rate"):
            base = self._base(place, name, is_whole="whole" in options)
            before, number = number_format.change(value, base)
            return [Run(before), *(self._run(place, name, number) if number else [])]
        show = number_format.percent if kind in ("percent", "change") else number_format.decimal
        return self._run(place, name, show(value, 2 if decimals is None else decimals))

    def _base(self, place: TableRow, name: str, *, is_whole: bool) -> str:
        """Return what a growth is called; that of a month goes by the month's own days."""
        said = {} if is_whole else self.context.words
        if "previous_" in name:
            return str(said.get("mom", "环比"))
        of_month = said.get(f"yoy_month_{place.values.get('month')}")
        return str(of_month or said.get("yoy", "同比"))

    def _run(self, place: TableRow, name: str, text: str) -> list[Run]:
        return [Run(text, self.context.source.figure(place, name))]

    def _moved(self, place: TableRow, name: str, before: str, base: str = "") -> list[Run]:
        """Return how a rate moved since the year before, or since what the word `base` names."""
        is_year, base = not base, self.context.words[base] if base else "上年同期"
        now, then = place.values.get(name), place.values.get(before)
        if now is None:
            raise MissingValue
        number = self._number(place, name, [])
        # A rate of the whole period beside one of some of its days tells no move.
        cut = "part_compared" if is_year else "cut_previous"
        if then is None or self.context.words.get(cut):
            return [Run("为"), *number]
        former = self._number(place, before, [])
        if former[0].text == number[0].text:
            return [Run("为"), *number, Run(f"，与{base}持平")]
        word = "提高到" if now > then else "下降到"
        return [Run(f"由{base}的"), *former, Run(word), *number]


def _level(rows: Sequence[TableRow], name: str) -> dict[int, int]:
    """Return where in a list neighbours that are equal in a column end, and how many they are."""
    found: dict[int, int] = {}
    at = 0
    for _, equal in groupby(rows, key=lambda place: place.values[name]):
        count = len(list(equal))
        at += count
        if count > 1:
            found[at - 1] = count
    return found


def _equal(count: int | None) -> str:
    """Return what is said behind the last of so many equal neighbours."""
    return f"（{'两' if count == 2 else number_format.numeral(count)}者并列）" if count else ""


def _closing(text: str, bracket: str) -> tuple[str, str]:
    """Return what stands before the closing bracket, and what follows it."""
    close = {"[": "]", "<": ">"}[bracket]
    depth = 1
    for at, char in enumerate(text):
        depth += (char == bracket) - (char == close)
        if not depth:
            return text[:at], text[at + 1 :]
    raise ValueError(f"no {close} in: {text}")


def _sign(value: Any) -> str:
    if value is None:
        raise MissingValue
    return "高于" if value > 0 else "低于" if value < 0 else "等于"


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """Return the runs with neighbours of plain text made one."""
    out: list[Run] = []
    for run in runs:
        if out and run.figure is None and out[-1].figure is None:
            out[-1] = Run(out[-1].text + run.text)
        elif run.text:
            out.append(run)
    return tuple(out)
