"""Every published figure of a few places in one question: what a panorama stands on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..vocabulary import Location, ValueStatus
from .columns import Value, published_ranks
from .models import Observation


class FigureKey(NamedTuple):
    """What a figure speaks of, without its place and year. ``grade`` 0 is the whole stage."""

    indicator: str
    dependency: str
    stage: str = ""
    grade: int = 0
    location: str = Location.ALL


FEW = 500  # up to so many places are named one by one; beyond, their range is read and the rest dropped

type Editions = dict[int, Value]
"""One figure over time: year to value, or to the reason why there is none."""


class Known(NamedTuple):
    """A figure that has a value."""

    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All published figures of one place, the later vintage where two releases speak of the same cell."""

    place: int
    cells: dict[FigureKey, Editions] = field(default_factory=dict)

    def series(self, indicator: str, dependency: str, stage: str = "", grade: int = 0, location: str = "") -> Editions:
        """Year to figure, years ascending; empty if nothing was published or explained."""
        return self.cells.get(FigureKey(indicator, dependency, stage, grade, location), {})

    def latest(
        self, indicator: str, dependency: str, stage: str = "", grade: int = 0, location: str = ""
    ) -> Known | None:
        """The last figure that has a value."""
        found = known(self.series(indicator, dependency, stage, grade, location))
        return found[-1] if found else None

    def keys_of(self, indicator: str) -> Iterator[FigureKey]:
        return (key for key in self.cells if key.indicator == indicator)

    def releases(self, keys: Iterable[FigureKey]) -> set[int]:
        """The releases that the figures under these keys come from."""
        return {value.release for key in keys for value in self.cells.get(key, {}).values()}


def number(value: Value | None) -> float | None:
    """The number, or None whatever the reason."""
    return None if value is None or value.status != ValueStatus.VALUE else value.value


def has(value: Value | None) -> bool:
    return number(value) is not None


def known(series: Editions) -> list[Known]:
    """The editions that have a value, in order."""
    return [Known(year, value.value) for year, value in series.items() if value.value is not None and has(value)]


def figures_of(
    places: Iterable[int], indicators: Iterable[str] | None = None, *, year: int | None = None
) -> dict[int, Figures]:
    """Figures of each place. Two queries, however many places and indicators.

    ``indicators`` and ``year`` limit what is read; a place without figures comes back empty. Counts of people are as
    published: a public page takes them through ``protection.protect_counts``.
    """
    ranks = published_ranks()
    answer = {place: Figures(place) for place in places}
    rows = Observation.objects.filter(place__in=list(answer), release__in=list(ranks))
    if len(answer) > FEW:
        rows = Observation.objects.filter(place__gte=min(answer), place__lte=max(answer), release__in=list(ranks))
    if year is not None:
        rows = rows.filter(year=year)
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    key = ("place_id", "indicator_id", "dependency", "stage", "grade", "location", "year")
    for place, *name, year, number, status, release in rows.order_by("year").values_list(
        *key, "value", "status", "release_id"
    ):
        if place not in answer:
            continue
        cell = answer[place].cells.setdefault(FigureKey(*name), {})
        standing = cell.get(year)
        if standing is None or ranks[release] > ranks[standing.release]:
            cell[year] = Value(number, status, release, year)
    return answer
