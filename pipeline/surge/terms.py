"""What the expected count of a week may depend on besides its series: season and calendar."""

import datetime
from dataclasses import dataclass

import numpy as np

from pipeline.surge.glm import Array

WEEK = datetime.timedelta(days=7)
YEAR_DAYS = 365.25
HARMONICS = 2


@dataclass(frozen=True)
class Calendar:
    """Holidays, weekend days that are worked, and seasons from (month, day) to (month, day)."""

    holidays: frozenset[datetime.date]
    workdays: frozenset[datetime.date]
    seasons: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def design(week_ends: list[datetime.date], calendar: Calendar) -> Array:
    """Return (weeks, terms): constant, trend in years to the last week, season, calendar.

    The season is two pairs of sine and cosine of the year, where Noufaily et al. (2013) use a
    factor of ten levels: two years of weeks are too few for the levels. The calendar is the number
    of working days lost to holidays, and the share of the week in each named season.
    """
    last = week_ends[-1]
    columns = [
        [1.0 for _ in week_ends],
        [(end - last).days / YEAR_DAYS for end in week_ends],
    ]
    angles = [2 * np.pi * (end.timetuple().tm_yday - 3) / YEAR_DAYS for end in week_ends]
    for harmonic in range(1, HARMONICS + 1):
        columns.append([float(np.sin(harmonic * angle)) for angle in angles])
        columns.append([float(np.cos(harmonic * angle)) for angle in angles])
    weeks = [[end - datetime.timedelta(days=back) for back in range(7)] for end in week_ends]
    columns.append([float(sum(_days_off(day, calendar) for day in week)) for week in weeks])
    for first, final in calendar.seasons:
        columns.append([sum(_within(day, first, final) for day in week) / 7 for week in weeks])
    return np.array(columns).T


def _days_off(day: datetime.date, calendar: Calendar) -> int:
    """Return 1 for a weekday off, -1 for a weekend day that is worked, else 0."""
    if day.weekday() < 5:
        return int(day in calendar.holidays)
    return -int(day in calendar.workdays)


def _within(day: datetime.date, first: tuple[int, int], final: tuple[int, int]) -> bool:
    """Return whether the day is in a season, which may pass over the new year."""
    here = (day.month, day.day)
    return first <= here <= final if first <= final else here >= first or here <= final
