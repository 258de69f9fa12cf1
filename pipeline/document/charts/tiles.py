"""A grid of tiles, one a district, placed as data say: no boundaries, so no map."""

from typing import Any

from pipeline.document.charts.canvas import INK, MARGIN, PAPER, SOFT, WIDTH, Canvas, measure, wrap
from pipeline.document.charts.caption import LABEL, SMALL, Body
from pipeline.document.charts.color_scale import ink_on, shade
from pipeline.document.charts.number import number
from pipeline.numbers import grouped

GAP = 5.0
TALL = 50.0


def body(data: dict[str, Any], width: float = WIDTH) -> Body | None:
    """Return the tiles; items without a place are in rows of their own beneath."""
    items = data.get("items") or []
    if not items:
        return None
    spots = _spots(items, data.get("layout") or {})
    across = max(column for column, _ in spots) + 1
    down = max(row for _, row in spots) + 1
    wide = min(84.0, (width - 2 * MARGIN + GAP) / across - GAP)
    tall = min(TALL, 0.9 * wide)
    known = [v for v in (number(item.get("value")) for item in items) if v is not None]

    def draw(canvas: Canvas, top: float) -> None:
        left = (canvas.width - across * (wide + GAP) + GAP) / 2
        ends = (min(known, default=0.0), max(known, default=0.0))
        for item, (column, row) in zip(items, spots, strict=True):
            x, y = left + column * (wide + GAP), top + row * (tall + GAP)
            _tile(canvas, x, y, (wide, tall), item, ends)

    return Body(down * (tall + GAP) - GAP, draw, hint="方格只示意相对方位，颜色越深数越大")


def _spots(items: list[dict[str, Any]], layout: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the column and row of each item, from 0; the layout may begin anywhere."""
    placed = {str(name): (int(spot[0]), int(spot[1])) for name, spot in layout.items()}
    here = [placed[item["name"]] for item in items if item["name"] in placed]
    first = (min((c for c, _ in here), default=0), min((r for _, r in here), default=0))
    across = max((c - first[0] + 1 for c, _ in here), default=0) or min(len(items), 6)
    row = max((r - first[1] + 1 for _, r in here), default=0)
    spots, taken, loose = [], set(), 0
    for item in items:
        spot = placed.get(item["name"])
        if spot and spot not in taken:
            taken.add(spot)
            spots.append((spot[0] - first[0], spot[1] - first[1]))
        else:
            spots.append((loose % across, row + loose // across))
            loose += 1
    return spots


def _tile(
    canvas: Canvas, x: float, y: float, extent: tuple[float, float], item: dict[str, Any],
    ends: tuple[float, float],
) -> None:  # fmt: skip
    wide, tall = extent
    value = number(item.get("value"))
    fill = PAPER if value is None else shade(value, *ends)
    ink = INK if value is None else ink_on(fill)
    canvas.rect(x, y, wide, tall, fill, radius=4, edge=SOFT if value is None else None)
    text = str(item.get("text") or "") or grouped(item.get("value"))
    size = LABEL + 1
    lines = wrap(str(item["name"]), wide - 8, size, 2)
    if len(lines) > 1:
        size = SMALL
        lines = wrap(str(item["name"]), wide - 6, size, 2)
    middle = y + tall * 0.36
    for place, line in enumerate(lines):
        shift = (place - (len(lines) - 1) / 2) * (size + 2)
        canvas.text(
            x + wide / 2, middle + shift, line, size=size, color=ink, align="center", bold=True
        )
    shrink = min(1.0, (wide - 6) / max(measure(text, LABEL + 0.5), 1.0))
    canvas.text(
        x + wide / 2, y + tall * 0.76, text, size=(LABEL + 0.5) * shrink, color=ink, align="center"
    )
