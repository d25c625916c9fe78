"""Profile of an area or a dimension: how its criteria are spread over the four levels.

The counts per level are the profile. The median level and the mean level are there to put a mark on it, not to replace
it: they are given only where enough of the weight has an answer, and the mean carries the interval in which it lies
whatever the missing answers may be. There is no figure for a network as a whole, on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .levels import NOT_APPLICABLE, Level, LevelArray, as_levels

MINIMUM_COVERAGE: Final = 0.75
"""Share of the weight that must have a level. What is missing can then move the mean by 0.75 of a level at most."""

TOLERANCE: Final = 1e-9  # weights such as 0.1 do not add up exactly


@dataclass(frozen=True, slots=True)
class Profile:
    """Groups (areas or dimensions) of each round. Summaries are NaN or 0 where ``shown`` is false."""

    counts: IntArray  # (rounds, groups, 4) criteria at each level, fragile first
    not_applicable: IntArray  # (rounds, groups) criteria
    without_level: IntArray  # (rounds, groups) criteria not answered, or that the team does not know
    coverage: FloatArray  # (rounds, groups) weight with a level / weight that applies, 0 to 1; NaN if nothing applies
    shown: BoolArray  # (rounds, groups) the coverage is enough for a summary
    median_level: LevelArray  # (rounds, groups) 1 to 4, the weighted lower median; 0 not shown
    mean_level: FloatArray  # (rounds, groups) 1 to 4, weighted; NaN not shown
    mean_low: FloatArray  # (rounds, groups) the mean if every missing answer were fragile
    mean_high: FloatArray  # (rounds, groups) the mean if every missing answer were exemplary


def group_profiles(levels: ArrayLike, weights: ArrayLike, groups: ArrayLike) -> Profile:
    """Describe each group of criteria in each round.

    Parameters
    ----------
    levels : (rounds, criteria) array
        1 to 4, or 0, -1, -2. A criterion that does not apply leaves the weight; one without a level lowers coverage.
    weights : (criteria,) array, above 0
        Of the criteria in their group; only their proportion matters.
    groups : (criteria,) array of whole numbers from 0
        The area or dimension of each criterion. Every number up to the largest is a group, with criteria or without.

    Raises
    ------
    ValueError
        If the three do not fit each other, a level is none, or a weight is not above 0 and finite.
    """
    levels, weights, groups = _checked(levels, weights, groups)
    member = groups[:, np.newaxis] == np.arange(groups.max(initial=-1) + 1)  # (criteria, groups)
    weighted = member * weights[:, np.newaxis]
    at_level = [levels == level for level in Level]
    counts = np.stack([at @ member.astype(np.int64) for at in at_level], axis=-1)
    weight_at = np.stack([at @ weighted for at in at_level], axis=-1)  # (rounds, groups, 4)
    applies = (levels != NOT_APPLICABLE) @ weighted
    answered = weight_at.sum(axis=-1)
    coverage = _ratio(answered, applies)
    shown = np.nan_to_num(coverage, nan=0.0) >= MINIMUM_COVERAGE - TOLERANCE
    sum_of_levels = weight_at @ np.arange(1.0, 5.0)
    mean = _ratio(sum_of_levels, answered)
    low = _ratio(sum_of_levels + 1.0 * (applies - answered), applies)
    high = _ratio(sum_of_levels + 4.0 * (applies - answered), applies)
    half = weight_at.cumsum(axis=-1) * 2 >= (answered * (1 - TOLERANCE))[..., np.newaxis]
    not_applicable = (levels == NOT_APPLICABLE) @ member.astype(np.int64)
    return Profile(
        counts=counts,
        not_applicable=not_applicable,
        without_level=member.sum(axis=0) - counts.sum(axis=-1) - not_applicable,
        coverage=coverage,
        shown=shown,
        median_level=np.where(shown, 1 + half.argmax(axis=-1), 0).astype(np.int8),
        mean_level=np.where(shown, mean, np.nan),
        mean_low=np.where(shown, low, np.nan),
        mean_high=np.where(shown, high, np.nan),
    )


def _checked(levels: ArrayLike, weights: ArrayLike, groups: ArrayLike) -> tuple[LevelArray, FloatArray, IntArray]:
    steps, shares, places = as_levels(levels), np.asarray(weights, dtype=np.float64), np.asarray(groups)
    if steps.ndim != 2:
        raise ValueError(f"levels are (rounds, criteria), found {steps.ndim} dimensions")
    if shares.shape != (steps.shape[1],) or places.shape != (steps.shape[1],):
        raise ValueError(f"{steps.shape[1]} criteria, but {shares.size} weights and {places.size} groups")
    if not (np.isfinite(shares) & (shares > 0)).all():
        raise ValueError("the weight of a criterion is a finite number above 0")
    if places.size and (places.dtype.kind not in "iu" or places.min() < 0):
        raise ValueError("groups are whole numbers from 0 on")
    return steps, shares, places.astype(np.int64)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """NaN where the whole is nothing."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
