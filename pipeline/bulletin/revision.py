"""What a revised edition owes its readers: which printed figures moved, from what to what.

Two documents of a period are compared as printed: the cells of their tables by table, row and
column, then the figures of sentences that stand in no table.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Document, to_json
from pipeline.document.model import (
    Build,
    Cell,
    Column,
    Figure,
    Para,
    Run,
    Section,
    Table,
)

SECTION = "revision"
TABLE = "m16_revision"
# The pages show the first, so that four pages hold the whole; workbook and JSON hold all.
SHOWN = 3
NONE = "(无)"
# Of a figure that is hidden now: repeated beside new totals, the old one would tell it.
FORMER = "(见上一版)"
_ORDER = ("rank", "list_number")
_HIDDEN = "*"
_CAUSES = {
    "receipt": "新到或更换了{}个数据文件",
    "sql": "改动了{}处统计口径(SQL)",
    "reference": "改动了{}张参考表",
}


@dataclass(frozen=True)
class Move:
    """A printed figure that differs: where it stands, and how each edition prints it.

    `weight` orders what is told: totals in sentences, counts, then what follows from them.
    """

    table: str
    row: str
    column: str
    before: str
    now: str
    weight: int = field(default=0, compare=False)


def same(one: Document, other: Document) -> bool:
    """Return whether two documents say the same, whatever build they come from."""
    return _said(one) == _said(other)


def _said(made: Document) -> str:
    return to_json(dataclasses.replace(bare(made), build=Build("", "")))


def bare(made: Document) -> Document:
    """Return the document without what this module adds to a revised edition."""
    return dataclasses.replace(
        made,
        sections=tuple(s for s in made.sections if s.id != SECTION),
        marks=tuple(mark for mark in made.marks if not _is_mark(mark)),
    )


def moves(before: Document, now: Document, *, other_form: bool = False) -> list[Move]:
    """Return the figures that differ or that only one of the two prints.

    Totals come first, then counts, then shares and the like, each in printed order. With
    `other_form` (another program wrote one of them) a table, column or figure of a sentence that
    only one has is a matter of form, and nothing moved.
    """
    before, now = bare(before), bare(now)
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
    return [_discreet(move) for move in sorted(found, key=lambda move: move.weight)]


def _discreet(move: Move) -> Move:
    return dataclasses.replace(move, before=FORMER) if move.now == _HIDDEN else move


def _table_moves(old: Table | None, new: Table | None, other_form: bool) -> Iterator[Move]:
    """Yield the cells that differ; a row that one edition lacks is told once, by its first figure.

    Rows are known by their names, so that a row that only changed its place has moved by its rank
    alone.
    """
    table = new or old
    assert table is not None
    before, now = _rows(old), _rows(new)
    weights = {c.heading: 1 if c.kind == "count" else 2 for c in _figures(table)}
    each = [[column.heading for column in _figures(one)] for one in (new, old) if one]
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
    figures = {column.name for column in _figures(table)}
    seen: Counter[str] = Counter()
    rows = {}
    for row in table.rows:
        pairs = list(zip(table.columns, row, strict=True))
        names = [cell.text for column, cell in pairs if column.name not in figures and cell.text]
        name = "·".join(names)
        seen[name] += 1
        label = name if seen[name] == 1 else f"{name}({seen[name]})"
        rows[label] = {c.heading: _printed(cell) for c, cell in pairs if c.name in figures}
    return rows


def _figures(table: Table) -> list[Column]:
    """Return the columns that tell of a row; those that name it are the texts that come first.

    A number of order may stand before the names: it is a figure, and ends nothing.
    """
    found, naming = [], True
    for column in table.columns:
        ordering = column.name.endswith(_ORDER)
        if not naming or ordering or column.kind not in ("text", "year"):
            found.append(column)
            naming = naming and ordering
    return found


def _printed(cell: Cell) -> str:
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


def revised(
    now: Document, number: int, found: Sequence[Move], inputs: dict[str, list[str]]
) -> Document:
    """Return the document marked as a revised edition, with the list of what moved at its end."""
    causes = ",".join(_CAUSES[kind].format(len(names)) for kind, names in inputs.items())
    told = Para(
        (
            Run(
                f"本版为第{number}版,代替第{number - 1}版。"
                + (f"修订原因:{causes}。" if causes else "")
                + f"与上一版相比,{len(found)} 个数有变化,原数与现数列于下表。"
            ),
        )
    )
    section = Section(SECTION, "", 1, f"第{number}版修订的数", (told, _listed(found, _next(now))))
    return dataclasses.replace(
        now, marks=(*now.marks, _mark(number)), sections=(*now.sections, section)
    )


def carried(now: Document, former: Document) -> Document:
    """Return `now`, whose figures are the former's, with the former's own list of what moved."""
    return dataclasses.replace(
        now,
        marks=(*now.marks, *(mark for mark in former.marks if _is_mark(mark))),
        sections=(*now.sections, *(s for s in former.sections if s.id == SECTION)),
    )


def _mark(number: int) -> str:
    return f"第{number}版(修订)"


def _is_mark(mark: str) -> bool:
    return mark.startswith("第") and mark.endswith("版(修订)")


def _next(made: Document) -> str:
    """Return the number of a table after the last; none where tables are not numbered."""
    numbers = [int(table.number) for table in made.tables() if table.number.isdigit()]
    return str(max(numbers) + 1) if numbers else ""


def _listed(found: Sequence[Move], number: str) -> Table:
    columns = tuple(
        Column(name, heading, "text")
        for name, heading in (
            ("table", "表"), ("row", "项目"), ("column", "数"), ("before", "原为"), ("now", "现为"),
        )
    )  # fmt: skip
    rows = tuple(
        tuple(Cell(text, text) for text in (m.table, m.row, m.column, m.before, m.now))
        for m in found
    )
    return Table(TABLE, number, "修订的数", "", "", columns, rows, in_body=SHOWN)
