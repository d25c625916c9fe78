"""How many were there on the day, and what those who were not leave open. See docs/methods/indicators.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray, TruthArray

from .conditions import Truth

FEWEST: Final = 10  # students present
LEAST: Final = 0.8  # of those enrolled


@dataclass(frozen=True, slots=True)
class OpenShare:
    """What a share of those present says about all who are enrolled."""

    low: FloatArray  # (n,) if none of the absent were at the level
    high: FloatArray  # (n,) if all of them were


def participation(present: FloatArray, enrolled: FloatArray) -> FloatArray:
    """Share present, 0 to 1; NaN where a count is missing or nobody is enrolled.

    Parameters
    ----------
    present, enrolled : (n,) students, NaN missing

    Raises
    ------
    ValueError
        If lengths differ, a count is negative, or more are present than enrolled: the lists do not belong together.
    """
    here, all_of = np.asarray(present, dtype=np.float64), np.asarray(enrolled, dtype=np.float64)
    if here.shape != all_of.shape:
        raise ValueError(f"one count of enrolled per count of present expected, found {here.shape} and {all_of.shape}")
    if (here < 0).any() or (all_of < 0).any():
        raise ValueError("counts of students cannot be negative")
    if (here > all_of).any():
        row = int(np.flatnonzero(here > all_of)[0])
        raise ValueError(f"row {row}: {here[row]:g} present of {all_of[row]:g} enrolled")
    return np.asarray(here / np.where(all_of > 0, all_of, np.nan), dtype=np.float64)


def publishable(present: FloatArray, enrolled: FloatArray, *, fewest: int = FEWEST, least: float = LEAST) -> TruthArray:
    """(n,) of ``Truth``: enough students, in number and in share; unknown where a count that decides is missing."""
    share = participation(present, enrolled)
    here = np.asarray(present, dtype=np.float64)
    enough = (here >= fewest) & (share >= least - 1e-12)
    too_few = (here < fewest) | (share < least - 1e-12)
    return np.where(enough, Truth.MET, np.where(too_few, Truth.NOT_MET, Truth.UNKNOWN)).astype(np.uint8)


def share_of_all(share: FloatArray, present: FloatArray, enrolled: FloatArray) -> OpenShare:
    """Between which shares of all enrolled a share of those present lies, whatever the absent would have shown.

    Raises
    ------
    ValueError
        As in ``participation``; or if a share is not between 0 and 1.

    Source
    ------
    Manski (1989), Anatomy of the selection problem, Journal of Human Resources 24, 343-360.
    """
    known = np.asarray(share, dtype=np.float64)
    if (known < 0).any() or (known > 1).any():
        raise ValueError("a share lies between 0 and 1 (divide a percentage by 100)")
    there = participation(present, enrolled)
    return OpenShare(known * there, known * there + 1 - there)
