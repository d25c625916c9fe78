"""The usual regression: against dummies, taken apart without remainder, and misleading where it should be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.impact.aggregate import aggregate
from trama_measure.impact.did import group_time_effects
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.panel import Panel
from trama_measure.impact.simulate import World, invented_panel
from trama_measure.impact.twfe import CompareWith, bacon, cell_weights, two_way_effects


def by_dummies(panel):
    """Least squares with a dummy for every unit and period, and its clustered error, in plain algebra."""
    n, periods = panel.outcome.shape
    unit, period = np.divmod(np.arange(n * periods), periods)
    x = np.column_stack(
        [panel.treated.ravel(), unit[:, None] == np.arange(n), period[:, None] == np.arange(1, periods)]
    )
    x, y, w = x.astype(float), panel.outcome.ravel(), np.repeat(panel.weights, periods)
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    rest = y - x @ (bread @ x.T @ (w * y))
    codes = panel.clusters[unit]
    scores = np.array([(w * rest)[codes == c] @ x[codes == c] for c in range(panel.n_clusters)])
    groups, size = panel.n_clusters, n * periods
    factor = groups / (groups - 1) * (size - 1) / (size - periods)
    return float((bread @ x.T @ (w * y))[0]), float(np.sqrt(factor * (bread @ scores.T @ scores @ bread)[0, 0]))


@pytest.mark.parametrize("cluster_size", [1, 4])
def test_the_coefficient_and_its_error_are_those_of_a_regression_with_dummies(cluster_size):
    panel = invented_panel(World(n_units=60, n_periods=5, starts=(2, 4), cluster_size=cluster_size, cluster_sd=0.5), 3)
    rng = np.random.default_rng(1)
    start = np.where(panel.never, np.nan, panel.start.astype(float))
    weighted = Panel.from_arrays(
        panel.outcome, panel.periods, start, weights=rng.uniform(0.5, 2, 60), clusters=panel.clusters
    )
    for each in (panel, weighted):
        found = two_way_effects(each)
        assert (found.estimate, found.se) == pytest.approx(by_dummies(each), rel=1e-8)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 10_000),
    st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
    st.floats(0, 0.8),
    st.booleans(),
)
def test_the_comparisons_add_up_to_the_coefficient(seed, starts, never, weighted):
    rng = np.random.default_rng(seed)
    groups = np.concatenate([np.repeat(np.array(starts, dtype=float), 3), rng.choice([*starts, np.nan], 20)])
    if never:
        groups[-3:] = np.nan
    outcome = rng.normal(size=(groups.size, 6)).cumsum(axis=1)
    panel = Panel.from_arrays(outcome, range(6), groups, weights=rng.uniform(0.5, 2, groups.size) if weighted else None)
    if np.unique(panel.start).size < 2 or set(panel.start.tolist()) <= {0, 6}:
        with pytest.raises(ImpactError, match="all at once"):
            bacon(panel)
        return
    parts = bacon(panel)
    assert sum(each.weight for each in parts.comparisons) == pytest.approx(1, abs=1e-10)
    assert all(each.weight > 0 for each in parts.comparisons)
    assert parts.estimate == pytest.approx(two_way_effects(panel).estimate, abs=1e-10)
    weights = cell_weights(panel)
    assert weights.weight.sum() == pytest.approx(1, abs=1e-10)


def test_mpdta_is_mostly_compared_with_counties_never_treated(mpdta):
    parts = bacon(mpdta)
    assert parts.estimate == pytest.approx(two_way_effects(mpdta).estimate, abs=1e-12)
    by_kind = {kind: sum(each.weight for each in parts.comparisons if each.kind is kind) for kind in CompareWith}
    assert by_kind[CompareWith.NEVER] > 0.85
    assert 0 < parts.forbidden < 0.1
    assert set(parts.table()) == {"treated", "control", "kind", "weight", "estimate"}


def test_growing_effects_turn_the_regression_against_itself():
    """Everybody gains more each year; the regression says they lose, the group-time effects say what is true."""
    world = World(n_units=600, n_periods=10, starts=(2, 6), never=0.02, effect=0.1, growth=0.5, noise_sd=0.2)
    panel = invented_panel(world, 1)
    truth = aggregate(group_time_effects(panel), "simple").overall
    assert truth > 1
    assert two_way_effects(panel).estimate < truth / 2
    assert bacon(panel).forbidden > 0.3
    assert cell_weights(panel).negative < -0.05


def test_cell_weights_times_true_effects_are_the_expected_coefficient():
    world = World(n_units=400, n_periods=6, starts=(2, 4), effect=0.3, growth=0.4, unit_sd=1, noise_sd=0.0)
    panel = invented_panel(world, 2)
    weights = cell_weights(panel)
    effects = world.true_effect((weights.period - weights.cohort).astype(int))
    assert weights.weight @ effects == pytest.approx(two_way_effects(panel).estimate, abs=1e-10)
