"""Figures of groups with their standard errors: means, shares per level, and any other.

Prose: docs/methods/estimates.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import t as student_t

from trama_measure.arrays import FloatArray, IntArray

from .replicates import Replicates

type Figure = Callable[[FloatArray, FloatArray], FloatArray]
"""Takes values (n,) and weights (n,), gives figures (f,)."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Figures with their errors. All arrays have the shape of the figures."""

    value: FloatArray
    sampling: FloatArray  # variance U
    imputation: FloatArray  # variance (1 + 1/M) B
    linking: FloatArray  # variance L
    degrees: FloatArray  # of freedom of the whole

    @property
    def standard_error(self) -> FloatArray:
        """√(U + (1 + 1/M) B + L)."""
        return np.sqrt(self.sampling + self.imputation + self.linking)

    def interval(self, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Lower and upper end."""
        reach = student_t.ppf(0.5 + confidence / 2, np.maximum(self.degrees, 1.0)) * self.standard_error
        return self.value - reach, self.value + reach


def combine(
    values: FloatArray, sampling: FloatArray, *, degrees: int = 0, linking: FloatArray | float = 0.0
) -> Estimates:
    """Rubin's rules.

    Parameters
    ----------
    values, sampling : (m, ...) the figures of each plausible value and their sampling variances
    degrees : of freedom of the sampling variance; 0 if there is none
    linking : (...) linking variance

    Raises
    ------
    ValueError
        If there is no plausible value, or shapes differ.

    Source
    ------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, equations 3.1.2 to 3.1.6.
    """
    values, sampling = np.asarray(values, dtype=np.float64), np.asarray(sampling, dtype=np.float64)
    if values.shape != sampling.shape or not len(values):
        raise ValueError(f"found figures of shape {values.shape} and variances of shape {sampling.shape}")
    m = len(values)
    within = sampling.mean(axis=0)
    between = (1 + 1 / m) * values.var(axis=0, ddof=1) if m > 1 else np.zeros_like(within)
    total = within + between
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.zeros_like(total)
        if degrees > 0:
            parts = parts + within**2 / degrees
        if m > 1:
            parts = parts + between**2 / (m - 1)
        freedom = np.where(parts > 0, total**2 / parts, np.inf)
    return Estimates(values.mean(axis=0), within, between, np.broadcast_to(linking, total.shape).copy(), freedom)


def estimate(
    figure: Figure,
    plausible: FloatArray,
    weight: FloatArray,
    replicates: Replicates,
    *,
    linking: FloatArray | float = 0.0,
) -> Estimates:
    """Any figure, such as a difference of two groups or a quantile: computed for every plausible value and replicate.

    Parameters
    ----------
    plausible : (n, m) values of each student; (n,) for one that is known without error
    weight : (n,) weights. linking : variance, as ``linking.Jackknife.variance`` gives

    Raises
    ------
    ValueError
        If shapes differ, or a value or weight is not a number.
    """
    values, weight = _checked(plausible, weight, replicates)
    whole, variances = [], []
    for column in values.T:
        own = np.asarray(figure(column, weight), dtype=np.float64)
        again = [figure(column, weight * factor[replicates.psu]) for factor in replicates.factors.T]
        whole.append(own)
        variances.append(replicates.variance(own, np.array(again).reshape((len(again), *own.shape))))
    return combine(np.array(whole), np.array(variances), degrees=replicates.degrees, linking=linking)


def means(
    plausible: FloatArray,
    weight: FloatArray,
    replicates: Replicates,
    groups: NDArray | None = None,
    *,
    linking: FloatArray | float = 0.0,
) -> pl.DataFrame:
    """Mean of every group, one row a group.

    Columns: ``group``, ``students``, ``mean``, ``se``, ``se_sampling``, ``se_imputation``, ``se_linking``, ``low``,
    ``high`` (95 %). Without ``groups`` there is one row, "all". ``linking`` is one variance, or one a group.

    Raises
    ------
    ValueError
        As ``estimate``.
    """
    values, weight = _checked(plausible, weight, replicates)
    names, codes = _groups(groups, len(weight))
    found = _ratios([values], weight, replicates, codes, len(names), linking)
    return _table(names, codes, ["mean"], found)


def shares(
    levels: IntArray,
    weight: FloatArray,
    replicates: Replicates,
    kinds: Sequence[int],
    groups: NDArray | None = None,
    *,
    linking: FloatArray | float = 0.0,
) -> pl.DataFrame:
    """Share of every level in every group, one row a group and level. ``high`` and ``low`` stay within 0 and 1.

    Parameters
    ----------
    levels : (n, m) level of each plausible value, as ``linking.level_of`` gives. kinds : the levels, lowest first
    linking : one variance, or (groups, levels)

    Raises
    ------
    ValueError
        As ``estimate``; or if a level is none of ``kinds``.
    """
    values, weight = _checked(levels, weight, replicates)
    strange = set(np.unique(values).tolist()) - set(kinds)
    if strange:
        raise ValueError(f"found level {min(strange):g}, expected one of {', '.join(map(str, kinds))}")
    names, codes = _groups(groups, len(weight))
    marks = [(values == kind).astype(np.float64) for kind in kinds]
    found = _ratios(marks, weight, replicates, codes, len(names), linking)
    table = _table(names, codes, [str(kind) for kind in kinds], found, column="share", kind="level")
    return table.with_columns(pl.col("low").clip(0, 1), pl.col("high").clip(0, 1))


def _checked(plausible: NDArray, weight: FloatArray, replicates: Replicates) -> tuple[FloatArray, FloatArray]:
    values = np.asarray(plausible, dtype=np.float64)
    if values.ndim == 1:
        values = values[:, None]
    n = len(values)
    if weight.shape != (n,) or replicates.psu.shape != (n,):
        raise ValueError(f"found {weight.shape} weights and {replicates.psu.shape} schools for {n} students")
    if not np.isfinite(values).all() or not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("values must be numbers and weights above 0; leave out who was not tested")
    return values, np.asarray(weight, dtype=np.float64)


def _groups(groups: NDArray | None, n: int) -> tuple[list, IntArray]:
    if groups is None:
        return ["all"], np.zeros(n, dtype=np.int64)
    if groups.shape != (n,):
        raise ValueError(f"found {groups.shape} groups for {n} students")
    names, codes = np.unique(groups, return_inverse=True)
    return names.tolist(), codes.astype(np.int64)


def _ratios(
    columns: list[FloatArray], weight: FloatArray, replicates: Replicates, codes: IntArray, g: int,
    linking: FloatArray | float,
) -> Estimates:  # fmt: skip
    """Weighted means by group of each (n, m) column: figures (g, f). Only sums by school and group are looked at."""
    p = replicates.factors.shape[0]
    below = _by_school(weight, codes, replicates.psu, g, p)
    base, base_r = below.sum(axis=1), below @ replicates.factors
    m = columns[0].shape[1]
    value = np.empty((m, g, len(columns)))
    variance = np.empty_like(value)
    with np.errstate(invalid="ignore", divide="ignore"):
        for place, column in enumerate(columns):
            for draw in range(m):
                above = _by_school(weight * column[:, draw], codes, replicates.psu, g, p)
                own = above.sum(axis=1) / base
                value[draw, :, place] = own
                again = np.where(base_r > 0, (above @ replicates.factors) / base_r, own[:, None])
                variance[draw, :, place] = replicates.variance(own, again.T)
    if np.ndim(linking) == 1:
        linking = np.asarray(linking)[:, None]
    return combine(value, variance, degrees=replicates.degrees, linking=linking)


def _by_school(values: FloatArray, codes: IntArray, psu: IntArray, g: int, p: int) -> csr_array:
    return csr_array((values, (codes, psu)), shape=(g, p))


def _table(
    names: list, codes: IntArray, figures: list[str], found: Estimates, column: str = "mean", kind: str | None = None
) -> pl.DataFrame:
    g, f = found.value.shape
    low, high = found.interval()
    students = np.bincount(codes, minlength=g)
    labels = {} if kind is None else {kind: figures * g}
    return pl.DataFrame(
        {
            "group": [name for name in names for _ in range(f)],
            **labels,
            "students": np.repeat(students, f),
            column: found.value.ravel(),
            "se": found.standard_error.ravel(),
            "se_sampling": np.sqrt(found.sampling).ravel(),
            "se_imputation": np.sqrt(found.imputation).ravel(),
            "se_linking": np.sqrt(found.linking).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
