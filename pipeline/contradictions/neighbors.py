"""Claims beside a claim that a slip may have come from: lines next to it, and parts of its sum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import ceil, floor

from pipeline.constraints.chain import DISPATCHED
from pipeline.constraints.ratio import Unsupported, key_filters
from pipeline.contradictions.candidates import is_value
from pipeline.contradictions.problem import Claim, LedgerProblem
from pipeline.contradictions.slips import written
from pipeline.ledger import KEY
from pipeline.numbers import Interval, read_interval

# So many digits alike are no accident.
ALIKE = 3
# Column -> those that its member implies.
WITHIN = {
    "street": {"district", "unit_type"},
    "unit": {"unit_type"},
    "subcategory": {"category"},
}
# What a figure may be that the others leave open: more forms than these say nothing.
FORMS = 9

Filters = dict[str, tuple[str, ...]]


def copied_from(claim: Claim, reading: LedgerProblem) -> Claim | None:
    """The neighbouring claim that prints the very same figure of something else.

    Neighbours are the lines of the same section, and those that differ in one key alone.
    """
    digits = re.sub(r"[^0-9]", "", claim["printed"]).lstrip("0")
    if re.search("[约余多左]", claim["printed"]):
        digits = digits.rstrip("0")
    if len(digits) < ALIKE or not is_value(claim):
        return None
    for other in reading.claims.values():
        unlike = [k for k in KEY if other[k] != claim[k]]
        near = (other["document"], other["section"]) == (claim["document"], claim["section"])
        same = other["printed"] == claim["printed"] and is_value(other)
        if same and unlike and (near or len(unlike) == 1):
            return other
    return None


def parts_of(claim: Claim, reading: LedgerProblem) -> Iterator[Claim]:
    """The printed parts of a count: those that are cut by one column more than it."""
    own = _filters(claim, reading)
    if own is None:
        return
    for other in reading.claims.values():
        cut = _filters(other, reading)
        same = all(other[k] == claim[k] for k in ("scope", "date_basis", "convention"))
        same = same and other["period"][:4] == claim["period"][:4]
        if cut is not None and same and _is_part(own, cut):
            yield other


def _filters(claim: Claim, reading: LedgerProblem) -> Filters | None:
    """The records that a counted claim counts; None for what is no count."""
    metrics = reading.domain.metrics
    if claim["metric"] not in metrics.plain_counts or not is_value(claim):
        return None
    try:
        filters = key_filters(claim, reading.domain)
    except Unsupported:
        return None
    base = metrics.base_of(claim["metric"])
    return {**dict.fromkeys(base.filter if base else (), ("",)), **filters}


def _is_part(own: Filters, cut: Filters) -> bool:
    """Whether `cut` has fewer records than `own` by one column; a unit brings its type along."""
    if "unit_type" in cut or "is_district_handled" in cut:
        # Who has a unit was dispatched.
        cut = {"handling": (DISPATCHED,), **cut}
        own = {"handling": own.get("handling", (DISPATCHED,)), **own}
    if any(not set(cut.get(c, ("",))) <= set(members) for c, members in own.items()):
        return False
    further = {column for column in cut if cut[column] != own.get(column)}
    for column, above in WITHIN.items():
        if column in further:
            further -= above
    return len(further) == 1


def forms_in(claim: Claim, lower: float, upper: float) -> list[str]:
    """The forms of the claim's print that meet the ends; none where they are too many."""
    step = Decimal(claim["step"] or 0)
    if step <= 0 or upper < lower or (upper - lower) / float(step) > FORMS:
        return []
    found: list[str] = []
    for at in range(floor(lower / float(step)) - 1, ceil(upper / float(step)) + 2):
        form = written(claim["printed"], step * at)
        if form and form not in (*found, claim["printed"]):
            meant = read_interval(form)
            if meant.upper is not None and meant.lower <= upper and meant.upper > lower:
                found.append(form)
    return found


def falls_alone(claim: Claim, meant: Interval, reading: LedgerProblem) -> bool:
    """Whether a change of the sign would part the figure from most others of its metric."""
    others = [
        c["lower"] < 0
        for c in reading.claims.values()
        if is_value(c) and c["claim"] != claim["claim"] and c["metric"] == claim["metric"]
    ]
    return 2 * sum(falls != (meant.lower < 0) for falls in others) > len(others)


def summed(claim: Claim, part: Claim, sign: int, lower: float, upper: float) -> str | None:
    """The claim with a part more (or less), as it would be printed, within the ends."""
    if part["upper"] is None or claim["upper"] is None:
        return None
    ends = sorted(float(sign * part[end]) for end in ("lower", "upper"))
    low, high = float(claim["lower"]) + ends[0], float(claim["upper"]) + ends[1]
    # Who adds printed figures rounds once more.
    more = float(claim["step"] or 0) / 2
    forms = forms_in(claim, max(low - more, lower), min(high + more, upper))
    return min(forms, key=lambda form: _off(form, (low + high) / 2), default=None)


def _off(form: str, value: float) -> float:
    meant = read_interval(form)
    return abs(float(meant.lower + (meant.upper or meant.lower)) / 2 - value)
