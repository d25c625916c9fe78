"""Rates and accuracy from what was counted while a child read aloud. Definitions: docs/methods/fluency.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from trama_measure.arrays import BoolArray, FloatArray

CAP: Final = 60.0
"""Seconds that a reading lasts at most, unless said otherwise."""


class ImpossibleReading(ValueError):
    """Counts that cannot be: the message says in which row, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One part (a text, a list of words) read by n children. NaN where the part was not applied."""

    read: FloatArray  # (n,) words, right or wrong
    correct: FloatArray  # (n,) words
    seconds: FloatArray  # (n,) that the rates rest on: those taken if the passage was finished, else the cap
    finished: BoolArray  # (n,) came to the end of the passage: the rate is extrapolated

    @property
    def rate(self) -> FloatArray:
        """(n,) words per minute."""
        return 60.0 * self.read / self.seconds

    @property
    def correct_rate(self) -> FloatArray:
        """(n,) correct words per minute."""
        return 60.0 * self.correct / self.seconds

    @property
    def accuracy(self) -> FloatArray:
        """(n,) correct / read, 0 to 1; NaN where nothing was read."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.read > 0, self.correct / self.read, np.nan)


def reading(read: ArrayLike, wrong: ArrayLike, seconds: ArrayLike, passage: ArrayLike, *, cap: float = CAP) -> Reading:
    """Rates of n children in one part.

    Parameters
    ----------
    read : (n,) words that the child came to, right or wrong, within the cap; NaN if the part was not applied
    wrong : (n,) of these, words read wrong or left out
    seconds : (n,) taken; 0 only where nothing was read
    passage : words of the passage, one number or (n,). cap : seconds after which the reading is stopped

    Raises
    ------
    ImpossibleReading
        If a count is negative, not whole or missing for a child whose others are there; more words are wrong than
        read, or read than the passage holds; words were read in no time; or seconds go beyond the cap.
    ValueError
        If shapes differ, or the cap is not above 0.

    Source
    ------
    RTI International (2015), Early Grade Reading Assessment Toolkit, 2nd ed., chapter 8.
    """
    if not cap > 0:
        raise ValueError(f"cap: found {cap} seconds, expected a number above 0")
    words, errors, taken = (np.asarray(column, dtype=np.float64) for column in (read, wrong, seconds))
    if words.ndim != 1 or words.shape != errors.shape or words.shape != taken.shape:
        raise ValueError(f"found {words.shape} read, {errors.shape} wrong, {taken.shape} seconds, expected (n,) each")
    length = np.broadcast_to(np.asarray(passage, dtype=np.float64), words.shape)
    if not (np.isfinite(length) & (length >= 1)).all():
        raise ValueError("passage: expected the number of its words, 1 or more")
    absent = np.isnan(words)
    partly = absent != (np.isnan(errors) | np.isnan(taken))
    _refuse(partly, "some counts are missing and others are not", words, errors, taken)
    there = ~absent
    broken = there & ~(_whole(words) & _whole(errors) & (taken >= 0) & np.isfinite(taken))
    _refuse(broken, "expected whole counts of 0 or more, and seconds of 0 or more", words, errors, taken)
    _refuse(there & (errors > words), "expected no more wrong words than words read", words, errors, taken)
    _refuse(there & (words > length), "expected no more words than the passage holds", words, errors, taken)
    _refuse(there & (words > 0) & (taken == 0), "expected some seconds where words were read", words, errors, taken)
    beyond = f"expected at most the {cap:g} seconds of the cap: count the words read until then"
    _refuse(there & (taken > cap), beyond, words, errors, taken)
    finished = there & (words == length)
    return Reading(words, words - errors, np.where(absent, np.nan, np.where(finished, taken, cap)), finished)


def _whole(counts: FloatArray) -> BoolArray:
    return np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))


def _refuse(wrong: BoolArray, expected: str, words: FloatArray, errors: FloatArray, taken: FloatArray) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        more = f" ({int(wrong.sum())} such rows)" if wrong.sum() > 1 else ""
        raise ImpossibleReading(
            f"row {row}: found {words[row]:g} words read, {errors[row]:g} wrong, {taken[row]:g} seconds;"
            f" {expected}{more}"
        )
