"""Where a value lies in a distribution, told in bands and rounded shares, never as a rank.

A rank ("142nd of 184") invites a league table, and most of its steps are noise. What is told instead: the fifth and
the tenth of the distribution, and the share of peers below, rounded so coarsely that at least two peers stand behind
each step. Below 20 peers nothing is told: there a band would be a rank by another name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

MINIMUM_PEERS: Final = 20
QUANTILES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Peers with a value, described: type 7 quantiles (Hyndman and Fan), as R and NumPy give by default."""

    n: int  # peers with a value
    n_missing: int  # peers without one: told beside the figure, counted nowhere
    deciles: FloatArray  # (9,) the 10 %, 20 % ... 90 % quantiles; NaN if n is 0
    sorted_values: FloatArray  # (n,) ascending

    @property
    def median(self) -> float:
        """The value with half of the peers on each side."""
        return float(self.deciles[4])

    @property
    def percent_step(self) -> int | None:
        """Shares are rounded to this many percent: 1, 5 or 10, so that a step is at least two peers."""
        return next((step for step in (1, 5, 10) if self.n * step >= 200), None)


@dataclass(frozen=True, slots=True)
class Position:
    """One value among its peers. All but the counts is ``None`` if the value is missing or the peers are too few."""

    n: int
    fifth: int | None  # 1 lowest ... 5 highest
    tenth: int | None  # 1 lowest ... 10 highest
    percent_below: int | None  # of peers with a strictly lower value, rounded to ``percent_step``
    percent_same: int | None  # of peers with this very value, itself included: ties, told apart from "below"
    percent_step: int | None


def distribution(values: FloatArray) -> Distribution:
    """Describe the peers.

    Parameters
    ----------
    values : (n,) array
        One value per peer, the one to be placed included; NaN missing.

    Raises
    ------
    ValueError
        If the array has not one dimension or holds an infinite value.

    Source
    ------
    Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50, 361-365.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or np.isinf(values).any():
        raise ValueError("peers are a single column of finite numbers, NaN where missing")
    known = np.sort(values[~np.isnan(values)])
    deciles = np.quantile(known, QUANTILES, method="linear") if known.size else np.full(9, np.nan)
    return Distribution(known.size, values.size - known.size, deciles, known)


def position(value: float | None, peers: Distribution) -> Position:
    """Place one value among its peers.

    Ties are kept together, in the band where the middle of them lies: of 400 networks, 200 share the value 5.0 with
    100 below and 100 above, so all of these 200 are in the third fifth. So with many ties some bands are empty: with
    one decimal, hundreds of networks share an Ideb. A middle on the border of two bands belongs to the upper one.

    Raises
    ------
    ValueError
        If the value is infinite.
    """
    if value is not None and np.isinf(value):
        raise ValueError("a value to be placed must be finite")
    step = peers.percent_step
    if value is None or np.isnan(value) or step is None or peers.n < MINIMUM_PEERS:
        return Position(peers.n, None, None, None, None, None)
    below, up_to = (int(count[0]) for count in _counts(np.array([value]), peers))
    return Position(
        n=peers.n,
        fifth=min(5, 1 + 5 * (below + up_to) // (2 * peers.n)),
        tenth=min(10, 1 + 10 * (below + up_to) // (2 * peers.n)),
        percent_below=_rounded_percent(below, peers.n, step),
        percent_same=_rounded_percent(up_to - below, peers.n, step),
        percent_step=step,
    )


def fifths(values: FloatArray, peers: Distribution) -> IntArray:
    """The fifth of each value, for a map: (n,) array, 1 lowest to 5 highest, 0 where it is not told."""
    values = np.asarray(values, dtype=np.float64)
    if peers.n < MINIMUM_PEERS:
        return np.zeros(values.shape, dtype=np.int64)
    below, up_to = _counts(values, peers)
    bands = np.minimum(5, 1 + 5 * (below + up_to) // (2 * peers.n))
    return np.where(np.isnan(values), 0, bands)


def _counts(values: FloatArray, peers: Distribution) -> tuple[IntArray, IntArray]:
    """How many peers lie below each value, and how many below or at it."""
    ordered = peers.sorted_values
    return ordered.searchsorted(values, "left"), ordered.searchsorted(values, "right")


def _rounded_percent(part: int, whole: int, step: int) -> int:
    """``part`` in ``whole`` as a percentage, to the nearest step, half a step going up; whole numbers throughout."""
    return step * ((200 * part + step * whole) // (2 * step * whole))
