"""Placebos: nothing where nothing was, something where trends differed."""

import numpy as np
import pytest

from trama_measure.impact.did import Comparison, Settings
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.placebo import placebo_in_space, placebo_in_time
from trama_measure.impact.simulate import World, invented_panel


def test_in_time_only_periods_before_the_start_are_looked_at():
    world = World(n_units=2000, n_periods=8, starts=(4, 6), effect=5.0, noise_sd=0.5)
    for comparison in Comparison:
        found = placebo_in_time(invented_panel(world, 1), Settings(comparison=comparison), earlier=2)
        assert abs(found.overall) < 3 * found.overall_se
        assert (found.effects.event < 2).all()
    drifting = World(n_units=2000, n_periods=8, starts=(4, 6), noise_sd=0.5, trend_difference=0.2)
    found = placebo_in_time(invented_panel(drifting, 1), earlier=2)
    assert found.overall == pytest.approx(0.3, abs=3 * found.overall_se)  # one and two periods of 0.2


def test_in_time_a_cohort_needs_periods_before():
    panel = invented_panel(World(n_periods=5, starts=(2, 3)), 1)
    found = placebo_in_time(panel, earlier=2)
    assert found.effects.panel.cohorts.tolist() == [1]  # the cohort of 3, moved to 1; that of 2 has no period before 0
    with pytest.raises(ImpactError, match="3 periods before"):
        placebo_in_time(panel, earlier=3)
    with pytest.raises(ImpactError, match="at least 1"):
        placebo_in_time(panel, earlier=0)


def test_in_space_a_real_effect_stands_out_and_no_effect_does_not():
    world = World(n_units=200, n_periods=5, starts=(2, 3), noise_sd=0.5)
    strong = placebo_in_space(invented_panel(world, 1), assignments=99, seed=1)
    assert strong.p_value == 0.01
    none = [
        placebo_in_space(
            invented_panel(World(n_units=80, n_periods=4, starts=(2,), effect=0.0), seed), assignments=39, seed=seed
        ).p_value
        for seed in range(60)
    ]
    assert 0.35 < np.mean(none) < 0.65  # p-values of a true null are uniform
    assert np.mean(np.array(none) <= 0.1) < 0.22


def test_in_space_too_few_units_or_assignments_are_refused():
    panel = invented_panel(World(n_units=200, n_periods=4, starts=(2,)), 1)
    with pytest.raises(ImpactError, match="39 assignments"):
        placebo_in_space(panel, assignments=9, seed=1)
    with pytest.raises(ImpactError, match="20 units"):
        placebo_in_space(invented_panel(World(n_units=30, starts=(2,)), 1), assignments=39, seed=1)
