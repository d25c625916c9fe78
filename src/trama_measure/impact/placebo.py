"""An effect where there was no programme: in time before the start, and among those who never began.

See docs/methods/impact.md, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .aggregate import Aggregate, Kind, aggregate
from .did import GroupTimeEffects, Settings, group_time_effects
from .notices import ImpactError
from .panel import Panel

FEWEST: Final = 39  # reassignments: the smallest number with which p can be 0.025


@dataclass(frozen=True, slots=True)
class PlaceboInSpace:
    """The effect beside those of starts handed out at random among units that never began."""

    effect: float
    placebos: FloatArray  # (r,)
    p_value: float  # share at least as far from zero, this assignment counted in


def placebo_in_time(panel: Panel, settings: Settings | None = None, *, earlier: int = 2) -> Aggregate:
    """The simple effect of a start ``earlier`` periods before the real one, on periods before any programme.

    Cohorts whose moved start leaves no period before it are left out, and every cohort is looked at only up to the
    period before its real start (and its anticipation); the comparison group stays complete.

    Raises
    ------
    ImpactError
        If no cohort has that many periods before its start, or ``earlier`` is below 1.
    """
    settings = Settings() if settings is None else settings
    if earlier < 1:
        raise ImpactError(f"earlier: at least 1 period expected, found {earlier}")
    moved = np.where(panel.never, panel.n_periods, panel.start - earlier - settings.anticipation)
    kept = moved > settings.anticipation
    if not (kept & ~panel.never).any():
        raise ImpactError(f"no cohort has a base period {earlier} periods before its start")
    effects = group_time_effects(_moved(panel, moved).keep(kept), settings)
    real = effects.cohort + earlier
    return aggregate(_only(effects, effects.period < real), Kind.SIMPLE)


def placebo_in_space(
    panel: Panel, settings: Settings | None = None, *, assignments: int = 199, seed: int, kind: Kind = Kind.SIMPLE
) -> PlaceboInSpace:
    """Hand the starts out at random among units that never began, and estimate each time.

    Cohorts of the placebo have the shares of the real ones among half of those units, so that the other half compares.
    The reassigned effects are spread as widely as their smaller number makes them; they are scaled by the root of the
    ratio of harmonic group sizes, so that they stand beside the real effect.

    Raises
    ------
    ImpactError
        If fewer than 39 assignments are asked for, or fewer than 20 units never begin.
    """
    if assignments < FEWEST:
        raise ImpactError(f"at least {FEWEST} assignments expected, found {assignments}")
    pool = np.flatnonzero(panel.never)
    if pool.size < 20:
        raise ImpactError(f"at least 20 units that never begin expected, found {pool.size}")
    effect = aggregate(group_time_effects(panel, settings), kind).overall
    rng = np.random.default_rng(seed)
    starts = panel.start[~panel.never]
    half = pool.size // 2
    quantiles = np.sort(starts)[(np.arange(half) * starts.size) // half]
    own = panel.keep(pool)
    found = np.empty(assignments)
    for r in range(assignments):
        start = np.full(pool.size, panel.n_periods)
        start[rng.permutation(pool.size)[:half]] = quantiles
        found[r] = aggregate(group_time_effects(_moved(own, start), settings), kind).overall
    real = 1 / (1 / starts.size + 1 / pool.size)
    placebo = 1 / (1 / half + 1 / (pool.size - half))
    found *= np.sqrt(placebo / real)
    further = int((np.abs(found) >= abs(effect)).sum())
    return PlaceboInSpace(effect, found, (1 + further) / (1 + assignments))


def _moved(panel: Panel, start: IntArray) -> Panel:
    """The panel with other starts, given as positions; T for never."""
    return replace(panel, start=start.astype(np.int64))


def _only(effects: GroupTimeEffects, cells: BoolArray) -> GroupTimeEffects:
    """The same effects with some cells only."""
    if not (effects.event[cells] >= 0).any():
        raise ImpactError("no placebo effect can be estimated: no period between the moved start and the real one")
    return replace(
        effects,
        cohort=effects.cohort[cells],
        period=effects.period[cells],
        base=effects.base[cells],
        estimate=effects.estimate[cells],
        influence=effects.influence[:, cells],
        draws=None,
    )
