"""The facts that are counted later, written in the transaction of the act that makes them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trama.foundation.audit import record_event

from .models import Enrolment, EnrolmentChange, Participation


def note_change(enrolment: Enrolment, *, source: str, by: Any, at: datetime, reason: str = "") -> None:
    """Add to the history of an enrolment what became of it, and open or close its participation."""
    EnrolmentChange.objects.create(
        enrolment=enrolment, state=enrolment.state, source=source, at=at, by=by, reason=reason
    )
    day = timezone.localdate(at)
    if enrolment.state == Enrolment.State.ENROLLED:
        Participation.objects.create(
            enrolment=enrolment,
            person_id=enrolment.person_id,
            cohort_id=enrolment.cohort_id,
            front=enrolment.cohort.front,
            role=enrolment.role,
            network_id=enrolment.network_id,
            municipality_id=enrolment.municipality_id,
            school_id=enrolment.school_id,
            started_on=day,
        )
    else:
        enrolment.participations.filter(ended_on__isnull=True).update(ended_on=day)


@transaction.atomic
def note_completion(enrolment: Enrolment, *, at: datetime) -> None:
    """The person completed the course in this cohort. Called by ``learn.progress`` in the act that completes it.

    Said twice, the first time counts.
    """
    changed = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=True).update(completed_at=at)
    if not changed:
        return
    enrolment.completed_at = at
    enrolment.participations.filter(ended_on__isnull=True).update(completed_on=timezone.localdate(at))
    record_event("course completed", by=None, at=at, target=enrolment)


@transaction.atomic
def take_back_completion(enrolment: Enrolment, *, by: Any, at: datetime) -> None:
    """What completed the course no longer holds: a presence or an assignment was corrected."""
    changed = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=False).update(completed_at=None)
    if not changed:
        return
    enrolment.completed_at = None
    enrolment.participations.filter(ended_on__isnull=True).update(completed_on=None)
    record_event("completion taken back", by=by, at=at, target=enrolment)
