"""Group-time effects of staggered adoption: what the programme did to those who began in g, in period t.

Callaway and Sant'Anna (2021), with the doubly robust, outcome regression and inverse probability estimators of
Sant'Anna and Zhao (2020) and their influence functions. See docs/methods/impact.md, section 3.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .draws import Draws, Multiplier, cluster_sums, draw_jointly, standard_errors
from .intervals import bands
from .notices import ImpactError, Notice, NoticeCode
from .panel import Panel
from .regression import Gram, Logit, across, logit

TRIM: Final = 0.995  # propensity score from which a comparison unit is left out
CAP: Final = 1 - 1e-6  # so that the odds stay finite
ENOUGH_CLUSTERS: Final = 30
ENOUGH_TREATED_CLUSTERS: Final = 10
ENOUGH_BEYOND_COVARIATES: Final = 5  # units of a cohort


class Comparison(StrEnum):
    """With whom those who began are compared."""

    NEVER = "never"
    NOT_YET = "not_yet"


class Method(StrEnum):
    """How covariates are taken into account."""

    DOUBLY_ROBUST = "doubly_robust"
    OUTCOME_REGRESSION = "outcome_regression"
    INVERSE_PROBABILITY = "inverse_probability"


class Base(StrEnum):
    """From which period change is counted before the start."""

    VARYING = "varying"  # from the period before
    UNIVERSAL = "universal"  # from the last period before the start, as after it


@dataclass(frozen=True, slots=True)
class Settings:
    """How effects are estimated."""

    comparison: Comparison = Comparison.NEVER
    method: Method = Method.DOUBLY_ROBUST
    base: Base = Base.VARYING
    anticipation: int = 0  # periods before the start in which behaviour may already change
    alpha: float = 0.05  # 1 - confidence


@dataclass(frozen=True, slots=True)
class GroupTimeEffects:
    """Every ATT(g, t) with its influence function. Aggregate it, test it, bootstrap it."""

    panel: Panel
    settings: Settings
    cohort: IntArray  # (k,) position of the cohort's start
    period: IntArray  # (k,) position of the period
    base: IntArray  # (k,) position of the base period
    estimate: FloatArray  # (k,)
    influence: FloatArray  # (n, k)
    notices: tuple[Notice, ...]
    draws: Draws | None

    @property
    def event(self) -> IntArray:
        """(k,) periods since the start: 0 in the first with the programme, -1 just before."""
        return self.period - self.cohort

    @property
    def reference(self) -> BoolArray:
        """(k,) cells that are zero by construction: the base period itself."""
        return self.period == self.base

    @property
    def before(self) -> BoolArray:
        """(k,) cells before the start and its anticipation, the reference left out."""
        return (self.event < -self.settings.anticipation) & ~self.reference

    @property
    def se(self) -> FloatArray:
        """(k,) standard errors, clustered where the panel has clusters."""
        return standard_errors(self.influence, self.panel)

    def covariance(self) -> FloatArray:
        """(k, k) covariance of the estimates."""
        sums = cluster_sums(self.influence, self.panel)
        return np.asarray(sums.T @ sums / self.panel.n_units**2, dtype=np.float64)

    def table(self) -> dict[str, Any]:
        """Columns cohort, period, base, event, estimate, se, low, high: a frame in any library.

        With bootstrap draws, se comes from them and low and high are a simultaneous band; otherwise pointwise.
        """
        columns = None if self.draws is None else self.draws.effects
        se, low, high = bands(self.panel, self.settings.alpha, self.estimate, lambda: self.influence, columns)
        periods = self.panel.periods
        return {
            "cohort": periods[self.cohort],
            "period": periods[self.period],
            "base": periods[self.base],
            "event": self.event,
            "estimate": self.estimate,
            "se": se,
            "low": low,
            "high": high,
        }


def group_time_effects(
    panel: Panel,
    settings: Settings | None = None,
    *,
    draws: int = 0,
    seed: int | None = None,
    multiplier: Multiplier = Multiplier.RADEMACHER,
) -> GroupTimeEffects:
    """Estimate every ATT(g, t) of a panel.

    Parameters
    ----------
    settings : comparison group, method, base period, anticipation, confidence; defaults as in ``Settings``
    draws : bootstrap draws; 0 for analytical standard errors
    seed : needed with draws; the same seed gives the same bits

    Raises
    ------
    ImpactError
        If nothing can be estimated (nobody began, nobody to compare with, no period before any start), if covariates
        are collinear or separate the groups, or if draws are asked for without a seed.

    Source
    ------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230.
    """
    settings = Settings() if settings is None else settings
    if settings.anticipation < 0 or not 0 < settings.alpha < 1:
        raise ImpactError(f"anticipation from 0 and alpha between 0 and 1 expected, found {settings}")
    if draws and seed is None:
        raise ImpactError("bootstrap draws need a seed, so that the same figures can be had again")
    panel, notices = _usable(panel, settings)
    where, estimate, influence = _all_cells(panel, settings, notices)
    joint = draw_jointly(panel, influence, draws, seed, multiplier) if draws and seed is not None else None
    return GroupTimeEffects(
        panel=panel,
        settings=settings,
        cohort=where[:, 0],
        period=where[:, 1],
        base=where[:, 2],
        estimate=estimate,
        influence=influence,
        notices=panel.notices + tuple(notices),
        draws=joint,
    )


def _usable(panel: Panel, settings: Settings) -> tuple[Panel, list[Notice]]:
    """Leave out units without a base period; say which cohorts and clusters are few."""
    notices: list[Notice] = []
    early = panel.start <= settings.anticipation
    for position in np.unique(panel.start[early]).tolist():
        count = float((panel.start == position).sum())
        notices.append(Notice(NoticeCode.STARTED_AT_ONCE, panel.name(position), count, 0.0))
    if early.any():
        if early.all():
            raise ImpactError("every unit began in the first period (or within its anticipation): there is no before")
        panel = panel.keep(~early)
    if not panel.cohorts.size:
        raise ImpactError("no unit begins after the first period: there is no effect to estimate")
    if settings.comparison is Comparison.NEVER and not panel.never.any():
        raise ImpactError("no unit never begins: compare with those not yet treated (comparison='not_yet')")
    p = 0 if panel.covariates is None else panel.covariates.shape[-1]
    limit = p + ENOUGH_BEYOND_COVARIATES
    for position in panel.cohorts.tolist():
        size = int((panel.start == position).sum())
        if size < limit:
            notices.append(Notice(NoticeCode.SMALL_COHORT, panel.name(position), float(size), float(limit)))
    if settings.comparison is Comparison.NEVER and (few := int(panel.never.sum())) < limit:
        notices.append(Notice(NoticeCode.SMALL_COHORT, "never", float(few), float(limit)))
    treated = np.unique(panel.clusters[~panel.never]).size
    if panel.n_clusters < ENOUGH_CLUSTERS:
        notices.append(Notice(NoticeCode.FEW_CLUSTERS, "", float(panel.n_clusters), float(ENOUGH_CLUSTERS)))
    elif treated < ENOUGH_TREATED_CLUSTERS:
        notices.append(Notice(NoticeCode.FEW_CLUSTERS, "treated", float(treated), float(ENOUGH_TREATED_CLUSTERS)))
    return panel, notices


def _all_cells(panel: Panel, settings: Settings, notices: list[Notice]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Cells as (k, 3) cohort, period and base; their estimates (k,) and influence (n, k), by cohort and period."""
    plan = [
        (cohort, threshold, at, wanted)
        for cohort in panel.cohorts.tolist()
        for (threshold, at), wanted in _blocks(panel, settings, cohort).items()
        if _has_comparison(panel, cohort, threshold, wanted, notices)
    ]
    cells = sorted((cohort, period, base) for cohort, _, _, wanted in plan for period, base in wanted)
    if not cells:
        raise ImpactError("no effect can be estimated: no cohort has a base period and units to compare with")
    place = {cell: k for k, cell in enumerate(cells)}
    estimate, influence = np.empty(len(cells)), np.zeros((panel.n_units, len(cells)))
    for cohort, threshold, at, wanted in plan:
        rows = np.flatnonzero((panel.start == cohort) | (panel.start > threshold))
        members = panel.start[rows] == cohort
        columns = [place[cohort, period, base] for period, base in wanted]
        found, inner = _block(panel, settings, rows, members, wanted, at, f"cohort {panel.name(cohort)}", notices)
        inner *= panel.n_units / rows.size
        estimate[columns] = found
        if columns[-1] - columns[0] + 1 == len(columns):
            influence[rows, columns[0] : columns[-1] + 1] = inner
        else:
            influence[np.ix_(rows, columns)] = inner
    return np.array(cells, dtype=np.int64), estimate, influence


def _has_comparison(
    panel: Panel, cohort: int, threshold: int, wanted: list[tuple[int, int]], notices: list[Notice]
) -> bool:
    """Whether somebody has not begun by the threshold; if nobody, say for which cells."""
    if ((panel.start > threshold) & (panel.start != cohort)).any():
        return True
    name = f"cohort {panel.name(cohort)}"
    notices += [Notice(NoticeCode.NO_COMPARISON, f"{name}, {panel.name(t)}", 0.0, 1.0) for t, _ in wanted]
    return False


def _blocks(panel: Panel, settings: Settings, cohort: int) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """The (period, base) pairs of a cohort, gathered by what they share.

    What is shared: the last period a comparison unit must not have begun in, and the period in which covariates are
    read (-1 if they do not vary).
    """
    last_before = cohort - settings.anticipation - 1
    varies = panel.covariates is not None and panel.covariates.ndim == 3
    blocks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for period in range(panel.n_periods):
        early = period < cohort - settings.anticipation
        base = period - 1 if early and settings.base is Base.VARYING else last_before
        if base < 0:
            continue
        latest = panel.n_periods - 1
        if settings.comparison is Comparison.NOT_YET:
            latest = min(max(period, base) + settings.anticipation, latest)
        blocks[latest, base if varies else -1].append((period, base))
    return blocks


def _block(
    panel: Panel,
    settings: Settings,
    rows: IntArray,
    members: BoolArray,
    wanted: list[tuple[int, int]],
    at: int,
    where: str,
    notices: list[Notice],
) -> tuple[FloatArray, FloatArray]:
    """Estimates (c,) and influence (m, c) of one cohort against one comparison group, all periods at once."""
    periods, bases = np.array(wanted).T
    outcome = panel.outcome[rows]
    change = outcome[:, periods] - outcome[:, bases]
    weights = panel.weights[rows]
    if panel.covariates is None:
        return _difference(change, members, weights)
    own = panel.covariates[rows] if at < 0 else panel.covariates[rows, at]
    x = np.column_stack([np.ones(rows.size), own])
    if settings.method is Method.OUTCOME_REGRESSION:
        return _outcome_regression(change, members, x, weights, where)
    score = logit(x, members, weights, where)
    trimmed = int((score.probability[~members] >= TRIM).sum())
    if score.probability.max() >= TRIM:
        notices.append(Notice(NoticeCode.WEAK_OVERLAP, where, float(trimmed), TRIM))
    if settings.method is Method.INVERSE_PROBABILITY:
        return _inverse_probability(change, members, x, weights, score)
    return _doubly_robust(change, members, x, weights, score, where)


def _difference(change: FloatArray, members: BoolArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The difference of mean changes; all three methods come down to it without covariates."""
    own, other = _normalised(weights * members), _normalised(weights * ~members)
    m = len(change)
    here, there = across(own, change) / m, across(other, change) / m
    influence = own[:, np.newaxis] * (change - here) - other[:, np.newaxis] * (change - there)
    return here - there, influence


def _outcome_regression(
    change: FloatArray, members: BoolArray, x: FloatArray, weights: FloatArray, where: str
) -> tuple[FloatArray, FloatArray]:
    own = _normalised(weights * members)
    rest, lean = _residuals(change, members, x, weights, across(own, x) / len(x), where)
    found = across(own, rest) / len(x)
    return found, own[:, np.newaxis] * (rest - found) - lean[:, np.newaxis] * rest


def _inverse_probability(
    change: FloatArray, members: BoolArray, x: FloatArray, weights: FloatArray, score: Logit
) -> tuple[FloatArray, FloatArray]:
    own, other = _normalised(weights * members), _normalised(_odds(members, weights, score))
    m = len(x)
    here, there = across(own, change) / m, across(other, change) / m
    away = other[:, np.newaxis] * (change - there)
    return here - there, own[:, np.newaxis] * (change - here) - away - _logit_part(members, x, weights, score, away)


def _doubly_robust(
    change: FloatArray, members: BoolArray, x: FloatArray, weights: FloatArray, score: Logit, where: str
) -> tuple[FloatArray, FloatArray]:
    own, other = _normalised(weights * members), _normalised(_odds(members, weights, score))
    m = len(x)
    rest, lean = _residuals(change, members, x, weights, across(own - other, x) / m, where)
    here, there = across(own, rest) / m, across(other, rest) / m
    away = other[:, np.newaxis] * (rest - there)
    influence = own[:, np.newaxis] * (rest - here) - away - _logit_part(members, x, weights, score, away)
    return here - there, influence - lean[:, np.newaxis] * rest


def _normalised(weights: FloatArray) -> FloatArray:
    return weights / weights.mean()


def _odds(members: BoolArray, weights: FloatArray, score: Logit) -> FloatArray:
    """Weights that make the comparison units look like the cohort; zero for the cohort and for trimmed units."""
    p = np.minimum(score.probability, CAP)
    used = ~members & (score.probability < TRIM)
    if not used.any():
        raise ImpactError("no comparison unit resembles the cohort: every propensity score is above 0.995")
    return np.where(used, weights * p / (1 - p), 0.0)


def _residuals(
    change: FloatArray, members: BoolArray, x: FloatArray, weights: FloatArray, target: FloatArray, where: str
) -> tuple[FloatArray, FloatArray]:
    """``ΔY - m(X)``, (m, c), and the vector that times it is the influence of the regression at ``target``, (m,)."""
    other = weights * ~members
    if (~members).sum() < x.shape[1]:
        raise ImpactError(f"{where}: {x.shape[1]} comparison units or more expected, found {(~members).sum()}")
    gram = Gram.of(x, other, where)
    coefficients = gram.solve((other[:, np.newaxis] * x).T @ change / len(x))
    return change - x @ coefficients, other * (x @ gram.solve(target))


def _logit_part(members: BoolArray, x: FloatArray, weights: FloatArray, score: Logit, away: FloatArray) -> FloatArray:
    """Influence of the estimated propensity score, (m, c)."""
    gradient = score.information.solve(x.T @ away / len(x))
    return np.asarray((weights * (members - score.probability))[:, np.newaxis] * (x @ gradient), dtype=np.float64)
