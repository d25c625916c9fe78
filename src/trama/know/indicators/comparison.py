"""Up to five municipalities or states side by side, in the order in which the reader chose them. No ranking."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from trama.foundation.charts import Bar, Figure, Series, bar_chart, line_chart

from ..territory.models import Place
from ..vocabulary import Dependency, PlaceKind, Stage
from .columns import Value
from .figures import FigureKey, Figures, known, number
from .models import Indicator, Release
from .panorama import dependencies_of, protected_figures
from .protection import WITHHELD
from .sections.gaps import reason
from .sections.reading import MISSING, Cell, Sources, Table, points, written
from .selectors import definitions, published_releases

MOST = 5
STYLES = ("main", "second", "third", "fourth", "fifth")
COUNTRY_STYLE = "sixth"
STAGES = ("AI", "AF", "EM")
COMPARED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("population", ("",)),
    ("gdp_per_capita", ("",)),
    ("ideb", STAGES),
    ("ideb_n", STAGES),
    ("ideb_p", STAGES),
    ("saeb_lp", STAGES),
    ("saeb_mt", STAGES),
    ("approval_rate", STAGES),
    ("literacy_rate", ("", "AI")),
    ("enrolment", ("BAS", "EF", "AI", "AF", "EM")),
    ("mde_share", ("",)),
    ("fundeb_pay_share", ("",)),
    ("spending_per_student", ("",)),
)
COMPARABLE = (PlaceKind.MUNICIPALITY, PlaceKind.STATE, PlaceKind.REGION)


class TooManyPlaces(ValueError):
    """More than ``MOST`` places were asked for."""


@dataclass(frozen=True, slots=True)
class Comparison:
    places: tuple[Place, ...]
    beside: tuple[Place, ...]  # reference columns: the state, if all lie in one, and the country
    dependency: str
    dependencies: tuple[str, ...]
    figures: dict[int, Figures]
    charts: tuple[tuple[str, Figure], ...]  # heading, chart
    table: Table
    sources: Sources
    definitions: dict[str, Indicator]
    releases: dict[int, Release]


def places_of(codes: Sequence[int]) -> list[Place]:
    """The places with these codes, in the order given, each once. One query.

    Raises ``TooManyPlaces`` if there are more than five.
    """
    wanted = list(dict.fromkeys(codes))
    if len(wanted) > MOST:
        raise TooManyPlaces(len(wanted))
    found = Place.objects.select_related("parent").in_bulk(wanted)
    return [found[code] for code in wanted if code in found and found[code].kind in COMPARABLE]


def compare(places: Sequence[Place], dependency: str = "") -> Comparison:
    """The places side by side. Six queries, however many they are."""
    known_indicators, releases = definitions(), published_releases()
    beside = _beside(places)
    figures = protected_figures([place.code for place in (*places, *beside)], known_indicators)
    found = {one for place in places for one in dependencies_of(figures[place.code])}
    dependencies = tuple(one for one in ("municipal", "estadual", "publica", "total") if one in found)
    if not dependency:
        dependency = dependencies[0] if dependencies else Dependency.MUNICIPAL.value
    rows, keys = _rows(places, beside, dependency, figures, known_indicators)
    columns = (_("Figure"), _("Year"), *(place.name for place in places), *(_label(place) for place in beside))
    used = {
        value.release
        for key in keys
        for place in (*places, *beside)
        for value in figures[place.code].cells.get(key, {}).values()
    }
    codes = dict.fromkeys(key.indicator for key in keys)
    return Comparison(
        places=tuple(places),
        beside=tuple(beside),
        dependency=dependency,
        dependencies=dependencies,
        figures=figures,
        charts=tuple(_charts(places, beside, dependency, figures)),
        table=Table(_("Side by side: %(networks)s") % {"networks": Dependency(dependency).label}, columns, tuple(rows)),
        sources=Sources(
            tuple(known_indicators[code] for code in codes if code in known_indicators),
            tuple(sorted((releases[r] for r in used if r in releases), key=lambda r: (r.vintage, r.id))),
        ),
        definitions=known_indicators,
        releases=releases,
    )


def _beside(places: Sequence[Place]) -> list[Place]:
    states = {place.state_code for place in places if place.kind == PlaceKind.MUNICIPALITY}
    codes = [0] + ([states.pop()] if len(states) == 1 and len(places) > 0 else [])
    wanted = [code for code in codes if code is not None and code not in {place.code for place in places}]
    return sorted(Place.objects.filter(code__in=wanted), key=lambda place: -place.code)


def _label(place: Place) -> str:
    return place.name


def _universe(place: Place, indicator: str, stage: str, dependency: str, figures: Figures) -> FigureKey | None:
    """The figure of the dependency; for reference places the public networks where theirs is not published."""
    choices = [dependency, Dependency.TOTAL.value]
    if place.kind != PlaceKind.MUNICIPALITY:
        choices.insert(1, Dependency.PUBLIC.value)
    for one in choices:
        key = FigureKey(indicator, one, stage)
        if known(figures.cells.get(key, {})):
            return key
    return None


def _rows(
    places: Sequence[Place],
    beside: Sequence[Place],
    dependency: str,
    figures: dict[int, Figures],
    indicators: dict[str, Indicator],
) -> tuple[list[tuple[Cell, ...]], list[FigureKey]]:
    """One row per figure, in the year in which most of the places have a value; the later year if two are equal."""
    rows, used = [], []
    for code, stages in COMPARED:
        for stage in stages:
            keys = {p.code: _universe(p, code, stage, dependency, figures[p.code]) for p in (*places, *beside)}
            series = {p: figures[p].cells.get(key, {}) if key else {} for p, key in keys.items()}
            years = Counter(one.year for place in places for one in known(series[place.code]))
            if not years or code not in indicators:
                continue
            year = max(years, key=lambda one: (years[one], one))
            name = indicators[code].name
            if stage:
                name = _("%(indicator)s, %(stage)s") % {"indicator": name, "stage": Stage(stage).label}
            cells = [Cell(name, href=reverse("know:indicator", args=[code])), Cell(str(year))]
            for place in (*places, *beside):
                key = keys[place.code]
                cells.append(_cell(series[place.code].get(year), indicators[code].decimals, key, dependency))
            rows.append(tuple(cells))
            used += [key for key in keys.values() if key]
    return rows, list(dict.fromkeys(used))


def _cell(value: Value | None, decimals: int, key: FigureKey | None, dependency: str) -> Cell:
    """A number; with the universe behind it where it is not the one chosen."""
    found = number(value)
    if found is None:
        why = f" ({reason(value.status)})" if value is not None and value.status == WITHHELD else ""
        return Cell(MISSING + why, number=True)
    text = written(found, decimals)
    if key and key.dependency not in (dependency, Dependency.TOTAL):
        text += f" ({Dependency(key.dependency).label})"
    return Cell(text, number=True)


def _charts(
    places: Sequence[Place], beside: Sequence[Place], dependency: str, figures: dict[int, Figures]
) -> list[tuple[str, Figure]]:
    """The Ideb of each stage over the editions; as bars where there is one edition only."""
    charts = []
    for stage in STAGES:
        lines = []
        for style, place in zip(
            (*STYLES[: len(places)], COUNTRY_STYLE, COUNTRY_STYLE), (*places, *beside), strict=False
        ):
            key = _universe(place, "ideb", stage, dependency, figures[place.code])
            if key and key.dependency in (dependency, Dependency.PUBLIC.value):
                label = _("%(place)s, %(networks)s") % {
                    "place": place.name,
                    "networks": Dependency(key.dependency).label,
                }
                short = "BR" if place.kind == PlaceKind.COUNTRY else place.acronym or place.name[:8]
                lines.append(Series(label, short, points(figures[place.code].cells[key]), style))
        chosen = [line for line in lines if line.style != COUNTRY_STYLE]
        if not chosen:
            continue
        heading = _("Ideb: %(stage)s") % {"stage": Stage(stage).label}
        name = f"compare-{stage.lower()}"
        told = _("The numbers are in the table below the chart.")
        one_edition = all(len(line.known()) < 2 for line in chosen)
        if one_edition:
            year = max(line.known()[-1][0] for line in chosen)
            bars = [Bar(line.label, dict(line.points).get(year), MISSING, style=line.style) for line in lines]
            title = _("%(heading)s, %(year)s") % {"heading": heading, "year": year}
            figure = bar_chart(
                name, title, told, bars, row_label=_("Network"), value_label="Ideb", write=written, highest=10
            )
            charts.append((title, figure))
        else:
            figure = line_chart(
                name,
                heading,
                told,
                lines,
                row_label=_("Edition"),
                missing=MISSING,
                write=written,
                floor=0,
                ceiling=10,
                least_span=4,
            )
            charts.append((heading, figure))
    return charts
