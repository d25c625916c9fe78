"""The usual errors, from one pass over the students, against those of Oakes, which are exact and cost 2 passes each."""

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel
from trama_measure.irt import standard_errors as errors
from trama_measure.irt.em import evaluate
from trama_measure.irt.sources import in_memory

from .worlds import booklets_of_blocks, drawn, three_parameter_items, two_parameter_items


def ratios(model, answers, groups=None):
    """Standard errors of all free parameters by the cross-product over those by Oakes, and the calibration."""
    found = {
        kind: ItemResponseModel(model=model, tolerance=1e-4, errors=kind).fit(answers, groups=groups)
        for kind in ("cross-product", "oakes")
    }
    own, exact = (np.sqrt(np.diag(one.covariance)) for one in found.values())
    return own / exact, found["cross-product"]


def test_of_a_2pl_all_errors_are_within_5_percent_of_oakes():
    """Also those of an item that 97 % have right, which with 8,000 students were still 8 % away."""
    answers = drawn(two_parameter_items(20, 1), np.random.default_rng(3).normal(size=30_000), 4)
    ratio, found = ratios("2pl", answers)
    assert ratio.size == 40
    assert np.abs(ratio - 1).max() < 0.05
    assert np.isfinite(found.items["se_b"].to_numpy()).all()


def test_of_groups_and_booklets_too():
    draw = np.random.default_rng(5)
    absent = booklets_of_blocks(9000, 3, 8, [(0, 1), (1, 2), (2, 0)], seed=6)
    groups = np.where(np.arange(9000) < 4500, "year 5", "year 9")
    theta = draw.normal(size=9000) * np.where(groups == "year 5", 1.0, 1.2) + np.where(groups == "year 5", 0.0, 0.7)
    ratio, found = ratios("2pl", drawn(two_parameter_items(24, 7), theta, 8, missing=absent), groups)
    assert ratio.size == 2 * 24 + 2  # mean and SD of the second group
    assert np.abs(ratio - 1).max() < 0.07
    assert found.groups["se_mean"].is_nan().to_list() == [True, False]


def test_of_a_3pl_only_what_the_answers_hardly_tell_is_further_from_oakes():
    """The lower asymptote of an easy item: nearly nobody stands where it would be seen."""
    answers = drawn(three_parameter_items(20, 1), np.random.default_rng(3).normal(size=20_000), 4)
    ratio, found = ratios("3pl", answers)
    assert np.median(ratio) == pytest.approx(1, abs=0.01)
    far = np.abs(ratio - 1) > 0.05
    assert far.mean() < 0.15
    assert np.abs(ratio - 1).max() < 0.2
    items = np.unique(np.flatnonzero(far) // 3)
    assert (found.items["b"].to_numpy()[items] < 0.2).all()


def test_a_block_adds_to_the_parameters_of_its_own_items_only():
    """What is left out of the products of a booklet is exactly what is 0 in them."""
    absent = booklets_of_blocks(1500, 3, 5, [(0, 1), (1, 2), (2, 0)], seed=6)
    answers = drawn(two_parameter_items(15, 7), np.random.default_rng(1).normal(size=1500), 8, missing=absent)
    model = ItemResponseModel(errors="none")
    found = model.fit(answers)
    source = in_memory(answers, None, None, (None,), 1)
    passed = evaluate(source, found.state, model._settings(found.prior, 1.0))
    task = errors.score_task(passed)
    written_out = np.zeros((30, 30))
    for block in source.blocks:
        for _, scores in task.scores(block):
            written_out += scores.T @ scores
    assert source.total(task) == pytest.approx(written_out, rel=1e-12)
    assert (source.total(task) != 0).all()  # every two items meet in some booklet
