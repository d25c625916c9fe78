"""Pages of renewal, and of the programme that lets principal users in."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.letters import with_delivery
from trama.foundation.policies import require, route

from . import invitations, policies, renewals, team
from .forms import DecisionForm, ProgrammeInviteForm, RenewalForm
from .models import Organisation, RenewalRequest
from .views import attempt, origin_of
from .vocabulary import SCOPE_OF_ROLE, Role

INVITED_BY_PROGRAMME = (Role.NETWORK_PRINCIPAL, Role.STATE_PRINCIPAL, Role.GROUP_COORDINATOR, Role.TRAINER)


@route(policies.RENEWAL_PAGE)
@require_http_methods(["GET", "POST"])
def renewal(request: HttpRequest) -> HttpResponseBase:
    """Ask to be the principal user of a network: find it (``?q=``), then show the act (``?rede=``)."""
    network = team.network_to_choose(request.GET.get("rede", ""))
    query = request.GET.get("q", "")
    form = RenewalForm(request.POST or None, request.FILES or None) if network is not None else None
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        asked = attempt(
            request,
            _("Your request was sent. The programme checks the act and answers by e-mail."),
            lambda: renewals.ask_renewal(
                network,
                act_number=data["act_number"],
                act_date=data["act_date"],
                document=data["document"],
                by=request.user,
                at=timezone.now(),
            ),
        )
        if asked:
            return redirect("accounts:renewal")
    context = {
        "network": network,
        "query": query,
        "found": team.networks_named(query) if query and network is None else [],
        "form": form,
        "requests": team.own_renewal_requests(request.user),
    }
    return render(request, "accounts/renewal.html", context)


@route(policies.PROGRAMME_PAGE)
@require_GET
def programme(request: HttpRequest) -> HttpResponse:
    """Who waits for a decision, open invitations, and whom to invite."""
    require(request.user, policies.PROGRAMME_PAGE)
    query = request.GET.get("q", "")
    context = {
        "requests": team.renewal_requests_waiting(),
        "invitations": with_delivery(team.team_invitations(request.acting_profile or None)),  # type: ignore[attr-defined]
        "query": query,
        "found": team.networks_named(query) if query else [],
        "groups": team.groups_to_choose(),
        "partners": Organisation.objects.filter(kind=Organisation.Kind.PARTNER).order_by("name"),
        "now": timezone.now(),
    }
    return render(request, "accounts/programme.html", context)


@route(policies.PROGRAMME_PAGE)
@require_http_methods(["GET", "POST"])
def programme_invite(request: HttpRequest, role: str, code: str) -> HttpResponseBase:
    """Invite a principal user, a coordinator or a trainer."""
    if role not in INVITED_BY_PROGRAMME:
        raise Http404
    scope = team.scope_of_code(SCOPE_OF_ROLE[role], code)
    if scope is None:
        raise Http404
    form = ProgrammeInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        sent = attempt(
            request,
            _("The invitation was sent to %(email)s. It is valid for 7 days.") % {"email": email},
            lambda: invitations.invite(
                email,
                role,
                scope,
                by=request.user,
                at=timezone.now(),
                origin=origin_of(request),
                language=get_language() or "",
            ),
        )
        if sent:
            return redirect("accounts:programme")
    context = {"form": form, "role": Role(role).label, "scope": scope}
    return render(request, "accounts/programme_invite.html", context)


@route(policies.PROGRAMME_PAGE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Read a renewal request and decide it."""
    asked = get_object_or_404(team.renewal_requests_waiting(), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        attempt(
            request,
            _("The decision was kept, and the person was told by e-mail."),
            lambda: renewals.decide_renewal(
                asked, approve=data["approve"], reason=data["reason"], by=request.user, at=timezone.now()
            ),
        )
        return redirect("accounts:programme")
    return render(request, "accounts/decide.html", {"asked": asked, "form": form})


@route(policies.DOCUMENT)
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The appointment act, as a download that no browser opens as a page."""
    asked: RenewalRequest = get_object_or_404(RenewalRequest.objects.exclude(document=""), pk=pk)
    require(request.user, policies.DOCUMENT, asked)
    answer = FileResponse(
        asked.document.open("rb"), as_attachment=True, filename=f"ato-{asked.pk}.pdf", content_type="application/pdf"
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
