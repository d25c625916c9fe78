"""Pages between a course here and a tool: what the tool learns, the way there, and the way back with a choice."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.http import found_or_404, own_transactions
from trama.foundation.policies import route

from ..courses.errors import CourseError
from ..courses.models import ToolPart
from ..courses.reader_views import version_or_404
from ..courses.selectors import tool_part_of
from ..policies import AUTHOR_PAGES, COHORT_PAGES, LTI_SERVER, STUDY_PAGES
from ..progress.errors import ProgressError
from ..progress.views import led_or_404, mine_or_404
from .choosing import take_choice
from .csp import leaving
from .errors import LtiError
from .launching import Departure, authorise, open_choice, open_part, open_to_teach


def refused(request: HttpRequest, problem: Exception, status: int = 400) -> HttpResponse:
    """What went wrong between two servers, in words of the person who sees it."""
    response = render(request, "learn/lti/refused.html", {"problem": str(problem)}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _depart(request: HttpRequest, departure: Departure, **more: Any) -> HttpResponse:
    context = {"departure": departure, "tool": departure.tool, **more}
    return leaving(request, "learn/lti/depart.html", context, departure.address)


@route(STUDY_PAGES)
@never_cache
@require_POST
def open_tool(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A learner opens the tool of a part: a page says what the tool learns, and leads there."""
    enrolment = mine_or_404(request, slug)
    found = found_or_404(tool_part_of(enrolment.cohort.version, part))
    try:
        departure = open_part(enrolment, found, by=request.user, at=timezone.now())
    except (LtiError, ProgressError) as problem:
        return refused(request, problem, 409)
    return _depart(request, departure, part=found, course=enrolment.cohort.version.course)


@route(COHORT_PAGES)
@never_cache
@require_POST
def teach_in_tool(request: HttpRequest, uid: UUID, part: str) -> HttpResponse:
    """A trainer opens the tool of a part of their cohort's course, as its instructor."""
    cohort = led_or_404(request, uid)
    found = found_or_404(tool_part_of(cohort.version, part))
    try:
        departure = open_to_teach(cohort, found, by=request.user, at=timezone.now())
    except LtiError as problem:
        return refused(request, problem, 409)
    return _depart(request, departure, part=found, course=cohort.version.course, cohort=cohort)


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def choose_in_tool(request: HttpRequest, slug: str, label: str, pk: int) -> HttpResponse:
    """An author goes to choose content in the tool of a part."""
    version = version_or_404(request, slug, label)
    rows = ToolPart.objects.filter(module__version=version).select_related("module")
    found = found_or_404(rows.filter(pk=pk).first())
    try:
        departure = open_choice(version, found, by=request.user)
    except LtiError as problem:
        messages.error(request, str(problem))
        return redirect("learn:edit_course_part", slug, label, "tool", pk)
    return _depart(request, departure, part=found, course=version.course, choosing=True)


@route(LTI_SERVER)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorisation(request: HttpRequest) -> HttpResponse:
    """The tool sends the browser back to ask who the person is. A POST comes without the session: it asks again."""
    if request.method == "POST":
        response = redirect(f"{request.path}?{request.POST.urlencode()}")
        response.status_code = 303
        return response
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    try:
        arrival = authorise(request.GET.dict(), by=request.user, at=timezone.now())
    except LtiError as problem:
        return refused(request, problem, problem.status)
    return leaving(request, "learn/lti/arrive.html", {"arrival": arrival, "tool": arrival.tool}, arrival.address)


@route(LTI_SERVER)
@csrf_exempt
@own_transactions  # it may ask the tool's server for its keys
@require_POST
def choice_return(request: HttpRequest) -> HttpResponse:
    """What an author chose in a tool comes back."""
    try:
        part = take_choice(request.POST.get("JWT", ""), at=timezone.now())
    except (LtiError, CourseError) as problem:
        return refused(request, problem)
    except PermissionDenied:
        return refused(request, LtiError(_("The account that went to choose may not edit this course any more.")), 403)
    version = part.module.version
    response = redirect("learn:edit_course_part", version.course.slug, version.version, "tool", part.pk)
    response.status_code = 303
    return response
