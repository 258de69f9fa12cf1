"""Columns that deliveries keep of or empty in each other: lines for build and status."""

import duckdb

from pipeline import kept_columns
from pipeline.db import connect
from pipeline.entity import Entity, entities_of
from pipeline.home import Home
from pipeline.receipts import KeptColumn, Receipt


def lines(home: Home, loaded: list[Receipt]) -> list[str]:
    """Return a line per pair of deliveries of which one keeps or empties columns of the other.

    Kept columns are known once the tables are built.
    """
    receipts = {receipt.id: receipt for receipt in loaded}
    found = []
    for name, entity in entities_of(home).items():
        rows = [row for row in _rows(home, entity) if {row.to, row.giver} <= receipts.keys()]
        found += kept_columns.lines(rows, receipts, entity.unit)
        for receipt in loaded:
            if receipt.entity == name:
                found += kept_columns.emptied(receipt, receipts, entity.unit)
    return found


def _rows(home: Home, entity: Entity) -> list[KeptColumn]:
    if not entity.kept:
        return []
    try:
        with connect(home.database, home=home, read_only=True) as con:
            rows = con.execute(
                f"""SELECT column_name, receipt, from_receipt,
                        sum(record_count)::BIGINT, sum(filled_count)::BIGINT
                    FROM {entity.kept} GROUP BY ALL ORDER BY ALL"""
            ).fetchall()
    except duckdb.Error:
        return []
    names = ("column", "to", "giver", "records", "filled")
    return [KeptColumn(**dict(zip(names, row, strict=True))) for row in rows]
