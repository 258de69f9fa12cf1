"""From staging.input to what can be written: rejects, repeats, months and counts of one file."""

from dataclasses import dataclass, field

import duckdb

from pipeline.ingest.lines import error_lines, row_lines
from pipeline.ingest.read import Table, create_input
from pipeline.ingest.statement import ensure_view, materialise, replace_view


@dataclass(frozen=True)
class Staged:
    """What a file holds, counted before anything is written."""

    rows_read: int
    rows_duplicate: int
    rows_rejected: int
    reject_reasons: dict[str, int]
    months: list[tuple[int, int]] = field(default_factory=list)

    @property
    def rows_loaded(self) -> int:
        return self.rows_read - self.rows_duplicate - self.rows_rejected


def stage(con: duckdb.DuckDBPyConnection, table: Table, receipt: str, file: str) -> Staged:
    """Prepare staging.record, staging.text and staging.reject for one file.

    One narrow pass over the file finds broken rows, rejects and repeats; the wide rows are read
    again only by the COPYs that write them, and for the few records that clash.
    """
    con.execute(
        "CREATE OR REPLACE TABLE staging.delivery AS SELECT $1 AS receipt, $2 AS file",
        [receipt, file],
    )
    con.execute("CREATE OR REPLACE TABLE staging.line (row_no BIGINT, line BIGINT)")
    con.execute(
        "CREATE OR REPLACE TABLE staging.parse_error"
        " (line BIGINT, column_name VARCHAR, reason VARCHAR)"
    )
    create_input(con, table, keep_errors=table.format != "parquet")
    ensure_view(con, "clean")
    materialise(con, "identity")
    broken = _keep_parse_errors(con, table)
    create_input(con, table, keep_errors=False)
    for name in ("repeated", "chain", "clash"):
        materialise(con, name)
    any_rejected = _place_rejects(con, table, broken)
    any_clash = _one(con, "SELECT count(*) FROM staging.clash") > 0
    if any_clash:
        # Narrowed at the file: the masks would else run on every line before the join.
        clashing = "tidy_id(record_id) IN (SELECT record_id FROM staging.clash)"
        create_input(con, table, keep_errors=False, where=clashing)
    materialise(con, "clash_row", empty=not any_clash)
    create_input(con, table, keep_errors=False)
    materialise(con, "survivor")
    replace_view(con, "sound", None if any_rejected else "FROM staging.clean")
    for name in ("kept", "record", "text", "reject"):
        ensure_view(con, name)
    return _count(con, len(broken))


def _keep_parse_errors(con: duckdb.DuckDBPyConnection, table: Table) -> list[int]:
    """Fill staging.parse_error, one row a broken line; return the lines."""
    if table.format == "parquet":
        return []
    # One broken line can have several errors; the first one tells.
    found = con.execute(
        "SELECT line_byte_position, arg_min(column_idx, byte_position),"
        " arg_min(error_type::VARCHAR, byte_position)"
        " FROM reject_errors GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE IF EXISTS reject_errors")
    con.execute("DROP TABLE IF EXISTS reject_scans")
    lines = error_lines(table.path, [offset for offset, _, _ in found])
    names = {place: column for column, place in table.mapping.positions.items()}
    for offset, place, reason in found:
        con.execute(
            "INSERT INTO staging.parse_error VALUES ($1, $2, $3)",
            [lines[offset], names.get(place - 1), reason.lower().replace(" ", "_")],
        )
    return list(lines.values())


def _place_rejects(con: duckdb.DuckDBPyConnection, table: Table, broken: list[int]) -> bool:
    """Fill staging.line for the rejected rows; return whether there are any."""
    rows = con.execute(
        "SELECT rowid FROM staging.identity WHERE reject_reason IS NOT NULL ORDER BY rowid"
    ).fetchall()
    if not rows:
        return False
    wanted = [row for (row,) in rows]
    if table.format == "parquet":
        lines = {row: row + 1 for row in wanted}
    else:
        parsed = _one(con, "SELECT count(*) FROM staging.identity")
        lines = row_lines(table.path, table.delimiter, wanted, broken, parsed)
    con.execute(
        "INSERT INTO staging.line SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[])",
        [list(lines), list(lines.values())],
    )
    return True


def _count(con: duckdb.DuckDBPyConnection, broken: int) -> Staged:
    reasons = dict(
        con.execute(
            "SELECT reason, count(*) FROM staging.reject GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    )
    months = con.execute(
        "SELECT DISTINCT year(received_at)::INTEGER, month(received_at)::INTEGER"
        " FROM staging.identity WHERE reject_reason IS NULL ORDER BY ALL"
    ).fetchall()
    return Staged(
        rows_read=_one(con, "SELECT count(*) FROM staging.identity") + broken,
        rows_duplicate=_one(con, "SELECT count(*) FROM staging.clash_row")
        - _one(con, "SELECT count(*) FROM staging.survivor"),
        rows_rejected=sum(reasons.values()),
        reject_reasons=reasons,
        months=[(year, month) for year, month in months],
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0
