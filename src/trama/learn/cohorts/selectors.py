"""Questions about cohorts: which there are, who is in them, who may see them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from trama.accounts.api import scopes_held
from trama.foundation.policies import may
from trama.foundation.prepared import prepared

from ..courses.models import Course
from ..courses.study import Enrolled
from ..policies import LEAD_COHORT
from .models import Cohort, CohortTrainer, Enrolment, Pair, PairSeat

TAKING = (Cohort.State.OPEN, Cohort.State.RUNNING)
LIVE = (Enrolment.State.ENROLLED, Enrolment.State.WAITING)


def may_lead(user: Any, cohort: Cohort) -> bool:
    """Whether a person trains a cohort, or belongs to the programme. At most two queries."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    if may(user, LEAD_COHORT, cohort):
        return True
    return CohortTrainer.objects.filter(cohort=cohort, user=user.pk, until__isnull=True).exists()


def cohorts_led_by(user: Any) -> QuerySet[Cohort]:
    """Cohorts that a person trains; for the programme, all."""
    rows = Cohort.objects.select_related("version__course", "organisation", "parent")
    if may(user, LEAD_COHORT):
        return rows
    trains = CohortTrainer.objects.filter(cohort=OuterRef("pk"), user=user.pk, until__isnull=True)
    return rows.filter(Exists(trains))


def with_numbers(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """The same with ``n_enrolled`` and ``n_waiting``."""
    return cohorts.annotate(
        n_enrolled=Count("enrolments", filter=Q(enrolments__state="enrolled")),
        n_waiting=Count("enrolments", filter=Q(enrolments__state="waiting")),
    )


def open_cohorts(course: Course) -> QuerySet[Cohort]:
    """Cohorts of a course that take people and say so in public: those by invitation do not."""
    rows = Cohort.objects.filter(version__course=course, state__in=TAKING).exclude(opening=Cohort.Opening.INVITED)
    return with_numbers(rows).order_by("starts_on", "pk")


def enrolments_of_person(user: Any) -> QuerySet[Enrolment]:
    """A person's own enrolments, newest first."""
    rows = Enrolment.objects.filter(person=user.pk).select_related(
        "cohort__version__course", "school__place", "network"
    )
    return rows.order_by("-asked_at", "-pk")


def enrolments_visible_to(user: Any) -> QuerySet[Enrolment]:
    """A person's own; those of cohorts that they train; those of people of the networks and schools they answer for."""
    held = scopes_held(user, "courses")
    of_mine = Q(network__in=held.networks) | Q(school__in=held.schools)
    rows = Enrolment.objects.select_related("cohort__version__course", "person", "school__place", "network__place")
    return rows.filter(Q(person=user.pk) | of_mine | Q(cohort__in=cohorts_led_by(user)))


def people_of(cohort: Cohort) -> QuerySet[Enrolment]:
    """Everyone who is or was in a cohort, by network, school and name: the order of every list of the desk."""
    rows = Enrolment.objects.filter(cohort=cohort).select_related("person", "network__place", "school__place")
    return rows.order_by("network__search_name", "school__place__search_name", "person__name", "pk")


def current_enrolment(user: Any, course: Course) -> Enrolled | None:
    """Where a person learns a course now: the newest cohort that they are enrolled in and that began to run."""
    if not getattr(user, "is_authenticated", False):
        return None
    found = next(iter(_current(user.pk, course.pk)), None)
    return Enrolled(found.cohort.version, found) if found is not None else None


@prepared
def _current(user: int, course: int) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(person=user, state="enrolled", cohort__version__course=course)
    rows = rows.exclude(cohort__state=Cohort.State.DRAFT).select_related("cohort__version__course")
    return rows.order_by("-cohort__starts_on", "-pk")[:1]


def place_in_line(enrolment: Enrolment) -> int:
    """1 for who enters next."""
    ahead = Q(asked_at__lt=enrolment.asked_at) | Q(asked_at=enrolment.asked_at, pk__lt=enrolment.pk)
    return Enrolment.objects.filter(ahead, cohort=enrolment.cohort_id, state="waiting").count() + 1


# --- pairs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeatPeriod:
    """Who held a seat of a pair, since when and until when; ``until`` None: still. ``enrolment`` None: vacant."""

    post: str
    label: str
    number: int
    enrolment: Enrolment | None
    since: datetime
    until: datetime | None
    reason: str


def history_of(pair: Pair) -> list[SeatPeriod]:
    """Every period of every seat, in order. A seat is held until its next row begins. One query."""
    rows = list(pair.seats.select_related("enrolment__person"))
    ends: dict[int, datetime] = {}
    for row, after in pairwise(rows):
        if (row.post, row.number) == (after.post, after.number):
            ends[row.pk] = after.since
    return [
        SeatPeriod(row.post, row.get_post_display(), row.number, row.enrolment, row.since, ends.get(row.pk), row.reason)
        for row in rows
    ]


def members_of(pair: Pair, *, at: datetime) -> list[SeatPeriod]:
    """Who sits in a pair at an instant. One query."""
    return [
        one
        for one in history_of(pair)
        if one.enrolment is not None and one.since <= at and (one.until is None or at < one.until)
    ]


def pair_of(enrolment: Enrolment, *, at: datetime) -> Pair | None:
    """The pair that a person of a cohort sits in at an instant, or None. At most one query a pair they ever sat in."""
    pairs = Pair.objects.filter(cohort=enrolment.cohort_id, seats__enrolment=enrolment).distinct()
    for pair in pairs.select_related("school__place", "network"):
        if any(one.enrolment == enrolment for one in members_of(pair, at=at)):
            return pair
    return None


def pairs_visible_to(user: Any) -> QuerySet[Pair]:
    """Pairs of cohorts that a person trains, pairs they sit or sat in, pairs of their networks and schools."""
    held = scopes_held(user, "courses")
    sat = PairSeat.objects.filter(pair=OuterRef("pk"), enrolment__person=user.pk)
    of_mine = Q(network__in=held.networks) | Q(school__in=held.schools)
    rows = Pair.objects.select_related("cohort__version__course", "school__place", "network")
    return rows.filter(Q(Exists(sat)) | of_mine | Q(cohort__in=cohorts_led_by(user)))
