"""What waits for a person: each phase says it of its own things; the page of the week and the digest tell it together.

A phase registers a provider in ``AppConfig.ready``, as for panels; a letter with all of it is sent by a phase above. So
a person gets one letter however many phases have something to say, and no phase writes one of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a person, in the language of the moment. Addresses are paths."""

    what: str  # a sentence
    address: str  # the page where it is done
    urgent: bool = False  # a letter comes today because of it
    silent: bool = False  # the person asked for no letters about it: pages show it, letters do not
    pause: str = ""  # the page where letters about it are stopped, where there is one
    key: Any = None  # the provider's own, handed back to ``told``


def _nobody(at: datetime) -> Iterable[int]:
    return ()


def _nothing(user: Any, lines: Sequence[Waiting], at: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Provider:
    """What one phase knows to wait for people.

    ``lines(user, at, told_at)``: what waits for a person now, only of what they may see; ``told_at``: when a letter
    last told them, if one did. ``awaited(at)``: the keys of accounts for whom a line may be urgent now, whether they
    hold a profile or not; too many costs time, too few costs a letter. ``told(user, lines, at)``: a letter with these
    lines went out.
    """

    order: int
    heading: str | Promise
    lines: Callable[[Any, datetime, datetime | None], list[Waiting]]
    awaited: Callable[[datetime], Iterable[int]] = _nobody
    told: Callable[[Any, Sequence[Waiting], datetime], None] = _nothing


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """The lines of one provider under its heading."""

    provider: Provider
    lines: list[Waiting]

    @property
    def heading(self) -> str:
        return str(self.provider.heading)


_providers: list[Provider] = []


def register_waiting(provider: Provider) -> None:
    """Ask ``provider`` too, in the order of ``order``. Registering twice asks once."""
    if all(known is not provider for known in _providers):
        _providers.append(provider)
        _providers.sort(key=lambda known: known.order)


def waiting_for(user: Any, *, at: datetime, told_at: datetime | None = None) -> list[WaitingGroup]:
    """What waits for a person now, by provider; those with nothing to say are left out.

    ``told_at``: when a letter last told them; it decides only what is urgent.
    """
    groups = (WaitingGroup(provider, provider.lines(user, at, told_at)) for provider in _providers)
    return [group for group in groups if group.lines]


def by_letter(groups: Iterable[WaitingGroup], *, urgent_only: bool) -> list[WaitingGroup]:
    """What of it goes into a letter: nothing that the person silenced; the urgent lines alone, if asked."""
    kept = (
        WaitingGroup(group.provider, [one for one in group.lines if not one.silent and (one.urgent or not urgent_only)])
        for group in groups
    )
    return [group for group in kept if group.lines]


def awaited(*, at: datetime) -> set[int]:
    """The keys of accounts for whom something may be urgent now."""
    return {key for provider in _providers for key in provider.awaited(at)}


def note_told(user: Any, groups: Iterable[WaitingGroup], *, at: datetime) -> None:
    """Tell each provider that a letter with its lines went out."""
    for group in groups:
        group.provider.told(user, group.lines, at)
