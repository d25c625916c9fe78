"""Inequality of an amount, and how much of it lies between groups. Definitions: docs/methods/equity.md, section 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import FloatArray

from .samples import EquityError, codes_of, sample

type Labels = NDArray[Any] | Sequence[Any]


class Index(StrEnum):
    """The two entropy indices that split exactly into between and within."""

    T = "T"  # Theil: groups count by their share of the amount
    L = "L"  # mean log deviation: groups count by their share of people


@dataclass(frozen=True, slots=True)
class Parts:
    """An index split by groups; ``total == between + within``."""

    total: float
    between: float
    within: float
    groups: NDArray[Any]  # (g,) names
    of_group: FloatArray  # (g,) index (or variance) inside each group
    share: FloatArray  # (g,) what the group counts for within

    @property
    def share_between(self) -> float:
        """Between as a share of the total; NaN if there is no inequality at all."""
        return self.between / self.total if self.total > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class Gini:
    """The Gini coefficient with its jackknife standard error."""

    coefficient: float  # 0 to 1
    se: float


def entropy(values: FloatArray, groups: Labels, weights: FloatArray | None = None, *, index: Index = Index.T) -> Parts:
    """Theil's T or L, split into between and within groups.

    Parameters
    ----------
    values : (n,) positive amounts on a scale with a true zero; groups : (n,) labels

    Raises
    ------
    EquityError
        If an amount is zero or negative, or shapes differ.

    Source
    ------
    Shorrocks (1980), The class of additively decomposable inequality measures, Econometrica 48, 613-625.
    """
    names, codes = codes_of("groups", groups, np.asarray(values).size)
    if weights is not None:
        codes = codes[np.asarray(weights) > 0]
    x, w = sample("values", values, weights)
    if not (x > 0).all():
        raise EquityError(f"positive amounts expected, found {int((x <= 0).sum())} of 0 or less")
    people, amount = (np.bincount(codes, weights=each, minlength=names.size) for each in (w, w * x))
    present = people > 0
    people, amount, codes = people[present], amount[present], np.cumsum(present)[codes] - 1
    mean, means = amount.sum() / people.sum(), amount / people
    share = (amount / amount.sum()) if index is Index.T else people / people.sum()
    ratio = np.log(x / means[codes])
    inner = w * (x / means[codes] * ratio if index is Index.T else -ratio)
    own = np.bincount(codes, weights=inner, minlength=people.size) / people
    between = float(share @ np.log(means / mean)) if index is Index.T else float(share @ np.log(mean / means))
    within = float(share @ own)
    return Parts(between + within, between, within, names[present], own, share)


def variance(values: FloatArray, groups: Labels, weights: FloatArray | None = None) -> Parts:
    """The variance of scores, split into between and within groups (divided by the weight, not by n - 1).

    Raises
    ------
    EquityError
        If shapes differ or a value is missing.
    """
    names, codes = codes_of("groups", groups, np.asarray(values).size)
    if weights is not None:
        codes = codes[np.asarray(weights) > 0]
    x, w = sample("values", values, weights)
    people = np.bincount(codes, weights=w, minlength=names.size)
    present = people > 0
    people, codes = people[present], np.cumsum(present)[codes] - 1
    means = np.bincount(codes, weights=w * x) / people
    share = people / people.sum()
    mean = float(share @ means)
    own = np.bincount(codes, weights=w * (x - means[codes]) ** 2) / people
    between, within = float(share @ (means - mean) ** 2), float(share @ own)
    return Parts(between + within, between, within, names[present], own, share)


def gini(values: FloatArray, weights: FloatArray | None = None, *, clusters: Labels | None = None) -> Gini:
    """The Gini coefficient; the standard error leaves out one value, or one cluster, at a time.

    Raises
    ------
    EquityError
        If an amount is negative, all are zero, or there are fewer than two values or clusters.

    Source
    ------
    Karagiannis and Kovacevic (2000), Oxford Bulletin of Economics and Statistics 62, 119-122 (one pass jackknife).
    """
    full = np.asarray(values).size
    codes = np.arange(full) if clusters is None else codes_of("clusters", clusters, full)[1]
    if weights is not None:
        codes = codes[np.asarray(weights) > 0]
    x, w = sample("values", values, weights)
    if (x < 0).any() or not x.any():
        raise EquityError("amounts of 0 or more, not all 0, expected")
    codes = np.unique(codes, return_inverse=True)[1]
    m = int(codes.max()) + 1
    if m < 2:
        raise EquityError("two values or clusters at least expected: nothing to leave out")
    apart = _distances_to_all(x, w)
    pairs, people, amount = float(w @ apart), float(w.sum()), float(w @ x)
    lost, less, away = (np.bincount(codes, weights=each) for each in (w * apart, w, w * x))
    again = np.zeros(m) if m == x.size else _pairs_inside(x, w, codes, m)
    left = (pairs - 2 * lost + again) / (2 * (people - less) * np.maximum(amount - away, np.finfo(float).tiny))
    se = float(np.sqrt((m - 1) / m * ((left - left.mean()) ** 2).sum()))
    return Gini(pairs / (2 * people * amount), se)


def _distances_to_all(values: FloatArray, weights: FloatArray) -> FloatArray:
    """(n,) ``Σ_j w_j |y_i - y_j|``, from cumulative sums over the sorted values."""
    order = np.argsort(values, kind="stable")
    x, w = values[order], weights[order]
    people, amount = np.cumsum(w), np.cumsum(w * x)
    apart = np.empty(x.size)
    apart[order] = x * people - amount + (amount[-1] - amount) - x * (people[-1] - people)
    return apart


def _pairs_inside(values: FloatArray, weights: FloatArray, codes: Any, size: int) -> FloatArray:
    """(m,) ``Σ_kl w_k w_l |y_k - y_l|`` within each cluster."""
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=size))
    found = np.empty(size)
    for cluster, rows in enumerate(np.split(order, ends[:-1])):
        found[cluster] = weights[rows] @ _distances_to_all(values[rows], weights[rows])
    return found
