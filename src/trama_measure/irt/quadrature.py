"""The grid on which the distribution of proficiency is written: equally spaced points and their masses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trama_measure.arrays import FloatArray

SMALLEST_MASS = 1e-300


@dataclass(frozen=True, slots=True)
class Quadrature:
    """``points`` equally spaced from ``low`` to ``high``, in units of the reference group's SD.

    The error of a sum against the integral is of order exp(-2 pi^2 s^2 / h^2), h the spacing and s the posterior SD of
    a student: h = 0.25 serves tests of up to some 150 items.
    """

    points: int = 49
    low: float = -6.0
    high: float = 6.0

    def __post_init__(self) -> None:
        if self.points < 11:
            raise ValueError(f"quadrature: at least 11 points expected, found {self.points}")
        if not self.low < 0 < self.high:
            raise ValueError(f"quadrature: low < 0 < high expected, found {self.low} and {self.high}")

    @property
    def spacing(self) -> float:
        return (self.high - self.low) / (self.points - 1)

    def nodes(self) -> FloatArray:
        """(q,) the points."""
        return np.linspace(self.low, self.high, self.points)


def normal_masses(nodes: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """(g, q) masses of normal distributions on the points, each row summing to one."""
    z = (nodes[None, :] - np.atleast_1d(mean)[:, None]) / np.atleast_1d(sd)[:, None]
    density = np.exp(-0.5 * (z**2 - (z**2).min(axis=1, keepdims=True)))
    return density / density.sum(axis=1, keepdims=True)


def log_masses(masses: FloatArray) -> FloatArray:
    """Logarithms, with an empty point kept finite."""
    return np.log(np.maximum(masses, SMALLEST_MASS))
