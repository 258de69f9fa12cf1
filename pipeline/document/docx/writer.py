"""The report as a Word file that an office can edit: real headings, captions, tables, contents."""

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable

from pipeline.document.charts import Picture
from pipeline.document.docx import style, xml
from pipeline.document.layout import (
    CONTENTS,
    NO_ROWS,
    NOTES,
    closing_lines,
    half_size,
    heading,
    is_landscape,
    on_page,
    on_pages,
    page_warning,
    pairs,
    remarks,
    table_caption,
    title_lines,
    type_size,
)
from pipeline.document.model import Block, Chart, Document, Masthead, Note, Para, Section, Table

RIGHT = WD_ALIGN_PARAGRAPH.RIGHT
FIXED = datetime.datetime(2000, 1, 1)


def docx_bytes(document: Document, pictures: Mapping[str, Picture]) -> bytes:
    """Return the whole file; the same document gives the same bytes."""
    document = on_page(document)
    word = docx.Document()
    form = style.BULLETIN if document.masthead else style.REPORT
    style.prepare(word, page_warning(document), form)
    _properties(word, document)
    if document.masthead:
        _masthead(word, document, document.masthead)
    else:
        _front(word, document)
    writer = _Writer(word, pictures, form)
    for place, section in enumerate(on_pages(document)):
        writer.section(section, place)
    writer.turn_to_portrait()
    if document.masthead and document.issuer:
        word.add_paragraph(document.issuer, style="Body Indent").alignment = RIGHT
    _notes(word, document)
    out = io.BytesIO()
    word.save(out)
    return xml.repack(out.getvalue())


class _Writer:
    """Adds one block after another; wide tables turn the page, half blocks are in pairs."""

    def __init__(self, word: Word, pictures: Mapping[str, Picture], form: style.Form) -> None:
        self._word, self._pictures, self._form = word, pictures, form
        self._turns = form is style.REPORT
        self._figures, self._is_landscape = 0, False
        # Where blocks go: the page, or a cell of a pair; and how wide it is.
        self._place: Any = word
        self._width = form.width

    def section(self, section: Section, place: int) -> None:
        if self._is_wide(section.blocks[0] if section.blocks else None):
            self._turn_to_landscape()  # the heading goes with its table
        else:
            self.turn_to_portrait()
        paragraph = self._word.add_heading(heading(section), level=section.level)
        start, end = xml.bookmark(place)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)
        for together in pairs(section.blocks):
            if len(together) > 1 and not self._turns:
                self._pair(together)
            else:
                for block in together:
                    self._block(block)

    def turn_to_portrait(self) -> None:
        """Turn back to a standing page."""
        if self._is_landscape:
            style.turn(self._word, wide=False)
            self._is_landscape, self._width = False, self._form.width

    def _turn_to_landscape(self) -> None:
        if not self._is_landscape:
            style.turn(self._word, wide=True)
            self._is_landscape, self._width = True, style.WIDE

    def _is_wide(self, block: Block | None) -> bool:
        return self._turns and isinstance(block, Table) and is_landscape(block)

    def _block(self, block: Block) -> None:
        if not self._is_wide(block):
            self.turn_to_portrait()
        if isinstance(block, Para):
            self._place.add_paragraph(block.text, style="Body Indent")
        elif isinstance(block, Note):
            note = self._place.add_paragraph(block.text, style="Remark")
            note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(2), Pt(6)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._chart(block)

    def _pair(self, blocks: Sequence[Block]) -> None:
        """Set two blocks beside each other, in the cells of a table without lines."""
        whole = xml.side_by_side(self._form.width)
        self._word.element.body.insert(len(self._word.element.body) - 1, whole)
        self._width = self._form.width / 2 - 8
        cells = WordTable(whole, self._word._body).row_cells(0)
        for self._place, block in zip(cells, blocks, strict=True):
            self._block(block)
            first = self._place.paragraphs[0]._p  # the cell's own, empty; a table needs it no more
            first.getparent().remove(first)
        self._place, self._width = self._word, self._form.width
        self._word.add_paragraph(style="Gap")

    def _table(self, table: Table) -> None:
        if self._is_wide(table):
            self._turn_to_landscape()
        caption = self._caption("表", table.number, table_caption(table))
        caption.paragraph_format.keep_with_next = True
        if table.rows:
            caption._p.addnext(
                xml.table(table, self._width, type_size(table) if self._turns else half_size(table))
            )
        lines = [*remarks(table, whole=False), *([] if table.rows else [NO_ROWS])] or [""]
        for place, line in enumerate(lines, start=1):
            remark = self._place.add_paragraph(line, style="Remark")
            remark.paragraph_format.keep_with_next = place < len(lines)

    def _chart(self, chart: Chart) -> None:
        picture = self._pictures[chart.id]
        self._figures += 1
        paragraph = self._place.add_paragraph(style="Picture")
        paragraph.paragraph_format.keep_with_next = True
        scale = min(self._width / picture.width, 600 / picture.height)
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(picture.png), width=Pt(picture.width * min(scale, 1.0)))
        properties = run._element.find(f".//{qn('wp:docPr')}")
        properties.set("descr", chart.alt or chart.title)
        properties.set("title", chart.title)
        properties.set("name", chart.id)
        self._caption("图", str(self._figures), chart.title)

    def _caption(self, word: str, number: str, text: str) -> Any:
        """Add a caption whose number is a field, so that Word can list tables and figures."""
        paragraph = self._place.add_paragraph(f"{word} ", style="Caption")
        code = f"SEQ {word} \\* ARABIC" + (
            f" \\r {number}" if number.isascii() and number.isdigit() else ""
        )
        for part in xml.field(code, number):
            paragraph._p.append(part)
        paragraph.add_run(f"  {text}")
        return paragraph


def _properties(word: Word, document: Document) -> None:
    core = word.core_properties
    core.title, core.author, core.subject = document.title, document.issuer, document.subtitle
    core.last_modified_by, core.language, core.revision = document.issuer, "zh-CN", 1
    core.comments = " ".join(document.marks)
    core.keywords = document.build.fingerprint
    core.created = core.modified = FIXED


def _front(word: Word, document: Document) -> None:
    title = word.add_paragraph(style="Title")
    for place, line in enumerate(title_lines(document.title)):
        if place:
            title.add_run().add_break()
        title.add_run(line)
    for line in (document.subtitle, document.issuer):
        if line:
            word.add_paragraph(line, style="Subtitle")
    for place, mark in enumerate(document.marks):
        paragraph = word.add_paragraph(mark, style="Mark")
        paragraph.paragraph_format.space_before = Pt(0 if place else 14)
    entries = [(section.level, heading(section)) for section in on_pages(document)]
    word.element.body.insert(len(word.element.body) - 1, xml.contents(CONTENTS, entries))
    if document.sections:
        word.add_page_break()


def _masthead(word: Word, document: Document, head: Masthead) -> None:
    """Write the red name, the line under it, and the title; a bulletin has no contents."""
    word.add_paragraph(head.name, style="Masthead")
    word.add_paragraph(f"{head.left}\t{head.right}", style="Issue")
    word.add_paragraph(document.title, style="Title")
    for mark in document.marks:
        word.add_paragraph(mark, style="Mark")


def _notes(word: Word, document: Document) -> None:
    lines = closing_lines(document)
    if not lines:
        return
    caption = word.add_paragraph(NOTES, style="Caption")
    caption.paragraph_format.keep_with_next = True
    for place, line in enumerate(lines, start=1):
        word.add_paragraph(f"{place}. {line}", style="Remark")
