"""Item parameters as they travel between calibrations: with their D, their scale and the names of the items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from scipy.special import expit, softmax

from trama_measure.arrays import FloatArray

DICHOTOMOUS: Final = frozenset({"rasch", "1pl", "2pl", "3pl"})
MODELS: Final = DICHOTOMOUS | {"graded", "gpcm"}


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale, by the population that defined it: its mean and its SD."""

    name: str
    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and np.isfinite(self.sd) and self.sd > 0):
            raise ValueError(f"scale {self.name}: found mean {self.mean} and SD {self.sd}, expected an SD above 0")


STANDARD: Final = Scale("standard")
SAEB: Final = Scale("saeb", 250.0, 50.0)
"""Mean 250 and SD 50 in the reference population, Saeb 1997 (secondary source: performance.md 3.5)."""


class _Calibrated(Protocol):
    """What a calibration of ``trama_measure.irt`` shows; nothing is imported from there."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def scale_constant(self) -> float: ...
    @property
    def parameters(self) -> _Items: ...


class _Items(Protocol):
    @property
    def models(self) -> tuple[str, ...]: ...
    def a(self, scale_constant: float) -> FloatArray: ...
    def b(self) -> FloatArray: ...
    def c(self) -> FloatArray: ...


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """k items on one scale. ``b`` holds the steps of an item, NaN beyond its own: one for right/wrong items."""

    items: tuple[str, ...]
    models: tuple[str, ...]  # (k,) of ``MODELS``
    a: FloatArray  # (k,) above 0, in the metric of D
    b: FloatArray  # (k, s) on the scale
    c: FloatArray  # (k,) 0 to 1
    scale_constant: float  # D
    scale: Scale = STANDARD

    def __post_init__(self) -> None:
        k = len(self.items)
        shapes = (len(self.models), len(self.a), len(self.b), len(self.c))
        if shapes != (k, k, k, k) or self.b.ndim != 2:
            raise ValueError(
                f"found {shapes} models, a, b and c for {k} items; b has a row an item and a column a step"
            )
        if len(set(self.items)) < k:
            twice = sorted({item for item in self.items if self.items.count(item) > 1})
            raise ValueError(f"items that come twice: {', '.join(twice)}")
        if not self.scale_constant > 0:
            raise ValueError(f"D must be above 0, found {self.scale_constant}")
        for row, item in enumerate(self.items):
            steps = np.isfinite(self.b[row])
            count = int(steps.sum())
            if self.models[row] not in MODELS:
                raise ValueError(
                    f"item {item}: found model {self.models[row]!r}, expected one of {', '.join(sorted(MODELS))}"
                )
            if not count or not steps[:count].all() or (self.models[row] in DICHOTOMOUS and count != 1):
                raise ValueError(f"item {item} ({self.models[row]}): found steps {self.b[row].tolist()}")
            if not (np.isfinite(self.a[row]) and self.a[row] > 0 and 0 <= self.c[row] < 1):
                raise ValueError(
                    f"item {item}: found a = {self.a[row]}, c = {self.c[row]}, expected a above 0, c in [0, 1)"
                )

    @property
    def steps(self) -> FloatArray:
        """All steps of all items, one after the other."""
        return self.b[np.isfinite(self.b)]

    def take(self, items: Sequence[str]) -> ParameterSet:
        """These items, in this order.

        Raises
        ------
        ValueError
            If an item is not in the set.
        """
        absent = [item for item in items if item not in self.items]
        if absent:
            raise ValueError(f"not in the set: {', '.join(absent[:10])} ({len(absent)} items)")
        rows = [self.items.index(item) for item in items]
        models = tuple(self.models[row] for row in rows)
        return replace(self, items=tuple(items), models=models, a=self.a[rows], b=self.b[rows], c=self.c[rows])

    def with_constant(self, scale_constant: float) -> ParameterSet:
        """The same curves written with another D."""
        return replace(self, a=self.a * self.scale_constant / scale_constant, scale_constant=scale_constant)

    def moved(self, slope: float, intercept: float, scale: Scale) -> ParameterSet:
        """The same curves on the scale ``slope`` θ + ``intercept``."""
        return replace(self, a=self.a / slope, b=slope * self.b + intercept, scale=scale)

    def anchors(self, items: Sequence[str] | None = None) -> dict[str, tuple[float, ...]]:
        """a, the steps b, and c for 3pl, of each item: what a calibration with fixed anchors takes.

        The calibration must use this set's D. All its groups are then free, and its results are on this scale.
        """
        chosen = self if items is None else self.take(items)
        found = {}
        for row, item in enumerate(chosen.items):
            steps = chosen.b[row][np.isfinite(chosen.b[row])].tolist()
            guess = [float(chosen.c[row])] if chosen.models[row] == "3pl" else []
            found[item] = (float(chosen.a[row]), *steps, *guess)
        return found

    def probabilities(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(q, k, s + 1) probability of each category at each θ, and its derivative by θ; 0 beyond an item's own."""
        k, s = self.b.shape
        found, slope = np.zeros((len(theta), k, s + 1)), np.zeros((len(theta), k, s + 1))
        simple = np.array([model in DICHOTOMOUS for model in self.models], dtype=bool)
        if simple.any():
            own, own_slope = _right_and_wrong(
                theta, self.scale_constant * self.a[simple], self.b[simple, 0], self.c[simple]
            )
            found[:, simple, :2], slope[:, simple, :2] = own, own_slope
        for row in np.flatnonzero(~simple).tolist():
            steps = self.b[row][np.isfinite(self.b[row])]
            if self.models[row] == "gpcm":
                own, own_slope = _partial_credit(theta, self.scale_constant * self.a[row], steps)
            else:
                own, own_slope = _cumulative(theta, self.scale_constant * self.a[row], steps)
            found[:, row, : len(steps) + 1], slope[:, row, : len(steps) + 1] = own, own_slope
        return found, slope


def parameter_set(
    items: Sequence[str],
    a: FloatArray,
    b: FloatArray,
    c: FloatArray | None = None,
    *,
    scale_constant: float,
    models: Sequence[str] | str | None = None,
    scale: Scale = STANDARD,
) -> ParameterSet:
    """Parameters as an agency publishes them.

    Parameters
    ----------
    a, b, c : (k,) arrays; ``b`` (k, s) for items with several steps, NaN beyond an item's own; c is 0 if not given
    scale_constant : D, 1 or 1.7; there is no default, because the files seldom say and the difference is a third
    models : one for all, or one an item; 3pl where c is above 0, else 2pl, if not given

    Raises
    ------
    ValueError
        If shapes do not agree, an item comes twice, or a parameter is impossible: says which item.
    """
    slopes = np.asarray(a, dtype=np.float64)
    steps = np.asarray(b, dtype=np.float64)
    guessing = np.zeros(len(slopes)) if c is None else np.asarray(c, dtype=np.float64)
    if models is None:
        names = tuple("3pl" if value > 0 else "2pl" for value in guessing.tolist())
    else:
        names = (models,) * len(slopes) if isinstance(models, str) else tuple(models)
    if steps.ndim == 1:
        steps = steps[:, None]
    return ParameterSet(tuple(items), names, slopes, steps, guessing, scale_constant, scale)


def of_calibration(calibration: _Calibrated, scale: Scale = STANDARD) -> ParameterSet:
    """The items of a calibration (``trama_measure.irt.Calibration``), with its D."""
    found = calibration.parameters
    constant = calibration.scale_constant
    return ParameterSet(
        tuple(calibration.names), tuple(found.models), found.a(constant), found.b(), found.c(), constant, scale
    )


def common(
    one: ParameterSet, other: ParameterSet, items: Sequence[str] | None = None
) -> tuple[ParameterSet, ParameterSet]:
    """The items that both sets hold, in the order of ``other``, with the D of ``other``; or only those named.

    Raises
    ------
    ValueError
        If a named item is in one only, or an item has another model or number of steps in the two sets.
    """
    names = [item for item in other.items if item in set(one.items)] if items is None else list(items)
    mine, its = one.take(names).with_constant(other.scale_constant), other.take(names)
    for row, item in enumerate(names):
        counts = [int(np.isfinite(part.b[row]).sum()) for part in (mine, its)]
        families = [_family(part.models[row]) for part in (mine, its)]
        if counts[0] != counts[1] or families[0] != families[1]:
            raise ValueError(
                f"item {item}: found {mine.models[row]} with {counts[0]} steps and {its.models[row]} with {counts[1]},"
                " expected the same model"
            )
    width = int(np.isfinite(its.b).sum(axis=1).max()) if names else 1
    return replace(mine, b=mine.b[:, :width]), replace(its, b=its.b[:, :width])


def _family(model: str) -> str:
    return "dichotomous" if model in DICHOTOMOUS else model


def _right_and_wrong(theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(q, k, 2) wrong and right, of all such items at once."""
    reach = expit(a * (theta[:, None] - b))
    right = c + (1 - c) * reach
    slope = (1 - c) * a * reach * (1 - reach)
    return np.stack((1 - right, right), axis=2), np.stack((-slope, slope), axis=2)


def _cumulative(theta: FloatArray, a: float, steps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The graded model: differences of the probabilities of reaching a step."""
    reach = expit(a * (theta[:, None] - steps))
    ones, zeros = np.ones((len(theta), 1)), np.zeros((len(theta), 1))
    slope = a * reach * (1 - reach)
    above = np.concatenate((ones, reach, zeros), axis=1)
    slope = np.concatenate((zeros, slope, zeros), axis=1)
    return above[:, :-1] - above[:, 1:], slope[:, :-1] - slope[:, 1:]


def _partial_credit(theta: FloatArray, a: float, steps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Generalised partial credit: category k has the sum of a (θ − b_1) to a (θ − b_k) as its logit."""
    logits = np.concatenate((np.zeros((len(theta), 1)), np.cumsum(a * (theta[:, None] - steps), axis=1)), axis=1)
    found = softmax(logits, axis=1)
    category = np.arange(len(steps) + 1)
    mean = (found * category).sum(axis=1, keepdims=True)
    return found, a * found * (category - mean)
