"""The order of day, month and year in a column of times: proven by its cells, never guessed.

A date that begins with a year of four digits needs no order. For the others the whole column is
looked at once: 01/25/2024 can only be month, day, year, and proves the order of 01/08/2024 too.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.staging import macros
from pipeline.ingest.staging.date_column import BITS, NAMES, DateColumn, DateGroup
from pipeline.ingest.staging.session import StagingSession

# What a rejected time looks like if its order is not known.
_SHAPE = r"^(?:[9A]{1,9}[-/., ]{1,2}){2}9|^99年"
_CELLS = """
WITH cell AS (
    SELECT
        row_number() OVER () AS row_no,
        {key} AS row_key,
        [{cells}] AS cells
    FROM staging.input
),

filled AS (
    SELECT c.row_no, unnest(c.cells, recursive := true)
    FROM cell AS c
    WHERE is_heading(c.row_key) IS NOT TRUE
),

-- Few different days stand in a column: the pattern is asked once for each.
started AS (
    SELECT
        f.name,
        left(f.x, 10) AS start,
        length(f.x) AS width,
        count(*) AS cells,
        min(f.row_no) AS first_row,
        arg_min(f.x, f.row_no) AS example
    FROM filled AS f
    WHERE f.x <> ''
    GROUP BY ALL
),

judged AS (
    SELECT
        s.*,
        regexp_matches(s.example, '^[0-9]{{4}}[-/.年][0-9]|^[0-9]{{8}}') AS is_year_first,
        CASE WHEN NOT is_year_first THEN date_orders(s.example) END AS bits,
        regexp_replace(
            regexp_replace(s.example, '[0-9]+', '9', 'g'), '[A-Za-z]+', 'A', 'g'
        ) AS shape
    FROM started AS s
)

SELECT
    j.name,
    j.bits,
    CASE WHEN j.bits > 0 THEN j.shape END AS shape,
    sum(j.cells)::BIGINT AS cells,
    sum(j.cells) FILTER (WHERE j.is_year_first)::BIGINT AS year_first,
    bool_or(j.is_year_first AND regexp_matches(j.example, '^.{{8}}(1[3-9]|2|3)')) AS any_late_day,
    min(j.first_row) AS first_row,
    arg_min(j.example, j.first_row) AS example
FROM judged AS j
GROUP BY ALL
ORDER BY j.name, cells DESC, first_row
"""


def find_orders(session: StagingSession, *, after_rejects: bool = False) -> bool:
    """Set the date orders of the session's tables that may need one; return whether any was set.

    Before the first pass only tables are looked at in which a sample found such times; after it
    those with rejected times of such a shape. Raises HotlineError NO_DATA, with two rows, for a
    column that proves two orders, and for one that proves none.
    """
    tables = session.tables
    if after_rejects:
        if all(table.time_forms for table in tables) or not _any_rejected(session):
            return False
        wanted = [not table.time_forms for table in tables]
    else:
        wanted = [table.has_odd_times for table in tables]
    if not any(wanted) or tables[0].is_supplement:
        return False
    macros.define_dates(session.con)
    found: dict[int, dict[str, DateColumn]] = {}
    for number, (table, is_wanted) in enumerate(zip(tables, wanted, strict=True)):
        if is_wanted:
            found[number] = _columns(session, table)
    proven = [
        (column.heading, column)
        for columns in found.values()
        for column in columns.values()
        if column.order
    ]
    for number, columns in found.items():
        settled = {name: _settled(column, proven) for name, column in columns.items()}
        session.date_columns += [one for one in settled.values() if one.groups]
        tables[number] = replace(
            tables[number],
            time_forms={
                name: (one.order, one.forms)
                for name, one in settled.items()
                if one.order or not one.ordered
            },
        )
    session.input()
    return any(table.time_forms for table in tables)


def _any_rejected(session: StagingSession) -> bool:
    columns = session.con.execute("SELECT column_name FROM (DESCRIBE staging.identity)").fetchall()
    if ("reject_value",) not in columns:
        return False
    return bool(
        session.con.execute(
            "SELECT count(*) FROM staging.identity WHERE reject_column LIKE '%\\_at' ESCAPE '\\'"
            f" AND regexp_matches(reject_value, '{_SHAPE}')"
        ).fetchall()[0][0]
    )


def _columns(session: StagingSession, table: InputTable) -> dict[str, DateColumn]:
    """Return the columns of a table that hold dates not beginning with their year."""
    names = [name for name in table.mapping.positions if name.endswith("_at")]
    if not names:
        return {}
    session.input(tables=[table])
    cells = ", ".join(f"{{'name': '{name}', 'x': tidy({name})}}" for name in names)
    # Rows are named by their number: they must come in the order of the file.
    session.con.execute("SET preserve_insertion_order = true")
    rows = session.con.execute(_CELLS.format(cells=cells, key=table.entity.id)).fetchall()
    session.con.execute("SET preserve_insertion_order = false")
    groups: dict[str, list[DateGroup]] = {}
    for name, bits, shape, count, year_first, late, row, example in rows:
        group = DateGroup(bits, shape or "", count, year_first or 0, bool(late), row, example)
        groups.setdefault(name, []).append(group)
    found = {}
    for name, own in groups.items():
        if not any(group.bits for group in own):
            continue
        heading = table.mapping.headings[table.mapping.positions[name]].strip()
        column = DateColumn(heading, tuple(own))
        found[name] = _proven(column, table.mapping.source.date_order)
    return found


def _proven(column: DateColumn, given: str) -> DateColumn:
    """Return the column with the order that its source tells or its cells prove."""
    if not column.ordered:
        return column
    if given:
        against = [group for group in column.ordered if not (group.bits or 0) & BITS[given]]
        certain = [group for group in column.ordered if group.bits == BITS[given]]
        if against and not certain:
            first = min(against, key=lambda group: group.row)
            raise HotlineError(
                f'来源文件写着 date_order = "{given}"({NAMES[given]}),而“{column.heading}”里的日期'
                f"不是这样写的(例如数据第 {first.row:,} 行 {first.example});请核对 date_order",
                NO_DATA,
            )
        return replace(column, order=given, proof="source")
    for order, bit in BITS.items():
        if column.allowed == bit:
            return replace(column, order=order, proof="column")
    return column


def _settled(column: DateColumn, proven: Sequence[tuple[str, DateColumn]]) -> DateColumn:
    """Return the column with an order, from a column of the same file written alike if need be.

    Raises HotlineError NO_DATA if it proves two orders, or none.
    """
    if column.order or not column.ordered:
        return column
    if not column.allowed:
        if column.is_refused:
            raise HotlineError(_contradiction(column), NO_DATA)
        return column
    shapes = {_day_shape(group.shape) for group in column.ordered}
    alike = {
        other.order: heading
        for heading, other in proven
        if shapes & {_day_shape(group.shape) for group in other.ordered}
    }
    if len(alike) == 1:
        ((order, heading),) = alike.items()
        if column.allowed & BITS[order]:
            return replace(column, order=order, proof=heading)
    if not column.is_refused:
        return column
    possible = [order for order, bit in BITS.items() if column.allowed & bit]
    choices = "、".join(f'"{order}"({NAMES[order]})' for order in possible)
    raise HotlineError(
        f"“{column.heading}”里的日期看不出年月日的次序(没有大于 12 的日,例如"
        f"{column.example(7)}),不作猜测;请在来源文件里写明 date_order = {choices} 之一",
        NO_DATA,
    )


def _contradiction(column: DateColumn) -> str:
    """Return the message for a column that proves two orders, with a row for each."""
    sets = sorted(
        {group.bits or 0 for group in column.ordered}, key=lambda bits: (bits.bit_count(), bits)
    )
    one, other = next(
        (one, other) for one in sets for other in sets if not one & other or other == sets[-1]
    )
    first, second = (
        f"{column.example(bits)} 只能是{'或'.join(NAMES[o] for o, b in BITS.items() if bits & b)}"
        for bits in (one, other)
    )
    return (
        f"“{column.heading}”里有两种次序的日期:{first},{second};分不清其余的日期是哪一种,"
        "请让发送方统一写法后重发,或在来源文件里用 date_order 写明(不合的行会退回)"
    )


def _day_shape(shape: str) -> str:
    """Return the shape of the day: its signs, without the time after it."""
    return (re.match(r"(?:[9A]+[^9A:]{1,2}){2}9", shape) or [shape])[0]
