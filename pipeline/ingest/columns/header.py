"""Where the header stands: among the first rows, on one row or merged over two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.source import (
    Mapping,
    Source,
    can_supplement,
    map_header,
    unknown_header,
)
from pipeline.ingest.staging.text_protection import unprotected

SEARCHED = 20
# One more than may be a header: something must stand below it.
LOOKED_AT = SEARCHED + 1

Row = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """A header found: `first` is its row (0 = the first of the file), `span` its rows, 1 or 2.

    `cells` are those of its rows, where there are two; `title` is what stands above it.
    """

    first: int
    span: int
    mapping: Mapping
    cells: tuple[tuple[str, ...], ...] = ()
    title: str = ""

    @property
    def end(self) -> int:
        """The first row below it."""
        return self.first + self.span


def find(rows: Sequence[Row], sources: list[Source]) -> Header:
    """Return the header that maps most columns; of equal ones the shorter, then the upper.

    A header that lacks required columns but names records by their id is that of a supplement, and
    taken only where no row is a whole header.
    Raises HotlineError NO_DATA if no row fits a source (what is missing, what was seen) or if
    nothing stands below the header.
    """
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
    if not any(_is_filled(row) for row in rows[best.end :]):
        raise HotlineError("只有表头,没有数据行;请向发送方核实", NO_DATA)
    title = " ".join(cell for row in rows[: best.first] for cell in row if cell)
    two = rows[best.first : best.end] if best.span == 2 else []
    cells = tuple(tuple(unprotected(cell or "") for cell in row) for row in two)
    return replace(best, cells=cells, title=title)


def _nearest(found: list[Header]) -> Header:
    """Return what comes nearest to a header: most columns known, else the row with most cells."""
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
    """Return how the columns are called, and for two rows the spellings that each may have."""
    upper = [unprotected(cell or "").strip() for cell in rows[first]]
    if span == 1:
        return upper, None
    lower = [unprotected(cell or "").strip() for cell in rows[first + 1]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    headings, spellings, merged = [], [], ""
    for above, below in zip(upper, lower, strict=True):
        # A cell merged over several columns is written in the first of them only.
        merged = above or (merged if below else "")
        if not below:
            headings.append(above)
            spellings.append([above])
            continue
        headings.append(f"{merged}/{below}" if merged and merged != below else below)
        spellings.append([merged + below, below + merged, below])
    return headings, spellings
