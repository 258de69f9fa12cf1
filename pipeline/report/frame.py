"""What a printed table holds: its rows for one year, with Chinese headings and rounded values."""

import tomllib
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline.entity import DEFAULT
from pipeline.errors import IO, NO_DATA, USAGE, HotlineError
from pipeline.home import REPOSITORY, Home
from pipeline.report import suppress

TEMPLATES = Path(__file__).parent / "templates"
PERCENT_PLACES = Decimal("0.0001")
PLAIN_PLACES = Decimal("0.01")
HIDDEN = "*"
# The columns that number a list, the first that a table has.
ORDERED = ("list_number", "rank")


@dataclass(frozen=True)
class Column:
    """One printed column: its SQL name, its heading and how its values are shown."""

    name: str
    heading: str
    kind: str  # count | percent | decimal | text | year

    @property
    def is_figure(self) -> bool:
        """Return whether it tells of the row's records: a figure, or a place by a figure."""
        return self.kind in ("count", "percent", "decimal") or self.name.endswith(
            ("rank", "list_number")
        )

    def show(self, value: Any) -> Any:
        """Return `value` rounded at the door: half up, on decimals, never on binary floats."""
        if value is None:
            return None
        if isinstance(value, bool):
            return "是" if value else "否"
        if self.kind == "percent":
            return Decimal(value).quantize(PERCENT_PLACES, ROUND_HALF_UP)
        if self.kind == "decimal":
            return Decimal(value).quantize(PLAIN_PLACES, ROUND_HALF_UP)
        return value


@dataclass(frozen=True)
class Printed:
    """One yearly table as printed: title, unit, notes, columns and rows.

    `rows` are rounded; `exact` are the same rows as the warehouse holds them. In a row at a place
    in `hidden` both show no figure, only what it is about.
    """

    name: str
    title: str
    unit: str
    note: str
    section: str
    columns: list[Column]
    rows: list[tuple[Any, ...]]
    exact: list[tuple[Any, ...]] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()

    def records(self) -> list[dict[str, Any]]:
        """Return the exact rows by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.exact]


@cache
def template() -> dict[str, dict[str, str]]:
    """Return the headings and kinds of printed columns."""
    return tomllib.loads((TEMPLATES / "headings.toml").read_text(encoding="utf-8"))


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


def column(name: str) -> Column:
    """Return how the column `name` is printed; KeyError where the template lacks a heading."""
    words = template()
    kind = next((k for end, k in words["kind"].items() if name.endswith(end)), "text")
    return Column(name, words["heading"][name], kind)


def open_warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the built warehouse; NO_DATA where there is none."""
    if not home.database.is_file():
        raise HotlineError(
            f"{home.relative(home.database)} 还不存在;请先运行 hotline build", NO_DATA
        )
    try:
        return duckdb.connect(str(home.database), read_only=True)
    except duckdb.Error as error:
        raise HotlineError(
            f"{home.relative(home.database)} 无法打开;请删除它并重新运行 hotline build", IO
        ) from error


def require_tables(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Raise IO, naming a table, where the warehouse lacks one that a report rests on."""
    held = {
        f"{schema}.{name}"
        for schema, name in con.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall()
    }
    wanted = {f"annual.{path.stem}" for path in sorted((REPOSITORY / "sql/annual").glob("*.sql"))}
    wanted |= {"metric.figure", "metric.compared_month", "ref.office", "ref.report_rule"}
    if missing := sorted(wanted - held):
        raise HotlineError(
            f"{home.relative(home.database)} 缺少表 {'、'.join(missing[:3])}"
            f"{'等' if len(missing) > 3 else ''};请重新运行 hotline build",
            IO,
        )


def require_year(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """Raise NO_DATA, naming the years that are loaded, where `year` is not one of them."""
    rows = con.execute('SELECT DISTINCT "year" FROM core.partition ORDER BY 1').fetchall()
    years = [int(row[0]) for row in rows]
    if year not in years:
        loaded = "、".join(map(str, years)) or "无"
        raise HotlineError(
            f"{year} 年没有已入库的记录(已入库:{loaded});请先用 hotline ingest 读入该年的导出文件",
            NO_DATA,
        )


def is_simulated(con: duckdb.DuckDBPyConnection, year: int) -> bool:
    """Return whether any record of `year` was made by `hotline simulate`."""
    row = con.execute(
        """SELECT count(*) > 0 FROM core.partition JOIN core.receipt USING (receipt)
           WHERE "year" = ? AND simulated""",
        [year],
    ).fetchone()
    return bool(row and row[0])


def printed_tables(con: duckdb.DuckDBPyConnection, year: int) -> list[Printed]:
    """Return every table of schema `annual` for `year`, in the order of its name.

    Order of rows and every figure come from the SQL; here values are only rounded and named.
    """
    names = [
        row[0]
        for row in con.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = 'annual' ORDER BY 1"""
        ).fetchall()
    ]
    return [printed_table(con, name, year) for name in names if _is_told(con, name, year)]


def _is_told(con: duckdb.DuckDBPyConnection, name: str, year: int) -> bool:
    """Return whether the year has rows of every entity that the table tells of.

    A table of things that nobody delivered is absent, not empty. One that ref.table does not know
    is told where it has rows.
    """
    known = con.execute('SELECT entities FROM ref."table" WHERE "table" = ?', [name]).fetchone()
    if known is None:
        sql = f'SELECT 1 FROM annual.{name} WHERE "year" = ? LIMIT 1'
        return con.execute(sql, [year]).fetchone() is not None
    loaded = con.execute(
        'SELECT DISTINCT entity FROM core.partition WHERE "year" = ? AND row_count > 0', [year]
    ).fetchall()
    return set((known[0] or DEFAULT).split("|")) <= {entity for (entity,) in loaded}


def printed_table(con: duckdb.DuckDBPyConnection, name: str, year: int) -> Printed:
    """Return one table of schema `annual` for `year`, small counts hidden."""
    # Tables are written in their printed order and read back in it.
    con.execute("SET preserve_insertion_order = true")
    described = con.execute('SELECT * FROM ref."table" WHERE "table" = ?', [name])
    fields = [column[0] for column in described.description]
    told = next((dict(zip(fields, row, strict=True)) for row in described.fetchall()), {})
    cursor = con.execute(f'SELECT * FROM annual.{name} WHERE "year" = ?', [year])
    columns = [column(field[0]) for field in cursor.description]
    exact, hidden = _hide(columns, cursor.fetchall(), suppress.rule(told))
    rows = [
        tuple(
            HIDDEN if place in hidden and spec.is_figure else spec.show(value)
            for spec, value in zip(columns, row, strict=True)
        )
        for place, row in enumerate(exact)
    ]
    note = told.get("note") or ""
    for rule, value in rule_words(con).items():
        note = note.replace(f"{{${rule}}}", value)
    if hidden:
        below = told["suppress_below_count"]
        note += f"。{HIDDEN} 为不足 {below} 件、或可由合计推出不足 {below} 件的数,予以隐去"
    title, unit, section = (told.get(key) or "" for key in ("title", "unit", "section"))
    return Printed(name, title or name, unit, note, section, columns, rows, exact, hidden)


def rule_words(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the rules of the report by name; what is a share also as `<name>_percent`."""
    rules = dict(con.execute("SELECT rule, value FROM ref.report_rule").fetchall())
    shares = {
        f"{rule}_percent": f"{(Decimal(value) * 100).normalize():f}%"
        for rule, value in rules.items()
        if Decimal(value) < 1
    }
    return {**rules, **shares}


def _hide(
    columns: list[Column], rows: list[tuple[Any, ...]], spec: suppress.Rule | None
) -> tuple[list[tuple[Any, ...]], frozenset[int]]:
    """Return the rows with small counts taken out, and the places of those rows.

    Where rows stand by rank, the hidden ones go to the end of their list by name: their place
    between two printed counts would tell them.
    """
    if spec is None:
        return rows, frozenset()
    names = [column.name for column in columns]
    found = suppress.hidden_rows(spec, names, rows)
    if not found:
        return rows, frozenset()
    number = next((names.index(name) for name in ORDERED if name in names), None)
    marked = [(place in found, row) for place, row in enumerate(rows)]
    if number is not None and "month" not in names:
        groups: dict[Any, list[tuple[bool, tuple[Any, ...]]]] = {}
        for is_hidden, row in marked:
            groups.setdefault(row[:number], []).append((is_hidden, row))
        marked = [
            one
            for group in groups.values()
            for one in [
                *(one for one in group if not one[0]),
                *sorted((one for one in group if one[0]), key=lambda one: _names(columns, one[1])),
            ]
        ]
    clean = [
        tuple(
            None if is_hidden and spec.is_figure else value
            for spec, value in zip(columns, row, strict=True)
        )
        for is_hidden, row in marked
    ]
    return clean, frozenset(place for place, (is_hidden, _) in enumerate(marked) if is_hidden)


def _names(columns: list[Column], row: tuple[Any, ...]) -> list[str]:
    """Return what a row is about, without its figures, to sort by."""
    return [str(value) for spec, value in zip(columns, row, strict=True) if not spec.is_figure]
