"""From staging.input to what can be written: rejects, repeats, months and counts of one file."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipeline.db import exact_path
from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.supplement import mark_unknown
from pipeline.ingest.formats.csv_lines import error_lines, place_rows, swallowed_lines
from pipeline.ingest.formats.kind import count_line_ends
from pipeline.ingest.formats.uneven_rows import any_longer, even_rows
from pipeline.ingest.progress import NARROW, FileProgress
from pipeline.ingest.staging import macros
from pipeline.ingest.staging.corrections import AppliedCorrection
from pipeline.ingest.staging.corrections import use as correct_use
from pipeline.ingest.staging.input_view import AGAIN, REJECTS, InputTable, create_input
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.text_protection import protected_columns, text_is_protected
from pipeline.ingest.staging.time_zones import zone_of

# What is no record is marked header_repeated or row_blank: counted beside the rows read, so that
# read = loaded + duplicate + rejected.
_MAYBE_BLANK = """
    record_id IS NULL AND received_at IS NULL AND reject_value IS NULL
    AND coalesce(dispatched_text, '') = '' AND coalesce(unit_text, '') = '' AND NOT has_street
"""
# Errors of the reader behind which an open quote may have swallowed whole lines.
_QUOTES = ("UNQUOTED VALUE", "UNTERMINATED QUOTES")


@dataclass(frozen=True)
class Staged:
    """What a file holds, counted before anything is written.

    `skipped` are rows that are no record (a header repeated, a blank row): not among those read.
    """

    rows_read: int
    rows_duplicate: int
    rows_rejected: int
    reject_reasons: dict[str, int]
    months: list[tuple[int, int]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    corrections: AppliedCorrection = field(default_factory=AppliedCorrection)

    @property
    def rows_loaded(self) -> int:
        return self.rows_read - self.rows_duplicate - self.rows_rejected


def stage(
    staging: StagingSession,
    tables: list[InputTable],
    receipt: str,
    file: str,
    gauge: FileProgress,
    tmp: Path,
    *,
    correct: bool = False,
) -> Staged:
    """Prepare staging.stored, staging.text and staging.reject for one file.

    One narrow pass over the file finds broken rows, rejects and repeats; the wide rows are read
    again only by the COPYs that write them, and for the few records that clash. `correct` says
    that there are corrections to apply. Of `tables` those that are read in another way than they
    were opened are replaced.
    """
    con = staging.con
    _require_the_file(con, tables)
    _prepare(con, tables, receipt, file)
    settle_reading(con, tables)
    with gauge.step(NARROW):
        _pass_narrowly(staging, tables, correct)
        if tables[0].format == "csv":
            if evened := even_rows(staging, tables[0], tmp):
                tables[0] = evened
                _pass_narrowly(staging, tables, correct)
            tables[0] = replace(tables[0], may_be_longer=any_longer(con))
    broken = _keep_parse_errors(con, tables[0])
    create_input(staging, tables, keep_errors=False, correct=correct)
    _mark_blank(con, tables)
    if tables[0].is_supplement:
        mark_unknown(staging)
    gauge.rows = _one(con, "SELECT count(*) FROM staging.identity")
    _require_all_rows(con, tables, len(broken))
    if staging.has("joint_unit"):
        staging.materialise("joint_unit")
        staging.ensure_view("unit_meant")
    for name in ("repeated", "chain", "clash"):
        staging.materialise(name)
    _place_rejects(con, tables)
    any_clash = _one(con, "SELECT count(*) FROM staging.clash") > 0
    if any_clash and tables[0].entity.is_keyed_by_id:
        # Narrowed at the file: the masks would else run on every line before the join.
        key = tables[0].entity.id
        clashing = f"tidy_id({key}) IN (SELECT record_id FROM staging.clash)"
        create_input(staging, tables, keep_errors=False, where=clashing, correct=correct)
    staging.materialise("clash_row", empty=not any_clash)
    create_input(staging, tables, keep_errors=False, correct=correct)
    staging.materialise("survivor")
    unsound = "SELECT count(*) FROM staging.identity WHERE reject_reason IS NOT NULL"
    staging.replace_view("sound", None if _one(con, unsound) else "FROM staging.clean")
    for name in ("kept", "stored", "reject", *(["text"] if tables[0].entity.texts else [])):
        staging.ensure_view(name)
    used = correct_use(staging) if correct else AppliedCorrection()
    return replace(_count(con, tables, len(broken)), corrections=used)


def _require_the_file(con: duckdb.DuckDBPyConnection, tables: list[InputTable]) -> None:
    """Raise HotlineError where the engine would read other files than the one that was opened."""
    for table in tables:
        found = con.execute("SELECT file FROM glob($1)", [exact_path(table.path)]).fetchall()
        if found != [(str(table.path),)]:
            raise HotlineError(
                f"按这个文件名找到 {len(found)} 个文件,未入库;请改成普通的文件名再入库", NO_DATA
            )


def _require_all_rows(
    con: duckdb.DuckDBPyConnection, tables: list[InputTable], broken: int
) -> None:
    """Raise HotlineError where other rows were read than those of the file, counted apart.

    A row of a text file takes at least a line; how many it takes only its reader can tell.
    """
    counted = "SELECT part_no, count(*) FROM staging.identity GROUP BY 1"
    read = dict(con.execute(counted).fetchall())
    for number, table in enumerate(tables):
        rows = read.get(number, 0)
        held = table.count_rows()
        if table.format == "csv" and rows + broken > held:
            held = count_line_ends(table.path) + 1  # a carriage return alone ends a line too
        if rows + broken > held if table.format == "csv" else rows != held:
            raise HotlineError(
                f"行数不守恒:文件有 {held:,} 行,读到 {rows:,} 行;未入库,请报告此问题", NO_DATA
            )


def _with_protection(con: duckdb.DuckDBPyConnection, table: InputTable) -> InputTable:
    places = set(table.mapping.positions.values())
    if table.format == "parquet":
        places = protected_columns(con, table.path, places)
    elif not text_is_protected(table.path, table.delimiter):
        return table
    return replace(table, protected=frozenset(places))


def _pass_narrowly(staging: StagingSession, tables: list[InputTable], correct: bool) -> None:
    """Make staging.identity, and the tables of what the reader could not parse."""
    for name in REJECTS:
        staging.con.execute(f"DROP TABLE IF EXISTS {name}")
    is_text = tables[0].format == "csv"
    create_input(staging, tables, keep_errors=is_text, correct=correct)
    staging.ensure_view("clean")
    staging.materialise("identity")


def _prepare(
    con: duckdb.DuckDBPyConnection, tables: list[InputTable], receipt: str, file: str
) -> None:
    """Create the small tables that describe the file."""
    con.execute(
        "CREATE OR REPLACE TABLE staging.delivery AS SELECT $1 AS receipt, $2 AS file",
        [receipt, file],
    )
    con.execute(
        "CREATE OR REPLACE TABLE staging.part AS"
        " SELECT unnest($1::SMALLINT[]) AS part_no, nullif(unnest($2::VARCHAR[]), '') AS sheet",
        [list(range(len(tables))), [table.sheet for table in tables]],
    )
    con.execute("CREATE OR REPLACE TABLE staging.line (row_no BIGINT, line BIGINT)")
    for name in AGAIN:
        con.execute(f"DROP TABLE IF EXISTS {name}")
    con.execute(
        "CREATE OR REPLACE TABLE staging.parse_error"
        " (line BIGINT, column_name VARCHAR, reason VARCHAR)"
    )


def settle_reading(con: duckdb.DuckDBPyConnection, tables: list[InputTable]) -> None:
    """Define how cells of the file are read; `tables` learn which columns are protected."""
    headings = dict.fromkeys(name for table in tables for name in table.id_headings)
    macros.define_for_file(
        con,
        list(headings),
        zone_of(tables),
        has_numbers=tables[0].format == "parquet" and not tables[0].sheet,
    )
    tables[:] = [_with_protection(con, table) for table in tables]


def _keep_parse_errors(con: duckdb.DuckDBPyConnection, table: InputTable) -> list[int]:
    """Fill staging.parse_error, one row a broken line; return the lines."""
    if table.format == "parquet":
        for line in table.broken:
            con.execute("INSERT INTO staging.parse_error VALUES ($1, NULL, 'not_json')", [line])
        return list(table.broken)
    # One broken line can have several errors; the first one tells.
    found = con.execute(
        "SELECT line_byte_position, arg_min(column_idx, byte_position),"
        " arg_min(error_type::VARCHAR, byte_position)"
        " FROM reject_errors GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    lines = error_lines(table.path, [offset for offset, _, _ in found])
    above = table.lines_above or 0
    names = {place + 1: column for column, place in table.mapping.positions.items()}
    rows: list[tuple[int, str | None, str]] = []
    quoted = [offset for offset, _, reason in found if reason in _QUOTES]
    swallowed = swallowed_lines(table.path, table.delimiter, quoted)
    for offset, place, reason in found:
        line = lines[offset] + above
        rows.append((line, names.get(place), reason.lower().replace(" ", "_")))
        # What an unpaired quote swallows is no cell: its lines were rows, and are lost one by one.
        lost = swallowed.get(offset, 0)
        rows += [(number, None, "swallowed") for number in range(line + 1, line + 1 + lost)]
    con.execute(
        "INSERT INTO staging.parse_error"
        " SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])",
        [list(column) for column in zip(*rows, strict=True)] or [[], [], []],
    )
    return [line for line, _, _ in rows]


def _mark_blank(con: duckdb.DuckDBPyConnection, tables: list[InputTable]) -> None:
    """Mark the rows of which no cell is filled.

    The narrow pass can only suspect them; where it does, the wide rows are asked, in the same
    order.
    """
    suspected = con.execute(
        f"SELECT rowid FROM staging.identity WHERE {_MAYBE_BLANK} ORDER BY rowid"
    ).fetchall()
    if not suspected:
        return
    con.execute("SET preserve_insertion_order = true")
    filled = con.execute(
        f"SELECT part_no, filled_count FROM staging.clean WHERE {_MAYBE_BLANK}"
    ).fetchall()
    con.execute("SET preserve_insertion_order = false")
    blank = [
        row
        for (row,), (part, count) in zip(suspected, filled, strict=True)
        if count <= tables[part].constant_count
    ]
    con.execute(
        "UPDATE staging.identity SET reject_reason = 'row_blank'"
        " WHERE rowid IN (SELECT unnest($1::BIGINT[]))",
        [blank],
    )


def _place_rejects(con: duckdb.DuckDBPyConnection, tables: list[InputTable]) -> None:
    """Fill staging.line: where in the file the rejected rows stand."""
    rows = con.execute(
        "SELECT part_no, rowid FROM staging.identity"
        " WHERE reject_reason NOT IN ('header_repeated', 'row_blank') ORDER BY rowid"
    ).fetchall()
    place_rows(con, tables, rows)


def _count(con: duckdb.DuckDBPyConnection, tables: list[InputTable], broken: int) -> Staged:
    reasons = dict(
        con.execute(
            "SELECT reason, count(*) FROM staging.reject GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    )
    months = con.execute(
        "SELECT DISTINCT year(received_at)::INTEGER, month(received_at)::INTEGER"
        " FROM staging.identity WHERE reject_reason IS NULL ORDER BY ALL"
    ).fetchall()
    skipped = dict(
        con.execute(
            "SELECT reject_reason, count(*) FROM staging.identity"
            " WHERE reject_reason IN ('header_repeated', 'row_blank') GROUP BY 1 ORDER BY 1"
        ).fetchall()
    )
    rows = _one(con, "SELECT count(*) FROM staging.identity") - sum(skipped.values()) + broken
    return Staged(
        rows_read=rows,
        rows_duplicate=_one(con, "SELECT count(*) FROM staging.clash_row")
        - _one(con, "SELECT count(*) FROM staging.survivor"),
        rows_rejected=sum(reasons.values()),
        reject_reasons=reasons,
        months=[(year, month) for year, month in months],
        skipped=skipped,
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0
