"""What a query finds, with what a page needs to show it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ..indicators.models import Indicator, Observation, Release
from ..indicators.selectors import data_version
from ..territory.models import NetworkGroup, Place, TeachingNetwork
from ..vocabulary import Dependency, PlaceKind
from .index import Entry, SearchIndex

SECTION_TITLES: dict[str, str | Promise] = {
    "place": gettext_lazy("Places"),
    "indicator": gettext_lazy("Indicators"),
    "network": gettext_lazy("Teaching networks"),
    "group": gettext_lazy("Territories"),
    "school": gettext_lazy("Schools"),
}
KINDS_OF_SECTION = {
    "place": ("country", "region", "state", "municipality"),
    "indicator": ("indicator",),
    "network": ("network",),
    "group": ("group",),
    "school": ("school",),
}
_WEIGHT_OF_KIND = {"country": 1.0, "region": 0.9, "state": 0.95, "municipality": 0.5, "school": 0.0}
_LARGEST_CITY = 12_000_000  # residents; the scale of the preference among towns of one name


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the answer."""

    section: str
    kind: str
    key: int
    name: str
    detail: str  # "município · AL", "rede municipal · Alagoas"
    address: str


type FindMore = Callable[[str, int], list[Result]]
"""``find_more(query, most)`` gives the best lines of a later phase's section, best first."""

_more: dict[str, FindMore] = {}


def register_search_section(section: str, title: str | Promise, find_more: FindMore) -> None:
    """Let the search also find what a later phase has. Called in ``AppConfig.ready``; it stands after the sections
    that are there. ``find_more`` is asked at every keystroke: it may not cost more than a query or two."""
    SECTION_TITLES[section] = title
    _more[section] = find_more


class _Named(NamedTuple):
    """What is shown of a thing that was found: its name, and what it lies within or what it is."""

    name: str
    within: str  # acronym of the state; what an address needs, for a group or an indicator
    sort: str  # dependency of a network, kind of a group, English name of an indicator


class _Holder:
    """The index of this process, the names it shows, and the state of the data both were built from.

    Names of schools stay in the database: there are two hundred thousand of them, and few are ever shown.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version = ""
        self.index = SearchIndex(())
        self.names: dict[tuple[str, int], _Named] = {}


_holder = _Holder()


def current_index() -> tuple[SearchIndex, dict[tuple[str, int], _Named]]:
    """The index of the data as they are now, with its names. Rebuilt once per process after a publication."""
    version = data_version()
    if _holder.version != version:
        with _holder.lock:
            if _holder.version != version:
                names: dict[tuple[str, int], _Named] = {}
                _holder.index = SearchIndex(_entries(names))
                _holder.names = names
                _holder.version = version
    return _holder.index, _holder.names


def _entries(names: dict[tuple[str, int], _Named]) -> Iterator[Entry]:
    """Everything that can be found. Fills ``names`` on the way."""
    acronyms = dict(Place.objects.filter(kind=PlaceKind.STATE).values_list("code", "acronym"))
    yield from _places(names, acronyms)
    networks = TeachingNetwork.objects.order_by("pk").values_list("pk", "name", "place__state_code", "dependency")
    for key, name, state, dependency in networks:
        names["network", key] = _Named(name, acronyms.get(state or 0, ""), dependency)
        yield Entry("network", key, name, acronyms.get(state or 0, ""), 0.2)
    for group in NetworkGroup.objects.order_by("pk"):
        names["group", group.pk] = _Named(group.name, group.slug, group.kind)
        yield Entry("group", group.pk, f"{group.name} {group.acronym}", "", 0.6)
    for number, indicator in enumerate(Indicator.objects.order_by("code")):
        names["indicator", number] = _Named(indicator.name_pt, indicator.code, indicator.name_en)
        yield Entry("indicator", number, indicator.name_pt, indicator.name_en, 0.5)


def _places(names: dict[tuple[str, int], _Named], acronyms: dict[int, str]) -> Iterator[Entry]:
    population = dict(
        Observation.objects.filter(
            indicator_id="population", release__state=Release.State.PUBLISHED, value__isnull=False
        )
        .order_by("year")
        .values_list("place_id", "value")
    )
    rows = Place.objects.order_by("code").values_list("code", "kind", "name", "acronym", "state_code")
    for code, kind, name, acronym, state in rows.iterator(chunk_size=5000):
        is_town = kind == PlaceKind.MUNICIPALITY
        size = min((population.get(code) or 0) / _LARGEST_CITY, 1.0) ** 0.5 if is_town else 0
        hint = acronyms.get(state or 0, "") if is_town or kind == PlaceKind.SCHOOL else acronym
        if kind != PlaceKind.SCHOOL:
            names[kind, code] = _Named(name, hint if is_town else "", "")
        yield Entry(kind, code, name, hint, _WEIGHT_OF_KIND[kind] + 0.8 * size)


def find(query: str, *, per_section: int = 6) -> dict[str, list[Result]]:
    """The best results of each section, best first. Two queries at most, once the index stands."""
    query = query.strip()[:120]
    index, names = current_index()
    if query.isdigit() and len(query) >= 6:
        found = _with_code(query, names)
    else:
        limits = [(kinds, per_section) for kinds in KINDS_OF_SECTION.values()]
        found = [(hit.kind, hit.key) for hit in index.find(query, limits=limits)]
    schools = Place.objects.select_related("parent").in_bulk([key for kind, key in found if kind == PlaceKind.SCHOOL])
    grouped: dict[str, list[Result]] = {section: [] for section in KINDS_OF_SECTION}
    for kind, key in found:
        result = _school_result(schools[key]) if key in schools else _result(kind, key, names[kind, key])
        grouped[result.section].append(result)
    for section, find_more in _more.items():
        grouped[section] = find_more(query, per_section)
    return {section: lines[:per_section] for section, lines in grouped.items() if lines}


def _with_code(digits: str, names: dict[tuple[str, int], _Named]) -> list[tuple[str, int]]:
    """IBGE codes of seven digits or six (without the check digit), Inep codes of eight."""
    code = int(digits)
    if len(digits) == 8:
        return [("school", code)] if Place.objects.filter(code=code, kind=PlaceKind.SCHOOL).exists() else []
    wanted = range(code * 10, code * 10 + 10) if len(digits) == 6 else (code,)
    return [("municipality", one) for one in wanted if ("municipality", one) in names]


def _result(kind: str, key: int, named: _Named) -> Result:
    if kind == "network":
        detail = f"{Dependency(named.sort).label} · {named.within}"
        return Result("network", kind, key, named.name, detail, reverse("know:network", args=[key]))
    if kind == "group":
        detail = str(NetworkGroup.Kind(named.sort).label)
        return Result("group", kind, key, named.name, detail, reverse("know:group", args=[named.within]))
    if kind == "indicator":
        name = named.sort if (get_language() or "").startswith("en") else named.name
        return Result("indicator", kind, key, name, _("indicator"), reverse("know:indicator", args=[named.within]))
    label = str(PlaceKind(kind).label)
    detail = f"{label} · {named.within}" if named.within else label
    address = reverse("know:place", args=[key]) if key else reverse("know:country")
    return Result("place", kind, key, named.name, detail, address)


def _school_result(place: Place) -> Result:
    label = str(PlaceKind.SCHOOL.label)
    detail = (
        _("%(kind)s in %(municipality)s") % {"kind": label, "municipality": place.parent.name}
        if place.parent
        else label
    )
    return Result("school", "school", place.code, place.name, detail, reverse("know:place", args=[place.code]))
