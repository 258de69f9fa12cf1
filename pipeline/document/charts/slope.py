"""Slopes: the rank of each name in two periods, joined by a line."""

from typing import Any

from pipeline.document.charts.canvas import (
    ACCENT,
    GREY,
    INK,
    MARGIN,
    SOFT,
    Canvas,
    fitted,
    measure,
    wrap,
)
from pipeline.document.charts.caption import LABEL, SMALL, Body
from pipeline.document.charts.number import number
from pipeline.numbers import grouped

ROW, HEAD, MOST = 18.0, 18.0, 36
LEFT, RIGHT = 160.0, 282.0
MOVED = 2  # ranks that a move must span to be drawn in the accent


def body(data: dict[str, Any], _: float = 0) -> Body | None:
    """Return the two columns of names; ranks that tie are beneath each other."""
    items = data.get("items") or []
    if not items:
        return None
    hint = f"深色粗线：位次变动 {MOVED} 位及以上"
    if len(items) > MOST:
        hint += f"；共 {len(items)} 项，图中为前 {MOST} 项"
    items = items[:MOST]
    rows = [_rows(items, "left_rank"), _rows(items, "right_rank")]
    tall = max(len(rows[0]), len(rows[1]), 1)

    def draw(canvas: Canvas, top: float) -> None:
        for x, label, align in (
            (LEFT, data.get("left_label"), "right"),
            (RIGHT, data.get("right_label"), "left"),
        ):
            canvas.text(x, top + 6, str(label or ""), size=LABEL, align=align, bold=True)
        _lines(canvas, top + HEAD, items, rows)
        _names(canvas, top + HEAD, items, rows)

    return Body(HEAD + ROW * tall, draw, hint=hint)


def _rows(items: list[dict[str, Any]], side: str) -> dict[int, int]:
    """Return the row of each ranked item (by its place in `items`) on one side."""
    ranked = [(number(item.get(side)), place) for place, item in enumerate(items)]
    order = sorted((rank, place) for rank, place in ranked if rank is not None)
    return {place: row for row, (_, place) in enumerate(order)}


def _moved(item: dict[str, Any]) -> bool:
    left, right = number(item.get("left_rank")), number(item.get("right_rank"))
    return left is None or right is None or abs(left - right) >= MOVED


def _lines(
    canvas: Canvas, top: float, items: list[dict[str, Any]], rows: list[dict[int, int]]
) -> None:
    for strong in (False, True):  # the accent over the grey
        for place, item in enumerate(items):
            if _moved(item) != strong:
                continue
            color = ACCENT if strong else GREY
            ends = [
                (x, top + ROW * side[place] + ROW / 2)
                for x, side in ((LEFT + 8, rows[0]), (RIGHT - 8, rows[1]))
                if place in side
            ]
            if len(ends) == 2:
                canvas.line(ends, color, 1.8 if strong else 1.1)
            for end in ends:
                canvas.dot(*end, 2.4, color, hollow=len(ends) == 1)


def _names(
    canvas: Canvas, top: float, items: list[dict[str, Any]], rows: list[dict[int, int]]
) -> None:
    for place, item in enumerate(items):
        ink = ACCENT if _moved(item) else INK
        if place in rows[0]:
            y = top + ROW * rows[0][place] + ROW / 2
            rank = grouped(item.get("left_rank"))
            x = LEFT - measure(rank, LABEL) - 6
            name, size = fitted(str(item["name"]), x - MARGIN, LABEL)
            canvas.text(LEFT, y, rank, size=LABEL, color=ink, align="right")
            canvas.text(x, y, name, size=size, color=ink, align="right")
            if place not in rows[1]:
                canvas.text(LEFT + 14, y, "退出", size=SMALL, color=SOFT)
        if place in rows[1]:
            y = top + ROW * rows[1][place] + ROW / 2
            _right(canvas, y, item, ink)
            if place not in rows[0]:
                canvas.text(RIGHT - 14, y, "新进", size=SMALL, color=SOFT, align="right")


def _right(canvas: Canvas, y: float, item: dict[str, Any], ink: str) -> None:
    rank, remark = grouped(item.get("right_rank")), str(item.get("text") or "")
    x = RIGHT + measure(rank, LABEL) + 6
    remark = wrap(remark, 70, SMALL, 1)[0]
    width = canvas.width - MARGIN - x - (measure(remark, SMALL) + 8 if remark else 0)
    name, size = fitted(str(item["name"]), width, LABEL)
    canvas.text(RIGHT, y, rank, size=LABEL, color=ink)
    canvas.text(x, y, name, size=size, color=ink)
    canvas.text(x + measure(name, size) + 8, y, remark, size=SMALL, color=SOFT)
