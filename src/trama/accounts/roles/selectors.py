"""Which roles a person holds now, and what each may use."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from trama.foundation.policies import Access, Relation
from trama.foundation.prepared import hang, prepared

from .models import Profile, ToolGrant
from .relations import Surroundings
from .vocabulary import NETWORK_TOOLS, PROGRAMME_TEAM_TOOLS, PROGRAMME_TOOLS, SCOPE_TOOLS, Role

_TOOLS_OF_ROLE: dict[str, Collection[str]] = {
    Role.PROGRAMME_ADMIN: PROGRAMME_TOOLS,
    Role.PROGRAMME_TEAM: PROGRAMME_TEAM_TOOLS,
    Role.NETWORK_PRINCIPAL: NETWORK_TOOLS,
    Role.STATE_PRINCIPAL: NETWORK_TOOLS,
    **SCOPE_TOOLS,
}


class ProfileStanding:
    """A profile that counts now, as the policy register asks for it."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.role: str = profile.role
        self._surroundings = Surroundings(profile)

    def relation(self, target: object | None) -> Relation:
        return self._surroundings.relation(target)

    def may_use(self, tool: str, access: Access) -> bool:
        """Team members hold tools by grant; all others by role."""
        if self.role in _TOOLS_OF_ROLE:
            return tool in _TOOLS_OF_ROLE[self.role]
        granted = {grant.tool: grant.access for grant in self.profile.grants.all()}
        return granted.get(tool) == "edit" or (access == "view" and tool in granted)

    def __repr__(self) -> str:
        return f"<{self.role} of {self.profile.pk}>"


@prepared
def _unrevoked_of(user: int) -> QuerySet[Profile]:
    return (
        Profile.objects.filter(user=user, revoked_at__isnull=True)
        .select_related("network__place", "school__place", "school__municipality", "group", "organisation")
        .order_by("start", "pk")
    )


@prepared
def _grants_to(profiles: Collection[int]) -> QuerySet[ToolGrant]:
    return ToolGrant.objects.filter(profile__in=profiles)


def profiles_of(user: Any) -> list[Profile]:
    """Profiles of a person that nobody revoked, whatever their days, oldest first.

    One query; a second one with the grants of those who hold tools by grant.
    """
    profiles = _unrevoked_of(user.pk)
    granted = [profile for profile in profiles if profile.role not in _TOOLS_OF_ROLE]
    hang(granted, "grants", _grants_to([profile.pk for profile in granted]))
    return profiles


def active_profiles_of(user: Any, *, at: datetime | None = None) -> list[Profile]:
    """Profiles that count at an instant (now), oldest first. A suspended person has none.

    In a request, what counts now is read once.
    """
    if not user.is_active:
        return []
    in_request = at is None and hasattr(user, "acting_profile_id")
    kept: list[Profile] | None = getattr(user, "_active_profiles", None) if in_request else None
    if kept is not None:
        return kept
    instant = at or timezone.now()
    found = [profile for profile in profiles_of(user) if profile.is_active_at(instant)]
    if in_request:
        user._active_profiles = found
    return found


_PRINCIPAL_OF = {
    "network": ["network_principal", "state_principal"],
    "school": ["school_principal"],
    "group": ["group_coordinator"],
}


def people_in(scope: Any, *, at: datetime) -> list[Profile]:
    """Profiles that count at an instant in a network (its schools included), school or group; by name. One query."""
    kind = {"teachingnetwork": "network", "school": "school", "networkgroup": "group"}[scope._meta.model_name]
    owner: dict[str, int | None] = {"network": None, "school": None, "group": None, kind: scope.pk}
    return [row for row in _people_within(**owner) if row.is_active_at(at)]


@prepared
def _people_within(network: int | None, school: int | None, group: int | None) -> QuerySet[Profile]:
    """Of the one that is given."""
    if network is not None:
        within = Q(network=network) | Q(school__network=network)
    else:
        within = Q(school=school) if school is not None else Q(group=group)
    return (
        Profile.objects.filter(within, revoked_at__isnull=True, user__is_active=True)
        .select_related("user", "network__place", "school__place", "school__municipality", "group")
        .order_by("user__name", "pk")
    )


def principals_of(scope: Any, *, at: datetime) -> list[Any]:
    """The people who answer for a network, school or group at an instant. One query."""
    kind = {"teachingnetwork": "network", "school": "school", "networkgroup": "group"}[scope._meta.model_name]
    rows = Profile.objects.filter(
        role__in=_PRINCIPAL_OF[kind], revoked_at__isnull=True, user__is_active=True, **{kind: scope}
    ).select_related("user", "network__place", "school__municipality")
    return list({row.user_id: row.user for row in rows if row.is_active_at(at)}.values())


def has_second_factor(user: Any) -> bool:
    """Whether the person has a one-time code generator or a passkey. Recovery codes alone do not count."""
    return Authenticator.objects.filter(
        user=user.pk, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()


def needs_second_factor(role: str) -> bool:
    return role in settings.TRAMA_MFA_REQUIRED_ROLES


def sleeping_profiles_of(user: Any, *, at: datetime | None = None) -> list[Profile]:
    """Profiles that would count now if the person had a second factor."""
    waiting = [profile for profile in active_profiles_of(user, at=at) if needs_second_factor(profile.role)]
    return [] if not waiting or has_second_factor(user) else waiting


def standings_of(user: Any) -> Iterable[ProfileStanding]:
    """The standings of a user for the policy register.

    In a request, ``ActingProfileMiddleware`` has put on the user which profile they chose (``acting_profile_id``), and
    the answer is kept for that request. Elsewhere (services, jobs, commands) every active profile counts, and is read
    again each time, so that a revocation acts at once.
    """
    kept: list[ProfileStanding] | None = getattr(user, "_standings_of_request", None)
    if kept is not None:
        return kept
    in_request = hasattr(user, "acting_profile_id")
    if in_request:
        acting = acting_profile_of(user)
        profiles = [acting] if acting is not None else []
    else:
        profiles = active_profiles_of(user)
    if any(needs_second_factor(profile.role) for profile in profiles) and not has_second_factor(user):
        profiles = [profile for profile in profiles if not needs_second_factor(profile.role)]
    held = [ProfileStanding(profile) for profile in profiles]
    if in_request:
        user._standings_of_request = held
    return held


def acting_among(profiles: list[Profile], chosen_id: int | None) -> Profile | None:
    """The profile a person acts under: the chosen one while it counts, or the only one; else none yet."""
    for profile in profiles:
        if profile.pk == chosen_id:
            return profile
    return profiles[0] if len(profiles) == 1 else None


def acting_profile_of(user: Any) -> Profile | None:
    """The profile under which a person acts in this request. Read once a request."""
    if not hasattr(user, "_acting_profile"):
        user._acting_profile = acting_among(active_profiles_of(user), user.acting_profile_id)
    profile: Profile | None = user._acting_profile
    return profile


@dataclass(frozen=True, slots=True)
class ScopesHeld:
    """The networks, schools, groups and organisations, by primary key, in which a person may use a tool now."""

    networks: frozenset[int]
    schools: frozenset[int]
    groups: frozenset[int]
    organisations: frozenset[int]

    def owning(self) -> Q:
        """Rows (``know.api.OfOneScope``) that belong to one of them. Nothing held gives a condition nothing meets."""
        return Q(network__in=self.networks) | Q(school__in=self.schools) | Q(group__in=self.groups)

    def owns(self, one: Any) -> bool:
        """Whether a row that was read (``know.api.OfOneScope``) belongs to one of them."""
        return one.network_id in self.networks or one.school_id in self.schools or one.group_id in self.groups


def scopes_held(user: Any, tool: str, access: Access = "view") -> ScopesHeld:
    """Where ``user`` may use ``tool`` now; in a request, under the profile they act with. Anonymous: nowhere."""
    held = [] if user is None or not user.is_authenticated or not user.is_active else standings_of(user)
    profiles = [standing.profile for standing in held if standing.may_use(tool, access)]

    def keys(field: str) -> frozenset[int]:
        return frozenset(key for profile in profiles if (key := getattr(profile, f"{field}_id")) is not None)

    return ScopesHeld(keys("network"), keys("school"), keys("group"), keys("organisation"))
