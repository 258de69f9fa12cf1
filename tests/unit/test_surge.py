"""The surge model: its numbers against statsmodels, what it finds and what it leaves alone."""

import datetime

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.stats import false_discovery_control

from pipeline.surge.expect import (
    NONE,
    RECENT,
    SEASONAL,
    SurgeSettings,
    common_ratio,
    expect,
)
from pipeline.surge.glm import anscombe, fit
from pipeline.surge.terms import Calendar, design

NO_CALENDAR = Calendar(frozenset(), frozenset(), ())
WEEKS = 160


def week_ends(weeks: int = WEEKS) -> list[datetime.date]:
    return [datetime.date(2017, 1, 8) + datetime.timedelta(weeks=week) for week in range(weeks)]


def seasonal_mean(level: float, weeks: int = WEEKS) -> np.ndarray:
    turn = 2 * np.pi * np.arange(weeks) / 52.18
    return level * np.exp(0.5 * np.sin(turn) + 0.002 * np.arange(weeks))


def test_the_batch_gives_what_statsmodels_gives_one_by_one():
    rng = np.random.default_rng(1)
    fridays = frozenset(end - datetime.timedelta(days=2) for end in week_ends()[::5])
    terms = design(week_ends(120), Calendar(fridays, frozenset(), ()))
    counts = rng.poisson([seasonal_mean(level, 120) for level in (2, 40, 900)]).astype(float)
    weights = rng.choice([0.0, 0.3, 1.0], counts.shape)
    none = np.zeros(terms.shape[1])
    batch = fit(counts, terms, weights, none, np.zeros(counts.shape))
    for row in range(3):
        one = sm.GLM(
            counts[row], terms, family=sm.families.Poisson(), var_weights=weights[row]
        ).fit(scale="X2", tol=1e-12)
        assert batch.coefficients[row] == pytest.approx(one.params, abs=1e-7)
        covariance = batch.inverse[row] * one.scale
        assert covariance == pytest.approx(one.cov_params(), rel=1e-5, abs=1e-12)
    # The degrees of freedom count a week by its weight; statsmodels counts the weeks.
    plain = fit(counts, terms, np.ones(counts.shape), none, np.zeros(counts.shape))
    for row in range(3):
        one = sm.GLM(counts[row], terms, family=sm.families.Poisson()).fit(scale="X2")
        assert plain.dispersion[row] == pytest.approx(max(one.scale, 1.0), rel=1e-6)


def test_an_anscombe_residual_by_hand():
    # 1.5 * (27^(2/3) - 8^(2/3)) / 8^(1/6) = 1.5 * (9 - 4) / sqrt(2), over the root of 4.
    found = anscombe(np.array([[27.0]]), np.array([[8.0]]), np.array([4.0]))
    assert found[0, 0] == pytest.approx(7.5 / np.sqrt(2) / 2)


def test_terms_of_a_holiday_week_and_a_season_over_the_new_year():
    day = datetime.date
    calendar = Calendar(
        frozenset([day(2020, 1, 1)]), frozenset([day(2020, 1, 5)]), (((11, 15), (3, 15)),)
    )
    # Weeks to Sunday 5 January (Wednesday off, Sunday worked) and to Wednesday 18 March (9 to 15
    # March is heated, so five of its seven days).
    table = design([day(2020, 1, 5), day(2020, 3, 17)], calendar)
    assert table[:, -2].tolist() == [0.0, 0.0]
    assert table[:, -1] == pytest.approx([1.0, 5 / 7])
    assert table[:, 1] == pytest.approx([-72 / 365.25, 0.0])
    only_off = Calendar(frozenset([day(2020, 1, 1), day(2020, 1, 4)]), frozenset(), ())
    # The Saturday would have been off anyway.
    assert design([day(2020, 1, 5)], only_off)[0, -1] == 1.0


def judge(counts: np.ndarray, week: int, **changes):
    terms = design(week_ends(counts.shape[1]), NO_CALENDAR)
    known = np.ones(counts.shape[1], dtype=bool)
    return expect(counts, terms, known, week, SurgeSettings(**changes))


def test_a_doubled_week_is_found_and_its_expectation_is_near_the_truth():
    rng = np.random.default_rng(5)
    mean = np.tile(seasonal_mean(60), (40, 1))
    counts = rng.poisson(mean).astype(float)
    counts[7, 150] *= 2
    found = judge(counts, 150)
    assert found.method == SEASONAL
    adjusted = false_discovery_control(found.p_value)
    assert np.flatnonzero(adjusted < 0.05).tolist() == [7]
    assert found.mean == pytest.approx(mean[:, 150], rel=0.15)
    assert counts[7, 150] > found.upper[7]
    assert np.all(found.lower < found.mean) and np.all(found.mean < found.upper)


def test_a_season_alone_is_no_surge_where_a_mean_of_three_months_takes_it_for_one():
    rng = np.random.default_rng(9)
    turn = 2 * np.pi * np.arange(WEEKS) / 52.18
    counts = rng.poisson(80 * np.exp(1.0 * np.sin(turn)), (30, WEEKS)).astype(float)
    rising = 104 + 7  # the steep part of the third spring
    past = counts[:, rising - 13 : rising]
    z = (counts[:, rising] - past.mean(1)) / past.std(1, ddof=1)
    assert (z > 2).sum() >= 15
    assert (false_discovery_control(judge(counts, rising).p_value) < 0.05).sum() == 0


def test_poisson_history_is_flagged_no_more_often_than_stated():
    """At 1% some 1% of 4,000 weeks: by the binomial law 65 or more would be one in 5,000."""
    rng = np.random.default_rng(11)
    counts = rng.poisson(np.tile([[8.0], [30.0], [120.0], [500.0]], (50, WEEKS))).astype(float)
    flagged = sum(int((judge(counts, week).p_value < 0.01).sum()) for week in range(120, 160, 2))
    assert stats.binom.sf(64, 4000, 0.01) < 2e-4
    assert flagged < 65


def test_what_a_series_did_before_is_less_of_a_surprise():
    counts = np.full((2, WEEKS), 50.0)
    counts += np.tile([0.0, 1.0, -1.0, 2.0], WEEKS // 4)
    counts[1, 10:120:11] = 200.0
    counts[:, 150] = 150.0
    found = judge(counts, 150)
    assert found.p_value[0] < 1e-6
    # 10 of the 124 weeks used were further out, of which three tenths are taken.
    assert found.p_value[1] == pytest.approx(0.3 * 10 / 124, rel=0.01)


def test_a_series_without_records_before_is_judged_by_the_least_count_alone():
    counts = np.zeros((1, WEEKS))
    counts[0, 150] = 6
    found = judge(counts, 150)
    assert found.mean[0] < 0.1
    assert found.p_value[0] < 1e-3


@pytest.mark.parametrize(
    ("history", "method"), [(11, NONE), (12, RECENT), (77, RECENT), (78, SEASONAL)]
)
def test_short_history_falls_back_and_says_so(history, method):
    counts = np.full((1, WEEKS), 40.0)
    found = judge(counts, history)
    assert (found.method, found.history_weeks) == (method, history)
    if method == NONE:
        assert np.isnan(found.p_value[0])
    else:
        assert found.mean[0] == pytest.approx(40.0, rel=0.02)


def test_weeks_without_data_are_left_out_not_taken_for_zeros():
    counts = np.full((1, WEEKS), 40.0)
    counts[0, 100:110] = 0
    terms = design(week_ends(), NO_CALENDAR)
    known = counts[0] > 0
    found = expect(counts, terms, known, 150, SurgeSettings())
    assert found.history_weeks == 140
    assert found.mean[0] == pytest.approx(40.0, rel=0.02)


# What an extrapolated season may say of a series: each case once gave an expectation of millions or
# of nothing. `last` is the week that is judged, some 160 weeks in.
def judge_series(series: np.ndarray, **changes):
    found = judge(np.atleast_2d(series), series.shape[-1] - 1, **changes)
    return found, float(found.mean[0]), found.methods[0]


def noisy(level: np.ndarray, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level).astype(float)


def test_a_topic_that_was_not_there_a_year_ago_is_expected_as_of_late():
    """Nothing before, then 3,400 a week for so many weeks: neither 0 nor millions is expected."""
    least = {6: 100, 14: 1000, 26: 2000, 33: 3200, 50: 3200}
    for weeks, low in least.items():
        level = np.zeros(WEEKS)
        level[-weeks:] = 3400.0
        series = noisy(level)
        found, mean, method = judge_series(series)
        assert (method, found.method) == (RECENT, SEASONAL), weeks
        assert low < mean < 3600, weeks
        assert found.upper[0] <= 1.5 * 3700, weeks
        assert (series[-1] <= found.upper[0]) == (weeks > 6), weeks


def test_a_level_seen_in_no_week_is_never_expected():
    """A step down, a step up, a trend that ends: the mean stays within 1.5 times what was seen."""
    shapes = {
        "up": np.where(np.arange(WEEKS) < 110, 40.0, 900.0),
        "down": np.where(np.arange(WEEKS) < 110, 900.0, 40.0),
        "grew": 5 * np.exp(np.minimum(np.arange(WEEKS), 128) / 20.0),
        "burst": np.where(np.abs(np.arange(WEEKS) - 120) < 8, 5000.0, 3.0),
        "vanished": np.where(np.arange(WEEKS) < 150, 700.0, 0.0),
    }
    for name, level in shapes.items():
        series = noisy(level)
        found, mean, _ = judge_series(series)
        seen = series[:-1]
        assert np.isfinite([mean, found.lower[0], found.upper[0]]).all(), name
        assert mean <= 1.5 * (seen.max() + 1), name
        assert found.upper[0] <= np.ceil(1.5 * (seen.max() + 1)), name
        assert found.lower[0] <= mean <= found.upper[0], name


def test_a_step_alarms_at_first_and_not_for_ever():
    """From 40 to 400: flagged in its first week, expected at the new level half a year later."""
    level = np.full(WEEKS, 40.0)
    level[-1:] = 400.0
    found, mean, _ = judge_series(noisy(level))
    assert mean == pytest.approx(40, rel=0.15)
    assert found.p_value[0] < 1e-6
    level[-27:] = 400.0
    found, mean, method = judge_series(noisy(level))
    assert method == RECENT
    assert mean == pytest.approx(400, rel=0.2)
    assert found.p_value[0] > 0.1


def test_what_is_out_of_season_keeps_its_season():
    """Heating: 490 a week in winter, 2 in summer. In summer the winter before is no base."""
    turn = 2 * np.pi * (np.arange(WEEKS) - 124) / 52.18
    series = noisy(30 * np.exp(2.8 * np.cos(turn)))[:151]
    _, mean, method = judge_series(series)
    assert method == SEASONAL
    # 30 exp(-2.8) is 1.8, where the half year before had some 130 a week.
    assert mean == pytest.approx(1.8, abs=1.5)
    assert series[:-1][-26:].mean() > 50


def test_a_vanished_topic_is_no_surge_and_its_return_is_one():
    level = np.where(np.arange(WEEKS) < WEEKS - 40, 60.0, 0.0)
    found, mean, _ = judge_series(noisy(level))
    assert mean < 2
    level[-1] = 60.0
    found, _, _ = judge_series(noisy(level))
    assert found.p_value[0] < 1e-3


def test_a_holiday_that_moves_is_expected_where_it_is_this_year():
    """New year's week halves what is reported; it is in other weeks of each year."""
    ends = week_ends(WEEKS + 12)
    firsts = [datetime.date(2017, 1, 27), datetime.date(2018, 2, 15), datetime.date(2019, 2, 4),
              datetime.date(2020, 1, 24)]  # fmt: skip
    off = {first + datetime.timedelta(days=n) for first in firsts for n in range(7)}
    terms = design(ends, Calendar(frozenset(off), frozenset(), ()))
    lost = terms[:, -1]
    series = noisy(400 * np.exp(-0.14 * lost))
    known = np.ones(len(ends), dtype=bool)
    holiday = [week for week, end in enumerate(ends) if lost[week] >= 3]
    assert [ends[week].year for week in holiday] == [2017, 2018, 2019, 2020]
    for week in (holiday[-1], holiday[-2] + 52):
        found = expect(series[None, :], terms, known, week, SurgeSettings())
        # Five working days lost: exp(-0.7) of 400 is 199; none lost, where it lay a year ago: 400.
        truth = 400 * np.exp(-0.14 * lost[week])
        assert found.mean[0] == pytest.approx(truth, rel=0.12), ends[week]
        assert found.lower[0] < series[week] < found.upper[0]


def test_the_leap_day_moves_no_season():
    """366 days of 2020: the week of 29 February is expected between its neighbours."""
    ends = [datetime.date(2020, 3, 14) - datetime.timedelta(weeks=n) for n in range(WEEKS)][::-1]
    terms = design(ends, NO_CALENDAR)
    days = np.array([end.timetuple().tm_yday for end in ends])
    series = noisy(200 * np.exp(0.5 * np.sin(2 * np.pi * days / 365.25)))
    known = np.ones(WEEKS, dtype=bool)
    means = [
        float(expect(series[None, :], terms, known, week, SurgeSettings()).mean[0])
        for week in range(WEEKS - 4, WEEKS)
    ]
    truth = [200 * np.exp(0.5 * np.sin(2 * np.pi * day / 365.25)) for day in days[-4:]]
    assert means == pytest.approx(truth, rel=0.1)
    assert means[0] < means[1] < means[2] < means[3]


def test_what_half_of_the_categories_rose_by_by_hand():
    settings = SurgeSettings()
    mean = np.array([100.0, 50.0, 20.0, 10.0, 1.0])
    # 2.0, 1.5, 1.2, 0.9; of four the second from below: half rose by a fifth or more. The fifth is
    # too small to decide.
    counts = np.array([200.0, 75.0, 24.0, 9.0, 90.0])
    assert common_ratio(counts, mean, settings) == pytest.approx(1.2)
    # One category alone, however large, is no common rise; nor is a fall.
    assert common_ratio(np.array([9000.0, 50, 20, 10, 1]), mean, settings) == 1.0
    assert common_ratio(mean / 2, mean, settings) == 1.0
    assert common_ratio(np.array([200.0, 100]), np.array([100.0, 50]), settings) == 1.0


def test_a_series_that_rose_with_all_the_others_is_no_surge():
    series = noisy(np.full((2, WEEKS), 100.0))
    series[:, 150] = [150.0, 225.0]
    terms = design(week_ends(), NO_CALENDAR)
    known = np.ones(WEEKS, dtype=bool)
    alone = expect(series, terms, known, 150, SurgeSettings())
    beside = expect(series, terms, known, 150, SurgeSettings(), common_ratio=1.5)
    assert (alone.p_value < 0.01).all()
    assert beside.p_value[0] > 0.1 and beside.p_value[1] < 0.01
    assert beside.mean == pytest.approx(1.5 * alone.mean)
    # No part is expected to exceed the whole.
    assert expect(series, terms, known, 150, SurgeSettings(), ceiling=80.0).mean.tolist() == [
        80.0,
        80.0,
    ]
