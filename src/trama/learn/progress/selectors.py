"""Questions about progress: the facts of learners, their completion, where they stopped, their attempts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from trama.foundation.prepared import prepared

from ..cohorts.models import Enrolment
from ..courses.models import CourseVersion, Part, Question, Quiz
from ..courses.selectors import assignments_of, parts_in_order, questions_of, quizzes_of
from ..meetings.models import Attendance as Presence
from ..meetings.models import CohortMeeting
from . import sources
from .completion import Completion, completion
from .facts import AssignmentFact, Attendance, Facts, LessonFact, QuizFact, Rules
from .models import ExtraAttempt, LessonVisit, QuizAnswer, QuizAttempt, Reflection
from .scoring import Key, drawn, percent, shown, shuffled


def rules_of(version: CourseVersion) -> Rules:
    return Rules(version.lessons_rule, version.quizzes_rule, version.assignments_rule, version.attendance_percent)


def completion_of(enrolment: Enrolment, *, at: datetime) -> Completion:
    """What is met and what is missing for one learner: the same for the learner, the trainer and the certificate."""
    return completions_of([enrolment], at=at)[enrolment.pk]


def completions_of(enrolments: Sequence[Enrolment], *, at: datetime) -> dict[int, Completion]:
    """The same for learners of one cohort, by the key of their enrolment. The queries do not grow with the people."""
    if not enrolments:
        return {}
    version = enrolments[0].cohort.version
    parts = parts_in_order(version)
    facts = _facts(enrolments, version, parts, at)
    rules, order = rules_of(version), [part.pk for part in parts]
    return {key: completion(rules, one, order) for key, one in facts.items()}


@prepared
def _visits(enrolments: Collection[int]) -> QuerySet[LessonVisit, tuple[int, int]]:
    return LessonVisit.objects.filter(enrolment__in=enrolments).values_list("enrolment_id", "lesson_id")


@prepared
def _extra(enrolments: Collection[int], quizzes: Collection[int]) -> QuerySet[ExtraAttempt, tuple[int, int]]:
    rows = ExtraAttempt.objects.filter(enrolment__in=enrolments, quiz__in=quizzes)
    return rows.values_list("enrolment_id", "quiz_id")


@prepared
def _attempts(enrolments: Collection[int], quizzes: Collection[int]) -> QuerySet[QuizAttempt]:
    return QuizAttempt.objects.filter(enrolment__in=enrolments, quiz__in=quizzes).order_by("number")


@prepared
def _meetings(cohort: int, states: Collection[str]) -> QuerySet[CohortMeeting, tuple[int, str, datetime]]:
    rows = CohortMeeting.objects.filter(cohort=cohort, state__in=states).order_by()
    return rows.values_list("pk", "state", "created_at")


@prepared
def _present(enrolments: Collection[int], state: str) -> QuerySet[Presence, tuple[int, int]]:
    rows = Presence.objects.filter(enrolment__in=enrolments, present=True, meeting__state=state).order_by()
    return rows.values_list("enrolment_id", "meeting_id")


def _facts(
    enrolments: Sequence[Enrolment], version: CourseVersion, parts: Sequence[Part], at: datetime
) -> dict[int, Facts]:
    keys = [one.pk for one in enrolments]
    lessons = [part.pk for part in parts if part.kind == Part.Kind.LESSON]
    opened = set(_visits(keys))
    quizzes, tasks = quizzes_of(version), assignments_of(version)
    tried = _quiz_facts(keys, quizzes, at)
    works = sources.assignment_facts(enrolments, at)
    played = sources.package_facts(enrolments, at) if any(part.kind == Part.Kind.PACKAGE for part in parts) else {}
    tools = sources.tool_facts(enrolments, [part.pk for part in parts if part.kind == Part.Kind.TOOL])
    present = _attendance(enrolments)
    return {
        key: Facts(
            lessons=tuple(LessonFact(pk, (key, pk) in opened) for pk in lessons),
            quizzes=tuple(tried[key, quiz.pk] for quiz in quizzes),
            assignments=tuple(works.get(key, {}).get(one.pk) or AssignmentFact(one.pk) for one in tasks),
            tools=tools.get(key, ()),
            attendance=present[key],
            packages=played.get(key, ()),
        )
        for key in keys
    }


def extra_attempts(keys: Sequence[int], quizzes: Sequence[int]) -> Counter[tuple[int, int]]:
    """Attempts that trainers gave beyond those of the quiz, by the keys of the enrolment and of the quiz. One query."""
    return Counter(_extra(keys, quizzes))


def _quiz_facts(keys: Sequence[int], quizzes: Sequence[Quiz], at: datetime) -> dict[tuple[int, int], QuizFact]:
    extra = extra_attempts(keys, [one.pk for one in quizzes])
    attempts: dict[tuple[int, int], list[QuizAttempt]] = defaultdict(list)
    quiz_of = {one.pk: one for one in quizzes}
    for attempt in _attempts(keys, list(quiz_of)):
        attempt.quiz = quiz_of[attempt.quiz_id]
        attempts[attempt.enrolment_id, attempt.quiz_id].append(attempt)
    return {
        (key, quiz.pk): _quiz_fact(quiz, attempts[key, quiz.pk], extra[key, quiz.pk], at)
        for key in keys
        for quiz in quizzes
    }


def _quiz_fact(quiz: Quiz, attempts: Sequence[QuizAttempt], extra: int, at: datetime) -> QuizFact:
    results = [result for one in attempts if (result := result_of(one, at=at)) is not None]
    return QuizFact(
        quiz.pk,
        quiz.pass_percent,
        best=Fraction(max(results)) if results else None,
        left=max(quiz.attempts + extra - len(attempts), 0) if quiz.attempts else None,
        running=len(results) < len(attempts),
    )


def _attendance(enrolments: Sequence[Enrolment]) -> dict[int, Attendance]:
    """Meetings that were held count; cancelled ones never did. A meeting that was planned after somebody completed the
    course is not asked of them, so that planning one takes nothing back.
    """
    held, planned = CohortMeeting.State.HELD, CohortMeeting.State.PLANNED
    rows = _meetings(enrolments[0].cohort_id, (held, planned))
    was_at: dict[int, set[int]] = defaultdict(set)
    for key, meeting in _present([one.pk for one in enrolments], held):
        was_at[key].add(meeting)

    def of(one: Enrolment) -> Attendance:
        done, at = one.completed_at, was_at[one.pk]
        states = [state for pk, state, made in rows if pk in at or done is None or made <= done]
        return Attendance(len(at), states.count(held), states.count(planned))

    return {one.pk: of(one) for one in enrolments}


# --- attempts -----------------------------------------------------------------------------------------------------


def is_over(attempt: QuizAttempt, *, at: datetime) -> bool:
    """Whether an attempt takes no more answers: it was finished, or the server's clock says that its time is up."""
    return attempt.finished_at is not None or (attempt.deadline is not None and at >= attempt.deadline)


def result_of(attempt: QuizAttempt, *, at: datetime) -> Decimal | None:
    """Per cent of an attempt that is over, None while it runs."""
    if attempt.percent is not None:
        return Decimal(attempt.percent)
    return percent_of(attempt) if is_over(attempt, at=at) else None


def percent_of(attempt: QuizAttempt) -> Decimal:
    """Per cent of what was answered so far, of all questions of the attempt."""
    answers = attempt.answers.filter(counted=True).values_list("points", "points_of")
    return shown(percent((Fraction(points, of) for points, of in answers), len(question_order(attempt))))


def question_order(attempt: QuizAttempt, version: CourseVersion | None = None) -> list[int]:
    """The keys of the questions of an attempt, in its order. One query, none where the ``version`` is at hand."""
    if version is None:
        return drawn(attempt.quiz.questions.values_list("pk", flat=True), attempt.quiz.draw, attempt.seed)
    return drawn([one.pk for one in questions_of(version, attempt.quiz_id)], attempt.quiz.draw, attempt.seed)


def key_of(question: Question, language: str) -> Key:
    """What is right in a question, for ``scoring``."""
    options = sorted(question.options.all(), key=lambda one: one.position)
    english = language.startswith("en")
    accepted = question.accepted_en if english else question.accepted_pt
    return Key(
        question.kind,
        tuple(one.pk for one in options),
        frozenset(one.pk for one in options if one.right),
        {one.pk: one.pair_en if english else one.pair_pt for one in options},
        question.answer,
        question.tolerance or Decimal(0),
        tuple(line.strip() for line in accepted.splitlines() if line.strip()),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an attempt with its options as they stand there, and the answer that counts, if there is one."""

    number: int
    question: Question
    options: list[Any]
    pairs: list[Any]
    answer: QuizAnswer | None


def asked_in(attempt: QuizAttempt) -> list[Asked]:
    """The questions of an attempt in its order. One query beside those of the version."""
    rows = {one.pk: one for one in questions_of(attempt.enrolment.cohort.version, attempt.quiz_id)}
    answers = {one.question_id: one for one in counted_answers(attempt)}
    asked = []
    for number, key in enumerate(drawn(rows, attempt.quiz.draw, attempt.seed), start=1):
        options = {one.pk: one for one in rows[key].options.all()}
        order = list(options) if rows[key].kind == Question.Kind.TRUE_FALSE else shuffled(options, attempt.seed)
        asked.append(
            Asked(
                number,
                rows[key],
                [options[one] for one in order],
                [options[one] for one in shuffled(options, attempt.seed + 1)],
                answers.get(key),
            )
        )
    return asked


def attempts_of(enrolment: Enrolment, quiz: Any) -> list[QuizAttempt]:
    return list(QuizAttempt.objects.filter(enrolment=enrolment, quiz=quiz.pk).select_related("quiz"))


@prepared
def _attempts_of_person(user: int, uid: UUID) -> QuerySet[QuizAttempt]:
    rows = QuizAttempt.objects.select_related("quiz__module", "enrolment__cohort__version__course")
    return rows.filter(uid=uid, enrolment__person=user)


def attempt_of_person(user: Any, uid: UUID) -> QuizAttempt | None:
    """An attempt of one's own; another's does not exist."""
    return next(iter(_attempts_of_person(user.pk, uid)), None)


@prepared
def _ends(attempt: int) -> QuerySet[QuizAttempt, tuple[datetime | None, datetime | None, Decimal | None]]:
    return QuizAttempt.objects.filter(pk=attempt).values_list("finished_at", "deadline", "percent")


def read_end_anew(attempt: QuizAttempt) -> None:
    """How an attempt stands now, after whoever had it before us. One query."""
    ((attempt.finished_at, attempt.deadline, attempt.percent),) = _ends(attempt.pk)


@prepared
def _counted(attempt: int) -> QuerySet[QuizAnswer]:
    return QuizAnswer.objects.filter(attempt=attempt, counted=True)


def counted_answers(attempt: QuizAttempt) -> list[QuizAnswer]:
    """The answer that counts to each question that has one. One query."""
    return _counted(attempt.pk)


@prepared
def _answers_sent(submission: UUID) -> QuerySet[QuizAnswer]:
    return QuizAnswer.objects.filter(submission=submission)


def answer_sent(submission: UUID) -> QuizAnswer | None:
    """What came under a number that the device made. One query."""
    return next(iter(_answers_sent(submission)), None)


# --- the way ------------------------------------------------------------------------------------------------------


@prepared
def _reflections(enrolment: int, lesson: int, name: str) -> QuerySet[Reflection]:
    return Reflection.objects.filter(enrolment=enrolment, lesson=lesson, name=name)


def reflection_of(enrolment: Enrolment, lesson: Any, name: str) -> Reflection | None:
    """What its learner wrote below one question. The caller asked for an enrolment of its own."""
    return next(iter(_reflections(enrolment.pk, lesson.pk, name)), None)


@prepared
def _visits_newest_first(enrolment: int) -> QuerySet[LessonVisit, int]:
    rows = LessonVisit.objects.filter(enrolment=enrolment).order_by("-last_at", "-pk")
    return rows.values_list("lesson_id", flat=True)[:1]


def last_visited(enrolment: Enrolment) -> Part | None:
    """The lesson that was opened last. One query."""
    last = _visits_newest_first(enrolment.pk)
    return next((part for part in parts_in_order(enrolment.cohort.version) if part.pk in last), None)


@prepared
def _visits_to(enrolment: int, lesson: int) -> QuerySet[LessonVisit]:
    return LessonVisit.objects.filter(enrolment=enrolment, lesson=lesson)


def visit_of(enrolment: Enrolment, lesson: Any) -> LessonVisit | None:
    """When a lesson was opened. One query."""
    return next(iter(_visits_to(enrolment.pk, lesson.pk)), None)


def learners_of(cohort: Any) -> list[Enrolment]:
    """Who learns in a cohort now, or completed it, by network, school and name."""
    rows = Enrolment.objects.filter(Q(state="enrolled") | Q(completed_at__isnull=False), cohort=cohort)
    rows = rows.select_related("person", "cohort__version__course", "network__place", "school__place")
    return list(rows.order_by("network__search_name", "school__place__search_name", "person__name", "pk"))
