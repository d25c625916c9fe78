"""The warning near the end of a mandate, shown on every personal page (a panel of the foundation)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from .mandates import WARNING_DAYS, days_left


def mandate_banner(request: HttpRequest | None, user: Any) -> str:
    """What to say to a person whose acting profile ends within sixty days; nothing to the others."""
    acting = getattr(request, "acting_profile", None) or None
    left = days_left(acting, timezone.now()) if acting is not None else None
    if left is None or left > max(WARNING_DAYS):
        return ""
    return render_to_string("accounts/_mandate.html", {"profile": acting, "days": left})
