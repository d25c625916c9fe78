"""No small group of people on a public page: counts of one to nine are withheld, and what would give them away.

Runs over the figures as they are read, before any page, chart or download sees them, so all of them show the same.
"""

from collections.abc import Collection
from itertools import groupby
from typing import Any, cast

from trama_measure.disclosure import MINIMUM_GROUP, UnprotectableTable, hierarchy, join, protect

from ..vocabulary import Dependency, Location
from .columns import Value
from .figures import FigureKey, Figures, known

WITHHELD = "p"
"""Status of a count that Trama itself withholds. One mark for small cells and for those that protect them."""

STAGE_PARTS = {
    "BAS": ("INF", "EF", "EM", "EJA"),
    "INF": ("CRE", "PRE"),
    "EF": ("AI", "AF"),
}
DEPENDENCY_PARTS = {
    Dependency.TOTAL.value: ("federal", "estadual", "municipal", "privada"),
    Dependency.PUBLIC.value: ("federal", "estadual", "municipal"),
}
LOCATION_PARTS = {Location.ALL.value: ("U", "R")}

type Cell = tuple[FigureKey, int]
"""One count: its key and its year."""


def protect_counts(figures: Figures, person_counts: Collection[str]) -> Figures:
    """The same figures with small groups withheld. Counts of different years are not added up by anybody."""
    cells = [
        ((key, year), int(value))
        for key, series in figures.cells.items()
        if key.indicator in person_counts
        for year, value in known(series)
    ]
    hidden: set[Cell] = set()
    by_edition = sorted(cells, key=lambda cell: (cell[0][0].indicator, cell[0][1]))
    for _edition, group in groupby(by_edition, key=lambda cell: (cell[0][0].indicator, cell[0][1])):
        hidden |= withheld_cells(dict(group))
    if not hidden:
        return figures
    changed = dict(figures.cells)
    for key, year in hidden:
        value = changed[key][year]
        changed[key] = {**changed[key], year: Value(None, WITHHELD, value.release, value.year)}
    return Figures(figures.place, changed)


def withheld_cells(counts: dict[Cell, int]) -> set[Cell]:
    """Which counts of one indicator and year must not be told. None, if there is no group of one to nine."""
    if not any(0 < count < MINIMUM_GROUP for count in counts.values()):
        return set()
    try:
        shown = protect(join(*(hierarchy(cast(Any, counts), cast(Any, parts)) for parts in divisions(counts)))).shown
    except UnprotectableTable:
        return set(counts)
    return {label for label in counts if shown[label] is None}


def divisions(counts: dict[Cell, int]) -> list[dict[Cell, list[Cell]]]:
    """The sums that hold between the counts: wholes with their parts, by stage, by dependency and by location."""
    by_stage, by_dependency, by_location = {}, {}, {}
    for key, year in counts:
        by_stage[key, year] = [(key._replace(stage=part), year) for part in STAGE_PARTS.get(key.stage, ())]
        wider = DEPENDENCY_PARTS.get(key.dependency, ())
        by_dependency[key, year] = [(key._replace(dependency=part), year) for part in wider]
        there = LOCATION_PARTS.get(key.location, ())
        by_location[key, year] = [(key._replace(location=part), year) for part in there]
    return [_that_hold(parts, counts) for parts in (by_stage, by_dependency, by_location)]


def _that_hold(parts: dict[Cell, list[Cell]], counts: dict[Cell, int]) -> dict[Cell, list[Cell]]:
    """Only what adds up: a part that was not counted is left out, a whole that is not their sum stands alone."""
    answer = {}
    for whole, pieces in parts.items():
        there = [piece for piece in pieces if piece in counts]
        if there and sum(counts[piece] for piece in there) == counts[whole]:
            answer[whole] = there
    return answer
