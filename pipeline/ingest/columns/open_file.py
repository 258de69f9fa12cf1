"""Open one file: what it is, where its header stands, and how its columns are read."""

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.entity import Entity
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns.district_in_name import district_in, spellings
from pipeline.ingest.columns.header import LOOKED_AT, Header, find
from pipeline.ingest.columns.rounded_ids import are_rounded
from pipeline.ingest.columns.source import Source, best_mapping, candidates, is_unnamed, sources_of
from pipeline.ingest.columns.sparse import sparse_columns
from pipeline.ingest.delivery import Delivery
from pipeline.ingest.formats import jsonl
from pipeline.ingest.formats.encoding import decompress, even_ends, to_utf8
from pipeline.ingest.formats.kind import BLOCK, detect_kind, read_text_head
from pipeline.ingest.formats.merged_cells import body_ranges, fill
from pipeline.ingest.formats.sheets import SheetGrid, page_grids, workbook_grids
from pipeline.ingest.formats.uneven_rows import even_headings
from pipeline.ingest.staging.input_view import InputTable

_DELIMITERS = ",\t|;"


@dataclass
class OpenedFile:
    """A file that can be staged: `tables` are its sheets (a text file is one).

    `supplements` are sheets that only add columns by id, each to be loaded apart; a file that holds
    nothing else has the first of them as its table. `part` names the sheet of one that is loaded
    beside others, `all_parts` those of the whole file. `unread` holds the sheets without a known
    header and their filled rows; `warnings` are lines for the user.
    """

    delivery: Delivery
    format: str
    encoding: str = ""
    tables: list[InputTable] = field(default_factory=list)
    supplements: list[InputTable] = field(default_factory=list)
    part: str = ""
    all_parts: tuple[str, ...] = ("",)
    unread: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def entity(self) -> Entity:
        return self.source.entity

    @property
    def source(self) -> Source:
        return self.tables[0].mapping.source

    @property
    def is_supplement(self) -> bool:
        """Whether it only adds columns to records that are loaded."""
        return self.tables[0].is_supplement

    @property
    def name(self) -> str:
        """How the user is told of it."""
        return f"{self.delivery.name}/{self.part}" if self.part else self.delivery.name

    @property
    def parts(self) -> list["OpenedFile"]:
        """What gets a receipt each: the sheets of records together, and every supplement."""
        names = ("", *(table.sheet for table in self.supplements))
        bare = replace(self, all_parts=names, supplements=[], unread={}, warnings=[])
        return [
            replace(self, all_parts=names, supplements=[]),
            *(replace(bare, tables=[table], part=table.sheet) for table in self.supplements),
        ]

    def heading(self, column: str) -> str:
        """Return what a canonical column is called in the file, else in its source."""
        for table in self.tables:
            if column in table.mapping.positions:
                return table.mapping.headings[table.mapping.positions[column]].strip()
        return self.source.columns.get(column, [column])[0]


def open_delivery(home: Home, delivery: Delivery, source: str | None, tmp: Path) -> OpenedFile:
    """Return the file made readable, its working copies below `tmp`.

    Raises HotlineError NO_DATA, naming the file, for what cannot be loaded.
    """
    known_sources = sources_of(home)
    wanted = candidates(known_sources, source or delivery.note.source)
    if source is None and delivery.note.source:
        # The note decides among the sources of one entity; a file of another entity beside it is
        # told by its header.
        entity = wanted[0].entity
        wanted += [other for other in known_sources.values() if other.entity != entity]
    try:
        opened = _open(delivery, wanted, tmp)
    except HotlineError as error:
        message = str(error)
        told = message if delivery.path.name in message else f"{delivery.path.name}:{message}"
        raise HotlineError(told, error.code) from error
    known = spellings(home)
    opened.tables = [_with_district(table, delivery, known) for table in opened.tables]
    if not opened.tables:
        opened.tables = [opened.supplements.pop(0)]
    opened.tables = [
        replace(table, path=_plain(table.path, tmp / f"table-{n}"))
        for n, table in enumerate(opened.tables)
    ]
    opened.supplements = [
        replace(table, path=_plain(table.path, tmp / f"supplement-{n}"))
        for n, table in enumerate(opened.supplements)
    ]
    return opened


def _plain(path: Path, link: Path) -> Path:
    """Return the path, or a link to it where the engine would take its name for a pattern."""
    if not any(sign in str(path) for sign in "*?[\\"):
        return path
    try:
        link.symlink_to(path.absolute())
    except OSError:  # a file system without links
        shutil.copyfile(path, link)
    return link


def _open(delivery: Delivery, wanted: list[Source], tmp: Path) -> OpenedFile:
    path, kind = delivery.body, detect_kind(delivery.body)
    packed = ""
    if kind.format == "gz":
        path = decompress(path, tmp / "plain")
        packed, kind = ".gz", detect_kind(path)
    if kind.format in ("gz", "zip"):
        raise HotlineError("是多重压缩包;请解开一层再入库", NO_DATA)
    opened = OpenedFile(delivery, kind.format + packed)
    if kind.is_text:
        plain = to_utf8(path, tmp, delivery.content if path == delivery.body else None)
        path, opened.encoding = plain.path, plain.encoding
        if plain.mixed_ends and kind.format == "csv":
            path = even_ends(path, tmp / "even")
    if kind.format == "csv":
        # Also where lines above the header are left out: it is the most that there can be.
        table = _open_text(path, wanted, tmp)
        opened.tables = [replace(table, line_feeds=plain.line_feeds)]
    elif kind.format == "jsonl":
        opened.tables = [_open_jsonl(path, wanted, tmp)]
    elif kind.format == "parquet":
        opened.tables = [_open_parquet(path, wanted)]
    else:
        read = page_grids if kind.format == "html" else workbook_grids
        _open_grids(opened, read(path, tmp), wanted)
    return opened


def _open_text(path: Path, wanted: list[Source], tmp: Path) -> InputTable:
    """Return the table of a UTF-8 text file; the sign between cells is the one with which its
    header is understood best."""
    text = read_text_head(path)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    signs = sorted(_DELIMITERS, key=lambda sign: (-first.count(sign), _DELIMITERS.index(sign)))
    best: tuple[Header, str, list[int]] | None = None
    fault: HotlineError | None = None
    for sign in signs:
        try:
            rows, ends = _first_rows(text, sign)
            header = find(rows, wanted)
        except HotlineError as error:
            fault = fault or error
            continue
        if best is None or len(header.mapping.positions) > len(best[0].mapping.positions):
            best = header, sign, ends
    if best is None:
        raise fault or HotlineError("读不出表头", NO_DATA)
    header, sign, ends = best
    below = _complete_rows(text, sign, header)
    table = InputTable(
        path,
        "csv",
        replace(header.mapping, headings=even_headings(header.mapping.headings, below)),
        sign,
        header_row=1 + (ends[header.first - 1] if header.first else 0),
        header_span=header.span,
        header_cells=header.cells,
        title=header.title,
        ids_are_rounded=_text_is_rounded(text, sign, header),
        sparse=sparse_columns(header.mapping, below),
    )
    if ends[header.end - 1] == 1:
        return table
    # The engine's own skip counts neither lines nor rows once a title holds a line break.
    above = ends[header.end - 1]
    return replace(table, path=_without_lines(path, above, tmp / "body"), lines_above=above)


def _first_rows(text: str, sign: str) -> tuple[list[list[str]], list[int]]:
    """Return the first rows with anything in the file, and for each the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) >= LOOKED_AT:
                break
    except csv.Error as error:
        raise HotlineError(f"读不出表头({error});请确认是逗号分隔的文本", NO_DATA) from error
    return rows, ends


def _complete_rows(text: str, sign: str, header: Header) -> list[list[str]]:
    """Return the rows below the header in the text at hand."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(row for row in reader if row)
    return rows[header.end :]


def _text_is_rounded(text: str, sign: str, header: Header) -> bool:
    place = header.mapping.positions.get(header.mapping.source.entity.id)
    if place is None:
        return False
    lines = text.split("\n")[header.end :]
    # A line that is cut or holds a break only makes the sample smaller.
    sample = [line.rstrip("\r").split(sign) for line in lines[:5000]]
    return are_rounded(row[place].strip('" ') for row in sample if len(row) > place)


def _without_lines(path: Path, lines: int, target: Path) -> Path:
    """Write the file without its first lines; return the copy."""
    with path.open("rb") as reader, target.open("wb") as writer:
        for _ in range(lines):
            reader.readline()
        shutil.copyfileobj(reader, writer, BLOCK)
    return target


def _open_jsonl(path: Path, wanted: list[Source], tmp: Path) -> InputTable:
    keys = jsonl.first_keys(path)
    target = tmp / "lines.parquet"
    best_mapping(keys, wanted)  # before the whole file is read
    lines = jsonl.write(path, target, keys)
    mapping = best_mapping(lines.keys, wanted)
    return InputTable(
        target, "parquet", mapping, header_row=0, is_numbered=True, broken=tuple(lines.broken)
    )


def _open_parquet(path: Path, wanted: list[Source]) -> InputTable:
    try:
        headings = pq.read_schema(path).names
    except Exception as error:
        raise HotlineError("Parquet 文件已损坏;请向发送方重新索取", NO_DATA) from error
    return InputTable(path, "parquet", best_mapping(headings, wanted), header_row=0)


def _open_grids(opened: OpenedFile, grids: Iterator[SheetGrid], wanted: list[Source]) -> None:
    """Fill the tables of a workbook or page; NO_DATA if none of its sheets has a known header."""
    faults: list[tuple[int, HotlineError]] = []
    for grid in grids:
        rows = grid.filled_rows
        if not rows:
            continue
        if grid.is_full:
            opened.warnings.append(
                f"工作表“{grid.name}”正好写满 {grid.rows:,} 行,多半在导出时被截断;"
                "请向发送方核对总行数,或索取 CSV"
            )
        try:
            header = find(grid.head(LOOKED_AT), wanted)
        except HotlineError as error:
            faults.append((rows, error))
            opened.unread[grid.name] = rows
            continue
        table = _grid_table(grid, header)
        path, told = _fill_merged(grid, header)
        table, opened.warnings = replace(table, path=path), [*opened.warnings, *told]
        if table.is_supplement:
            opened.supplements.append(table)
            continue
        if opened.tables and table.entity != opened.tables[0].entity:
            opened.unread[grid.name] = rows
            opened.warnings.append(
                f"工作表“{grid.name}”是{table.entity.title},与前面的{opened.tables[0].entity.title}"
                "不是一种数据,未读;请另存为单独的文件"
            )
            continue
        opened.tables.append(table)
    if not opened.tables and not opened.supplements:
        if not faults:
            raise HotlineError("里面没有一行数据;请向发送方索取完整文件", NO_DATA)
        raise max(faults, key=lambda item: item[0])[1]


def _grid_table(grid: SheetGrid, header: Header) -> InputTable:
    mapping = header.mapping
    width = grid.width
    headings = tuple([*mapping.headings, *[""] * width][:width])
    return InputTable(
        grid.path,
        "parquet",
        replace(mapping, headings=headings),
        sheet=grid.name,
        header_row=header.first + 1,
        header_span=header.span,
        is_numbered=True,
        above=header.end,
        title=header.title,
        header_cells=header.cells,
        ids_are_rounded=mapping.positions.get(mapping.source.entity.id) in grid.numeric,
    )


def _fill_merged(grid: SheetGrid, header: Header) -> tuple[Path, list[str]]:
    """Return the sheet with its merged cells filled below the header, and what is told of them."""
    places = header.mapping.positions
    columns = sorted(place for place in places.values() if place < grid.width)
    ranges = body_ranges(
        grid.merged,
        header.end,
        columns,
        places.get(header.mapping.source.entity.id),
        sum(not is_unnamed(heading) for heading in header.mapping.headings),
    )
    if not ranges:
        return grid.path, []
    path = grid.path.with_suffix(".filled.parquet")
    counts = fill(grid.path, ranges, columns, path)
    told = "、".join(
        f"“{header.mapping.headings[column].strip()}” {count:,} 格"
        for column, count in counts.items()
        if count
    )
    return path, [f"工作表“{grid.name}”有合并的单元格,已按合并的范围填上:{told}"] if told else []


def _with_district(table: InputTable, delivery: Delivery, known: dict[str, str]) -> InputTable:
    mapping = table.mapping
    told = {*mapping.positions, *mapping.source.constants}
    if (
        table.is_supplement
        or "place_district" in told
        or "place_district" not in table.entity.columns
    ):
        return table
    names = [table.sheet, delivery.member, delivery.path.name, table.title]
    return replace(table, district=district_in(names, known))
