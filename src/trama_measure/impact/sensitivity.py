"""How wrong may parallel trends be before the conclusion falls? Rambachan and Roth (2023).

What is implemented, and what is not, stands in docs/methods/impact.md, section 8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray

from .aggregate import Aggregate, Kind
from .did import Base
from .flci import shortest_interval
from .moments import accepted
from .notices import ImpactError

LARGEST: Final = 16.0  # M̄ beyond which nobody asks
BREAKDOWN_STEP: Final = 1e-4  # of the largest violation: how closely the breakdown value is found


class MomentTest(StrEnum):
    """Which test of moment inequalities is inverted."""

    CONDITIONAL = "conditional"
    HYBRID = "hybrid"  # with a least-favourable first stage


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by periods since the start with their covariance, the reference period left out."""

    before: FloatArray  # (k,) estimates before the reference period, in order of time, evenly spaced up to it
    after: FloatArray  # (p,) estimates after it, in order of time
    covariance: FloatArray  # (k + p, k + p), in the same order

    def __post_init__(self) -> None:
        size = self.before.size + self.after.size
        if not self.before.size or not self.after.size:
            raise ImpactError(
                f"sensitivity needs effects before and after, found {self.before.size} and {self.after.size}"
            )
        if self.covariance.shape != (size, size) or not np.allclose(self.covariance, self.covariance.T, atol=1e-12):
            raise ImpactError(f"a symmetric covariance of shape ({size}, {size}) expected")
        if (np.diag(self.covariance) <= 0).any():
            raise ImpactError("an effect has no variance: leave the reference period out")

    @classmethod
    def of(cls, events: Aggregate) -> EventStudy:
        """From a dynamic aggregate with a universal base period.

        Raises
        ------
        ImpactError
            If the aggregate is of another kind, its base period varies (its effects before the start are then changes
            from period to period and no path), or a period is missing in between.
        """
        if events.kind is not Kind.DYNAMIC or events.effects.settings.base is not Base.UNIVERSAL:
            raise ImpactError("a dynamic aggregate of effects with base=universal expected")
        reference = -events.effects.settings.anticipation - 1
        if not (np.diff(events.key) == 1).all():
            raise ImpactError(f"one effect for each period expected, found events {events.key.tolist()}")
        early, late = events.key < reference, events.key > reference
        chosen = np.flatnonzero(early | late)
        return cls(events.estimate[early], events.estimate[late], events.covariance()[np.ix_(chosen, chosen)])

    def contrast(self, weights: FloatArray | None) -> FloatArray:
        """(p,) weights of the target on the effects after; their mean if none are given."""
        size = self.after.size
        found = np.full(size, 1 / size) if weights is None else np.asarray(weights, dtype=np.float64)
        if found.shape != (size,) or not found.any():
            raise ImpactError(f"{size} weights, one per effect after the start, expected")
        return found


@dataclass(frozen=True, slots=True)
class Robust:
    """An interval that allows for some violation of parallel trends."""

    violation: float  # M̄ or M
    low: float
    high: float
    identified_low: float  # what remains open even without sampling error
    identified_high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the sign of the effect is still known."""
        return self.low > 0 or self.high < 0


def relative_magnitudes(
    study: EventStudy,
    violation: float,
    weights: FloatArray | None = None,
    *,
    test: MomentTest = MomentTest.HYBRID,
    alpha: float = 0.05,
    seed: int = 2023,
) -> Robust:
    """Robust set if changes in the difference of trends after the start are at most M̄ times the largest before.

    Parameters
    ----------
    violation : M̄, 0 or more
    weights : (p,) of the target on the effects after the start; their mean by default
    test : conditional, or hybrid with a least-favourable first stage of size alpha/10
    seed : of the 10,000 draws behind the critical value of the first stage

    Raises
    ------
    ImpactError
        If M̄ is negative, or the weights do not fit.

    Source
    ------
    Rambachan and Roth (2023), section 2.4.1; Andrews, Roth and Pakes (2023), Review of Economic Studies 90, 2763-2791.
    """
    if not violation >= 0:
        raise ImpactError(f"a violation of 0 or more expected, found {violation}")
    contrast = study.contrast(weights)
    k = study.before.size
    stretch = float(np.abs(np.cumsum(contrast[::-1])).sum())  # Σ_t |Σ_{j>=t} l_j|
    target = float(contrast @ study.after)
    changes = np.diff(np.append(study.before, 0.0))
    room = violation * stretch * float(np.abs(changes).max())
    covariance = _with_target(study, contrast)
    values = np.append(study.before, 0.0)  # the target enters by its deviation from the estimate
    first_stage = alpha / 10 if test is MomentTest.HYBRID else 0.0
    scale = float(np.sqrt(covariance[k, k])) + room
    slope = np.zeros(2 * k + 1)
    slope[-2:] = 1.0, -1.0
    ends = [
        accepted(rows @ values, rows @ covariance @ rows.T, slope, alpha, first_stage, seed, scale)
        for rows in _members(k, violation * stretch)
    ]
    inside = [end for end in ends if end is not None]
    if not inside:
        return Robust(violation, np.nan, np.nan, target - room, target + room)
    low, high = min(low for low, _ in inside), max(high for _, high in inside)
    return Robust(violation, target + low, target + high, target - room, target + room)


def _with_target(study: EventStudy, contrast: FloatArray) -> FloatArray:
    """(k + 1, k + 1) covariance of the estimates before the start and of the target."""
    k = study.before.size
    mixing = np.zeros((k + 1, k + study.after.size))
    mixing[:k, :k], mixing[k, k:] = np.eye(k), contrast
    return np.asarray(mixing @ study.covariance @ mixing.T, dtype=np.float64)


def _members(k: int, reach: float) -> list[FloatArray]:
    """For each location and sign of the largest change, the rows A of ``A (β_pre, θ̂ - θ) <= 0``, (2k + 1, k + 1)."""
    differences = np.eye(k, k + 1, 1) - np.eye(k, k + 1)
    differences[-1, k] = 0.0  # the last change leads to the reference period, which is zero
    end = np.zeros(k + 1)
    end[k] = 1.0
    members = []
    for s in range(k):
        for sign in (1.0, -1.0):
            largest = sign * differences[s]
            others = [way * differences[other] - largest for other in range(k) if other != s for way in (1.0, -1.0)]
            members.append(np.array([*others, -2 * largest, end - reach * largest, -end - reach * largest]))
    return members


def smoothness(
    study: EventStudy, violation: float, weights: FloatArray | None = None, *, alpha: float = 0.05
) -> Robust:
    """Shortest fixed-length interval if the slope of the difference in trends changes by at most M per period.

    Raises
    ------
    ImpactError
        If M is negative, or the weights do not fit.

    Source
    ------
    Rambachan and Roth (2023), section 4.1; Armstrong and Kolesar (2018), Econometrica 86, 655-683.
    """
    if not violation >= 0:
        raise ImpactError(f"a violation of 0 or more expected, found {violation}")
    found = shortest_interval(study.before, study.after, study.covariance, study.contrast(weights), violation, alpha)
    return Robust(violation, found.centre - found.half, found.centre + found.half, found.open_low, found.open_high)


def breakdown(interval: Callable[[float], Robust], largest: float = LARGEST) -> float:
    """The largest violation at which an interval still excludes zero: 0 if it never does, infinity beyond ``largest``.

    Parameters
    ----------
    interval : from a violation to its interval, such as ``lambda m: relative_magnitudes(study, m)``
    """
    if not interval(0.0).excludes_zero:
        return 0.0
    low, high = 0.0, largest / 64
    while interval(high).excludes_zero:
        if high >= largest:
            return float("inf")
        low, high = high, 2 * high
    while high - low > BREAKDOWN_STEP * largest:
        middle = (low + high) / 2
        low, high = (middle, high) if interval(middle).excludes_zero else (low, middle)
    return low


def sensitivity_table(intervals: list[Robust]) -> dict[str, Any]:
    """Columns violation, low, high, identified_low, identified_high, excludes_zero."""
    names = ("violation", "low", "high", "identified_low", "identified_high", "excludes_zero")
    return {name: [getattr(each, name) for each in intervals] for name in names}
