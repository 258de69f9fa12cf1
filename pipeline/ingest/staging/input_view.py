"""staging.input: the canonical columns, all text, as a view on the file."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.db import csv_scan, literal, parquet_scan
from pipeline.entity import Entity
from pipeline.ingest.columns.source import Mapping
from pipeline.ingest.formats.kind import count_line_ends
from pipeline.ingest.staging.session import StagingSession

# Where the engine keeps the errors of the first scan of a file, and those of every later one.
REJECTS = ("reject_errors", "reject_scans")
AGAIN = ("reject_errors_again", "reject_scans_again")
# Stands in no file. Where an empty cell is no null to the engine, one too many is an error.
_NO_NULL = "\ue000\ue001"
# What stands for the id in a row that repeats a header of two rows.
_HEADER = "(表头)"


@dataclass(frozen=True)
class InputTable:
    """A readable table: where it lies, how its cells are parted, and what its columns mean."""

    path: Path
    format: str  # csv or parquet
    mapping: Mapping
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1
    header_span: int = 1
    # Lines of the file above `path`, where title rows were left out of a copy without a header.
    lines_above: int | None = None
    # Whether the Parquet holds, in column `row`, where in the file each row stood.
    is_numbered: bool = False
    # How many line feeds `path` has, where that is known.
    line_feeds: int = 0
    # A district that only a name or the title above the header tells, for want of a column.
    title: str = ""
    district: str | None = None
    ids_are_rounded: bool = False
    # Of a sheet laid down whole: its rows above the data.
    above: int = 0
    # The cells of a header of two rows. Its rows may hold no id: only by all their cells are they
    # known where they are repeated inside the data.
    header_cells: tuple[tuple[str, ...], ...] = ()
    # Lines that could not be read at all, found by the reader.
    broken: tuple[int, ...] = ()
    # Columns that, in the first rows of a text file, are filled in the first row of runs only.
    sparse: tuple[str, ...] = ()
    # Columns that hold cells with the signs of protected text.
    protected: frozenset[int] = frozenset()
    # Whether some row of a text file may have more cells than the header and the last ones empty.
    may_be_longer: bool = True

    @property
    def entity(self) -> Entity:
        """What its rows tell of."""
        return self.mapping.source.entity

    def count_rows(self) -> int:
        """Return how many rows there are to read, told by another reader; of text, its lines."""
        if self.format == "csv" and self.line_feeds:
            return self.line_feeds + 1
        if self.format == "csv":
            return count_line_ends(self.path) + 1
        if not self.is_numbered:
            return pq.read_metadata(self.path).num_rows
        return (
            pc.sum(pc.greater(pq.read_table(self.path, columns=["row"])["row"], self.above)).as_py()
            or 0
        )

    @property
    def is_supplement(self) -> bool:
        """Whether it only adds columns to records that are loaded, by their id."""
        return self.mapping.is_supplement

    @property
    def given(self) -> str:
        """The canonical columns that its rows tell of, filled or not: `|record_id|category|`.

        A column that a source's constant fills is one of them, unless the constant is unknown.
        """
        source = self.mapping.source
        told = {self.entity.id, *self.mapping.added}
        if not self.is_supplement:
            told |= set(self.mapping.positions)
            told |= {name for name, value in source.constants.items() if value != "?"}
            told |= {"place_district"} if self.district else set()
        return "|".join(["", *(name for name in self.entity.columns if name in told), ""])

    @property
    def id_headings(self) -> list[str]:
        """What stands in the column of ids where the header is repeated inside the data."""
        source, place = self.mapping.source, self.mapping.positions.get(self.entity.id)
        if place is None:
            return []
        if self.header_span == 1:
            return [self.mapping.headings[place].strip()]
        return [_HEADER, *source.columns[self.entity.id]]

    @property
    def is_longer_refused(self) -> bool:
        """Whether the engine is to refuse rows with an empty cell too many."""
        return self.format == "csv" and self.may_be_longer

    @property
    def constant_count(self) -> int:
        """How many canonical columns are filled in every row, whatever the file holds."""
        if self.is_supplement:
            return 0
        return len(self.mapping.source.constants) + (self.district is not None)


def create_input(
    staging: StagingSession,
    tables: list[InputTable],
    *,
    keep_errors: bool,
    where: str = "true",
    correct: bool = False,
) -> None:
    """Create the view; with `keep_errors` its scans fill reject_errors, else AGAIN.

    Only the first scan tells of errors: each reports them once more. `where` narrows the
    rows before anything is computed of them. `correct` puts the corrections between the file,
    then staging.received, and staging.input.
    """
    selects = [
        f"FROM (SELECT {', '.join(_columns(table, number))}"
        f" FROM {_scan(table, keep_errors=keep_errors)}) WHERE {where}"
        for number, table in enumerate(tables)
    ]
    if tables[0].is_supplement:
        # A supplement does not say when its records were received: what is loaded does.
        selects = [_with_known_times(select, tables[0].entity) for select in selects]
    name = "received" if correct else "input"
    staging.replace_view(name, " UNION ALL ".join(selects))
    if correct:
        staging.replace_view("input", staging.text("corrected"))


def _with_known_times(select: str, entity: Entity) -> str:
    times = ", ".join(
        f"{'k.received_at' if name == 'received_at' else 'NULL::VARCHAR'} AS {name}"
        for name in entity.times
    )
    return (
        f"SELECT i.* REPLACE ({times}) FROM ({select}) AS i"
        f" LEFT JOIN staging.known AS k ON tidy_id(i.{entity.id}) = k.record_id"
    )


def _columns(table: InputTable, number: int) -> list[str]:
    return [
        *(f"{_expression(table, column)} AS {column}" for column in table.entity.columns),
        f"{number}::SMALLINT AS part_no",
        f"{literal(table.given)} AS given",
        f"{str(table.ids_are_rounded).lower()} AS ids_are_rounded",
    ]


def _scan(table: InputTable, *, keep_errors: bool) -> str:
    if table.format == "parquet":
        names = _names(table) + (", row_number" if table.is_numbered else "")
        scan = f"(SELECT * FROM {parquet_scan(table.path)}) AS t({names})"
        if not table.is_numbered:
            return scan
        return f"(FROM {scan} WHERE row_number > {table.above})"
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(table.mapping.headings)))
    # Every scan stores its errors: with ignore_errors the engine ends at the first unpaired quote.
    errors, scans = REJECTS if keep_errors else AGAIN
    header = "true" if table.lines_above is None else "false"
    return csv_scan(
        table.path,
        f"columns = {{{names}}}, header = {header},"
        # Unpacked already: whether it was packed is told by content, never by the name's end.
        " compression = 'none', auto_detect = false,"
        f" delim = {literal(table.delimiter)}, quote = '\"', escape = '\"',"
        f"{f' nullstr = {literal(_NO_NULL)},' if table.is_longer_refused else ''}"
        " store_rejects = true, rejects_limit = 0,"
        f" rejects_table = '{errors}', rejects_scan = '{scans}'",
    )


def _names(table: InputTable) -> str:
    return ", ".join(f"c{place}" for place in range(len(table.mapping.headings)))


def _expression(table: InputTable, column: str) -> str:
    mapping, source = table.mapping, table.mapping.source
    if column in source.constants and not table.is_supplement:
        return literal(source.constants[column])
    if column not in mapping.positions:
        named = table.district if column == "place_district" else None
        return "NULL::VARCHAR" if named is None else literal(named)
    cell = _cell(table, mapping.positions[column])
    if column == table.entity.id and table.header_cells:
        repeated = " OR ".join(_equals(table, cells) for cells in table.header_cells)
        cell = f"CASE WHEN {repeated} THEN {literal(_HEADER)} ELSE {cell} END"
    values = source.values.get(column)
    if not values:
        return cell
    whens = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in values.items())
    return f"CASE {cell} {whens} ELSE {cell} END"


def _cell(table: InputTable, place: int) -> str:
    """Return a cell as everything after it sees it: text, or null where it is empty."""
    cell = f"c{place}::VARCHAR"
    if table.is_longer_refused:
        cell = f"nullif({cell}, '')"
    # The macro names its argument more than once, but tests only the first sign of most cells.
    return f"unprotected({cell})" if place in table.protected else cell


def _equals(table: InputTable, cells: tuple[str, ...]) -> str:
    """Return the test whether all cells of a row are these."""
    width = len(table.mapping.headings)
    wanted = (*cells, *[""] * width)[:width]
    tests = [
        f"coalesce({_cell(table, place)}, '') = {literal(cell)}"
        for place, cell in enumerate(wanted)
    ]
    return f"({' AND '.join(tests)})"
