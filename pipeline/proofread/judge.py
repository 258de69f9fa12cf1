"""Holds each bound number against the figures of the warehouse, by interval arithmetic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.numbers import read_interval
from pipeline.proofread import printed
from pipeline.proofread.bind import Bound
from pipeline.proofread.figure_index import Dims, Figure, FigureIndex, cut_of
from pipeline.proofread.phrases import words
from pipeline.proofread.rankings import judge_rank
from pipeline.proofread.resolve_metric import MetricReading
from pipeline.proofread.verdict import AGREES, DIFFERS, NOT_COMPUTABLE, UNKNOWN, Finding, Proof

__all__ = ["AGREES", "DIFFERS", "UNKNOWN", "Finding", "judge"]

_FIGURE_KINDS = ("count", "ratio", "other")


@dataclass
class _Held:
    """How one reading came out on the scopes it may have."""

    agrees: list[Proof] = field(default_factory=list)
    differs: list[Proof] = field(default_factory=list)
    reason: str = ""
    verdict: str = UNKNOWN


def judge(bound: list[Bound], warehouse: FigureIndex) -> list[Finding]:
    """Return a finding for each number that is or may be a figure; dates and names have none."""
    chosen = [
        one for one in bound if one.readings or one.reason or one.number.kind in _FIGURE_KINDS
    ]
    held = [[_hold(one, reading, warehouse) for reading in one.readings] for one in chosen]
    usual = _usual_scopes(chosen, held)
    findings = []
    wrong_months: dict[tuple[int, str, Dims], tuple[str, str]] = {}
    for one, its in zip(chosen, held, strict=True):
        finding = _finding(one, its, warehouse, usual.get(one.block, Counter()))
        if finding.verdict == DIFFERS:
            finding = _of_the_right_month(one, finding, warehouse, wrong_months)
            wrong_months.update(_wrong_month(finding))
        findings.append(finding)
    return findings


def _wrong_month(finding: Finding) -> dict[tuple[int, str, Dims], tuple[str, str]]:
    """Return where a month is wrongly called the highest or lowest, and which month is."""
    reading = finding.proofs[0].reading if finding.proofs else None
    if reading is None or reading.relation not in ("largest", "smallest") or "、" in finding.right:
        return {}
    right = int(finding.right.removesuffix("月"))
    stated = f"{reading.period}-{reading.size:02d}"
    where = (finding.block, stated, reading.dims)
    return {where: (f"{reading.period}-{right:02d}", finding.right)}


def _of_the_right_month(
    bound: Bound, finding: Finding, warehouse: FigureIndex,
    wrong_months: dict[tuple[int, str, Dims], tuple[str, str]],
) -> Finding:  # fmt: skip
    """Return the finding, not understood if the number fits the month that should be there.

    4月达到峰值31.0万件 with a slip in the month has one fault, not two.
    """
    reading = bound.readings[0]
    period, month = wrong_months.get((bound.block, reading.period, reading.dims), ("", ""))
    if len(bound.readings) > 1 or not period:
        return finding
    if not _hold(bound, replace(reading, period=period), warehouse).agrees:
        return finding
    return Finding(bound.block, bound.number, UNKNOWN, f"前面的月份不符；按{month}则相符")


def _usual_scopes(chosen: list[Bound], held: list[list[_Held]]) -> dict[int, Counter[str]]:
    """Return block -> how many of its numbers agree on each scope: neighbours share theirs."""
    usual: dict[int, Counter[str]] = {}
    for one, its in zip(chosen, held, strict=True):
        for reading in its:
            tally = usual.setdefault(one.block, Counter())
            tally.update({proof.scope for proof in reading.agrees})
    return usual


def _finding(
    bound: Bound, held: list[_Held], warehouse: FigureIndex, usual: Counter[str]
) -> Finding:
    if not held:
        return Finding(bound.block, bound.number, UNKNOWN, bound.reason or "没有对应的指标")
    if warehouse.scale < 1:
        reason = f"数据只有全量的 {warehouse.scale:g}，达不到公布的精度"
        return Finding(bound.block, bound.number, UNKNOWN, reason)
    stopped = next((one for one in held if one.reason), None)
    if stopped is not None:
        return Finding(bound.block, bound.number, stopped.verdict, stopped.reason)
    if all(one.agrees for one in held):
        proofs = [one.agrees[0] for one in held]
        return Finding(bound.block, bound.number, AGREES, "", proofs)
    wrong, others = [], []
    for one in held:
        if not one.agrees:
            # The text settles no scope: the one of its neighbours is the likeliest.
            best = max(one.differs, key=lambda proof: usual[proof.scope])
            wrong.append(best)
            others += [proof for proof in one.differs if proof is not best]
    return Finding(bound.block, bound.number, DIFFERS, "", wrong, others)


def _hold(bound: Bound, reading: MetricReading, warehouse: FigureIndex) -> _Held:
    held = _Held()
    for scope in admissible(reading, warehouse):
        if reading.relation == "equals":
            proofs = list(_value(bound, reading, warehouse, scope))
        else:
            proofs = judge_rank(bound.number, reading, warehouse, scope)
        for agrees, proof in proofs:
            (held.agrees if agrees else held.differs).append(proof)
    if any(proof.is_partial for proof in held.agrees + held.differs) and not (
        warehouse.metrics[reading.metric].is_compared
    ):
        held.reason = "这一时段的数据不全"
    elif not held.agrees and not held.differs:
        held.reason = "仓库里没有这样的记录"
    lacking = warehouse.lacking(reading.metric, reading.period, cut_of(dict(reading.dims)))
    if held.reason and lacking:
        held.verdict, held.reason = NOT_COMPUTABLE, lacking
    return held


def admissible(reading: MetricReading, warehouse: FigureIndex) -> list[str]:
    """Return the scopes that a figure of this kind may have, the likeliest first."""
    cut = cut_of(dict(reading.dims))
    is_wide = (
        warehouse.metrics.is_wide(reading.metric, cut)
        and reading.relation == "equals"
        and len(reading.period) == 4
    )
    purposes = words()["scope"]["wide" if is_wide else "other"]
    scopes = [scope for use in purposes for scope in warehouse.scopes.get(use, [])]
    return list(dict.fromkeys(scopes))


def _value(
    bound: Bound, reading: MetricReading, warehouse: FigureIndex, scope: str
) -> Iterator[tuple[bool, Proof]]:
    number = bound.number
    assert number.printed is not None
    meant = read_interval(number.printed)
    for figure in warehouse.figures.get((reading.metric, reading.period, reading.dims), []):
        if figure.scope == scope:
            agrees = meant.holds(reading.sign * figure.numerator, figure.denominator)
            yield agrees, _proof(bound, reading, figure, warehouse)


def _proof(bound: Bound, reading: MetricReading, figure: Figure, warehouse: FigureIndex) -> Proof:
    return Proof(
        reading=reading,
        scope=figure.scope,
        right=printed.like(
            bound.number,
            figure.numerator,
            figure.denominator,
            reading,
            is_change=warehouse.metrics[reading.metric].is_change,
        ),
        numerator=figure.numerator,
        denominator=figure.denominator,
        convention=figure.convention,
        sql=warehouse.sql.get(reading.metric, ""),
        is_partial=figure.is_partial,
    )
