"""Pages of requests for help: the owner's, beside the adoption; and those of the organisation that was asked."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.policies import may, route

from ..policies import ANSWER_HELP, ANSWER_HELP_PAGES, CHANGE_ADOPTIONS, SHOW_ADOPTIONS, SHOW_HELP
from . import help_services
from .errors import AdoptionError
from .forms import HelpForm, MessageForm
from .help_selectors import requests_asked_of, requests_of, waiting_with_partners
from .models import Adoption, HelpRequest
from .selectors import is_editable_by, organisations_to_ask
from .views import adoption_or_404, attempt, editable_or_refused


@route(CHANGE_ADOPTIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask for help; what the organisation will see is said before it is sent."""
    adoption = editable_or_refused(request, uid)
    form = HelpForm(request.POST or None, organisations=organisations_to_ask(adoption))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = help_services.ask_help(
                adoption, form.organisations[sent["organisation"]], uid=sent["uid"], subject=sent["subject"],
                text=sent["text"], by=request.user, at=timezone.now(),
            )  # fmt: skip
        except AdoptionError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The request was sent."))
            return redirect("plan:adoption_help_request", uid, made.uid)
    context = {"adoption": adoption, "form": form, "requests": list(requests_of(adoption))}
    return render(request, "plan/adoptions/ask.html", context)


def _own_request_or_404(adoption: Adoption, uid: uuid.UUID) -> HelpRequest:
    found = get_object_or_404(requests_of(adoption), uid=uid)
    found.adoption = adoption
    return found


def _thread(request: HttpRequest, shown: HelpRequest, template: str, **more: Any) -> HttpResponse:
    context = {"request_shown": shown, "thread": list(shown.messages.select_related("by")), "form": MessageForm()}
    return render(request, template, context | more)


@route(SHOW_ADOPTIONS)
@never_cache
@require_GET
def own_request(request: HttpRequest, uid: uuid.UUID, request_uid: uuid.UUID) -> HttpResponse:
    """A request of ours and its answers."""
    adoption = adoption_or_404(request, uid)
    shown = _own_request_or_404(adoption, request_uid)
    more = {"adoption": adoption, "editable": is_editable_by(request.user, adoption)}
    return _thread(request, shown, "plan/adoptions/help.html", **more)


@route(CHANGE_ADOPTIONS)
@require_POST
def write(request: HttpRequest, uid: uuid.UUID, request_uid: uuid.UUID) -> HttpResponse:
    """Write on in a request of ours."""
    adoption = editable_or_refused(request, uid)
    _send(request, _own_request_or_404(adoption, request_uid), from_owner=True)
    return redirect("plan:adoption_help_request", uid, request_uid)


@route(CHANGE_ADOPTIONS)
@require_POST
def close_own(request: HttpRequest, uid: uuid.UUID, request_uid: uuid.UUID) -> HttpResponse:
    """Close a request of ours."""
    adoption = editable_or_refused(request, uid)
    _close(request, _own_request_or_404(adoption, request_uid), from_owner=True)
    return redirect("plan:adoption_help_request", uid, request_uid)


def _send(request: HttpRequest, shown: HelpRequest, *, from_owner: bool) -> None:
    form = MessageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the message before sending it."))
        return
    sent = form.cleaned_data
    attempt(
        request,
        _("The message was sent."),
        lambda: help_services.answer_help(
            shown, sent["text"], uid=sent["uid"], from_owner=from_owner, by=request.user, at=timezone.now()
        ),
    )


def _close(request: HttpRequest, shown: HelpRequest, *, from_owner: bool) -> None:
    attempt(
        request,
        _("The request is closed."),
        lambda: help_services.close_help(shown, from_owner=from_owner, by=request.user, at=timezone.now()),
    )


# --- the organisation that was asked ---------------------------------------------------------------------------------


@route(SHOW_HELP)
@never_cache
@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """The requests that my organisation was asked; for the programme also how many wait with the partners."""
    context = {
        "requests": list(requests_asked_of(request.user)),
        "elsewhere": waiting_with_partners(request.user),
    }
    return render(request, "plan/adoptions/asked.html", context)


def _asked_or_404(request: HttpRequest, uid: uuid.UUID) -> HelpRequest:
    return get_object_or_404(requests_asked_of(request.user), uid=uid)


@route(SHOW_HELP)
@never_cache
@require_GET
def asked_request(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One request that my organisation was asked, and its answers. The first look at it is noted, for who asked."""
    shown = _asked_or_404(request, uid)
    may_answer = may(request.user, ANSWER_HELP, shown.organisation)
    if may_answer and shown.waits and shown.seen_at is None:
        help_services.note_seen(shown, by=request.user, at=timezone.now())
    return _thread(request, shown, "plan/adoptions/asked_request.html", may_answer=may_answer)


@route(ANSWER_HELP_PAGES)
@require_POST
def answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Answer a request."""
    _send(request, _asked_or_404(request, uid), from_owner=False)
    return redirect("plan:help_asked_request", uid)


@route(ANSWER_HELP_PAGES)
@require_POST
def close_asked(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Close a request that was asked of us."""
    _close(request, _asked_or_404(request, uid), from_owner=False)
    return redirect("plan:help_asked_request", uid)
