"""Pages of the account itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from trama.foundation.policies import ANONYMOUS, SIGNED_IN, all_policies, route

from ..roles.selectors import has_second_factor, sleeping_profiles_of
from ..roles.vocabulary import Role
from . import policies


@route(policies.SECOND_FACTOR_PAGE)
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a role sleeps until the person has a second factor, and the way to set one up."""
    address = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    context = {
        "sleeping": sleeping_profiles_of(request.user),
        "has_factor": has_second_factor(request.user),
        "next": address if safe else "",
    }
    return render(request, "accounts/second_factor.html", context)


@route(policies.REGISTER_PAGE)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The policy register: every route, operation, export, job, file and command, and who may."""
    labels = {ANONYMOUS: "", SIGNED_IN: "", **{role.value: role.label for role in Role}}
    rows = [
        {
            "policy": policy,
            "public": ANONYMOUS in policy.allow,
            "members": SIGNED_IN in policy.allow,
            "roles": [
                (labels.get(role, role), sorted(relation.value for relation in relations))
                for role, relations in policy.allow.items()
                if role not in (ANONYMOUS, SIGNED_IN)
            ],
        }
        for policy in all_policies()
    ]
    return render(request, "accounts/register.html", {"rows": rows})
