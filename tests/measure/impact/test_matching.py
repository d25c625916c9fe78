"""Matching: small worlds by hand, the best assignment by trying all, and balance that really improves."""

import itertools

import numpy as np
import pytest

from trama_measure.impact.matching import Distance, balance, match
from trama_measure.impact.notices import ImpactError, NoticeCode


def networks(n=400, seed=3):
    """Networks that take part are poorer and larger."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    return x, rng.random(n) < 1 / (1 + np.exp(1.2 - 1.2 * x[:, 0] + 0.8 * x[:, 1]))


def test_the_nearest_by_hand():
    x = np.array([[0.0], [10.0], [1.0], [9.0], [50.0], [60.0]])
    part = np.array([True, True, False, False, False, False])
    found = match(x, part, distance=Distance.MAHALANOBIS, caliper=None)
    assert list(zip(found.treated.tolist(), found.control.tolist(), strict=True)) == [(0, 2), (1, 3)]
    assert found.weights.tolist() == [1, 1, 1, 1, 0, 0]
    pooled = np.sqrt((1 * x[:2].var(ddof=1) + 3 * x[2:].var(ddof=1)) / 4)
    assert found.distance == pytest.approx(1 / pooled)


def test_without_replacement_the_sum_of_distances_is_the_least_possible():
    rng = np.random.default_rng(7)
    x, part = rng.normal(size=(11, 2)), np.arange(11) < 5
    found = match(x, part, distance=Distance.MAHALANOBIS, caliper=None)
    own, other = x[:5], x[5:]
    pooled = (4 * np.cov(own.T) + 5 * np.cov(other.T)) / 9
    away = own[:, None] - other
    far = np.sqrt(np.einsum("ijk,kl,ijl->ij", away, np.linalg.inv(pooled), away))
    best = min(sum(far[i, j] for i, j in enumerate(columns)) for columns in itertools.permutations(range(6), 5))
    assert found.distance.sum() == pytest.approx(best)
    assert len(set(found.control.tolist())) == 5


@pytest.mark.parametrize("distance", list(Distance))
@pytest.mark.parametrize("replacement", [False, True])
def test_matching_brings_both_groups_together(distance, replacement):
    x, part = networks()
    found = match(x, part, distance=distance, replacement=replacement, caliper=0.2)
    table = balance(x, part, found, ["poverty", "size"])
    assert np.abs(table["smd_before"]).min() > 0.3
    assert np.abs(table["smd_after"]).max() < (0.25 if replacement else 0.1)
    assert np.abs(np.log(table["variance_ratio_after"])).max() < 0.5
    assert found.weights[part].sum() == pytest.approx(
        found.weights[~part].sum()
    )  # each match weighs as one treated unit


def test_a_caliper_leaves_units_unmatched_and_says_so():
    x = np.array([[0.0], [100.0], [0.1], [0.3], [0.5]])
    part = np.array([True, True, False, False, False])
    found = match(x, part, distance=Distance.MAHALANOBIS, caliper=0.1)
    assert found.unmatched.tolist() == [1]
    assert [(notice.code, notice.found) for notice in found.notices] == [(NoticeCode.UNMATCHED, 1)]
    assert found.kept.tolist() == [True, False, True, False, False]
    with pytest.raises(ImpactError, match="caliper"):
        match(x + np.array([[1000], [0], [0], [0], [0]]), part, distance=Distance.MAHALANOBIS, caliper=1e-6)


def test_several_neighbours_share_the_weight_of_one():
    x, part = networks(300)
    for replacement in (False, True):
        found = match(x, part, neighbours=2, replacement=replacement, caliper=None, distance=Distance.MAHALANOBIS)
        assert found.weights[~part].sum() == pytest.approx(part.sum() - found.unmatched.size)
        assert np.bincount(np.bincount(found.treated, minlength=300)[part]).argmax() == 2
    assert np.bincount(match(x, part, neighbours=2, caliper=None).control).max() == 1


def test_only_networks_of_the_same_state_are_matched():
    x, part = networks()
    state = np.arange(part.size) % 3
    found = match(x, part, within=state, caliper=None)
    assert (state[found.treated] == state[found.control]).all()


def test_the_result_does_not_depend_on_the_order_of_the_rows():
    x, part = networks(120)
    order = np.random.default_rng(0).permutation(120)
    first, second = match(x, part), match(x[order], part[order])
    assert set(first.treated.tolist()) == set(order[second.treated].tolist())
    assert first.distance.sum() == pytest.approx(second.distance.sum())
    several = [
        match(each, which, distance=Distance.MAHALANOBIS) for each, which in ((x, part), (x[order], part[order]))
    ]
    pairs = set(zip(several[0].treated.tolist(), several[0].control.tolist(), strict=True))
    assert pairs == set(zip(order[several[1].treated].tolist(), order[several[1].control].tolist(), strict=True))


@pytest.mark.parametrize(
    ("x", "part", "chosen"),
    [
        (np.zeros((4, 1)), np.array([1, 1, 0, 0]), {}),
        (np.zeros((4, 1)), np.array([True, False, False, False]), {}),
        (np.full((4, 1), np.nan), np.array([True, True, False, False]), {}),
        (np.ones((4, 1)), np.array([True, True, False, False]), {"distance": Distance.MAHALANOBIS}),
        (np.random.default_rng(1).normal(size=(9, 1)), np.arange(9) < 4, {"neighbours": 0}),
        (np.random.default_rng(1).normal(size=(9, 1)), np.arange(9) < 4, {"caliper": -1}),
        (np.random.default_rng(1).normal(size=(9, 1)), np.arange(9) < 4, {"within": [1, 2]}),
    ],
)
def test_what_cannot_be_matched_is_refused(x, part, chosen):
    with pytest.raises(ImpactError):
        match(x, part, **chosen)


def test_balance_needs_a_name_for_each_covariate():
    x, part = networks(100)
    with pytest.raises(ImpactError, match="2 names"):
        balance(x, part, match(x, part), ["one"])
