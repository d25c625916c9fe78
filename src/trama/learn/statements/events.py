"""What of the platform becomes a statement: which rows, with which verb, about which activity.

Verbs are those of the registries of ADL and TinCan; an activity is the public address of a course or of its part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from ..assignments.models import WorkRound
from ..certificates.models import Certificate
from ..cohorts.models import Enrolment, EnrolmentChange
from ..courses.models import CourseVersion, Part
from ..meetings.models import Attendance
from ..progress.models import CompletionChange, LessonVisit, QuizAnswer, QuizAttempt

ADL = "http://adlnet.gov/expapi"
TINCAN = "http://id.tincanapi.com"
STREAMS = "http://activitystrea.ms/schema/1.0"
SEGMENTS = {"lesson": "aulas", "quiz": "testes", "assignment": "tarefas"}
KINDS = {
    "lesson": f"{ADL}/activities/lesson",
    "quiz": f"{ADL}/activities/assessment",
    "assignment": f"{TINCAN}/activitytype/school-assignment",
}


@dataclass(frozen=True, slots=True)
class Verb:
    iri: str
    display: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something on this site that people do. ``names``: in both languages, by their tags."""

    path: str
    kind: str
    names: Mapping[str, str]

    def as_object(self) -> dict[str, Any]:
        definition = {"type": self.kind, "name": dict(self.names)}
        return {"objectType": "Activity", "id": settings.TRAMA_ORIGIN + self.path, "definition": definition}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``registration`` is the uid of the enrolment."""

    key: str  # of its row: the same whenever it is read
    person: int
    registration: UUID
    at: datetime
    activity: Activity
    course: Activity | None = None
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind. ``moment``: the column that says when it happened."""

    name: str
    verb: Verb
    rows: Callable[[], QuerySet[Any]]
    moment: str
    event: Callable[[Any], Event | None]  # None: of nobody who learns here


def _verb(iri: str, english: str, portuguese: str) -> Verb:
    return Verb(iri, {"en": english, "pt-BR": portuguese})


def _course(version: CourseVersion) -> Activity:
    with translation.override("pt-br"):
        path = reverse("learn:course", args=[version.course.slug])
    return Activity(path, f"{ADL}/activities/course", {"pt-BR": version.title_pt, "en": version.title_en})


def _part(version: CourseVersion, part: Part) -> Activity:
    with translation.override("pt-br"):
        path = reverse("learn:course_part", args=[version.course.slug, SEGMENTS[part.kind], part.slug])
    return Activity(path, KINDS[part.kind], {"pt-BR": part.title_pt, "en": part.title_en})


def _of(enrolment: Enrolment, key: Any, at: datetime, part: Part | None = None, **result: Any) -> Event:
    version = enrolment.cohort.version
    course = _course(version)
    about = course if part is None else _part(version, part)
    return Event(str(key), enrolment.person_id, enrolment.uid, at, about, course if part else None, result)


def _enrolled(row: EnrolmentChange) -> Event:
    return _of(row.enrolment, row.pk, row.at)


def _visited(row: LessonVisit) -> Event:
    return _of(row.enrolment, row.pk, row.first_at, row.lesson)


def _answered(row: QuizAnswer) -> Event:
    scaled = row.points / row.points_of
    score = {"scaled": scaled, "raw": row.points, "min": 0, "max": row.points_of}
    return _of(
        row.attempt.enrolment, row.pk, row.at, row.attempt.quiz, score=score, success=row.points == row.points_of
    )


def _scored(row: QuizAttempt) -> Event:
    percent = float(row.percent or 0)
    score = {"scaled": round(percent / 100, 4), "raw": percent, "min": 0, "max": 100}
    at = row.finished_at or row.started_at
    return _of(row.enrolment, row.pk, at, row.quiz, score=score, completion=True)


def _person_of_work(row: WorkRound) -> Enrolment | None:
    """Whose work it is; of a pair, who handed it in."""
    work = row.work
    if work.enrolment is not None:
        return work.enrolment
    rows = Enrolment.objects.select_related("cohort__version__course")
    return rows.filter(cohort=work.cohort_id, person=row.handed_in_by_id).first()


def _handed_in(row: WorkRound) -> Event | None:
    enrolment = _person_of_work(row)
    return None if enrolment is None else _of(enrolment, row.pk, row.handed_in_at, row.work.assignment)


def _decided(row: WorkRound) -> Event | None:
    enrolment, at = _person_of_work(row), row.decided_at or row.handed_in_at
    if enrolment is None:
        return None
    return _of(enrolment, row.pk, at, row.work.assignment, success=row.outcome == "accepted")


def _attended(row: Attendance) -> Event:
    meeting, enrolment = row.meeting, row.enrolment
    with translation.override("pt-br"):
        path = reverse("learn:cohort_meeting", args=[meeting.uid])
    names = {"pt-BR": meeting.title, "en": meeting.title}
    activity = Activity(path, f"{ADL}/activities/meeting", names)
    course = _course(enrolment.cohort.version)
    return Event(str(row.pk), enrolment.person_id, enrolment.uid, row.said_at, activity, course)


def _completed(row: CompletionChange) -> Event:
    return _of(row.enrolment, row.pk, row.at, completion=True)


def _certified(row: Certificate) -> Event:
    return _of(row.enrolment, row.pk, row.issued_at)


_TO_COURSE = "enrolment__cohort__version__course"
_ROUND = ("work__assignment", "work__enrolment__cohort__version__course")

SOURCES = (
    Source(
        "enrolled",
        _verb(f"{ADL}/verbs/registered", "registered", "matriculou-se"),
        lambda: EnrolmentChange.objects.filter(state=Enrolment.State.ENROLLED).select_related(_TO_COURSE),
        "at",
        _enrolled,
    ),
    Source(
        "visited",
        _verb(f"{TINCAN}/verb/viewed", "viewed", "abriu"),
        lambda: LessonVisit.objects.select_related("lesson", _TO_COURSE),
        "first_at",
        _visited,
    ),
    Source(
        "answered",
        _verb(f"{ADL}/verbs/answered", "answered", "respondeu"),
        lambda: QuizAnswer.objects.filter(counted=True).select_related("attempt__quiz", f"attempt__{_TO_COURSE}"),
        "at",
        _answered,
    ),
    Source(
        "scored",
        _verb(f"{ADL}/verbs/scored", "scored", "obteve o resultado"),
        lambda: QuizAttempt.objects.filter(finished_at__isnull=False).select_related("quiz", _TO_COURSE),
        "finished_at",
        _scored,
    ),
    Source(
        "handed_in",
        _verb(f"{STREAMS}/submit", "submitted", "entregou"),
        lambda: WorkRound.objects.select_related(*_ROUND),
        "handed_in_at",
        _handed_in,
    ),
    Source(
        "accepted",
        _verb(f"{ADL}/verbs/passed", "passed", "teve aceito"),
        lambda: WorkRound.objects.filter(outcome="accepted").select_related(*_ROUND),
        "decided_at",
        _decided,
    ),
    Source(
        "returned",
        _verb(f"{ADL}/verbs/failed", "was returned", "teve devolvido"),
        lambda: WorkRound.objects.filter(outcome="returned").select_related(*_ROUND),
        "decided_at",
        _decided,
    ),
    Source(
        "attended",
        _verb(f"{ADL}/verbs/attended", "attended", "participou de"),
        lambda: Attendance.objects.filter(present=True).select_related("meeting", _TO_COURSE),
        "said_at",
        _attended,
    ),
    Source(
        "completed",
        _verb(f"{ADL}/verbs/completed", "completed", "concluiu"),
        lambda: CompletionChange.objects.filter(complete=True).select_related(_TO_COURSE),
        "at",
        _completed,
    ),
    Source(
        "certified",
        _verb(f"{TINCAN}/verb/earned", "earned", "obteve o certificado de"),
        lambda: Certificate.objects.filter(replaces__isnull=True).select_related(_TO_COURSE),
        "issued_at",
        _certified,
    ),
)
