"""The policy register: every route, operation, export, job, file and command says who may.

A policy is data: for each role, the relations to the target that it admits. The same data answer a request, fill the
page that lists them and generate the matrix (roles × policies × relations) that the tests run. Who holds which role,
and how a target relates to it, belongs to ``accounts``, which registers a resolver here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from django.core.exceptions import ImproperlyConfigured, PermissionDenied

Kind = Literal["route", "operation", "export", "job", "file", "command"]
Access = Literal["view", "edit"]


class Relation(StrEnum):
    """How the target of an operation relates to the role of who asks."""

    OWN = "own"  # of the very network, school, group, partner or programme of the profile
    SIBLING = "sibling"  # of a neighbour: same state, or same group
    OTHER = "other"  # of anyone else
    NONE = "none"  # the operation has no target


ANY = frozenset(Relation)
OWN = frozenset({Relation.OWN})
UNTARGETED = frozenset({Relation.NONE})

ANONYMOUS = "anonymous"  # everyone, signed in or not, holds this role
SIGNED_IN = "signed_in"  # everyone who completed authentication holds this one
PUBLIC: Mapping[str, frozenset[Relation]] = {ANONYMOUS: ANY}
MEMBERS: Mapping[str, frozenset[Relation]] = {SIGNED_IN: ANY}
NOBODY: Mapping[str, frozenset[Relation]] = {}  # commands: whoever administers the machine, no one on the site


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do one thing. ``tool`` and ``access`` add the per-tool grant that team members need."""

    name: str  # "phase.room.verb"
    kind: Kind
    allow: Mapping[str, frozenset[Relation]]
    tool: str = ""
    access: Access = "view"
    reason: str = ""  # why, where it is not obvious

    def admits(self, role: str, relation: Relation) -> bool:
        return relation in self.allow.get(role, frozenset())


class Standing(Protocol):
    """One role that a user holds now."""

    @property
    def role(self) -> str: ...

    def relation(self, target: object | None) -> Relation: ...

    def may_use(self, tool: str, access: Access) -> bool: ...


@dataclass(frozen=True, slots=True)
class _PlainStanding:
    role: str

    def relation(self, target: object | None) -> Relation:
        return Relation.NONE if target is None else Relation.OTHER

    def may_use(self, tool: str, access: Access) -> bool:
        return True


@dataclass(slots=True)
class _Register:
    policies: dict[str, Policy] = field(default_factory=dict)
    external_routes: dict[str, Policy] = field(default_factory=dict)
    resolver: Callable[[Any], Iterable[Standing]] | None = None


_register = _Register()


def declare(
    name: str,
    *,
    kind: Kind,
    allow: Mapping[str, Iterable[Relation]],
    tool: str = "",
    access: Access = "view",
    reason: str = "",
) -> Policy:
    """Put a policy in the register and return it. A name is declared once."""
    policy = Policy(name, kind, {role: frozenset(r) for role, r in allow.items()}, tool, access, reason)
    known = _register.policies.get(name)
    if known is not None and known != policy:
        raise ImproperlyConfigured(f"The policy {name!r} is declared twice, differently.")
    _register.policies[name] = policy
    return policy


def route[V: Callable[..., Any]](policy: Policy) -> Callable[[V], V]:
    """Mark a view with its policy. ``http.PolicyMiddleware`` refuses a view without one."""

    def mark(view: V) -> V:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def declare_external_routes(policies: Mapping[str, Policy]) -> None:
    """Policies for views of other packages, by the name of their address (``namespace:name``)."""
    _register.external_routes.update(policies)


def policy_of_route(callback: Callable[..., Any], view_name: str) -> Policy | None:
    """The policy of a resolved view, or None if nobody declared one."""
    policy = getattr(callback, "policy", None) or _register.external_routes.get(view_name)
    return policy if isinstance(policy, Policy) else None


def all_policies() -> list[Policy]:
    return sorted(_register.policies.values(), key=lambda policy: policy.name)


def external_routes() -> Mapping[str, Policy]:
    return dict(_register.external_routes)


def register_resolver(resolver: Callable[[Any], Iterable[Standing]]) -> None:
    """``resolver(user)`` gives the standings of an authenticated user, beyond ANONYMOUS and SIGNED_IN."""
    _register.resolver = resolver


def standings(user: Any) -> list[Standing]:
    """Every role that ``user`` holds now. ``None`` and anonymous users hold ANONYMOUS only."""
    return list(_held(user))


def _held(user: Any) -> Iterator[Standing]:
    """The same, the plain ones first: who is admitted by one of them costs no look at their profiles."""
    yield _PlainStanding(ANONYMOUS)
    if user is not None and user.is_authenticated and user.is_active:
        yield _PlainStanding(SIGNED_IN)
        if _register.resolver is not None:
            yield from _register.resolver(user)


def may(user: Any, policy: Policy, target: object | None = None) -> bool:
    """Whether ``user`` may do this to ``target`` (None: the operation has no target)."""
    return any(
        policy.admits(standing.role, standing.relation(target))
        and (not policy.tool or standing.may_use(policy.tool, policy.access))
        for standing in _held(user)
    )


def may_enter(user: Any, policy: Policy) -> bool:
    """Whether ``user`` may do this to anything at all: what a route asks before the target is known."""
    return any(
        policy.allow.get(standing.role) and (not policy.tool or standing.may_use(policy.tool, policy.access))
        for standing in _held(user)
    )


def require(user: Any, policy: Policy, target: object | None = None) -> None:
    """Raise ``PermissionDenied`` unless ``user`` may do this to ``target``."""
    if not may(user, policy, target):
        raise PermissionDenied(policy.name)
