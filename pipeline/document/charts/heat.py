"""A heat map: one row a name, one column a month; the number is printed in every cell."""

from typing import Any

from pipeline.document.charts.canvas import INK, MARGIN, PAPER, SOFT, Canvas, measure, named
from pipeline.document.charts.caption import LABEL, SMALL, Body
from pipeline.document.charts.color_scale import ink_on, shade
from pipeline.document.charts.number import number
from pipeline.numbers import short

ROW, HEAD, MOST = 20.0, 14.0, 30
NAME_WIDTH = 96.0


def body(data: dict[str, Any], _: float = 0) -> Body | None:
    """Return the cells; the darker, the larger."""
    rows, columns = data.get("rows") or [], data.get("columns") or []
    if not rows or not columns:
        return None
    hint = f"共 {len(rows)} 行，图中为前 {MOST} 行" if len(rows) > MOST else ""
    rows, values = rows[:MOST], (data.get("values") or [])[:MOST]
    return Body(
        HEAD + ROW * len(rows),
        lambda canvas, top: _draw(canvas, top, rows, columns, values),
        hint="；".join(part for part in ("颜色越深数越大", hint) if part),
    )


def _draw(
    canvas: Canvas, top: float, rows: list[str], columns: list[str], values: list[list[Any]]
) -> None:
    width = min(NAME_WIDTH, canvas.width * 0.32)
    names = [named(str(name), width, LABEL) for name in rows]
    left = MARGIN + max(measure(line, size) for lines, size in names for line in lines) + 6
    step = (canvas.width - MARGIN - left) / len(columns)
    known = [v for row in values for v in map(number, row) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    size = _size([short(v) for row in values for v in row], step - 3)
    head = _size([str(column) for column in columns], step - 1)
    for place, column in enumerate(columns):
        x = left + step * (place + 0.5)
        canvas.text(x, top + 5, str(column), size=head, color=SOFT, align="center")
    for line, (lines, small) in enumerate(names):
        y = top + HEAD + ROW * line
        canvas.name(left - 6, y + ROW / 2, lines, small)
        row = values[line] if line < len(values) else []
        for place in range(len(columns)):
            value = row[place] if place < len(row) else None
            _cell(canvas, left + step * place, y, step, value, (low, high), size)


def _cell(
    canvas: Canvas, x: float, y: float, step: float,
    value: Any, ends: tuple[float, float], size: float,
) -> None:  # fmt: skip
    exact = number(value)
    fill = PAPER if exact is None else shade(exact, *ends)
    edge = "#C8CFD8" if exact is None else None
    canvas.rect(x + 0.75, y + 0.75, step - 1.5, ROW - 1.5, fill, edge=edge)
    color = INK if exact is None else ink_on(fill)
    canvas.text(x + step / 2, y + ROW / 2, short(value), size=size, color=color, align="center")


def _size(texts: list[str], width: float) -> float:
    """Return the largest size of type, at most the small one, at which every text fits."""
    widest = max((measure(text, SMALL) for text in set(texts)), default=1.0)
    return min(SMALL, SMALL * width / max(widest, 1.0))
