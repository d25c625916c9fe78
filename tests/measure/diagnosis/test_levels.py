"""What several people's answers come to, and what a level means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.diagnosis import (
    DOES_NOT_KNOW,
    NOT_APPLICABLE,
    Standing,
    count_steps,
    counted_levels,
    lower_median,
    provisional_levels,
    standings,
)

answers = st.lists(st.integers(-2, 4), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("given_answers", "expected"),
    [
        ([3], 3),
        ([2, 4], 2),  # the lower of the two in the middle
        ([1, 2, 4], 2),
        ([1, 2, 3, 4], 2),
        ([4, 4, 4, 1], 4),
        ([0, -1, -2, 3], 3),  # what is no level has no say
        ([0, -1], 0),
    ],
)
def test_the_median_is_a_level_that_somebody_gave(given_answers, expected):
    assert lower_median(given_answers) == expected


@given(answers)
def test_more_than_half_consider_the_median_reached_and_not_more_than_half_the_level_above(given_answers):
    levels = [answer for answer in given_answers if answer > 0]
    median = int(lower_median(given_answers))
    if not levels:
        assert median == 0
        return
    assert median in levels
    assert 2 * sum(level >= median for level in levels) > len(levels)
    assert 2 * sum(level > median for level in levels) <= len(levels)


@given(answers, st.randoms())
def test_the_order_of_respondents_does_not_matter(given_answers, random):
    shuffled = random.sample(given_answers, len(given_answers))
    column, other = np.array(given_answers)[:, np.newaxis], np.array(shuffled)[:, np.newaxis]
    assert provisional_levels(column) == provisional_levels(other)


def test_scores_of_five_steps_have_the_same_median():
    assert lower_median([[5, 1], [4, 2], [5, 0]], axis=0, steps=5).tolist() == [5, 1]


@given(answers)
def test_counts_add_up_to_the_people_who_gave_a_level(given_answers):
    assert count_steps(given_answers).sum() == sum(answer > 0 for answer in given_answers)


def test_not_applicable_needs_more_people_than_levels_and_not_knowing_needs_nobody_who_knows():
    rounds = np.array(
        [
            [[-1, -1, -2, -2, 0], [-1, 2, 3, 0, 0], [2, 0, 0, 0, 0]],
            [[4, 4, 4, 4, 4], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]],  # a round of two people, filled up with 0
        ]
    )
    assert provisional_levels(rounds).tolist() == [[NOT_APPLICABLE, 2, 3, DOES_NOT_KNOW, 0], [1, 1, 1, 1, 1]]


def test_the_agreed_level_counts_and_the_median_only_until_then():
    counted = counted_levels([3, 0, -1, 0, -2], [2, 2, 4, 0, 3])
    assert counted.levels.tolist() == [3, 2, -1, 0, -2]
    assert counted.provisional.tolist() == [False, True, False, False, False]


def test_a_gap_is_a_gap_at_once_and_a_strength_is_agreed_and_shown():
    counted = counted_levels([1, 2, 3, 4, 4, 0, 0, 0], [0, 0, 0, 0, 0, 4, 1, -1])
    with_evidence = [False, True, True, True, False, True, False, False]
    assert standings(counted, with_evidence).tolist() == [
        Standing.GAP,
        Standing.GAP,
        Standing.UNDER_WAY,
        Standing.STRENGTH,
        Standing.TO_CONFIRM,  # no evidence
        Standing.TO_CONFIRM,  # not agreed
        Standing.GAP,
        Standing.NO_LEVEL,
    ]


@pytest.mark.parametrize("wrong", [[5], [-3], [2.5], [np.nan], ["2"]])
def test_an_answer_outside_the_scale_is_refused(wrong):
    with pytest.raises(ValueError, match="whole numbers"):
        lower_median(wrong)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shape"):
        counted_levels([1, 2], [1])
    with pytest.raises(ValueError, match="two dimensions"):
        provisional_levels([1, 2])
