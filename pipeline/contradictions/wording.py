"""Findings in the reader's words."""

from __future__ import annotations

import math

from pipeline.contradictions.problem import Claim, LedgerProblem
from pipeline.contradictions.program import ValueRange
from pipeline.contradictions.repair import KINDS, Conflict, Repair, Suspect

# Repairs of one kind that are printed beside each other.
SHOWN = 3


def printed(claim: Claim) -> str:
    """What the document printed: a figure, or the members of a list."""
    return (claim["printed"] or claim["members"]).replace("|", "、")


def bounds(claim: Claim, found: ValueRange | None) -> str:
    """What the figure may be, all other claims holding, in its printed unit."""
    if found is None:
        return ""
    return f"{_figure(claim, found.lower)} 至 {_figure(claim, found.upper)}"


def _figure(claim: Claim, value: float) -> str:
    if math.isinf(value):
        return "无上限"
    if claim["printed_unit"] == "%":
        return f"{value * 100:.2f}%"
    if "万件" in claim["printed"]:
        return f"{value / 10_000:.2f}万"
    return f"{value:,.0f}"


def mended(suspect: Suspect, reading: LedgerProblem) -> str:
    """What the claim says after its best repair, and the next ones of the same kind."""
    best = suspect.best
    if best.kind == "drop":
        return "(不计)"
    if not best.printed:
        return "(查原数)"
    if best.kind in ("scope", "scope_alone"):
        return f"按{_scope(best.printed, reading)}计"
    alike = [r.printed for r in suspect.repairs if r.kind == best.kind and r.lower is not None]
    if len(alike) < 2:
        return best.printed
    return f"{best.printed}(或 {'、'.join(alike[1:SHOWN])}{'等' if len(alike) > SHOWN else ''})"


def named(suspect: Suspect, reading: LedgerProblem) -> str:
    """The suspect's one claim by label, or how many claims of which sections."""
    claims = [reading.claims[c] for c in suspect.claims]
    if len(claims) == 1:
        return f"{claims[0]['claim']} {claims[0]['label']}"
    sections = dict.fromkeys(f"{c['document']} {c['section']}" for c in claims)
    return f"{'、'.join(sections)} 共 {len(claims)} 条"


def why(repair: Repair) -> str:
    """The kind of fault, and whose claims would still contradict."""
    text = KINDS[repair.kind]
    if repair.description:
        text += f"(“{repair.description}”)"
    if repair.clashes:
        text += f";仍与文件 {'、'.join(repair.clashes)} 矛盾"
    return text


def reason(conflict: Conflict, suspect: Suspect, reading: LedgerProblem) -> str:
    """One sentence for the ledger: against what, what may be, what was probably meant."""
    others = [c for c in conflict.claims if c not in suspect.claims]
    labels = "、".join(reading.claims[c]["label"] for c in others[:4])
    more = f"等 {len(others)} 条" if len(others) > 4 else ""
    text = f"与{labels}{more}不能同时成立"
    claim = reading.claims[suspect.claims[0]]
    if suspect.range is not None:
        text += f";由其余各条推得应在 {bounds(claim, suspect.range)} 之间"
    repair = suspect.best
    if repair.kind == "drop":
        return f"{text};去掉此条则其余各条都成立"
    if not repair.printed:
        return f"{text};最可信的是{why(repair)},请查原数"
    forms = {
        **dict.fromkeys(("scope", "scope_alone"), f"按{_scope(repair.printed, reading)}计"),
        "denominator": f"应是{repair.printed}",
    }
    meant = forms.get(repair.kind, f"作 {repair.printed}")
    named = f"(“{repair.description}”)" if repair.description else ""
    return f"{text};最可信的是{KINDS[repair.kind]}{named}:{meant},则各条都成立"


def _scope(scope: str, reading: LedgerProblem) -> str:
    """A scope by its name, with the key that the ledger has."""
    title = reading.scope_titles.get(scope)
    return f"{title}({scope})" if title else scope
