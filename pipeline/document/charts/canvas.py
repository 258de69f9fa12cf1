"""A sheet to draw on in printer's points, from the top left corner; text can be measured first."""

from functools import cache
from typing import Any

from matplotlib import patheffects
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle
from matplotlib.textpath import text_to_path

from pipeline.document.font import FAMILY

# One accent; everything else is ink or grey. The width is the text width of an A4 page
# with the margins of GB/T 9704, so that sizes of type are true in print.
WIDTH = 442.0
# Half the text width of a bulletin, less the gutter.
HALF = 234.0

MARGIN = 10.0
INK = "#222B36"
SOFT = "#5F6B7A"
GREY = "#8A94A6"
RULE = "#D9DEE5"
ACCENT = "#1F4E79"
ACCENT_SOFT = "#7BA1CB"
PAPER = "#FFFFFF"
ELLIPSIS = "…"


def close(pitch: float, width: float) -> float:
    """Return the distance of rows: nearer to each other where a chart has half the width."""
    return pitch if width > HALF else 0.66 * pitch


@cache
def measure(text: str, size: float) -> float:
    """Return the width of `text` in points."""
    prop = FontProperties(family=FAMILY, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, prop, ismath=False)
    return float(width)


def named(text: str, width: float, size: float) -> tuple[list[str], float]:
    """Return a name in one line or, smaller, in two, and the size of type."""
    one, small = fitted(text, width, size)
    return ([one], small) if one == text else (wrap(text, width, 6.5, 2), 6.5)


def fitted(text: str, width: float, size: float) -> tuple[str, float]:
    """Return `text` and a size of type at which it fits, down to 6.5 points; then it ends in …."""
    small = max(min(size, size * width / max(measure(text, size), 1.0)), 6.5)
    return (text if measure(text, small) <= width + 0.5 else wrap(text, width, small, 1)[0]), small


def wrap(text: str, width: float, size: float, lines: int) -> list[str]:
    """Return `text` in at most `lines` pieces no wider than `width`; the last may end in …."""
    pieces: list[str] = []
    rest = text.strip()
    while rest and len(pieces) < lines:
        end = _fitting(rest, width, size)
        if end < len(rest) and len(pieces) == lines - 1:
            end = max(_fitting(rest, width - size, size), 1)
            pieces.append(rest[:end] + ELLIPSIS)
            return pieces
        # A number, a word or a stop stays in one line where a break nearby allows it.
        cut = end
        while 0 < cut < len(rest) and cut > end - 8 and not _breakable(rest, cut):
            cut -= 1
        cut = cut if cut > 0 and _breakable(rest, cut) else end
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return pieces or [""]


def _fitting(text: str, width: float, size: float) -> int:
    used = 0.0
    for place, char in enumerate(text):
        used += measure(char, size)
        if used > width + 0.01:
            return max(place, 1)
    return len(text)


def _breakable(text: str, at: int) -> bool:
    if at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    joined = all(ord(char) < 0x2E80 and not char.isspace() for char in (before, after))
    return not joined and after not in ",，。;；:：、)）》”%件年月日" and before not in "(（《“"


class Canvas:
    """A page of `width` by `height` points; y grows downwards.

    Shapes are added as plain artists: as patches and lines each would widen limits that are set.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72), facecolor=PAPER)
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")
        self._layer = 0

    def _above(self) -> int:
        """Return the next layer: what is drawn later is above."""
        self._layer += 1
        return self._layer

    def text(
        self, x: float, y: float, text: str, *, size: float = 9, color: str = INK,
        align: str = "left", bold: bool = False, halo: bool = False,
    ) -> None:  # fmt: skip
        """Write one line whose middle is at `y`; a halo keeps it readable on a line."""
        effects: list[Any] = []
        if halo:
            effects.append(patheffects.Stroke(linewidth=2.5, foreground=PAPER))
        if bold:  # the font comes in one weight
            effects.append(patheffects.Stroke(linewidth=size / 22, foreground=color))
        self._axes.text(
            x, y + size * 0.36, text, size=size, color=color, ha=align, va="baseline",
            parse_math=False, zorder=self._above(),
            path_effects=[*effects, patheffects.Normal()] if effects else None,
        )  # fmt: skip

    def name(self, x: float, y: float, lines: list[str], size: float) -> None:
        """Write the one or two lines of a name to the left of `x`, around `y`."""
        for place, line in enumerate(lines):
            shift = (place - (len(lines) - 1) / 2) * (size + 1.5)
            self.text(x, y + shift, line, size=size, align="right")

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str,
        *, radius: float = 0, edge: str | None = None,
    ) -> None:  # fmt: skip
        """Fill a rectangle whose top left corner is (x, y)."""
        style: dict[str, Any] = {
            "facecolor": fill, "edgecolor": edge or "none", "linewidth": 0.7 if edge else 0,
            "zorder": self._above(),
        }  # fmt: skip
        patch: Rectangle | FancyBboxPatch
        if radius:
            patch = FancyBboxPatch(
                (x, y), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **style
            )
        else:
            patch = Rectangle((x, y), width, height, **style)
        self._axes.add_artist(patch)

    def line(
        self, points: list[tuple[float, float]], color: str, width: float = 1,
        *, dashes: tuple[float, ...] | None = None,
    ) -> None:  # fmt: skip
        """Draw a line through the points."""
        xs, ys = zip(*points, strict=True)
        line = Line2D(
            xs, ys, color=color, linewidth=width, solid_capstyle="round", zorder=self._above()
        )
        line.set_solid_joinstyle("round")
        if dashes:
            line.set_dashes(list(dashes))
        self._axes.add_artist(line)

    def polygon(self, points: list[tuple[float, float]], fill: str) -> None:
        """Fill the shape between the points."""
        self._axes.add_artist(
            Polygon(points, closed=True, facecolor=fill, edgecolor="none", zorder=self._above())
        )

    def dot(self, x: float, y: float, radius: float, color: str, *, hollow: bool = False) -> None:
        """Draw a dot; a hollow one is white inside."""
        fill = PAPER if hollow else color
        self._axes.add_artist(
            Circle((x, y), radius, facecolor=fill, edgecolor=color, lw=1, zorder=self._above())
        )
