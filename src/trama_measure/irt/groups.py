"""The distribution of proficiency in each group: normal with its own mean and SD, or an empirical histogram."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray

from .parameters import ItemParameters
from .quadrature import normal_masses

SMALLEST_SD = 0.05


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

    def with_moments(self, mean: FloatArray, sd: FloatArray) -> LatentGroups:
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
    return groups.with_moments(np.where(groups.free_mean, mean, groups.mean), np.where(groups.free_sd, sd, groups.sd))


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
    mean, sd = (mean - m) / s, sd / s
    mean[reference] = 0.0
    if keeps_scale:
        sd[reference] = 1.0
    return groups.with_moments(mean, sd), items.moved(m, s)


def group_gradients(groups: LatentGroups, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient and information (g, 2) of the log-likelihood in each normal group's mean and log SD."""
    total = expected.sum(axis=1)
    away = groups.nodes[None, :] - groups.mean[:, None]
    first = (expected * away).sum(axis=1) / groups.sd**2
    second = (expected * away**2).sum(axis=1) / groups.sd**2 - total
    gradient = np.stack([first * groups.free_mean, second * groups.free_sd], axis=1)
    information = np.stack([total / groups.sd**2, 2 * total], axis=1)
    return gradient, information
