"""How far people are apart, by hand and by what the number means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.diagnosis import Agreement, order_of_discussion, respondent_divergence

people = st.lists(st.integers(1, 4), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("answers", "spread", "dispersion", "agreement"),
    [
        ([3, 3, 3], 0, 0, Agreement.AGREE),
        # F = 0, 2/3, 1: d = 0, 1/3, 0; two thirds of 1/3
        ([2, 2, 3], 1, 2 / 9, Agreement.ONE_LEVEL),
        # F = 1/4, 1/4, 1/4: d = 1/4 three times; two thirds of 3/4
        ([1, 4, 4, 4], 3, 1 / 2, Agreement.TWO_OR_MORE),
        # F = 1/2 three times: the largest there is
        ([1, 1, 4, 4], 3, 1, Agreement.TWO_OR_MORE),
        # one of each: F = 1/4, 1/2, 3/4: d = 1/4, 1/2, 1/4
        ([1, 2, 3, 4], 3, 2 / 3, Agreement.TWO_OR_MORE),
        ([1, 3], 2, 2 / 3, Agreement.TWO_OR_MORE),
    ],
)
def test_divergence_worked_by_hand(answers, spread, dispersion, agreement):
    apart = respondent_divergence(answers)
    assert (apart.n, apart.spread, apart.agreement) == (len(answers), spread, agreement)
    assert apart.dispersion == pytest.approx(dispersion)


def test_one_person_differs_from_nobody():
    apart = respondent_divergence([[0, 2], [-2, 0]])
    assert apart.agreement.tolist() == [Agreement.TOO_FEW, Agreement.TOO_FEW]
    assert np.isnan(apart.dispersion).all()
    assert apart.spread.tolist() == [0, 0]


@given(people)
def test_dispersion_is_two_thirds_of_the_mean_distance_from_the_median(answers):
    distance = np.abs(np.array(answers) - np.median(answers)).mean()
    assert respondent_divergence(answers).dispersion == pytest.approx(2 / 3 * distance)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=12))
def test_gut_scores_are_measured_on_five_steps(scores):
    distance = np.abs(np.array(scores) - np.median(scores)).mean()
    assert respondent_divergence(scores, steps=5).dispersion == pytest.approx(2 / 4 * distance)


@given(people, st.randoms())
def test_neither_the_order_of_people_nor_turning_the_scale_around_matters(answers, random):
    shuffled = random.sample(answers, len(answers))
    turned = [5 - answer for answer in answers]
    one, other, third = (respondent_divergence(column) for column in (answers, shuffled, turned))
    assert one.spread == other.spread == third.spread
    assert one.dispersion == pytest.approx(float(other.dispersion)) == pytest.approx(float(third.dispersion))


def test_a_team_first_talks_about_whether_a_criterion_applies_then_about_the_largest_dispersion():
    answers = np.array([[3, 1, 2, 0, 2, 1], [3, 4, 3, 2, -1, 4]])
    apart = respondent_divergence(answers)
    assert apart.applies_disputed.tolist() == [False, False, False, False, True, False]
    assert order_of_discussion(apart).tolist() == [4, 1, 5, 2, 0, 3]


def test_where_nobody_gave_a_level_nobody_disputes_that_the_criterion_applies():
    assert respondent_divergence([[-1, -1], [0, 3]]).applies_disputed.tolist() == [False, True]


def test_a_scale_of_one_step_and_an_order_over_many_rounds_are_refused():
    with pytest.raises(ValueError, match="two steps"):
        respondent_divergence([1, 1], steps=1)
    with pytest.raises(ValueError, match="one round"):
        order_of_discussion(respondent_divergence(np.ones((2, 3, 4), dtype=int)))
