"""The digest: one mail with what waits for a person in all plans and adoptions they may see, never one an event."""

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse

from trama.accounts.api import absolute, active_profiles_of, send_letter

from .models import DigestSent
from .selectors import Week, frequency_of, is_digest_day, week_of


@dataclass(slots=True)
class DigestReport:
    """What a run did, in people."""

    sent: int = 0
    empty: int = 0  # nothing waits for them: no mail
    skipped: int = 0  # not the day of their choice, or sent already


def send_digests(*, at: datetime, apply: bool, origin: str = "") -> DigestReport:
    """Send today's digests, each person's in a transaction of its own: a broken one does not stop the others.

    Running it twice on a day sends once. ``apply`` false: only counts.
    """
    report = DigestReport()
    for user in _people(at):
        today = _today(user, at)
        if not is_digest_day(frequency_of(user), today) or DigestSent.objects.filter(user=user, day=today).exists():
            report.skipped += 1
            continue
        week = week_of(user, today=today, since=_last(user))
        if week.is_empty:
            report.empty += 1
            continue
        if apply and not _send(user, week, today, at, origin):
            report.skipped += 1
            continue
        report.sent += 1
    return report


def _people(at: datetime) -> Iterator[Any]:
    """Active people with at least one profile that counts now, a few at a time."""
    rows = get_user_model().objects.filter(is_active=True, profiles__revoked_at__isnull=True).distinct().order_by("pk")
    return (user for user in rows.iterator(chunk_size=500) if active_profiles_of(user, at=at))


def _today(user: Any, at: datetime) -> date:
    """The day it is where the person's first profile is held."""
    profiles = active_profiles_of(user, at=at)
    zone = profiles[0].time_zone if profiles else zoneinfo.ZoneInfo(settings.TIME_ZONE)
    return at.astimezone(zone).date()


def _last(user: Any) -> datetime | None:
    """When the person last got a digest: what changed since is told in the next."""
    return DigestSent.objects.filter(user=user).order_by("-day").values_list("sent_at", flat=True).first()


def _send(user: Any, week: Week, today: date, at: datetime, origin: str) -> bool:
    """Note the day and send; False if another run was faster."""
    try:
        with transaction.atomic():
            DigestSent.objects.create(user=user, day=today, sent_at=at)
            send_letter(
                "plan/mail/digest",
                to=user.email,
                context={
                    "user": user,
                    "week": week,
                    "address": absolute(reverse("plan:week"), origin),
                    "choice_address": absolute(reverse("plan:digest_choice"), origin),
                },
                language=getattr(user, "language", ""),
            )
    except IntegrityError:
        return False
    return True
