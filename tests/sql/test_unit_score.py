"""metric.score_interval and metric.unit_score: intervals that hold, names that are not noise.

The counts are drawn here; the expected values are reckoned with numpy and statsmodels.
"""

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from tests.bench import units

# What a call-back with each of the answers of tests.bench.units scores, worked by hand: 10 for
# contacted, 50 for resolved, 40 for satisfied, 36 for basically satisfied.
SCORE = np.array([100, 96, 60, 50, 46, 10, 0])
STREETS = 1500


@pytest.fixture(scope="module")
def year():
    return units.invent(seed=7)


@pytest.fixture(scope="module")
def con(year):
    return units.with_lists(units.warehouse(year.months()))


def one(counts: np.ndarray, columns: str, order: str = "period, street"):
    """Return columns of metric.unit_score, as arrays."""
    rows = units.warehouse(counts).execute(
        f"SELECT {columns} FROM metric.unit_score ORDER BY {order}"
    )
    return [np.array(column) for column in zip(*rows.fetchall(), strict=True)]


@pytest.mark.parametrize("size", [100, 400])
def test_the_interval_of_a_score_holds_the_true_score(size):
    """Resolved and satisfied together, apart, against each other; far from 100 and near."""
    together = [(p * 0.95, p * 0.05, 0, 0, 0, 1 - p, 0) for p in (0.5, 0.8, 0.95, 0.99)]
    apart = [
        (r * s, 0, r * (1 - s), (1 - r) * s, 0, (1 - r) * (1 - s), 0)
        for r, s in ((0.5, 0.5), (0.85, 0.9), (0.97, 0.97))
    ]
    against = [(0.55, 0.05, 0.2, 0.15, 0.0, 0.0, 0.05), (0.85, 0.03, 0.06, 0.06, 0, 0, 0)]
    answers = [np.array(shares) for shares in (*together, *apart, *against)]
    random = np.random.default_rng(size)
    counts = np.stack([random.multinomial(size, shares, STREETS) for shares in answers])
    low, high = (bound.astype(float) for bound in one(counts, "low_score, high_score"))
    true = np.repeat([shares @ SCORE for shares in answers], STREETS)
    above = (low > true).reshape(len(answers), STREETS).mean(axis=1)
    below = (high < true).reshape(len(answers), STREETS).mean(axis=1)
    # Of 1,500 the share outside errs by 0.006, and Wilson's own intervals go to 0.065 at places.
    # The largest variance that the counts allow makes them too wide, so that on the whole they
    # hold more than 95%; where the resolved are the satisfied they are not wider than they must be.
    assert (above + below <= 0.07).all(), (above, below)
    assert (above + below).mean() <= 0.04
    assert (above + below)[0] >= 0.035


def test_the_variance_is_the_largest_that_the_counts_allow(year):
    """The squares of each call-back, summed, are never more, and equal where they can be."""
    counts = year.months()[:3]
    rows = units.warehouse(counts).execute(
        """SELECT score_sum, largest_square_sum FROM metric.composite_sum
           JOIN metric.cut_member USING (cut_key) ORDER BY period, street"""
    )
    found = np.array(rows.fetchall(), dtype=np.int64).reshape(3, -1, 2)
    # The rates' base is 10, so that a full score is 1,000.
    assert (found[..., 0] == counts @ SCORE * 10).all()
    assert (found[..., 1] >= counts @ SCORE**2 * 100).all()
    nested = np.array([[[40, 30, 20, 0, 0, 7, 3]]])
    row = units.warehouse(nested).execute("SELECT largest_square_sum FROM metric.composite_sum")
    assert row.fetchall() == [(100 * int((nested[0, 0] * SCORE**2).sum()),)]


def test_scores_are_shrunken_and_judged_as_numpy_and_statsmodels_say(year):
    counts = year.months()[5:6]
    names = "called_back_count, kind_score, shrunken_score, kind_error, low_score, high_score"
    n, kind, shrunken, error, low, high = (c.astype(float) for c in one(counts, names))
    score = counts[0] @ SCORE / counts[0].sum(axis=1) / 100
    assert (n == counts[0].sum(axis=1)).all()
    ranked = n >= 100
    # The largest squares: satisfied among the resolved, all others not so.
    answered = counts[0] @ units.ANSWERS
    contacted, resolved, satisfied, basically = answered.T
    both = np.minimum(resolved, satisfied) + 0.9 * np.clip(resolved - satisfied, 0, basically)
    reached = np.minimum(contacted, satisfied) + 0.9 * np.clip(contacted - satisfied, 0, basically)
    square = 0.01 * contacted + 0.25 * resolved + 0.16 * (satisfied + 0.81 * basically)
    square = square + 0.4 * both + 0.08 * reached + 0.1 * np.minimum(contacted, resolved)
    variance = square / n - score**2
    own = variance / (score * (1 - score))
    pooled = (n * variance)[ranked].sum() / (n * score * (1 - score))[ranked].sum()
    effective = n / np.maximum(own, pooled)
    for at in range(0, len(n), 37):
        bounds = proportion_confint(score[at] * effective[at], effective[at], 0.05, "wilson")
        assert (low[at], high[at]) == pytest.approx([100 * bound for bound in bounds], abs=1e-4)
    middle = (n * score)[ranked].sum() / n[ranked].sum()
    assert kind == pytest.approx(100 * middle, abs=1e-6)
    # DerSimonian and Laird with the variances of a score like the kind's.
    chance = middle * (1 - middle) / effective
    weight = 1 / chance[ranked]
    q = (weight * (score[ranked] - middle) ** 2).sum()
    between = (q - (ranked.sum() - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    assert between > 0
    drawn = middle + between / (between + chance) * (score - middle)
    assert shrunken == pytest.approx(100 * drawn, abs=1e-4)
    p = 2 * norm.sf(abs(score - middle) / np.sqrt(chance))[ranked]
    adjusted = multipletests(p, method="fdr_bh")[1]
    assert error[ranked] == pytest.approx(adjusted, abs=1e-4)
    assert np.isnan(error[~ranked]).all()


def test_the_planted_are_named_and_the_others_are_not(year, con):
    rows = con.execute(
        """SELECT CAST(period AS INTEGER), CAST(street AS INTEGER), advanced_number,
           remedial_number, improved_number, called_back_count, against_kind
           FROM metric.place_standing"""
    ).fetchall()
    named = {name: [r for r in rows if r[at] is not None] for at, name in ((2, "a"), (3, "r"))}
    # Of ten with enough call-backs nearly all in the year, and of those named few others.
    for name, true, least in (("a", year.good, 7), ("r", year.bad, 8)):
        found = {row[1] for row in named[name]}
        false = [row for row in named[name] if row[1] not in year.planted]
        assert len(found & true) >= least
        assert len(false) <= 0.1 * len(named[name])
        assert all(row[5] >= 100 for row in named[name])
    improved = [row for row in rows if row[4] is not None]
    july = units.BETTER[2] - 1
    assert {row[1] for row in improved if row[0] == july} <= year.better
    assert len(improved) >= 2
    assert all(row[1] in year.better for row in improved)
    # Nobody has a name for a difference who is not ranked.
    assert all(row[6] is None for row in rows if row[5] < 100)


def test_of_streets_that_are_alike_nobody_is_named():
    named = units.ours(units.invent(seed=7, with_planted=False).months())
    assert sum(len(streets) for periods in named.values() for streets in periods.values()) <= 1


def test_a_gain_is_reported_only_where_the_two_intervals_part(con):
    gains = con.execute(
        """SELECT own.low_score, before.high_score FROM metric.unit_score AS own
           JOIN metric.unit_score AS before ON before.street = own.street
           AND CAST(before.period AS INTEGER) + 1 = CAST(own.period AS INTEGER)
           WHERE own.has_gained"""
    ).fetchall()
    assert gains
    assert all(low > high for low, high in gains)


def test_kinds_of_one_and_scores_without_a_difference_name_nobody():
    alone, full, few = (np.array([[row]]) for row in (
        [90, 0, 0, 0, 0, 20, 0], [150, 0, 0, 0, 0, 0, 0], [99, 0, 0, 0, 0, 0, 0],
    ))  # fmt: skip
    assert one(alone, "against_kind, is_ranked")[0].tolist() == [None]
    same = np.concatenate([full, full], axis=1)
    assert one(same, "against_kind")[0].tolist() == ["不显著"] * 2
    assert [float(x) for x in one(same, "shrunken_score")[0]] == [100, 100]
    mixed = np.concatenate([full, full, few], axis=1)
    assert one(mixed, "is_ranked")[0].tolist() == [True, True, False]
    assert one(mixed, "against_kind")[0].tolist()[2] is None
