"""Levels of a criterion, and what several people's answers come to.

A level is one of four anchored steps: 1 fragile, 2 basic, 3 adequate, 4 exemplary. They are ordered and nothing more:
nobody has shown that basic to adequate is as far as adequate to exemplary. So people's answers are joined by a median
that is itself a level, and counted; they are not averaged.

In arrays, a whole number of 1 or more is a step of the scale; the three other codes are not steps and never compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trama_measure.arrays import BoolArray, IntArray

type LevelArray = NDArray[np.int8]
"""Steps of an ordered scale, 1 is the lowest; 0 no answer, -1 not applicable, -2 does not know."""

NO_ANSWER: Final = 0
NOT_APPLICABLE: Final = -1
DOES_NOT_KNOW: Final = -2


class Level(IntEnum):
    """The four anchored levels of a criterion, worst first."""

    FRAGILE = 1
    BASIC = 2
    ADEQUATE = 3
    EXEMPLARY = 4


class Standing(IntEnum):
    """What a level means for the team's reading: work through the gaps, build on the strengths."""

    NO_LEVEL = 0
    GAP = 1  # fragile or basic, agreed or provisional
    UNDER_WAY = 2  # adequate
    TO_CONFIRM = 3  # exemplary, but provisional or without evidence
    STRENGTH = 4  # exemplary, agreed and with evidence


@dataclass(frozen=True, slots=True)
class CountedLevels:
    """The level that counts for each criterion, and whether it may still change when the team agrees."""

    levels: LevelArray  # (..., criteria)
    provisional: BoolArray  # (..., criteria) the median of respondents, shown until a level is agreed


def as_levels(values: ArrayLike, steps: int = 4) -> LevelArray:
    """Check answers and hold them in one byte each.

    Raises
    ------
    ValueError
        If something is not a whole number from -2 to ``steps``.
    """
    given = np.asarray(values)
    if given.size and (given.dtype.kind not in "iuf" or not np.isin(given, np.arange(DOES_NOT_KNOW, steps + 1)).all()):
        raise ValueError(f"answers are whole numbers from 1 to {steps}, or 0, -1, -2 for no answer of that scale")
    return given.astype(np.int8)


def count_steps(answers: ArrayLike, axis: int = 0, steps: int = 4) -> IntArray:
    """How many answers fall on each step along ``axis``.

    Returns
    -------
    counts : (..., steps) array
        The axis that was counted is gone, the steps stand last. Answers that are no step are in no count.
    """
    levels = as_levels(answers, steps)
    return np.stack([(levels == step).sum(axis=axis) for step in range(1, steps + 1)], axis=-1)


def lower_median(answers: ArrayLike, axis: int = 0, steps: int = 4) -> LevelArray:
    """The highest step that more than half of those who gave one consider reached; 0 where nobody gave one.

    It is always a step that somebody gave. Of an even number it is the lower of the two in the middle: of 2 and 4 it
    is 2, because only one of two people sees more than 2. The same holds for GUT scores (``steps=5``).
    """
    cumulated = count_steps(answers, axis, steps).cumsum(axis=-1)
    total = cumulated[..., -1]
    reached = 2 * cumulated >= np.maximum(total, 1)[..., np.newaxis]
    return np.where(total > 0, 1 + reached.argmax(axis=-1), NO_ANSWER).astype(np.int8)


def provisional_levels(answers: ArrayLike) -> LevelArray:
    """What the answers of several people come to before the team agrees.

    Parameters
    ----------
    answers : (..., respondents, criteria) array
        Levels as each person gave them; a round with fewer people is filled up with 0.

    Returns
    -------
    levels : (..., criteria) array
        The lower median of the levels given; not applicable (-1) where more people said so than gave a level; does
        not know (-2) where there is neither and somebody said that; else 0.
    """
    answers = as_levels(answers)
    if answers.ndim < 2:
        raise ValueError("answers have respondents and criteria: at least two dimensions")
    levels = lower_median(answers, axis=-2)
    gave_level = (answers > 0).sum(axis=-2)
    not_applicable = (answers == NOT_APPLICABLE).sum(axis=-2) > gave_level
    does_not_know = (levels == NO_ANSWER) & (answers == DOES_NOT_KNOW).any(axis=-2)
    joined = np.select([not_applicable, does_not_know], [NOT_APPLICABLE, DOES_NOT_KNOW], levels)
    return joined.astype(np.int8)


def counted_levels(agreed: ArrayLike, provisional: ArrayLike) -> CountedLevels:
    """The agreed level where there is one (not applicable and does not know can be agreed too), else the provisional.

    Raises
    ------
    ValueError
        If the two arrays, both (..., criteria), have not the same shape.
    """
    agreed, provisional = as_levels(agreed), as_levels(provisional)
    if agreed.shape != provisional.shape:
        raise ValueError(f"agreed and provisional levels differ in shape: {agreed.shape} and {provisional.shape}")
    open_still = agreed == NO_ANSWER
    return CountedLevels(np.where(open_still, provisional, agreed), open_still & (provisional != NO_ANSWER))


def standings(counted: CountedLevels, with_evidence: ArrayLike) -> IntArray:
    """``Standing`` of each criterion, by its own anchors and never relative to the network's other criteria.

    A gap is a gap at once, a strength has to be agreed and shown: the doubt goes the cautious way on both sides.

    Parameters
    ----------
    counted : levels (..., criteria)
    with_evidence : (..., criteria), true or false
        Whether evidence is attached to the criterion.
    """
    levels = counted.levels
    shown = np.asarray(with_evidence, dtype=bool) & ~counted.provisional
    gap = (levels == Level.FRAGILE) | (levels == Level.BASIC)
    exemplary = levels == Level.EXEMPLARY
    return np.select(
        [gap, levels == Level.ADEQUATE, exemplary & shown, exemplary],
        [Standing.GAP, Standing.UNDER_WAY, Standing.STRENGTH, Standing.TO_CONFIRM],
        Standing.NO_LEVEL,
    ).astype(np.int64)
