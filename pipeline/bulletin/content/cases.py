"""The typical cases that monthly.m14_case names, in the masked words of their records."""

import re
from collections.abc import Iterable
from dataclasses import replace

import duckdb

from pipeline.db import parquet_scan
from pipeline.home import Home
from pipeline.narrative.print_table import PrintColumn, PrintTable, shown
from pipeline.period import Period
from pipeline.receipts import require_files_whole

TABLE = "m14_case"
# Of a text this much is printed, to the end of a clause where there is one near.
LONGEST, SHORTEST = 90, 50
_STOP = re.compile(r"[。！？；!?;]")


def with_texts(
    con: duckdb.DuckDBPyConnection, home: Home, period: Period, tables: Iterable[PrintTable]
) -> list[PrintTable]:
    """Return the tables with the cases' texts beside them; a case without its text is left out.

    Texts may have been deleted apart from the records; then there is no case to print.
    """
    return [
        _with_texts(con, home, period, table) if table.name == TABLE else table for table in tables
    ]


def _with_texts(
    con: duckdb.DuckDBPyConnection, home: Home, period: Period, table: PrintTable
) -> PrintTable:
    names = [column.name for column in table.columns]
    at = names.index("record_id")
    texts = _texts(con, home, period, [row[at] for row in table.exact])
    rows = [(*row, *texts[row[at]]) for row in table.exact if row[at] in texts]
    columns = [
        *table.columns,
        PrintColumn("title", "标题", "text"),
        PrintColumn("content", "内容", "text"),
    ]
    return shown(replace(table, columns=columns, exact=rows))


def waiting(con: duckdb.DuckDBPyConnection, period: Period) -> list[str]:
    """Return the records that may be cases of the period, and that nobody has released."""
    rows = con.execute(
        """SELECT DISTINCT list_number, record_id FROM metric.case_drawn
           WHERE period_type = ? AND period = ?
           AND record_id NOT IN (SELECT record_id FROM ref.released_case) ORDER BY ALL""",
        [period.period_type, period.period],
    ).fetchall()
    return [record for _, record in rows]


def _texts(
    con: duckdb.DuckDBPyConnection, home: Home, period: Period, records: list[str]
) -> dict[str, tuple[str, str]]:
    """Return record -> title and content: as released, else masked, from the months' files."""
    own = _own_words(con, records)
    records = [record for record in records if record not in own]
    files = [
        path
        for year, month in period.calendar_months()
        for path in sorted((home.texts / f"year={year}" / f"month={month:02d}").glob("*.parquet"))
    ]
    if not files or not records:
        return own
    require_files_whole(home, files)
    rows = con.execute(
        f"""SELECT record_id, title, content FROM {parquet_scan(files)}
            WHERE list_contains($records, record_id) ORDER BY ALL""",
        {"records": records},
    ).fetchall()
    masked = {row[0]: (one_line(row[1]), shortened(one_line(row[2]))) for row in rows if row[2]}
    return {**own, **masked}


def _own_words(con: duckdb.DuckDBPyConnection, records: list[str]) -> dict[str, tuple[str, str]]:
    """Return record -> no title and the words of its release, where that has some."""
    rows = con.execute(
        "SELECT record_id, text FROM ref.released_case WHERE text IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return {record: ("", one_line(text)) for record, text in rows if record in records}


def one_line(text: str | None) -> str:
    """Return a text without line ends and doubled spaces, 〓 for a sign that fonts may lack.

    People write emoji and rare characters; one of them must not keep a bulletin from its readers.
    """
    return " ".join("".join(map(_drawn, text or "")).split())


def _drawn(char: str) -> str:
    try:
        char.encode("gbk")  # what every Chinese font draws
    except UnicodeEncodeError:
        return "〓"
    return char


def shortened(text: str) -> str:
    """Return a text of at most LONGEST signs, cut after a clause; …… marks the cut."""
    if len(text) <= LONGEST:
        return text
    ends = [found.end() for found in _STOP.finditer(text) if SHORTEST <= found.end() <= LONGEST]
    return f"{text[: max(ends, default=LONGEST)].rstrip('；;。')}……"
