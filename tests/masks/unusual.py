"""Read the planted texts in unusual writing, and count by kind what the masks of staging find."""

import re
from pathlib import Path

import duckdb

from pipeline.ingest.staging import macros

FILE = Path(__file__).with_name("unusual.txt")
Planted = tuple[str, str, tuple[str, ...]]


def planted(path: Path = FILE) -> list[Planted]:
    """Return kind, text and what must vanish (of kind harmless: what must stay)."""
    found: list[Planted] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            plain = re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), line)
            kind, text, secrets = plain.replace("\\n", "\n").split("| ")
            found.append((kind, text, tuple(secrets.split(" & "))))
    return found


def masked(con: duckdb.DuckDBPyConnection, texts: list[str]) -> list[tuple[str, str]]:
    """Return each text as staging masks it in a title and in a content."""
    return con.execute(
        "SELECT CASE WHEN has_personal(x) THEN mask_text(x, NULL, NULL) ELSE x END,"
        " CASE WHEN has_rest(x) THEN mask_text(x, NULL, NULL) ELSE mask_number(x) END"
        " FROM (SELECT unnest($1::VARCHAR[]) AS x, unnest(range(len($1))) AS place) ORDER BY place",
        [texts],
    ).fetchall()


def count(con: duckdb.DuckDBPyConnection, items: list[Planted]) -> dict[str, list[int]]:
    """Return kind -> planted, found in titles, found in contents."""
    table: dict[str, list[int]] = {}
    outcome = masked(con, [text for _, text, _ in items])
    for (kind, _, secrets), both in zip(items, outcome, strict=True):
        counts = table.setdefault(kind, [0, 0, 0])
        counts[0] += 1
        for place, text in enumerate(both, start=1):
            stays = [secret in text for secret in secrets]
            counts[place] += all(stays) if kind == "harmless" else not any(stays)
    return table


def connect_with_masks() -> duckdb.DuckDBPyConnection:
    """Return a connection with the macros of staging."""
    con = duckdb.connect()
    macros.define(con)
    return con
