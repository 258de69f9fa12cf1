"""A bulletin as a document: what it says of a period, from the printed tables and the template."""

import duckdb

from pipeline.bulletin.content import arrange, cases, history
from pipeline.bulletin.content.tables import monthly_tables
from pipeline.bulletin.content.words import TEMPLATES, words_of
from pipeline.document.model import Document, Masthead
from pipeline.home import Home
from pipeline.period import QUARTER, Period
from pipeline.telling import words
from pipeline.telling.context import made_from
from pipeline.telling.figures import Figures
from pipeline.telling.printed import use_headings
from pipeline.telling.sections import Sections
from pipeline.telling.sentence import Scene
from pipeline.telling.source import Source
from pipeline.telling.template import read_whole

__all__ = ["build_document"]


def build_document(con: duckdb.DuckDBPyConnection, home: Home, period: Period) -> Document:
    """Return the bulletin of a period that is loaded, from a built warehouse.

    What the data do not give is left out, and the notes say so. The texts of the typical cases are
    read from the home, masked as they are kept.
    """
    use_headings(home)
    template = read_whole(TEMPLATES, "bulletin", home.templates)
    tables = cases.told(con, home, period, monthly_tables(con, period))
    tables = arrange.arranged(tables)
    figures = Figures.of_period(con, period.period_type, period.period, period.year)
    said = words_of(con, period, template, tables, figures)
    source = Source([*tables, *history.tables(con, period)], history.before(con, period), figures)
    line = words.filled(template["source"], said)
    if said["simulated"]:
        line += template["source_simulated"]
    scene = Scene(source, said, template["wan_places"])
    sections = Sections(scene, line)
    built = sections.build(template["section"])
    hidden = any(table.hidden for table in tables)
    return Document(
        kind="quarterly" if period.period_type == QUARTER else "monthly",
        title=words.filled(template["title"], said),
        subtitle=words.filled(template["subtitle"], said),
        period=period.period,
        city=said["city"],
        issuer=said["issuer"],
        is_partial=bool(said["partial"]),
        is_simulated=bool(said["simulated"]),
        marks=words.lines(template["marks"], {**said, "hidden": "是" if hidden else ""}),
        source=line,
        sections=built,
        figures=dict(sorted(figures.used.items())),
        notes=(*words.lines(template["notes"], said), *sections.left_out),
        build=made_from(con, tables),
        masthead=Masthead(
            words.filled(template["masthead"], said),
            words.filled(template["issue"], said),
            words.filled(template["days"], said),
        ),
    )
