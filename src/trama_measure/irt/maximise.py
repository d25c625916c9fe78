"""The M-step: Fisher scoring of each item on its expected counts, and the gradient at the present parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray

from .families import parameter_derivatives, probabilities
from .parameters import ItemParameters
from .priors import Prior, log_prior, prior_derivatives

INNER_STEPS: Final = 2
HALVINGS: Final = 12
LARGEST_STEP: Final = 0.7
SMALL_DECREMENT: Final = 1e-9
RIDGE: Final = 1e-9
LARGEST_SLOPE: Final = 30.0
LARGEST_INTERCEPT: Final = 100.0
GUESSING_RANGE: Final = (-12.0, 4.0)


@dataclass(frozen=True, slots=True)
class Curvature:
    """What the counts say at the present parameters."""

    objective: FloatArray  # (k,) expected log-likelihood plus log prior
    gradient: FloatArray  # (k, p)
    information: FloatArray  # (k, p, p) expected, with the prior's; 1 on the diagonal of what is not free
    step: FloatArray  # (k, p) information^-1 gradient, a shared slope taken together
    decrements: FloatArray  # (k,) sqrt(g' I^-1 g): the gradient in standard errors; shared slopes have one in common


def curvature(
    items: ItemParameters, counts: FloatArray, theta: FloatArray, prior: Prior, scale_constant: float
) -> Curvature:
    """Objective, gradient, information and step. ``counts`` (k, m, q), ``theta`` (q,)."""
    p = probabilities(items, theta)
    slopes = parameter_derivatives(items, theta)
    students = counts.sum(axis=1)  # (k, q)
    objective = (counts * np.log(p)).sum(axis=(1, 2)) + log_prior(prior, items, scale_constant)
    width = items.xi.shape[1]
    gradient = np.einsum("kmq,kmpq->kp", counts / p, slopes, optimize=True)
    root = slopes * np.sqrt(students[:, None] / p)[:, :, None]
    stacked = root.transpose(0, 2, 1, 3).reshape(items.size, width, -1)
    information = stacked @ stacked.transpose(0, 2, 1)
    own_gradient, own_information = prior_derivatives(prior, items, scale_constant)
    gradient += own_gradient
    diagonal = np.arange(width)
    information[:, diagonal, diagonal] += own_information + np.where(items.free, RIDGE, 1.0)
    step = scoring_step(items, gradient, information)
    squares = (gradient * step).sum(axis=1)
    tied = items.tied
    if tied.any():
        squares[tied] = squares[tied].sum()
    return Curvature(objective, gradient, information, step, np.sqrt(np.maximum(squares, 0.0)))


def scoring_step(items: ItemParameters, gradient: FloatArray, information: FloatArray) -> FloatArray:
    """(k, p) information^-1 gradient; items that share a slope are solved together by the Schur complement."""
    step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    tied = items.tied
    if tied.any():
        own = information[tied][:, 1:, 1:]
        cross = information[tied][:, 1:, :1]
        rest = gradient[tied][:, 1:, None]
        from_cross, from_rest = np.linalg.solve(own, cross), np.linalg.solve(own, rest)
        slope_information = (information[tied][:, 0, 0] - (cross * from_cross).sum(axis=(1, 2))).sum()
        slope_gradient = (gradient[tied][:, 0] - (cross * from_rest).sum(axis=(1, 2))).sum()
        common = slope_gradient / slope_information
        step[tied, 0] = common
        step[tied, 1:] = (from_rest - from_cross * common)[:, :, 0]
    return step


def maximise(
    items: ItemParameters, counts: FloatArray, theta: FloatArray, prior: Prior, scale_constant: float
) -> ItemParameters:
    """Parameters that raise the expected objective of every item, by guarded scoring steps."""
    for _ in range(INNER_STEPS):
        now = curvature(items, counts, theta, prior, scale_constant)
        if now.decrements.max(initial=0.0) < SMALL_DECREMENT:
            break
        items = _guarded(items, counts, theta, prior, scale_constant, now)
    return items


def bounded(items: ItemParameters) -> ItemParameters:
    """Parameters kept where probabilities can be computed; whoever stands at a bound is told so."""
    xi = items.xi.copy()
    xi[:, 0] = np.clip(xi[:, 0], -LARGEST_SLOPE, LARGEST_SLOPE)
    xi[:, 1:-1] = np.clip(xi[:, 1:-1], -LARGEST_INTERCEPT, LARGEST_INTERCEPT)
    xi[:, -1] = np.where(items.free[:, -1], np.clip(xi[:, -1], *GUESSING_RANGE), xi[:, -1])
    return items.with_xi(np.where(items.free, xi, items.xi))


def at_bound(items: ItemParameters) -> np.ndarray:
    """(k, p) free parameters that stand at a bound."""
    xi = items.xi
    found = np.zeros(xi.shape, dtype=np.bool_)
    found[:, 0] = np.abs(xi[:, 0]) >= LARGEST_SLOPE
    found[:, 1:-1] = np.abs(xi[:, 1:-1]) >= LARGEST_INTERCEPT
    found[:, -1] = (xi[:, -1] <= GUESSING_RANGE[0]) | (xi[:, -1] >= GUESSING_RANGE[1])
    return found & items.free


def _guarded(
    items: ItemParameters,
    counts: FloatArray,
    theta: FloatArray,
    prior: Prior,
    scale_constant: float,
    now: Curvature,
) -> ItemParameters:
    """One step, capped, halved for each item until its objective does not fall; items that share a slope as one."""
    natural = np.maximum(1.0, np.abs(np.where(items.free, items.xi, 0.0)) / 2)
    largest = np.abs(now.step / natural).max(axis=1)
    tied = items.tied
    if tied.any():
        largest[tied] = largest[tied].max()
    factor = np.minimum(1.0, LARGEST_STEP / np.maximum(largest, 1e-300))
    slack = 1e-12 * np.abs(now.objective)
    for _ in range(HALVINGS):
        trial = bounded(items.with_xi(np.where(items.free, items.xi + factor[:, None] * now.step, items.xi)))
        value = (counts * np.log(probabilities(trial, theta))).sum(axis=(1, 2)) + log_prior(
            prior, trial, scale_constant
        )
        fallen = ~(value >= now.objective - slack)
        if tied.any():
            fallen[tied] = not value[tied].sum() >= (now.objective - slack)[tied].sum()
        if not fallen.any():
            return trial
        factor = np.where(fallen, factor / 2, factor)
    return trial.with_xi(np.where(fallen[:, None], items.xi, trial.xi))
