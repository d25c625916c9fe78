"""One round and the next: only what is the same is compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.diagnosis import ChangeKind, RoundLevels, compare_rounds, counted_levels


def a_round(**criteria):
    """``key=level`` or ``key=(level, anchors)``; a level as a string is provisional."""
    told = {key: value if isinstance(value, tuple) else (value, "a") for key, value in criteria.items()}
    agreed = [0 if isinstance(level, str) else level for level, _ in told.values()]
    provisional = [int(level) for level, _ in told.values()]
    return RoundLevels(tuple(told), tuple(anchors for _, anchors in told.values()), counted_levels(agreed, provisional))


def weights_of(round_, weight=1.0):
    return dict.fromkeys(round_.keys, weight)


def test_each_criterion_is_told_for_what_it_is():
    earlier = a_round(up=1, same=2, down=3, reworded=(2, "a"), open=2, left=4, unknown=2, gone=-1)
    later = a_round(up=3, same=2, down=2, reworded=(3, "b"), open="3", new=1, unknown=-2, gone=2)
    found = compare_rounds(earlier, later, weights_of(later))
    assert [(change.key, change.kind, change.earlier, change.later) for change in found.changes] == [
        ("up", ChangeKind.ROSE, 1, 3),
        ("same", ChangeKind.SAME, 2, 2),
        ("down", ChangeKind.FELL, 3, 2),
        ("reworded", ChangeKind.ANCHORS_CHANGED, 2, 3),
        ("open", ChangeKind.PROVISIONAL, 2, 3),
        ("new", ChangeKind.ONLY_LATER, None, 1),
        ("unknown", ChangeKind.NO_LEVEL, 2, None),
        ("gone", ChangeKind.NO_LEVEL, None, 2),
        ("left", ChangeKind.ONLY_EARLIER, 4, None),
    ]
    assert (found.rose, found.same, found.fell, found.compared) == (1, 1, 1, 3)
    assert found.coverage == pytest.approx(3 / 8)
    assert found.later_mean is None


def test_means_are_over_the_same_criteria_with_the_later_weights():
    earlier, later = a_round(a=1, b=2, c=4), a_round(a=2, b=2, c=(1, "b"))
    found = compare_rounds(earlier, later, {"a": 2, "b": 4, "c": 1})
    assert found.coverage == pytest.approx(6 / 7)
    assert found.earlier_mean == pytest.approx((2 * 1 + 4 * 2) / 6)
    assert found.later_mean == pytest.approx((2 * 2 + 4 * 2) / 6)


def test_what_does_not_apply_any_more_is_not_held_against_the_comparison():
    earlier, later = a_round(a=1, b=2), a_round(a=2, b=-1)
    assert compare_rounds(earlier, later, weights_of(later)).coverage == 1.0


def test_two_instruments_without_a_common_criterion_compare_nothing():
    found = compare_rounds(a_round(a=1), a_round(b=1), {"b": 1})
    assert (found.compared, found.coverage, found.earlier_mean) == (0, 0.0, None)


@given(st.lists(st.tuples(st.integers(-2, 4), st.integers(-2, 4)), min_size=1, max_size=9), st.randoms())
def test_the_order_of_criteria_does_not_matter_and_turning_time_around_turns_the_change(pairs, random):
    keys = [f"c{number}" for number in range(len(pairs))]
    earlier = a_round(**dict(zip(keys, (before for before, _ in pairs), strict=True)))
    later = a_round(**dict(zip(keys, (after for _, after in pairs), strict=True)))
    found, back = (compare_rounds(*both, weights_of(later)) for both in ((earlier, later), (later, earlier)))
    assert (found.rose, found.same, found.fell) == (back.fell, back.same, back.rose)
    mixed = dict(random.sample(list(zip(keys, (after for _, after in pairs), strict=True)), len(keys)))
    shuffled = compare_rounds(earlier, a_round(**mixed), weights_of(later))
    assert set(shuffled.changes) == set(found.changes)
    assert shuffled.later_mean == (found.later_mean and pytest.approx(found.later_mean))


def test_a_key_twice_a_missing_weight_and_ragged_lists_are_refused():
    fine = a_round(a=1)
    twice = RoundLevels(("a", "a"), ("x", "x"), counted_levels([1, 1], [0, 0]))
    ragged = RoundLevels(("a",), ("x", "y"), counted_levels([1], [0]))
    with pytest.raises(ValueError, match="twice"):
        compare_rounds(fine, twice, {"a": 1})
    with pytest.raises(ValueError, match="one per criterion"):
        compare_rounds(ragged, fine, {"a": 1})
    for weights in ({}, {"a": 0}, {"a": np.nan}):
        with pytest.raises(ValueError, match="no weight"):
            compare_rounds(fine, fine, weights)
