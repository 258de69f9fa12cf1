"""The words of reports, as written in phrases.toml."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Return the tables of phrases.toml."""
    with Path(__file__).with_name("phrases.toml").open("rb") as file:
        return tomllib.load(file)
