"""Probabilities of the categories, and their derivatives in the parameters and in theta.

One array for all models: an item with fewer categories than the widest has probability 1 in its absent categories,
so their logarithm is 0 and their derivatives are 0; no answer ever falls into them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from scipy.special import expit

from trama_measure.arrays import FloatArray, IntArray

from .parameters import Family, ItemParameters

CLAMP: Final = 1e-12
"""Probabilities stay inside [CLAMP, 1 - CLAMP]: a logarithm of zero never happens."""


def probabilities(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """(k, m, q) probability of each category at each point."""
    found = np.ones((items.size, items.most_categories, theta.size))
    for family, count, chosen in _alike(items):
        xi = items.xi[chosen]
        if family <= Family.GUESSING:
            right = _right(xi, theta)[0]
            found[chosen, 0], found[chosen, 1] = 1.0 - right, right
        elif family == Family.GRADED:
            found[chosen, :count] = -np.diff(_cumulative(xi, count, theta), axis=1)
        else:
            found[chosen, :count] = _partial_credit(xi, count, theta)
    return np.clip(found, CLAMP, 1.0 - CLAMP, out=found, where=_present(items)[:, :, None])


def parameter_derivatives(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """(k, m, m + 1, q) derivative of each probability in each column of ``xi``; 0 where it is not free."""
    found = np.zeros((items.size, items.most_categories, items.xi.shape[1], theta.size))
    for family, count, chosen in _alike(items):
        xi = items.xi[chosen]
        block = np.zeros((chosen.size, *found.shape[1:]))
        if family <= Family.GUESSING:
            _right_derivatives(xi, theta, block)
        elif family == Family.GRADED:
            _graded_derivatives(xi, count, theta, block)
        else:
            _partial_credit_derivatives(xi, count, theta, block)
        found[chosen] = block
    return found * items.free[:, None, :, None]


def theta_derivatives(items: ItemParameters, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """P, P' and P'' in theta, each (k, m, q). Absent categories have P = 1 and derivatives 0."""
    first = np.zeros((items.size, items.most_categories, theta.size))
    second = np.zeros(first.shape)
    for family, count, chosen in _alike(items):
        xi = items.xi[chosen]
        alpha = xi[:, :1]
        if family <= Family.GUESSING:
            c = expit(xi[:, -1:])
            s = expit(alpha * theta + xi[:, 1:2])
            slope = (1 - c) * alpha * s * (1 - s)
            first[chosen, 0], first[chosen, 1] = -slope, slope
            bend = slope * alpha * (1 - 2 * s)
            second[chosen, 0], second[chosen, 1] = -bend, bend
        elif family == Family.GRADED:
            s = _cumulative(xi, count, theta)
            slopes = alpha[:, :, None] * s * (1 - s)
            first[chosen, :count] = -np.diff(slopes, axis=1)
            second[chosen, :count] = -np.diff(slopes * alpha[:, :, None] * (1 - 2 * s), axis=1)
        else:
            p = _partial_credit(xi, count, theta)
            k = np.arange(count)[None, :, None]
            away = k - (k * p).sum(axis=1, keepdims=True)
            spread = (away**2 * p).sum(axis=1, keepdims=True)
            first[chosen, :count] = alpha[:, :, None] * p * away
            second[chosen, :count] = alpha[:, :, None] ** 2 * p * (away**2 - spread)
    return probabilities(items, theta), first, second


def item_information(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """(k, q) Fisher information about theta that each item gives."""
    p, first, _ = theta_derivatives(items, theta)
    return (first**2 / p).sum(axis=1)


def expected_score(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """(k, q) expected points, 0 to the item's categories less one."""
    p = probabilities(items, theta) * _present(items)[:, :, None]
    return (np.arange(items.most_categories)[None, :, None] * p).sum(axis=1)


def _present(items: ItemParameters) -> np.ndarray:
    return np.arange(items.most_categories)[None, :] < items.categories[:, None]


def _alike(items: ItemParameters) -> Iterator[tuple[int, int, IntArray]]:
    """Items of one family and one number of categories, together."""
    families = np.where(items.families == Family.GUESSING, Family.LOGISTIC, items.families)
    for family in np.unique(families).tolist():
        for count in np.unique(items.categories[families == family]).tolist():
            yield family, count, np.flatnonzero((families == family) & (items.categories == count))


def _right(xi: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    c = expit(xi[:, -1:])
    s = expit(xi[:, :1] * theta + xi[:, 1:2])
    return c + (1 - c) * s, s, c


def _right_derivatives(xi: FloatArray, theta: FloatArray, block: FloatArray) -> None:
    _, s, c = _right(xi, theta)
    slope = (1 - c) * s * (1 - s)
    block[:, 1, 0], block[:, 1, 1], block[:, 1, -1] = slope * theta, slope, c * (1 - c) * (1 - s)
    block[:, 0] = -block[:, 1]


def _cumulative(xi: FloatArray, count: int, theta: FloatArray) -> FloatArray:
    """(n, count + 1, q): P(u >= k) for k = 0 to count."""
    s = np.zeros((xi.shape[0], count + 1, theta.size))
    s[:, 0] = 1.0
    s[:, 1:count] = expit(xi[:, :1, None] * theta + xi[:, 1:count, None])
    return s


def _graded_derivatives(xi: FloatArray, count: int, theta: FloatArray, block: FloatArray) -> None:
    s = _cumulative(xi, count, theta)
    slope = s * (1 - s)
    block[:, :count, 0] = -np.diff(slope, axis=1) * theta
    for step in range(1, count):
        block[:, step, step] = slope[:, step]
        block[:, step - 1, step] = -slope[:, step]


def _partial_credit(xi: FloatArray, count: int, theta: FloatArray) -> FloatArray:
    k = np.arange(count)[None, :, None]
    steps = np.concatenate([np.zeros((xi.shape[0], 1)), np.cumsum(xi[:, 1:count], axis=1)], axis=1)
    eta = k * xi[:, :1, None] * theta + steps[:, :, None]
    eta = np.exp(eta - eta.max(axis=1, keepdims=True))
    return eta / eta.sum(axis=1, keepdims=True)


def _partial_credit_derivatives(xi: FloatArray, count: int, theta: FloatArray, block: FloatArray) -> None:
    p = _partial_credit(xi, count, theta)
    k = np.arange(count)[None, :, None]
    block[:, :count, 0] = p * theta * (k - (k * p).sum(axis=1, keepdims=True))
    for step in range(1, count):
        above = p[:, step:].sum(axis=1, keepdims=True)
        block[:, :count, step] = p * ((k >= step) - above)
