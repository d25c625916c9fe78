"""The sums of a pass: against the likelihood written out, and the same however students are cut and ordered."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.irt import ArrayPartition, ItemResponseModel, Quadrature, published_parameters
from trama_measure.irt.em import ExpectedTask, State
from trama_measure.irt.families import probabilities
from trama_measure.irt.groups import normal_groups
from trama_measure.irt.parameters import blank_parameters
from trama_measure.irt.sources import Batch, InMemory, Partitioned, blocks_of

from .worlds import booklets_of_blocks, drawn, three_parameter_items, two_parameter_items

LABELS = ("a", "b")


def state_of(items, labels=LABELS, points=21):
    groups = normal_groups(labels, Quadrature(points).nodes())
    return State(items, groups.with_normals(np.linspace(0, 0.5, len(labels)), np.linspace(1, 1.2, len(labels))))


def written_out(answers, groups, weights, state):
    """Expected counts, mass and log-likelihood, student by student and item by item."""
    p = probabilities(state.items, state.groups.nodes)
    counts, mass, loglik = np.zeros(p.shape), np.zeros(state.groups.masses.shape), 0.0
    for row, group, weight in zip(answers, groups, weights, strict=True):
        joint = state.groups.masses[group].copy()
        for item in np.flatnonzero(row >= 0):
            joint *= p[item, row[item]]
        if not (row >= 0).any():
            continue
        loglik += weight * np.log(joint.sum())
        posterior = weight * joint / joint.sum()
        mass[group] += posterior
        for item in np.flatnonzero(row >= 0):
            counts[item, row[item]] += posterior
    return counts, mass, loglik


def random_answers(n, categories, missing, seed):
    draw = np.random.default_rng(seed)
    answers = draw.integers(0, categories, (n, len(categories))).astype(np.int8)
    answers[draw.random(answers.shape) < missing] = -1
    return answers, draw.integers(0, 2, n), draw.uniform(0.5, 2, n)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("categories", [[2] * 11, [2, 3, 2, 4, 2]])
@pytest.mark.parametrize(("dtype", "near"), [("float64", 1e-10), ("float32", 2e-5)])
def test_the_sums_are_those_of_the_likelihood_written_out(missing, categories, dtype, near):
    answers, groups, weights = random_answers(400, categories, missing, seed=1)
    items = blank_parameters(["2pl" if count == 2 else "gpcm" for count in categories], np.array(categories))
    state = state_of(items)
    source = InMemory(tuple(blocks_of(Batch(answers, np.array(LABELS)[groups], weights), LABELS)), LABELS)
    found = source.total(ExpectedTask(state.step(dtype)))
    counts, mass, loglik = written_out(answers, groups, weights, state)
    exists = np.arange(items.most_categories)[None, :] < items.categories[:, None]
    assert found.counts[exists] == pytest.approx(counts[exists], rel=near, abs=near)
    assert found.groups == pytest.approx(mass, rel=near, abs=near)
    assert found.loglik == pytest.approx(loglik, rel=near)
    assert found.weight == pytest.approx(weights[(answers >= 0).any(axis=1)].sum())


def test_two_sets_of_items_with_many_students_and_some_with_few():
    absent = booklets_of_blocks(1500, 3, 4, [(0, 1), (1, 2)], seed=2)
    absent[:20] = np.random.default_rng(0).random((20, 12)) < 0.5
    answers = drawn(two_parameter_items(12), np.zeros(1500), missing=absent)
    blocks = tuple(blocks_of(Batch(answers), (None,)))
    assert (
        sorted(block.size for block in blocks if block.mask is None)
        == sorted(np.unique(absent[20:], axis=0, return_counts=True)[1].tolist())
        or sum(block.mask is None for block in blocks) == 2
    )
    assert sum(block.size for block in blocks) == (answers >= 0).any(axis=1).sum()
    state = state_of(two_parameter_items(12), labels=(None,))
    found = InMemory(blocks, (None,)).total(ExpectedTask(state.step()))
    counts, _, loglik = written_out(answers, np.zeros(1500, int), np.ones(1500), state)
    assert found.counts == pytest.approx(counts, abs=1e-9)
    assert found.loglik == pytest.approx(loglik, abs=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_threads_give_the_same_bits(dtype):
    items = two_parameter_items(20)
    answers = drawn(items, np.random.default_rng(3).normal(size=80_000))
    step = state_of(items, labels=(None,)).step(dtype)
    blocks = tuple(blocks_of(Batch(answers), (None,)))
    assert len(blocks) == 3
    one, two = (InMemory(blocks, (None,), threads).total(ExpectedTask(step)) for threads in (1, 2))
    assert (one.counts == two.counts).all()
    assert one.loglik == two.loglik


def partitions_of(answers, groups, cuts):
    return [
        ArrayPartition(part, labels)
        for part, labels in zip(np.split(answers, cuts), np.split(groups, cuts), strict=True)
    ]


@pytest.fixture(scope="module")
def grades():
    """3,000 students in two grades, two booklets, twelve items."""
    theta = np.random.default_rng(5).normal(size=3000)
    groups = np.repeat(["fifth", "ninth"], 1500)
    theta[1500:] = 0.8 + 1.2 * theta[1500:]
    absent = booklets_of_blocks(3000, 3, 4, [(0, 1), (1, 2)], seed=6)
    return drawn(two_parameter_items(12, 7), theta, 8, absent), groups


def parameters(found):
    return np.concatenate([found.items["a"], found.items["b"], found.groups["mean"], found.groups["sd"]])


@pytest.fixture(scope="module")
def whole(grades):
    answers, groups = grades
    return ItemResponseModel(errors="none").fit(answers, groups=groups)


@pytest.mark.parametrize("memory_limit", [0, 2**30])
def test_partitions_in_any_order_give_the_same_parameters(grades, whole, memory_limit):
    parts = partitions_of(*grades, [500, 1700, 1701])
    model = ItemResponseModel(errors="none", memory_limit=memory_limit)
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        found = model.fit([parts[place] for place in order])
        assert parameters(found) == pytest.approx(parameters(whole), abs=1e-6)
        assert found.loglik == pytest.approx(whole.loglik, abs=1e-7)


def other_processes():
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.mark.parametrize("executor", [partial(ThreadPoolExecutor, 2), other_processes])
def test_an_engine_of_ones_own_runs_the_partitions(grades, whole, executor):
    with executor() as engine:
        model = ItemResponseModel(errors="none", mapper=engine)
        found = model.fit(partitions_of(*grades, [1000, 2000]))
    assert parameters(found) == pytest.approx(parameters(whole), abs=1e-6)


class Futures:
    """An engine whose ``map`` gives promises, as Dask's client does."""

    def __init__(self, pool):
        self.pool = pool

    def map(self, function, parts):
        return [self.pool.submit(function, part) for part in parts]


def test_an_engine_that_answers_with_promises(grades, whole):
    with ThreadPoolExecutor(2) as pool:
        model = ItemResponseModel(errors="none", mapper=Futures(pool))
        found = model.fit(partitions_of(*grades, [1000, 2000]))
    assert parameters(found) == pytest.approx(parameters(whole), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_students_and_items_does_not_matter(seed):
    draw = np.random.default_rng(seed)
    items = two_parameter_items(6, seed)
    answers = drawn(items, draw.normal(size=400), seed)
    if not ((answers.mean(axis=0) > 0.05) & (answers.mean(axis=0) < 0.95)).all():
        return
    students, columns = draw.permutation(400), draw.permutation(6)
    model = ItemResponseModel(model="1pl", tolerance=1e-6, errors="none")
    one = model.fit(answers).items["b"].to_numpy()
    other = model.fit(answers[students][:, columns]).items["b"].to_numpy()
    assert other == pytest.approx(one[columns], abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["1pl", "2pl", "3pl"]), st.booleans())
def test_the_objective_never_falls(seed, model, histogram):
    answers = drawn(three_parameter_items(8, seed), np.random.default_rng(seed).normal(size=600), seed)
    if answers.mean(axis=0).min() < 0.03 or answers.mean(axis=0).max() > 0.97:
        return
    latent = "histogram" if histogram else "normal"
    found = ItemResponseModel(model=model, latent=latent, max_passes=60, errors="none").fit(answers)
    trace = np.array(found.convergence.trace)
    assert (np.diff(trace) >= -1e-9 * np.abs(trace[0])).all()
    assert trace.size > 2


def test_likelihoods_of_long_and_aberrant_answers_do_not_underflow():
    items = published_parameters(np.full(150, 3.0), np.linspace(-3, 3, 150), scale_constant=1.0)
    answers = (np.arange(150)[None, :] > 75).astype(np.int8).repeat(2, axis=0)  # the easy wrong, the hard right
    step = state_of(items, labels=(None,)).step("float32")
    found = InMemory(tuple(blocks_of(Batch(answers), (None,))), (None,)).total(ExpectedTask(step))
    assert np.isfinite(found.loglik)
    assert found.groups.sum() == pytest.approx(2)
    assert Partitioned((ArrayPartition(answers),), (None,)).total(ExpectedTask(step)).loglik == found.loglik
