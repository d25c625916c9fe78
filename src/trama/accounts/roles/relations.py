"""How a target relates to the scope of a profile: own, sibling, other, none. Arithmetic first, queries last.

Codes carry their territory (``know.vocabulary.PlaceKind``): the network of a municipality is its code * 10 + digit, and
the state is in the first two digits of every code. So most relations need no query, and a list of 5,571 networks can
be asked one by one.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Q

from trama.foundation.policies import Relation

from .models import Organisation, Profile


def state_of_code(code: int) -> int | None:
    """The state (11-53) of a place's official code, or None for the country and the regions."""
    if code >= 10_000_000:
        return code // 1_000_000
    if code >= 1_000_000:
        return code // 100_000
    return code if code >= 11 else None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a thing stands. Each id is None where it does not apply."""

    network: int | None = None
    school: int | None = None
    group: int | None = None
    organisation: int | None = None
    place: int | None = None

    @property
    def state(self) -> int | None:
        for code in (self.school, self.place, self.network // 10 if self.network is not None else None):
            if code is not None:
                return state_of_code(code)
        return None


def anchor_of(target: Any) -> Anchor | None:
    """Where ``target`` stands, or None if it stands nowhere that a profile can own.

    Understands networks, schools, places, groups, organisations, and whatever has one of the attributes ``school``,
    ``network``, ``group``, ``organisation`` (a profile, an invitation, a plan…), in this order. What a school keeps to
    itself (``confined`` is true) stands in the school only: its network does not own it.
    """
    kind = getattr(getattr(target, "_meta", None), "concrete_model", None)
    if kind is apps.get_model("know", "TeachingNetwork"):
        return Anchor(network=target.pk, place=target.place_id)
    if kind is apps.get_model("know", "School"):
        return Anchor(school=target.pk, network=target.network_id, place=target.municipality_id)
    if kind is apps.get_model("know", "Place"):
        return _anchor_of_place(target.pk)
    if kind is apps.get_model("know", "NetworkGroup"):
        return Anchor(group=target.pk)
    if kind is Organisation:
        return Anchor(organisation=target.pk)
    if getattr(target, "school_id", None) is not None or getattr(target, "school", None) is not None:
        anchor = anchor_of(target.school)
        if anchor is not None and getattr(target, "confined", False):
            return Anchor(school=anchor.school)
        return anchor
    if getattr(target, "network_id", None) is not None:
        return Anchor(network=target.network_id, place=target.network_id // 10)
    for name in ("network", "group", "organisation"):
        held = getattr(target, name, None)
        if held is not None:
            return anchor_of(held)
    return None


def _anchor_of_place(code: int) -> Anchor:
    """A school's place stands where the school does (one query); the others where their code says."""
    if code >= 10_000_000:
        school = apps.get_model("know", "School").objects.filter(pk=code).first()
        if school is not None:
            return Anchor(school=code, network=school.network_id, place=school.municipality_id)
    return Anchor(place=code)


class Surroundings:
    """The scope of one profile and what lies around it, asked once."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    @cached_property
    def anchor(self) -> Anchor:
        """Where the profile stands."""
        return anchor_of(self.profile.scope) or Anchor()

    @cached_property
    def companions(self) -> frozenset[int]:
        """Networks in a group with the profile's network, or in the profile's own group, today."""
        membership = apps.get_model("know", "GroupMembership")
        today = self.profile.today()
        current = membership.objects.filter(
            Q(start__isnull=True) | Q(start__lte=today), Q(end__isnull=True) | Q(end__gt=today)
        )
        groups = self.groups
        return frozenset(current.filter(group__in=groups).values_list("network", flat=True)) if groups else frozenset()

    @cached_property
    def groups(self) -> frozenset[int]:
        """The profile's own group, or the groups its network belongs to today."""
        if self.anchor.group is not None:
            return frozenset({self.anchor.group})
        if self.anchor.network is None:
            return frozenset()
        today = self.profile.today()
        membership = apps.get_model("know", "GroupMembership")
        return frozenset(
            membership.objects.filter(
                Q(start__isnull=True) | Q(start__lte=today),
                Q(end__isnull=True) | Q(end__gt=today),
                network=self.anchor.network,
            ).values_list("group", flat=True)
        )

    def relation(self, target: object | None) -> Relation:
        """How ``target`` relates to the profile. What stands nowhere is OTHER, never OWN."""
        if target is None:
            return Relation.NONE
        there = anchor_of(target)
        if there is None:
            return Relation.OTHER
        if self._owns(there):
            return Relation.OWN
        return Relation.SIBLING if self._is_near(there) else Relation.OTHER

    def _owns(self, there: Anchor) -> bool:
        here = self.anchor
        if self.profile.organisation_id is not None:
            return there.organisation == here.organisation
        if self.profile.group_id is not None:
            return there.group == here.group
        if self.profile.school_id is not None:
            return here.school in (there.school, there.place)
        if there.network is not None:  # a network, or a school of it
            return there.network == here.network
        return there.school is None and there.place is not None and there.place == here.place

    def _is_near(self, there: Anchor) -> bool:
        here = self.anchor
        if there.group is not None:
            return there.group in self.groups
        if here.state is not None and there.state == here.state:
            return True
        if there.network is not None:
            return there.network in self.companions
        if there.place is not None:
            return any(network // 10 == there.place for network in self.companions)
        return False
