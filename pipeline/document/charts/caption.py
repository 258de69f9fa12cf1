"""What all charts share: the finding as title, the unit beneath, the source line at the foot."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.document.charts.canvas import (
    ACCENT,
    GREY,
    HALF,
    INK,
    MARGIN,
    SOFT,
    WIDTH,
    Canvas,
    measure,
    wrap,
)
from pipeline.document.layout import unit_line
from pipeline.document.model import Chart

TITLE, LABEL, SMALL = 12.0, 9.0, 8.0
SIMULATED = "模拟数据"
NO_DATA = "没有可画的数据"


@dataclass(frozen=True)
class Body:
    """The inside of a chart: its height, how it is drawn below `top`, and what the head explains.

    `this` and `last` name the two series of the legend; `hint` is added to the unit line.
    """

    height: float
    draw: Callable[[Canvas, float], None]
    this: str = ""
    last: str = ""
    hint: str = ""
    ticks: bool = False  # the series before is a tick across the bar, not a line


def framed(chart: Chart, body: Body | None, *, simulated: bool, titled: bool) -> Canvas:
    """Return the chart on its canvas; no body means that there is nothing to draw.

    On a page the caption is the title, so that the picture there has none of its own.
    """
    body = body or Body(40, _empty)
    width = HALF if chart.is_half else WIDTH
    inner = width - 2 * MARGIN
    title = wrap(chart.title, inner, TITLE, 3) if titled else []
    unit = "；".join(part for part in (unit_line(chart.unit), body.hint) if part)
    legend = _legend_width(body)
    units = wrap(unit, inner - legend, SMALL, 3) if unit else []
    stamp = measure(SIMULATED, SMALL) + 14 if simulated else 0.0
    # The page of a bulletin prints the source once, at its end.
    source_text = chart.source if titled or not chart.is_half else ""
    source = wrap(source_text, inner - stamp, SMALL, 3) if source_text else []
    head = MARGIN + 17 * len(title) + max(12 * len(units), 14 if legend else 0) + 10
    foot = max(12 * len(source), 14 if simulated else 0) + (8 if source or not chart.is_half else 2)
    canvas = Canvas(head + body.height + foot + 6, width)
    for place, line in enumerate(title):
        canvas.text(MARGIN, MARGIN + 8 + 17 * place, line, size=TITLE, bold=True)
    line_at = MARGIN + 17 * len(title) + 7
    for place, line in enumerate(units):
        canvas.text(MARGIN, line_at + 12 * place, line, size=SMALL, color=SOFT)
    _legend(canvas, body, line_at)
    body.draw(canvas, head)
    bottom = head + body.height + (12 if source or not chart.is_half else 8)
    for place, line in enumerate(source):
        canvas.text(MARGIN, bottom + 12 * place, line, size=SMALL, color=SOFT)
    if simulated:
        canvas.rect(width - MARGIN - stamp + 4, bottom - 7, stamp - 4, 14, "#FFFFFF", edge=INK)
        canvas.text(width - MARGIN - stamp / 2 + 2, bottom, SIMULATED, size=SMALL, align="center")
    return canvas


def _empty(canvas: Canvas, top: float) -> None:
    canvas.text(canvas.width / 2, top + 18, NO_DATA, size=LABEL, color=SOFT, align="center")


def _legend_width(body: Body) -> float:
    return sum(measure(label, SMALL) + 30 for label in (body.this, body.last) if label)


def _legend(canvas: Canvas, body: Body, y: float) -> None:
    x = canvas.width - MARGIN - _legend_width(body) + 10
    if body.this:
        if body.ticks:
            canvas.rect(x, y - 3.5, 12, 7, ACCENT)
        else:
            canvas.line([(x, y), (x + 12, y)], ACCENT, 2.2)
        canvas.text(x + 16, y, body.this, size=SMALL, color=ACCENT, bold=True)
        x += measure(body.this, SMALL) + 30
    if body.last:
        if body.ticks:
            canvas.line([(x + 10, y - 5), (x + 10, y + 5)], SOFT, 1.6)
        else:
            canvas.line([(x, y), (x + 12, y)], GREY, 1.2, dashes=(2.5, 1.5))
        canvas.text(x + 16, y, body.last, size=SMALL, color=SOFT)
