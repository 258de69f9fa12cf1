"""Many quasi-Poisson regressions at once: one design, many series.

The formulas are those of any GLM text (McCullagh & Nelder 1989, ch. 2 and 6): iteratively
reweighted least squares with log link, Pearson's estimate of the dispersion. statsmodels gives the
same numbers (tests/unit/test_surge.py) at 2 ms a fit; a month of a city needs thirteen thousand
fits (its series, five weeks, two refits), so that they are solved here as one batch of normal
equations, in a second.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

ROUNDS = 30
TOLERANCE = 1e-8
# A log mean beyond these is no count of a hotline; the bounds keep a diverging series finite.
LOG_BOUNDS = (-12.0, 20.0)


@dataclass(frozen=True)
class Fit:
    """Coefficients (series, terms), fitted means (series, weeks), dispersion, covariance factor.

    `inverse` is the inverse of the weighted normal matrix: times the dispersion it is the
    covariance of the coefficients.
    """

    coefficients: Array
    mean: Array
    dispersion: Array
    inverse: Array


def fit(counts: Array, design: Array, weights: Array, penalty: Array, offset: Array) -> Fit:
    """Return the fits of `counts` (series, weeks) on `design` (weeks, terms), log link.

    `weights` (series, weeks) are prior weights, 0 leaves a week out; `penalty` (terms) is a ridge
    on each coefficient, which keeps a series of zeros finite; `offset` (series, weeks) is added
    to the log mean.
    """
    series, weeks = counts.shape
    terms = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(weeks, terms * terms)
    ridge = np.diag(penalty)
    beta = _start(counts, design, weights, offset)
    for _ in range(ROUNDS):
        log_mean = np.clip(beta @ design.T + offset, *LOG_BOUNDS)
        mean = np.exp(log_mean)
        working = weights * mean
        response = log_mean - offset + (counts - mean) / mean
        normal = (working @ products).reshape(series, terms, terms) + ridge
        moved = np.linalg.solve(normal, ((working * response) @ design)[:, :, None])[:, :, 0]
        change = np.abs(moved - beta).max(initial=0.0)
        beta = moved
        if change < TOLERANCE:
            break
    inverse = np.linalg.inv(normal)
    mean = np.exp(np.clip(beta @ design.T + offset, *LOG_BOUNDS))
    return Fit(beta, mean, _dispersion(counts, mean, weights, terms), inverse)


def _start(counts: Array, design: Array, weights: Array, offset: Array) -> Array:
    """Return first coefficients: the level of each series, in the first term (the constant)."""
    beta = np.zeros((counts.shape[0], design.shape[1]))
    used = weights * np.exp(np.clip(offset, *LOG_BOUNDS))
    level = (weights * counts).sum(1) / np.maximum(used.sum(1), 1e-9)
    beta[:, 0] = np.log(np.maximum(level, 0.01))
    return beta


def _dispersion(counts: Array, mean: Array, weights: Array, terms: int) -> Array:
    """Return Pearson's chi square over its degrees of freedom, at least 1 (no less than Poisson).

    A week counts towards the degrees of freedom with its weight.
    """
    square = (weights * (counts - mean) ** 2 / mean).sum(1)
    freedom = np.maximum(weights.sum(1) - terms, 1.0)
    return np.maximum(square / freedom, 1.0)


def anscombe(counts: Array, mean: Array, dispersion: Array) -> Array:
    """Return standardised Anscombe residuals of a Poisson mean (Farrington et al. 1996, eq. 5)."""
    raw = 1.5 * (counts ** (2 / 3) - mean ** (2 / 3)) / mean ** (1 / 6)
    return raw / np.sqrt(dispersion)[:, None]
