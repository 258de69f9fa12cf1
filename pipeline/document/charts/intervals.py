"""Intervals: a rate as a dot on the span within which it may be, and a rate to hold it to."""

from collections.abc import Callable
from typing import Any

from pipeline.document.charts.canvas import (
    ACCENT,
    ACCENT_SOFT,
    HALF,
    INK,
    MARGIN,
    RULE,
    SOFT,
    WIDTH,
    Canvas,
    close,
    measure,
    named,
    wrap,
)
from pipeline.document.charts.caption import LABEL, SMALL, Body
from pipeline.document.charts.number import axis_text, number, steps
from pipeline.numbers import grouped

ROW, AXIS, MOST = 19.0, 18.0, 36
NAME_WIDTH = 130.0
REFERENCE = "参照值"


def body(data: dict[str, Any], width: float = WIDTH) -> Body | None:
    """Return one row an item: name, span with dot, value in words, n.

    `target` is drawn as a line over all rows; `target_label` says what it is, `n_label` what n is,
    `total` of how many items these are the first.
    """
    items = data.get("items") or []
    if not items:
        return None
    is_half = width <= HALF
    count = f"，n 为{data.get('n_label') or '件数'}"
    hint = "圆点为实际值，横线为置信区间" + ("" if is_half else count)
    target = number(data.get("target"))
    label = str(data.get("target_label") or REFERENCE)
    if target is not None and not is_half:  # the line bears its name
        hint += f"，虚线为{label}"
    total = max(int(data.get("total") or 0), len(items))
    items = items[:MOST]
    if total > len(items):
        hint += f"；共 {total} 项，图中为前 {len(items)} 项"
    head = 12.0 if target is not None else 0.0
    return Body(
        head + close(ROW, width) * len(items) + AXIS,
        lambda canvas, top: _draw(canvas, top + head, items, target, label),
        hint=hint,
    )


def _draw(
    canvas: Canvas, top: float, items: list[dict[str, Any]], target: float | None, label: str
) -> None:
    row = close(ROW, canvas.width)
    width = min(NAME_WIDTH, canvas.width * 0.32)
    names = [named(str(item["name"]), width, LABEL) for item in items]
    texts = [str(item.get("text") or "") or grouped(item.get("value")) for item in items]
    counts = [f"n={grouped(item['n'])}" if item.get("n") is not None else "" for item in items]
    left = MARGIN + max(measure(line, size) for lines, size in names for line in lines) + 10
    n_width = max(measure(text, SMALL) for text in counts)
    texts = [wrap(text, 150, LABEL, 1)[0] for text in texts]
    text_x = canvas.width - MARGIN - n_width - 10
    right = text_x - max(measure(text, LABEL) for text in texts) - 10
    low, high = _ends(items, target)

    def at(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    bottom = top + row * len(items)
    for step in steps(low, high, 4 if canvas.width > HALF else 2):
        canvas.line([(at(step), top), (at(step), bottom)], RULE, 0.7)
        canvas.text(
            at(step), bottom + 8, _tick(step, low, high), size=SMALL, color=SOFT, align="center"
        )
    if target is not None:
        canvas.line([(at(target), top - 3), (at(target), bottom)], INK, 1, dashes=(3, 2))
        canvas.text(
            at(target), top - 9, f"{label} {_exact(target, low, high)}", size=SMALL, align="center"
        )
    for place, item in enumerate(items):
        y = top + row * place + row / 2
        canvas.name(left - 10, y, *names[place])
        _span(canvas, y, item, at)
        canvas.text(text_x, y, texts[place], size=LABEL, align="right")
        canvas.text(canvas.width - MARGIN, y, counts[place], size=SMALL, color=SOFT, align="right")


def _span(canvas: Canvas, y: float, item: dict[str, Any], at: Callable[[float], float]) -> None:
    low, value, high = (number(item.get(key)) for key in ("low", "value", "high"))
    if low is not None and high is not None:
        canvas.line([(at(low), y), (at(high), y)], ACCENT_SOFT, 2.4)
        for end in (low, high):
            canvas.line([(at(end), y - 3), (at(end), y + 3)], ACCENT_SOFT, 1.2)
    if value is not None:
        canvas.dot(at(value), y, 3, ACCENT)


def _ends(items: list[dict[str, Any]], target: float | None) -> tuple[float, float]:
    """Return the ends of the axis: all that is drawn, with a little air, a ratio within 0 and 1."""
    found = [number(item.get(key)) for item in items for key in ("low", "value", "high")]
    known = [value for value in (*found, target) if value is not None] or [0.0, 1.0]
    low, high = min(known), max(known)
    air = (high - low) * 0.04 or 0.05
    if low >= 0 and high <= 1:
        return max(low - air, 0.0), min(high + air, 1.0)
    return low - air, high + air


def _exact(value: float, low: float, high: float) -> str:
    """Return the value drawn as a line as text, with the decimals that a rate is printed with."""
    return f"{value * 100:.2f}%" if low >= 0 and high <= 1 else axis_text(value)


def _tick(value: float, low: float, high: float) -> str:
    """Return a step as text; an axis within 0 and 1 is one of ratios and shown in percent."""
    if low >= 0 and high <= 1:
        return f"{value * 100:.4g}%"
    return axis_text(value)
