"""Who edits the site, and as what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from trama.accounts import api as accounts
from trama.foundation.policies import may

from ..policies import APPOINT, PROGRAMME_ADMIN, PROGRAMME_TEAM
from .models import SiteEditor, SiteRole

GROUP_OF_ROLE = {
    SiteRole.AUTHOR: "Site authors",
    SiteRole.EDITOR: "Site editors",
    SiteRole.MODERATOR: "Site moderators",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the programme and what they do for the site."""

    profile: Any
    role: SiteRole
    is_fixed: bool  # administrators are moderators


def role_of(standings: Iterable[Any]) -> SiteRole | None:
    """The role on the site that follows from what a person holds now. One query for the team, none for others."""
    held = list(standings)
    if any(standing.role == PROGRAMME_ADMIN for standing in held):
        return SiteRole.MODERATOR
    team = [standing.profile for standing in held if standing.role == PROGRAMME_TEAM]
    if not team:
        return None
    given = SiteEditor.objects.filter(profile__in=team).values_list("role", flat=True)
    order = list(SiteRole)
    return max((SiteRole(role) for role in given), key=order.index, default=SiteRole.AUTHOR)


def profiles_visible_to(user: Any) -> QuerySet[Any]:
    """Profiles of the programmes whose editors ``user`` may appoint."""
    profiles = apps.get_model("accounts", "Profile").objects
    held = accounts.scopes_held(user, accounts.Tool.TEAM, "edit").organisations
    return profiles.filter(
        organisation__in=held, role__in=[PROGRAMME_ADMIN, PROGRAMME_TEAM], revoked_at__isnull=True, user__is_active=True
    ).select_related("user", "organisation")


def lines_for(user: Any, at: datetime) -> list[Line]:
    """The people of one's programme, by name. Two queries."""
    profiles = [
        one for one in profiles_visible_to(user) if one.is_active_at(at) and may(user, APPOINT, one.organisation)
    ]
    given = dict(SiteEditor.objects.filter(profile__in=profiles).values_list("profile", "role"))
    lines = []
    for profile in sorted(profiles, key=lambda one: str(one.user).lower()):
        fixed = profile.role == PROGRAMME_ADMIN
        role = SiteRole.MODERATOR if fixed else SiteRole(given.get(profile.pk, SiteRole.AUTHOR))
        lines.append(Line(profile, role, fixed))
    return lines
