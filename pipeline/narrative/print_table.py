"""What a printed table holds: its rows, with Chinese headings and values rounded for print."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline import numbers
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.narrative import suppress

FOLDER = Path(__file__).parent
PERCENT_PLACES = 4
PLAIN_PLACES = 2
HIDDEN = "*"
# The columns that number a list, the first that a table has.
ORDERED = ("list_number", "rank")


@dataclass(frozen=True)
class PrintColumn:
    """One printed column: its SQL name, its heading and how its values are shown."""

    name: str
    heading: str
    kind: str  # count | percent | change | decimal | text | year

    @property
    def is_figure(self) -> bool:
        """Return whether it describes the row's records: a figure, or a place by a figure."""
        return self.kind in ("count", "percent", "change", "decimal") or self.name.endswith(
            ("rank", "list_number")
        )

    def show(self, value: Any) -> Any:
        """Return `value` rounded for print: half up, on decimals, never on binary floats."""
        if value is None:
            return None
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, date):
            return numbers.day(value)
        if self.kind == "count" and not isinstance(value, int):
            return int(numbers.half_up(Decimal(value), 0))
        if self.kind in ("percent", "change"):
            return _rounded(value, PERCENT_PLACES)
        if self.kind == "decimal":
            return _rounded(value, PLAIN_PLACES)
        return value


def _rounded(value: Any, places: int) -> Decimal:
    rounded = numbers.half_up(Decimal(value), places)
    return rounded if rounded else abs(rounded)  # no -0.00%


@dataclass(frozen=True)
class PrintTable:
    """One table as printed: title, unit, notes, columns and rows.

    `rows` are rounded; `exact` are the same rows as the warehouse holds them. In a row at a place
    in `hidden` both show no figure, only what it is about; beside the place is the most that a
    figure may be, given the totals, by column, where that is known. `left_out` are columns
    that could not be computed, and `absent` what the notes say of them.
    """

    name: str
    title: str
    unit: str
    note: str
    section: str
    columns: list[PrintColumn]
    rows: list[tuple[Any, ...]]
    exact: list[tuple[Any, ...]] = field(default_factory=list)
    hidden: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    absent: str = ""

    def records(self) -> list[dict[str, Any]]:
        """Return the exact rows by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.exact]


@cache
def template() -> dict[str, dict[str, str]]:
    """Return the headings and kinds of printed columns."""
    return tomllib.loads((FOLDER / "headings.toml").read_text(encoding="utf-8"))


def use_headings(home: Home) -> None:
    """Add the headings of the home's data/templates/headings.toml to the repository's."""
    path = home.templates / "headings.toml"
    if path.is_file():
        try:
            own = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise HotlineError(
                f"{home.relative(path)} 有误({error});请改正后再试", USAGE
            ) from error
        for part in ("heading", "kind"):
            template()[part].update(own.get(part, {}))


def column(name: str, kinds: Mapping[str, str] | None = None) -> PrintColumn:
    """Return how the column `name` is printed; USAGE where no template has a heading for it."""
    words = template()
    if name not in words["heading"]:
        raise HotlineError(
            f"列 {name} 没有中文列名;请在 data/templates/headings.toml 的 [heading] 里补上", USAGE
        )
    kind = next((k for end, k in words["kind"].items() if name.endswith(end)), "text")
    kind = (kinds or {}).get(name, kind)
    return PrintColumn(name, words["heading"][name], kind)


def rules(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the rules of reports by name; what is a share also as a percentage, <name>_percent."""
    found = dict(con.execute("SELECT rule, value FROM ref.report_rule").fetchall())
    shares = {
        f"{rule}_percent": f"{(Decimal(value) * 100).normalize():f}%"
        for rule, value in found.items()
        if Decimal(value) < 1
    }
    return {**found, **shares}


def _with_rules(con: duckdb.DuckDBPyConnection, note: str) -> str:
    """Return a note of ref.table with the value of each rule that it names, as `{$rank_min_n}`."""
    for rule, value in rules(con).items():
        note = note.replace(f"{{${rule}}}", value)
    return note


def printed_table(
    con: duckdb.DuckDBPyConnection,
    table: str,
    where: Mapping[str, Any],
    kinds: Mapping[str, str] | None = None,
) -> PrintTable:
    """Return the rows of `table` (schema.name) whose columns hold the values, small counts hidden.

    Order of rows and every figure come from the SQL. `kinds` are columns that this report shows
    otherwise than the headings say.
    """
    # Tables are written in their printed order and read back in it.
    con.execute("SET preserve_insertion_order = true")
    name = table.split(".")[-1]
    described = con.execute('SELECT * FROM ref."table" WHERE "table" = ?', [name])
    fields = [field[0] for field in described.description]
    described_as = next((dict(zip(fields, row, strict=True)) for row in described.fetchall()), {})
    terms = " AND ".join(f'"{term}" = ?' for term in where)
    cursor = con.execute(f"SELECT * FROM {table} WHERE {terms}", list(where.values()))
    columns = [column(field[0], kinds) for field in cursor.description]
    exact, spec = cursor.fetchall(), suppress.rule(described_as)
    elsewhere = _hidden_elsewhere(con, table, where, columns, exact, spec)
    exact, hidden = _hide(columns, exact, spec, elsewhere)
    part = _not_computed(con, name, columns, exact)
    described_as = {**described_as, **part}
    note = _with_rules(con, described_as.get("note") or "")
    if hidden:
        below = described_as["suppress_below_count"]
        note += (
            "。" if note else ""
        ) + f"{HIDDEN} 为不足 {below} 件、或可由合计推出不足 {below} 件的数，予以隐去"
    title, unit, section = (described_as.get(key) or "" for key in ("title", "unit", "section"))
    return shown(
        PrintTable(
            name, title or name, unit, note, section, columns, [], exact, hidden,
            frozenset(part.get("columns", "").split("|")), part.get("absent", ""),
        )
    )  # fmt: skip


def _not_computed(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[PrintColumn],
    rows: Sequence[Sequence[Any]],
) -> dict[str, str]:
    """Return the part of the table that no row has, as ref.table_part has it; {} where all do.

    A table that cannot give it leaves it out of its columns, its title and its source.
    """
    names = [column.name for column in columns]
    cursor = con.execute(
        'SELECT columns, title, note, absent FROM ref.table_part WHERE "table" = ?', [name]
    )
    for row in cursor.fetchall():
        part = dict(zip(("columns", "title", "note", "absent"), map(_text, row), strict=True))
        at = [names.index(one) for one in part["columns"].split("|") if one in names]
        if rows and all(row[place] is None for row in rows for place in at):
            return part
    return {}


def _hidden_elsewhere(
    con: duckdb.DuckDBPyConnection,
    table: str,
    where: Mapping[str, Any],
    columns: list[PrintColumn],
    rows: Sequence[Sequence[Any]],
    spec: suppress.Rule | None,
) -> set[int]:
    """Return the places of the rows whose counts another table of the report hides."""
    if spec is None or not spec.also_in:
        return set()
    other = printed_table(con, f"{table.split('.')[0]}.{spec.also_in}", where)
    records = other.records()
    hidden = [
        records[place]
        for place in other.hidden
        if not spec.also_by or records[place][spec.also_by] in spec.also_of
    ]
    # A row there is about what its names say.
    about = {one.name for one in other.columns if one.kind == "text" and not one.is_figure}
    at = {
        one.name: place
        for place, one in enumerate(columns)
        if one.name in about and one.name != "is_partial"
    }
    keys = {tuple(row[name] for name in at) for row in hidden}
    return {
        place for place, row in enumerate(rows) if tuple(row[one] for one in at.values()) in keys
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def shown(table: PrintTable) -> PrintTable:
    """Return the table with its rows rounded from the exact ones."""
    rows = [
        tuple(
            HIDDEN if place in table.hidden and spec.is_figure else spec.show(value)
            for spec, value in zip(table.columns, row, strict=True)
        )
        for place, row in enumerate(table.exact)
    ]
    return replace(table, rows=rows)


def _hide(
    columns: list[PrintColumn],
    rows: list[tuple[Any, ...]],
    spec: suppress.Rule | None,
    elsewhere: set[int],
) -> tuple[list[tuple[Any, ...]], dict[int, dict[str, int]]]:
    """Return the rows with small counts taken out, and the places of those rows (see PrintTable).

    Where rows are ordered by rank, the hidden ones go to the end of their list by name: their place
    between two printed counts would reveal them.
    """
    if spec is None:
        return rows, {}
    names = [column.name for column in columns]
    found = suppress.hidden_rows(spec, names, rows, elsewhere)
    if not found:
        return rows, {}
    number = next((names.index(name) for name in ORDERED if name in names), None)
    order = list(range(len(rows)))
    if number is not None and "month" not in names:
        groups: dict[Any, list[int]] = {}
        for place, row in enumerate(rows):
            groups.setdefault(row[:number], []).append(place)
        order = [
            place
            for group in groups.values()
            for place in [
                *(place for place in group if place not in found),
                *sorted(
                    (place for place in group if place in found),
                    key=lambda place: _names(columns, rows[place]),
                ),
            ]
        ]
    clean = [
        tuple(
            None if place in found and one.is_figure else value
            for one, value in zip(columns, rows[place], strict=True)
        )
        for place in order
    ]
    bounds = {
        at: {} if (most := found[place]) is None else {spec.by: most}
        for at, place in enumerate(order)
        if place in found
    }
    return clean, bounds


def _names(columns: list[PrintColumn], row: tuple[Any, ...]) -> list[str]:
    """Return what a row is about, without its figures, to sort by."""
    return [str(value) for spec, value in zip(columns, row, strict=True) if not spec.is_figure]
