"""How sure the estimates are: cross-product, Oakes, and the sandwich of both. Section 8 of the method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

from .blocks import Block
from .em import Pass, Settings, evaluate
from .expected import Step, chunks, design_of, log_likelihoods, posteriors
from .families import parameter_derivatives, probabilities
from .layout import Layout, gradient, layout_of, prior_information, values, with_values
from .sources import Source, one_blas_thread

SAMPLE_STUDENTS: Final = 100_000
FEW_STUDENTS: Final = 20_000
"""Enough to tell how far the optimum is, which is asked to a hundredth of a standard error."""

STEP_IN_ERRORS: Final = 0.02
"""Central differences of Oakes: this many standard errors to each side."""


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """Sum over students of w^power s s', s the gradient of the student's marginal log-likelihood, (f, f).

    With ``clusters`` (by position of the student) the gradients of a cluster are summed first.
    """

    step: Step
    derivatives: FloatArray  # (k, m, p, q) of log P in the parameters
    layout: Layout
    mean: FloatArray  # (g,)
    sd: FloatArray  # (g,)
    share: float = 1.0  # of students, drawn by seed
    seed: int = 0
    power: int = 1

    def empty(self) -> FloatArray:
        return np.zeros((self.layout.size, self.layout.size))

    def of_block(self, block: Block) -> FloatArray:
        own = self._columns(block)
        summed = np.zeros((own.size, own.size))
        for rows, scores in self.scores(block):
            some = scores[:, own]
            weights = None if block.weights is None else block.weights[rows] ** self.power
            summed += some.T @ (some if weights is None else some * weights[:, None])
        total = self.empty()
        total[np.ix_(own, own)] = summed
        return total

    def _columns(self, block: Block) -> IntArray:
        """The parameters that the students of a block tell something of: those of their items and of their group."""
        places = (self.layout.items[block.items], self.layout.mean[block.group], self.layout.log_sd[block.group])
        every = np.unique(np.concatenate([np.ravel(part) for part in places]))
        return every[every >= 0]

    def add(self, total: FloatArray, block: Block, piece: FloatArray) -> FloatArray:
        return total + piece

    def join(self, one: FloatArray, other: FloatArray) -> FloatArray:
        return one + other

    def scores(self, block: Block) -> list[tuple[IntArray, FloatArray]]:
        """Positions within the block and gradients (n, f) of its students, chunk after chunk."""
        drawn = self._drawn(block)
        if drawn is not None:
            block = block.take(drawn)
        design = design_of(block, self.step)
        slopes = self.derivatives[block.items]
        found = []
        for part in chunks(block):
            posterior, _ = posteriors(log_likelihoods(block, design, part)[0])
            categories, seen = block.categories(part)
            scores = self._of_students(block, posterior, categories, seen, slopes)
            rows = np.arange(part.start, part.stop)
            found.append((rows if drawn is None else drawn[rows], scores))
        return found

    def _drawn(self, block: Block) -> IntArray | None:
        """Positions of the students drawn; None is everyone."""
        if self.share >= 1:
            return None
        draw = np.random.default_rng([self.seed, int(block.rows[0]), block.group])
        return np.flatnonzero(draw.random(block.size) < self.share)

    def _of_students(
        self, block: Block, posterior: FloatArray, categories: np.ndarray, seen: np.ndarray | None, slopes: FloatArray
    ) -> FloatArray:
        scores = np.zeros((posterior.shape[0], self.layout.size))
        places = self.layout.items[block.items]
        alone, shared = places >= 0, self.layout.tied[block.items]
        if shared.any():
            alone[shared, 0] = False
            own = np.flatnonzero(shared)
            tied = _of_columns(posterior, categories, seen, slopes[own, :, 0], own)
            scores[:, places[shared, 0][0]] = tied.sum(axis=1)
        own, column = np.nonzero(alone)
        found, target = _of_columns(posterior, categories, seen, slopes[own, :, column], own), places[alone]
        together = target.size and target[-1] - target[0] + 1 == target.size  # they rise: then a slice, which is quick
        scores[:, slice(target[0], target[-1] + 1) if together else target] = found
        self._of_groups(block, posterior, scores)
        return scores

    def _of_groups(self, block: Block, posterior: FloatArray, scores: FloatArray) -> None:
        group = block.group
        z = (self.step.nodes - self.mean[group]) / self.sd[group]
        if self.layout.mean[group] >= 0:
            scores[:, self.layout.mean[group]] = posterior @ z / self.sd[group]
        if self.layout.log_sd[group] >= 0:
            scores[:, self.layout.log_sd[group]] = posterior @ (z**2 - 1)


def _of_columns(
    posterior: FloatArray, categories: np.ndarray, seen: np.ndarray | None, slopes: FloatArray, own: IntArray
) -> FloatArray:
    """(n, c) mean slope of the answer given, for c parameters: ``slopes`` (c, m, q), ``own`` (c,) the item of each."""
    given = categories.take(own, axis=1)
    found = posterior @ slopes[:, 0].T
    for category in range(1, slopes.shape[1]):
        chosen = given == category
        if chosen.any():
            np.copyto(found, posterior @ slopes[:, category].T, where=chosen)
    return found if seen is None else found * seen.take(own, axis=1)


def score_task(found: Pass, *, share: float = 1.0, seed: int = 0, power: int = 1) -> ScoreTask:
    """The task at a state."""
    state = found.state
    theta = state.groups.nodes
    slopes = parameter_derivatives(state.items, theta) / probabilities(state.items, theta)[:, :, None]
    groups = state.groups
    return ScoreTask(state.step(), slopes, layout_of(state), groups.mean, groups.sd, share, seed, power)


def cross_product(
    source: Source, found: Pass, settings: Settings, *, seed: int = 0, most: int = SAMPLE_STUDENTS
) -> FloatArray:
    """(f, f) information from the students' own gradients, with the prior's; of a sample above ``most`` students."""
    share = min(1.0, most / max(1, found.expected.students))
    task = score_task(found, share=share, seed=seed)
    total = source.total(task) * (settings.weight_scale / share)
    layout = task.layout
    return total + np.diag(prior_information(layout, found.state, settings.prior, settings.scale_constant))


def oakes(source: Source, found: Pass, settings: Settings, near: FloatArray) -> FloatArray:
    """(f, f) observed information: the gradient of each pass, differentiated. Two passes per free parameter.

    ``near`` (f,) are rough standard errors, which set the size of the differences.
    """
    layout = layout_of(found.state)
    at = values(layout, found.state)
    information = np.zeros((layout.size, layout.size))
    for place in range(layout.size):
        h = STEP_IN_ERRORS * near[place]
        sides = []
        for sign in (1.0, -1.0):
            vector = at.copy()
            vector[place] += sign * h
            moved = with_values(layout, found.state, vector)
            sides.append(gradient(layout, evaluate(source, moved, settings, dtype="float64")))
        information[place] = (sides[1] - sides[0]) / (2 * h)
    return (information + information.T) / 2


def sandwich(
    source: Source, found: Pass, settings: Settings, information: FloatArray, clusters: IntArray | None = None
) -> FloatArray:
    """(f, f) covariance I^-1 J I^-1, J the squares of weighted gradients, summed first within clusters if given.

    ``clusters`` (n,) numbers from 0, by position of the student; needs the students in memory.
    """
    scale = settings.weight_scale
    if clusters is None:
        meat = source.total(score_task(found, power=2)) * scale**2
    else:
        task = score_task(found)
        sums = np.zeros((int(clusters.max()) + 1, task.layout.size))
        for block in source.blocks:  # type: ignore[attr-defined]
            for rows, scores in task.scores(block):
                weights = np.ones(rows.size) if block.weights is None else block.weights[rows]
                np.add.at(sums, clusters[block.rows[rows]], scores * (weights * scale)[:, None])
        sums -= sums.mean(axis=0)
        meat = sums.T @ sums * (sums.shape[0] / max(1, sums.shape[0] - 1))
    bread = inverse(information)
    return bread @ meat @ bread


def inverse(information: FloatArray) -> FloatArray:
    """The covariance; NaN throughout where the information is not positive definite."""
    with one_blas_thread():  # a matrix so small costs more to share out than to invert
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return np.full(information.shape, np.nan)
        found = np.linalg.inv(information)
    return (found + found.T) / 2


def distance_in_errors(found: Pass, information: FloatArray) -> float:
    """The largest remaining distance to the optimum, in standard errors; NaN if the information does not tell."""
    covariance = inverse(information)
    if np.isnan(covariance).any():
        return float("nan")
    away = covariance @ gradient(layout_of(found.state), found)
    return float(np.max(np.abs(away) / np.sqrt(np.diag(covariance)), initial=0.0))
