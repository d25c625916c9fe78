"""The decision: choosing, signing, reopening; what was signed; the page that explains it to the mayor."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.policies import require, route

from ..policies import CHANGE_ROUNDS, EXPORT_ROUND, SHOW_ROUNDS, SIGN_PRIORITIES
from ..rounds.forms import resubmit_as
from ..rounds.selectors import may_coordinate
from . import services
from .content import said_in
from .decision_selectors import (
    aside_words,
    decided,
    decided_words,
    differences,
    outside_the_usual,
    set_aside,
    signatures_visible_to,
)
from .errors import PriorityError, ReasonsMissing, StaleList
from .explained import document, explained, lead, signed_line
from .forms import DecisionForm, ReasonForm
from .models import PriorityList, PrioritySignature
from .order import Order
from .pdf import explained_pdf
from .rows import choice_rows
from .selectors import list_of, order_for
from .views import CONFLICT, FIRST_SHOWN, Opened, opened_or_404, round_or_404


def _initial(kept: PriorityList, order: Order) -> dict[str, Any]:
    """What was decided before; else the first five as computed."""
    values: dict[str, Any] = {"revision": kept.decision_revision, "number_reason": kept.number_reason}
    chosen = decided_words(kept)
    for item, position, reason in chosen:
        values |= {f"place_{item}": position, f"reason_{item}": reason}
    for item, reason in aside_words(kept):
        values[f"reason_{item}"] = reason
    if not chosen:
        values |= {f"place_{place.facts.item.pk}": place.position for place in order.places[: order.top]}
    return values


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, uid: Any) -> HttpResponse:
    """Choose places, then say why where they differ from the computed ones, then save."""
    shown = opened_or_404(request, uid)
    if not (shown.viewer.coordinates or may_coordinate(request.user, shown.round)):
        raise PermissionDenied("diagnose.priorities.decide")
    kept, of = shown.kept, shown.round
    if kept.is_signed:
        return redirect("diagnose:priorities", of.uid)
    if not shown.viewer.sees_order:
        messages.info(request, _("Score the proposed criteria first, or choose to see the order without scoring."))
        return redirect("diagnose:priority_scores", of.uid)
    order = order_for(kept, shown.viewer)
    if request.method != "POST":
        return _choose(request, shown, DecisionForm(initial=_initial(kept, order), order=order))
    form = DecisionForm(request.POST, order=order)
    if not form.is_valid() or request.POST.get("step") == "choose":
        return _choose(request, shown, form, 200 if form.is_valid() else 400)
    if request.POST.get("step") != "save":
        return _review(request, shown, form)
    try:
        services.decide(
            of,
            form.chosen(),
            reasons=form.reasons(),
            number_reason=form.cleaned_data["number_reason"],
            revision=form.cleaned_data["revision"],
            by=request.user,
            at=timezone.now(),
        )
    except ReasonsMissing as missing:
        form.say_why(missing.items)
        form.add_error("number_reason" if missing.number else None, str(missing))
        return _review(request, shown, form, 400)
    except StaleList as stale:
        return _conflict(request, shown, form, stale)
    except PriorityError as problem:
        form.add_error(None, str(problem))
        return _choose(request, shown, form, CONFLICT)
    messages.success(request, _("The decision was saved. Now the director signs it."))
    return redirect("diagnose:priorities", of.uid)


def _choose(request: HttpRequest, shown: Opened, form: DecisionForm, status: int = 200) -> HttpResponse:
    lines = choice_rows(form, shown.round)
    context = {
        "round": shown.round,
        "form": form,
        "first": [row for n, (given, row) in enumerate(lines) if n < FIRST_SHOWN or given],
        "others": [row for n, (given, row) in enumerate(lines) if n >= FIRST_SHOWN and not given],
    }
    return render(request, "diagnose/priorities/choose.html", context, status=status)


def _review(request: HttpRequest, shown: Opened, form: DecisionForm, status: int = 200, **more: Any) -> HttpResponse:
    order, chosen = form.order, form.chosen()
    context = {
        "round": shown.round,
        "form": form,
        "lines": form.lines(differences(chosen, order)),
        "places": [(form[f"place_{item}"].html_name, form.cleaned_data[f"place_{item}"]) for item in chosen],
        "unusual": outside_the_usual(len(chosen), order),
        "n": len(chosen),
        **more,
    }
    return render(request, "diagnose/priorities/review.html", context, status=status)


def _conflict(request: HttpRequest, shown: Opened, form: DecisionForm, stale: StaleList) -> HttpResponse:
    """Both decisions in sight: what someone else saved, and the person's own, ready to be saved knowingly."""
    now = list_of(shown.round)
    resubmit_as(form, revision=now.decision_revision)
    form.add_error(None, str(stale))
    return _review(request, shown, form, CONFLICT, there=decided(now), there_by=now.decided_by)


# --- signing ------------------------------------------------------------------------------------------------------


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, uid: Any) -> HttpResponse:
    """The director reads the decision once more and signs it."""
    shown = opened_or_404(request, uid)
    require(request.user, SIGN_PRIORITIES, shown.round)
    kept, problem, status = shown.kept, "", 200
    if request.method == "POST":
        text = request.POST.get("revision", "")
        revision = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        try:
            made = services.sign(shown.round, revision=revision, by=request.user, at=timezone.now())
        except PriorityError as refused:
            problem, status = str(refused), CONFLICT
            kept = list_of(shown.round)
        else:
            messages.success(request, _("Signed: %(number)s.") % {"number": made.number})
            return redirect("diagnose:priority_signed", shown.round.uid, made.number)
    if kept.is_signed or not kept.decided_at:
        return redirect("diagnose:priorities", shown.round.uid)
    context = {"round": shown.round, "list": kept, "problem": problem, "decided": decided(kept)}
    context["set_aside"] = set_aside(kept)
    return render(request, "diagnose/priorities/sign.html", context, status=status)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, uid: Any) -> HttpResponse:
    """Take the signature off, with a reason."""
    shown = opened_or_404(request, uid)
    require(request.user, SIGN_PRIORITIES, shown.round)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reopen_list(shown.round, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except PriorityError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The list is open again. What was signed is kept."))
            return redirect("diagnose:priorities", shown.round.uid)
    elif not shown.kept.is_signed:
        return redirect("diagnose:priorities", shown.round.uid)
    return render(request, "diagnose/priorities/reopen.html", {"round": shown.round, "form": form})


def _signature_or_404(request: HttpRequest, uid: Any, number: str) -> PrioritySignature:
    of = round_or_404(request, uid)
    return get_object_or_404(signatures_visible_to(request.user), list__round=of, number=number)


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def signed(request: HttpRequest, uid: Any, number: str) -> HttpResponse:
    """One signed list as it was, with its hash."""
    signature = _signature_or_404(request, uid, number)
    context = {"round": signature.list.round, "signature": signature, "said": said_in(signature)}
    return render(request, "diagnose/priorities/signed.html", context)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def signed_content(request: HttpRequest, uid: Any, number: str) -> HttpResponse:
    """The very text that was hashed."""
    signature = _signature_or_404(request, uid, number)
    headers = {"Content-Disposition": f'attachment; filename="{signature.number}.json"'}
    return HttpResponse(signature.content, content_type="application/json; charset=utf-8", headers=headers)


# --- explaining ---------------------------------------------------------------------------------------------------


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def explain(request: HttpRequest, uid: Any) -> HttpResponse:
    """One page for somebody who was not there."""
    shown = opened_or_404(request, uid)
    lines = explained(shown.round, shown.kept, shown.viewer)
    if not lines:
        raise Http404
    context = {
        "round": shown.round,
        "lines": lines,
        "lead": lead(lines),
        "signed": signed_line(shown.round, shown.kept),
    }
    return render(request, "diagnose/priorities/explain.html", context)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def explain_pdf(request: HttpRequest, uid: Any) -> HttpResponse:
    """The same on one A4 page."""
    shown = opened_or_404(request, uid)
    lines = explained(shown.round, shown.kept, shown.viewer)
    if not lines:
        raise Http404
    made = explained_pdf(document(shown.round, shown.kept, lines))
    name = slugify(_("priorities %(round)s") % {"round": shown.round.title})[:80]
    return HttpResponse(made, "application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
