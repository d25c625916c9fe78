"""Pages of progress: what is missing, saving what a learner gives, and the same for the trainers of a cohort."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..cohorts.models import Cohort
from ..cohorts.selectors import cohorts_led_by
from ..courses.lessons import read_lesson, reflections_in
from ..courses.models import Lesson, Quiz
from ..courses.selectors import course_of, lesson_of, questions_of, quiz_of
from ..courses.study import enrolment_of
from ..courses.study_views import study_base
from ..policies import STUDY_PAGES
from .errors import NotLearning, OtherContent, ProgressError, TooLate
from .models import Reflection
from .presentation import Overview
from .selectors import (
    asked_in,
    attempt_of_person,
    is_over,
    reflection_of,
    result_of,
)
from .services import finish_attempt, give_answer, record_visit, save_reflection, settle, start_attempt

LONGEST_REFLECTION = 10_000


def mine_or_404(request: HttpRequest, slug: str) -> Any:
    """The person's enrolment in a cohort of the course, as an ``Enrolment``."""
    return found_or_404(enrolment_of(request.user, found_or_404(course_of(slug)))).enrolment


@route(STUDY_PAGES)
@never_cache
@require_safe
def my_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that the certificate asks, met or missing, with its reason."""
    enrolment = mine_or_404(request, slug)
    settle(enrolment, by=request.user, at=timezone.now())
    context = {"overview": Overview(enrolment, at=timezone.now()), "base": study_base(enrolment.cohort.version.course)}
    return render(request, "learn/progress/mine.html", context)


@route(STUDY_PAGES)
@require_POST
def visit(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """The lesson was opened. The page says it by itself; a button says it where scripts are off."""
    enrolment = mine_or_404(request, slug)
    lesson: Lesson = found_or_404(lesson_of(enrolment.cohort.version, part))
    try:
        made = record_visit(enrolment, lesson, by=request.user, at=timezone.now())
    except NotLearning as problem:
        return render(request, "learn/progress/_visited.html", {"problem": problem}, status=409)
    if request.headers.get("HX-Request"):
        return render(request, "learn/progress/_visited.html", {"visit": made})
    return redirect("learn:study_part", slug, "aulas", part)


@route(STUDY_PAGES)
@require_POST
def reflect(request: HttpRequest, slug: str, part: str, name: str) -> HttpResponse:
    """Save what was written below a question. A conflict answers 409 with both texts."""
    enrolment = mine_or_404(request, slug)
    lesson: Lesson = found_or_404(lesson_of(enrolment.cohort.version, part))
    if name not in reflections_in(read_lesson(lesson.body)):
        raise Http404
    text = request.POST.get("text", "").replace("\r\n", "\n")[:LONGEST_REFLECTION]
    try:
        submission, base = UUID(request.POST.get("submission", "")), int(request.POST.get("base", ""))
    except ValueError:
        return HttpResponse(status=400)
    kept: Reflection | None
    problem: ProgressError | None = None
    try:
        saved = save_reflection(
            enrolment, lesson, name, text, submission=submission, base=base, by=request.user, at=timezone.now()
        )
        kept = saved.reflection
        if not saved.accepted:
            problem = OtherContent(kept)
    except ProgressError as error:
        problem, kept = error, reflection_of(enrolment, lesson, name)
    if problem is None and not request.headers.get("HX-Request"):
        messages.success(request, _("Saved."))
        return redirect(f"{study_base(enrolment.cohort.version.course)}aulas/{part}/#{name}")
    context: dict[str, Any] = {"kept": kept, "problem": problem, "own": text, "submission": uuid4()}
    template = "_reflected.html" if request.headers.get("HX-Request") else "reflected.html"
    context |= {"course": enrolment.cohort.version.course, "part": lesson, "name": name}
    # htmx takes the place of the old state by a refusal too; the status stays honest for every other client.
    return render(request, f"learn/progress/{template}", context, status=409 if problem else 200)


# --- quizzes ------------------------------------------------------------------------------------------------------


@route(STUDY_PAGES)
@require_POST
def begin(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Begin an attempt, or go on with the one that runs."""
    enrolment = mine_or_404(request, slug)
    quiz: Quiz = found_or_404(quiz_of(enrolment.cohort.version, part))
    try:
        made = start_attempt(enrolment, quiz, by=request.user, at=timezone.now())
    except ProgressError as problem:
        messages.error(request, str(problem))
        return redirect("learn:study_part", slug, "testes", part)
    return redirect("learn:attempt", made.uid)


def _attempt_page(request: HttpRequest, attempt: Any, *, problem: Any = None, at_question: int = 0) -> HttpResponse:
    now = timezone.now()
    asked = asked_in(attempt)
    context = {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "course": attempt.enrolment.cohort.version.course,
        "version": attempt.enrolment.cohort.version,
        "asked": [(one, uuid4(), problem if one.question.pk == at_question else None) for one in asked],
        "answered": sum(one.answer is not None for one in asked),
        "over": is_over(attempt, at=now),
        "result": result_of(attempt, at=now),
        "problem": problem,
        "base": study_base(attempt.enrolment.cohort.version.course),
    }
    return render(request, "learn/progress/attempt.html", context, status=409 if problem else 200)


@route(STUDY_PAGES)
@never_cache
@require_safe
def attempt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An attempt of one's own: the questions, and what is told after each answer."""
    found = found_or_404(attempt_of_person(request.user, uid))
    settle(found.enrolment, by=request.user, at=timezone.now())
    found.refresh_from_db(fields=["finished_at", "percent"])
    return _attempt_page(request, found)


def given_in_form(form: QueryDict, kind: str, options: list[int]) -> object:
    """What a form holds, in the plain form of ``scoring``."""
    if kind == "multiple":
        return form.getlist("given")
    if kind == "match":
        chosen = {one: form.get(f"given-{one}", "") for one in options}
        return {one: pair for one, pair in chosen.items() if pair}
    if kind == "order":
        places = {form.get(f"given-{one}", ""): one for one in options}
        return [places[number] for number in map(str, range(1, len(options) + 1)) if number in places]
    return form.get("given", "")


@route(STUDY_PAGES)
@require_POST
def answer(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Answer one question. What the server cannot keep is told on the same page, and nothing changes."""
    found = found_or_404(attempt_of_person(request.user, uid))
    asked = questions_of(found.enrolment.cohort.version, found.quiz_id)
    question = found_or_404(next((one for one in asked if one.pk == pk), None))
    try:
        submission = UUID(request.POST.get("submission", ""))
    except ValueError:
        return HttpResponse(status=400)
    given = given_in_form(request.POST, question.kind, [one.pk for one in question.options.all()])
    try:
        made = give_answer(
            found, question, given, submission=submission, language=get_language() or "pt-br", by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except ProgressError as problem:
        return _attempt_page(request, found, problem=problem, at_question=pk)
    if not made.answer.counted:
        messages.warning(request, str(TooLate()))
    return redirect(_at(found, pk))


def _at(attempt: Any, pk: int) -> str:
    return f"{reverse('learn:attempt', args=[attempt.uid])}#q{pk}"


@route(STUDY_PAGES)
@require_POST
def finish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End an attempt with what was answered."""
    found = found_or_404(attempt_of_person(request.user, uid))
    try:
        finish_attempt(found, by=request.user, at=timezone.now())
    except ProgressError as problem:
        messages.error(request, str(problem))
    return redirect("learn:attempt", uid)


# --- trainers -----------------------------------------------------------------------------------------------------


def led_or_404(request: HttpRequest, uid: UUID) -> Cohort:
    """A cohort that the person leads; another does not exist to them."""
    return get_object_or_404(cohorts_led_by(request.user), uid=uid)
