"""Power of a planned call: the formula by hand, against the estimator's own errors and against simulation."""

import numpy as np
import pytest

from trama_measure.impact.aggregate import Kind, aggregate
from trama_measure.impact.did import group_time_effects
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.power import (
    Plan,
    clustered_sample_effect,
    effective_cluster_size,
    intraclass_correlation,
    minimum_detectable_effect,
    planned_error,
    residual_covariance,
    simulated_power,
)
from trama_measure.impact.simulate import World, invented_panel


def test_two_periods_by_hand():
    """Independent noise of variance 1: a change has variance 2, in 50 and in 150 units."""
    error = planned_error(Plan({1: 50}, 150), np.eye(2))
    assert error == pytest.approx(np.sqrt(2 / 50 + 2 / 150))
    clustered = planned_error(Plan({1: 50}, 150, cluster_size=5, icc=0.1), np.eye(2))
    assert clustered == pytest.approx(error * np.sqrt(1.4))


@pytest.mark.parametrize("kind", [Kind.SIMPLE, Kind.GROUP])
def test_the_planned_error_is_the_error_that_the_estimator_then_has(kind):
    world = World(n_units=3000, n_periods=6, starts=(2, 4), autocorrelation=0.5)
    panel = invented_panel(world, 3)
    plan = Plan({2: int((panel.start == 2).sum()), 4: int((panel.start == 4).sum())}, int(panel.never.sum()))
    found = aggregate(group_time_effects(panel), kind)
    assert planned_error(plan, residual_covariance(panel), kind) == pytest.approx(found.overall_se, rel=0.03)


def test_the_minimum_detectable_effect_is_found_four_times_in_five():
    world = World(n_units=160, n_periods=5, starts=(2,), never=0.999, effect=0.0, autocorrelation=0.4)
    before = invented_panel(world, 5)
    before = before.keep(before.never)
    plan = Plan({2: 30, 3: 30}, 90)
    found = minimum_detectable_effect(plan, residual_covariance(before))
    share = simulated_power(before, plan, found.effect, simulations=200, seed=1)
    assert share == pytest.approx(0.8, abs=0.1)
    assert simulated_power(before, plan, 0.0, simulations=200, seed=2) < 0.12
    assert found.in_sd == pytest.approx(found.effect / np.sqrt(np.diag(residual_covariance(before)).mean()))


def test_clusters_cost_power_as_the_design_effect_says():
    world = World(n_units=400, n_periods=4, starts=(2,), never=0.999, effect=0.0, cluster_size=8, cluster_sd=0.7)
    before = invented_panel(world, 2)
    before = before.keep(before.never)
    change = before.outcome[:, 3] - before.outcome[:, 1]
    icc = intraclass_correlation(change, before.clusters)
    assert icc == pytest.approx(0.49 / 1.49, abs=0.12)
    size = effective_cluster_size(before.clusters)
    assert size == pytest.approx(8, abs=0.1)
    blind, told = Plan({2: 160}, 160), Plan({2: 160}, 160, cluster_size=size, icc=icc)
    omega = residual_covariance(before)
    effect = minimum_detectable_effect(told, omega).effect
    assert effect > 1.5 * minimum_detectable_effect(blind, omega).effect
    assert simulated_power(before, told, effect, simulations=200, seed=3) == pytest.approx(0.8, abs=0.13)


def test_the_intraclass_correlation_by_hand():
    """Means 1 and 4, within ±1: between = 2·(4.5) / 1, within = 4/2; (9 - 2)/(9 + 2) = 7/11 for pairs."""
    assert intraclass_correlation(np.array([0.0, 2, 3, 5]), np.array([1, 1, 2, 2])) == pytest.approx(7 / 11)
    assert intraclass_correlation(np.array([0.0, 9, 1, 8]), np.array([1, 1, 2, 2])) == 0  # negative becomes zero
    with pytest.raises(ImpactError):
        intraclass_correlation(np.array([1.0, 2]), np.array([1, 2]))


def test_the_published_formula_for_schools():
    """40 schools of 60, ICC 0.2: M = t(.975, 38) + t(.8, 38) = 2.0244 + 0.8512; sqrt(.2/10 + .8/600) = 0.14606."""
    assert clustered_sample_effect(40, 60, 0.2) == pytest.approx(2.8756 * 0.146059, abs=2e-4)
    assert clustered_sample_effect(40, 60, 0.2, explained_between=0.5) < clustered_sample_effect(40, 60, 0.2)
    with pytest.raises(ImpactError):
        clustered_sample_effect(40, 60, 1.2)


@pytest.mark.parametrize(
    "plan", [Plan({0: 10}, 10), Plan({}, 10), Plan({2: 1}, 10), Plan({2: 10}, 1), Plan({2: 10}, 10, icc=2)]
)
def test_a_plan_that_cannot_be_carried_out_is_refused(plan):
    with pytest.raises(ImpactError):
        planned_error(plan, np.eye(4))


def test_wishes_out_of_range_are_refused():
    plan, panel = Plan({2: 10}, 10), invented_panel(World(n_units=60), 1)
    with pytest.raises(ImpactError, match="alpha < power"):
        minimum_detectable_effect(plan, np.eye(4), power=0.01)
    with pytest.raises(ImpactError, match="simple or group"):
        planned_error(plan, np.eye(4), Kind.DYNAMIC)
    with pytest.raises(ImpactError, match="without the programme"):
        simulated_power(panel, plan, 1.0, seed=1)
    with pytest.raises(ImpactError, match="20 units or more"):
        simulated_power(panel.keep(np.flatnonzero(panel.never)[:10]), plan, 1.0, seed=1)
    with pytest.raises(ImpactError, match="50 simulations"):
        simulated_power(panel.keep(panel.never), plan, 1.0, simulations=3, seed=1)
