"""Anchors that moved are found, and linking error is what leaving anchors out says."""

import numpy as np
import pytest

from trama_measure.linking import (
    SAEB,
    DriftLimits,
    TooFewAnchors,
    drift,
    jackknife,
    jackknife_variance,
    link,
    parameter_set,
    purify,
    shift_error,
)
from trama_measure.linking.constants import Link

from .test_constants import FORM_X, FORM_Y, KB36_ITEMS


def anchors(n=20, seed=4, noise=0.05):
    """The same items on two scales, Y = 1.2 X - 0.4, with a little noise."""
    generator = np.random.default_rng(seed)
    items = [f"i{row}" for row in range(n)]
    a, b = np.exp(generator.normal(0, 0.25, n)), generator.normal(0, 1, n)
    x = parameter_set(items, a, b, np.full(n, 0.2), scale_constant=1.0)
    noisy_a, noisy_b = a / 1.2 * np.exp(generator.normal(0, noise, n)), 1.2 * b - 0.4 + generator.normal(0, noise, n)
    return x, parameter_set(items, noisy_a, noisy_b, np.full(n, 0.2), scale_constant=1.0)


def with_moved(y, item, b=0.0, a=1.0):
    row = y.items.index(item)
    slopes, steps = y.a.copy(), y.b.copy()
    slopes[row] *= a
    steps[row] += b
    return parameter_set(y.items, slopes, steps, y.c, scale_constant=y.scale_constant)


def test_a_sound_set_of_anchors_loses_none():
    x, y = anchors()
    found = purify(x, y)
    assert found.dropped == ()
    assert found.steps[-1].reason == "no anchor has drifted"
    assert found.link.slope == pytest.approx(1.2, abs=0.05)


def test_moved_anchors_are_dropped_worst_first_and_every_step_is_told():
    x, y = anchors()
    moved = with_moved(with_moved(y, "i3", b=1.5), "i7", b=-0.8)
    before = link(x, moved)
    found = purify(x, moved)
    assert found.dropped == ("i3", "i7")
    assert [step.dropped for step in found.steps] == ["i3", "i7", None]
    assert "b +1." in found.steps[0].reason
    assert found.steps[0].link == before
    clean = link(x, y, anchors=[item for item in y.items if item not in {"i3", "i7"}])
    assert (found.link.slope, found.link.intercept) == pytest.approx((clean.slope, clean.intercept))
    assert len(found.link.anchors) == 18
    worst = found.steps[0].drift.table()
    assert worst["item"][0] == "i3"
    assert worst["drifted"][0]


def test_a_changed_slope_is_found_too():
    x, y = anchors()
    found = purify(x, with_moved(y, "i5", a=2.6))
    assert found.dropped == ("i5",)
    assert abs(found.steps[0].drift.z_slope[5]) > 2.7


def test_purification_stops_while_there_are_anchors():
    x, y = anchors(8, noise=0.6)
    found = purify(x, y, keep_at_least=6, limits=DriftLimits(rmsd=0.01))
    assert len(found.link.anchors) == 6
    assert found.steps[-1].reason.startswith("6 anchors are left, of which drifted: ")
    with pytest.raises(ValueError, match="keep_at_least: found 1"):
        purify(x, y, keep_at_least=1)


def test_robust_z_by_hand():
    """b of Y less b of X: 0 0 0.1 0.2 1: median 0.1, quartiles 0 and 0.2, unit 0.148."""
    items = list("pqrst")
    x = parameter_set(items, np.ones(5), np.linspace(-1, 1, 5), scale_constant=1.0)
    y = parameter_set(items, np.ones(5), np.linspace(-1, 1, 5) + np.array([0, 0, 0.1, 0.2, 1.0]), scale_constant=1.0)
    found = drift(x, y, Link(1.0, 0.0, anchors=tuple(items)))
    assert found.difficulty == pytest.approx([0, 0, 0.1, 0.2, 1.0])
    assert found.z_difficulty == pytest.approx(np.array([-0.1, -0.1, 0, 0.1, 0.9]) / 0.148)
    assert found.z_slope.tolist() == [0.0] * 5
    assert found.drifted.tolist() == [False, False, False, False, True]
    assert found.rmsd[0] == 0
    assert (found.rmsd >= found.area).all()


def test_item_27_of_kolen_and_brennan_is_the_one_their_book_looks_at():
    found = drift(FORM_X, FORM_Y, link(FORM_X, FORM_Y))
    assert KB36_ITEMS[int(np.argmin(found.slope))] == "27"  # a falls from 1.88 to 1.04


def test_the_jackknife_by_hand():
    """Rasch, mean-mean: B is a mean of differences, so its jackknife error is sd / sqrt(m)."""
    difference = np.array([0.1, -0.2, 0.4, 0.0, 0.3])
    items = list("pqrst")
    x = parameter_set(items, np.ones(5), np.arange(5.0), scale_constant=1.0, models="rasch")
    y = parameter_set(items, np.ones(5), np.arange(5.0) + difference, scale_constant=1.0, models="rasch")
    found = jackknife(x, y, "mean-mean", fixed_slope=True)
    expected = difference.std(ddof=1) / np.sqrt(5)
    assert found.link.intercept == pytest.approx(difference.mean())
    assert np.sqrt(found.covariance[1, 1]) == pytest.approx(expected)
    assert found.standard_error(np.array([-2.0, 0.0, 3.0])) == pytest.approx(np.full(3, expected))
    assert shift_error(x, y) == pytest.approx(expected)
    assert found.left_out == (("p",), ("q",), ("r",), ("s",), ("t",))


def test_the_error_of_a_mean_is_carried_exactly_and_that_of_a_share_by_recomputing():
    x, y = anchors(noise=0.15)
    found = jackknife(x, y)
    theta = np.random.default_rng(0).normal(size=4000)
    variance = found.variance(np.mean, theta)
    vector = np.array([theta.mean(), 1.0])
    assert variance == pytest.approx(vector @ found.covariance @ vector)
    share = found.variance(lambda scores: (scores >= 0.5).mean(), theta)
    by_hand = jackknife_variance(np.array([(one.abilities(theta) >= 0.5).mean() for one in found.without]))
    assert share == pytest.approx(by_hand)
    assert share > 0


def test_linking_error_on_the_saeb_scale_is_50_times_as_large():
    x, y = anchors()
    here, there = jackknife(x, y), jackknife(x, y.moved(50.0, 250.0, SAEB))
    theta = np.array([-1.0, 0.0, 1.0])
    assert there.standard_error(theta) == pytest.approx(50 * here.standard_error(theta), rel=1e-6)


def test_anchors_of_one_text_are_left_out_together():
    x, y = anchors(9)
    clusters = {item: f"text {row // 3}" for row, item in enumerate(x.items)}
    found = jackknife(x, y, clusters=clusters)
    assert found.left_out == (("i0", "i1", "i2"), ("i3", "i4", "i5"), ("i6", "i7", "i8"))
    assert len(found.without[0].anchors) == 6
    with pytest.raises(ValueError, match="no cluster for i8"):
        jackknife(x, y, clusters={item: "t" for item in x.items if item != "i8"})
    with pytest.raises(TooFewAnchors, match="found 2 clusters of anchors, expected at least 3"):
        jackknife(x, y, clusters={item: f"text {row % 2}" for row, item in enumerate(x.items)})


def test_the_jackknife_covers_what_other_anchors_would_have_said():
    """Anchors drawn anew 80 times from noisy ones: the SD of B over draws is about the mean jackknife error."""
    intercepts, errors = [], []
    for seed in range(80):
        x, y = anchors(15, seed=seed, noise=0.2)
        found = jackknife(x, y, "mean-sigma")
        intercepts.append(found.link.intercept)
        errors.append(np.sqrt(found.covariance[1, 1]))
    assert np.mean(errors) == pytest.approx(np.std(intercepts), rel=0.25)


def test_a_shift_needs_two_anchors():
    x, y = anchors(3)
    with pytest.raises(TooFewAnchors, match="found 1 common items"):
        shift_error(x, y, ["i0"])
