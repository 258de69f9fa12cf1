"""Stage one file: find rejects, repeats and months, and count its rows before they are written."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.formats.csv_lines import error_lines, swallowed_lines
from pipeline.ingest.formats.encoding import count_line_ends
from pipeline.ingest.staging import corrections, date_order
from pipeline.ingest.staging.corrections import AppliedCorrection
from pipeline.ingest.staging.input_view import ERROR_TABLES, IGNORED_ERROR_TABLES
from pipeline.ingest.staging.row_numbers import number_rejects
from pipeline.ingest.staging.session import NARROW, StagingSession
from pipeline.ingest.staging.supplement import mark_unknown
from pipeline.ingest.staging.uneven_rows import any_longer, even_rows

# Rows that are no record are marked header_repeated or row_blank. They are not counted as read, so
# that read = loaded + duplicate + rejected.
_MAYBE_BLANK = """
    record_id IS NULL AND received_at IS NULL AND reject_value IS NULL
    AND coalesce(dispatched_text, '') = '' AND coalesce(unit_text, '') = '' AND NOT has_street
"""
# Errors of the reader after which an open quote may have swallowed whole lines.
_QUOTES = ("UNQUOTED VALUE", "UNTERMINATED QUOTES")
_UNKNOWN_UNITS = """
SELECT count(*)
FROM (SELECT DISTINCT d.unit_text FROM staging.identity AS d WHERE d.unit_text IS NOT NULL) AS w
ANTI JOIN staging.unit_alias AS u ON w.unit_text = u.alias
"""
_REPEATS = """
SELECT count(d.record_id) - count(DISTINCT d.record_id)
FROM staging.identity AS d
WHERE d.reject_reason IS NULL
"""
_RECORDS = """
SELECT
    (SELECT count(*) FROM staging.identity AS d WHERE d.reject_reason IS NULL)
    - (SELECT count(*) FROM staging.repeated AS r)
    + (SELECT count(DISTINCT r.record_id) FROM staging.repeated AS r)
"""


@dataclass(frozen=True)
class Staged:
    """The counts of a staged file, before anything is written.

    `skipped`: rows that are no record (repeated headers, blank rows), not among those read.
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


def stage(session: StagingSession, receipt: str, file: str, tmp: Path) -> Staged:
    """Prepare staging.stored, staging.text and staging.reject for the file of the session.

    One narrow pass over the file finds broken rows, rejects and repeats. The wide rows are read
    again only by the COPY statements that write them, and for the few duplicate ids. `receipt` and
    `file` are stored with the rows; working copies go to `tmp`.
    """
    con, tables = session.con, session.tables
    _create_file_tables(session, receipt, file)
    date_order.find_orders(session)
    with session.progress.step(NARROW):
        _read_narrow(session)
        if date_order.find_orders(session, after_rejects=True):
            _read_narrow(session)
        if tables[0].format == "csv":
            if evened := even_rows(session, tables[0], tmp):
                tables[0] = evened
                _read_narrow(session)
            tables[0] = replace(tables[0], may_be_longer=any_longer(con))
    broken = _keep_parse_errors(session, tables[0])
    session.input()
    _mark_blank(session)
    if tables[0].is_supplement:
        mark_unknown(session)
    session.progress.rows = _count(session, "SELECT count(*) FROM staging.identity")
    _require_all_rows(session, len(broken))
    if session.has("joint_unit"):
        session.materialise("joint_unit", empty=not _count(session, _UNKNOWN_UNITS))
        session.ensure_view("unit_meant")
    # Of a large file it takes as long to ask as to find them.
    no_repeats = session.is_small and not _count(session, _REPEATS)
    for name in ("repeated", "chain", "clash"):
        session.materialise(name, empty=no_repeats)
    number_rejects(session)
    any_clash = not no_repeats and _count(session, "SELECT count(*) FROM staging.clash") > 0
    if any_clash and tables[0].entity.is_keyed_by_id:
        # Filtered as read: otherwise the masks would run on every row before the join.
        key = tables[0].entity.id
        session.input(where=f"tidy_id({key}) IN (SELECT record_id FROM staging.clash)")
    session.materialise("clash_row", empty=not any_clash)
    session.input()
    session.materialise("survivor", empty=not any_clash)
    rejected = "SELECT count(*) FROM staging.identity WHERE reject_reason IS NOT NULL"
    session.replace_view("sound", None if _count(session, rejected) else "FROM staging.clean")
    found = ["found"] if session.has("found") else []
    texts = ["text"] if tables[0].entity.texts else []
    for name in ("kept", *found, "stored", "reject", *texts):
        session.ensure_view(name)
    used = corrections.use(session) if session.is_corrected else AppliedCorrection()
    return replace(_counts(session, len(broken)), corrections=used)


def count_records(session: StagingSession) -> int:
    """Return the number of distinct records among the rows to load."""
    return _count(session, _RECORDS)


def count_written(session: StagingSession, written: str) -> dict[str, int]:
    """Return the counts of written.sql by name, over the rows of the query `written`."""
    if not session.has("written"):
        return {}
    session.replace_view("written", written)
    session.replace_view("named")
    return dict(session.con.execute(session.text("written")).fetchall())


def _require_all_rows(session: StagingSession, broken: int) -> None:
    """Raise HotlineError NO_DATA if another number of rows was read than the file holds.

    The file's rows are counted by another reader. A row of a text file takes one line or more.
    """
    counted = "SELECT part_no, count(*) FROM staging.identity GROUP BY 1"
    read = dict(session.con.execute(counted).fetchall())
    for number, table in enumerate(session.tables):
        rows = read.get(number, 0)
        held = table.count_rows()
        if table.format == "csv" and rows + broken > held:
            held = count_line_ends(table.path) + 1  # a carriage return alone ends a line too
        if rows + broken > held if table.format == "csv" else rows != held:
            raise HotlineError(
                f"行数不守恒:文件有 {held:,} 行,读到 {rows:,} 行;未入库,请报告此问题", NO_DATA
            )


def _read_narrow(session: StagingSession) -> None:
    """Create staging.identity, and the tables of the rows that could not be parsed."""
    for name in ERROR_TABLES:
        session.con.execute(f"DROP TABLE IF EXISTS {name}")
    session.input(errors=session.tables[0].format == "csv")
    session.read_clean()
    session.materialise("identity")


def _create_file_tables(session: StagingSession, receipt: str, file: str) -> None:
    """Create the small tables that describe the file."""
    con, tables = session.con, session.tables
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
    for name in IGNORED_ERROR_TABLES:
        con.execute(f"DROP TABLE IF EXISTS {name}")
    con.execute(
        "CREATE OR REPLACE TABLE staging.parse_error"
        " (line BIGINT, column_name VARCHAR, reason VARCHAR)"
    )


def _keep_parse_errors(session: StagingSession, table: InputTable) -> list[int]:
    """Fill staging.parse_error, one row per broken line; return the lines."""
    con = session.con
    if table.format == "parquet":
        for line in table.broken:
            con.execute("INSERT INTO staging.parse_error VALUES ($1, NULL, 'not_json')", [line])
        return list(table.broken)
    # A broken line can have several errors; the first is the cause.
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
        # Lines swallowed by an unpaired quote were rows: each is rejected.
        lost = swallowed.get(offset, 0)
        rows += [(number, None, "swallowed") for number in range(line + 1, line + 1 + lost)]
    con.execute(
        "INSERT INTO staging.parse_error"
        " SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])",
        [list(column) for column in zip(*rows, strict=True)] or [[], [], []],
    )
    return [line for line, _, _ in rows]


def _mark_blank(session: StagingSession) -> None:
    """Mark the rows without a filled cell as row_blank.

    The narrow pass finds candidates; only if there are any are the wide rows read, in the same
    order.
    """
    con = session.con
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
        if count <= session.tables[part].constant_count
    ]
    con.execute(
        "UPDATE staging.identity SET reject_reason = 'row_blank'"
        " WHERE rowid IN (SELECT unnest($1::BIGINT[]))",
        [blank],
    )


def _counts(session: StagingSession, broken: int) -> Staged:
    con = session.con
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
    rows = _count(session, "SELECT count(*) FROM staging.identity") - sum(skipped.values()) + broken
    return Staged(
        rows_read=rows,
        rows_duplicate=_count(session, "SELECT count(*) FROM staging.clash_row")
        - _count(session, "SELECT count(*) FROM staging.survivor"),
        rows_rejected=sum(reasons.values()),
        reject_reasons=reasons,
        months=[(year, month) for year, month in months],
        skipped=skipped,
    )


def _count(session: StagingSession, sql: str) -> int:
    row = session.con.execute(sql).fetchone()
    return int(row[0]) if row else 0
