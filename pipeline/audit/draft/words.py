"""The words of reports, as written in words.toml."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Return the tables of words.toml."""
    with Path(__file__).with_name("words.toml").open("rb") as file:
        return tomllib.load(file)
