"""The profile a person acts under, for the whole session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class ActingProfileMiddleware:
    """Puts ``request.acting_profile`` in reach of pages, lazily: a public page never reads the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
