"""Keeping the end of mandates: ends that are missing, warnings, sessions of those whose mandate is over."""

from dataclasses import dataclass, field
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from trama.foundation.audit import record_event

from ..people.mail import absolute, send_letter
from ..people.sessions import end_sessions_of
from .calendar import ends_with_the_mandate, mandate_end
from .models import MandateWarning, Profile
from .selectors import active_profiles_of
from .vocabulary import MUNICIPAL_ROLES, SCHOOL_ROLES

WARNING_DAYS = (60, 30, 7)


@dataclass(slots=True)
class MandateReport:
    """What one run found to do, or did."""

    ends_set: list[int] = field(default_factory=list)  # ids of profiles
    warned: list[tuple[int, int]] = field(default_factory=list)  # (profile id, days)
    sessions_ended: list[int] = field(default_factory=list)  # ids of people


def municipal_profiles() -> QuerySet[Profile]:
    """Profiles that end with the municipal mandate and nobody revoked."""
    return (
        Profile.objects.filter(revoked_at__isnull=True)
        .filter(
            Q(role__in=[*MUNICIPAL_ROLES]) | Q(role__in=[*SCHOOL_ROLES], school__dependency="municipal"),
        )
        .select_related("user", "network__place", "school__place", "school__municipality")
    )


def days_left(profile: Profile, at: datetime) -> int | None:
    """Whole days until the profile ends, counted where it is held; None if it has no end."""
    if profile.end is None:
        return None
    return (profile.end - at.astimezone(profile.time_zone).date()).days


def due_warning(left: int, sent: set[int]) -> int | None:
    """Which of 60, 30 and 7 days is due now and was not sent. A late run sends only the nearest one."""
    passed = [days for days in WARNING_DAYS if left <= days]
    return passed[-1] if passed and left > 0 and passed[-1] not in sent else None


def keep_mandates(*, at: datetime, apply: bool, origin: str = "") -> MandateReport:
    """Do once a day what mandates ask; twice does nothing more. With ``apply`` false it only tells.

    Each profile is its own transaction, so a letter that cannot be sent holds up no one else's.
    """
    report = MandateReport()
    for profile in municipal_profiles().prefetch_related("warnings"):
        scope = profile.scope
        if ends_with_the_mandate(profile.role, scope):
            limit = mandate_end(profile.start)
            if profile.end is None or profile.end > limit:
                report.ends_set.append(profile.pk)
                profile.end = limit
                if apply:
                    _keep_end(profile, at)
        left = days_left(profile, at)
        if left is None or not profile.is_active_at(at):
            continue
        days = due_warning(left, {warning.days for warning in profile.warnings.all()})
        if days is not None and (not apply or _warn(profile, days, left, at=at, origin=origin)):
            report.warned.append((profile.pk, days))
    report.sessions_ended = _end_sessions_of_the_past(at, apply=apply)
    return report


@transaction.atomic
def _keep_end(profile: Profile, at: datetime) -> None:
    profile.save(update_fields=["end"])
    record_event("mandate end set", by=None, at=at, target=profile, detail={"end": str(profile.end)})


def _warn(profile: Profile, days: int, left: int, *, at: datetime, origin: str) -> bool:
    """Keep that the warning was sent, then send it. False if another run was first."""
    try:
        with transaction.atomic():
            MandateWarning.objects.create(profile=profile, days=days, sent_at=at)
            context = {
                "profile": profile,
                "days": left,
                "link": absolute(reverse("accounts:renewal"), origin),
            }
            send_letter("mandate_warning", to=profile.user.email, context=context, language=profile.user.language)
    except IntegrityError:
        return False
    return True


def _end_sessions_of_the_past(at: datetime, *, apply: bool) -> list[int]:
    """People with open sessions whose mandate is over and who hold nothing else. Rights ended by themselves already."""
    signed_in = UserSession.objects.values("user")
    over = municipal_profiles().filter(end__lte=at.date(), user__in=signed_in)
    people = {profile.user_id: profile.user for profile in over if not active_profiles_of(profile.user, at=at)}
    if apply:
        for person in people.values():
            with transaction.atomic():
                end_sessions_of(person)
    return sorted(people)
