"""The whole road: invented programmes of which the truth is known, and what the codes then say."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from trama_measure.impact.conclusions import BEARINGS, Bearing, Code, conclusions_table
from trama_measure.impact.did import Comparison, Settings
from trama_measure.impact.evaluation import Evaluation
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.panel import Panel
from trama_measure.impact.simulate import World, invented_panel

METHOD = Path(__file__).resolve().parents[3] / "docs" / "methods" / "impact.md"


def codes(world, seed=1, **more):
    return {each.code: each.figures for each in Evaluation(invented_panel(world, seed), seed=3, **more).conclusions()}


def test_a_programme_that_works_and_one_that_does_not():
    world = World(n_units=600, n_periods=7, starts=(3, 5), effect=0.6, noise_sd=0.6)
    strong = codes(world)
    assert {Code.EFFECT_POSITIVE, Code.TRENDS_ALIKE, Code.HOLDS_UP_TO} <= set(strong)
    assert strong[Code.EFFECT_POSITIVE]["low"] < 0.6 < strong[Code.EFFECT_POSITIVE]["high"]
    assert not {Code.TRENDS_DIFFERED, Code.PLACEBO_FAILS, Code.GROWS, Code.FADES} & set(strong)
    none = codes(World(n_units=600, n_periods=7, starts=(3, 5), effect=0.0, noise_sd=0.6))
    assert Code.EFFECT_NOT_SEEN in none
    assert 0 < none[Code.SMALLEST_VISIBLE]["effect"] < 0.3
    assert not {Code.HOLDS_UP_TO, Code.FRAGILE} & set(none)
    harmful = codes(World(n_units=600, n_periods=7, starts=(3, 5), effect=-0.6, noise_sd=0.6))
    assert Code.EFFECT_NEGATIVE in harmful


def test_groups_that_drifted_apart_before_are_called_so():
    drifting = codes(World(n_units=800, n_periods=8, starts=(4,), effect=0.0, trend_difference=0.3, noise_sd=0.5))
    assert {Code.EFFECT_POSITIVE, Code.TRENDS_DIFFERED, Code.PLACEBO_FAILS, Code.FRAGILE} <= set(drifting)


def test_a_test_that_could_not_have_seen_anything_does_not_count_as_passed():
    vague = codes(World(n_units=40, n_periods=5, starts=(3,), effect=0.4))
    assert Code.TRENDS_UNINFORMATIVE in vague
    assert Code.TRENDS_ALIKE not in vague


def test_without_a_period_before_the_base_nothing_is_known_of_trends():
    blind = codes(World(n_units=200, n_periods=3, starts=(1,), effect=1.0))
    assert Code.TRENDS_UNSEEN in blind
    assert not {Code.HOLDS_UP_TO, Code.FRAGILE, Code.PLACEBO_FAILS} & set(blind)


def test_effects_that_grow_are_said_to_grow_and_mislead_the_regression():
    growing = codes(
        World(n_units=500, n_periods=9, starts=(2, 5), never=0.05, effect=0.2, growth=0.4, noise_sd=0.3),
        settings=Settings(comparison=Comparison.NOT_YET),
    )
    assert {Code.GROWS, Code.TWFE_MISLEADS} <= set(growing)
    assert growing[Code.TWFE_MISLEADS]["forbidden_weight"] > 0.1
    fading = codes(World(n_units=800, n_periods=8, starts=(3,), effect=2.0, growth=-0.4, noise_sd=0.5))
    assert Code.FADES in fading


def test_what_always_limits_and_what_only_sometimes():
    world = World(n_units=120, n_periods=5, starts=(2,))
    always = {Code.ONLY_PARTICIPANTS, Code.SPILLOVER_OPEN}
    assert always | {Code.CHOSEN_NOT_DRAWN} <= set(codes(world))
    lot = codes(world, drawn_by_lot=True)
    assert always <= set(lot)
    assert Code.CHOSEN_NOT_DRAWN not in lot


def test_few_and_missing_units_are_named():
    rng = np.random.default_rng(1)
    outcome = rng.normal(size=(30, 5))
    outcome[4, 2] = np.nan
    start = np.full(30, np.nan)
    start[:12], start[12:14] = 2, 3
    panel = Panel.from_arrays(outcome, range(5), start, clusters=np.arange(30) % 15, incomplete="drop_units")
    found = {each.code for each in Evaluation(panel).conclusions()}
    assert {Code.SMALL_COHORTS, Code.FEW_CLUSTERS, Code.UNITS_MISSING} <= found


def test_every_step_is_a_tidy_table():
    panel = invented_panel(World(n_units=300, n_periods=6, starts=(2, 4), covariates=2, confounding=0.8), 1)
    evaluation = Evaluation(panel, seed=1, covariate_names=("income", "size"))
    design, balance, estimate, checks = (
        pl.DataFrame(step()) for step in (evaluation.design, evaluation.balance, evaluation.estimate, evaluation.checks)
    )
    assert design["cohort"].to_list() == [2, 4, float("inf")]
    assert design["units"].sum() == 300
    assert balance["covariate"].to_list() == ["outcome", "income", "size"]
    assert balance["worth_a_look"].to_list()[1:] == [True, True]
    assert estimate["view"].unique(maintain_order=True).to_list() == ["overall", "event", "cohort", "period"]
    assert estimate.filter(pl.col("view") == "event")["key"].to_list() == [-4, -3, -2, -1, 0, 1, 2, 3]
    assert {"joint_test", "placebo_in_time", "breakdown", "twfe"} <= set(checks["check"])
    words = conclusions_table(evaluation.conclusions())
    assert words["bearing"] == sorted(words["bearing"], key=[each.value for each in Bearing].index)
    with pytest.raises(ImpactError, match="2 covariate names"):
        Evaluation(panel, covariate_names=("income",)).balance()


def test_every_code_has_a_bearing_and_plain_words_in_the_method():
    assert set(BEARINGS) == set(Code)
    section = METHOD.read_text("utf-8").split("## 13.")[1].split("## 14.")[0]
    assert set(re.findall(r"`([a-z_]+)`", section)) >= {code.value for code in Code}
