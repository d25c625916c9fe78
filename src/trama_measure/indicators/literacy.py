"""The literacy indicator: the share of children at 743 points or more. Definitions: docs/methods/indicators.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray

CUT: Final = 743.0
"""Points on the Saeb scale of grade 2. Source: Inep, Indicador Criança Alfabetizada (ICA)."""

NATIONAL_TARGETS: Final = {2024: 60.0, 2025: 64.0, 2026: 67.0, 2027: 71.0, 2028: 74.0, 2029: 77.0, 2030: 80.0}
"""Percent of children. Source: MEC, Compromisso Nacional Criança Alfabetizada."""


class Instrument(StrEnum):
    """Which test a figure comes from: two official ones give two numbers for one idea."""

    STATE_ASSESSMENTS = "state_assessments"  # with items of Inep, on the Saeb scale: the indicator itself
    SAEB_SAMPLE = "saeb_sample"


@dataclass(frozen=True, slots=True)
class LiteracyFigure:
    """A share of literate children with where it comes from."""

    year: int
    percent: float
    instrument: Instrument


PUBLISHED: Final = (
    LiteracyFigure(2023, 56.0, Instrument.STATE_ASSESSMENTS),
    LiteracyFigure(2023, 49.3, Instrument.SAEB_SAMPLE),
    LiteracyFigure(2024, 59.2, Instrument.STATE_ASSESSMENTS),
)
"""Brazil. Source: Inep, results of 2023 and 2024; Saeb 2023, grade 2 sample."""


@dataclass(frozen=True, slots=True)
class Share:
    """Share at or above the cut."""

    share: float  # 0 to 1
    se: float  # schools kept together; NaN with a single school
    students: int
    schools: int


def literate_share(scores: FloatArray, schools: Any, weights: FloatArray | None = None, *, cut: float = CUT) -> Share:
    """Share of students at ``cut`` points or more, with a jackknife over schools.

    Parameters
    ----------
    scores : (n,) points, none missing: students without a score are no one's "not literate"; see ``participation``
    schools : (n,) labels

    Raises
    ------
    ValueError
        If there is no student, a score is missing, or lengths differ.
    """
    points = np.asarray(scores, dtype=np.float64)
    own = np.ones(points.size) if weights is None else np.asarray(weights, dtype=np.float64)
    labels = np.asarray(schools)
    if not points.size or np.isnan(points).any() or not points.shape == own.shape == labels.shape:
        raise ValueError(
            f"a score, a school and a weight for each student expected, found {points.shape}, {labels.shape}"
        )
    codes = np.unique(labels, return_inverse=True)[1]
    people = np.bincount(codes, weights=own)
    above = np.bincount(codes, weights=own * (points >= cut))
    k = people.size
    se = float("nan")
    if k > 1:
        left = (above.sum() - above) / (people.sum() - people)
        se = float(np.sqrt((k - 1) / k * ((left - left.mean()) ** 2).sum()))
    return Share(float(above.sum() / people.sum()), se, points.size, k)


def literacy_change(earlier: LiteracyFigure, later: LiteracyFigure) -> float:
    """Change in percentage points.

    Raises
    ------
    ValueError
        If the figures come from two instruments: their difference is no change.
    """
    if earlier.instrument is not later.instrument:
        raise ValueError(f"figures of one instrument expected, found {earlier.instrument} and {later.instrument}")
    if earlier.year >= later.year:
        raise ValueError(f"an earlier and a later year expected, found {earlier.year} and {later.year}")
    return later.percent - earlier.percent


def gap_to_target(figure: LiteracyFigure) -> float | None:
    """Percentage points above (or below, negative) the national target of the year; ``None`` if there is no target.

    Raises
    ------
    ValueError
        If the figure is not of the instrument that the targets were set for.
    """
    if figure.instrument is not Instrument.STATE_ASSESSMENTS:
        raise ValueError(f"targets were set for {Instrument.STATE_ASSESSMENTS}, found {figure.instrument}")
    target = NATIONAL_TARGETS.get(figure.year)
    return None if target is None else figure.percent - target
