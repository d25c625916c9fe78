"""What a profile makes of a person, and how things relate to it."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.test import override_settings

from tests.accounts.factories import (
    a_group,
    a_network,
    a_partner,
    a_person,
    a_school,
    a_state,
    a_state_network,
    give_profile,
    give_second_factor,
    person_with,
    the_programme,
)
from trama.accounts.roles.selectors import ScopesHeld, profiles_of, sleeping_profiles_of, standings_of
from trama.accounts.roles.vocabulary import Role, Tool
from trama.foundation.policies import Relation

pytestmark = pytest.mark.django_db


def _relation(user, target):
    (standing,) = standings_of(user)
    return standing.relation(target)


def test_a_network_relates_to_its_neighbours_by_state_and_by_group():
    ours, neighbour, far, companion = a_network(26), a_network(26), a_network(35), a_network(29)
    group = a_group(ours, companion)
    principal = person_with(Role.NETWORK_PRINCIPAL, ours)
    assert _relation(principal, ours) is Relation.OWN
    assert _relation(principal, a_school(ours)) is Relation.OWN
    assert _relation(principal, ours.place) is Relation.OWN
    assert _relation(principal, a_school(ours).place) is Relation.OWN
    assert _relation(principal, neighbour) is Relation.SIBLING
    assert _relation(principal, a_state(26)) is Relation.SIBLING
    assert _relation(principal, a_state_network(26)) is Relation.SIBLING
    assert _relation(principal, companion) is Relation.SIBLING
    assert _relation(principal, companion.place) is Relation.SIBLING
    assert _relation(principal, a_school(companion)) is Relation.SIBLING
    assert _relation(principal, group) is Relation.SIBLING
    assert _relation(principal, far) is Relation.OTHER
    assert _relation(principal, a_group(far)) is Relation.OTHER
    assert _relation(principal, a_state(26).parent.parent) is Relation.OTHER  # Brazil
    assert _relation(principal, the_programme()) is Relation.OTHER
    assert _relation(principal, object()) is Relation.OTHER
    assert _relation(principal, None) is Relation.NONE


def test_a_profile_as_target_stands_where_its_scope_stands():
    ours = a_network(26)
    principal = person_with(Role.NETWORK_PRINCIPAL, ours)
    colleague = give_profile(a_person(), Role.NETWORK_TEAM, ours)
    stranger = give_profile(a_person(), Role.NETWORK_TEAM, a_network(35))
    assert _relation(principal, colleague) is Relation.OWN
    assert _relation(principal, stranger) is Relation.OTHER


def test_schools_groups_and_partners_relate_to_their_own_first():
    network = a_network(26)
    school, next_door, far = a_school(network), a_school(network), a_school(a_network(43))
    teacher = person_with(Role.TEACHER, school)
    assert _relation(teacher, school) is Relation.OWN
    assert _relation(teacher, school.place) is Relation.OWN
    assert _relation(teacher, next_door) is Relation.SIBLING
    assert _relation(teacher, network) is Relation.SIBLING
    assert _relation(teacher, far) is Relation.OTHER

    group = a_group(network)
    coordinator = person_with(Role.GROUP_COORDINATOR, group)
    assert _relation(coordinator, group) is Relation.OWN
    assert _relation(coordinator, network) is Relation.SIBLING
    assert _relation(coordinator, school) is Relation.SIBLING
    assert _relation(coordinator, a_network(26)) is Relation.OTHER

    partner = a_partner()
    trainer = person_with(Role.TRAINER, partner)
    assert _relation(trainer, partner) is Relation.OWN
    assert _relation(trainer, a_partner()) is Relation.OTHER
    assert _relation(trainer, network) is Relation.OTHER


def test_a_companion_is_one_only_while_both_belong_to_the_group():
    ours, left = a_network(26), a_network(35)
    group = a_group(ours, left)
    group.memberships.filter(network=left).update(end=date(2026, 1, 1))
    principal = person_with(Role.NETWORK_PRINCIPAL, ours)
    with time_machine.travel(datetime(2025, 12, 31, 12, tzinfo=UTC), tick=False):
        assert _relation(principal, left) is Relation.SIBLING
    with time_machine.travel(datetime(2026, 1, 1, 12, tzinfo=UTC), tick=False):
        assert _relation(principal, left) is Relation.OTHER


def test_a_hundred_networks_are_related_without_a_query_each(django_assert_max_num_queries):
    networks = [a_network(26) for _ in range(30)] + [a_network(35) for _ in range(70)]
    (standing,) = standings_of(person_with(Role.NETWORK_PRINCIPAL, networks[0]))
    with django_assert_max_num_queries(2):
        relations = [standing.relation(network) for network in networks]
    assert [relations.count(kind) for kind in (Relation.OWN, Relation.SIBLING, Relation.OTHER)] == [1, 29, 70]


def test_tools_come_by_role_or_by_grant():
    network = a_network()

    def may(user, tool, access):
        (standing,) = standings_of(user)
        return standing.may_use(tool, access)

    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    viewer = person_with(Role.NETWORK_TEAM, network, tools={Tool.TEAM: "view"})
    editor = person_with(Role.NETWORK_TEAM, network, tools={Tool.TEAM: "edit"})
    bare = person_with(Role.NETWORK_TEAM, network)
    assert may(principal, Tool.TEAM, "edit")
    assert not may(principal, Tool.SOURCES, "view")
    assert may(viewer, Tool.TEAM, "view")
    assert not may(viewer, Tool.TEAM, "edit")
    assert may(editor, Tool.TEAM, "view")
    assert may(editor, Tool.TEAM, "edit")
    assert not may(bare, Tool.TEAM, "view")
    assert may(person_with(Role.PROGRAMME_TEAM), Tool.CALLS, "edit")
    assert not may(person_with(Role.PROGRAMME_TEAM), Tool.TEAM, "view")
    assert may(person_with(Role.PROGRAMME_ADMIN), Tool.TEAM, "edit")


def test_the_day_ends_at_midnight_where_the_network_is():
    brasilia = person_with(Role.NETWORK_PRINCIPAL, a_network(35), end=date(2029, 1, 1))
    acre = person_with(Role.NETWORK_PRINCIPAL, a_network(12), end=date(2029, 1, 1))
    with time_machine.travel(datetime(2029, 1, 1, 2, 59, 59, tzinfo=UTC), tick=False):
        assert len(standings_of(brasilia)) == 1
    with time_machine.travel(datetime(2029, 1, 1, 3, 0, tzinfo=UTC), tick=False):
        assert standings_of(brasilia) == []
        assert len(standings_of(acre)) == 1  # 22:00 on 31 December in Rio Branco
    with time_machine.travel(datetime(2029, 1, 1, 5, 0, tzinfo=UTC), tick=False):
        assert standings_of(acre) == []


def test_a_suspended_or_revoked_person_stands_nowhere():
    user = person_with(Role.NETWORK_PRINCIPAL)
    assert len(standings_of(user)) == 1
    user.profiles.update(revoked_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert standings_of(user) == []
    suspended = person_with(Role.TEACHER)
    suspended.is_active = False
    assert standings_of(suspended) == []


def test_a_role_that_needs_a_second_factor_sleeps_without_one():
    user = person_with(Role.PROGRAMME_ADMIN, second_factor=False)
    give_profile(user, Role.TEACHER)
    assert [standing.role for standing in standings_of(user)] == [Role.TEACHER]
    assert [profile.role for profile in sleeping_profiles_of(user)] == [Role.PROGRAMME_ADMIN]
    give_second_factor(user)
    assert [standing.role for standing in standings_of(user)] == [Role.PROGRAMME_ADMIN, Role.TEACHER]
    assert sleeping_profiles_of(user) == []


@override_settings(TRAMA_MFA_REQUIRED_ROLES=frozenset())
def test_an_installation_may_ask_nobody_for_a_second_factor():
    user = person_with(Role.PROGRAMME_ADMIN, second_factor=False)
    assert [standing.role for standing in standings_of(user)] == [Role.PROGRAMME_ADMIN]


def test_a_row_that_was_read_is_owned_as_the_query_says():
    held = ScopesHeld(frozenset({1}), frozenset({2}), frozenset(), frozenset({3}))

    def row(network=None, school=None, group=None):
        return SimpleNamespace(network_id=network, school_id=school, group_id=group)

    assert [held.owns(one) for one in (row(network=1), row(school=2))] == [True, True]
    others = (row(network=2), row(school=1), row(group=3), row(group=1), row())
    assert [held.owns(one) for one in others] == [False] * len(others)


def test_who_holds_tools_by_role_costs_no_look_at_grants(django_assert_num_queries):
    principal = person_with(Role.SCHOOL_PRINCIPAL)
    with django_assert_num_queries(1):
        assert [one.role for one in profiles_of(principal)] == ["school_principal"]


def test_grants_come_with_the_profiles_of_who_holds_tools_by_grant(django_assert_num_queries):
    team = person_with(Role.NETWORK_TEAM, tools={Tool.PLAN: "edit"})
    with django_assert_num_queries(2):
        (profile,) = profiles_of(team)
        assert [(one.tool, one.access) for one in profile.grants.all()] == [("plan", "edit")]
