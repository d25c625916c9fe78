"""Areas and dimensions: counts, coverage, and a mean that says how far it may be off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.diagnosis import MINIMUM_COVERAGE, group_profiles

rounds_of_eight = st.lists(st.integers(-2, 4), min_size=8, max_size=8)
eight_weights = st.lists(st.sampled_from([0.1, 0.5, 1.0, 2.0, 3.0]), min_size=8, max_size=8)
GROUPS = [0, 0, 0, 0, 0, 1, 1, 1]


def test_a_profile_worked_by_hand():
    # weights that apply: 1 + 1 + 2 + 1 = 5, with a level: 4; mean (1*1 + 3*1 + 2*2) / 4 = 8 / 4
    found = group_profiles([[1, 3, 2, 0, -1]], [1, 1, 2, 1, 1], [0] * 5)
    assert found.counts.tolist() == [[[1, 1, 1, 0]]]
    assert (found.not_applicable.item(), found.without_level.item()) == (1, 1)
    assert found.coverage.item() == pytest.approx(4 / 5)
    assert found.mean_level.item() == pytest.approx(2.0)
    assert found.mean_low.item() == pytest.approx((8 + 1) / 5)  # the missing one fragile
    assert found.mean_high.item() == pytest.approx((8 + 4) / 5)  # the missing one exemplary
    assert found.median_level.item() == 2  # weight up to basic: 3 of 4


def test_three_quarters_of_the_weight_are_enough_and_less_is_not():
    levels = [[2, 2, 3, 0], [2, 2, -2, 0]]
    # 0.2 + 0.3 + 0.1 of 0.8 are three quarters, and 0.7499999999999999 as the machine adds them
    found = group_profiles(levels, [0.2, 0.3, 0.1, 0.2], [0] * 4)
    assert found.shown[:, 0].tolist() == [True, False]
    assert np.isnan(found.mean_level[1, 0])
    assert found.median_level[1, 0] == 0
    assert found.counts[1, 0].tolist() == [0, 2, 0, 0]  # the counts are told all the same


def test_weights_move_the_mean_and_the_median_but_not_the_counts():
    plain = group_profiles([[1, 4, 4]], [1, 1, 1], [0, 0, 0])
    weighted = group_profiles([[1, 4, 4]], [4, 1, 1], [0, 0, 0])
    assert (plain.median_level.item(), weighted.median_level.item()) == (4, 1)
    assert plain.mean_level.item() == pytest.approx(3.0)
    assert weighted.mean_level.item() == pytest.approx((4 + 4 + 4) / 6)
    assert plain.counts.tolist() == weighted.counts.tolist()


def test_a_group_in_which_nothing_applies_or_nothing_stands_has_no_coverage():
    found = group_profiles([[-1, 3]], [1, 1], [0, 2])
    assert np.isnan(found.coverage[0, :2]).all()
    assert found.shown[0].tolist() == [False, False, True]


@given(rounds_of_eight, eight_weights)
def test_every_criterion_is_counted_once(levels, weights):
    found = group_profiles([levels], weights, GROUPS)
    told = found.counts.sum(axis=-1) + found.not_applicable + found.without_level
    assert told.tolist() == [[5, 3]]


@given(rounds_of_eight, eight_weights, st.permutations(range(8)))
def test_the_order_of_criteria_does_not_matter(levels, weights, order):
    one = group_profiles([levels], weights, GROUPS)
    other = group_profiles(np.array([levels])[:, order], np.array(weights)[order], np.array(GROUPS)[order])
    assert one.counts.tolist() == other.counts.tolist()
    assert one.median_level.tolist() == other.median_level.tolist()
    assert one.mean_level == pytest.approx(other.mean_level, nan_ok=True)
    assert one.coverage == pytest.approx(other.coverage, nan_ok=True)


@given(rounds_of_eight, eight_weights, st.lists(st.integers(1, 4), min_size=8, max_size=8))
def test_whatever_the_missing_answers_turn_out_to_be_the_mean_stays_in_its_interval(levels, weights, later):
    before = group_profiles([levels], weights, GROUPS)
    complete = [late if level in (0, -2) else level for level, late in zip(levels, later, strict=True)]
    after = group_profiles([complete], weights, GROUPS)
    shown = before.shown
    assert (after.mean_level[shown] >= before.mean_low[shown] - 1e-9).all()
    assert (after.mean_level[shown] <= before.mean_high[shown] + 1e-9).all()
    assert (before.mean_high[shown] - before.mean_low[shown] <= 3 * (1 - MINIMUM_COVERAGE) + 1e-6).all()


@given(rounds_of_eight, eight_weights, st.integers(0, 7))
def test_a_worse_level_never_raises_a_summary(levels, weights, criterion):
    if levels[criterion] < 2:
        return
    worse = [*levels]
    worse[criterion] -= 1
    better, lower = (group_profiles([each], weights, GROUPS) for each in (levels, worse))
    shown = better.shown
    assert (lower.mean_level[shown] <= better.mean_level[shown] + 1e-9).all()
    assert (lower.median_level <= better.median_level).all()


def test_many_rounds_at_once_say_what_each_says_alone():
    levels = np.random.default_rng(3).integers(-2, 5, size=(50, 45))
    weights, groups = 1 + np.arange(45) % 3, np.arange(45) // 5
    together = group_profiles(levels, weights, groups)
    for row in (0, 17, 49):
        alone = group_profiles(levels[[row]], weights, groups)
        assert together.counts[row].tolist() == alone.counts[0].tolist()
        assert together.mean_level[row] == pytest.approx(alone.mean_level[0], nan_ok=True)


@pytest.mark.parametrize(
    ("levels", "weights", "groups", "complaint"),
    [
        ([1, 2], [1, 1], [0, 0], "dimensions"),
        ([[1, 2]], [1], [0, 0], "weights"),
        ([[1, 2]], [1, 0], [0, 0], "above 0"),
        ([[1, 2]], [1, np.inf], [0, 0], "above 0"),
        ([[1, 2]], [1, 1], [0, -1], "groups"),
        ([[1, 2]], [1, 1], [0, 0.5], "groups"),
        ([[1, 7]], [1, 1], [0, 0], "whole numbers"),
    ],
)
def test_what_does_not_fit_is_refused(levels, weights, groups, complaint):
    with pytest.raises(ValueError, match=complaint):
        group_profiles(levels, weights, groups)
