"""Under ``/cms/`` the editor's framework gets what it needs, and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.csp import CSP

from trama.accounts import api as accounts

from ..policies import ENTER_EDITOR
from .services import tell_framework

# The editor writes scripts and styles into its own pages. Nothing comes from, or goes to, another host even there.
EDITOR_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


class CmsMiddleware:
    """Stands behind ``PolicyMiddleware``: who comes this far was admitted to the editor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith("/cms/") and "Content-Security-Policy" not in response:
            response._csp_config = EDITOR_CSP  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if getattr(view, "policy", None) is ENTER_EDITOR:
            tell_framework(request.user, accounts.standings_of(request.user))
