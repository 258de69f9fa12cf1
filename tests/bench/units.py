"""Measure how steady the lists and ranks of units are, and whether they find whom they should.

    python -m tests.bench.units [WAREHOUSE.duckdb]

Without a warehouse an invented year is made: 338 streets, most alike, a few planted well above or
below them or made better in July, call-backs drawn for each part of a month. The SQL of the lists
runs on its counts, beside the plain rule: the ten highest and lowest scores of all with thirty
call-backs, and the ten largest gains. With a warehouse the lists that it holds are measured.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import reference
from pipeline.home import REPOSITORY, Home

MONTHS = 12
STREETS, DISTRICTS = 338, 16
# Answers of a call-back: contacted, resolved, satisfied, basically satisfied.
ANSWERS = np.array(
    [(1, 1, 1, 0), (1, 1, 0, 1), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1), (1, 0, 0, 0), (0,) * 4]
)
# Of the resolved and of the others, how they answer; the last is who was not reached.
RESOLVED, UNRESOLVED = (0.90, 0.07, 0.03), (0.30, 0.20, 0.35, 0.15)
USUAL = 0.85
# Share of resolved call-backs of the planted: a score of 4, 7, 10 points less, 3, 4, 6 points more.
BAD = (0.79, 0.79, 0.79, 0.75, 0.75, 0.75, 0.71, 0.71, 0.71, 0.71)
GOOD = (0.89, 0.89, 0.89, 0.91, 0.91, 0.91, 0.935, 0.935, 0.935, 0.935)
# Below the others until June and above them from July on: the gain is of July.
BETTER = (0.77, 0.91, 7)
BETTER_COUNT = 5
SPREAD = 0.004  # between the streets that are alike, in the share of resolved
LISTS = {"advanced": "score", "improved": "gain", "remedial": "low_score"}
Counts = NDArray[np.int64]
Named = dict[str, dict[int, list[int]]]


@dataclass(frozen=True, eq=False)
class Year:
    """Counts of answers (part of a month, street, answer); who was planted, by street number."""

    counts: Counts
    good: frozenset[int]
    bad: frozenset[int]
    better: frozenset[int]

    def months(self) -> Counts:
        """Return the calendar months: both parts of each."""
        return self.counts[2::2] + self.counts[3::2]

    def assessed(self) -> Counts:
        """Return the assessment months: the second part of the month before, and the first."""
        return self.counts[1:-1:2] + self.counts[2::2]

    @cached_property
    def planted(self) -> frozenset[int]:
        """Return who differs from the others at any time."""
        return self.good | self.bad | self.better


def invent(seed: int = 2031, with_planted: bool = True, typical: int = 330) -> Year:
    """Return a year (and the month before it) of streets with `typical` call-backs a month."""
    random = np.random.default_rng(seed)
    size = random.lognormal(np.log(typical / 2), 0.8, STREETS)
    resolved = np.clip(random.normal(USUAL, SPREAD, STREETS), 0, 1)
    chosen = random.permutation(STREETS)
    good, bad, better = (
        chosen[a:b] for a, b in ((0, len(GOOD)), (len(GOOD), 20), (20, 20 + BETTER_COUNT))
    )
    if with_planted:
        resolved[good], resolved[bad] = GOOD, BAD
    counts = []
    for part in range(2 * (MONTHS + 1)):
        now = resolved.copy()
        if with_planted:
            now[better] = BETTER[1] if part // 2 >= BETTER[2] else BETTER[0]
        counts.append(
            [
                random.multinomial(random.poisson(n), _answers(share))
                for n, share in zip(size, now, strict=True)
            ]
        )
    who = [frozenset(map(int, group)) if with_planted else frozenset() for group in (good, bad)]
    return Year(
        np.array(counts), who[0], who[1],
        frozenset(map(int, better)) if with_planted else frozenset(),
    )  # fmt: skip


def _answers(resolved: float) -> list[float]:
    """Return the share of each answer."""
    return [
        *(resolved * share for share in RESOLVED),
        *((1 - resolved) * share for share in UNRESOLVED),
    ]


def scores(counts: Counts) -> NDArray[np.float64]:
    """Return the score (0 to 1) of each answer's counts, by the weights of 10, 50 and 40."""
    answered = counts @ ANSWERS
    weights = np.array((0.1, 0.5, 0.4, 0.36))
    return (answered @ weights) / counts.sum(axis=-1)


def warehouse(counts: Counts, period_type: str = "month") -> duckdb.DuckDBPyConnection:
    """Return an engine with metric.unit_score and what it reads, made of the counts."""
    con = duckdb.connect()
    reference.load(con, Home(REPOSITORY))
    con.execute("CREATE SCHEMA metric")
    answered = counts @ ANSWERS
    rows = [
        (f"{period:02}", f"{street % DISTRICTS:02}区", f"{street:04}",
         int(counts[period, street].sum()), *map(int, answered[period, street]))
        for period in range(counts.shape[0])
        for street in range(counts.shape[1])
    ]  # fmt: skip
    names = (
        *("period", "district", "street", "called_back_count", "contacted_count", "resolved_count"),
        *("satisfied_count", "basically_satisfied_count"),
    )
    given = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    con.register("given", given)
    con.execute(
        """CREATE TABLE metric.cut_member AS
           SELECT row_number() OVER (ORDER BY district, street) AS cut_key, *
           FROM (SELECT DISTINCT 'unit_type district street' AS cut, '街乡镇' AS unit_type,
                 district, street, '*' AS unit FROM given) AS member"""
    )
    con.execute(
        f"""CREATE TABLE metric.tally AS SELECT given.* EXCLUDE (district, street), cut_key,
            'record_count' AS metric, 'all' AS scope, 2031 AS year, '{period_type}' AS period_type,
            FALSE AS is_partial, called_back_count AS record_count
            FROM given JOIN metric.cut_member USING (district, street)"""
    )
    con.execute(
        """CREATE TABLE metric.known_period AS
           SELECT DISTINCT 'composite_score' AS metric, period_type, period,
                  TRUE AS is_known_throughout
           FROM metric.tally"""
    )
    con.execute(
        """CREATE TABLE metric.column_gap AS
           SELECT 'call_back' AS column_name, period_type, period, 1 AS known_month_count
           FROM metric.tally
           WHERE FALSE"""
    )
    con.execute(
        f"""CREATE TABLE metric.reported_period AS
            SELECT DISTINCT '{period_type}' AS period_type, period, 'all' AS scope,
            lpad(CAST(CAST(period AS INTEGER) - 1 AS VARCHAR), 2, '0') AS previous_period,
            CAST(period AS INTEGER) > 0 AS has_previous FROM given"""
    )
    for name in ("composite_sum", "score_interval", "unit_score"):
        _run(con, name)
    return con


def with_lists(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return the engine with metric.place_standing beside."""
    con.execute(
        """CREATE TABLE metric.changed AS
           SELECT metric, cut, FALSE AS is_rest, scope, period_type, period, district, street,
           record_count FROM metric.tally JOIN metric.cut_member USING (cut_key)"""
    )
    path = REPOSITORY / "sql" / "metric" / "composite.sql"
    con.execute(
        f"""CREATE TABLE metric.figure_value AS SELECT *,
            CAST(CAST(numerator AS DOUBLE) / denominator AS DECIMAL(18, 8)) AS value
            FROM ({path.read_text(encoding="utf-8")}) AS composite"""
    )
    _run(con, "place_standing")
    return con


def _run(con: duckdb.DuckDBPyConnection, name: str) -> None:
    text = (REPOSITORY / "sql" / "metric" / f"{name}.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE TABLE metric.{name} AS {text}")


def ours(counts: Counts) -> Named:
    """Return who is on each list of each period, in order, by the SQL of the lists."""
    con = with_lists(warehouse(counts))
    return {
        name: _by_period(
            con.execute(
                f"""SELECT CAST(period AS INTEGER), CAST(street AS INTEGER)
                    FROM metric.place_standing
                    WHERE {name}_number IS NOT NULL ORDER BY 1, {name}_number"""
            ).fetchall(),
            counts.shape[0],
        )
        for name in LISTS
    }


def _by_period(rows: Iterable[tuple[int, int]], periods: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {period: [] for period in range(periods)}
    for period, street in rows:
        found[period].append(street)
    return found


def customary(counts: Counts, least: int = 30, most: int = 10) -> Named:
    """Return the lists of the ten highest, the ten lowest and the ten largest gains."""
    named: Named = {name: {} for name in LISTS}
    held = counts.sum(axis=2) >= least
    found = scores(np.maximum(counts, 0))
    for period in range(counts.shape[0]):
        able = np.flatnonzero(held[period])
        order = able[np.argsort(-found[period][able])]
        named["advanced"][period] = [int(street) for street in order[:most]]
        named["remedial"][period] = [int(street) for street in order[::-1][:most]]
        named["improved"][period] = []
        if period:
            both = np.flatnonzero(held[period] & held[period - 1])
            gain = found[period][both] - found[period - 1][both]
            named["improved"][period] = [
                int(both[at]) for at in np.argsort(-gain)[:most] if gain[at] > 0
            ]
    return named


def share_kept(named: dict[int, list[int]]) -> tuple[int, int]:
    """Return how many names of a list are on it in the next period, of how many."""
    return _shared(named, named)


def share_turned(remedial: dict[int, list[int]], improved: dict[int, list[int]]) -> tuple[int, int]:
    """Return how many to be mended have improved in the next period, of how many."""
    return _shared(remedial, improved)


def _shared(first: dict[int, list[int]], then: dict[int, list[int]]) -> tuple[int, int]:
    pairs = [(first[at], then[at + 1]) for at in sorted(first) if at + 1 in then]
    return sum(len(set(a) & set(b)) for a, b in pairs), sum(len(a) for a, _ in pairs)


def overlap(first: list[int], other: list[int]) -> tuple[int, int]:
    """Return how many names two lists share, and how many the shorter one has."""
    return len(set(first) & set(other)), min(len(first), len(other))


def steadiness(named: Named, assessed: Named) -> dict[str, tuple[int, int]]:
    """Return the measures of lists as a number of names out of how many."""
    last = MONTHS - 1
    found = {f"{name}: stay the month after": share_kept(named[name]) for name in LISTS}
    found["remedial: improved the month after"] = share_turned(named["remedial"], named["improved"])
    for name in ("advanced", "remedial"):
        found[f"{name}: in calendar and assessment December"] = overlap(
            named[name][last], assessed[name][last]
        )
    return found


def finds(year: Year, named: Named) -> dict[str, tuple[int, int]]:
    """Return how many of the planted are named, ever and in each month, and how many are not so."""
    shares = {}
    for name, true in (("advanced", year.good), ("remedial", year.bad)):
        names = [street for period in named[name].values() for street in period]
        right = [street for street in names if street in true]
        false = [street for street in names if street not in year.planted]
        shares[f"{name}: planted that are ever named"] = (len(set(right)), len(true))
        shares[f"{name}: planted by month"] = (len(right), len(true) * MONTHS)
        shares[f"{name}: false names"] = (len(false), len(names))
    july = named["improved"][BETTER[2] - 1]
    names = [street for period in named["improved"].values() for street in period]
    right = [street for street in july if street in year.better]
    shares["improved: planted named in July"] = (len(right), len(year.better))
    shares["improved: false names"] = (len(names) - len(right), len(names))
    return shares


def main() -> None:
    """Print the measures of invented years, or of a warehouse."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.units", description=__doc__)
    parser.add_argument("warehouse", nargs="?", help="a built hotline.duckdb")
    parser.add_argument("--years", type=int, default=5, help="how many years to invent")
    asked = parser.parse_args()
    if asked.warehouse:
        _measure_warehouse(asked.warehouse)
        return
    for with_planted in (True, False):
        print("years with planted streets" if with_planted else "years of streets that are alike")
        sums: dict[tuple[str, str], tuple[int, int]] = {}
        for seed in range(asked.years):
            year = invent(seed, with_planted)
            for rule, make in (("ten first and last", customary), ("sql/metric", ours)):
                named, assessed = make(year.months()), make(year.assessed())
                for what, (some, of) in (steadiness(named, assessed) | finds(year, named)).items():
                    before = sums.get((rule, what), (0, 0))
                    sums[rule, what] = (before[0] + some, before[1] + of)
        for (rule, what), (some, of) in sums.items():
            print(f"  {rule}: {what}: {some} of {of}")


def _measure_warehouse(path: str) -> None:
    """Print how steady the lists of streets are that the warehouse holds, of its latest year."""
    with duckdb.connect(path, read_only=True) as con:
        rows = con.execute(
            """SELECT period_type, list, period, district || street FROM monthly.m08_list
               WHERE place = '街乡镇' AND period_type IN ('month', 'assessment')
               AND left(period, 4) = (SELECT left(max(period), 4) FROM monthly.m08_list
                                    WHERE period_type = 'month')"""
        ).fetchall()
    streets = {name: at for at, name in enumerate(sorted({row[3] for row in rows}))}
    words = dict(zip(("先进", "进步", "整改"), LISTS, strict=True))
    found: dict[str, Named] = {
        kind: {name: {month: [] for month in range(MONTHS)} for name in LISTS}
        for kind in ("month", "assessment")
    }
    for kind, name, period, street in rows:
        if name in words:
            found[kind][words[name]][int(period[-2:]) - 1].append(streets[street])
    print("names", {name: sum(map(len, found["month"][name].values())) for name in LISTS})
    for what, (some, of) in steadiness(found["month"], found["assessment"]).items():
        print(f"  {what}: {some} of {of}")


if __name__ == "__main__":
    main()
