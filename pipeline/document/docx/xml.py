"""The parts of a Word file that python-docx has no words for: fields, contents, whole tables."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.document.layout import EDGE, TOGETHER, align, body_rows, cell_text, column_weights
from pipeline.document.model import Table

NS = nsdecls("w")
# A fixed date keeps two files of the same report equal to the byte; zip has none before 1980.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BODY_ROW = "<w:trPr><w:cantSplit/></w:trPr>"
CONTENTS_BOOKMARK = "_Toc{:05}"


def field(code: str, shown: str, properties: str = "") -> list:
    """Return the runs of a field with a result to show before Word updates it."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {escape(code)} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f'<w:t xml:space="preserve">{escape(shown)}</w:t>',
        '<w:fldChar w:fldCharType="end"/>',
    )
    return [parse_xml(f"<w:r {NS}>{rpr}{part}</w:r>") for part in parts]


def bookmark(number: int) -> tuple:
    """Return the start and the end of the bookmark that an entry of the contents leads to."""
    name = CONTENTS_BOOKMARK.format(number)
    return (
        parse_xml(f'<w:bookmarkStart {NS} w:id="{number}" w:name="{name}"/>'),
        parse_xml(f'<w:bookmarkEnd {NS} w:id="{number}"/>'),
    )


def contents(title: str, entries: Sequence[tuple[int, str]]) -> object:
    """Return a table of contents that already holds its entries: (level, heading) in order.

    Their page numbers are Word's to count: the field is marked as due, so that Word fills them in
    when the file is opened; till then none is shown rather than a wrong one.
    """
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText '
        'xml:space="preserve"> TOC \\o "1-3" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    lines = []
    for place, (level, text) in enumerate(entries):
        lines.append(
            f'<w:p><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{begin if place == 0 else ""}'
            f'<w:hyperlink w:anchor="{CONTENTS_BOOKMARK.format(place)}" w:history="1">'
            f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:hyperlink></w:p>'
        )
    if not entries:
        lines = [f"<w:p>{begin}</w:p>"]
    return parse_xml(
        f"<w:sdt {NS}><w:sdtPr><w:docPartObj>"
        '<w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr>'
        f'<w:sdtContent><w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>'
        f"{escape(title)}</w:t></w:r></w:p>{''.join(lines)}<w:p>{end}</w:p></w:sdtContent></w:sdt>"
    )


def table(block: Table, width: float, points: float) -> Any:
    """Return the table as Word's own, `width` points wide, in type of `points`.

    Its heading row repeats on every page.
    """
    rows = body_rows(block)
    size = round(points * 2)
    weights = column_weights(block)
    widths = [width * part / sum(weights) for part in weights]
    sides = [align(column.kind, column.align) for column in block.columns]
    grid = "".join(f'<w:gridCol w:w="{round(w * 20)}"/>' for w in widths)
    head = _row(
        [column.heading for column in block.columns], ["center"] * len(widths), widths, size,
        '<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>',
        '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        "</w:tcBorders>", "<w:keepNext/>",
    )  # fmt: skip
    body = "".join(
        _row([cell_text(c) for c in row], sides, widths, size, _BODY_ROW, keep=_keep(place, rows))
        for place, row in enumerate(rows)
    )
    line = 'w:val="single" w:sz="12" w:space="0" w:color="000000"'
    return parse_xml(
        f"<w:tbl {NS}><w:tblPr><w:tblW w:w={quoteattr(str(round(width * 20)))} "
        f'w:type="dxa"/><w:jc w:val="center"/><w:tblBorders><w:top {line}/><w:bottom {line}/>'
        '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:top w:w="20" w:type="dxa"/><w:left w:w="40" w:type="dxa"/>'
        '<w:right w:w="40" w:type="dxa"/></w:tblCellMar><w:tblLook w:firstRow="1" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val={quoteattr(block.title)}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def side_by_side(width: float) -> Any:
    """Return a table without lines, `width` points wide, of two empty cells for two blocks."""
    cell = (
        f'<w:tc><w:tcPr><w:tcW w:w="{round(width * 10)}" w:type="dxa"/></w:tcPr>'
        '<w:p><w:pPr><w:pStyle w:val="Remark"/></w:pPr></w:p></w:tc>'
    )
    return parse_xml(
        f'<w:tbl {NS}><w:tblPr><w:tblW w:w="{round(width * 20)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid>{f"""<w:gridCol w:w="{round(width * 10)}"/>""" * 2}</w:tblGrid>'
        f"<w:tr>{_BODY_ROW}{cell}{cell}</w:tr></w:tbl>"
    )


def _keep(place: int, rows: Sequence) -> str:
    """Return what holds a row to the next: all of a small table, the first and last of a long one.

    The last is held to the remarks.
    """
    is_edge = place < EDGE - 1 or place >= len(rows) - EDGE
    return "<w:keepNext/>" if is_edge or len(rows) <= TOGETHER else ""


def _row(
    texts: Sequence[str], sides: Sequence[str], widths: Sequence[float], size: int,
    properties: str, borders: str = "", keep: str = "",
) -> str:  # fmt: skip
    cells = [
        f'<w:tc><w:tcPr><w:tcW w:w="{round(width * 20)}" w:type="dxa"/>{borders}'
        '<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{keep}<w:jc w:val="{side}"/></w:pPr>'
        f'<w:r><w:rPr>{_ink(text)}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(_legal(text))}</w:t></w:r></w:p></w:tc>'
        for text, side, width in zip(texts, sides, widths, strict=True)
    ]
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _ink(text: str) -> str:
    """Return red for what rose, which its sign says, too."""
    return '<w:color w:val="B5122B"/>' if text.startswith("▲") else ""


def _legal(text: str) -> str:
    """Return `text` without the control characters that XML forbids."""
    return "".join(char for char in text if char >= " " or char in "\t\n")


def repack(raw: bytes) -> bytes:
    """Return the zip file with the same parts and no clock time."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, old.read(name))
    return out.getvalue()
