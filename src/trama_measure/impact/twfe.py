"""The usual regression with unit and period effects, taken apart to show what it compares.

``Y_it = α_i + λ_t + β D_it``. Goodman-Bacon (2021): β is a weighted mean of all comparisons of two groups in two
periods. De Chaisemartin and D'Haultfoeuille (2020): it is a weighted sum of group-time effects, some weights negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from trama_measure.arrays import FloatArray

from .draws import cluster_sums
from .notices import ImpactError
from .panel import Panel


@dataclass(frozen=True, slots=True)
class TwoWay:
    """The coefficient of the regression with unit and period effects."""

    estimate: float
    se: float  # clustered, G/(G-1) (N-1)/(N-T)


class CompareWith(StrEnum):
    """The group that stands for what would have happened."""

    NEVER = "never"
    NOT_YET = "not_yet"
    ALREADY = "already"  # already treated: forbidden, its own change is subtracted


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of two groups in two periods inside the regression."""

    treated: float  # period in which the treated group began
    control: float  # period in which the other group began; infinity for never
    kind: CompareWith
    weight: float
    estimate: float


@dataclass(frozen=True, slots=True)
class Bacon:
    """All comparisons; weights sum to 1 and ``Σ weight x estimate`` is the coefficient."""

    comparisons: tuple[Comparison, ...]

    @property
    def estimate(self) -> float:
        """The coefficient of the regression."""
        return sum(each.weight * each.estimate for each in self.comparisons)

    @property
    def forbidden(self) -> float:
        """Weight of comparisons with those already treated."""
        return sum(each.weight for each in self.comparisons if each.kind is CompareWith.ALREADY)

    def table(self) -> dict[str, Any]:
        """Columns treated, control, kind, weight, estimate."""
        names = ("treated", "control", "kind", "weight", "estimate")
        return {name: [getattr(each, name) for each in self.comparisons] for name in names}


@dataclass(frozen=True, slots=True)
class CellWeights:
    """What the regression gives to each group-time effect."""

    cohort: FloatArray  # (k,)
    period: FloatArray  # (k,)
    weight: FloatArray  # (k,) sum to 1

    @property
    def negative(self) -> float:
        """Sum of the negative weights: 0, or below."""
        return float(self.weight[self.weight < 0].sum())

    def table(self) -> dict[str, Any]:
        """Columns cohort, period, weight."""
        return {"cohort": self.cohort, "period": self.period, "weight": self.weight}


def two_way_effects(panel: Panel) -> TwoWay:
    """Fit the regression by demeaning twice, which is exact in a complete panel.

    Raises
    ------
    ImpactError
        If nobody began within the panel, or everybody did at once: programme and periods cannot be told apart.
    """
    weights = panel.weights[:, np.newaxis]
    residual = _treatment_residual(panel)
    scale = float((weights * residual**2).sum())
    outcome = _demeaned(panel.outcome, panel.weights)
    estimate = float((weights * residual * outcome).sum() / scale)
    rest = outcome - estimate * residual
    n, periods, groups = panel.outcome.size, panel.n_periods, panel.n_clusters
    score = cluster_sums((weights * residual * rest).sum(axis=1)[:, np.newaxis], panel)
    factor = groups / (groups - 1) * (n - 1) / (n - periods)
    return TwoWay(estimate, float(np.sqrt(factor * (score**2).sum()) / scale))


def cell_weights(panel: Panel) -> CellWeights:
    """The weight of each treated cohort and period in the coefficient.

    Raises
    ------
    ImpactError
        As in ``two_way_effects``.

    Source
    ------
    De Chaisemartin and D'Haultfoeuille (2020), American Economic Review 110, 2964-2996, theorem 1.
    """
    weighted = panel.weights[:, np.newaxis] * _treatment_residual(panel)
    total = weighted[panel.treated].sum()
    cells = [(g, t) for g in np.unique(panel.start).tolist() for t in range(g, panel.n_periods)]
    return CellWeights(
        cohort=np.array([panel.periods[g] for g, _ in cells]),
        period=np.array([panel.periods[t] for _, t in cells]),
        weight=np.array([weighted[panel.start == g, t].sum() / total for g, t in cells]),
    )


def bacon(panel: Panel) -> Bacon:
    """Take the coefficient apart into its two-group, two-period comparisons.

    Raises
    ------
    ImpactError
        As in ``two_way_effects``.

    Source
    ------
    Goodman-Bacon (2021), Journal of Econometrics 225, 254-277, theorem 1; groups treated throughout enter as controls.
    """
    variance = float((panel.weights[:, np.newaxis] * _treatment_residual(panel) ** 2).sum()) / panel.outcome.size
    groups = np.unique(panel.start)
    sizes = np.array([panel.weights[panel.start == g].sum() for g in groups]) / panel.n_units
    paths = np.array([np.average(panel.outcome[panel.start == g], axis=0, weights=_own(panel, g)) for g in groups])
    exposed = 1 - groups / panel.n_periods  # share of the panel spent under treatment
    found = []
    for k, j, kind, window in _pairs(groups, panel.n_periods):
        sign = panel.periods[groups[j]] if groups[j] < panel.n_periods else np.inf
        after = window & (np.arange(panel.n_periods) >= groups[k])
        change = paths[:, after].mean(axis=1) - paths[:, window & ~after].mean(axis=1)
        weight = sizes[k] * sizes[j] * _exposure(exposed[k], exposed[j], kind) / variance
        found.append(
            Comparison(float(panel.periods[groups[k]]), float(sign), kind, weight, float(change[k] - change[j]))
        )
    return Bacon(tuple(found))


def _own(panel: Panel, group: int) -> FloatArray:
    return panel.weights[panel.start == group]


def _pairs(groups: Any, n_periods: int) -> Iterator[tuple[int, int, CompareWith, Any]]:
    """Treated group, other group, kind, and the (T,) periods in which they are compared."""
    times = np.arange(n_periods)
    for k, treated in enumerate(groups):
        if not 0 < treated < n_periods:
            continue
        for j, other in enumerate(groups):
            if other == n_periods:
                yield k, j, CompareWith.NEVER, times >= 0
            elif other > treated:
                yield k, j, CompareWith.NOT_YET, times < other
            elif other < treated:
                yield k, j, CompareWith.ALREADY, times >= other


def _exposure(treated: float, other: float, kind: CompareWith) -> float:
    """How much the treatment varies in the window of a comparison; times both sizes it is the weight."""
    if kind is CompareWith.NEVER:
        return treated * (1 - treated)
    if kind is CompareWith.NOT_YET:
        return (treated - other) * (1 - treated)
    return treated * (other - treated)


def _demeaned(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Values less their unit and (weighted) period means, (n, T)."""
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(centred - np.average(centred, axis=0, weights=weights), dtype=np.float64)


def _treatment_residual(panel: Panel) -> FloatArray:
    residual = _demeaned(panel.treated.astype(np.float64), panel.weights)
    if np.abs(residual).max() < 1e-12:
        raise ImpactError(
            "the programme comes to nobody, or to all at once, or was always there: nothing of it is left to see"
        )
    return residual
