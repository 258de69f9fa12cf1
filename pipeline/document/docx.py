"""The report as a Word file that an office can edit: real headings, captions, tables, contents."""

import datetime
import io
from collections.abc import Mapping
from typing import Any

import docx
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Pt

from pipeline.document import docx_style, docx_xml
from pipeline.document.charts import Picture
from pipeline.document.model import Chart, Document, Note, Para, Section, Table
from pipeline.document.parts import (
    CONTENTS,
    NO_ROWS,
    NOTES,
    closing_lines,
    heading,
    lies,
    on_page,
    page_warning,
    remarks,
    table_caption,
    title_lines,
)

FIXED = datetime.datetime(2000, 1, 1)


def docx_bytes(document: Document, pictures: Mapping[str, Picture]) -> bytes:
    """Return the whole file; the same document gives the same bytes."""
    document = on_page(document)
    word = docx.Document()
    docx_style.prepare(word, page_warning(document))
    _properties(word, document)
    _front(word, document)
    writer = _Writer(word, pictures)
    for place, section in enumerate(document.sections):
        writer.section(section, place)
    writer.stand()
    _notes(word, document)
    out = io.BytesIO()
    word.save(out)
    return docx_xml.repack(out.getvalue())


class _Writer:
    """Adds one block after another; wide tables turn the page."""

    def __init__(self, word: Word, pictures: Mapping[str, Picture]) -> None:
        self._word, self._pictures = word, pictures
        self._figures, self._lies = 0, False
        self._drawings = 100

    def section(self, section: Section, place: int) -> None:
        first = section.blocks[0] if section.blocks else None
        if isinstance(first, Table) and lies(first):
            self._lie()  # the heading goes with its table
        else:
            self.stand()
        paragraph = self._word.add_heading(heading(section), level=section.level)
        start, end = docx_xml.bookmark(place)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)
        for block in section.blocks:
            if not (isinstance(block, Table) and lies(block)):
                self.stand()
            if isinstance(block, Para):
                self._word.add_paragraph(block.text, style="Body Indent")
            elif isinstance(block, Note):
                note = self._word.add_paragraph(block.text, style="Remark")
                note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(2), Pt(6)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._chart(block)

    def stand(self) -> None:
        """Turn back to a standing page."""
        if self._lies:
            docx_style.turn(self._word, wide=False)
            self._lies = False

    def _lie(self) -> None:
        if not self._lies:
            docx_style.turn(self._word, wide=True)
            self._lies = True

    def _table(self, table: Table) -> None:
        if lies(table):
            self._lie()
        caption = self._caption("表", table.number, table_caption(table))
        caption.paragraph_format.keep_with_next = True
        if table.rows:
            width = docx_style.WIDE if self._lies else docx_style.WIDTH
            caption._p.addnext(docx_xml.table(table, width))
        lines = [*remarks(table, whole=False), *([] if table.rows else [NO_ROWS])] or [""]
        for place, line in enumerate(lines, start=1):
            remark = self._word.add_paragraph(line, style="Remark")
            remark.paragraph_format.keep_with_next = place < len(lines)

    def _chart(self, chart: Chart) -> None:
        picture = self._pictures[chart.id]
        self._figures += 1
        paragraph = self._word.add_paragraph(style="Picture")
        paragraph.paragraph_format.keep_with_next = True
        scale = min(1.0, docx_style.WIDTH / picture.width, 600 / picture.height)
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(picture.png), width=Pt(picture.width * scale))
        properties = run._element.find(f".//{qn('wp:docPr')}")
        properties.set("descr", chart.alt or chart.title)
        properties.set("title", chart.title)
        properties.set("name", chart.id)
        self._caption("图", str(self._figures), chart.title)

    def _caption(self, word: str, number: str, text: str) -> Any:
        """Add a caption whose number is a field, so that Word can list tables and figures."""
        paragraph = self._word.add_paragraph(f"{word} ", style="Caption")
        code = f"SEQ {word} \\* ARABIC" + (
            f" \\r {number}" if number.isascii() and number.isdigit() else ""
        )
        for part in docx_xml.field(code, number):
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
    entries = [(section.level, heading(section)) for section in document.sections]
    word.element.body.insert(len(word.element.body) - 1, docx_xml.contents(CONTENTS, entries))
    if document.sections:
        word.add_page_break()


def _notes(word: Word, document: Document) -> None:
    lines = closing_lines(document)
    if not lines:
        return
    caption = word.add_paragraph(NOTES, style="Caption")
    caption.paragraph_format.keep_with_next = True
    for place, line in enumerate(lines, start=1):
        word.add_paragraph(f"{place}. {line}", style="Remark")
