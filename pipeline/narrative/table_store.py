"""The printed tables as the sentences, tables and charts of the report read them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.document.cjk_punctuation import prose
from pipeline.document.model import Cell, Column, Table
from pipeline.narrative.figures import Figures
from pipeline.narrative.names import PARENTS, Names
from pipeline.narrative.print_table import HIDDEN, PrintTable
from pipeline.narrative.print_table import PrintColumn as Spec

Row = dict[str, Any]
# Which column says that there was nothing to change from.
FROM_ZERO = {"previous_growth_rate": "is_from_zero", "growth_rate": "is_from_zero_in_year"}


@dataclass(frozen=True)
class TableRow:
    """One row of a printed table: its exact values, or of a hidden one what it is about.

    `most` is there for a hidden row: the most that its figures may be, by column, where known.
    """

    table: str
    values: Row
    most: Mapping[str, int] | None = None

    @property
    def is_hidden(self) -> bool:
        return self.most is not None


class TableStore:
    """The tables of the year and of the year before, and the figures behind their cells."""

    def __init__(
        self, this: Iterable[PrintTable], before: Callable[[str], list[Row]], figures: Figures
    ) -> None:
        self._tables = {table.name: table for table in this}
        self._names = Names(self._tables.values())
        self._places: dict[str, list[TableRow]] = {}
        self._before = before
        self.figures = figures

    def includes(self, name: str) -> bool:
        """Return whether the table is one of the year's, with rows or without."""
        return name in self._tables

    def absent(self, name: str) -> str:
        """Return what the notes say of columns that the table could not compute."""
        return self._tables[name].absent

    def has(self, name: str) -> bool:
        """Return whether the table holds any row of the year."""
        return name in self._tables and bool(self._tables[name].rows)

    def has_member(self, name: str, column: str) -> bool:
        """Return whether any row of the table has a known member in the column."""
        return any(
            place.values[column] not in ("?", None) and not place.values.get("is_rest")
            for place in self.rows(name)
        )

    def rows(self, name: str, where: Row | None = None) -> list[TableRow]:
        """Return the rows that hold the given values; a list holds any of its values."""
        if name not in self._tables:
            return []
        return [place for place in self._all(name) if matches(place.values, where or {})]

    def _all(self, name: str) -> list[TableRow]:
        """Return every row of the table; made once, for each sentence asks again."""
        if name not in self._places:
            table = self._tables[name]
            self._places[name] = [
                TableRow(name, row, table.hidden.get(at)) for at, row in enumerate(table.records())
            ]
        return self._places[name]

    def before(self, name: str, where: Row | None = None) -> list[Row]:
        """Return the rows of the year before, for charts that compare."""
        return [row for row in self._before(name) if matches(row, where or {})]

    def kind(self, name: str, column: str) -> str:
        """Return count, percent, change, decimal, text or year."""
        return next((c.kind for c in self._tables[name].columns if c.name == column), "text")

    def named(self, row: Row, column: str, beside: Collection[str] = ()) -> str:
        """Return a name as it is printed; see Names.full for one that names several."""
        value = row[column]
        if value in ("?", "*") or column not in PARENTS:
            return cell_text("text", value)
        return self._names.full(row, column, beside)

    def figure(self, place: TableRow, column: str) -> str | None:
        """Return the id of the figure in this column of the row."""
        if place.is_hidden:
            return None
        return self.figures.find(place.table, place.values, column)

    def table(self, spec: dict[str, Any], number: str) -> Table:
        """Return a printed table as the block that the template asks for.

        `only` names the columns and their order, `drop` those to leave out (the year always is),
        `off_page` those that only sheets show; `where`, `where_any` and `exclude` choose rows;
        `id`, `title`, `unit`, `note` and `heads` (of columns) replace the table's own.
        """
        printed = self._tables[spec["table"]]
        columns = {column.name: column for column in printed.columns}
        out = {"year", "is_partial", *printed.left_out, *spec.get("drop", ())}
        records = printed.records()
        if not any(row.get("is_month_partial") for row in records):
            out.add("is_month_partial")
        names = [
            name
            for name in spec.get("only") or columns
            if name not in (printed.left_out if "only" in spec else out)
        ]
        with_figures, heads = spec.get("figures", True), spec.get("heads", {})
        rows = [
            tuple(
                self._cell(TableRow(printed.name, row, printed.hidden.get(at)), columns[name],
                           with_figures, names)
                for name in names
            )
            for at, row in enumerate(printed.records())
            if _is_asked(row, spec)
        ]  # fmt: skip
        # What distinguishes rows stays: a convention where a year has two.
        off = {
            name
            for place, name in enumerate(names)
            if name in spec.get("off_page", ())
            and (name != "convention" or len({row[place].value for row in rows}) < 2)
        }
        return Table(
            spec.get("id", printed.name), number, prose(spec.get("title") or printed.title),
            spec.get("unit") or printed.unit, prose(spec.get("note") or printed.note),
            tuple(
                Column(name, heads.get(name, columns[name].heading), columns[name].kind,
                       is_on_page=name not in off)
                for name in names
            ),
            tuple(rows), spec.get("wide", False), spec.get("in_body"), spec.get("half", False),
        )  # fmt: skip

    def _cell(
        self, place: TableRow, spec: Spec, with_figures: bool, beside: Collection[str]
    ) -> Cell:
        if place.is_hidden and spec.is_figure:
            return Cell(None, HIDDEN, None, "suppressed")
        exact = place.values[spec.name]
        shown = spec.show(exact)
        if shown is None:
            from_zero = spec.kind == "change" and place.values.get(FROM_ZERO.get(spec.name, ""))
            return Cell(None, "基数为零" if from_zero is True else "—" if spec.is_figure else "")
        text = cell_text(spec.kind, shown)
        if spec.name in PARENTS:
            text = self.named(place.values, spec.name, beside)
        if spec.name == "scope":
            text = self.figures.scope_title(text)
        figure = self.figure(place, spec.name) if with_figures and spec.is_figure else None
        low = spec.name == "unit_name" and place.values.get("is_ranked") is False
        # Of a name a sheet holds what is printed, of a figure the number.
        printed = text if spec.kind == "text" else shown
        value = str(printed) if isinstance(printed, Decimal) else printed
        return Cell(value, text, figure, "low_n" if low else "")


def cell_text(kind: str, shown: Any) -> str:
    """Return a rounded value as a cell prints it."""
    if kind == "count":
        return f"{int(shown):,}"
    if kind == "percent":
        return f"{shown * 100:.2f}%"
    if kind == "change":
        return f"{'▲' if shown > 0 else '▽' if shown < 0 else ''}{abs(shown) * 100:.2f}%"
    if kind == "decimal":
        return f"{shown:,.2f}"
    if kind == "text" and str(shown) in ("?", "*"):
        return "不明" if shown == "?" else ""
    return str(shown)


def _is_asked(row: Row, spec: dict[str, Any]) -> bool:
    """Return whether the template asks for the row; of `where_any` one column must hold."""
    any_of = spec.get("where_any")
    return (
        matches(row, spec.get("where", {}))
        and (not any_of or any(row[column] for column in any_of))
        and not any(row.get(column) in out for column, out in spec.get("exclude", {}).items())
    )


def matches(row: Row, where: Row) -> bool:
    """Return whether the row has the values; a list matches any of its values."""
    return all(
        row.get(name) in wanted if isinstance(wanted, list) else row.get(name) == wanted
        for name, wanted in where.items()
    )
