"""The menu of every page: each phase registers its own entries, so the base template links to nothing by name.

``SEARCH`` is the place of the search field's address; the other places are lines of a menu, in the order given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from . import policies
from .policies import Policy

MAIN, FOOTER, ACCOUNT, SEARCH, SUGGESTIONS = "main", "footer", "account", "search", "suggestions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. ``label`` is a lazy translation."""

    place: str
    order: int
    label: str | Promise
    view_name: str
    policy: Policy | None = None  # of ACCOUNT only: whom the line is shown to; None: everyone

    @property
    def address(self) -> str:
        return reverse(self.view_name)


_entries: dict[str, list[Entry]] = {}


def register_entry(
    place: str, *, order: int, label: str | Promise, view_name: str, policy: Policy | None = None
) -> None:
    """Put an entry in a menu. Called in ``AppConfig.ready``; the same entry twice counts once.

    With a ``policy``, a line of ACCOUNT is shown only to who may enter its page.
    """
    entry = Entry(place, order, label, view_name, policy)
    entries = _entries.setdefault(place, [])
    if entry not in entries:
        entries.append(entry)
        entries.sort(key=lambda entry: entry.order)


def navigation(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: ``navigation.main``, ``navigation.footer``, …: lists of ``Entry``.

    ``navigation.account`` asks who is signed in, so it is worked out only where a template reads it.
    """
    menus: dict[str, Any] = {place: list(entries) for place, entries in _entries.items()}
    menus[ACCOUNT] = lambda: [
        entry
        for entry in _entries.get(ACCOUNT, ())
        if entry.policy is None or policies.may_enter(request.user, entry.policy)
    ]
    return {"navigation": menus}
