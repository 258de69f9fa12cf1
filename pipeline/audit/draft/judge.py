"""Holds each bound number against the figures of the warehouse, by interval arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline import interval
from pipeline.audit.draft import printed
from pipeline.audit.draft.bind import Bound
from pipeline.audit.draft.choose import Reading
from pipeline.audit.draft.ranking import judge_rank
from pipeline.audit.draft.verdict import AGREES, DIFFERS, UNKNOWN, Finding, Proof
from pipeline.audit.draft.warehouse import Figure, Warehouse, cut_of
from pipeline.audit.draft.words import words

__all__ = ["AGREES", "DIFFERS", "UNKNOWN", "Finding", "judge"]

_FIGURE_KINDS = ("count", "ratio", "other")


@dataclass
class _Held:
    """How one reading came out on the scopes it may stand on."""

    agrees: list[Proof] = field(default_factory=list)
    differs: list[Proof] = field(default_factory=list)
    reason: str = ""


def judge(bound: list[Bound], warehouse: Warehouse) -> list[Finding]:
    """Return a finding for each number that is or may be a figure; dates and names have none."""
    return [
        _finding(one, warehouse)
        for one in bound
        if one.readings or one.reason or one.number.kind in _FIGURE_KINDS
    ]


def _finding(bound: Bound, warehouse: Warehouse) -> Finding:
    if not bound.readings:
        return Finding(bound.block, bound.number, UNKNOWN, bound.reason or "没有对应的指标")
    if warehouse.scale < 1:
        reason = f"数据只有全量的 {warehouse.scale:g}，达不到公布的精度"
        return Finding(bound.block, bound.number, UNKNOWN, reason)
    held = [_hold(bound, reading, warehouse) for reading in bound.readings]
    reason = next((one.reason for one in held if one.reason), "")
    if reason:
        return Finding(bound.block, bound.number, UNKNOWN, reason)
    if all(one.agrees for one in held):
        return Finding(bound.block, bound.number, AGREES, "", [one.agrees[0] for one in held])
    wrong = [one.differs[0] for one in held if not one.agrees]
    return Finding(bound.block, bound.number, DIFFERS, "", wrong)


def _hold(bound: Bound, reading: Reading, warehouse: Warehouse) -> _Held:
    held = _Held()
    for scope in admissible(reading, warehouse):
        if reading.relation == "equals":
            proofs = list(_value(bound, reading, warehouse, scope))
        else:
            proofs = judge_rank(bound.number, reading, warehouse, scope)
        for agrees, proof in proofs:
            (held.agrees if agrees else held.differs).append(proof)
    if any(proof.is_partial for proof in held.agrees + held.differs):
        held.reason = "这一时段的数据不全"
    elif not held.agrees and not held.differs:
        held.reason = "仓库里没有这样的记录"
    return held


def admissible(reading: Reading, warehouse: Warehouse) -> list[str]:
    """Return the scopes that a figure of this kind may stand on, the likeliest first."""
    cut = cut_of(dict(reading.dims))
    rule = next(
        rule for rule in words()["scope"]
        if not rule["metrics"] or (
            reading.metric in rule["metrics"] and cut in rule["cuts"]
            and reading.relation == "equals" and len(reading.period) == 4
        )
    )  # fmt: skip
    scopes = [scope for use in rule["purposes"] for scope in warehouse.scopes.get(use, [])]
    return list(dict.fromkeys(scopes))


def _value(
    bound: Bound, reading: Reading, warehouse: Warehouse, scope: str
) -> Iterator[tuple[bool, Proof]]:
    number = bound.number
    assert number.printed is not None
    meant = interval.parse(number.printed)
    for figure in warehouse.figures.get((reading.metric, reading.period, reading.dims), []):
        if figure.scope == scope:
            agrees = meant.holds(reading.sign * figure.numerator, figure.denominator)
            yield agrees, _proof(bound, reading, figure, warehouse)


def _proof(bound: Bound, reading: Reading, figure: Figure, warehouse: Warehouse) -> Proof:
    return Proof(
        reading=reading,
        scope=figure.scope,
        right=printed.like(bound.number, figure.numerator, figure.denominator, reading),
        numerator=figure.numerator,
        denominator=figure.denominator,
        convention=figure.convention,
        sql=warehouse.sql.get(reading.metric, ""),
        is_partial=figure.is_partial,
    )
