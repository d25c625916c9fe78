"""Probabilities and priors: every derivative against differences."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from trama_measure.irt import Beta, Normal, Prior, published_parameters
from trama_measure.irt.families import (
    expected_score,
    item_information,
    parameter_derivatives,
    probabilities,
    theta_derivatives,
)
from trama_measure.irt.maximise import maximise
from trama_measure.irt.parameters import ItemParameters, blank_parameters
from trama_measure.irt.priors import log_prior, prior_derivatives

THETA = np.linspace(-3, 3, 13)


@pytest.fixture
def mixed():
    """One item of each model, some with three and four categories."""
    items = blank_parameters(
        ["rasch", "1pl", "2pl", "3pl", "graded", "graded", "gpcm"], np.array([2, 2, 2, 2, 4, 2, 3])
    )
    xi = items.xi.copy()
    xi[:, 0] = [1.0, 1.3, 0.7, 1.8, 1.2, 0.9, 0.8]
    xi[:, 1] = [0.2, -0.5, 1.0, -1.1, 1.5, 0.4, -0.6]
    xi[4, 1:4], xi[6, 1:3] = [1.5, 0.1, -1.2], [0.3, 0.9]
    xi[3, -1] = logit(0.22)
    return items.with_xi(xi)


def test_probabilities_of_what_exists_sum_to_one(mixed):
    p = probabilities(mixed, THETA)
    exists = np.arange(4)[None, :] < mixed.categories[:, None]
    assert (p * exists[:, :, None]).sum(axis=1) == pytest.approx(np.ones((7, 13)), abs=1e-12)
    assert (p[~exists] == 1).all()


def test_worked_by_hand():
    item = published_parameters(np.array([1.2]), np.array([0.5]), np.array([0.2]), scale_constant=1.7)
    right = probabilities(item, np.array([0.5, 1.5]))[0, 1]
    assert right == pytest.approx([0.6, 0.2 + 0.8 / (1 + np.exp(-1.7 * 1.2))])
    steps = published_parameters(np.array([1.0]), np.array([[-1.0, 1.0]]), scale_constant=1.0, models="gpcm")
    assert probabilities(steps, np.array([0.0]))[0, :, 0] == pytest.approx(np.array([1, np.e, 1]) / (2 + np.e))
    graded = published_parameters(np.array([1.0]), np.array([[-1.0, 1.0]]), scale_constant=1.0, models="graded")
    assert probabilities(graded, np.array([0.0]))[0, 2, 0] == pytest.approx(1 / (1 + np.e))


def test_derivatives_in_the_parameters_are_differences(mixed):
    found = parameter_derivatives(mixed, THETA)
    h = 1e-6
    for item, column in np.argwhere(mixed.free).tolist():
        up, down = mixed.xi.copy(), mixed.xi.copy()
        up[item, column] += h
        down[item, column] -= h
        slope = (probabilities(mixed.with_xi(up), THETA) - probabilities(mixed.with_xi(down), THETA)) / (2 * h)
        assert found[item, :, column] == pytest.approx(slope[item], abs=1e-8)
    assert (found[0, :, 0] == 0).all()  # the slope of rasch is not free


def test_derivatives_in_theta_are_differences(mixed):
    h = 1e-4
    p, first, second = theta_derivatives(mixed, THETA)
    up, down = probabilities(mixed, THETA + h), probabilities(mixed, THETA - h)
    assert first == pytest.approx((up - down) / (2 * h), abs=1e-7)
    assert second == pytest.approx((up - 2 * p + down) / h**2, abs=1e-6)


def test_information_and_expected_points(mixed):
    two = mixed.take(np.array([2]))
    right = probabilities(two, THETA)[0, 1]
    assert item_information(two, THETA)[0] == pytest.approx(0.7**2 * right * (1 - right))
    points = expected_score(mixed, np.array([-30.0, 30.0]))
    assert points[:, 1] == pytest.approx(mixed.categories - 1, abs=1e-6)
    assert points[[0, 3, 4], 0] == pytest.approx([0, 0.22, 0], abs=1e-6)


@pytest.mark.parametrize(
    "prior", [Prior(c=Beta(5, 17)), Prior(logit_c=Normal(-1.4, 0.5)), Prior(log_a=Normal(0.1, 0.4))]
)
def test_derivatives_of_priors_follow_the_chain_rule(mixed, prior):
    """A program that leaves c(1 - c) out of the beta prior has it about six times too strong at c = 0.2."""
    gradient, _ = prior_derivatives(prior, mixed, 1.7)
    h = 1e-6
    for item, column in np.argwhere(mixed.free).tolist():
        up, down = mixed.xi.copy(), mixed.xi.copy()
        up[item, column] += h
        down[item, column] -= h
        slope = log_prior(prior, mixed.with_xi(up), 1.7) - log_prior(prior, mixed.with_xi(down), 1.7)
        assert gradient[item, column] == pytest.approx(slope[item] / (2 * h), abs=1e-7)


def test_guessing_under_a_beta_prior_is_the_mode_found_by_search():
    """Students so weak that right answers are guesses: the posterior mode of c is known in closed form."""
    items = ItemParameters(np.array([[1.0, -60.0, -1.0]]), np.array([[False, False, True]]), ("3pl",), np.array([2]))
    counts = np.zeros((1, 2, 1))
    counts[0, :, 0] = [70, 30]
    found = maximise(items, counts, np.array([0.0]), Prior(c=Beta(5, 17)), 1.0)
    for _ in range(5):
        found = maximise(found, counts, np.array([0.0]), Prior(c=Beta(5, 17)), 1.0)
    assert found.c()[0] == pytest.approx((30 + 4) / (100 + 20), abs=1e-6)
    search = minimize_scalar(
        lambda g: -(34 * np.log(expit(g)) + 86 * np.log(1 - expit(g))),
        bounds=(-5, 2),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert found.c()[0] == pytest.approx(float(expit(search.x)), abs=1e-6)


def test_the_prior_of_a_test_with_options():
    assert Prior.for_options(5).c == Beta(5.0, 17.0)
    assert Prior.for_options(4).c == Beta(6.0, 16.0)
    assert Prior.for_options(4).c.mode == pytest.approx(0.25)


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="positive D"):
        published_parameters(np.ones(2), np.zeros(2), scale_constant=0)
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        published_parameters(np.ones(1), np.zeros(1), np.array([1.2]), scale_constant=1)
    with pytest.raises(ValueError, match="one a, b and c per item"):
        published_parameters(np.ones(2), np.zeros(3), scale_constant=1)
    with pytest.raises(ValueError, match="no model is called"):
        blank_parameters(["4pl"], np.array([2]))
    with pytest.raises(ValueError, match="right and wrong"):
        blank_parameters(["2pl"], np.array([3]))
    with pytest.raises(ValueError, match="not both"):
        Prior(c=Beta(5, 17), logit_c=Normal(0, 1))
