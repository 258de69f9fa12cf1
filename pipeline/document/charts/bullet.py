"""Bullets: how much of its way to the target each thing has gone, and how much it should have."""

from typing import Any

from pipeline.document.charts.canvas import (
    ACCENT,
    ACCENT_SOFT,
    GREY,
    INK,
    MARGIN,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    Canvas,
    fitted,
    measure,
    named,
)
from pipeline.document.charts.caption import Body
from pipeline.document.charts.number import number

ROW, TALL_ROW, GROUP, LEGEND, HEADS, AXIS, MOST = 14.0, 19.0, 12.0, 14.0, 10.0, 13.0, 36
NAME_WIDTH, TEXT_WIDTH = 150.0, 62.0
BAND, BAR, TINY, SIZE = 10.0, 5.0, 7.0, 8.0
BACK, BEYOND = -0.25, 1.25  # where the axis ends; a bar that goes on has an arrow there
TEXTS = ("text", "target", "state")


def body(data: dict[str, Any], width: float = WIDTH) -> Body | None:
    """Return one row an item, `group` by group: name, bar, band and target; then its words.

    `value` and `path` are parts of the way from the base (0) to the target (1), so that all rows
    have one axis. An item `is_met` without a value has an empty bar, one that `is_open` (not
    judged) a broken line; `is_behind` stresses. `marks` names the two sorts of target, chosen by
    `is_marked`; `heads` are printed over the words `text`, `target` and `state`.
    """
    items = data.get("items") or []
    if not items:
        return None
    hint = f"共 {len(items)} 项，图中为前 {MOST} 项" if len(items) > MOST else ""
    items = items[:MOST]
    names = [named(str(item["name"]), NAME_WIDTH, SIZE) for item in items]
    places, bottom = _places(items, names)
    return Body(
        bottom + AXIS,
        lambda canvas, top: _draw(canvas, top, data, items, names, places, bottom),
        hint=hint,
    )


def _places(
    items: list[dict[str, Any]], names: list[tuple[list[str], float]]
) -> tuple[list[float], float]:
    """Return the middle of each row below the top, and where the last one ends."""
    at, group, places = LEGEND + HEADS, "", []
    for item, (lines, _) in zip(items, names, strict=True):
        if (item.get("group") or "") != group:
            group = item["group"] or ""
            at += GROUP
        tall = ROW if len(lines) == 1 else TALL_ROW
        places.append(at + tall / 2)
        at += tall
    return places, at


def _draw(
    canvas: Canvas, top: float, data: dict[str, Any], items: list[dict[str, Any]],
    names: list[tuple[list[str], float]], places: list[float], bottom: float,
) -> None:  # fmt: skip
    left = MARGIN + max(measure(line, size) for lines, size in names for line in lines) + 8
    words, ends = _columns(data, items)
    right = canvas.width - MARGIN - sum(ends) - 10
    ends_of = [number(item.get(key)) for item in items for key in ("value", "path")]
    known = [part for part in ends_of if part is not None]
    low = max(min([0.0, *known]), BACK)
    high = min(max([1.0, *known]), BEYOND) + 0.04
    axis = _Axis(left, (right - left) / (high - low), low, high)
    first = top + LEGEND + HEADS
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line([(axis.at(part), first), (axis.at(part), top + bottom)], RULE, 0.6)
        if part in (0.0, 0.5, 1.0):
            canvas.text(
                axis.at(part), top + bottom + 7, f"{part:.0%}", size=TINY, color=SOFT,
                align="center",
            )  # fmt: skip
    _legend(canvas, top + 5, data, items)
    _words(canvas, top + LEGEND + 4, words[0], ends, SOFT)
    group = ""
    for place, item in enumerate(items):
        y = top + places[place]
        if (item.get("group") or "") != group:
            group = item["group"] or ""
            rise = (ROW if len(names[place][0]) == 1 else TALL_ROW) / 2 + GROUP / 2 - 1
            head, size = fitted(str(group), left - MARGIN, SIZE)
            canvas.text(MARGIN, y - rise, head, size=size, bold=True)
        canvas.name(left - 8, y, *names[place])
        _bullet(canvas, axis, y, item)
        _words(canvas, y, words[place + 1], ends, INK, bold=bool(item.get("is_behind")))


class _Axis:
    """Where a part of the way is on the paper."""

    def __init__(self, left: float, scale: float, low: float, high: float) -> None:
        self._left, self._scale, self.low, self.high = left, scale, low, high

    def at(self, part: float) -> float:
        return self._left + (min(max(part, self.low), self.high) - self.low) * self._scale


def _columns(
    data: dict[str, Any], items: list[dict[str, Any]]
) -> tuple[list[list[tuple[str, float]]], list[float]]:
    """Return the words of the heads and of each row with their sizes, and the columns' widths."""
    heads = [*(data.get("heads") or []), "", "", ""][: len(TEXTS)]
    rows = [heads, *([str(item.get(key) or "") for key in TEXTS] for item in items)]
    words = [[fitted(text, TEXT_WIDTH, TINY) for text in row] for row in rows]
    widths = [max(measure(*row[place]) for row in words) for place in range(len(TEXTS))]
    return words, [width + 7 if width else 0.0 for width in widths]


def _words(
    canvas: Canvas, y: float, words: list[tuple[str, float]], ends: list[float], color: str,
    *, bold: bool = False,
) -> None:  # fmt: skip
    x = canvas.width - MARGIN - sum(ends)
    for place, ((text, size), width) in enumerate(zip(words, ends, strict=True)):
        x += width
        if place < len(TEXTS) - 1:
            canvas.text(x, y, text, size=size, color=color, align="right")
        else:
            canvas.text(x - width + 7, y, text, size=size, color=color, bold=bold)


def _bullet(canvas: Canvas, axis: _Axis, y: float, item: dict[str, Any]) -> None:
    value, path = number(item.get("value")), number(item.get("path"))
    zero = axis.at(0)
    if item.get("is_open"):
        canvas.line([(zero, y), (axis.at(1), y)], GREY, 0.9, dashes=(2, 2))
    elif path is not None:
        canvas.rect(zero, y - BAND / 2, axis.at(path) - zero, BAND, RULE)
    if value is not None and not item.get("is_open"):
        end = axis.at(value)
        fill = ACCENT if item.get("is_behind") else ACCENT_SOFT
        canvas.rect(min(zero, end), y - BAR / 2, abs(end - zero), BAR, fill)
        if not axis.low <= value <= axis.high:
            _arrow(canvas, end, y, 1 if value > 0 else -1, fill)
    elif item.get("is_met"):
        canvas.rect(zero, y - BAR / 2, axis.at(1) - zero, BAR, PAPER, edge=ACCENT_SOFT)
    _target(canvas, axis.at(1), y, marked=bool(item.get("is_marked")))


def _arrow(canvas: Canvas, x: float, y: float, way: int, color: str) -> None:
    """Draw the point of a bar that goes on beyond the axis, apart from it by a gap."""
    back = x - 5 * way
    canvas.rect(min(back, back - 1.5 * way), y - BAR / 2, 1.5, BAR, PAPER)
    canvas.polygon([(back, y - 4), (back, y + 4), (x, y)], color)


def _target(canvas: Canvas, x: float, y: float, *, marked: bool) -> None:
    """Draw a diamond for what is marked, a tick for all else, rimmed white to show on a bar."""
    if marked:
        for size, color in ((4.6, PAPER), (3.7, INK)):
            canvas.polygon([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], color)
    else:
        canvas.rect(x - 1.6, y - 5, 3.2, 10, PAPER)
        canvas.rect(x - 0.8, y - 5, 1.6, 10, INK)


def _legend(canvas: Canvas, y: float, data: dict[str, Any], items: list[dict[str, Any]]) -> None:
    """Say in one line what the shapes mean, those alone that the rows have."""
    x = MARGIN
    judged = [item for item in items if not item.get("is_open")]
    has_path = any(number(item.get("path")) is not None for item in judged)
    is_empty = any(i.get("is_met") and number(i.get("value")) is None for i in judged)
    plain, marked = [*(data.get("marks") or []), "目标", ""][:2]

    def entry(label: str, width: float) -> float:
        canvas.text(x + width + 4, y, label, size=TINY, color=SOFT)
        return width + 4 + measure(label, TINY) + 10

    canvas.rect(x, y - BAR / 2, 12, BAR, ACCENT_SOFT)
    x += entry(str(data.get("value_label") or "实际"), 12)
    if has_path:
        canvas.rect(x, y - BAND / 2, 12, BAND, RULE)
        x += entry(str(data.get("path_label") or "应达到"), 12)
    if is_empty:
        canvas.rect(x, y - BAR / 2, 12, BAR, PAPER, edge=ACCENT_SOFT)
        x += entry(str(data.get("met_label") or "已达到,起点不明"), 12)
    for label, is_marked in ((plain, False), (marked, True)):
        if label:
            _target(canvas, x + 4, y, marked=is_marked)
            x += entry(str(label), 8)
    if len(judged) < len(items):
        canvas.line([(x, y), (x + 12, y)], GREY, 0.9, dashes=(2, 2))
        x += entry(str(data.get("open_label") or "未评估"), 12)
