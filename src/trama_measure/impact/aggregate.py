"""Group-time effects put together: one number, by time since the start, by cohort, by calendar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

from .did import GroupTimeEffects
from .draws import cluster_sums, share_influence
from .intervals import bands
from .notices import ImpactError


class Kind(StrEnum):
    """What an aggregate answers; docs/methods/impact.md, section 4."""

    SIMPLE = "simple"
    DYNAMIC = "dynamic"
    GROUP = "group"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Effects by one key and their overall mean. Every estimate is a weighted sum of group-time effects."""

    kind: Kind
    effects: GroupTimeEffects
    key: FloatArray  # (j,) periods since the start, cohort or period; empty for ``simple``
    estimate: FloatArray  # (j,)
    overall: float
    weights: FloatArray  # (k, j + 1) on the group-time effects; the last column is the overall mean
    by_share: FloatArray  # (g, j + 1) derivative by the cohorts' shares

    @property
    def influence(self) -> FloatArray:
        """(n, j + 1) influence functions; the last column is the overall mean."""
        shares = share_influence(self.effects.panel)
        return np.asarray(self.effects.influence @ self.weights + shares @ self.by_share, dtype=np.float64)

    def covariance(self) -> FloatArray:
        """(j, j) covariance of the estimates by key."""
        panel = self.effects.panel
        sums = cluster_sums(self.influence[:, :-1], panel)
        return np.asarray(sums.T @ sums / panel.n_units**2, dtype=np.float64)

    @property
    def overall_se(self) -> float:
        """Standard error of the overall mean; from the draws where there are any."""
        return float(self.overall_table()["se"][0])

    def table(self) -> dict[str, Any]:
        """Columns key, estimate, se, low, high. With draws the band holds at all keys at once."""
        panel, alpha, draws = self.effects.panel, self.effects.settings.alpha, self.effects.draws
        columns = None if draws is None else draws.of(self.weights[:, :-1], self.by_share[:, :-1])
        se, low, high = bands(panel, alpha, self.estimate, lambda: self.influence[:, :-1], columns)
        return {"key": self.key, "estimate": self.estimate, "se": se, "low": low, "high": high}

    def overall_table(self) -> dict[str, Any]:
        """The overall mean: columns estimate, se, low, high, one row."""
        panel, alpha, draws = self.effects.panel, self.effects.settings.alpha, self.effects.draws
        columns = None if draws is None else draws.of(self.weights[:, -1:], self.by_share[:, -1:])
        estimate = np.array([self.overall])
        se, low, high = bands(panel, alpha, estimate, lambda: self.influence[:, -1:], columns)
        return {"estimate": estimate, "se": se, "low": low, "high": high}


def aggregate(effects: GroupTimeEffects, kind: Kind | str, *, balance: int | None = None) -> Aggregate:
    """Put group-time effects together.

    Parameters
    ----------
    kind : one of ``Kind``
    balance : with ``dynamic``, only cohorts seen for at least this many periods after the first with the programme,
        and only events for which all of them are seen

    Raises
    ------
    ImpactError
        If no effect after a start was estimated, or ``balance`` leaves none.

    Source
    ------
    Callaway and Sant'Anna (2021), section 3; weights and their estimation as in R did 2.5.
    """
    kind = Kind(kind)
    if balance is not None and kind is not Kind.DYNAMIC:
        raise ImpactError(f"balance belongs to the dynamic aggregate, not to {kind}")
    keys, inside = _cells(effects, kind, balance)
    cohorts = effects.panel.cohorts
    panel = effects.panel
    shares = np.array([panel.weights[panel.start == g].sum() for g in cohorts.tolist()]) / panel.n_units
    place = np.searchsorted(cohorts, effects.cohort)
    groups = [_share_weighted(effects, np.flatnonzero(cells), shares, place) for cells in inside]
    if kind is Kind.GROUP:
        groups = [_plain(effects, np.flatnonzero(cells), shares.size) for cells in inside]
    weights, by_share = (np.column_stack(part) for part in zip(*groups, strict=True))
    estimate = effects.estimate @ weights
    if kind is Kind.SIMPLE:
        return Aggregate(kind, effects, np.empty(0), np.empty(0), float(estimate[0]), weights, by_share)
    extra = np.zeros(shares.size)  # how the overall mean moves with the shares beside what the estimates do
    if kind is Kind.GROUP:
        own = np.searchsorted(cohorts, keys)
        mean = shares[own] / shares[own].sum()
        extra[own] = (estimate - estimate @ mean) / shares[own].sum()
    else:
        mean = _equal(keys >= 0 if kind is Kind.DYNAMIC else np.ones(keys.size, dtype=bool))
    names = keys.astype(np.float64) if kind is Kind.DYNAMIC else panel.periods[keys]
    return Aggregate(
        kind,
        effects,
        names,
        estimate,
        float(estimate @ mean),
        np.column_stack([weights, weights @ mean]),
        np.column_stack([by_share, by_share @ mean + extra]),
    )


def _cells(effects: GroupTimeEffects, kind: Kind, balance: int | None) -> tuple[IntArray, list[Any]]:
    """The keys, and for each the cells that belong to it."""
    after = effects.event >= 0
    if not after.any():
        raise ImpactError("no effect after a start could be estimated, so there is nothing to put together")
    if kind is Kind.SIMPLE:
        return np.zeros(1, dtype=np.int64), [after]
    if kind is Kind.GROUP:
        keys = np.unique(effects.cohort[after])
        return keys, [after & (effects.cohort == key) for key in keys]
    if kind is Kind.CALENDAR:
        keys = np.unique(effects.period[after])
        return keys, [after & (effects.period == key) for key in keys]
    used = np.ones(after.size, dtype=bool)
    keys = np.unique(effects.event)
    if balance is not None:
        last = effects.panel.n_periods - 1
        used = last - effects.cohort >= balance
        keys = keys[(keys <= balance) & (keys >= balance - last)]
    keys = np.array([key for key in keys.tolist() if (used & (effects.event == key)).any()], dtype=np.int64)
    if not (keys >= 0).any():
        raise ImpactError(f"no cohort is seen for {balance} periods after its first with the programme")
    return keys, [used & (effects.event == key) for key in keys]


def _share_weighted(
    effects: GroupTimeEffects, cells: IntArray, shares: FloatArray, place: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Weights by the cohorts' shares, and how the mean moves with the shares."""
    own = shares[place[cells]]
    weights = np.zeros(effects.estimate.size)
    weights[cells] = own / own.sum()
    mean = effects.estimate @ weights
    by_share = np.zeros(shares.size)
    np.add.at(by_share, place[cells], (effects.estimate[cells] - mean) / own.sum())
    return weights, by_share


def _plain(effects: GroupTimeEffects, cells: IntArray, size: int) -> tuple[FloatArray, FloatArray]:
    weights = np.zeros(effects.estimate.size)
    weights[cells] = 1 / cells.size
    return weights, np.zeros(size)


def _equal(chosen: Any) -> FloatArray:
    return np.asarray(chosen / chosen.sum(), dtype=np.float64)
