"""The first rows of a file of whatever form, without knowing what its columns mean."""

import csv
import io
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.formats import jsonl
from pipeline.ingest.formats.encoding import decompress, to_utf8
from pipeline.ingest.formats.kind import detect_kind, read_text_head
from pipeline.ingest.formats.sheets import page_grids, workbook_grids
from pipeline.ingest.staging.text_protection import unprotected

ROWS = 500
_SIGNS = ",\t|;"

Rows = list[list[str | None]]


def first_rows(path: Path, tmp: Path) -> Rows:
    """Return up to 500 rows, the header among them; of a workbook those of its largest sheet."""
    return [
        [None if cell is None else unprotected(cell) for cell in row]
        for row in _first_rows(path, tmp)
    ]


def _first_rows(path: Path, tmp: Path) -> Rows:
    kind = detect_kind(path)
    if kind.format == "gz":
        path = decompress(path, tmp / "plain")
        kind = detect_kind(path)
    if kind.format in ("gz", "zip"):
        raise HotlineError(f"{path.name} 是压缩包;请解开后给其中一个文件", NO_DATA)
    if kind.is_text:
        path = to_utf8(path, tmp).path
    if kind.format == "csv":
        return _text_rows(path)
    if kind.format == "jsonl":
        target = tmp / "lines.parquet"
        keys = jsonl.write(path, target, jsonl.first_keys(path)).keys
        return [list(keys), *_parquet_rows(target, len(keys))]
    if kind.format == "parquet":
        names = pq.read_schema(path).names
        return [list(names), *_parquet_rows(path, len(names))]
    read = page_grids if kind.format == "html" else workbook_grids
    grids = list(read(path, tmp))
    if not grids:
        raise HotlineError(f"{path.name} 里没有一行数据;请换一个文件", NO_DATA)
    return max(grids, key=lambda grid: grid.filled_rows).head(ROWS)


def _text_rows(path: Path) -> Rows:
    text = read_text_head(path)
    # The sign that parts the first rows into most cells: titles above the header have none.
    lines = text.splitlines()[:20]
    sign = max(_SIGNS, key=lambda s: (max(line.count(s) for line in lines), -_SIGNS.index(s)))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        return [list(row) for row in islice(reader, ROWS)]
    except csv.Error as error:
        raise HotlineError(f"{path.name} 读不出表格({error});请确认是文本文件", NO_DATA) from error


def _parquet_rows(path: Path, width: int) -> Rows:
    batch = next(pq.ParquetFile(path).iter_batches(ROWS), None)
    if batch is None:
        return []
    columns = [column.cast(pa.string()).to_pylist() for column in batch.columns[:width]]
    return [list(row) for row in zip(*columns, strict=True)]
