"""Columns of a text file that are filled only in the first of many rows.

So a sheet with merged cells looks once it is saved as text: which rows belong together is lost, and
every row but the first counts as unknown. It cannot be mended here, but it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.ingest.columns.source import Mapping
from pipeline.ingest.staging.input_view import InputTable
from pipeline.ingest.staging.session import StagingSession

# What every record has: a column for which it is usual to be empty says nothing when it is.
_USUAL = (
    *("record_id", "received_at", "record_type", "category", "subcategory", "handling"),
    *("place_district", "place_street", "unit"),
)
# On the average a filled row and at least two empty ones below it.
_RUN = 3
_LEAST_ROWS = 6
# Of values in any order so many neighbours would be equal; none is.
_EXPECTED = 3

_EXACT = """
WITH cell AS (
    SELECT row_number() OVER () AS row_no, tidy({column}) AS cell
    FROM staging.input
    WHERE is_heading({key}) IS NOT TRUE
),

filled AS (
    SELECT
        c.row_no,
        c.cell,
        lag(c.cell) OVER (ORDER BY c.row_no) AS former,
        lead(c.row_no) OVER (ORDER BY c.row_no) AS next_row
    FROM cell AS c
    WHERE c.cell IS NOT NULL
),

share AS (
    SELECT f.cell, count(*) AS row_count FROM filled AS f GROUP BY f.cell
)

SELECT
    (SELECT count(*) FROM cell) AS row_count,
    count(*) AS filled_count,
    min(f.row_no) AS first_row,
    count(*) FILTER (WHERE f.cell = f.former) AS equal_count,
    (SELECT count(*) FROM share) AS value_count,
    (SELECT sum(s.row_count * s.row_count) FROM share AS s) AS square_count,
    arg_min(f.row_no, f.row_no) FILTER (WHERE f.next_row > f.row_no + 1) AS gap_row,
    arg_min(f.next_row, f.row_no) FILTER (WHERE f.next_row > f.row_no + 1) AS gap_next
FROM filled AS f
"""


@dataclass(frozen=True)
class _Column:
    rows: int
    filled: int
    first: int | None
    equal: int
    values: int
    squares: int
    gap_row: int | None
    gap_next: int | None

    @property
    def is_first_of_runs(self) -> bool:
        if self.first != 1 or self.filled * _RUN > self.rows or self.equal:
            return False
        expected = self.squares * (self.filled - 1) / self.filled**2
        return self.values == self.filled or expected >= _EXPECTED


def sparse_columns(mapping: Mapping, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns that look so in the first rows of a file, for a closer look."""
    filled_rows = [row for row in rows if any(row)]
    found = []
    for column in _USUAL:
        place = mapping.positions.get(column)
        if place is None or len(filled_rows) < _LEAST_ROWS:
            continue
        cells = [row[place].strip() if place < len(row) else "" for row in filled_rows]
        filled = [cell for cell in cells if cell]
        if (
            cells[0]
            and len(filled) * _RUN <= len(cells)
            and all(before != after for before, after in pairwise(filled))
        ):
            found.append(column)
    return tuple(found)


def first_of_runs(staging: StagingSession, table: InputTable) -> list[str]:
    """Return a line for each column that, over the whole file, is filled in first rows only."""
    lines, con = [], staging.con
    for column in table.sparse:
        con.execute("SET preserve_insertion_order = true")
        row = con.execute(_EXACT.format(column=column, key=table.entity.id)).fetchall()[0]
        con.execute("SET preserve_insertion_order = false")
        told = _Column(*row)
        if not told.is_first_of_runs:
            continue
        heading = table.mapping.headings[table.mapping.positions[column]]
        last = (told.gap_next or told.rows + 1) - 1
        first = (told.gap_row or 1) + 1
        lines.append(
            f"“{heading}”{told.rows:,} 行里只有 {told.filled:,} 行写着,都像是一段的"
            f"第一行(例如数据第 {first:,} 至 {last:,} 行空着),多半是合并的单元格存成文本后丢了"
            f"其余的 {told.rows - told.filled:,} 行;请索取原来的工作簿,或补全后再入库"
        )
    return lines
