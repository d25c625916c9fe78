"""Answers packed once serve calibration, scores and plausible values, and give what the matrix gives."""

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel
from trama_measure.irt.plausible import latent_regression, plausible_values
from trama_measure.responses import Code, from_arrays, pack

from .worlds import booklets_of_blocks, drawn, three_parameter_items

PAIRS = [(0, 1), (1, 2), (2, 0)]
NAMES = [f"q{number:02d}" for number in range(1, 31)]


@pytest.fixture(scope="module")
def responses():
    """30 items in booklets of 20; some not reached, one annulled for all, two students without a single answer."""
    absent = booklets_of_blocks(3000, 3, 10, PAIRS, seed=1)
    draw = np.random.default_rng(2)
    codes = drawn(three_parameter_items(30, 3), draw.normal(size=3000), 4).astype(np.uint8)
    late = draw.random(3000) < 0.1
    codes[late, -4:] = Code.NOT_REACHED
    codes[draw.random(codes.shape) < 0.02] = Code.OMITTED
    codes[[5, 77]] = Code.NOT_REACHED
    codes[:, 12] = Code.ANNULLED
    codes[absent] = Code.NOT_PRESENTED
    booklet = np.unique(absent, axis=0, return_inverse=True)[1].ravel()
    return from_arrays(codes, items=NAMES, booklet=booklet)


@pytest.fixture(scope="module")
def model():
    """Anchored, as an annulled item has no answer to be estimated from."""
    true = three_parameter_items(30, 3)
    held = {
        NAMES[place]: (true.a(1.0)[place], true.b()[place, 0], true.c()[place]) for place in (0, 5, 11, 12, 16, 21, 26)
    }
    return ItemResponseModel(model="3pl", tolerance=1e-4, anchors=held)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_calibration_of_packed_answers_is_that_of_the_matrix(responses, model, weighted):
    groups = np.where(np.arange(3000) % 3 == 0, "north", "south")
    weights = 1.0 + np.arange(3000) % 4 if weighted else None
    of_matrix = model.fit(responses.scored(), items=NAMES, groups=groups, weights=weights)
    of_bits = model.fit(pack(responses), items=NAMES, groups=groups, weights=weights)
    assert of_bits.loglik == pytest.approx(of_matrix.loglik, abs=1e-4)
    assert of_bits.parameters.xi == pytest.approx(of_matrix.parameters.xi, abs=1e-4)
    assert of_bits.covariance == pytest.approx(of_matrix.covariance, rel=1e-3, abs=1e-7)
    assert of_bits.students == of_matrix.students == 2998
    assert (of_bits.answers == of_matrix.answers).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_scores_and_plausible_values_are_those_of_the_matrix(responses, model, threads):
    scored, packed = responses.scored(), pack(responses)
    found = model.fit(packed, items=NAMES)
    for method in ("eap", "wle"):
        own = found.score(packed, method, threads=threads)
        assert own["answered"].to_list() == (scored >= 0).sum(axis=1).tolist()
        for name in ("theta", "se"):
            of_matrix = found.score(scored, method)[name].to_numpy()
            assert own[name].to_numpy() == pytest.approx(of_matrix, abs=1e-9, nan_ok=True)
    assert own["theta"].is_nan().to_numpy().nonzero()[0].tolist() == [5, 77]
    draws = plausible_values(found.scorer, packed, 3, seed=9, threads=threads).to_numpy()
    assert draws == pytest.approx(plausible_values(found.scorer, scored, 3, seed=9).to_numpy(), abs=1e-9)
    assert np.isfinite(draws).all()


def test_a_latent_regression_takes_packed_answers(responses, model):
    scorer = model.fit(pack(responses), items=NAMES).scorer
    x = np.stack([np.ones(3000), np.arange(3000) % 2], axis=1)
    found, of_matrix = (latent_regression(scorer, given, x) for given in (pack(responses), responses.scored()))
    assert found.beta == pytest.approx(of_matrix.beta, abs=1e-8)
    one, other = (
        plausible_values(scorer, given, 2, seed=1, covariates=x, regression=found).to_numpy()
        for given in (pack(responses), responses.scored())
    )
    assert one == pytest.approx(other, abs=1e-8)


def test_the_treatment_is_fixed_by_packing(responses, model):
    kind, lenient = pack(responses, omitted="missing"), responses.scored(omitted="missing")
    assert model.fit(kind, items=NAMES).loglik == pytest.approx(model.fit(lenient, items=NAMES).loglik, abs=1e-4)


def test_another_number_of_items_is_refused(responses, model):
    found = model.fit(pack(responses), items=NAMES)
    fewer = pack(from_arrays(np.zeros((4, 2), dtype=np.uint8)))
    with pytest.raises(ValueError, match=r"30 items expected, found an array of \(4, 2\)"):
        found.score(fewer)
