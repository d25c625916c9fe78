"""What every answer of the store carries, and how a view of it is made."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from trama.foundation.http import own_transactions
from trama.foundation.policies import route

from ..policies import STATEMENT_STORE
from .errors import Malformed, MethodNotAllowed, NotAuthenticated, StoreError, TooMany
from .limits import count_request
from .selectors import Client, client_of
from .tokens import note_use
from .wire import MAX_JSON, VERSION_2, Call, read_call

JSON = "application/json"
BEHIND = timedelta(seconds=2)  # how long after its moment a statement may still be on its way into the database
_OPEN = {  # packages run on an origin of their own; no cookie is ever read here
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through, Content-Length,"
        " Retry-After"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Content-Length, If-Match, If-None-Match, Accept-Language,"
        " X-Experience-API-Version"
    ),
    "Access-Control-Max-Age": "86400",
}

type View = Callable[..., HttpResponse]  # (call, client) and what the address holds
type DjangoView = Callable[..., HttpResponse]


def store_view(
    *methods: str, limit: int = MAX_JSON, about: bool = False, consistent: bool = False
) -> Callable[[View], DjangoView]:
    """Make a view of the store: method, version and token are checked, a refusal becomes an answer.

    ``limit``: octets of a body. ``about``: anyone may ask, whatever version they speak. ``consistent``: every
    answer says until when all statements can be read.
    """
    allowed = ", ".join((*methods, "OPTIONS"))

    def make(view: View) -> DjangoView:
        @wraps(view)
        def answered(request: HttpRequest, **held: str) -> HttpResponse:
            version = str(request.META.get("HTTP_X_EXPERIENCE_API_VERSION") or "")
            spoken = "1.0.3" if version.startswith("1.0") else VERSION_2
            now = timezone.now()
            if request.method == "OPTIONS":
                return _dressed(HttpResponse(status=204, headers={"Allow": allowed, **_PREFLIGHT}), spoken, allowed)
            try:
                call = read_call(request, limit=limit)
                spoken = call.version or spoken
                response = _called(partial(view, **held), call, methods, allowed, about=about)
            except StoreError as problem:
                response = refused(problem)
            except OperationalError as error:
                if "database is locked" not in str(error):
                    raise
                response = told({"message": "Too many are writing. Try again."}, 503)
                response["Retry-After"] = "5"
            if consistent:
                response.headers["X-Experience-API-Consistent-Through"] = _iso(now - BEHIND)
            if request.method == "HEAD":
                length = len(response.content)
                response.content = b""
                response["Content-Length"] = str(length)
            return _dressed(response, spoken, allowed)

        return route(STATEMENT_STORE)(own_transactions(csrf_exempt(answered)))

    return make


def _called(view: View, call: Call, methods: tuple[str, ...], allowed: str, *, about: bool) -> HttpResponse:
    if call.method not in methods:
        raise MethodNotAllowed(allowed)
    if about:
        return view(call, Client(0, "", "", ""))
    if not call.version:
        raise Malformed("X-Experience-API-Version", "this header is missing; 1.0.3 or 2.0.0 is expected")
    now = timezone.now()
    client = client_of(*call.credentials(), now)
    if client is None:
        raise NotAuthenticated
    count_request(client.pk)
    if client.is_stale:
        note_use(client.pk, at=now)
    return view(call, client)


def _dressed(response: HttpResponse, version: str, allowed: str) -> HttpResponse:
    for name, value in _OPEN.items():
        response.headers[name] = value
    response.headers["Access-Control-Allow-Methods"] = allowed
    response.headers["X-Experience-API-Version"] = version
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def refused(problem: StoreError) -> HttpResponse:
    response = told({"message": str(problem)}, problem.status)
    if isinstance(problem, NotAuthenticated):
        response["WWW-Authenticate"] = 'Basic realm="xapi"'
    if isinstance(problem, MethodNotAllowed):
        response["Allow"] = problem.allowed
    if isinstance(problem, TooMany):
        response["Retry-After"] = str(problem.wait)
    return response


def told(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(value, ensure_ascii=False), content_type=JSON, status=status)


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def last_modified(response: HttpResponse, at: datetime) -> HttpResponse:
    response.headers["Last-Modified"] = http_date(at.timestamp())
    return response
