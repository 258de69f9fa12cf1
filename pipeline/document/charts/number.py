"""Numbers in pictures: read from the model, and the steps of an axis."""

import math
import re
from decimal import Decimal

from pipeline.numbers import exact_of, short


def number(value: object) -> float | None:
    """Return the number of a model's value; None where there is none (null, empty, not finite)."""
    exact = exact_of(value)
    return None if exact is None else float(exact)


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
