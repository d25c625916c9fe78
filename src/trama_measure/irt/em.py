"""The EM algorithm: parameter expansion and SQUAREM over it, and a log-posterior that never falls.

``docs/methods/item_response.md``, sections 3 to 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np

from trama_measure.arrays import FloatArray

from .blocks import Block
from .expected import Expected, Part, Step, add_part, expected_of_block, zero
from .families import probabilities
from .groups import LatentGroups, expanded, group_gradients, maximised
from .maximise import Curvature, bounded, curvature, maximise
from .parameters import ItemParameters
from .priors import Prior, log_prior
from .quadrature import log_masses
from .sources import Source

LARGEST_JUMP: Final = 64.0
"""SQUAREM's factor at most: a jump of this many EM steps at once."""

NEAR_OPTIMUM: Final = 1e-4
"""A gradient below this, in standard errors: the remaining steps are plain EM, accelerated."""

HISTOGRAM_CHANGE: Final = 1e-7
"""Log-likelihood per student: with an empirical histogram a change above this means that the masses still move."""

PAYS: Final = 0.5
"""A step of scoring has to bring the gradient below this share of what it was; EM goes on where it does not."""

type BlockFunction = Callable[[Block, Step], Part]


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is estimated."""

    items: ItemParameters
    groups: LatentGroups

    def step(self, dtype: str = "float64") -> Step:
        """What a pass over the students needs."""
        return Step(
            np.log(probabilities(self.items, self.groups.nodes)),
            log_masses(self.groups.masses),
            self.groups.nodes,
            dtype,
        )


@dataclass(frozen=True, slots=True)
class ExpectedTask:
    """The E-step as a task."""

    step: Step
    engine: BlockFunction = expected_of_block

    def empty(self) -> Expected:
        return zero(self.step)

    def of_block(self, block: Block) -> Part:
        return self.engine(block, self.step)

    def add(self, total: Expected, block: Block, piece: Part) -> Expected:
        return add_part(total, block, piece)

    def join(self, one: Expected, other: Expected) -> Expected:
        return one + other


@dataclass(frozen=True, slots=True)
class Settings:
    """How to iterate. ``weight_scale`` turns sums of weights into numbers of students."""

    prior: Prior = field(default_factory=Prior)
    scale_constant: float = 1.0
    tolerance: float = 1e-3
    max_passes: int = 500
    dtype: str = "float64"
    weight_scale: float = 1.0
    expand: bool = True
    accelerate: bool = True
    engine: BlockFunction = expected_of_block


@dataclass(frozen=True, slots=True)
class Pass:
    """A state and what one pass over the students found there."""

    state: State
    expected: Expected
    objective: float  # log-likelihood plus log prior
    items: Curvature
    decrement: float  # the largest of items and groups: gradient in standard errors


@dataclass(frozen=True, slots=True)
class Run:
    """Where the iteration ended."""

    last: Pass
    passes: int
    trace: tuple[float, ...]  # objective of every accepted state
    stopped: bool  # the decrement fell below the tolerance


type Progress = Callable[[int, float, float], Any]
"""Called after every pass with its number, the objective and the largest gradient in standard errors."""


def evaluate(source: Source, state: State, settings: Settings, *, dtype: str | None = None) -> Pass:
    """One pass over all students."""
    found = source.total(ExpectedTask(state.step(dtype or settings.dtype), settings.engine))
    scale = settings.weight_scale
    expected = replace(found, counts=found.counts * scale, groups=found.groups * scale, loglik=found.loglik * scale)
    prior = float(log_prior(settings.prior, state.items, settings.scale_constant).sum())
    nodes = state.groups.nodes
    items = curvature(state.items, expected.counts, nodes, settings.prior, settings.scale_constant)
    largest = float(items.decrements.max(initial=0.0))
    if not state.groups.histogram:
        gradient, information = group_gradients(state.groups, expected.groups)
        largest = max(largest, float((np.abs(gradient) / np.sqrt(information)).max()))
    return Pass(state, expected, expected.loglik + prior, items, largest)


class Proposal(Protocol):
    """Something that knows a better next state than EM does, sometimes (``scoring.Scoring``)."""

    def __call__(self, now: Pass) -> State | None: ...

    def give_up(self) -> None: ...


def run(
    source: Source,
    start: State,
    settings: Settings,
    progress: Progress | None = None,
    proposal: Proposal | None = None,
) -> Run:
    """Iterate from ``start`` until every gradient is below the tolerance, or the passes are used up."""
    return _Iteration(source, settings, progress, proposal).run(start)


class _Iteration:
    """One run: counts its passes, keeps the last accepted one."""

    def __init__(
        self, source: Source, settings: Settings, progress: Progress | None, proposal: Proposal | None
    ) -> None:
        self.source, self.settings, self.progress, self.proposal = source, settings, progress, proposal
        self.passes = 0
        self.trace: list[float] = []

    def run(self, start: State) -> Run:
        now = self._accept(self._pass(start))
        while not self._done(now) and self.passes < self.settings.max_passes:
            now = self._proposed(now) or self._cycle(now)
        return Run(now, self.passes, tuple(self.trace), self._done(now))

    def _proposed(self, now: Pass) -> Pass | None:
        """The pass at what was proposed, if it is not worse; the first one that does not pay is the last."""
        state = self.proposal(now) if self.proposal is not None else None
        if self.proposal is None or state is None:
            return None
        found = self._pass(state)
        accepted = found.objective >= now.objective - self._slack(now)
        if not accepted or found.decrement > PAYS * now.decrement:
            self.proposal.give_up()
        return self._accept(found) if accepted else None

    def _cycle(self, now: Pass) -> Pass:
        """Two EM steps and, from them, a jump. The pass at the jump belongs to the next cycle too."""
        one = self._accept(self._guard(self._pass(self._em(now)), now))
        if self._done(one) or self.passes >= self.settings.max_passes or not self.settings.accelerate:
            return one
        two = self._em(one)
        jumped = self._pass(_extrapolated(now, one, two))
        if not jumped.objective >= one.objective - self._slack(one):
            jumped = self._guard(self._pass(two), one)
        return self._accept(jumped)

    def _em(self, now: Pass, *, expand: bool | None = None) -> State:
        settings, state = self.settings, now.state
        items = maximise(state.items, now.expected.counts, state.groups.nodes, settings.prior, settings.scale_constant)
        if self._expands(now) if expand is None else expand:
            groups, items = expanded(state.groups, now.expected.groups, items)
        else:
            groups = maximised(state.groups, now.expected.groups)
        return State(bounded(items), groups)

    def _guard(self, found: Pass, before: Pass) -> Pass:
        """The pass found, or the one after the plain EM step if the objective fell."""
        if found.objective >= before.objective - self._slack(before) or not self._expands(before):
            return found
        return self._pass(self._em(before, expand=False))

    def _expands(self, now: Pass) -> bool:
        """Close to the optimum the expansion would pull away by the little that the ends of the grid cut off."""
        return self.settings.expand and now.decrement > NEAR_OPTIMUM

    def _pass(self, state: State) -> Pass:
        found = evaluate(self.source, state, self.settings)
        self.passes += 1
        if self.progress is not None:
            self.progress(self.passes, found.objective, found.decrement)
        return found

    def _accept(self, found: Pass) -> Pass:
        self.trace.append(found.objective)
        return found

    def _done(self, now: Pass) -> bool:
        if now.decrement > self.settings.tolerance:
            return False
        if not now.state.groups.histogram:
            return True
        change = abs(self.trace[-1] - self.trace[-2]) if len(self.trace) > 1 else np.inf
        return bool(change <= HISTOGRAM_CHANGE * now.expected.students)

    def _slack(self, before: Pass) -> float:
        """Rounding of a sum over all students."""
        return abs(before.objective) * (3e-8 if self.settings.dtype == "float32" else 1e-12) + 1e-9


# The state as one vector


def to_vector(state: State) -> FloatArray:
    """Free item parameters, then free means and log SDs; or log masses and the place of the grid."""
    items, groups = state.items, state.groups
    parts = [items.xi[items.free]]
    if groups.histogram:
        parts += [np.log(np.maximum(groups.masses, 1e-30)).ravel(), groups.nodes[:1], np.log(np.diff(groups.nodes[:2]))]
    else:
        parts += [groups.mean[groups.free_mean], np.log(groups.sd[groups.free_sd])]
    return np.concatenate(parts)


def from_vector(vector: FloatArray, like: State) -> State:
    """The state of a vector that ``to_vector`` made."""
    items, groups = like.items, like.groups
    xi = items.xi.copy()
    count = int(items.free.sum())
    xi[items.free] = vector[:count]
    rest = vector[count:]
    moved = bounded(items.with_xi(xi))
    if groups.histogram:
        logs = rest[:-2].reshape(groups.masses.shape)
        masses = np.exp(logs - logs.max(axis=1, keepdims=True))
        nodes = rest[-2] + np.exp(rest[-1]) * np.arange(groups.nodes.size)
        return State(moved, replace(groups, nodes=nodes, masses=masses / masses.sum(axis=1, keepdims=True)))
    mean, sd = groups.mean.copy(), groups.sd.copy()
    means = int(groups.free_mean.sum())
    mean[groups.free_mean] = rest[:means]
    sd[groups.free_sd] = np.exp(np.clip(rest[means:], -3.0, 3.0))
    return State(moved, groups.with_normals(mean, sd))


def _metric(now: Pass) -> FloatArray:
    """Information on the diagonal, in the order of the vector: what makes lengths of steps comparable."""
    items, groups = now.state.items, now.state.groups
    diagonal = np.arange(items.xi.shape[1])
    parts = [now.items.information[:, diagonal, diagonal][items.free]]
    students = now.expected.groups
    if groups.histogram:
        total = float(students.sum()) / float(groups.sd.max()) ** 2
        parts += [students.ravel(), np.array([total, total])]
    else:
        _, information = group_gradients(groups, students)
        parts += [information[groups.free_mean, 0], information[groups.free_sd, 1]]
    return np.concatenate(parts)


def _extrapolated(now: Pass, one: Pass, two: State) -> State:
    """SQUAREM, scheme S3 of Varadhan and Roland (2008)."""
    x0, x1, x2 = to_vector(now.state), to_vector(one.state), to_vector(two)
    r, v = x1 - x0, x2 - 2 * x1 + x0
    metric = _metric(one)
    length, bend = float(metric @ r**2), float(metric @ v**2)
    if bend <= 0 or not np.isfinite(length / bend):
        return two
    s = -min(max(np.sqrt(length / bend), 1.0), LARGEST_JUMP)
    return from_vector(x0 - 2 * s * r + s**2 * v, two)
