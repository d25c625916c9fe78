"""Group-time effects against R's ``did``, against sums by hand, and against worlds with a known truth."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.impact.aggregate import aggregate
from trama_measure.impact.did import Base, Comparison, Method, Settings, group_time_effects
from trama_measure.impact.notices import ImpactError, NoticeCode
from trama_measure.impact.panel import Panel
from trama_measure.impact.pretrends import detectable_trend, joint_pretest
from trama_measure.impact.simulate import World, invented_panel

SOURCE = Path(__file__).resolve().parents[3] / "src"

# R did 2.5.1 with DRDID, analytical standard errors (docs/methods/impact.md, section 14)
EFFECTS = """-0.010503246221 -0.070423158103 -0.137258738889 -0.100811363085 0.006520112424 -0.002750818751
-0.004594606953 -0.041224471546 0.030506655583 -0.002725892886 -0.031087119390 -0.026054410719"""
ERRORS = """.02325103637 .03098476676 .03643566429 .03435922583 .02332680514 .01955856104 .01775519666 .02022918070
.01503356028 .01639583290 .01787751131 .01665543535"""
AGGREGATES = {
    "simple": ("-0.03995127516 0.01203401277", "", "", ""),
    "dynamic": (
        "-0.07723982146 0.01996498906",
        "-3 -2 -1 0 1 2 3",
        "0.0305066556 -0.0005630846 -0.0244587450 -0.0199318168 -0.0509573671 -0.1372587389 -0.1008113631",
        ".0150335603 .0132916447 .0142364022 .0118263641 .0168934768 .0364356643 .0343592258",
    ),
    "group": (
        "-0.03101828223 .0124460593",
        "2004 2006 2007",
        "-0.0797491266 -0.0229095393 -0.0260544107",
        ".0263677994 .0167033303 .0166554354",
    ),
    "calendar": (
        "-0.04170043213 .0159718519",
        "2004 2005 2006 2007",
        "-.0105032462 -.0704231581 -.0488159843 -.0370593399",
        ".0232510364 .0309847668 .0201258613 .0137470791",
    ),
}


def numbers(text: str) -> np.ndarray:
    return np.array([float(word) for word in text.split()])


def test_all_group_time_effects_and_errors_of_mpdta_are_those_of_r(mpdta):
    effects = group_time_effects(mpdta)
    assert effects.estimate == pytest.approx(numbers(EFFECTS), abs=1e-11)
    assert effects.se == pytest.approx(numbers(ERRORS), abs=1e-10)
    table = effects.table()
    assert table["cohort"].tolist() == [2004] * 4 + [2006] * 4 + [2007] * 4
    assert table["period"].tolist() == [2004, 2005, 2006, 2007] * 3
    assert (table["low"] < table["estimate"]).all()


@pytest.mark.parametrize("kind", list(AGGREGATES))
def test_every_aggregate_of_mpdta_is_that_of_r(mpdta, kind):
    overall, keys, estimates, errors = map(numbers, AGGREGATES[kind])
    found = aggregate(group_time_effects(mpdta), kind)
    assert [found.overall, found.overall_se] == pytest.approx(overall, abs=1e-9)
    assert found.key == pytest.approx(keys)
    assert found.estimate == pytest.approx(estimates, abs=1e-9)
    assert found.table()["se"] == pytest.approx(errors, abs=1e-9) if kind != "simple" else True


@pytest.mark.parametrize(
    ("covariates", "comparison", "estimate", "error"),
    [
        (False, Comparison.NOT_YET, -0.03976362562, 0.01205242479),
        (True, Comparison.NEVER, -0.04175177206, 0.01150283815),
        (True, Comparison.NOT_YET, -0.0413516293, 0.01142783908),
    ],
)
def test_covariates_and_those_not_yet_treated(mpdta, mpdta_with_population, covariates, comparison, estimate, error):
    panel = mpdta_with_population if covariates else mpdta
    found = aggregate(group_time_effects(panel, Settings(comparison=comparison)), "simple")
    assert found.overall == pytest.approx(estimate, abs=1e-9)
    assert found.overall_se == pytest.approx(error, abs=1e-9)


def test_the_published_readme_figures(mpdta, shared_data):
    published = json.loads((shared_data / "impacto" / "estimativas_publicadas.json").read_text("utf-8"))["mpdta"]
    effects = group_time_effects(mpdta, Settings(method=Method.OUTCOME_REGRESSION))
    assert np.round(effects.estimate, 4).tolist() == [att for _, _, att in published["att_gt"]]
    assert effects.se == pytest.approx(np.array(published["erros_padrao_bootstrap_publicados"]), rel=0.1)
    balanced = aggregate(effects, "dynamic", balance=1)
    assert round(balanced.overall, 4) == published["dinamica_balance_e_1"]["geral"]
    assert {f"{e:g}": round(x, 4) for e, x in zip(balanced.key, balanced.estimate, strict=True)} == published[
        "dinamica_balance_e_1"
    ]["por_tempo"]


def test_the_pretest_of_mpdta(mpdta, mpdta_with_population):
    assert joint_pretest(group_time_effects(mpdta)).p_value == pytest.approx(0.16812, abs=5e-6)
    assert joint_pretest(group_time_effects(mpdta_with_population)).p_value == pytest.approx(0.23267, abs=5e-6)


def test_bootstrap_errors_are_the_analytical_ones_and_the_band_covers_all_periods(mpdta):
    analytical = aggregate(group_time_effects(mpdta), "dynamic")
    drawn = aggregate(group_time_effects(mpdta, draws=10_000, seed=7), "dynamic")
    assert drawn.overall == analytical.overall
    assert drawn.table()["se"] == pytest.approx(analytical.table()["se"], rel=0.08)
    assert drawn.overall_se == pytest.approx(analytical.overall_se, rel=0.08)
    half = (drawn.table()["high"] - drawn.estimate) / drawn.table()["se"]
    assert half == pytest.approx(half[0])  # one multiple for the whole figure
    assert 2.4 < half[0] < 2.9  # seven correlated periods: wider than 1.96, at most Bonferroni's 2.69 and noise


def test_rounding_in_the_draws_is_far_below_their_own_noise(mpdta, monkeypatch):
    from trama_measure.impact import draws

    rounded = group_time_effects(mpdta, draws=200, seed=3)
    monkeypatch.setattr(draws, "STEPS", 2**40)
    monkeypatch.setattr(draws.np, "float32", np.float64)
    exact = group_time_effects(mpdta, draws=200, seed=3).draws.effects
    away = np.abs(rounded.draws.effects - exact) / rounded.se
    assert 0 < away.max() < 3e-4


@pytest.mark.parametrize("multiplier", ["rademacher", "mammen"])
def test_multipliers_have_mean_zero_and_variance_one(multiplier):
    from trama_measure.impact.draws import Multiplier, _picks, _two_points

    low, high, share = _two_points(Multiplier(multiplier))
    mean = share * high + (1 - share) * low
    assert mean == pytest.approx(0, abs=1e-12)
    assert share * high**2 + (1 - share) * low**2 == pytest.approx(1)
    if multiplier == "mammen":
        assert share * high**3 + (1 - share) * low**3 == pytest.approx(1)  # the third moment is 1 as well
    picks = _picks(np.random.default_rng(1), 500, 200, share)
    assert picks.mean() == pytest.approx(share, abs=0.01)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(mpdta):
    first, again, other = (group_time_effects(mpdta, draws=100, seed=seed).draws.effects for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_and_two_threads_give_the_same_bits():
    program = """
import hashlib
from trama_measure.impact import aggregate, group_time_effects
from trama_measure.impact.simulate import World, invented_panel
world = World(n_units=3000, n_periods=8, starts=(2, 4, 6), covariates=2, confounding=0.3)
effects = group_time_effects(invented_panel(world, 1), draws=300, seed=1)
parts = (effects.estimate, effects.influence, effects.draws.effects, aggregate(effects, "dynamic").table()["high"])
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(found) == 1


def test_without_covariates_an_effect_is_the_difference_of_mean_changes():
    outcome = np.array([[1.0, 2, 6], [2, 4, 9], [0, 1, 1], [3, 3, 5], [1, 2, 3]])
    panel = Panel.from_arrays(outcome, [2019, 2021, 2023], [2023, 2023, np.nan, np.inf, np.nan])
    effects = group_time_effects(panel)
    assert effects.estimate == pytest.approx([1.5 - 2 / 3, 4.5 - 1])  # 2021 on 2019, 2023 on 2021
    universal = group_time_effects(panel, Settings(base=Base.UNIVERSAL))
    assert universal.estimate == pytest.approx([-(1.5 - 2 / 3), 0, 4.5 - 1])
    assert universal.reference.tolist() == [False, True, False]
    assert np.isnan(universal.table()["se"][1])


@pytest.mark.parametrize("method", list(Method))
def test_without_covariates_the_three_methods_are_one(mpdta, method):
    assert np.array_equal(
        group_time_effects(mpdta, Settings(method=method)).estimate, group_time_effects(mpdta).estimate
    )


def test_outcome_regression_with_one_cohort_is_least_squares_on_the_comparison_units():
    panel = invented_panel(World(n_units=200, n_periods=3, starts=(2,), covariates=2, confounding=0.4), 3)
    found = group_time_effects(panel, Settings(method=Method.OUTCOME_REGRESSION))
    change = panel.outcome[:, 2] - panel.outcome[:, 1]
    x = np.column_stack([np.ones(panel.n_units), panel.covariates])
    expected = np.linalg.lstsq(x[panel.never], change[panel.never], rcond=None)[0]
    assert found.estimate[1] == pytest.approx((change - x @ expected)[~panel.never].mean(), abs=1e-12)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("comparison", list(Comparison))
def test_the_influence_function_is_the_derivative_by_a_units_weight(method, comparison):
    """Independent of the algebra: dATT/dw_i, by differences, is the influence function divided by n."""
    world = World(n_units=90, n_periods=4, starts=(1, 2, 3), covariates=2, confounding=0.3)
    panel = invented_panel(world, 5)
    chosen = Settings(method=method, comparison=comparison)
    effects = group_time_effects(panel, chosen)
    step = 1e-5
    for unit in (0, 13, 77):
        ends = []
        for sign in (1, -1):
            weights = np.ones(panel.n_units)
            weights[unit] += sign * step
            start = np.where(panel.never, np.nan, panel.start.astype(float))
            moved = Panel.from_arrays(panel.outcome, panel.periods, start, covariates=panel.covariates, weights=weights)
            ends.append(group_time_effects(moved, chosen).estimate)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert slope == pytest.approx(effects.influence[unit] / panel.n_units, abs=2e-6)


def test_clusters_of_equal_copies_have_the_errors_of_one_copy():
    panel = invented_panel(World(n_units=120, n_periods=4, starts=(2,)), 2)
    start = np.where(panel.never, np.nan, panel.start.astype(float))
    tripled = Panel.from_arrays(
        np.repeat(panel.outcome, 3, axis=0),
        panel.periods,
        np.repeat(start, 3),
        clusters=np.repeat(np.arange(120), 3),
    )
    one, three = group_time_effects(panel), group_time_effects(tripled)
    assert three.estimate == pytest.approx(one.estimate)
    assert three.se == pytest.approx(one.se)
    drawn = aggregate(group_time_effects(tripled, draws=2000, seed=1), "simple")
    assert drawn.overall_se == pytest.approx(aggregate(one, "simple").overall_se, rel=0.08)


def test_anticipation_moves_the_base_period_back():
    world = World(n_units=2000, n_periods=6, starts=(4,), effect=0.5, noise_sd=0.3)
    panel = invented_panel(world, 4)
    early = panel.outcome.copy()
    early[~panel.never, 3] += 0.25  # half of it already comes one period ahead
    start = np.where(panel.never, np.nan, 4.0)
    told = Panel.from_arrays(early, panel.periods, start)
    naive = aggregate(group_time_effects(told), "simple").overall
    patient = aggregate(group_time_effects(told, Settings(anticipation=1)), "simple").overall
    assert naive == pytest.approx(0.25, abs=0.04)
    assert patient == pytest.approx(0.5, abs=0.04)
    assert group_time_effects(told, Settings(anticipation=1)).before.sum() == 2


def test_without_never_treated_units_the_last_cohort_serves_until_it_begins():
    panel = invented_panel(World(n_units=300, n_periods=5, starts=(2, 4), never=0.0), 1)
    with pytest.raises(ImpactError, match="not_yet"):
        group_time_effects(panel)
    effects = group_time_effects(panel, Settings(comparison=Comparison.NOT_YET))
    missing = [notice.where for notice in effects.notices if notice.code is NoticeCode.NO_COMPARISON]
    assert missing == ["cohort 2, 4", "cohort 4, 2", "cohort 4, 3", "cohort 4, 4"]
    cells = list(zip(effects.cohort.tolist(), effects.period.tolist(), strict=True))
    assert cells == [(2, 1), (2, 2), (2, 3), (4, 1)]


def test_what_is_few_is_named(mpdta):
    start = np.where(mpdta.never, np.nan, mpdta.periods[np.minimum(mpdta.start, 4)])
    first = np.flatnonzero(mpdta.never)[:3]
    start[first] = [2003, 2003, 2005]
    panel = Panel.from_arrays(mpdta.outcome, mpdta.periods, start, clusters=np.arange(500) % 12)
    notices = {notice.code: notice for notice in group_time_effects(panel).notices}
    assert (notices[NoticeCode.STARTED_AT_ONCE].where, notices[NoticeCode.STARTED_AT_ONCE].found) == ("2003", 2)
    assert (notices[NoticeCode.SMALL_COHORT].where, notices[NoticeCode.SMALL_COHORT].found) == ("2005", 1)
    assert notices[NoticeCode.FEW_CLUSTERS].found == 12


def test_nothing_to_estimate_is_said_in_words(mpdta):
    nobody = Panel.from_arrays(mpdta.outcome, mpdta.periods, np.full(500, np.nan))
    with pytest.raises(ImpactError, match="no unit begins after the first period"):
        group_time_effects(nobody)
    at_once = Panel.from_arrays(mpdta.outcome, mpdta.periods, np.full(500, 2003))
    with pytest.raises(ImpactError, match="there is no before"):
        group_time_effects(at_once)
    with pytest.raises(ImpactError, match="seed"):
        group_time_effects(mpdta, draws=999)
    with pytest.raises(ImpactError, match="at least 100"):
        group_time_effects(mpdta, draws=10, seed=1)
    with pytest.raises(ImpactError, match="alpha"):
        group_time_effects(mpdta, Settings(alpha=1.5))
    with pytest.raises(ImpactError, match="balance"):
        aggregate(group_time_effects(mpdta), "group", balance=1)
    with pytest.raises(ImpactError, match="9 periods"):
        aggregate(group_time_effects(mpdta), "dynamic", balance=9)


def test_covariates_that_separate_or_repeat_are_refused():
    panel = invented_panel(World(n_units=80, n_periods=3, starts=(2,)), 1)
    start = np.where(panel.never, np.nan, 2.0)
    told = Panel.from_arrays(panel.outcome, panel.periods, start, covariates=(~panel.never).astype(float))
    with pytest.raises(ImpactError, match="completely"):
        group_time_effects(told)
    x = np.random.default_rng(1).normal(size=80)
    twice = Panel.from_arrays(panel.outcome, panel.periods, start, covariates=np.column_stack([x, 2 * x + 1]))
    for method in Method:
        with pytest.raises(ImpactError, match="collinear"):
            group_time_effects(twice, Settings(method=method))


def test_doubly_robust_removes_a_difference_in_trends_that_covariates_explain():
    world = World(n_units=4000, n_periods=5, starts=(3,), covariates=1, confounding=1.5, noise_sd=0.6)
    panel = invented_panel(world, 11)
    start = np.where(panel.never, np.nan, panel.start.astype(float))
    blind = Panel.from_arrays(panel.outcome, panel.periods, start)
    for method in Method:
        told = aggregate(group_time_effects(panel, Settings(method=method)), "simple")
        assert abs(told.overall - 0.3) < 3 * told.overall_se
    naive = aggregate(group_time_effects(blind), "simple")
    assert naive.overall - 0.3 > 3 * naive.overall_se


def test_covariates_that_vary_are_read_in_the_base_period():
    panel = invented_panel(World(n_units=150, n_periods=3, starts=(2,), covariates=1, confounding=0.3), 6)
    start = np.where(panel.never, np.nan, 2.0)
    cube = np.repeat(panel.covariates[:, np.newaxis], 3, axis=1)
    cube[:, 2] = 99.0 + np.arange(150)[:, np.newaxis]  # after the start: must not be looked at
    told = Panel.from_arrays(panel.outcome, panel.periods, start, covariates=cube)
    assert group_time_effects(told).estimate == pytest.approx(group_time_effects(panel).estimate)


def test_bands_cover_the_whole_event_study_and_intervals_the_mean():
    """250 invented panels: the simultaneous band contains every true effect in about 95 % of them."""
    world = World(n_units=150, n_periods=6, starts=(2, 4), effect=0.4, growth=0.1, autocorrelation=0.3)
    inside = covered = 0
    for seed in range(250):
        effects = group_time_effects(invented_panel(world, seed), draws=200, seed=seed)
        events = aggregate(effects, "dynamic")
        truth = world.true_effect(events.key)
        table = events.table()
        inside += bool(((table["low"] <= truth) & (truth <= table["high"])).all())
        overall = events.overall_table()
        covered += bool(overall["low"][0] <= truth[events.key >= 0].mean() <= overall["high"][0])
    assert 0.89 <= inside / 250 <= 0.985
    assert 0.90 <= covered / 250 <= 0.985


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-100, 100), st.sampled_from(list(Method)))
def test_effects_do_not_depend_on_order_and_move_with_the_unit_of_measurement(seed, scale, shift, method):
    panel = invented_panel(World(n_units=80, n_periods=4, starts=(2, 3), covariates=1), seed)
    chosen = Settings(method=method)
    effects = group_time_effects(panel, chosen)
    order = np.random.default_rng(seed).permutation(panel.n_units)
    shuffled = group_time_effects(panel.keep(order), chosen)
    assert shuffled.estimate == pytest.approx(effects.estimate, abs=1e-9)
    assert shuffled.se == pytest.approx(effects.se, abs=1e-9)
    start = np.where(panel.never, np.nan, panel.start.astype(float))
    other = Panel.from_arrays(scale * panel.outcome + shift, panel.periods, start, covariates=panel.covariates)
    assert group_time_effects(other, chosen).estimate == pytest.approx(scale * effects.estimate, abs=1e-8 * scale)
    assert group_time_effects(other, chosen).se == pytest.approx(scale * effects.se, rel=1e-7)


def test_the_trend_that_the_pretest_could_have_seen_is_the_one_it_sees():
    """By simulation: with the reported slope the test rejects in about 80 % of invented panels."""
    world = World(n_units=200, n_periods=6, starts=(4,))
    events = aggregate(group_time_effects(invented_panel(world, 0)), "dynamic")
    found = detectable_trend(events)
    assert found.bias == pytest.approx(found.slope * 1.5)  # after: one and two periods from the base
    drifting = World(n_units=200, n_periods=6, starts=(4,), trend_difference=found.slope)
    rejected = np.mean(
        [joint_pretest(group_time_effects(invented_panel(drifting, seed))).p_value < 0.05 for seed in range(1, 201)]
    )
    assert rejected == pytest.approx(0.8, abs=0.12)  # the variance of one panel stands for that of all
    with pytest.raises(ImpactError, match="dynamic"):
        detectable_trend(aggregate(events.effects, "simple"))
