"""Measure the surge model on series that the simulation did not make, with surges planted.

    python -m tests.bench.surge nyc_council_cases.csv.gz [--home BUILT_HOME]

Weekly counts of 2015 to 2019 of the New York City Council's cases by category, and by category and
borough. Settings were chosen on 2017 (`--tune` prints that year); docs/surges.md has
2018 and 2019, whose planting was fixed before. The history is what it is: its own outbreaks count
as false alarms. The rival is the z-score over the last thirteen weeks, at its customary thresholds
and at the one that gives as many false alarms as ours.
"""

import argparse
import csv
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
from scipy.stats import false_discovery_control

from pipeline.home import REPOSITORY, Home
from pipeline.period import MONTH, Period
from pipeline.surge import SurgeSettings
from pipeline.surge.expect import expect, is_large
from pipeline.surge.glm import Array
from pipeline.surge.series import calendar, read
from pipeline.surge.terms import Calendar, design

FIRST_WEEK_ENDS = datetime.date(2015, 1, 11)
WEEKS = 260
TUNING, HELD_OUT = (104, 156), (156, 260)
SEEDS = {TUNING: 2017, HELD_OUT: 20182019}
MIN_MEAN = 3.0
Z_WEEKS = 13
SIZES = ((3, 10), (10, 30), (30, np.inf))
NYC = REPOSITORY / "tests" / "homes" / "nyc" / "data" / "reference"
NO_CATEGORY = ("?", "Please choose an issue...", "Select One", "@getxlate.Udf_Code_Genera")


@dataclass(frozen=True, eq=False)
class Case:
    """Weekly counts (series, weeks) of one or more cuts, with what the model needs beside."""

    counts: Array
    cuts: Array
    terms: Array
    span: tuple[int, int]


@dataclass(frozen=True)
class Event:
    """A planted surge: the row of its series, its weeks, the series' usual count."""

    row: int
    weeks: tuple[int, ...]
    level: float


Scores = Array  # (series, weeks of the span): the higher, the more alarming


def nyc(file: Path, column: str = "borough") -> tuple[Array, Array]:
    """Return counts and cut numbers: the categories (0), and the categories by borough (1).

    With column `descriptor`: the topics of the whole city (0).
    """
    with duckdb.connect() as con:
        rows = con.execute(
            f"""
            WITH cases AS (
                SELECT DISTINCT ON (unique_key) CAST(opendate AS DATE) AS opened_on,
                    coalesce(complaint_type, '?') AS category, coalesce({column}, '?') AS part
                FROM read_csv(?, all_varchar = true)
                ORDER BY unique_key
            ),
            weekly AS (
                SELECT category, part, (opened_on - (DATE '2015-01-11' - 6)) // 7 AS week
                FROM cases
                WHERE category NOT IN (SELECT unnest(?))
            )
            SELECT category, part, week, count(*) FROM weekly
            WHERE week BETWEEN 0 AND 259 AND part <> '?' GROUP BY ALL
            UNION ALL
            SELECT category, '*', week, count(*) FROM weekly
            WHERE week BETWEEN 0 AND 259 GROUP BY ALL
            """,
            [str(file), list(NO_CATEGORY)],
        ).fetchall()
    topics = column == "descriptor"
    held: dict[tuple[str, str], Array] = {}
    for category, part, week, count in rows:
        if not (topics and part == "*"):
            held.setdefault((category, part), np.zeros(WEEKS))[week] += count
    keys = sorted(key for key, counts in held.items() if counts.sum() >= 52)
    cuts = np.array([0 if topics or key[1] == "*" else 1 for key in keys])
    return np.array([held[key] for key in keys]), cuts


def nyc_terms() -> Array:
    with (NYC / "calendar.csv").open(encoding="utf-8") as handle:
        days = frozenset(datetime.date.fromisoformat(r["day_on"]) for r in csv.DictReader(handle))
    ends = [FIRST_WEEK_ENDS + datetime.timedelta(weeks=week) for week in range(WEEKS)]
    return design(ends, Calendar(days, frozenset(), (((10, 1), (5, 31)),)))


@cache
def ours(case: Case, settings: SurgeSettings) -> tuple[Scores, Array]:
    """Return scores (minus log p of what is large enough), and our own alarms."""
    scores, alarms = [], []
    known = np.ones(case.counts.shape[1], dtype=bool)
    for week in range(*case.span):
        found = expect(case.counts, case.terms, known, week, settings)
        large = is_large(case.counts[:, week], found.mean, settings)
        corrected = np.ones(len(case.counts))
        for cut in np.unique(case.cuts):
            rows = case.cuts == cut
            corrected[rows] = false_discovery_control(found.p_value[rows])
        scores.append(np.where(large, -np.log10(np.maximum(found.p_value, 1e-300)), 0.0))
        alarms.append(large & (corrected <= settings.alarm))
    return np.array(scores).T, np.array(alarms).T


@cache
def z_score(case: Case, settings: SurgeSettings) -> Scores:
    """Return z over the last thirteen weeks, of counts that reach the same least count."""
    scores = []
    for week in range(*case.span):
        past, here = case.counts[:, week - Z_WEEKS : week], case.counts[:, week]
        spread = past.std(axis=1, ddof=1)
        rise = here - past.mean(axis=1)
        z = np.where(spread > 0, rise / np.maximum(spread, 1e-9), np.where(rise > 0, np.inf, 0.0))
        scores.append(np.where(here >= settings.min_count, np.maximum(z, 0.0), 0.0))
    return np.array(scores).T


def plant(case: Case, shape: tuple[float, ...], seed: int) -> tuple[Case, list[Event]]:
    """Return a copy with surges: `shape` times the series' level, week by week, as Poisson counts.

    Every series with MIN_MEAN records a week within half a year around gets one about every thirty
    weeks.
    """
    rng = np.random.default_rng(seed)
    counts, events = case.counts.copy(), []
    for row in range(len(counts)):
        week = case.span[0] + int(rng.integers(20))
        while week + 4 < case.span[1]:
            level = float(case.counts[row, max(0, week - 26) : week + 26].mean())
            if level >= MIN_MEAN:
                counts[row, week : week + len(shape)] += rng.poisson(np.array(shape) * level)
                events.append(Event(row, tuple(range(week, week + len(shape))), level))
            week += 20 + int(rng.integers(20))
    return Case(counts, case.cuts, case.terms, case.span), events


def appear(case: Case, seed: int) -> tuple[Case, list[Event]]:
    """Return a copy in which every second topic of some size first appears within the span."""
    rng = np.random.default_rng(seed)
    counts, events = case.counts.copy(), []
    for row in range(len(counts)):
        week = case.span[0] + int(rng.integers(max(1, case.span[1] - case.span[0] - 30)))
        level = float(counts[row, week : week + 26].mean())
        if row % 2 == 0 and level >= MIN_MEAN:
            counts[row, :week] = 0
            events.append(Event(row, tuple(range(week, week + 4)), level))
    return Case(counts, case.cuts, case.terms, case.span), events


def found(alarms: Array, events: list[Event], first: int) -> list[int | None]:
    """Return after how many weeks each event was flagged, None where it was not."""
    delays: list[int | None] = []
    for event in events:
        hits = [place for place, week in enumerate(event.weeks) if alarms[event.row, week - first]]
        delays.append(hits[0] if hits else None)
    return delays


def threshold(scores: Scores, alarms: int) -> float:
    """Return the threshold above which at most so many scores are."""
    ordered = np.sort(scores.ravel())[::-1]
    return float(ordered[alarms]) if alarms < len(ordered) else -1.0


Flagger = Callable[[Case], Array]


def flaggers(case: Case, settings: SurgeSettings) -> dict[str, Flagger]:
    """Return what is compared: the alarms of a case; thresholds rest on the clean one."""
    clean, own = ours(case, settings)
    z = z_score(case, settings)
    here = int(own.sum())

    def model(count: int) -> Flagger:
        bound = threshold(clean, count)
        return lambda other: ours(other, settings)[0] > bound

    def rival(bound: float) -> Flagger:
        return lambda other: z_score(other, settings) > bound

    return {
        "ours, as set": lambda other: ours(other, settings)[1],
        "z, as many false alarms": rival(threshold(z, here)),
        "z > 3": rival(3.0),
        "ours, as many as z > 3": model(int((z > 3).sum())),
        "z > 2": rival(2.0),
        "ours, as many as z > 2": model(int((z > 2).sum())),
    }


def compare(case: Case, topics: Case, settings: SurgeSettings, seed: int) -> list[list[str]]:
    """Return a row per rule: false alarms, then share found (and mean delay) per kind of surge."""
    kinds = {
        "week": (case, *plant(case, (1.0,), seed)),
        "slow": (case, *plant(case, (0.25, 0.5, 0.75, 1.0), seed + 1)),
        "new": (topics, *appear(topics, seed + 2)),
    }
    rules = {id(case): flaggers(case, settings), id(topics): flaggers(topics, settings)}
    rows = []
    for name in rules[id(case)]:
        cells = [name] + [f"{rules[id(c)][name](c).mean():.2%}" for c in (case, topics)]
        for clean, planted, events in kinds.values():
            delays = found(rules[id(clean)][name](planted), events, planted.span[0])
            cells.append(_cell(delays))
            if clean is case:
                cells.append(_by_size(delays, events))
        rows.append(cells)
    counts = ", ".join(f"{name} {len(events)}" for name, (_, _, events) in kinds.items())
    print(f"{len(case.counts)} series, {len(topics.counts)} topics; events: {counts}")
    return rows


def _cell(delays: list[int | None]) -> str:
    hits = [delay for delay in delays if delay is not None]
    if not hits:
        return "0%"
    return f"{len(hits) / len(delays):.0%}" + (f" ({np.mean(hits):.1f})" if max(hits) else "")


def _by_size(delays: list[int | None], events: list[Event]) -> str:
    shares = []
    for low, high in SIZES:
        part = [d for d, e in zip(delays, events, strict=True) if low <= e.level < high]
        shares.append(f"{sum(d is not None for d in part) / max(len(part), 1):.0%}")
    return " / ".join(shares)


def quiet(case: Case, settings: SurgeSettings, seed: int, dispersion: float) -> tuple[float, float]:
    """Return the share flagged, raw at 1% and as set, on history that has no events at all.

    Negative binomial counts about each series' mean of the whole span, without season.
    """
    rng = np.random.default_rng(seed)
    mean = np.maximum(case.counts.mean(axis=1), 0.1)[:, None] * np.ones(case.counts.shape)
    chance = 1 / dispersion
    counts = rng.negative_binomial(mean * chance / (1 - chance), chance).astype(float)
    empty = Case(counts, case.cuts, case.terms, case.span)
    scores, alarms = ours(empty, settings)
    return float((scores > 2).mean()), float(alarms.mean())


def simulated(home: Home) -> tuple[Case, Case]:
    """Return the weekly series of a built home: its last half year is judged."""
    with duckdb.connect(str(home.database), read_only=True) as con:
        last = con.execute("SELECT max(year * 12 + month - 1) FROM source.partition").fetchall()
        index = int(last[0][0])
        weeks = read(con, Period(MONTH, index // 12, index % 12 + 1))
        known = calendar(con)
    start = int(np.argmax(weeks.is_known)) + 1
    terms = design(weeks.week_ends[start:], known)
    span = (len(terms) - 26, len(terms))
    held = {part.cut: part.counts[:, start:] for part in weeks.series}
    both = [held["category"], held["category district"]]
    cuts = np.repeat([0, 1], [len(part) for part in both])
    topic = held["category subcategory topic"]
    return (
        Case(np.concatenate(both), cuts, terms, span),
        Case(topic, np.zeros(len(topic)), terms, span),
    )


HEAD = (
    "| rule | false alarms | on topics | week doubled | 3-10 / 10-30 / 30+ a week | slow doubling"
    " | by size | new topic |\n|---|---|---|---|---|---|---|---|"
)


def table(rows: list[list[str]]) -> str:
    return "\n".join([HEAD, *("| " + " | ".join(row) + " |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--tune", action="store_true")
    asked = parser.parse_args()
    settings, terms = SurgeSettings(), nyc_terms()
    span = TUNING if asked.tune else HELD_OUT
    counts, cuts = nyc(asked.file)
    topics, none = nyc(asked.file, "descriptor")
    case, topic = Case(counts, cuts, terms, span), Case(topics, none, terms, span)
    print(table(compare(case, topic, settings, SEEDS[span])), flush=True)
    raw, own = quiet(case, settings, SEEDS[span], 2.0)
    print(f"\nWithout any event: p < 1% in {raw:.2%} of the weeks, flagged as set {own:.3%}.\n")
    if asked.home:
        print(table(compare(*simulated(Home(asked.home)), settings, SEEDS[span])))


if __name__ == "__main__":
    main()
