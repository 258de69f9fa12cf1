"""staging.input: the canonical columns, all text, as a view on the file."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.engine import literal
from pipeline.ingest.source import CANONICAL, Mapping


@dataclass(frozen=True)
class Table:
    """A readable table: where it lies, how its cells are parted, and what its columns mean."""

    path: Path
    format: str
    mapping: Mapping
    delimiter: str = ","


def create_input(
    con: duckdb.DuckDBPyConnection, table: Table, *, keep_errors: bool, where: str = "true"
) -> None:
    """Create the view; with `keep_errors` its scans fill reject_errors, else they pass them over.

    Only the first scan keeps errors: each scan would report them once more. `where` narrows the
    rows before anything is computed of them.
    """
    mapping = table.mapping
    columns = [
        f"{_expression(mapping, column)} AS {column}"
        for column in CANONICAL
        if column in mapping.positions or column in mapping.source.constants
    ]
    absent = [
        f"NULL::VARCHAR AS {column}"
        for column in CANONICAL
        if column not in mapping.positions and column not in mapping.source.constants
    ]
    con.execute(
        f"CREATE OR REPLACE VIEW staging.input AS FROM (SELECT {', '.join(columns + absent)}"
        f" FROM {_scan(table, keep_errors=keep_errors)}) WHERE {where}"
    )


def _scan(table: Table, *, keep_errors: bool) -> str:
    if table.format == "parquet":
        return f"(SELECT * FROM read_parquet({literal(table.path)})) AS t({_names(table)})"
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(table.mapping.headings)))
    errors = "store_rejects = true" if keep_errors else "ignore_errors = true"
    return (
        f"read_csv({literal(table.path)}, columns = {{{names}}}, header = true,"
        # Unpacked already: whether it was packed is told by content, never by the name's end.
        " compression = 'none', auto_detect = false,"
        f" delim = {literal(table.delimiter)}, quote = '\"', escape = '\"',"
        f" {errors}{', rejects_limit = 0' if keep_errors else ''})"
    )


def _names(table: Table) -> str:
    return ", ".join(f"c{place}" for place in range(len(table.mapping.headings)))


def _expression(mapping: Mapping, column: str) -> str:
    source = mapping.source
    if column in source.constants:
        return literal(source.constants[column])
    cell = f"c{mapping.positions[column]}::VARCHAR"
    values = source.values.get(column)
    if not values:
        return cell
    whens = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in values.items())
    return f"CASE {cell} {whens} ELSE {cell} END"
