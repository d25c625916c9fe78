"""Synthetic control: exact where an exact answer exists, optimal elsewhere, modest with one case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from trama_measure.impact.notices import ImpactError, NoticeCode
from trama_measure.impact.panel import Panel
from trama_measure.impact.synthetic import leave_one_out, placebo_in_space, simplex_least_squares, synthetic_control


def factor_panel(donors=20, periods=12, start=8, effect=0.0, seed=1, noise=0.1):
    rng = np.random.default_rng(seed)
    outcome = rng.uniform(size=(donors + 1, 2)) @ rng.normal(size=(2, periods)).cumsum(axis=1)
    outcome += noise * rng.normal(size=outcome.shape)
    outcome[0, start:] += effect
    return Panel.from_arrays(outcome, np.arange(2000, 2000 + periods), [2000 + start] + [np.nan] * donors)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 100_000), st.integers(2, 12), st.integers(2, 8))
def test_the_weights_meet_the_conditions_of_an_optimum(seed, columns, rows):
    """Karush-Kuhn-Tucker: every column with weight has the same, smallest gradient."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(rows, columns)) * 10 ** rng.uniform(-3, 3), rng.normal(size=rows)
    w = simplex_least_squares(y, x)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1)
    gradient = x.T @ (x @ w - y)
    size = np.abs(gradient).max() + np.linalg.norm(x) ** 2
    assert gradient[w > 1e-9] == pytest.approx(gradient.min(), abs=1e-8 * size)


def test_the_weights_are_those_of_a_general_solver():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(6, 5)), rng.normal(size=6)
    general = minimize(
        lambda w: ((y - x @ w) ** 2).sum(),
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14},
    )
    assert simplex_least_squares(y, x) == pytest.approx(general.x, abs=1e-5)


def test_a_target_inside_the_hull_is_met_and_a_copy_takes_all_the_weight():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(3, 4))
    share = np.array([0.1, 0.2, 0.3, 0.4])
    assert simplex_least_squares(x @ share, x) == pytest.approx(share)
    assert simplex_least_squares(x[:, 2], x).tolist() == [0, 0, 1, 0]


def test_a_known_effect_is_found_and_ranks_first_among_the_placebos():
    panel = factor_panel(effect=2.0)
    found = synthetic_control(panel)
    assert found.effect == pytest.approx(2.0, abs=0.2)
    assert found.gap[:8] == pytest.approx(0, abs=0.35)
    assert not found.notices
    test = placebo_in_space(panel)
    assert test.p_value == test.smallest_p == pytest.approx(1 / 21)
    assert test.gaps.shape == (20, 12)
    without = leave_one_out(panel)
    assert sum(without["weight"]) == pytest.approx(1, abs=1e-4)
    assert np.array(without["effect"]) == pytest.approx(2.0, abs=0.3)


def test_without_an_effect_the_rank_is_any_rank():
    p = [placebo_in_space(factor_panel(donors=9, seed=seed)).p_value for seed in range(60)]
    assert 0.4 < np.mean(p) < 0.68  # uniform on 0.1, 0.2 ... 1 has mean 0.55
    assert np.mean(np.array(p) <= 0.1) < 0.25


def test_predictors_with_importance_replace_the_outcomes():
    panel = factor_panel()
    predictors = np.column_stack([panel.outcome[:, 7], np.arange(21.0)])
    only_first = synthetic_control(panel, predictors=predictors, importance=np.array([1.0, 0.0]))
    assert only_first.gap[7] == pytest.approx(0, abs=1e-8)
    both = synthetic_control(panel, predictors=predictors)
    assert both.weights @ np.arange(1, 21) < only_first.weights @ np.arange(1, 21)


def test_several_units_that_began_together_are_one_by_their_mean():
    panel = factor_panel()
    outcome = np.vstack([panel.outcome[:1] - 0.3, panel.outcome[:1] + 0.3, panel.outcome[1:]])
    twins = Panel.from_arrays(outcome, panel.periods, [2008, 2008] + [np.nan] * 20)
    assert synthetic_control(twins).effect == pytest.approx(synthetic_control(panel).effect)


def test_a_poor_fit_is_said():
    panel = factor_panel()
    far = panel.outcome.copy()
    far[0] += 50
    found = synthetic_control(Panel.from_arrays(far, panel.periods, [2008] + [np.nan] * 20))
    assert [notice.code for notice in found.notices] == [NoticeCode.POOR_FIT]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([2001, 2002] + [np.nan] * 3, "found 2001, 2002"),
        ([np.nan] * 5, "found none"),
        ([2001] + [np.nan] * 4, "two periods before"),
        ([2002] * 4 + [np.nan], "donors, found 1"),
    ],
)
def test_what_synthetic_control_cannot_do_is_refused(start, message):
    with pytest.raises(ImpactError, match=message):
        synthetic_control(Panel.from_arrays(np.zeros((5, 4)), range(2000, 2004), start))


def test_predictors_that_do_not_fit_are_refused():
    panel = factor_panel()
    for chosen in ({"predictors": np.zeros((3, 1))}, {"predictors": np.ones((21, 1))}, {"importance": np.zeros(8)}):
        with pytest.raises(ImpactError):
            synthetic_control(panel, **chosen)
