"""The line θ_Y = A θ_X + B between two calibrations, by four methods. Formulas: docs/methods/linking.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray

from .parameters import STANDARD, ParameterSet, Scale, common

POINTS: Final = 161
REACH: Final = 4.0
"""Points of the characteristic-curve methods, from -4 to 4 SD of the scale of Y."""

ROUNDS: Final = 200
STILL: Final = 1e-13
"""Rounds of Gauss-Newton at most, and the step, in SD, at which it has arrived."""

type Residuals = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""From (A, B) to residuals (n,) and their derivatives (n, 2)."""


class Method(StrEnum):
    """How the line is found."""

    MEAN_MEAN = "mean-mean"
    MEAN_SIGMA = "mean-sigma"
    HAEBARA = "haebara"
    STOCKING_LORD = "stocking-lord"


class TooFewAnchors(ValueError):
    """A line needs at least two anchors."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """Points and weights of the characteristic-curve methods, in units of the population of the scale."""

    shape: str = "uniform"  # or "normal"
    points: int = POINTS
    reach: float = REACH
    symmetric: bool = False  # sum on the scale of X as well, so that the link back is the inverse

    def nodes(self) -> tuple[FloatArray, FloatArray]:
        """(q,) points and (q,) weights that add up to 1."""
        if self.shape not in {"uniform", "normal"} or self.points < 2 or not self.reach > 0:
            raise ValueError(f"found {self}, expected shape 'uniform' or 'normal', 2 points or more, a reach above 0")
        z = np.linspace(-self.reach, self.reach, self.points)
        weight = np.ones(self.points) if self.shape == "uniform" else np.exp(-0.5 * z**2)
        return z, weight / weight.sum()


UNIFORM: Final = Weighting()


@dataclass(frozen=True, slots=True)
class Link:
    """θ_Y = ``slope`` θ_X + ``intercept``, and where it comes from."""

    slope: float  # A
    intercept: float  # B
    scale: Scale = STANDARD  # of Y
    method: str = ""
    anchors: tuple[str, ...] = ()
    weighting: Weighting | None = None  # of the characteristic-curve methods
    criterion: float = float("nan")  # at the minimum, of these methods

    def abilities(self, theta: FloatArray) -> FloatArray:
        """θ of X on the scale of Y."""
        return self.slope * np.asarray(theta, dtype=np.float64) + self.intercept

    def errors(self, standard_errors: FloatArray) -> FloatArray:
        """Standard errors of θ on the scale of Y."""
        return abs(self.slope) * np.asarray(standard_errors, dtype=np.float64)

    def parameters(self, items: ParameterSet) -> ParameterSet:
        """Items of X on the scale of Y; their D does not change."""
        return items.moved(self.slope, self.intercept, self.scale)

    def inverse(self, scale: Scale = STANDARD) -> Link:
        """From Y to X; ``scale`` is that of X."""
        return replace(self, slope=1 / self.slope, intercept=-self.intercept / self.slope, scale=scale)

    def then(self, other: Link) -> Link:
        """First this line, then the other."""
        return Link(
            self.slope * other.slope,
            other.slope * self.intercept + other.intercept,
            other.scale,
            f"{self.method}, then {other.method}",
            self.anchors,
        )


def link(
    x: ParameterSet,
    y: ParameterSet,
    method: str = Method.STOCKING_LORD,
    *,
    anchors: Sequence[str] | None = None,
    weighting: Weighting = UNIFORM,
    fixed_slope: bool = False,
) -> Link:
    """The line from the scale of X to that of Y.

    Parameters
    ----------
    anchors : items to link by; all that both sets hold if not given
    weighting : points and weights of Haebara and Stocking-Lord
    fixed_slope : only the intercept is sought and A is the ratio of the SDs of the two scales: for Rasch models, whose
        unit is fixed. The intercept is then the same for mean-mean and mean-sigma.

    Raises
    ------
    TooFewAnchors
        If fewer than two items are common (one, with ``fixed_slope``).
    ValueError
        If an anchor is in one set only or has another model there, the difficulties of the anchors do not vary
        (mean-sigma), or the method has no such name.
    """
    if method not in set(Method):
        raise ValueError(f"method: found {method!r}, expected one of {', '.join(Method)}")
    how = Method(method)
    own, its = common(x, y, anchors)
    need = 1 if fixed_slope else 2
    if len(its.items) < need:
        raise TooFewAnchors(f"found {len(its.items)} common items, expected at least {need}")
    own_z, its_z = _standard(own), _standard(its)  # both in units of their own populations
    weights = weighting if how in {Method.HAEBARA, Method.STOCKING_LORD} else None
    if weights is None:
        slope = 1.0 if fixed_slope else _moment_slope(own_z, its_z, how)
        intercept, criterion = float(its_z.steps.mean() - slope * own_z.steps.mean()), float("nan")
    else:
        slope, intercept, criterion = _curves(own_z, its_z, how, weights, fixed_slope)
    a = slope * y.scale.sd / x.scale.sd
    b = y.scale.mean + y.scale.sd * intercept - a * x.scale.mean
    return Link(a, b, y.scale, how.value, its.items, weights, criterion)


def four_methods(
    x: ParameterSet, y: ParameterSet, *, anchors: Sequence[str] | None = None, weighting: Weighting = UNIFORM
) -> dict[Method, Link]:
    """The four links side by side."""
    return {method: link(x, y, method, anchors=anchors, weighting=weighting) for method in Method}


def reporting(mean: float, sd: float, to: Scale, name: str = "linear") -> Link:
    """The line that gives a population of this mean and SD the mean and SD of ``to``.

    Raises
    ------
    ValueError
        If the SD is not above 0.
    """
    if not sd > 0:
        raise ValueError(f"found SD {sd}, expected a number above 0")
    slope = to.sd / sd
    return Link(slope, to.mean - slope * mean, to, name)


def _standard(items: ParameterSet) -> ParameterSet:
    """The items in units of the population of their scale."""
    scale = items.scale
    return items.moved(1 / scale.sd, -scale.mean / scale.sd, STANDARD)


def _moment_slope(x: ParameterSet, y: ParameterSet, how: Method) -> float:
    if how is Method.MEAN_MEAN:
        return float(x.a.mean() / y.a.mean())
    spread = x.steps.std()
    if spread < 1e-12 or y.steps.std() < 1e-12:
        raise ValueError("mean-sigma: the difficulties of the anchors do not vary; take mean-mean")
    return float(y.steps.std() / spread)


def _curves(
    x: ParameterSet, y: ParameterSet, how: Method, weighting: Weighting, fixed_slope: bool
) -> tuple[float, float, float]:
    z, weight = weighting.nodes()
    root = np.sqrt(weight)
    at_y = _response(y, z, how)[0]
    at_x = _response(x, z, how)[0]

    def forward(line: FloatArray) -> tuple[FloatArray, FloatArray]:
        slope, intercept = line
        back = (z - intercept) / slope
        value, derivative = _response(x, back, how)
        difference = _scaled(value - at_y, root)
        parts = [_scaled(derivative * _like(-back / slope, derivative), root), _scaled(-derivative / slope, root)]
        return difference, np.stack(parts, axis=1)

    def backward(line: FloatArray) -> tuple[FloatArray, FloatArray]:
        slope, intercept = line
        value, derivative = _response(y, slope * z + intercept, how)
        difference = _scaled(value - at_x, root)
        return difference, np.stack(
            [_scaled(derivative * _like(z, derivative), root), _scaled(derivative, root)], axis=1
        )

    def both(line: FloatArray) -> tuple[FloatArray, FloatArray]:
        if not weighting.symmetric:
            return forward(line)
        one, other = forward(line), backward(line)
        return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))

    return _minimum(both, _starts(x, y, fixed_slope), fixed_slope)


def _minimum(residuals: Residuals, starts: list[tuple[float, float]], fixed_slope: bool) -> tuple[float, float, float]:
    """The best of the minima reached from the starts, by Gauss-Newton with halved steps."""
    found = [_descend(residuals, np.array(start), fixed_slope) for start in starts]
    return min(found, key=lambda line: line[2])


def _descend(residuals: Residuals, line: FloatArray, fixed_slope: bool) -> tuple[float, float, float]:
    value, gradient = residuals(line)
    cost = float(value @ value)
    for _ in range(ROUNDS):
        free = gradient[:, 1:] if fixed_slope else gradient
        step = np.linalg.lstsq(free, -value, rcond=None)[0]
        move = np.array([0.0, step[0]]) if fixed_slope else step
        if float(np.abs(move).max()) < STILL:
            break
        share = 1.0
        while share > 1e-3:
            there = line + share * move
            if there[0] > 0:
                new_value, new_gradient = residuals(there)
                new_cost = float(new_value @ new_value)
                if new_cost <= cost:
                    break
            share /= 2
        else:
            break  # no shorter step is lower: this is the minimum, but for rounding
        line, value, gradient, cost = there, new_value, new_gradient, new_cost
    return float(line[0]), float(line[1]), cost


def _starts(x: ParameterSet, y: ParameterSet, fixed_slope: bool) -> list[tuple[float, float]]:
    slopes = [1.0]
    if not fixed_slope and x.steps.std() > 1e-6 and y.steps.std() > 1e-6:
        slopes.append(float(np.clip(y.steps.std() / x.steps.std(), 0.05, 20.0)))
    return [(slope, float(y.steps.mean() - slope * x.steps.mean())) for slope in slopes]


def _response(items: ParameterSet, theta: FloatArray, how: Method) -> tuple[FloatArray, FloatArray]:
    """Haebara: (q, k, s) probabilities of the categories from the second on; Stocking-Lord: (q,) expected score.

    Right/wrong items have one such category, which makes the Haebara criterion the sum over items that papers print;
    with several categories all of them are summed, the first too.
    """
    value, slope = items.probabilities(theta)
    if how is Method.STOCKING_LORD:
        category = np.arange(value.shape[2], dtype=np.float64)
        return (value * category).sum(axis=(1, 2)), (slope * category).sum(axis=(1, 2))
    if value.shape[2] == 2:
        return value[:, :, 1:], slope[:, :, 1:]
    return value, slope


def _scaled(values: FloatArray, root: FloatArray) -> FloatArray:
    return (values * _like(root, values)).ravel()


def _like(column: FloatArray, values: FloatArray) -> FloatArray:
    """(q,) shaped to multiply (q, ...)."""
    return column.reshape((-1,) + (1,) * (values.ndim - 1))
