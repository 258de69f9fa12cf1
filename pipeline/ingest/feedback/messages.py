"""What the user is told of one file, on a line or a few."""

from collections.abc import Sequence
from typing import Any

from pipeline import kept_columns
from pipeline.entity import Entity
from pipeline.ingest.columns.open_file import OpenedFile
from pipeline.ingest.columns.supplement import added_columns
from pipeline.ingest.feedback.reject_reasons import Reason, words
from pipeline.ingest.staging.input_view import InputTable
from pipeline.kept_columns import Kept


def remarks(
    data: dict[str, Any], opened: OpenedFile, receipts: dict[str, dict[str, Any]]
) -> list[str]:
    """Return what the user should know of a loaded file beside its counts.

    `receipts` are those of all that is loaded.
    """
    shared = [
        Kept(one["column"], one["to"], one["from"], one["records"], one["filled"])
        for one in data["kept"]
    ]
    named = [
        f"{sheet['sheet'] or data['name']} → {sheet['district_from_name']}"
        for sheet in data["sheets"]
        if sheet["district_from_name"]
    ]
    return [
        *kept_columns.lines(shared, receipts, opened.entity.unit),
        *kept_columns.emptied(data, receipts, opened.entity.unit),
        *skipped_rows(data["rows_skipped"]),
        *([f"没有区的列,按名称或标题认作:{'、'.join(named)}"] if named else []),
        *unread_sheets(data["unread_sheets"]),
        *corrected(data["corrections"]["applied"], data["corrections"]["stale"]),
        *unread_times(data["unread"], opened, data["letter"]),
        *data["warnings"],
    ]


def advice(tables: Sequence[InputTable]) -> list[str]:
    """Return what figures need that the file does not tell, as its entity says."""
    if tables[0].is_supplement:
        return []
    told = {name for table in tables for name in table.mapping.positions}
    told |= {name for table in tables for name in table.mapping.source.constants}
    return [
        one.say
        for one in tables[0].entity.advice
        if told.intersection(one.given) and one.missing not in told
    ]


def unread_times(counts: dict[str, int], opened: OpenedFile, letter: str | None) -> list[str]:
    """Return the columns with cells of which no time could be made, and where they are listed."""
    told = "、".join(f"“{opened.heading(name)}” {count:,}" for name, count in counts.items())
    listed = f";逐格见 {letter}" if letter else ""
    return [f"读不懂的时间按空计:{told} 格{listed}"] if told else []


def corrected(applied: int, stale: Sequence[str]) -> list[str]:
    """Return what became of the corrections of this file's records."""
    more = f" 等 {len(stale)} 处" if len(stale) > 5 else ""
    return [
        *([f"按 correction.csv 更正 {applied:,} 处"] if applied else []),
        *([f"没有用上的更正:{'、'.join(stale[:5])}{more};请核对或删去"] if stale else []),
    ]


def skipped_rows(skipped: dict[str, int]) -> list[str]:
    """Return the rows that are no record."""
    kinds = {"header_repeated": "重复的表头", "row_blank": "空行"}
    told = "、".join(f"{kinds[kind]} {count:,}" for kind, count in skipped.items())
    return [f"不计入读入的行:{told}"] if told else []


def unread_sheets(unread: dict[str, int]) -> list[str]:
    """Return the sheets that were passed over."""
    told = "、".join(f"{name}({count:,} 行)" for name, count in unread.items())
    return [f"没有认得出的表头、未读的工作表:{told}"] if told else []


def unknown(counts: dict[str, int], entity: Entity) -> str:
    """Return the rows with a name that no register knows, by kind."""
    return "、".join(
        f"{label} {counts[name]:,}" for name, label in entity.unknown.items() if counts.get(name)
    )


def summary(
    data: dict[str, Any], opened: OpenedFile, seconds: float, reasons: dict[str, Reason]
) -> str:
    """Return what became of a file's rows, in one line."""
    entity = opened.entity
    period = data["period_first"]
    if data["period_last"] != period:
        period = f"{period} 至 {data['period_last']}"
    told = f"{data['records']:,} {entity.unit}"
    parts = [f"{data['name']} 入库 {data['rows_loaded']:,} 行({told},{period})"]
    if data["is_supplement"]:
        added = "、".join(opened.heading(name) for name in added_columns(opened))
        parts.append(f"只按编号补充 {added},其余各列沿用已入库的")
    if data["rows_duplicate"]:
        parts.append(f"重复 {data['rows_duplicate']:,} 行")
    if data["rows_rejected"]:
        told = "、".join(
            f"{words(reasons, name).label} {count:,}"
            for name, count in data["reject_reasons"].items()
        )
        parts.append(f"退回 {data['rows_rejected']:,} 行({told};逐行见 {data['letter']})")
    if data["unknown"]:
        parts.append(f"未识别 {unknown(data['unknown'], entity)}")
    return ",".join(parts) + f",{seconds:.1f} 秒"
