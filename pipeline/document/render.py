"""One document in, all its formats out: the same figures in each, the same bytes each time."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.console import progress
from pipeline.document.charts import Picture, draw
from pipeline.document.cjk_punctuation import typeset
from pipeline.document.font import FAMILY, SERIF, undrawn
from pipeline.document.layout import texts
from pipeline.document.model import FORMATS, Document, from_json, to_json
from pipeline.errors import IO, USAGE, HotlineError
from pipeline.files import write_folder, write_whole
from pipeline.stopping import held


def write_formats(
    document: Document,
    folder: Path,
    *,
    name: str,
    formats: list[str],
    beside: Mapping[str, bytes],
) -> list[Path]:
    """Write each format, once all of them are made; return the files and folders."""
    if unknown := [form for form in formats if form not in FORMATS]:
        raise HotlineError(f"没有这种形式:{'、'.join(unknown)};可选 {'、'.join(FORMATS)}", USAGE)
    document = typeset(document)
    pictures: dict[str, Picture] = {}
    if {"docx", "pdf", "html", "svg"} & set(formats):
        document = _drawable(document)
        charts = document.charts()
        pictures = {
            chart.id: draw(chart, simulated=document.is_simulated)
            for chart in progress(charts, "画图", len(charts))
        }
    made = [
        _made(form, document, pictures, folder, name)
        for form in progress(formats, "写出报告", len(formats))
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # All or none: a reader must not find one build in one format and another in the next.
        with held():
            for path, content in made:
                if isinstance(content, bytes):
                    write_whole(path, content)
                else:
                    write_folder(path, content)
            for other, bytes_ in beside.items():
                write_whole(folder / other, bytes_)
    except OSError as error:
        raise HotlineError(
            f"{folder} 无法写入({error.strerror});请检查权限与磁盘空间", IO
        ) from error
    return [path for path, _ in made]


def _drawable(document: Document) -> Document:
    """Return the document with 〓 for what the fonts cannot draw; queries keep it, for they run.

    One emoji in a name must not keep a report from its readers.
    """
    missing = undrawn(texts(document), (FAMILY, SERIF))
    if not missing:
        return document
    drawn = from_json(to_json(document).translate({ord(char): "〓" for char in missing}))
    figures = {
        key: dataclasses.replace(figure, sql=own.sql)
        for (key, figure), own in zip(drawn.figures.items(), document.figures.values(), strict=True)
    }
    return dataclasses.replace(drawn, figures=figures)


def _made(
    form: str, document: Document, pictures: Mapping[str, Picture], folder: Path, name: str
) -> tuple[Path, bytes | dict[str, bytes]]:
    """Return the path of a format and its content: of a file, or of the files of a folder."""
    if form == "csv":
        from pipeline.document.xlsx import csv_bytes

        files = {f"{table.id}.csv": csv_bytes(table) for table in document.tables()}
        return folder / "tables", files
    if form == "svg":
        drawn = {Path(c.file).name: pictures[c.id].file.encode() for c in document.charts()}
        return folder / "charts", drawn
    if form == "xlsx":
        from pipeline.document.xlsx import xlsx_bytes

        workbook = "tables" if name == "report" else name
        return folder / f"{workbook}.xlsx", xlsx_bytes(document)
    return folder / f"{name}.{form}", _page(form)(document, pictures)


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
