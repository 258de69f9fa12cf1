"""The registers that belong to one city: those of the repository are Beijing's.

A home of another city has its own, if only empty ones, so that nothing of Beijing is printed there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.csv_file import csv_text
from pipeline.files import write_whole
from pipeline.home import REPOSITORY, Home
from pipeline.reference import read_cells

# In the order in which they are worth filling in. The holidays are those of the whole country.
REGISTERS = (
    *("office", "district", "street", "unit", "category", "subcategory", "population"),
    *("population_use", "season", "district_tile", "partial_year", "context"),
    *("category_change", "category_crosswalk"),
)
HOLIDAYS = "calendar"


def registers_for(*, is_chinese: bool) -> tuple[str, ...]:
    """Return the registers that a city needs of its own."""
    return REGISTERS if is_chinese else (*REGISTERS, HOLIDAYS)


def is_open(home: Home) -> bool:
    """Return whether the home has no register of its own, and could be of any city."""
    return home.root != REPOSITORY and not any(own(home, name) for name in (*REGISTERS, HOLIDAYS))


def own(home: Home, name: str) -> Path | None:
    """Return the home's own file of a register, if it has one."""
    path = home.root / "data" / "reference" / f"{name}.csv"
    return path if path.is_file() else None


def header_of(name: str) -> list[str]:
    """Return the columns of a register, as the repository's file has them."""
    header, _ = read_cells(REPOSITORY / "data" / "reference" / f"{name}.csv")
    return header


def put(home: Home, name: str, rows: Iterable[Sequence[object]] = ()) -> Path:
    """Write a register of the home; rows may be shorter than its header."""
    header = header_of(name)
    path = home.root / "data" / "reference" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    return write_whole(path, csv_text([header, *whole], end="\n").encode())


def put_empty(home: Home, *, is_chinese: bool) -> list[str]:
    """Write the registers that the home lacks without a row; return their names."""
    missing = [name for name in registers_for(is_chinese=is_chinese) if own(home, name) is None]
    for name in missing:
        put(home, name)
    make_published_folder(home)
    return missing


def make_published_folder(home: Home) -> None:
    """Make the folder of published figures: a home without it is judged by Beijing's."""
    (home.root / "data" / "published").mkdir(parents=True, exist_ok=True)
