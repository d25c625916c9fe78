"""Pages of adoptions: the list, one adoption, its history. Opening, changing, steps, help and funnel are beside it."""

import uuid

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.http import attempting
from trama.foundation.policies import may, route

from ..policies import EDIT_ADOPTION, LIST_ADOPTION, SHOW_ADOPTIONS
from .errors import AdoptionError
from .forms import NoteForm
from .help_selectors import requests_of
from .models import Adoption
from .presentation import history_lines, move_lines
from .selectors import (
    adoption_lines,
    adoptions_visible_to,
    everything_of,
    history_of,
    indicators_of,
    is_editable_by,
    newer_versions,
    notes_of,
    people_of,
    scopes_to_adopt_for,
    standing_of,
)
from .services import moves_from

CONFLICT = 409
NOTES_SHOWN = 5
PER_PAGE = 50


def adoption_or_404(request: HttpRequest, uid: uuid.UUID) -> Adoption:
    """An adoption the person sees; another one does not exist for them."""
    return get_object_or_404(adoptions_visible_to(request.user), uid=uid)


def editable_or_refused(request: HttpRequest, uid: uuid.UUID) -> Adoption:
    """An adoption the person may change: 404 where they do not see it, 403 where they only read."""
    adoption = adoption_or_404(request, uid)
    if not may(request.user, EDIT_ADOPTION, adoption):
        raise PermissionDenied(EDIT_ADOPTION.name)
    return adoption


attempt = attempting(AdoptionError)  # run a service; tell what happened


@route(SHOW_ADOPTIONS)
@never_cache
@require_GET
def adoptions(request: HttpRequest) -> HttpResponse:
    """The adoptions of my network, school or group."""
    lines = list(adoption_lines(request.user))
    ended = [line for line in lines if line.state in (Adoption.State.FINISHED, Adoption.State.GIVEN_UP)]
    may_open = bool(scopes_to_adopt_for(request.user))
    context = {
        "running": [line for line in lines if line not in ended],
        "ended": ended,
        "removed": list(everything_of(request.user).filter(removed_at__isnull=False)) if may_open else [],
        "may_open": may_open,
    }
    return render(request, "plan/adoptions/adoptions.html", context)


@route(SHOW_ADOPTIONS)
@never_cache
@require_GET
def adoption(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One adoption: where we are, what comes next, everything that hangs on it."""
    shown = adoption_or_404(request, uid)
    now = timezone.now()
    notes = notes_of(shown)
    editable = is_editable_by(request.user, shown)
    ended = shown.state in (Adoption.State.FINISHED, Adoption.State.GIVEN_UP)
    context = {
        "adoption": shown,
        "technology": shown.version.technology,
        "standing": standing_of(shown, now),
        "people": people_of(shown),
        "notes": notes[:NOTES_SHOWN],
        "older_notes": notes[NOTES_SHOWN:],
        "indicators": indicators_of(shown),
        "requests": list(requests_of(shown)),
        "contexts": [one.get_context_display() for one in shown.contexts.all()],
        "newer": newer_versions(shown) if editable and not ended else [],
        "editable": editable,
        "may_list": may(request.user, LIST_ADOPTION, shown),
        "moves": move_lines(moves_from(shown.state)) if editable else [],
        "note_form": NoteForm(),
        "ended": ended,
    }
    return render(request, "plan/adoptions/adoption.html", context)


@route(SHOW_ADOPTIONS)
@never_cache
@require_GET
def history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every change, newest first."""
    shown = adoption_or_404(request, uid)
    page = Paginator(history_of(shown), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"adoption": shown, "page": page, "lines": history_lines(page.object_list)}
    return render(request, "plan/adoptions/history.html", context)
