"""The page where a person watches a job."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import policies
from ..policies import MEMBERS, declare
from .models import Job
from .selectors import Standing, jobs_visible_to, standing_of

FOLLOW = declare(
    "foundation.jobs.follow",
    kind="route",
    allow=MEMBERS,
    reason="The page shows one's own jobs only, and all of them to the programme's administrators.",
)
ANNOUNCED_EVERY = 25  # percent: a screen reader hears a few words, not one a second


@policies.route(FOLLOW)
@never_cache
@require_safe
def job_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a job is. One address: the whole page, or only what changes when htmx asks."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    standing = standing_of(job, at=timezone.now())
    partial = bool(request.headers.get("HX-Request"))
    step = _step(job, standing)
    context = {
        "job": job,
        "standing": standing,
        "time_left": _time_left(standing),
        "announcement": _announcement(job, standing),
        "step": step,
        "announce": partial and request.GET.get("dito") != step,
    }
    return render(request, f"foundation/jobs/{'_progress' if partial else 'job'}.html", context)


def _step(job: Job, standing: Standing) -> str:
    """Changes when there is something new to say aloud."""
    if job.state != Job.State.RUNNING:
        return str(job.state)
    return f"{(standing.share or 0) // ANNOUNCED_EVERY * ANNOUNCED_EVERY}"


def _announcement(job: Job, standing: Standing) -> str:
    if job.state == Job.State.RUNNING and standing.share is not None:
        return _("%(title)s: %(share)d%% done") % {"title": job.title, "share": standing.share}
    return f"{job.title}: {job.get_state_display()}"


def _time_left(standing: Standing) -> str:
    """The estimate in words, rounded as a person would."""
    if standing.left is None:
        return ""
    seconds = int(standing.left.total_seconds())
    if seconds < 60:
        return ngettext("about %(n)d second left", "about %(n)d seconds left", max(1, seconds)) % {"n": max(1, seconds)}
    minutes = round(seconds / 60)
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
