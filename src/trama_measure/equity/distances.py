"""How far apart two groups are, over their whole distributions. Definitions: docs/methods/equity.md, section 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray

from .samples import EquityError, sample

PERCENTILES = (10.0, 25.0, 50.0, 75.0, 90.0)


@dataclass(frozen=True, slots=True)
class StandardisedGap:
    """A mean gap in standard deviations."""

    d: float
    g: float  # corrected for small groups
    se: float  # of d; knows nothing of clusters


@dataclass(frozen=True, slots=True)
class Transport:
    """Wasserstein distance and its two directions, in units of the values."""

    behind: float  # where a lies below b
    ahead: float  # where a lies above b

    @property
    def distance(self) -> float:
        """W₁."""
        return self.behind + self.ahead

    @property
    def mean_gap(self) -> float:
        """Mean of a less mean of b."""
        return self.ahead - self.behind


def mean_gap(a: FloatArray, b: FloatArray, wa: FloatArray | None = None, wb: FloatArray | None = None) -> float:
    """Mean of a less mean of b, (n,) and (m,) values with optional weights."""
    (a, wa), (b, wb) = sample("a", a, wa), sample("b", b, wb)
    return float(np.average(a, weights=wa) - np.average(b, weights=wb))


def standardised_gap(
    a: FloatArray, b: FloatArray, wa: FloatArray | None = None, wb: FloatArray | None = None
) -> StandardisedGap:
    """Cohen's d with its standard error, and Hedges' g.

    Raises
    ------
    EquityError
        If a group has fewer than two values, or neither varies.

    Source
    ------
    Hedges and Olkin (1985), Statistical Methods for Meta-Analysis, chapter 5.
    """
    (a, wa), (b, wb) = sample("a", a, wa), sample("b", b, wb)
    na, nb = (float(w.sum() ** 2 / (w**2).sum()) for w in (wa, wb))
    if min(na, nb) <= 1:
        raise EquityError(f"two values at least in either group expected, found {a.size} and {b.size}")
    squares = [_variance(x, w) * n for x, w, n in ((a, wa, na), (b, wb, nb))]
    degrees = na + nb - 2
    pooled = np.sqrt(sum(squares) / degrees)
    if pooled == 0:
        raise EquityError("no value differs from another within the groups: there is no standard deviation")
    d = float((np.average(a, weights=wa) - np.average(b, weights=wb)) / pooled)
    se = float(np.sqrt((na + nb) / (na * nb) + d**2 / (2 * (na + nb))))
    return StandardisedGap(d, d * (1 - 3 / (4 * degrees - 1)), se)


def quantiles(values: FloatArray, percents: Sequence[float], weights: FloatArray | None = None) -> FloatArray:
    """The smallest value with at least that share of the weight at or below it, for each of (k,) percents.

    Raises
    ------
    EquityError
        If a percent is not above 0 and at most 100.
    """
    values, weights = sample("values", values, weights)
    wanted = np.asarray(percents, dtype=np.float64)
    if not ((wanted > 0) & (wanted <= 100)).all():
        raise EquityError(f"percents above 0 and at most 100 expected, found {wanted.tolist()}")
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    place = np.searchsorted(share, wanted / 100 - 1e-12)
    return np.asarray(values[order][np.minimum(place, values.size - 1)], dtype=np.float64)


def percentile_gaps(
    a: FloatArray,
    b: FloatArray,
    percents: Sequence[float] = PERCENTILES,
    wa: FloatArray | None = None,
    wb: FloatArray | None = None,
) -> FloatArray:
    """(k,) quantile of a less quantile of b, percentile by percentile."""
    return quantiles(a, percents, wa) - quantiles(b, percents, wb)


def transport(a: FloatArray, b: FloatArray, wa: FloatArray | None = None, wb: FloatArray | None = None) -> Transport:
    """Wasserstein distance of order 1, split by direction; exact for weighted samples."""
    points, below_a, below_b = _steps(a, b, wa, wb)
    widths = np.diff(points)
    gap = (below_a - below_b)[:-1]
    return Transport(float(np.maximum(gap, 0) @ widths), float(np.maximum(-gap, 0) @ widths))


def kolmogorov_smirnov(
    a: FloatArray, b: FloatArray, wa: FloatArray | None = None, wb: FloatArray | None = None
) -> float:
    """The largest difference between both distribution functions, 0 to 1."""
    _, below_a, below_b = _steps(a, b, wa, wb)
    return float(np.abs(below_a - below_b).max())


def overlap(
    a: FloatArray, b: FloatArray, cuts: Sequence[float], wa: FloatArray | None = None, wb: FloatArray | None = None
) -> float:
    """Share of both groups that lies in common over levels, 0 to 1.

    Parameters
    ----------
    cuts : increasing lower limits of the levels above the first: a value equal to a cut belongs to the upper level

    Raises
    ------
    EquityError
        If the cuts do not increase.
    """
    edges = np.asarray(cuts, dtype=np.float64)
    if not edges.size or not (np.diff(edges) > 0).all():
        raise EquityError(f"increasing cuts expected, found {edges.tolist()}")
    shares = []
    for name, values, weights in (("a", a, wa), ("b", b, wb)):
        x, w = sample(name, values, weights)
        counts = np.bincount(np.searchsorted(edges, x, side="right"), weights=w, minlength=edges.size + 1)
        shares.append(counts / w.sum())
    return float(np.minimum(*shares).sum())


def superiority(a: FloatArray, b: FloatArray, wa: FloatArray | None = None, wb: FloatArray | None = None) -> float:
    """Probability that one of a drawn at random lies above one of b, ties counted half."""
    (a, wa), (b, wb) = sample("a", a, wa), sample("b", b, wb)
    order = np.argsort(b, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(wb[order])]) / wb.sum()
    left, right = (np.searchsorted(b[order], a, side=side) for side in ("left", "right"))
    return float(np.average((below[left] + below[right]) / 2, weights=wa))


def by_chance(distance: object, a: FloatArray, b: FloatArray, *, shuffles: int = 200, seed: int) -> float:
    """Mean of a distance when labels are handed out at random: what two equal groups of these sizes would show.

    Parameters
    ----------
    distance : a function of two samples, such as ``lambda a, b: transport(a, b).distance``

    Raises
    ------
    EquityError
        If fewer than 20 shuffles are asked for, or ``distance`` cannot be called.
    """
    if shuffles < 20 or not callable(distance):
        raise EquityError(f"a function and at least 20 shuffles expected, found {shuffles}")
    (a, _), (b, _) = sample("a", a), sample("b", b)
    rng = np.random.default_rng(seed)
    both = np.concatenate([a, b])
    found = []
    for _ in range(shuffles):
        mixed = rng.permutation(both)
        found.append(float(distance(mixed[: a.size], mixed[a.size :])))
    return float(np.mean(found))


def _variance(values: FloatArray, weights: FloatArray) -> float:
    return float(np.average((values - np.average(values, weights=weights)) ** 2, weights=weights))


def _steps(
    a: FloatArray, b: FloatArray, wa: FloatArray | None, wb: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """All distinct values, and the share of either group at or below each."""
    (a, wa), (b, wb) = sample("a", a, wa), sample("b", b, wb)
    points = np.unique(np.concatenate([a, b]))
    shares = []
    for values, weights in ((a, wa), (b, wb)):
        counts = np.bincount(np.searchsorted(points, values), weights=weights, minlength=points.size)
        shares.append(np.cumsum(counts) / weights.sum())
    return points, shares[0], shares[1]
