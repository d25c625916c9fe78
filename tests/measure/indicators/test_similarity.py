"""Similar networks: a distance that is symmetric, explains itself and does not reward missing values."""

import csv
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trama_measure.indicators.similarity import (
    DEFAULT_FEATURES,
    NORMAL_IQR,
    REGION,
    SIZE,
    WEALTH,
    Feature,
    Kind,
    build_space,
    contributions_to,
    nearest,
)

NUMBERS = (Feature("a", Kind.NUMBER, 1.0), Feature("b", Kind.NUMBER, 2.0), Feature("c", Kind.CATEGORY, 0.5))
tables = arrays(
    float,
    st.tuples(st.integers(2, 30), st.just(3)),
    elements=st.integers(-50, 50).map(float) | st.just(np.nan),
)


def squared_distances(space, row):
    return np.nansum(contributions_to(space, row)[0], axis=1)


def test_a_distance_worked_by_hand():
    # sizes 1, e, e^2, e^3, e^4: logarithms 0 to 4, median 2, quartiles 1 and 3, unit 2 / 1.349
    size = np.exp(np.arange(5.0))
    region = np.array([1, 1, 2, 2, 1.0])
    space = build_space(np.column_stack([size, region]), (SIZE, REGION))
    assert space.centre == pytest.approx([2, 0])
    assert space.scale == pytest.approx([2 / NORMAL_IQR, 1])
    found = nearest(space, 0, 4)
    one_step = (NORMAL_IQR / 2) ** 2 * 1.0 / 1.5
    other_region = 0.5 / 1.5
    assert found.index.tolist() == [1, 2, 3, 4]
    assert found.contributions == pytest.approx(
        np.array([[one_step, 0], [4 * one_step, other_region], [9 * one_step, other_region], [16 * one_step, 0]])
    )
    assert found.distance == pytest.approx(np.sqrt(found.contributions.sum(axis=1)))
    assert found.codes == ("size", "region")
    assert found.coverage.tolist() == [1, 1, 1, 1]


def test_one_giant_does_not_decide_what_far_means():
    ordinary = np.arange(1.0, 100.0)
    feature = (Feature("a", Kind.NUMBER, 1.0),)
    without = build_space(ordinary[:, np.newaxis], feature)
    with_giant = build_space(np.append(ordinary, 1e9)[:, np.newaxis], feature)
    assert with_giant.scale == pytest.approx(without.scale, rel=0.02)


def test_a_missing_feature_is_left_out_and_its_weight_goes_to_the_others():
    values = np.array([[1.0, 1.0], [2.0, np.nan], [3.0, 5.0], [4.0, 7.0], [5.0, 9.0]])
    features = (Feature("a", Kind.NUMBER, 3.0), Feature("b", Kind.NUMBER, 1.0))
    found = nearest(build_space(values, features), 0, 1)
    assert found.index.tolist() == [1]
    assert found.coverage.tolist() == [0.75]
    assert np.isnan(found.contributions[0, 1])
    assert found.distance[0] == pytest.approx(1 / (2 / NORMAL_IQR))  # weight 3 of 3: the whole of one step


def test_little_in_common_is_not_alike():
    values = np.array([[1.0, 1.0], [1.0, np.nan], [3.0, 5.0], [4.0, 7.0], [5.0, 9.0]])
    features = (Feature("a", Kind.NUMBER, 1.0), Feature("b", Kind.NUMBER, 3.0))
    space = build_space(values, features)
    assert 1 not in nearest(space, 0, 4).index
    assert nearest(space, 0, 4, minimum_coverage=0.2).index[0] == 1
    nothing_known = build_space(np.array([[1.0, 1.0], [np.nan, np.nan], [2.0, 3.0]]), features)
    assert nearest(nothing_known, 1, 2, minimum_coverage=0).index.size == 0


def test_a_feature_that_does_not_vary_never_counts_and_a_rare_one_still_does():
    rare = np.array([0.0] * 9 + [1.0])
    values = np.column_stack([np.full(10, 7.0), rare, np.arange(10.0)])
    features = tuple(Feature(code, Kind.NUMBER, 1.0) for code in "abc")
    space = build_space(values, features)
    assert np.isnan(space.scale[0])
    assert space.scale[1] == pytest.approx(rare.std())
    assert nearest(space, 8, 9, minimum_coverage=0.5).index[-1] in (0, 9)


def test_only_candidates_become_neighbours_and_never_the_network_itself():
    space = build_space(np.arange(6.0)[:, np.newaxis], NUMBERS[:1])
    assert nearest(space, 2, 10).index.tolist() == [1, 3, 0, 4, 5]  # equal distances in row order
    only = np.array([True, False, True, False, True, True])
    assert nearest(space, 2, 2, candidates=only).index.tolist() == [0, 4]


@pytest.mark.parametrize(
    ("values", "features"),
    [
        (np.ones((3, 2)), NUMBERS),
        (np.ones(3), NUMBERS[:1]),
        (np.ones((3, 0)), ()),
        (np.full((3, 1), np.inf), NUMBERS[:1]),
        (np.zeros((3, 1)), (SIZE,)),
        (np.ones((3, 2)), (SIZE, SIZE)),
        (np.ones((3, 1)), (Feature("a", Kind.NUMBER, 0.0),)),
        (np.ones((3, 1)), (Feature("a", Kind.NUMBER, math.nan),)),
    ],
)
def test_what_cannot_be_compared_is_refused(values, features):
    with pytest.raises(ValueError):
        build_space(values, features)


def test_a_question_that_makes_no_sense_is_refused():
    space = build_space(np.arange(6.0)[:, np.newaxis], NUMBERS[:1])
    with pytest.raises(ValueError):
        nearest(space, 0, 0)
    with pytest.raises(ValueError):
        nearest(space, 0, 1, candidates=np.ones(5, dtype=bool))
    with pytest.raises(IndexError):
        nearest(space, 6, 1)


@settings(deadline=None)
@given(tables, st.data())
def test_the_distance_is_symmetric_and_nothing_is_nearer_than_oneself(values, data):
    space = build_space(values, NUMBERS)
    one, other = (data.draw(st.integers(0, len(values) - 1)) for _ in range(2))
    there, back = contributions_to(space, one), contributions_to(space, other)
    assert there[0][other] == pytest.approx(back[0][one], nan_ok=True)
    assert there[1][other] == pytest.approx(back[1][one])
    assert squared_distances(space, one)[one] == 0
    assert (squared_distances(space, one) >= 0).all()


@settings(deadline=None)
@given(tables, st.integers(1, 10))
def test_contributions_add_up_to_the_squared_distance_and_the_nearest_come_first(values, k):
    found = nearest(build_space(values, NUMBERS), 0, k)
    assert np.nansum(found.contributions, axis=1) == pytest.approx(found.distance**2)
    assert found.distance.tolist() == sorted(found.distance)
    assert 0 not in found.index
    assert len(set(found.index)) == len(found.index) <= k


@settings(deadline=None)
@given(tables, st.randoms())
def test_the_order_of_the_networks_does_not_matter(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    here, there = build_space(values, NUMBERS), build_space(values[order], NUMBERS)
    assert squared_distances(here, order[0])[order] == pytest.approx(squared_distances(there, 0))


@settings(deadline=None)
@given(tables, st.permutations([0, 1, 2]))
def test_the_order_of_the_features_does_not_matter(values, order):
    here = build_space(values, NUMBERS)
    there = build_space(values[:, order], [NUMBERS[column] for column in order])
    assert squared_distances(here, 0) == pytest.approx(squared_distances(there, 0))


@settings(deadline=None)
@given(tables, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_of_measurement_does_not_matter(values, factor, shift):
    assume(np.nanstd(values[:, 0]) > 0 if not np.isnan(values[:, 0]).all() else False)
    moved = values.copy()
    moved[:, 0] = values[:, 0] * factor + shift
    here, there = build_space(values, NUMBERS), build_space(moved, NUMBERS)
    assert squared_distances(here, 0) == pytest.approx(squared_distances(there, 0), rel=1e-6, abs=1e-9)


@pytest.mark.shared_data
def test_real_municipalities_resemble_places_of_their_size_and_wealth(shared_data):
    with (shared_data / "populacao" / "pib_populacao_2022.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = np.array([int(row["id_municipio"]) for row in rows])
    population, gdp = (np.array([float(row[name]) for row in rows]) for name in ("populacao", "pib"))
    table = np.column_stack([population, gdp / population, codes // 1_000_000])
    space = build_space(table, (SIZE, WEALTH, REGION))
    assert len(rows) == 5570
    recife = int(np.flatnonzero(codes == 2611606)[0])
    found = nearest(space, recife, 5)
    assert population[found.index].min() > 400_000  # capitals and big cities, not villages
    assert (codes[found.index] // 1_000_000 == 2).sum() >= 3  # mostly of the Northeast


def test_the_default_features_have_distinct_codes_and_known_kinds():
    rng = np.random.default_rng(7)
    values = np.abs(rng.normal(size=(40, len(DEFAULT_FEATURES)))) + 0.1
    values[:, 2] = rng.integers(1, 6, 40)
    found = nearest(build_space(values), 0, 3)
    assert found.codes[:3] == ("size", "gdp_per_capita", "region")
    assert found.contributions.shape == (3, len(DEFAULT_FEATURES))
