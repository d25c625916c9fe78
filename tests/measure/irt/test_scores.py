"""Scores of students: against integrals written out, published tables, and what must hold of any score."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from trama_measure.irt import ItemResponseModel, Quadrature, published_parameters, scorer_of, scores
from trama_measure.irt.families import probabilities
from trama_measure.irt.plausible import latent_regression, plausible_values, uniform
from trama_measure.irt.sumscores import reliability, sum_score_distribution, sum_score_table

from .worlds import drawn, frequencies, three_parameter_items, two_parameter_items

ALL_OF_FIVE = np.array(list(itertools.product([0, 1], repeat=5)), dtype=np.int8)
METHODS = ("eap", "map", "ml", "wle")


def log_likelihood(items, row, theta):
    p = probabilities(items, np.atleast_1d(theta))
    return sum(np.log(p[item, row[item]]) for item in np.flatnonzero(row >= 0))


@pytest.fixture(scope="module")
def lsat7(shared_data):
    answers, weights = frequencies(shared_data / "irt" / "lsat7.csv")
    people = np.repeat(answers, weights.astype(int), axis=0)
    return ItemResponseModel(quadrature=Quadrature(61), tolerance=1e-5).fit(people), answers, weights


@pytest.mark.shared_data
def test_published_scores_of_lsat7(lsat7):
    found, _, _ = lsat7
    first = ALL_OF_FIVE[[0, 1, 2, 3, 4, 5]]
    eap = found.score(first)["theta"].to_list()
    assert eap == pytest.approx([-1.8665957, -1.526692, -1.5134024, -1.1852276, -1.094683, -0.7666992], abs=1e-2)
    mode = found.score(first, "map")["theta"].to_list()
    assert mode == pytest.approx([-1.8165552, -1.4946906, -1.4822982, -1.1789899, -1.0958928, -0.7951026], abs=1e-2)
    ends = found.score(ALL_OF_FIVE[[0, -1]])
    assert ends["theta"].to_list() == pytest.approx([-1.86978, 0.72718], abs=1e-4)


@pytest.mark.shared_data
def test_published_conversion_of_sums_of_lsat7(lsat7):
    found, _, _ = lsat7
    table = sum_score_table(found.scorer, students=1000)
    assert table["theta"].to_list() == pytest.approx(
        [-1.86979, -1.431861, -0.9488463, -0.4131963, 0.1517289, 0.7271877], abs=1e-3
    )
    assert table["se"].to_list() == pytest.approx(
        [0.6927032, 0.6838697, 0.6942298, 0.7210951, 0.758772, 0.8009335], abs=1e-3
    )
    assert table["expected"].to_list() == pytest.approx(
        [10.08994, 44.65882, 109.773, 207.7391, 319.1854, 308.5536], abs=0.05
    )
    assert reliability(table) == pytest.approx(0.4319948, abs=1e-3)


@pytest.mark.shared_data
def test_published_ends_of_lsat6(shared_data):
    answers, weights = frequencies(shared_data / "irt" / "lsat6.csv")
    people = np.repeat(answers, weights.astype(int), axis=0)
    found = ItemResponseModel(quadrature=Quadrature(61), tolerance=1e-5).fit(people)
    ends = found.score(ALL_OF_FIVE[[0, -1]])
    assert ends["theta"].to_list() == pytest.approx([-1.89677, 0.64562], abs=2e-4)
    assert ends["se"].to_list() == pytest.approx([0.80128, 0.85901], abs=2e-4)


@pytest.fixture
def some():
    items = three_parameter_items(25, 1)
    answers = drawn(items, np.random.default_rng(2).normal(size=300), 3)
    answers[:80, ::3] = -1
    answers[200:220, ::2] = -1
    return items, answers


def test_modes_are_modes(some):
    items, answers = some
    for method, precision in (("ml", 0.0), ("map", 1.0)):
        found = scorer_of(items).score(answers, method)
        for row in range(0, 300, 23):
            grid = np.linspace(-6, 6, 2401)
            values = log_likelihood(items, answers[row], grid) - precision * grid**2 / 2
            theta = found["theta"][row]
            own = log_likelihood(items, answers[row], theta)[0] - precision * theta**2 / 2
            assert own >= values.max() - 1e-9


def test_warm_weights_the_likelihood_by_the_root_of_information_in_two_parameters():
    items = two_parameter_items(12, 4)
    answers = drawn(items, np.random.default_rng(5).normal(size=40), 6)
    answers[0], answers[1] = 0, 1
    found = scorer_of(items).score(answers, "wle")
    a = items.a(1.0)[:, None]

    def objective(theta, row):
        right = probabilities(items, np.array([theta]))[:, 1]
        return -(log_likelihood(items, answers[row], theta)[0] + 0.5 * np.log((a**2 * right * (1 - right)).sum()))

    for row in range(0, 40, 3):
        best = minimize_scalar(objective, args=(row,), bounds=(-5.9, 5.9), method="bounded", options={"xatol": 1e-9})
        assert found["theta"][row] == pytest.approx(best.x, abs=1e-4)
    assert not found["at_bound"].any()


def test_posterior_means_and_spreads_are_integrals(some):
    items, answers = some
    found = scorer_of(items, mean=0.3, sd=1.2).score(answers)
    grid = np.linspace(-8, 8, 3201)
    for row in range(0, 300, 37):
        weight = np.exp(log_likelihood(items, answers[row], grid) - 0.5 * ((grid - 0.3) / 1.2) ** 2)
        mean = (weight * grid).sum() / weight.sum()
        assert found["theta"][row] == pytest.approx(mean, abs=1e-4)
        assert found["se"][row] == pytest.approx(np.sqrt((weight * (grid - mean) ** 2).sum() / weight.sum()), abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(METHODS))
def test_one_more_right_answer_never_lowers_a_score(seed, method):
    """With two parameters; with three, a right answer to a hard item after wrong easy ones tells of a guess."""
    draw = np.random.default_rng(seed)
    items = two_parameter_items(8, seed)
    answers = draw.integers(0, 2, (1, 8)).astype(np.int8)
    wrong = np.flatnonzero(answers[0] == 0)
    if wrong.size == 0:
        return
    better = answers.copy()
    better[0, draw.choice(wrong)] = 1
    theta = scorer_of(items).score(np.concatenate([answers, better]), method)["theta"]
    assert theta[1] >= theta[0] - 1e-9


def test_all_right_and_all_wrong_are_at_the_bound_only_by_maximum_likelihood():
    items = two_parameter_items(10, 7)
    ends = np.array([[0] * 10, [1] * 10], dtype=np.int8)
    ml = scorer_of(items).score(ends, "ml")
    assert ml["theta"].to_list() == [-6.0, 6.0]
    assert ml["at_bound"].all()
    assert ml["se"].is_nan().all()
    for method in ("eap", "map", "wle"):
        found = scorer_of(items).score(ends, method)
        assert not found["at_bound"].any()
        assert (found["theta"].abs() < 5).all()


def test_who_answered_nothing_has_no_score_and_group_is_the_prior():
    items = two_parameter_items(6, 8)
    answers = drawn(items, np.random.default_rng(9).normal(size=400), 10)
    answers[0] = -1
    groups = np.repeat(["a", "b"], 200)
    found = ItemResponseModel().fit(answers, groups=groups)
    scores = found.score(answers, groups=groups, students=[f"s{row}" for row in range(400)])
    assert np.isnan(scores["theta"][0])
    assert scores["student"][399] == "s399"
    with pytest.raises(ValueError, match="no group given"):
        found.score(answers)
    with pytest.raises(ValueError, match="found 'z'"):
        found.score(answers, groups=["z"] * 400)
    with pytest.raises(ValueError, match="6 items expected"):
        found.score(answers[:, :3], groups=groups)


def test_distribution_of_sums_is_that_of_all_patterns():
    items = three_parameter_items(5, 11)
    theta = np.array([-1.0, 0.4])
    found = sum_score_distribution(items, theta)
    for point in range(2):
        by_sum = np.zeros(6)
        for row in ALL_OF_FIVE:
            by_sum[row.sum()] += np.exp(log_likelihood(items, row, theta[point])[0])
        assert found[:, point] == pytest.approx(by_sum, abs=1e-12)
    steps = published_parameters(
        np.array([1.0, 0.8]), np.array([[-1, 0.5], [0.2, 0.9]]), scale_constant=1.0, models="gpcm"
    )
    assert sum_score_distribution(steps, theta).sum(axis=0) == pytest.approx([1, 1])
    assert sum_score_distribution(steps, theta).shape == (5, 2)


def test_plausible_values_have_the_moments_of_the_posterior():
    items = two_parameter_items(12, 12)
    answers = drawn(items, np.random.default_rng(13).normal(size=40), 14)
    scorer = scorer_of(items)
    scores = scorer.score(answers)
    draws = plausible_values(scorer, answers, 4000, seed=1).drop("student").to_numpy()
    assert draws.mean(axis=1) == pytest.approx(scores["theta"].to_numpy(), abs=0.06)
    assert draws.std(axis=1) == pytest.approx(scores["se"].to_numpy(), rel=0.05)
    coarse = scorer_of(items, quadrature=Quadrature(21))
    wide = plausible_values(coarse, answers, 4000, seed=1).drop("student").to_numpy()
    assert wide.std(axis=1).mean() == pytest.approx(scores["se"].mean(), rel=0.02)


def test_the_spread_of_a_group_comes_from_plausible_values_not_from_eap():
    items = two_parameter_items(12, 15)
    theta = np.random.default_rng(16).normal(size=8000)
    answers = drawn(items, theta, 17)
    scorer = scorer_of(items)
    assert scorer.score(answers)["theta"].std() < 0.92
    draws = plausible_values(scorer, answers, 5, seed=3).drop("student").to_numpy()
    assert draws.std(axis=0).mean() == pytest.approx(1.0, abs=0.02)
    assert (draws < -1).mean() == pytest.approx(0.1587, abs=0.01)


def test_a_student_draws_the_same_whoever_else_is_there():
    items = two_parameter_items(12, 18)
    answers = drawn(items, np.random.default_rng(19).normal(size=50), 20)
    numbers = np.arange(1000, 1050)
    whole = plausible_values(scorer_of(items), answers, 3, seed=5, numbers=numbers)
    part = plausible_values(scorer_of(items), answers[[30, 10]], 3, seed=5, numbers=numbers[[30, 10]])
    assert part.drop("student").to_numpy() == pytest.approx(whole.drop("student").to_numpy()[[30, 10]], abs=1e-12)
    other = plausible_values(scorer_of(items), answers, 3, seed=6, numbers=numbers)
    assert (other["pv1"] != whole["pv1"]).all()


def test_the_counter_gives_uniform_numbers_that_do_not_hang_together():
    u = np.stack([uniform(7, np.arange(20_000), draw) for draw in range(3)])
    assert u.min() > 0
    assert u.max() < 1
    assert u.mean(axis=1) == pytest.approx([0.5] * 3, abs=0.01)
    assert u.var(axis=1) == pytest.approx([1 / 12] * 3, abs=0.002)
    assert np.abs(np.corrcoef(u) - np.eye(3)).max() < 0.03
    assert abs(np.corrcoef(u[0, 1:], u[0, :-1])[0, 1]) < 0.03


def test_latent_regression_recovers_a_difference_that_eap_shrinks():
    items = two_parameter_items(12, 21)
    draw = np.random.default_rng(22)
    x = np.stack([np.ones(4000), draw.integers(0, 2, 4000)], axis=1)
    theta = x @ np.array([-0.3, 0.8]) + draw.normal(0, 0.9, 4000)
    answers = drawn(items, theta, 23)
    scorer = scorer_of(items)
    found = latent_regression(scorer, answers, x)
    assert found.converged
    assert np.abs(found.beta - [-0.3, 0.8]).max() < 3.5 * found.standard_errors.max() < 0.2
    assert found.sd == pytest.approx(0.9, abs=0.06)
    eap = scorer.score(answers)["theta"].to_numpy()
    shrunk = eap[x[:, 1] == 1].mean() - eap[x[:, 1] == 0].mean()
    draws = plausible_values(scorer, answers, 5, seed=2, covariates=x, regression=found).drop("student").to_numpy()
    between = draws[x[:, 1] == 1].mean() - draws[x[:, 1] == 0].mean()
    assert abs(between - 0.8) < abs(shrunk - 0.8)
    assert between == pytest.approx(found.beta[1], abs=0.06)
    with pytest.raises(ValueError, match="combination of the others"):
        latent_regression(scorer, answers, np.stack([x[:, 0], x[:, 0]], axis=1))
    with pytest.raises(ValueError, match="both or neither"):
        plausible_values(scorer, answers, seed=1, covariates=x)


def test_weights_count_by_their_ratios_and_unequal_ones_cost_precision():
    """Design effect of weights that have nothing to do with anything: mean of w squared over squared mean (Kish)."""
    items = two_parameter_items(12, 21)
    draw = np.random.default_rng(26)
    answers = drawn(items, draw.normal(0.2, 1.0, 3000), 27)
    constant, unequal = np.ones((3000, 1)), draw.choice([1.0, 5.0], 3000)
    scorer = scorer_of(items)
    plain = latent_regression(scorer, answers, constant)
    large = latent_regression(scorer, answers, constant, np.full(3000, 89.0))
    weighted = latent_regression(scorer, answers, constant, unequal)
    assert large.standard_errors == pytest.approx(plain.standard_errors, rel=1e-6)
    assert large.loglik == pytest.approx(plain.loglik)
    effect = (unequal**2).mean() / unequal.mean() ** 2
    assert weighted.standard_errors / plain.standard_errors == pytest.approx(np.sqrt(effect), rel=0.05)


def test_silent_students_draw_from_their_group():
    items = two_parameter_items(5, 24)
    answers = np.full((4000, 5), -1, dtype=np.int8)
    draws = plausible_values(scorer_of(items, mean=1.0, sd=0.5), answers, 1, seed=4)["pv1"].to_numpy()
    assert (draws.mean(), draws.std()) == (pytest.approx(1.0, abs=0.03), pytest.approx(0.5, abs=0.03))


@pytest.mark.parametrize("method", ["ml", "map", "wle"])
def test_a_maximum_is_found_to_the_last_digits_whoever_else_is_scored(monkeypatch, method):
    items = three_parameter_items(30, 3)
    answers = drawn(items, np.random.default_rng(0).normal(size=4000), 4)
    scorer = scorer_of(items)
    found = scorer.score(answers, method)["theta"].to_numpy()
    monkeypatch.setattr(scores, "REFINEMENTS", 200)
    monkeypatch.setattr(scores, "SETTLED", 0.0)
    longer = scorer.score(answers, method)["theta"].to_numpy()
    assert found == pytest.approx(longer, abs=1e-12)
