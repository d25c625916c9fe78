"""The frame that a package stands in, on a page of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..courses.presentation import Place
from ..courses.study_views import study_base


def in_its_frame(response: HttpResponse, origin: str) -> HttpResponse:
    """Let the page show the package's origin in a frame, and no other."""
    response._csp_config = {**settings.SECURE_CSP, "frame-src": [origin]}  # type: ignore[attr-defined]
    return response


def page_of_attempt(request: HttpRequest, attempt: Any, setup: dict[str, Any] | None, **more: Any) -> HttpResponse:
    """The page where a learner opens a package. ``setup``: for its script, None where packages are not opened here."""
    version = attempt.enrolment.cohort.version
    base = study_base(version.course)
    context = {
        "package": attempt.package,
        "course": version.course,
        "version": version,
        "base": base,
        "back": Place(base).part(attempt.package),
        "attempt": attempt,
        "setup": setup,
    }
    response = render(request, "learn/packages/run.html", context | more)
    return in_its_frame(response, setup["origin"]) if setup else response
