"""An invitation gives a role once, to the owner of its e-mail, while who sent it may still give it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.accounts.factories import (
    a_group,
    a_network,
    a_partner,
    a_person,
    a_school,
    a_state_network,
    person_with,
    the_programme,
)
from trama.accounts.roles import errors
from trama.accounts.roles.invitations import accept, invite, resend, withdraw
from trama.accounts.roles.models import Invitation, Profile
from trama.accounts.roles.selectors import standings_of
from trama.accounts.roles.vocabulary import Role
from trama.foundation.audit.models import Event

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def send(mailoutbox, django_capture_on_commit_callbacks):
    """Invite, and give back the invitation and the code in the letter."""

    def _send(service, *arguments, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            invitation = service(*arguments, at=NOW, origin="https://trama.exemplo.org", **fields)
        found = re.search(r"https://trama\.exemplo\.org/conta/convite/([\w-]+)/", mailoutbox[-1].body)
        return invitation, found.group(1)

    return _send


def test_a_principal_user_invites_to_their_own_network_only(send, mailoutbox):
    ours, theirs = a_network(26), a_network(26)
    principal = person_with(Role.NETWORK_PRINCIPAL, ours)
    invitation, code = send(invite, "Ana@Exemplo.org", Role.NETWORK_TEAM, ours, by=principal, grants={"team": "view"})
    assert mailoutbox[0].to == ["ana@exemplo.org"]
    assert code not in invitation.code_hash  # only the hash is kept
    assert len(code) >= 22  # 128 bits or more in base 64
    with pytest.raises(PermissionDenied):
        invite("ana@exemplo.org", Role.NETWORK_TEAM, theirs, by=principal, at=NOW)


def test_the_owner_of_the_email_takes_it_up_once(send):
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    _, code = send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal, grants={"team": "edit"})
    ana, bia = a_person(email="ana@exemplo.org"), a_person(email="bia@exemplo.org")
    with pytest.raises(errors.InvitationForSomeoneElse):
        accept(code, by=bia, at=NOW)
    profile = accept(code, by=ana, at=NOW)
    (standing,) = standings_of(ana)
    assert (profile.network, standing.role) == (network, Role.NETWORK_TEAM)
    assert standing.may_use("team", "edit")
    assert not standing.may_use("calls", "view")
    with pytest.raises(errors.InvitationNotValid):
        accept(code, by=ana, at=NOW)
    assert Profile.objects.filter(user=ana).count() == 1


def test_an_email_that_was_not_verified_proves_nothing(send):
    network = a_network()
    _, code = send(
        invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=person_with(Role.NETWORK_PRINCIPAL, network)
    )
    impostor = a_person(email="ana@exemplo.org")
    impostor.emailaddress_set.update(verified=False)
    with pytest.raises(errors.InvitationForSomeoneElse):
        accept(code, by=impostor, at=NOW)


def test_it_is_valid_for_seven_days(send):
    network = a_network()
    _, code = send(
        invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=person_with(Role.NETWORK_PRINCIPAL, network)
    )
    ana = a_person(email="ana@exemplo.org")
    with pytest.raises(errors.InvitationNotValid):
        accept(code, by=ana, at=NOW + timedelta(days=7))
    assert accept(code, by=ana, at=NOW + timedelta(days=7) - timedelta(seconds=1)).user == ana


def test_sending_again_replaces_the_code_and_withdrawing_ends_it(send):
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    invitation, first = send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    _, second = send(resend, invitation, by=principal)
    ana = a_person(email="ana@exemplo.org")
    with pytest.raises(errors.InvitationNotValid):
        accept(first, by=ana, at=NOW)
    withdraw(invitation, by=principal, at=NOW)
    with pytest.raises(errors.InvitationNotValid):
        accept(second, by=ana, at=NOW)
    with pytest.raises(errors.InvitationNotValid):
        resend(invitation, by=principal, at=NOW)
    _, third = send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    assert accept(third, by=ana, at=NOW).network == network


def test_a_second_offer_of_the_same_withdraws_the_first(send):
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_it_lapses_when_its_sender_loses_the_post(send):
    """An outgoing government leaves no keys behind."""
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    _, code = send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    principal.profiles.update(revoked_at=NOW)
    with pytest.raises(errors.InvitationNotAllowed):
        accept(code, by=a_person(email="ana@exemplo.org"), at=NOW)


def test_a_member_of_the_team_gives_no_more_than_they_have(send):
    network = a_network()
    person_with(Role.NETWORK_PRINCIPAL, network)
    editor = person_with(Role.NETWORK_TEAM, network, tools={"team": "edit", "calls": "view"})
    viewer = person_with(Role.NETWORK_TEAM, network, tools={"team": "view"})
    send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=editor, grants={"calls": "view"})
    with pytest.raises(errors.GrantBeyondOwn):
        invite("bia@exemplo.org", Role.NETWORK_TEAM, network, by=editor, at=NOW, grants={"calls": "edit"})
    with pytest.raises(PermissionDenied):
        invite("bia@exemplo.org", Role.NETWORK_TEAM, network, by=viewer, at=NOW)
    with pytest.raises(PermissionDenied):
        invite("bia@exemplo.org", Role.NETWORK_PRINCIPAL, network, by=editor, at=NOW)


def test_only_the_programme_lets_in_principal_users_coordinators_and_trainers(send):
    network, state = a_network(26), a_state_network(26)
    admin = person_with(Role.PROGRAMME_ADMIN)
    for role, scope in [
        (Role.NETWORK_PRINCIPAL, network),
        (Role.STATE_PRINCIPAL, state),
        (Role.GROUP_COORDINATOR, a_group(network)),
        (Role.TRAINER, a_partner()),
        (Role.PROGRAMME_TEAM, the_programme()),
    ]:
        for other in (person_with(Role.NETWORK_PRINCIPAL), person_with(Role.PROGRAMME_TEAM)):
            with pytest.raises(PermissionDenied):
                invite("ana@exemplo.org", role, scope, by=other, at=NOW)
        assert send(invite, "ana@exemplo.org", role, scope, by=admin)[0].role == role
    with pytest.raises(PermissionDenied):  # the team of a network is its principal user's business
        invite("ana@exemplo.org", Role.NETWORK_TEAM, network, by=admin, at=NOW)


def test_a_role_is_offered_only_where_it_can_be_held(send):
    admin, network = person_with(Role.PROGRAMME_ADMIN), a_network()
    for role, scope in [
        (Role.NETWORK_PRINCIPAL, a_state_network()),
        (Role.STATE_PRINCIPAL, network),
        (Role.TRAINER, the_programme()),
        (Role.PROGRAMME_ADMIN, a_partner()),
        (Role.GROUP_COORDINATOR, network),
    ]:
        with pytest.raises(errors.ScopeDoesNotFit):
            invite("ana@exemplo.org", role, scope, by=admin, at=NOW)


def test_a_principal_user_invites_the_people_of_their_own_schools(send):
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    _, code = send(invite, "ana@exemplo.org", Role.SCHOOL_CLERK, a_school(network), by=principal)
    profile = accept(code, by=a_person(email="ana@exemplo.org"), at=NOW)
    assert profile.end.isoformat() == "2029-01-01"  # with the municipal mandate
    with pytest.raises(PermissionDenied):
        invite("bia@exemplo.org", Role.SCHOOL_CLERK, a_school(), by=principal, at=NOW)


def test_a_network_has_one_principal_user(send):
    network = a_network()
    admin = person_with(Role.PROGRAMME_ADMIN)
    _, first = send(invite, "ana@exemplo.org", Role.NETWORK_PRINCIPAL, network, by=admin)
    _, second = send(invite, "bia@exemplo.org", Role.NETWORK_PRINCIPAL, network, by=admin)
    accept(first, by=a_person(email="ana@exemplo.org"), at=NOW)
    with pytest.raises(errors.PrincipalUserExists):
        accept(second, by=a_person(email="bia@exemplo.org"), at=NOW)


def test_every_step_leaves_a_trace_without_the_email(send):
    network = a_network()
    principal = person_with(Role.NETWORK_PRINCIPAL, network)
    invitation, _ = send(invite, "ana@exemplo.org", Role.NETWORK_TEAM, network, by=principal)
    _, code = send(resend, invitation, by=principal)
    accept(code, by=a_person(email="ana@exemplo.org"), at=NOW)
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["invitation sent", "invitation sent again", "profile opened", "invitation accepted"]
    assert not [event for event in Event.objects.all() if "ana@" in f"{event.target_label} {event.detail}"]
