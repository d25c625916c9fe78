"""Which cells to withhold, so that no small group can be worked out.

First the sensitive cells: one to nine people, and every cell of a homogeneous group. A zero says that nobody is
there; it identifies nobody and is published, unless it belongs to a homogeneous group, where it says something
about everyone ("none of them is adequate"). Then, for each withheld cell, the cheapest others that must go with it:
a linear programme looks for another world, with the same published numbers, in which the cell is larger by the
minimum; the cells that differ between both worlds are withheld. So the interval is wide enough by construction, and
the audit, which knows nothing of this, checks it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trama_measure.arrays import BoolArray, FloatArray, IntArray

from .attack import audit
from .tables import MINIMUM_GROUP, CountTable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOTALS_COST: Final = 8.0
"""A whole is missed more than a part: withholding it costs as much as eight parts of its size."""

MOVED: Final = 1e-6  # people: what the solver calls zero


class Status(IntEnum):
    """Why a cell is shown or not. Never publish which of the two reasons: it tells small from large."""

    PUBLISHED = 0
    SENSITIVE = 1
    COMPLEMENTARY = 2


class UnprotectableTable(ValueError):
    """The cells that others have published already give a small group away. Nothing may be published."""

    def __init__(self, labels: Collection[Hashable]) -> None:
        super().__init__(f"cannot be protected: {', '.join(map(str, labels))}")
        self.labels = tuple(labels)


@dataclass(frozen=True, slots=True)
class Protected:
    """A table ready to be published: take ``shown``, not the counts."""

    table: CountTable
    status: NDArray[np.uint8]  # (c,) of ``Status``

    @property
    def withheld(self) -> BoolArray:
        """(c,) cells that must not be shown, with one mark for both reasons."""
        return self.status != Status.PUBLISHED

    @property
    def shown(self) -> dict[Hashable, int | None]:
        """What may be published: the count, or ``None`` where it is withheld."""
        cells = zip(self.table.labels, self.table.counts.tolist(), self.withheld.tolist(), strict=True)
        return {label: None if hidden else count for label, count, hidden in cells}


def sensitive_cells(table: CountTable, minimum: int = MINIMUM_GROUP) -> BoolArray:
    """Cells that may not be known: 1 to ``minimum - 1`` people, or part of a homogeneous group."""
    return ((table.counts > 0) & (table.counts < minimum)) | table.homogeneous


def protect(table: CountTable, minimum: int = MINIMUM_GROUP, *, already_public: Collection[Hashable] = ()) -> Protected:
    """Decide what to withhold, so that every withheld cell stays uncertain by at least ``minimum`` people.

    Parameters
    ----------
    table : counts with their sums
    minimum : people
    already_public : labels of cells that others publish, such as Inep's totals; they cannot be withheld

    Raises
    ------
    UnprotectableTable
        If a sensitive cell is already public, or can be worked out from what is, whatever else is withheld.
    KeyError
        If ``already_public`` names a cell that the table does not have.

    Source
    ------
    Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for sensitive tabular data, Networks 22,
    397-417 (one linear programme per cell); costs as in Fischetti and Salazar (2000), Management Science 46, 1008.
    """
    place = {label: position for position, label in enumerate(table.labels)}
    fixed = np.zeros(len(place), dtype=bool)
    fixed[[place[label] for label in already_public]] = True
    sensitive = sensitive_cells(table, minimum)
    _refuse(table, np.flatnonzero(sensitive & fixed))
    withheld = sensitive.copy()
    waiting = _largest_first(table, np.flatnonzero(sensitive))
    while waiting.size:
        _add_complements(table, withheld, fixed, waiting, minimum)
        report = audit(table, withheld, minimum)
        again = report.cells[report.exposed]
        _refuse(table, np.intersect1d(again, waiting))
        waiting = _largest_first(table, again)
    status = np.where(sensitive, Status.SENSITIVE, np.where(withheld, Status.COMPLEMENTARY, Status.PUBLISHED))
    return Protected(table, status.astype(np.uint8))


def _add_complements(table: CountTable, withheld: BoolArray, fixed: BoolArray, cells: IntArray, minimum: int) -> None:
    """Withhold, in place, what it takes for each of the cells to be larger by the minimum in another world."""
    matrix = table.matrix()
    least = table.counts - table.floor  # how far a cell may fall
    movable = ~fixed & (least >= 0)
    costs = _costs(table, minimum)
    reach = np.zeros(table.counts.size)  # how far each cell moves in some other world found so far
    for cell in cells:
        if reach[cell] >= minimum - MOVED:
            continue
        change = _other_world(matrix, int(cell), minimum, np.where(movable, least, 0), movable, costs * ~withheld)
        if change is None:
            _refuse(table, np.array([cell]))
            continue
        reach = np.maximum(reach, np.abs(change))
        withheld |= np.abs(change) > MOVED


def _other_world(
    matrix: csr_array, cell: int, rise: int, may_fall: IntArray, movable: BoolArray, costs: FloatArray
) -> FloatArray | None:
    """The cheapest change of the counts that keeps every sum and raises one cell by ``rise``; ``None`` if none does."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    size = costs.size
    up = np.column_stack([np.zeros(size), np.where(movable, np.inf, 0.0)])
    down = np.column_stack([np.zeros(size), may_fall])
    up[cell], down[cell] = rise, 0.0
    price = np.concatenate([costs, costs * rise / np.clip(may_fall, 1, rise)])
    found = linprog(
        price,
        A_eq=hstack([matrix, -matrix]),
        b_eq=np.zeros(matrix.shape[0]),
        bounds=np.vstack([up, down]),
        method="highs",
    )
    return found.x[:size] - found.x[size:] if found.status == 0 else None


def _costs(table: CountTable, minimum: int) -> FloatArray:
    """What a moved person costs, so that few and small cells go rather than totals."""
    level = np.ones(table.counts.size)
    level[[whole for whole, _ in table.equations]] = TOTALS_COST
    return level * np.log2(2.0 + table.counts) / minimum


def _largest_first(table: CountTable, cells: IntArray) -> IntArray:
    return cells[np.argsort(-table.counts[cells], kind="stable")]


def _refuse(table: CountTable, cells: IntArray) -> None:
    if cells.size:
        raise UnprotectableTable([table.labels[cell] for cell in cells])
