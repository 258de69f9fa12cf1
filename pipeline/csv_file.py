"""CSV files for spreadsheets: a text that would be run as a formula gets an apostrophe before it.

Numbers stay numbers, also negative ones written as text. `unguarded` takes the sign away again
where the program reads a file that it wrote.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Some spreadsheets read the full-width signs as the plain ones.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[-+－＋]?[0-9][0-9,]*(\.[0-9]+)?%?|[-+]?\.[0-9]+")
_GUARD = "'"


def csv_text(rows: Iterable[Sequence[object]], *, end: str = "\r\n") -> str:
    """Return the rows as CSV; None is an empty cell."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def guarded(cell: object) -> object:
    """Return the cell; a text that begins like a formula, and is no number, with an apostrophe."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"{_GUARD}{cell}"
    return cell


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given."""
    text = cell.removeprefix(_GUARD)
    return text if text != cell and guarded(text) == cell else cell
