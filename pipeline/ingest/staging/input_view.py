"""The SELECT of staging.input: the canonical columns, all text, read from the files."""

import re
from dataclasses import replace

from pipeline.db import csv_scan, literal, parquet_scan
from pipeline.entity import Entity
from pipeline.ingest.columns.input_table import REPEATED_HEADER, InputTable

# Where DuckDB stores the errors of the first scan of a file, and those of the later ones, which
# report each error again.
ERROR_TABLES = ("reject_errors", "reject_scans")
IGNORED_ERROR_TABLES = ("reject_errors_again", "reject_scans_again")
# Occurs in no file. If an empty cell is no null to DuckDB, an extra empty cell is an error.
_NO_NULL = "\ue000\ue001"
# Reads nothing that is a time: a list of formats may not be empty.
_NO_FORM = ("%Y-%m-%d %H:%M:%S",)


def input_select(tables: list[InputTable], *, errors: bool, where: str) -> str:
    """Return the SELECT over all tables of a file.

    With `errors` its scans fill ERROR_TABLES, else IGNORED_ERROR_TABLES. `where` filters the rows
    before anything is computed from them.
    """
    selects = [
        f"FROM (SELECT {', '.join(_columns(table, number))}"
        f" FROM {_scan(table, errors=errors)}) WHERE {where}"
        for number, table in enumerate(tables)
    ]
    if tables[0].is_supplement:
        # A supplement has no time of receipt of its own: that of the loaded record holds.
        selects = [_with_known_times(select, tables[0].entity) for select in selects]
    return " UNION ALL ".join(selects)


def _with_known_times(select: str, entity: Entity) -> str:
    times = ", ".join(
        f"{'k.received_at' if name == 'received_at' else 'NULL::VARCHAR'} AS {name}"
        for name in entity.times
    )
    return (
        f"SELECT i.* REPLACE ({times}) FROM ({select}) AS i"
        f" LEFT JOIN staging.known AS k ON tidy_id(i.{entity.id}) = k.record_id"
    )


def _columns(table: InputTable, number: int) -> list[str]:
    return [
        *(
            f"{_made_id(table, number) if is_made else _expression(table, column)} AS {column}"
            for column in table.entity.columns
            for is_made in [column == table.entity.id and table.mapping.has_made_ids]
        ),
        f"{number}::SMALLINT AS part_no",
        f"{literal(table.given)} AS given",
        f"{str(table.ids_are_rounded).lower()} AS ids_are_rounded",
    ]


def _scan(table: InputTable, *, errors: bool) -> str:
    if table.format == "parquet" and (table.is_numbered or not table.numbers_rows):
        names = _names(table) + (", row_number" if table.is_numbered else "")
        scan = f"(SELECT * FROM {parquet_scan(table.path)}) AS t({names})"
        if not table.is_numbered:
            return scan
        return f"(FROM {scan} WHERE row_number > {table.above})"
    if table.numbers_rows:
        scan = _scan(replace(table, id_prefix=""), errors=errors)
        return f"(SELECT *, row_number() OVER () AS row_number FROM {scan})"
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(table.mapping.headings)))
    # Every scan stores its errors: with ignore_errors DuckDB ends at the first unpaired quote.
    rejects_table, rejects_scan = ERROR_TABLES if errors else IGNORED_ERROR_TABLES
    header = "true" if table.lines_above is None else "false"
    return csv_scan(
        table.path,
        f"columns = {{{names}}}, header = {header},"
        # Unpacked already: a name that ends in .gz means nothing.
        " compression = 'none', auto_detect = false,"
        f" delim = {literal(table.delimiter)}, quote = '\"', escape = '\"',"
        f"{f' nullstr = {literal(_NO_NULL)},' if table.is_longer_refused else ''}"
        " store_rejects = true, rejects_limit = 0,"
        f" rejects_table = '{rejects_table}', rejects_scan = '{rejects_scan}'",
    )


def _names(table: InputTable) -> str:
    return ", ".join(f"c{place}" for place in range(len(table.mapping.headings)))


def _made_id(table: InputTable, number: int) -> str:
    """Return the id of a row without one: of the file and the row, or of the cells named for it.

    A digest of cells is keyed: they may be persons' numbers. The row of a repeated header gets its
    word, a blank row null.
    """
    mapping = table.mapping
    if mapping.id_places:
        times = {place for name, place in mapping.positions.items() if name.endswith("_at")}
        cells = [_cell(table, place) for place in mapping.id_places]
        texts = ", ".join(
            f"coalesce(strftime(to_time({cell}), '%Y-%m-%d %H:%M:%S'), tidy({cell}), '')"
            if place in times
            else f"coalesce(tidy({cell}), '')"
            for place, cell in zip(mapping.id_places, cells, strict=True)
        )
        made = (
            "left(sha256((SELECT z.caller_key FROM staging.secret AS z)"
            f" || concat_ws(chr(31), {texts})), 20)"
        )
    else:
        cells = [_cell(table, place) for place in mapping.positions.values()]
        begin = f"{table.id_prefix}-{number + 1}-" if number else f"{table.id_prefix}-"
        made = f"{literal(begin)} || row_number"
    tests = " AND ".join(
        f"trim(coalesce({_cell(table, place)}, '')) = {literal(mapping.headings[place].strip())}"
        for place in sorted(mapping.positions.values())[:2]
    )
    return (
        f"CASE WHEN {tests or 'false'} THEN {literal(REPEATED_HEADER)}"
        f" WHEN concat({', '.join(cells)}) = '' THEN NULL ELSE {made} END"
    )


def _expression(table: InputTable, column: str) -> str:
    mapping, source = table.mapping, table.mapping.source
    if column in source.constants and not table.is_supplement:
        return literal(source.constants[column])
    if column not in mapping.positions:
        named = table.district if column == "place_district" else None
        return "NULL::VARCHAR" if named is None else literal(named)
    cell = _cell(table, mapping.positions[column])
    if column in table.time_forms:
        order, forms = table.time_forms[column]
        cell = f"from_{order or 'dmy'}({cell}, {list(forms or _NO_FORM)})"
    if column == "category_path" and table.category_separator != "->":
        sign = literal(rf"\s*{re.escape(table.category_separator.strip())}\s*")
        cell = f"regexp_replace({cell}, {sign}, '->', 'g')"
    if column == table.entity.id and table.header_cells:
        repeated = " OR ".join(_equals(table, cells) for cells in table.header_cells)
        cell = f"CASE WHEN {repeated} THEN {literal(REPEATED_HEADER)} ELSE {cell} END"
    values = source.values.get(column)
    if not values:
        return cell
    whens = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in values.items())
    return f"CASE {cell} {whens} ELSE {cell} END"


def _cell(table: InputTable, place: int) -> str:
    """Return the expression of a cell: unprotected text, null if it is empty."""
    cell = f"c{place}::VARCHAR"
    if table.is_longer_refused:
        cell = f"nullif({cell}, '')"
    # The macro uses its argument more than once, but tests only the first character of most cells.
    return f"unprotected({cell})" if place in table.protected else cell


def _equals(table: InputTable, cells: tuple[str, ...]) -> str:
    """Return the test whether a row has exactly these cells."""
    width = len(table.mapping.headings)
    wanted = (*cells, *[""] * width)[:width]
    tests = [
        f"coalesce({_cell(table, place)}, '') = {literal(cell)}"
        for place, cell in enumerate(wanted)
    ]
    return f"({' AND '.join(tests)})"
