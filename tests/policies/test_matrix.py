"""Z1: roles × policies × relations, as declared; and the same through real requests to every address."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.accounts.factories import PASSWORD
from trama.foundation import policies
from trama.foundation.policies import ANONYMOUS, SIGNED_IN, Relation

from .actors import ACTORS, Actor, actor_of
from .targets import OTHER_ANSWERS, TARGETS
from .things import guessed
from .walk import Route, routes
from .world import World, a_world

pytestmark = pytest.mark.django_db


def target_of(route: Route, world: World) -> tuple[dict, object]:
    """The arguments of an address, and the thing it opens."""
    return TARGETS[route.name](world) if route.name in TARGETS else (guessed(route.path, world), None)


def _relation_of(actor: Actor, target: object) -> Relation:
    """How a thing of network ``a`` relates to an actor, by the hand-made table of the world."""
    known = [(actor.own, Relation.OWN), (actor.sibling, Relation.SIBLING), (actor.other, Relation.OTHER)]
    for thing, relation in known:
        if thing is not None and type(thing) is type(target) and thing.pk == target.pk:
            return relation
    return Relation.OTHER


def test_there_are_enough_actors():
    assert len(ACTORS) >= 14


@pytest.mark.parametrize("name", [name for name in ACTORS if name != "undecided"])
def test_policies_say_what_they_declare(name):
    actor = actor_of(name, a_world())
    user = actor.user if actor.signed_in else None
    relations = {
        Relation.OWN: actor.own,
        Relation.SIBLING: actor.sibling,
        Relation.OTHER: actor.other,
        Relation.NONE: None,
    }
    wrong, checked = [], 0
    for policy in policies.all_policies():
        for relation, target in relations.items():
            if target is None and relation is not Relation.NONE:
                continue  # this actor has no neighbours
            # someone without a role relates to nothing: to them every target is anybody's
            seen = relation if actor.roles or relation is Relation.NONE else Relation.OTHER
            checked += 1
            if policies.may(user, policy, target) != actor.expects(policy, seen):
                wrong.append((policy.name, relation.value))
        checked += 1
        if policies.may_enter(user, policy) != actor.expects(policy, None):
            wrong.append((policy.name, "enter"))
    assert wrong == []
    assert checked >= 3 * len(policies.all_policies())


def test_every_policy_of_the_site_admits_somebody():
    """A policy that no actor can ever satisfy is a mistake, unless it says so (commands, closed addresses)."""
    world = a_world()
    admitted: set[str] = set()
    for name in ACTORS:
        actor = actor_of_fresh(name, world)
        for policy in policies.all_policies():
            if any(actor.expects(policy, relation) for relation in Relation):
                admitted.add(policy.name)
    never = {policy.name for policy in policies.all_policies() if policy.allow} - admitted
    assert never == set()


def actor_of_fresh(name: str, world: World) -> Actor:
    """An actor in a world where the same post may be held already by an earlier one."""
    from trama.accounts.models import Profile

    Profile.objects.filter(role__in=["network_principal", "state_principal"]).delete()
    return actor_of(name, world)


def _client_of(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    if actor.name == "half-authenticated":
        answer = client.post(reverse("account_login"), {"login": actor.user.email, "password": PASSWORD})
        assert answer.status_code == 302, "the password was right"
        assert "2fa/authenticate" in answer["Location"]
    elif actor.user is not None:
        client.force_login(actor.user)
    return client


def _problem(actor: Actor, route, answer, target) -> str | None:
    """What is wrong with an answer, or None."""
    policy, status = route.policy, answer.status_code
    where = answer.headers.get("Location", "")
    if policy is None:
        return "no policy"
    if ANONYMOUS in policy.allow or actor.expects(policy, None):
        if target is not None and SIGNED_IN not in policy.allow:
            relation = _relation_of(actor, target)
            if not actor.expects(policy, relation):
                return None if status in (404, 405) else f"a foreign thing answered {status}, not 404"
        fine = OTHER_ANSWERS.get(route.name, {200}) | {405}
        return None if status in fine else f"admitted, but {status} {where}"
    if not actor.signed_in:
        login = status == 302 and where.startswith(reverse("account_login"))
        return None if login else f"not signed in, but {status} {where}"
    led = actor.led_elsewhere and status == 302 and ("/perfis/" in where or "/segundo-fator/" in where)
    return None if status == 403 or led else f"not admitted, but {status} {where}"


@pytest.mark.parametrize("name", list(ACTORS))
def test_every_address_answers_as_declared(name):
    world = a_world()
    actor = actor_of(name, world)
    problems, seen = [], Counter()
    client = _client_of(actor)
    for route in routes():
        arguments, target = target_of(route, world)
        try:
            address = reverse(route.name, kwargs=arguments)
        except NoReverseMatch:
            problems.append(f"{route.name}: add it to tests/policies/targets.py: TARGETS")
            continue
        answer = client.get(address)
        seen[answer.status_code // 100] += 1
        problem = _problem(actor, route, answer, target)
        if problem:
            problems.append(f"{route.name}: {problem}")
    assert not problems, "\n".join(problems)
    assert seen[2] > 0


def test_every_closed_page_opens_for_somebody():
    """Each address is exercised with success by at least one actor."""
    opened: set[str] = set()
    world = a_world()
    for name in ("anonymous", "no profile", "programme admin", "programme team", "network principal", "teacher"):
        actor = actor_of_fresh(name, world)
        client = _client_of(actor)
        for route in routes():
            if route.name in opened:
                continue
            arguments, _ = target_of(route, world)
            answer = client.get(reverse(route.name, kwargs=arguments))
            if answer.status_code in OTHER_ANSWERS.get(route.name, set()) | {200, 405}:
                opened.add(route.name)
    closed = {route.name for route in routes() if route.policy is not None and not route.policy.allow}
    assert {route.name for route in routes()} - opened - closed == set()
