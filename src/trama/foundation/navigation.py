"""The menu of every page: each phase registers its own entries, so the base template links to nothing by name.

``SEARCH`` is the place of the search field's address; the other places are lines of a menu, in the order given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

MAIN, FOOTER, ACCOUNT, SEARCH, SUGGESTIONS = "main", "footer", "account", "search", "suggestions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. ``label`` is a lazy translation."""

    place: str
    order: int
    label: str | Promise
    view_name: str

    @property
    def address(self) -> str:
        return reverse(self.view_name)


_entries: dict[str, list[Entry]] = {}


def register_entry(place: str, *, order: int, label: str | Promise, view_name: str) -> None:
    """Put an entry in a menu. Called in ``AppConfig.ready``; the same entry twice counts once."""
    entry = Entry(place, order, label, view_name)
    entries = _entries.setdefault(place, [])
    if entry not in entries:
        entries.append(entry)
        entries.sort(key=lambda entry: entry.order)


def navigation(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: ``navigation.main``, ``navigation.footer``, …: lists of ``Entry``."""
    return {"navigation": {place: list(entries) for place, entries in _entries.items()}}
