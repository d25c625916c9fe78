"""Any figure about groups with its error, from plausible values and replicate weights.

See docs/methods/equity.md, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from trama_measure.arrays import BoolArray, FloatArray

from .samples import EquityError

type Figure = Callable[[FloatArray, FloatArray], float]
"""From (n,) values and (n,) weights, some of them 0, to a number."""

type Gap = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], float]
"""From two samples and their weights to a number, such as ``distances.mean_gap``."""

ENOUGH_CLUSTERS: Final = 30


@dataclass(frozen=True, slots=True)
class Replicates:
    """Weights that imitate other samples."""

    weights: FloatArray  # (n, r)
    factors: FloatArray  # (r,) c in the sum of squared differences


@dataclass(frozen=True, slots=True)
class Combined:
    """A figure over plausible values and replicates."""

    estimate: float
    se: float
    sampling: float  # variance from who was drawn
    imputation: float  # variance from what is not known of each student, (1 + 1/M) B
    degrees: float
    few_clusters: bool  # fewer than 30 replicates: the error is itself uncertain, for percentiles not to be used

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Both ends, by Student's t."""
        half = float(student.ppf((1 + confidence) / 2, self.degrees)) * self.se
        return self.estimate - half, self.estimate + half


def jackknife_weights(
    weights: FloatArray, clusters: NDArray[Any] | Sequence[Any], strata: NDArray[Any] | Sequence[Any] | None = None
) -> Replicates:
    """Replicates that leave out one cluster at a time and weight up the others of its stratum.

    Raises
    ------
    EquityError
        If lengths differ, a cluster lies in two strata, or a stratum has a single cluster.
    """
    own = np.asarray(weights, dtype=np.float64)
    labels = np.asarray(clusters)
    layers = np.zeros(own.size, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    if not own.shape == labels.shape == layers.shape:
        raise EquityError(f"{own.size} clusters and strata expected, found {labels.shape} and {layers.shape}")
    names, codes = np.unique(labels, return_inverse=True)
    stratum = np.full(names.size, -1)
    stratum[codes] = layers
    if (stratum[codes] != layers).any():
        raise EquityError(f"cluster {names[codes[stratum[codes] != layers][0]]} lies in two strata")
    size = np.bincount(stratum)
    if (size[stratum] < 2).any():
        raise EquityError("a stratum has a single cluster: join it with a similar one")
    up = size[stratum] / (size[stratum] - 1.0)
    same = layers[:, np.newaxis] == stratum
    left_out = codes[:, np.newaxis] == np.arange(names.size)
    factors = np.where(left_out, 0.0, np.where(same, up, 1.0))
    return Replicates(own[:, np.newaxis] * factors, 1 / up)


def combine(figure: Figure, plausible: FloatArray, weights: FloatArray, replicates: Replicates) -> Combined:
    """A figure with its error over plausible values.

    Parameters
    ----------
    plausible : (n, M) values of each student; M = 1 for a variable that is known
    weights : (n,); replicates : as they come with the data, or from ``jackknife_weights``

    Raises
    ------
    EquityError
        If shapes do not fit.

    Source
    ------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3.
    """
    values, own = np.asarray(plausible, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    n, r = replicates.weights.shape
    if values.ndim != 2 or values.shape[0] != n or own.shape != (n,) or replicates.factors.shape != (r,):
        raise EquityError(
            f"({n}, M) plausible values, {n} weights and {r} factors expected, found {values.shape}, {own.shape} and"
            f" {replicates.factors.shape}"
        )
    m = values.shape[1]
    found = np.array([figure(values[:, k], own) for k in range(m)])
    squares = [
        sum(
            c * (figure(values[:, k], replicates.weights[:, j]) - found[k]) ** 2
            for j, c in enumerate(replicates.factors)
        )
        for k in range(m)
    ]
    sampling = float(np.mean(squares))
    imputation = (1 + 1 / m) * float(found.var(ddof=1)) if m > 1 else 0.0
    total = sampling + imputation
    degrees = float(r - 1)
    if imputation > 0:
        degrees = 1 / (1 / degrees + (imputation / total) ** 2 / (m - 1))
    return Combined(float(found.mean()), float(np.sqrt(total)), sampling, imputation, degrees, r < ENOUGH_CLUSTERS)


def combine_gap(
    gap: Gap, plausible: FloatArray, weights: FloatArray, members: BoolArray, others: BoolArray, replicates: Replicates
) -> Combined:
    """A gap or distance between two groups with its error.

    Parameters
    ----------
    gap : such as ``distances.mean_gap`` or ``lambda *sample: distances.transport(*sample).distance``
    members, others : (n,) who is in either group; students in neither (who did not declare) count in neither

    Raises
    ------
    EquityError
        If somebody is in both groups, or shapes do not fit.
    """
    here, there = np.asarray(members), np.asarray(others)
    if here.dtype != np.bool_ or there.dtype != np.bool_ or here.shape != there.shape or (here & there).any():
        raise EquityError("two groups without a common member, as yes or no per student, expected")

    def figure(values: FloatArray, own: FloatArray) -> float:
        return gap(values[here], values[there], own[here], own[there])

    return combine(figure, plausible, weights, replicates)
