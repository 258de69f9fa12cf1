"""The draft as docx with Word comments: the original where it is one, else its text."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_UNDERLINE
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run

from pipeline.files import whole_file
from pipeline.proofread import messages
from pipeline.proofread.documents import Draft, runs_of
from pipeline.proofread.figure_index import FigureIndex
from pipeline.proofread.verdict import DIFFERS, NAMES, SIGNS, Finding


def write(path: Path, draft: Draft, findings: list[Finding], warehouse: FigureIndex) -> None:
    """Write the docx; each verdict has an author of its own, so that Word can hide one kind."""
    document, paragraphs = _document(draft)
    by_block: dict[int, list[Finding]] = {}
    for finding in findings:
        by_block.setdefault(finding.block, []).append(finding)
    # From the front, since Word numbers comments in this order; places count text, not runs.
    first = next((p for p in paragraphs if runs_of(p._p)), None)
    if first is not None:
        runs = [Run(run, first) for run in runs_of(first._p)]
        document.add_comment(
            runs, messages.headline(findings, warehouse), author="核对·小结", initials="核"
        )
    for block, found in sorted(by_block.items()):
        for finding in found:
            runs = _comment(document, paragraphs[block], finding, warehouse)
            if draft.document is None and finding.verdict == DIFFERS:
                # The writer's own document keeps its looks; a copy made of text may be marked.
                for run in runs:
                    run.font.bold, run.font.underline = True, WD_UNDERLINE.DOUBLE
    with whole_file(path) as beside:
        document.save(str(beside))


def _comment(document: Any, paragraph: Any, finding: Finding, warehouse: FigureIndex) -> list[Run]:
    runs = _isolate(paragraph, finding.number.start, finding.number.end)
    if not runs:
        return []
    lines = messages.details(finding, warehouse)
    comment = document.add_comment(
        runs, f"{SIGNS[finding.verdict]} {lines[0]}",
        author=f"核对·{NAMES[finding.verdict]}", initials=SIGNS[finding.verdict],
    )  # fmt: skip
    for line in lines[1:]:
        comment.add_paragraph(line)
    return runs


def _isolate(paragraph: Any, start: int, end: int) -> list[Run]:
    """Return the runs that hold text[start:end], cut at both ends; format stays with each part."""
    at, found = 0, []
    for run in runs_of(paragraph._p):
        text = run.text
        left, right = max(start - at, 0), min(end - at, len(text))
        if left < right:
            found.append(Run(_cut(run, text, left, right), paragraph))
        at += len(text)
    return found


def _cut(run: Any, text: str, left: int, right: int) -> Any:
    """Split a run of plain text around [left, right); one with tabs or pictures stays whole."""
    if any(child.tag not in (qn("w:t"), qn("w:rPr")) for child in run):
        return run
    middle = run
    if right < len(text):
        rest = deepcopy(run)
        run.addnext(rest)
        rest.text = text[right:]
    if left > 0:
        middle = deepcopy(run)
        run.addnext(middle)
        run.text = text[:left]
    middle.text = text[left:right]
    return middle


def _document(draft: Draft) -> tuple[Any, list[Any]]:
    """Return the document and the paragraph of each block."""
    if draft.document is not None:
        return draft.document, [block.element for block in draft.blocks]
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    paragraphs = []
    for block in draft.blocks:
        paragraph = document.add_paragraph(block.text)
        paragraph.paragraph_format.line_spacing = 1.5
        if block.depth:
            for run in paragraph.runs:
                run.bold = True
        paragraphs.append(paragraph)
    return document, paragraphs
