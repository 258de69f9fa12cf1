"""One document in, all its formats out: the same figures in each, the same bytes each time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.console import progress
from pipeline.document.charts import Picture, draw
from pipeline.document.cjk_punctuation import typeset
from pipeline.document.font import FAMILY, SERIF, require_glyphs
from pipeline.document.layout import texts
from pipeline.document.model import FORMATS, Document
from pipeline.errors import IO, USAGE, HotlineError
from pipeline.files import write_folder, write_whole


def write_formats(document: Document, folder: Path, *, name: str, formats: list[str]) -> list[Path]:
    """Write each form, the pictures first, and return what was made."""
    if unknown := [form for form in formats if form not in FORMATS]:
        raise HotlineError(f"没有这种形式:{'、'.join(unknown)};可选 {'、'.join(FORMATS)}", USAGE)
    document = typeset(document)
    pictures: dict[str, Picture] = {}
    if {"docx", "pdf", "html", "svg"} & set(formats):
        require_glyphs(texts(document), (FAMILY, SERIF))
        charts = document.charts()
        pictures = {
            chart.id: draw(chart, simulated=document.is_simulated)
            for chart in progress(charts, "画图", len(charts))
        }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _write_format(form, document, pictures, folder, name)
            for form in progress(formats, "写出报告", len(formats))
        ]
    except OSError as error:
        raise HotlineError(
            f"{folder} 无法写入({error.strerror});请检查权限与磁盘空间", IO
        ) from error


def _write_format(
    form: str, document: Document, pictures: Mapping[str, Picture], folder: Path, name: str
) -> Path:
    if form == "csv":
        from pipeline.document.xlsx import csv_bytes

        files = {f"{table.id}.csv": csv_bytes(table) for table in document.tables()}
        return write_folder(folder / "tables", files)
    if form == "svg":
        drawn = {Path(c.file).name: pictures[c.id].file.encode() for c in document.charts()}
        return write_folder(folder / "charts", drawn)
    if form == "xlsx":
        from pipeline.document.xlsx import xlsx_bytes

        workbook = "tables" if name == "report" else name
        return write_whole(folder / f"{workbook}.xlsx", xlsx_bytes(document))
    return write_whole(folder / f"{name}.{form}", _page(form)(document, pictures))


def _page(form: str) -> Callable[[Document, Mapping[str, Picture]], bytes]:
    """Return the writer of a form; each brings a library that others do without."""
    if form == "docx":
        from pipeline.document.docx.writer import docx_bytes

        return docx_bytes
    if form == "pdf":
        from pipeline.document.pdf import pdf_bytes

        return pdf_bytes
    from pipeline.document.html import html_bytes

    return html_bytes
