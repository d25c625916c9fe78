"""One more attempt at a quiz for one person, given by a trainer who says why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from trama.foundation.audit import record_event

from ..cohorts.models import Enrolment
from ..cohorts.selectors import may_lead
from ..courses.models import Quiz
from .errors import AttemptsLeft, NotLearning
from .models import ExtraAttempt, QuizAttempt
from .selectors import extra_attempts, result_of
from .services import recompute


@dataclass(frozen=True, slots=True)
class Tried:
    """A quiz with a limit, as one person tried it: results in per cent, attempts left, what trainers gave."""

    quiz: Quiz
    results: list[Any]
    left: int
    running: bool
    extra: list[ExtraAttempt]

    @property
    def passed(self) -> bool:
        return any(one >= self.quiz.pass_percent for one in self.results)


def tried_by(enrolment: Enrolment, *, at: datetime) -> list[Tried]:
    """The limited quizzes of the course that a person began. Three queries, and one for each attempt left open."""
    attempts = list(QuizAttempt.objects.filter(enrolment=enrolment, quiz__attempts__gt=0).select_related("quiz"))
    count = Counter(one.quiz_id for one in attempts)
    given = list(enrolment.extra_attempts.select_related("by"))
    found = []
    for quiz in {one.quiz_id: one.quiz for one in attempts}.values():
        own = [one for one in attempts if one.quiz_id == quiz.pk]
        results = [result for one in own if (result := result_of(one, at=at)) is not None]
        extra = [one for one in given if one.quiz_id == quiz.pk]
        left = max(quiz.attempts + len(extra) - count[quiz.pk], 0)
        found.append(Tried(quiz, results, left, len(results) < len(own), extra))
    return found


@transaction.atomic
def give_attempt(enrolment: Enrolment, quiz: Quiz, reason: str, *, by: Any, at: datetime) -> ExtraAttempt:
    """Let a person try a quiz once more. They read the reason.

    Raises ``PermissionDenied`` for who does not lead the cohort and for a quiz of another course, ``NotLearning`` for
    who left, ``AttemptsLeft`` while the person has one, so that a click said twice gives one.
    """
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__version__course")
    locked = rows.get(pk=enrolment.pk)
    if not may_lead(by, locked.cohort) or quiz.module.version_id != locked.cohort.version_id or not reason.strip():
        raise PermissionDenied
    if locked.state != Enrolment.State.ENROLLED:
        raise NotLearning
    used = QuizAttempt.objects.filter(enrolment=locked, quiz=quiz).count()
    if not quiz.attempts or used < quiz.attempts + extra_attempts([locked.pk], [quiz.pk])[locked.pk, quiz.pk]:
        raise AttemptsLeft
    made = ExtraAttempt.objects.create(enrolment=locked, quiz=quiz, reason=reason.strip()[:300], by=by, at=at)
    record_event("extra attempt given", by=by, at=at, target=locked, detail={"quiz": quiz.pk, "reason": made.reason})
    recompute(locked, by=by, at=at)
    return made
