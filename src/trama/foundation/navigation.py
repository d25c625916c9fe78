"""The menu of every page: each phase registers its own entries, so the base template links to nothing by name.

``SEARCH`` is the place of the search field's address; the other places are lines of a menu, in the order given. The
lines of ``ACCOUNT`` are the work of who is signed in: they stand in groups, and each is shown only to whom it concerns.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from . import policies
from .policies import Policy
from .site import VERSION, root_of_site

MAIN, FOOTER, ACCOUNT, SEARCH, SUGGESTIONS = "main", "footer", "account", "search", "suggestions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. ``label`` is a lazy translation."""

    place: str
    order: int
    label: str | Promise
    view_name: str
    # Of ACCOUNT only: the heading it stands under, who may enter its page, and for whom there is something there.
    group: str | Promise = ""
    policy: Policy | None = None
    shown_to: Callable[[Any], bool] | None = None

    def concerns(self, user: Any) -> bool:
        """Whether a line of ACCOUNT is for this person."""
        admitted = self.policy is None or policies.may_enter(user, self.policy)
        return admitted and (self.shown_to is None or self.shown_to(user))


def _reached(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """Entries with their addresses in the language of the page, without those that lead nowhere."""
    page = get_language() or "", get_script_prefix(), settings.ROOT_URLCONF
    found = ((entry, _address(entry.view_name, *page)) for entry in entries)
    return [(entry, address) for entry, address in found if address]


@cache
def _address(view_name: str, _language: str, _prefix: str, _routes: str) -> str:
    try:
        return reverse(view_name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a menu as it is drawn (docs/decisions/0114)."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of ACCOUNT under one heading; the first group has none."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The whole menu of ACCOUNT. ``root`` is where the site begins in the language of the page."""

    root: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Foot:
    """The foot of every page."""

    root: str
    site_name: str
    version: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SearchField:
    """The search field of the header, with the addresses that suggest as one types."""

    root: str
    suggestions: tuple[Line, ...]


_entries: dict[str, list[Entry]] = {}


def register_entry(
    place: str, *, order: int, label: str | Promise, view_name: str, group: str | Promise = "",
    policy: Policy | None = None, shown_to: Callable[[Any], bool] | None = None,
) -> None:  # fmt: skip
    """Put an entry in a menu. Called in ``AppConfig.ready``; the same entry twice counts once.

    A line of ACCOUNT stands under the heading ``group``, beside the lines of other phases that name the same. With a
    ``policy`` it is shown only to who may enter its page; with ``shown_to``, only to whom that says yes: it is asked on
    every page of who is signed in, so it may not ask the database anew.
    """
    entry = Entry(place, order, label, view_name, group, policy, shown_to)
    entries = _entries.setdefault(place, [])
    if entry not in entries:
        entries.append(entry)
        entries.sort(key=lambda entry: entry.order)


def navigation(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: what the parts of the frame are drawn from, each worked out only where a template reads it.

    ``navigation.main`` and ``.suggestions``: tuples of ``Line``; ``.footer``: ``Foot``; ``.search``: ``SearchField``;
    ``.account``: ``Work``, which asks who is signed in.
    """
    root, path = root_of_site(), request.path

    def lines(place: str) -> tuple[Line, ...]:
        return lines_of(place, path)

    menus = {
        MAIN: lambda: lines(MAIN),
        SUGGESTIONS: lambda: lines(SUGGESTIONS),
        SEARCH: lambda: SearchField(root, lines(SUGGESTIONS)),
        FOOTER: lambda: Foot(root, settings.SITE_NAME, VERSION, lines(FOOTER)),
        ACCOUNT: lambda: Work(root, work_of(request.user, path)),
    }
    return {"navigation": menus}


def lines_of(place: str, path: str) -> tuple[Line, ...]:
    """The lines of a menu, without those that lead nowhere. Those above the page of ``path`` are current."""
    reached = _reached(_entries.get(place, ()))
    return tuple(Line(str(entry.label), address, path.startswith(address)) for entry, address in reached)


def work_of(user: Any, path: str) -> tuple[Group, ...]:
    """The lines of ACCOUNT for a person, in groups. The one that leads closest to the page of ``path`` is current."""
    reached = _reached(_entries.get(ACCOUNT, ()))
    found = [(entry, address) for entry, address in reached if entry.concerns(user)]
    current = max((address for _entry, address in found if path.startswith(address)), key=len, default="")
    groups: dict[str, list[Line]] = {}
    for entry, address in found:
        groups.setdefault(str(entry.group), []).append(Line(str(entry.label), address, address == current))
    return tuple(Group(label, tuple(lines)) for label, lines in groups.items())
