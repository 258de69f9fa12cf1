"""One document in, all its faces out: the same figures in each, the same bytes each time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.console import progress
from pipeline.document import FACES
from pipeline.document.charts import Picture, draw
from pipeline.document.cjk_punctuation import typeset
from pipeline.document.font import FAMILY, SERIF, require_glyphs
from pipeline.document.layout import texts
from pipeline.document.model import Document
from pipeline.errors import IO, USAGE, HotlineError
from pipeline.files import write_folder, write_whole


def write_faces(document: Document, folder: Path, *, name: str, faces: list[str]) -> list[Path]:
    """Write each face, the pictures first, and return what was made; see the front door."""
    if unknown := [face for face in faces if face not in FACES]:
        raise HotlineError(f"没有这种形式:{'、'.join(unknown)};可选 {'、'.join(FACES)}", USAGE)
    document = typeset(document)
    pictures: dict[str, Picture] = {}
    if {"docx", "pdf", "html", "svg"} & set(faces):
        require_glyphs(texts(document), (FAMILY, SERIF))
        charts = document.charts()
        pictures = {
            chart.id: draw(chart, simulated=document.is_simulated)
            for chart in progress(charts, "画图", len(charts))
        }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _face(face, document, pictures, folder, name)
            for face in progress(faces, "写出报告", len(faces))
        ]
    except OSError as error:
        raise HotlineError(
            f"{folder} 无法写入({error.strerror});请检查权限与磁盘空间", IO
        ) from error


def _face(
    face: str, document: Document, pictures: Mapping[str, Picture], folder: Path, name: str
) -> Path:
    if face == "csv":
        from pipeline.document.xlsx import csv_bytes

        files = {f"{table.id}.csv": csv_bytes(table) for table in document.tables()}
        return write_folder(folder / "tables", files)
    if face == "svg":
        drawn = {Path(c.file).name: pictures[c.id].file.encode() for c in document.charts()}
        return write_folder(folder / "charts", drawn)
    if face == "xlsx":
        from pipeline.document.xlsx import xlsx_bytes

        workbook = "tables" if name == "report" else name
        return write_whole(folder / f"{workbook}.xlsx", xlsx_bytes(document))
    return write_whole(folder / f"{name}.{face}", _page(face)(document, pictures))


def _page(face: str) -> Callable[[Document, Mapping[str, Picture]], bytes]:
    """Return the writer of a face; each brings a library that others do without."""
    if face == "docx":
        from pipeline.document.docx.writer import docx_bytes

        return docx_bytes
    if face == "pdf":
        from pipeline.document.pdf import pdf_bytes

        return pdf_bytes
    from pipeline.document.html import html_bytes

    return html_bytes
