"""The pictures of a report, one module a kind, each drawn from the model's data alone."""

from dataclasses import dataclass
from typing import Any

from pipeline.document.charts import bars, bullet, heat, intervals, slope, small_multiples, tiles
from pipeline.document.charts.canvas import HALF, WIDTH
from pipeline.document.charts.caption import framed
from pipeline.document.charts.svg import to_png, to_svg
from pipeline.document.font import use_chinese_font
from pipeline.document.model import Chart
from pipeline.errors import USAGE, HotlineError

KINDS: dict[str, Any] = {
    "small_multiples": small_multiples.body,
    "heat": heat.body,
    "bars": bars.body,
    "tiles": tiles.body,
    "slope": slope.body,
    "intervals": intervals.body,
    "bullet": bullet.body,
}


@dataclass(frozen=True)
class Picture:
    """A drawn chart: a file of its own with title, and as on a page above a caption.

    Width and height are those on the page, in points.
    """

    file: str
    svg: str
    png: bytes
    width: float
    height: float


def draw(chart: Chart, *, simulated: bool) -> Picture:
    """Return the chart as SVG and PNG; HotlineError where its kind is unknown or a glyph lacks."""
    if chart.kind not in KINDS:
        raise HotlineError(
            f"图 {chart.id} 的类型 {chart.kind} 不认识;应为 {'、'.join(KINDS)}", USAGE
        )
    use_chinese_font()
    try:
        body = KINDS[chart.kind](chart.data, HALF if chart.is_half else WIDTH)
        alone = framed(chart, body, simulated=simulated, titled=True)
        canvas = framed(chart, body, simulated=simulated, titled=False)
        file, svg = (to_svg(one, chart.id, chart.title, chart.alt) for one in (alone, canvas))
        png = to_png(canvas)
    except UserWarning as error:  # a missing glyph, made an error by the font's set-up
        raise HotlineError(f"图 {chart.id} 里有字体没有的字:{error}", USAGE) from error
    return Picture(file, svg, png, canvas.width, canvas.height)
