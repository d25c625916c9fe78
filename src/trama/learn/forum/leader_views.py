"""What those who lead a cohort do in its forum: pin, close, mark an answer, hide, take it home as a spreadsheet."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.policies import route

from ..cohorts.desk import as_csv, as_xlsx
from ..policies import COHORT_EXPORT, COHORT_PAGES
from . import services
from .errors import ForumError
from .exporting import table_of
from .views import address_of, cohort_or_404, post_or_404, topic_or_404

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
STATES = {
    "fixar": {"pinned": True},
    "soltar": {"pinned": False},
    "encerrar": {"closed": True},
    "reabrir": {"closed": False},
}


@route(COHORT_PAGES)
@require_POST
def topic_state(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Pin or close a topic, or undo that."""
    found, leads = topic_or_404(request, uid)
    asked = STATES.get(request.POST.get("situacao", ""))
    if not leads or asked is None:
        raise Http404
    services.set_topic(found, by=request.user, at=timezone.now(), **asked)
    return redirect("learn:forum_topic", found.uid)


@route(COHORT_PAGES)
@require_POST
def hide_post(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hide a post with a reason, or show it again."""
    post, leads = post_or_404(request, uid)
    if not leads:
        raise Http404
    try:
        if request.POST.get("mostrar"):
            services.show_again(post, by=request.user, at=timezone.now())
        else:
            services.hide(post, request.POST.get("reason", ""), by=request.user, at=timezone.now())
            messages.success(request, _("The post is hidden; its author reads your reason."))
    except ForumError as problem:
        messages.error(request, str(problem))
    return redirect(address_of(post))


@route(COHORT_PAGES)
@require_POST
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that a post answers its topic, or that it does not."""
    post, leads = post_or_404(request, uid)
    if not leads:
        raise Http404
    try:
        marked = None if post.topic.answer_id == post.pk else post
        services.mark_answer(post.topic, marked, by=request.user, at=timezone.now())
    except ForumError as problem:
        messages.error(request, str(problem))
    return redirect(address_of(post))


@route(COHORT_EXPORT)
@never_cache
@require_safe
def export(request: HttpRequest, uid: UUID, extension: str) -> HttpResponse:
    """Every post as a spreadsheet."""
    cohort, leads = cohort_or_404(request, uid)
    if not leads or extension not in TYPES:
        raise Http404
    rows = table_of(cohort)
    body = as_csv(rows) if extension == "csv" else as_xlsx(rows, _("Forum"))
    made = HttpResponse(body, content_type=TYPES[extension])
    made["Content-Disposition"] = f'attachment; filename="forum-{cohort.uid.hex[:8]}.{extension}"'
    return made
