"""What a query finds, with what a page needs to show it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..indicators.models import Observation, Release
from ..territory.models import NetworkGroup, Place, TeachingNetwork
from ..vocabulary import PlaceKind
from .index import Entry, SearchIndex

SECTION_TITLES = {
    "place": gettext_lazy("Places"),
    "network": gettext_lazy("Teaching networks"),
    "group": gettext_lazy("Territories"),
    "school": gettext_lazy("Schools"),
}
KINDS_OF_SECTION = {
    "place": ("country", "region", "state", "municipality"),
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


class _Holder:
    """The index of this process, and the state of the data it was built from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: tuple[int, int] | None = None
        self.index = SearchIndex(())


_holder = _Holder()


def data_version() -> tuple[int, int]:
    """Changes whenever a release is published or withdrawn."""
    newest = Release.objects.filter(state=Release.State.PUBLISHED).aggregate(newest=Max("pk"))["newest"] or 0
    return newest, Release.objects.filter(state=Release.State.WITHDRAWN).count()


def current_index() -> SearchIndex:
    """The index of the data as they are now. Rebuilt once per process after a publication."""
    version = data_version()
    if _holder.version != version:
        with _holder.lock:
            if _holder.version != version:
                _holder.index = SearchIndex(_entries())
                _holder.version = version
    return _holder.index


def _entries() -> Iterator[Entry]:
    population = dict(
        Observation.objects.filter(
            indicator_id="population", release__state=Release.State.PUBLISHED, value__isnull=False
        )
        .order_by("year")
        .values_list("place_id", "value")
    )
    acronyms = dict(Place.objects.filter(kind=PlaceKind.STATE).values_list("code", "acronym"))
    for code, kind, name, acronym, state in (
        Place.objects.order_by("code")
        .values_list("code", "kind", "name", "acronym", "state_code")
        .iterator(chunk_size=5000)
    ):
        size = min((population.get(code) or 0) / _LARGEST_CITY, 1.0) ** 0.5 if kind == PlaceKind.MUNICIPALITY else 0
        hint = acronym if kind != PlaceKind.MUNICIPALITY and kind != PlaceKind.SCHOOL else acronyms.get(state, "")
        yield Entry(kind, code, name, hint, _WEIGHT_OF_KIND[kind] + 0.8 * size)
    for key, name, state in TeachingNetwork.objects.order_by("pk").values_list("pk", "name", "place__state_code"):
        yield Entry("network", key, name, acronyms.get(state, ""), 0.2)
    for key, name, acronym in NetworkGroup.objects.order_by("pk").values_list("pk", "name", "acronym"):
        yield Entry("group", key, f"{name} {acronym}", "", 0.6)


def find(query: str, *, per_section: int = 6) -> dict[str, list[Result]]:
    """The best results of each section, best first. Three queries at most, whatever is found."""
    query = query.strip()[:120]
    if query.isdigit() and len(query) >= 6:
        return _group(_by_code(query), per_section)
    limits = [(kinds, per_section) for kinds in KINDS_OF_SECTION.values()]
    hits = current_index().find(query, limits=limits)
    return _group(_results([(hit.kind, hit.key) for hit in hits]), per_section)


def _by_code(digits: str) -> list[Result]:
    """IBGE codes of seven digits or six (without the check digit), Inep codes of eight."""
    code = int(digits)
    places = Place.objects.filter(code=code)
    if len(digits) == 6:
        places = Place.objects.filter(code__range=(code * 10, code * 10 + 9), kind=PlaceKind.MUNICIPALITY)
    return _results([(place.kind, place.code) for place in places[:6]])


def _results(found: list[tuple[str, int]]) -> list[Result]:
    codes = [key for kind, key in found if kind not in {"network", "group"}]
    networks = TeachingNetwork.objects.select_related("place__parent").in_bulk(
        [k for kind, k in found if kind == "network"]
    )
    groups = NetworkGroup.objects.in_bulk([key for kind, key in found if kind == "group"])
    places = Place.objects.select_related("parent", "school").in_bulk(codes)
    results = []
    for kind, key in found:
        if kind == "network" and key in networks:
            results.append(_network_result(networks[key]))
        elif kind == "group" and key in groups:
            group = groups[key]
            detail, address = group.get_kind_display(), reverse("know:group", args=[group.slug])
            results.append(Result("group", kind, key, group.name, detail, address))
        elif key in places:
            results.append(_place_result(places[key]))
    return results


def _network_result(network: TeachingNetwork) -> Result:
    place = network.place
    within = place.parent.acronym if place.kind == PlaceKind.MUNICIPALITY and place.parent else place.acronym
    detail = f"{network.get_dependency_display()} · {within}"
    return Result("network", "network", network.pk, network.name, detail, reverse("know:network", args=[network.pk]))


def _place_result(place: Place) -> Result:
    kind = PlaceKind(place.kind)
    detail = str(kind.label)
    if kind == PlaceKind.MUNICIPALITY and place.parent:
        detail = f"{detail} · {place.parent.acronym}"
    elif kind == PlaceKind.SCHOOL and place.parent:
        detail = _("%(kind)s in %(municipality)s") % {"kind": detail, "municipality": place.parent.name}
    section = "school" if kind == PlaceKind.SCHOOL else "place"
    address = reverse("know:country") if place.code == 0 else reverse("know:place", args=[place.code])
    return Result(section, place.kind, place.code, place.name, detail, address)


def _group(results: list[Result], per_section: int) -> dict[str, list[Result]]:
    """By section, keeping the order; sections with nothing are left out."""
    grouped = {section: [r for r in results if r.section == section][:per_section] for section in KINDS_OF_SECTION}
    return {section: lines for section, lines in grouped.items() if lines}
