"""Which days and weeks of a period lack records, as monthly.m15_day judges them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

COLUMNS = (
    "received_on", "is_missing", "is_week_short", "week_first_on", "week_last_on",
    "week_record_count", "week_expected_count",
)  # fmt: skip


@dataclass(frozen=True)
class Week:
    """A week with far fewer records than expected."""

    first_on: date
    last_on: date
    record_count: int
    expected_count: float


@dataclass(frozen=True)
class Gaps:
    """The missing days and the short weeks, in order."""

    days: list[date]
    weeks: list[Week]

    @classmethod
    def of(cls, rows: Iterable[dict[str, Any]]) -> "Gaps":
        """Return the gaps that rows of monthly.m15_day (its COLUMNS at least) show."""
        days = sorted(row["received_on"] for row in rows if row["is_missing"])
        weeks = {
            Week(
                row["week_first_on"],
                row["week_last_on"],
                row["week_record_count"],
                row["week_expected_count"],
            )
            for row in rows
            if row["is_week_short"]
        }
        return cls(days, sorted(weeks, key=lambda week: week.first_on))
