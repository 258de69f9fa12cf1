"""The sections of the report, as the template lists them and the data allow."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jinja2 import TemplateError

from pipeline import numbers
from pipeline.document.model import Block, Note, Para, Run, Section
from pipeline.narrative.charts import chart
from pipeline.narrative.context import faulty
from pipeline.narrative.selection import RenderContext, select
from pipeline.narrative.templating import filled, render


class Sections:
    """Builds the sections; `left_out` lists which were not possible, and why."""

    def __init__(
        self, context: RenderContext, line: str, spans: dict[str, dict[str, str]] | None = None
    ) -> None:
        self._context = context
        self._spans = spans or {}  # which part of the year each entity's rows cover
        self._line = line  # below a chart, after the source line of its section if it has one
        self._tables: set[str] = set()
        self.left_out: list[str] = []

    def build(self, template: list[dict[str, Any]]) -> tuple[Section, ...]:
        """Return the sections of the template that have anything to say, numbered."""
        found = [section for spec in template for section in self._guarded(spec)]
        kept = [
            section
            for at, section in enumerate(found)
            if section.blocks or _has_parts(section, found[at + 1 :])
        ]
        return tuple(_numbered(kept))

    def _guarded(self, spec: dict[str, Any]) -> list[Section]:
        """Return the sections of a spec; what is wrong with a home's own template is one line."""
        try:
            return list(self._section(spec))
        except (LookupError, TypeError, ValueError, TemplateError) as error:
            if not spec.get("file"):
                raise
            raise faulty(spec["file"], spec.get("id", "section"), error) from error

    def _section(self, spec: dict[str, Any]) -> Iterator[Section]:
        source = self._context.source
        missing = [name for name in spec.get("needs", ()) if not source.has(name)]
        unknown = [
            name for name, by in spec.get("known", {}).items() if not source.has_member(name, by)
        ]
        if missing or unknown:
            # Of a thing that nobody delivered nothing is missed.
            if "absent" in spec and all(source.includes(name) for name in missing):
                self.left_out.append(spec["absent"])
            return
        words = {**self._context.words, **self._spans.get(spec.get("entity", ""), {})}
        context = replace(
            self._context, words=words, places=spec.get("places", self._context.places)
        )
        if "each" not in spec:
            yield self._one(context, spec, spec["id"])
            return
        for at, place in enumerate(select(context, spec["each"]).rows, start=1):
            own = {**context.words, **{k: v for k, v in place.values.items() if k != "year"}}
            yield self._one(replace(context, words=own), spec, f"{spec['id']}-{at}")

    def _one(self, context: RenderContext, spec: dict[str, Any], key: str) -> Section:
        line = filled(spec.get("source", ""), context.words) + self._line
        blocks = [b for one in spec.get("block", ()) for b in self._block(context, one, line)]
        title = filled(spec["title"], context.words)
        return Section(key, "", spec.get("level", 1), title, tuple(blocks))

    def _block(self, context: RenderContext, spec: dict[str, Any], line: str) -> Iterator[Block]:
        if "say" in spec:
            runs = _paragraph(context, spec["say"])
            if runs:
                yield Para(runs)
        elif "table" in spec:
            by = spec.get("known")
            if context.source.has(spec["table"]) and (
                not by or context.source.has_member(spec["table"], by)
            ):
                self._tables.add(spec.get("id", spec["table"]))
                made = context.source.table(spec, str(len(self._tables)))
                if made.rows:
                    yield made
                    note = context.source.absent(spec["table"])
                    self.left_out += [note] if note and note not in self.left_out else []
                else:  # none of the rows is one of those asked for
                    self._tables.discard(made.id)
            elif "absent" in spec:
                yield Note(spec["absent"])
        elif "chart" in spec:
            drawn = chart(context, spec, line)
            if drawn is not None:
                yield drawn
        elif all(context.words.get(word) for word in spec.get("if", ())):
            yield Note(filled(spec["note"], context.words))


def _paragraph(context: RenderContext, sentences: list[dict[str, Any]]) -> tuple[Run, ...]:
    """Return the sentences that the data give; one that was to go on ends where nothing follows."""
    runs: list[Run] = []
    for spec in [*sentences, None]:
        more = render(context, spec) if spec else ()
        if runs and not more:
            runs[-1] = replace(runs[-1], text=re.sub("[；，]$", "。", runs[-1].text))
        runs += more
    return tuple(runs)


def _has_parts(section: Section, following: list[Section]) -> bool:
    """Return whether a section below this one, before the next of its level, has anything."""
    for other in following:
        if other.level <= section.level:
            return False
        if other.blocks:
            return True
    return False


def _numbered(sections: list[Section]) -> Iterator[Section]:
    """Yield the sections with 一, （一）, 1. by their level."""
    at = [0, 0, 0]
    for section in sections:
        level = section.level
        at[level - 1] += 1
        at[level:] = [0] * (3 - level)
        place = at[level - 1]
        number = [numbers.numeral(place), f"（{numbers.numeral(place)}）", f"{place}."][level - 1]
        yield replace(section, number=number)
