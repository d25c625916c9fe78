"""Questions about places, networks and groups. All of it is public: nothing here depends on who asks."""

from ..vocabulary import PlaceKind
from .models import Place, TeachingNetwork


def place_by_code(code: int) -> Place | None:
    """A place of any level with its parents (region and state) loaded, or None. One query."""
    return Place.objects.select_related("parent", "parent__parent", "school").filter(code=code).first()


def network_by_id(network_id: int) -> TeachingNetwork | None:
    """A teaching network with its place, or None. One query."""
    return TeachingNetwork.objects.select_related("place", "place__parent").filter(id=network_id).first()


def states() -> list[Place]:
    """The states and the Federal District, by name. One query."""
    return list(Place.objects.filter(kind=PlaceKind.STATE).order_by("search_name"))
