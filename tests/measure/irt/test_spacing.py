"""A grid too coarse for sharp posteriors is told, and it is told where it matters: 49 points against 121."""

import numpy as np
import pytest

from trama_measure.irt import ArrayPartition, ItemResponseModel, Quadrature, published_parameters

from .worlds import drawn, two_parameter_items

FINE = Quadrature(121)


def sharp_test(items, slope, students=1500):
    """Answers to a test that leaves little doubt: this many items, this slope, difficulties from -1.5 to 1.5."""
    known = published_parameters(np.full(items, slope), np.linspace(-1.5, 1.5, items), scale_constant=1.0, models="2pl")
    return drawn(known, np.random.default_rng(1).normal(size=students), seed=2)


def furthest(one, other):
    """The largest difference of a and b, in standard errors."""
    away = [(one.items[name] - other.items[name]).abs() / other.items[f"se_{name}"] for name in "ab"]
    return max(column.max() for column in away)


def spoken_of(calibration):
    return [warning for warning in calibration.warnings if warning.startswith("grid: points")]


@pytest.mark.parametrize(("items", "slope", "warned"), [(20, 2.0, False), (40, 2.0, False), (60, 3.0, True)])
def test_49_points_are_warned_of_exactly_where_121_give_something_else(items, slope, warned):
    answers = sharp_test(items, slope)
    usual = ItemResponseModel(tolerance=1e-5).fit(answers)
    fine = ItemResponseModel(quadrature=FINE, tolerance=1e-5).fit(answers)
    assert usual.state.groups.nodes.size == 49
    assert bool(spoken_of(usual)) == warned
    assert not spoken_of(fine)
    assert (furthest(usual, fine) > 0.01) == warned
    assert furthest(usual, fine) < 1e-3 or warned


def test_the_warning_says_how_far_the_points_are_how_sharp_the_posteriors_and_what_to_take():
    (said,) = spoken_of(ItemResponseModel(errors="none").fit(sharp_test(60, 3.0)))
    assert "0.25 apart" in said
    assert "0.12" in said
    assert "Quadrature(points=97)" in said


def test_a_grid_so_coarse_that_posteriors_fall_on_one_point_is_told_too():
    sharp = sharp_test(60, 3.0, students=400)
    assert spoken_of(ItemResponseModel(quadrature=Quadrature(13), errors="none", max_passes=40).fit(sharp))


@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_partitions_and_engines_tell_the_same(engine):
    answers = sharp_test(60, 3.0, students=600)
    whole = ItemResponseModel(errors="none", engine=engine).fit(answers)
    assert spoken_of(whole)
    parts = [ArrayPartition(answers[:250]), ArrayPartition(answers[250:])]
    assert spoken_of(ItemResponseModel(errors="none", engine=engine, memory_limit=0).fit(parts)) == spoken_of(whole)


def test_an_ordinary_test_is_not_warned_of():
    answers = drawn(two_parameter_items(30), np.random.default_rng(3).normal(size=2000), seed=4)
    assert not spoken_of(ItemResponseModel(errors="none").fit(answers))
