"""No small group of people on a public page: counts of one to nine are withheld, and what would give them away.

Runs over the figures as they are read, before any page, chart or download sees them, so all of them show the same.
"""

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Any, cast

from trama_measure.disclosure import MINIMUM_GROUP, UnprotectableTable, hierarchy, join, protect

from ..vocabulary import Dependency, Location
from .columns import Value
from .figures import FigureKey, Figures, known, number

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

ADDS_UP_OVER_SCHOOLS = frozenset({"enrolment"})
"""Teachers work in several schools, so nobody can subtract them."""

MOST_CELLS = 1_500
"""Counts of schools that are protected together within a second. A larger municipality with small groups shows none of
its schools' counts: less, but never too much."""

type Cell = tuple[FigureKey, int]
"""One count: its key and its year."""

type SchoolCell = tuple[int, FigureKey, int]
"""One count of a school: its code, key and year."""


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
    return _without(figures, hidden)


def _without(figures: Figures, hidden: Collection[Cell]) -> Figures:
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


def protect_schools(
    schools: Mapping[int, Figures], municipality: Figures, person_counts: Collection[str]
) -> dict[int, Figures]:
    """The schools of a municipality, with small groups withheld so that no subtraction brings them back.

    The page of the municipality shows sums over its schools, so one withheld school could be worked out from the
    others. ``municipality`` comes as its own page shows it: what it shows is taken as known to the reader.
    """
    counts: dict[SchoolCell, int] = {}
    for code, figures in schools.items():
        for key, series in figures.cells.items():
            if key.indicator in person_counts:
                counts |= {(code, key, year): int(value) for year, value in known(series)}
    hidden: set[SchoolCell] = set()
    by_edition = sorted(counts, key=lambda cell: (cell[1].indicator, cell[2]))
    for (indicator, year), group in groupby(by_edition, key=lambda cell: (cell[1].indicator, cell[2])):
        if indicator in ADDS_UP_OVER_SCHOOLS:
            hidden |= _withheld_schools({cell: counts[cell] for cell in group}, municipality, year)
        else:
            hidden |= {cell for cell in group if 0 < counts[cell] < MINIMUM_GROUP}
    return {code: _without(figures, {(k, y) for c, k, y in hidden if c == code}) for code, figures in schools.items()}


def _withheld_schools(counts: dict[SchoolCell, int], municipality: Figures, year: int) -> set[SchoolCell]:
    """Cells of one indicator and year. Zero hidden if there is no small group; everything, if nothing else is safe."""
    if not any(0 < count < MINIMUM_GROUP for count in counts.values()):
        return set()
    if len(counts) > MOST_CELLS:
        return set(counts)
    whole = municipality.place
    everything: dict[SchoolCell, int] = dict(counts)
    parts_of_whole: dict[SchoolCell, list[SchoolCell]] = {}
    for key in {key for _code, key, _year in counts}:
        pieces = [cell for cell in counts if cell[1] == key]
        total = number(municipality.cells.get(key, {}).get(year))
        if total is not None and int(total) == sum(counts[piece] for piece in pieces):
            everything[whole, key, year] = int(total)
            parts_of_whole[whole, key, year] = pieces
    tables = [hierarchy(cast(Any, everything), cast(Any, parts_of_whole))]
    for code in {code for code, _key, _year in counts}:
        own = {(key, y): count for (c, key, y), count in counts.items() if c == code}
        for parts in divisions(own):
            named = {(code, *w): [(code, *p) for p in pieces] for w, pieces in parts.items()}
            tables.append(hierarchy(cast(Any, {(code, *cell): n for cell, n in own.items()}), cast(Any, named)))
    try:
        shown = protect(join(*tables), already_public=list(parts_of_whole)).shown
    except UnprotectableTable:
        return set(counts)
    return {cell for cell in counts if shown[cell] is None}
