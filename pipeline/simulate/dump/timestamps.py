"""Believable times of the simulated records: arrivals by day and hour, dispatch, due, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np

# Share of the volume by hour of the day (0 to 23 h): two working peaks and a quiet night.
HOURS = (6, 4, 3, 2, 2, 4, 10, 24, 58, 92, 98, 86, 60, 62, 82, 86, 82, 70, 52, 46, 42, 36, 24, 12)
WEEKEND = 0.78
# Time limits of the grades in seconds (2 h, 24 h, 7 d, 15 d) and how often each is set, in %.
LIMITS, LIMIT_WEIGHTS = (7_200, 86_400, 604_800, 1_296_000), (4, 22, 50, 24)
LATE = 0.035


class Times(NamedTuple):
    """Seconds since 1970 per record; -1 where there is no such time."""

    day: np.ndarray
    sequence: np.ndarray
    received: np.ndarray
    first_dispatch: np.ndarray
    step: np.ndarray
    due: np.ndarray
    closed: np.ndarray


def arrivals(year: int, month: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day (from 0), number within the day (from 1) and second of the day of `count` arrivals."""
    first = date(year, month, 1)
    days = (date(year + month // 12, month % 12 + 1, 1) - first).days
    weight = np.array([WEEKEND if (first.weekday() + d) % 7 >= 5 else 1.0 for d in range(days)])
    ends = np.round(np.cumsum(weight) / weight.sum() * count).astype(np.int64)
    per_day = np.diff(ends, prepend=0)
    day = np.repeat(np.arange(days, dtype=np.uint8), per_day)
    sequence = np.arange(count, dtype=np.int64) - np.repeat(ends - per_day, per_day) + 1
    hours = np.concatenate([[0.0], np.cumsum(HOURS) / sum(HOURS)])
    within = (sequence - 0.5) / np.repeat(per_day, per_day)
    second = np.interp(within, hours, np.arange(25) * 3600.0).astype(np.int64)
    return day, sequence, second


def make_times(
    year: int,
    month: int,
    hops: np.ndarray,
    direct: np.ndarray,
    called_back: np.ndarray,
    exported: int,
    rng: np.random.Generator,
) -> Times:
    """Times of the records of a month: received, dispatched, due and closed.

    Nothing is later than `exported` (seconds since 1970). A record that was called back is
    closed; any other that would be closed later is still open.
    """
    count = len(hops)
    order = rng.permutation(count)
    day, sequence, second = (column[order] for column in arrivals(year, month, count))
    start = int(datetime(year, month, 1, tzinfo=UTC).timestamp())
    received = start + day.astype(np.int64) * 86_400 + second
    delay = 240 + (10_560 * rng.random(count) ** 2)
    step = 14_400 + 129_600 * rng.random(count)
    squeeze = np.minimum(1.0, 0.5 * (exported - received) / (delay + step * hops))
    delay, step = (delay * squeeze).astype(np.int64), (step * squeeze).astype(np.int64)
    last = received + delay + step * hops
    limit = np.array(LIMITS)[weighted(LIMIT_WEIGHTS, count, rng)]
    used = 0.08 + 0.88 * rng.random(count)
    used = np.where(rng.random(count) < LATE, 1.02 + 1.2 * used, used)
    closed = last + (limit * used).astype(np.int64)
    early = last + ((exported - last) * np.minimum(used, 0.99)).astype(np.int64)
    closed = np.where(closed < exported, closed, np.where(called_back, early, -1))
    answered = received + 60 + (600 * used).astype(np.int64)
    return Times(
        day=day,
        sequence=sequence,
        received=received,
        first_dispatch=np.where(direct, -1, received + delay),
        step=step,
        due=np.where(direct, -1, last + limit),
        closed=np.where(direct, answered, closed),
    )


def weighted(weights: Sequence[float], count: int, rng: np.random.Generator) -> np.ndarray:
    """Index of a member per record, in proportion to the weights."""
    share = np.cumsum(weights) / sum(weights)
    picked = np.searchsorted(share, rng.random(count), side="right")
    return np.minimum(picked, len(weights) - 1).astype(np.uint8)
