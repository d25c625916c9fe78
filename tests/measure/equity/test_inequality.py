"""Inequality: by hand, exact decompositions, and the jackknife against leaving out one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.equity import EquityError, Index, entropy, gini, variance

amounts = st.lists(st.floats(0.1, 100), min_size=3, max_size=25).map(np.array)


def test_by_hand():
    assert gini(np.array([1.0, 1, 1])).coefficient == 0
    assert gini(np.array([0.0, 0, 0, 1])).coefficient == 0.75  # (n - 1) / n
    assert gini(np.array([1.0, 3])).coefficient == 0.25
    found = entropy(np.array([1.0, 3]), ["a", "b"])
    assert found.total == found.between == pytest.approx((0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 2)
    low = entropy(np.array([1.0, 3]), ["a", "b"], index=Index.L)
    assert low.total == pytest.approx((np.log(2) + np.log(2 / 3)) / 2)
    parts = variance(np.array([0.0, 2, 4, 6]), [1, 1, 2, 2])
    assert (parts.between, parts.within, parts.share_between) == (4, 1, 0.8)


@settings(deadline=None)
@given(amounts, st.integers(0, 999), st.sampled_from(list(Index)))
def test_between_and_within_add_up_to_the_whole(values, seed, index):
    rng = np.random.default_rng(seed)
    groups, weights = rng.integers(0, 3, values.size), rng.uniform(0.5, 3, values.size)
    parts = entropy(values, groups, weights, index=index)
    alone = entropy(values, np.zeros(values.size), weights, index=index)
    assert parts.total == pytest.approx(alone.within, abs=1e-12)
    assert parts.between >= -1e-12
    assert (parts.of_group >= -1e-12).all()
    assert parts.share.sum() == pytest.approx(1)
    assert entropy(7 * values, groups, weights, index=index).total == pytest.approx(parts.total, abs=1e-10)
    spread = variance(values, groups, weights)
    mean = np.average(values, weights=weights)
    assert spread.total == pytest.approx(np.average((values - mean) ** 2, weights=weights), abs=1e-8)


@settings(deadline=None)
@given(amounts, st.integers(0, 999), st.booleans())
def test_the_jackknife_in_one_pass_is_that_of_leaving_out_one_by_one(values, seed, clustered):
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 4, values.size).astype(float)
    clusters = np.arange(values.size) if not clustered else np.arange(values.size) % max(2, values.size // 2)

    def direct(x, w):
        return (w[:, None] * w * np.abs(x[:, None] - x)).sum() / (2 * w.sum() * (w @ x))

    found = gini(values, weights, clusters=clusters)
    left = np.array([direct(values[clusters != c], weights[clusters != c]) for c in np.unique(clusters)])
    assert found.coefficient == pytest.approx(direct(values, weights), abs=1e-12)
    expected = np.sqrt((left.size - 1) / left.size * ((left - left.mean()) ** 2).sum())
    assert found.se == pytest.approx(expected, abs=1e-9)


def test_the_error_of_the_gini_is_that_of_simulation():
    rng = np.random.default_rng(5)
    draws = [gini(rng.lognormal(size=300)) for _ in range(400)]
    assert np.mean([each.se for each in draws]) == pytest.approx(np.std([each.coefficient for each in draws]), rel=0.15)


def test_weights_of_zero_leave_out_and_absent_groups_do_not_count():
    values, groups = np.array([1.0, 2, 3, 50]), np.array(["a", "a", "b", "c"])
    weights = np.array([1.0, 1, 1, 0])
    assert entropy(values, groups, weights).total == pytest.approx(entropy(values[:3], groups[:3]).total)
    assert variance(values, groups, weights).groups.tolist() == ["a", "b"]
    assert gini(values, weights).coefficient == pytest.approx(gini(values[:3]).coefficient)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: entropy(np.array([0.0, 1]), [1, 1]),
        lambda: entropy(np.array([1.0, 1]), [1]),
        lambda: variance(np.array([np.nan, 1]), [1, 1]),
        lambda: gini(np.array([-1.0, 1])),
        lambda: gini(np.zeros(3)),
        lambda: gini(np.array([1.0])),
        lambda: gini(np.array([1.0, 2]), clusters=[1, 1]),
    ],
)
def test_amounts_without_a_meaning_are_refused(ask):
    with pytest.raises(EquityError):
        ask()
