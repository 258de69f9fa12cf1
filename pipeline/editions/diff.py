"""What differs between two documents of a period: printed cells, and exact figures.

`moves` compares as printed: the cells of tables by table, row and column, then the figures of
sentences that are in no table. `changes` compares the exact figures by their id.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.document import Document
from pipeline.document.model import Cell, Column, Figure, Table

NONE = "(无)"
# For a figure that is hidden now: beside the new totals its former value would give it away.
FORMER = "(见上一版)"
_ORDER = ("rank", "list_number")
_HIDDEN = "*"


@dataclass(frozen=True)
class Move:
    """A printed figure that differs: where it is, and how each edition prints it.

    `weight` orders what is printed: totals in sentences, counts, then what follows from them.
    """

    table: str
    row: str
    column: str
    before: str
    now: str
    weight: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Change:
    """A figure that differs: what it is and how each build prints it, "" where it has none."""

    figure: str
    title: str
    before: str
    now: str


def moves(before: Document, now: Document, *, other_form: bool = False) -> list[Move]:
    """Return the figures that differ or that only one of the two prints.

    Totals come first, then counts, then shares and the like, each in printed order. With
    `other_form` (another program wrote one of them) a table, column or figure of a sentence that
    only one has is a matter of form, and nothing moved.
    """
    old, new = {t.id: t for t in before.tables()}, {t.id: t for t in now.tables()}
    found: list[Move] = []
    for name in dict.fromkeys([*new, *old]):
        if (name in old and name in new) or not other_form:
            found += _table_moves(old.get(name), new.get(name), other_form)
    in_cells = {
        cell.figure
        for made in (before, now)
        for t in made.tables()
        for row in t.rows
        for cell in row
    }
    keys = dict.fromkeys([*now.figures, *before.figures])
    if other_form:
        keys = {key: None for key in keys if key in now.figures and key in before.figures}
    for figure in (key for key in keys if key not in in_cells):
        old_one, new_one = before.figures.get(figure), now.figures.get(figure)
        if not (other_form and old_one and new_one and _exact(old_one) == _exact(new_one)):
            found += _figure_moves(old_one, new_one)
    return [_without_former_value(move) for move in sorted(found, key=lambda move: move.weight)]


def _without_former_value(move: Move) -> Move:
    return dataclasses.replace(move, before=FORMER) if move.now == _HIDDEN else move


def _table_moves(old: Table | None, new: Table | None, other_form: bool) -> Iterator[Move]:
    """Yield the cells that differ; a row of one edition is listed once, by its first figure.

    Rows are known by their names, so that a row that only changed its place has moved by its rank
    alone.
    """
    table = new or old
    assert table is not None
    before, now = _rows(old), _rows(new)
    weights = {c.heading: 1 if c.kind == "count" else 2 for c in _figure_columns(table)}
    each = [[column.heading for column in _figure_columns(one)] for one in (new, old) if one]
    headings = dict.fromkeys(heading for one in each for heading in one)
    if other_form:
        headings = {h: None for h in headings if all(h in one for one in each)}
    for row in dict.fromkeys([*now, *before]):
        was, has = before.get(row), now.get(row)
        if was is None or has is None:
            heading = next(iter(headings), "")
            yield Move(
                table.title, row, heading,
                NONE if was is None else was.get(heading, NONE),
                NONE if has is None else has.get(heading, NONE),
                1,
            )  # fmt: skip
            continue
        for heading in headings:
            cells = was.get(heading, NONE), has.get(heading, NONE)
            if cells[0] != cells[1]:
                yield Move(table.title, row, heading, *cells, weights.get(heading, 2))


def _rows(table: Table | None) -> dict[str, dict[str, str]]:
    """Return name of the row -> heading -> the cell as printed."""
    if table is None:
        return {}
    figures = {column.name for column in _figure_columns(table)}
    seen: Counter[str] = Counter()
    rows = {}
    for row in table.rows:
        pairs = list(zip(table.columns, row, strict=True))
        names = [cell.text for column, cell in pairs if column.name not in figures and cell.text]
        name = "·".join(names)
        seen[name] += 1
        label = name if seen[name] == 1 else f"{name}({seen[name]})"
        rows[label] = {c.heading: _cell_text(cell) for c, cell in pairs if c.name in figures}
    return rows


def _figure_columns(table: Table) -> list[Column]:
    """Return the columns that describe a row; those that name it are the texts that come first.

    A number of order may precede the names: it is a figure, and ends nothing.
    """
    found, naming = [], True
    for column in table.columns:
        ordering = column.name.endswith(_ORDER)
        if not naming or ordering or column.kind not in ("text", "year"):
            found.append(column)
            naming = naming and ordering
    return found


def _cell_text(cell: Cell) -> str:
    return cell.text or (_HIDDEN if cell.mark in ("suppressed", "secondary") else "—")


def _exact(figure: Figure) -> tuple[object, object]:
    return figure.numerator, figure.denominator


def _figure_moves(old: Figure | None, new: Figure | None) -> Iterator[Move]:
    """Yield the move of a figure that sentences print and no table does."""
    shown = new or old
    assert shown is not None
    if (old and old.printed) == (new and new.printed):
        return
    cut = "、".join(value for value in shown.dims.values())
    yield Move(
        f"{shown.period} {shown.metric_title}", cut, "",
        old.printed if old else NONE, new.printed if new else NONE,
        2 if shown.dims else 0,
    )  # fmt: skip


def changes(before: Document, now: Document) -> list[Change]:
    """Return the figures that differ or that only one of the two has: totals, counts first."""
    found = []
    both = {**before.figures, **now.figures}
    for key in sorted(both, key=lambda key: _weight(both[key])):
        old, new = before.figures.get(key), now.figures.get(key)
        if old and new and (old.numerator, old.denominator) == (new.numerator, new.denominator):
            continue
        shown = both[key]
        cut = "、".join(f"{name}={value}" for name, value in shown.dims.items())
        title = f"{shown.period} {shown.metric_title}" + (f"({cut})" if cut else "")
        found.append(Change(key, title, _printed(old, new), _printed(new, old)))
    return found


def _weight(figure: Figure) -> tuple[int, bool, str]:
    return len(figure.dims), figure.denominator != 1, figure.id


def _printed(figure: Figure | None, other: Figure | None) -> str:
    """Return the figure as printed, with its fraction where the other prints alike."""
    if figure is None:
        return ""
    if other is None or other.printed != figure.printed:
        return figure.printed
    return f"{figure.printed}({figure.numerator:,} / {figure.denominator:,})"
