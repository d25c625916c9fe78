"""The menu of every page: each phase registers its own entries, so the base template links to nothing by name.

``SEARCH`` is the place of the search field's address; the other places are lines of a menu, in the order given. The
lines of ``ACCOUNT`` are the work of who is signed in: they stand in groups, and each is shown only to whom it concerns.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
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
    # Of ACCOUNT only: the heading it stands under, who may enter its page, and for whom there is something there.
    group: str | Promise = ""
    policy: Policy | None = None
    shown_to: Callable[[Any], bool] | None = None

    @property
    def address(self) -> str:
        return reverse(self.view_name)

    def concerns(self, user: Any) -> bool:
        """Whether a line of ACCOUNT is for this person."""
        admitted = self.policy is None or policies.may_enter(user, self.policy)
        return admitted and (self.shown_to is None or self.shown_to(user))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of ACCOUNT as it is drawn."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of ACCOUNT under one heading; the first group has none."""

    label: str
    lines: list[Line]


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
    """Context processor: ``navigation.main``, ``navigation.footer``, …: lists of ``Entry``.

    ``navigation.account`` is a list of ``Group``. It asks who is signed in, so it is worked out only where a template
    reads it.
    """
    menus: dict[str, Any] = {place: list(entries) for place, entries in _entries.items()}
    menus[ACCOUNT] = lambda: work_of(request.user, request.path)
    return {"navigation": menus}


def work_of(user: Any, path: str) -> list[Group]:
    """The lines of ACCOUNT for a person, in groups. The one that leads closest to the page of ``path`` is current."""
    found = [(entry, address) for entry, address in _reached(_entries.get(ACCOUNT, ())) if entry.concerns(user)]
    above = [address for _entry, address in found if path.startswith(address)]
    current = max(above, key=len, default="")
    groups: dict[str, Group] = {}
    for entry, address in found:
        label = str(entry.group)
        group = groups.setdefault(label, Group(label, []))
        group.lines.append(Line(str(entry.label), address, address == current))
    return list(groups.values())


def _reached(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """Entries with their addresses, without those that lead nowhere."""
    found = []
    for entry in entries:
        try:
            found.append((entry, entry.address))
        except NoReverseMatch:
            continue
    return found
