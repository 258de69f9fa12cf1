"""The report of a year as a document: what it says, from the printed tables and the template."""

import hashlib
import json
from decimal import Decimal
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
from pipeline.report.content.template import read_template
from pipeline.report.frame import Printed, is_simulated, printed_table

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
    figures = Figures(con, year, verdicts)
    source = Source(tables, lambda name: printed_table(con, name, year - 1).records(), figures)
    template = read_template(own, source)
    said = {**_words(con, year, figures), **_office(con)}
    spans = _spans(con, year, template)
    said |= spans[template["entities"][0]]
    said["has_rates"] = "是" if source.has("t21_rate") else ""
    said["has_ranks"] = "是" if source.has("t33_unit_rank") else ""
    simulated = is_simulated(con, year)
    warning = template["source_simulated"] if simulated else ""
    scene = Scene(source, said, template["wan_places"])
    sections = Sections(scene, warning, spans)
    built = sections.build(template["section"])
    partial = _partial(template, said, spans)
    marks = [
        *([template["mark_simulated"]] if simulated else []),
        *partial,
        *([template["mark_hidden"]] if any(table.hidden for table in tables) else []),
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
        issuer=words.filled(template["issuer"], said),
        is_partial=bool(partial),
        is_simulated=simulated,
        marks=tuple(marks),
        source=words.filled(template["source_word"] + "".join(template["sources"]), said) + warning,
        sections=built,
        figures=dict(sorted(figures.used.items())),
        notes=(*notes, *sections.left_out),
        build=Build(_fingerprint(con), _digest(tables)),
    )


def _partial(
    template: dict[str, Any], said: dict[str, Any], spans: dict[str, dict[str, str]]
) -> list[str]:
    """Return the mark of each entity that the report tells of and whose year is not whole."""
    return [
        words.filled(template["mark_partial"], {**said, **spans[entity]})
        for entity in template["entities"]
        if spans[entity]["partial"]
    ]


def _words(con: duckdb.DuckDBPyConnection, year: int, figures: Figures) -> dict[str, Any]:
    """Return what every section may say of the year and how it is compared."""
    loaded = _months(con, 'SELECT DISTINCT month FROM metric.period WHERE "year" = ?', [year])
    compared = _months(
        con,
        'SELECT DISTINCT month FROM metric.compared_month WHERE "year" = ? AND scope = ?',
        [year, figures.section],
    )
    rules = dict(con.execute("SELECT rule, value FROM ref.report_rule").fetchall())
    same = compared == loaded
    shares = {
        f"{rule}_percent": f"{(Decimal(value) * 100).normalize():f}%"
        for rule, value in rules.items()
        if rule.endswith("_share")
    }
    return {
        **rules,
        **shares,
        "year": year,
        "next_year": year + 1,
        "has_records": words.months(loaded),
        "compared": words.months(compared),
        "yoy": "同比" if same else f"{words.months(compared)}同比",
        "has_before": words.months(compared),
        "not_compared": "" if compared or not loaded else "是",
        "some_compared": "是" if compared and not same else "",
        "section": figures.section,
        "headline": figures.headline,
        "scopes_differ": "是" if figures.section != figures.headline else "",
    }


def _spans(
    con: duckdb.DuckDBPyConnection, year: int, template: dict[str, Any]
) -> dict[str, dict[str, str]]:
    """Return, for each entity, which part of the year its rows tell of, in words.

    An entity whose rows fill no months (values of a date) has the whole year.
    """
    titles = con.execute("SELECT entity, title FROM core.entity").fetchall()
    rows = con.execute(
        """SELECT entity, month, is_partial FROM metric.entity_period
           WHERE period_type = 'year' AND "year" = ?""",
        [year],
    ).fetchall()
    spans = {}
    for entity, title in titles:
        loaded = words.months(sorted(int(month) for name, month, _ in rows if name == entity))
        partial = any(flag for name, _, flag in rows if name == entity)
        said = {"year": year, "loaded": loaded, "things": title}
        spans[entity] = {
            "partial": "是" if partial else "",
            "loaded": loaded,
            "things": title,
            "period": words.filled(template["period_partial" if partial else "period"], said),
            "span": loaded if partial else template["span"],
        }
    if strange := [name for name in template["entities"] if name not in spans]:
        raise HotlineError(
            f"报告模板里的 entity {strange[0]} 不认识;应为 {'、'.join(spans)}", USAGE
        )
    return spans


def _months(con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[int]:
    return sorted(int(row[0]) for row in con.execute(sql, values).fetchall())


def _office(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the names of the city and its hotline, and where districts stand on the grid."""
    named = dict(con.execute("SELECT item, text FROM ref.office").fetchall())
    tiles = con.execute('SELECT district, "col", "row" FROM ref.district_tile').fetchall()
    blank = {"city": "", "hotline": "", "issuer": "", "contact": ""}
    return {**blank, **named, "tiles": {d: [int(c), int(r)] for d, c, r in tiles}}


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
