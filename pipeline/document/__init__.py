"""A report as one model, and its formats: docx, pdf, html, xlsx, csv and pictures."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.document.model import FORMATS, Document, from_json, to_json

__all__ = ["FORMATS", "Document", "from_json", "to_json", "write"]


def write(
    document: Document,
    folder: Path,
    *,
    name: str = "report",
    formats: Iterable[str] = FORMATS,
    beside: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write the formats into `folder` and return the files and folders made.

    docx, pdf, html and xlsx are named `name` (but the workbook of `report` is tables.xlsx), csv is
    the folder tables, svg the folder charts; `beside` are other files that belong to them. Each
    file is written beside the old one and takes its place when whole, once all formats are made.
    The same document gives the same bytes. HotlineError where a font or a glyph is missing, or the
    folder cannot be written.
    """
    # The libraries of the formats are slow to load, and who asks for the model needs none.
    from pipeline.document.render import write_formats

    return write_formats(document, folder, name=name, formats=list(formats), beside=beside or {})
