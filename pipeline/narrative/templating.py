"""Sentences from jinja: a text names columns, rows fill them, numbers keep their figures.

A sentence is in the template with its rows (see selection.py):

    { from = "t15_category", pick = "max:record_count", text = "{{ row.category }}最多。" }

The text is jinja. It has every word of the section by its name (`{{ city }}`), and of the rows:

- `row` is the first one. `{{ row.record_count }}` prints a value by its kind, with its figure. The
  filters `places(2)`, `unit('个')`, `abs`, `points` (percentage points), `percent` (no sign, no
  words), `month` (2018-06 as 2018年6月) and `whole` (a change of whole periods, even where others
  are of the same days) print it otherwise. It can be compared with a number.
- `rows` are all. `{{ rows|listed('category') }}` prints the names, and what is between
  `{% call(row) each(rows, '、') %}` and `{% endcall %}` is repeated for every row, joined by 、.
  `tied` are the rows that equal the last.
- `n` is how many rows, `total` how many there were before choosing, `several` whether there are
  more than one; `{{ n|numeral }}` prints 三. `in_turn` prints 依次, and lists then say which
  neighbours are equal; where all are, it has no turn and prints nothing.
- `{{ row.a|moved(row.b, '上年同期') }}` says whether a rate rose or fell since another one.

Where a value is missing, the `{% call optional() %}`…`{% endcall %}` around it is left out, or the
row of `each`, else the sentence. So it is with a word that is not there or empty, and after `pick`
with a value of `row` in which the rows differ. `row.a is known` asks for a value.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from pipeline import numbers
from pipeline.document.model import Run
from pipeline.errors import USAGE, HotlineError
from pipeline.narrative.selection import RenderContext, chosen, order_of
from pipeline.narrative.table_store import TableRow

_IN_TURN = "依次"
# A number above this is printed in digits.
_LARGEST_NUMERAL = 20
# What surrounds the id and the text of a figure until the text is split into runs.
_MARKS = "\ufdd0\ufdd1\ufdd2"
_FIGURE = re.compile("\ufdd0(.*?)\ufdd1(.*?)\ufdd2", re.DOTALL)
_NO_MARKS = dict.fromkeys(map(ord, _MARKS))


class MissingValue(Exception):
    """A value that the sentence needs is not there."""


class _MissingWord(Undefined):
    """A word that is not there: false in a condition, and nothing that could be printed."""

    def __str__(self) -> str:
        if self._undefined_obj is not missing:
            self._fail_with_undefined_error()  # a part of a word or value: none has any
        raise MissingValue


def render(context: RenderContext, spec: dict[str, Any]) -> tuple[Run, ...]:
    """Return the sentence in runs; empty where the data do not give it."""
    pattern = compiled(spec["text"])
    selection = chosen(context, spec, pattern.names)
    if selection is None:
        return ()
    beside = {*spec.get("where", ()), *pattern.columns}
    rows = [_Row(context, beside, [place]) for place in selection.rows]
    order = order_of(spec).lstrip("-") if "in_turn" in pattern.names else ""
    listed = _Rows(rows, _level(selection.rows, order) if order else {}, selection.is_short)
    first = selection.rows if "pick" in spec else selection.rows[:1]
    variables = {
        **{k: v for k, v in context.words.items() if k in pattern.names and v not in (None, "")},
        "row": _Row(context, beside, first),
        "rows": listed,
        "tied": _Rows([_Row(context, beside, [place]) for place in selection.tied]),
        "n": len(rows),
        "total": selection.total,
        "several": len(rows) > 1,
        "in_turn": "" if len(rows) in listed.level.values() else _IN_TURN,
    }
    try:
        text = pattern.template.render(variables)
    except MissingValue:
        return ()
    return tuple(_runs(text))


def render_text(context: RenderContext, spec: dict[str, Any]) -> str:
    """Return the sentence as text."""
    return "".join(run.text for run in render(context, spec))


def filled(text: str, words: Mapping[str, Any]) -> str:
    """Return a title, note or source line of the template with its words.

    Raises HotlineError USAGE for a word that nothing says, and for what is not jinja.
    """
    try:
        return _plain(text).render(words)
    except TemplateError as error:
        raise HotlineError(f"报告模板的“{text}”有误({error});请核对后再试", USAGE) from None


def lines(texts: Sequence[Mapping[str, Any]], words: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the `text` of each line whose words of `if` are all there, filled in.

    Raises KeyError for a word of `if` that nothing says.
    """
    return tuple(
        filled(line["text"], words)
        for line in texts
        if all(words[word] for word in line.get("if", ()))
    )


@dataclass(frozen=True)
class Pattern:
    """A text ready to be filled, the variables that it uses and the columns that it prints."""

    template: Template
    names: Collection[str]
    columns: Collection[str]


@cache
def compiled(text: str) -> Pattern:
    """Return the pattern of a sentence; raises jinja2.TemplateError where it is none."""
    tree = _ENVIRONMENT.parse(text)
    return Pattern(
        _ENVIRONMENT.from_string(text),
        frozenset(meta.find_undeclared_variables(tree)),
        frozenset(node.attr for node in tree.find_all(nodes.Getattr)),
    )


@cache
def _plain(text: str) -> Template:
    return _ENVIRONMENT.overlay(undefined=StrictUndefined).from_string(text)


class _Row:
    """A row as a text sees it: `row.record_count` is a value.

    Of several rows it is what they have in common; a value in which they differ is missing.
    """

    def __init__(
        self, context: RenderContext, beside: Collection[str], places: Sequence[TableRow]
    ) -> None:
        self._context, self._beside, self._places = context, beside, places

    def __getattr__(self, name: str) -> "_Value":
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._places:
            raise MissingValue
        first, *others = self._places
        value = first.values[name]
        if any(place.values[name] != value for place in others):
            value = None
        return _Value(self._context, self._beside, first, name, value)


class _Rows(list[_Row]):
    """The rows of a list; `level` says where equal neighbours end, and how many they are."""

    def __init__(
        self, rows: Sequence[_Row], level: Mapping[int, int] | None = None, is_short: bool = False
    ) -> None:
        super().__init__(rows)
        self.level, self.is_short = level or {}, is_short


@dataclass(frozen=True)
class _Value:
    """A value of a row and how it is printed; raises MissingValue where it is asked for in vain."""

    context: RenderContext
    beside: Collection[str]
    place: TableRow
    name: str
    value: Any
    form: str = ""
    unit: str = "件"
    places: int | None = None

    def __str__(self) -> str:
        before, number, is_number = self._printed()
        figure = self.context.source.figure(self.place, self.name) if is_number and number else None
        return before + (f"\ufdd0{figure}\ufdd1{number}\ufdd2" if figure is not None else number)

    @property
    def text(self) -> str:
        """The value as printed, without its figure."""
        before, number, _ = self._printed()
        return before + number

    @property
    def kind(self) -> str:
        return self.context.source.kind(self.place.table, self.name)

    def __abs__(self) -> "_Value":
        return replace(self, value=abs(self._known()))

    def __gt__(self, other: Any) -> bool:
        return bool(self._known() > _number(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self._known() < _number(other))

    def named(self) -> str:
        """Return a name, with what distinguishes it from others of its name; a day as read."""
        value = self._known()
        if isinstance(value, date):
            return numbers.day(value)
        name = self.context.source.named(self.place.values, self.name, self.beside)
        return name.translate(_NO_MARKS)

    def _known(self) -> Any:
        if self.value is None:
            raise MissingValue
        return self.value

    def _printed(self) -> tuple[str, str, bool]:
        """Return the words before a number, the number, and whether it is one."""
        value, kind = self._known(), self.kind
        if kind == "text":
            return "", numbers.month(value) if self.form == "month" else self.named(), False
        if kind == "year":
            return "", str(value), False
        if kind == "count":
            places = self.context.places if self.places is None else self.places
            return "", numbers.count(value, self.unit, places), True
        if self.form == "points":
            return "", numbers.points(value), True
        if self.form == "percent":
            return "", numbers.percent(abs(value)), True
        if self.name.endswith("growth_rate"):
            return *numbers.change(value, self._base()), True
        show = numbers.percent if kind in ("percent", "change") else numbers.decimal
        return "", show(value, 2 if self.places is None else self.places), True

    def _base(self) -> str:
        """Return what a growth is called; that of a month goes by the month's own days."""
        said = {} if self.form == "whole" else self.context.words
        if "previous_" in self.name:
            return str(said.get("mom", "环比"))
        of_month = said.get(f"yoy_month_{self.place.values.get('month')}")
        return str(of_month or said.get("yoy", "同比"))


def _number(other: Any) -> Any:
    return other._known() if isinstance(other, _Value) else other


def _optional(caller: Callable[[], str]) -> str:
    """Return the block; nothing where a value in it is missing."""
    try:
        return caller()
    except MissingValue:
        return ""


def _each(rows: _Rows, join: str = "；", *, caller: Callable[[_Row], str]) -> str:
    """Return the block for every row that has its values."""
    parts: list[str] = []
    is_short = rows.is_short
    for at, row in enumerate(rows):
        found = _optional(lambda row=row: caller(row))  # type: ignore[misc]
        parts += [found + _equal(rows.level.get(at))] if found else []
        is_short |= not found and row._places[0].is_hidden
    if not parts:
        raise MissingValue
    return join.join(parts) + "等" * is_short


def _listed(rows: _Rows, column: str) -> str:
    """Return the names of the rows."""
    values = [getattr(row, column) for row in rows]
    names = [
        value.named() + _equal(rows.level.get(at))
        for at, value in enumerate(values)
        if value.value is not None
    ]
    if not names:
        raise MissingValue
    return "、".join(names) + "等" * rows.is_short


def _moved(now: _Value, then: _Value, base: str, is_cut: Any = "") -> str:
    """Return how a rate moved since what `base` names; only what it is where `is_cut`.

    A rate of the whole period beside one of some of its days gives no move.
    """
    number = str(now)
    if then.value is None or is_cut:
        return f"为{number}"
    former = str(then)
    if then.text == now.text:
        return f"为{number}，与{base}持平"
    return f"由{base}的{former}{'提高到' if now > then else '下降到'}{number}"


def _numeral(value: int) -> str:
    return numbers.numeral(value) if value <= _LARGEST_NUMERAL else str(value)


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
    return f"（{'两' if count == 2 else numbers.numeral(count)}者并列）" if count else ""


def _runs(text: str) -> Iterator[Run]:
    """Yield the runs of a text: plain pieces, and numbers with their figures."""
    pieces = _FIGURE.split(text)
    for at in range(0, len(pieces), 3):
        if pieces[at]:
            yield Run(pieces[at])
        if at + 2 < len(pieces):
            yield Run(pieces[at + 2], pieces[at + 1])


def _form(name: str) -> Callable[[_Value], _Value]:
    return lambda value: replace(value, form=name)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox of templates, in which a value has filters and no attributes."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not isinstance(obj, _Value) and super().is_safe_attribute(obj, attr, value)


_ENVIRONMENT = _Environment(undefined=_MissingWord, keep_trailing_newline=True)
_ENVIRONMENT.globals |= {"each": _each, "optional": _optional}
_ENVIRONMENT.filters |= {
    "listed": _listed,
    "moved": _moved,
    "numeral": _numeral,
    "places": lambda value, places: replace(value, places=places),
    "unit": lambda value, unit: replace(value, unit=unit),
    **{form: _form(form) for form in ("month", "percent", "points", "whole")},
}
_ENVIRONMENT.tests["known"] = lambda value: value.value is not None
