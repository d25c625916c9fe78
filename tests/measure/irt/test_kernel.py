"""The compiled kernel is held to numpy: same sums, same parameters, same scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.irt import ItemResponseModel, Quadrature, kernel, published_parameters
from trama_measure.irt.em import State
from trama_measure.irt.expected import expected_of_block
from trama_measure.irt.groups import normal_groups
from trama_measure.irt.parameters import blank_parameters
from trama_measure.irt.plausible import plausible_values
from trama_measure.irt.scores import _moments_by_matrices, scorer_of
from trama_measure.irt.sources import Batch, blocks_of

from .worlds import booklets_of_blocks, drawn, three_parameter_items

_kernel = kernel._kernel
pytestmark = pytest.mark.skipif(not kernel.available(), reason="the kernel was not built: no C compiler")


def step_of(items, dtype, points=21):
    groups = normal_groups((None,), Quadrature(points).nodes())
    return State(items, groups).step(dtype)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 75),
    st.integers(1, 300),
    st.sampled_from([0.0, 0.4]),
    st.booleans(),
    st.sampled_from(["float64", "float32"]),
    st.sampled_from([11, 16, 32, 48, 49, 121]),
)
def test_the_same_sums_as_numpy(seed, width, n, missing, weighted, dtype, points):
    draw = np.random.default_rng(seed)
    answers = draw.integers(0, 2, (n, width)).astype(np.int8)
    answers[draw.random(answers.shape) < missing] = -1
    weights = draw.uniform(0.2, 3, n) if weighted else None
    step = step_of(three_parameter_items(width, seed), dtype, points)
    near = 1e-9 if dtype == "float64" else 3e-5
    for block in blocks_of(Batch(answers, None, weights), (None,)):
        ours, reference = kernel.sums_of_block(block, step), expected_of_block(block, step)
        assert ours.counts == pytest.approx(reference.counts, rel=near, abs=near * n)
        assert ours.mass == pytest.approx(reference.mass, rel=near, abs=near * n)
        assert ours.loglik == pytest.approx(reference.loglik, rel=near)


def test_underflow_is_handed_to_numpy():
    items = published_parameters(np.full(40, 14.0), np.linspace(-3, 3, 40), scale_constant=1.0)
    answers = (np.arange(40)[None, :] > 20).astype(np.int8)
    step = step_of(items, "float32")
    block = next(iter(blocks_of(Batch(answers), (None,))))
    assert kernel.sums_of_block(block, step).loglik == expected_of_block(block, step).loglik
    assert kernel.moments_of_block(block, step) is None


def test_items_with_categories_are_handed_to_numpy():
    items = blank_parameters(["gpcm", "2pl"], np.array([3, 2]))
    answers = np.array([[2, 1], [0, 0], [1, 1]], dtype=np.int8)
    block = next(iter(blocks_of(Batch(answers), (None,))))
    step = step_of(items, "float64")
    assert (kernel.sums_of_block(block, step).counts == expected_of_block(block, step).counts).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_same_parameters_in_booklets_and_the_same_bits_with_threads(dtype):
    true = three_parameter_items(30, 1)
    theta = np.random.default_rng(2).normal(size=5000)
    absent = booklets_of_blocks(5000, 3, 10, [(0, 1), (1, 2), (0, 2)], 3)
    absent[:50] |= np.random.default_rng(4).random((50, 30)) < 0.2
    answers = drawn(true, theta, 5, absent)
    found = {
        engine: ItemResponseModel(model="3pl", engine=engine, precision=dtype, threads=threads).fit(answers)
        for engine, threads in (("numpy", 1), ("kernel", 1), ("auto", 2))
    }
    for name in ("a", "b", "c"):
        away = (found["kernel"].items[name] - found["numpy"].items[name]).abs() / found["numpy"].items[f"se_{name}"]
        assert away.max() < 0.01
        assert (found["auto"].items[name] == found["kernel"].items[name]).all()
    assert found["kernel"].loglik == pytest.approx(found["numpy"].loglik, abs=1e-3)


def test_the_same_scores():
    items = three_parameter_items(44, 6)
    answers = drawn(items, np.random.default_rng(7).normal(size=3000), 8)
    answers[:100, ::3] = -1
    for dtype, near in (("float64", 1e-10), ("float32", 1e-4)):
        step = step_of(items, dtype, 49)
        exact = step_of(items, "float64", 49)
        for block in blocks_of(Batch(answers), (None,)):
            mean, sd = kernel.moments_of_block(block, step)
            reference, spread = _moments_by_matrices(block, exact)
            assert mean == pytest.approx(reference, abs=near)
            assert sd == pytest.approx(spread, abs=near * 3)


@pytest.mark.parametrize("known", [44, 3])  # a narrow posterior, and one wider than the cells looked at first
@pytest.mark.parametrize(("points", "draws"), [(61, 5), (32, 11), (11, 8)])
def test_the_same_plausible_values(monkeypatch, known, points, draws):
    items = three_parameter_items(known, 9)
    answers = drawn(items, np.random.default_rng(10).normal(size=500), 11)
    answers[:100, ::3] = -1
    scorer = scorer_of(items, quadrature=Quadrature(points, -6.0, 6.0))
    numbers = np.arange(500) * 7919 + 2**40
    quick = plausible_values(scorer, answers, draws, seed=12, numbers=numbers)
    monkeypatch.setattr(kernel, "draws_of_block", lambda *given: None)
    reference = plausible_values(scorer, answers, draws, seed=12, numbers=numbers)
    assert quick.to_numpy() == pytest.approx(reference.to_numpy(), abs=1e-8)


def test_bad_arrays_are_refused_not_read():
    given = (bytes(3), None, None, *[np.zeros(3)] * 3, None, None, None, np.zeros(3), None, None, None, None)
    with pytest.raises(ValueError, match="bits: 10 bytes expected, found 3"):
        _kernel.run(10, 8, 11, True, 0, 0, *given)
    with pytest.raises(ValueError, match="points found"):
        _kernel.run(10, 8, 500, True, 0, 0, *given)
    grid = np.zeros((8, 11))
    whole = (bytes(10), None, None, grid, grid, grid, None, None, None, grid, None, None, None, None)
    with pytest.raises(ValueError, match="is None"):
        _kernel.run(10, 8, 11, True, 0, 0, *whole)
    with pytest.raises(ValueError, match="is None"):
        _kernel.run(10, 8, 11, True, 0, 5, *whole[:-4], np.zeros(10), np.zeros(10), None, None)
