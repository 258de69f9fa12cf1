"""The templates of the yearly report: the repository's, one a kind of data, and the home's."""

from pathlib import Path
from typing import Any

from pipeline.entity import DEFAULT
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.template import beside, read
from pipeline.report.yearly_tables import TEMPLATES

FROM_FIRST = ("title", "subtitle", "source", "issuer")


def read_template(own: Path | None, source: TableStore) -> dict[str, Any]:
    """Return annual.toml with the sections of every annual_*.toml beside it and of the home's.

    A template names in `of` the table that it describes, and the entity of its rows. The first one
    whose table has rows gives the report its title, subtitle and issuer; each section keeps the
    source line and entity of its own template, and `sources` and `entities` are those of all that
    have rows. Raises HotlineError USAGE for a file that cannot be read.
    """
    main = read(TEMPLATES / "annual.toml")
    templates = [main, *beside(TEMPLATES, "annual", own)]
    filled = [one for one in templates if source.has(one.get("of", ""))] or [main]
    sections = [
        {
            **section,
            "source": main["source_word"] + one["source"] if "source" in one else "",
            "entity": one.get("entity", DEFAULT),
        }
        for one in templates
        for section in one["section"]
    ]
    lines = dict.fromkeys(one["source"] for one in filled if "source" in one)
    entities = dict.fromkeys(one.get("entity", DEFAULT) for one in filled)
    first = {key: filled[0][key] for key in FROM_FIRST if key in filled[0]}
    return {
        **main,
        **first,
        "section": sections,
        "sources": list(lines) or [main["source"]],
        "entities": list(entities),
    }


def screens(own: Path | None) -> list[dict[str, Any]]:
    """Return the table and columns that each template names for the screen in `screen`."""
    return [
        {**one["screen"], "file": one["file"]}
        for one in beside(TEMPLATES, "annual", own)
        if "screen" in one
    ]
