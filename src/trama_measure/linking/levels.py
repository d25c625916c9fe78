"""Levels of performance: cut points as data, each with its source, and the level of a score."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

NO_LEVEL: Final = -1
"""The level of a score that is missing."""

UPPER_SECONDARY: Final = 12
"""The grade under which the last year of upper secondary stands."""


@dataclass(frozen=True, slots=True)
class Standard:
    """A set of levels. ``cuts`` has for each subject and grade the first score of every level but the lowest."""

    code: str
    official: bool
    scale: str
    source: str
    names: tuple[str, ...]  # of the levels, lowest first; empty where levels are numbers
    first_level: int
    cuts: dict[tuple[str, int], tuple[float, ...]]

    def of(self, subject: str, grade: int) -> tuple[float, ...]:
        """The cut points of a subject and grade.

        Raises
        ------
        ValueError
            If the standard has none: levels of another subject or grade mean something else.
        """
        if (subject, grade) not in self.cuts:
            known = ", ".join(f"{one} {number}" for one, number in self.cuts)
            raise ValueError(f"{self.code} has no levels for {subject} {grade}; it has {known}")
        return self.cuts[subject, grade]

    def levels(self, subject: str, grade: int) -> tuple[int, ...]:
        """The numbers of the levels, lowest first. Subjects differ in how many there are."""
        return tuple(range(self.first_level, self.first_level + len(self.of(subject, grade)) + 1))


@cache
def standards() -> dict[str, Standard]:
    """All standards by code, as in ``levels.toml``.

    Raises
    ------
    ValueError
        If cut points do not rise, names do not fit them, or a source is missing.
    """
    text = files("trama_measure.linking").joinpath("levels.toml").read_text(encoding="utf-8")
    return {one.code: one for one in (_standard(entry) for entry in tomllib.loads(text)["standards"])}


def level_of(scores: FloatArray, subject: str, grade: int, standard: str = "saeb-2019") -> IntArray:
    """The level of each score; ``NO_LEVEL`` where a score is NaN.

    Parameters
    ----------
    scores : array of any shape, on the scale of the standard
    subject : "lp" or "mt". grade : 2, 5, 9, or 12 for upper secondary

    Raises
    ------
    ValueError
        If there is no such standard, it has no levels for the subject and grade, or a score is infinite.
    """
    if standard not in standards():
        raise ValueError(f"no standard {standard!r}; found {', '.join(standards())}")
    found = standards()[standard]
    values = np.asarray(scores, dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError("a score cannot be infinite; a missing one is NaN")
    cuts = np.array(found.of(subject, grade))
    level = np.searchsorted(cuts, values, side="right") + found.first_level
    return np.where(np.isnan(values), NO_LEVEL, level).astype(np.int64)


def _standard(entry: dict[str, Any]) -> Standard:
    code = entry["code"]
    cuts = {}
    for name, points in entry["cuts"].items():
        subject, _, grade = name.partition("-")
        if any(low >= high for low, high in pairwise(points)):
            raise ValueError(f"{code}, {name}: cut points must rise, found {points}")
        cuts[subject, int(grade)] = tuple(float(point) for point in points)
    names = tuple(entry.get("names", ()))
    if not entry["source"] or (names and any(len(points) + 1 != len(names) for points in cuts.values())):
        raise ValueError(f"{code}: every standard has a source, and a name for each level if it has names")
    return Standard(code, entry["official"], entry["scale"], entry["source"], names, entry.get("first_level", 0), cuts)
