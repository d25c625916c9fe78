"""Pages where the team of the programme lets programs into the store and ends their access, and erases a person."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation import policies
from trama.foundation.policies import route

from ..policies import ERASE_LEARNER, MANAGE_STATEMENT_CLIENTS, STATEMENT_CLIENTS
from .door import PREFIX
from .erasing import forget
from .forms import ForgetForm, TokenForm
from .scopes import SCOPES
from .selectors import clients_visible_to, with_counts
from .tokens import give_token, revoke_token


def _endpoint() -> str:
    return f"{settings.TRAMA_ORIGIN}{PREFIX}"


@route(STATEMENT_CLIENTS)
@never_cache
@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """Who may write and read statements, and when they did last."""
    now = timezone.now()
    found = [
        {
            "row": one,
            "may": [SCOPES[name] for name in one.scopes.split()],
            "is_over": one.expires_at is not None and one.expires_at <= now,
        }
        for one in with_counts(clients_visible_to(request.user))
    ]
    context = {
        "programs": found,
        "endpoint": _endpoint(),
        "may_change": policies.may(request.user, MANAGE_STATEMENT_CLIENTS),
        "may_erase": policies.may(request.user, ERASE_LEARNER),
    }
    return render(request, "learn/statements/programs.html", context)


@route(MANAGE_STATEMENT_CLIENTS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_program(request: HttpRequest) -> HttpResponse:
    """Let a program in. Its secret is shown on the answer to this, and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token = give_token(data["name"], data["scopes"], expires_at=form.expires_at, by=request.user, at=timezone.now())
        return render(request, "learn/statements/given.html", {"token": token, "endpoint": _endpoint()})
    return render(request, "learn/statements/new_program.html", {"form": form})


@route(MANAGE_STATEMENT_CLIENTS)
@never_cache
@require_http_methods(["GET", "POST"])
def revoke_program(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End the access of a program."""
    client = get_object_or_404(clients_visible_to(request.user), uid=uid, revoked_at__isnull=True)
    if request.method == "POST":
        revoke_token(client, by=request.user, at=timezone.now())
        messages.success(request, _("The access was revoked."))
        return redirect("learn:statement_programs")
    return render(request, "learn/statements/revoke.html", {"program": client})


@route(ERASE_LEARNER)
@never_cache
@require_http_methods(["GET", "POST"])
def forget_learner(request: HttpRequest) -> HttpResponse:
    """Take a person out of all statements and documents, for good."""
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = forget(form.cleaned_data["email"], form.accounts, by=request.user, at=timezone.now())
        if count:
            told = ngettext(
                "The person was erased from %(count)s record.", "The person was erased from %(count)s records.", count
            )
            messages.success(request, told % {"count": count})
        else:
            messages.info(
                request, _("No record named this person. Documents about them, if there were any, were erased.")
            )
        return redirect("learn:statement_programs")
    return render(request, "learn/statements/forget.html", {"form": form})
