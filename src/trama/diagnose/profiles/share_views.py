"""Sharing a round, and what others share: the owner's page, the receiver's list, the shared profile."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.policies import may, route

from ..policies import SHARE_PAGES, SHARE_ROUND, SHOW_SHARED
from ..rounds.models import Round
from . import services
from .errors import ShareError
from .forms import ShareForm
from .presentation import shared_profile
from .selectors import audiences_of, open_use, share_received, shares_of, shares_received_by
from .views import round_or_404
from .wording import level_signs


def origin_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def owned_or_refused(request: HttpRequest, uid: uuid.UUID) -> Round:
    """A round that the person answers for: 404 where they do not see it, 403 where they only take part in it."""
    of = round_or_404(request, uid)
    if not may(request.user, SHARE_ROUND, of):
        raise PermissionDenied(SHARE_ROUND.name)
    return of


@route(SHARE_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def sharing(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """With whom the round is shared; to share it: first the preview of exactly what the receiver will see."""
    of, now = owned_or_refused(request, uid), timezone.now()
    form = ShareForm(request.POST or None, of=of, at=now, initial={"detail": "criteria", "named": "0"})
    if request.method == "POST" and form.is_valid() and of.state == Round.State.SUBMITTED:
        given = form.cleaned_data
        if request.POST.get("step") != "share":
            return render(request, "diagnose/profiles/preview.html", _preview(of, form))
        try:
            services.share_round(
                of,
                form.chosen,
                detail=given["detail"],
                named=given["named"],
                until=given["until"],
                by=request.user,
                at=now,
                origin=origin_of(request),
            )
        except ShareError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The round is shared. You can take it back at any time."))
        return redirect("diagnose:round_share", of.uid)
    today = now.astimezone(of.zone).date()
    shares = shares_of(of)
    context = {
        "round": of,
        "form": form,
        "submitted": of.state == Round.State.SUBMITTED,
        "standing": [share for share in shares if share.counts_on(today)],
        "past": [share for share in shares if not share.counts_on(today)],
        "use": open_use(of),
    }
    return render(request, "diagnose/profiles/sharing.html", context)


def _preview(of: Round, form: ShareForm) -> dict[str, object]:
    given = form.cleaned_data
    return {
        "round": of,
        "form": form,
        "receiver": form.chosen.thing,
        "named": given["named"],
        "until": given["until"],
        "profile": shared_profile(of, given["detail"]),
        "signs": level_signs(),
        "fields": [(name, request_value) for name, request_value in form.data.items() if name in form.fields],
    }


@route(SHARE_PAGES)
@never_cache
@require_POST
def distributions(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Agree that the round enters distributions of similar networks, or withdraw it."""
    of = owned_or_refused(request, uid)
    try:
        if request.POST.get("agree"):
            services.agree_to_distributions(of, by=request.user, at=timezone.now())
            messages.success(request, _("The agreed levels of this round may now enter distributions, without a name."))
        else:
            services.withdraw_from_distributions(of, by=request.user, at=timezone.now())
            messages.success(request, _("The round is out of every distribution that is computed from now on."))
    except ShareError as problem:
        messages.error(request, str(problem))
    return redirect("diagnose:round_share", of.uid)


@route(SHARE_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, uid: uuid.UUID, share_uid: uuid.UUID) -> HttpResponse:
    """Take a share back, after asking."""
    of = owned_or_refused(request, uid)
    share = next((one for one in shares_of(of) if one.uid == share_uid), None)
    if share is None:
        raise Http404
    if request.method == "POST":
        try:
            services.take_back(share, by=request.user, at=timezone.now(), origin=origin_of(request))
        except ShareError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Taken back. The receiver no longer sees anything of it."))
        return redirect("diagnose:round_share", of.uid)
    return render(request, "diagnose/profiles/take_back.html", {"round": of, "share": share})


@route(SHOW_SHARED)
@never_cache
@require_GET
def shared_with_me(request: HttpRequest) -> HttpResponse:
    """What others share with the person's groups, networks and organisations."""
    now = timezone.now()
    context = {
        "shares": shares_received_by(request.user, at=now),
        "audiences": audiences_of(request.user, at=now),
    }
    return render(request, "diagnose/profiles/shared_with_me.html", context)


@route(SHOW_SHARED)
@never_cache
@require_GET
def shared(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A profile that somebody shares by name. Taken back, ended or suspended: not found."""
    share = share_received(request.user, uid, at=timezone.now())
    if share is None:
        raise Http404
    profile = shared_profile(share.round, share.detail)
    context = {"share": share, "round": share.round, "profile": profile, "signs": level_signs()}
    return render(request, "diagnose/profiles/shared.html", context)
