"""Which rows a sentence, section or chart takes: the one place of the rules on hidden rows.

A template names the rows by keys:

    { from = "t15_category", exclude = { category = ["?"] }, by = "record_count", take = 3 }

`where`, `exclude`, `above`, `below` filter (`$name` is a word of the section); `pick` takes
the largest or smallest (`max:`, `min:`, `widest:` by size whatever the sign) with all that equal
it, `after` what comes after those; `sort`, `skip`, `take` cut; `by` names the column, largest
first, in whose order the table is. `of` is how many rows there must be before picking, `least`
how many after, `only` whether all or some of them were picked, `if` which words there must be,
`known` a column of which the table must know a member, `none` a filter that no row meets beside
`where`, nor a hidden one might.

They are keys and not SQL, because a template with a query of its own could pass over these rules:
what a sentence says holds of the table without anything hidden too, whatever the hidden rows are. A
list by size ends before the first place that a hidden row could take, nothing is the largest or
smallest that a hidden row could reach, a list without some rows ends with 等. Nought is no largest,
and where all are equal there is none. A month of which some days are missing is neither largest nor
smallest. Of rows that are equal at the end of a list all are named or none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.narrative.table_store import TableRow, TableStore, matches

# Rows that a list may hold beyond its length, where they equal its last.
_MORE = 2


@dataclass
class RenderContext:
    """What all sentences of a section may use: the tables, its words, the decimals of 万."""

    source: TableStore
    words: dict[str, Any] = field(default_factory=dict)
    places: int = 1


@dataclass(frozen=True)
class Selection:
    """The rows of a sentence, those beyond the last that equal it, how many there were.

    `is_short`: hidden rows may belong to them that a list cannot name or give a figure of.
    """

    rows: list[TableRow]
    tied: list[TableRow]
    total: int
    is_short: bool = False


def chosen(
    context: RenderContext, spec: dict[str, Any], names: Collection[str]
) -> Selection | None:
    """Return the rows that a sentence names; None where the data do not give the sentence.

    `names` are the variables of its text: how many rows there are (`n`) is not always known, and
    `tied` says which equal the last.
    """
    if any(not context.words.get(word) for word in spec.get("if", ())):
        return None
    if "from" not in spec:
        return Selection([], [], 0)
    selection = _printable(context, spec, names)
    if not _is_enough(selection, spec, names):
        return None
    if "none" in spec and _may_hold(context, spec):
        return None
    if "known" in spec and not context.source.has_member(spec["from"], spec["known"]):
        return None
    return selection


def _is_enough(selection: Selection, spec: dict[str, Any], names: Collection[str]) -> bool:
    """Return whether there are rows enough, before and after choosing, for what the text says."""
    if len(selection.rows) < spec.get("least", 1) or selection.total < spec.get("of", 0):
        return False
    if "take" in spec and "n" in names and len(selection.rows) < 2:
        return False  # the first one of a list is no list
    if "only" in spec:
        return (len(selection.rows) == selection.total) == (spec["only"] == "all")
    return True


def select(context: RenderContext, spec: dict[str, Any]) -> Selection:
    """Return the rows that a section or a chart asks for, hidden ones too."""
    rows, total = _candidates(context, spec)
    rows = _sorted(_ranged(rows, spec), spec["sort"]) if "sort" in spec else _ranged(rows, spec)
    if "pick" in spec:
        rows = _extreme(rows, spec["pick"], [])
    return Selection(_cut(rows, spec), [], total)


def _printable(context: RenderContext, spec: dict[str, Any], names: Collection[str]) -> Selection:
    """Return the rows of which the text is true whatever the hidden ones are."""
    asked, total = _candidates(context, spec)
    hidden = [place for place in asked if place.is_hidden]
    rows = _ranged(asked, spec)
    if hidden and ("only" in spec or (len(rows) < len(asked) and "n" in names)):
        return Selection([], [], total)  # how many there are is not known
    if "pick" in spec:
        return Selection(_cut(_extreme(rows, spec["pick"], hidden), spec), [], total)
    if "after" in spec:
        first = _extreme(rows, spec["after"], hidden)
        rows = [place for place in rows if place not in first] if first else []
    order = order_of(spec)
    if order:
        rows = _sorted(rows, order) if "sort" in spec else rows
        rows = _beyond(context, rows, hidden, order)
    elif hidden and "take" in spec:
        rows = []  # nothing says what the list goes by
    taken = _cut(rows, spec)
    name = order.lstrip("-")
    if not name or not taken:
        return Selection(taken, [], total, len(rows) < len(asked) and bool(hidden))
    last = taken[-1].values[name]
    after = rows[spec.get("skip", 0) + len(taken) :]
    tied = [place for place in after if place.values[name] == last]
    if not tied or "tied" in names:
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


def order_of(spec: dict[str, Any]) -> str:
    """Return the column that a list goes by, with a minus where largest come first."""
    if "sort" in spec:
        return str(spec["sort"])
    if "by" in spec:
        return f"-{spec['by']}"
    return f"-{spec['after'].split(':')[1]}" if "after" in spec else ""


def _beyond(
    context: RenderContext, rows: list[TableRow], hidden: list[TableRow], order: str
) -> list[TableRow]:
    """Return the rows, in order, that come before every place a hidden one could take.

    Of counts, largest first, nought is no place.
    """
    name = order.lstrip("-")
    known = [place for place in rows if place.values[name] is not None]
    if order.startswith("-") and known and context.source.kind(known[0].table, name) == "count":
        known = [place for place in known if place.values[name] > 0]
    if not hidden:
        return known
    most = _most(hidden, name)
    if most is None or not order.startswith("-"):
        return []
    return [place for place in known if place.values[name] > most]


def is_beyond(values: Sequence[int | None], hidden: Sequence[TableRow], name: str) -> bool:
    """Return whether the largest of the values is larger than any hidden one could be."""
    if not hidden:
        return True
    most = _most(hidden, name)
    return most is not None and max((v for v in values if v is not None), default=0) > most


def _most(hidden: Sequence[TableRow], name: str) -> int | None:
    """Return the most that a hidden row may have in the column; None where that is not known."""
    bounds = [(place.most or {}).get(name) for place in hidden]
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


def _extreme(rows: list[TableRow], pick: str, hidden: Sequence[TableRow]) -> list[TableRow]:
    """Return the rows with the largest or smallest value; none where a hidden one could have it.

    A month of which some days are missing is neither; if it holds the most no other is named.
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
    if len(found) == len(known) > 1 and not hidden:
        return []  # where all are equal none is the largest
    if hidden:
        most = _most(hidden, name) if which == "max" else None
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
