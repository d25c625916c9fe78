"""What the client on a device asks: take what it kept, who is signed in, the worker that answers without the site."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.diagnose.api import person_mark
from trama.foundation.http import own_transactions
from trama.foundation.policies import route

from ..cohorts.models import Enrolment
from ..policies import STUDY_PAGES
from .saving import Save, take

MOST_SAVES = 50
MOST_BYTES = 1 << 20


@route(STUDY_PAGES)
@never_cache
@own_transactions  # each save is kept by itself: one that is refused holds no other back
@require_POST
def save(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Several saves, ``{"saves": […]}``. Once they were read always 200: what became of each is in its own answer."""
    rows = Enrolment.objects.filter(person=request.user.pk).select_related("cohort__version__course")
    enrolment = get_object_or_404(rows, uid=uid)
    try:
        if len(request.body) > MOST_BYTES:
            return JsonResponse({"message": _("This is too much at once.")}, status=413)
        saves = [Save.read(one) for one in json.loads(request.body)["saves"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"message": _("This could not be read.")}, status=400)
    if len(saves) > MOST_SAVES:
        return JsonResponse({"message": _("This is too much at once.")}, status=413)
    language = get_language() or "pt-br"
    results = [take(one, enrolment, language=language, by=request.user, at=timezone.now()) for one in saves]
    return JsonResponse({"results": results})


@route(STUDY_PAGES)
@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and the token that their requests carry: a page kept on the device may hold an old one."""
    return JsonResponse({"person": person_mark(request.user), "token": get_token(request)})


@route(STUDY_PAGES)
@require_safe
def worker(request: HttpRequest, slug: str) -> HttpResponse:
    """The service worker. It lives under the course of the learner, so its scope is that course and nothing else."""
    return HttpResponse(
        render_to_string("diagnose/answers/sw.js"),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache, private"},
    )
