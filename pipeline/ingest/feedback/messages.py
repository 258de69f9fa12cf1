"""Lines for the user about one file, from its receipt and the words of the reject reasons."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline import kept_columns
from pipeline.entity import Entity
from pipeline.home import Home
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.receipts import Receipt
from pipeline.reference import read_rows

# Rows that are no record -> their label.
SKIPPED = {"header_repeated": "重复的表头", "row_blank": "空行"}


class Reason(NamedTuple):
    """A reject reason in the sender's words: what is wrong with a row, and what to do."""

    label: str
    remedy: str


def read_reasons(home: Home) -> dict[str, Reason]:
    """Return reason -> words, from reject_reason.csv."""
    rows = read_rows(home.reference_files().get("reject_reason"), ("reason", "label", "remedy"))
    return {row["reason"]: Reason(row["label"], row["remedy"]) for row in rows}


def words(reasons: dict[str, Reason], reason: str) -> Reason:
    """Return the words of a reason; its name if there are none."""
    return reasons.get(reason) or Reason(reason, "请核对这一行后重发")


def remarks(receipt: Receipt, opened: OpenedFile, receipts: Mapping[str, Receipt]) -> list[str]:
    """Return the lines about a loaded file besides its counts.

    `receipts` are those of all loaded files.
    """
    named = [
        f"{sheet.sheet or receipt.name} → {sheet.district_from_name}"
        for sheet in receipt.sheets
        if sheet.district_from_name
    ]
    return [
        *kept_columns.lines(receipt.kept, receipts, opened.entity.unit),
        *kept_columns.emptied(receipt, receipts, opened.entity.unit),
        *skipped_rows(receipt.rows_skipped),
        *([f"没有区的列,按名称或标题认作:{'、'.join(named)}"] if named else []),
        *unread_sheets(receipt.unread_sheets),
        *corrected(receipt.corrections.applied, receipt.corrections.stale),
        *unread_times(receipt.unread, opened, receipt.letter),
        *receipt.warnings,
    ]


def unread_times(counts: dict[str, int], opened: OpenedFile, letter: str | None) -> list[str]:
    """Return a line on the times that could not be parsed, by column, and where they are listed."""
    columns = "、".join(f"“{opened.heading(name)}” {count:,}" for name, count in counts.items())
    listed = f";逐格见 {letter}" if letter else ""
    return [f"读不懂的时间按空计:{columns} 格{listed}"] if columns else []


def corrected(applied: int, stale: Sequence[str]) -> list[str]:
    """Return lines on the corrections of this file's records: applied, and without effect."""
    more = f" 等 {len(stale)} 处" if len(stale) > 5 else ""
    return [
        *([f"按 correction.csv 更正 {applied:,} 处"] if applied else []),
        *([f"没有用上的更正:{'、'.join(stale[:5])}{more};请核对或删去"] if stale else []),
    ]


def skipped_rows(skipped: dict[str, int]) -> list[str]:
    """Return a line on the rows that are no record."""
    kinds = "、".join(f"{SKIPPED[kind]} {count:,}" for kind, count in skipped.items())
    return [f"不计入读入的行:{kinds}"] if kinds else []


def unread_sheets(unread: dict[str, int]) -> list[str]:
    """Return a line on the sheets that were not read."""
    sheets = "、".join(f"{name}({count:,} 行)" for name, count in unread.items())
    return [f"没有认得出的表头、未读的工作表:{sheets}"] if sheets else []


def unknown(counts: dict[str, int], entity: Entity) -> str:
    """Return the numbers of rows with a name that no register has, by kind."""
    return "、".join(
        f"{label} {counts[name]:,}" for name, label in entity.unknown.items() if counts.get(name)
    )


def summary(
    receipt: Receipt, opened: OpenedFile, seconds: float, reasons: dict[str, Reason]
) -> str:
    """Return the line on a loaded file: its rows loaded, duplicate and rejected."""
    entity = opened.entity
    period = receipt.period_first
    if receipt.period_last != period:
        period = f"{period} 至 {receipt.period_last}"
    records = f"{receipt.records:,} {entity.unit}"
    parts = [f"{receipt.name} 入库 {receipt.rows_loaded:,} 行({records},{period})"]
    if receipt.is_supplement:
        added = "、".join(opened.heading(name) for name in opened.added_columns)
        parts.append(f"只按编号补充 {added},其余各列沿用已入库的")
    if receipt.rows_duplicate:
        parts.append(f"重复 {receipt.rows_duplicate:,} 行")
    if receipt.rows_rejected:
        why = "、".join(
            f"{words(reasons, name).label} {count:,}"
            for name, count in receipt.reject_reasons.items()
        )
        parts.append(f"退回 {receipt.rows_rejected:,} 行({why};逐行见 {receipt.letter})")
    if receipt.unknown:
        parts.append(f"未识别 {unknown(receipt.unknown, entity)}")
    return ",".join(parts) + f",{seconds:.1f} 秒"
