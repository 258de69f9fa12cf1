"""The report as PDF/A-2b, set by typst from a template that reads the text as data."""

import dataclasses
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from pipeline.document.charts import Picture
from pipeline.document.font import FAMILY, SERIF, font_files
from pipeline.document.layout import (
    CONTENTS,
    EDGE,
    NO_ROWS,
    NOTES,
    TOGETHER,
    align,
    body_rows,
    cell_text,
    closing_lines,
    column_weights,
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
from pipeline.document.model import Chart, Document, Note, Para, Section, Table
from pipeline.errors import USAGE, HotlineError
from pipeline.stopping import temporary

# The height that a picture may take on a standing page, beside its caption.
TALLEST = 560.0
# A bulletin of more pages is set closer, step by step; so is one whose last page holds a few lines.
MOST_PAGES = 4
CLOSER = ("0", "1", "2", "3", "4", "5")
# How far down the last page the text must reach, in points: a fifth of the page below its margin.
LEAST_LAST = 200.0


def pdf_bytes(document: Document, pictures: Mapping[str, Picture]) -> bytes:
    """Return the whole file; HotlineError with typst's own words where it refuses."""
    document = on_page(document)
    with temporary(Path(tempfile.mkdtemp(prefix="hotline-"))) as folder:
        _lay_out(folder, document, pictures)
        try:
            made = _compiled(folder, CLOSER if document.masthead else CLOSER[:1])
        except typst.TypstError as error:
            reason = " ".join(str(error).split())
            raise HotlineError(f"PDF 未能排出:{reason}", USAGE) from error
    if not isinstance(made, bytes):
        raise HotlineError("PDF 未能排出:typst 没有给出文件", USAGE)
    return made


def _compiled(folder: Path, closer: Sequence[str]) -> object:
    """Return the first setting of at most MOST_PAGES pages, the last of them more than a few lines.

    Where none is so: the first of at most MOST_PAGES pages, else the closest one.
    """
    compiler = typst.Compiler(
        str(folder / "report.typ"),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
    )
    chosen: object = None
    is_short = False
    for close in closer:
        inputs = {"report": "report.json", "close": close}
        made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="a-2b", timestamp=0)
        if len(closer) == 1:
            return made
        end = json.loads(compiler.query("<end>", field="value", one=True))
        fits = end["page"] <= MOST_PAGES
        if fits and (end["page"] == 1 or end["y"] >= LEAST_LAST):
            return made
        if not is_short:
            chosen, is_short = made, fits
    return chosen


def _lay_out(folder: Path, document: Document, pictures: Mapping[str, Picture]) -> None:
    """Put template, data, pictures and just the two families side by side for typst."""
    name = "bulletin.typ" if document.masthead else "report.typ"
    template = resources.files("pipeline.document") / "templates" / name
    (folder / "report.typ").write_bytes(template.read_bytes())
    (folder / "fonts").mkdir()
    for family in (FAMILY, SERIF):
        for file in font_files(family):
            (folder / "fonts" / file.name).symlink_to(file)
    for place, chart in enumerate(document.charts()):
        (folder / f"{place}.svg").write_text(pictures[chart.id].svg, encoding="utf-8")
    (folder / "report.json").write_text(
        json.dumps(_data(document, pictures), ensure_ascii=False), encoding="utf-8"
    )


def _data(document: Document, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    notes = closing_lines(document)
    return {
        "title": document.title,
        "title-lines": title_lines(document.title),
        "issuer": document.issuer,
        "under": [line for line in (document.subtitle, document.issuer) if line],
        "marks": list(document.marks),
        "warning": page_warning(document),
        "contents": CONTENTS,
        "notes-title": NOTES,
        "notes": [f"{place}. {line}" for place, line in enumerate(notes, start=1)],
        "masthead": dataclasses.asdict(document.masthead) if document.masthead else None,
        "groups": _groups(document, pictures),
    }


def _groups(document: Document, pictures: Mapping[str, Picture]) -> list[dict[str, Any]]:
    """Return runs of blocks that share a page's direction; a heading goes with its first block."""
    paths = {chart.id: f"{place}.svg" for place, chart in enumerate(document.charts())}
    groups: list[dict[str, Any]] = []

    def add(block: dict[str, Any], wide: bool) -> None:
        if not groups or groups[-1]["wide"] != wide:
            groups.append({"wide": wide, "blocks": []})
        groups[-1]["blocks"].append(block)

    size = half_size if document.masthead else type_size
    turns = document.masthead is None  # a bulletin has no lying pages, but pairs
    for section in on_pages(document):
        add(_heading(section), turns and _is_wide(section.blocks[0]) if section.blocks else False)
        for together in pairs(section.blocks):
            made = [_block(block, pictures, paths, size) for block in together]
            if turns:
                for block, one in zip(together, made, strict=True):
                    add(one, _is_wide(block))
            else:
                add(made[0] if len(made) == 1 else {"type": "pair", "blocks": made}, False)
    return groups


def _heading(section: Section) -> dict[str, Any]:
    return {"type": "heading", "level": section.level, "text": heading(section)}


def _is_wide(block: Para | Table | Chart | Note) -> bool:
    return isinstance(block, Table) and is_landscape(block)


def _keeps(rows: int) -> list[int]:
    """Return how many rows stay on one page each: a small table's all, else first and last three.

    The remarks go with the last.
    """
    if rows <= max(TOGETHER, 2 * EDGE):
        return [rows]
    return [EDGE, *[1] * (rows - 2 * EDGE), EDGE]


def _block(
    block: Para | Table | Chart | Note,
    pictures: Mapping[str, Picture],
    paths: Mapping[str, str],
    size: Callable[[Table], float],
) -> dict[str, Any]:
    if isinstance(block, Para | Note):
        return {"type": block.type, "text": block.text}
    if isinstance(block, Chart):
        return {
            "type": "chart",
            "title": block.title,
            "alt": block.alt or block.title,
            "path": paths[block.id],
            "height": min(pictures[block.id].height, TALLEST),
            "width": pictures[block.id].width,
        }
    widths = column_weights(block)
    return {
        "type": "table",
        "number": block.number,
        "size": size(block),
        "half": block.is_half,
        "keeps": _keeps(len(body_rows(block))),
        "caption": table_caption(block),
        "remarks": [*remarks(block, whole=False), *([] if block.rows else [NO_ROWS])],
        "columns": [
            {"heading": c.heading, "align": align(c.kind, c.align), "width": round(width, 3)}
            for c, width in zip(block.columns, widths, strict=True)
        ],
        "rows": [[cell_text(cell) for cell in row] for row in body_rows(block)],
    }
