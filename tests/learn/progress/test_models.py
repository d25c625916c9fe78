"""What may never be false of what learners gave, whoever writes."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.learn.progress.world import a_class, later
from trama.learn.models import AssignmentWork, Certificate, LessonVisit, QuizAnswer, QuizAttempt, WorkRound

pytestmark = pytest.mark.django_db


def refused(change, why: str = "") -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError as problem:
        return why in str(problem)
    return False


@pytest.fixture
def room():
    return a_class()


def test_answers_are_only_added_and_a_finished_attempt_stays(room):
    quiz = room.version.modules.get().parts.get(kind="quiz").quiz
    attempt = QuizAttempt.objects.create(enrolment=room.enrolment, quiz=quiz, number=1, seed=1, started_at=later())
    fields = {"attempt": attempt, "question": quiz.questions.first(), "given": 1, "content_hash": "x", "language": "pt"}
    fields |= {"points": 1, "points_of": 1, "at": later()}
    answer = QuizAnswer.objects.create(submission=uuid.uuid4(), counted=True, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizAnswer.objects.create(submission=uuid.uuid4(), counted=True, **fields)
    QuizAnswer.objects.create(submission=uuid.uuid4(), counted=False, **fields)
    assert refused(lambda: QuizAnswer.objects.filter(pk=answer.pk).update(points=0), "only added to")
    assert refused(answer.delete, "only added to")
    assert refused(
        lambda: QuizAttempt.objects.create(enrolment=room.enrolment, quiz=quiz, number=2, seed=1, started_at=later()),
        "",
    )  # one is open
    QuizAttempt.objects.filter(pk=attempt.pk).update(finished_at=later(), percent=50)
    assert refused(lambda: QuizAttempt.objects.filter(pk=attempt.pk).update(percent=100), "finished")


def test_a_visit_is_kept_once(room):
    lesson = room.version.modules.get().parts.get(kind="lesson").lesson
    LessonVisit.objects.create(enrolment=room.enrolment, lesson=lesson, first_at=later(), last_at=later())
    assert refused(
        lambda: LessonVisit.objects.create(enrolment=room.enrolment, lesson=lesson, first_at=later(), last_at=later())
    )


def test_what_was_handed_in_stays_and_is_decided_once(room):
    assignment = room.version.modules.get().parts.get(kind="assignment").assignment
    work = AssignmentWork.objects.create(
        assignment=assignment, cohort=room.cohort, enrolment=room.enrolment, created_at=later(), changed_at=later()
    )
    made = WorkRound.objects.create(
        work=work, number=1, submission=uuid.uuid4(), text="Fizemos.", content_hash="x", handed_in_by=room.learner,
        handed_in_at=later(),
    )  # fmt: skip
    row = WorkRound.objects.filter(pk=made.pk)
    assert refused(lambda: row.update(text="Outro"), "never changes")
    assert refused(lambda: row.update(outcome="returned", decided_at=later(), decided_by=room.trainer))  # without why
    row.update(outcome="accepted", decided_at=later(), decided_by=room.trainer)
    assert refused(lambda: row.update(feedback="Depois"), "never changes")
    assert refused(lambda: AssignmentWork.objects.filter(pk=work.pk).update(state="handed_in"))  # waits since never


def test_what_a_certificate_states_never_changes(room):
    made = Certificate.objects.create(
        code="ABCD", enrolment=room.enrolment, kind="complete", name="Ana", course_pt="Curso", course_en="Course",
        version="1.0", hours=1, cohort="Turma", started_on=later().date(), ended_on=later().date(), issued_at=later(),
    )  # fmt: skip
    row = Certificate.objects.filter(pk=made.pk)
    assert refused(lambda: row.update(name="Outra"), "never changes")
    assert refused(made.delete, "never changes")
    assert refused(lambda: row.update(revoked_at=later()))  # nobody, for no reason
    row.update(revoked_at=later(), revoked_by=room.trainer, reason="Engano")
    assert refused(lambda: row.update(revoked_at=None, revoked_by=None), "never changes")
