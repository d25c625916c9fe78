"""The E-step: what the students of a block are expected to be, as sums that add up over blocks and partitions.

This is the reference, products of matrices in numpy, in float64 or float32 (section 3 of the method).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import FloatArray

from .blocks import Block

CHUNK_ROWS: Final = 1024
"""Students of one product of matrices; chunks of a block are added in order, into float64."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a pass needs to know: the probabilities at the points, and the masses of the points in each group."""

    log_p: FloatArray  # (k, m, q) logarithm of the probability of each category
    log_masses: FloatArray  # (g, q)
    nodes: FloatArray  # (q,)
    dtype: str = "float64"  # or "float32"


@dataclass(frozen=True, slots=True)
class Expected:
    """Sums over students. ``+`` joins what was summed apart."""

    counts: FloatArray  # (k, m, q) expected students at the point who gave the category
    groups: FloatArray  # (g, q) expected students of the group at the point
    loglik: float
    weight: float
    students: int

    def __add__(self, other: Expected) -> Expected:
        return Expected(
            self.counts + other.counts,
            self.groups + other.groups,
            self.loglik + other.loglik,
            self.weight + other.weight,
            self.students + other.students,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The sums of one block, over its own items only."""

    counts: FloatArray  # (items of the block, m, q)
    mass: FloatArray  # (q,)
    loglik: float


@dataclass(frozen=True, slots=True)
class Design:
    """How the answers of a block meet the probabilities: L = X slopes + S zero + base."""

    item: NDArray[np.int64]  # (columns,) position within the block
    category: NDArray[np.uint8]  # (columns,) 1 or more
    slopes: NDArray[Any]  # (columns, q) log P_k - log P_0
    zero: NDArray[Any]  # (items, q) log P_0
    base: NDArray[Any]  # (q,)


def chunks(block: Block) -> Iterator[slice]:
    """The students of a block, ``CHUNK_ROWS`` at a time."""
    for start in range(0, block.size, CHUNK_ROWS):
        yield slice(start, min(start + CHUNK_ROWS, block.size))


def zero(step: Step) -> Expected:
    """Nobody yet."""
    return Expected(np.zeros(step.log_p.shape), np.zeros(step.log_masses.shape), 0.0, 0.0, 0)


def design_of(block: Block, step: Step, *, prior: bool = True) -> Design:
    """The matrices of a block at this step, in the precision of the step."""
    log_p = step.log_p[block.items]
    most = 2 if block.packed else log_p.shape[1]
    item = np.repeat(np.arange(block.items.size), most - 1)
    category = np.tile(np.arange(1, most, dtype=np.uint8), block.items.size)
    base = step.log_masses[block.group].copy() if prior else np.zeros(step.nodes.size)
    if block.mask is None:
        base = base + log_p[:, 0].sum(axis=0)
    slopes = (log_p[:, 1:most] - log_p[:, :1]).reshape(item.size, -1)
    kind = np.dtype(step.dtype)
    return Design(item, category, slopes.astype(kind), log_p[:, 0].astype(kind), base.astype(kind))


def log_likelihoods(
    block: Block, design: Design, part: slice
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """(n, q) log-likelihood plus base of some students of a block, and the matrices X and S that gave it."""
    answers, seen = block.categories(part)
    kind = design.slopes.dtype
    if block.packed:
        x = answers.astype(kind)
    else:
        x = (answers[:, design.item] == design.category).astype(kind)
    values = x @ design.slopes
    values += design.base
    s = None
    if seen is not None:
        s = seen.astype(kind)
        values += s @ design.zero
    return values, x, s


def posteriors(values: NDArray[Any]) -> tuple[NDArray[Any], FloatArray]:
    """Turn (n, q) log-likelihoods into posteriors, in place; also (n,) the marginal log-likelihoods."""
    top = values.max(axis=1, keepdims=True)
    values -= top
    np.exp(values, out=values)
    total = values.sum(axis=1, keepdims=True)
    values /= total
    return values, np.log(total[:, 0].astype(np.float64)) + top[:, 0]


def expected_of_block(block: Block, step: Step) -> Part:
    """The sums of one block, chunk after chunk."""
    design = design_of(block, step)
    width, points = block.items.size, step.nodes.size
    most = step.log_p.shape[1]
    upper = np.zeros((design.item.size, points))
    shown = np.zeros((width, points)) if block.mask is not None else None
    mass = np.zeros(points)
    loglik = 0.0
    for part in chunks(block):
        values, x, s = log_likelihoods(block, design, part)
        posterior, marginal = posteriors(values)
        if block.weights is None:
            loglik += float(marginal.sum())
        else:
            weights = block.weights[part]
            loglik += float(weights @ marginal)
            posterior *= weights[:, None].astype(posterior.dtype)
        upper += x.T @ posterior
        mass += posterior.sum(axis=0)
        if s is not None and shown is not None:
            shown += s.T @ posterior
    counts = np.zeros((width, most, points))
    used = upper.size // max(1, width * points) + 1
    counts[:, 1:used] = upper.reshape(width, used - 1, points)
    counts[:, 0] = (mass if shown is None else shown) - counts[:, 1:].sum(axis=1)
    return Part(np.maximum(counts, 0.0), mass, loglik)


def add_part(total: Expected, block: Block, part: Part) -> Expected:
    """The total with one block more; the arrays of ``total`` are changed."""
    total.counts[block.items] += part.counts
    total.groups[block.group] += part.mass
    weight = float(block.size) if block.weights is None else float(block.weights.sum())
    return Expected(
        total.counts, total.groups, total.loglik + part.loglik, total.weight + weight, total.students + block.size
    )
