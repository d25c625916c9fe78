"""Verbs of following: silence reminders, note that they went out, write to many at once."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from trama.accounts.api import absolute, send_letter
from trama.foundation.audit import record_event

from ..cohorts.models import Cohort, Enrolment
from ..cohorts.services import require_lead
from ..progress.selectors import learners_of
from .errors import NobodyChosen, NothingToSay
from .lateness import Reminder
from .models import CohortMessage, CohortMessageTo, Nudge, NudgeMute
from .selectors import Standing, muted_people, standings
from .wording import address_of_next, next_step

SALT = "learn.following.mute"
LONGEST = 3_000


def mute_token(user: Any, cohort: Cohort) -> str:
    """What stands in the address that stops reminders: whoever holds it may, without signing in. It does not expire."""
    return signing.Signer(salt=SALT).sign_object([user.pk, cohort.pk])


def read_mute_token(token: str) -> tuple[int, int]:
    """The account and the cohort of a token. Raises ``signing.BadSignature``."""
    user, cohort = signing.Signer(salt=SALT).unsign_object(token)
    return int(user), int(cohort)


@transaction.atomic
def set_mute(user: Any, cohort: Cohort | None, muted: bool, *, at: datetime) -> None:
    """Silence reminders of a cohort, or (None) of all, or want them again. The caller knows that ``user`` asks it."""
    if muted:
        _row, new = NudgeMute.objects.get_or_create(user=user, cohort=cohort, defaults={"since": at})
        changed = int(new)
    else:
        changed, _by_model = NudgeMute.objects.filter(user=user, cohort=cohort).delete()
    if changed:
        what = "reminders silenced" if muted else "reminders wanted again"
        record_event(what, by=user, at=at, target=cohort if cohort is not None else user)


@transaction.atomic
def note_reminded(user: Any, found: Iterable[tuple[int, Reminder]], *, at: datetime) -> None:
    """A letter brought these reminders, (enrolment, reminder), to a person; none of them comes again."""
    own = set(Enrolment.objects.filter(person=user).values_list("pk", flat=True))
    rows = [
        Nudge(enrolment_id=key, kind=one.kind, since=one.since, step=one.step, at=at)
        for key, one in found
        if key in own
    ]
    Nudge.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        record_event(
            "reminded of courses", by=None, at=at, target=user, detail={"enrolments": [r.enrolment_id for r in rows]}
        )


def recipients_of(cohort: Cohort, chosen: Collection[UUID]) -> list[Enrolment]:
    """The learners of a cohort who were chosen; others are left out."""
    return [one for one in learners_of(cohort) if one.uid in chosen and one.state == Enrolment.State.ENROLLED]


def letter_context(standing: Standing, text: str, *, by: Any, origin: str) -> dict[str, Any]:
    """What a message to one person holds."""
    row = standing.enrolment
    mute = reverse("learn:mute_reminders", args=[mute_token(row.person, row.cohort)])
    return {
        "cohort": row.cohort,
        "by": by,
        "text": text,
        "next": next_step(standing),
        "next_link": absolute(address_of_next(standing), origin),
        "mute_link": absolute(mute, origin),
    }


@transaction.atomic
def write_to(
    cohort: Cohort, chosen: Collection[UUID], text: str, *, submission: UUID, by: Any, at: datetime, origin: str = ""
) -> CohortMessage:
    """Write to learners of a cohort: each finds it on their page and, unless they silenced reminders, in a letter.

    The letter ends with each one's own next step. The same submission again sends nothing more. Raises
    ``PermissionDenied`` for who does not lead the cohort, ``NobodyChosen``, ``NothingToSay``.
    """
    require_lead(by, cohort)
    sent = CohortMessage.objects.filter(submission=submission).first()
    if sent is not None:
        if sent.cohort_id != cohort.pk or sent.by_id != by.pk:
            raise PermissionDenied("learn.following.write")
        return sent
    plain = text.replace("\r\n", "\n").strip()[:LONGEST]
    if not plain:
        raise NothingToSay
    people = recipients_of(cohort, chosen)
    if not people:
        raise NobodyChosen
    message = CohortMessage.objects.create(cohort=cohort, submission=submission, by=by, at=at, text=plain)
    muted = muted_people(cohort)
    for one in standings(cohort, people, at=at):
        row = one.enrolment
        mailed = row.person_id not in muted
        CohortMessageTo.objects.create(message=message, enrolment=row, mailed=mailed)
        if mailed:
            context = letter_context(one, plain, by=by, origin=origin)
            send_letter("learn/mail/cohort_message", to=row.person.email, context=context, language=row.person.language)
    detail = {"people": len(people), "letters": sum(one.person_id not in muted for one in people)}
    record_event("message to people of cohort", by=by, at=at, target=message, detail=detail)
    return message
