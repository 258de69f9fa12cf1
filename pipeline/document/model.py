"""The one model behind all forms of a report: what it says, and how each number is defined.

A report is built as a `Document`, written as JSON, and drawn by each form from that alone, so no
two forms can print different figures. Nothing here holds a clock time: the same warehouse gives the
same bytes.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

FORMATS = ("docx", "pdf", "html", "xlsx", "csv", "svg")
# As printed in a cell, a decimal is a string already rounded; null is a cell without a value.
Value = str | int | None


@dataclass(frozen=True)
class Run:
    """A piece of a sentence; `figure` is the id of the figure it prints, if it prints one."""

    text: str
    figure: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table; `kind` is count, percent, change, decimal, text or year.

    One that is not `is_on_page` is left out where paper is narrow (docx, pdf), never in sheets.
    """

    name: str
    heading: str
    kind: str
    align: str | None = None
    is_on_page: bool = True


@dataclass(frozen=True)
class Cell:
    """`value` for sheets, `text` as printed; `mark` is "", suppressed, secondary or low_n."""

    value: Value = None
    text: str = ""
    figure: str | None = None
    mark: str = ""


@dataclass(frozen=True)
class Para:
    """A paragraph."""

    runs: tuple[Run, ...]
    type: Literal["para"] = "para"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Table:
    """A printed table; `in_body` is how many rows the docx and pdf show (None: all; 0: no table).

    On the pages of a bulletin, blocks with `is_half` that follow each other are in pairs.
    """

    id: str
    number: str
    title: str
    unit: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_wide: bool = False
    in_body: int | None = None
    is_half: bool = False
    type: Literal["table"] = "table"


@dataclass(frozen=True)
class Chart:
    """A picture, drawn from `data` by its kind alone; `title` states the finding.

    `kind` is small_multiples, heat, bars, tiles, slope, intervals or bullet.
    """

    id: str
    kind: str
    title: str
    unit: str
    source: str
    alt: str
    data: dict[str, Any]
    file: str
    is_half: bool = False
    type: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Note:
    """A remark below or instead of what a section would show."""

    text: str
    type: Literal["note"] = "note"


Block = Annotated[Para | Table | Chart | Note, Field(discriminator="type")]


@dataclass(frozen=True)
class Section:
    """A heading and what is under it; sections are flat, `level` 1 to 3 is the depth."""

    id: str
    number: str
    level: int
    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Figure:
    """How a printed number is made: its definition, its fraction, its verdict, its query."""

    id: str
    metric: str
    metric_title: str
    definition: str
    scope: str
    scope_title: str
    convention: str
    period: str
    dims: dict[str, str]
    numerator: int | None
    denominator: int | None
    value: str
    printed: str
    verdict: str | None
    claims: tuple[str, ...]
    sql: str
    is_suppressed: bool = False


@dataclass(frozen=True)
class Build:
    """Which warehouse the figures come from."""

    fingerprint: str
    tables_digest: str


@dataclass(frozen=True)
class Masthead:
    """The head of a bulletin: its name, and a line with its left and right text."""

    name: str
    left: str
    right: str


@dataclass(frozen=True)
class Document:
    """A report of a year (`annual`) or a bulletin of a shorter period (`monthly`, `quarterly`).

    With a masthead the pages are those of a bulletin: narrow margins, small type, no contents.
    """

    kind: str
    title: str
    subtitle: str
    period: str
    city: str
    issuer: str
    is_partial: bool
    is_simulated: bool
    marks: tuple[str, ...]
    source: str
    sections: tuple[Section, ...]
    figures: dict[str, Figure]
    notes: tuple[str, ...]
    build: Build = field(default_factory=lambda: Build("", ""))
    masthead: Masthead | None = None

    def tables(self) -> list[Table]:
        """Return every table in the order of the text."""
        return [b for s in self.sections for b in s.blocks if isinstance(b, Table)]

    def charts(self) -> list[Chart]:
        """Return every chart in the order of the text."""
        return [b for s in self.sections for b in s.blocks if isinstance(b, Chart)]


def to_json(document: Document) -> str:
    """Return the document as JSON text, keys in the order of the classes, one final newline."""
    # vars() and not dataclasses.asdict(), which copies each of a hundred thousand cells first.
    return json.dumps(document, default=vars, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_json(text: str) -> Document:
    """Return the document that `to_json` wrote; raises ValueError where it is none."""
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Document]:
    return TypeAdapter(Document)
