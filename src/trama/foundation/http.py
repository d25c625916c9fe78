"""Requests: the policy of every route is checked, and every state-changing request is one transaction."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from . import policies
from .site import frame_context

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FIVE_MINUTES = 300  # seconds: what a page of text may lag behind

type ExceptionHook = Callable[[HttpRequest, Exception], HttpResponseBase | None]
_exception_hooks: list[ExceptionHook] = []


def register_exception_hook(hook: ExceptionHook) -> None:
    """``hook(request, error)`` turns an exception of a state-changing view into an answer, or gives None.

    Django asks ``process_exception`` only of views it calls itself; ``TransactionMiddleware`` calls its own.
    """
    if hook not in _exception_hooks:
        _exception_hooks.append(hook)


def own_transactions[V: Callable[..., Any]](view: V) -> V:
    """Mark a view that opens its own transactions, because it waits for something slow (a hash, another server).

    Nobody else could write meanwhile. What it changes must still be all or nothing.
    """
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def found_or_404[T](found: T | None) -> T:
    """What a selector found; another page where it found nothing."""
    if found is None:
        raise Http404
    return found


def attempting(refused: type[Exception]) -> Callable[[HttpRequest, str, Callable[[], Any]], bool]:
    """The ``attempt`` of a room, whose errors say in the reader's words why a service refused."""

    def attempt(request: HttpRequest, done: str, change: Callable[[], Any]) -> bool:
        """Run a service; tell what happened. An error of the room is told as it is, and nothing was changed."""
        try:
            change()
        except refused as problem:
            messages.error(request, str(problem))
            return False
        messages.success(request, done)
        return True

    return attempt


def public_cache[V: Callable[..., HttpResponseBase]](seconds: int) -> Callable[[V], V]:
    """Let browsers and proxies keep a public page for ``seconds``, unless it turned out to hold something personal.

    An answer that read the session, or carries a cross-site token or a cookie, is marked private instead: better slow
    than shown to somebody else. The language needs no ``Vary``: it is in the address.
    """

    def mark(view: V) -> V:
        @wraps(view)
        def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                response.render()
            personal = (
                getattr(getattr(request, "session", None), "accessed", False)
                or "CSRF_COOKIE" in request.META
                or bool(response.cookies)
                or settings.SESSION_COOKIE_NAME in request.COOKIES
            )
            if personal or request.method not in SAFE_METHODS or response.status_code != 200:
                patch_cache_control(response, private=True, no_cache=True)
            else:
                patch_cache_control(response, public=True, max_age=seconds)
            return response

        return cached  # type: ignore[return-value]

    return mark


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
    of them would wait for the writers. An answer of 400 to 499 is kept as the view meant it (a conflict that stores
    both copies); 500 and more, or an exception, rolls back. The body of a streaming answer is made after the end.
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
        try:
            return self._in_one_transaction(request, view, args, kwargs)
        except OperationalError as error:
            if "database is locked" not in str(error):
                raise
            return _busy(request)

    def _in_one_transaction(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    response: HttpResponseBase = view(request, *args, **kwargs)
                    if hasattr(response, "render") and callable(response.render):
                        response.render()  # what fails while the page is drawn rolls back too
            except Exception as error:
                answers = (hook(request, error) for hook in _exception_hooks)
                answer = next((answer for answer in answers if answer is not None), None)
                if answer is None:
                    raise
                return answer
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def _busy(request: HttpRequest) -> HttpResponseBase:
    """The queue of writers was too long for this request: nothing was changed, and trying again will do."""
    response = render(request, "foundation/jobs/busy.html", status=503)
    response["Retry-After"] = "10"
    return response


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every page needs (``site.frame_context``)."""
    return frame_context(request)
