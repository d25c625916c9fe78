"""Requests: the policy of every route is checked, and every state-changing request is one transaction."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from . import policies
from .site import frame_context

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

type ExceptionHook = Callable[[HttpRequest, Exception], HttpResponseBase | None]
_exception_hooks: list[ExceptionHook] = []


def register_exception_hook(hook: ExceptionHook) -> None:
    """``hook(request, error)`` turns an exception of a state-changing view into an answer, or gives None.

    Django asks ``process_exception`` only of views it calls itself; ``TransactionMiddleware`` calls its own.
    """
    if hook not in _exception_hooks:
        _exception_hooks.append(hook)


class PolicyMiddleware:
    """Refuses a route that nobody declared, and who the declaration does not admit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        policy = policies.policy_of_route(view, name)
        if policy is None:
            raise ImproperlyConfigured(f"The route {name or request.path!r} declares no policy.")
        if policies.ANONYMOUS in policy.allow:
            return None  # public: the session is not even read, so the answer can be cached
        if policies.may_enter(request.user, policy):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied(policy.name)


class TransactionMiddleware:
    """Wraps the view of a state-changing request in one transaction; an error rolls all of it back.

    It stands last, because it calls the view itself. Safe requests are left alone: with immediate transactions each
    of them would wait for the writers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.method in SAFE_METHODS or getattr(view, "own_transactions", False):
            return None
        with transaction.atomic():
            try:
                with transaction.atomic():
                    response: HttpResponseBase = view(request, *args, **kwargs)
            except Exception as error:
                answers = (hook(request, error) for hook in _exception_hooks)
                answer = next((answer for answer in answers if answer is not None), None)
                if answer is None:
                    raise
                return answer
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every page needs (``site.frame_context``)."""
    return frame_context(request)
