"""The report of a year as a document: what it says, from the printed tables and the template."""

from typing import Any

import duckdb

from pipeline import numbers
from pipeline.document.model import Document
from pipeline.errors import USAGE, HotlineError
from pipeline.home import Home
from pipeline.ledger.verdict import AuditResult
from pipeline.metrics.definitions import metrics_of
from pipeline.narrative import context
from pipeline.narrative.context import (
    is_simulated,
    made_from,
    months_of,
    office,
    scope_words,
    unknown_rates,
)
from pipeline.narrative.figures import Figures
from pipeline.narrative.print_table import PrintTable, rules
from pipeline.narrative.sections import Sections
from pipeline.narrative.selection import RenderContext
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.templating import filled, lines
from pipeline.report.content.template import read_template
from pipeline.report.yearly_tables import printed_table

__all__ = ["build_document"]


def build_document(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    year: int,
    tables: list[PrintTable],
    verdicts: AuditResult | None,
) -> Document:
    """Return the yearly report of a built warehouse.

    `tables` are the printed tables of the year, small counts already hidden; `verdicts` those
    of the audit, None where nothing can be held against the year. The home's own templates and
    metrics are laid over the repository's.
    """
    figures = Figures.of_year(con, year, verdicts, metrics_of(home))
    source = TableStore(tables, lambda name: printed_table(con, name, year - 1).records(), figures)
    template = read_template(home.templates, source)
    said = {**_words(con, year, figures), **office(con)}
    spans = _spans(con, year, template)
    said |= spans[template["entities"][0]]
    said["has_rates"] = "是" if source.has("t21_rate") else ""
    unknown = unknown_rates([place.values for place in source.rows("t21_rate")])
    said["unknown_rates"] = "、".join(map(figures.label, unknown))
    said["no_resolution"] = "是" if "resolution_rate" in unknown else ""
    said["no_satisfaction"] = "是" if "satisfaction_rate" in unknown else ""
    said["has_ranks"] = "是" if source.has("t33_unit_rank") else ""
    said |= _in_part(con, year, said)
    said["composite"] = _composite(con, source)
    simulated = is_simulated(con, months_of(year))
    warning = template["source_simulated"] if simulated else ""
    context = RenderContext(source, said, template["wan_places"])
    sections = Sections(context, warning, spans)
    built = sections.build(template["section"])
    partial = _partial(template, said, spans)
    marks = [
        *([template["mark_simulated"]] if simulated else []),
        *partial,
        *([template["mark_hidden"]] if any(table.hidden for table in tables) else []),
    ]
    return Document(
        kind="annual",
        title=filled(template["title"], said),
        subtitle=filled(template["subtitle"], said),
        period=str(year),
        city=said["city"],
        issuer=filled(template["issuer"], said),
        is_partial=bool(partial),
        is_simulated=simulated,
        marks=tuple(marks),
        source=filled(template["source_word"] + "".join(template["sources"]), said) + warning,
        sections=built,
        figures=dict(sorted(figures.used.items())),
        notes=(*lines(template["notes"], said), *sections.left_out),
        build=made_from(con, tables),
    )


def _partial(
    template: dict[str, Any], said: dict[str, Any], spans: dict[str, dict[str, str]]
) -> list[str]:
    """Return the mark of each entity that the report covers and whose year is not whole."""
    return [
        filled(template["mark_partial"], {**said, **spans[entity]})
        for entity in template["entities"]
        if spans[entity]["partial"]
    ]


def _words(con: duckdb.DuckDBPyConnection, year: int, figures: Figures) -> dict[str, Any]:
    """Return what every section may say of the year and how it is compared."""
    loaded = context.held_days(con, year)
    compared = context.compared_days(con, year, figures.section)
    return {
        **rules(con),
        "year": year,
        "next_year": year + 1,
        "this_label": f"{year}年",
        "last_label": f"{year - 1}年",
        "has_records": numbers.dates(loaded),
        "compared": numbers.dates(compared),
        "yoy": context.yoy(loaded, compared),
        **context.yoy_months(loaded, compared),
        "has_before": numbers.dates(compared),
        "not_compared": "" if compared or not loaded else "是",
        "part_compared": numbers.dates(compared) if compared and compared != loaded else "",
        "section": figures.section,
        "headline": figures.headline,
        **scope_words(con, figures.section, figures.headline),
    }


def _in_part(con: duckdb.DuckDBPyConnection, year: int, said: dict[str, Any]) -> dict[str, str]:
    """Return what is said of columns that only some months of the year hold."""
    held = context.held_in_part(con, "year", str(year))
    months = {name: column.span for name, column in held.items()}
    return {
        "columns_in_part": context.in_part(held),
        "caller_span": months.get("caller", said["span"]),
        "epidemic_span": months.get("epidemic", said["span"]),
        "rate_period": f"{year}年{months['call_back']}"
        if "call_back" in months
        else said["period"],
    }


def _spans(
    con: duckdb.DuckDBPyConnection, year: int, template: dict[str, Any]
) -> dict[str, dict[str, str]]:
    """Return, for each entity, which part of the year its rows cover, in words.

    An entity whose rows fill no months (values of a date) has the whole year.
    """
    titles = con.execute("SELECT entity, title FROM source.entity").fetchall()
    rows = con.execute(
        """SELECT DISTINCT entity, is_partial FROM metric.entity_period
           WHERE period_type = 'year' AND "year" = ?""",
        [year],
    ).fetchall()
    spans = {}
    for entity, title in titles:
        loaded = numbers.dates(context.held_days(con, year, entity))
        partial = any(flag for name, flag in rows if name == entity)
        said = {"year": year, "loaded": loaded, "things": title}
        spans[entity] = {
            "partial": "是" if partial else "",
            "loaded": loaded,
            "things": title,
            "period": filled(template["period_partial" if partial else "period"], said),
            "span": loaded if partial else template["span"],
        }
    if unknown := [name for name in template["entities"] if name not in spans]:
        raise HotlineError(
            f"报告模板里的 entity {unknown[0]} 不认识;应为 {'、'.join(spans)}", USAGE
        )
    return spans


def _composite(con: duckdb.DuckDBPyConnection, source: TableStore) -> str:
    """Return how the year's composite score is made, as its convention says."""
    used = {place.values["convention"] for place in source.rows("t33_unit_rank")}
    notes = con.execute(
        "SELECT composite, definition FROM ref.composite_convention ORDER BY 1"
    ).fetchall()
    return "；".join(text for name, text in notes if name in used and text)
