"""Tells an audit: sections and the figures to look at on the terminal, every row in JSON."""

import json
from decimal import Decimal
from pathlib import Path

from pipeline import console
from pipeline.ledger.verdict import VERDICT_NAMES as NAMES
from pipeline.ledger.verdict import VERDICTS, AuditResult
from pipeline.output_file import write_text

# Statuses of claims that no record could answer: counted together, by reason.
ASSERT_NOTHING = ("context", "garbled")


def summary(result: AuditResult) -> None:
    """Print the counts by section, then one line for each claim that is not reproduced."""
    note = "(模拟数据)" if result.simulated else ""
    if result.scale < 1:
        console.say(f"数据只有全量的 {result.scale:g},达不到公布的精度,各条一律记为无法计算。")
    console.table(
        f"{result.year} 年核对{note}",
        ["章节", "条目", *NAMES.values()],
        _by_section(result),
    )
    if result.scale >= 1:
        for row in result.rows:
            if row["verdict"] != "reproduced" and row["status"] not in ASSERT_NOTHING:
                console.say(_line(row), claim=row["claim"], verdict=row["verdict"])
        for reason, labels in _by_reason(result).items():
            console.say(
                f"[{NAMES['not computable']}] {len(labels)} 条({reason}):{'、'.join(labels)}"
            )
    counted = ",".join(f"{NAMES[verdict]} {result.counts[verdict]}" for verdict in VERDICTS)
    console.say(f"{result.year} 年共 {len(result.rows)} 条{note}:{counted}", **result.counts)


def json_file(result: AuditResult, path: Path) -> None:
    """Write the rows as a JSON list; decimals as text, so that nothing is rounded on the way."""
    as_json(result.rows, path)


def as_json(value: object, path: Path) -> None:
    """Write `value` as JSON, whole or not at all; decimals as text."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_exact)
    write_text(path, f"{text}\n")


def interval_text(row: dict) -> str:
    """Return the claim's interval in its printed unit, or the printed list."""
    if row["lower"] is None:
        return (row["printed"] or row["members"]).replace("|", "、")
    low = value_text(row["lower"], row["printed_unit"])
    if row["upper"] is None:
        return f"{row['printed']} [{low}, ∞)"
    return f"{row['printed']} [{low}, {value_text(row['upper'], row['printed_unit'])})"


def computed_text(row: dict) -> str:
    """Return what the records give, in the printed unit, or the list they give."""
    if row["computed"] is not None:
        return row["computed"].replace("|", "、")
    if row["value"] is None:
        return "无"
    return value_text(row["value"], row["printed_unit"])


def _by_section(result: AuditResult) -> list[list[object]]:
    sections: dict[tuple, list[str]] = {}
    for row in result.rows:
        sections.setdefault(_section_order(row), []).append(row["verdict"])
    return [
        [
            f"{key[0]} {key[2]}",
            len(verdicts),
            *(verdicts.count(verdict) for verdict in NAMES),
        ]
        for key, verdicts in sorted(sections.items())
    ]


def _by_reason(result: AuditResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in result.rows:
        if row["status"] in ASSERT_NOTHING:
            found.setdefault(row["reason"], []).append(row["label"])
    return found


def _section_order(row: dict) -> tuple:
    """Return a key that puts section 4.10 after 4.9."""
    number = row["section"].split(" ")[0]
    parts = tuple(int(part) if part.isdigit() else 0 for part in number.split("."))
    return row["document"], parts, row["section"]


def _line(row: dict) -> str:
    reason = f";{row['reason']}" if row["reason"] else ""
    return (
        f"[{NAMES[row['verdict']]}] {row['claim']} {row['label']}:公布 {interval_text(row)},"
        f"算得 {computed_text(row)}{reason}"
    )


def value_text(value: Decimal, unit: str) -> str:
    """Return a value in the unit it is printed in."""
    if unit == "%":
        return f"{_plain(value * 100)}%"
    return _plain(value)


def _plain(value: Decimal) -> str:
    return _short(f"{value:,f}")


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: object) -> str:
    return _short(f"{value:f}") if isinstance(value, Decimal) else str(value)
