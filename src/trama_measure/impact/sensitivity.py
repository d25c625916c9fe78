"""How wrong may parallel trends be before the conclusion falls? Rambachan and Roth (2023).

The restrictions are in ``restrictions``, the tests in ``moments``, the shortest interval in ``flci``; what is not
implemented stands in docs/methods/impact.md, section 8.
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
from .restrictions import MIRRORED, Bound, Shape, members, post_edges

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
    shape: Shape = Shape.ANY,
    test: MomentTest = MomentTest.HYBRID,
    alpha: float = 0.05,
    seed: int = 2023,
) -> Robust:
    """Robust set if changes in the difference of trends after the start are at most M̄ times the largest before.

    Parameters
    ----------
    violation : M̄, 0 or more
    weights : (p,) of the target on the effects after the start; their mean by default
    shape : what else is known of the difference in trends: its sign after the start, or that it only rises or falls
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
    return _robust(study, Bound.CHANGES, violation, weights, shape, test, alpha, seed)


def relative_smoothness(
    study: EventStudy,
    violation: float,
    weights: FloatArray | None = None,
    *,
    shape: Shape = Shape.ANY,
    test: MomentTest = MomentTest.HYBRID,
    alpha: float = 0.05,
    seed: int = 2023,
) -> Robust:
    """Robust set if the slope changes after the start by at most M̄ times its largest change before: Δ^SDRM.

    Parameters as in ``relative_magnitudes``.

    Raises
    ------
    ImpactError
        As there; and if there is only one estimate before the reference period, so that no slope has changed before.
    """
    return _robust(study, Bound.RELATIVE_SLOPES, violation, weights, shape, test, alpha, seed)


def smoothness_set(
    study: EventStudy,
    violation: float,
    weights: FloatArray | None = None,
    *,
    shape: Shape = Shape.ANY,
    test: MomentTest = MomentTest.HYBRID,
    alpha: float = 0.05,
    seed: int = 2023,
) -> Robust:
    """Robust set if the slope changes by at most M per period and the shape is known: Δ^SD, Δ^SDPB, Δ^SDI and others.

    Without a shape ``smoothness`` is shorter. Parameters as in ``relative_magnitudes``, M in units of the outcome.

    Raises
    ------
    ImpactError
        If M is negative, or the weights do not fit.
    """
    return _robust(study, Bound.SLOPES, violation, weights, shape, test, alpha, seed)


def _robust(
    study: EventStudy,
    bound: Bound,
    violation: float,
    weights: FloatArray | None,
    shape: Shape,
    test: MomentTest,
    alpha: float,
    seed: int,
) -> Robust:
    """The union, over the polyhedra of the restriction, of the values of the target that its test does not reject."""
    if not violation >= 0:
        raise ImpactError(f"a violation of 0 or more expected, found {violation}")
    if shape in MIRRORED:
        turned = EventStudy(-study.before, -study.after, study.covariance)
        found = _robust(turned, bound, violation, weights, MIRRORED[shape], test, alpha, seed)
        return Robust(violation, -found.high, -found.low, -found.identified_high, -found.identified_low)
    contrast, k = study.contrast(weights), study.before.size
    target = float(contrast @ study.after)
    parts = members(k, contrast, bound, shape, violation)
    low, high = _identified(study, contrast, bound, shape, violation)
    middle = (low + high) / 2 if np.isfinite(low) else 0.0
    covariance = _with_target(study, contrast)
    first_stage = alpha / 10 if test is MomentTest.HYBRID else 0.0
    ends = []
    for part in parts:
        spread = part.rows @ covariance @ part.rows.T
        side = part.rows[:, k]
        wide = float(np.sqrt(np.diag(spread)[side != 0]).max() / np.abs(side[side != 0]).min())
        values = part.rows @ np.append(study.before, middle) - part.limits
        scale = wide + (high - low if np.isfinite(low) else 0.0)
        ends.append(accepted(values, spread, side, alpha, first_stage, seed, scale))
    inside = [end for end in ends if end is not None]
    open_low, open_high = target - high, target - low
    if not inside:
        return Robust(violation, np.nan, np.nan, open_low, open_high)
    start = target - middle
    return Robust(violation, start + min(a for a, _ in inside), start + max(b for _, b in inside), open_low, open_high)


def _identified(
    study: EventStudy, contrast: FloatArray, bound: Bound, shape: Shape, violation: float
) -> tuple[float, float]:
    """What trends may add to the target if the estimates before were the truth; NaN if they break the shape."""
    changes = np.diff(np.append(study.before, 0.0))
    if shape is Shape.INCREASING and (changes < 0).any():
        return np.nan, np.nan
    size = violation
    if bound is not Bound.SLOPES:
        size *= float(np.abs(changes if bound is Bound.CHANGES else np.diff(changes)).max())
    return post_edges(tuple(contrast.tolist()), bound, shape).between(float(changes[-1]), size)


def _with_target(study: EventStudy, contrast: FloatArray) -> FloatArray:
    """(k + 1, k + 1) covariance of the estimates before the start and of the target."""
    k = study.before.size
    mixing = np.zeros((k + 1, k + study.after.size))
    mixing[:k, :k], mixing[k, k:] = np.eye(k), contrast
    return np.asarray(mixing @ study.covariance @ mixing.T, dtype=np.float64)


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
