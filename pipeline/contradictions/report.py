"""Tells the contradictions of a ledger: on the screen, in JSON, and beside the ledger."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import console
from pipeline.contradictions import wording
from pipeline.contradictions.problem import LedgerProblem
from pipeline.contradictions.repair import Conflict, Repair, Suspect
from pipeline.contradictions.search import MOST, Contradiction
from pipeline.csv_file import csv_text
from pipeline.ledger import conflict as ledger_conflict
from pipeline.output_file import write_text

# Suspects on the screen, and contradictions printed in full; the JSON has all.
SHOWN = 8
IN_FULL = 3


def screen(finding: Contradiction) -> None:
    """Print the minimal sets of one year's claims and their suspects."""
    reading = finding.reading
    by_reason: dict[str, list[str]] = {}
    for claim, why in reading.skipped.items():
        by_reason.setdefault(why, []).append(reading.claims[claim]["label"])
    for why, labels in by_reason.items():
        console.say(f"未参与检查 {len(labels)} 条({why}):{'、'.join(labels)}")
    for number, conflict in enumerate(finding.conflicts, start=1):
        (_conflict if number <= IN_FULL else _in_short)(number, conflict, reading)
    asked = len(reading.constraints)
    if not finding.conflicts:
        console.say(f"{reading.year} 年台账自洽:{asked} 条可以同时成立", conflicts=0)
        return
    if not finding.whole:
        console.say(f"矛盾超过 {MOST} 处,只列出前 {MOST} 处;请先核对台账是否属于同一年份和口径")
    console.say(
        f"{reading.year} 年台账 {asked} 条中有 {len(finding.conflicts)} 处矛盾",
        conflicts=len(finding.conflicts),
    )


def _conflict(number: int, conflict: Conflict, reading: LedgerProblem) -> None:
    rows = [reading.claims[c] for c in conflict.claims]
    console.table(
        f"矛盾 {number}:以下 {len(rows)} 条不能同时成立,少任何一条则可以",
        ["条目", "内容", "公布"],
        [[r["claim"], r["label"], wording.printed(r)] for r in rows],
    )
    console.table(
        "可疑之处,最可信的在前",
        ["", "条目", "公布", "应为", "依据", "其余各条容许"],
        [
            [place, *_suspect(suspect, reading)]
            for place, suspect in enumerate(conflict.suspects[:SHOWN], start=1)
        ],
    )
    if len(conflict.suspects) > SHOWN:
        console.say(f"另有 {len(conflict.suspects) - SHOWN} 处可疑,见 --json")


def _in_short(number: int, conflict: Conflict, reading: LedgerProblem) -> None:
    first = conflict.suspects[0]
    console.say(
        f"矛盾 {number}:{len(conflict.claims)} 条不能同时成立;"
        f"最可疑的是 {wording.named(first, reading)},应为 {wording.mended(first, reading)}"
        f"({wording.why(first.best)})",
        claims=conflict.claims,
    )


def _suspect(suspect: Suspect, reading: LedgerProblem) -> list[str]:
    claim = reading.claims[suspect.claims[0]]
    alone = len(suspect.claims) == 1
    return [
        wording.named(suspect, reading),
        wording.printed(claim) if alone else "",
        wording.mended(suspect, reading),
        wording.why(suspect.best),
        wording.bounds(claim, suspect.range),
    ]


def json_file(findings: list[Contradiction], path: Path) -> None:
    """Write all contradictions with every suspect and every repair."""
    text = json.dumps([_year(f) for f in findings], ensure_ascii=False, indent=1)
    write_text(path, text + "\n")


def _year(finding: Contradiction) -> dict[str, Any]:
    reading = finding.reading
    return {
        "year": reading.year,
        "claims": len(reading.constraints),
        "consistent": not finding.conflicts,
        "complete": finding.whole,
        "skipped": reading.skipped,
        "conflicts": [_json_conflict(c, reading) for c in finding.conflicts],
    }


def _json_conflict(conflict: Conflict, reading: LedgerProblem) -> dict[str, Any]:
    fields = ("claim", "document", "section", "label", "printed", "members")
    return {
        "claims": [{k: reading.claims[c][k] for k in fields} for c in conflict.claims],
        "suspects": [_json_suspect(s, reading) for s in conflict.suspects],
    }


def _json_suspect(suspect: Suspect, reading: LedgerProblem) -> dict[str, Any]:
    found = suspect.range
    claim = reading.claims[suspect.claims[0]]
    return {
        "claims": list(suspect.claims),
        "label": wording.named(suspect, reading),
        "printed": wording.printed(claim) if len(suspect.claims) == 1 else "",
        "lower": None if found is None else _number(found.lower),
        "upper": None if found is None else _number(found.upper),
        "repairs": [_json_repair(r) for r in suspect.repairs],
    }


def _json_repair(repair: Repair) -> dict[str, Any]:
    return {
        "kind": repair.kind,
        "printed": repair.printed,
        "of": repair.description,
        "lower": _text(repair.lower),
        "upper": _text(repair.upper),
        "clashes": list(repair.clashes),
        "coverage": _number(repair.coverage),
        "jump": _number(repair.jump),
    }


def _number(value: float) -> float | None:
    return round(value, 8) if math.isfinite(value) else None


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def verdicts(findings: list[Contradiction], digest: str, path: Path) -> int:
    """Write the first suspect of every contradiction as `contradicted`; return how many rows."""
    rows = [
        _verdict(claim, conflict, finding.reading) | {"ledger_digest": digest}
        for finding in findings
        for conflict in finding.conflicts
        for claim in conflict.suspects[0].claims
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    unique = {row["claim"]: row for row in rows}
    header = ledger_conflict.COLUMNS
    cells = [[unique[claim][name] for name in header] for claim in sorted(unique)]
    write_text(path, csv_text([header, *cells], end="\n"))
    return len(unique)


def _verdict(claim: str, conflict: Conflict, reading: LedgerProblem) -> dict[str, str]:
    suspect = conflict.suspects[0]
    repair = suspect.best
    figure = repair.lower is not None
    return {
        "claim": claim,
        "printed": reading.claims[claim]["printed"],
        "status": "contradicted",
        "reason": wording.reason(conflict, suspect, reading),
        "repair": repair.printed if figure else "",
        "repair_lower": _text(repair.lower),
        "repair_upper": _text(repair.upper),
    }
