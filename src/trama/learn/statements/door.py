"""The way into the store: programs come with a token, so neither session, language nor cross-site token is read.

It stands before all that (docs/decisions/0186). The addresses are declared with a policy like every other; only those
below ``/xapi/`` come in here, and nothing else is answered.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from trama.foundation.policies import ANONYMOUS, policy_of_route

PREFIX = "/xapi/"
_URLCONF = "trama.learn.urls_plain"


class StoreDoor:
    """Middleware: what is below ``/xapi/`` goes straight to its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            found = resolve(request.path_info, _URLCONF)
        except Resolver404:
            return self.get_response(request)
        policy = policy_of_route(found.func, "")
        if policy is None or ANONYMOUS not in policy.allow:
            return self.get_response(request)  # the policies of people are asked where people come in
        return found.func(request, *found.args, **found.kwargs)
