"""The table of docs/performance.md between its two marks: a row a measure, replaced by its name."""

import datetime
import os
from dataclasses import dataclass

from pipeline.home import REPOSITORY

START, END = "<!-- bench -->", "<!-- /bench -->"
_HEAD = ["| work | target | measured | on |", "|---|---|---|---|"]


@dataclass(frozen=True)
class Row:
    """What was done (its name in the table), what is asked, what came out."""

    work: str
    target: str
    measured: str


def write_table(rows: list[Row]) -> None:
    """Replace these rows of the table, or add them at its end; the others stay as they were."""
    path = REPOSITORY / "docs/performance.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    table, _, after = rest.partition(END)
    lines = merge(table.strip().splitlines(), rows, _today())
    path.write_text(before + "\n".join([START, *_HEAD, *lines, END]) + after, encoding="utf-8")
    print("\n".join(f"{row.work}: {row.measured}" for row in rows), flush=True)


def merge(table: list[str], rows: list[Row], today: str) -> list[str]:
    """Return the lines of the table below its head, with these rows as of `today`."""
    old = {line.split("|")[1].strip(): line for line in table[len(_HEAD) :]}
    new = {row.work: f"| {row.work} | {row.target} | {row.measured} | {today} |" for row in rows}
    return list({**old, **new}.values())


def _today() -> str:
    """Return the day, and whether other work takes more than half of a core besides ours."""
    busy = os.getloadavg()[2] > (os.cpu_count() or 1) + 0.5
    return f"{datetime.date.today()}{', busy machine' if busy else ''}"
