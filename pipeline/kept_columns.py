"""Columns that deliveries keep of or empty in each other: lines for the user, one per pair."""

from collections.abc import Iterable, Mapping

from pipeline.receipts import EmptiedColumn, KeptColumn, Receipt

_EXTRA = {"dispatch_no": "派单次序", "texts": "标题与内容"}
_MOST = 8


def lines(kept: Iterable[KeptColumn], receipts: Mapping[str, Receipt], unit: str) -> list[str]:
    """Return a line per pair of deliveries on the columns that one keeps of the other.

    Columns without values are left out. `unit` is the unit of the records.
    """
    pairs: dict[tuple[str, str], list[KeptColumn]] = {}
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
        if receipts[giver].is_supplement:
            found.append(
                f"{receipts[giver].name} 为 {receipts[to].name} 的 {_most(columns):,} {unit}"
                f"补充 {names}(有值的:{filled})"
            )
            continue
        found.append(
            f"{receipts[to].name} 没有 {names},{_most(columns):,} {unit}沿用"
            f" {receipts[giver].name} 的值(否则会失去:{filled})"
        )
    return found if len(found) <= _MOST else [*found[:_MOST], f"另有 {len(found) - _MOST} 组如此"]


def emptied(receipt: Receipt, receipts: Mapping[str, Receipt], unit: str) -> list[str]:
    """Return a line per older delivery that had values in columns which a file has empty."""
    found: dict[str, list[EmptiedColumn]] = {}
    for one in receipt.emptied:
        if one.giver in receipts:
            found.setdefault(one.giver, []).append(one)
    return [
        f"{receipt.name} 的 "
        + _listed([f"{heading(receipt, one.column)} {one.has:,}" for one in columns])
        + f" {unit}有值,而 {receipts[giver].name} 同样的编号有 "
        + _listed([f"{one.had:,}" for one in columns])
        + f" {unit}:有这一列即以新交付为准,空格也算;"
        "若只是没有填写,请删去这些列重新入库,并删去这个文件的回执"
        for giver, columns in found.items()
    ]


def heading(receipt: Receipt, column: str) -> str:
    """Return the heading of a canonical column in the file of a receipt."""
    return _EXTRA.get(column) or receipt.columns.get(column, column)


def _in_order(columns: list[KeptColumn], giver: Receipt) -> list[KeptColumn]:
    known = [*giver.columns, *_EXTRA]
    place = {name: number for number, name in enumerate(known)}
    return sorted(columns, key=lambda one: (place.get(one.column, len(known)), one.column))


def _most(columns: list[KeptColumn]) -> int:
    return max(one.records for one in columns)


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 列" if len(names) > _MOST else ""
    return "、".join(names[:_MOST]) + more
