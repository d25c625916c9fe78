"""Questions about places, networks and groups. All of it is public: nothing here depends on who asks."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from ..vocabulary import Dependency, PlaceKind
from .models import Place, School, TeachingNetwork
from .names import search_form


def place_by_code(code: int) -> Place | None:
    """A place of any level with its parents (region and state) loaded, or None. One query."""
    return Place.objects.select_related("parent", "parent__parent", "school").filter(code=code).first()


def network_by_id(network_id: int) -> TeachingNetwork | None:
    """A teaching network with its place, or None. One query."""
    return TeachingNetwork.objects.select_related("place", "place__parent").filter(id=network_id).first()


def networks_said(lines: Iterable[str]) -> dict[str, list[TeachingNetwork]]:
    """The municipal and state networks that each line may mean, by name; none where nobody bears it. One query.

    A line is the name of a network, of a municipality with its state (``Caruaru (PE)``), of a municipality or state
    alone, or its IBGE code: seven digits for a municipality, two for a state.
    """
    wanted = {line: search_form(line) for line in lines}
    names, codes = (
        {*wanted.values()} - {""},
        {int(name) for name in wanted.values() if name.isdigit() and len(name) < 9},
    )
    rows = TeachingNetwork.objects.filter(
        Q(search_name__in=[*names, *(f"rede municipal de {name}" for name in names)])
        | Q(place__search_name__in=names)
        | Q(place__in=codes),
        dependency__in=[Dependency.MUNICIPAL, Dependency.STATE],
    )
    found: dict[str, list[TeachingNetwork]] = {}
    for network in rows.select_related("place").order_by("search_name", "pk"):
        own = network.search_name
        for name in {own, own.removeprefix("rede municipal de "), network.place.search_name, str(network.place_id)}:
            found.setdefault(name, []).append(network)
    return {line: found.get(name, []) for line, name in wanted.items()}


def states() -> list[Place]:
    """The states and the Federal District, by name. One query."""
    return list(Place.objects.filter(kind=PlaceKind.STATE).order_by("search_name"))


def schools_of(municipality: int) -> QuerySet[School]:
    """The schools of a municipality by name, with their places. One query when read."""
    return School.objects.filter(municipality=municipality).select_related("place").order_by("place__search_name", "pk")


def municipalities_on(day: date) -> QuerySet[Place]:
    """The municipalities that were installed on a day. One query when read."""
    installed = Q(installed_on__isnull=True) | Q(installed_on__lte=day)
    not_extinct = Q(extinct_on__isnull=True) | Q(extinct_on__gt=day)
    return Place.objects.filter(installed, not_extinct, kind=PlaceKind.MUNICIPALITY)
