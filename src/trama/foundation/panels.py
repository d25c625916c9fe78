"""Panels: how a later phase shows itself on an earlier page, without an arrow back.

A phase registers a panel for a place of the site ("network", say) in ``AppConfig.ready``; the page of the earlier phase
renders whatever is registered there with ``{% load panels %}{% panels "network" network %}``.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

type Panel = Callable[[HttpRequest | None, Any], SafeString | str]
"""``panel(request, subject)`` gives a piece of HTML, or nothing where it has nothing to say about the subject."""

_panels: dict[str, list[Panel]] = {}


def register_panel(place: str, panel: Panel) -> None:
    """Show ``panel`` at ``place``, after those already registered there. Registering twice shows it once."""
    registered = _panels.setdefault(place, [])
    if panel not in registered:
        registered.append(panel)


def panels_of(place: str) -> list[Panel]:
    return list(_panels.get(place, ()))
