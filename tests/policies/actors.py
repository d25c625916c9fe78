"""Who asks in the matrix: one actor of each kind, made anew in a world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.accounts import factories as make
from trama.accounts.models import User
from trama.accounts.roles.vocabulary import NETWORK_TOOLS, PROGRAMME_TEAM_TOOLS, PROGRAMME_TOOLS, Role
from trama.foundation.policies import ANONYMOUS, SIGNED_IN, Relation

from .world import World

SCHOOL_AND_GROUP_TOOLS = {"diagnosis": "edit", "plan": "edit", "courses": "edit"}
EVERY_NETWORK_TOOL = dict.fromkeys((tool.value for tool in NETWORK_TOOLS), "edit")


@dataclass
class Actor:
    """Who asks. ``roles`` and ``tools`` are written by hand, not asked from the code under test."""

    name: str
    user: User | None
    roles: frozenset[str] = frozenset()
    tools: dict[str, str] = field(default_factory=dict)
    own: Any = None
    sibling: Any = None
    other: Any = None
    signed_in: bool = True
    led_elsewhere: bool = False  # refused pages may lead to the choice of profile or to the second factor

    @property
    def holds(self) -> frozenset[str]:
        """Roles of the register: everyone is anonymous, who signed in is also that."""
        return self.roles | ({ANONYMOUS, SIGNED_IN} if self.signed_in else {ANONYMOUS})

    def expects(self, policy: Any, relation: Relation | None) -> bool:
        """What the declaration says, read independently of ``policies.may``. Relation None: any at all."""
        for role in self.holds:
            relations = policy.allow.get(role, frozenset())
            admitted = bool(relations) if relation is None else relation in relations
            if admitted and (not policy.tool or self._uses(role, policy)):
                return True
        return False

    def _uses(self, role: str, policy: Any) -> bool:
        if role in (ANONYMOUS, SIGNED_IN):
            return True
        return (policy.access == "edit" and self.tools.get(policy.tool) == "edit") or (
            policy.access == "view" and policy.tool in self.tools
        )


def _held(role: str, own: Any, sibling: Any, other: Any, tools: dict[str, str] | None = None, **grants: str) -> Actor:
    user = make.person_with(role, own, tools=grants or None)
    return Actor("", user, frozenset({role}), tools if tools is not None else dict(grants), own, sibling, other)


def _without_role(world: World, user: User | None, **fields: Any) -> Actor:
    return Actor("", user, own=world.a, sibling=world.b, other=world.d, **fields)


def _revoked(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a)
    user.profiles.update(revoked_at=datetime(2026, 1, 1, tzinfo=UTC))
    return _without_role(world, user)


def _suspended(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, is_active=False)
    return _without_role(world, user, signed_in=False)


def _expired(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, start=date(2021, 1, 1), end=date(2025, 1, 1))
    return _without_role(world, user)


def _asleep(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, second_factor=False)
    return _without_role(world, user, led_elsewhere=True)


def _undecided(world: World) -> Actor:
    """Several profiles, none chosen. Outside a request every profile counts, so only the pages are asked."""
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a)
    make.give_profile(user, Role.TEACHER, world.school)
    return _without_role(world, user, led_elsewhere=True)


def _half(world: World) -> Actor:
    return _without_role(world, make.person_with(Role.NETWORK_PRINCIPAL, world.a), signed_in=False)


ACTORS: dict[str, Callable[[World], Actor]] = {
    "anonymous": lambda world: _without_role(world, None, signed_in=False),
    "half-authenticated": _half,
    "suspended": _suspended,
    "just revoked": _revoked,
    "expired mandate": _expired,
    "no profile": lambda world: _without_role(world, make.a_person()),
    "role asleep": _asleep,
    "undecided": _undecided,
    "network principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.a, w.b, w.d, EVERY_NETWORK_TOOL),
    "network principal, group": lambda w: _held(Role.NETWORK_PRINCIPAL, w.a, w.c, w.d, EVERY_NETWORK_TOOL),
    "neighbour principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.b, w.a, w.d, EVERY_NETWORK_TOOL),
    "far principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.d, make.a_network(35), w.a, EVERY_NETWORK_TOOL),
    "network team, no tool": lambda w: _held(Role.NETWORK_TEAM, w.a, w.b, w.d, {}),
    "network team, views": lambda w: _held(
        Role.NETWORK_TEAM, w.a, w.b, w.d, team="view", calls="view", diagnosis="view", plan="view", courses="view"
    ),
    "network team, edits": lambda w: _held(
        Role.NETWORK_TEAM, w.a, w.b, w.d, team="edit", diagnosis="edit", plan="edit", courses="edit"
    ),
    "state principal": lambda w: _held(Role.STATE_PRINCIPAL, make.a_state_network(26), w.a, w.d, EVERY_NETWORK_TOOL),
    "state team": lambda w: _held(Role.STATE_TEAM, make.a_state_network(26), w.a, w.d, calls="edit"),
    "school principal": lambda w: _held(Role.SCHOOL_PRINCIPAL, w.school, w.a, w.far_school, SCHOOL_AND_GROUP_TOOLS),
    "pedagogical coordinator": lambda w: _held(
        Role.PEDAGOGICAL_COORDINATOR, w.school, w.sibling_school, w.far_school, SCHOOL_AND_GROUP_TOOLS
    ),
    "teacher": lambda w: _held(Role.TEACHER, w.school, w.sibling_school, w.d, {}),
    "school clerk": lambda w: _held(Role.SCHOOL_CLERK, w.school, w.sibling_school, w.far_school, {}),
    "group coordinator": lambda w: _held(Role.GROUP_COORDINATOR, w.group, w.a, w.far_group, SCHOOL_AND_GROUP_TOOLS),
    "trainer": lambda w: _held(
        Role.TRAINER, w.partner, None, w.far_partner, {"technologies": "edit", "courses": "edit"}
    ),
    "programme team": lambda w: _held(
        Role.PROGRAMME_TEAM, w.programme, None, w.a, dict.fromkeys((t.value for t in PROGRAMME_TEAM_TOOLS), "edit")
    ),
    "programme admin": lambda w: _held(
        Role.PROGRAMME_ADMIN, w.programme, None, w.a, dict.fromkeys((t.value for t in PROGRAMME_TOOLS), "edit")
    ),
}


def actor_of(name: str, world: World) -> Actor:
    actor = ACTORS[name](world)
    actor.name = name
    return actor
