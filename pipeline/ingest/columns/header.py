"""Find the header of a table: among the first rows, on one row or merged over two."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.source import (
    Mapping,
    Source,
    can_supplement,
    is_unnamed,
    map_header,
    unknown_header,
)
from pipeline.ingest.formats.kind import require_width
from pipeline.ingest.formats.text_protection import unprotected

SEARCHED = 20
# One row more than may be a header: there must be data below it.
LOOKED_AT = SEARCHED + 1
# The share of rows, in a file whose lines or whose header end in a comma, that shows it.
_NEARLY_ALL = 0.95

Row = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """A header: `first` is its row (0 = the first of the file), `span` its number of rows, 1 or 2.

    `cells` are those of a header of two rows; `title` is the text above the header.
    """

    first: int
    span: int
    mapping: Mapping
    cells: tuple[tuple[str, ...], ...] = ()
    title: str = ""

    @property
    def end(self) -> int:
        """The first row below the header."""
        return self.first + self.span


def find(rows: Sequence[Row], sources: list[Source], *, is_cut: bool = False) -> Header:
    """Return the header that maps most columns; of equal ones the shorter, then the upper.

    A header that lacks required columns but has the id is that of a supplement, and is returned
    only if no row is a whole header.
    Raises HotlineError NO_DATA if the rows are too wide for a table of records, if no row fits a
    source (with the missing and the found columns) or
    if there is no data below the header, unless the rows are cut off.
    """
    require_width(max((len(row) for row in rows), default=0))
    found = [
        Header(first, span, map_header(source, *headings_of(rows, first, span)))
        for first in range(min(SEARCHED, len(rows)))
        for span in (1, 2)
        if first + span <= min(SEARCHED, len(rows))
        for source in sources
    ]
    fitting = [header for header in found if not header.mapping.missing]
    if not fitting:
        fitting = [header for header in found if can_supplement(header.mapping)]
    if not fitting:
        raise unknown_header(_nearest(found).mapping)
    best = max(fitting, key=lambda h: (len(h.mapping.positions), -h.span, -h.first))
    if not is_cut and not any(_is_filled(row) for row in rows[best.end :]):
        raise HotlineError("只有表头,没有数据行;请向发送方核实", NO_DATA)
    title = " ".join(cell for row in rows[: best.first] for cell in row if cell)
    two = rows[best.first : best.end] if best.span == 2 else []
    cells = tuple(tuple(unprotected(cell or "") for cell in row) for row in two)
    return replace(best, cells=cells, title=title)


def _nearest(found: list[Header]) -> Header:
    """Return the most likely header: with most known columns, else with most cells."""
    if not found:
        raise HotlineError("没有一行数据;请向发送方索取完整文件", NO_DATA)
    return max(
        found,
        key=lambda h: (
            len(h.mapping.positions),
            -len(h.mapping.missing),
            sum(bool(text.strip()) for text in h.mapping.headings),
            -h.span,
            -h.first,
        ),
    )


def _is_filled(row: Row) -> bool:
    return any(cell and cell.strip() for cell in row)


def headings_of(
    rows: Sequence[Row], first: int, span: int
) -> tuple[list[str], list[list[str]] | None]:
    """Return the headings of the columns and, for two rows, the spellings that each may have."""
    upper = [unprotected(cell or "").strip() for cell in rows[first]]
    if span == 1:
        return upper, None
    lower = [unprotected(cell or "").strip() for cell in rows[first + 1]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    headings, spellings, merged = [], [], ""
    for above, below in zip(upper, lower, strict=True):
        # The text of a cell merged over several columns is in the first of them only.
        merged = above or (merged if below else "")
        if not below:
            headings.append(above)
            spellings.append([above])
            continue
        headings.append(f"{merged}/{below}" if merged and merged != below else below)
        spellings.append([merged + below, below + merged, below])
    return headings, spellings


def even_headings(headings: tuple[str, ...], rows: Iterable[list[str]]) -> tuple[str, ...]:
    """Return the headings as wide as nearly all rows, if either end in an extra comma.

    If only some rows do, each is judged by itself (see even_rows).
    """
    width = len(headings)
    found: Counter[int] = Counter()
    for row in rows:
        if not any(row):
            continue
        if len(row) == width + 1 and not row[-1].strip():
            found[width + 1] += 1
        elif len(row) in (width, width - 1):
            found[len(row)] += 1
    enough = _NEARLY_ALL * found.total()
    if found[width + 1] and found[width + 1] >= enough:
        return (*headings, "")
    if found[width - 1] and found[width - 1] >= enough and is_unnamed(headings[-1]):
        return headings[:-1]
    return headings
