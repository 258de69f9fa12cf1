"""Cells of kept rows of which no time could be made: counted as empty, and told to the sender."""

from collections.abc import Mapping

from pipeline.ingest.feedback.reject_reasons import MOST
from pipeline.ingest.formats.csv_lines import place_rows
from pipeline.ingest.staging.input_view import InputTable
from pipeline.ingest.staging.session import StagingSession

_ROWS = f"""
SELECT d.part_no, d.rowid
FROM staging.unread_row AS u
INNER JOIN staging.identity AS d ON u.rowid = d.rowid
WHERE contains(u.unread, '_at:') AND d.reject_reason IS NULL
ORDER BY d.rowid
LIMIT {MOST}
"""


def unread_cells(
    staging: StagingSession, tables: list[InputTable], written: Mapping[str, int]
) -> dict[str, int]:
    """Return column -> such cells, and fill staging.unread_cell with them.

    `written` are the counts of written.sql: where no row lost a time, the usual case, the file is
    not read again. An entity whose SQL does not count them tells nothing.
    """
    if not written.get("unread"):
        return {}
    con = staging.con
    staging.materialise("unread_row")
    place_rows(con, tables, con.execute(_ROWS).fetchall())
    staging.materialise("unread_cell")
    found = "SELECT column_name, count(*) FROM staging.unread_cell GROUP BY 1 ORDER BY 1"
    return dict(con.execute(found).fetchall())
