"""Ranked bars: this period as a bar, the one before as a tick, value and change as a label."""

from typing import Any

from pipeline.document.charts.canvas import (
    ACCENT,
    INK,
    MARGIN,
    SOFT,
    WIDTH,
    Canvas,
    close,
    measure,
    named,
)
from pipeline.document.charts.caption import LABEL, Body
from pipeline.document.charts.number import number
from pipeline.numbers import grouped

ROW, BAR, MOST = 19.0, 11.0, 36
NAME_WIDTH = 130.0


def body(data: dict[str, Any], width: float = WIDTH) -> Body | None:
    """Return the bars of `items` in the order given."""
    items = data.get("items") or []
    if not items:
        return None
    shown = items[:MOST]
    hint = f"共 {len(items)} 项，图中为前 {MOST} 项" if len(items) > MOST else ""
    has_last = any(number(item.get("last")) is not None for item in shown)
    return Body(
        close(ROW, width) * len(shown) + 2,
        lambda canvas, top: _draw(canvas, top, shown),
        str(data.get("this_label") or "") if has_last else "",
        str(data.get("last_label") or "") if has_last else "",
        hint,
        ticks=True,
    )


def _label(item: dict[str, Any]) -> str:
    change = item.get("change_text") or ""
    return grouped(item.get("value")) + (f"({change})" if change else "")


def _draw(canvas: Canvas, top: float, items: list[dict[str, Any]]) -> None:
    row = close(ROW, canvas.width)
    width = min(NAME_WIDTH, canvas.width * 0.32)
    names = [named(str(item["name"]), width, LABEL) for item in items]
    left = MARGIN + max(measure(line, size) for lines, size in names for line in lines) + 8
    values = [number(item.get("value")) for item in items]
    lasts = [number(item.get("last")) for item in items]
    known = [0.0, *(v for v in (*values, *lasts) if v is not None)]
    low, high = min(known), max(known)
    label_width = max(measure(_label(item), LABEL) for item in items) + 6
    start = left + (label_width if low < 0 else 0)
    span = canvas.width - MARGIN - label_width - start
    scale = span / (high - low) if high > low else 0.0
    zero = start - low * scale
    for place, item in enumerate(items):
        y = top + row * place + row / 2
        canvas.name(left - 8, y, *names[place])
        _bar(canvas, y, zero, scale, values[place], lasts[place], _label(item))
    canvas.line([(zero, top), (zero, top + row * len(items))], SOFT, 0.7)


def _bar(
    canvas: Canvas, y: float, zero: float, scale: float,
    value: float | None, last: float | None, label: str,
) -> None:  # fmt: skip
    high = close(BAR, canvas.width)
    end = zero + (value or 0.0) * scale
    tick = zero if last is None else zero + last * scale
    if value is not None:
        canvas.rect(min(zero, end), y - high / 2, abs(end - zero), high, ACCENT)
    if last is not None:
        # White beside the tick keeps it visible on the bar as on the paper.
        canvas.rect(tick - 1.6, y - high / 2 - 2.5, 3.2, high + 5, "#FFFFFF")
        canvas.rect(tick - 0.8, y - high / 2 - 2.5, 1.6, high + 5, SOFT)
    if (value or 0.0) < 0:
        canvas.text(min(end, tick) - 5, y, label, size=LABEL, color=INK, align="right")
    else:
        canvas.text(max(end, tick) + 5, y, label, size=LABEL, color=INK)
