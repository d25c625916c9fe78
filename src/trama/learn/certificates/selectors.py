"""Questions about certificates: whose there are, what a code stands for, how many hours somebody attended."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from trama.foundation.prepared import prepared

from ..cohorts.models import Enrolment
from ..cohorts.selectors import cohorts_led_by
from ..meetings.models import Attendance, CohortMeeting
from .codes import read_code
from .models import Certificate


def by_code(typed: str) -> Certificate | None:
    """The certificate of a code, valid or not. Whoever holds the code may ask."""
    code = read_code(typed)
    return Certificate.objects.select_related("replaced_by").filter(code=code).first() if code else None


def certificates_visible_to(user: Any) -> QuerySet[Certificate]:
    """A person's own, and those of cohorts that they lead."""
    rows = Certificate.objects.select_related("enrolment__person", "enrolment__cohort", "replaced_by", "revoked_by")
    return rows.filter(Q(enrolment__person=user.pk) | Q(enrolment__cohort__in=cohorts_led_by(user)))


def certificates_of_person(user: Any) -> list[Certificate]:
    """A person's own, the newest first; what was replaced is left out."""
    rows = certificates_visible_to(user).filter(enrolment__person=user.pk, replaced_at__isnull=True)
    return list(rows)


@prepared
def _valid(enrolment: int) -> QuerySet[Certificate]:
    return Certificate.objects.filter(enrolment=enrolment, replaced_at__isnull=True, revoked_at__isnull=True)


def valid_certificate(enrolment: Enrolment) -> Certificate | None:
    """The one that says now that a learner completed the course. One query."""
    return next(iter(_valid(enrolment.pk)), None)


def badge_lists(size: int) -> int:
    """How many status lists there are, ``size`` certificates in each: at least one. One query."""
    last = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return int(last) // size + 1


def minutes_attended(enrolments: Sequence[Enrolment]) -> dict[int, int]:
    """Minutes of the meetings held that each one attended, by enrolment. One query."""
    rows = Attendance.objects.filter(
        enrolment__in=[one.pk for one in enrolments], present=True, meeting__state=CohortMeeting.State.HELD
    )
    found = {one.pk: 0 for one in enrolments}
    for key, minutes in rows.values_list("enrolment_id", "meeting__minutes"):
        found[key] += minutes
    return found


def certificates_of_cohort(cohort: Any) -> dict[int, list[Certificate]]:
    """Every certificate of a cohort, those replaced or revoked too, by enrolment, the newest first. One query."""
    found: dict[int, list[Certificate]] = {}
    for one in Certificate.objects.filter(enrolment__cohort=cohort).order_by("-issued_at", "-pk"):
        found.setdefault(one.enrolment_id, []).append(one)
    return found
