"""Pages of the people of a round: the team, who is asked what, invitations, reminders."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.accounts.api import owns_email, people_in
from trama.foundation.policies import route

from ..policies import CHANGE_ROUNDS, SHOW_INVITATION
from . import team
from .errors import RoundError, StaleRound
from .forms import AddMemberForm, InviteForm, MemberForm, resubmit_as
from .models import Round, RoundInvitation, RoundMember
from .presentation import grouped
from .selectors import (
    PEOPLE_SHOWN,
    asked_by_kind,
    asked_of,
    invitation_of_code,
    items_of,
    open_invitations,
    people_to_add,
    standing_of,
)
from .views import CONFLICT, attempt, coordinated_or_refused, origin_of, own_part_or_404, round_or_404


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def team_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who takes part, whom to add, what nobody is asked. A POST adds one person of the owner."""
    of = coordinated_or_refused(request, uid)
    if request.method == "POST":
        form = AddMemberForm(request.POST, of=of)
        if not form.is_valid():
            messages.error(request, _("Choose the person and what they do in the round."))
        else:
            _add(request, of, form)
        return redirect("diagnose:round_team", of.uid)
    now = timezone.now()
    query = request.GET.get("q", "").strip()[:80]
    people, more = people_to_add(of, query, at=now)
    standing = standing_of(of)
    context = {
        "round": of,
        "standing": standing,
        "gaps": grouped(standing.gaps),
        "n_gaps": len(standing.gaps),
        "invitations": open_invitations(of),
        "people": people,
        "more": more,
        "shown": PEOPLE_SHOWN,
        "query": query,
        "parts": RoundMember.Part.choices,
        "kinds": list(of.version.respondents.order_by("position")),
        "may_ask": [line.member for line in standing.members if line.member.part != RoundMember.Part.READER],
        "now": now,
    }
    return render(request, "diagnose/rounds/team.html", context)


def _add(request: HttpRequest, of: Round, form: AddMemberForm) -> None:
    now = timezone.now()
    profile = next((one for one in people_in(of.scope, at=now) if one.user_id == form.cleaned_data["user"]), None)
    if profile is None:
        raise Http404
    attempt(
        request,
        _("%(name)s takes part in the round and was told by e-mail.") % {"name": profile.user},
        lambda: team.add_member(
            of,
            profile.user,
            part=form.cleaned_data["part"],
            respondent=form.cleaned_data["respondent"],
            by=request.user,
            at=now,
            origin=origin_of(request),
        ),
    )


def _member_or_404(of: Round, pk: int) -> RoundMember:
    found = get_object_or_404(
        of.members.filter(removed_at__isnull=True).select_related("user", "respondent"), pk=pk
    )  # fmt: skip
    found.round = of
    return found


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """One member: part, kind, and each item they are asked."""
    of = coordinated_or_refused(request, uid)
    found = _member_or_404(of, pk)
    form = MemberForm(
        request.POST or None,
        of=of,
        initial={"part": found.part, "respondent": found.respondent_id, "revision": found.revision},
    )
    ticked = asked_of([found])[found.pk]
    conflict, status = None, 200
    if request.method == "POST" and form.is_valid():
        boxes = {int(one) for one in request.POST.getlist("asked") if one.isdigit() and len(one) < 12}
        kind = form.cleaned_data["respondent"]
        # The boxes were drawn for the kind the person had: with another kind they count only if they were touched.
        by_kind = (kind and kind.pk) != found.respondent_id and boxes == ticked
        try:
            team.change_member(
                found,
                part=form.cleaned_data["part"],
                respondent=kind,
                asked=None if by_kind or "by_kind" in request.POST else boxes,
                revision=form.cleaned_data["revision"],
                by=request.user,
                at=timezone.now(),
            )
        except StaleRound as problem:
            conflict, status = _member_or_404(of, pk), CONFLICT
            form.add_error(None, str(problem))
            resubmit_as(form, revision=conflict.revision)
        except RoundError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved: what %(name)s does in the round.") % {"name": found.user})
            return redirect("diagnose:round_team", of.uid)
        ticked = boxes
    usual = asked_by_kind(found)
    lines = [{"item": item, "asked": item.pk in ticked, "usual": item.pk in usual} for item in items_of(of)]
    context = {
        "round": of,
        "member": found,
        "form": form,
        "areas": _areas(lines),
        "conflict": conflict,
        "conflict_asked": len(asked_of([conflict])[conflict.pk]) if conflict is not None else 0,
    }
    return render(request, "diagnose/rounds/member.html", context, status=status)


def _areas(lines: list[dict[str, Any]]) -> list[Any]:
    by_item = {line["item"].pk: line for line in lines}
    return [
        (area.title, [by_item[item.pk] for item in area.lines]) for area in grouped([line["item"] for line in lines])
    ]


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Take a person out of the round, after asking once."""
    of = coordinated_or_refused(request, uid)
    found = _member_or_404(of, pk)
    if request.method == "POST":
        attempt(
            request,
            _("%(name)s no longer takes part in the round.") % {"name": found.user},
            lambda: team.remove_member(found, by=request.user, at=timezone.now()),
        )
        if found.user_id == request.user.pk:
            return redirect("diagnose:rounds")
        return redirect("diagnose:round_team", of.uid)
    context = {
        "round": of,
        "question": _("Take %(name)s out of the round?") % {"name": found.user},
        "consequence": _("The person no longer sees the round. What they answered stays and counts."),
        "action_label": _("Take out"),
        "cancel_href": reverse("diagnose:round_member", args=[of.uid, found.pk]),
        "danger": True,
    }
    return render(request, "diagnose/rounds/confirm.html", context)


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def ask_gaps(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask one member what nobody is asked."""
    of = coordinated_or_refused(request, uid)
    chosen = request.POST.get("member", "")
    if not chosen.isdigit() or len(chosen) > 12:
        messages.error(request, _("Choose who answers."))
        return redirect("diagnose:round_team", of.uid)
    found = _member_or_404(of, int(chosen))
    gaps = [item.pk for item in standing_of(of).gaps]
    attempt(
        request,
        ngettext("%(name)s is asked one more criterion.", "%(name)s is asked %(n)s more criteria.", len(gaps))
        % {"name": found.user, "n": len(gaps)},
        lambda: team.ask_for(found, gaps, by=request.user, at=timezone.now()),
    )
    return redirect("diagnose:round_team", of.uid)


# --- invitations --------------------------------------------------------------------------------------------------


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Invite somebody without a profile here: a council, a family, a teacher."""
    of = coordinated_or_refused(request, uid)
    form = InviteForm(request.POST or None, of=of)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        sent = attempt(
            request,
            _("The invitation was sent to %(email)s. It is valid for 14 days.") % {"email": data["email"]},
            lambda: team.invite(of, **data, by=request.user, at=timezone.now(), origin=origin_of(request)),
        )
        if sent:
            return redirect("diagnose:round_team", of.uid)
    return render(request, "diagnose/rounds/invite.html", {"round": of, "form": form})


def _invitation_or_404(of: Round, pk: int) -> RoundInvitation:
    found = get_object_or_404(of.invitations.all(), pk=pk)
    found.round = of
    return found


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def resend(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Send an invitation again, with a new code."""
    of = coordinated_or_refused(request, uid)
    found = _invitation_or_404(of, pk)
    attempt(
        request,
        _("The invitation was sent again. Only the newest letter counts."),
        lambda: team.resend_invitation(found, by=request.user, at=timezone.now(), origin=origin_of(request)),
    )
    return redirect("diagnose:round_team", of.uid)


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def withdraw(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Take an invitation back."""
    of = coordinated_or_refused(request, uid)
    found = _invitation_or_404(of, pk)
    attempt(
        request,
        _("The invitation was withdrawn."),
        lambda: team.withdraw_invitation(found, by=request.user, at=timezone.now()),
    )
    return redirect("diagnose:round_team", of.uid)


@route(SHOW_INVITATION)
@never_cache
@require_GET
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What one is invited to, and how to take it up. It says neither the round's name nor to whom it was sent."""
    found = invitation_of_code(code, at=timezone.now())
    context = {"invitation": found, "next": reverse("diagnose:round_accept", args=[code])}
    response = render(request, "diagnose/rounds/invitation.html", context, status=200 if found else 404)
    response["Referrer-Policy"] = "no-referrer"
    return response


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, code: str) -> HttpResponse:
    """Take an invitation up, signed in."""
    found = invitation_of_code(code, at=timezone.now())
    if found is None:
        return redirect("diagnose:round_invitation", code)
    if request.method == "POST":
        taken = attempt(
            request,
            _("Welcome to the round!"),
            lambda: team.accept_invitation(code, by=request.user, at=timezone.now()),
        )
        if taken:
            return redirect("diagnose:round", found.round.uid)
    context = {"invitation": found, "mine": owns_email(request.user, found.email)}
    return render(request, "diagnose/rounds/accept.html", context)


# --- reminders ----------------------------------------------------------------------------------------------------


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def remind(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One mail to each who has not finished, at most one a day."""
    of = coordinated_or_refused(request, uid)
    try:
        sent = team.remind(of, by=request.user, at=timezone.now(), origin=origin_of(request))
    except RoundError as problem:
        messages.error(request, str(problem))
        return redirect("diagnose:round_progress", of.uid)
    if sent:
        words = ngettext("One reminder was sent.", "%(n)s reminders were sent.", sent) % {"n": sent}
        messages.success(request, words)
    else:
        messages.info(
            request, _("No reminder was sent: who has not finished was reminded today, or wants no reminders.")
        )
    return redirect("diagnose:round_progress", of.uid)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def mute(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Reminders of this round: none, or again."""
    of = round_or_404(request, uid)
    own = own_part_or_404(request, of)
    if request.method == "POST":
        muted = own.muted_at is None
        attempt(
            request,
            _("You get no more reminders of this round.") if muted else _("You get reminders of this round again."),
            lambda: team.mute(own, muted=muted, by=request.user, at=timezone.now()),
        )
        return redirect("diagnose:round", of.uid)
    context = {
        "round": of,
        "question": _("No more reminders of this round?")
        if own.muted_at is None
        else _("Reminders of this round again?"),
        "consequence": _("Reminders are letters to who has not finished, at most one a day."),
        "action_label": _("No more reminders") if own.muted_at is None else _("Send me reminders"),
        "cancel_href": reverse("diagnose:round", args=[of.uid]),
    }
    return render(request, "diagnose/rounds/confirm.html", context)
