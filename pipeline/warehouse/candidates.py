"""Rows that may repeat each other, found by narrow keys before a table of repeats is computed.

A table of repeats looks for rows that agree in several columns, and few do. Grouping all rows by
those columns costs most of its time and memory. The build sorts one 64-bit key a row instead, and
runs the file's SELECT on the rows alone whose key comes often enough.

The keys only propose: rows that agree have the same key, so that no group is cut, and a row whose
key is another one's by chance is sorted out by the SELECT, which compares the columns themselves.
What it returns is what it would return on all rows.
"""

import re

import duckdb
import numpy as np

from pipeline.db import registered
from pipeline.warehouse.graph import SqlFile

_KEYS, _ROWS = "candidate_key", "candidate_row"


def narrow(con: duckdb.DuckDBPyConnection, file: SqlFile) -> str:
    """Return the file's SELECT, made to read its candidates where its header names some."""
    asked = file.candidates
    if asked is None:
        return file.text
    least = con.execute(
        "SELECT min(least_count) FROM ref.repeat_rule WHERE rule = ?", [asked.rule]
    ).fetchall()[0][0]
    key = key_of(asked.alike)
    keys = con.execute(f"SELECT {key} AS k FROM {asked.rows} WHERE {asked.known}").fetchnumpy()["k"]
    with registered(con, "found", {"k": repeated(keys, int(least or 1))}):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {_KEYS} AS FROM found")
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW {_ROWS} AS
            SELECT * FROM {asked.rows} WHERE {key} IN (SELECT k FROM {_KEYS})"""
    )
    return re.sub(rf"\b{re.escape(asked.rows)}\b", f"temp.{_ROWS}", file.text)


def key_of(alike: str) -> str:
    """Return the expression of the key of a row: 64 bits of what must be alike."""
    return f"hash({alike})"


def repeated(keys: np.ndarray, least: int) -> np.ndarray:
    """Return the keys that come at least so many times, each once; sorts `keys` in place."""
    keys.sort()
    ends = keys[least - 1 :]
    return np.unique(ends[ends == keys[: len(ends)]])
