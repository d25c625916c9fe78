"""What signing out says and takes away: answers on this device that were not sent, pages and answers kept here."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .presentation import person_mark


def sign_out_panel(request: HttpRequest | None, user: Any) -> SafeString | str:
    """Shown before signing out, where the device holds something."""
    if user is None or not user.is_authenticated:
        return ""
    return render_to_string("diagnose/answers/sign_out.html", {"person": person_mark(user)}, request=request)


def sign_out_state() -> str:
    """The panel is never part of a kept page."""
    return ""
