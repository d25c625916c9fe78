"""The frame that a package stands in, on a page of the site."""

from django.conf import settings
from django.http import HttpResponse


def in_its_frame(response: HttpResponse, origin: str) -> HttpResponse:
    """Let the page show the package's origin in a frame, and no other."""
    response._csp_config = {**settings.SECURE_CSP, "frame-src": [origin]}  # type: ignore[attr-defined]
    return response
