"""Linking error: how much a figure would move with other anchors, and how it joins the other errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray

from .constants import UNIFORM, Link, Method, TooFewAnchors, Weighting, link
from .parameters import ParameterSet, common


@dataclass(frozen=True, slots=True)
class Jackknife:
    """The link, and the links without each anchor, or each cluster of anchors. Kind: delete-one jackknife."""

    link: Link
    without: tuple[Link, ...]  # (m,)
    left_out: tuple[tuple[str, ...], ...]  # (m,) the anchors missing from each

    @property
    def covariance(self) -> FloatArray:
        """(2, 2) of A and B."""
        return _jackknife_covariance(np.array([(one.slope, one.intercept) for one in self.without]))

    def standard_error(self, theta: FloatArray) -> FloatArray:
        """Linking error of a score: of A θ + B at each θ of the scale of X."""
        shifted = np.array([one.abilities(theta) for one in self.without])
        return np.sqrt(jackknife_variance(shifted))

    def variance(self, figure: Callable[[FloatArray], FloatArray], theta: FloatArray) -> FloatArray:
        """Linking variance of any figure: it is computed anew under every link.

        Parameters
        ----------
        figure : takes scores on the scale of Y and gives an array (or a number)
        theta : the scores (or plausible values) on the scale of X that the figure is made of
        """
        return jackknife_variance(np.array([figure(one.abilities(theta)) for one in self.without]))


def jackknife(
    x: ParameterSet,
    y: ParameterSet,
    method: str = Method.STOCKING_LORD,
    *,
    anchors: Sequence[str] | None = None,
    clusters: Mapping[str, str] | None = None,
    weighting: Weighting = UNIFORM,
    fixed_slope: bool = False,
) -> Jackknife:
    """Link with all anchors, and without each.

    Parameters
    ----------
    clusters : anchor: its cluster, such as the text it belongs to; anchors of a cluster are left out together. Every
        anchor is a cluster of its own if not given.

    Raises
    ------
    TooFewAnchors
        If fewer than three clusters are there, or fewer than two anchors are left without one of them.
    ValueError
        As ``link``; or if an anchor has no cluster.

    Source
    ------
    Monseur and Berezner (2007), Journal of Applied Measurement 8, 323-335, for clusters.
    """
    names = common(x, y, anchors)[1].items
    absent = [] if clusters is None else [item for item in names if item not in clusters]
    if absent:
        raise ValueError(f"no cluster for {', '.join(absent[:10])} ({len(absent)} anchors)")
    of = {item: item if clusters is None else clusters[item] for item in names}
    groups = tuple(tuple(item for item in names if of[item] == one) for one in dict.fromkeys(of.values()))
    if len(groups) < 3:
        raise TooFewAnchors(f"found {len(groups)} clusters of anchors, expected at least 3")

    def linked(left: Sequence[str]) -> Link:
        return link(x, y, method, anchors=left, weighting=weighting, fixed_slope=fixed_slope)

    without = tuple(linked([item for item in names if item not in group]) for group in groups)
    return Jackknife(linked(names), without, groups)


def jackknife_variance(replicates: FloatArray) -> FloatArray:
    """(m - 1) / m times the sum of squared deviations from the mean of the replicates, along the first axis."""
    m = len(replicates)
    return (m - 1) / m * ((replicates - replicates.mean(axis=0)) ** 2).sum(axis=0)


def shift_error(x: ParameterSet, y: ParameterSet, anchors: Sequence[str] | None = None) -> float:
    """sd(d) / √m with d the differences of b after linking by the mean alone: what PISA printed until 2012.

    The two sets must have the same unit already (A = 1), as after a Rasch calibration. Steps of an item are averaged.

    Raises
    ------
    TooFewAnchors
        If fewer than two items are common.

    Source
    ------
    OECD, PISA 2006 Technical Report, chapter 12, "Linking errors".
    """
    own, its = common(x, y, anchors)
    m = len(its.items)
    if m < 2:
        raise TooFewAnchors(f"found {m} common items, expected at least 2")
    difference = np.nanmean(its.b, axis=1) - np.nanmean(own.b, axis=1)
    return float(difference.std(ddof=1) / np.sqrt(m))


def _jackknife_covariance(replicates: FloatArray) -> FloatArray:
    m = len(replicates)
    centred = replicates - replicates.mean(axis=0)
    return (m - 1) / m * centred.T @ centred
