"""Progress as the trainers of a cohort see it, and one more attempt at a quiz."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..courses.models import Quiz
from ..courses.selectors import parts_in_order
from ..policies import COHORT_PAGES
from .errors import ProgressError
from .extra import give_attempt, tried_by
from .presentation import Overview
from .selectors import completions_of, learners_of
from .views import led_or_404
from .wording import rows_of


@route(COHORT_PAGES)
@never_cache
@require_safe
def cohort_progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who learns in a cohort, and what each one misses: worked out by the function that decides the certificate."""
    cohort = led_or_404(request, uid)
    people = learners_of(cohort)
    found = completions_of(people, at=timezone.now())
    parts = {part.pk: part for part in parts_in_order(cohort.version)}
    lines = [
        (person, found[person.pk], [row for row in rows_of(found[person.pk], parts) if not row.met])
        for person in people
    ]
    context = {"cohort": cohort, "lines": lines, "complete": sum(found[one.pk].complete for one in people)}
    return render(request, "learn/progress/cohort.html", context)


@route(COHORT_PAGES)
@never_cache
@require_safe
def learner_progress(request: HttpRequest, uid: UUID, enrolment: UUID) -> HttpResponse:
    """What one learner misses, as they see it themselves; their reflections and answers are not shown."""
    cohort = led_or_404(request, uid)
    person = found_or_404(next((one for one in learners_of(cohort) if one.uid == enrolment), None))
    now = timezone.now()
    context = {"cohort": cohort, "overview": Overview(person, at=now, mine=False), "tried": tried_by(person, at=now)}
    return render(request, "learn/progress/learner.html", context)


@route(COHORT_PAGES)
@require_POST
def extra_attempt(request: HttpRequest, uid: UUID, enrolment: UUID, quiz: int) -> HttpResponse:
    """Give a learner one more attempt at a quiz, with the reason."""
    cohort = led_or_404(request, uid)
    person = found_or_404(next((one for one in learners_of(cohort) if one.uid == enrolment), None))
    asked = get_object_or_404(Quiz.objects.select_related("module"), pk=quiz, module__version=cohort.version_id)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say in a few words why: the person reads it."))
        return redirect("learn:learner_progress", cohort.uid, person.uid)
    try:
        give_attempt(person, asked, reason, by=request.user, at=timezone.now())
    except ProgressError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("%(name)s has one more attempt.") % {"name": person.person})
    return redirect("learn:learner_progress", cohort.uid, person.uid)
