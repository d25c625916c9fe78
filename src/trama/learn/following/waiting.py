"""Reminders in the one letter: after 1, 3, 7 and 14 days, on working days, until the course is complete or over.

Pages show the next step as long as somebody waits; a letter brings it only when a step is due and reminders are wanted.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trama.foundation.waiting import Provider, Waiting

from ..cohorts.models import Cohort, Enrolment
from .lateness import Reminder, reminder
from .selectors import Standing, muted_cohorts, reminded_enrolments, standings, told_of
from .services import mute_token, note_reminded
from .wording import address_of_next, day_of, next_step


def reminders_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """A line for each cohort where a person has not gone on. One query where they learn nowhere."""
    enrolments = reminded_enrolments(user)
    if not enrolments:
        return []
    told, muted = told_of(enrolments), muted_cohorts(user)
    lines = []
    for row in enrolments:
        (standing,) = standings(row.cohort, [row], at=at)
        due = reminder(
            standing.facts, timezone.localdate(at), told[row.pk], first=row.cohort.starts_on, last=row.cohort.ends_on
        )
        line = _line(user, standing, due, at, silent=due is None or bool(muted & {None, row.cohort_id}))
        if line is not None:
            lines.append(line)
    return lines


def _line(user: Any, standing: Standing, due: Reminder | None, at: datetime, *, silent: bool) -> Waiting | None:
    row, facts = standing.enrolment, standing.facts
    today = timezone.localdate(at)
    days = (today - facts.idle_since).days
    over = row.cohort.ends_on is not None and today > row.cohort.ends_on
    if facts.complete or over or standing.next is None or (due is None and days < 1):
        return None
    names = {"cohort": row.cohort.name, "next": next_step(standing), "n": days, "day": day_of(facts.overdue_on)}
    if due is not None and due.kind == "due":
        what = _("%(cohort)s: something was planned until %(day)s. Your next step is “%(next)s”.")
    elif facts.last_on is None:
        what = _("%(cohort)s: the course has begun. Your first step is “%(next)s”.")
    else:
        what = ngettext(
            "%(cohort)s: %(n)d day without activity. Your next step is “%(next)s”.",
            "%(cohort)s: %(n)d days without activity. Your next step is “%(next)s”.",
            days,
        )
    return Waiting(
        what % names,
        address_of_next(standing),
        urgent=due is not None,
        silent=silent,
        pause=reverse("learn:mute_reminders", args=[mute_token(user, row.cohort)]),
        key=(row.pk, due) if due is not None else None,
    )


def people_to_remind(at: datetime) -> Iterable[int]:
    """Accounts that learn in a running cohort and have not completed it. One query."""
    today = timezone.localdate(at)
    rows = Enrolment.objects.filter(
        state=Enrolment.State.ENROLLED, completed_at__isnull=True, cohort__state=Cohort.State.RUNNING,
        cohort__starts_on__lt=today, person__is_active=True,
    )  # fmt: skip
    return rows.exclude(cohort__ends_on__lt=today).values_list("person_id", flat=True).distinct()


def note_told(user: Any, lines: Sequence[Waiting], at: datetime) -> None:
    """A letter brought these reminders."""
    note_reminded(user, [line.key for line in lines if line.key is not None], at=at)


PROVIDER = Provider(45, gettext_lazy("My courses"), reminders_waiting, people_to_remind, note_told)
