"""Giving, changing and ending roles. Every change is checked, kept and audited in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from trama.foundation.audit import record_event
from trama.foundation.policies import may, require

from ..people.mail import send_letter
from ..people.sessions import end_sessions_of
from . import errors, policies
from .calendar import end_of_profile
from .models import Profile, ToolGrant
from .selectors import standings_of
from .vocabulary import NETWORK_TOOLS, PRINCIPAL_ROLES, TEAM_ROLE_OF_PRINCIPAL, TEAM_ROLES, Role, Scope


def check_scope(role: str, scope: Any) -> None:
    """Raise ``ScopeDoesNotFit`` unless ``role`` can be held in ``scope``: its kind, and whose network it is."""
    field = next(iter(Profile.scope_fields(role, scope)))
    wanted = Profile._meta.get_field(field).related_model
    right_kind = isinstance(scope, wanted)  # type: ignore[arg-type]
    held: Any = scope
    if not right_kind:
        raise errors.ScopeDoesNotFit
    if field == Scope.NETWORK:
        municipal = role in (Role.NETWORK_PRINCIPAL, Role.NETWORK_TEAM)
        if held.dependency != ("municipal" if municipal else "estadual"):
            raise errors.ScopeDoesNotFit
    if field == Scope.ORGANISATION and (held.kind == "partner") != (role == Role.TRAINER):
        raise errors.ScopeDoesNotFit


def _overlapping(role: str, scope: Any, start: date, end: date | None) -> Q:
    overlap = Q(end__isnull=True) | Q(end__gt=start)
    if end is not None:
        overlap &= Q(start__lt=end)
    return Q(role=role, revoked_at__isnull=True, **Profile.scope_fields(role, scope)) & overlap


@transaction.atomic
def open_profile(
    user: Any,
    role: str,
    scope: Any,
    *,
    by: Any,
    at: datetime,
    grants: Mapping[str, str] | None = None,
    end: date | None = None,
) -> Profile:
    """Give a role to a person from today. Who may do so is checked by the services that call this one.

    Municipal roles end with the mandate. Raises ``AlreadyHasProfile``, ``PrincipalUserExists``, ``ScopeDoesNotFit``.
    """
    check_scope(role, scope)
    draft = Profile(user=user, role=role, **Profile.scope_fields(role, scope))
    draft.start = at.astimezone(draft.time_zone).date()
    draft.end = end_of_profile(role, scope, draft.start, end)
    same = Profile.objects.select_for_update().filter(_overlapping(role, scope, draft.start, draft.end))
    if same.filter(user=user).exists():
        raise errors.AlreadyHasProfile
    if role in PRINCIPAL_ROLES and same.exists():
        raise errors.PrincipalUserExists
    draft.save()
    ToolGrant.objects.bulk_create(
        ToolGrant(profile=draft, tool=tool, access=access) for tool, access in (grants or {}).items()
    )
    record_event(
        "profile opened",
        by=by,
        at=at,
        target=draft,
        detail={"role": role, "grants": dict(grants or {}), "user": user.pk},
    )
    return draft


def check_grants(grants: Mapping[str, str], *, by: Any, scope: Any) -> None:
    """Raise ``GrantBeyondOwn`` if ``by`` does not hold, in ``scope``, every access that is being given."""
    mine = [standing for standing in standings_of(by) if standing.relation(scope) == "own"]
    for tool, access in grants.items():
        if tool not in NETWORK_TOOLS or not any(one.may_use(tool, access) for one in mine):  # type: ignore[arg-type]
            raise errors.GrantBeyondOwn


@transaction.atomic
def change_grants(profile: Profile, grants: Mapping[str, str], *, by: Any, at: datetime) -> Profile:
    """Replace what a team member may do: ``{tool: "view" | "edit"}``. It counts from the person's next request.

    Raises ``PermissionDenied``, ``NotOwnProfile`` (nobody raises themselves) and ``GrantBeyondOwn``.
    """
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    require(by, policies.CHANGE_GRANTS, profile)
    if profile.user_id == by.pk:
        raise errors.NotOwnProfile
    if profile.role not in TEAM_ROLES:
        raise errors.ScopeDoesNotFit
    before = {grant.tool: grant.access for grant in profile.grants.all()}
    changed = {tool: access for tool, access in grants.items() if before.get(tool) != access}
    check_grants(changed, by=by, scope=profile.scope)
    profile.grants.exclude(tool__in=grants).delete()
    for tool, access in changed.items():
        ToolGrant.objects.update_or_create(profile=profile, tool=tool, defaults={"access": access})
    record_event("grants changed", by=by, at=at, target=profile, detail={"before": before, "after": dict(grants)})
    return profile


@transaction.atomic
def end_profile(profile: Profile, *, by: Any, at: datetime) -> Profile:
    """Revoke a profile. It stops counting on the next request, and the person's sessions end.

    A member of the team may not end the principal user's profile. Raises ``PermissionDenied`` and ``NotOwnProfile``.
    """
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    if not may(by, policies.END_ANY_PROFILE, profile):
        require(by, policies.END_PROFILE, profile)
        if profile.role in PRINCIPAL_ROLES:
            raise PermissionDenied(policies.END_PROFILE.name)
    if profile.user_id == by.pk:
        raise errors.NotOwnProfile
    return revoke(profile, by=by, at=at, why="ended")


def revoke(profile: Profile, *, by: Any, at: datetime, why: str) -> Profile:
    """Mark a profile as revoked, end the person's sessions and tell them. The caller has checked who may."""
    if profile.revoked_at is not None:
        return profile
    profile.revoked_at = at
    profile.save(update_fields=["revoked_at"])
    end_sessions_of(profile.user)
    record_event("profile revoked", by=by, at=at, target=profile, detail={"why": why, "user": profile.user_id})
    send_letter("profile_ended", to=profile.user.email, context={"profile": profile}, language=profile.user.language)
    return profile


@transaction.atomic
def transfer_principal(member: Profile, *, by: Any, at: datetime) -> Profile:
    """Make a member of the team the principal user of the network; who was it stays in the team, with every tool.

    Raises ``PermissionDenied`` if ``by`` is neither the principal user nor the programme, ``NotATeamMember`` if the
    profile is not an active one of the team. Returns the new principal profile.
    """
    member = Profile.objects.select_for_update(of=("self",)).get(pk=member.pk)
    require(by, policies.TRANSFER, member)
    if member.role not in TEAM_ROLES or not member.is_active_at(at):
        raise errors.NotATeamMember
    principal_role = next(role for role, team in TEAM_ROLE_OF_PRINCIPAL.items() if team == member.role)
    former = (
        Profile.objects.select_for_update(of=("self",))
        .filter(role=principal_role, network=member.network, revoked_at__isnull=True)
        .order_by("-start")
        .first()
    )
    replaces = former is not None and former.is_active_at(at)
    revoke(member, by=by, at=at, why="became principal user")
    if former is not None and replaces:
        revoke(former, by=by, at=at, why="transferred")
    new = open_profile(member.user, principal_role, member.scope, by=by, at=at, end=member.end)
    if former is not None and replaces:
        every_tool = dict.fromkeys((tool.value for tool in NETWORK_TOOLS), "edit")
        open_profile(former.user, member.role, member.scope, by=by, at=at, grants=every_tool)
    record_event("principal user transferred", by=by, at=at, target=new, detail={"to": member.user_id})
    return new
