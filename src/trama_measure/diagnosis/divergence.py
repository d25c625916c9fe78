"""How far people are apart who answered the same question on an ordered scale.

Two numbers, for two uses. The *spread* (highest minus lowest answer) gives the words on the page: agree, differ by one
level, differ by two or more. The *dispersion* gives the order in which a team talks about criteria: it knows whether
one person stands alone or the room is split.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .levels import NOT_APPLICABLE, as_levels, count_steps


class Agreement(IntEnum):
    """What the page says of a spread."""

    TOO_FEW = 0  # fewer than two people gave a level: nobody to differ from
    AGREE = 1
    ONE_LEVEL = 2
    TWO_OR_MORE = 3


@dataclass(frozen=True, slots=True)
class Divergence:
    """Per criterion; the axis of the respondents is gone."""

    n: IntArray  # people who gave a step
    spread: IntArray  # steps from the lowest to the highest answer; 0 with fewer than two people
    dispersion: FloatArray  # Leik's D: 0 all the same, 1 half at each end of the scale; NaN with fewer than two people
    agreement: IntArray  # ``Agreement``
    applies_disputed: BoolArray  # somebody gave a step and somebody said that it does not apply


def respondent_divergence(answers: ArrayLike, axis: int = 0, steps: int = 4) -> Divergence:
    """Describe how far the answers along ``axis`` are apart.

    ``D = 2 / (m - 1) * sum of d_k`` over the first m - 1 steps, where F_k is the share of answers at step k or below
    and d_k the smaller of F_k and 1 - F_k. The sum of the d_k is the mean distance from the median, in steps: with
    four levels, D = 0.4 says that people are 0.6 levels from their median on average. With an odd number of people
    the largest D is a little below 1.

    Parameters
    ----------
    answers : array of steps (1 to ``steps``) or 0, -1, -2
    axis : the axis of the respondents
    steps : 4 for levels, 5 for GUT scores

    Source
    ------
    Leik (1966), A measure of ordinal consensus, Pacific Sociological Review 9(2), 85-90.
    """
    if steps < 2:
        raise ValueError("people can only differ on a scale of two steps or more")
    levels = as_levels(answers, steps)
    counts = count_steps(levels, axis, steps)
    n = counts.sum(axis=-1)
    several = n >= 2
    cumulated = counts.cumsum(axis=-1)[..., :-1]
    below = np.minimum(cumulated, n[..., np.newaxis] - cumulated).sum(axis=-1)
    dispersion = np.where(several, 2.0 * below / ((steps - 1) * np.maximum(n, 1)), np.nan)
    given = counts > 0
    lowest, highest = given.argmax(axis=-1), steps - 1 - given[..., ::-1].argmax(axis=-1)
    spread = np.where(several, highest - lowest, 0)
    agreement = np.where(several, Agreement.AGREE + np.minimum(spread, 2), Agreement.TOO_FEW)
    disputed = (n > 0) & (levels == NOT_APPLICABLE).any(axis=axis)
    return Divergence(n, spread, dispersion, agreement, disputed)


def order_of_discussion(apart: Divergence) -> IntArray:
    """Criteria in the order in which a team does well to talk about them: (criteria,) array of their numbers.

    First those where people do not even agree that the criterion applies, then by dispersion, then as in the
    instrument. Those with fewer than two people come last.
    """
    if apart.n.ndim != 1:
        raise ValueError("the order of discussion is of one round: one value per criterion")
    dispersion = np.where(np.isnan(apart.dispersion), -1.0, apart.dispersion)
    return np.lexsort((np.arange(apart.n.size), -dispersion, ~apart.applies_disputed))
