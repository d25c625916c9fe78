"""Who sees that a round exists: its owner's people with the tool, and its members. Nobody else."""

import pytest

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.policies import OPEN_ROUND, SEE_ROUND, SHARE_ROUND
from trama.diagnose.rounds.selectors import may_coordinate, rounds_visible_to
from trama.foundation.policies import may

pytestmark = pytest.mark.django_db


def test_a_round_is_seen_by_its_owner_and_its_members_only():
    ours, theirs = make.a_round(), make.a_round()
    director = ours.opened_by
    teacher = make.a_member(ours).user
    assert list(rounds_visible_to(director)) == [ours]
    assert list(rounds_visible_to(teacher)) == [ours]
    assert may_coordinate(director, ours) is True
    assert may_coordinate(teacher, ours) is False
    assert may_coordinate(theirs.opened_by, ours) is False


def test_a_member_who_was_removed_sees_nothing_any_more():
    ours = make.a_round()
    member = make.a_member(ours)
    member.removed_at = make.NOON
    member.save()
    assert list(rounds_visible_to(member.user)) == []


def test_a_team_member_needs_the_tool():
    ours = make.a_round()
    with_tool = accounts.person_with("network_team", ours.network, tools={"diagnosis": "view"})
    without = accounts.person_with("network_team", ours.network, tools={"calls": "edit"})
    assert list(rounds_visible_to(with_tool)) == [ours]
    assert list(rounds_visible_to(without)) == []
    assert may(with_tool, SEE_ROUND, ours) is True
    assert may(with_tool, OPEN_ROUND, ours) is False


def test_a_school_s_round_is_not_its_network_s():
    network = accounts.a_network()
    school = accounts.a_school(network)
    principal = accounts.person_with("school_principal", school)
    director = accounts.person_with("network_principal", network)
    ours = make.a_round(school, make.an_instrument(scope="school"), by=principal)
    assert list(rounds_visible_to(principal)) == [ours]
    assert list(rounds_visible_to(director)) == []
    assert may(principal, SHARE_ROUND, ours) is True
    assert may(director, SEE_ROUND, ours) is False


def test_a_state_and_a_territory_do_not_see_the_rounds_of_their_networks():
    network = accounts.a_network(26)
    make.a_round(network)
    group = accounts.a_group(network)
    for person in (
        accounts.person_with("state_principal", accounts.a_state_network(26)),
        accounts.person_with("group_coordinator", group),
        accounts.person_with("programme_admin", accounts.the_programme()),
    ):
        assert list(rounds_visible_to(person)) == []
