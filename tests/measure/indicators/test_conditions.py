"""Three-valued conditions: the whole truth tables, and unknown that is never "no"."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.indicators.conditions import Operator, Truth, all_of, any_of, compare, negate, tally

NO, YES, UNKNOWN = Truth.NOT_MET, Truth.MET, Truth.UNKNOWN
ALL = {
    (NO, NO): NO, (NO, YES): NO, (NO, UNKNOWN): NO,
    (YES, NO): NO, (YES, YES): YES, (YES, UNKNOWN): UNKNOWN,
    (UNKNOWN, NO): NO, (UNKNOWN, YES): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip
ANY = {
    (NO, NO): NO, (NO, YES): YES, (NO, UNKNOWN): UNKNOWN,
    (YES, NO): YES, (YES, YES): YES, (YES, UNKNOWN): YES,
    (UNKNOWN, NO): UNKNOWN, (UNKNOWN, YES): YES, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip
truths = st.sampled_from(list(Truth))


def column(*values):
    return np.array(values, dtype=np.uint8)


@pytest.mark.parametrize(("combine", "table"), [(all_of, ALL), (any_of, ANY)])
def test_all_and_any_follow_kleenes_tables_in_one_sweep(combine, table):
    first, second = zip(*table, strict=True)
    assert combine([column(*first), column(*second)]).tolist() == list(table.values())


def test_negation_keeps_unknown():
    assert negate(column(NO, YES, UNKNOWN)).tolist() == [YES, NO, UNKNOWN]


@pytest.mark.parametrize(
    ("operator", "below", "same", "above"),
    [
        (Operator.LESS, YES, NO, NO),
        (Operator.AT_MOST, YES, YES, NO),
        (Operator.GREATER, NO, NO, YES),
        (Operator.AT_LEAST, NO, YES, YES),
        (Operator.EQUAL, NO, YES, NO),
        (Operator.DIFFERENT, YES, NO, YES),
    ],
)
def test_each_operator_below_at_and_above_the_threshold_and_without_a_value(operator, below, same, above):
    values = np.array([4.5, 4.6, 4.7, np.nan])
    assert compare(values, operator, 4.6).tolist() == [below, same, above, UNKNOWN]
    assert compare(values, operator.value, 4.6).tolist() == [below, same, above, UNKNOWN]
    assert compare(values, operator, math.nan).tolist() == [UNKNOWN] * 4


def test_each_network_may_have_its_own_threshold():
    means = np.array([5.0, np.nan, 4.0])
    assert compare(np.array([4.6, 4.6, 4.6]), "lt", means).tolist() == [YES, UNKNOWN, NO]


def test_a_rule_of_the_field_keeps_the_network_without_an_ideb_open():
    population = np.array([81_234, 600_000, 20_000, 81_234.0])
    ideb = np.array([4.6, 4.6, np.nan, 5.9])
    rule = all_of([compare(population, "le", 550_000), any_of([compare(ideb, "lt", 5.2), compare(ideb, "lt", 5.0)])])
    assert rule.tolist() == [YES, NO, UNKNOWN, NO]
    assert tally(rule) == {NO: 2, YES: 1, UNKNOWN: 1}


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_what_is_no_condition_is_refused(combine):
    for wrong in ([], [column(3)], [np.array([True])], [column(1), column(1, 1)], [np.array([np.nan])]):
        with pytest.raises(ValueError):
            combine(wrong)
    with pytest.raises(ValueError):
        compare(np.ones(3), "between", 1.0)
    with pytest.raises(ValueError):
        compare(np.ones(3), "lt", np.ones(2))


@settings(deadline=None)
@given(st.lists(truths, min_size=1, max_size=6))
def test_an_answer_is_certain_exactly_when_no_filling_of_the_unknowns_changes_it(values):
    """Unknown may be anything later: met and not met must hold however it turns out.

    The other way round holds too, as no condition is repeated or negated here.
    """
    options = [(NO, YES) if value is UNKNOWN else (value,) for value in values]
    fillings = list(itertools.product(*options))
    for combine, plain in ((all_of, all), (any_of, any)):
        outcomes = {plain(filling) for filling in fillings}
        expected = UNKNOWN if len(outcomes) == 2 else Truth(outcomes.pop())
        assert combine([column(value) for value in values]).tolist() == [expected]


@settings(deadline=None)
@given(st.lists(st.tuples(truths, truths), min_size=1, max_size=20))
def test_all_of_and_any_of_are_each_others_mirror(pairs):
    first, second = (column(*side) for side in zip(*pairs, strict=True))
    mirrored = negate(all_of([negate(first), negate(second)]))
    assert any_of([first, second]).tolist() == mirrored.tolist()
    assert any_of([first, second]).tolist() == any_of([second, first]).tolist()
