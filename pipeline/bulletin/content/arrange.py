"""The four lists of streets side by side, as bulletins print them: a row for each place."""

from collections.abc import Iterable
from typing import Any

from pipeline.telling.printed import Column, Printed, shown

# The list as monthly.m08_street names it, the column here, and what stands behind a street's name.
LISTS = {
    "先进": ("leading", "composite_score"),
    "进步": ("improved", "composite_score"),
    "整改": ("lagging", "composite_score"),
    "治理": ("busiest", "record_count"),
}
NAME = "m08_lists"


def tables(given: Iterable[Printed]) -> list[Printed]:
    """Return the table of the lists, empty where no street is in any."""
    streets = next((table for table in given if table.name == "m08_street"), None)
    if streets is None:
        return []
    found: dict[int, dict[str, str]] = {}
    for row in streets.records():
        if row["list"] in LISTS:
            column, figure = LISTS[row["list"]]
            found.setdefault(row["list_number"], {})[column] = _said(row, figure)
    columns = [
        Column("list_number", "序号", "year"),
        *(Column(column, heading, "text") for heading, (column, _) in LISTS.items()),
    ]
    rows: list[tuple[Any, ...]] = [
        (number, *(found[number].get(column) for column, _ in LISTS.values()))
        for number in sorted(found)
    ]
    return [shown(Printed(NAME, "街乡镇名单", "", streets.note, "", columns, [], rows))]


def _said(row: dict[str, Any], figure: str) -> str:
    value = row[figure]
    if value is None:
        return f"{row['district']}{row['street']}"
    return f"{row['district']}{row['street']}({value})"
