"""What every form says alike: headings, captions, the lines up front and below."""

import dataclasses
from collections.abc import Iterator, Sequence

from pipeline.document.model import Block, Cell, Chart, Document, Note, Para, Section, Table

CONTENTS = "目录"
NOTES = "说明"
# A table of so few rows stays on one page.
TOGETHER = 10
# Of a longer one so many first rows stay with the caption, so many last ones with the remarks.
EDGE = 3
# Of a standing page after GB/T 9704, in points.
TEXT_WIDTH = 156 / 25.4 * 72
TITLE_EM = 19  # characters of a title's size that fit one line
NO_ROWS = "已入库的数据没有本表所需的字段或记录，未予推算。"
LOW_N = "†"
HIDDEN = "*"
MARKS = {
    "suppressed": "件数过少，予以隐去",
    "secondary": "为防止倒推而一并隐去",
    "low_n": "件数少于排名所需，仅供参考",
}


def page_warning(document: Document) -> str:
    """Return what the head of every page says, for pages come apart; empty for real records."""
    return "模拟数据，不是真实记录" if document.is_simulated else ""


def title_lines(title: str) -> list[str]:
    """Return a long title in two lines of like length, cut beside a number where there is one."""
    if _em(title) <= TITLE_EM:
        return [title]
    cuts = range(1, len(title))
    middle = _em(title) / 2

    def cost(cut: int) -> float:
        before, after = title[cut - 1], title[cut]
        inside = before.isascii() and after.isascii() and before != " " != after
        beside_number = after.isdigit() and not before.isascii()
        return abs(_em(title[:cut]) - middle) + (99 if inside else 0 if beside_number else 3)

    at = min(cuts, key=cost)
    return [title[:at].rstrip(), title[at:].lstrip()]


def heading(section: Section) -> str:
    """Return the heading with its number: 一、总体情况, (一)各类诉求, 1.分月."""
    if not section.number:
        return section.title
    joined = section.number[-1] in ".、)\uff09\uff0e"
    return f"{section.number}{'' if joined else '、'}{section.title}"


def table_caption(table: Table) -> str:
    """Return the caption of a table without its word and number, with its unit."""
    return f"{table.title}（{unit_line(table.unit)}）" if table.unit else table.title


def unit_line(unit: str) -> str:
    """Return 单位：件 for 件; nothing for nothing."""
    return f"单位：{unit}" if unit and not unit.startswith("单位") else unit


def closing_lines(document: Document) -> list[str]:
    """Return the lines at the very end: notes, source, and which warehouse it was made from."""
    lines = [*document.notes, *([document.source] if document.source else [])]
    if document.build.fingerprint:
        lines.append(f"数据指纹：{document.build.fingerprint}")
    return lines


def on_page(document: Document) -> Document:
    """Return the document with the columns that fit a page; sheets show all."""
    sections = tuple(
        dataclasses.replace(
            section,
            blocks=tuple(
                page_columns(block) if isinstance(block, Table) else block
                for block in section.blocks
            ),
        )
        for section in document.sections
    )
    return dataclasses.replace(document, sections=sections)


def page_columns(table: Table) -> Table:
    """Return the table without the columns that a page leaves out."""
    return _with(table, [k for k, column in enumerate(table.columns) if column.is_on_page])


def screen_columns(table: Table) -> Table:
    """Return the table as a screen shows it: without what a click on another column's figure shows.

    Those are columns that a page leaves out and that have no figures of their own.
    """
    figures = {k for row in table.rows for k, cell in enumerate(row) if cell.figure}
    if not figures:
        return table
    kept = [k for k, column in enumerate(table.columns) if column.is_on_page or k in figures]
    return _with(table, kept)


def _with(table: Table, kept: list[int]) -> Table:
    if len(kept) == len(table.columns):
        return table
    return dataclasses.replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def body_rows(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows that a page shows; the other formats show all."""
    return table.rows if table.in_body is None else table.rows[: table.in_body]


def cut_remark(table: Table) -> str:
    """Return the line that says what a page leaves out; empty where it shows all."""
    shown, rows = len(body_rows(table)), len(table.rows)
    return f"共 {rows} 行，此处列前 {shown} 行，全表见随附的工作簿。" if shown < rows else ""


def remarks(table: Table, *, whole: bool) -> list[str]:
    """Return the lines beneath a table: its note, what its marks mean, what is left out."""
    rows = table.rows if whole else body_rows(table)
    marked = {cell.mark: cell for row in reversed(rows) for cell in row if cell.mark}
    lines = [table.note] if table.note else []
    for mark, text in MARKS.items():
        if mark in marked:
            shown = LOW_N if mark == "low_n" else cell_text(marked[mark])
            lines.append(f"{shown} {text}。")
    if not whole and (cut := cut_remark(table)):
        lines.append(cut)
    return lines


def cell_text(cell: Cell) -> str:
    """Return a cell as printed; a mark is printed as a sign, never by colour alone."""
    if cell.mark == "low_n":
        return cell.text + LOW_N
    return cell.text or (HIDDEN if cell.mark else "")


def on_pages(document: Document) -> list[Section]:
    """Return the sections as docx and pdf print them: without what is for the workbook alone."""
    shown = []
    for section in document.sections:
        blocks = [b for b in section.blocks if not (isinstance(b, Table) and b.in_body == 0)]
        if blocks or not section.blocks:
            shown.append(dataclasses.replace(section, blocks=tuple(blocks)))
    return shown


def pairs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Yield the blocks of a bulletin: two that take half the width together, others alone."""
    waiting: Block | None = None
    for block in blocks:
        is_half = isinstance(block, Table | Chart) and block.is_half
        if waiting is not None:
            if is_half:
                yield waiting, block
                waiting = None
                continue
            yield (waiting,)
            waiting = None
        if is_half:
            waiting = block
        else:
            yield (block,)
    if waiting is not None:
        yield (waiting,)


def align(kind: str, chosen: str | None) -> str:
    """Return left, right or center for a column."""
    return chosen or {"text": "left", "year": "center"}.get(kind, "right")


def column_weights(table: Table) -> list[float]:
    """Return the width that each column needs on a page, in characters."""
    rows = body_rows(table)
    wanted = []
    for place, column in enumerate(table.columns):
        longest = max((_em(cell_text(row[place])) for row in rows), default=0.0)
        # A heading of many may take two lines, a long name three.
        heads = _em(column.heading) / (1 if len(table.columns) <= 6 else 2)
        wanted.append(max(min(longest, 14.0), heads, 2.5) + 1.0)
    return wanted


def half_size(table: Table) -> float:
    """Return a bulletin table's size of type: many columns on half a page need small type."""
    return 7.5 if table.is_half and len(table.columns) > 5 else 8.0


def type_size(table: Table) -> float:
    """Return the size of a table's type on a page, in points, by its columns."""
    return 10.5 if len(table.columns) <= 6 else 9.0 if len(table.columns) <= 10 else 7.5


def is_landscape(table: Table) -> bool:
    """Return whether a wide table needs a landscape page; most fit a portrait one in small type."""
    needed = sum(column_weights(table)) * type_size(table)
    return table.is_wide and needed > 1.15 * TEXT_WIDTH  # the weights hold some air


def _em(text: str) -> float:
    # The signs of rise and fall are as wide as a Chinese character.
    return sum(1.0 if ord(char) > 0x2E80 or char in "▲▽" else 0.55 for char in text)


def texts(document: Document) -> Iterator[str]:
    """Yield every text that a page or picture prints, to be checked against the fonts."""
    yield from (document.title, document.subtitle, document.issuer, document.city, document.source)
    yield from document.marks
    yield from document.notes
    for section in document.sections:
        yield heading(section)
        for block in section.blocks:
            yield from _block_texts(block)


def _block_texts(block: Para | Table | Chart | Note) -> Iterator[str]:
    if isinstance(block, Para | Note):
        yield block.text
    elif isinstance(block, Chart):
        yield from (block.title, block.unit, block.source)
        yield from _strings(block.data)
    else:
        yield from (block.title, block.unit, block.note)
        yield from (column.heading for column in block.columns)
        yield from (cell.text for row in body_rows(block) for cell in row)


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
