"""Expected counts of a period's weeks, as model.expected_count."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import false_discovery_control

from pipeline.db import connect, fingerprint_of, open_warehouse
from pipeline.errors import NO_DATA, HotlineError
from pipeline.home import Home
from pipeline.model_tables import EXPECTED_COUNT, code_of
from pipeline.period import Period
from pipeline.surge import series
from pipeline.surge.expect import (
    NONE,
    RECENT,
    SurgeSettings,
    common_ratio,
    expect,
    is_large,
)
from pipeline.surge.glm import Array
from pipeline.surge.series import Series, Weeks
from pipeline.surge.terms import design
from pipeline.warehouse import require

MODEL_VERSION = "quasi-poisson-2"
_HERE = Path(__file__).parent
TOTAL, CATEGORY = "total", "category"


@dataclass(frozen=True)
class Expected:
    """What was made: the rule used, how much history it had, and a line for the reader if less.

    `note` is empty where the seasonal model was used; otherwise it says in one sentence what was
    used instead, and why.
    """

    method: str
    history_weeks: int
    week_count: int
    series_count: int
    surge_count: int
    note: str


def expected_counts(home: Home, period: Period, settings: SurgeSettings | None = None) -> Expected:
    """Make model.expected_count hold the weeks that end in the period; say how.

    One row per week and series: the city, categories, categories by district, topics. Made again
    only when warehouse, settings or this code changed. Raises HotlineError NO_DATA where the
    period has no records, IO where nothing is built. The caller holds the home's lock.
    """
    settings = settings or SurgeSettings()
    part = f"{period.period_type}-{period.period}"
    with open_warehouse(home) as con:
        fingerprint = fingerprint_of(con)
        key = _key(fingerprint, settings)
        if EXPECTED_COUNT.key(home, part) != key:
            rows = _rows(con, period, settings, fingerprint)
            _check(home, rows)
            EXPECTED_COUNT.write(home, part, rows, key)
    return _expected(pd.read_parquet(EXPECTED_COUNT.path(home, part)), settings)


def _check(home: Home, rows: pa.Table) -> None:
    """Raise HotlineError CHECK_FAILED where an expectation cannot be; nothing is kept then."""
    with connect() as con:
        con.execute("CREATE SCHEMA model")
        con.register("made", rows)
        con.execute("CREATE TABLE model.expected_count AS SELECT * FROM made")
        require(con, "fail_expected_count", own=home.sql)


def _key(fingerprint: str, settings: SurgeSettings) -> str:
    text = f"{fingerprint} {asdict(settings)} {code_of(_HERE)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rows(
    con: duckdb.DuckDBPyConnection, period: Period, settings: SurgeSettings, fingerprint: str
) -> pa.Table:
    if not series.has_records(con, period):
        raise HotlineError(
            f"{period.period} 没有已入库的记录;请先 hotline ingest 该月的文件,再 hotline build",
            NO_DATA,
        )
    weeks = series.read(con, period)
    terms = design(weeks.week_ends, series.calendar(con))
    frames = [
        _judged(held, weeks, terms, week, settings, city)
        for week in range(len(weeks.week_ends) - weeks.judged, len(weeks.week_ends))
        if weeks.is_known[week]
        for city in [_city(weeks, terms, week, settings)]
        for held in weeks.series
    ]
    if not frames:
        return EXPECTED_COUNT.schema.empty_table()
    scope = con.execute(
        """SELECT max(s.scope) FROM metric.scope AS s JOIN ref.scope_use AS u
           ON u.scope = s.scope AND u.purpose = 'section' WHERE s.year = ?""",
        [period.year],
    ).fetchall()[0][0]
    rows = pd.concat(frames, ignore_index=True).assign(
        period_type=period.period_type,
        period=period.period,
        scope=scope,
        model_version=MODEL_VERSION,
        fingerprint=fingerprint,
    )
    return EXPECTED_COUNT.cast(pa.Table.from_pandas(rows))


@dataclass(frozen=True)
class _City:
    """Of a week: what everything rose by, and what no part of the city is expected to exceed."""

    ratio: float = 1.0
    ceiling: float = np.inf


def _city(weeks: Weeks, terms: Array, week: int, settings: SurgeSettings) -> _City:
    """Return what the whole city says of its parts.

    A step that half of the categories share is reported once and not again for each series.
    """
    held = {series.cut: series.counts for series in weeks.series}
    whole = expect(held[TOTAL], terms, weeks.is_known, week, settings)
    if whole.method == NONE:
        return _City()
    most = max(float(held[TOTAL][0, week]), float(whole.upper[0]), float(whole.mean[0]))
    if CATEGORY not in held:
        return _City(ceiling=most)
    parts = expect(held[CATEGORY], terms, weeks.is_known, week, settings)
    return _City(common_ratio(held[CATEGORY][:, week], parts.mean, settings), most)


def _judged(
    held: Series, weeks: Weeks, terms: Array, week: int, settings: SurgeSettings, city: _City
) -> pd.DataFrame:
    """Return the rows of one cut and week: series that had a record in it or were expected one.

    A series is new where it had no record at all before the weeks that are judged.
    """
    city = _City() if held.cut == TOTAL else city
    found = expect(held.counts, terms, weeks.is_known, week, settings, city.ratio, city.ceiling)
    counts = held.counts[:, week]
    adjusted = np.full(len(counts), np.nan)
    if found.method != NONE:
        adjusted = false_discovery_control(found.p_value)
    past = held.counts[:, : len(weeks.week_ends) - weeks.judged]
    surges = (adjusted <= settings.alarm) & is_large(counts, found.mean, settings)
    rows = held.keys.assign(
        first_on=weeks.week_ends[week] - pd.Timedelta(days=6),
        last_on=weeks.week_ends[week],
        record_count=counts,
        expected_count=found.mean,
        lower_count=pd.array(found.lower, dtype="Int64"),
        upper_count=pd.array(found.upper, dtype="Int64"),
        p_value=found.p_value,
        adjusted_p_value=adjusted,
        common_ratio=city.ratio,
        is_surge=surges,
        is_new=surges & (past.sum(1) == 0),
        method=found.methods,
        history_week_count=found.history_weeks,
        series_count=len(counts),
    )
    return rows[(counts > 0) | (np.nan_to_num(found.mean) >= 1)]


def _expected(rows: pd.DataFrame, settings: SurgeSettings) -> Expected:
    if rows.empty:
        return Expected(NONE, 0, 0, 0, 0, "时段内没有一周数据完整:不判断突增")
    # By the rule that the history allows, not by that of a series that is new to it.
    first = rows[rows["cut"] == TOTAL].iloc[0]
    method, history = str(first["method"]), int(first["history_week_count"])
    note = ""
    if method == RECENT:
        note = (
            f"此前只有 {history} 周数据,不足 {settings.seasonal_weeks} 周,分不出季节与趋势:"
            f"预期改用近 {settings.recent_weeks} 周的平均,不计季节和节假日"
        )
    elif method == NONE:
        note = f"此前只有 {history} 周数据,不足 {settings.min_weeks} 周:不判断突增"
    return Expected(
        method=method,
        history_weeks=history,
        week_count=rows["last_on"].nunique(),
        series_count=int(rows.groupby("cut")["series_count"].max().sum()),
        surge_count=int(rows["is_surge"].sum()),
        note=note,
    )
