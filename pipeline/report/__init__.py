"""From the warehouse to what a person reads: the report, workbook, CSV files, summary."""

from pathlib import Path

from pipeline.audit import verdicts
from pipeline.console import say
from pipeline.db import open_warehouse, require_year
from pipeline.document import to_json, write
from pipeline.editions import former as former_reports
from pipeline.errors import IO, HotlineError
from pipeline.home import Home
from pipeline.narrative.print_table import use_headings
from pipeline.report.compare import report_changes
from pipeline.report.content import build_document
from pipeline.report.summary import summary
from pipeline.report.yearly_tables import needed_tables, printed_tables

__all__ = ["report", "summary"]


def report(home: Home, year: int, compare: str | None = None) -> Path:
    """Write the report of a year into data/reports/<year>/; return the folder.

    With `compare` (a former build: the start of its fingerprint, `last`, or a path to its
    report.json) it also lists which figures differ from that build's, and why. Raises
    HotlineError NO_DATA where there is no warehouse or the year is not loaded, IO where a table is
    missing or the folder cannot be written, USAGE for a build that is not known.
    """
    judged = verdicts(home, year) if home.database.is_file() else None
    with open_warehouse(home, needed_tables()) as con:
        require_year(con, year)
        use_headings(home)
        tables = printed_tables(con, year)
        document = build_document(con, home, year, tables, judged)
        receipts = former_reports.receipts(con)
    folder = home.reports / str(year)
    former = former_reports.find(home, year, compare, document) if compare is not None else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = to_json(document).encode()
        write(document, folder, beside={"report.json": text})
        former_reports.keep(home, year, document.build, text, receipts)
    except (PermissionError, FileExistsError, NotADirectoryError):
        raise HotlineError(
            f"{home.relative(folder)} 不能写入;请检查它是不是文件夹、有没有写权限,或换 --home",
            IO,
        ) from None
    say(
        f"年度报告:{home.relative(folder)}(report.docx、report.pdf、report.html、tables.xlsx,"
        f"{len(document.tables())} 张表另有同名 CSV)"
    )
    if former is not None:
        report_changes(home, former, document, receipts)
    return folder
