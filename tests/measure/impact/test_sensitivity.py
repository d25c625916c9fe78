"""Sensitivity: against R's HonestDiD, against brute force, and coverage where trends really differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from trama_measure.impact.aggregate import aggregate
from trama_measure.impact.did import Base, Settings, group_time_effects
from trama_measure.impact.flci import folded_quantile, shortest_interval
from trama_measure.impact.moments import rejected
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.sensitivity import (
    EventStudy,
    MomentTest,
    breakdown,
    relative_magnitudes,
    sensitivity_table,
    smoothness,
)
from trama_measure.impact.simulate import World, invented_panel

# Benzarti and Carloni (2019), event study 2004-2012 with reference 2008, as distributed with R HonestDiD
PUBLISHED = """
 0.006696351804  0.02934503369  -0.006472972222 0.0730149895    0.1959611177    0.3120639026    0.2395415455    0.1260425001
 0.0008428358124 0.0004768686777 0.0002618051076 0.0002354220342 0.0001676371467 0.0001128707663 0.00001992816215 -0.0001368265366
 0.0004768686777 0.0006425420288 0.0003987425007 0.0002435515198 0.0002201960306 0.0001804591157 0.0000384376508 -0.00002960421989
 0.0002618051076 0.0003987425007 0.0005229949602 0.000211768609  0.0001840722252 0.000145852784  0.00007005197403 0.00005952994979
 0.0002354220342 0.0002435515198 0.000211768609  0.0003089595411 0.0001197866077 0.0001334081317 0.0001016335009 0.0001079051726
 0.0001676371467 0.0002201960306 0.0001840722252 0.0001197866077 0.000359970436  0.0002478818642 0.0001749579242 0.0001654256921
 0.0001128707663 0.0001804591157 0.000145852784  0.0001334081317 0.0002478818642 0.0004263949813 0.0002171437809 0.0002892747871
 0.00001992816215 0.0000384376508 0.00007005197403 0.0001016335009 0.0001749579242 0.0002171437809 0.0004886697861 0.0003805322049
 -0.0001368265366 -0.00002960421989 0.00005952994979 0.0001079051726 0.0001654256921 0.0002892747871 0.0003805322049 0.000761739444
"""  # noqa: E501
ESTIMATES, *ROWS = [np.array(line.split(), dtype=float) for line in PUBLISHED.strip().splitlines()]
COVARIANCE = np.array(ROWS)
STUDY = EventStudy(ESTIMATES[:4], ESTIMATES[4:], COVARIANCE)
FIRST = np.array([1.0, 0, 0, 0])


@pytest.mark.parametrize(
    ("violation", "low", "high"),
    [(0.0, 0.131411316, 0.2161696482), (0.1, 0.1194440001, 0.4185082143), (0.2, 0.01944400015, 0.5185082143)],
)
def test_the_fixed_length_interval_is_that_of_honestdid(violation, low, high):
    """HonestDiD searches coarsely and simulates the quantile: agreement to 1e-4, and at M = 0 ours is not longer."""
    found = smoothness(STUDY, violation, FIRST)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    if violation == 0:
        assert found.high - found.low <= high - low


def test_the_conditional_set_lies_where_the_grid_of_honestdid_says():
    """HonestDiD prints the outermost accepted points of a grid of 200; the exact ends lie within a step outside."""
    step = 40 * np.sqrt(COVARIANCE[4, 4]) / 199
    low, high = 0.07055244362, 0.3184394077
    found = relative_magnitudes(STUDY, 1.0, FIRST, test=MomentTest.CONDITIONAL)
    assert low - step < found.low <= low + 1e-8
    assert high - 1e-8 <= found.high < high + step
    hybrid = relative_magnitudes(STUDY, 1.0, FIRST)
    assert hybrid.low == pytest.approx(low, abs=1.5 * step)
    assert hybrid.high == pytest.approx(high, abs=1.5 * step)


def test_without_violation_only_the_interval_of_the_estimate_is_left():
    found = relative_magnitudes(STUDY, 0.0, FIRST, test=MomentTest.CONDITIONAL)
    assert found.identified_low == found.identified_high == pytest.approx(ESTIMATES[4])
    usual = norm.ppf(0.975) * np.sqrt(COVARIANCE[4, 4])
    assert found.low < ESTIMATES[4] - 0.9 * usual < ESTIMATES[4] + 0.9 * usual < found.high
    hybrid = relative_magnitudes(STUDY, 0.0, FIRST)
    assert usual < (hybrid.high - hybrid.low) / 2 < (found.high - found.low) / 2 < 3 * usual  # the price of the union


def test_the_identified_set_by_hand():
    """Largest change before: 0.0795 (2006-2007). After: 1, 2, 3, 4 such steps may have added up; mean 2.5."""
    steps = np.abs(np.diff([*ESTIMATES[:4], 0.0])).max()
    found = relative_magnitudes(STUDY, 2.0)
    assert found.identified_high - ESTIMATES[4:].mean() == pytest.approx(2 * 2.5 * steps)
    assert found.low < found.identified_low < found.identified_high < found.high


def test_sets_grow_with_the_violation_and_the_breakdown_value_is_where_zero_enters():
    sets = [relative_magnitudes(STUDY, m, FIRST) for m in (0, 0.5, 1, 1.5, 2)]
    widths = [each.high - each.low for each in sets]
    assert widths == sorted(widths)
    assert sensitivity_table(sets)["excludes_zero"] == [True, True, True, True, False]
    value = breakdown(lambda m: relative_magnitudes(STUDY, m, FIRST))
    assert 1.5 < value < 2
    assert relative_magnitudes(STUDY, value, FIRST).excludes_zero
    assert not relative_magnitudes(STUDY, value + 0.01, FIRST).excludes_zero
    assert breakdown(lambda m: smoothness(STUDY, m, FIRST)) == pytest.approx(0.2194, abs=0.003)


def test_breakdown_is_zero_for_what_never_held_and_infinite_for_what_always_does():
    flat = EventStudy(np.array([0.1, -0.1]), np.array([0.0]), np.eye(3) * 0.01)
    assert breakdown(lambda m: relative_magnitudes(flat, m)) == 0
    sure = EventStudy(np.array([0.01, 0.0]), np.array([500.0]), np.eye(3) * 0.01)
    assert breakdown(lambda m: relative_magnitudes(sure, m)) == np.inf


@pytest.mark.parametrize("violation", [0.0, 0.02, 0.1, 1.0])
def test_no_other_affine_estimator_gives_a_shorter_interval(violation):
    """Against 20,000 random weights that are unbiased under every straight line."""
    contrast = np.full(4, 0.25)
    best = shortest_interval(STUDY.before, STUDY.after, COVARIANCE, contrast, violation, 0.05)
    m = np.arange(4, 0, -1.0)
    rng = np.random.default_rng(5)
    around = best.weights_before + rng.normal(size=(20_000, 4)) * rng.choice([1e-3, 0.03, 1], (20_000, 1))
    around[:, 3] += 2.5 - around @ m
    assert best.weights_before @ m == pytest.approx(2.5)
    vector = np.column_stack([around, np.tile(contrast, (20_000, 1))])
    se = np.sqrt(np.einsum("ij,jk,ik->i", vector, COVARIANCE, vector))
    loads = np.array([[max(a - i, 0) for a in m] for i in (1, 2, 3)])
    after = sum(contrast[j:] @ (np.arange(1, 5)[j:] - j) for j in range(4))
    bias = violation * (np.abs(around @ loads.T).sum(axis=1) + after)
    closest = np.argsort(norm.ppf(0.95) * se + bias)[:200]
    others = [se[i] * folded_quantile(bias[i] / se[i], 0.05) for i in closest]
    assert best.half <= min(others) + 1e-9


@settings(deadline=None)
@given(st.floats(0, 12), st.sampled_from([0.01, 0.05, 0.1]))
def test_the_folded_quantile_covers_exactly(bias, alpha):
    c = folded_quantile(bias, alpha)
    assert norm.cdf(c - bias) - norm.cdf(-c - bias) == pytest.approx(1 - alpha, abs=1e-9)


@pytest.mark.parametrize("first_stage", [0.0, 0.005])
@pytest.mark.parametrize("slack", [0.0, -1.0, -8.0])
def test_the_test_of_moments_keeps_its_size(first_stage, slack):
    """Some rows bind, the others are slack: rejections stay at 5 %, whatever the slack and the correlation."""
    rng = np.random.default_rng(8)
    mixing = rng.normal(size=(5, 4))
    covariance = mixing @ mixing.T
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    rows = (rng.normal(size=(20_000, 4)) @ mixing.T) / deviation + np.array([0, 0, slack, slack, slack])
    cap = np.inf
    if first_stage:
        cap = float(np.quantile((rng.normal(size=(50_000, 4)) @ mixing.T / deviation).max(axis=1), 1 - first_stage))
    share = rejected(rows, correlation, 0.05, first_stage, cap).mean()
    assert share <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 20_000)
    if slack == -8.0:
        assert share > 0.03  # slack rows do not make it timid


def test_the_robust_set_covers_where_the_usual_interval_does_not():
    """Trends differ after the start by as much as between two periods before: M̄ = 1 is true, M̄ = 0 is not."""
    rng = np.random.default_rng(21)
    covariance = 0.04 * (0.5 * np.eye(5) + 0.5)
    violation = np.array([0.6, 0.0, 0.3, 0.6, 0.9])  # e = -3, -2, then (-1 is 0) 0, 1, 2: changes 0.6 before, 0.3 after
    inside = usual = 0
    for _ in range(150):
        draw = rng.multivariate_normal(violation + np.array([0, 0, 1, 1, 1]), covariance)
        study = EventStudy(draw[:2], draw[2:], covariance)
        found = relative_magnitudes(study, 0.5)
        inside += found.low <= 1.0 <= found.high
        mean, se = draw[2:].mean(), np.sqrt(covariance[2:, 2:].mean())
        usual += abs(mean - 1) <= 1.96 * se
    assert inside / 150 >= 0.92
    assert usual / 150 < 0.3


def test_an_event_study_is_taken_from_effects_with_a_universal_base_only():
    panel = invented_panel(World(n_units=300, n_periods=6, starts=(3, 4)), 1)
    events = aggregate(group_time_effects(panel, Settings(base=Base.UNIVERSAL)), "dynamic")
    study = EventStudy.of(events)
    assert (study.before.size, study.after.size) == (3, 3)
    assert study.covariance.shape == (6, 6)
    with pytest.raises(ImpactError, match="universal"):
        EventStudy.of(aggregate(group_time_effects(panel), "dynamic"))
    with pytest.raises(ImpactError, match="universal"):
        EventStudy.of(aggregate(group_time_effects(panel, Settings(base=Base.UNIVERSAL)), "simple"))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: relative_magnitudes(STUDY, -1.0),
        lambda: smoothness(STUDY, float("nan")),
        lambda: relative_magnitudes(STUDY, 1.0, np.ones(3)),
        lambda: EventStudy(np.empty(0), np.ones(2), np.eye(2)),
        lambda: EventStudy(np.ones(1), np.ones(2), np.eye(2)),
        lambda: EventStudy(np.ones(1), np.ones(1), np.diag([1.0, 0.0])),
    ],
)
def test_what_makes_no_sense_is_refused(ask):
    with pytest.raises(ImpactError):
        ask()
