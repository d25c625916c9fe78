"""What the sources say of a group, list by list, so that readers see where they disagree.

A public page lists members and says when, or not even that. Where several pages list the same group, each membership
keeps the dates, remarks and addresses of all pages that name it (``sources.formats.groups``). Here the lists are taken
apart again: a remark or an address belongs to a list if exactly the members of that list carry it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..territory.models import GroupMembership

SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Statement:
    """One list of members, as a source gives it."""

    number: int  # from 1, the longest list first
    stated: str  # when, in the source's words; "" where it does not say
    networks: frozenset[int]
    remarks: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """All lists of a group."""

    statements: tuple[Statement, ...]
    named: int  # networks that at least one list names
    by_all: int  # networks that every list names

    @property
    def disagree(self) -> bool:
        return self.by_all < self.named

    def naming(self, network: int) -> tuple[int, ...]:
        """The numbers of the lists that name a network."""
        return tuple(one.number for one in self.statements if network in one.networks)


def sources_of(memberships: Iterable[GroupMembership]) -> Sources:
    """The lists behind some memberships. Asks the database nothing."""
    by_date: dict[str, set[int]] = {}
    by_part: dict[str, set[int]] = {}
    for membership in memberships:
        for stated in _parts(membership.source_date) or [""]:
            by_date.setdefault(stated, set()).add(membership.network_id)
        for part in [membership.source_address, *_parts(membership.note)]:
            if part:
                by_part.setdefault(part, set()).add(membership.network_id)
    order = sorted(by_date, key=lambda stated: (-len(by_date[stated]), stated))
    statements = tuple(
        Statement(
            number,
            stated,
            frozenset(by_date[stated]),
            tuple(part for part, networks in by_part.items() if _of(by_date[stated], networks) and not _web(part)),
            tuple(part for part, networks in by_part.items() if _of(by_date[stated], networks) and _web(part)),
        )
        for number, stated in enumerate(order, start=1)
    )
    lists = [one.networks for one in statements]
    named: frozenset[int] = frozenset().union(*lists)
    return Sources(statements, len(named), len(named.intersection(*lists)) if lists else 0)


def _of(listed: set[int], carrying: set[int]) -> bool:
    return listed == carrying


def _web(part: str) -> bool:
    return part.startswith(("https://", "http://"))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
