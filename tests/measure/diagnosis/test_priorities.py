"""The rule of priorities, by hand, by its promises, and against a plain recomputation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.diagnosis import (
    FACTORS,
    SCORED,
    Candidacy,
    CriterionFactors,
    PriorityWeights,
    Tie,
    allowed_weights,
    priority_scores,
    rank_priorities,
)

scores = st.integers(0, 5)
criteria = st.lists(
    st.tuples(st.integers(-2, 4), st.integers(1, 3), scores, scores, scores, scores, scores), min_size=1, max_size=12
)
some_weights = st.builds(
    PriorityWeights,
    gap=st.sampled_from(allowed_weights("gap")),
    **{name: st.sampled_from(allowed_weights(name)) for name in FACTORS if name != "gap"},
)


def factors_of(rows):
    return CriterionFactors.of(*np.array(rows).T)


def fifth_root(numerator, denominator):
    return 100 * (numerator / denominator) ** (1 / 5)


# level, importance, reach, governability, gravity, urgency, trend
ATTENDANCE = (1, 3, 3, 5, 5, 5, 5)  # 1 * 1 * 4/6 * 1 * 1 = 2/3
TRAINING = (2, 3, 5, 5, 3, 3, 3)  # 2/3 * 1 * 1 * 1 * 4/6 = 4/9
BUILDINGS = (1, 2, 5, 1, 5, 5, 5)  # 1 * 2/3 * 1 * 2/6 * 1 = 2/9
CAREER = (3, 3, 5, 5, 5, 5, 5)  # 1/3 * 1 * 1 * 1 * 1 = 1/3
MEALS = (4, 3, 5, 5, 5, 5, 5)  # exemplary
EXAMPLE = [MEALS, BUILDINGS, CAREER, TRAINING, ATTENDANCE]


def test_an_order_worked_by_hand():
    found = rank_priorities(factors_of(EXAMPLE))
    assert found.order.tolist() == [4, 3, 2, 1]
    assert found.position.tolist() == [0, 4, 3, 2, 1]
    expected = [math.nan, fifth_root(2, 9), fifth_root(1, 3), fifth_root(4, 9), fifth_root(2, 3)]
    assert found.score == pytest.approx(expected, nan_ok=True)
    assert found.score[1:] == pytest.approx([74.02, 80.27, 85.03, 92.21], abs=0.005)
    assert found.multipliers[4] == pytest.approx([1, 1, (2 / 3) ** 0.2, 1, 1])


def test_a_sum_would_not_tell_what_is_nearly_done_from_what_is_half_done():
    # the alternative that was not taken: training (2/3 + 1 + 1 + 1 + 2/3) / 5 = career (1/3 + 1 + 1 + 1 + 1) / 5
    assert pytest.approx((1 / 3 + 4) / 5) == (2 / 3 + 3 + 2 / 3) / 5
    found = rank_priorities(factors_of([CAREER, TRAINING]))
    assert found.order.tolist() == [1, 0]


def test_what_is_exemplary_or_has_no_level_is_no_candidate_and_says_why():
    found = rank_priorities(factors_of([(level, 3, 5, 5, 5, 5, 5) for level in (4, 0, -1, -2, 1)]))
    assert found.order.tolist() == [4]
    assert found.candidacy.tolist() == [
        Candidacy.EXEMPLARY,
        Candidacy.NO_LEVEL,
        Candidacy.NOT_APPLICABLE,
        Candidacy.NO_LEVEL,
        Candidacy.CANDIDATE,
    ]


def test_a_diagnosis_without_a_gap_has_no_priorities():
    found = rank_priorities(factors_of([MEALS, MEALS]))
    assert (found.order.size, found.tie.size, found.position.tolist()) == (0, 0, [0, 0])


def test_ties_say_what_decided_them():
    weights = PriorityWeights(importance=0, reach=0, governability=0, gut=0)
    rows = [
        (2, 1, 3, 3, 3, 3, 3),
        (2, 2, 3, 3, 3, 3, 3),
        (2, 2, 3, 3, 4, 3, 3),
        (1, 1, 1, 1, 1, 1, 1),
        (2, 1, 5, 5, 3, 3, 3),
    ]
    found = rank_priorities(factors_of(rows), weights)
    assert found.order.tolist() == [3, 2, 1, 0, 4]
    assert found.tie.tolist() == [Tie.NONE, Tie.NONE, Tie.GUT, Tie.IMPORTANCE, Tie.INSTRUMENT]
    # 1 * 2/3 and 2/3 * 1 are the same score: the larger gap goes first
    level_first = rank_priorities(factors_of([(2, 3, 3, 3, 3, 3, 3), (1, 2, 3, 3, 3, 3, 3)]))
    assert level_first.order.tolist() == [1, 0]
    assert level_first.tie.tolist() == [Tie.NONE, Tie.GAP]


def test_a_difference_in_the_last_digit_of_the_machine_is_a_tie():
    # reach and governability exchanged: the same product, but the second logarithm is 1e-16 larger as added up
    found = rank_priorities(factors_of([(1, 1, 2, 1, 2, 2, 2), (1, 1, 1, 2, 2, 2, 2)]))
    assert found.order.tolist() == [0, 1]
    assert found.tie.tolist() == [Tie.NONE, Tie.INSTRUMENT]


def test_a_missing_score_counts_as_the_middle_and_the_score_says_between_what_it_lies():
    # training without gravity: 2/3 * 1 * 1 * 1 * (x * 4/6 * 4/6) ** (1/3), x = 2/6, 4/6 or 6/6
    found = rank_priorities(factors_of([(2, 3, 5, 5, 0, 3, 3)]))
    for score, x in ((found.score_low, 2 / 6), (found.score, 4 / 6), (found.score_high, 1)):
        assert score[0] == pytest.approx(100 * (2 / 3 * (x * 4 / 9) ** (1 / 3)) ** (1 / 5))
    assert found.missing[0].tolist() == [name == "gravity" for name in SCORED]


def test_positions_that_missing_scores_leave_open():
    # training without gravity lies between 81.2 and 87.4: never before attendance (92.2), never behind career (80.3)
    found = rank_priorities(factors_of([ATTENDANCE, (2, 3, 5, 5, 0, 3, 3), CAREER, (1, 2, 0, 0, 5, 5, 5)]))
    assert found.first_possible.tolist()[:2] == [1, 2]
    assert found.last_possible.tolist()[:2] == [2, 3]
    # buildings without reach and governability, 2/3 * r * g: from 2/27 (last) to 2/3 (it may equal attendance)
    assert (found.first_possible[3], found.last_possible[3]) == (1, 4)


@given(criteria, some_weights)
def test_the_order_is_the_one_a_plain_product_gives(rows, weights):
    found = rank_priorities(factors_of(rows), weights)
    assert found.order.tolist() == [number for number, _ in plain_order(rows, weights)]
    for number, score in plain_order(rows, weights):
        assert found.score[number] == pytest.approx(score)


def plain_order(rows, weights):
    """Candidates and scores, one criterion at a time, without arrays."""
    w = [getattr(weights, name) for name in FACTORS]
    told = []
    for number, (level, importance, *given_scores) in enumerate(rows):
        if 1 <= level <= 3:
            reach, governability, gravity, urgency, trend = (((score or 3) + 1) / 6 for score in given_scores)
            gut = (gravity * urgency * trend) ** (1 / 3)
            u = [(4 - level) / 3, importance / 3, reach, governability, gut]
            score = 100 * math.prod(x ** (y / sum(w)) for x, y in zip(u, w, strict=True))
            told.append((-round(score, 7), level, -importance, -round(gut, 7), number, score))
    return [(number, score) for *_, number, score in sorted(told)]


@given(criteria, some_weights)
def test_multipliers_make_the_score_and_pulls_make_the_lead_over_the_mean(rows, weights):
    found = rank_priorities(factors_of(rows), weights)
    candidates = found.order
    assert 100 * found.multipliers[candidates].prod(axis=1) == pytest.approx(found.score[candidates])
    lead = np.log(found.score[candidates])
    if candidates.size:
        assert found.pull[candidates].sum(axis=1) == pytest.approx(lead - lead.mean(), abs=1e-8)
    assert (found.multipliers[candidates] <= 1).all()


@given(criteria, some_weights, st.data())
def test_a_worse_level_never_lowers_the_position(rows, weights, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    level = rows[number][0]
    if level not in (2, 3):
        return
    worse = [*rows]
    worse[number] = (level - 1, *rows[number][1:])
    before, after = (rank_priorities(factors_of(each), weights) for each in (rows, worse))
    assert after.position[number] <= before.position[number]


@given(criteria, some_weights, st.integers(1, 6), st.data())
def test_a_higher_factor_never_lowers_the_position(rows, weights, column, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    value = rows[number][column]
    if value in (0, 5) or (column == 1 and value == 3):
        return
    higher = [*rows]
    higher[number] = (*rows[number][:column], value + 1, *rows[number][column + 1 :])
    before, after = (rank_priorities(factors_of(each), weights) for each in (rows, higher))
    assert after.position[number] <= before.position[number]


@given(criteria, some_weights, st.sampled_from(["reach", "governability"]))
def test_a_weight_of_zero_takes_the_influence_away(rows, weights, name):
    weights = replace(weights, **{name: 0.0})
    factors = factors_of(rows)
    flat = replace(factors, **{name: np.ones_like(factors.reach)})
    one, other = (rank_priorities(each, weights) for each in (factors, flat))
    assert one.order.tolist() == other.order.tolist()
    assert one.score == pytest.approx(other.score, nan_ok=True)
    assert (one.multipliers[one.order, FACTORS.index(name)] == 1).all()


@given(criteria, some_weights, st.data())
def test_the_order_of_two_does_not_depend_on_a_third(rows, weights, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    whole = rank_priorities(factors_of(rows), weights).order.tolist()
    without = rank_priorities(factors_of([*rows[:number], (4, *rows[number][1:]), *rows[number + 1 :]]), weights)
    assert without.order.tolist() == [each for each in whole if each != number]


@given(criteria, some_weights)
def test_all_weights_times_the_same_is_the_same_rule(rows, weights):
    halves = {name: round(getattr(weights, name) / 2, 2) for name in FACTORS}
    if any(value not in allowed_weights(name) for name, value in halves.items()):
        return
    one, other = (rank_priorities(factors_of(rows), each) for each in (weights, PriorityWeights(**halves)))
    assert one.order.tolist() == other.order.tolist()
    assert one.score == pytest.approx(other.score, nan_ok=True)


@given(criteria, some_weights, st.data())
@settings(max_examples=200)
def test_whatever_the_missing_scores_turn_out_to_be_the_position_stays_in_its_bounds(rows, weights, data):
    complete = [(*row[:2], *(score or data.draw(st.integers(1, 5)) for score in row[2:])) for row in rows]
    before, after = (rank_priorities(factors_of(each), weights) for each in (rows, complete))
    candidates = before.order
    assert (after.position[candidates] >= before.first_possible[candidates]).all()
    assert (after.position[candidates] <= before.last_possible[candidates]).all()
    assert (after.score[candidates] >= before.score_low[candidates] - 1e-6).all()
    assert (after.score[candidates] <= before.score_high[candidates] + 1e-6).all()


def test_many_networks_are_scored_at_once():
    random = np.random.default_rng(5)
    levels, importance = random.integers(-2, 5, (300, 45)), random.integers(1, 4, (300, 45))
    given_scores = [random.integers(0, 6, (300, 45)) for _ in SCORED]
    together = priority_scores(CriterionFactors.of(levels, importance, *given_scores))
    alone = rank_priorities(CriterionFactors.of(levels[7], importance[7], *(each[7] for each in given_scores)))
    assert together[7] == pytest.approx(alone.score, nan_ok=True)


@pytest.mark.parametrize(
    "wrong", [{"gap": 0.4}, {"gap": 0.0}, {"reach": 2.1}, {"gut": -0.1}, {"importance": 0.55}, {"gut": math.nan}]
)
def test_a_weight_outside_its_bounds_or_between_its_steps_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PriorityWeights(**wrong)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ((5, 1, 1, 1, 1, 1, 1), "whole numbers"),
        ((1, 0.5, 1, 1, 1, 1, 1), "importance"),
        ((1, math.nan, 1, 1, 1, 1, 1), "importance"),
        ((1, 1, 6, 1, 1, 1, 1), "whole numbers"),
        ((1, 1, 1, 1, -1, 1, 1), "1 to 5"),
    ],
)
def test_a_factor_off_its_scale_is_refused(row, complaint):
    with pytest.raises(ValueError, match=complaint):
        CriterionFactors.of(*([value] for value in row))


def test_factors_that_do_not_fit_and_several_networks_are_refused():
    with pytest.raises(ValueError, match="one value per criterion"):
        CriterionFactors.of([1, 2], [1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="one network"):
        rank_priorities(CriterionFactors.of(*(np.ones((2, 3), dtype=int) for _ in range(7))))
