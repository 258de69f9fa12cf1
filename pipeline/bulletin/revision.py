"""The page of a revised bulletin that lists which printed figures moved, from what to what."""

import dataclasses
from collections.abc import Sequence

from pipeline.document import Document, to_json
from pipeline.document.model import Build, Cell, Column, Para, Run, Section, Table
from pipeline.editions import diff
from pipeline.editions.diff import Move

SECTION = "revision"
TABLE = "m16_revision"
# The pages show the first, so that four pages hold the whole; workbook and JSON hold all.
SHOWN = 3
CAUSES = {
    "receipt": "新到或更换了{}个数据文件",
    "sql": "改动了{}处统计口径（SQL）",
    "reference": "改动了{}张参考表",
}


def moves(before: Document, now: Document, *, other_form: bool = False) -> list[Move]:
    """Return what differs between two editions, their own lists of what moved left out."""
    return diff.moves(bare(before), bare(now), other_form=other_form)


def same(one: Document, other: Document) -> bool:
    """Return whether two documents say the same, whatever build they come from."""
    return _content(one) == _content(other)


def _content(made: Document) -> str:
    return to_json(dataclasses.replace(bare(made), build=Build("", "")))


def bare(made: Document) -> Document:
    """Return the document without what this module adds to a revised edition."""
    return dataclasses.replace(
        made,
        sections=tuple(s for s in made.sections if s.id != SECTION),
        marks=tuple(mark for mark in made.marks if not _is_mark(mark)),
    )


def revised(
    now: Document, number: int, found: Sequence[Move], inputs: dict[str, list[str]]
) -> Document:
    """Return the document marked as a revised edition, with the list of what moved at its end."""
    causes = "，".join(CAUSES[kind].format(len(names)) for kind, names in inputs.items())
    note = Para(
        (
            Run(
                f"本版为第{number}版，代替第{number - 1}版。"
                + (f"修订原因：{causes}。" if causes else "")
                + f"与上一版相比，{len(found)} 个数有变化，原数与现数列于下表。"
            ),
        )
    )
    section = Section(SECTION, "", 1, f"第{number}版修订的数", (note, _listed(found, _next(now))))
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
