"""Expected counts of one week, with an interval, from the weeks before it.

After Farrington et al. (1996) and Noufaily et al. (2013): a quasi-Poisson regression on trend and
season, refitted with past outbreaks weighted down, that leaves out the latest half year, and a
threshold from the negative binomial distribution. Where we differ, and why (measured by
tests/bench/surge.py on its tuning years):

- the level of the latest quarter, less the four weeks before the one judged, scales the
  expectation. Half a year is long for a hotline: offices open, an epidemic comes.
- a count is no more surprising than what the series did before: to the probability comes a part of
  the share of past weeks that stood out at least as far. Counts of a hotline have outbreaks by
  habit (a form that is due, a campaign), for which no smooth distribution has room.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.surge.glm import LOG_BOUNDS, Array, Fit, Flags, anscombe, fit

SEASONAL, RECENT, NONE = "season", "recent", "none"


@dataclass(frozen=True)
class Settings:
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
    correction: str = "fdr"
    # Fewer records than this are no surge, whatever was expected.
    min_count: int = 5
    # Nor is an excess that a reader would shrug at: of a thousand records, three per cent more is
    # beyond chance already.
    min_ratio: float = 1.3
    # A season can be told from a trend after a full year beside the half year left out.
    seasonal_weeks: int = 78
    recent_weeks: int = 26
    min_weeks: int = 12


@dataclass(frozen=True)
class Expectation:
    """Per series: what was expected of the week, and how surprising the count is."""

    mean: Array
    variance: Array
    p_value: Array
    lower: Array
    upper: Array
    method: str
    history_weeks: int


def method_for(history_weeks: int, settings: Settings) -> str:
    """Return season, recent (a simpler rule: the mean of the latest weeks) or none."""
    if history_weeks >= settings.seasonal_weeks:
        return SEASONAL
    return RECENT if history_weeks >= settings.min_weeks else NONE


def expect(
    counts: Array, design: Array, is_known: Flags, week: int, settings: Settings
) -> Expectation:
    """Return what was expected of `week` (an index) in each series of `counts` (series, weeks).

    `is_known` (weeks) says which weeks have data; the others are left out, not taken for zeros.
    Only weeks before `week` are used.
    """
    history = int(is_known[:week].sum())
    method = method_for(history, settings)
    if method == NONE:
        nothing = np.full(len(counts), np.nan)
        return Expectation(nothing, nothing, nothing, nothing, nothing, method, history)
    past, known = counts[:, :week], is_known[:week].astype(float)
    rule = _seasonal if method == SEASONAL else _recent
    outlook = rule(past, design[: week + 1], known, settings)
    p_value, lower, upper = _judge(counts[:, week], past, outlook, settings)
    return Expectation(outlook.mean, outlook.variance, p_value, lower, upper, method, history)


@dataclass(frozen=True)
class _Outlook:
    """The mean and variance of the week to come, the fit behind them, the weeks it used."""

    mean: Array
    variance: Array
    fitted: Fit
    used: Array


def _seasonal(past: Array, design: Array, known: Array, settings: Settings) -> _Outlook:
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
    return _Outlook(mean, fitted.dispersion * mean + doubt * mean**2, fitted, used)


def _level(
    counts: Array, fitted: Fit, known: Array, window: slice, settings: Settings
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


def _recent(past: Array, design: Array, known: Array, settings: Settings) -> _Outlook:
    """Return the mean of the latest weeks (less the guard), outbreaks weighted down."""
    weeks = past.shape[1]
    last = weeks - settings.guard_weeks
    first = max(0, last - settings.recent_weeks)
    used = np.zeros(weeks)
    used[first:last] = known[first:last]
    fitted = _robust(past, design[:weeks, :1], used, settings)
    mean = np.exp(np.clip(fitted.coefficients[:, 0], *LOG_BOUNDS))
    doubt = fitted.inverse[:, 0, 0] * fitted.dispersion
    return _Outlook(mean, fitted.dispersion * mean + doubt * mean**2, fitted, used)


def _robust(past: Array, design: Array, used: Array, settings: Settings) -> Fit:
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


def _down_weight(residual: Array, settings: Settings) -> Array:
    """Return 1, or the inverse square of a residual above the bound (Noufaily et al. 2013)."""
    bound = settings.outbreak_residual
    return np.where(residual > bound, 1 / np.maximum(residual, bound) ** 2, 1.0)


def _judge(
    counts: Array, past: Array, outlook: _Outlook, settings: Settings
) -> tuple[Array, Array, Array]:
    """Return P(Y >= count) of the negative binomial distribution, with habit, and its interval."""
    mean, dispersion = outlook.mean, outlook.fitted.dispersion
    size = mean**2 / np.maximum(outlook.variance - mean, 1e-9 * mean)
    chance = size / (size + mean)
    before = anscombe(past, outlook.fitted.mean, dispersion)
    here = anscombe(counts[:, None], mean[:, None], dispersion)
    habit = ((before >= here) * outlook.used).sum(1) / max(outlook.used.sum(), 1.0)
    p_value = stats.nbinom.sf(counts - 1, size, chance) + settings.habit_share * habit
    tail = (1 - settings.interval) / 2
    return (
        np.minimum(p_value, 1.0),
        stats.nbinom.ppf(tail, size, chance),
        stats.nbinom.ppf(1 - tail, size, chance),
    )


def is_large(counts: Array, mean: Array, settings: Settings) -> Flags:
    """Return which counts are worth a word at all: enough records, and enough above the mean."""
    return (counts >= settings.min_count) & (counts >= settings.min_ratio * mean)


def adjust(p_values: Array, correction: str, count: int) -> Array:
    """Return p-values corrected for `count` series judged at once, in the order given.

    `fdr` is Benjamini and Hochberg (1995), `bonferroni` the product, `none` leaves them. `count`
    may exceed the values at hand: series that are not listed count as unsurprising.
    """
    if correction == "none":
        return p_values
    if correction == "bonferroni":
        return np.minimum(p_values * count, 1.0)
    order = np.argsort(p_values)
    scaled = p_values[order] * count / np.arange(1, len(p_values) + 1)
    falling = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(falling, 1.0)
    return adjusted
