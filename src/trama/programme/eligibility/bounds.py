"""What a count must be at least, or at most, when only a part of it or the whole around it is known.

The enrolments of elementary school are at least those of its early years, and those of urban schools are at most those
of all schools, of the same network in the same year. A condition that accepts such inference (``use_bounds``) can be
met or refused by it; the explanation says so. Nothing is added up: parts may overlap (special education) or miss.
"""

import numpy as np

from trama.know.api import Cell, IndicatorColumn
from trama_measure.arrays import FloatArray, IntArray, TruthArray
from trama_measure.indicators.conditions import Truth, compare

COUNTS = frozenset(
    {"enrolment", "schools"}
)  # indicators that count things, so that a part is never more than the whole
_STAGES_WITHIN = {
    "EF": ("AI", "AF"),
    "INF": ("CRE", "PRE"),
    "BAS": ("INF", "CRE", "PRE", "EF", "AI", "AF", "EM", "EJA"),
}
_LOCATIONS_WITHIN = {"": ("U", "R")}


def parts(cell: Cell) -> list[Cell]:
    """The figures that count a part of what ``cell`` counts."""
    if cell.indicator not in COUNTS:
        return []
    stages = (cell.stage, *_STAGES_WITHIN.get(cell.stage, ()))
    locations = (cell.location, *_LOCATIONS_WITHIN.get(cell.location, ()))
    found = [cell._replace(stage=stage, location=location) for stage in stages for location in locations]
    return [part for part in found if part != cell]


def wholes(cell: Cell) -> list[Cell]:
    """The figures that count more than ``cell`` does, and all of it."""
    if cell.indicator not in COUNTS:
        return []
    stages = (cell.stage, *(whole for whole, within in _STAGES_WITHIN.items() if cell.stage in within))
    locations = (cell.location, *(whole for whole, within in _LOCATIONS_WITHIN.items() if cell.location in within))
    found = [cell._replace(stage=stage, location=location) for stage in stages for location in locations]
    return [whole for whole in found if whole != cell]


class Bounds:
    """The greatest known part and the smallest known whole, over n networks."""

    def __init__(self, cell: Cell, columns: dict[Cell, IndicatorColumn], n: int) -> None:
        self.part_cells, self.whole_cells = parts(cell), wholes(cell)
        self.lower, self.lower_cell = _extreme([columns[c].values for c in self.part_cells], n, greatest=True)
        self.upper, self.upper_cell = _extreme([columns[c].values for c in self.whole_cells], n, greatest=False)

    def settle(self, truth: TruthArray, operator: str, threshold: FloatArray) -> TruthArray:
        """``truth`` with the unknowns that a bound decides."""
        growing = operator in ("gt", "ge")  # a greater figure can only help
        by_lower, by_upper = compare(self.lower, operator, threshold), compare(self.upper, operator, threshold)
        certain_of_lower, certain_of_upper = (Truth.MET, Truth.NOT_MET) if growing else (Truth.NOT_MET, Truth.MET)
        settled = truth.copy()
        open_ = truth == Truth.UNKNOWN
        settled[open_ & (by_upper == certain_of_upper)] = certain_of_upper
        settled[open_ & (by_lower == certain_of_lower)] = certain_of_lower
        return settled


def _extreme(columns: list[FloatArray], n: int, *, greatest: bool) -> tuple[FloatArray, IntArray]:
    """The greatest (or smallest) of several columns where known, and which column gave it (-1: none)."""
    if not columns:
        return np.full(n, np.nan), np.full(n, -1, dtype=np.int64)
    table = np.stack(columns)
    missing = np.isnan(table)
    filled = np.where(missing, -np.inf if greatest else np.inf, table)
    which = filled.argmax(axis=0) if greatest else filled.argmin(axis=0)
    value = filled[which, np.arange(n)]
    none = missing.all(axis=0)
    return np.where(none, np.nan, value), np.where(none, -1, which).astype(np.int64)
