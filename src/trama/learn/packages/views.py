"""Pages where a learner runs a package, and the address that keeps what it says."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..courses.selectors import package_of
from ..policies import STUDY_PAGES
from ..progress.errors import ProgressError
from ..progress.views import mine_or_404
from ..progress.wording import state_of
from .addresses import domain
from .cmi import LONGEST_STATE
from .errors import CommitRefused, OtherCommit, PackageError
from .frames import page_of_attempt
from .models import PackageLaunch
from .presentation import lines_of, setup_of_launch
from .selectors import launch_visible_to, line_of, states_of
from .services import Kept, begin_again, keep_commit, open_package
from .unit_views import run_units

LARGEST_NUMBER = 1_000_000


@route(STUDY_PAGES)
@require_POST
def launch(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Open a package where the learner stopped; ``again`` begins it empty."""
    enrolment = mine_or_404(request, slug)
    package = found_or_404(package_of(enrolment.cohort.version, part))
    act = begin_again if "again" in request.POST else open_package
    try:
        made = act(enrolment, package, by=request.user, at=timezone.now())
    except (ProgressError, PackageError) as problem:
        messages.error(request, str(problem))
        return redirect("learn:study_part", slug, "interativos", part)
    return redirect("learn:package_launch", made.uid)


@route(STUDY_PAGES)
@never_cache
@require_safe
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A package in its frame, with the list of its items and what was saved."""
    found = found_or_404(launch_visible_to(request.user, uid))
    attempt, now = found.attempt, timezone.now()
    if attempt.registration_id is not None:
        return run_units(request, found)
    states = states_of(attempt)
    setup = setup_of_launch(request, found, now, states) if domain() else None
    if setup is not None:
        setup |= {"commit": reverse("learn:package_commit", args=[found.uid])}
    lines = lines_of(attempt.package.file, states) if attempt.package.file else []
    return page_of_attempt(request, attempt, setup, lines=lines)


def _commit_in(request: HttpRequest) -> tuple[str, int, Any] | None:
    """(item, number, data) of a request; None where it is none."""
    if len(request.body) > LONGEST_STATE + 4096:
        return None
    try:
        told = json.loads(request.body)
        item, number = told["item"], told["number"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = isinstance(number, int) and not isinstance(number, bool) and 0 < number < LARGEST_NUMBER
    return (item, number, told.get("data")) if whole and isinstance(item, str) and len(item) <= 200 else None


@route(STUDY_PAGES)
@require_POST
def commit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Keep what a package said. The answer comes after it is on disk; the same number again gets the same answer."""
    found = found_or_404(launch_visible_to(request.user, uid))
    told = _commit_in(request)
    if told is None or found.attempt.registration_id is not None:
        return JsonResponse({"saved": False, "why": str(CommitRefused("cmi"))}, status=400)
    item, number, data = told
    try:
        kept = keep_commit(found, item, number, data, by=request.user, at=timezone.now())
    except CommitRefused as problem:
        return JsonResponse({"saved": False, "why": str(problem)}, status=400)
    except (OtherCommit, ProgressError) as problem:
        return JsonResponse({"saved": False, "why": str(problem)}, status=409)
    return JsonResponse({"saved": True, "number": kept.commit.number} | _now(found, item, kept))


def _now(launch: PackageLaunch, item: str, kept: Kept) -> dict[str, Any]:
    """How the part and the item stand after a saving, in words for the page. At most two queries."""
    attempt = launch.attempt
    line = line_of(attempt.enrolment, attempt.package)
    state = kept.state or states_of(attempt).get(item)
    completed = state is not None and state.completed
    return {"completed": completed, "met": bool(line and line.met), "told": state_of(line) if line else ""}
