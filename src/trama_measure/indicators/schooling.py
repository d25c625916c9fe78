"""Who goes through school in time: flow rates and age-grade distortion. Definitions: docs/methods/indicators.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

FIRST_AGE: Final = 6  # years, expected in grade 1
BEHIND: Final = 2  # years above the expected age
ROUNDING: Final = 0.15  # percentage points by which three rates of one decimal may miss 100


@dataclass(frozen=True, slots=True)
class Distortion:
    """Students behind, grade by grade, and altogether."""

    grade: IntArray  # (g,)
    enrolled: IntArray  # (g,) with a known age
    behind: IntArray  # (g,) two years or more above the expected age
    unknown: IntArray  # (g,) without a birth date; in neither of the others

    @property
    def share(self) -> FloatArray:
        """(g,) students behind of those whose age is known; NaN where none is."""
        return _ratio(self.behind, self.enrolled)

    @property
    def overall(self) -> float:
        """The share over all grades."""
        return float(_ratio(self.behind.sum(), self.enrolled.sum()))

    def table(self) -> dict[str, Any]:
        """Columns grade, enrolled, behind, unknown, share."""
        return {
            "grade": self.grade,
            "enrolled": self.enrolled,
            "behind": self.behind,
            "unknown": self.unknown,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of the students of a year, shares from 0 to 1; NaN where a count is missing or nobody was there."""

    approved: FloatArray  # (n,)
    failed: FloatArray  # (n,)
    left: FloatArray  # (n,)


def age_on(born: np.ndarray, day: str) -> FloatArray:
    """Age in full years on a day: somebody born on that day of the year is a year older from then on.

    Parameters
    ----------
    born : (n,) dates (datetime64); NaT where unknown
    day : ISO date, such as "2025-03-31"

    Returns
    -------
    (n,) years, NaN where unknown. A birth on 29 February counts from 1 March in other years.

    Raises
    ------
    ValueError
        If somebody is born after the day.
    """
    dates, today = np.asarray(born, dtype="datetime64[D]"), np.datetime64(day, "D")
    known = ~np.isnat(dates)
    if (dates[known] > today).any():
        raise ValueError(f"born after {day}: {dates[known].max()}")
    years = dates.astype("datetime64[Y]").astype(np.int64)
    in_year = (dates.astype("datetime64[M]") - dates.astype("datetime64[Y]")).astype(np.int64) * 31
    in_year = in_year + (dates - dates.astype("datetime64[M]")).astype(np.int64)
    this_year = today.astype("datetime64[Y]").astype(np.int64)
    here = (today.astype("datetime64[M]") - today.astype("datetime64[Y]")).astype(np.int64) * 31
    here = here + (today - today.astype("datetime64[M]")).astype(np.int64)
    return np.where(known, this_year - years - (in_year > here), np.nan)


def age_grade_distortion(
    age: FloatArray, grade: IntArray, *, first_age: int = FIRST_AGE, behind: int = BEHIND
) -> Distortion:
    """Count students whose age is ``behind`` years or more above the one expected in their grade.

    Parameters
    ----------
    age : (n,) full years on the reference day, NaN where unknown (``age_on``)
    grade : (n,) 1 to 12, counted through: grade 6 is the first of the final years, 10 the first of upper secondary

    Raises
    ------
    ValueError
        If lengths differ, a grade is outside 1 to 12, or an age is negative or not whole.
    """
    years, grades = np.asarray(age, dtype=np.float64), np.asarray(grade)
    if years.shape != grades.shape or years.ndim != 1:
        raise ValueError(f"one age per grade expected, found {years.shape} ages and {grades.shape} grades")
    if grades.size and (grades.dtype.kind not in "iu" or grades.min() < 1 or grades.max() > 12):
        raise ValueError(f"grades from 1 to 12 expected, found {np.unique(grades)[[0, -1]].tolist()}")
    known = ~np.isnan(years)
    if (years[known] < 0).any() or (years[known] % 1 != 0).any():
        raise ValueError("ages in full years, none negative, expected")
    names, codes = np.unique(grades, return_inverse=True)
    late = known & (np.where(known, years, 0) - (first_age + grades - 1) >= behind)
    enrolled, over, unknown = (np.bincount(codes[rows], minlength=names.size) for rows in (known, late, ~known))
    return Distortion(names.astype(np.int64), enrolled, over, unknown)


def flow_rates(approved: FloatArray, failed: FloatArray, left: FloatArray) -> Flow:
    """Shares of approved, failed and left from counts of students, (n,) each, NaN missing.

    Raises
    ------
    ValueError
        If lengths differ or a count is negative.
    """
    counts = np.array([np.asarray(each, dtype=np.float64) for each in (approved, failed, left)])
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError(f"three rows of counts, none negative, expected, found shape {counts.shape}")
    return Flow(*_ratio(counts, counts.sum(axis=0)))


def rates_agree(approved: FloatArray, failed: FloatArray, left: FloatArray) -> BoolArray:
    """(n,) whether three published percentages add up to 100, roundings allowed for; False where one is missing."""
    total = np.asarray(approved, dtype=np.float64) + failed + left
    return np.asarray(np.abs(total - 100) <= ROUNDING + 1e-9, dtype=np.bool_)


def _ratio(part: Any, whole: Any) -> FloatArray:
    """Part of whole; NaN where the whole is 0."""
    base = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(part, np.where(base > 0, base, np.nan)), dtype=np.float64)
