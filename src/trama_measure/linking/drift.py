"""Anchors that moved: measured one by one, and taken out one by one, with every step kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from trama_measure.arrays import BoolArray, FloatArray

from .constants import UNIFORM, Link, Method, Weighting, link
from .parameters import ParameterSet, common

NORMAL_RANGE: Final = 0.74
"""0.74 times the interquartile range is the SD of a normal distribution (Huynh and Meyer 2010)."""


@dataclass(frozen=True, slots=True)
class DriftLimits:
    """When an anchor has drifted. The defaults are conventions: docs/methods/linking.md."""

    robust_z: float = 2.7  # of the difference of b or of ln a ...
    rmsd_with_z: float = 0.05  # ... together with an RMSD above this
    rmsd: float = 0.10  # or an RMSD above this alone


@dataclass(frozen=True, slots=True)
class Drift:
    """How far each anchor lies from itself after linking. One entry an anchor, in the order of ``items``."""

    items: tuple[str, ...]
    difficulty: FloatArray  # (m,) mean b of Y less that of X linked, on the scale of Y
    slope: FloatArray  # (m,) ln a of Y less that of X linked
    z_difficulty: FloatArray  # (m,) robust z
    z_slope: FloatArray  # (m,)
    area: FloatArray  # (m,) weighted mean absolute difference of the expected scores, in shares of the highest
    rmsd: FloatArray  # (m,) root of the weighted mean squared difference
    drifted: BoolArray  # (m,)

    def table(self) -> pl.DataFrame:
        """One row an anchor, worst first."""
        names = ("difficulty", "slope", "z_difficulty", "z_slope", "area", "rmsd", "drifted")
        columns = {"item": list(self.items), **{name: getattr(self, name) for name in names}}
        return pl.DataFrame(columns).sort("rmsd", descending=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One round of purification: the link with these anchors, and the anchor that was then dropped, if one was."""

    link: Link
    drift: Drift
    dropped: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Purified:
    """The last link, the anchors left, and how it came to them."""

    link: Link
    dropped: tuple[str, ...]  # in the order in which they went
    steps: tuple[Step, ...]


def drift(
    x: ParameterSet,
    y: ParameterSet,
    line: Link,
    *,
    anchors: Sequence[str] | None = None,
    limits: DriftLimits = DriftLimits(),
    population: Weighting = Weighting("normal"),  # noqa: B008  (immutable)
) -> Drift:
    """Compare each anchor with itself after linking.

    Parameters
    ----------
    line : from X to Y. anchors : to be compared, those of the link if not given
    population : students over whom the curves are compared, on the scale of Y

    Source
    ------
    Robust z: Huynh and Meyer (2010), Practical Assessment, Research and Evaluation 15(2). With an interquartile range
    of 0 the SD takes its place; if that is 0 too, every z is 0.
    """
    own, its = common(x, y, line.anchors if anchors is None else anchors)
    moved = line.parameters(own)
    difficulty = np.nanmean(its.b, axis=1) - np.nanmean(moved.b, axis=1)
    slope = np.log(its.a) - np.log(moved.a)
    z, weight = population.nodes()
    theta = y.scale.mean + y.scale.sd * z
    gap = _expected(its, theta) - _expected(moved, theta)
    area, rmsd = weight @ np.abs(gap), np.sqrt(weight @ gap**2)
    z_difficulty, z_slope = _robust_z(difficulty), _robust_z(slope)
    far = np.maximum(np.abs(z_difficulty), np.abs(z_slope)) > limits.robust_z
    drifted = (far & (rmsd > limits.rmsd_with_z)) | (rmsd > limits.rmsd)
    return Drift(its.items, difficulty, slope, z_difficulty, z_slope, area, rmsd, drifted)


def purify(
    x: ParameterSet,
    y: ParameterSet,
    method: str = Method.STOCKING_LORD,
    *,
    anchors: Sequence[str] | None = None,
    keep_at_least: int = 5,
    weighting: Weighting = UNIFORM,
    limits: DriftLimits = DriftLimits(),
) -> Purified:
    """Link, drop the anchor that drifted most, link again, until none has drifted or too few would be left.

    Raises
    ------
    TooFewAnchors, ValueError
        As ``link``; also if ``keep_at_least`` is below 2.
    """
    if keep_at_least < 2:
        raise ValueError(f"keep_at_least: found {keep_at_least}, expected 2 or more")
    left = list(common(x, y, anchors)[1].items)
    dropped: list[str] = []
    steps: list[Step] = []
    while True:
        line = link(x, y, method, anchors=left, weighting=weighting)
        found = drift(x, y, line, limits=limits)
        if not found.drifted.any():
            steps.append(Step(line, found, None, "no anchor has drifted"))
            return Purified(line, tuple(dropped), tuple(steps))
        if len(left) <= keep_at_least:
            some = ", ".join(np.array(found.items)[found.drifted].tolist())
            steps.append(Step(line, found, None, f"{len(left)} anchors are left, of which drifted: {some}"))
            return Purified(line, tuple(dropped), tuple(steps))
        worst = int(np.argmax(np.where(found.drifted, found.rmsd, -np.inf)))
        reason = (
            f"RMSD {found.rmsd[worst]:.3f}, b {found.difficulty[worst]:+.3f} (z {found.z_difficulty[worst]:+.1f}),"
            f" ln a {found.slope[worst]:+.3f} (z {found.z_slope[worst]:+.1f})"
        )
        steps.append(Step(line, found, found.items[worst], reason))
        dropped.append(found.items[worst])
        left.remove(found.items[worst])


def _expected(items: ParameterSet, theta: FloatArray) -> FloatArray:
    """(q, m) expected score as a share of the highest of the item."""
    value, _ = items.probabilities(theta)
    category = np.arange(value.shape[2], dtype=np.float64)
    return (value * category).sum(axis=2) / np.isfinite(items.b).sum(axis=1)


def _robust_z(values: FloatArray) -> FloatArray:
    centred = values - np.median(values)
    low, high = np.quantile(values, [0.25, 0.75])
    unit = NORMAL_RANGE * (high - low)
    if unit < 1e-9:
        unit = values.std(ddof=1) if len(values) > 1 else 0.0
    return centred / unit if unit > 1e-9 else np.zeros_like(centred)
