"""A first look at the cells of a table: forms of times and category paths that are not usual."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.formats.encoding import read_text_head

_SAMPLE = 5000
# Not a year of four digits, not digits alone: 01/08/2024, 8-Jan-24, Mon Jan 8, 24年1月8日.
_ODD_TIME = re.compile(
    r"\s*(?:[0-9]{1,2}\s?[-/. ][ 0-9A-Za-z]|[0-9]{2}年|星期|周"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[., -]"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ])",
    re.IGNORECASE,
)
# Signs between the levels of a category path, the longest first; -> is the usual one.
_USUAL = "->"
_PATH_SIGNS = (
    "-->",
    "——>",
    "—>",
    "=>",
    "→",
    "＞",
    "》",
    ">",
    "/",
    "／",
    "\\",
    "——",
    "—",
    "|",
    "｜",
)
# The share of paths in a sample that have the sign.
_MOSTLY = 0.5


def examine(table: InputTable) -> tuple[InputTable, list[str]]:
    """Return the table with what a sample of its cells shows, and lines for the user."""
    positions, source = table.mapping.positions, table.mapping.source
    times = [place for name, place in positions.items() if name.endswith("_at")]
    path = positions.get("category_path")
    sample = _sample(table, [*times, *([] if path is None else [path])], times)
    is_odd = any(_ODD_TIME.match(cell) for place in times for cell in sample.get(place, []))
    table = replace(table, has_odd_times=is_odd)
    if path is None:
        return table, []
    if source.category_separator:
        return replace(table, category_separator=source.category_separator), []
    sign, example = _path_sign(sample.get(path, []))
    if sign is None:
        return table, []
    levels = "、".join(part.strip() for part in example.split(sign.strip()))
    shown = f"(例如“{example}”分为 {levels})" if example else ""
    line = (
        f"“{table.mapping.headings[path].strip()}”按“{sign.strip()}”分级{shown};"
        "若不是,请在来源文件里写明 category_separator"
    )
    return replace(table, category_separator=sign), [] if sign.strip() == _USUAL else [line]


def made_ids(table: InputTable) -> list[str]:
    """Return a line on ids that are made for want of a column of them, and what cannot be found."""
    mapping = table.mapping
    if not mapping.has_made_ids:
        return []
    if mapping.id_places:
        named = "、".join(mapping.headings[place].strip() for place in mapping.id_places)
        return [
            f"没有编号的列,编号由 {named} 合成:这几列都相同的行算作同一件(再次派单),"
            "其中一列后来改过的件认不出是同一件"
        ]
    return [
        "没有编号的列,编号由文件和行号编成:认不出同一件的再次派单,也认不出以后重发的同一件,"
        '重发的文件会重复计数;若有几列合起来能认出一件,请在来源文件里写 id = ["列名", …]'
    ]


def _sample(table: InputTable, places: Sequence[int], times: Sequence[int]) -> dict[int, list[str]]:
    """Return the first cells of the columns that are filled."""
    if not places:
        return {}
    if table.format == "parquet":
        try:
            return _from_parquet(table, places, times)
        except (OSError, pa.ArrowException):
            return {}  # damaged: staging reads it whole and says so
    reader = csv.reader(
        io.StringIO(read_text_head(table.path), newline=""), delimiter=table.delimiter
    )
    found: dict[int, list[str]] = {place: [] for place in places}
    try:
        for row in itertools.islice(reader, _SAMPLE):
            for place in places:
                if place < len(row) and row[place]:
                    found[place].append(row[place])
    except csv.Error:
        pass
    if table.lines_above is None:
        headings = {place: table.mapping.headings[place] for place in places}
        found = {
            place: [cell for cell in cells if cell != headings[place]]
            for place, cells in found.items()
        }
    return found


def _from_parquet(
    table: InputTable, places: Sequence[int], times: Sequence[int]
) -> dict[int, list[str]]:
    """Return the first cells, and of times the least and greatest from the file's statistics."""
    file = pq.ParquetFile(table.path)
    names = file.schema_arrow.names
    batch = next(file.iter_batches(_SAMPLE, columns=[names[place] for place in places]), None)
    found: dict[int, list[str]] = {place: [] for place in places}
    if batch is None:
        return found
    by_name = dict(zip(batch.schema.names, batch.columns, strict=True))
    for place in places:
        cells = by_name[names[place]].to_pylist()[table.above :]
        found[place] = [cell for cell in cells if isinstance(cell, str) and cell]
        if place in times:
            found[place] += _extremes(file.metadata, names[place])
    return found


def _extremes(data: pq.FileMetaData, name: str) -> Iterable[str]:
    for number in range(data.num_columns):
        if data.schema.column(number).path != name:
            continue
        for group in range(data.num_row_groups):
            statistics = data.row_group(group).column(number).statistics
            if statistics is not None and statistics.has_min_max:
                yield from (
                    value for value in (statistics.min, statistics.max) if isinstance(value, str)
                )


def _path_sign(paths: Sequence[str]) -> tuple[str | None, str]:
    """Return the sign between levels that most of the paths have, and one of them ('' if all
    hold numbers).

    With blanks around it the sign has a blank. None for the usual sign without blanks, and if there
    is none.
    """
    counts = {sign: [path for path in paths if sign in path] for sign in (*_PATH_SIGNS, _USUAL)}
    usual = counts[_USUAL]
    if usual and not counts["-->"]:
        spaced = [path for path in usual if f" {_USUAL}" in path or f"{_USUAL} " in path]
        return (f"{_USUAL} ", spaced[0]) if spaced else (None, "")
    for sign in _PATH_SIGNS:
        if len(counts[sign]) >= max(_MOSTLY * len(paths), 1):
            # In a row that slipped a cell may hold anything: no number is shown.
            shown = (path for path in counts[sign] if not re.search("[0-9０-９]", path))
            return sign, next(shown, "")
    return None, ""
