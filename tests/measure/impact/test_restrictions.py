"""Sign, shape and smoothness restrictions: the projection against linear programmes, sets against another program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from trama_measure.impact.notices import ImpactError
from trama_measure.impact.restrictions import Bound, Shape, post_edges
from trama_measure.impact.sensitivity import (
    EventStudy,
    MomentTest,
    relative_magnitudes,
    relative_smoothness,
    smoothness,
    smoothness_set,
)

from .test_sensitivity import COVARIANCE, FIRST, STUDY

SETS = {Bound.CHANGES: relative_magnitudes, Bound.SLOPES: smoothness_set, Bound.RELATIVE_SLOPES: relative_smoothness}


def by_programme(contrast, bound, shape, slope, size):
    """Smallest and largest target by linear programme in the levels of δ after the start; NaN if there is no path."""
    p = len(contrast)
    first = np.eye(p) - np.eye(p, k=-1)
    rows, before = [first], np.zeros(p)  # changes; the level before the first is 0
    if bound is not Bound.CHANGES:
        rows, before = [first - np.eye(p, k=-1) @ first], np.append(slope, np.zeros(p - 1))
    upper = np.vstack([rows[0], -rows[0]])
    limits = np.concatenate([size + before, size - before])
    if shape is Shape.POSITIVE:
        upper, limits = np.vstack([upper, -np.eye(p)]), np.append(limits, np.zeros(p))
    if shape is Shape.INCREASING:
        upper, limits = np.vstack([upper, -first]), np.append(limits, np.zeros(p))
    ends = [linprog(way * contrast, upper, limits, bounds=(None, None)) for way in (1, -1)]
    return tuple(way * each.fun if each.success else np.nan for way, each in zip((1, -1), ends, strict=True))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.floats(-1, 1).map(lambda x: round(x, 2)), min_size=1, max_size=6).filter(any),
    st.sampled_from([Bound.CHANGES, Bound.SLOPES]),
    st.sampled_from([Shape.ANY, Shape.POSITIVE, Shape.INCREASING]),
    st.floats(-3, 12),
    st.floats(0.05, 3),
)
def test_what_follows_the_start_is_projected_out_exactly(contrast, bound, shape, slope, size):
    found = post_edges(tuple(contrast), bound, shape).between(slope, size)
    assert found == pytest.approx(
        by_programme(np.array(contrast), bound, shape, slope, size), abs=1e-6 * (1 + abs(slope)) * 20, nan_ok=True
    )


def test_without_room_only_the_straight_line_is_left():
    edges = post_edges((0.25,) * 4, Bound.SLOPES, Shape.ANY)
    assert edges.between(0.3, 0.0) == pytest.approx((0.75, 0.75))
    assert np.isnan(post_edges((1.0,), Bound.SLOPES, Shape.POSITIVE).between(-0.1, 0.05)).all()


# moderndid 0.2.0, C-LF with post-period moments, 151 points from 0 to 0.45 (steps of 0.003), first period after
@pytest.mark.parametrize(
    ("bound", "violation", "shape", "low", "high"),
    [
        (Bound.CHANGES, 1.0, Shape.ANY, 0.069, 0.318),
        (Bound.CHANGES, 0.5, Shape.POSITIVE, 0.117, 0.249),
        (Bound.CHANGES, 0.5, Shape.NEGATIVE, 0.144, 0.273),
        (Bound.SLOPES, 0.1, Shape.ANY, 0.120, 0.417),
        (Bound.SLOPES, 0.1, Shape.POSITIVE, 0.120, 0.231),
        (Bound.SLOPES, 0.02, Shape.NEGATIVE, 0.195, 0.342),
        (Bound.SLOPES, 0.02, Shape.DECREASING, 0.195, 0.342),
        (Bound.SLOPES, 0.1, Shape.DECREASING, 0.165, 0.417),
        (Bound.RELATIVE_SLOPES, 0.5, Shape.ANY, 0.150, 0.411),
    ],
)
def test_the_hybrid_sets_are_those_of_another_program(bound, violation, shape, low, high):
    """That program prints points of its grid; our ends lie within a step outside, or nearer than one."""
    found = SETS[bound](STUDY, violation, FIRST, shape=shape)
    assert found.low == pytest.approx(low, abs=0.003)
    assert found.high == pytest.approx(high, abs=0.003)


@pytest.mark.parametrize("bound", SETS)
@pytest.mark.parametrize(("shape", "turned"), [("positive", "negative"), ("increasing", "decreasing")])
def test_shapes_are_each_other_with_the_sign_turned(bound, shape, turned):
    mirrored = EventStudy(-STUDY.before, -STUDY.after, COVARIANCE)
    one, other = SETS[bound](STUDY, 0.3, shape=Shape(shape)), SETS[bound](mirrored, 0.3, shape=Shape(turned))
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), nan_ok=True)


@pytest.mark.parametrize("bound", SETS)
def test_a_known_sign_cuts_one_side_of_what_remains_open(bound):
    rising = EventStudy(np.array([-0.3, -0.2, -0.12]), STUDY.after, COVARIANCE[1:, 1:])
    free = SETS[bound](rising, 0.2)
    for shape in (Shape.POSITIVE, Shape.INCREASING):
        found = SETS[bound](rising, 0.2, shape=shape)
        assert free.identified_low <= found.identified_low + 1e-9
        assert found.identified_high <= free.identified_high + 1e-9
        assert found.identified_high <= STUDY.after.mean() + 1e-9  # trends only added
    assert free.low <= free.identified_low <= free.identified_high <= free.high


@pytest.mark.parametrize("bound", SETS)
@pytest.mark.parametrize("shape", [Shape.ANY, Shape.POSITIVE, Shape.INCREASING])
def test_the_sets_cover_where_the_restriction_holds_at_its_edge(bound, shape):
    """Trends rise, and after the start as much more as the bound allows: the hardest of what is true."""
    rng = np.random.default_rng(3)
    covariance = 0.02 * (0.5 * np.eye(6) + 0.5)
    if bound is Bound.CHANGES:
        trend, violation = np.array([-0.9, -0.6, -0.3, 0.3, 0.6, 0.9]), 1.0
    else:  # slopes 0.2, 0.3, 0.3 before; then 0.4, 0.5, 0.6
        trend = np.array([-0.8, -0.6, -0.3, 0.4, 0.9, 1.5])
        violation = 0.1 if bound is Bound.SLOPES else 1.0
    inside = 0
    for draw in rng.multivariate_normal(trend + np.array([0, 0, 0, 1, 1, 1]), covariance, 120):
        found = SETS[bound](EventStudy(draw[:3], draw[3:], covariance), violation, shape=shape)
        inside += found.low <= 1.0 <= found.high
    assert inside / 120 >= 0.95 - 2.6 * np.sqrt(0.95 * 0.05 / 120)


def test_a_true_restriction_too_tight_is_seen_to_be_too_tight():
    """The control: with half of the bound that holds, coverage is lost."""
    rng = np.random.default_rng(32)
    covariance = 0.002 * (0.5 * np.eye(6) + 0.5)
    trend = np.array([-0.8, -0.6, -0.3, 0.4, 0.9, 1.5])
    inside = 0
    for draw in rng.multivariate_normal(trend + np.array([0, 0, 0, 1, 1, 1]), covariance, 60):
        found = smoothness_set(EventStudy(draw[:3], draw[3:], covariance), 0.02)
        inside += found.low <= 1.0 <= found.high
    assert inside / 60 < 0.7


def test_an_empty_set_says_that_the_estimates_contradict_the_restriction():
    falling = EventStudy(np.array([1.2, 0.6]), np.array([0.5]), np.eye(3) * 1e-4)  # slope -0.6, allowed to turn by 0.1
    found = smoothness_set(falling, 0.1, shape=Shape.POSITIVE)
    assert np.isnan([found.low, found.high, found.identified_low]).all()
    assert not found.excludes_zero


def test_the_shortest_interval_stays_the_choice_without_a_shape():
    for violation in (0.0, 0.05, 0.2):
        shortest, free = smoothness(STUDY, violation), smoothness_set(STUDY, violation)
        assert shortest.high - shortest.low < free.high - free.low


def test_one_estimate_before_the_reference_gives_a_slope_but_no_change_of_it():
    short = EventStudy(np.array([-0.1]), np.array([0.5, 0.7]), np.eye(3) * 0.01)
    found = smoothness_set(short, 0.05, test=MomentTest.CONDITIONAL)
    assert found.low < found.identified_low < found.identified_high < found.high
    with pytest.raises(ImpactError, match="two estimates before"):
        relative_smoothness(short, 1.0)
    with pytest.raises(ImpactError, match="0 or more"):
        smoothness_set(short, -0.1)
