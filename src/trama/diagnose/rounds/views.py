"""Pages of rounds: the list, one round, its moves, and receipts. People are in ``people_views``, paper elsewhere."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.fields import zone_name
from trama.foundation.http import attempting, found_or_404
from trama.foundation.policies import may_enter, route
from trama.know.api import scope_fields

from ..policies import CHANGE_ROUNDS, EXPORT_ROUND, SHOW_OWN_QUESTIONS, SHOW_ROUNDS
from . import services
from .errors import NotAllAgreed, RoundError, StaleRound, SubmissionOfAnother
from .forms import AnswerAgainForm, ChangeRoundForm, OpenRoundForm, ReasonForm, SubmitForm, resubmit_as
from .models import Round, RoundMember
from .pdf import receipt_pdf as typeset_receipt
from .presentation import grouped
from .selectors import (
    follows,
    latest_versions,
    may_coordinate,
    membership_of,
    own_questions_of,
    receipts_visible_to,
    round_lines,
    round_visible_to,
    scopes_to_open_for,
    standing_of,
    verify_receipt,
    zone_of,
)

CONFLICT = 409
State = Round.State


def origin_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def round_or_404(request: HttpRequest, uid: uuid.UUID) -> Round:
    """A round the person sees; another one does not exist for them."""
    return found_or_404(round_visible_to(request.user, uid))


def coordinated_or_refused(request: HttpRequest, uid: uuid.UUID) -> Round:
    """A round the person moves: 404 where they do not see it, 403 where they only answer or read."""
    of = round_or_404(request, uid)
    if not may_coordinate(request.user, of):
        raise PermissionDenied("diagnose.rounds.coordinate")
    return of


def own_part_or_404(request: HttpRequest, of: Round) -> RoundMember:
    member = membership_of(request.user, of)
    if member is None:
        raise Http404
    member.round = of
    return member


attempt = attempting(RoundError)  # run a service; tell what happened


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """My rounds, what waits for me first."""
    lines = round_lines(request.user)
    return render(
        request,
        "diagnose/rounds/rounds.html",
        {
            "waiting": [line for line in lines if line.waits_to_answer or line.waits_to_agree],
            "others": [line for line in lines if not (line.waits_to_answer or line.waits_to_agree)],
            "may_open": bool(scopes_to_open_for(request.user)),
            "may_see_own_questions": may_enter(request.user, SHOW_OWN_QUESTIONS),
            "now": timezone.now(),
        },
    )


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round: for which owner, over which questionnaire, until when. Then the team."""
    scopes = [(f"{one._meta.model_name}-{one.pk}", one) for one in scopes_to_open_for(request.user)]
    asked = request.GET.get("para", scopes[0][0] if len(scopes) == 1 else "")
    scope = dict(scopes).get(asked)
    versions: list[Any] = []
    if scope is not None:
        kind, key = next((name, one.pk) for name, one in scope_fields(scope).items() if one is not None)
        versions = latest_versions(kind)
    context: dict[str, Any] = {"scopes": scopes, "key": asked, "scope": scope, "versions": versions}
    if not versions:
        return render(request, "diagnose/rounds/open.html", context)
    wanted = request.GET.get("questionario", "")
    version = next((one for one in versions if one.instrument.slug == wanted), versions[0])
    form = OpenRoundForm(
        request.POST or None,
        version=version,
        own_questions=own_questions_of({f"{kind}_id": key}),
        zone=zone_of(scope),
        at=timezone.now(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_round(
                scope, version=version, **form.values(), by=request.user, at=timezone.now()
            )  # fmt: skip
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The round is open. Now say who answers."))
            return redirect("diagnose:round_team", made.uid)
    return render(request, "diagnose/rounds/open.html", {**context, "version": version, "form": form})


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def round_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One round: how it stands, what waits for me, what comes next."""
    of = round_or_404(request, uid)
    member = membership_of(request.user, of)
    standing = standing_of(of)
    own = next((line for line in standing.members if member is not None and line.member.pk == member.pk), None)
    coordinates = may_coordinate(request.user, of)
    context = {
        "round": of,
        "zone": zone_name(of.time_zone),
        "member": member,
        "own": own,
        "standing": standing,
        "coordinates": coordinates,
        "follows": follows(request.user, of),
        "late": of.state == State.ANSWERING and timezone.now() > of.answers_until,
        "steps": list(of.steps.select_related("by")),
        "receipts": list(receipts_visible_to(request.user).filter(round=of).order_by("-pk")),
    }
    return render(request, "diagnose/rounds/round.html", context)


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def progress(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who has finished, and how many answered each item; never what they answered."""
    of = round_or_404(request, uid)
    standing = standing_of(of)
    context = {
        "round": of,
        "standing": standing,
        "areas": grouped(standing.items),
        "follows": follows(request.user, of),
        "coordinates": may_coordinate(request.user, of),
    }
    return render(request, "diagnose/rounds/progress.html", context)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Name and deadline. Two coordinators get a conflict, never a silent overwrite."""
    of = coordinated_or_refused(request, uid)
    form = ChangeRoundForm(
        request.POST or None, zone=of.time_zone, initial=ChangeRoundForm.initial_of(of)
    )  # fmt: skip
    conflict, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_round(of, **form.cleaned_data, by=request.user, at=timezone.now())
        except StaleRound as problem:
            conflict, status = round_or_404(request, uid), CONFLICT
            form.add_error(None, str(problem))
            resubmit_as(form, revision=conflict.revision)
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The round was changed."))
            return redirect("diagnose:round", of.uid)
    context = {"round": of, "form": form, "conflict": conflict, "zone": zone_name(of.time_zone)}
    return render(request, "diagnose/rounds/change.html", context, status=status)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def start_agreement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """End the answering, after showing who has not finished and what nobody was asked."""
    of = coordinated_or_refused(request, uid)
    if request.method == "POST":
        attempt(
            request,
            _("The answering has ended. Now the team agrees."),
            lambda: services.start_agreement(of, by=request.user, at=timezone.now()),
        )
        return redirect("diagnose:round", of.uid)
    return render(request, "diagnose/rounds/start_agreement.html", {"round": of, "standing": standing_of(of)})


def _with_reason(
    request: HttpRequest, of: Round, form: ReasonForm, texts: dict[str, Any], verb: Callable[..., Any]
) -> HttpResponse:
    """A form that asks why, then does it."""
    if request.method == "POST" and form.is_valid():
        try:
            verb(of, **form.cleaned_data, by=request.user, at=timezone.now())
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, texts["done"])
            return redirect("diagnose:round", of.uid)
    return render(request, "diagnose/rounds/reason.html", {"round": of, "form": form, **texts})


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def answer_again(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """From agreeing back to answering."""
    of = coordinated_or_refused(request, uid)
    texts = {
        "question": _("Let people answer again?"),
        "consequence": _("Everyone may answer until the new deadline. What was agreed so far stays."),
        "action_label": _("Let people answer"),
        "done": _("People may answer again."),
    }
    return _with_reason(
        request, of, AnswerAgainForm(request.POST or None, zone=of.time_zone), texts, services.answer_again
    )


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """From submitted back to agreeing."""
    of = coordinated_or_refused(request, uid)
    texts = {
        "question": _("Reopen the submitted round?"),
        "consequence": _(
            "The team may change what was agreed. The receipt of the first submission stays valid for what was "
            "submitted then; submitting again gives a new one."
        ),
        "action_label": _("Reopen the round"),
        "done": _("The round was reopened."),
    }
    return _with_reason(request, of, ReasonForm(request.POST or None), texts, services.reopen_round)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Give the round up."""
    of = coordinated_or_refused(request, uid)
    texts = {
        "question": _("Cancel the round?"),
        "consequence": _("Nobody answers it any more, and this cannot be undone. What was answered stays kept."),
        "action_label": _("Cancel the round"),
        "done": _("The round was cancelled."),
        "danger": True,
    }
    return _with_reason(request, of, ReasonForm(request.POST or None), texts, services.cancel_round)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Submit the agreed round: first what is missing, then a receipt. Sent twice, it gives the same receipt."""
    of = coordinated_or_refused(request, uid)
    standing = standing_of(of)
    missing = standing.not_agreed
    status = 200
    form = SubmitForm(request.POST or None, initial={"submission": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            receipt = services.submit_round(
                of,
                submission=form.cleaned_data["submission"],
                acknowledged=form.cleaned_data["acknowledged"] or 0,
                by=request.user,
                at=timezone.now(),
                origin=origin_of(request),
            )
        except (NotAllAgreed, SubmissionOfAnother) as problem:
            form.add_error(None, str(problem))
            status = CONFLICT
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("diagnose:receipt", receipt.number)
    box = ngettext(
        "I submit with one criterion without agreement",
        "I submit with %(n)s criteria without agreement",
        len(missing),
    ) % {"n": len(missing)}
    context = {"round": of, "standing": standing, "missing": grouped(missing), "n": len(missing), "form": form}
    return render(
        request,
        "diagnose/rounds/submit.html",
        {**context, "box": box, "submission": form["submission"].value()},
        status=status,
    )


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """I have finished my part: what is missing, then a receipt."""
    of = round_or_404(request, uid)
    member = own_part_or_404(request, of)
    form = SubmitForm(request.POST or None, initial={"submission": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            receipt = services.finish_part(
                member, submission=form.cleaned_data["submission"], by=request.user, at=timezone.now()
            )
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Thank you! Your part is done. You may still change it until the deadline."))
            return redirect("diagnose:receipt", receipt.number)
    standing = standing_of(of)
    own = next(line for line in standing.members if line.member.pk == member.pk)
    missing = [line.item for line in standing.items if line.item.pk in own.asked - own.answered]
    context = {"round": of, "own": own, "missing": grouped(missing), "n": len(missing), "form": form}
    return render(
        request, "diagnose/rounds/finish.html", {**context, "submission": form["submission"].value()}
    )  # fmt: skip


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def continue_part(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """I have not finished after all."""
    member = own_part_or_404(request, round_or_404(request, uid))
    attempt(
        request,
        _("You are answering again."),
        lambda: services.continue_part(member, by=request.user, at=timezone.now()),
    )
    return redirect("diagnose:round", uid)


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """A receipt, and whether what the round holds now is what it says."""
    found = get_object_or_404(receipts_visible_to(request.user), number=number)
    later = found.round.receipts.filter(member=found.member, pk__gt=found.pk).order_by("-pk").first()
    context = {
        "receipt": found,
        "round": found.round,
        "zone": zone_name(found.round.time_zone),
        "at": found.submitted_at.astimezone(found.round.zone),
        "checked": verify_receipt(found),
        "later": later,
    }
    return render(request, "diagnose/rounds/receipt.html", context)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt on paper."""
    found = get_object_or_404(receipts_visible_to(request.user), number=number)
    link = request.build_absolute_uri(reverse("diagnose:receipt", args=[found.number]))
    headers = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return HttpResponse(typeset_receipt(found, link=link), content_type="application/pdf", headers=headers)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def receipt_content(request: HttpRequest, number: str) -> HttpResponse:
    """The very bytes that were hashed: ``sha256sum`` of this file gives the hash of the receipt."""
    found = get_object_or_404(receipts_visible_to(request.user), number=number)
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.json"'}
    return HttpResponse(found.content.encode(), content_type="application/json", headers=headers)
