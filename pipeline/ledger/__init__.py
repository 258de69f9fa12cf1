"""The ledger of published figures: one row a claim, read from the home's `data/published/*.csv`."""

from pipeline.ledger.columns import (
    ABOVE,
    COLUMNS,
    DIMENSIONS,
    FILE_COLUMNS,
    KEY,
    LEVEL,
    LIST_RELATIONS,
    NUMBERS,
    PART_RELATIONS,
    RELATIONS,
    STATUSES,
    TREND_RELATIONS,
    VALUE_RELATIONS,
    is_blank,
)
from pipeline.ledger.conflict import findings_beside
from pipeline.ledger.read import load, metric_entities, rows, rows_of_files, years_with_ledger

__all__ = [
    "ABOVE",
    "COLUMNS",
    "DIMENSIONS",
    "FILE_COLUMNS",
    "KEY",
    "LEVEL",
    "LIST_RELATIONS",
    "NUMBERS",
    "PART_RELATIONS",
    "RELATIONS",
    "STATUSES",
    "TREND_RELATIONS",
    "VALUE_RELATIONS",
    "findings_beside",
    "is_blank",
    "load",
    "metric_entities",
    "rows",
    "rows_of_files",
    "years_with_ledger",
]
