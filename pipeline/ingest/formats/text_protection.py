"""Signs that a program writes around a cell so that a spreadsheet keeps it as text.

="HX01", =T("HX01"), 'HX01, `HX01 and a tab before digits all mean HX01. They are taken off where
the file is read, in every column, before anything is made of a cell.
"""

import csv
import io
import mmap
import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline.db import literal, parquet_scan
from pipeline.ingest.formats.encoding import read_text_head

# What a protected cell can begin with; the wide signs are what a text program makes of a quote.
_SIGNS = "\t\"'=`‘’＇＝"
# What may stand before a sign.
_BLANKS = "\t \u00a0\u3000\u200b\ufeff"
# A formula that is nothing but a text or a number, its quotes once or twice, straight or curly, the
# last ones lost, and once more as text ('="HX01").
_FORMULA = (
    r"""['`‘’＇]?[=＝]\s*(?:["“”＂]+([^"“”＂]*(?:""[^"]+)*)["“”＂]*(?:\s*&\s*["“”＂]+)?"""
    r"""|[Tt](?:[Ee][Xx][Tt])?\(\s*"+([^"]*)"+(?:\s*,\s*"+[^"]*"+)?\s*\)|([0-9]+))"""
)
# A quote that is not closed before the end: what begins with a quoted word is left as it is.
_QUOTED = (
    r"""'{1,2}([^']*)'?|`([^`]*)`?|[‘’]([^‘’]*)’?"""
    r"""|＇([^＇]*)＇?|"([^"]*)"|\t(.*)"""
)
_PATTERN = rf"(?s)^[{_BLANKS}]*(?:{_FORMULA}|{_QUOTED})[\t ]*$"
_GROUPS = "".join(rf"\{group}" for group in range(1, 10))
_PYTHON = re.compile(_PATTERN)
# So many apostrophes inside cells are looked at before all cells are.
_MOST_LOOKED_AT = 100_000

_FIRST = _SIGNS + _BLANKS[1:]
CODES = ", ".join(str(ord(sign)) for sign in _FIRST)
# The body of the macro unprotected(x): most cells are told by their first character.
MACRO = f"""
    CASE WHEN unicode(x) IN ({CODES}) OR ends_with(x, chr(9))
        THEN nullif(regexp_replace(trim(x, ' ' || chr(9)), {literal(_PATTERN)},
            '{_GROUPS}'), '')
        ELSE x
    END"""


def unprotected(text: str) -> str:
    """Return a cell without the signs; the macro of the same name does it in SQL."""
    if not _is_protected(text):
        return text
    return _PYTHON.sub(
        lambda found: "".join(part or "" for part in found.groups()), text.strip("\t ")
    )


def _is_protected(text: str) -> bool:
    return text.lstrip(_BLANKS[1:])[:1] in tuple(_SIGNS) or text.endswith("\t")


def text_is_protected(path: Path, delimiter: str) -> bool:
    """Return whether a UTF-8 text file may hold protected cells.

    The two usual signs are looked for in all of it, the others in its first MiB: a program writes
    them before every cell of a column.
    """
    rows = csv.reader(io.StringIO(read_text_head(path), newline=""), delimiter=delimiter)
    try:
        if any(_is_protected(cell) for row in rows for cell in row):
            return True
    except csv.Error:
        return True
    before = (delimiter.encode(), b'"', b"\n", b"\t", b" ")
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return any(_begins_a_cell(text, sign, before) for sign in (b"=", b"'"))


def _begins_a_cell(text: mmap.mmap, sign: bytes, before: tuple[bytes, ...]) -> bool:
    here = text.find(sign)
    for _ in range(_MOST_LOOKED_AT):
        if here < 0:
            return False
        if here == 0 or text[here - 1 : here] in before:
            return True
        here = text.find(sign, here + 1)
    return True


def protected_columns(con: duckdb.DuckDBPyConnection, path: Path, wanted: set[int]) -> set[int]:
    """Return the columns among `wanted` of a Parquet file that hold protected cells.

    What the file tells of its smallest and largest values clears most columns without a look.
    """
    names = pq.read_schema(path).names
    asked = [place for place in _unclear(path) if place in wanted]
    if not asked:
        return set()
    tests = ", ".join(
        f'bool_or(unicode("{names[place].replace(chr(34), chr(34) * 2)}") IN ({CODES}))'
        for place in asked
    )
    found = con.execute(f"SELECT {tests} FROM {parquet_scan(path)}").fetchall()[0]
    return {place for place, is_found in zip(asked, found, strict=True) if is_found}


def _unclear(path: Path) -> list[int]:
    """Return the text columns in which, by their statistics, a cell may begin with a sign."""
    data = pq.ParquetFile(path).metadata
    places = {data.schema.column(number).path: number for number in range(data.num_columns)}
    unclear = []
    for place, name in enumerate(data.schema.to_arrow_schema().names):
        number = places.get(name)
        if number is None or data.schema.column(number).physical_type != "BYTE_ARRAY":
            continue
        groups = (data.row_group(group).column(number) for group in range(data.num_row_groups))
        if any(_may_hold_sign(group.statistics) for group in groups):
            unclear.append(place)
    return unclear


def _may_hold_sign(statistics: pq.Statistics | None) -> bool:
    if statistics is None or not statistics.has_min_max:
        return statistics is None or statistics.null_count != statistics.num_values
    low, high = statistics.min, statistics.max
    if not isinstance(low, str) or not isinstance(high, str):
        return True
    return any(low[:1] <= sign <= high[:1] for sign in _FIRST)
