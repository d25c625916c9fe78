"""What the frame of every page needs to know, and how a later phase tells it.

The frame never reads the session of a public page: a page that everyone may open is the same for everyone, so it can be
kept in a cache. The reader's theme travels in a cookie; ``theme.js`` repairs a page that a cache kept in another theme.
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from . import policies

VERSION = version("trama")
THEMES = frozenset({"light", "dark"})
DEMONSTRATION_SECONDS = 60

_demonstration_checks: list[Callable[[], bool]] = []


def register_demonstration_check(check: Callable[[], bool]) -> None:
    """``check()`` says whether the installation shows invented data. The answer is kept for a minute."""
    if check not in _demonstration_checks:
        _demonstration_checks.append(check)


def is_demonstration() -> bool:
    """Whether invented data are shown: by the setting ``DEMONSTRATION``, or because a registered check says so."""
    if getattr(settings, "DEMONSTRATION", False):
        return True
    answer = caches["pages"].get("foundation.demonstration")
    if answer is None:
        answer = any(check() for check in _demonstration_checks)
        caches["pages"].set("foundation.demonstration", answer, DEMONSTRATION_SECONDS)
    return bool(answer)


def other_language(request: HttpRequest) -> dict[str, str]:
    """The same page in the other language. Portuguese has no prefix, English has /en/; the rest is the same."""
    path = "/" + request.get_full_path().lstrip("/")  # two slashes would name another host
    if (get_language() or "").startswith("en"):
        path = path.removeprefix("/en/") if path.startswith("/en/") else ""
        return {"code": "pt-br", "short": "PT", "name": "Português", "href": "/" + path.lstrip("/")}
    return {"code": "en", "short": "EN", "name": "English", "href": "/en" + path}


def root_of_site() -> str:
    """Where the site begins in the language of the page."""
    return "/en/" if (get_language() or "").startswith("en") else "/"


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """The variables of ``base.html``."""
    match = request.resolver_match
    policy = policies.policy_of_route(match.func, match.view_name) if match else None
    theme = request.COOKIES.get("theme", "")
    return {
        "SITE_NAME": settings.SITE_NAME,
        "VERSION": VERSION,
        "ROOT": root_of_site(),
        "OTHER_LANGUAGE": other_language(request),
        "THEME": theme if theme in THEMES else "",
        "PERSONAL": policy is not None and policies.ANONYMOUS not in policy.allow,
        "DEMONSTRATION": is_demonstration(),
    }


class ThemeMiddleware:
    """A page in a chosen theme depends on the cookie that chose it; the others depend on no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.COOKIES.get("theme") in THEMES:
            patch_vary_headers(response, ["Cookie"])
        return response
