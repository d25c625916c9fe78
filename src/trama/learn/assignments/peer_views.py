"""Pages of feedback among peers: reading a colleague's work, and setting unfair feedback aside."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.policies import route

from ..courses.study_views import study_base
from ..policies import COHORT_PAGES, STUDY_PAGES
from ..progress.errors import ProgressError
from ..progress.views import led_or_404
from .errors import WorkError
from .forms import PeerForm
from .peer_models import PeerFeedback
from .peer_selectors import feedback_asked_of, newest_round
from .peer_services import give_feedback, set_aside


@route(STUDY_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def peer_work(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A colleague's work, for the peer who gives feedback on it; nobody else finds it here."""
    found = get_object_or_404(feedback_asked_of(request.user), uid=uid)
    assignment = found.work.assignment
    criteria = list(assignment.criteria.prefetch_related("levels"))
    form = PeerForm(request.POST or None, criteria=criteria)
    if request.method == "POST" and form.is_valid():
        try:
            give_feedback(found, form.cleaned_data["feedback"], form.levels, by=request.user, at=timezone.now())
        except (WorkError, ProgressError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Thank you: your feedback was sent."))
            return redirect("learn:peer_work", found.uid)
    context = {
        "feedback": found,
        "assignment": assignment,
        "version": found.giver.cohort.version,
        "base": study_base(found.giver.cohort.version.course),
        "read": found.round or newest_round(found.work),
        "files": list(found.work.files.filter(first_round__isnull=False, removed_at__isnull=True)),
        "marks": list(found.marks.select_related("criterion")),
        "form": form,
    }
    return render(request, "learn/assignments/peer_work.html", context)


@route(COHORT_PAGES)
@require_POST
def set_feedback_aside(request: HttpRequest, uid: UUID, work: UUID, feedback: UUID) -> HttpResponse:
    """Take feedback of a peer out of sight of the authors, with a reason."""
    cohort = led_or_404(request, uid)
    found = get_object_or_404(PeerFeedback, uid=feedback, work__uid=work, work__cohort=cohort)
    try:
        set_aside(found, request.POST.get("reason", ""), by=request.user, at=timezone.now())
    except WorkError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The feedback was set aside, and its author reads your reason."))
    return redirect("learn:answer_work", cohort.uid, work)
