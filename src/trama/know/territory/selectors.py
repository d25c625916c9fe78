"""Questions about places, networks and groups. All of it is public: nothing here depends on who asks."""

from datetime import date

from django.db.models import Q, QuerySet

from ..vocabulary import PlaceKind
from .models import Place, School, TeachingNetwork


def place_by_code(code: int) -> Place | None:
    """A place of any level with its parents (region and state) loaded, or None. One query."""
    return Place.objects.select_related("parent", "parent__parent", "school").filter(code=code).first()


def network_by_id(network_id: int) -> TeachingNetwork | None:
    """A teaching network with its place, or None. One query."""
    return TeachingNetwork.objects.select_related("place", "place__parent").filter(id=network_id).first()


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
