"""Pages of roles: choosing a profile, the team, invitations."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.audit import record_event
from trama.foundation.http import attempting
from trama.foundation.letters import with_delivery
from trama.foundation.policies import may, require, route

from ..middleware import SESSION_KEY
from ..people.sessions import rotate_session
from . import errors, invitations, policies, services, team
from .forms import GrantsForm, InviteForm
from .models import Invitation, Profile
from .selectors import active_profiles_of, sleeping_profiles_of
from .vocabulary import PRINCIPAL_ROLES


def origin_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _acting(request: HttpRequest) -> Profile:
    profile: Profile | None = request.acting_profile or None  # type: ignore[attr-defined]
    if profile is None:
        raise Http404
    return profile


def _safe_next(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    mine = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if mine else reverse("accounts:home")


attempt = attempting(errors.RolesError)  # run a service; tell what happened


@route(policies.HOME_PAGE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The account: who acts, where, until when, and where to go from here."""
    acting = request.acting_profile or None  # type: ignore[attr-defined]
    profiles = active_profiles_of(request.user)
    context = {
        "acting": acting,
        "profiles": profiles,
        "sleeping": sleeping_profiles_of(request.user),
        "may_see_team": may(request.user, policies.TEAM_PAGE, acting.scope) if acting else False,
        "may_run_programme": may(request.user, policies.PROGRAMME_PAGE),
        "requests": team.own_renewal_requests(request.user)[:5],
    }
    return render(request, "accounts/home.html", context)


@route(policies.CHOOSE_PAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def choose_profile(request: HttpRequest) -> HttpResponseBase:
    """Choose under which profile to act. One profile is taken at once; a change of profile gets a new session id."""
    profiles = active_profiles_of(request.user)
    if request.method == "POST":
        require(request.user, policies.CHOOSE)
        chosen = next((one for one in profiles if str(one.pk) == request.POST.get("profile")), None)
        if chosen is None:
            raise Http404
        rotate_session(request)
        request.session[SESSION_KEY] = chosen.pk
        record_event("profile chosen", by=request.user, at=timezone.now(), target=chosen)
        return redirect(_safe_next(request))
    if len(profiles) <= 1:
        return redirect(_safe_next(request))
    context = {"profiles": profiles, "acting": request.acting_profile, "next": _safe_next(request)}  # type: ignore[attr-defined]
    return render(request, "accounts/choose_profile.html", context)


@route(policies.TEAM_PAGE)
@require_GET
def team_page(request: HttpRequest) -> HttpResponse:
    """My team: by people, or by tools (``?ver=ferramentas``)."""
    acting = _acting(request)
    require(request.user, policies.TEAM_PAGE, acting.scope)
    now = timezone.now()
    members = team.team_of(acting, at=now)
    may_edit = may(request.user, policies.TEAM_EDIT_PAGE, acting.scope)
    context = {
        "acting": acting,
        "team": members,
        "tools": team.by_tool(members),
        "by_tools": request.GET.get("ver") == "ferramentas",
        "invitations": with_delivery(team.team_invitations(acting)) if may_edit else [],
        "may_edit": may_edit,
        "may_transfer": acting.role in PRINCIPAL_ROLES,
        "now": now,
    }
    return render(request, "accounts/team.html", context)


@route(policies.TEAM_EDIT_PAGE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    """Invite someone to the team."""
    acting = _acting(request)
    require(request.user, policies.TEAM_EDIT_PAGE, acting.scope)
    form = InviteForm(request.POST or None, acting=acting)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        sent = attempt(
            request,
            _("The invitation was sent to %(email)s. It is valid for 7 days.") % {"email": data["email"]},
            lambda: invitations.invite(
                data["email"],
                data["role"],
                data["scope"],
                by=request.user,
                at=timezone.now(),
                grants=form.grants(),
                origin=origin_of(request),
                language=get_language() or "",
            ),
        )
        if sent:
            return redirect("accounts:team")
    return render(request, "accounts/invite.html", {"form": form, "acting": acting})


def _own_profile_or_404(request: HttpRequest, pk: int) -> Profile:
    profile: Profile = get_object_or_404(team.team_profiles(_acting(request)), pk=pk)
    return profile


@route(policies.TEAM_EDIT_PAGE)
@require_http_methods(["GET", "POST"])
def grants(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a member of the team may do with each tool."""
    profile = _own_profile_or_404(request, pk)
    if not team.can_hold_grants(profile):
        raise Http404
    form = GrantsForm(request.POST or None, initial=GrantsForm.initial_of(profile))
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            request,
            _("The access of %(name)s was changed.") % {"name": profile.user},
            lambda: services.change_grants(profile, form.grants(), by=request.user, at=timezone.now()),
        )
        if changed:
            return redirect("accounts:team")
    return render(request, "accounts/grants.html", {"form": form, "profile": profile})


@route(policies.TEAM_EDIT_PAGE)
@require_http_methods(["GET", "POST"])
def end_profile(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End someone's profile, after asking once."""
    profile = _own_profile_or_404(request, pk)
    if request.method == "POST":
        attempt(
            request,
            _("The profile of %(name)s was ended.") % {"name": profile.user},
            lambda: services.end_profile(profile, by=request.user, at=timezone.now()),
        )
        return redirect("accounts:team")
    context = {
        "question": _("End the profile of %(name)s?") % {"name": profile.user},
        "consequence": _("The person loses this access at once and is signed out. What they did stays recorded."),
        "action_label": _("End the profile"),
        "cancel_href": reverse("accounts:team"),
        "danger": True,
    }
    return render(request, "accounts/confirm.html", context)


@route(policies.TRANSFER_PAGE)
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a member of the team the principal user, after asking once."""
    profile = _own_profile_or_404(request, pk)
    if not team.can_hold_grants(profile):
        raise Http404
    if request.method == "POST":
        attempt(
            request,
            _("%(name)s is now the principal user.") % {"name": profile.user},
            lambda: services.transfer_principal(profile, by=request.user, at=timezone.now()),
        )
        return redirect("accounts:home")
    context = {
        "question": _("Make %(name)s the principal user?") % {"name": profile.user},
        "consequence": _("You stay in the team with every tool, and both of you sign in again."),
        "action_label": _("Transfer"),
        "cancel_href": reverse("accounts:team"),
        "danger": True,
    }
    return render(request, "accounts/confirm.html", context)


def _own_invitation_or_404(request: HttpRequest, pk: int) -> Invitation:
    invitation: Invitation = get_object_or_404(team.team_invitations(_acting(request)), pk=pk)
    return invitation


@route(policies.TEAM_EDIT_PAGE)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send an invitation again, with a new code."""
    invitation = _own_invitation_or_404(request, pk)
    attempt(
        request,
        _("The invitation was sent again. Only the newest letter counts."),
        lambda: invitations.resend(
            invitation,
            by=request.user,
            at=timezone.now(),
            origin=origin_of(request),
            language=get_language() or "",
        ),
    )
    return redirect("accounts:team")


@route(policies.TEAM_EDIT_PAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an invitation back."""
    invitation = _own_invitation_or_404(request, pk)
    attempt(
        request,
        _("The invitation was withdrawn."),
        lambda: invitations.withdraw(invitation, by=request.user, at=timezone.now()),
    )
    return redirect("accounts:team")


@route(policies.INVITATION_PAGE)
@never_cache
@require_GET
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What an invitation offers, and how to take it up. It never says to which e-mail it was sent."""
    found = invitations.invitation_of_code(code, at=timezone.now())
    context = {
        "invitation": found,
        "code": code,
        "next": reverse("accounts:accept", args=[code]),
    }
    response = render(request, "accounts/invitation.html", context, status=200 if found else 404)
    response["Referrer-Policy"] = "no-referrer"
    return response


@route(policies.ACCEPT_PAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take an invitation up, signed in."""
    found = invitations.invitation_of_code(code, at=timezone.now())
    if found is None:
        return redirect("accounts:invitation", code)
    if request.method == "POST":
        taken = attempt(
            request,
            _("Welcome! The role is yours."),
            lambda: invitations.accept(code, by=request.user, at=timezone.now()),
        )
        if taken:
            return redirect("accounts:choose_profile")
    context = {
        "invitation": found,
        "code": code,
        "mine": invitations.owns_email(request.user, found.email),
    }
    # The site's own referrer policy stands here: under "no-referrer" a browser sends the form from the origin "null",
    # which is refused, and nobody could accept.
    return render(request, "accounts/accept.html", context)
