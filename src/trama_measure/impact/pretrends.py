"""Did both groups move together before the start, and would the test have noticed if they had not?

See docs/methods/impact.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from trama_measure.arrays import FloatArray

from .aggregate import Aggregate, Kind
from .did import GroupTimeEffects
from .notices import ImpactError

SINGULAR: Final = 1e-12  # smallest eigenvalue of a correlation matrix that can be inverted


@dataclass(frozen=True, slots=True)
class JointTest:
    """Wald test that several effects are all zero."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True, slots=True)
class DetectableTrend:
    """A linear difference in trends that the test before the start would have found with a given probability."""

    power: float
    slope: float  # units of the outcome per period
    bias: float  # what that slope adds to the mean effect after the start


def wald(estimate: FloatArray, covariance: FloatArray) -> JointTest:
    """Test that all of (k,) estimates are zero.

    Raises
    ------
    ImpactError
        If the covariance is singular: more effects than clusters, or one that is zero by construction.
    """
    if not estimate.size:
        raise ImpactError("nothing to test: no effect before the start")
    scale = np.sqrt(np.diag(covariance))
    if not (scale > 0).all() or np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] < SINGULAR:
        raise ImpactError(f"the covariance of the {estimate.size} effects is singular: they cannot be tested jointly")
    statistic = float(estimate @ np.linalg.solve(covariance, estimate))
    return JointTest(statistic, estimate.size, float(chi2.sf(statistic, estimate.size)))


def joint_pretest(effects: GroupTimeEffects) -> JointTest:
    """Test that every ATT(g, t) before the start is zero.

    Raises
    ------
    ImpactError
        If there is no period before any start beyond the base period, or the covariance is singular.
    """
    return wald(effects.estimate[effects.before], effects.covariance()[np.ix_(effects.before, effects.before)])


def detectable_trend(events: Aggregate, power: float = 0.8) -> DetectableTrend:
    """The slope that the joint test of the event study before the start would have found with probability ``power``.

    Parameters
    ----------
    events : a dynamic aggregate. With a varying base period each effect before the start would show the slope once;
        with a universal one, once per period of distance from the base

    Raises
    ------
    ImpactError
        If the aggregate is not dynamic, or has nothing before the start.

    Source
    ------
    Roth (2022), Pretest with caution, AER: Insights 4, 305-322; here with the Wald test at the 1 - confidence of the
    settings.
    """
    if events.kind is not Kind.DYNAMIC:
        raise ImpactError(f"a dynamic aggregate expected, found {events.kind}")
    settings = events.effects.settings
    last = -settings.anticipation - 1
    universal = settings.base.value == "universal"
    before = (events.key < last) if universal else (events.key <= last)
    if not before.any():
        raise ImpactError("no effect before the start: no trend could have been seen")
    pattern = events.key[before] - last if universal else np.ones(int(before.sum()))
    covariance = events.covariance()[np.ix_(before, before)]
    wald(pattern, covariance)  # refuses a singular covariance
    per_slope = float(pattern @ np.linalg.solve(covariance, pattern))
    critical = chi2.ppf(1 - settings.alpha, pattern.size)
    noncentrality = brentq(lambda c: ncx2.sf(critical, pattern.size, c) - power, 1e-9, 1e4)
    slope = float(np.sqrt(noncentrality / per_slope))
    after = events.key >= 0
    return DetectableTrend(power, slope, slope * float((events.key[after] - last).mean()))
