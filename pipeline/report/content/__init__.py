"""The report of a year as a document: what it says, from the printed tables and the template."""

from pathlib import Path
from typing import Any

import duckdb

from pipeline.audit import AuditResult
from pipeline.document.model import Document
from pipeline.report.frame import TEMPLATES, is_simulated, printed_table
from pipeline.telling import words
from pipeline.telling.context import made_from, office, read_template, rules
from pipeline.telling.figures import Figures
from pipeline.telling.printed import Printed
from pipeline.telling.sections import Sections
from pipeline.telling.sentence import Scene
from pipeline.telling.source import Source

__all__ = ["build_document"]


def build_document(
    con: duckdb.DuckDBPyConnection,
    year: int,
    tables: list[Printed],
    verdicts: AuditResult | None,
    own: Path | None = None,
) -> Document:
    """Return the yearly report of a built warehouse.

    `tables` are the printed tables of the year, small counts already hidden; `verdicts` those
    of the audit, None where nothing can be held against the year; `own` the home's folder of
    templates.
    """
    template = read_template(TEMPLATES, "annual", own)
    figures = Figures.of_year(con, year, verdicts)
    source = Source(tables, lambda name: printed_table(con, name, year - 1).records(), figures)
    said = {**_words(con, year, figures), **office(con)}
    said["period"] = words.filled(template["period_partial" if said["partial"] else "period"], said)
    said["span"] = f"{said['loaded']}" if said["partial"] else template["span"]
    said["has_rates"] = "是" if source.has("t21_rate") else ""
    said["has_ranks"] = "是" if source.has("t33_unit_rank") else ""
    simulated = is_simulated(con, year)
    line = words.filled(template["source"], said)
    if simulated:
        line += template["source_simulated"]
    scene = Scene(source, said, template["wan_places"])
    sections = Sections(scene, line)
    built = sections.build(template["section"])
    has_hidden = any(table.hidden for table in tables)
    marks = [
        *([template["mark_simulated"]] if simulated else []),
        *([words.filled(template["mark_partial"], said)] if said["partial"] else []),
        *([template["mark_hidden"]] if has_hidden else []),
    ]
    notes = [
        words.filled(note["text"], said)
        for note in template["notes"]
        if all(said[word] for word in note.get("if", ()))
    ]
    return Document(
        kind="annual",
        title=words.filled(template["title"], said),
        subtitle=words.filled(template["subtitle"], said),
        period=str(year),
        city=said["city"],
        issuer=said["issuer"],
        is_partial=bool(said["partial"]),
        is_simulated=simulated,
        marks=tuple(marks),
        source=line,
        sections=built,
        figures=dict(sorted(figures.used.items())),
        notes=(*notes, *sections.left_out),
        build=made_from(con, tables),
    )


def _words(con: duckdb.DuckDBPyConnection, year: int, figures: Figures) -> dict[str, Any]:
    """Return what every section may say of the year and how it is compared."""
    loaded = _months(con, 'SELECT DISTINCT month FROM metric.period WHERE "year" = ?', [year])
    compared = _months(
        con,
        'SELECT DISTINCT month FROM metric.compared_month WHERE "year" = ? AND scope = ?',
        [year, figures.section],
    )
    row = con.execute(
        'SELECT bool_or(is_partial) FROM metric.loaded_year WHERE "year" = ?', [year]
    ).fetchall()
    same = compared == loaded
    return {
        **rules(con),
        "year": year,
        "next_year": year + 1,
        "this_label": f"{year}年",
        "last_label": f"{year - 1}年",
        "partial": "是" if row[0][0] else "",
        "loaded": words.months(loaded),
        "compared": words.months(compared),
        "yoy": "同比" if same else f"{words.months(compared)}同比",
        "has_before": words.months(compared),
        "not_compared": "" if compared or not loaded else "是",
        "some_compared": "是" if compared and not same else "",
        "section": figures.section,
        "headline": figures.headline,
        "scopes_differ": "是" if figures.section != figures.headline else "",
    }


def _months(con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[int]:
    return sorted(int(row[0]) for row in con.execute(sql, values).fetchall())
