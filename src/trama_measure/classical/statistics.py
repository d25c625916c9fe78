"""Facility, discrimination, options and reliability, from a tally.

Definitions: docs/methods/classical_test_theory.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trama_measure.arrays import FloatArray, IntArray

from .tally import BookletTally, Tally


@dataclass(frozen=True, slots=True)
class Moments:
    """Weighted sums of one item in one booklet, over the students whose answer to it counts."""

    weight: FloatArray  # (k,)
    x: FloatArray  # (k,) sum of x
    rest: FloatArray  # (k,) sum of R
    rest2: FloatArray  # (k,) sum of R squared
    x_rest: FloatArray  # (k,) sum of x R


@dataclass(frozen=True, slots=True)
class OptionStatistics:
    """One kind of answer to each item. NaN where nobody gave it, or nothing varies."""

    share: FloatArray  # (k, a) of those presented the item
    mean_rest: FloatArray  # (k, a) mean rest score of those who gave it
    correlation: FloatArray  # (k, a) of giving it with the rest score


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """Items of one booklet, or of all together. NaN where there is nothing to compute from."""

    students: IntArray  # (k,) presented, not weighted
    answered: IntArray  # (k,) whose answer counts, not weighted
    facility: FloatArray  # (k,)
    discrimination: FloatArray  # (k,) corrected item-total correlation
    biserial: FloatArray  # (k,)
    omission: FloatArray  # (k,) share of those presented
    not_reached: FloatArray  # (k,)
    double_mark: FloatArray  # (k,)


@dataclass(frozen=True, slots=True)
class BookletStatistics:
    """A booklet as a test, items that were annulled left out, missing answers as 0."""

    items: int
    students: int
    mean: float  # right answers
    sd: float
    alpha: float  # NaN with fewer than 2 items, or if nothing varies
    sem: float  # in right answers
    alpha_without: FloatArray  # (k,) NaN at annulled items


def moments(one: BookletTally) -> Moments:
    """Sums over the students whose answer to the item counts."""
    score = one.scores[:, :, None]
    held = np.where(score >= 0, one.weighted, 0.0)
    x = (score == 1).astype(np.float64)
    rest = np.arange(one.counts.shape[2]) - x
    return Moments(
        weight=held.sum(axis=(1, 2)),
        x=(held * x).sum(axis=(1, 2)),
        rest=(held * rest).sum(axis=(1, 2)),
        rest2=(held * rest**2).sum(axis=(1, 2)),
        x_rest=(held * x * rest).sum(axis=(1, 2)),
    )


def option_statistics(one: BookletTally) -> OptionStatistics:
    """Share, mean rest score and correlation of every kind of answer, each kind against all others presented."""
    k, _, width = one.counts.shape
    total = np.arange(width, dtype=np.float64)
    rest = total - (one.scores == 1)[:, :, None]  # (k, a, t)
    weight = one.weighted.sum(axis=2)
    everyone = weight.sum(axis=1, keepdims=True)
    sums = (one.weighted * rest).sum(axis=2)
    squares = (one.weighted * rest**2).sum(axis=(1, 2)).reshape(k, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight / everyone
        mean = sums.sum(axis=1, keepdims=True) / everyone
        variance = squares / everyone - mean**2
        covariance = sums / everyone - share * mean
        correlation = covariance / np.sqrt(_positive(share * (1 - share)) * _positive(variance))
        return OptionStatistics(share, np.where(weight > 0, sums / weight, np.nan), correlation)


def item_statistics(one: BookletTally) -> ItemStatistics:
    """The items of one booklet."""
    found = moments(one)
    with np.errstate(invalid="ignore", divide="ignore"):
        facility = found.x / found.weight
        cov = found.x_rest / found.weight - facility * found.rest / found.weight
        variance = found.rest2 / found.weight - (found.rest / found.weight) ** 2
    return _items(one, facility, _correlation(cov, facility * (1 - facility), variance))


def pooled_statistics(tally: Tally) -> ItemStatistics:
    """All booklets: facility over all students, correlations from covariances within booklets."""
    k = len(tally.items)
    place = {item: row for row, item in enumerate(tally.items)}
    weight, x, cov, var_x, var_rest = (np.zeros(k) for _ in range(5))
    shares = np.zeros((3, k))
    students, answered = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
    presented = np.zeros(k)
    for one in tally.booklets.values():
        rows = np.array([place[item] for item in one.items], dtype=np.int64)
        found, own = moments(one), item_statistics(one)
        w = np.where(found.weight > 0, found.weight, 1.0)
        mean = found.x / w
        weight[rows] += found.weight
        x[rows] += found.x
        cov[rows] += found.x_rest - mean * found.rest
        var_x[rows] += found.x * (1 - mean)
        var_rest[rows] += found.rest2 - found.rest**2 / w
        students[rows] += own.students
        answered[rows] += own.answered
        here = one.weighted.sum(axis=(1, 2))
        presented[rows] += here
        for number, share in enumerate((own.omission, own.not_reached, own.double_mark)):
            shares[number, rows] += np.nan_to_num(share) * here
    with np.errstate(invalid="ignore", divide="ignore"):
        facility = x / weight
        omission, not_reached, double_mark = shares / presented
    discrimination = _correlation(cov, var_x, var_rest)
    return ItemStatistics(
        students,
        answered,
        facility,
        discrimination,
        biserial(discrimination, facility),
        omission,
        not_reached,
        double_mark,
    )


def booklet_statistics(one: BookletTally) -> BookletStatistics:
    """Reliability of one booklet."""
    real = ~np.array(one.annulled, dtype=bool)
    k = int(real.sum())
    item = np.flatnonzero(real)
    if not k:
        return BookletStatistics(0, one.students, np.nan, np.nan, np.nan, np.nan, np.full(len(one.items), np.nan))
    weight = one.weight
    sums = np.diagonal(one.products)[real]
    covariance = one.products[np.ix_(real, real)] / weight - np.outer(sums / weight, sums / weight)
    variances = np.diagonal(covariance)
    total = covariance.sum()
    without = np.full(len(one.items), np.nan)
    less = total - 2 * covariance.sum(axis=1) + variances
    without[item] = [_alpha(k - 1, variances.sum() - own, rest) for own, rest in zip(variances, less, strict=True)]
    alpha = _alpha(k, variances.sum(), total)
    unbiased = np.sqrt(max(total, 0.0) * one.students / max(one.students - 1, 1))
    return BookletStatistics(
        k,
        one.students,
        float(sums.sum() / weight),
        float(unbiased),
        alpha,
        float(unbiased * np.sqrt(1 - alpha)),
        without,
    )


@dataclass(frozen=True, slots=True)
class PooledAlpha:
    """Reliability of a booklet of ``length`` items, from covariances over all booklets."""

    alpha: float
    length: float
    pairs: int  # of items that were together in a booklet
    pairs_never_together: int


def pooled_alpha(tally: Tally, length: float | None = None) -> PooledAlpha:
    """Alpha with items missing by design; ``length`` is the mean number of items of the booklets if not given.

    Covariances are within booklets, weighted by students, so that differences between booklets do not enter.
    """
    k = len(tally.items)
    place = {item: row for row, item in enumerate(tally.items)}
    cross, weight = np.zeros((k, k)), np.zeros((k, k))
    lengths, people = [], []
    for one in tally.booklets.values():
        real = np.flatnonzero(~np.array(one.annulled, dtype=bool))
        rows = np.array([place[one.items[column]] for column in real.tolist()], dtype=np.int64)
        if not len(rows):
            continue
        own = one.weight
        sums = np.diagonal(one.products)[real]
        at = np.ix_(rows, rows)
        cross[at] += one.products[np.ix_(real, real)] - np.outer(sums, sums) / own
        weight[at] += own
        lengths.append(len(rows))
        people.append(own)
    here = np.diagonal(weight) > 0
    pairs = np.triu(weight > 0, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = cross / weight
    if length is None:
        length = float(np.average(lengths, weights=people)) if lengths else 0.0
    possible = int(here.sum() * (here.sum() - 1) // 2)
    if not pairs.any():
        return PooledAlpha(np.nan, length, 0, possible)
    mean_variance = float(np.diagonal(covariance)[here].mean())
    mean_covariance = float(covariance[pairs].mean())
    below = mean_variance + (length - 1) * mean_covariance
    alpha = length * mean_covariance / below if below > 0 else np.nan
    return PooledAlpha(alpha, length, int(pairs.sum()), possible - int(pairs.sum()))


def biserial(discrimination: FloatArray, facility: FloatArray) -> FloatArray:
    """Biserial correlation from the point-biserial one. NaN where the facility is 0 or 1.

    Source
    ------
    Lord and Novick (1968), Statistical Theories of Mental Test Scores, chapter 15.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        density = np.exp(-0.5 * ndtri(facility) ** 2) / np.sqrt(2 * np.pi)
        return np.where(density > 0, discrimination * np.sqrt(facility * (1 - facility)) / density, np.nan)


def _items(one: BookletTally, facility: FloatArray, discrimination: FloatArray) -> ItemStatistics:
    by_kind = one.weighted.sum(axis=2)
    everyone = by_kind.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        omission, not_reached, double_mark = (
            by_kind[:, one.kinds.index(kind)] / everyone for kind in ("omitted", "not_reached", "double_mark")
        )
    students = one.counts.sum(axis=(1, 2))
    answered = np.where(one.scores >= 0, one.counts.sum(axis=2), 0).sum(axis=1)
    return ItemStatistics(
        students,
        answered,
        facility,
        discrimination,
        biserial(discrimination, facility),
        omission,
        not_reached,
        double_mark,
    )


def _correlation(covariance: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return covariance / np.sqrt(_positive(one) * _positive(other))


def _positive(variance: FloatArray) -> FloatArray:
    """A variance; NaN where it is 0 but for rounding."""
    return np.where(variance > 1e-12, variance, np.nan)


def _alpha(k: int, variances: float, total: float) -> float:
    return float(k / (k - 1) * (1 - variances / total)) if k > 1 and total > 1e-12 else float("nan")
