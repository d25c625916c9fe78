"""The digest: one mail a day at most, with what waits for a person everywhere, never one an event.

On the days that a person chose it holds the week of their plans and adoptions, and what every phase says that waits
(``foundation.waiting``). On another working day it comes only for what is urgent, and holds that alone. Who holds no
profile (a guest of a round) gets it for what is urgent only. See docs/decisions/0119.
"""

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from trama.accounts.api import absolute, active_profiles_of, send_letter
from trama.foundation.waiting import WaitingGroup, awaited, by_letter, note_told, waiting_for

from .models import DigestChoice, DigestSent
from .selectors import Week, is_digest_day, week_of

_WEEKEND = 5  # weekday() of Saturday


@dataclass(slots=True)
class DigestReport:
    """What a run did, in people."""

    sent: int = 0
    empty: int = 0  # nothing waits for them: no mail
    skipped: int = 0  # not their day, not wanted, or sent already


@dataclass(frozen=True, slots=True)
class _Digest:
    """What a mail would hold."""

    week: Week | None  # None: only what is urgent
    groups: list[WaitingGroup]

    @property
    def is_empty(self) -> bool:
        return not self.groups and (self.week is None or self.week.is_empty)

    @property
    def n_lines(self) -> int:
        return sum(len(group.lines) for group in self.groups)


def send_digests(*, at: datetime, apply: bool, origin: str = "") -> DigestReport:
    """Let today's digests leave, each person's kept in a transaction of its own.

    Running it twice on a day sends once; what the mail server does is the postman's care (``foundation.letters``).
    ``apply`` false: only counts.
    """
    report = DigestReport()
    choices = dict(DigestChoice.objects.values_list("user_id", "frequency"))
    urgent = awaited(at=at)
    for user, works_here in _people(at, urgent):
        frequency = choices.get(user.pk, DigestChoice.Frequency.WEEKLY)
        today = _today(user, at)
        whole = works_here and is_digest_day(frequency, today)
        comes = whole or (user.pk in urgent and today.weekday() < _WEEKEND)
        never = frequency == DigestChoice.Frequency.NEVER
        if never or not comes or DigestSent.objects.filter(user=user, day=today).exists():
            report.skipped += 1
            continue
        outcome = _one(user, today, at, whole=whole, apply=apply, origin=origin)
        setattr(report, outcome, getattr(report, outcome) + 1)
    return report


def daily_digests(at: datetime) -> str:
    """Today's digests as daily work (``foundation.jobs.daily``)."""
    report = send_digests(at=at, apply=True, origin=settings.TRAMA_ORIGIN)
    return ngettext("%(n)d digest sent", "%(n)d digests sent", report.sent) % {"n": report.sent}


def _people(at: datetime, urgent: set[int]) -> Iterator[tuple[Any, bool]]:
    """Active people whom a digest may concern, and whether they hold a profile that counts now; a few at a time."""
    for user in get_user_model().objects.filter(is_active=True).order_by("pk").iterator(chunk_size=500):
        works_here = bool(active_profiles_of(user, at=at))
        if works_here or user.pk in urgent:
            yield user, works_here


def _today(user: Any, at: datetime) -> date:
    """The day it is where the person's first profile is held; for who holds none, on the installation's clocks."""
    profiles = active_profiles_of(user, at=at)
    zone = profiles[0].time_zone if profiles else zoneinfo.ZoneInfo(settings.TIME_ZONE)
    return at.astimezone(zone).date()


def _last(user: Any) -> datetime | None:
    """When the person last got a digest: what changed since is told in the next."""
    return DigestSent.objects.filter(user=user).order_by("-day").values_list("sent_at", flat=True).first()


def _one(user: Any, today: date, at: datetime, *, whole: bool, apply: bool, origin: str) -> str:
    """One person's digest: "sent", "empty" or "skipped" (another run was faster)."""
    with translation.override(getattr(user, "language", "") or settings.LANGUAGE_CODE):
        last = _last(user)
        digest = _Digest(
            week_of(user, today=today, since=last) if whole else None,
            by_letter(waiting_for(user, at=at, told_at=last), urgent_only=not whole),
        )
        if digest.is_empty:
            return "empty"
        return _send(user, digest, today, at, origin) if apply else "sent"


def _send(user: Any, digest: _Digest, today: date, at: datetime, origin: str) -> str:
    """Note the day, write the letter and tell who said what waits: all of it, or nothing."""
    context = {
        "user": user,
        "week": digest.week,
        "groups": digest.groups,
        "n_lines": digest.n_lines,
        "origin": absolute("", origin),
        "address": absolute(reverse("plan:week"), origin),
        "choice_address": absolute(reverse("plan:digest_choice"), origin),
    }
    with transaction.atomic():
        try:
            with transaction.atomic():
                DigestSent.objects.create(user=user, day=today, sent_at=at)
        except IntegrityError:
            return "skipped"
        send_letter("plan/mail/digest", to=user.email, context=context, language=translation.get_language())
        note_told(user, digest.groups, at=at)
    return "sent"
