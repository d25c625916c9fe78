"""Proficiencies of students from known items: EAP, MAP, ML and WLE, with standard errors. Section 9 of the method."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from trama_measure.arrays import BoolArray, FloatArray
from trama_measure.responses.packing import Packed

from . import kernel
from .blocks import Block
from .expected import Step, chunks, design_of, log_likelihoods, posteriors
from .families import probabilities, theta_derivatives
from .parameters import ItemParameters
from .quadrature import Quadrature, log_masses, normal_masses
from .sources import InMemory, answered_of, in_memory, in_order, matrix_or_packed, one_blas_thread, shape_of

METHODS: Final = ("eap", "map", "ml", "wle")
REFINEMENTS: Final = 30
SETTLED: Final = 1e-9
WIDTH_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Scorer:
    """Items and groups with which students are scored; ``Calibration.scorer`` and ``scorer_of`` make one."""

    items: ItemParameters
    labels: tuple[Hashable, ...]
    nodes: FloatArray  # (q,)
    masses: FloatArray  # (g, q)
    mean: FloatArray  # (g,)
    sd: FloatArray  # (g,)

    @property
    def step(self) -> Step:
        return Step(np.log(probabilities(self.items, self.nodes)), log_masses(self.masses), self.nodes)

    def score(
        self,
        answers: Any,
        method: str = "eap",
        *,
        groups: Sequence[Hashable] | np.ndarray | None = None,
        students: Sequence[Hashable] | np.ndarray | None = None,
        threads: int = 1,
    ) -> pl.DataFrame:
        """One row per student, in the order given.

        Parameters
        ----------
        answers : (n, k) int8, an object with ``scored()``, or ``responses.Packed``; -1 is not in the likelihood
        method : eap, map, ml or wle
        groups : (n,) labels; needed if there is more than one group and the method uses a prior
        students : (n,) identifiers to carry along; left out, row numbers

        Returns
        -------
        student, theta, se, low and high (95 %), answered (items that count), at_bound. NaN for who answered nothing.

        Raises
        ------
        ValueError
            If the method or a group is unknown, or the number of items is not that of the parameters.
        """
        if method not in METHODS:
            raise ValueError(f"method: one of {', '.join(METHODS)} expected, found {method!r}")
        given = matrix_or_packed(answers)
        source = self.source(given, groups, threads=threads, needs_group=method in ("eap", "map"))
        n, step = shape_of(given)[0], self.step
        theta, se, bound = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=np.bool_)

        def of_block(block: Block) -> tuple[FloatArray, FloatArray, BoolArray]:
            if method == "eap":
                return *posterior_moments(block, step), np.zeros(block.size, dtype=np.bool_)
            return _Mode(self, block, step, method).found()

        with one_blas_thread():
            for block, found in in_order(source.blocks, of_block, threads):
                theta[block.rows], se[block.rows], bound[block.rows] = found
        return pl.DataFrame(
            {
                "student": np.arange(n) if students is None else students,
                "theta": theta,
                "se": se,
                "low": theta - WIDTH_95 * se,
                "high": theta + WIDTH_95 * se,
                "answered": answered_of(source, n),
                "at_bound": bound,
            }
        )

    def source(self, matrix: Any, groups: Any, *, threads: int = 1, needs_group: bool = True) -> InMemory:
        """The students in blocks.

        Raises
        ------
        ValueError
            As ``score``.
        """
        if (not isinstance(matrix, Packed) and matrix.ndim != 2) or shape_of(matrix)[1] != self.items.size:
            found = shape_of(matrix) if isinstance(matrix, Packed) else matrix.shape
            raise ValueError(f"answers: {self.items.size} items expected, found an array of {found}")
        if not isinstance(matrix, Packed):
            self._refuse_beyond(matrix)
        labels = self.labels if needs_group or groups is not None else self.labels[:1]
        return in_memory(matrix, groups, None, labels, threads)

    def _refuse_beyond(self, matrix: np.ndarray) -> None:
        """Raise if an answer is in a category that its item does not have."""
        if matrix.max(initial=0) < self.items.categories.min():
            return
        beyond = matrix >= self.items.categories[None, :]
        if beyond.any():
            row, item = np.argwhere(beyond)[0].tolist()
            most = int(self.items.categories[item]) - 1
            raise ValueError(f"answers: row {row}, item {item}: found {matrix[row, item]}, expected -1 to {most}")


def scorer_of(
    items: ItemParameters, *, mean: float = 0.0, sd: float = 1.0, quadrature: Quadrature | None = None
) -> Scorer:
    """A scorer with published parameters and one normal distribution.

    Parameters
    ----------
    items : as ``published_parameters`` makes them
    mean, sd : of theta
    quadrature : the grid; an official procedure may prescribe its own
    """
    nodes = (quadrature or Quadrature()).nodes()
    one_mean, one_sd = np.array([mean]), np.array([sd])
    return Scorer(items, (None,), nodes, normal_masses(nodes, one_mean, one_sd), one_mean, one_sd)


def posterior_moments(block: Block, step: Step) -> tuple[FloatArray, FloatArray]:
    """(n,) posterior means and SDs, by the kernel where it was built."""
    return kernel.moments_of_block(block, step) or _moments_by_matrices(block, step)


def _moments_by_matrices(block: Block, step: Step) -> tuple[FloatArray, FloatArray]:
    design = design_of(block, step)
    theta, se = np.empty(block.size), np.empty(block.size)
    powers = np.stack([step.nodes, step.nodes**2], axis=1)
    for part in chunks(block):
        posterior, _ = posteriors(log_likelihoods(block, design, part)[0])
        moments = posterior @ powers
        theta[part] = moments[:, 0]
        se[part] = np.sqrt(np.maximum(moments[:, 1] - moments[:, 0] ** 2, 0.0))
    return theta, se


def _secant(moved: FloatArray, fell: FloatArray, information: FloatArray) -> FloatArray:
    """(n,) how fast the slope falls, from the last two places; the expected information where they say nothing.

    With the expected information alone the last digits come in slowly wherever the observed is far from it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = fell / moved
    return np.where((found > information / 10) & (found < information * 10), found, information)


class _Mode:
    """Where an objective is largest, for the students of a block: from the best grid point, inside its two cells."""

    def __init__(self, scorer: Scorer, block: Block, step: Step, method: str) -> None:
        self.block, self.step, self.method = block, step, method
        self.items = scorer.items.take(block.items)
        self.mean, self.sd = float(scorer.mean[block.group]), float(scorer.sd[block.group])
        self.precision = 1 / self.sd**2 if method == "map" else 0.0
        p, first, second = theta_derivatives(self.items, step.nodes)
        self.item_information = (first**2 / p).sum(axis=1)  # (m, q)
        self.item_bend = (first * second / p).sum(axis=1)

    def found(self) -> tuple[FloatArray, FloatArray, BoolArray]:
        """(n,) the place of the maximum, its standard error (NaN at a bound), and whether it is at a bound."""
        theta, se = np.empty(self.block.size), np.empty(self.block.size)
        bound = np.zeros(self.block.size, dtype=np.bool_)
        design = design_of(self.block, self.step, prior=False)
        for part in chunks(self.block):
            values = log_likelihoods(self.block, design, part)[0]
            categories, seen = self.block.categories(part)
            theta[part], se[part], bound[part] = self._of_students(values, categories, seen)
        return theta, se, bound

    def _of_students(
        self, values: FloatArray, categories: np.ndarray, seen: BoolArray | None
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        nodes = self.step.nodes
        values = values + self._beside_likelihood(seen)
        best = values.argmax(axis=1)
        low, high = nodes[np.maximum(best - 1, 0)], nodes[np.minimum(best + 1, nodes.size - 1)]
        theta = nodes[best].copy()
        was, slope_was = theta, None
        for _ in range(REFINEMENTS):
            slope, information = self._slope(theta, categories, seen)
            low, high = np.where(slope > 0, theta, low), np.where(slope > 0, high, theta)
            bend = information if slope_was is None else _secant(theta - was, slope_was - slope, information)
            proposed = theta + slope / np.maximum(bend, 1e-10)
            outside = (proposed < low) | (proposed > high)
            proposed = np.where(outside, (low + high) / 2, proposed)
            moved = float(np.abs(proposed - theta).max(initial=0.0))
            was, slope_was, theta = theta, slope, proposed
            if moved < SETTLED:
                break
        bound = (theta < nodes[0] + 1e-6) | (theta > nodes[-1] - 1e-6)
        theta = np.clip(theta, nodes[0], nodes[-1])
        _, information = self._slope(theta, categories, seen)
        with np.errstate(divide="ignore"):
            se = np.where(bound, np.nan, 1 / np.sqrt(information))
        return theta, se, bound

    def _beside_likelihood(self, seen: BoolArray | None) -> FloatArray:
        """(q,) or (n, q) what the method adds to the log-likelihood on the grid."""
        nodes = self.step.nodes
        if self.method == "map":
            return -0.5 * ((nodes - self.mean) / self.sd) ** 2
        if self.method == "ml":
            return np.zeros(nodes.size)
        if seen is None:
            information, bend = self.item_information.sum(axis=0), self.item_bend.sum(axis=0)
        else:
            information, bend = seen @ self.item_information, seen @ self.item_bend
        slope = bend / (2 * np.maximum(information, 1e-300))
        inner = (slope[..., 1:] + slope[..., :-1]) / 2 * np.diff(nodes)
        return np.concatenate([np.zeros((*inner.shape[:-1], 1)), np.cumsum(inner, axis=-1)], axis=-1)

    def _slope(
        self, theta: FloatArray, categories: np.ndarray, seen: BoolArray | None
    ) -> tuple[FloatArray, FloatArray]:
        """(n,) slope of the objective, and the expected information."""
        p, first, second = theta_derivatives(self.items, theta)
        own = np.take_along_axis(first / p, categories.T[:, None, :].astype(np.int64), axis=1)[:, 0]
        information = (first**2 / p).sum(axis=1)
        bend = (first * second / p).sum(axis=1) if self.method == "wle" else None
        if seen is not None:
            own, information = own * seen.T, information * seen.T
            bend = None if bend is None else bend * seen.T
        total = information.sum(axis=0)
        slope = own.sum(axis=0)
        if bend is not None:
            slope += bend.sum(axis=0) / (2 * np.maximum(total, 1e-300))
        if self.method == "map":
            slope -= (theta - self.mean) * self.precision
            total = total + self.precision
        return slope, total
