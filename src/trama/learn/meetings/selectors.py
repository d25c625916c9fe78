"""Questions about meetings: which a person may see, who was there."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Sum

from ..cohorts.desk import some_of
from ..cohorts.models import Cohort, Enrolment
from ..cohorts.selectors import cohorts_led_by, people_of
from .models import Attendance, CohortMeeting, LearnerFeed

State = CohortMeeting.State


def meetings_visible_to(user: Any) -> QuerySet[CohortMeeting]:
    """Meetings of cohorts that a person is enrolled in or trains."""
    learns = Cohort.objects.filter(enrolments__person=user.pk, enrolments__state=Enrolment.State.ENROLLED)
    rows = CohortMeeting.objects.select_related("cohort__version__course")
    return rows.filter(Q(cohort__in=learns) | Q(cohort__in=cohorts_led_by(user)))


def meetings_of_learner(user: Any) -> QuerySet[CohortMeeting]:
    """Meetings of the cohorts that a person is enrolled in or trains by name, cancelled ones too."""
    own = Q(cohort__enrolments__person=user.pk, cohort__enrolments__state=Enrolment.State.ENROLLED)
    trained = Q(cohort__trainers__user=user.pk, cohort__trainers__until__isnull=True)
    return CohortMeeting.objects.filter(own | trained).select_related("cohort").distinct()


def coming_meetings(user: Any, at: datetime, *, within: timedelta) -> list[CohortMeeting]:
    """A person's meetings that have not ended and begin within a time."""
    rows = meetings_of_learner(user).filter(state=State.PLANNED, starts_at__lte=at + within)
    return [one for one in rows.filter(starts_at__gt=at - timedelta(days=1)) if ends_at(one) > at]


def next_meetings(enrolments: Sequence[Enrolment], at: datetime) -> dict[int, CohortMeeting]:
    """The planned meeting that comes next in the cohort of each enrolment, or goes on now. One query."""
    rows = CohortMeeting.objects.filter(cohort__in=[one.cohort_id for one in enrolments], state=State.PLANNED)
    first: dict[int, CohortMeeting] = {}
    for meeting in rows.filter(starts_at__gt=at - timedelta(days=1)).order_by("starts_at", "pk"):
        if ends_at(meeting) > at:
            first.setdefault(meeting.cohort_id, meeting)
    return {one.pk: first[one.cohort_id] for one in enrolments if one.cohort_id in first}


def ends_at(meeting: CohortMeeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)


@dataclass(frozen=True, slots=True)
class Presence:
    """A person on the list of a meeting. ``present`` None: nobody said anything."""

    enrolment: Enrolment
    present: bool | None
    source: str


@dataclass(frozen=True, slots=True)
class NetworkPresence:
    """The list of one network: ``present`` of ``total`` enrolled people."""

    name: str
    people: list[Presence]

    @property
    def present(self) -> int:
        return sum(one.present is True for one in self.people)


def presence_at(meeting: CohortMeeting) -> list[NetworkPresence]:
    """Who is enrolled and whether they were there, by network first. Two queries."""
    said = {row.enrolment_id: row for row in meeting.attendances.all()}
    rows = people_of(meeting.cohort).filter(Q(state=Enrolment.State.ENROLLED) | Q(pk__in=said))
    people = [
        Presence(row, said[row.pk].present, said[row.pk].get_source_display())
        if row.pk in said
        else Presence(row, None, "")
        for row in rows
    ]
    by_network = groupby(people, key=lambda one: str(one.enrolment.network or ""))
    return [NetworkPresence(name, list(of_it)) for name, of_it in by_network]


def held_meetings(cohort: Cohort) -> QuerySet[CohortMeeting]:
    """Meetings that count: those that were held."""
    return CohortMeeting.objects.filter(cohort=cohort, state=State.HELD)


def attended_minutes(enrolment: Enrolment) -> tuple[int, int]:
    """Minutes of held meetings that a person attended, and minutes of all that were held. Two queries."""
    held = held_meetings(enrolment.cohort)
    total = held.aggregate(n=Sum("minutes"))["n"] or 0
    mine = held.filter(attendances__enrolment=enrolment, attendances__present=True)
    return mine.aggregate(n=Sum("minutes"))["n"] or 0, total


def presence_column(cohort: Cohort, rows: Iterable[Enrolment]) -> dict[int, str]:
    """Meetings attended of those held, as the desk shows it: "2 / 3"; "0 / 3" is who never came. Two queries."""
    held = list(held_meetings(cohort).values_list("pk", flat=True))
    present = Attendance.objects.filter(meeting__in=held, present=True).values_list("enrolment", flat=True)
    counts: dict[int, int] = {}
    for key in present:
        counts[key] = counts.get(key, 0) + 1
    return {row.pk: some_of(counts.get(row.pk, 0), len(held)) if held else "" for row in rows}


def never_came(cohort: Cohort) -> list[Enrolment]:
    """Enrolled people who attended none of the meetings that were held; nobody, while none was. Two queries."""
    held = held_meetings(cohort)
    if not held.exists():
        return []
    came = Attendance.objects.filter(meeting__in=held, present=True).values("enrolment")
    return list(people_of(cohort).filter(state=Enrolment.State.ENROLLED).exclude(pk__in=came))


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def feed_of_secret(secret: str) -> LearnerFeed | None:
    """The open feed of a secret, of a person who may still sign in."""
    rows = LearnerFeed.objects.select_related("user").filter(ended_at__isnull=True, user__is_active=True)
    return rows.filter(secret_hash=secret_hash(secret)).first()
