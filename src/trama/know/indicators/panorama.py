"""The panorama of a place: everything published about it, in sections, with what it is read beside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..territory.models import GroupMembership, Place, TeachingNetwork
from ..vocabulary import Dependency, PlaceKind, Stage
from .figures import Figures, figures_of, known
from .ideb_maps import IdebMap, ideb_maps
from .models import Indicator, Release
from .peers import National, national, similar_networks
from .protection import protect_counts, protect_schools
from .sections.context import enrolment_section, finance_section, infrastructure_section
from .sections.gaps import gaps_section
from .sections.ideb import ideb_section
from .sections.learning import flow_section, literacy_section, proficiency_section
from .sections.position import position_section
from .sections.reading import Reading, Section, Sources
from .selectors import definitions, published_releases

ORDER = ("municipal", "estadual", "publica", "federal", "privada", "total")
FIRST_CHOICE = {
    PlaceKind.MUNICIPALITY: ("municipal", "estadual", "publica", "total"),
    PlaceKind.SCHOOL: ("municipal", "estadual", "federal", "privada", "publica", "total"),
}
PUBLIC_FIRST = ("publica", "total", "estadual")
SECTIONS: tuple[Callable[[Reading], Section], ...] = (
    ideb_section,
    proficiency_section,
    flow_section,
    literacy_section,
    enrolment_section,
    infrastructure_section,
    finance_section,
)
WITHOUT_NETWORK = frozenset({"population", "gdp", "gdp_per_capita"})


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number at the top of the page."""

    label: str
    value: str
    year: int
    universe: str
    change: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the place is, before any figure of its schools."""

    parents: tuple[Place, ...]  # state (or region), then the country
    population: str
    population_year: int | None
    networks: tuple[TeachingNetwork, ...]
    memberships: tuple[GroupMembership, ...]
    sources: Sources


@dataclass(frozen=True, slots=True)
class Panorama:
    reading: Reading
    identity: Identity
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    dependencies: tuple[str, ...]  # that have something published, in the order of the tabs
    maps: tuple[IdebMap, ...] = ()

    @property
    def place(self) -> Place:
        return self.reading.place

    @property
    def dependency(self) -> str:
        return self.reading.dependency


def panorama(place: Place, dependency: str = "") -> Panorama:
    """Everything published about a place, seen through one dependency ("": the one that says most).

    Fifteen queries at most, whatever the place. A dependency without any figure gives sections that say so.
    """
    read = reading_of(place, dependency)
    networks = tuple(TeachingNetwork.objects.filter(place=place).order_by("id"))
    memberships = tuple(
        GroupMembership.objects.filter(network__place=place).select_related("group").order_by("group__name", "start")
    )
    sections = tuple(section for make in SECTIONS if (section := make(read)))
    country = None if place.kind == PlaceKind.SCHOOL else national(read.dependency)
    among = _among(read, country) if country else None
    return Panorama(
        reading=read,
        identity=_identity(read, networks, memberships),
        key_figures=tuple(_key_figures(read)),
        sections=(*sections, *filter(None, (among, gaps_section(read)))),
        dependencies=dependencies_of(read.own),
        maps=ideb_maps(read, country) if country else (),
    )


def _among(read: Reading, country: National) -> Section:
    """The place among the municipalities."""
    similar = None
    if read.place.kind == PlaceKind.MUNICIPALITY and read.dependency == Dependency.MUNICIPAL:
        similar = similar_networks(country, read.place.code, read.dependency)
    return position_section(read, country, similar)


def reading_of(
    place: Place,
    dependency: str = "",
    *,
    indicators: dict[str, Indicator] | None = None,
    releases: dict[int, Release] | None = None,
) -> Reading:
    """The figures of a place and of those it is read beside, small groups withheld. Five queries at most."""
    indicators = definitions() if indicators is None else indicators
    releases = published_releases() if releases is None else releases
    parents = parents_of(place)
    figures = protected_figures([place.code, *(parent.code for parent in parents)], indicators)
    if place.kind == PlaceKind.SCHOOL and place.parent_id is not None:
        figures[place.code] = _protected_school(place.code, place.parent_id, indicators)
    own = figures[place.code]
    if not dependency:
        dependency = first_dependency(place, own)
    return Reading(place, dependency, figures, indicators, releases, parents)


def protected_figures(places: Iterable[int], indicators: dict[str, Indicator]) -> dict[int, Figures]:
    """``figures_of`` with small groups withheld: what every page, chart and download stands on."""
    people = {code for code, one in indicators.items() if one.person_count}
    return {code: protect_counts(figures, people) for code, figures in figures_of(places).items()}


def _protected_school(school: int, municipality: int, indicators: dict[str, Indicator]) -> Figures:
    """A school with small groups withheld, those of its neighbours in mind. Four queries."""
    people = {code for code, one in indicators.items() if one.person_count}
    neighbours = list(Place.objects.filter(parent=municipality, kind=PlaceKind.SCHOOL).values_list("code", flat=True))
    around = protected_figures([municipality], indicators)[municipality]
    counts = protect_schools(figures_of(neighbours, people), around, people)[school]
    rest = figures_of([school])[school]
    return Figures(school, {**rest.cells, **counts.cells})


def parents_of(place: Place) -> tuple[Place, ...]:
    """What a place is read beside: its state (a region for a state), then the country. At most two queries."""
    if place.kind == PlaceKind.COUNTRY:
        return ()
    codes = [0]
    if place.kind in (PlaceKind.MUNICIPALITY, PlaceKind.SCHOOL) and place.state_code:
        codes.append(place.state_code)
    elif place.kind == PlaceKind.STATE and place.region_code:
        codes.append(place.region_code)
    return tuple(Place.objects.filter(code__in=codes).order_by("-code"))


def dependencies_of(own: Figures) -> tuple[str, ...]:
    """The dependencies of which something about schools is published, in the order of the tabs."""
    found = {
        key.dependency for key, series in own.cells.items() if key.indicator not in WITHOUT_NETWORK and known(series)
    }
    return tuple(dependency for dependency in ORDER if dependency in found)


def first_dependency(place: Place, own: Figures) -> str:
    """The dependency shown when none is asked for."""
    found = dependencies_of(own)
    wanted = FIRST_CHOICE.get(PlaceKind(place.kind), PUBLIC_FIRST)
    return next((dependency for dependency in (*wanted, *found) if dependency in found), str(wanted[0]))


def _identity(
    read: Reading, networks: tuple[TeachingNetwork, ...], memberships: tuple[GroupMembership, ...]
) -> Identity:
    key = read.key("population")
    found = read.own.latest(*key) if key else None
    return Identity(
        parents=read.parents,
        population=read.write("population")(found.value) if found else "",
        population_year=found.year if found else None,
        networks=networks,
        memberships=memberships,
        sources=read.sources((read.place.code, key)) if key else Sources((), ()),
    )


def _key_figures(read: Reading) -> Iterable[KeyFigure]:
    spec = (("ideb", "AI", "ideb"), ("ideb", "AF", "ideb"), ("ideb", "EM", "ideb"), ("literacy_rate", "", "literacy"))
    found = [_key_figure(read, *one) for one in (*spec, ("approval_rate", "EF", "flow"))]
    enrolments = [_key_figure(read, "enrolment", stage, "enrolment") for stage in ("BAS", "EF", "AI")]
    newest = max((one for one in enrolments if one), key=lambda one: one.year, default=None)
    return [one for one in (*found, newest) if one]


def _key_figure(read: Reading, code: str, stage: str, anchor: str) -> KeyFigure | None:
    for dependency in dict.fromkeys((read.dependency, Dependency.PUBLIC.value)):
        found = known(read.own.series(code, dependency, stage))
        if found:
            break
    else:
        return None
    last = found[-1]
    write = read.write(code)
    label = read.name(code)
    if stage:
        label = _("%(indicator)s, %(stage)s") % {"indicator": label, "stage": _short_stage(Stage(stage))}
    change = ""
    if len(found) > 1 and code != "enrolment":
        before = found[-2]
        step = last.value - before.value
        sign = "+" if step > 0 else "−" if step < 0 else "±"
        change = _("%(change)s since %(year)s") % {"change": sign + write(abs(step)), "year": before.year}
    unit = " %" if read.definitions[code].unit == "percent" else ""
    return KeyFigure(label, write(last.value) + unit, last.year, read.universe(dependency), change, anchor)


def _short_stage(stage: Stage) -> str:
    return {
        "AI": _("early years"),
        "AF": _("final years"),
        "EF": _("elementary"),
        "EM": _("upper secondary"),
        "BAS": _("basic education"),
    }.get(stage.value, str(stage.label))
