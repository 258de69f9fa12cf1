"""The report of a year as a document: what it says, from the printed tables and the template."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import duckdb

from pipeline.audit import AuditResult
from pipeline.document.model import Build, Document
from pipeline.errors import USAGE, HotlineError
from pipeline.report.content import words
from pipeline.report.content.figures import Figures
from pipeline.report.content.sections import Sections
from pipeline.report.content.sentence import Scene
from pipeline.report.content.source import Source
from pipeline.report.frame import TEMPLATES, Printed, is_simulated, printed_table, rule_words

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
    template = read_template(own)
    figures = Figures(con, year, verdicts)
    source = Source(tables, lambda name: printed_table(con, name, year - 1).records(), figures)
    said = {**_words(con, year, figures), **_office(con)}
    said["period"] = words.filled(template["period_partial" if said["partial"] else "period"], said)
    said["span"] = f"{said['loaded']}" if said["partial"] else template["span"]
    said["has_rates"] = "是" if source.has("t21_rate") else ""
    said["has_ranks"] = "是" if source.has("t33_unit_rank") else ""
    said["composite"] = _composite(con, source)
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
        build=Build(_fingerprint(con), _digest(tables)),
    )


def read_template(own: Path | None) -> dict[str, Any]:
    """Return annual.toml, with the sections of every annual_*.toml beside it and of the home's."""
    template = tomllib.loads((TEMPLATES / "annual.toml").read_text(encoding="utf-8"))
    for folder in [TEMPLATES, *([own] if own else [])]:
        for path in sorted(folder.glob("annual_*.toml")):
            try:
                template["section"] += tomllib.loads(path.read_text(encoding="utf-8"))["section"]
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
                raise HotlineError(
                    f"报告模板 {path.name} 有误({error});请改正后再试", USAGE
                ) from error
    return template


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
        **rule_words(con),
        "year": year,
        "next_year": year + 1,
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


def _office(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the names of the city and its hotline, and where districts stand on the grid."""
    named = dict(con.execute("SELECT item, text FROM ref.office").fetchall())
    tiles = con.execute('SELECT district, "col", "row" FROM ref.district_tile').fetchall()
    blank = {"city": "", "hotline": "", "issuer": "", "contact": ""}
    return {**blank, **named, "tiles": {d: [int(c), int(r)] for d, c, r in tiles}}


def _composite(con: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Return how the year's composite score is made, as its convention says."""
    used = {place.values["convention"] for place in source.rows("t33_unit_rank")}
    told = con.execute(
        "SELECT composite, definition FROM ref.composite_convention ORDER BY 1"
    ).fetchall()
    return "；".join(text for name, text in told if name in used and text)


def _fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    return str(con.execute("SELECT fingerprint FROM build.run").fetchall()[0][0])


def _digest(tables: list[Printed]) -> str:
    """Return a digest of what the tables print: equal where no printed figure differs."""
    printed = [
        [table.name, [column.name for column in table.columns],
         [[str(value) for value in row] for row in table.rows]]
        for table in tables
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(printed, ensure_ascii=False).encode()).hexdigest()
