"""What differences in trend may look like, as inequalities between what is estimated and the target alone.

Rambachan and Roth (2023), section 2.4. Every set is a union of polyhedra ``A δ <= d``; what happens after the start is
projected out exactly, so that only rows in the estimates before the start and in the target remain: see
docs/methods/impact.md, section 8. Paths are measured in multiples of the bound; it is put in when the rows are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.optimize import linprog

from trama_measure.arrays import FloatArray

from .notices import ImpactError

NEARER: Final = 1e-9  # of the size of the polygon: a corner nearer to an edge is on it


class Bound(StrEnum):
    """What is bounded after the start."""

    CHANGES = "changes"  # Δ^RM: changes, by M̄ times the largest before
    SLOPES = "slopes"  # Δ^SD: changes of slope, by M
    RELATIVE_SLOPES = "relative_slopes"  # Δ^SDRM: changes of slope, by M̄ times the largest before


class Shape(StrEnum):
    """What else is known of the difference in trends."""

    ANY = "any"
    POSITIVE = "positive"  # Δ^PB: not below zero after the start
    NEGATIVE = "negative"  # Δ^NB
    INCREASING = "increasing"  # Δ^I: from each period to the next, before the start too
    DECREASING = "decreasing"  # Δ^D


MIRRORED: Final = {Shape.NEGATIVE: Shape.POSITIVE, Shape.DECREASING: Shape.INCREASING}
"""Shapes that are another one with the sign turned."""


@dataclass(frozen=True, slots=True)
class Member:
    """One polyhedron of the union: ``rows @ (β_pre, y) <= limits``, y what trends add to the target."""

    rows: FloatArray  # (r, k + 1)
    limits: FloatArray  # (r,)


@dataclass(frozen=True, slots=True)
class Edges:
    """What the target may be, bound 1: ``lean·s + side·y <= reach`` in every row, s the last slope before the start."""

    lean: FloatArray  # (e,)
    side: FloatArray  # (e,)
    reach: FloatArray  # (e,)

    def between(self, slope: float, bound: float) -> tuple[float, float]:
        """Smallest and largest y at a slope; NaN where no path exists."""
        room = self.reach * bound - self.lean * slope
        flat = self.side == 0
        if (room[flat] < 0).any():
            return np.nan, np.nan
        high = (room / np.where(flat, 1, self.side))[self.side > 0].min()
        low = (room / np.where(flat, 1, self.side))[self.side < 0].max()
        return (float(low), float(high)) if low <= high else (np.nan, np.nan)


def members(k: int, contrast: FloatArray, bound: Bound, shape: Shape, violation: float) -> list[Member]:
    """The polyhedra whose union is the restriction, with the rows that what follows the start implies.

    Rows about the time before alone are left out, as in HonestDiD: they say nothing of the target, and where one of
    them is nearly the largest, the conditional test accepts whatever it is asked about.

    Parameters
    ----------
    k : estimates before the reference period; contrast : (p,) weights of the target after it
    shape : any, positive or increasing; the others are mirrored by the caller

    Raises
    ------
    ImpactError
        If relative changes of slope are asked for with one estimate before the reference period: there is none.
    """
    edges = post_edges(tuple(contrast.tolist()), bound, shape)
    changes = first_differences(k)
    if bound is Bound.SLOPES:
        return [Member(_after(edges, changes[-1], np.zeros(k + 1)), edges.reach * violation)]
    measured = changes if bound is Bound.CHANGES else np.diff(changes, axis=0)
    if not len(measured):
        raise ImpactError("relative changes of slope need two estimates before the reference period, found 1")
    found = []
    for largest in (sign * row for row in measured for sign in (1.0, -1.0)):  # what is largest before, and its sign
        rows = np.vstack([-largest, _after(edges, changes[-1], violation * largest)])  # a bound is not below zero
        found.append(Member(rows, np.zeros(len(rows))))
    return found


def _after(edges: Edges, last: FloatArray, bound: FloatArray) -> FloatArray:
    """The rows of the edges when the bound is itself a row; ``bound`` zero leaves ``reach`` to the limits."""
    rows = np.outer(edges.lean, last) - np.outer(edges.reach, bound)
    rows[:, -1] += edges.side
    return np.asarray(rows, dtype=np.float64)


def first_differences(k: int) -> FloatArray:
    """(k, k + 1): changes from period to period up to the reference, which is zero; the last column is empty."""
    rows = np.eye(k, k + 1, 1) - np.eye(k, k + 1)
    rows[-1, k] = 0.0
    return rows


@lru_cache(maxsize=64)
def post_edges(contrast: tuple[float, ...], bound: Bound, shape: Shape) -> Edges:
    """What a path after the start may add to the target, whatever way it takes."""
    weights, p = np.array(contrast), len(contrast)
    path = np.tril(np.ones((p, p)))  # from changes to levels
    if bound is Bound.CHANGES:
        changes, slope = np.eye(p), np.zeros(p)
    else:
        changes, slope = path, np.ones(p)
    target, by_slope = weights @ path @ changes, float(weights @ path @ slope)
    if shape is Shape.ANY:
        room = float(np.abs(target).sum())
        return Edges(np.array([-by_slope, by_slope]), np.array([1.0, -1.0]), np.array([room, room]))
    needed = path if shape is Shape.POSITIVE else np.eye(p)
    limits = -np.column_stack([needed @ slope, needed @ changes])  # (p, 1 + p) <= 0, of (s, steps)
    figure = np.vstack([np.eye(1, p + 1), np.append(by_slope, target)])  # (s, y) of (s, steps)
    if bound is Bound.CHANGES:
        low, high = (_furthest(figure, limits, np.array([0.0, way]), (0.0, 0.0))[1] for way in (-1.0, 1.0))
        return Edges(np.zeros(2), np.array([-1.0, 1.0]), np.array([-low, high]))
    return _polygon(figure, limits, p)


def _polygon(figure: FloatArray, limits: FloatArray, p: int) -> Edges:
    """Edges of all (s, y): a slope below -1 cannot turn in time; from s = p on the shape no longer binds."""
    span = (-1.0, p + 1.0)
    lean, side, reach = [-1.0], [0.0], [1.0]
    for way in (1.0, -1.0):
        ends = [_furthest(figure, limits, np.array([0.0, way]), (s, s)) for s in span]
        corners = [ends[0], *_corners(figure, limits, ends[0], ends[1], way, span), ends[1]]
        for a, b in pairwise(corners):
            steep = (b[1] - a[1]) / (b[0] - a[0])
            lean.append(-way * steep)
            side.append(way)
            reach.append(way * (a[1] - steep * a[0]))
    return Edges(np.array(lean), np.array(side), np.array(reach))


def _corners(
    figure: FloatArray, limits: FloatArray, a: FloatArray, b: FloatArray, way: float, span: tuple[float, float]
) -> list[FloatArray]:
    """Corners of the upper (way 1) or lower (-1) side between two points of it."""
    outward = way * np.array([a[1] - b[1], b[0] - a[0]])
    found = _furthest(figure, limits, outward, span)
    if outward @ (found - a) <= NEARER * (1 + np.abs(outward).max()) or not a[0] < found[0] < b[0]:
        return []
    return [*_corners(figure, limits, a, found, way, span), found, *_corners(figure, limits, found, b, way, span)]


def _furthest(figure: FloatArray, limits: FloatArray, outward: FloatArray, span: tuple[float, float]) -> FloatArray:
    """The (s, y) furthest in a direction, steps within -1 and 1."""
    steps = limits.shape[1] - 1
    found = linprog(
        -(outward @ figure), limits, np.zeros(len(limits)), bounds=[span, *[(-1.0, 1.0)] * steps], method="highs"
    )
    return np.asarray(figure @ found.x, dtype=np.float64)
