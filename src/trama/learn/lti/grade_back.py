"""Completions are told to the platforms that sent people here: noted in the act, sent by the worker, tried again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trama.foundation.fetching import FetchRefused

from ..cohorts.models import Enrolment
from .asking import send_score
from .models import GradePassback, PlatformLaunch

WAITS = (1, 5, 30, 120, 720, 1440, 2880, 4320)  # minutes after the first, second … failure; then it is given up
LEASE = timedelta(minutes=10)
AT_ONCE = 50
VISITS_KEPT = timedelta(days=365)
State = GradePassback.State


def owe(person: Any, *, at: datetime, enrolment: Enrolment | None = None) -> int:
    """Note the grades that are still to be told of a person's completed courses. How many."""
    done = Enrolment.objects.filter(person=person.pk, completed_at__isnull=False).select_related(
        "cohort__version__course"
    )
    if enrolment is not None:
        done = done.filter(pk=enrolment.pk)
    made = 0
    for one in done:
        launches = PlatformLaunch.objects.filter(
            kind="resource", course=one.cohort.version.course.slug, platform__active=True,
            platform__links__person=person.pk, platform__links__subject=F("subject"),
        ).exclude(line_item_url="")  # fmt: skip
        for launch in launches:
            _row, new = GradePassback.objects.get_or_create(
                launch=launch, enrolment=one, defaults={"completed_at": one.completed_at or at, "next_at": at}
            )
            made += new
    return made


def completed(enrolment: Enrolment, at: datetime) -> None:
    """For ``progress.sources``: the act that completes a course notes what has to be told."""
    owe(enrolment.person, at=at, enrolment=enrolment)


def forget_visits(at: datetime) -> int:
    """Remove visits from platforms that nothing was told of and that are a year old. How many."""
    old = PlatformLaunch.objects.filter(at__lt=at - VISITS_KEPT, grades__isnull=True)
    removed, _each = old.delete()
    return removed


def is_due(at: datetime) -> bool:
    return GradePassback.objects.filter(state=State.WAITING, next_at__lte=at).exists()


def send_due(at: datetime) -> str:
    """Send what is due. Each is leased first, so that no other worker sends it too, and no lock waits for a server."""
    sent = failed = 0
    for _number in range(AT_ONCE):
        row = _leased(at)
        if row is None:
            break
        try:
            send_score(row.launch, row.completed_at, at=at)
        except FetchRefused as problem:
            failed += 1
            _postpone(row, str(problem), at)
        else:
            sent += 1
            GradePassback.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=at, problem="")
    return _("Grades sent: %(sent)d; to be tried again: %(failed)d.") % {"sent": sent, "failed": failed}


@transaction.atomic
def _leased(at: datetime) -> GradePassback | None:
    rows = GradePassback.objects.select_for_update(of=("self",)).select_related("launch__platform")
    row = rows.filter(state=State.WAITING, next_at__lte=at).order_by("next_at", "pk").first()
    if row is not None:
        row.tries, row.next_at = row.tries + 1, at + LEASE
        row.save(update_fields=["tries", "next_at"])
    return row


def _postpone(row: GradePassback, problem: str, at: datetime) -> None:
    if row.tries > len(WAITS):
        GradePassback.objects.filter(pk=row.pk).update(state=State.FAILED, problem=problem[:300])
        return
    due = at + timedelta(minutes=WAITS[row.tries - 1])
    GradePassback.objects.filter(pk=row.pk).update(next_at=due, problem=problem[:300])
