"""What a member of a tree is called: by its own name, with its parents where that is not unique."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pipeline.narrative.print_table import PrintTable

# The levels above a name, nearest last.
PARENTS = {"subcategory": ("category",), "topic": ("category", "subcategory")}
_NO_NAMES = ("?", "*", None)


class Names:
    """The names of all rows of a document's tables, to find which of them name several."""

    def __init__(self, tables: Iterable[PrintTable]) -> None:
        self._parents: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
        for table in tables:
            columns = {column.name for column in table.columns}
            levels = [level for level in PARENTS if {level, *PARENTS[level]} <= columns]
            for row in table.records() if levels else ():
                for level in levels:
                    if row[level] not in _NO_NAMES and not row.get("is_rest"):
                        above = tuple(str(row[parent]) for parent in PARENTS[level])
                        self._parents[level, row[level]].add(above)

    def full(self, row: Mapping[str, Any], level: str, beside: Collection[str] = ()) -> str:
        """Return the name with so many parents before it as distinguish it from others of its name.

        `beside` are columns beside it, or the same for all rows with it.
        """
        name = str(row[level])
        needed = [parent for parent in self._needed(level, name) if parent not in beside]
        above = [str(row[parent]) for parent in needed if row.get(parent) not in _NO_NAMES]
        return "·".join([*above, name])

    def _needed(self, level: str, name: str) -> tuple[str, ...]:
        found = self._parents.get((level, name), set())
        if len(found) < 2:
            return ()
        nearest = {above[-1] for above in found}
        return PARENTS[level][-1:] if len(nearest) == len(found) else PARENTS[level]
