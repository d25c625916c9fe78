"""Verbs of meetings: plan, change, say who was there, open a calendar address."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from trama.foundation.audit import record_event

from ..cohorts.models import Cohort, Enrolment
from ..cohorts.services import require_lead
from .codes import is_valid
from .errors import CodeNotValid, NotNow, StaleMeeting
from .models import Attendance, CohortMeeting, LearnerFeed
from .selectors import ends_at, secret_hash

FIELDS = ("title", "starts_at", "minutes", "place", "link", "state", "notes", "recording")
DOORS_OPEN = timedelta(minutes=30)  # before a meeting begins
DOORS_CLOSE = timedelta(hours=2)  # after it ends
Source = Attendance.Source

type Listener = Callable[[Enrolment, datetime], None]
_listeners: list[Listener] = []


def register_attendance_listener(listener: Listener) -> None:
    """Call ``listener(enrolment, at)`` in the transaction that changes somebody's presence or what counts of it."""
    if listener not in _listeners:
        _listeners.append(listener)


def _tell(enrolment: Enrolment, at: datetime) -> None:
    for listener in _listeners:
        listener(enrolment, at)


@transaction.atomic
def plan_meeting(cohort: Cohort, fields: Mapping[str, Any], *, by: Any, at: datetime) -> CohortMeeting:
    """A new meeting of a cohort. Raises ``PermissionDenied``."""
    require_lead(by, cohort)
    values = {name: fields[name] for name in FIELDS if name in fields}
    made = CohortMeeting.objects.create(
        cohort=cohort, secret=secrets.token_hex(32), created_by=by, created_at=at, changed_at=at, **values
    )
    record_event("meeting of a cohort planned", by=by, at=at, target=made)
    return made


@transaction.atomic
def change_meeting(
    meeting: CohortMeeting, fields: Mapping[str, Any], *, revision: int, by: Any, at: datetime
) -> CohortMeeting:
    """Change a meeting, or write what happened, if nobody did since ``revision``. Raises ``StaleMeeting``."""
    require_lead(by, meeting.cohort)
    values = {name: fields[name] for name in FIELDS if name in fields}
    changed = CohortMeeting.objects.filter(pk=meeting.pk, revision=revision).update(
        **values, changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleMeeting
    before = (meeting.state, meeting.minutes)
    meeting.refresh_from_db()
    if before != (meeting.state, meeting.minutes):
        for row in meeting.cohort.enrolments.filter(state=Enrolment.State.ENROLLED):
            _tell(row, at)
    record_event("meeting of a cohort changed", by=by, at=at, target=meeting, detail={"fields": sorted(values)})
    return meeting


@transaction.atomic
def arrive(meeting: CohortMeeting, code: str, *, by: Any, at: datetime) -> Attendance:
    """A learner says with the code of the moment that they are there. Said twice, the first time stands.

    Raises ``PermissionDenied`` if they are not enrolled, ``NotNow`` at another hour, ``CodeNotValid`` for a wrong
    or old code.
    """
    row = Enrolment.objects.filter(cohort=meeting.cohort_id, person=by.pk, state=Enrolment.State.ENROLLED).first()
    if row is None:
        raise PermissionDenied("learn.meetings.arrive")
    in_time = meeting.starts_at - DOORS_OPEN <= at <= ends_at(meeting) + DOORS_CLOSE
    if meeting.state == CohortMeeting.State.CANCELLED or not in_time:
        raise NotNow
    if not is_valid(meeting.secret, code, at):
        raise CodeNotValid
    held = meeting.attendances.filter(enrolment=row).first()
    if held is not None and held.present:
        return held
    return _say(meeting, row, True, Source.CODE, by=by, at=at)


@transaction.atomic
def write_list(
    meeting: CohortMeeting, present: Mapping[int, bool], *, by: Any, at: datetime, source: str = Source.LIST
) -> int:
    """Write who was there, by the primary key of the enrolment; who is not in it stays as it was. Returns how many
    changed. A planned meeting has then been held. Raises ``PermissionDenied``.
    """
    require_lead(by, meeting.cohort)
    held = {row.enrolment_id: row.present for row in meeting.attendances.all()}
    rows = Enrolment.objects.filter(cohort=meeting.cohort_id, pk__in=present).exclude(state=Enrolment.State.WAITING)
    changed = [row for row in rows if held.get(row.pk) != present[row.pk]]
    for row in changed:
        _say(meeting, row, present[row.pk], source, by=by, at=at)
    if meeting.state == CohortMeeting.State.PLANNED and meeting.starts_at <= at:
        change_meeting(meeting, {"state": CohortMeeting.State.HELD}, revision=meeting.revision, by=by, at=at)
    return len(changed)


def _say(meeting: CohortMeeting, row: Enrolment, present: bool, source: str, *, by: Any, at: datetime) -> Attendance:
    fields = {"present": present, "source": source, "said_at": at, "said_by": by}
    made, _new = Attendance.objects.update_or_create(meeting=meeting, enrolment=row, defaults=fields)
    _tell(row, at)
    detail = {"enrolment": row.pk, "present": present, "source": source}
    record_event("presence written", by=by, at=at, target=meeting, detail=detail)
    return made


@transaction.atomic
def open_feed(*, by: Any, at: datetime) -> str:
    """A new secret for the calendar of a person's meetings; the earlier one ends. Shown once, never kept."""
    LearnerFeed.objects.filter(user=by, ended_at__isnull=True).update(ended_at=at)
    secret = secrets.token_urlsafe(24)
    feed = LearnerFeed.objects.create(user=by, secret_hash=secret_hash(secret), created_at=at)
    record_event("calendar of meetings opened", by=by, at=at, target=feed)
    return secret
