"""Indicators of every municipal network at once, as columns: what rules, maps and distributions stand on.

All columns follow the order of ``municipal_networks``, so a rule compares arrays instead of asking row by row.
Where two published releases give the same cell, the greater ``(vintage, id)`` counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from django.db.models import Count, Q

from trama_measure.arrays import FloatArray, IntArray

from ..territory.models import TeachingNetwork
from ..vocabulary import Dependency, Location, PlaceKind, Stage, ValueStatus
from .models import Observation, Release

NO_RECORD = "-"
"""Status of a cell that no published release mentions: neither a value nor a stated reason."""

BROAD = 0.5
"""An edition counts as national when it has values for this share of the municipalities of the widest edition."""


class MunicipalNetworks(NamedTuple):
    """The municipal networks of the country, one position each, ordered by id."""

    ids: IntArray  # (n,) network ids
    places: IntArray  # (n,) IBGE codes of their municipalities
    names: list[str]  # (n,) names of their municipalities
    states: IntArray  # (n,) IBGE codes of their states


class IndicatorColumn(NamedTuple):
    """One indicator over the municipal networks."""

    values: FloatArray  # (n,) NaN where there is no value
    statuses: list[str]  # (n,) ``ValueStatus`` codes; ``NO_RECORD`` where no release mentions the cell
    releases: IntArray  # (n,) id of the release that gives the cell, 0 where none does


@dataclass(frozen=True, slots=True)
class Value:
    """One figure with where it comes from. ``value`` is None when ``status`` says why."""

    value: float | None
    status: str
    release: int
    year: int


def municipal_networks() -> MunicipalNetworks:
    """The municipal networks in the fixed order of every column. One query."""
    rows = list(
        TeachingNetwork.objects.filter(dependency=Dependency.MUNICIPAL, place__kind=PlaceKind.MUNICIPALITY)
        .order_by("id")
        .values_list("id", "place_id", "place__name", "place__state_code")
    )
    return MunicipalNetworks(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        places=np.array([row[1] for row in rows], dtype=np.int64),
        names=[row[2] for row in rows],
        states=np.array([row[3] or 0 for row in rows], dtype=np.int64),
    )


def indicator_column(
    indicator: str,
    year: int | Literal["latest"] = "latest",
    dependency: str = Dependency.TOTAL,
    stage: str = Stage.NONE,
    location: str = Location.ALL,
    release_vintage: str | None = None,
    *,
    networks: MunicipalNetworks | None = None,
) -> IndicatorColumn:
    """One indicator of every municipal network. Two queries (one more each for "latest" and for ``networks``).

    Parameters
    ----------
    year : a year, or "latest"
        "latest" is ``latest_year``; if no edition has a value, every cell is without record.
    release_vintage
        Read the figures as they stood then: releases of a later vintage are left out.
    networks
        The result of ``municipal_networks``, for who asks for several columns.
    """
    networks = municipal_networks() if networks is None else networks
    if year == "latest":
        found = latest_year(indicator, dependency, stage, location, release_vintage)
        if found is None:
            return _empty_column(len(networks.ids))
        year = found
    return place_column(networks.places, indicator, year, dependency, stage, location, release_vintage)


def place_column(
    places: IntArray,
    indicator: str,
    year: int,
    dependency: str = Dependency.TOTAL,
    stage: str = Stage.NONE,
    location: str = Location.ALL,
    release_vintage: str | None = None,
) -> IndicatorColumn:
    """One indicator of the given places (ascending codes), in their order. Two queries."""
    ranks = published_ranks(release_vintage)
    column = _empty_column(len(places))
    if not ranks or not len(places):
        return column
    rows = Observation.objects.filter(
        indicator=indicator, year=year, dependency=dependency, stage=stage, grade=0, location=location
    ).filter(release__in=list(ranks), place__gte=int(places[0]), place__lte=int(places[-1]))
    best = np.full(len(places), -1, dtype=np.int64)
    wanted = {int(code): position for position, code in enumerate(places)}
    for place, value, status, release in rows.values_list("place_id", "value", "status", "release_id"):
        position = wanted.get(place)
        if position is None or ranks[release] <= best[position]:
            continue
        best[position] = ranks[release]
        column.values[position] = np.nan if value is None else value
        column.statuses[position] = status
        column.releases[position] = release
    return column


def latest_year(
    indicator: str,
    dependency: str = Dependency.TOTAL,
    stage: str = Stage.NONE,
    location: str = Location.ALL,
    release_vintage: str | None = None,
    until: int | None = None,
) -> int | None:
    """The last year (up to ``until``, if given) with a national coverage of municipalities; None without any value.

    A year counts if it has values for at least half as many municipalities as the best covered year, so that an
    advance sample of a few municipalities never stands for the country. Two queries.
    """
    ranks = published_ranks(release_vintage)
    rows = (
        Observation.objects.filter(indicator=indicator, dependency=dependency, stage=stage, grade=0, location=location)
        .filter(release__in=list(ranks), status=ValueStatus.VALUE, place__gte=1_000_000, place__lte=9_999_999)
        .values("year")
        .annotate(n=Count("place", distinct=True))
    )
    counts = {row["year"]: row["n"] for row in rows}
    if not counts:
        return None
    widest = max(counts.values())
    return max((year for year, n in counts.items() if n >= BROAD * widest and year <= (until or year)), default=None)


def reference_value(indicator: str, place: int, dependency: str, stage: str, year: int) -> Value | None:
    """The published figure of one place, or None if no published release mentions it. One query.

    Mind the universe: states and the country have no municipal row in the Ideb of states; ``Dependency.PUBLIC`` is
    the universe published at every level.
    """
    row = (
        Observation.objects.filter(
            indicator=indicator, place=place, dependency=dependency, stage=stage, year=year, grade=0, location=""
        )
        .filter(release__state=Release.State.PUBLISHED)
        .order_by("-release__vintage", "-release_id")
        .values_list("value", "status", "release_id", "year")
        .first()
    )
    return None if row is None else Value(*row)


def release_info(ids: Iterable[int]) -> dict[int, Release]:
    """Releases by id, for the line "source, vintage" under a figure. One query."""
    return Release.objects.in_bulk([int(release) for release in set(ids) if release])


def published_ranks(release_vintage: str | None = None) -> dict[int, int]:
    """Published releases with their precedence: the greater number wins. One query."""
    until = Q() if release_vintage is None else Q(vintage__lte=release_vintage)
    ids = (
        Release.objects.filter(until, state=Release.State.PUBLISHED)
        .order_by("vintage", "id")
        .values_list("id", flat=True)
    )
    return {release: rank for rank, release in enumerate(ids)}


def _empty_column(n: int) -> IndicatorColumn:
    return IndicatorColumn(np.full(n, np.nan), [NO_RECORD] * n, np.zeros(n, dtype=np.int64))
