"""The profile a person acts under, for the whole request; and what an answer owes to the login."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from trama.foundation import policies

from .people.devices import set_device_cookie
from .people.hashers import HashingBusy
from .people.sessions import note_activity
from .roles.selectors import acting_profile_of, active_profiles_of, has_second_factor, needs_second_factor

SESSION_KEY = "acting_profile"


class ActingProfileMiddleware:
    """Puts ``request.acting_profile`` in reach of pages, lazily: a public page never reads the session.

    A person with one profile acts under it; one with several acts under none until they choose, and is led to the page
    of profiles by the first page that asks for a role. A role asleep for want of a second factor leads to its set-up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = request.user  # lazy still: not read
        request.user = SimpleLazyObject(lambda: _in_request(request, signed_in))  # type: ignore[assignment]
        request.acting_profile = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: acting_profile_of(request.user) if request.user.is_authenticated else None
        )
        response = self.get_response(request)
        if request.session.accessed and request.user.is_authenticated:
            note_activity(request)
        set_device_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Lead to the choice of profile, or to the second factor, who would be admitted after it."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        policy = policies.policy_of_route(view, name)
        if policy is None or {policies.ANONYMOUS, policies.SIGNED_IN} & policy.allow.keys():
            return None
        user = request.user
        if not user.is_authenticated or policies.may_enter(user, policy):
            return None
        acting = acting_profile_of(user)
        if acting is None:
            several = len(active_profiles_of(user)) > 1
            return _lead_to("accounts:choose_profile", request) if several else None
        if policy.allow.get(acting.role) and needs_second_factor(acting.role) and not has_second_factor(user):
            return _lead_to("accounts:second_factor", request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Views outside a transaction: allauth answers to its own exceptions, we to a login that must wait."""
        return answer_to_exception(request, error) if isinstance(error, HashingBusy) else None


def _in_request(request: HttpRequest, user: Any) -> Any:
    """The signed-in person, marked with the profile they chose: ``standings_of`` honours it."""
    if user.is_authenticated:
        person = user._wrapped if isinstance(user, SimpleLazyObject) else user
        person.acting_profile_id = request.session.get(SESSION_KEY)
        return person
    return AnonymousUser()


def _lead_to(name: str, request: HttpRequest) -> HttpResponseBase:
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def answer_to_exception(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    """What allauth would answer to its own exceptions, and 503 when every password slot is taken."""
    from allauth.account.adapter import get_adapter
    from allauth.account.internal.flows.reauthentication import suspend_request
    from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired

    answer: HttpResponseBase | None = None
    if isinstance(error, HashingBusy):
        answer = HttpResponse(
            _("Many people are signing in at this moment. Please try again in a few seconds."),
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "5"},
        )
    elif isinstance(error, ImmediateHttpResponse):
        answer = error.response
    elif isinstance(error, ReauthenticationRequired):
        methods = get_adapter().get_reauthentication_methods(request.user)
        answer = suspend_request(request, methods[0]["url"] if methods else reverse("account_login"))
    return answer
