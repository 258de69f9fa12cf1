"""Text protection: signs written around a cell so that a spreadsheet keeps it as text.

="HX01", =T("HX01"), 'HX01, `HX01 and a tab before digits all mean HX01. The signs are removed in
every column when the file is read.
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

# First characters of protected cells; word processors turn quotes into the full-width ones.
_SIGNS = "\t\"'=`‘’＇＝"
# Characters that may precede a sign.
_BLANKS = "\t \u00a0\u3000\u200b\ufeff"
# A formula of one text or number: quotes single or doubled, straight or curly, the last ones may be
# missing; also with an apostrophe before it ('="HX01").
_FORMULA = (
    r"""['`‘’＇]?[=＝]\s*(?:["“”＂]+([^"“”＂]*(?:""[^"]+)*)["“”＂]*(?:\s*&\s*["“”＂]+)?"""
    r"""|[Tt](?:[Ee][Xx][Tt])?\(\s*"+([^"]*)"+(?:\s*,\s*"+[^"]*"+)?\s*\)|([0-9]+))"""
)
# A quote not closed before the end: a text that only begins with a quoted word is not protected.
_QUOTED = (
    r"""'{1,2}([^']*)'?|`([^`]*)`?|[‘’]([^‘’]*)’?"""
    r"""|＇([^＇]*)＇?|"([^"]*)"|\t(.*)"""
)
_PATTERN = rf"(?s)^[{_BLANKS}]*(?:{_FORMULA}|{_QUOTED})[\t ]*$"
_GROUPS = "".join(rf"\{group}" for group in range(1, 10))
_PYTHON = re.compile(_PATTERN)
# After this many apostrophes inside cells, all cells are checked.
_MOST_LOOKED_AT = 100_000

_FIRST = _SIGNS + _BLANKS[1:]
CODES = ", ".join(str(ord(sign)) for sign in _FIRST)
# The body of the macro unprotected(x): the first character decides for most cells.
MACRO = f"""
    CASE WHEN unicode(x) IN ({CODES}) OR ends_with(x, chr(9))
        THEN nullif(regexp_replace(trim(x, ' ' || chr(9)), {literal(_PATTERN)},
            '{_GROUPS}'), '')
        ELSE x
    END"""


def unprotected(text: str) -> str:
    """Return a cell without the signs, like the SQL macro of the same name."""
    if not _is_protected(text):
        return text
    return _PYTHON.sub(
        lambda found: "".join(part or "" for part in found.groups()), text.strip("\t ")
    )


def _is_protected(text: str) -> bool:
    return text.lstrip(_BLANKS[1:])[:1] in tuple(_SIGNS) or text.endswith("\t")


def text_is_protected(path: Path, delimiter: str) -> bool:
    """Return whether a UTF-8 text file may have protected cells.

    The two usual signs are searched in the whole file, the others in its first MiB: programs write
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
    """Return the columns among `wanted` of a Parquet file that have protected cells.

    The file's minimum and maximum values exclude most columns without reading them.
    """
    names = pq.read_schema(path).names
    unclear = [place for place in _possible(path) if place in wanted]
    if not unclear:
        return set()
    tests = ", ".join(
        f'bool_or(unicode("{names[place].replace(chr(34), chr(34) * 2)}") IN ({CODES}))'
        for place in unclear
    )
    found = con.execute(f"SELECT {tests} FROM {parquet_scan(path)}").fetchall()[0]
    return {place for place, is_found in zip(unclear, found, strict=True) if is_found}


def _possible(path: Path) -> list[int]:
    """Return the text columns whose statistics allow a cell that begins with a sign."""
    data = pq.ParquetFile(path).metadata
    places = {data.schema.column(number).path: number for number in range(data.num_columns)}
    possible = []
    for place, name in enumerate(data.schema.to_arrow_schema().names):
        number = places.get(name)
        if number is None or data.schema.column(number).physical_type != "BYTE_ARRAY":
            continue
        groups = (data.row_group(group).column(number) for group in range(data.num_row_groups))
        if any(_may_hold_sign(group.statistics) for group in groups):
            possible.append(place)
    return possible


def _may_hold_sign(statistics: pq.Statistics | None) -> bool:
    if statistics is None or not statistics.has_min_max:
        return statistics is None or statistics.null_count != statistics.num_values
    low, high = statistics.min, statistics.max
    if not isinstance(low, str) or not isinstance(high, str):
        return True
    return any(low[:1] <= sign <= high[:1] for sign in _FIRST)
