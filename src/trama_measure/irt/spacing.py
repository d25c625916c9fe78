"""Is the grid fine enough for these answers? Section 3 of the method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .blocks import Block
from .em import State
from .expected import Step
from .scores import posterior_moments
from .sources import Source

LOOKED_AT: Final = 20_000
"""Students whose posteriors are looked at, spread evenly over each block."""

WIDEST_SPACING: Final = 1.5
"""Posterior SDs between two points: up to here estimates move by a thousandth of their standard errors."""


@dataclass(frozen=True, slots=True)
class SharpestTask:
    """The smallest posterior SD among every ``stride``-th student, as a sum over blocks whose ``+`` is the minimum."""

    step: Step
    stride: int

    def empty(self) -> float:
        return float("inf")

    def of_block(self, block: Block) -> float:
        some = block if self.stride == 1 else block.take(np.arange(0, block.size, self.stride))
        return float(posterior_moments(some, self.step)[1].min(initial=np.inf))

    def add(self, total: float, block: Block, piece: float) -> float:
        return min(total, piece)

    def join(self, one: float, other: float) -> float:
        return min(one, other)


def spacing_warning(source: Source, state: State, students: int) -> str | None:
    """What to say if the points lie too far apart for the sharpest posterior; None if they do not.

    On a grid that is far too coarse a posterior falls on one point and its SD is 0, so the warning cannot be missed.
    """
    nodes = state.groups.nodes
    spacing = float(nodes[1] - nodes[0])
    smallest = source.total(SharpestTask(state.step(), max(1, students // LOOKED_AT)))
    if spacing <= WIDEST_SPACING * smallest:
        return None
    return (
        f"grid: points {spacing:.2f} apart, and a posterior SD as small as {smallest:.2f}: sums over the grid are not "
        f"those of the integral. Take a finer one, such as Quadrature(points={2 * nodes.size - 1})"
    )
