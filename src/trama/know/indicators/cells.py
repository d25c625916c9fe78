"""Many figures of many places in one question: what a rule with several conditions stands on.

A *cell* names a figure without its place. Several cells come back together, as columns over the same places, so that
the explanation of one network costs one query however many conditions its rule has.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np
from django.db.models import Q, QuerySet

from trama.foundation.prepared import prepared
from trama_measure.arrays import IntArray

from .columns import NO_RECORD, IndicatorColumn, published_ranks
from .models import Indicator, Observation, Release

FEW_PLACES = 200  # up to so many places are named one by one; beyond, their range is read and the rest dropped


class Cell(NamedTuple):
    """A figure, without its place. ``vintage``: read it as it stood then; later releases do not count."""

    indicator: str
    year: int
    dependency: str
    stage: str
    location: str
    vintage: str = ""


def place_columns(places: IntArray, cells: Iterable[Cell]) -> dict[Cell, IndicatorColumn]:
    """Each cell as a column over ``places`` (ascending codes). Two queries, however many cells.

    Where several published releases give a cell, the greatest ``(vintage, id)`` wins.
    """
    wanted = list(dict.fromkeys(cells))
    n = len(places)
    columns = {
        cell: IndicatorColumn(np.full(n, np.nan), [NO_RECORD] * n, np.zeros(n, dtype=np.int64)) for cell in wanted
    }
    if not wanted or not n:
        return columns
    ranks = published_ranks()
    vintages = _vintages() if any(cell.vintage for cell in wanted) else {}
    by_figure: dict[tuple[str, int, str, str, str], list[Cell]] = {}
    for cell in wanted:
        by_figure.setdefault(cell[:5], []).append(cell)
    position_of = {int(code): position for position, code in enumerate(places)}
    best = {cell: np.full(n, -1, dtype=np.int64) for cell in wanted}
    fields = ("indicator_id", "year", "dependency", "stage", "location", "place_id", "value", "status", "release_id")
    for *figure, place, value, status, release in _rows(places, by_figure).values_list(*fields).iterator(5000):
        position, rank = position_of.get(place), ranks.get(release)
        if position is None or rank is None:
            continue
        for cell in by_figure[tuple(figure)]:
            if rank <= best[cell][position] or (cell.vintage and vintages[release] > cell.vintage):
                continue
            best[cell][position] = rank
            column = columns[cell]
            column.values[position] = np.nan if value is None else value
            column.statuses[position] = status
            column.releases[position] = release
    return columns


def _rows(places: IntArray, figures: Iterable[tuple[str, int, str, str, str]]) -> QuerySet[Observation]:
    if len(places) <= FEW_PLACES:
        there = Q(place__in=[int(code) for code in places])
    else:
        there = Q(place__gte=int(places[0]), place__lte=int(places[-1]))
    cells = reduce(
        or_,
        (
            Q(indicator=indicator, year=year, dependency=dependency, stage=stage, location=location, grade=0)
            for indicator, year, dependency, stage, location in figures
        ),
    )
    return Observation.objects.filter(cells).filter(there)


def _vintages() -> dict[int, str]:
    return dict(Release.objects.filter(state=Release.State.PUBLISHED).values_list("id", "vintage"))


def loaded_cells(cells: Iterable[Cell]) -> set[Cell]:
    """Those of the cells that a published release has for some municipality. One query each; asked only to explain."""
    return {
        cell
        for cell in set(cells)
        if Observation.objects.filter(
            indicator=cell.indicator,
            year=cell.year,
            dependency=cell.dependency,
            stage=cell.stage,
            location=cell.location,
            grade=0,
            place__gte=1_000_000,
            place__lte=9_999_999,
            release__state=Release.State.PUBLISHED,
        ).exists()
    }


def indicators_by_code() -> dict[str, Indicator]:
    """Every indicator, with its name, unit, decimals and definition, by code. One query."""
    return {indicator.code: indicator for indicator in _indicators()}


@prepared
def _indicators() -> QuerySet[Indicator]:
    return Indicator.objects.order_by("family", "code")
