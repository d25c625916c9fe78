"""From influence functions to errors: analytically, and by one joint draw for every effect and every aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import FloatArray, IntArray

from .notices import ImpactError
from .panel import Panel

IQR_OF_NORMAL: Final = 1.3489795003921634  # between the quartiles of a standard normal
SINGLE_THREAD: Final = 2**18  # multiplications
BLOCK: Final = 256  # clusters at a time
STEPS: Final = 2**24 // BLOCK
"""Influence is rounded to this share of the largest in its column. A sum over a block is then a whole number of at most
2**24 steps, which single precision holds exactly: the same bits in any order, on any number of threads. The rounding is
below a thousandth of a standard error, far below the noise of the draws themselves."""
FEWEST: Final = 100


class Multiplier(StrEnum):
    """The distribution of the multipliers: mean 0, variance 1."""

    RADEMACHER = "rademacher"  # -1 or 1
    MAMMEN = "mammen"  # two points, third moment 1


@dataclass(frozen=True, slots=True)
class Draws:
    """B joint draws of the estimation error of every effect and of every cohort's share."""

    effects: FloatArray  # (B, k)
    shares: FloatArray  # (B, g)

    def of(self, weights: FloatArray, shares: FloatArray) -> FloatArray:
        """(B, j) draws of aggregates with (k, j) weights on effects and (g, j) derivatives by the shares."""
        return np.asarray(self.effects @ weights + self.shares @ shares, dtype=np.float64)


def cluster_sums(influence: FloatArray, panel: Panel) -> FloatArray:
    """Influence functions summed within clusters: (c, k); unchanged where every unit is its own."""
    if panel.n_clusters == panel.n_units:
        return influence
    order = np.argsort(panel.clusters, kind="stable")
    first = np.searchsorted(panel.clusters[order], np.arange(panel.n_clusters))
    return np.asarray(np.add.reduceat(influence[order], first, axis=0), dtype=np.float64)


def standard_errors(influence: FloatArray, panel: Panel) -> FloatArray:
    """``sqrt(sum of squared cluster sums) / n`` for each column of an (n, k) influence function."""
    sums = cluster_sums(influence, panel)
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", sums, sums)) / panel.n_units, dtype=np.float64)


def draw_jointly(
    panel: Panel, influence: FloatArray, draws: int, seed: int, multiplier: Multiplier = Multiplier.RADEMACHER
) -> Draws:
    """Draw ``n⁻¹ Σ V_i inf_i`` for the columns of an (n, k) influence function and for the shares of the cohorts.

    Raises
    ------
    ImpactError
        If fewer than 100 draws are asked for: the quantiles would be noise.
    """
    if draws < FEWEST:
        raise ImpactError(f"at least {FEWEST} bootstrap draws expected, found {draws}")
    k = influence.shape[1]
    everyone = np.ones((panel.n_units, 1))
    sums = cluster_sums(np.hstack([influence, _member_weights(panel), everyone]), panel)
    unit = np.maximum(np.abs(sums).max(axis=0), np.finfo(float).tiny) / STEPS
    steps = np.rint(sums / unit).astype(np.float32)
    low, high, share = _two_points(multiplier)
    rng = np.random.default_rng(seed)
    total = np.zeros((draws, steps.shape[1]))
    room = np.empty((draws, min(BLOCK, len(sums))), dtype=np.float32)
    for cohort in _cohorts(panel):
        used = np.flatnonzero(steps[cohort].any(axis=0))  # a cohort has influence on its own effects and no others
        own = np.zeros((draws, used.size))
        for first in range(0, cohort.size, BLOCK):
            rows = cohort[first : first + BLOCK]
            picks = room[:, : rows.size]
            np.copyto(picks, _picks(rng, draws, rows.size, share))
            _add_product(own, picks, steps[np.ix_(rows, used)])
        total[:, used] += own
    total = (low * steps.sum(axis=0, dtype=np.float64) + (high - low) * total) * (unit / panel.n_units)
    shares = _member_weights(panel).mean(axis=0)
    return Draws(total[:, :k], total[:, k:-1] - total[:, -1:] * shares)


def _add_product(total: FloatArray, picks: NDArray[np.float32], block: NDArray[np.float32]) -> None:
    """Add ``picks @ block`` to the total, in products too small to be handed to several threads.

    OpenBLAS shares a product among threads from 2**18 multiplications on; for products of this shape that gains nothing
    on a quiet machine, and on a busy one each waits for the slowest thread (measured: 30 times the time).
    """
    rows = max(8, SINGLE_THREAD // max(block.size, 1) // 8 * 8)
    for first in range(0, len(picks), rows):
        total[first : first + rows] += picks[first : first + rows] @ block


def _cohorts(panel: Panel) -> list[IntArray]:
    """Rows of the cluster sums by cohort; all in one where clusters may hold several."""
    if panel.n_clusters < panel.n_units:
        return [np.arange(panel.n_clusters)]
    order = np.argsort(panel.start, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(panel.start[order])) + 1)


def share_influence(panel: Panel) -> FloatArray:
    """(n, g) influence of the cohorts' shares: ``w_i 1{G_i = g} - p_g``."""
    member = _member_weights(panel)
    return np.asarray(member - member.mean(axis=0), dtype=np.float64)


def _member_weights(panel: Panel) -> FloatArray:
    """(n, g) ``w_i 1{G_i = g}``."""
    return np.asarray(panel.weights[:, np.newaxis] * (panel.start[:, np.newaxis] == panel.cohorts), dtype=np.float64)


def _two_points(multiplier: Multiplier) -> tuple[float, float, float]:
    """The lower and the higher value, and how often the higher one comes."""
    if multiplier is Multiplier.RADEMACHER:
        return -1.0, 1.0, 0.5
    root = float(np.sqrt(5.0))
    return (1 - root) / 2, (1 + root) / 2, (root - 1) / (2 * root)


def _picks(rng: np.random.Generator, draws: int, size: int, share: float) -> NDArray[np.uint8]:
    """(draws, size) of 0 and 1, each 1 with that share; both are exact in single precision."""
    if share == 0.5:
        bits = np.frombuffer(rng.bytes(draws * size // 8 + 1), dtype=np.uint8)
        return np.unpackbits(bits, count=draws * size).reshape(draws, size)
    return (rng.random((draws, size)) < share).astype(np.uint8)
