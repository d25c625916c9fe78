"""What a reader can work out about withheld cells: the audit of a table before it is published."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .tables import MINIMUM_GROUP, CountTable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDING: Final = 1e-6  # the solver's own tolerance; counts are whole


@dataclass(frozen=True, slots=True)
class Audit:
    """For each withheld cell, the smallest and largest value that fits everything published."""

    cells: IntArray  # (w,) positions in the table
    low: FloatArray  # (w,) people
    high: FloatArray  # (w,) people; infinite where nothing bounds it
    exposed: BoolArray  # (w,) the interval is narrower than the minimum group

    @property
    def safe(self) -> bool:
        """Whether no withheld cell is known more closely than the minimum allows."""
        return not self.exposed.any()

    @property
    def recovered(self) -> IntArray:
        """Positions of the cells that can be computed exactly."""
        return self.cells[self.low == self.high]


def audit(
    table: CountTable,
    withheld: BoolArray,
    minimum: int = MINIMUM_GROUP,
    *,
    between: Mapping[Hashable, tuple[int, int]] | None = None,
) -> Audit:
    """Attack a table as its readers could: with the published cells and every sum that holds.

    Parameters
    ----------
    table : with all its counts; only those not withheld are used
    withheld : (c,) array
    minimum : people
        A withheld cell must be uncertain by at least this much.
    between : what else is published of withheld cells: the least and the greatest count that a band of percentages
        leaves (``shares.counts_within``)

    Returns
    -------
    Audit
        Bounds of the linear relaxation, rounded inwards to whole people. Two-way tables and hierarchies have whole
        corners, so there the bounds are exact; for joined tables the true interval may be narrower.

    Raises
    ------
    ValueError
        If ``withheld`` has the wrong shape, or ``between`` contradicts a count.
    KeyError
        If ``between`` names a cell that the table does not have.

    Source
    ------
    Hundepool et al. (2012), Statistical Disclosure Control, chapter 4. Solver: HiGHS (Huangfu and Hall 2018).
    """
    if withheld.shape != table.counts.shape:
        raise ValueError(f"one yes or no per cell expected: {table.counts.shape}, found {withheld.shape}")
    cells = np.flatnonzero(withheld)
    floor, ceiling = _told(table, between or {})
    low, high = floor[cells], ceiling[cells]
    _tighten(table, withheld, low, high)
    return Audit(cells, low, high, exposed=high - low < minimum)


def _tighten(table: CountTable, withheld: BoolArray, low: FloatArray, high: FloatArray) -> None:
    """Bring the bounds of the withheld cells together, in place, by all sums in which they stand."""
    from scipy.sparse.csgraph import connected_components  # SciPy is a second of every start: only where it works

    cells = np.flatnonzero(withheld)
    matrix = table.matrix()
    known = matrix @ np.where(withheld, 0, table.counts)
    unknown = matrix[:, cells]
    used = np.diff(unknown.indptr) > 0
    unknown, known = unknown[used], known[used]
    _, group = connected_components(abs(unknown).T @ abs(unknown), directed=False)
    for member in range(group.max() + 1 if cells.size else 0):
        own = np.flatnonzero(group == member)
        rows = np.diff(unknown[:, own].indptr) > 0
        if rows.any():
            low[own], high[own] = _bounds(unknown[rows][:, own], -known[rows], low[own], high[own])


def audit_knowing(
    table: CountTable, withheld: BoolArray, known: Collection[Hashable], minimum: int = MINIMUM_GROUP
) -> Audit:
    """Attack a table as somebody could who knows some withheld cells: a school's head their own, a parent one class.

    The cells that are known are left out of the answer; those that they give away are in it. No table is protected
    against every insider: this says what a release would tell the ones that are feared.

    Raises
    ------
    KeyError
        If ``known`` names a cell that the table does not have.
    """
    place = {label: position for position, label in enumerate(table.labels)}
    open_to_them = withheld.copy()
    open_to_them[[place[label] for label in known]] = False
    return audit(table, open_to_them, minimum)


def _told(table: CountTable, between: Mapping[Hashable, tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    """Least and greatest value of every cell before any sum is used."""
    floor, ceiling = table.floor.astype(np.float64), np.full(table.counts.size, np.inf)
    place = {label: position for position, label in enumerate(table.labels)}
    for label, (least, greatest) in between.items():
        cell = place[label]
        if not least <= table.counts[cell] <= greatest:
            raise ValueError(f"{label} is {table.counts[cell]}, not between {least} and {greatest}")
        floor[cell], ceiling[cell] = max(floor[cell], least), greatest
    return floor, ceiling


def _bounds(
    equations: csr_array, sums: FloatArray, floor: FloatArray, ceiling: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Least and greatest value of each unknown with ``equations @ x = sums`` and x between floor and ceiling."""
    size = equations.shape[1]
    bounds = np.column_stack([floor, ceiling])
    low, high = np.empty(size), np.empty(size)
    dense = equations.toarray()
    for unknown in range(size):
        goal = np.zeros(size)
        goal[unknown] = 1.0
        low[unknown] = _optimum(goal, dense, sums, bounds)
        high[unknown] = -_optimum(-goal, dense, sums, bounds)
    return np.ceil(low - ROUNDING), np.floor(high + ROUNDING)


def _optimum(goal: FloatArray, equations: FloatArray, sums: FloatArray, bounds: FloatArray) -> float:
    from scipy.optimize import linprog

    found = linprog(goal, A_eq=equations, b_eq=sums, bounds=bounds, method="highs")
    if found.status == 3:  # unbounded: nothing published limits this cell on this side
        return float("-inf")
    if found.status != 0:
        raise ArithmeticError(f"the audit could not be computed: {found.message}")
    return float(found.fun)
