"""Numbers in pictures: read from the model, shown as printed or short, and the steps of an axis."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

WAN, YI = Decimal(10_000), Decimal(100_000_000)


def number(value: object) -> float | None:
    """Return the number of a model's value; None where there is none (null, empty, not finite)."""
    exact = _exact(value)
    return None if exact is None else float(exact)


def show(value: object) -> str:
    """Return a value with separators, whole or with at most two places, half up; – for none."""
    exact = _exact(value)
    if exact is None:
        return "–"
    if abs(exact) >= WAN * YI:
        return short(value)
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def short(value: object) -> str:
    """Return a value in about five characters: 万 and 亿 above ten thousand."""
    exact = _exact(value)
    if exact is None:
        return "–"
    for size, unit in ((WAN * YI, "万亿"), (YI, "亿"), (WAN, "万")):
        if abs(exact) >= size:
            scaled = exact / size
            return f"{_places(scaled, '0.1' if abs(scaled) < 100 else '1'):,}{unit}"
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{_places(exact, '0.1' if abs(exact) >= 10 else '0.01')}"


def steps(low: float, high: float, count: int = 2) -> list[float]:
    """Return round values for an axis from `low` to `high`, about `count` steps."""
    if not high > low:
        return [low]
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    size = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.7)
    first = math.ceil(low / size - 1e-9)
    return [k * size for k in range(first, math.floor(high / size + 1e-9) + 1)]


def axis_text(value: float) -> str:
    """Return a step of an axis without the noise of binary fractions."""
    text = short(Decimal(f"{value:.6g}"))
    return re.sub(r"\.?0+(?=\D*$)", "", text) if "." in text else text


def _places(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


def _exact(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None
