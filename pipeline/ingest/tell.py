"""What the user is told of one file, on a line or a few."""

from typing import Any

from pipeline.ingest.opening import Opened
from pipeline.ingest.reason import Reason, words


def plan(opened: Opened) -> str:
    """Return the line of a dry run: form, source, how columns are read, and which are left."""
    mapping = opened.tables[0].mapping
    pairs = ",".join(
        f"{mapping.headings[place]}→{column}" for column, place in mapping.positions.items()
    )
    left = f";不用的列:{'、'.join(mapping.unmapped)}" if mapping.unmapped else ""
    return f"{opened.delivery.name}:{opened.format},来源 {mapping.source.name};{pairs}{left}"


def remarks(data: dict[str, Any]) -> list[str]:
    """Return what the user should know of a loaded file beside its counts."""
    kinds = {"header_repeated": "重复的表头", "row_blank": "空行"}
    skipped = "、".join(f"{kinds[kind]} {n:,}" for kind, n in data["rows_skipped"].items())
    named = [
        f"{sheet['sheet'] or data['name']} → {sheet['district_from_name']}"
        for sheet in data["sheets"]
        if sheet["district_from_name"]
    ]
    unread = "、".join(f"{name}({n:,} 行)" for name, n in data["unread_sheets"].items())
    return [
        *([f"不计入读入的行:{skipped}"] if skipped else []),
        *([f"没有区的列,按名称认作:{'、'.join(named)}"] if named else []),
        *([f"没有认得出的表头、未读的工作表:{unread}"] if unread else []),
        *data["warnings"],
    ]


def summary(data: dict[str, Any], seconds: float, reasons: dict[str, Reason]) -> str:
    period = data["period_first"]
    if data["period_last"] != period:
        period = f"{period} 至 {data['period_last']}"
    parts = [f"{data['name']} 入库 {data['rows_loaded']:,} 行({data['records']:,} 件,{period})"]
    if data["rows_duplicate"]:
        parts.append(f"重复 {data['rows_duplicate']:,} 行")
    if data["rows_rejected"]:
        told = "、".join(
            f"{words(reasons, name).label} {count:,}"
            for name, count in data["reject_reasons"].items()
        )
        parts.append(f"退回 {data['rows_rejected']:,} 行({told};逐行见 {data['letter']})")
    if data["unknown"]:
        kinds = {"category": "分类", "unit": "承办单位", "place_district": "区"}
        names = "、".join(
            f"{kinds.get(name, '街乡镇')} {count:,}" for name, count in data["unknown"].items()
        )
        parts.append(f"未识别 {names}")
    return ",".join(parts) + f",{seconds:.1f} 秒"
