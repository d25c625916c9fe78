"""Estimates of other programs on classic data, as published or as computed for this project (performance.md 3.2)."""

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel, Normal, Prior, Quadrature

from .worlds import frequencies

pytestmark = pytest.mark.shared_data
FINE = Quadrature(61)


def people(shared_data, name):
    answers, weights = frequencies(shared_data / "irt" / f"{name}.csv")
    return np.repeat(answers, weights.astype(int), axis=0)


def fitted(shared_data, name, model, **more):
    return ItemResponseModel(model=model, quadrature=FINE, tolerance=1e-6, **more).fit(people(shared_data, name))


def test_lsat6_rasch_with_a_fixed_distribution(shared_data):
    found = fitted(shared_data, "lsat6", "rasch", free_reference_sd=False)
    assert found.loglik == pytest.approx(-2473.0538, abs=1e-3)
    assert found.items["b"].to_list() == pytest.approx([-2.87197, -1.06303, -0.25761, -1.38806, -2.21878], abs=2e-4)


def test_lsat6_one_parameter_either_way(shared_data):
    slope = fitted(shared_data, "lsat6", "1pl", errors="oakes")
    assert slope.loglik == pytest.approx(-2466.9376, abs=1e-4)
    assert slope.items["b"].to_list() == pytest.approx([-3.61527, -1.32242, -0.31763, -1.73009, -2.78017], abs=1e-3)
    assert slope.items["a"].to_list() == pytest.approx([0.75513] * 5, abs=1e-4)
    assert slope.items["se_a"][0] == pytest.approx(0.06943, rel=0.01)
    spread = fitted(shared_data, "lsat6", "rasch")
    assert spread.loglik == pytest.approx(slope.loglik, abs=1e-6)
    assert spread.groups["sd"][0] ** 2 == pytest.approx(0.57024, abs=1e-4)


def test_lsat6_two_parameters(shared_data):
    found = fitted(shared_data, "lsat6", "2pl", errors="oakes")
    assert found.loglik == pytest.approx(-2466.6534, abs=1e-4)
    assert found.items["a"].to_list() == pytest.approx([0.82566, 0.72274, 0.89087, 0.68837, 0.65686], abs=1e-4)
    assert found.items["d"].to_list() == pytest.approx([2.77323, 0.99020, 0.24915, 1.28476, 2.05327], abs=1e-4)
    assert found.items["se_a"].to_list() == pytest.approx([0.2581, 0.1867, 0.2326, 0.1852, 0.2100], rel=0.01)
    assert found.aic == pytest.approx(4953.307, abs=1e-3)
    assert found.bic == pytest.approx(5002.384, abs=1e-3)


def test_lsat7_rasch_and_two_parameters(shared_data):
    rasch = fitted(shared_data, "lsat7", "rasch", errors="oakes")
    assert rasch.loglik == pytest.approx(-2664.9009, abs=1e-4)
    assert rasch.items["d"].to_list() == pytest.approx([1.86826, 0.79100, 1.46098, 0.52150, 1.99297], abs=1e-4)
    assert rasch.groups["sd"][0] ** 2 == pytest.approx(1.02265, abs=1e-4)
    assert rasch.covariance is not None
    assert np.sqrt(rasch.covariance[0, 0]) == pytest.approx(0.100416, rel=0.01)
    found = fitted(shared_data, "lsat7", "2pl", errors="oakes")
    assert found.loglik == pytest.approx(-2658.8051, abs=1e-4)
    assert found.items["a"].to_list() == pytest.approx([0.98755, 1.08084, 1.70748, 0.76499, 0.73567], abs=1e-4)
    assert found.items["d"].to_list() == pytest.approx([1.85586, 0.80797, 1.80521, 0.48600, 1.85446], abs=1e-4)
    assert found.items["se_a"].to_list() == pytest.approx([0.17719, 0.16876, 0.32108, 0.13412, 0.15113], rel=0.002)


def test_three_parameters_never_fit_worse_than_two(shared_data):
    """One program ends its 3PL on LSAT6 at -2467.431, below the 2PL that is a special case of it."""
    two = fitted(shared_data, "lsat6", "2pl")
    loose = Prior(logit_c=Normal(-12.0, 50.0))
    three = ItemResponseModel(model="3pl", prior=loose, quadrature=FINE, errors="none").fit(
        people(shared_data, "lsat6")
    )
    assert three.loglik >= two.loglik - 1e-3
    assert three.items["a"].max() < 5


def test_frequencies_as_weights_give_what_the_students_one_by_one_give(shared_data):
    answers, weights = frequencies(shared_data / "irt" / "lsat7.csv")
    found = ItemResponseModel(tolerance=1e-7, errors="none").fit(answers, weights=weights)
    each = ItemResponseModel(tolerance=1e-7, errors="none").fit(people(shared_data, "lsat7"))
    assert found.items["a"].to_list() == pytest.approx(each.items["a"].to_list(), abs=1e-5)
    assert found.items["b"].to_list() == pytest.approx(each.items["b"].to_list(), abs=1e-5)


def test_sat12_two_parameters(shared_data):
    answers = np.loadtxt(shared_data / "irt" / "sat12.csv", delimiter=",", skiprows=1, dtype=int)
    key = [1, 4, 5, 2, 3, 1, 2, 1, 3, 1, 2, 4, 2, 1, 5, 3, 4, 4, 1, 4, 3, 3, 4, 1, 3, 5, 1, 3, 1, 5, 4, 5]
    right = (answers == key).astype(np.int8)
    assert right.sum(axis=1).mean() == pytest.approx(18.2017, abs=1e-4)
    found = ItemResponseModel(quadrature=FINE).fit(right)
    assert found.loglik == pytest.approx(-9488.955, abs=2e-3)
    assert found.convergence.converged
