"""The free parameters as one list without repetition: items first, then means and log SDs of the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .em import Pass, State
from .groups import group_gradients
from .priors import Prior, prior_derivatives


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each free parameter stands. -1 is not free; items with a common slope share one place."""

    items: IntArray  # (k, p)
    mean: IntArray  # (g,)
    log_sd: IntArray  # (g,)
    tied: BoolArray  # (k,) items whose slope is the common one
    size: int


def layout_of(state: State) -> Layout:
    """The places of the free parameters; a histogram's masses have none."""
    items, groups = state.items, state.groups
    places = np.full(items.xi.shape, -1, dtype=np.int64)
    tied = items.tied
    own = items.free.copy()
    own[tied, 0] = False
    if tied.any():
        own[int(np.flatnonzero(tied)[0]), 0] = True
    places[own] = np.arange(int(own.sum()))
    if tied.any():
        places[tied, 0] = places[int(np.flatnonzero(tied)[0]), 0]
    size = int(own.sum())
    mean = np.full(groups.size, -1, dtype=np.int64)
    log_sd = mean.copy()
    if not groups.histogram:
        for place, free in ((mean, groups.free_mean), (log_sd, groups.free_sd)):
            place[free] = size + np.arange(int(free.sum()))
            size += int(free.sum())
    return Layout(places, mean, log_sd, tied, size)


def values(layout: Layout, state: State) -> FloatArray:
    """(f,) the free parameters."""
    vector = np.zeros(layout.size)
    free = layout.items >= 0
    vector[layout.items[free]] = state.items.xi[free]
    free_mean, free_sd = layout.mean >= 0, layout.log_sd >= 0
    vector[layout.mean[free_mean]] = state.groups.mean[free_mean]
    vector[layout.log_sd[free_sd]] = np.log(state.groups.sd[free_sd])
    return vector


def with_values(layout: Layout, state: State, vector: FloatArray) -> State:
    """The state with other free parameters."""
    xi = np.where(layout.items >= 0, vector[layout.items], state.items.xi)
    groups = state.groups
    if not groups.histogram:
        mean = np.where(layout.mean >= 0, vector[layout.mean], groups.mean)
        sd = np.where(layout.log_sd >= 0, np.exp(vector[layout.log_sd]), groups.sd)
        groups = groups.with_normals(mean, sd)
    return State(state.items.with_xi(xi), groups)


def gradient(layout: Layout, found: Pass) -> FloatArray:
    """(f,) gradient of the log-posterior, by Fisher's identity."""
    vector = np.zeros(layout.size)
    free = layout.items >= 0
    np.add.at(vector, layout.items[free], found.items.gradient[free])
    groups = found.state.groups
    if not groups.histogram:
        of_groups, _ = group_gradients(groups, found.expected.groups)
        for places, column in ((layout.mean, 0), (layout.log_sd, 1)):
            chosen = places >= 0
            vector[places[chosen]] = of_groups[chosen, column]
    return vector


def prior_information(layout: Layout, state: State, prior: Prior, scale_constant: float) -> FloatArray:
    """(f,) what the prior adds to the diagonal of the information."""
    _, information = prior_derivatives(prior, state.items, scale_constant)
    vector = np.zeros(layout.size)
    free = layout.items >= 0
    np.add.at(vector, layout.items[free], information[free])
    return vector
