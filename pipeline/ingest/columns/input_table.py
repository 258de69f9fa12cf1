"""A table that can be staged: where its cells are and what its columns mean."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.entity import Entity
from pipeline.ingest.columns.source import Mapping
from pipeline.ingest.formats.encoding import count_line_ends

# Replaces the id in a row that repeats a header of two rows.
REPEATED_HEADER = "(表头)"


@dataclass(frozen=True)
class InputTable:
    """A readable table, its header mapped to canonical columns.

    Its rows are read from `path` in `format`, csv or parquet. `header_row` counts from 1, 0 for a
    format without a header; `header_span` is its number of rows.
    """

    path: Path
    format: str
    mapping: Mapping
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1
    header_span: int = 1
    # Lines of the file above `path`, if title rows were dropped in a copy without a header.
    lines_above: int | None = None
    # Whether column `row` of the Parquet file holds the row number in the file as received.
    is_numbered: bool = False
    # Line feeds in `path`, 0 if not counted.
    line_feeds: int = 0
    # The text above the header, and the district that it or a name contains, for want of a column.
    title: str = ""
    district: str | None = None
    ids_are_rounded: bool = False
    # Rows above the data of a sheet.
    above: int = 0
    # The cells of a header of two rows: where it is repeated inside the data, only all of its cells
    # identify it, for the column of ids may be empty.
    header_cells: tuple[tuple[str, ...], ...] = ()
    # Numbers of the lines (of JSON lines) that could not be parsed; they are rejected.
    broken: tuple[int, ...] = ()
    # Columns that, in the first rows of a text file, are filled only in the first row of each run
    # of rows, as merged cells are when a sheet is saved as text; the user is warned.
    sparse: tuple[str, ...] = ()
    # Positions of columns whose cells are stored with signs replaced (text_protection.py): SQL
    # reads them through the macro unprotected().
    protected: frozenset[int] = frozenset()
    # Whether a first look found times that are not year, month, day (see date_order).
    has_odd_times: bool = False
    # Column of times -> its date order, and formats of strptime for it (see date_order).
    time_forms: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    # The sign between the levels of category paths.
    category_separator: str = "->"
    # Begins the ids of a table without ids: they are those of the file and the row.
    id_prefix: str = ""
    # Whether rows of a text file may have more cells than the header: true until the rows are
    # checked (uneven_rows.py).
    may_be_longer: bool = True

    @property
    def entity(self) -> Entity:
        return self.mapping.source.entity

    def count_rows(self) -> int:
        """Return the number of rows by another reader than DuckDB; of text, the number of lines."""
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
        """Whether it only adds columns to loaded records, by their id."""
        return self.mapping.is_supplement

    @property
    def given(self) -> str:
        """The canonical columns that the file has, filled or not: `|record_id|category|`.

        Columns set by a constant of the source count, unless the constant is `?` (unknown).
        """
        source = self.mapping.source
        known = {self.entity.id, *self.mapping.added}
        if not self.is_supplement:
            known |= set(self.mapping.positions)
            known |= {name for name, value in source.constants.items() if value != "?"}
            known |= {"place_district"} if self.district else set()
        return "|".join(["", *(name for name in self.entity.columns if name in known), ""])

    @property
    def id_headings(self) -> list[str]:
        """Values of the id column in a row that repeats the header."""
        source, place = self.mapping.source, self.mapping.positions.get(self.entity.id)
        if place is None:
            return [REPEATED_HEADER] if self.mapping.has_made_ids else []
        if self.header_span == 1:
            return [self.mapping.headings[place].strip()]
        return [REPEATED_HEADER, *source.columns[self.entity.id]]

    @property
    def numbers_rows(self) -> bool:
        """Whether its ids are the numbers of its rows."""
        return bool(self.id_prefix) and self.mapping.has_made_ids and not self.mapping.id_places

    @property
    def is_longer_refused(self) -> bool:
        """Whether DuckDB must report rows with an extra empty cell as errors."""
        return self.format == "csv" and self.may_be_longer

    @property
    def constant_count(self) -> int:
        """Number of canonical columns that are filled in every row without a column of the file."""
        if self.is_supplement:
            return 0
        return len(self.mapping.source.constants) + (self.district is not None)
