"""The printed tables as the sentences, tables and charts of the report read them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.document.model import Cell, Column, Table
from pipeline.document.typeset import prose
from pipeline.report.content.figures import Figures
from pipeline.report.frame import HIDDEN, Printed
from pipeline.report.frame import Column as Spec

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """One row of a printed table: its exact values, and whether its figures are hidden."""

    table: str
    values: Row
    is_hidden: bool = False


class Source:
    """The tables of the year and of the year before, and the figures behind their cells."""

    def __init__(
        self, this: Iterable[Printed], before: Callable[[str], list[Row]], figures: Figures
    ) -> None:
        self._tables = {table.name: table for table in this}
        self._places: dict[str, list[Place]] = {}
        self._before = before
        self.figures = figures

    def tells(self, name: str) -> bool:
        """Return whether the table is one of the year's, with rows or without."""
        return name in self._tables

    def has(self, name: str) -> bool:
        """Return whether the table holds any row of the year."""
        return name in self._tables and bool(self._tables[name].rows)

    def knows(self, name: str, column: str) -> bool:
        """Return whether any row of the table has a known member in the column."""
        return any(place.values[column] not in ("?", None) for place in self.rows(name))

    def rows(self, name: str, where: Row | None = None) -> list[Place]:
        """Return the rows that hold the given values; a list holds any of its values."""
        if name not in self._tables:
            return []
        return [place for place in self._all(name) if matches(place.values, where or {})]

    def _all(self, name: str) -> list[Place]:
        """Return every row of the table; made once, for each sentence asks again."""
        if name not in self._places:
            table = self._tables[name]
            self._places[name] = [
                Place(name, row, at in table.hidden) for at, row in enumerate(table.records())
            ]
        return self._places[name]

    def before(self, name: str, where: Row | None = None) -> list[Row]:
        """Return the rows of the year before, for charts that compare."""
        return [row for row in self._before(name) if matches(row, where or {})]

    def kind(self, name: str, column: str) -> str:
        """Return count, percent, decimal, text or year."""
        return next((c.kind for c in self._tables[name].columns if c.name == column), "text")

    def figure(self, place: Place, column: str) -> str | None:
        """Return the id of the figure in this column of the row."""
        if place.is_hidden:
            return None
        return self.figures.find(place.table, place.values, column)

    def table(
        self,
        name: str,
        number: str,
        *,
        where: Row | None = None,
        drop: Iterable[str] = (),
        off_page: Iterable[str] = (),
        is_wide: bool = False,
        in_body: int | None = None,
        with_figures: bool = True,
        exclude: Row | None = None,
        key: str = "",
        title: str = "",
    ) -> Table:
        """Return the printed table as a block; `drop` and the year go, `off_page` is for sheets."""
        printed = self._tables[name]
        out = {"year", "is_partial", *drop}
        specs = [spec for spec in printed.columns if spec.name not in out]
        rows = [
            tuple(
                self._cell(Place(name, row, at in printed.hidden), spec, with_figures)
                for spec in specs
            )
            for at, row in enumerate(printed.records())
            if matches(row, where or {})
            and not any(row.get(column) in values for column, values in (exclude or {}).items())
        ]
        # What tells rows apart stays: a convention where a year has two.
        off = {
            place
            for place, spec in enumerate(specs)
            if spec.name in off_page
            and (spec.name != "convention" or len({row[place].value for row in rows}) < 2)
        }
        return Table(
            key or name, number, prose(title or printed.title), printed.unit,
            prose(printed.note),
            tuple(
                Column(spec.name, spec.heading, spec.kind, is_on_page=place not in off)
                for place, spec in enumerate(specs)
            ),
            tuple(rows), is_wide, in_body,
        )  # fmt: skip

    def _cell(self, place: Place, spec: Spec, with_figures: bool) -> Cell:
        if place.is_hidden and spec.is_figure:
            return Cell(None, HIDDEN, None, "suppressed")
        exact = place.values[spec.name]
        shown = spec.show(exact)
        if shown is None:
            return Cell(None, "—" if spec.is_figure else "")
        text = cell_text(spec.kind, shown)
        if spec.name == "scope":
            text = self.figures.scope_title(text).partition("(")[0]
        figure = self.figure(place, spec.name) if with_figures and spec.is_figure else None
        low = spec.name == "unit_name" and place.values.get("is_ranked") is False
        # Of a name a sheet holds what is printed, of a figure the number.
        told = text if spec.kind == "text" else shown
        value = str(told) if isinstance(told, Decimal) else told
        return Cell(value, text, figure, "low_n" if low else "")


def cell_text(kind: str, shown: Any) -> str:
    """Return a rounded value as a cell prints it."""
    if kind == "count":
        return f"{int(shown):,}"
    if kind == "percent":
        return f"{shown * 100:.2f}%"
    if kind == "decimal":
        return f"{shown:,.2f}"
    if kind == "text" and str(shown) in ("?", "*"):
        return "不明" if shown == "?" else ""
    return str(shown)


def matches(row: Row, where: Row) -> bool:
    """Return whether the row has the values; a list stands for any of its values."""
    return all(
        row.get(name) in wanted if isinstance(wanted, list) else row.get(name) == wanted
        for name, wanted in where.items()
    )
