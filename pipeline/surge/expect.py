"""Expected counts of one week, with an interval, from the weeks before it.

After Farrington et al. (1996) and Noufaily et al. (2013): a quasi-Poisson regression on trend and
season, refitted with past outbreaks weighted down, that leaves out the latest half year, and a
threshold from the negative binomial distribution. Where we differ, and why (measured by
tests/bench/surge.py on its tuning years):

- the level of the latest quarter, less the four weeks before the one judged, scales the
  expectation. Half a year is long for a hotline: offices open, an epidemic comes.
- a count is no more surprising than what the series did before: to the probability comes a part of
  the share of past weeks that stood out at least as far. Counts of a hotline have outbreaks by
  habit (a form that is due, a campaign), that no smooth distribution fits.
- a regression that is extrapolated may say anything. A series that a year ago held next to nothing
  of what it holds now has no season to be learned: it takes the mean of its latest weeks instead
  (method `recent`), and so does one whose expectation leaves what its latest half year and the
  same weeks of former years support. Expectation and interval never leave that range.
- where everything rises at once, a series is judged by how far it rose beyond the others.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.surge.glm import LOG_BOUNDS, Array, Fit, Flags, anscombe, fit

SEASONAL, RECENT, NONE = "season", "recent", "none"
# A year in weeks: 52 of them are a day short, which adds up.
YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True)
class SurgeSettings:
    """How weeks are judged; the defaults were chosen on the tuning years of the benchmark."""

    excluded_weeks: int = 26
    guard_weeks: int = 4
    level_weeks: int = 13
    level_variance: float = 0.3
    outbreak_residual: float = 2.58
    habit_share: float = 0.3
    # Of the ridge: trend, then season and calendar. A prior variance of 10 and of 2 on the log
    # scale says little of a series that has counts, and keeps one without them finite.
    trend_penalty: float = 0.1
    season_penalty: float = 0.5
    interval: float = 0.95
    alarm: float = 0.1
    # Fewer records than this are no surge, whatever was expected.
    min_count: int = 5
    # Nor is an excess that a reader would shrug at: of a thousand records, three per cent more is
    # beyond chance already.
    min_ratio: float = 1.3
    # A season can be separated from a trend after a full year beside the half year left out.
    seasonal_weeks: int = 78
    recent_weeks: int = 26
    min_weeks: int = 12
    # A series of which the same half year held less than this share a year ago has no season.
    year_share: float = 0.25
    # The same week of a former year, give or take as many weeks.
    year_weeks: int = 3
    # How far an expectation may be beyond the least and the most of the weeks that support it.
    support_ratio: float = 1.5
    # What everything rose by is estimated from this many categories, of this many records expected.
    common_categories: int = 3
    common_count: float = 10.0


@dataclass(frozen=True)
class Expectation:
    """Per series: what was expected of the week, and how surprising the count is.

    `methods` says by which rule, series by series; `method` is the rule that the history allows.
    """

    mean: Array
    variance: Array
    p_value: Array
    lower: Array
    upper: Array
    methods: NDArray[np.str_]
    method: str
    history_weeks: int


def method_for(history_weeks: int, settings: SurgeSettings) -> str:
    """Return season, recent (a simpler rule: the mean of the latest weeks) or none."""
    if history_weeks >= settings.seasonal_weeks:
        return SEASONAL
    return RECENT if history_weeks >= settings.min_weeks else NONE


def expect(
    counts: Array,
    design: Array,
    is_known: Flags,
    week: int,
    settings: SurgeSettings,
    common_ratio: float = 1.0,
    ceiling: float = np.inf,
) -> Expectation:
    """Return what was expected of `week` (an index) in each series of `counts` (series, weeks).

    `is_known` (weeks) says which weeks have data; the others are left out, not taken for zeros.
    Only weeks before `week` are used. `common_ratio` is what everything rose by in that week: each
    expectation is raised by it, but not beyond `ceiling`.
    """
    history = int(is_known[:week].sum())
    method = method_for(history, settings)
    if method == NONE:
        nothing = np.full(len(counts), np.nan)
        methods = np.full(len(counts), NONE)
        return Expectation(nothing, nothing, nothing, nothing, nothing, methods, method, history)
    past, known = counts[:, :week], is_known[:week]
    support = _support(past, known, settings)
    outlook = _recent(past, design[: week + 1], known.astype(float), settings)
    if method == SEASONAL:
        season = _seasonal(past, design[: week + 1], known.astype(float), settings)
        is_recent = _is_new_to_the_year(past, known, settings) | support.excludes(season.mean)
        outlook = _either(is_recent, outlook, season)
    outlook = _raised(support.clip(outlook), common_ratio)
    outlook = _Support(np.zeros(len(past)), np.full(len(past), ceiling)).clip(outlook)
    p_value, lower, upper = _judge(counts[:, week], past, outlook, settings)
    low, high = support.low * common_ratio, support.high * common_ratio
    least, most = _poisson_interval(outlook.mean, settings)
    return Expectation(
        mean=outlook.mean,
        variance=outlook.variance,
        p_value=p_value,
        lower=np.maximum(lower, np.minimum(np.floor(low), least)),
        upper=np.minimum(upper, np.maximum(np.ceil(high), most)),
        methods=outlook.methods,
        method=method,
        history_weeks=history,
    )


@dataclass(frozen=True)
class _Outlook:
    """The mean and variance of the week to come, the fit behind them, the weeks it used."""

    mean: Array
    variance: Array
    fitted_mean: Array
    dispersion: Array
    used: Array
    methods: NDArray[np.str_]


@dataclass(frozen=True)
class _Support:
    """The range in which the latest weeks and the same weeks of former years let a mean be."""

    low: Array
    high: Array

    def excludes(self, mean: Array) -> Flags:
        return (mean < self.low) | (mean > self.high)

    def clip(self, outlook: _Outlook) -> _Outlook:
        mean = np.clip(outlook.mean, self.low, self.high)
        variance = outlook.variance * (mean / outlook.mean) ** 2
        return replace(outlook, mean=mean, variance=np.maximum(variance, outlook.dispersion * mean))


def _support(past: Array, known: Flags, settings: SurgeSettings) -> _Support:
    """Return the range of the latest known weeks and of the same weeks of former years.

    A single record more or less says nothing, so that a series of none may still expect one.
    """
    weeks = past.shape[1]
    held = np.zeros(weeks, dtype=bool)
    held[np.flatnonzero(known)[-settings.recent_weeks :]] = True
    years = 1
    while (here := weeks - round(years * YEAR_WEEKS)) >= -settings.year_weeks:
        held[max(0, here - settings.year_weeks) : max(0, here + settings.year_weeks + 1)] = True
        years += 1
    seen = past[:, held & known]
    ratio = settings.support_ratio
    return _Support(np.maximum(seen.min(1) - 1, 0) / ratio, (seen.max(1) + 1) * ratio)


def _is_new_to_the_year(past: Array, known: Flags, settings: SurgeSettings) -> Flags:
    """Return the series of which the same half year held next to nothing a year ago.

    Not the same week alone: what is out of season now was so a year ago, and has a season.
    """
    weeks, half, year = past.shape[1], settings.recent_weeks, round(YEAR_WEEKS)
    latest = slice(weeks - half, weeks)
    former = slice(max(0, weeks - half - year), max(0, weeks - year))
    if not known[former].any() or not known[latest].any():
        return np.ones(len(past), dtype=bool)
    return _mean(past[:, former], known[former]) < settings.year_share * _mean(
        past[:, latest], known[latest]
    )


def _mean(counts: Array, known: Flags) -> Array:
    return counts[:, known].mean(1)


def _either(is_recent: Flags, recent: _Outlook, season: _Outlook) -> _Outlook:
    """Return the outlook of the latest weeks where asked, else that of the season."""

    def chosen(name: str) -> Any:
        ours, theirs = getattr(recent, name), getattr(season, name)
        return np.where(is_recent if ours.ndim == 1 else is_recent[:, None], ours, theirs)

    return _Outlook(**{field.name: chosen(field.name) for field in fields(_Outlook)})


def _raised(outlook: _Outlook, ratio: float) -> _Outlook:
    """Return the outlook of a week in which everything is `ratio` times what it was."""
    if ratio == 1.0:
        return outlook
    return replace(outlook, mean=outlook.mean * ratio, variance=outlook.variance * ratio**2)


def _poisson_interval(mean: Array, settings: SurgeSettings) -> tuple[Array, Array]:
    """Return the interval that no count can do without, however even its series was."""
    tail = (1 - settings.interval) / 2
    return stats.poisson.ppf(tail, mean), stats.poisson.ppf(1 - tail, mean)


def common_ratio(counts: Array, mean: Array, settings: SurgeSettings) -> float:
    """Return by what factor a week exceeds its expectation in half of the categories or more.

    1 where fewer do, and where too few categories are large enough. A surge of one, however
    large, moves nothing.
    """
    is_large_enough = mean >= settings.common_count
    if is_large_enough.sum() < settings.common_categories:
        return 1.0
    ratios = np.sort(counts[is_large_enough] / mean[is_large_enough])
    return max(1.0, float(ratios[(len(ratios) - 1) // 2]))


def _seasonal(past: Array, design: Array, known: Array, settings: SurgeSettings) -> _Outlook:
    weeks = past.shape[1]
    used = known * (np.arange(weeks) < weeks - settings.excluded_weeks)
    fitted = _robust(past, design[:weeks], used, settings)
    here = design[weeks]
    mean = np.exp(np.clip(fitted.coefficients @ here, *LOG_BOUNDS))
    window = slice(
        weeks - settings.guard_weeks - settings.level_weeks, weeks - settings.guard_weeks
    )
    level, doubt = _level(past[:, window], fitted, known, window, settings)
    mean = mean * level
    return _outlook(mean, doubt, fitted, used, SEASONAL)


def _level(
    counts: Array, fitted: Fit, known: Array, window: slice, settings: SurgeSettings
) -> tuple[Array, Array]:
    """Return the ratio of observed to expected in the window, and the variance of its logarithm.

    Shrunk to 1 as by a gamma prior of variance level_variance: few records say little of a level.
    Weeks above what the ratio itself explains are weighted down as past outbreaks are.
    """
    mean = fitted.mean[:, window]
    prior = fitted.dispersion / settings.level_variance
    weights = np.broadcast_to(known[window], counts.shape)
    ratio = ((weights * counts).sum(1) + 1) / ((weights * mean).sum(1) + 1)
    for _ in range(2):
        weights = known[window] * _down_weight(
            anscombe(counts, mean * ratio[:, None], fitted.dispersion), settings
        )
        ratio = ((weights * counts).sum(1) + prior) / ((weights * mean).sum(1) + prior)
    return ratio, fitted.dispersion / ((weights * counts).sum(1) + prior)


def _recent(past: Array, design: Array, known: Array, settings: SurgeSettings) -> _Outlook:
    """Return the mean of the latest weeks with data (less the guard), outbreaks weighted down."""
    weeks = past.shape[1]
    last = max(0, weeks - settings.guard_weeks)
    used = np.zeros(weeks)
    used[np.flatnonzero(known[:last])[-settings.recent_weeks :]] = 1.0
    fitted = _robust(past, design[:weeks, :1], used, settings)
    mean = np.exp(np.clip(fitted.coefficients[:, 0], *LOG_BOUNDS))
    doubt = fitted.inverse[:, 0, 0] * fitted.dispersion
    return _outlook(mean, doubt, fitted, used, RECENT)


def _outlook(mean: Array, doubt: Array, fitted: Fit, used: Array, method: str) -> _Outlook:
    """Return the outlook of a mean whose logarithm has the variance `doubt`."""
    return _Outlook(
        mean=mean,
        variance=fitted.dispersion * mean + doubt * mean**2,
        fitted_mean=fitted.mean,
        dispersion=fitted.dispersion,
        used=np.broadcast_to(used, fitted.mean.shape),
        methods=np.full(len(mean), method),
    )


def _robust(past: Array, design: Array, used: Array, settings: SurgeSettings) -> Fit:
    """Return the fit with past outbreaks weighted down, twice."""
    penalty = np.full(design.shape[1], settings.season_penalty)
    penalty[0] = 1e-6
    penalty[1:2] = settings.trend_penalty
    offset = np.zeros(past.shape)
    plain = np.broadcast_to(used, past.shape)
    fitted = fit(past, design, plain, penalty, offset)
    for _ in range(2):
        residual = anscombe(past, fitted.mean, fitted.dispersion)
        fitted = fit(past, design, plain * _down_weight(residual, settings), penalty, offset)
    return fitted


def _down_weight(residual: Array, settings: SurgeSettings) -> Array:
    """Return 1, or the inverse square of a residual above the bound (Noufaily et al. 2013)."""
    bound = settings.outbreak_residual
    return np.where(residual > bound, 1 / np.maximum(residual, bound) ** 2, 1.0)


def _judge(
    counts: Array, past: Array, outlook: _Outlook, settings: SurgeSettings
) -> tuple[Array, Array, Array]:
    """Return P(Y >= count) of the negative binomial distribution, with habit, and its interval."""
    mean, dispersion = outlook.mean, outlook.dispersion
    size = mean**2 / np.maximum(outlook.variance - mean, 1e-9 * mean)
    chance = size / (size + mean)
    before = anscombe(past, outlook.fitted_mean, dispersion)
    here = anscombe(counts[:, None], mean[:, None], dispersion)
    habit = ((before >= here) * outlook.used).sum(1) / np.maximum(outlook.used.sum(1), 1.0)
    p_value = stats.nbinom.sf(counts - 1, size, chance) + settings.habit_share * habit
    tail = (1 - settings.interval) / 2
    return (
        np.minimum(p_value, 1.0),
        stats.nbinom.ppf(tail, size, chance),
        stats.nbinom.ppf(1 - tail, size, chance),
    )


def is_large(counts: Array, mean: Array, settings: SurgeSettings) -> Flags:
    """Return which counts are worth a word at all: enough records, and enough above the mean."""
    return (counts >= settings.min_count) & (counts >= settings.min_ratio * mean)
