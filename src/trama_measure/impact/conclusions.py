"""What can and what cannot be concluded, as codes with the figures that speak for them.

The plain words for each code stand in docs/methods/impact.md, section 13; a page translates them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm

from .aggregate import Aggregate
from .notices import Notice, NoticeCode
from .pretrends import DetectableTrend, JointTest
from .sensitivity import Robust
from .twfe import TwoWay

CONFIDENT: Final = 0.8  # power at which an effect "would probably have been seen"
AS_LARGE_AS_BEFORE: Final = 1.0  # M̄ at which later violations equal the largest earlier one


class Code(StrEnum):
    """One thing that can, or cannot, be concluded."""

    EFFECT_POSITIVE = "effect_positive"
    EFFECT_NEGATIVE = "effect_negative"
    EFFECT_NOT_SEEN = "effect_not_seen"
    SMALLEST_VISIBLE = "smallest_visible"
    GROWS = "grows"
    FADES = "fades"
    TRENDS_DIFFERED = "trends_differed"
    TRENDS_ALIKE = "trends_alike"
    TRENDS_UNINFORMATIVE = "trends_uninformative"
    TRENDS_UNSEEN = "trends_unseen"
    HOLDS_UP_TO = "holds_up_to"
    FRAGILE = "fragile"
    PLACEBO_FAILS = "placebo_fails"
    TWFE_MISLEADS = "twfe_misleads"
    SMALL_COHORTS = "small_cohorts"
    FEW_CLUSTERS = "few_clusters"
    UNITS_MISSING = "units_missing"
    ONLY_PARTICIPANTS = "only_participants"
    CHOSEN_NOT_DRAWN = "chosen_not_drawn"
    SPILLOVER_OPEN = "spillover_open"


class Bearing(StrEnum):
    """What a conclusion does for the answer."""

    ANSWERS = "answers"
    SUPPORTS = "supports"
    WEAKENS = "weakens"
    LIMITS = "limits"


BEARINGS: Final[dict[Code, Bearing]] = {
    Code.EFFECT_POSITIVE: Bearing.ANSWERS,
    Code.EFFECT_NEGATIVE: Bearing.ANSWERS,
    Code.EFFECT_NOT_SEEN: Bearing.ANSWERS,
    Code.SMALLEST_VISIBLE: Bearing.ANSWERS,
    Code.GROWS: Bearing.ANSWERS,
    Code.FADES: Bearing.ANSWERS,
    Code.TRENDS_ALIKE: Bearing.SUPPORTS,
    Code.HOLDS_UP_TO: Bearing.SUPPORTS,
    Code.TRENDS_DIFFERED: Bearing.WEAKENS,
    Code.TRENDS_UNINFORMATIVE: Bearing.WEAKENS,
    Code.TRENDS_UNSEEN: Bearing.WEAKENS,
    Code.FRAGILE: Bearing.WEAKENS,
    Code.PLACEBO_FAILS: Bearing.WEAKENS,
    Code.SMALL_COHORTS: Bearing.WEAKENS,
    Code.FEW_CLUSTERS: Bearing.WEAKENS,
    Code.TWFE_MISLEADS: Bearing.LIMITS,
    Code.UNITS_MISSING: Bearing.LIMITS,
    Code.ONLY_PARTICIPANTS: Bearing.LIMITS,
    Code.CHOSEN_NOT_DRAWN: Bearing.LIMITS,
    Code.SPILLOVER_OPEN: Bearing.LIMITS,
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A code with its figures, in units of the outcome unless their name says otherwise."""

    code: Code
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def bearing(self) -> Bearing:
        """Whether it answers, supports, weakens or limits."""
        return BEARINGS[self.code]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was estimated and checked; ``None`` where a check could not be made."""

    effect: Aggregate
    events: Aggregate
    pretest: JointTest | None
    trend: DetectableTrend | None
    at_one: Robust | None  # M̄ = 1
    breakdown: float | None  # largest M̄ that leaves the sign known
    in_time: Aggregate | None
    twfe: TwoWay | None
    forbidden: float | None  # weight of comparisons with those already treated
    notices: tuple[Notice, ...]
    drawn_by_lot: bool


def conclude(evidence: Evidence) -> list[Conclusion]:
    """Everything that follows from the evidence: the answer first, then what supports, weakens and limits it."""
    found = [
        *_answer(evidence),
        *_course(evidence.events),
        *_before(evidence),
        *_robustness(evidence),
        *_regression(evidence),
        *_noticed(evidence.notices),
        Conclusion(Code.ONLY_PARTICIPANTS),
    ]
    if not evidence.drawn_by_lot:
        found.append(Conclusion(Code.CHOSEN_NOT_DRAWN))
    found.append(Conclusion(Code.SPILLOVER_OPEN))
    order = list(Bearing)
    return sorted(found, key=lambda conclusion: order.index(conclusion.bearing))


def conclusions_table(conclusions: list[Conclusion]) -> dict[str, Any]:
    """Columns code, bearing, figures."""
    return {
        "code": [each.code.value for each in conclusions],
        "bearing": [each.bearing.value for each in conclusions],
        "figures": [each.figures for each in conclusions],
    }


def seen(aggregate: Aggregate) -> bool:
    """Whether the interval of the overall mean leaves zero out."""
    table = aggregate.overall_table()
    return bool(table["low"][0] > 0 or table["high"][0] < 0)


def smallest_visible(effect: Aggregate) -> float:
    """The overall effect that would be found with a probability of ``CONFIDENT``, at the settings' level."""
    alpha = effect.effects.settings.alpha
    return float(ndtri(1 - alpha / 2) + ndtri(CONFIDENT)) * effect.overall_se


def yardstick(effect: Aggregate) -> float:
    """What a bias is measured against: the effect; where none was seen, the smallest one that would have been."""
    return abs(effect.overall) if seen(effect) else smallest_visible(effect)


def _answer(evidence: Evidence) -> Iterator[Conclusion]:
    table = {name: float(values[0]) for name, values in evidence.effect.overall_table().items()}
    if not seen(evidence.effect):
        yield Conclusion(Code.EFFECT_NOT_SEEN, table)
    elif table["estimate"] > 0:
        yield Conclusion(Code.EFFECT_POSITIVE, table)
    else:
        yield Conclusion(Code.EFFECT_NEGATIVE, table)
    yield Conclusion(Code.SMALLEST_VISIBLE, {"effect": smallest_visible(evidence.effect), "power": CONFIDENT})


def _course(events: Aggregate) -> Iterator[Conclusion]:
    """Whether the last effect after the start differs from the first, among cohorts as they come."""
    after = np.flatnonzero(events.key >= 0)
    if after.size < 2:
        return
    first, last = after[0], after[-1]
    covariance = events.covariance()
    change = float(events.estimate[last] - events.estimate[first])
    variance = float(covariance[first, first] + covariance[last, last] - 2 * covariance[first, last])
    alpha = events.effects.settings.alpha
    if variance > 0 and 2 * norm.sf(abs(change) / np.sqrt(variance)) < alpha:
        outward = change * events.estimate[last] > 0 and abs(events.estimate[last]) > abs(events.estimate[first])
        code = Code.GROWS if outward else Code.FADES
        yield Conclusion(code, {"first": float(events.estimate[first]), "last": float(events.estimate[last])})


def _before(evidence: Evidence) -> Iterator[Conclusion]:
    if evidence.pretest is None or evidence.trend is None:
        yield Conclusion(Code.TRENDS_UNSEEN)
    else:
        alpha = evidence.effect.effects.settings.alpha
        figures = {"p_value": evidence.pretest.p_value, "visible_bias": evidence.trend.bias}
        figures |= {"power": evidence.trend.power, "yardstick": yardstick(evidence.effect)}
        if evidence.pretest.p_value < alpha:
            yield Conclusion(Code.TRENDS_DIFFERED, figures)
        elif evidence.trend.bias < figures["yardstick"]:
            yield Conclusion(Code.TRENDS_ALIKE, figures)
        else:
            yield Conclusion(Code.TRENDS_UNINFORMATIVE, figures)
    if evidence.in_time is not None and seen(evidence.in_time):
        figures = {name: float(values[0]) for name, values in evidence.in_time.overall_table().items()}
        yield Conclusion(Code.PLACEBO_FAILS, figures)


def _robustness(evidence: Evidence) -> Iterator[Conclusion]:
    if evidence.breakdown is None or evidence.at_one is None or not seen(evidence.effect):
        return
    figures = {"times": evidence.breakdown, "low": evidence.at_one.low, "high": evidence.at_one.high}
    robust = evidence.breakdown >= AS_LARGE_AS_BEFORE
    yield Conclusion(Code.HOLDS_UP_TO if robust else Code.FRAGILE, figures)


def _regression(evidence: Evidence) -> Iterator[Conclusion]:
    """Another answer: the other sign, or outside the interval, while forbidden comparisons carry weight."""
    if evidence.twfe is None or not evidence.forbidden:
        return
    table = evidence.effect.overall_table()
    if not table["low"][0] <= evidence.twfe.estimate <= table["high"][0]:
        yield Conclusion(Code.TWFE_MISLEADS, {"twfe": evidence.twfe.estimate, "forbidden_weight": evidence.forbidden})


def _noticed(notices: tuple[Notice, ...]) -> Iterator[Conclusion]:
    named = {
        NoticeCode.SMALL_COHORT: Code.SMALL_COHORTS,
        NoticeCode.FEW_CLUSTERS: Code.FEW_CLUSTERS,
        NoticeCode.UNITS_DROPPED: Code.UNITS_MISSING,
    }
    for notice, code in named.items():
        own = [each.found for each in notices if each.code is notice]
        if own:
            yield Conclusion(code, {"times": float(len(own)), "units": float(min(own))})
