"""Networks that resemble one, by a distance that explains itself.

Two networks are close if they are close in size, in the wealth of their place, in region and in the stages they
offer. Each feature is put on one scale over the country, robustly (median and interquartile range, so that São Paulo
does not decide what "far" means). The squared distance is a weighted mean of squared differences, so it is a sum of
one contribution per feature, and the page can say what makes two networks alike and what sets them apart.

A feature that one of the two has not is left out and the other weights are scaled up; ``coverage`` says how much of
the weight was compared. Features are codes here, their names for people live elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

NORMAL_IQR: Final = 1.3489795003921634
"""Interquartile range of the standard normal: dividing by it makes a robust unit comparable to a standard deviation."""

MINIMUM_COVERAGE: Final = 0.6
"""Share of the weight that must be comparable before two networks are called similar."""


class Kind(StrEnum):
    """How two values of a feature are held against each other."""

    NUMBER = "number"  # difference in robust units
    LOGARITHM = "logarithm"  # the same, after the natural logarithm: twice the size is one step anywhere
    CATEGORY = "category"  # 0 if the same, 1 unit if not; the values are codes


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing in which networks may be alike."""

    code: str
    kind: Kind
    weight: float  # relative to the other features, above 0


SIZE: Final = Feature("size", Kind.LOGARITHM, 1.0)  # enrolments, or inhabitants of the municipality
WEALTH: Final = Feature("gdp_per_capita", Kind.LOGARITHM, 1.0)  # R$ per inhabitant; low stands for poverty
REGION: Final = Feature("region", Kind.CATEGORY, 0.5)  # 1 to 5
STAGE_SHARES: Final = tuple(
    Feature(code, Kind.NUMBER, 0.25)
    for code in ("share_early_childhood", "share_early_years", "share_final_years", "share_upper_secondary")
)
DEFAULT_FEATURES: Final = (SIZE, WEALTH, REGION, *STAGE_SHARES)
"""Size, wealth and stage mix weigh the same, region half as much. Chosen, not estimated: decision 0042."""


@dataclass(frozen=True, slots=True)
class Space:
    """The features of all networks on their common scale, computed once and used for every question."""

    features: tuple[Feature, ...]
    units: FloatArray  # (n, f) robust units (codes as they are, for a category); NaN missing
    centre: FloatArray  # (f,) median that was subtracted, after the logarithm where there is one; 0 for a category
    scale: FloatArray  # (f,) what one unit is worth; NaN where the feature does not vary and never counts


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The k nearest networks, nearest first, and why. Row i of every array speaks of ``index[i]``."""

    index: IntArray  # (k,) rows of the space
    distance: FloatArray  # (k,) 0 is alike in everything; about 1 is one usual spread away on average
    contributions: FloatArray  # (k, f) add up to the squared distance; NaN where the feature could not be compared
    coverage: FloatArray  # (k,) share of the weight that was compared, 0 to 1
    codes: tuple[str, ...]  # (f,) of the features


def build_space(values: FloatArray, features: Sequence[Feature] = DEFAULT_FEATURES) -> Space:
    """Put the features of all networks on one scale.

    Parameters
    ----------
    values : (n, f) array
        One row per network, one column per feature; NaN missing. Sizes and incomes as they are: the logarithm is
        taken here.
    features : one per column

    Raises
    ------
    ValueError
        If columns and features do not match, a code comes twice, a weight is not above 0, a value is infinite, or a
        logarithm is asked of a number that is not above 0 (a network without enrolments has no size: say NaN).

    Source
    ------
    Robust standardisation: Huber (1981), Robust Statistics, section 5.1. With an interquartile range of 0 (most
    networks share one value) the standard deviation is the unit.
    """
    values = np.array(values, dtype=np.float64)
    features = tuple(features)
    _check_space(values, features)
    centre, scale = np.zeros(len(features)), np.ones(len(features))
    for column, feature in enumerate(features):
        if feature.kind is Kind.CATEGORY:
            continue
        if feature.kind is Kind.LOGARITHM:
            values[:, column] = np.log(values[:, column])
        centre[column], scale[column] = _centre_and_unit(values[:, column])
        values[:, column] = (values[:, column] - centre[column]) / scale[column]
    return Space(features, values, centre, scale)


def contributions_to(space: Space, row: int) -> tuple[FloatArray, FloatArray]:
    """What each feature adds to the squared distance between one network and every network.

    Returns
    -------
    contributions : (n, f) array
        ``w_j d_j^2 / sum of the compared weights``; NaN where the feature is missing on either side.
    coverage : (n,) array
        Share of the whole weight that was compared.

    Raises
    ------
    IndexError
        If the space has no such row.
    """
    weights = np.array([feature.weight for feature in space.features])
    gaps = space.units - space.units[row]
    categories = np.array([feature.kind is Kind.CATEGORY for feature in space.features])
    different = gaps[:, categories]
    gaps[:, categories] = np.where(np.isnan(different), np.nan, different != 0)
    compared = ~np.isnan(gaps)
    compared_weight = compared @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        contributions = weights * gaps**2 / compared_weight[:, np.newaxis]
    return contributions, compared_weight / weights.sum()


def nearest(
    space: Space,
    row: int,
    k: int,
    *,
    candidates: BoolArray | None = None,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> Neighbours:
    """The k networks most like one, which is never its own neighbour. Equal distances stay in row order.

    Parameters
    ----------
    row : of the network asked about
    k : how many; fewer come back if fewer can be compared
    candidates : (n,) array, optional
        Who may be a neighbour (municipal networks only, say); everyone if left out.
    minimum_coverage : 0 to 1
        Networks with which less of the weight can be compared are left out: little in common is not alike.

    Raises
    ------
    ValueError
        If k is below 1 or ``candidates`` has the wrong shape.
    IndexError
        If the space has no such row.
    """
    n = space.units.shape[0]
    if k < 1:
        raise ValueError(f"at least one neighbour must be asked for, found k = {k}")
    if candidates is not None and candidates.shape != (n,):
        raise ValueError(f"one yes or no per network expected, found shape {candidates.shape} for {n} networks")
    contributions, coverage = contributions_to(space, row)
    squared = np.nansum(contributions, axis=1)
    barred = (coverage < minimum_coverage) | (coverage == 0)
    if candidates is not None:
        barred |= ~candidates
    barred[row] = True
    squared[barred] = np.inf
    order = np.argsort(squared, kind="stable")[:k]
    order = order[np.isfinite(squared[order])]
    return Neighbours(
        index=order,
        distance=np.sqrt(squared[order]),
        contributions=contributions[order],
        coverage=coverage[order],
        codes=tuple(feature.code for feature in space.features),
    )


def _centre_and_unit(column: FloatArray) -> tuple[float, float]:
    """Median and robust unit of a column; the unit is NaN if nothing varies or nothing is known."""
    known = column[~np.isnan(column)]
    if not known.size:
        return np.nan, np.nan
    low, middle, high = np.quantile(known, (0.25, 0.5, 0.75))
    unit = (high - low) / NORMAL_IQR or float(known.std())
    return float(middle), float(unit) if unit > 1e-12 * max(1.0, abs(middle)) else np.nan


def _check_space(values: FloatArray, features: tuple[Feature, ...]) -> None:
    if values.ndim != 2 or values.shape[1] != len(features) or not features:
        raise ValueError(f"one column per feature expected: {len(features)} features, values of shape {values.shape}")
    codes = [feature.code for feature in features]
    if len(set(codes)) < len(codes):
        raise ValueError(f"a feature comes twice: {', '.join(codes)}")
    if np.isinf(values).any():
        raise ValueError("a feature cannot be infinite; a missing one is NaN")
    for column, feature in enumerate(features):
        if not feature.weight > 0:
            raise ValueError(f"the weight of {feature.code} must be above 0, found {feature.weight}")
        if feature.kind is Kind.LOGARITHM and (values[:, column] <= 0).any():
            raise ValueError(f"{feature.code} must be above 0 where it is known")
