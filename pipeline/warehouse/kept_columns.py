"""Which columns the records of a delivery have from another one, as build and status tell it."""

import duckdb

from pipeline import kept_columns
from pipeline.db import connect
from pipeline.entity import Entity, entities_of
from pipeline.home import Home
from pipeline.kept_columns import Kept
from pipeline.warehouse.receipts import Receipt


def lines(home: Home, loaded: list[Receipt]) -> list[str]:
    """Return a line for each two deliveries one of which keeps columns of the other, as far as the
    tables are built, and for each that empties columns of another."""
    receipts = {receipt.id: receipt.fields for receipt in loaded}
    found = []
    for name, entity in entities_of(home).items():
        rows = [row for row in _rows(home, entity) if {row.to, row.giver} <= receipts.keys()]
        found += kept_columns.lines(rows, receipts, entity.unit)
        for receipt in loaded:
            if receipt.entity == name:
                found += kept_columns.emptied(receipt.fields, receipts, entity.unit)
    return found


def _rows(home: Home, entity: Entity) -> list[Kept]:
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
    return [Kept(*row) for row in rows]
