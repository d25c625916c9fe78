"""Progress on the pages of a course and of a cohort."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from trama.foundation.drawing import drawn

from ..cohorts.models import Enrolment
from ..cohorts.selectors import current_enrolment, may_lead
from ..courses.study import Study
from .presentation import overview
from .selectors import attempts_of, is_over, last_visited, reflection_of, result_of, visit_of


def nothing_changes() -> str:
    """Pages of learners are never kept, so their panels need no state."""
    return ""


def on_the_course(request: HttpRequest | None, study: Study) -> SafeString:
    """How far the learner is, and where to go on."""
    context = {"overview": overview(request, study.enrolment), "last": last_visited(study.enrolment), "study": study}
    return render_to_string("learn/progress/_course.html", context, request)


def on_the_enrolment(request: HttpRequest | None, enrolment: Any) -> SafeString | str:
    """The same on the page of one's own cohort; for who trains it, the way to what that person lacks."""
    if request is None or enrolment.state != Enrolment.State.ENROLLED:
        return ""
    own = enrolment.person_id == request.user.pk
    if not own and not may_lead(request.user, enrolment.cohort):
        return ""
    current = current_enrolment(request.user, enrolment.cohort.version.course) if own else None
    context = {
        "overview": overview(request, enrolment) if own else None,
        "enrolment": enrolment,
        "goes_on": current is not None and current.enrolment == enrolment,  # the study pages show the newest cohort
    }
    return render_to_string("learn/progress/_enrolment.html", context, request)


def beside_a_part(request: HttpRequest | None, study: Study) -> SafeString:
    """How one part stands, where the rules ask for it."""
    row = overview(request, study.enrolment).of_part.get(study.part.pk) if study.part else None
    return drawn("learn/progress/_tag.html", row.tag) if row else SafeString("")


def below_a_lesson(request: HttpRequest | None, study: Study) -> SafeString:
    """Says by itself that the lesson was opened; a button does it where scripts are off."""
    visit = visit_of(study.enrolment, study.part) if study.part else None
    return render_to_string("learn/progress/_visit.html", {"study": study, "visit": visit}, request)


def below_a_reflection(request: HttpRequest | None, study: Study) -> SafeString:
    """The field where the learner writes."""
    kept = reflection_of(study.enrolment, study.part, study.reflection)
    context = {"study": study, "kept": kept, "name": study.reflection, "submission": uuid.uuid4()}
    return render_to_string("learn/progress/_reflection.html", context, request)


def below_a_quiz(request: HttpRequest | None, study: Study) -> SafeString:
    """The attempts so far, and the way into the next."""
    now = timezone.now()
    quiz: Any = study.part
    attempts = [(one, result_of(one, at=now)) for one in attempts_of(study.enrolment, quiz)]
    extra = list(study.enrolment.extra_attempts.filter(quiz=quiz.pk).select_related("by"))
    limit: int = quiz.attempts + len(extra) if quiz.attempts else 0
    context = {
        "study": study,
        "attempts": [(one, result) for one, result in attempts if result is not None],
        "running": next((one for one, _result in attempts if not is_over(one, at=now)), None),
        "may_begin": not limit or len(attempts) < limit,
        "extra": extra,
        "left": max(limit - len(attempts), 0) if limit else None,
    }
    return render_to_string("learn/progress/_quiz.html", context, request)


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString:
    """The way to the progress of a cohort."""
    return render_to_string("learn/progress/_desk.html", {"cohort": cohort}, request)
