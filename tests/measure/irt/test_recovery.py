"""What was put in comes out: parameters, groups and coverage of intervals, from simulated answers.

Sizes are small; ``TRAMA_RECOVERY=10`` makes them ten times larger and the bounds accordingly narrower.
"""

import os

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel, Normal, Prior, Quadrature, published_parameters

from .worlds import booklets_of_blocks, drawn, three_parameter_items, two_parameter_items

TIMES = float(os.environ.get("TRAMA_RECOVERY", "1"))
NARROWER = TIMES**0.5


def rmse(found, true):
    return float(np.sqrt(np.mean((np.asarray(found) - np.asarray(true)) ** 2)))


def z_scores(found, true):
    """Estimates less truth in standard errors."""
    items = found.items
    parts = [(items["a"] - true.a(1.0)) / items["se_a"], (items["b"] - true.b()[:, 0]) / items["se_b"]]
    return np.concatenate([part.to_numpy() for part in parts])


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl"])
def test_intervals_of_95_percent_cover(model):
    true = two_parameter_items(20, 1)
    if model != "2pl":
        true = published_parameters(np.ones(20), true.b()[:, 0], scale_constant=1.0)
    theta = np.random.default_rng(2).normal(size=int(2000 * TIMES))
    found = ItemResponseModel(model=model).fit(drawn(true, theta, 3))
    assert found.convergence.converged
    z = (
        (found.items["b"].to_numpy() - true.b()[:, 0]) / found.items["se_b"].to_numpy()
        if model == "rasch"
        else z_scores(found, true)
    )
    assert np.mean(np.abs(z) < 1.96) > 0.85  # of 20 or 40 values that are not independent
    assert rmse(z, 0) < 1.5


def test_three_parameters_in_booklets():
    true = three_parameter_items(30, 4)
    theta = np.random.default_rng(5).normal(size=int(4000 * TIMES))
    absent = booklets_of_blocks(theta.size, 3, 10, [(0, 1), (1, 2), (0, 2)], 6)
    found = ItemResponseModel(model="3pl", prior=Prior(logit_c=Normal(-1.4, 0.5))).fit(drawn(true, theta, 7, absent))
    assert found.convergence.converged
    assert found.convergence.distance_se <= 0.01
    assert rmse(found.items["a"], true.a(1.0)) < 0.30 / NARROWER
    assert rmse(found.items["b"], true.b()[:, 0]) < 0.25 / NARROWER
    assert rmse(found.items["c"], true.c()) < 0.08
    assert np.mean(np.abs(z_scores(found, true)) < 2.5) > 0.9


def test_items_do_not_collapse_onto_no_guessing():
    """One program ends with every c at 0.0004 to 0.01 where the truth is 0.2."""
    true = three_parameter_items(20, 8)
    found = ItemResponseModel(model="3pl").fit(drawn(true, np.random.default_rng(9).normal(size=5000), 10))
    assert found.items["c"].min() > 0.05
    assert abs(float(found.items["c"].mean()) - float(true.c().mean())) < 0.03


def test_grades_have_their_own_mean_and_spread():
    true = two_parameter_items(20, 11)
    n = int(2000 * TIMES)
    draw = np.random.default_rng(12)
    theta = np.concatenate([draw.normal(0, 1, n), draw.normal(0.9, 1.3, n)])
    groups = np.repeat(["5", "9"], n)
    answers = drawn(true, theta, 13)
    found = ItemResponseModel().fit(answers, groups=groups)
    told = found.groups.row(1, named=True)
    assert abs(told["mean"] - 0.9) < 3.5 * told["se_mean"] < 0.3
    assert abs(told["sd"] - 1.3) < 3.5 * told["se_sd"] < 0.3
    assert rmse(found.items["b"], true.b()[:, 0]) < 0.12 / NARROWER
    other = ItemResponseModel(reference="9").fit(answers, groups=groups)
    assert other.loglik == pytest.approx(found.loglik, abs=0.02)
    assert other.groups["mean"].to_list() == pytest.approx([-told["mean"] / told["sd"], 0], abs=0.01)
    alone = ItemResponseModel(errors="none").fit(answers)
    assert alone.loglik < found.loglik - 50  # one N(0, 1) over both grades fits worse


def test_a_histogram_finds_a_skewed_distribution():
    true = two_parameter_items(40, 14)
    draw = np.random.default_rng(15)
    theta = draw.gamma(2.0, 1.0, int(4000 * TIMES))
    theta = (theta - 2.0) / np.sqrt(2.0)
    answers = drawn(true, theta, 16)
    normal = ItemResponseModel(errors="none").fit(answers)
    found = ItemResponseModel(latent="histogram", errors="none", max_passes=300).fit(answers)
    assert found.loglik > normal.loglik + 20
    groups = found.state.groups
    assert (groups.mean[0], groups.sd[0]) == (pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-4))
    skew = float(groups.masses[0] @ groups.nodes**3)
    assert skew > 0.8  # truth: sqrt 2
    assert rmse(found.items["b"], true.b()[:, 0]) < rmse(normal.items["b"], true.b()[:, 0])


def test_anchored_items_carry_the_scale_to_a_stronger_group():
    true = two_parameter_items(20, 17)
    theta = np.random.default_rng(18).normal(0.7, 0.8, int(4000 * TIMES))
    known = {f"item {place + 1}": (true.a(1.7)[place], true.b()[place, 0]) for place in range(10)}
    found = ItemResponseModel(anchors=known, scale_constant=1.7).fit(drawn(true, theta, 19))
    assert found.items["a"].to_list()[:10] == pytest.approx(true.a(1.7)[:10])
    assert rmse(found.items["b"][10:], true.b()[10:, 0]) < 0.12 / NARROWER
    told = found.groups.row(0, named=True)
    assert (told["mean"], told["sd"]) == (pytest.approx(0.7, abs=0.06), pytest.approx(0.8, abs=0.06))
    assert told["se_mean"] > 0


@pytest.mark.parametrize("model", ["graded", "gpcm"])
def test_items_with_several_categories(model):
    draw = np.random.default_rng(20)
    steps = np.sort(draw.normal(0, 1, (8, 3)), axis=1) + np.array([-0.4, 0, 0.4])
    steps[:3, 2] = np.nan  # three items with three categories
    true = published_parameters(np.exp(draw.normal(0.2, 0.2, 8)), steps, scale_constant=1.0, models=model)
    theta = draw.normal(size=int(3000 * TIMES))
    found = ItemResponseModel(model=model).fit(drawn(true, theta, 21))
    assert found.convergence.converged
    shown = found.steps
    exists = ~np.isnan(steps)
    z = (shown["b"].to_numpy() - steps[exists]) / shown["se_b"].to_numpy()
    assert rmse(shown["b"], steps[exists]) < 0.2 / NARROWER
    assert np.mean(np.abs(z) < 2.2) > 0.85
    assert rmse(found.items["a"], true.a(1.0)) < 0.15 / NARROWER


def test_the_grid_is_fine_enough():
    answers = drawn(three_parameter_items(44, 22), np.random.default_rng(23).normal(size=3000), 24)
    own = ItemResponseModel(model="3pl", tolerance=1e-4).fit(answers)
    fine = ItemResponseModel(model="3pl", tolerance=1e-4, quadrature=Quadrature(121)).fit(answers)
    for name in ("a", "b", "c"):
        away = (own.items[name] - fine.items[name]).abs() / fine.items[f"se_{name}"]
        assert away.max() < 0.01


def test_an_item_the_wrong_way_round_is_found_and_flagged():
    """Programs whose Hessian is indefinite there freeze the item and say ``converged``."""
    true = published_parameters(
        np.array([1.0, 1.4, 0.9, 1.2, 1.1, -0.8]),
        np.array([0, 0.5, -0.5, 1, -1, 0.3]),
        scale_constant=1.0,
        models="2pl",
    )
    answers = drawn(true, np.random.default_rng(26).normal(size=3000), 27)
    found = ItemResponseModel().fit(answers)
    assert found.convergence.converged
    assert found.items["a"][5] == pytest.approx(-0.8, abs=0.15)
    assert found.items["b"][5] == pytest.approx(0.3, abs=0.15)
    assert found.items["flags"].to_list() == [[]] * 5 + [["negative discrimination"]]


def test_where_it_ends_is_the_top_and_single_precision_ends_there_too():
    answers = drawn(three_parameter_items(20, 25), np.random.default_rng(26).normal(size=3000), 27)
    found = ItemResponseModel(model="3pl").fit(answers)
    tight = ItemResponseModel(model="3pl", tolerance=1e-7).fit(answers)
    single = ItemResponseModel(model="3pl", precision="float32").fit(answers)
    for other in (found, single):
        assert other.log_posterior <= tight.log_posterior + 1e-6
        for name in ("a", "b", "c"):
            away = (other.items[name] - tight.items[name]).abs() / tight.items[f"se_{name}"]
            assert away.max() < 0.01
