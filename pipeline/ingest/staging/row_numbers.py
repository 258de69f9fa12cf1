"""Row numbers, in the file as received, of the rows and cells that are reported to the sender."""

from collections.abc import Mapping

from pipeline.db import parquet_scan
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.formats.csv_lines import row_lines
from pipeline.ingest.staging.session import StagingSession

# Rows listed for the sender: more than anybody corrects by hand, and fewer than a sheet can hold.
# The others are counted.
MOST_LISTED = 200_000
_REJECTED = """
SELECT part_no, rowid FROM staging.identity
WHERE reject_reason NOT IN ('header_repeated', 'row_blank')
ORDER BY rowid
"""
_WITH_UNREAD_TIMES = f"""
SELECT d.part_no, d.rowid
FROM staging.unread_row AS u
INNER JOIN staging.identity AS d ON u.rowid = d.rowid
WHERE contains(u.unread, '_at:') AND d.reject_reason IS NULL
ORDER BY d.rowid
LIMIT {MOST_LISTED}
"""


def number_rejects(session: StagingSession) -> None:
    """Fill staging.line for the rejected rows."""
    _number_rows(session, _REJECTED)


def count_unread_cells(session: StagingSession, written: Mapping[str, int]) -> dict[str, int]:
    """Fill staging.unread_cell, the times in loaded rows that could not be parsed.

    Returns column -> number of such cells. `written` are the counts of written.sql: if no row has
    any, the usual case, the file is not read again.
    """
    if not written.get("unread"):
        return {}
    session.materialise("unread_row")
    _number_rows(session, _WITH_UNREAD_TIMES)
    session.materialise("unread_cell")
    found = "SELECT column_name, count(*) FROM staging.unread_cell GROUP BY 1 ORDER BY 1"
    return dict(session.con.execute(found).fetchall())


def _number_rows(session: StagingSession, select: str) -> None:
    """Add the row numbers of (part_no, rowid of staging.identity), by rowid, to staging.line."""
    con = session.con
    rows = con.execute(select).fetchall()
    if not rows:
        return
    # The rows of a part are contiguous, and in its order.
    counts = dict(
        con.execute("SELECT part_no, count(*) FROM staging.identity GROUP BY 1").fetchall()
    )
    broken = [line for (line,) in con.execute("SELECT line FROM staging.parse_error").fetchall()]
    start = 0
    for part, table in enumerate(session.tables):
        wanted = [row - start for number, row in rows if number == part]
        parsed = counts.get(part, 0)
        lines = _row_numbers(session, table, wanted, broken, parsed) if wanted else {}
        con.execute(
            "INSERT INTO staging.line SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[])",
            [[row + start for row in lines], list(lines.values())],
        )
        start += parsed


def _row_numbers(
    session: StagingSession, table: InputTable, wanted: list[int], broken: list[int], parsed: int
) -> dict[int, int]:
    """Return position in the table (0 = the first row) -> row or line of the file as received."""
    if table.format == "parquet" and table.is_numbered:
        found = session.con.execute(
            "SELECT place, row FROM ("
            " SELECT row_number() OVER (ORDER BY row) - 1 AS place, row"
            f" FROM {parquet_scan(table.path)} WHERE row > $1)"
            " WHERE place IN (SELECT unnest($2::BIGINT[]))",
            [table.above, wanted],
        ).fetchall()
        return dict(found)
    if table.format == "parquet":
        return {row: row + 1 for row in wanted}
    above = table.lines_above or 0
    bad = [line - above for line in broken]
    has_header = table.lines_above is None
    lines = row_lines(table.path, table.delimiter, wanted, bad, parsed, has_header=has_header)
    return {row: line + above for row, line in lines.items()}
