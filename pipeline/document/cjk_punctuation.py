"""Chinese prose with the stops that print asks for: ,;:()"" become full-width beside Chinese.

The repository's templates, headings and metrics are written so; this is for what a city writes in
its reference data and templates. Each sign is replaced by one sign, so that the parts of a sentence
keep their length and the numbers in it stay as they are. Names in cells, SQL and ids are data and
are left alone.
"""

import dataclasses
import re
from typing import Any

from pipeline.document.model import Cell, Chart, Document, Figure, Note, Para, Run, Section, Table

_WIDE = {",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"}
_OPEN, _CLOSE = "\uff08", "\uff09"
_QUOTES = "\u201c\u201d"
# Signs without a shape: controls and code points that are no characters, which XML forbids, halves
# of a pair, and zero-width signs and line separators, which no font draws.
_NO_CHARACTERS = "".join(
    chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)
)
_SHAPELESS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    rf"\ufdd0-\ufdef\ufeff\ufff9-\ufffb{_NO_CHARACTERS}]"
)
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef\u201c\u201d]")


def prose(text: str) -> str:
    """Return `text` with full-width stops where Chinese is beside them.

    The length stays the same, but for signs without a shape, which go.
    """
    text = _SHAPELESS.sub("", text)
    if not _HAN.search(text):
        return text
    chars = list(text)
    for place, char in enumerate(chars):
        if char in _WIDE and _beside(chars, place):
            chars[place] = _WIDE[char]
    _pairs(chars)
    return "".join(chars)


def _beside(chars: list[str], place: int) -> bool:
    """Return whether a stop belongs to Chinese: a neighbour is; within a number none is."""
    return any(_HAN.match(char) for char in chars[max(place - 1, 0) : place + 2])


def _pairs(chars: list[str]) -> None:
    """Widen brackets and quotes that hold Chinese or follow it, always both of a pair."""
    opened: list[int] = []
    quoted: int | None = None
    for place, char in enumerate(chars):
        if char == "(":
            opened.append(place)
        elif char == ")" and opened:
            start = opened.pop()
            inside = "".join(chars[max(start - 1, 0) : place])
            if _HAN.search(inside):
                chars[start], chars[place] = _OPEN, _CLOSE
        elif char == '"' and quoted is None:
            quoted = place
        elif char == '"' and quoted is not None:
            if _HAN.search("".join(chars[quoted:place])):
                chars[quoted], chars[place] = _QUOTES[0], _QUOTES[1]
            quoted = None


def typeset(document: Document) -> Document:
    """Return the document with its prose typeset: what the formats print."""
    return dataclasses.replace(
        document,
        title=prose(document.title),
        subtitle=prose(document.subtitle),
        marks=tuple(map(prose, document.marks)),
        source=prose(document.source),
        issuer=prose(document.issuer),
        notes=tuple(map(prose, document.notes)),
        sections=tuple(_section(section) for section in document.sections),
        figures={key: _figure(figure) for key, figure in document.figures.items()},
    )


def _section(section: Section) -> Section:
    return dataclasses.replace(
        section,
        number=prose(section.number),
        title=prose(section.title),
        blocks=tuple(_block(block) for block in section.blocks),
    )


def _block(block: Para | Table | Chart | Note) -> Para | Table | Chart | Note:
    if isinstance(block, Para):
        return _para(block)
    if isinstance(block, Note):
        return dataclasses.replace(block, text=prose(block.text))
    title, unit = prose(block.title), prose(block.unit)
    if isinstance(block, Chart):
        source, alt = prose(block.source), prose(block.alt)
        data = _shaped(block.data)
        return dataclasses.replace(block, title=title, unit=unit, source=source, alt=alt, data=data)
    columns = tuple(
        dataclasses.replace(column, heading=prose(column.heading)) for column in block.columns
    )
    rows = tuple(tuple(_cell(cell) for cell in row) for row in block.rows)
    return dataclasses.replace(
        block, title=title, unit=unit, note=prose(block.note), columns=columns, rows=rows
    )


def _shaped(data: Any) -> Any:
    """Return the data of a picture without shapeless signs in its names."""
    if isinstance(data, str):
        return _SHAPELESS.sub("", data)
    if isinstance(data, dict):
        return {_shaped(key): _shaped(value) for key, value in data.items()}
    return [_shaped(value) for value in data] if isinstance(data, list) else data


def _cell(cell: Cell) -> Cell:
    """Return the cell; nearly always the same, but names from a dump may hold shapeless signs."""
    if not _SHAPELESS.search(cell.text):
        return cell
    value = _SHAPELESS.sub("", cell.value) if isinstance(cell.value, str) else cell.value
    return dataclasses.replace(cell, text=_SHAPELESS.sub("", cell.text), value=value)


def _para(para: Para) -> Para:
    """Typeset the sentence as a whole: a stop at the edge of a part has its neighbour beyond."""
    parts = [_SHAPELESS.sub("", run.text) for run in para.runs]
    text, at, runs = prose("".join(parts)), 0, []
    for part, run in zip(parts, para.runs, strict=True):
        runs.append(Run(text[at : at + len(part)], run.figure))
        at += len(part)
    return Para(tuple(runs))


def _figure(figure: Figure) -> Figure:
    return dataclasses.replace(figure, definition=prose(figure.definition))
