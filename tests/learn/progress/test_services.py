"""A learner's way through a course, as a story."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.learn.progress.world import a_class, later
from trama.learn.meetings.services import plan_meeting, write_list
from trama.learn.models import CompletionChange, Enrolment, Lesson, Question, Quiz, QuizAnswer
from trama.learn.progress import sources
from trama.learn.progress.completion import Reason
from trama.learn.progress.errors import (
    AlreadyAnswered,
    AnswerNotRead,
    NoAttemptsLeft,
    NotLearning,
    OtherContent,
)
from trama.learn.progress.selectors import asked_in, completion_of
from trama.learn.progress.services import (
    finish_attempt,
    give_answer,
    recompute,
    record_visit,
    save_reflection,
    settle,
    start_attempt,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class(quizzes_rule="pass", assignments_rule="none")


@pytest.fixture
def lesson(room) -> Lesson:
    return Lesson.objects.get(module__version=room.version)


@pytest.fixture
def quiz(room) -> Quiz:
    return Quiz.objects.get(module__version=room.version)


def right(question: Question) -> object:
    """The right answer in Portuguese."""
    options = sorted(question.options.all(), key=lambda one: one.position)
    match question.kind:
        case "single" | "true_false":
            return next(one.pk for one in options if one.right)
        case "multiple":
            return [one.pk for one in options if one.right]
        case "order":
            return [one.pk for one in options]
        case "match":
            return {one.pk: one.pk for one in options}
        case "number":
            return "30,5"
    return "Censo"


def answer(attempt, question, given, *, by, at, submission=None):
    return give_answer(attempt, question, given, submission=submission or uuid.uuid4(), language="pt-br", by=by, at=at)


def test_the_course_is_complete_in_the_act_that_completes_it(room, lesson, quiz):
    heard = []
    sources.register_completed(lambda enrolment, at: heard.append(enrolment.pk))
    try:
        record_visit(room.enrolment, lesson, by=room.learner, at=later(1))
        attempt = start_attempt(room.enrolment, quiz, by=room.learner, at=later(2))
        asked = asked_in(attempt)
        assert len(asked) == 7
        for one in asked:
            assert Enrolment.objects.get(pk=room.enrolment.pk).completed_at is None
            answer(attempt, one.question, right(one.question), by=room.learner, at=later(3))
    finally:
        sources._listeners.pop()
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.finished_at) == (Decimal(100), later(3))
    room.enrolment.refresh_from_db()
    assert room.enrolment.completed_at == later(3)
    assert heard == [room.enrolment.pk]
    assert [(one.complete, one.met, one.asked) for one in CompletionChange.objects.all()] == [(True, 2, 2)]
    recompute(room.enrolment, by=room.learner, at=later(4))
    assert CompletionChange.objects.count() == 1


def test_a_presence_completes_the_course_and_a_corrected_one_takes_it_back():
    room = a_class(lessons_only=True, attendance_percent=100)
    meeting = plan_meeting(
        room.cohort, {"title": "Encontro", "starts_at": later(1), "minutes": 60}, by=room.trainer, at=later()
    )
    record_visit(room.enrolment, Lesson.objects.get(module__version=room.version), by=room.learner, at=later(1))
    found = completion_of(room.enrolment, at=later(1))
    assert [line.reason for line in found.missing] == [Reason.CAN_BE_REACHED]

    def completed_at():
        return Enrolment.objects.get(pk=room.enrolment.pk).completed_at

    write_list(meeting, {room.enrolment.pk: True}, by=room.trainer, at=later(90))
    assert completed_at() == later(90)
    plan_meeting(
        room.cohort, {"title": "Mais um", "starts_at": later(days=9), "minutes": 60}, by=room.trainer, at=later(91)
    )
    recompute(room.enrolment, by=room.trainer, at=later(92))
    assert completed_at() == later(90)  # what was planned afterwards takes nothing back
    meeting.refresh_from_db()
    write_list(meeting, {room.enrolment.pk: False}, by=room.trainer, at=later(93))
    assert completed_at() is None
    assert [one.complete for one in CompletionChange.objects.all()] == [True, False]


def test_only_the_learner_moves_on_and_only_in_the_version_of_the_cohort(room, lesson, quiz):
    for person in (room.trainer, room.stranger):
        with pytest.raises(PermissionDenied):
            record_visit(room.enrolment, lesson, by=person, at=later())
        with pytest.raises(PermissionDenied):
            start_attempt(room.enrolment, quiz, by=person, at=later())
    foreign = Lesson.objects.get(module__version=a_class().version)
    with pytest.raises(PermissionDenied):
        record_visit(room.enrolment, foreign, by=room.learner, at=later())
    room.cohort.__class__.objects.filter(pk=room.cohort.pk).update(state="ended")
    with pytest.raises(NotLearning):
        record_visit(room.enrolment, lesson, by=room.learner, at=later())


def test_a_sent_answer_is_heard_once_and_the_first_one_counts(room, quiz):
    attempt = start_attempt(room.enrolment, quiz, by=room.learner, at=later())
    assert start_attempt(room.enrolment, quiz, by=room.learner, at=later(1)) == attempt
    question = quiz.questions.get(kind="single")
    sent = uuid.uuid4()
    first = answer(attempt, question, right(question), by=room.learner, at=later(1), submission=sent)
    again = answer(attempt, question, right(question), by=room.learner, at=later(2), submission=sent)
    other_device = answer(attempt, question, str(right(question)), by=room.learner, at=later(2))
    assert (again.answer, other_device.answer) == (first.answer, first.answer)
    assert (first.again, again.again) == (False, True)
    wrong = question.options.filter(right=False).first().pk
    for submission in (sent, uuid.uuid4()):
        with pytest.raises(AlreadyAnswered) as kept:
            answer(attempt, question, wrong, by=room.learner, at=later(3), submission=submission)
        assert kept.value.kept == first.answer
    assert QuizAnswer.objects.count() == 1
    with pytest.raises(AnswerNotRead):
        answer(attempt, quiz.questions.get(kind="number"), "trinta", by=room.learner, at=later(3))
    elsewhere = (
        Question.objects.exclude(quiz=quiz).first()
        or a_class().version.modules.get().parts.get(kind="quiz").quiz.questions.first()
    )
    with pytest.raises(PermissionDenied):
        answer(attempt, elsewhere, 1, by=room.learner, at=later(3))


def test_the_best_finished_attempt_counts_and_attempts_run_out(room, quiz):
    for number in (1, 2, 3):
        attempt = start_attempt(room.enrolment, quiz, by=room.learner, at=later(number))
        assert attempt.number == number
        if number == 2:
            for kind in ("single", "multiple", "order", "number"):  # 4 of 7: 57.14
                question = quiz.questions.get(kind=kind)
                answer(attempt, question, right(question), by=room.learner, at=later(number))
        finish_attempt(attempt, by=room.learner, at=later(number))
    line = next(one for one in completion_of(room.enrolment, at=later(4)).lines if one.kind == "quiz")
    assert (line.got, line.reason, line.waits_for_others) == (Decimal("57.14"), Reason.NO_ATTEMPTS_LEFT, True)
    with pytest.raises(NoAttemptsLeft):
        start_attempt(room.enrolment, quiz, by=room.learner, at=later(5))


def test_the_clock_of_the_server_ends_an_attempt_and_late_answers_are_kept(room):
    timed = a_class(lessons_only=True)
    quiz = Quiz.objects.get(module__version=timed.version)
    quiz.time_limit = 10  # the row is sealed; the service reads what it is given
    attempt = start_attempt(timed.enrolment, quiz, by=timed.learner, at=later())
    assert attempt.deadline == later(10)
    single, number = quiz.questions.get(kind="single"), quiz.questions.get(kind="number")
    answer(attempt, single, right(single), by=timed.learner, at=later(10) - timedelta(seconds=1))
    late = answer(attempt, number, "30", by=timed.learner, at=later(10))
    assert not late.answer.counted
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.finished_at) == (Decimal("14.28"), later(10))
    assert settle(timed.enrolment, by=timed.learner, at=later(30)) == 0
    second = start_attempt(timed.enrolment, quiz, by=timed.learner, at=later(40))
    assert settle(timed.enrolment, by=timed.learner, at=later(90)) == 1
    second.refresh_from_db()
    assert (second.finished_at, second.percent) == (later(50), 0)


def test_a_reflection_is_kept_as_it_came_and_never_overwritten_unseen(room, lesson):
    def save(text, base, submission=None, by=None):
        return save_reflection(
            room.enrolment, lesson, "first-look", text, submission=submission or uuid.uuid4(), base=base,
            by=by or room.learner, at=later(),
        )  # fmt: skip

    sent = uuid.uuid4()
    first = save("Poucas escolas.", 0, sent)
    assert (first.accepted, first.revision) == (True, 1)
    assert save("Poucas escolas.", 0, sent) == first
    with pytest.raises(OtherContent):
        save("Muitas escolas.", 0, sent)
    stale = save("Do outro aparelho.", 0)
    assert (stale.accepted, stale.reflection.text) == (False, "Poucas escolas.")
    assert save("Poucas escolas rurais.", 1).revision == 2
    with pytest.raises(PermissionDenied):
        save("x", 2, by=room.trainer)


def test_the_queries_of_a_whole_cohort_do_not_grow_with_its_people(room, django_assert_num_queries):
    from tests.learn.progress.world import an_enrolment
    from trama.learn.progress.selectors import completions_of, learners_of

    with CaptureQueriesContext(connection) as alone:
        assert len(completions_of(learners_of(room.cohort), at=later())) == 1
    for _number in range(5):
        an_enrolment(room.cohort)
    with django_assert_num_queries(len(alone)):
        assert len(completions_of(learners_of(room.cohort), at=later())) == 6
