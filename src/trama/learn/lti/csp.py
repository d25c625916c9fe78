"""Pages with a form that leads to another server: the one place where the policy of content lets a form leave."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP


def leaving(request: HttpRequest, template: str, context: Mapping[str, Any], address: str) -> HttpResponse:
    """A page whose form may lead to ``address`` and, as servers send on, to any other https address."""
    response = render(request, template, dict(context))
    parts = urlsplit(address)
    policy = dict(settings.SECURE_CSP)
    policy["form-action"] = [CSP.SELF, "https:", f"{parts.scheme}://{parts.netloc}"]
    response._csp_config = policy  # type: ignore[attr-defined]  # what Django's csp_override sets
    response["Cache-Control"] = "no-store"
    return response
