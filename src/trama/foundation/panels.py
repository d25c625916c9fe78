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
_states: dict[str, list[Callable[[], str]]] = {}


def register_panel(place: str, panel: Panel, state: Callable[[], str]) -> None:
    """Show ``panel`` at ``place``, after those already registered there. Registering twice shows it once.

    ``state()`` changes whenever the panel may show something else, so that a kept page never shows an old panel.
    """
    registered = _panels.setdefault(place, [])
    if panel not in registered:
        registered.append(panel)
        _states.setdefault(place, []).append(state)


def panels_of(place: str) -> list[Panel]:
    return list(_panels.get(place, ()))


def panels_state(place: str) -> str:
    """Changes whenever a panel of ``place`` may show something else. "" where none is registered."""
    return " ".join(state() for state in _states.get(place, ()))
