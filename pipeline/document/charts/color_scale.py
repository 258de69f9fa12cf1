"""Shades of the one accent: a value between two ends as a colour, and the ink to write on it."""

_LIGHT, _DARK = (237, 242, 248), (31, 78, 121)
# Between light and dark no text would be readable in either ink: WCAG wants a contrast of 4.5.
_GAMMA = 0.85


def shade(value: float, low: float, high: float) -> str:
    """Return the colour of `value` on the way from `low` (light) to `high` (dark)."""
    part = 0.0 if not high > low else min(max((value - low) / (high - low), 0.0), 1.0) ** _GAMMA
    rgb = (round(a + (b - a) * part) for a, b in zip(_LIGHT, _DARK, strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in rgb)


def ink_on(fill: str) -> str:
    """Return white or near-black, whichever contrasts more with `fill`."""
    return max(("#FFFFFF", "#10161D"), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
