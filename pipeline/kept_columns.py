"""What deliveries keep of each other's columns, in one line for each two of them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_EXTRA = {"dispatch_no": "派单次序", "texts": "标题与内容"}
_MOST = 8


class Kept(NamedTuple):
    """A column of the records of one delivery (`to`) that another gives, and in how many records;
    `filled`: in how many of them it says something."""

    column: str
    to: str
    giver: str
    records: int
    filled: int


def lines(kept: Iterable[Kept], receipts: Mapping[str, Mapping[str, Any]], unit: str) -> list[str]:
    """Return a line for each two deliveries; columns that say nothing are left out."""
    pairs: dict[tuple[str, str], list[Kept]] = {}
    for one in kept:
        if one.filled:
            pairs.setdefault((one.to, one.giver), []).append(one)
    found = []
    for (to, giver), columns in sorted(pairs.items(), key=lambda item: -_most(item[1])):
        columns = _in_order(columns, receipts[giver])
        names = _listed([heading(receipts[giver], one.column) for one in columns])
        filled = _listed(
            [f"{heading(receipts[giver], one.column)} {one.filled:,}" for one in columns]
        )
        if receipts[giver].get("is_supplement"):
            found.append(
                f"{receipts[giver]['name']} 为 {receipts[to]['name']} 的 {_most(columns):,} {unit}"
                f"补充 {names}(有值的:{filled})"
            )
            continue
        found.append(
            f"{receipts[to]['name']} 没有 {names},{_most(columns):,} {unit}沿用"
            f" {receipts[giver]['name']} 的值(否则会失去:{filled})"
        )
    return found if len(found) <= _MOST else [*found[:_MOST], f"另有 {len(found) - _MOST} 组如此"]


def emptied(
    data: Mapping[str, Any], receipts: Mapping[str, Mapping[str, Any]], unit: str
) -> list[str]:
    """Return a line for each older delivery of which a file empties columns that it has."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in data.get("emptied") or ():
        if one["from"] in receipts:
            found.setdefault(one["from"], []).append(one)
    return [
        f"{data['name']} 的 "
        + _listed([f"{heading(data, one['column'])} {one['has']:,}" for one in columns])
        + f" {unit}有值,而 {receipts[giver]['name']} 同样的编号有 "
        + _listed([f"{one['had']:,}" for one in columns])
        + f" {unit}:有这一列即以新交付为准,空格也算;"
        "若只是没有填写,请删去这些列重新入库,并删去这个文件的回执"
        for giver, columns in found.items()
    ]


def heading(data: Mapping[str, Any], column: str) -> str:
    """Return what a canonical column is called in the file of a receipt."""
    return _EXTRA.get(column) or (data.get("columns") or {}).get(column, column)


def _in_order(columns: list[Kept], giver: Mapping[str, Any]) -> list[Kept]:
    known = [*(giver.get("columns") or {}), *_EXTRA]
    place = {name: number for number, name in enumerate(known)}
    return sorted(columns, key=lambda one: (place.get(one.column, len(known)), one.column))


def _most(columns: list[Kept]) -> int:
    return max(one.records for one in columns)


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 列" if len(names) > _MOST else ""
    return "、".join(names[:_MOST]) + more
