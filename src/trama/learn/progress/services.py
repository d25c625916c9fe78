"""Verbs on a learner's way: open a lesson, save a reflection, begin, answer and finish a quiz; and what follows."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from trama.foundation.prepared import prepared

from ..cohorts.facts import note_completion, take_back_completion
from ..cohorts.models import Cohort, Enrolment
from ..courses.models import Lesson, Question, Quiz
from . import sources
from .completion import Completion
from .errors import AlreadyAnswered, AnswerNotRead, NoAttemptsLeft, NotLearning, OtherContent
from .models import CompletionChange, LessonVisit, QuizAnswer, QuizAttempt, Reflection, ReflectionSave
from .scoring import AnswerUnreadable, read_given, score
from .selectors import (
    answer_sent,
    completion_of,
    counted_answers,
    extra_attempts,
    is_over,
    key_of,
    percent_of,
    question_order,
    read_end_anew,
)

SEEDS = 2**62


def content_hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def held(enrolment: Enrolment, by: Any) -> Enrolment:
    """The enrolment, locked, if ``by`` learns in it now.

    Raises ``PermissionDenied`` for another's, ``NotLearning`` where the person left or the cohort is over.
    """
    if enrolment.person_id != by.pk:
        raise PermissionDenied
    locked = _locked(enrolment)
    running = locked.cohort.state in (Cohort.State.OPEN, Cohort.State.RUNNING)
    if locked.state != Enrolment.State.ENROLLED or not running:
        raise NotLearning
    return locked


@prepared
def _rows_locked(enrolment: int) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__version__course")
    return rows.filter(pk=enrolment)


def _locked(enrolment: Enrolment) -> Enrolment:
    (found,) = _rows_locked(enrolment.pk)
    return found


@transaction.atomic
def recompute(enrolment: Enrolment, *, by: Any, at: datetime) -> Completion:
    """Work out whether the course is complete, and keep it if that changed: called in the act that changes a fact.

    ``by`` is who did that. The first completion tells the listeners (certificates) in the same transaction.
    """
    locked = _locked(enrolment)
    found = completion_of(locked, at=at)
    if found.complete == (locked.completed_at is not None):
        return found
    CompletionChange.objects.create(
        enrolment=locked, complete=found.complete, met=found.met_count, asked=len(found.lines), at=at
    )
    if found.complete:
        note_completion(locked, at=at)
        sources.tell_completed(locked, at)
    else:
        take_back_completion(locked, by=by, at=at)
    return found


@transaction.atomic
def record_visit(enrolment: Enrolment, lesson: Lesson, *, by: Any, at: datetime) -> LessonVisit:
    """The learner opened a lesson of the version of the cohort. The first time stays. Raises as ``held``."""
    locked = held(enrolment, by)
    _require_part(locked, lesson)
    visit, new = LessonVisit.objects.get_or_create(
        enrolment=locked, lesson=lesson, defaults={"first_at": at, "last_at": at}
    )
    if new:
        recompute(locked, by=by, at=at)
    elif at > visit.last_at:
        visit.last_at = at
        visit.save(update_fields=["last_at"])
    return visit


def _require_part(enrolment: Enrolment, part: Any) -> None:
    if part.module.version_id != enrolment.cohort.version_id:
        raise PermissionDenied


@transaction.atomic
def save_reflection(
    enrolment: Enrolment, lesson: Lesson, name: str, text: str, *, submission: UUID, base: int, by: Any, at: datetime
) -> ReflectionSave:
    """Keep what was written below a question, as it came; ``base`` is the revision that the learner saw.

    The same submission again gives the same row. A save from an older revision is kept with ``accepted`` False and the
    text stays: the page shows both. Raises as ``held``, and ``OtherContent`` where a submission comes with other text.
    """
    locked = held(enrolment, by)
    _require_part(locked, lesson)
    told = content_hash([lesson.pk, name, text])
    before = ReflectionSave.objects.filter(submission=submission).select_related("reflection").first()
    if before is not None:
        if before.reflection.enrolment_id != locked.pk:
            raise PermissionDenied
        if before.content_hash != told:
            raise OtherContent(before.reflection)
        return before
    reflection, _new = Reflection.objects.get_or_create(
        enrolment=locked, lesson=lesson, name=name, defaults={"changed_at": at}
    )
    accepted = base == reflection.revision or text == reflection.text
    if accepted:
        reflection.text, reflection.changed_at = text, at
        reflection.revision += 1
        reflection.save(update_fields=["text", "revision", "changed_at"])
    return ReflectionSave.objects.create(
        reflection=reflection,
        submission=submission,
        base=base,
        revision=reflection.revision if accepted else None,
        accepted=accepted,
        text=text,
        content_hash=told,
        at=at,
    )


# --- quizzes ------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_attempt(enrolment: Enrolment, quiz: Quiz, *, by: Any, at: datetime) -> QuizAttempt:
    """Begin an attempt, or go on with the one that runs. Raises as ``held``, and ``NoAttemptsLeft``."""
    locked = held(enrolment, by)
    _require_part(locked, quiz)
    attempts = list(QuizAttempt.objects.filter(enrolment=locked, quiz=quiz).select_related("quiz"))
    for open_one in (one for one in attempts if one.finished_at is None):
        if not is_over(open_one, at=at):
            return open_one
        _close(open_one, open_one.deadline or at)
    extra = extra_attempts([locked.pk], [quiz.pk])[locked.pk, quiz.pk]
    if quiz.attempts and len(attempts) >= quiz.attempts + extra:
        raise NoAttemptsLeft
    return QuizAttempt.objects.create(
        enrolment=locked,
        quiz=quiz,
        number=len(attempts) + 1,
        seed=secrets.randbelow(SEEDS),
        started_at=at,
        deadline=at + timedelta(minutes=quiz.time_limit) if quiz.time_limit else None,
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What became of an answer: the row that was kept, and whether it was kept before."""

    answer: QuizAnswer
    again: bool = False


@transaction.atomic
def give_answer(
    attempt: QuizAttempt, question: Question, given: object, *, submission: UUID, language: str, by: Any, at: datetime
) -> Given:
    """Keep an answer as it was given, with what it is worth; the last one finishes the attempt.

    The same submission, or the same answer, again changes nothing and gives the same row. An answer that arrives
    after the end is kept and does not count (``answer.counted``). Raises as ``held``; ``AnswerNotRead`` for what is no
    answer; ``AlreadyAnswered`` where another answer counts; ``PermissionDenied`` for a question not asked here.
    """
    version = held(attempt.enrolment, by).cohort.version
    read_end_anew(attempt)
    order = question_order(attempt, version)
    if question.pk not in order:
        raise PermissionDenied
    try:
        read = read_given(key := key_of(question, language), given, language)
    except AnswerUnreadable as problem:
        raise AnswerNotRead(problem.problem) from problem
    plain = {str(left): right for left, right in read.items()} if isinstance(read, dict) else read
    told = content_hash([attempt.pk, question.pk, plain])
    if (known := _known(attempt, question, submission, told)) is not None:
        return Given(known, again=True)
    value = score(key, read, language)
    over = is_over(attempt, at=at)
    try:
        with transaction.atomic():
            answer = QuizAnswer.objects.create(
                attempt=attempt, question=question, submission=submission, given=plain, content_hash=told,
                language=language, counted=not over, points=value.numerator, points_of=value.denominator, at=at,
            )  # fmt: skip
    except IntegrityError:  # another request was first, on a database that reads before it locks
        if (known := _known(attempt, question, submission, told)) is None:
            raise
        return Given(known, again=True)
    all_answered = not over and len(counted_answers(attempt)) == len(order)
    if attempt.finished_at is None and (over or all_answered):
        _finish(attempt, by=by, at=at)
    return Given(answer)


def _known(attempt: QuizAttempt, question: Question, submission: UUID, told: str) -> QuizAnswer | None:
    sent = answer_sent(submission)
    if sent is not None:
        if sent.content_hash != told:
            raise AlreadyAnswered(sent) if sent.attempt_id == attempt.pk else PermissionDenied
        return sent
    counted = next((one for one in counted_answers(attempt) if one.question_id == question.pk), None)
    if counted is not None and counted.content_hash != told:
        raise AlreadyAnswered(counted)
    return counted


@transaction.atomic
def finish_attempt(attempt: QuizAttempt, *, by: Any, at: datetime) -> QuizAttempt:
    """End an attempt with what was answered. Ending it twice changes nothing. Raises as ``held``."""
    held(attempt.enrolment, by)
    attempt.refresh_from_db(fields=["finished_at", "percent"])
    if attempt.finished_at is None:
        _finish(attempt, by=by, at=at)
    return attempt


@transaction.atomic
def settle(enrolment: Enrolment, *, by: Any, at: datetime) -> int:
    """Close the attempts whose time ran out while nobody looked; how many. Their end is their deadline."""
    rows = QuizAttempt.objects.select_for_update(of=("self",)).select_related("quiz")
    late = list(rows.filter(enrolment=enrolment, finished_at__isnull=True, deadline__lte=at))
    for attempt in late:
        _close(attempt, attempt.deadline or at)
    if late:
        recompute(enrolment, by=by, at=at)
    return len(late)


def _close(attempt: QuizAttempt, at: datetime) -> None:
    attempt.percent, attempt.finished_at = percent_of(attempt), at
    attempt.save(update_fields=["percent", "finished_at"])


def _finish(attempt: QuizAttempt, *, by: Any, at: datetime) -> None:
    _close(attempt, min(at, attempt.deadline) if attempt.deadline else at)
    recompute(attempt.enrolment, by=by, at=at)
