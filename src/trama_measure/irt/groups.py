"""The distribution of proficiency in each group: normal with its own mean and SD, or an empirical histogram."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray

from .parameters import ItemParameters
from .quadrature import normal_masses

SMALLEST_SD: Final = 0.05
LARGEST_SD: Final = 20.0
MATCHINGS: Final = 60
MATCHED: Final = 1e-13


@dataclass(frozen=True, slots=True)
class LatentGroups:
    """g groups on q common points. ``mean`` and ``sd`` are those of the normal, or of the histogram."""

    labels: tuple[Hashable, ...]
    nodes: FloatArray  # (q,)
    masses: FloatArray  # (g, q)
    mean: FloatArray  # (g,)
    sd: FloatArray  # (g,)
    free_mean: BoolArray  # (g,)
    free_sd: BoolArray  # (g,)
    histogram: bool = False
    reference: int | None = 0  # None: anchored items carry the scale

    @property
    def size(self) -> int:
        return len(self.labels)

    def with_normals(self, mean: FloatArray, sd: FloatArray) -> LatentGroups:
        """Normal groups with these means and SDs."""
        return replace(self, mean=mean, sd=sd, masses=normal_masses(self.nodes, mean, sd))


def normal_groups(
    labels: tuple[Hashable, ...],
    nodes: FloatArray,
    *,
    reference: int | None = 0,
    free_reference_sd: bool = False,
    histogram: bool = False,
) -> LatentGroups:
    """Groups at their start, all N(0, 1). The reference keeps mean 0, and SD 1 unless its SD is free."""
    size = len(labels)
    free_mean = np.ones(size, dtype=np.bool_)
    free_sd = np.ones(size, dtype=np.bool_)
    if reference is not None:
        free_mean[reference] = False
        free_sd[reference] = free_reference_sd
    mean, sd = np.zeros(size), np.ones(size)
    masses = normal_masses(nodes, mean, sd)
    return LatentGroups(labels, nodes, masses, mean, sd, free_mean, free_sd, histogram, reference)


def moments(nodes: FloatArray, masses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(g,) means and SDs of masses (g, q) that need not sum to one."""
    total = masses.sum(axis=1)
    mean = masses @ nodes / total
    variance = np.maximum((masses * (nodes[None, :] - mean[:, None]) ** 2).sum(axis=1) / total, SMALLEST_SD**2)
    return mean, np.sqrt(variance)


def normals_with_moments(
    nodes: FloatArray, mean: FloatArray, sd: FloatArray, free_mean: BoolArray, free_sd: BoolArray, start: LatentGroups
) -> tuple[FloatArray, FloatArray]:
    """Means and SDs of the normals whose masses *on the points* have these moments, where they are free.

    A normal cut off by the grid has other moments than the whole one; matching the moments on the points is what
    maximises the likelihood of the masses. ``sd`` is about ``start.mean`` where the mean is not free.
    """
    mu = np.where(free_mean, mean, start.mean)
    sigma = np.where(free_sd, sd, start.sd)
    for _ in range(MATCHINGS):
        masses = normal_masses(nodes, mu, sigma)
        now = masses @ nodes
        centre = np.where(free_mean, now, mu)
        spread = np.sqrt((masses * (nodes[None, :] - centre[:, None]) ** 2).sum(axis=1))
        off, ratio = np.where(free_mean, mean - now, 0.0), np.where(free_sd, sd / spread, 1.0)
        mu, sigma = mu + off, np.clip(sigma * ratio, SMALLEST_SD, LARGEST_SD)
        if max(np.abs(off).max(), np.abs(ratio - 1).max()) < MATCHED:
            break
    return mu, sigma


def maximised(groups: LatentGroups, expected: FloatArray) -> LatentGroups:
    """The plain M-step of what is free. ``expected`` (g, q) are the expected students at each point."""
    if groups.histogram:
        masses = expected / expected.sum(axis=1, keepdims=True)
        mean, sd = moments(groups.nodes, masses)
        return replace(groups, masses=masses, mean=mean, sd=sd)
    mean, sd = moments(groups.nodes, expected)
    fixed = groups.free_sd & ~groups.free_mean
    if fixed.any():  # the SD about a mean that stays where it is
        away = (groups.nodes[None, :] - groups.mean[:, None]) ** 2
        sd = np.where(fixed, np.sqrt((expected * away).sum(axis=1) / expected.sum(axis=1)), sd)
    return groups.with_normals(*normals_with_moments(groups.nodes, mean, sd, groups.free_mean, groups.free_sd, groups))


def expanded(groups: LatentGroups, expected: FloatArray, items: ItemParameters) -> tuple[LatentGroups, ItemParameters]:
    """The M-step of parameter expansion: the reference moves too, and items and groups absorb its move at once."""
    reference = groups.reference
    if reference is None:
        return maximised(groups, expected), items
    if groups.histogram:
        new = maximised(groups, expected)
        m, s = float(new.mean[reference]), float(new.sd[reference]) if not groups.free_sd[reference] else 1.0
        nodes = (groups.nodes - m) / s
        mean, sd = moments(nodes, new.masses)
        return replace(new, nodes=nodes, mean=mean, sd=sd), items.moved(m, s)
    mean, sd = moments(groups.nodes, expected)
    keeps_scale = not groups.free_sd[reference]
    m, s = float(mean[reference]), float(sd[reference]) if keeps_scale else 1.0
    new = groups.with_normals(
        *normals_with_moments(groups.nodes, (mean - m) / s, sd / s, groups.free_mean, groups.free_sd, groups)
    )
    return new, items.moved(m, s)


def group_gradients(groups: LatentGroups, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient and information (g, 2) of the log-likelihood in each normal group's mean and log SD."""
    total = expected.sum(axis=1)
    excess = expected - total[:, None] * groups.masses
    away = groups.nodes[None, :] - groups.mean[:, None]
    first = (excess * away).sum(axis=1) / groups.sd**2
    second = (excess * away**2).sum(axis=1) / groups.sd**2
    gradient = np.stack([first * groups.free_mean, second * groups.free_sd], axis=1)
    information = np.stack([total / groups.sd**2, 2 * total], axis=1)
    return gradient, information
