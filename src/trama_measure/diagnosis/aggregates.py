"""Many networks together: how they are spread over the levels, and what they have chosen to work on.

A network answers in trust. What is told of many is never a count, a name or a rank, but in which band the share of
networks lies that have reached *at least* a level. Shares of "at least" are banded, not shares of each level: those
add up to the number of networks and can be solved (two levels with half or more each hold exactly half each, and the
other two nobody), while a banded "at least" leaves its whole band open.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from trama_measure.arrays import IntArray

from .levels import Level, as_levels

MINIMUM_PEERS: Final = 10
"""Similar networks with a level, without the one that looks."""

MINIMUM_MEMBERS: Final = 5
"""Members of a territory that share. The smallest number at which one who subtracts itself learns no one's level."""

MINIMUM_CHANGED: Final = 5
"""Networks that must have changed before a published distribution is computed anew."""

BAND_WIDTHS: Final = ((200, 5), (40, 10), (12, 25), (5, 50))
"""From so many networks on, bands of so many percent: halves from 5, quarters from 12, tenths from 40. So three counts
or more stand behind each band; with quarters of ten, two stand behind one of them, and a member can solve it."""

SIZE_BANDS: Final = (5, 10, 20, 40, 100, 200)
"""The number of networks is told as "10 to 19", the last band as "200 or more"."""


@dataclass(frozen=True, slots=True)
class BandedShares:
    """Shares told in bands, whole percent. A share on a border is in the upper band; 100 % is in the last."""

    low: IntArray  # -1 where nothing is told
    high: IntArray  # -1 where nothing is told
    size_low: IntArray  # how many networks stand behind it, in a band; -1 where nothing is told
    size_high: IntArray  # 0 for "or more"; -1 where nothing is told


def banded_shares(parts: ArrayLike, wholes: ArrayLike, minimum: int) -> BandedShares:
    """In which band each share lies; nothing where the whole is under ``minimum``.

    Parameters
    ----------
    parts, wholes : arrays of counts of networks, same shape or broadcast
    minimum : at least 5

    Raises
    ------
    ValueError
        If a part is negative or larger than its whole, or the minimum is below 5.
    """
    part, whole = np.broadcast_arrays(np.asarray(parts, dtype=np.int64), np.asarray(wholes, dtype=np.int64))
    if minimum < MINIMUM_MEMBERS:
        raise ValueError(f"under {MINIMUM_MEMBERS} networks no band protects anybody, found a minimum of {minimum}")
    if ((part < 0) | (part > whole)).any():
        raise ValueError("a part lies between 0 and its whole")
    told = whole >= minimum
    width = np.select([whole >= least for least, _ in BAND_WIDTHS], [width for _, width in BAND_WIDTHS], 50)
    bands = 100 // width
    low = width * np.minimum(part * bands // np.maximum(whole, 1), bands - 1)
    size = np.searchsorted(SIZE_BANDS, whole, side="right") - 1
    upper = np.array([*(edge - 1 for edge in SIZE_BANDS[1:]), 0])
    return BandedShares(
        low=np.where(told, low, -1),
        high=np.where(told, low + width, -1),
        size_low=np.where(told, np.array(SIZE_BANDS)[size], -1),
        size_high=np.where(told, upper[size], -1),
    )


def level_distribution(levels: ArrayLike, minimum: int = MINIMUM_PEERS) -> BandedShares:
    """Of each criterion, the share of networks at least basic, at least adequate, and exemplary.

    Parameters
    ----------
    levels : (networks, criteria) array
        One agreed round of each network; never the network that looks at its peers. Those without a level in a
        criterion are not in its whole.
    minimum : ``MINIMUM_PEERS`` for similar networks, ``MINIMUM_MEMBERS`` for the members of a territory that share

    Returns
    -------
    shares : (criteria, 3) arrays
        At least basic, at least adequate, exemplary.
    """
    steps = as_levels(levels)
    if steps.ndim != 2:
        raise ValueError(f"levels are (networks, criteria), found {steps.ndim} dimensions")
    at_least = [(steps >= level).sum(axis=0) for level in (Level.BASIC, Level.ADEQUATE, Level.EXEMPLARY)]
    return banded_shares(np.stack(at_least, axis=-1), (steps > 0).sum(axis=0)[:, np.newaxis], minimum)


@dataclass(frozen=True, slots=True)
class CommonPriorities:
    """What the members of a territory have chosen to work on, as shares in bands."""

    order: IntArray  # (criteria,) by band, then as in the instrument: the hidden counts decide nothing
    shares: BandedShares  # (criteria,) arrays, in the order of the instrument


def common_priorities(chosen: ArrayLike, minimum: int = MINIMUM_MEMBERS) -> CommonPriorities:
    """In which band the share of members lies that have each criterion among their decided priorities.

    Parameters
    ----------
    chosen : (members, criteria), true or false
        Members that share and have decided, no others.
    """
    marks = np.asarray(chosen, dtype=bool)
    if marks.ndim != 2:
        raise ValueError(f"choices are (members, criteria), found {marks.ndim} dimensions")
    shares = banded_shares(marks.sum(axis=0), marks.shape[0], minimum)
    return CommonPriorities(np.lexsort((np.arange(marks.shape[1]), -shares.low)), shares)


def may_be_published_anew(
    published: Mapping[str, Hashable], current: Mapping[str, Hashable], minimum: int = MINIMUM_CHANGED
) -> bool:
    """Whether so many networks came, left or changed that none of them can be told from the difference.

    Parameters
    ----------
    published, current : network to a fingerprint of its answers
        Of the last published distribution, and as they are now. Without a published one, anything may be published.
    """
    networks = published.keys() | current.keys()
    changed = sum(published.get(network) != current.get(network) for network in networks)
    return not published or changed >= minimum
