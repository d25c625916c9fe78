"""The municipalities of the country side by side: distributions, and networks that resemble one.

Read once per data version and dependency, and kept in this process: pages take from it what they need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
from django.db.models import Count, Q

from trama_measure.arrays import FloatArray, IntArray
from trama_measure.indicators.similarity import (
    REGION,
    SIZE,
    STAGE_SHARES,
    WEALTH,
    Feature,
    Neighbours,
    Space,
    build_space,
    nearest,
)

from ..territory.models import Place
from ..vocabulary import Dependency, PlaceKind, Stage, ValueStatus
from .cells import Cell, place_columns
from .columns import BROAD, IndicatorColumn, published_ranks
from .models import Observation
from .selectors import data_version, kept

IDEB_STAGES = ("AI", "AF", "EM")
SHARE_STAGES = dict(zip((feature.code for feature in STAGE_SHARES), ("INF", "AI", "AF", "EM"), strict=True))
SIMILAR = 10  # networks shown


@dataclass(frozen=True, slots=True)
class Spec:
    """A figure without place and year."""

    indicator: str
    dependency: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class National:
    """Figures of every municipality in the last edition that covers the country."""

    codes: IntArray  # (n,) ascending
    names: tuple[str, ...]  # (n,)
    states: IntArray  # (n,)
    columns: dict[Spec, IndicatorColumn]  # only those with an edition
    years: dict[Spec, int]

    def row(self, code: int) -> int | None:
        """Where a municipality stands in every column; None if it is not there."""
        position = int(np.searchsorted(self.codes, code))
        return position if position < len(self.codes) and self.codes[position] == code else None


@dataclass(frozen=True, slots=True)
class Similar:
    """The networks most like one, and what was compared."""

    neighbours: Neighbours
    features: tuple[Feature, ...]
    values: FloatArray  # (n, f) as published: enrolments, reais per person, code of the region, shares
    specs: dict[str, Spec]  # feature to the figure behind it


def national(dependency: str) -> National:
    """Ideb of every municipality for a dependency, with what similarity compares. Six queries, then kept."""
    version = data_version()
    return kept(f"national.{dependency}", version, lambda: read_national(_specs(dependency)))


def read_national(specs: Sequence[Spec]) -> National:
    """Several figures over all municipalities. Five queries."""
    rows = list(
        Place.objects.filter(kind=PlaceKind.MUNICIPALITY).order_by("code").values_list("code", "name", "state_code")
    )
    codes = np.array([row[0] for row in rows], dtype=np.int64)
    years = broad_years(specs)
    cells = {spec: Cell(spec.indicator, year, spec.dependency, spec.stage, "") for spec, year in years.items()}
    columns = place_columns(codes, cells.values()) if cells else {}
    return National(
        codes,
        tuple(row[1] for row in rows),
        np.array([row[2] or 0 for row in rows], dtype=np.int64),
        {spec: columns[cell] for spec, cell in cells.items()},
        years,
    )


def broad_years(specs: Iterable[Spec]) -> dict[Spec, int]:
    """For each figure the last year with a national coverage (``columns.latest_year``). Two queries."""
    wanted = list(specs)
    if not wanted:
        return {}
    figures = reduce(or_, (Q(indicator=s.indicator, dependency=s.dependency, stage=s.stage) for s in wanted))
    rows = (
        Observation.objects.filter(figures, grade=0, location="", status=ValueStatus.VALUE)
        .filter(release__in=list(published_ranks()), place__gte=1_000_000, place__lte=9_999_999)
        .values_list("indicator_id", "dependency", "stage", "year")
        .annotate(n=Count("place", distinct=True))
    )
    counts: dict[Spec, dict[int, int]] = {}
    for indicator, dependency, stage, year, n in rows:
        counts.setdefault(Spec(indicator, dependency, stage), {})[year] = n
    return {
        spec: max(year for year, n in editions.items() if n >= BROAD * max(editions.values()))
        for spec, editions in counts.items()
    }


def _specs(dependency: str) -> list[Spec]:
    own = [Spec("ideb", dependency, stage) for stage in IDEB_STAGES]
    context = [Spec("population", Dependency.TOTAL.value), Spec("gdp_per_capita", Dependency.TOTAL.value)]
    stages = (Stage.BASIC.value, *SHARE_STAGES.values())
    return [*own, *context, *(Spec("enrolment", dependency, stage) for stage in stages)]


def nearest_places(code: int, dependency: str, count: int, version: str = "") -> tuple[int, ...]:
    """The municipalities whose networks are most like that of one, nearest first; none where too little is known.

    The same neighbours that the panorama shows the first ten of. Kept; else the queries of ``national``. ``version``:
    the present ``data_version()``, from who has asked for it already.
    """

    def find() -> tuple[int, ...]:
        country = national(dependency)
        found = similar_networks(country, code, dependency, count)
        return tuple(country.codes[found.neighbours.index].tolist()) if found is not None else ()

    return kept(f"nearest.{dependency}.{code}.{count}", version or data_version(), find)


def similar_networks(country: National, code: int, dependency: str, count: int = SIMILAR) -> Similar | None:
    """The networks most like that of a municipality; None where too little is known to say.

    Size is enrolments (early years, where nothing wider is published for the country), else residents.
    """
    row = country.row(code)
    features, columns, specs = _features(country, dependency)
    if row is None or len(features) < 2:
        return None
    values = np.column_stack(columns)
    candidates = ~np.isnan(values[:, 0])  # a network without size is no network
    space: Space = build_space(values, features)
    found = nearest(space, row, count, candidates=candidates)
    return Similar(found, tuple(features), values, specs) if len(found.index) else None


def _covers_the_country(country: National, spec: Spec) -> bool:
    """Whether most municipalities have the figure: the census of one town or state compares nobody else."""
    return spec in country.columns and bool(np.mean(~np.isnan(country.columns[spec].values)) >= BROAD)


def _features(country: National, dependency: str) -> tuple[list[Feature], list[FloatArray], dict[str, Spec]]:
    """Features that the published figures allow, with their columns."""
    whole = Spec("enrolment", dependency, Stage.BASIC.value)
    sizes = (whole, Spec("enrolment", dependency, "AI"), Spec("population", Dependency.TOTAL.value))
    size = next((spec for spec in sizes if _covers_the_country(country, spec)), None)
    wealth = Spec("gdp_per_capita", Dependency.TOTAL.value)
    features: list[Feature] = []
    columns: list[FloatArray] = []
    specs: dict[str, Spec] = {}
    for feature, spec in ((SIZE, size), (WEALTH, wealth)):
        if spec is not None and spec in country.columns:
            values = country.columns[spec].values
            features.append(feature)
            columns.append(np.where(values > 0, values, np.nan))
            specs[feature.code] = spec
    features.append(REGION)
    columns.append((country.codes // 1_000_000).astype(np.float64))
    if _covers_the_country(country, whole):
        for feature in STAGE_SHARES:
            spec = Spec("enrolment", dependency, SHARE_STAGES[feature.code])
            if spec in country.columns and country.years[spec] == country.years[whole]:
                total = country.columns[whole].values
                features.append(feature)
                columns.append(np.where(total > 0, 100 * country.columns[spec].values / total, np.nan))
                specs[feature.code] = spec
    return features, columns, specs
