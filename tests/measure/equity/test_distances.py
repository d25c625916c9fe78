"""Distances between groups: by hand, against scipy, and what holds for any two samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trama_measure.equity import (
    EquityError,
    by_chance,
    kolmogorov_smirnov,
    mean_gap,
    overlap,
    percentile_gaps,
    quantiles,
    standardised_gap,
    superiority,
    transport,
)

samples = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=30).map(np.array)


def weights_of(values, seed):
    return np.random.default_rng(seed).integers(1, 5, values.size).astype(float)


def test_by_hand():
    a, b = np.array([1.0, 2, 3, 4]), np.array([2.0, 3, 4, 9])
    assert mean_gap(a, b) == -2
    moved = transport(a, b)
    assert (moved.behind, moved.ahead, moved.distance) == (2, 0, 2)
    assert kolmogorov_smirnov(a, b) == 0.25
    assert overlap(a, b, [2.5]) == 0.75  # below: 2/4 and 1/4; above: 2/4 and 3/4
    assert superiority(a, b) == (0 + 0.5 + 1.5 + 2.5) / 16
    assert percentile_gaps(a, b, [25, 50, 100]).tolist() == [-1, -1, -5]


def test_a_crossing_is_seen_though_the_means_are_equal():
    a, b = np.array([-1.0, 1]), np.array([0.0, 0])
    assert mean_gap(a, b) == 0
    assert (transport(a, b).behind, transport(a, b).ahead) == (0.5, 0.5)


def test_d_is_that_of_the_textbook_and_its_error_that_of_simulation():
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.5, 2, 40), rng.normal(0, 2, 60)
    found = standardised_gap(a, b)
    pooled = np.sqrt((39 * a.var(ddof=1) + 59 * b.var(ddof=1)) / 98)
    assert found.d == pytest.approx((a.mean() - b.mean()) / pooled)
    assert found.g == pytest.approx(found.d * (1 - 3 / (4 * 98 - 1)))
    draws = [standardised_gap(rng.normal(0.5, 1, 40), rng.normal(0, 1, 60)).d for _ in range(1500)]
    assert standardised_gap(a + 5, a + 5 - 0.5 * pooled).se == pytest.approx(np.sqrt(80 / 1600 + 0.25 / 160), rel=0.05)
    assert np.std(draws) == pytest.approx(np.sqrt(100 / 2400 + 0.25 / 200), rel=0.07)


@settings(deadline=None)
@given(samples, samples, st.integers(0, 999))
def test_weighted_distances_are_those_of_scipy_and_of_repeated_values(a, b, seed):
    wa, wb = weights_of(a, seed), weights_of(b, seed + 1)
    moved = transport(a, b, wa, wb)
    assert moved.distance == pytest.approx(stats.wasserstein_distance(a, b, wa, wb), abs=1e-9)
    assert moved.mean_gap == pytest.approx(mean_gap(a, b, wa, wb), abs=1e-9)
    long_a, long_b = np.repeat(a, wa.astype(int)), np.repeat(b, wb.astype(int))
    assert kolmogorov_smirnov(a, b, wa, wb) == pytest.approx(stats.ks_2samp(long_a, long_b).statistic)
    u = stats.mannwhitneyu(long_a, long_b).statistic / (long_a.size * long_b.size)
    assert superiority(a, b, wa, wb) == pytest.approx(u)
    percents = [10, 37.5, 50, 90, 100]
    expected = np.quantile(long_a, np.array(percents) / 100, method="inverted_cdf")
    assert quantiles(a, percents, wa).tolist() == expected.tolist()


@settings(deadline=None)
@given(samples, samples, st.floats(0.1, 10), st.floats(-20, 20))
def test_distances_are_symmetric_and_move_with_the_scale(a, b, scale, shift):
    one, other = transport(a, b), transport(b, a)
    assert (one.behind, one.ahead) == pytest.approx((other.ahead, other.behind))
    assert transport(scale * a + shift, scale * b + shift).distance == pytest.approx(scale * one.distance, abs=1e-8)
    assert superiority(a, b) + superiority(b, a) == pytest.approx(1)
    assert transport(a, a).distance == kolmogorov_smirnov(a, a) == 0
    assert overlap(a, a, [0.5]) == pytest.approx(1)
    assert one.distance >= abs(one.mean_gap) - 1e-9


@settings(deadline=None)
@given(samples, samples, samples)
def test_wasserstein_obeys_the_triangle(a, b, c):
    assert transport(a, c).distance <= transport(a, b).distance + transport(b, c).distance + 1e-9


def test_two_samples_of_one_population_are_never_alike_and_chance_says_how_much():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=30), rng.normal(size=30)
    expected = by_chance(lambda x, y: transport(x, y).distance, a, b, seed=1)
    assert 0.1 < expected < 0.5
    assert transport(a, b).distance < 3 * expected
    assert transport(a, b + 3).distance > 2 * by_chance(lambda x, y: transport(x, y).distance, a, b + 3, seed=1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: mean_gap(np.array([]), np.ones(2)),
        lambda: mean_gap(np.array([1.0, np.nan]), np.ones(2)),
        lambda: transport(np.ones(2), np.ones(2), np.array([1.0])),
        lambda: transport(np.ones(2), np.ones(2), np.array([1.0, -1])),
        lambda: transport(np.ones(2), np.ones(2), np.zeros(2)),
        lambda: standardised_gap(np.ones(1), np.ones(3)),
        lambda: standardised_gap(np.ones(3), np.ones(3)),
        lambda: quantiles(np.ones(3), [0]),
        lambda: overlap(np.ones(3), np.ones(3), [2, 1]),
        lambda: by_chance(mean_gap, np.ones(3), np.ones(3), shuffles=3, seed=1),
    ],
)
def test_what_cannot_be_compared_is_refused(ask):
    with pytest.raises(EquityError):
        ask()
