"""Questions about groups of networks and their members on a day. All of it is public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from ..territory.models import GroupMembership, NetworkGroup
from ..vocabulary import PlaceKind

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group on the list: how many belong today, and from which states."""

    group: NetworkGroup
    members: int
    states: tuple[str, ...]  # acronyms, in alphabetical order, of all who belong or belonged
    ever: int  # networks that belong or belonged


@dataclass(frozen=True, slots=True)
class Change:
    """Networks that entered, or left, on one day."""

    day: date
    entered: bool
    names: tuple[str, ...]


def group_by_slug(slug: str) -> NetworkGroup | None:
    """A group, or None. One query."""
    return NetworkGroup.objects.filter(slug=slug).first()


def belongs_on(day: date) -> Q:
    """Memberships that stand on a day: the first day counts, ``end`` no longer does; an open side has no limit."""
    return (Q(start__isnull=True) | Q(start__lte=day)) & (Q(end__isnull=True) | Q(end__gt=day))


def members_on(group: NetworkGroup, day: date) -> QuerySet[GroupMembership]:
    """The memberships of a group on a day, by name of the place. One query when read."""
    return memberships_of(group).filter(belongs_on(day))


def memberships_of(group: NetworkGroup) -> QuerySet[GroupMembership]:
    """Every membership that a group ever had, by name of the place, then by time. One query when read."""
    return (
        GroupMembership.objects.filter(group=group)
        .select_related("network__place__parent")
        .order_by("network__place__search_name", "network_id", "start")
    )


def standing_on(memberships: Iterable[GroupMembership], day: date) -> list[GroupMembership]:
    """Those that stand on a day (the same rule as ``belongs_on``), each network once, in the given order."""
    found: dict[int, GroupMembership] = {}
    for one in memberships:
        if (one.start is None or one.start <= day) and (one.end is None or one.end > day):
            found.setdefault(one.network_id, one)
    return list(found.values())


def group_lines(day: date) -> list[GroupLine]:
    """Every group by name, with its members on a day. Two queries."""
    groups = list(NetworkGroup.objects.order_by("search_name"))
    all_of: dict[int, list[GroupMembership]] = {group.pk: [] for group in groups}
    for membership in GroupMembership.objects.select_related("network__place__parent"):
        all_of[membership.group_id].append(membership)
    return [
        GroupLine(
            group,
            len(standing_on(all_of[group.pk], day)),
            tuple(sorted({state_acronym(one) for one in all_of[group.pk]} - {""})),
            len({one.network_id for one in all_of[group.pk]}),
        )
        for group in groups
    ]


def state_acronym(membership: GroupMembership) -> str:
    """The state of a member: "AL"."""
    place = membership.network.place
    state = place if place.kind == PlaceKind.STATE else place.parent
    return state.acronym if state else ""


def changes_of(memberships: Iterable[GroupMembership]) -> list[Change]:
    """Who entered and who left, day by day, oldest first. A day that no source states makes no change."""
    moves: dict[tuple[date, bool], list[str]] = {}
    for one in memberships:
        name = one.network.place.name
        if one.start:
            moves.setdefault((one.start, True), []).append(name)
        if one.end:
            moves.setdefault((one.end - ONE_DAY, False), []).append(name)
    return [Change(day, entered, tuple(names)) for (day, entered), names in sorted(moves.items())]
