"""Selectors of the pages: whose team a person sees, the register of tools, networks to choose from."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from .models import Invitation, Profile, RenewalRequest
from .vocabulary import NETWORK_TOOLS, PROGRAMME_ROLES, TEAM_ROLES, AccessLevel, Scope, Tool


def _of_scope(profile: Profile) -> Q:
    """Rows of the very scope of a profile; for a network, also of its schools."""
    if profile.network_id is not None:
        return Q(network=profile.network_id) | Q(school__network=profile.network_id)
    if profile.organisation_id is not None:
        return Q(organisation=profile.organisation_id)
    return Q(pk__in=[])


def team_of(profile: Profile, *, at: datetime) -> list[Profile]:
    """Active profiles in the scope of an acting profile, by role and name. Constant number of queries."""
    rows = (
        Profile.objects.filter(_of_scope(profile), revoked_at__isnull=True)
        .select_related("user", "network__place", "school__place", "school__municipality", "organisation")
        .prefetch_related("grants")
        .order_by("role", "user__name", "pk")
    )
    return [row for row in rows if row.is_active_at(at)]


def team_profiles(profile: Profile | None) -> QuerySet[Profile]:
    """Every profile that the pages of the team may open by its number. None: nothing."""
    if profile is None:
        return Profile.objects.none()
    return Profile.objects.filter(_of_scope(profile), revoked_at__isnull=True).select_related(
        "user", "network__place", "school__place", "school__municipality", "organisation"
    )


def team_invitations(profile: Profile | None) -> QuerySet[Invitation]:
    """Invitations not yet taken up, in the scope of an acting profile; the programme's own see every one it sent."""
    if profile is None:
        return Invitation.objects.none()
    mine = _of_scope(profile)
    if profile.role in PROGRAMME_ROLES:
        mine |= Q(role__in=["network_principal", "state_principal", "group_coordinator", "trainer"])
    return (
        Invitation.objects.filter(mine, accepted_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("network", "school__place", "group", "organisation")
        .order_by("-created_at")
    )


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool, and who may view or edit it."""

    tool: Tool
    viewers: list[Profile]
    editors: list[Profile]


def by_tool(team: list[Profile]) -> list[ToolRow]:
    """The same team seen by tool. Principal users hold every tool and are not repeated."""
    rows = []
    for tool in NETWORK_TOOLS:
        found: dict[str, list[Profile]] = {AccessLevel.VIEW: [], AccessLevel.EDIT: []}
        for profile in team:
            for grant in profile.grants.all():
                if grant.tool == tool:
                    found[grant.access].append(profile)
        rows.append(ToolRow(tool, found[AccessLevel.VIEW], found[AccessLevel.EDIT]))
    return rows


def can_hold_grants(profile: Profile) -> bool:
    return profile.role in TEAM_ROLES


def fold(text: str) -> str:
    """Lower case, no accents, words parted by single spaces: how names are kept for searching."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return " ".join(re.findall("[0-9a-z]+", plain))


def networks_named(text: str, *, limit: int = 20) -> list[Any]:
    """Municipal and state networks whose name holds ``text``, or of the place with that code. At least 3 characters."""
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    model = apps.get_model("know", "TeachingNetwork")
    match = (
        Q(place__code=int(wanted)) if wanted.isdigit() and len(wanted) <= 8 else Q(place__search_name__contains=wanted)
    )
    rows = model.objects.filter(match, dependency__in=["municipal", "estadual"]).select_related("place__parent")
    return list(rows.order_by("place__search_name", "id")[:limit])


def network_to_choose(pk: Any) -> Any:
    """The municipal or state network of that number, or None."""
    model = apps.get_model("know", "TeachingNetwork")
    if not str(pk).isdigit() or len(str(pk)) > 9:
        return None
    return (
        model.objects.filter(pk=int(pk), dependency__in=["municipal", "estadual"])
        .select_related("place__parent")
        .first()
    )


def scope_of_code(kind: str, code: str) -> Any:
    """A network (id), school (Inep code), group or partner (short name) by what a form holds, or None."""
    if kind == Scope.NETWORK:
        return network_to_choose(code)
    if kind == Scope.SCHOOL:
        return apps.get_model("know", "School").objects.filter(pk=int(code)).first() if code.isdigit() else None
    model = apps.get_model(*(("know", "NetworkGroup") if kind == Scope.GROUP else ("accounts", "Organisation")))
    return model.objects.filter(slug=code).first()


def renewal_requests_waiting() -> QuerySet[RenewalRequest]:
    """Requests waiting for a decision, oldest first."""
    return (
        RenewalRequest.objects.filter(state=RenewalRequest.State.WAITING)
        .select_related("network__place__parent", "asked_by")
        .order_by("asked_at")
    )


def own_renewal_requests(user: Any) -> QuerySet[RenewalRequest]:
    """What the person asked for, newest first."""
    return RenewalRequest.objects.filter(asked_by=user.pk).select_related("network").order_by("-asked_at")


def groups_to_choose() -> QuerySet[Any]:
    """Groups of networks, by name."""
    groups: QuerySet[Any] = apps.get_model("know", "NetworkGroup").objects.order_by("search_name")
    return groups
