"""The report as one html file: nothing fetched, no style or script but its own."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pipeline.document.charts import Picture
from pipeline.document.layout import (
    CONTENTS,
    MARKS,
    NO_ROWS,
    NOTES,
    align,
    cell_text,
    closing_lines,
    heading,
    is_landscape,
    remarks,
    screen_columns,
    table_caption,
)
from pipeline.document.model import Cell, Chart, Document, Figure, Note, Para, Table

_PLAIN = re.compile(r"-?[\d,]+(\.\d+)?%?†?")
FIELDS = (
    "title", "printed", "definition", "numerator", "denominator", "value", "scope", "convention",
    "period", "dims", "verdict", "claims", "sql",
)  # fmt: skip
NOT_JUDGED = "未与公布的数核对"
COUNTED = "无，此数为件数"
SUPPRESSED = "件数过少或为防止倒推，已隐去"
# A text of more characters needs a minimum width of its column.
LONG = 8


def html_bytes(document: Document, pictures: Mapping[str, Picture]) -> bytes:
    """Return the whole page as UTF-8."""
    folder = resources.files("pipeline.document") / "templates"
    style, script, page = (
        (folder / name).read_text(encoding="utf-8")
        for name in ("report.css", "report.js", "report.html")
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(page)
    charts = {chart.id: place for place, chart in enumerate(document.charts(), start=1)}
    anchors = {id: f"block-{place}" for place, id in enumerate(_block_ids(document), start=1)}
    text = template.render(
        document=document,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        under=" · ".join(part for part in (document.subtitle, document.issuer) if part),
        contents=CONTENTS,
        hint=_hint(document),
        anchors=anchors,
        sections=[
            {
                "anchor": f"section-{place}",
                "level": section.level,
                "heading": heading(section),
                # In print the heading turns with the table that follows it.
                "starts_wide": any(
                    getattr(block, "is_wide", False) for block in section.blocks[:1]
                ),
                "blocks": [_block(block, pictures, charts) for block in section.blocks],
            }
            for place, section in enumerate(document.sections, start=1)
        ],
        lists=_lists(document, anchors, charts),
        number=_number,
        notes=closing_lines(document),
        notes_title=NOTES,
        figures=Markup(_figures(document)),
    )
    return text.encode()


def _policy(style: str, script: str) -> str:
    """Return the content security policy: just this style and this script, by their digests."""

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _block_ids(document: Document) -> list[str]:
    return [block.id for s in document.sections for block in s.blocks if hasattr(block, "id")]


def _hint(document: Document) -> str:
    """Return a word that the page holds, as an example for the search."""
    for table in document.tables():
        for cell in table.rows[0] if table.rows else ():
            if len(cell.text) > 1 and not cell.text.isascii():
                return cell.text
    return document.city


def _lists(
    document: Document, anchors: Mapping[str, str], charts: Mapping[str, int]
) -> list[tuple[str, list[tuple[str, str]]]]:
    tables = [(anchors[t.id], f"表 {t.number} {t.title}") for t in document.tables()]
    pictures = [(anchors[c.id], f"图 {charts[c.id]} {c.title}") for c in document.charts()]
    return [("表", tables), ("图", pictures)]


def _block(
    block: Para | Table | Chart | Note, pictures: Mapping[str, Picture], charts: Mapping[str, int]
) -> Any:
    if isinstance(block, Para | Note):
        return block
    if isinstance(block, Chart):
        svg = Markup(pictures[block.id].svg)
        return {**vars(block), "number": charts[block.id], "svg": svg}
    block = screen_columns(block)
    sides = [align(column.kind, column.align) for column in block.columns]
    return {
        **vars(block),
        "is_landscape": is_landscape(block),
        "caption": table_caption(block),
        "remarks": [*remarks(block, whole=True), *([] if block.rows else [NO_ROWS])],
        "columns": [
            {"heading": c.heading, "side": side, "numeric": c.kind != "text"}
            for c, side in zip(block.columns, sides, strict=True)
        ],
        "body": Markup(_body(block, sides)),
    }


def _body(table: Table, sides: list[str]) -> str:
    """Return the rows as markup; written by hand, for a template is slow at 100,000 cells."""
    kinds = [column.kind for column in table.columns]
    row_head = kinds[:1] == ["text"]
    lines = []
    for row in table.rows:
        cells = [
            _cell(cell, kind, side, "th" if row_head and place == 0 else "td")
            for place, (cell, kind, side) in enumerate(zip(row, kinds, sides, strict=True))
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join(lines)


def _cell(cell: Cell, kind: str, side: str, tag: str) -> str:
    text = cell_text(cell)
    inside = _number(text, cell.figure) if cell.figure else escape(text)
    # To the right is the rule of the style sheet.
    names = [side] if side != "right" else []
    more = ' scope="row"' if tag == "th" else ""
    if kind == "text" and len(text) > LONG:
        names.append("name")
    if cell.mark:
        names.append("marked")
        more += f' title="{escape(MARKS.get(cell.mark, cell.mark))}"'
    is_hidden = cell.mark in ("suppressed", "secondary")
    if kind != "text" and cell.value is not None and not is_hidden and not _PLAIN.fullmatch(text):
        more += f' data-v="{escape(str(cell.value))}"'
    if names:
        more += f' class="{" ".join(names)}"'
    return f"<{tag}{more}>{inside}</{tag}>"


def _number(text: str, figure: str | None) -> Markup:
    """Return the text, as a link to the panel where it is a figure.

    A button would be a block to the line: a stop after it could begin the next line.
    """
    if not figure:
        return Markup(escape(text))
    return Markup(
        f'<a class="f" role="button" href="#panel" data-figure="{escape(figure)}">'
        f"{escape(text)}</a>"
    )


def _figures(document: Document) -> str:
    """Return what the panels show, as JSON that cannot end the script it is in.

    Thousands of figures share most of their lines: each line is kept once in `lines`, and a figure
    holds for each of `fields` the numbers of its lines.
    """
    panels = {key: _panel(figure) for key, figure in document.figures.items()}
    lines: dict[str, int] = {}
    figures = {
        key: [
            [lines.setdefault(line, len(lines)) for line in panel[name].split("\n")]
            for name in FIELDS
        ]
        for key, panel in panels.items()
    }
    pool = {"fields": FIELDS, "lines": list(lines), "figures": figures}
    text = json.dumps(pool, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _panel(figure: Figure) -> dict[str, str]:
    """Return the fields as printed; the numbers of a suppressed figure stay away from the page."""
    scope = " ".join(part for part in (figure.scope_title, f"({figure.scope})") if part != "()")
    shown = {
        "title": figure.metric_title or figure.metric,
        "printed": figure.printed,
        "definition": figure.definition,
        "numerator": _whole(figure.numerator),
        "denominator": _whole(figure.denominator),
        "value": _exact(figure.value),
        "scope": scope,
        "convention": figure.convention,
        "period": figure.period,
        "dims": "、".join(f"{name}={value}" for name, value in figure.dims.items()),
        "verdict": figure.verdict or NOT_JUDGED,
        "claims": "、".join(figure.claims),
        "sql": figure.sql,
    }
    if figure.is_suppressed:
        shown |= dict.fromkeys(("numerator", "denominator", "value"), SUPPRESSED)
    elif figure.denominator == 1 and shown["value"] == str(figure.numerator):
        shown["denominator"] = COUNTED
    return shown


def _whole(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _exact(value: str) -> str:
    """Return a decimal without the zeros that only fill its eight places."""
    return value.rstrip("0").rstrip(".") if "." in value else value
