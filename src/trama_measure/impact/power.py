"""How large an effect a planned call could show, from the panel that is already there.

See docs/methods/impact.md, section 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import t as student

from trama_measure.arrays import FloatArray, IntArray

from .aggregate import Kind, aggregate
from .did import Settings, group_time_effects
from .notices import ImpactError
from .panel import Panel

FEWEST: Final = 50  # simulations


@dataclass(frozen=True, slots=True)
class Plan:
    """A call to come: how many units begin in which period, how many never do."""

    cohorts: Mapping[int, int]  # position of the first period with the programme: number of units
    never: int  # units that compare
    cluster_size: float = 1.0  # units that are chosen together (m̃, see ``effective_cluster_size``)
    icc: float = 0.0  # intraclass correlation of changes within such a cluster

    def checked(self, n_periods: int) -> Plan:
        """The plan itself, if it can be carried out in a panel of so many periods.

        Raises
        ------
        ImpactError
            If a cohort has no period before it or none after, or a number is out of range.
        """
        outside = [start for start in self.cohorts if not 0 < start < n_periods]
        if outside or not self.cohorts:
            raise ImpactError(f"cohorts begin in positions 1 to {n_periods - 1}, found {sorted(self.cohorts)}")
        if min(*self.cohorts.values(), self.never) < 2:
            raise ImpactError(f"two units at least in every cohort and for comparison expected, found {self}")
        if self.cluster_size < 1 or not 0 <= self.icc <= 1:
            raise ImpactError(f"a cluster of 1 unit or more and an icc from 0 to 1 expected, found {self}")
        return self

    @property
    def design_effect(self) -> float:
        """How much clusters swell the variance."""
        return 1 + (self.cluster_size - 1) * self.icc


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect that the plan would show with the wanted probability."""

    effect: float  # units of the outcome
    se: float
    degrees: float
    power: float
    alpha: float
    in_sd: float  # the effect in standard deviations of the outcome between units


def residual_covariance(panel: Panel) -> FloatArray:
    """Ω, (T, T): covariance of outcomes within cohorts, period means of each cohort removed.

    Raises
    ------
    ImpactError
        If no cohort has two units.
    """
    rest, degrees = np.empty_like(panel.outcome), 0
    for start in np.unique(panel.start):
        own = panel.start == start
        rest[own] = panel.outcome[own] - np.average(panel.outcome[own], axis=0, weights=panel.weights[own])
        degrees += int(own.sum()) - 1
    if degrees < 1:
        raise ImpactError("no cohort has two units: nothing is known about the spread within cohorts")
    return np.asarray((panel.weights[:, np.newaxis] * rest).T @ rest / degrees, dtype=np.float64)


def intraclass_correlation(values: FloatArray, clusters: FloatArray) -> float:
    """Share of the variance that lies between clusters: the one-way ANOVA estimator, negative ones set to 0.

    Parameters
    ----------
    values : (n,) one per unit, such as its change from the first to the last period
    clusters : (n,) labels

    Raises
    ------
    ImpactError
        If there are fewer than two clusters, or no cluster has two units.

    Source
    ------
    Donner (1986), International Statistical Review 54, 67-82.
    """
    codes = np.unique(clusters, return_inverse=True)[1]
    sizes = np.bincount(codes)
    k, n = sizes.size, codes.size
    if k < 2 or n == k:
        raise ImpactError(f"two clusters at least, and two units in one, expected; found {k} clusters of {n} units")
    means = np.bincount(codes, weights=values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (k - 1)
    within = float(((values - means[codes]) ** 2).sum()) / (n - k)
    typical = (n - float((sizes**2).sum()) / n) / (k - 1)
    spread = between + (typical - 1) * within
    return max(0.0, (between - within) / spread) if spread > 0 else 0.0


def effective_cluster_size(clusters: FloatArray) -> float:
    """m̃ = Σm²/Σm: the size that unequal clusters count for."""
    sizes = np.unique(clusters, return_counts=True)[1].astype(np.float64)
    return float((sizes**2).sum() / sizes.sum())


def planned_error(plan: Plan, covariance: FloatArray, kind: Kind = Kind.SIMPLE) -> float:
    """Standard error of the mean effect under a plan, without covariates, compared with those who never begin.

    Parameters
    ----------
    covariance : (T, T) Ω
    kind : simple or group: how cohorts and periods are put together

    Raises
    ------
    ImpactError
        If the plan does not fit into T periods, or another kind is asked for.
    """
    periods = len(covariance)
    plan.checked(periods)
    if kind not in (Kind.SIMPLE, Kind.GROUP):
        raise ImpactError(f"simple or group expected, found {kind}")
    starts = np.array(sorted(plan.cohorts))
    sizes = np.array([plan.cohorts[start] for start in starts.tolist()], dtype=np.float64)
    exposed = periods - starts
    share = sizes * exposed / (sizes @ exposed) if kind is Kind.SIMPLE else sizes / sizes.sum()
    contrasts = np.zeros((starts.size, periods))
    for row, start in enumerate(starts.tolist()):
        contrasts[row, start:] = share[row] / exposed[row]
        contrasts[row, start - 1] -= share[row]
    own = np.einsum("gt,ts,gs->g", contrasts, covariance, contrasts) / sizes
    compared = contrasts.sum(axis=0)
    variance = float(own.sum() + compared @ covariance @ compared / plan.never)
    return float(np.sqrt(variance * plan.design_effect))


def minimum_detectable_effect(
    plan: Plan, covariance: FloatArray, *, power: float = 0.8, alpha: float = 0.05, kind: Kind = Kind.SIMPLE
) -> Detectable:
    """The smallest mean effect that a two-sided test would find with probability ``power``.

    Raises
    ------
    ImpactError
        As in ``planned_error``; or if power or alpha is not between 0 and 1.

    Source
    ------
    Bloom (1995), Evaluation Review 19, 547-556, with the error of the planned estimator.
    """
    if not (0 < alpha < 1 and alpha < power < 1):
        raise ImpactError(f"alpha < power, both between 0 and 1, expected; found {alpha} and {power}")
    se = planned_error(plan, covariance, kind)
    clusters = (sum(plan.cohorts.values()) + plan.never) / plan.cluster_size
    degrees = clusters - 2
    if degrees < 1:
        raise ImpactError(f"more than 3 clusters expected, found {clusters:g}")
    multiple = float(student.ppf(1 - alpha / 2, degrees) + student.ppf(power, degrees))
    return Detectable(
        multiple * se, se, degrees, power, alpha, multiple * se / float(np.sqrt(np.diag(covariance).mean()))
    )


def clustered_sample_effect(
    schools: int,
    students: float,
    icc: float,
    *,
    treated: float = 0.5,
    explained_between: float = 0.0,
    explained_within: float = 0.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Minimum detectable effect in student standard deviations, schools drawn by lot, students tested within them.

    Parameters
    ----------
    treated : share of schools; explained_between, explained_within : R² of covariates at both levels

    Raises
    ------
    ImpactError
        If a number is out of range.

    Source
    ------
    Bloom (1995); Dong and Maynard (2013), PowerUp!, Journal of Research on Educational Effectiveness 6, 24-67, model
    CRA 2.
    """
    shares = (icc, explained_between, explained_within)
    if schools < 4 or students < 1 or not 0 < treated < 1 or not all(0 <= share <= 1 for share in shares):
        raise ImpactError(
            f"4 schools and 1 student at least and shares from 0 to 1 expected, found {schools}, {students}, {shares}"
        )
    spread = treated * (1 - treated) * schools
    variance = icc * (1 - explained_between) / spread + (1 - icc) * (1 - explained_within) / (spread * students)
    multiple = student.ppf(1 - alpha / 2, schools - 2) + student.ppf(power, schools - 2)
    return float(multiple * np.sqrt(variance))


def simulated_power(
    panel: Panel,
    plan: Plan,
    effect: float,
    *,
    settings: Settings | None = None,
    simulations: int = 200,
    seed: int,
    kind: Kind = Kind.SIMPLE,
) -> float:
    """Share of rejections when the planned starts are handed out at random in the panel and the effect is added.

    Clusters of the panel receive the programme together, but for the one at each border between two cohorts. Nothing is
    assumed about variances or correlations; it is the check on the formula.

    Raises
    ------
    ImpactError
        If the panel has fewer units than the plan, units in it have begun already, or fewer than 50 simulations are
        asked for.
    """
    settings = Settings() if settings is None else settings
    plan.checked(panel.n_periods)
    wanted = sum(plan.cohorts.values()) + plan.never
    if not panel.never.all():
        raise ImpactError("a panel without the programme is needed: keep the periods, or the units, before it")
    if wanted > panel.n_units:
        raise ImpactError(f"a panel of {wanted} units or more expected, found {panel.n_units}")
    if simulations < FEWEST:
        raise ImpactError(f"at least {FEWEST} simulations expected, found {simulations}")
    rng = np.random.default_rng(seed)
    degrees = max(wanted / plan.cluster_size - 2, 1)
    critical = float(student.ppf(1 - settings.alpha / 2, degrees))
    rejections = 0
    for _ in range(simulations):
        rows, start = _handed_out(panel, plan, rng)
        outcome = panel.outcome[rows] + effect * (np.arange(panel.n_periods) >= start[:, np.newaxis])
        codes = np.unique(panel.clusters[rows], return_inverse=True)[1]
        draw = Panel(
            outcome,
            panel.periods,
            start,
            None if panel.covariates is None else panel.covariates[rows],
            np.ones(rows.size),
            codes.astype(np.int64),
            panel.units[rows],
        )
        found = aggregate(group_time_effects(draw, settings), kind)
        rejections += abs(found.overall) > critical * found.overall_se
    return rejections / simulations


def _handed_out(panel: Panel, plan: Plan, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Rows in random order of whole clusters, and a start for each."""
    order = np.argsort(rng.permutation(panel.n_clusters)[panel.clusters], kind="stable")
    sizes = [*plan.cohorts.values(), plan.never]
    rows = order[: sum(sizes)].astype(np.int64)
    start = np.repeat([*plan.cohorts, panel.n_periods], sizes).astype(np.int64)
    return rows, start
