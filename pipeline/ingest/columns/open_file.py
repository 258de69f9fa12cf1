"""Open a file: make it readable, find its headers and map its columns."""

import codecs
import csv
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.entity import Entity
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.ingest.columns.cell_forms import examine, made_ids
from pipeline.ingest.columns.header import LOOKED_AT, Header, even_headings, find
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.columns.source import (
    Mapping,
    Source,
    best_mapping,
    candidates,
    is_unnamed,
    usable_sources,
)
from pipeline.ingest.delivery import Delivery
from pipeline.ingest.formats import jsonl
from pipeline.ingest.formats.encoding import BLOCK, is_longer_than_head, read_text_head
from pipeline.ingest.formats.merged_cells import body_ranges, fill
from pipeline.ingest.formats.readable import ReadableFile, make_readable
from pipeline.ingest.formats.sheets import SheetGrid
from pipeline.reference import read_rows
from pipeline.shown_name import shown_name

DELIMITERS = ",\t|;"
# An id that a spreadsheet stored as a number keeps 15 digits; zeros follow.
_LONG_ID = re.compile(r"\d{16,}")
_ROUNDED_ID = re.compile(r"\d{15}0+")
# Three such ids by chance: one in a million for 17 digits, less for longer ids.
_ENOUGH_ROUNDED = 3
# Columns that every record has: in others it is usual that most cells are empty.
_USUALLY_FILLED = (
    *("record_id", "received_at", "record_type", "category", "subcategory", "handling"),
    *("place_district", "place_street", "unit"),
)
# In a sparse column a filled row is followed by two empty ones or more, on the average.
SPARSE_RUN = 3
_LEAST_ROWS = 6
# Digits of the file's digest in the ids of its rows: enough for files, and short to read.
_PREFIX = 12
_HEAD = 1 << 18
_SURELY_ONE_LINE = 1 << 15


@dataclass
class OpenedFile:
    """A file that can be staged: `tables` are its sheets (a text file is one).

    `supplements` are sheets that only add columns by id, each loaded apart; in a file with nothing
    else the first of them is the table. `part` is the sheet's name if it is one of `supplements`,
    `all_parts` are the parts of the whole file. `unread`: sheet without a known header -> its
    filled rows. `warnings` are lines for the user.
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
        """Whether it only adds columns to loaded records."""
        return self.tables[0].is_supplement

    @property
    def name(self) -> str:
        """The name shown to the user."""
        return f"{self.delivery.name}/{shown_name(self.part)}" if self.part else self.delivery.name

    @property
    def parts(self) -> list["OpenedFile"]:
        """The parts with a receipt of their own: all sheets of records, and each supplement."""
        names = ("", *(table.sheet for table in self.supplements))
        bare = replace(self, all_parts=names, supplements=[], unread={}, warnings=[])
        return [
            replace(self, all_parts=names, supplements=[]),
            *(replace(bare, tables=[table], part=table.sheet) for table in self.supplements),
        ]

    @property
    def added_columns(self) -> list[str]:
        """The canonical columns that a supplement adds, in the entity's order."""
        added = {name for table in self.tables for name in table.mapping.added}
        return [name for name in self.entity.columns if name in added]

    def without_people(self, line: str) -> str:
        """Return a line without the people in names of the file, its sheets and columns."""
        for raw, shown in self._covered.items():
            line = line.replace(raw, shown)
        return line

    @cached_property
    def _covered(self) -> dict[str, str]:
        """The names in which a person is covered, with what is printed; long ones first."""
        tables = [*self.tables, *self.supplements]
        names = {self.delivery.path.name, self.delivery.member, *self.all_parts, *self.unread}
        names |= {table.sheet for table in tables}
        names |= {heading.strip() for table in tables for heading in table.mapping.headings}
        shown = {name: shown_name(name) for name in sorted(names, key=len, reverse=True)}
        return {name: text for name, text in shown.items() if text != name}

    def heading(self, column: str) -> str:
        """Return the heading of a canonical column in the file, else in its source."""
        for table in self.tables:
            if column in table.mapping.positions:
                return shown_name(table.mapping.headings[table.mapping.positions[column]].strip())
        return self.source.columns.get(column, [column])[0]


def open_delivery(home: Home, delivery: Delivery, source: str | None, tmp: Path) -> OpenedFile:
    """Return the opened file; working copies go to the folder `tmp`.

    `source` is the name of a source, None to try all. Raises HotlineError NO_DATA, with the file's
    name, for a file that cannot be loaded.
    """
    known_sources, faults = usable_sources(home)
    if source is None and delivery.note.source in faults:
        raise HotlineError(f"{delivery.path.name}:{faults[delivery.note.source]}", NO_DATA)
    wanted = candidates(known_sources, source or delivery.note.source, faults)
    if source is None and delivery.note.source:
        # The note selects among the sources of one entity; a file of another entity in the same
        # folder is recognised by its header.
        entity = wanted[0].entity
        wanted += [other for other in known_sources.values() if other.entity != entity]
    try:
        opened = _open(delivery, wanted, tmp)
    except HotlineError as error:
        message = str(error)
        if delivery.path.name not in message:
            message = f"{delivery.path.name}:{message}"
        if faults and error.code == NO_DATA:
            message += f";另外,{next(iter(faults.values()))}"
        raise HotlineError(message, error.code) from error
    districts = district_spellings(home)
    opened.tables = [_with_district(table, delivery, districts) for table in opened.tables]
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
    prefix = (delivery.content.digest if delivery.content else "")[:_PREFIX] or "row"
    examined = [examine(replace(table, id_prefix=prefix)) for table in opened.tables]
    opened.tables = [table for table, _ in examined]
    opened.warnings += [line for _, lines in examined for line in lines]
    opened.warnings += made_ids(opened.tables[0])
    return opened


def _plain(path: Path, link: Path) -> Path:
    """Return the path, or a link to it if DuckDB would take its name for a pattern."""
    if not any(sign in str(path) for sign in "*?[\\"):
        return path
    try:
        link.symlink_to(path.absolute())
    except OSError:  # a file system without links
        shutil.copyfile(path, link)
    return link


def _open(delivery: Delivery, wanted: list[Source], tmp: Path) -> OpenedFile:
    file = make_readable(
        delivery.body, tmp, delivery.content, lambda path: _declared_encoding(path, wanted)
    )
    if file.is_archive:
        raise HotlineError("是多重压缩包;请解开一层再入库", NO_DATA)
    opened = OpenedFile(delivery, file.format, file.encoding)
    if file.kind.format == "csv":
        # Also if lines above the header are left out: it is an upper limit.
        table = _open_text(file.path, wanted, tmp)
        opened.tables = [replace(table, line_feeds=file.line_feeds)]
    elif file.kind.format in ("json", "jsonl"):
        opened.tables = [_open_json(file, wanted, tmp, opened.warnings)]
    elif file.kind.format == "parquet":
        opened.tables = [_open_parquet(file.path, wanted)]
    else:
        _open_sheets(opened, file, wanted)
    return opened


def _declared_encoding(path: Path, wanted: list[Source]) -> str | None:
    """Return the encoding that a source declares and whose header the text begins with.

    Without a header, as in JSON, only if all sources to try declare the same.
    """
    encodings = dict.fromkeys(source.encoding for source in wanted if source.encoding)
    if len(encodings) == 1 and all(source.encoding for source in wanted):
        return next(iter(encodings))
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    for name in encodings:
        try:
            text = codecs.getincrementaldecoder(name)().decode(head).removeprefix("\ufeff")
            _text_header(text, [source for source in wanted if source.encoding == name])
        except (HotlineError, UnicodeDecodeError):
            continue
        return name
    return None


def _open_text(path: Path, wanted: list[Source], tmp: Path) -> InputTable:
    """Return the table of a UTF-8 text file, with the delimiter that maps most of its header."""
    text = read_text_head(path)
    header, sign, ends = _text_header(text, wanted, is_cut=is_longer_than_head(path))
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
        sparse=_sparse_columns(header.mapping, below),
    )
    if ends[header.end - 1] == 1:
        return table
    # DuckDB's own skip counts neither lines nor rows once a title holds a line break.
    above = ends[header.end - 1]
    return replace(table, path=_without_lines(path, above, tmp / "body"), lines_above=above)


def _text_header(
    text: str, wanted: list[Source], *, is_cut: bool = False
) -> tuple[Header, str, list[int]]:
    """Return the header, the delimiter that maps most of it, and the lines that rows end on.

    `is_cut`: the text is the beginning of a longer one, whose first row may be too long for it.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    signs = sorted(DELIMITERS, key=lambda sign: (-first.count(sign), DELIMITERS.index(sign)))
    best: tuple[Header, str, list[int]] | None = None
    fault: HotlineError | None = None
    for sign in signs:
        try:
            rows, ends = _first_rows(text, sign)
            header = find(rows, wanted, is_cut=is_cut)
        except HotlineError as error:
            fault = fault or error
            continue
        if best is None or len(header.mapping.positions) > len(best[0].mapping.positions):
            best = header, sign, ends
    if best is None:
        raise fault or HotlineError("读不出表头", NO_DATA)
    return best


def _first_rows(text: str, sign: str) -> tuple[list[list[str]], list[int]]:
    """Return the first rows of the text, and for each the line that it ends on."""
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
        if rows:  # a cell too long to be part of a header
            return rows, ends
        raise HotlineError(f"读不出表头({error});请确认是逗号分隔的文本", NO_DATA) from error
    return rows, ends


def _complete_rows(text: str, sign: str, header: Header) -> list[list[str]]:
    """Return the rows of the text below the header."""
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
    # A cut line or a cell with a line break only makes the sample smaller.
    sample = [line.rstrip("\r").split(sign) for line in lines[:5000]]
    return _are_rounded(row[place].strip('" ') for row in sample if len(row) > place)


def _are_rounded(ids: Iterable[str]) -> bool:
    """Return whether all long ids of a sample end in zeros from the 16th digit on."""
    long = {text for text in ids if _LONG_ID.fullmatch(text)}
    return len(long) >= _ENOUGH_ROUNDED and all(_ROUNDED_ID.fullmatch(text) for text in long)


def _sparse_columns(mapping: Mapping, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns that, in the first rows of a text file, are filled in some rows only.

    This is what remains of merged cells in a sheet that was saved as text; the whole file is
    checked later (value_warnings.py).
    """
    filled_rows = [row for row in rows if any(row)]
    found = []
    for column in _USUALLY_FILLED:
        place = mapping.positions.get(column)
        if place is None or len(filled_rows) < _LEAST_ROWS:
            continue
        cells = [row[place].strip() if place < len(row) else "" for row in filled_rows]
        filled = [cell for cell in cells if cell]
        if (
            cells[0]
            and len(filled) * SPARSE_RUN <= len(cells)
            and all(before != after for before, after in pairwise(filled))
        ):
            found.append(column)
    return tuple(found)


def _without_lines(path: Path, lines: int, target: Path) -> Path:
    """Write the file without its first lines; return the copy."""
    with path.open("rb") as reader, target.open("wb") as writer:
        for _ in range(lines):
            reader.readline()
        shutil.copyfileobj(reader, writer, BLOCK)
    return target


def _open_json(
    file: ReadableFile, wanted: list[Source], tmp: Path, warnings: list[str]
) -> InputTable:
    # One long line may be an answer that wraps the records.
    is_one = file.line_feeds <= 1 and file.path.stat().st_size > _SURELY_ONE_LINE
    is_lines = file.kind.format == "jsonl" and not is_one
    keys = jsonl.first_keys(file.path, is_lines=is_lines)
    if not keys:
        raise HotlineError("JSON 里没有一行数据;请向发送方核实", NO_DATA)
    target = tmp / "lines.parquet"
    best_mapping(keys, wanted)  # raises before the whole file is read
    lines = jsonl.write(file.path, target, keys, is_lines=is_lines)
    if not is_lines:
        rows = pq.read_metadata(target).num_rows
        if more := jsonl.missing_rows(file.path, rows):
            warnings.append(
                f"文件里写着共 {rows + more:,} 条,只有 {rows:,} 条:多半只是其中一页;请索取其余各页"
            )
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


def _open_sheets(opened: OpenedFile, file: ReadableFile, wanted: list[Source]) -> None:
    """Set the tables of a workbook or page; NO_DATA if none of its sheets has a known header."""
    faults: list[tuple[int, HotlineError]] = []
    for grid in file.sheets():
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
        path, warnings = _fill_merged(grid, header)
        table, opened.warnings = replace(table, path=path), [*opened.warnings, *warnings]
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
    """Return the sheet with its merged cells filled below the header, and a warning."""
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
    filled = "、".join(
        f"“{header.mapping.headings[column].strip()}” {count:,} 格"
        for column, count in counts.items()
        if count
    )
    return path, [
        f"工作表“{grid.name}”有合并的单元格,已按合并的范围填上:{filled}"
    ] if filled else []


def _with_district(table: InputTable, delivery: Delivery, known: dict[str, str]) -> InputTable:
    """Return the table with the district in its name or title, if the file has no such column."""
    mapping = table.mapping
    if (
        table.is_supplement
        or "place_district" in {*mapping.positions, *mapping.source.constants}
        or "place_district" not in table.entity.columns
    ):
        return table
    names = [table.sheet, delivery.member, delivery.path.name, table.title]
    return replace(table, district=_district_in(names, known))


def district_spellings(home: Home) -> dict[str, str]:
    """Return spelling -> district: the full name, also without 区, 县 or 市 if unambiguous."""
    rows = read_rows(home.reference_files().get("district"), ("district",))
    names = [row["district"] for row in rows if row["district"]]
    short = Counter(name[:-1] for name in names if len(name) >= 3 and name[-1] in "区县市")
    found = {name: name for name in names}
    for name in names:
        if short.get(name[:-1]) == 1:
            found.setdefault(name[:-1], name)
    return found


def _district_in(names: list[str], known: dict[str, str]) -> str | None:
    """Return the district in the first of the names with any; None if it has several."""
    for name in names:
        found = {district for spelling, district in known.items() if spelling in name}
        # 新西区 contains 西区: a spelling inside a longer one is not counted.
        longest = {
            district
            for district in found
            if not any(district in other and district != other for other in found)
        }
        if longest:
            return longest.pop() if len(longest) == 1 else None
    return None
