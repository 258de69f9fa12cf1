"""Warnings about the cells of a staged file: queries over it, and lines for the user."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from pipeline.ingest.columns.open_file import SPARSE_RUN, OpenedFile
from pipeline.ingest.staging import date_column
from pipeline.ingest.staging.session import StagingSession, timezone_of

_MOST_VALUES = 5
_MOST_UNITS = 3
_MOST_COLUMNS = 6
# Equal neighbours expected if the values of a column came in any order; in a sparse column there
# are none.
_EXPECTED_EQUAL = 3
_SPARSE = """
WITH cell AS (
    SELECT row_number() OVER () AS row_no, tidy({column}) AS cell
    FROM staging.input
    WHERE is_heading({key}) IS NOT TRUE
),

filled AS (
    SELECT
        c.row_no,
        c.cell,
        lag(c.cell) OVER (ORDER BY c.row_no) AS former,
        lead(c.row_no) OVER (ORDER BY c.row_no) AS next_row
    FROM cell AS c
    WHERE c.cell IS NOT NULL
),

share AS (
    SELECT f.cell, count(*) AS row_count FROM filled AS f GROUP BY f.cell
)

SELECT
    (SELECT count(*) FROM cell) AS row_count,
    count(*) AS filled_count,
    min(f.row_no) AS first_row,
    count(*) FILTER (WHERE f.cell = f.former) AS equal_count,
    (SELECT count(*) FROM share) AS value_count,
    (SELECT sum(s.row_count * s.row_count) FROM share AS s) AS square_count,
    arg_min(f.row_no, f.row_no) FILTER (WHERE f.next_row > f.row_no + 1) AS gap_row,
    arg_min(f.next_row, f.row_no) FILTER (WHERE f.next_row > f.row_no + 1) AS gap_next
FROM filled AS f
"""


def value_warnings(
    session: StagingSession,
    opened: OpenedFile,
    written: Mapping[str, int],
    *,
    is_loaded: bool = False,
) -> list[str]:
    """Return the warnings about the cells of the session's file.

    `written` are the counts of written.sql. `is_loaded`: the file is being loaded, and will be read
    again when its source has changed.
    """
    unknown = _unknown_values(session, opened, written)
    again = "写明之后运行 hotline build,就会重新读入这个文件"
    return [
        *_sparse_columns(session, opened),
        *date_column.warnings(session.date_columns),
        *_zoned_times(session, opened),
        *_joint_units(session, opened),
        *_disagreements(session, opened),
        *_advice(opened),
        *unknown,
        *([again] if unknown and is_loaded else []),
    ]


@dataclass(frozen=True)
class _Column:
    """One row of _SPARSE."""

    rows: int
    filled: int
    first: int | None
    equal: int
    values: int
    squares: int
    gap_row: int | None
    gap_next: int | None

    @property
    def is_sparse(self) -> bool:
        """Whether it is filled in the first row of each run of rows only."""
        if self.first != 1 or self.filled * SPARSE_RUN > self.rows or self.equal:
            return False
        expected = self.squares * (self.filled - 1) / self.filled**2
        return self.values == self.filled or expected >= _EXPECTED_EQUAL


def _sparse_columns(session: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line for each column that is filled in the first row of runs only.

    So a sheet with merged cells looks once it is saved as text: which rows belong together is lost.
    """
    lines, con, table = [], session.con, opened.tables[0]
    for column in table.sparse:
        con.execute("SET preserve_insertion_order = true")
        row = con.execute(_SPARSE.format(column=column, key=table.entity.id)).fetchall()[0]
        con.execute("SET preserve_insertion_order = false")
        found = _Column(*row)
        if not found.is_sparse:
            continue
        heading = table.mapping.headings[table.mapping.positions[column]]
        last = (found.gap_next or found.rows + 1) - 1
        first = (found.gap_row or 1) + 1
        lines.append(
            f"“{heading}”{found.rows:,} 行里只有 {found.filled:,} 行写着,都像是一段的"
            f"第一行(例如数据第 {first:,} 至 {last:,} 行空着),多半是合并的单元格存成文本后丢了"
            f"其余的 {found.rows - found.filled:,} 行;请索取原来的工作簿,或补全后再入库"
        )
    return lines


def _zoned_times(session: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line for converted times with a zone, and one per column that mixes both kinds."""
    con, zone = session.con, timezone_of(opened.tables)
    names = {
        name
        for (name,) in con.execute("SELECT column_name FROM (DESCRIBE staging.identity)").fetchall()
    }
    if "is_zoned" not in names:
        return []
    (rows,) = con.execute("SELECT count(*) FROM staging.identity WHERE is_zoned").fetchall()[0]
    if not rows:
        return []
    lines = [
        f"{rows:,} 行的时间带有时区,已换算为 {zone} 的时间;若原本就是当地时间,"
        "请在来源文件里把 timezone 写成文件所带的时区"
    ]
    for column in (name for name in opened.entity.columns if name.endswith("_at")):
        zoned, plain = con.execute(
            f"SELECT count(*) FILTER (WHERE is_zoned({column})),"
            f" count(*) FILTER (WHERE NOT is_zoned({column}) AND to_time({column}) IS NOT NULL)"
            " FROM staging.input"
        ).fetchall()[0]
        if zoned and plain:
            lines.append(
                f"“{opened.heading(column)}”有 {zoned:,} 格带时区、{plain:,} 格不带:不带的按"
                f" {zone} 的时间读;请核对两种写法是否出自同一系统"
            )
    return lines


def _joint_units(session: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line for cells with several units of the register: only one of them counts."""
    if not session.has("joint_cell"):
        return []
    if not session.con.execute("SELECT count(*) FROM staging.joint_unit").fetchall()[0][0]:
        return []
    rows = session.con.execute(session.text("joint_cell")).fetchall()
    if not rows:
        return []
    listed = "、".join(f"“{cell}” {count:,} 行" for cell, count in rows[:_MOST_UNITS])
    more = f" 等 {len(rows):,} 种" if len(rows) > _MOST_UNITS else ""
    return [
        f"“{opened.heading('unit')}”一格里写着几个单位的 {sum(count for _, count in rows):,} 行,"
        f"各按写明主办的或第一个单位计一次,其余单位不计:{listed}{more}"
    ]


def _disagreements(session: StagingSession, opened: OpenedFile) -> list[str]:
    """Return a line for duplicate ids whose rows differ: only one row counts."""
    clashes = session.con.execute("SELECT count(*) FROM staging.clash_row").fetchall()[0][0]
    if not opened.entity.is_keyed_by_id or not clashes:
        return []
    cursor = session.con.execute(session.text("disagreement"))
    names = [field[0] for field in cursor.description][1:]
    count, *counts = cursor.fetchall()[0]
    if not count:
        return []
    found = sorted(
        (
            (opened.heading(name), number)
            for name, number in zip(names, counts, strict=True)
            if number
        ),
        key=lambda one: -one[1],
    )
    listed = "、".join(f"{heading} {number:,}" for heading, number in found[:_MOST_COLUMNS])
    more = f" 等 {len(found)} 列" if len(found) > _MOST_COLUMNS else ""
    return [
        f"同一编号写了几行而内容不同的 {count:,} {opened.entity.unit}({listed}{more}),"
        "各按填得最全的一行(同样全的取最先写的)计,其余行算作重复;请核对后改正原文件"
    ]


def _advice(opened: OpenedFile) -> list[str]:
    """Return the entity's advice on columns that the file lacks and figures need."""
    if opened.is_supplement:
        return []
    held = {name for table in opened.tables for name in table.mapping.positions}
    held |= {name for table in opened.tables for name in table.mapping.source.constants}
    return [
        one.say
        for one in opened.entity.advice
        if held.intersection(one.given) and one.missing not in held
    ]


def _unknown_values(
    session: StagingSession, opened: OpenedFile, written: Mapping[str, int]
) -> list[str]:
    """Return a line for each column with values that its short list does not have."""
    if not written.get("unknown_value") or not session.has("unknown_value"):
        return []
    rows = session.con.execute(session.text("unknown_value")).fetchall()
    lines: list[str] = []
    for column, group in groupby(rows, key=lambda row: row[0]):
        found = list(group)
        words = [(value, count) for _, value, count in found if value is not None]
        # Values that may be a person's name or address, or are too rare to belong to the list.
        hidden = sum(count for _, value, count in found if value is None)
        listed = "、".join(f"{value} {count:,} 行" for value, count in words[:_MOST_VALUES])
        more = f" 等 {len(words)} 种" if len(words) > _MOST_VALUES else ""
        rest = f"{',另有 ' if words else ''}{hidden:,} 行写着别的,不列出" if hidden else ""
        taken = "其他" if column == "record_type" else "未知"
        advice = (
            f"请在来源文件的 [values.{column}] 里写明各是哪一种"
            if words
            else "请核对这些行是否错列"
        )
        lines.append(
            f"“{opened.heading(column)}”有认不出的取值,按{taken}计:{listed}{more}{rest};{advice}"
        )
    return lines
