"""From degrees to drawing units: projection, simplification and SVG path data.

Plate carrée with the width corrected by the cosine of the middle latitude: at the size of a screen it differs from an
equal-area projection of Brazil by less than the outline is simplified, and a point needs two multiplications (decision
0048). Neighbours share their border because every point snaps to the same grid, whichever place it belongs to.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UNITS = 10_000
BRAZIL = (-74.0, -33.8, -32.3, 5.3)  # west, south, east, north, in degrees: with Fernando de Noronha

type Rings = list[npt.NDArray[np.float64]]
"""Rings of (longitude, latitude), each (points, 2)."""


@dataclass(frozen=True, slots=True)
class Frame:
    west: float
    north: float
    scale_x: float  # units per degree of longitude
    scale_y: float  # units per degree of latitude
    width: int
    height: int


def frame_of(west: float, south: float, east: float, north: float, units: int = UNITS) -> Frame:
    """The frame that holds a box of degrees; its larger side has ``units``.

    Raises ``ValueError`` if the box is empty.
    """
    if not (east > west and north > south):
        raise ValueError(f"an empty box: {west} {south} {east} {north}")
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = units / max((east - west) * narrowing, north - south)
    width = math.ceil((east - west) * narrowing * scale)
    return Frame(
        west, north, narrowing * scale, scale, min(width, units), min(math.ceil((north - south) * scale), units)
    )


def box_of(rings: Rings) -> tuple[float, float, float, float]:
    """West, south, east, north of some rings."""
    low = np.min([ring.min(axis=0) for ring in rings], axis=0)
    high = np.max([ring.max(axis=0) for ring in rings], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def square_degrees(rings: Rings) -> float:
    """Area within the rings, in degrees, holes left aside."""
    return float(sum(abs(_area(ring)) for ring in rings))


def path_data(rings: Rings, frame: Frame, *, grid: int = 1, smallest: float = 0.0) -> str:
    """SVG path data in whole units, on a grid of ``grid`` units.

    Rings of less than ``smallest`` square units are left out, except the largest one. A place that the grid would
    swallow is drawn on the finest grid instead; "" if nothing remains even there.
    """
    drawn = [_snapped(ring, frame, grid) for ring in rings]
    if grid > 1 and not any(len(points) >= 3 for points in drawn):
        return path_data(rings, frame, smallest=smallest)
    sized = sorted(((abs(_area(points)), at) for at, points in enumerate(drawn) if len(points) >= 3), reverse=True)
    kept = [at for rank, (area, at) in enumerate(sized) if area >= smallest or rank == 0]
    return "".join(_commands(drawn[at]) for at in sorted(kept))


def _snapped(ring: npt.NDArray[np.float64], frame: Frame, grid: int) -> npt.NDArray[np.int64]:
    """Points on the grid, without repeats and without those on a straight line; the closing point left out."""
    units = np.column_stack(((ring[:, 0] - frame.west) * frame.scale_x, (frame.north - ring[:, 1]) * frame.scale_y))
    points = (np.rint(units / grid) * grid).astype(np.int64)
    limits = (frame.width // grid * grid, frame.height // grid * grid)
    points = np.clip(points, 0, limits)
    moved = np.any(points != np.roll(points, 1, axis=0), axis=1)
    points = points[moved]
    for _round in range(2):
        if len(points) < 3:
            return points
        before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        turns = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        points = points[turns != 0]
    return points


def _area(points: npt.NDArray[np.int64] | npt.NDArray[np.float64]) -> float:
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _commands(points: npt.NDArray[np.int64]) -> str:
    """``M`` to the first point, then the differences, with no more signs and blanks than needed."""
    parts = [f"M{points[0, 0]} {points[0, 1]}"]
    last = "M"
    for x, y in np.diff(points, axis=0).tolist():
        if y == 0:
            command, text = "h", str(x)
        elif x == 0:
            command, text = "v", str(y)
        else:
            command, text = "l", f"{x}{'' if y < 0 else ' '}{y}"
        joint = "" if command != last else ("" if text.startswith("-") else " ")
        parts.append(f"{command if command != last else ''}{joint}{text}")
        last = command
    parts.append("z")
    return "".join(parts)
