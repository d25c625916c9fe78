"""What would change a position: it does when applied, nothing smaller does, and a plain search finds the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.diagnosis import FACTORS, SCORED, Change, allowed_weights, rank_priorities, what_would_change

from .test_priorities import (
    ATTENDANCE,
    BUILDINGS,
    CAREER,
    TRAINING,
    PriorityWeights,
    factors_of,
    plain_order,
    some_weights,
)

COLUMNS = ("levels", "importance", *SCORED)
tops = st.integers(3, 5)
scores = st.integers(0, 5)
criteria = st.lists(
    st.tuples(st.sampled_from([1, 1, 2, 2, 3, 3, 4, 0]), st.integers(1, 3), scores, scores, scores, scores, scores),
    min_size=1,
    max_size=9,
)


def test_what_would_change_worked_by_hand():
    # products: attendance 2/3, training 4/9, career 1/3, buildings 2/9; three are chosen, so buildings is out
    found = what_would_change(factors_of([ATTENDANCE, TRAINING, BUILDINGS, CAREER]), top=3)
    assert [(each.criterion, each.position, each.chosen) for each in found] == [
        (0, 1, True),
        (1, 2, True),
        (3, 3, True),
        (2, 4, False),
    ]
    buildings = found[3]
    # governability 2: 1 * 2/3 * 1 * 3/6 * 1 = 1/3, the score of career, and the larger gap goes first
    assert buildings.crossing.factors == (Change("governability", 1, 2, 1),)
    # gap: career loses (1/3) ** w; (1/3) ** w < 2/9 from w = ln(2/9) / ln(1/3) = 1.369 on: 1.4
    # governability: 2/3 * (1/3) ** w > 1/3 up to w = 1 - ln(2/3) / ln(1/3) = 0.631: 0.6
    # importance: (2/3) ** w * 1/3 equals 1/3 only at 0, where again the larger gap goes first
    assert buildings.crossing.weights == (
        Change("gap", 1.0, 1.4, 4),
        Change("governability", 1.0, 0.6, 4),
        Change("importance", 1.0, 0.0, 10),
    )
    assert buildings.pass_the_one_before == buildings.crossing
    assert buildings.fall_behind_the_next is None
    assert found[0].pass_the_one_before is None
    # career at basic: 2/3 against training's 4/9; being adequate it leaves the list at exemplary
    career = found[2]
    assert career.pass_the_one_before.factors[0] == Change("levels", 3, 2, 1)
    assert career.crossing.factors[0] == Change("levels", 3, 4, 1)


def test_a_missing_score_is_tried_from_the_middle_and_said_to_be_missing():
    # both at 2/3 * 1 * 4/6 * 1 * 4/6 = 8/27, the one scored and the other not: as they stand in the instrument
    found = what_would_change(factors_of([(2, 3, 3, 5, 3, 3, 3), (2, 3, 0, 5, 3, 3, 3)]))
    assert [each.criterion for each in found] == [0, 1]
    assert Change("reach", None, 4, 1) in found[1].pass_the_one_before.factors
    assert Change("reach", 3, 2, 1) in found[0].fall_behind_the_next.factors


def test_what_stands_alone_has_no_neighbours_and_leaves_only_by_becoming_exemplary():
    (found,) = what_would_change(factors_of([TRAINING]))
    assert found.pass_the_one_before is None
    assert found.fall_behind_the_next is None
    assert found.crossing.factors == (Change("levels", 2, 4, 2),)
    assert found.crossing.weights == ()


def place_after(rows, weights, criterion, change, factor):
    """The position of the criterion once one of its factors, or a weight, has been changed."""
    rows = [list(row) for row in rows]
    if factor:
        rows[criterion][COLUMNS.index(change.name)] = int(change.after)
    else:
        weights = replace(weights, **{change.name: change.after})
    return int(rank_priorities(factors_of(rows), weights).position[criterion])


def smaller_than(change, factor):
    """The same factor or weight, moved by fewer steps, either way."""
    values, unit = (range(1, 5 if change.name == "levels" else 6), 1) if factor else (allowed_weights(change.name), 0.1)
    for value in values:
        if 0 < round(abs(value - (3 if change.before is None else change.before)) / unit) < change.steps:
            yield replace(change, after=value)


@given(criteria, some_weights, tops)
@settings(max_examples=60, deadline=None)
def test_what_is_named_really_changes_it_and_a_smaller_change_does_not(rows, weights, top):
    order = rank_priorities(factors_of(rows), weights).order.tolist()
    found = what_would_change(factors_of(rows), weights, top)
    assert [each.criterion for each in found] == order
    for each in found:
        named = [(change, True) for change in each.crossing.factors] + [(c, False) for c in each.crossing.weights]
        for change, factor in named:
            assert (0 < place_after(rows, weights, each.criterion, change, factor) <= top) != each.chosen
            for smaller in smaller_than(change, factor):
                assert (0 < place_after(rows, weights, each.criterion, smaller, factor) <= top) == each.chosen


@given(criteria, some_weights, tops)
@settings(max_examples=40, deadline=None)
def test_a_plain_search_over_every_change_finds_the_same(rows, weights, top):
    order = [number for number, _ in plain_order(rows, weights)]
    for place, each in enumerate(what_would_change(factors_of(rows), weights, top)):
        me = each.criterion
        questions = {"crossing": lambda after, me=me, was=each.chosen: (me in after[:top]) != was}
        if place:
            questions["pass_the_one_before"] = lambda after, me=me, o=order[place - 1]: ahead(after, me, o)
        if place + 1 < len(order):
            questions["fall_behind_the_next"] = lambda after, me=me, o=order[place + 1]: ahead(after, o, me)
        for name, does_it in questions.items():
            moves = getattr(each, name)
            assert steps_by_name(moves.factors) == plain_factor_steps(rows, weights, me, does_it)
            assert steps_by_name(moves.weights) == plain_weight_steps(rows, weights, does_it)


def ahead(order, one, other):
    return one in order and (other not in order or order.index(one) < order.index(other))


def steps_by_name(changes):
    assert [change.steps for change in changes] == sorted(change.steps for change in changes)
    return {change.name: change.steps for change in changes}


def plain_factor_steps(rows, weights, me, does_it):
    found = {}
    for column, name in enumerate(COLUMNS):
        if name == "importance":
            continue
        current = rows[me][column] or 3
        for value in range(1, 5 if name == "levels" else 6):
            changed = [*rows]
            changed[me] = (*rows[me][:column], value, *rows[me][column + 1 :])
            after = [number for number, _ in plain_order(changed, weights)]
            if value != current and does_it(after):
                found[name] = min(found.get(name, 99), abs(value - current))
    return found


def plain_weight_steps(rows, weights, does_it):
    found = {}
    for name in FACTORS:
        for tenths in range(5 if name == "gap" else 0, 21):
            steps = abs(tenths - round(10 * getattr(weights, name)))
            after = [number for number, _ in plain_order(rows, replace(weights, **{name: tenths / 10}))]
            if steps and does_it(after):
                found[name] = min(found.get(name, 99), steps)
    return found


def test_a_team_chooses_three_to_five_of_one_network():
    for top in (2, 6):
        with pytest.raises(ValueError, match="3 to 5"):
            what_would_change(factors_of([TRAINING]), top=top)
    with pytest.raises(ValueError, match="one network"):
        what_would_change(replace(factors_of([TRAINING]), levels=np.ones((1, 1), dtype=np.int8)), PriorityWeights())
