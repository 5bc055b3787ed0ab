"""How variables go on in time, against hand figures and statsmodels: correlations, rolling figures, seasons, levels."""

import importlib.util
from itertools import pairwise

import numpy as np
import pytest

from toolkit.series.analysis.course import autocorrelation, envelope, partial_autocorrelation, rolling
from toolkit.series.analysis.rhythm import find_period, profile, seasonal_strength
from toolkit.series.analysis.stationarity import can_test, judge_level

NAN = np.nan
NOISE = np.random.default_rng(0).normal(size=3000)
DAY = np.sin(np.arange(3000) * 2 * np.pi / 24) + 0.5 * NOISE


def test_autocorrelation_by_hand():
    values = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1, 0.0])  # mean 2.5; squares add up to 22.5, neighbours' products to 14.25 and so on
    apart = [-1.5, -0.5, 0.5, 1.5, 2.5, 1.5, 0.5, -0.5, -1.5, -2.5]
    products = sum(a * b for a, b in pairwise(apart))
    np.testing.assert_allclose(autocorrelation(values, 1), [1, products / 22.5])


def test_correlations_are_those_of_statsmodels():
    tsa = pytest.importorskip("statsmodels.tsa.stattools")
    found = autocorrelation(DAY, 60)
    np.testing.assert_allclose(found, tsa.acf(DAY, nlags=60, fft=True), atol=1e-12)
    np.testing.assert_allclose(partial_autocorrelation(found), tsa.pacf(DAY, nlags=60, method="ldb"), atol=1e-12)


def test_missing_values_hardly_move_a_correlation():
    holes = np.where(np.random.default_rng(1).random(3000) < 0.3, NAN, DAY)
    np.testing.assert_allclose(autocorrelation(holes, 48), autocorrelation(DAY, 48), atol=0.06)


@pytest.mark.parametrize("values", [np.ones(100), np.full(100, NAN), np.arange(5.0), np.append(np.full(99, NAN), 1)])
def test_what_cannot_be_computed_is_none_not_one_and_zeros(values):
    assert autocorrelation(values, 3) is None
    assert find_period(values) is None
    assert seasonal_strength(values, 4) is None
    if can_test():
        assert judge_level(values) is None


def test_rolling_figures_are_of_the_last_steps():
    mean, deviation = rolling(np.array([1e9, 1e9 + 2, 1e9 + 4, NAN, NAN, 1e9]), 2)
    np.testing.assert_allclose(mean - 1e9, [NAN, 1, 3, 4, NAN, 0])
    np.testing.assert_allclose(deviation, [NAN, 1, 1, 0, NAN, 0])


def test_an_envelope_keeps_every_peak():
    values = np.zeros(10_000)
    values[[17, 5003]] = 9, -9
    values[7000:8000] = NAN
    places, shown = envelope(values, 100)
    assert len(places) <= 100
    assert {17, 5003} <= set(places.tolist())
    assert np.isnan(shown).any()
    assert envelope(np.arange(3.0), 10)[0].tolist() == [0, 1, 2]


def test_seasons_have_the_share_that_they_were_drawn_with():
    assert find_period(DAY) == (24, pytest.approx(0.5 / (0.5 + 0.25), abs=0.03))  # a sine's variance is 1/2
    assert find_period(np.tile([1.0, 5, 2, 8, 3], 40)) == (5, pytest.approx(1))
    assert find_period(DAY + np.arange(3000) / 50)[0] == 24


def test_noise_paths_and_lines_have_no_seasons():
    for seed in range(30):
        drawn = np.random.default_rng(seed).normal(size=700)
        assert find_period(drawn, likely=(24, 168)) is None
        assert find_period(drawn.cumsum(), likely=(24, 168)) is None
    assert find_period(np.arange(200.0)) is None


def test_a_profile_is_the_mean_at_each_place():
    values, phase = np.array([1, 3, NAN, 5, 7]), np.array([0, 0, 0, 2, 2])
    np.testing.assert_array_equal(profile(values, phase, 3), [2, NAN, 6])


@pytest.mark.skipif(not can_test(), reason="needs statsmodels")
def test_both_tests_are_read_together():
    assert judge_level(NOISE).verdict == "stationary"
    assert judge_level(NOISE.cumsum()).verdict == "not stationary"
    with_hole = np.concatenate([NOISE[:100], [NAN], NOISE[:60]])
    assert judge_level(with_hole).steps == 100


def test_without_statsmodels_nothing_is_tested(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not can_test()
