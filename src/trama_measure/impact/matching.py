"""Comparison networks that resemble those who take part, chosen before any outcome is looked at.

See docs/methods/impact.md, section 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .notices import ImpactError, Notice, NoticeCode
from .regression import logit

CALIPER: Final = 0.2  # standard deviations of the linear predictor (Austin 2011)
FAR: Final = 1e9  # a distance that is never chosen while another is left


class Distance(StrEnum):
    """What it means to resemble."""

    PROPENSITY = "propensity"  # on the linear predictor of a logit
    MAHALANOBIS = "mahalanobis"


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs of a unit that takes part and one that does not."""

    treated: IntArray  # (m,) rows
    control: IntArray  # (m,) rows; one treated unit may have several
    distance: FloatArray  # (m,) standard deviations of the linear predictor, or Mahalanobis
    weights: FloatArray  # (n,) 1 for matched treated units, the share of its matches for a control, 0 for the rest
    unmatched: IntArray  # treated rows without a match within the caliper
    notices: tuple[Notice, ...]

    @property
    def kept(self) -> BoolArray:
        """(n,) units of the matched sample; pass ``weights[kept]`` on to the panel."""
        return self.weights > 0


def match(
    covariates: FloatArray,
    taking_part: BoolArray,
    *,
    distance: Distance = Distance.PROPENSITY,
    caliper: float | None = CALIPER,
    neighbours: int = 1,
    replacement: bool = False,
    within: NDArray[Any] | Sequence[Any] | None = None,
) -> Matched:
    """Find for every unit that takes part the most similar ones that do not.

    Parameters
    ----------
    covariates : (n, p) complete, known before the start
    taking_part : (n,)
    caliper : greatest distance: standard deviations of the linear predictor, or Mahalanobis; None for any
    neighbours : comparison units for each; without replacement each is used at most once, by optimal assignment in
        ``neighbours`` rounds: the sum of distances is least in each round, whatever the order of the rows
    within : (n,) labels, such as states; only units of the same label are matched

    Raises
    ------
    ImpactError
        If shapes do not fit, one group is empty, covariates are collinear or separate the groups, or nobody is matched.

    Source
    ------
    Stuart (2010), Statistical Science 25, 1-21; caliper: Austin (2011), Pharmaceutical Statistics 10, 150-161.
    """
    x, members = _checked(covariates, taking_part)
    if neighbours < 1 or (caliper is not None and not caliper > 0):
        raise ImpactError(f"at least 1 neighbour and a positive caliper expected, found {neighbours} and {caliper}")
    own, other = np.flatnonzero(members), np.flatnonzero(~members)
    far = _distances(x, members, Distance(distance))
    if within is not None:
        labels = np.asarray(within)
        if labels.shape != members.shape:
            raise ImpactError(f"within: {members.size} labels expected, found {labels.shape}")
        far = np.where(labels[own][:, np.newaxis] == labels[other], far, np.inf)
    if caliper is not None:
        far = np.where(far <= caliper, far, np.inf)
    pick = _nearest if replacement else _assigned
    rows, columns = pick(far, neighbours)
    if not rows.size:
        raise ImpactError(
            "no unit that takes part has a comparison unit within the caliper: widen it, or use fewer labels"
        )
    return _as_matched(own, other, rows, columns, far[rows, columns])


def _as_matched(own: IntArray, other: IntArray, rows: IntArray, columns: IntArray, distance: FloatArray) -> Matched:
    weights = np.zeros(own.size + other.size)
    matches = np.bincount(rows, minlength=own.size)
    weights[own[matches > 0]] = 1.0
    np.add.at(weights, other[columns], 1 / matches[rows])
    unmatched = own[matches == 0]
    notices: tuple[Notice, ...] = ()
    if unmatched.size:
        notices = (Notice(NoticeCode.UNMATCHED, "", float(unmatched.size), 0.0),)
    return Matched(own[rows], other[columns], distance, weights, unmatched, notices)


def balance(covariates: FloatArray, taking_part: BoolArray, matched: Matched, names: Sequence[str]) -> dict[str, Any]:
    """Standardised mean differences and variance ratios, before and after.

    Returns
    -------
    Columns covariate, smd_before, smd_after, variance_ratio_before, variance_ratio_after. Both differences are divided
    by the standard deviation before matching, ``sqrt((s₁² + s₀²) / 2)``, so that they can be compared.

    Raises
    ------
    ImpactError
        If shapes do not fit, or a covariate does not vary.
    """
    x, members = _checked(covariates, taking_part)
    if len(names) != x.shape[1]:
        raise ImpactError(f"{x.shape[1]} names expected, found {len(names)}")
    flat = np.ones(members.size)
    pooled = np.sqrt((x[members].var(axis=0, ddof=1) + x[~members].var(axis=0, ddof=1)) / 2)
    if not (pooled > 0).all():
        raise ImpactError(f"{names[int(np.argmin(pooled))]} is the same in every unit: leave it out")
    table: dict[str, Any] = {"covariate": list(names)}
    for when, weights in (("before", flat), ("after", matched.weights)):
        here, there = (_moments(x[group], weights[group]) for group in (members, ~members))
        table[f"smd_{when}"] = (here[0] - there[0]) / pooled
        table[f"variance_ratio_{when}"] = here[1] / there[1]
    order = ("covariate", "smd_before", "smd_after", "variance_ratio_before", "variance_ratio_after")
    return {name: table[name] for name in order}


def _checked(covariates: FloatArray, taking_part: BoolArray) -> tuple[FloatArray, BoolArray]:
    x = np.asarray(covariates, dtype=np.float64)
    members = np.asarray(taking_part)
    if members.dtype != np.bool_ or members.ndim != 1 or x.ndim != 2 or len(x) != members.size:
        raise ImpactError(f"covariates (n, p) and yes or no (n,) expected, found {x.shape} and {members.shape}")
    if not np.isfinite(x).all():
        raise ImpactError("covariates: complete rows expected, found a missing or infinite value")
    if min(members.sum(), (~members).sum()) < 2:
        raise ImpactError(f"two units at least on either side expected, found {members.sum()} and {(~members).sum()}")
    return x, members


def _distances(x: FloatArray, members: BoolArray, distance: Distance) -> FloatArray:
    if distance is Distance.PROPENSITY:
        design = np.column_stack([np.ones(len(x)), x])
        linear = logit(design, members, np.ones(len(x))).linear
        linear = linear / linear.std(ddof=1)
        return np.abs(linear[members][:, np.newaxis] - linear[~members])
    n1, n0 = members.sum(), (~members).sum()
    pooled = ((n1 - 1) * np.cov(x[members].T) + (n0 - 1) * np.cov(x[~members].T)) / (n1 + n0 - 2)
    pooled = np.atleast_2d(pooled)
    scale = np.sqrt(np.diag(pooled))
    if not (scale > 0).all() or np.linalg.eigvalsh(pooled / np.outer(scale, scale))[0] < 1e-10:
        raise ImpactError("the covariates say the same thing twice (collinear), or one does not vary; leave it out")
    root = np.linalg.cholesky(np.linalg.inv(pooled))
    return np.asarray(cdist(x[members] @ root, x[~members] @ root), dtype=np.float64)


def _nearest(far: FloatArray, neighbours: int) -> tuple[IntArray, IntArray]:
    """With replacement: the nearest columns of each row."""
    order = np.argsort(far, axis=1, kind="stable")[:, :neighbours]
    rows = np.repeat(np.arange(len(far)), order.shape[1])
    columns = order.ravel()
    within = np.isfinite(far[rows, columns])
    return rows[within], columns[within]


def _assigned(far: FloatArray, neighbours: int) -> tuple[IntArray, IntArray]:
    """Without replacement: rounds of optimal assignment; as many rows as possible are matched in each."""
    left = far.copy()
    rows: list[IntArray] = []
    columns: list[IntArray] = []
    for _ in range(neighbours):
        row, column = linear_sum_assignment(np.where(np.isfinite(left), left, FAR))
        within = np.isfinite(left[row, column])
        rows.append(row[within])
        columns.append(column[within])
        left[:, column[within]] = np.inf
    return np.concatenate(rows), np.concatenate(columns)


def _moments(x: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    mean = np.average(x, axis=0, weights=weights)
    return mean, np.average((x - mean) ** 2, axis=0, weights=weights)
