"""Priorities: which gaps to work on first, by a rule that takes itself apart.

The rule is gap x weight x reach x governability x GUT, each factor on one scale from a third (its lowest step) to one
(its highest), each raised to a weight of its own, as a weighted geometric mean from 0 to 100. A gap of nothing makes
the product nothing: what is exemplary already is never a priority. Scales are fixed, never fitted to the criteria at
hand, so the order of two criteria does not depend on a third.

A factor that nobody scored stands at its middle step, the same for every criterion, and the score carries the interval
in which it would lie otherwise. The team decides; what is decided otherwise, and why, is kept by the plan, not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .levels import NOT_APPLICABLE, Level, LevelArray, as_levels

FACTORS: Final = ("gap", "importance", "reach", "governability", "gut")
"""Columns of every array that has one per factor. GUT is the geometric mean of gravity, urgency and trend."""

SCORED: Final = ("reach", "governability", "gravity", "urgency", "trend")
"""What people score from 1 to 5; 0 is missing."""

LOWEST_WEIGHT: Final = 0.0
LOWEST_GAP_WEIGHT: Final = 0.5  # a priority without a gap is another question
HIGHEST_WEIGHT: Final = 2.0
WEIGHT_STEP: Final = 0.1

LARGEST_GAP: Final = 3
HIGHEST_IMPORTANCE: Final = 3.0
MIDDLE_STEP: Final = 3
DECIMALS: Final = 10  # of the logarithm of a score: what differs less is a tie, not an accident of the last digit


@dataclass(frozen=True, slots=True)
class PriorityWeights:
    """How much each factor counts: 0 not at all, 1 as usual, 2 twice as much. Steps of 0.1; the gap at least 0.5."""

    gap: float = 1.0
    importance: float = 1.0
    reach: float = 1.0
    governability: float = 1.0
    gut: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not any(abs(value - allowed) < WEIGHT_STEP / 1000 for allowed in allowed_weights(field.name)):
                least = lowest_weight(field.name)
                raise ValueError(f"the weight of {field.name} goes from {least} to 2 in steps of 0.1, found {value}")

    def as_array(self) -> FloatArray:
        """(5,) in the order of ``FACTORS``."""
        return np.array([getattr(self, name) for name in FACTORS], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class CriterionFactors:
    """What the rule knows of each criterion; arrays of one shape, (..., criteria)."""

    levels: LevelArray  # 1 to 4, or 0, -1, -2
    importance: FloatArray  # weight of the criterion in the instrument, 1 ordinary to 3 essential
    reach: LevelArray  # 1 few of those concerned to 5 nearly all; 0 missing
    governability: LevelArray  # 1 nearly all in others' hands to 5 all in the network's own; 0 missing
    gravity: LevelArray  # 1 to 5, the lower median of those who scored; 0 missing
    urgency: LevelArray  # the same
    trend: LevelArray  # the same

    @classmethod
    def of(
        cls,
        levels: ArrayLike,
        importance: ArrayLike,
        reach: ArrayLike,
        governability: ArrayLike,
        gravity: ArrayLike,
        urgency: ArrayLike,
        trend: ArrayLike,
    ) -> CriterionFactors:
        """Check and hold the factors.

        Raises
        ------
        ValueError
            If shapes differ, a level or a score is not on its scale, or an importance is outside 1 to 3.
        """
        weights = np.asarray(importance, dtype=np.float64)
        given = (reach, governability, gravity, urgency, trend)
        scores = [as_levels(values, 5) for values in given]
        steps = as_levels(levels)
        if {weights.shape, *(array.shape for array in scores)} != {steps.shape} or steps.ndim == 0:
            raise ValueError("every factor needs one value per criterion")
        if any((array < 0).any() for array in scores):
            raise ValueError("reach, governability and GUT are 1 to 5, or 0 where they are missing")
        if not ((weights >= 1) & (weights <= HIGHEST_IMPORTANCE)).all():
            raise ValueError("the importance of a criterion goes from 1 to 3")
        return cls(steps, weights, *scores)


class Candidacy(IntEnum):
    """Whether a criterion can be a priority, and why not."""

    CANDIDATE = 0
    EXEMPLARY = 1  # no gap
    NOT_APPLICABLE = 2
    NO_LEVEL = 3  # not answered, or the team does not know: finding out comes first


class Tie(IntEnum):
    """What put a criterion behind the one before it."""

    NONE = 0  # its score is lower, or it is the first
    GAP = 1  # same score, smaller gap
    IMPORTANCE = 2  # same score and gap, lower importance
    GUT = 3  # same in these too, lower GUT
    INSTRUMENT = 4  # same in all: as they stand in the instrument


@dataclass(frozen=True, slots=True)
class PriorityList:
    """The criteria of one network in the order of the rule, and what made it."""

    order: IntArray  # (k,) numbers of the candidates, first the most pressing
    position: IntArray  # (n,) 1 to k; 0 is no candidate
    candidacy: IntArray  # (n,) ``Candidacy``
    score: FloatArray  # (n,) 0 to 100; NaN is no candidate. From 33.3 (lowest steps) to 100
    score_low: FloatArray  # (n,) if all its missing scores were 1
    score_high: FloatArray  # (n,) if all its missing scores were 5
    first_possible: IntArray  # (n,) no position before this one, whatever the missing scores; 0 is no candidate
    last_possible: IntArray  # (n,) no position after this one
    multipliers: FloatArray  # (n, 5) 100 times their product is the score; 1 takes nothing away
    pull: FloatArray  # (n, 5) above 0: the factor lifts it over the mean candidate; sums to its lead in ln(score)
    tie: IntArray  # (k,) ``Tie``, in the order of ``order``
    missing: BoolArray  # (n, 5) in the order of ``SCORED``


def lowest_weight(factor: str) -> float:
    """The bound of a weight. The gap always counts."""
    return LOWEST_GAP_WEIGHT if factor == "gap" else LOWEST_WEIGHT


def allowed_weights(factor: str) -> list[float]:
    """Every value that the weight of a factor may take, ascending: 0 to 2, for the gap 0.5 to 2, by 0.1."""
    first, last = round(lowest_weight(factor) / WEIGHT_STEP), round(HIGHEST_WEIGHT / WEIGHT_STEP)
    return [tenth / 10 for tenth in range(first, last + 1)]


def priority_scores(factors: CriterionFactors, weights: PriorityWeights | None = None) -> FloatArray:
    """The score of every criterion: arrays (networks, criteria) are scored at once.

    ``100 * product of u_f ** (w_f / sum of w)`` with u = gap / 3, importance / 3, (score + 1) / 6; u of GUT is the
    geometric mean of its three. NaN where there is no gap or no level; a missing score counts as 3.

    Source
    ------
    Weighted product: Miller and Starr (1969), Executive Decisions and Operations Research, after Bridgman (1922). GUT:
    Kepner and Tregoe (1981), The New Rational Manager. Governability: Matus, strategic situational planning.
    """
    weight = (weights or PriorityWeights()).as_array()
    logs = _log_steps(factors, MIDDLE_STEP)
    score = 100 * np.exp(np.round(logs @ weight / weight.sum(), DECIMALS))
    return np.where(candidacy_of(factors) == Candidacy.CANDIDATE, score, np.nan)


def candidacy_of(factors: CriterionFactors) -> IntArray:
    """``Candidacy`` of every criterion, (..., criteria)."""
    levels = factors.levels
    return np.select(
        [levels == Level.EXEMPLARY, levels > 0, levels == NOT_APPLICABLE],
        [Candidacy.EXEMPLARY, Candidacy.CANDIDATE, Candidacy.NOT_APPLICABLE],
        Candidacy.NO_LEVEL,
    ).astype(np.int64)


def rank_priorities(factors: CriterionFactors, weights: PriorityWeights | None = None) -> PriorityList:
    """Put the gaps of one network in order and say what made the order.

    Equal scores are ordered by the larger gap, then the higher importance, then the higher GUT, then as they stand in
    the instrument; ``tie`` says which of these it was.

    Raises
    ------
    ValueError
        If the factors are of more than one network.
    """
    if factors.levels.ndim != 1:
        raise ValueError("priorities are ordered for one network at a time: arrays of one dimension")
    weights = weights or PriorityWeights()
    candidacy = candidacy_of(factors)
    candidate = candidacy == Candidacy.CANDIDATE
    share = weights.as_array() / weights.as_array().sum()
    logs = np.where(candidate[:, np.newaxis], _log_steps(factors, MIDDLE_STEP), np.nan)
    order = order_of(factors, weights)
    position = positions_of(order, candidate.size)
    low, high = (np.round(_log_steps(factors, step) @ share, DECIMALS) for step in (1, 5))
    first, last = _possible_positions(low, high, candidate)
    weighted = logs * share
    mean = weighted[candidate].mean(axis=0) if candidate.any() else np.zeros(len(FACTORS))
    return PriorityList(
        order=order,
        position=position,
        candidacy=candidacy,
        score=priority_scores(factors, weights),
        score_low=np.where(candidate, 100 * np.exp(low), np.nan),
        score_high=np.where(candidate, 100 * np.exp(high), np.nan),
        first_possible=first,
        last_possible=last,
        multipliers=np.exp(weighted),
        pull=weighted - mean,
        tie=np.array(list(_ties(_sort_keys(factors, weights), order)), dtype=np.int64),
        missing=np.stack([getattr(factors, name) == 0 for name in SCORED], axis=-1),
    )


def order_of(factors: CriterionFactors, weights: PriorityWeights) -> IntArray:
    """Numbers of the candidates of one network, most pressing first: the one place where the order is made."""
    keys = _sort_keys(factors, weights)
    ordered = np.lexsort(tuple(-key for key in reversed(keys)))  # stable: what is equal in all stays as it stands
    return ordered[candidacy_of(factors)[ordered] == Candidacy.CANDIDATE].astype(np.int64)


def positions_of(order: IntArray, n: int) -> IntArray:
    """(n,) the position of each criterion, from 1; 0 for those that are not in the order."""
    position = np.zeros(n, dtype=np.int64)
    position[order] = np.arange(1, order.size + 1)
    return position


def _log_steps(factors: CriterionFactors, missing_as: int) -> FloatArray:
    """(..., criteria, 5) logarithms of the factors on their common scale; 0 where there is no candidate's gap."""
    gap = np.where(factors.levels > 0, 4 - factors.levels, 0)
    scored = {name: getattr(factors, name) for name in SCORED}
    logs = {name: np.log((np.where(steps == 0, missing_as, steps) + 1) / 6) for name, steps in scored.items()}
    columns = [
        np.log(np.where(gap > 0, gap, LARGEST_GAP) / LARGEST_GAP),
        np.log(factors.importance / HIGHEST_IMPORTANCE),
        logs["reach"],
        logs["governability"],
        (logs["gravity"] + logs["urgency"] + logs["trend"]) / 3,
    ]
    return np.stack(columns, axis=-1)


def _sort_keys(factors: CriterionFactors, weights: PriorityWeights) -> list[FloatArray]:
    """Score, gap, importance, GUT: larger goes first, the first that differs decides."""
    logs, weight = _log_steps(factors, MIDDLE_STEP), weights.as_array()
    score = np.round(logs @ weight / weight.sum(), DECIMALS)
    return [
        score,
        4.0 - factors.levels.astype(np.float64),
        factors.importance,
        np.round(logs[:, FACTORS.index("gut")], DECIMALS),
    ]


def _ties(keys: list[FloatArray], order: IntArray) -> Iterator[Tie]:
    for place, criterion in enumerate(order):
        if place == 0:
            yield Tie.NONE
            continue
        before = order[place - 1]
        differing = (tie for tie, key in zip(Tie, keys, strict=False) if key[before] != key[criterion])
        yield next(differing, Tie.INSTRUMENT)


def _possible_positions(low: FloatArray, high: FloatArray, candidate: BoolArray) -> tuple[IntArray, IntArray]:
    """Before everyone it may equal, behind everyone it may equal: bounds that hold however ties fall."""
    surely_before = (low[np.newaxis, :] > high[:, np.newaxis]) & candidate[np.newaxis, :]
    maybe_before = (high[np.newaxis, :] >= low[:, np.newaxis]) & candidate[np.newaxis, :]
    first = 1 + surely_before.sum(axis=1)
    last = maybe_before.sum(axis=1)  # itself among them
    return np.where(candidate, first, 0), np.where(candidate, last, 0)
