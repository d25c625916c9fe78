"""Changing, ending and transferring roles."""

from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.accounts.factories import a_network, a_person, give_profile, person_with
from trama.accounts.people.services import reinstate, suspend
from trama.accounts.roles import errors
from trama.accounts.roles.selectors import standings_of
from trama.accounts.roles.services import change_grants, end_profile, open_profile, transfer_principal
from trama.accounts.roles.vocabulary import Role
from trama.foundation.audit.models import Event

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def _roles(user):
    return [standing.role for standing in standings_of(user)]


def test_grants_change_at_once_and_within_the_network():
    ours, theirs = a_network(), a_network()
    principal, stranger = person_with(Role.NETWORK_PRINCIPAL, ours), person_with(Role.NETWORK_PRINCIPAL, theirs)
    ana = a_person()
    member = give_profile(ana, Role.NETWORK_TEAM, ours, tools={"calls": "view"})
    change_grants(member, {"team": "edit"}, by=principal, at=NOW)
    (standing,) = standings_of(ana)
    assert standing.may_use("team", "edit")
    assert not standing.may_use("calls", "view")
    with pytest.raises(PermissionDenied):
        change_grants(member, {}, by=stranger, at=NOW)
    event = Event.objects.get(verb="grants changed")
    assert event.detail == {"before": {"calls": "view"}, "after": {"team": "edit"}}


def test_nobody_raises_themselves_nor_gives_beyond_their_own():
    network = a_network()
    editor = person_with(Role.NETWORK_TEAM, network, tools={"team": "edit"})
    other = give_profile(a_person(), Role.NETWORK_TEAM, network)
    with pytest.raises(errors.NotOwnProfile):
        change_grants(editor.profiles.get(), {"team": "edit", "calls": "edit"}, by=editor, at=NOW)
    with pytest.raises(errors.GrantBeyondOwn):
        change_grants(other, {"calls": "view"}, by=editor, at=NOW)
    with pytest.raises(errors.GrantBeyondOwn):
        change_grants(other, {"sources": "view"}, by=person_with(Role.NETWORK_PRINCIPAL, network), at=NOW)
    assert not other.grants.exists()


def test_an_ended_profile_stops_at_once_and_its_sessions_end(settings):
    network = a_network()
    principal, ana = person_with(Role.NETWORK_PRINCIPAL, network), a_person()
    profile = give_profile(ana, Role.NETWORK_TEAM, network, tools={"team": "view"})
    client = Client()
    client.force_login(ana)
    UserSession.objects.create(user=ana, ip="10.0.0.1", session_key=client.session.session_key, user_agent="x")
    assert client.get("/conta/equipe/").status_code == 200
    end_profile(profile, by=principal, at=NOW)
    assert client.get("/conta/equipe/").status_code == 302  # signed out
    client.force_login(ana)
    assert client.get("/conta/equipe/").status_code == 403
    assert not UserSession.objects.filter(user=ana, created_at__lt=NOW).exists()


def test_a_team_member_ends_neither_the_principal_user_nor_themselves():
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    editor = person_with(Role.NETWORK_TEAM, network, tools={"team": "edit"})
    with pytest.raises(PermissionDenied):
        end_profile(principal.profiles.get(), by=editor, at=NOW)
    with pytest.raises(errors.NotOwnProfile):
        end_profile(editor.profiles.get(), by=editor, at=NOW)
    end_profile(principal.profiles.get(), by=person_with(Role.PROGRAMME_ADMIN), at=NOW)
    assert _roles(principal) == []


def test_the_post_passes_to_a_member_of_the_team():
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    ana = person_with(Role.NETWORK_TEAM, network)
    new = transfer_principal(ana.profiles.get(), by=principal, at=NOW)
    assert (new.role, _roles(ana), _roles(principal)) == (
        Role.NETWORK_PRINCIPAL,
        [Role.NETWORK_PRINCIPAL],
        [Role.NETWORK_TEAM],
    )
    (former,) = standings_of(principal)
    assert former.may_use("team", "edit")


def test_the_post_passes_only_inside_the_network_and_by_who_holds_it():
    network = a_network()
    person_with(Role.NETWORK_PRINCIPAL, network)
    editor = person_with(Role.NETWORK_TEAM, network, tools={"team": "edit"})
    ana = person_with(Role.NETWORK_TEAM, network)
    for other in (editor, person_with(Role.NETWORK_PRINCIPAL)):
        with pytest.raises(PermissionDenied):
            transfer_principal(ana.profiles.get(), by=other, at=NOW)
    with pytest.raises(errors.NotATeamMember):
        transfer_principal(network_principal_profile(network), by=person_with(Role.PROGRAMME_ADMIN), at=NOW)


def network_principal_profile(network):
    from trama.accounts.roles.models import Profile

    return Profile.objects.get(role=Role.NETWORK_PRINCIPAL, network=network, revoked_at=None)


def test_the_same_role_is_not_held_twice():
    network = a_network()
    ana = person_with(Role.NETWORK_TEAM, network)
    with pytest.raises(errors.AlreadyHasProfile):
        open_profile(ana, Role.NETWORK_TEAM, network, by=None, at=NOW)


def test_only_the_programme_suspends_and_reinstates():
    ana, admin = person_with(Role.TEACHER), person_with(Role.PROGRAMME_ADMIN)
    with pytest.raises(PermissionDenied):
        suspend(ana, by=person_with(Role.PROGRAMME_TEAM), at=NOW)
    client = Client()
    client.force_login(ana)
    assert client.get("/conta/").status_code == 200
    suspend(ana, by=admin, at=NOW)
    assert client.get("/conta/").status_code == 302
    assert reinstate(ana, by=admin, at=NOW).is_active
