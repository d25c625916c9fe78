"""Synthetic control: a weighted mean of others that moved as the treated unit did before the start.

See docs/methods/impact.md, section 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from trama_measure.arrays import FloatArray

from .notices import ImpactError, Notice, NoticeCode
from .panel import Panel

POOR: Final = 0.25  # root mean squared error before the start, in standard deviations of the donors' outcomes then


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The treated unit beside its synthetic control."""

    periods: FloatArray  # (T,)
    start: int  # position of the first period with the programme
    treated: FloatArray  # (T,)
    synthetic: FloatArray  # (T,)
    donors: NDArray[Any]  # (J,) names
    weights: FloatArray  # (J,) sum to 1
    notices: tuple[Notice, ...]

    @property
    def gap(self) -> FloatArray:
        """(T,) treated less synthetic."""
        return self.treated - self.synthetic

    @property
    def effect(self) -> float:
        """Mean gap after the start."""
        return float(self.gap[self.start :].mean())

    @property
    def error_before(self) -> float:
        """Root mean squared gap before the start."""
        return _root_mean_square(self.gap[: self.start])

    @property
    def ratio(self) -> float:
        """Root mean squared gap after the start over that before it; infinite if the fit is perfect."""
        before = self.error_before
        after = _root_mean_square(self.gap[self.start :])
        return after / before if before > 0 else float("inf")

    def table(self) -> dict[str, Any]:
        """Columns period, treated, synthetic, gap."""
        return {"period": self.periods, "treated": self.treated, "synthetic": self.synthetic, "gap": self.gap}


@dataclass(frozen=True, slots=True)
class SpacePlacebo:
    """Every donor in turn as if it had been treated."""

    ratio: float  # of the treated unit
    ratios: FloatArray  # (J,) of the donors
    gaps: FloatArray  # (J, T)
    p_value: float  # rank of the treated unit's ratio among all

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that so many donors allow."""
        return 1 / (1 + self.ratios.size)


def simplex_least_squares(target: FloatArray, columns: FloatArray) -> FloatArray:
    """Weights w >= 0 with sum 1 that minimise ``‖target - columns @ w‖``.

    As the weights sum to 1, this is the point of the convex hull of ``columns - target`` nearest to zero. Non-negative
    least squares with one more row of ones finds its direction exactly; scaled to sum 1 it is the answer.

    Parameters
    ----------
    target : (r,); columns : (r, J)

    Source
    ------
    Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23 (least distance programming).
    """
    away = columns - target[:, np.newaxis]
    scale = np.sqrt((away**2).sum(axis=0)).min()
    if scale == 0:
        exact = (away == 0).all(axis=0)
        return np.asarray(exact / exact.sum(), dtype=np.float64)
    system = np.vstack([away / scale, np.ones(columns.shape[1])])
    right = np.zeros(len(system))
    right[-1] = 1.0
    found, _ = nnls(system, right, maxiter=30 * columns.shape[1] + 100)
    return np.asarray(found / found.sum(), dtype=np.float64)


def synthetic_control(
    panel: Panel,
    *,
    predictors: FloatArray | None = None,
    importance: FloatArray | None = None,
) -> Synthetic:
    """The synthetic control of the unit that began, or of the mean of those that began together.

    Parameters
    ----------
    panel : with a single cohort; units that never begin are the donors
    predictors : (n, r) what the synthetic control must resemble; all outcomes before the start by default. They are
        divided by their standard deviation among all units
    importance : (r,) V, how much each predictor counts; equal by default

    Raises
    ------
    ImpactError
        If units began in several periods, fewer than two periods lie before the start, or there are fewer than two
        donors.

    Source
    ------
    Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105, 493-505.
    """
    start = _single_start(panel)
    own = ~panel.never
    traits = _traits(panel, start, predictors, importance)
    treated = np.average(panel.outcome[own], axis=0, weights=panel.weights[own])
    target = np.average(traits[own], axis=0, weights=panel.weights[own])
    return _fit(panel, start, treated, target, panel.never, traits)


def placebo_in_space(panel: Panel, **chosen: Any) -> SpacePlacebo:
    """Treat every donor in turn, with the other donors as its donors, and rank the ratio of errors after and before.

    Parameters
    ----------
    chosen : predictors and importance, as in ``synthetic_control``

    Raises
    ------
    ImpactError
        As in ``synthetic_control``; or if there are fewer than three donors.
    """
    real = synthetic_control(panel, **chosen)
    traits = _traits(panel, real.start, **{"predictors": None, "importance": None} | chosen)
    donors = np.flatnonzero(panel.never)
    if donors.size < 3:
        raise ImpactError(f"at least 3 donors expected for a placebo, found {donors.size}")
    fits = []
    for donor in donors:
        others = panel.never.copy()
        others[donor] = False
        fits.append(_fit(panel, real.start, panel.outcome[donor], traits[donor], others, traits))
    ratios = np.array([fit.ratio for fit in fits])
    rank = 1 + int((ratios >= real.ratio).sum())
    return SpacePlacebo(real.ratio, ratios, np.array([fit.gap for fit in fits]), rank / (1 + donors.size))


def leave_one_out(panel: Panel, **chosen: Any) -> dict[str, Any]:
    """The effect without each donor that has weight: columns donor, weight, effect, error_before."""
    real = synthetic_control(panel, **chosen)
    own = ~panel.never
    traits = _traits(panel, real.start, **{"predictors": None, "importance": None} | chosen)
    target = np.average(traits[own], axis=0, weights=panel.weights[own])
    table: dict[str, Any] = {"donor": [], "weight": [], "effect": [], "error_before": []}
    for place, donor in enumerate(np.flatnonzero(panel.never)):
        if real.weights[place] < 1e-6:
            continue
        others = panel.never.copy()
        others[donor] = False
        fit = _fit(panel, real.start, real.treated, target, others, traits)
        for name, value in zip(
            table, (panel.units[donor], real.weights[place], fit.effect, fit.error_before), strict=True
        ):
            table[name].append(value)
    return table


def _single_start(panel: Panel) -> int:
    starts = panel.cohorts.tolist()
    if len(starts) != 1:
        names = ", ".join(panel.name(start) for start in starts) or "none"
        raise ImpactError(f"one start for all treated units expected, found {names}: take one cohort at a time")
    if starts[0] < 2:
        raise ImpactError(f"at least two periods before the start expected, found {starts[0]}")
    if panel.never.sum() < 2:
        raise ImpactError(f"at least two units that never begin expected as donors, found {int(panel.never.sum())}")
    return int(starts[0])


def _traits(panel: Panel, start: int, predictors: FloatArray | None, importance: FloatArray | None) -> FloatArray:
    """(n, r) scaled so that plain least squares on them is what is wanted."""
    if predictors is None:
        traits, scaled = panel.outcome[:, :start], False
    else:
        traits, scaled = np.asarray(predictors, dtype=np.float64), True
        if traits.ndim != 2 or len(traits) != panel.n_units or not np.isfinite(traits).all():
            raise ImpactError(f"predictors: complete, shape ({panel.n_units}, r) expected, found {traits.shape}")
    size = traits.shape[1]
    counts = np.ones(size) if importance is None else np.asarray(importance, dtype=np.float64)
    if counts.shape != (size,) or (counts < 0).any() or not counts.any():
        raise ImpactError(f"importance: {size} numbers, none negative and not all zero, expected")
    if not scaled:
        return np.asarray(traits * np.sqrt(counts), dtype=np.float64)
    spread = traits.std(axis=0)
    if not (spread > 0).all():
        raise ImpactError("a predictor is the same in every unit: leave it out")
    return np.asarray(traits / spread * np.sqrt(counts), dtype=np.float64)


def _fit(
    panel: Panel, start: int, treated: FloatArray, target: FloatArray, donors: Any, traits: FloatArray
) -> Synthetic:
    weights = simplex_least_squares(target, traits[donors].T)
    synthetic = weights @ panel.outcome[donors]
    error = _root_mean_square((treated - synthetic)[:start])
    spread = float(panel.outcome[donors, :start].std())
    notices = panel.notices
    if spread > 0 and error > POOR * spread:
        notices += (Notice(NoticeCode.POOR_FIT, "", error / spread, POOR),)
    return Synthetic(panel.periods, start, treated, synthetic, panel.units[donors], weights, notices)


def _root_mean_square(values: FloatArray) -> float:
    return float(np.sqrt((values**2).mean()))
