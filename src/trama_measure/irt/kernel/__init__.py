"""The E-step in tables, in C: an optional extension for right and wrong answers, many times as fast as numpy.

``available`` says whether it was built. It gives what ``expected.expected_of_block`` gives, to rounding in the
precision of the step, and that function is what it falls back to: for items with several categories, for grids of more
than 240 points, and for a block in which a product underflowed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray, IntArray
from trama_measure.irt.blocks import Block
from trama_measure.irt.expected import Part, Step, expected_of_block

try:
    from . import _kernel
except ImportError:
    _kernel = None  # type: ignore[assignment]

MOST_POINTS: Final = 240


def available() -> bool:
    """Whether the extension was built for this interpreter."""
    return _kernel is not None


def sums_of_block(block: Block, step: Step) -> Part:
    """The sums of one block, by the kernel where it can."""
    if not _can(block, step):
        return expected_of_block(block, step)
    width, points = block.items.size, step.nodes.size
    right, mass = np.zeros((width, points)), np.zeros(points)
    shown = None if block.mask is None else np.zeros((width, points))
    loglik = _run(block, step, right, shown, mass)
    if not np.isfinite(loglik):
        return expected_of_block(block, step)
    counts = np.zeros((width, step.log_p.shape[1], points))
    counts[:, 1] = right
    counts[:, 0] = np.maximum((mass if shown is None else shown) - right, 0.0)
    return Part(counts, mass, loglik)


def moments_of_block(block: Block, step: Step) -> tuple[FloatArray, FloatArray] | None:
    """(n,) posterior means and SDs, or None where the kernel cannot."""
    if not _can(block, step):
        return None
    mean, sd = np.empty(block.size), np.empty(block.size)
    return (mean, sd) if np.isfinite(_run(block, step, mean=mean, sd=sd)) else None


def draws_of_block(block: Block, step: Step, numbers: IntArray, seed: int, draws: int) -> FloatArray | None:
    """(n, draws) plausible values, or None where the kernel cannot."""
    if not _can(block, step):
        return None
    mean, sd, values = np.empty(block.size), np.empty(block.size), np.empty((block.size, draws))
    own = np.ascontiguousarray(numbers)
    found = _run(block, step, mean=mean, sd=sd, numbers=own, values=values, seed=seed % 2**63, draws=draws)
    return values if np.isfinite(found) else None


def _can(block: Block, step: Step) -> bool:
    return _kernel is not None and block.packed and step.nodes.size <= MOST_POINTS


def _run(
    block: Block,
    step: Step,
    right: Any = None,
    shown: Any = None,
    mass: Any = None,
    *,
    mean: Any = None,
    sd: Any = None,
    numbers: Any = None,
    values: Any = None,
    seed: int = 0,
    draws: int = 0,
) -> float:
    p = np.exp(step.log_p[block.items, :2])
    found: float = _kernel.run(
        block.size,
        block.items.size,
        step.nodes.size,
        step.dtype == "float32",
        seed,
        draws,
        np.ascontiguousarray(block.answers),
        None if block.mask is None else np.ascontiguousarray(block.mask),
        None if block.weights is None else np.ascontiguousarray(block.weights),
        np.ascontiguousarray(p[:, 1]),
        np.ascontiguousarray(p[:, 0]),
        np.exp(step.log_masses[block.group]),
        right,
        shown,
        mass,
        np.ascontiguousarray(step.nodes),
        mean,
        sd,
        numbers,
        values,
    )
    return found
