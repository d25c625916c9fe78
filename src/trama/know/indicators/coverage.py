"""What is known of each indicator: where, when, of which networks; and its distribution over municipalities."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from trama.foundation.charts import Figure, strip_chart
from trama_measure.arrays import FloatArray

from ..territory.maps import Map, class_of, country_map, quantile_classes
from ..territory.models import Place
from ..vocabulary import Dependency, PlaceKind, Stage, ValueStatus
from .columns import BROAD, Value, place_column, published_ranks
from .models import Indicator, Observation, Release
from .sections.position import strip_of
from .sections.reading import MISSING, written
from .selectors import data_version, kept, published_releases

LEVELS = (PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.STATE, PlaceKind.MUNICIPALITY, PlaceKind.SCHOOL)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an indicator reaches."""

    first: int
    last: int
    places: int  # with a value at least once


@dataclass(frozen=True, slots=True)
class Variant:
    """A dependency and stage of an indicator, with its editions: year to (municipalities with, without value)."""

    dependency: str
    stage: str
    editions: tuple[tuple[int, int, int], ...]

    @property
    def label(self) -> str:
        stage = str(Stage(self.stage).label) if self.stage else _("all stages")
        return _("%(stage)s, %(networks)s") % {"stage": stage, "networks": Dependency(self.dependency).label}

    @property
    def slug(self) -> str:
        return f"{self.dependency}-{self.stage}" if self.stage else self.dependency

    @property
    def broad_year(self) -> int:
        """The last edition with values for at least half as many municipalities as the widest."""
        widest = max(n for _year, n, _missing in self.editions)
        return max(year for year, n, _missing in self.editions if n >= BROAD * widest)


@dataclass(frozen=True, slots=True)
class Shown:
    """One variant and year over the municipalities."""

    variant: Variant
    year: int
    figure: Figure | None
    notes: tuple[str, ...]
    map: Map | None
    states: tuple[tuple[Place, Value | None, str], ...]  # state, its own figure, as written
    releases: tuple[Release, ...]


def extents() -> dict[str, Extent]:
    """How far each indicator reaches. Two queries, then kept while the data stay the same."""
    return kept("extents", data_version(), _extents)


def _extents() -> dict[str, Extent]:
    rows = (
        Observation.objects.filter(release__in=list(published_ranks()), status=ValueStatus.VALUE)
        .values_list("indicator_id")
        .annotate(first=Min("year"), last=Max("year"), places=Count("place", distinct=True))
    )
    return {code: Extent(first, last, places) for code, first, last, places in rows}


def variants_of(code: str) -> list[Variant]:
    """The dependencies and stages for which municipalities have the indicator, the widest first. Two queries."""
    return kept(f"variants.{code}", data_version(), lambda: _variants(code))


def _variants(code: str) -> list[Variant]:
    rows = (
        Observation.objects.filter(indicator=code, release__in=list(published_ranks()), grade=0, location="")
        .filter(place__gte=1_000_000, place__lte=9_999_999)
        .values_list("dependency", "stage", "year")
        .annotate(
            known=Count("place", distinct=True, filter=Q(status=ValueStatus.VALUE)),
            all=Count("place", distinct=True),
        )
    )
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for dependency, stage, year, n, every in rows:
        found[dependency, stage].append((year, n, every - n))
    variants = [
        Variant(dependency, stage, tuple(sorted(editions)))
        for (dependency, stage), editions in found.items()
        if any(n for _year, n, _missing in editions)
    ]
    return sorted(variants, key=lambda one: -max(n for _year, n, _missing in one.editions))


def levels_of(code: str) -> list[tuple[str, Extent]]:
    """Per level of place, how far the indicator reaches. Two queries, then kept."""
    found = kept(f"levels.{code}", data_version(), lambda: _levels(code))
    return [(str(level.label), found[level]) for level in LEVELS if level in found]


def _levels(code: str) -> dict[str, Extent]:
    rows = (
        Observation.objects.filter(indicator=code, release__in=list(published_ranks()), status=ValueStatus.VALUE)
        .values_list("place__kind")
        .annotate(first=Min("year"), last=Max("year"), places=Count("place", distinct=True))
    )
    return {kind: Extent(first, last, places) for kind, first, last, places in rows}


def show(indicator: Indicator, variant: Variant, year: int) -> Shown:
    """Distribution and map of one variant and year. Eight queries at most."""
    rows = list(
        Place.objects.filter(kind__in=(PlaceKind.MUNICIPALITY, PlaceKind.STATE))
        .order_by("code")
        .values_list("code", "kind")
    )
    codes = np.array([code for code, kind in rows if kind == PlaceKind.MUNICIPALITY], dtype=np.int64)
    column = place_column(codes, indicator.code, year, variant.dependency, variant.stage)
    write = _writer(indicator)
    known = column.values[~np.isnan(column.values)]
    releases = published_releases()
    used = tuple(releases[r] for r in np.unique(column.releases).tolist() if r in releases)
    figure, notes, drawn = None, [], None
    if known.size:
        notes.append(_summary(known, len(codes), write))
        figure = _distribution(indicator, variant, year, column.values, write)
        drawn = _map(indicator, variant, year, codes, column.values, write)
    return Shown(variant, year, figure, tuple(notes), drawn, _states(indicator, variant, year, write), used)


def _writer(indicator: Indicator) -> Callable[[float], str]:
    return lambda value: written(value, indicator.decimals)


def _summary(known: FloatArray, n: int, write: Callable[[float], str]) -> str:
    low, middle, high = (write(float(value)) for value in np.quantile(known, (0.25, 0.5, 0.75)))
    return _(
        "%(known)s of %(all)s municipalities have a value. Half of them lie between %(low)s and %(high)s; the median "
        "is %(middle)s."
    ) % {"known": written(known.size, 0), "all": written(n, 0), "low": low, "high": high, "middle": middle}


def _distribution(
    indicator: Indicator, variant: Variant, year: int, values: FloatArray, write: Callable[[float], str]
) -> Figure | None:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if indicator.unit == "index_0_10":
        low, high = float(np.floor(low)), max(float(np.ceil(high)), float(np.floor(low)) + 1)
    if high <= low:
        return None
    top = float(np.nanquantile(values, 0.99)) if indicator.unit in ("persons", "reais", "reais_per_person") else high
    title = _("%(indicator)s, %(year)s: how municipalities are spread") % {"indicator": indicator.name, "year": year}
    return strip_chart(
        "distribution",
        title,
        _("Distribution of the values with the limits of the fifths. The numbers are in the table below."),
        [strip_of(_("Municipalities of Brazil"), np.minimum(values, top), None, low, top)],
        low=low,
        high=top,
        columns=(_("Among"), _("Limits of the fifths"), _("Value"), _("Position")),
        write=write,
    )


def _map(
    indicator: Indicator,
    variant: Variant,
    year: int,
    codes: Iterable[int],
    values: FloatArray,
    write: Callable[[float], str],
) -> Map | None:
    breaks, classes = quantile_classes(values, write)
    if not classes:
        return None
    painted = {int(code): class_of(float(value), breaks) for code, value in zip(codes, values, strict=True)}
    title = _("%(indicator)s %(year)s: %(variant)s") % {
        "indicator": indicator.name,
        "year": year,
        "variant": variant.label,
    }
    return country_map("indicator-map", title, painted, classes)


def _states(
    indicator: Indicator, variant: Variant, year: int, write: Callable[[float], str]
) -> tuple[tuple[Place, Value | None, str], ...]:
    """Each state by name, with its own published figure of the same year (municipal networks: its public networks)."""
    places = list(Place.objects.filter(kind=PlaceKind.STATE).order_by("code"))
    codes = np.array([place.code for place in places], dtype=np.int64)
    dependency = variant.dependency
    if dependency == Dependency.MUNICIPAL and indicator.family in ("ideb", "saeb", "flow"):
        dependency = Dependency.PUBLIC.value
    column = place_column(codes, indicator.code, year, dependency, variant.stage)
    answer = []
    for position, place in enumerate(places):
        value = float(column.values[position])
        known = not np.isnan(value)
        found = Value(value, column.statuses[position], int(column.releases[position]), year) if known else None
        answer.append((place, found, write(value) if known else MISSING))
    return tuple(sorted(answer, key=lambda row: row[0].search_name))
