"""Science, Environment, Mobility and Saeb 1995: real answers in categories and in a balanced incomplete design."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from trama_measure.irt import ItemResponseModel, Prior, Quadrature

pytestmark = pytest.mark.shared_data
FINE = Quadrature(61)


def categories(path, order):
    codes = {name: code for code, name in enumerate(order)}
    table = pl.read_csv(path)
    return np.array([[codes[answer] for answer in row] for row in table.iter_rows()], dtype=np.int8)


@pytest.fixture(scope="module")
def science(shared_data):
    return np.loadtxt(shared_data / "irt" / "science.csv", delimiter=",", skiprows=1).astype(np.int8) - 1


def test_science_graded_as_the_manual_of_mirt_prints_it(science):
    found = ItemResponseModel(model="graded", quadrature=FINE, tolerance=1e-5).fit(science)
    assert found.loglik == pytest.approx(-1608.870, abs=1e-3)
    assert found.aic == pytest.approx(3249.739, abs=2e-3)
    assert found.bic == pytest.approx(3313.279, abs=2e-3)
    slope = found.items["a"].to_numpy()
    loading = slope / 1.702 / np.sqrt(1 + (slope / 1.702) ** 2)
    assert loading == pytest.approx([0.522, 0.584, 0.803, 0.541], abs=2e-3)


def test_science_partial_credit_as_the_manual_of_mirt_prints_it(science):
    """Its default tolerance stops 0.0014 of log-likelihood short: parameters agree to a twentieth of their errors."""
    found = ItemResponseModel(model="gpcm", quadrature=FINE, tolerance=1e-5).fit(science)
    assert -1612.683 - 1e-3 < found.loglik < -1612.683 + 3e-3
    d = found.steps["d"].to_numpy().reshape(4, 3).cumsum(axis=1)
    printed = np.array([[2.831, 5.324, 3.998], [1.711, 2.578, 0.848], [4.601, 6.759, 4.918], [2.099, 2.899, 1.721]])
    assert d == pytest.approx(printed, abs=0.1)
    away = (found.items["a"] - pl.Series([0.865, 0.841, 2.204, 0.724])).abs() / found.items["se_a"]
    assert away.max() < 0.06


def test_a_general_optimiser_finds_the_same_top_for_environment(shared_data):
    """The likelihood written out anew on another grid, climbed without any EM."""
    order = ("very concerned", "slightly concerned", "not very concerned")
    answers = categories(shared_data / "irt" / "ltm_environment.csv", order)
    found = ItemResponseModel(model="graded", quadrature=FINE, tolerance=1e-5).fit(answers)
    theta = np.linspace(-7, 7, 141)
    mass = np.exp(-(theta**2) / 2)
    mass /= mass.sum()

    def lost(vector):
        a, upper, gap = vector.reshape(3, 6)[:, :, None]
        first, second = expit(a * theta + upper), expit(a * theta + upper - np.exp(gap))
        p = np.stack([1 - first, first - second, second], axis=1)
        likelihood = np.prod([p[item, answers[:, item]] for item in range(6)], axis=0)
        return -np.log(likelihood @ mass).sum()

    climbed = minimize(lost, np.concatenate([np.ones(6), np.zeros(6), np.ones(6)]), method="BFGS")
    assert found.loglik == pytest.approx(-climbed.fun, abs=1e-4)
    assert found.items["a"].to_list() == pytest.approx(climbed.x[:6], abs=5e-3)


def test_two_categories_are_one_model_under_three_names_for_mobility(shared_data):
    answers = np.loadtxt(shared_data / "irt" / "ltm_mobility.csv.gz", delimiter=",", skiprows=1).astype(np.int8)
    first, *others = (
        ItemResponseModel(model=model, tolerance=1e-5, errors="none").fit(answers)
        for model in ("2pl", "graded", "gpcm")
    )
    for other in others:
        assert other.loglik == pytest.approx(first.loglik, abs=1e-6)
        assert other.items["b"].to_list() == pytest.approx(first.items["b"].to_list(), abs=1e-4)


def test_guessing_that_the_answers_do_not_tell_is_not_called_converged(shared_data):
    """Mobility has no guessing: without a prior two of its c run to zero, which is said."""
    answers = np.loadtxt(shared_data / "irt" / "ltm_mobility.csv.gz", delimiter=",", skiprows=1).astype(np.int8)
    model = ItemResponseModel(model="3pl", prior=Prior(), max_passes=60, errors="none")
    found = model.fit(answers)
    assert not found.convergence.converged
    assert found.convergence.reasons
    with_prior = ItemResponseModel(model="3pl", errors="none").fit(answers)
    assert with_prior.convergence.converged


@pytest.fixture(scope="module")
def saeb(shared_data):
    """Right and wrong by the letter most related to proficiency, items with r > 0.15; not reached is not counted."""
    students = pl.read_csv(shared_data / "irt" / "saeb_1995_matematica_3em_respostas.csv.gz", infer_schema_length=0)
    key = pl.read_csv(shared_data / "irt" / "saeb_1995_matematica_3em_chave_empirica.csv")
    key = key.filter(pl.col("r_ponto_bisserial") > 0.15)
    places = {
        (block, place): item for item, (block, place) in enumerate(zip(key["bloco"], key["posicao"], strict=True))
    }
    letters = key["letra_mais_associada"].to_list()
    answers = np.full((students.height, key.height), -1, dtype=np.int8)
    for row, student in enumerate(students.iter_rows(named=True)):
        for number in "123":
            for place, letter in enumerate(student[f"RESP_BL{number}"], start=1):
                item = places.get((int(student[f"BLOCO{number}"]), place))
                if item is not None and letter != ".":
                    answers[row, item] = letter == letters[item]
    return answers, students["PESO_AC"].cast(pl.Float64).to_numpy(), students["PROFIC"].cast(pl.Float64).to_numpy()


def test_saeb_1995_calibrates_in_its_booklets_and_agrees_with_the_official_proficiency(saeb):
    answers, weights, official = saeb
    assert (answers >= 0).sum(axis=1).max() < 40  # of 125: three of thirteen blocks
    found = ItemResponseModel(model="3pl").fit(answers, weights=weights)
    assert found.convergence.converged
    theta = found.score(answers)["theta"].to_numpy()
    assert np.corrcoef(theta, official)[0, 1] > 0.98
    line = np.polyfit(theta, official, 1)
    assert np.std(official - np.polyval(line, theta)) < 10  # points of the Saeb scale, whose SD here is 55
    two = ItemResponseModel(model="2pl", errors="none").fit(answers, weights=weights)
    assert two.loglik < found.loglik - 500
