"""A bulletin as a document: what it says of a period, from the printed tables and the template."""

import duckdb

from pipeline.bulletin.content import arrange, cases, history
from pipeline.bulletin.content.context import TEMPLATES, words_of
from pipeline.bulletin.content.tables import monthly_tables
from pipeline.document.model import Document, Masthead
from pipeline.home import Home
from pipeline.metrics.definitions import metrics_of
from pipeline.narrative.context import made_from
from pipeline.narrative.figures import Figures
from pipeline.narrative.print_table import use_headings
from pipeline.narrative.sections import Sections
from pipeline.narrative.selection import RenderContext
from pipeline.narrative.table_store import TableStore
from pipeline.narrative.template import read_whole
from pipeline.narrative.templating import filled, lines
from pipeline.period import QUARTER, Period

__all__ = ["build_document"]


def build_document(con: duckdb.DuckDBPyConnection, home: Home, period: Period) -> Document:
    """Return the bulletin of a period that is loaded, from a built warehouse.

    What the data do not give is left out, and the notes say so. The texts of the typical cases are
    read from the home, masked as they are kept.
    """
    use_headings(home)
    template = read_whole(TEMPLATES, "bulletin", home.templates)
    tables = cases.with_texts(con, home, period, monthly_tables(con, period))
    tables = arrange.arranged(tables)
    figures = Figures.of_period(
        con, period.period_type, period.period, period.year, metrics_of(home)
    )
    said = words_of(con, period, template, tables, figures)
    source = TableStore(
        [*tables, *history.tables(con, period)], history.before(con, period), figures
    )
    line = filled(template["source"], said)
    if said["simulated"]:
        line += template["source_simulated"]
    context = RenderContext(source, said, template["wan_places"])
    sections = Sections(context, line)
    built = sections.build(template["section"])
    hidden = any(table.hidden for table in tables)
    return Document(
        kind="quarterly" if period.period_type == QUARTER else "monthly",
        title=filled(template["title"], said),
        subtitle=filled(template["subtitle"], said),
        period=period.period,
        city=said["city"],
        issuer=said["issuer"],
        is_partial=bool(said["partial"]),
        is_simulated=bool(said["simulated"]),
        marks=lines(template["marks"], {**said, "hidden": "是" if hidden else ""}),
        source=line,
        sections=built,
        figures=dict(sorted(figures.used.items())),
        notes=(*lines(template["notes"], said), *sections.left_out),
        build=made_from(con, tables),
        masthead=Masthead(
            filled(template["masthead"], said),
            filled(template["issue"], said),
            filled(template["days"], said),
        ),
    )
