"""The last day on which each learner did anything, put together from what the rooms keep."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from ..assignments.models import AssignmentWork, WorkRound
from ..assignments.peer_models import PeerFeedback
from ..cohorts.models import Enrolment, PairSeat
from ..forum.models import ForumPost
from ..meetings.models import Attendance, CohortMeeting
from ..progress.models import LessonVisit, QuizAnswer, QuizAttempt, Reflection


def last_days(cohort: Any, enrolments: Sequence[Enrolment]) -> dict[int, date]:
    """By the key of the enrolment; who did nothing is left out. Nine queries, however many people."""
    keys = [one.pk for one in enrolments]
    of_person = {one.person_id: one.pk for one in enrolments}
    found: dict[int, datetime] = {}

    def add(rows: Iterable[tuple[int | None, datetime | None]]) -> None:
        for key, at in rows:
            if key is not None and at is not None and (key not in found or found[key] < at):
                found[key] = at

    for model, moment in ((LessonVisit, "last_at"), (QuizAttempt, "started_at"), (Reflection, "changed_at")):
        rows: Any = model._default_manager.filter(enrolment__in=keys).values_list("enrolment")
        add(rows.annotate(at=Max(moment)))
    answers = QuizAnswer.objects.filter(attempt__enrolment__in=keys).order_by().values_list("attempt__enrolment")
    add(answers.annotate(at=Max("at")))
    drafts = AssignmentWork.objects.filter(enrolment__in=keys).exclude(
        state__in=(AssignmentWork.State.RETURNED, AssignmentWork.State.ACCEPTED)  # changed by the trainer
    )
    add(drafts.values_list("enrolment").annotate(at=Max("changed_at")))
    rounds = WorkRound.objects.filter(work__cohort=cohort).order_by().values_list("handed_in_by")
    add((of_person.get(person), at) for person, at in rounds.annotate(at=Max("handed_in_at")))
    given = PeerFeedback.objects.filter(giver__in=keys).order_by().values_list("giver").annotate(at=Max("given_at"))
    add(given)
    posts = ForumPost.objects.filter(topic__cohort=cohort).order_by().values_list("author")
    add((of_person.get(person), at) for person, at in posts.annotate(at=Max("created_at")))
    present = Attendance.objects.filter(enrolment__in=keys, present=True).values_list("enrolment")
    add(present.annotate(at=Max("meeting__starts_at")))
    return {key: timezone.localdate(at) for key, at in found.items()}


def missed_meetings(cohort: Any, enrolments: Sequence[Enrolment]) -> dict[int, tuple[int, int]]:
    """Meetings held since each person enrolled, (missed, held), by enrolment. Two queries."""
    held = list(
        CohortMeeting.objects.filter(cohort=cohort, state=CohortMeeting.State.HELD).values_list("pk", "starts_at")
    )
    there = set(
        Attendance.objects.filter(meeting__in=[pk for pk, _at in held], present=True).values_list(
            "enrolment_id", "meeting_id"
        )
    )
    found = {}
    for one in enrolments:
        since = one.enrolled_at
        own = [pk for pk, at in held if (one.pk, pk) in there or since is None or at >= since]
        found[one.pk] = (sum((one.pk, pk) not in there for pk in own), len(own))
    return found


def returned_days(cohort: Any) -> dict[int, date]:
    """Since when the oldest returned work of each learner, or of their pair, waits. At most two queries."""
    rows = AssignmentWork.objects.filter(cohort=cohort, state=AssignmentWork.State.RETURNED)
    found: dict[int, date] = {}
    works = list(rows.values_list("enrolment_id", "pair_id", "changed_at"))
    in_pair: dict[int, set[int]] = {}
    if any(pair is not None for _own, pair, _at in works):
        seats = PairSeat.objects.filter(pair__cohort=cohort).order_by("since", "pk")
        holder: dict[tuple[int, str, int], int | None] = {}
        for seat in seats:
            holder[seat.pair_id, seat.post, seat.number] = seat.enrolment_id
        for (pair, _post, _number), enrolment in holder.items():
            if enrolment is not None:
                in_pair.setdefault(pair, set()).add(enrolment)
    for own, pair, at in works:
        day = timezone.localdate(at)
        for key in {own} if own is not None else in_pair.get(pair or 0, set()):
            found[key] = min(day, found.get(key, day))
    return found
