"""Small multiples: one panel a name, this period over the one before, the peak marked."""

from collections.abc import Callable
from typing import Any

from pipeline.document.charts.canvas import (
    ACCENT,
    GREY,
    HALF,
    MARGIN,
    RULE,
    SOFT,
    WIDTH,
    Canvas,
    close,
    wrap,
)
from pipeline.document.charts.caption import LABEL, SMALL, Body
from pipeline.document.charts.number import axis_text, number, steps
from pipeline.numbers import short

PLOT, GAP, MOST = 62.0, 14.0, 24
AXIS = 26.0
TINY = 7.0


def body(data: dict[str, Any], width: float = WIDTH) -> Body | None:
    """Return the panels, three or four a row; each has a vertical axis of its own."""
    panels = data.get("panels") or []
    months = [str(month) for month in data.get("months") or []]
    if not panels or not months:
        return None
    hint = "各小图纵轴独立" + ("，圆点为峰值" if width > HALF else "")
    if len(panels) > MOST:
        hint += f"；共 {len(panels)} 项，图中为前 {MOST} 项"
    panels = panels[:MOST]
    across = min(len(panels), 4 if len(panels) in (4, 7, 8) or len(panels) > 9 else 3)
    across = max(min(across, int(width // 100)), 1)
    titles = [wrap(str(p["title"]), (width - 2 * MARGIN) / across - 8, LABEL, 2) for p in panels]
    lines = max(len(title) for title in titles)
    plot = close(PLOT, width)
    tall = 12 * lines + 12 + plot + 14
    down = -(-len(panels) // across)
    has_last = any(v is not None for p in panels for v in map(number, p.get("last") or []))

    def draw(canvas: Canvas, top: float) -> None:
        step = (canvas.width - 2 * MARGIN) / across
        for place, panel in enumerate(panels):
            x, y = MARGIN + step * (place % across), top + (tall + GAP) * (place // across)
            for line, text in enumerate(titles[place]):
                canvas.text(x, y + 5 + 12 * line, text, size=LABEL, bold=True)
            _panel(canvas, (x + AXIS, y + 12 * lines + 12, step - AXIS - 8, plot), panel, months)

    return Body(
        down * (tall + GAP) - GAP,
        draw,
        str(data.get("this_label") or ""),
        str(data.get("last_label") or "") if has_last else "",
        hint,
    )


def _panel(
    canvas: Canvas, box: tuple[float, float, float, float], panel: dict[str, Any], months: list[str]
) -> None:
    x, y, width, plot = box
    this = _padded(panel.get("this"), len(months))
    last = _padded(panel.get("last"), len(months))
    known = [v for v in (*map(number, this), *map(number, last)) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high == low:
        high = low + 1.0
    pitch = width / max(len(months) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        return x + pitch * place, y + plot * (high - value) / (high - low)

    for step in steps(low, high):
        level = at(0, step)[1]
        canvas.line([(x, level), (x + width, level)], SOFT if step == 0 else RULE, 0.7)
        if known:
            canvas.text(x - 4, level, axis_text(step), size=TINY, color=SOFT, align="right")
    for place in range(0, len(months), max(-(-len(months) // 4), 1)):
        mark = x + pitch * place
        canvas.line([(mark, y + plot), (mark, y + plot + 2.5)], SOFT, 0.7)
        text = months[place]
        canvas.text(mark, y + plot + 9, text, size=TINY, color=SOFT, align="center")
    _course(canvas, last, at, GREY, 1.1, (2.5, 1.5))
    _course(canvas, this, at, ACCENT, 1.8, None)
    is_peak_known = panel.get("is_peak_known", True)
    if is_peak_known:
        _peak(canvas, this, at, (x, x + width))
    if not known:
        label = "无数据" if is_peak_known else "已隐去"
        canvas.text(x + width / 2, y + plot / 2, label, size=SMALL, color=SOFT, align="center")


def _course(
    canvas: Canvas, values: list[Any], at: Callable[[int, float], tuple[float, float]],
    color: str, width: float, dashes: tuple[float, ...] | None,
) -> None:  # fmt: skip
    """Draw the line, broken where a month is missing; a month alone is a dot."""
    piece: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        exact = number(value)
        if exact is not None:
            piece.append(at(place, exact))
            continue
        if len(piece) == 1:
            canvas.dot(*piece[0], 1.6, color)
        elif piece:
            canvas.line(piece, color, width, dashes=dashes)
        piece = []


def _peak(
    canvas: Canvas, values: list[Any], at: Callable[[int, float], tuple[float, float]],
    ends: tuple[float, float],
) -> None:  # fmt: skip
    known = [(v, place) for place, v in enumerate(map(number, values)) if v is not None]
    if not known:
        return
    value, place = max(known, key=lambda pair: (pair[0], -pair[1]))
    x, y = at(place, value)
    align = "left" if x - ends[0] < 12 else "right" if ends[1] - x < 12 else "center"
    canvas.dot(x, y, 2.4, ACCENT)
    canvas.text(
        x, y - 8, short(values[place]), size=SMALL, color=ACCENT, align=align, halo=True
    )  # fmt: skip


def _padded(values: list[Any] | None, length: int) -> list[Any]:
    return [*(values or []), *[None] * length][:length]
