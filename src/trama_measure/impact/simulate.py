"""Invented panels: for trying methods where the truth is known. Nothing here is about any real network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

from .notices import ImpactError
from .panel import Panel


@dataclass(frozen=True, slots=True)
class World:
    """What is true in an invented panel. Units of the outcome throughout; periods are counted from 0."""

    n_units: int = 400
    n_periods: int = 8
    starts: tuple[int, ...] = (3, 5)  # positions of the cohorts' first periods
    never: float = 0.5  # share that never begins
    effect: float = 0.3  # in the first period with the programme
    growth: float = 0.0  # more in each later period
    trend_difference: float = 0.0  # per period, of those who begin against those who never do
    covariates: int = 0  # each moves both the chance of beginning and the trend
    confounding: float = 0.0  # how much
    unit_sd: float = 1.0
    noise_sd: float = 1.0
    autocorrelation: float = 0.0  # of the noise, from one period to the next
    cluster_size: int = 1
    cluster_sd: float = 0.0  # of changes that a cluster shares

    def true_effect(self, event: IntArray) -> FloatArray:
        """Effect by periods since the start; 0 before it."""
        return np.where(event >= 0, self.effect + self.growth * event, 0.0)


def invented_panel(world: World, seed: int) -> Panel:
    """Draw a panel from a world.

    Raises
    ------
    ImpactError
        If a cohort lies outside the panel, or the share that never begins is not below 1.
    """
    if not all(0 < start < world.n_periods for start in world.starts) or not 0 <= world.never < 1:
        raise ImpactError(f"starts within 1 to {world.n_periods - 1} and a share below 1 expected, found {world}")
    rng = np.random.default_rng(seed)
    n, periods = world.n_units, np.arange(world.n_periods)
    x = rng.normal(size=(n, world.covariates))
    lean = world.confounding * x.sum(axis=1)
    group = rng.choice(
        len(world.starts) + 1, size=n, p=[world.never, *[(1 - world.never) / len(world.starts)] * len(world.starts)]
    )
    swap = rng.random(n) < 1 / (1 + np.exp(-lean))
    group = np.where((world.confounding > 0) & (group == 0) & swap, rng.integers(1, len(world.starts) + 1, n), group)
    start = np.array([world.n_periods, *world.starts])[group]
    clusters = np.arange(n) // world.cluster_size
    noise = rng.normal(size=(n, world.n_periods)) * world.noise_sd
    for t in range(1, world.n_periods):
        fresh = np.sqrt(1 - world.autocorrelation**2)
        noise[:, t] = world.autocorrelation * noise[:, t - 1] + fresh * noise[:, t]
    shared = rng.normal(size=(clusters.max() + 1, world.n_periods)) * world.cluster_sd
    begins = start < world.n_periods
    outcome = (
        rng.normal(size=(n, 1)) * world.unit_sd
        + 0.1 * periods
        + (lean / 2)[:, np.newaxis] * periods / world.n_periods
        + world.trend_difference * begins[:, np.newaxis] * periods
        + world.true_effect(periods - start[:, np.newaxis])
        + noise
        + shared[clusters]
    )
    return Panel.from_arrays(
        outcome,
        periods.astype(np.float64),
        np.where(begins, start.astype(np.float64), np.nan),
        covariates=x if world.covariates else None,
        clusters=clusters,
    )
