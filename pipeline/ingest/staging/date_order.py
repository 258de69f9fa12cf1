"""The order of day, month and year in a column of times: proven by its cells, never guessed.

A date that begins with a year of four digits needs no order. For the others the whole column is
looked at once: 01/25/2024 can only be month, day, year, and proves the order of 01/08/2024 too.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.errors import NO_DATA, HotlineError
from pipeline.ingest.columns.input_table import InputTable
from pipeline.ingest.staging.session import StagingSession
from pipeline.ingest.staging.time_formats import strptime_form

# Bits of date_orders(x) in macros.py.
BITS = {"mdy": 1, "dmy": 2, "ymd": 4}
_PLAIN = 8
NAMES = {"mdy": "月/日/年", "dmy": "日/月/年", "ymd": "年/月/日"}
# Formats of strptime tried for each cell, those of the most frequent shapes.
_MOST_FORMS = 8
# Cells in unproven orders that are rejected one by one: a slip of the pen is no format. With a
# greater share the file is refused.
_FEW = 0.05
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
        CASE WHEN NOT regexp_matches(s.example, '^[0-9]{{4}}[-/.年][0-9]|^[0-9]{{8}}')
            THEN date_orders(s.example) END AS bits,
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


@dataclass(frozen=True)
class _Group:
    """Cells of one column that allow the same orders and look alike."""

    bits: int | None
    shape: str
    cells: int
    year_first: int
    any_late_day: bool
    row: int
    example: str


@dataclass(frozen=True)
class DateColumn:
    """A column with dates that do not begin with their year.

    `order` is '' if all of them name their month. `proof` says what proves it: column, source, or
    the heading of another column.
    """

    heading: str
    groups: tuple[_Group, ...]
    order: str = ""
    proof: str = ""

    @property
    def ordered(self) -> list[_Group]:
        """The groups whose order of day and month must be known."""
        return [group for group in self.groups if group.bits in range(1, _PLAIN)]

    @property
    def allowed(self) -> int:
        bits = 7
        for group in self.ordered:
            bits &= group.bits or 0
        return bits

    @property
    def is_refused(self) -> bool:
        """Whether the cells of unknown order are too many to be rejected one by one."""
        ordered = sum(group.cells for group in self.ordered)
        return ordered > _FEW * sum(group.cells for group in self.groups)

    @property
    def year_first(self) -> int:
        return sum(group.year_first for group in self.groups)

    @property
    def any_late_day(self) -> bool:
        """Whether a date that begins with its year has a day above 12."""
        return any(group.any_late_day for group in self.groups)

    def example(self, bits: int) -> str:
        """Return the first cell that allows no other orders than these, with its row."""
        found = min(
            (group for group in self.ordered if not (group.bits or 0) & ~bits),
            key=lambda group: group.row,
        )
        return f"数据第 {found.row:,} 行 {found.example}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The formats of strptime of its usual cells."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            if group.bits and (form := strptime_form(group.example, self.order)):
                counts[form] += group.cells
        return tuple(form for form, _ in counts.most_common(_MOST_FORMS))


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
    groups: dict[str, list[_Group]] = {}
    for name, bits, shape, count, year_first, late, row, example in rows:
        group = _Group(bits, shape or "", count, year_first or 0, bool(late), row, example)
        groups.setdefault(name, []).append(group)
    found = {}
    for name, own in groups.items():
        if not any(group.bits for group in own):
            continue
        heading = table.mapping.headings[table.mapping.positions[name]].strip()
        column = DateColumn(heading, tuple(own))
        found[name] = _proven(column, table.mapping.source.date_order)
    return found


def _proven(column: DateColumn, told: str) -> DateColumn:
    """Return the column with the order that its source tells or its cells prove."""
    if not column.ordered:
        return column
    if told:
        against = [group for group in column.ordered if not (group.bits or 0) & BITS[told]]
        certain = [group for group in column.ordered if group.bits == BITS[told]]
        if against and not certain:
            first = min(against, key=lambda group: group.row)
            raise HotlineError(
                f'来源文件写着 date_order = "{told}"({NAMES[told]}),而“{column.heading}”里的日期'
                f"不是这样写的(例如数据第 {first.row:,} 行 {first.example});请核对 date_order",
                NO_DATA,
            )
        return replace(column, order=told, proof="source")
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


def warnings(columns: Sequence[DateColumn]) -> list[str]:
    """Return a line for each such column: its order, the proof, and what may be swapped."""
    lines = []
    for column in columns:
        if column.ordered and not column.order:
            count = sum(group.cells for group in column.ordered)
            lines.append(
                f"“{column.heading}”有 {count:,} 格的日期看不出次序或互相矛盾(例如"
                f"{column.example(7)}),没有读;可在来源文件里用 date_order 写明"
            )
            continue
        if not column.order:
            continue
        proof = {
            "column": "次序由列里大于 12 的日证明",
            "source": "按来源文件的 date_order",
        }.get(column.proof, f"次序按同样写法的“{column.proof}”")
        lines.append(f"“{column.heading}”的日期按{NAMES[column.order]}读:{proof}")
        if column.year_first and column.order != "ymd":
            text = sum(group.cells for group in column.ordered)
            sure = "" if column.any_late_day else ",而且它们的日都不超过 12"
            lines.append(
                f"“{column.heading}”里 {text:,} 格是 {NAMES[column.order]} 的文字,另有"
                f" {column.year_first:,} 格是年在前的日期{sure}:表格软件常把读得通的日期换成真日期,"
                "这时日与月可能已被对调;请与原系统核对几行"
            )
    return lines
