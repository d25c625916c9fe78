"""The people of a round: who is asked what, who comes in and how, who is reminded."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.accounts.models import Profile
from trama.diagnose.models import (
    Answer,
    OwnQuestion,
    RoundAssignment,
    RoundInvitation,
    RoundItem,
    RoundMember,
)
from trama.diagnose.rounds import team
from trama.diagnose.rounds.errors import (
    InvitationForSomeoneElse,
    InvitationNotValid,
    KindOfOthers,
    LastCoordinator,
    PersonOutside,
    StaleRound,
    WrongState,
)
from trama.diagnose.rounds.selectors import asked_of, items_asked_of, rounds_visible_to, standing_of
from trama.diagnose.rounds.services import start_agreement

pytestmark = pytest.mark.django_db
NOON = make.NOON


def keys(member):
    return [item.criterion.key if item.criterion else "own" for item in items_asked_of(member)]


@pytest.fixture
def divided():
    """A round whose criteria are: c1 of the director, c2 of teachers, c3 of nobody named, c4 of both; and one own."""
    version = make.an_instrument((4,), asked=[["dme"], ["teachers"], [], ["dme", "teachers"]])
    round_ = make.a_round(version=version)
    own = OwnQuestion.objects.create(
        **round_.scope_filter, title="Própria", question="?", created_by=round_.opened_by, created_at=NOON
    )
    RoundItem.objects.create(round=round_, own_question=own, position=5)
    return round_


# --- who is asked what --------------------------------------------------------------------------------------------


def test_each_is_asked_what_the_kind_answers_and_who_has_no_kind_everything(divided):
    assert keys(make.a_member(divided, respondent="dme")) == ["c1", "c3", "c4", "own"]
    assert keys(make.a_member(divided, respondent="teachers")) == ["c2", "c3", "c4", "own"]
    assert keys(make.a_member(divided, respondent="")) == ["c1", "c2", "c3", "c4", "own"]
    assert keys(make.a_member(divided, part="reader", respondent="dme")) == []


def test_what_was_given_to_a_person_or_taken_away_comes_before_the_kind(divided):
    member = make.a_member(divided, respondent="dme")
    items = {item.criterion.key: item for item in divided.items.filter(criterion__isnull=False)}
    RoundAssignment.objects.create(member=member, item=items["c2"], asked=True)
    RoundAssignment.objects.create(member=member, item=items["c4"], asked=False)
    assert keys(member) == ["c1", "c2", "c3", "own"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(["dme", "teachers", ""]),
            st.sampled_from(["coordinator", "respondent", "reader"]),
            st.dictionaries(st.integers(0, 4), st.booleans()),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_one_at_a_time_or_all_at_once_the_answer_is_the_same(divided, people):
    items = list(divided.items.all())
    divided.members.exclude(part="coordinator", user=divided.opened_by).delete()
    members = []
    for kind, part, changes in people:
        member = make.a_member(divided, accounts.a_person(second_factor=False), part=part, respondent=kind)
        RoundAssignment.objects.bulk_create(
            RoundAssignment(member=member, item=items[n], asked=asked) for n, asked in changes.items()
        )
        members.append(member)
    assert asked_of(members) == {
        member.pk: set(items_asked_of(member).values_list("pk", flat=True)) for member in members
    }


def test_a_gap_is_an_item_nobody_in_the_round_is_asked(divided):
    coordinator = divided.members.get()
    coordinator.respondent = divided.version.respondents.get(key="dme")
    coordinator.save()
    assert [item.title for item in standing_of(divided).gaps] == ["Critério 2"]
    gaps = [item.pk for item in standing_of(divided).gaps]
    assert team.ask_for(coordinator, gaps, by=divided.opened_by, at=NOON) == 1
    assert standing_of(divided).gaps == []
    assert keys(coordinator) == ["c1", "c2", "c3", "c4", "own"]


def test_changing_a_member_keeps_only_what_differs_from_the_kind(divided):
    member = make.a_member(divided, respondent="dme")
    teachers = divided.version.respondents.get(key="teachers")
    items = [item.pk for item in divided.items.all()]
    common = {"part": "respondent", "respondent": teachers, "by": divided.opened_by, "at": NOON}
    team.change_member(member, asked=items[1:4], revision=1, **common)  # c2, c3, c4: without the own question
    assert keys(member) == ["c2", "c3", "c4"]
    assert list(RoundAssignment.objects.filter(member=member).values_list("item", "asked")) == [(items[4], False)]
    with pytest.raises(StaleRound):
        team.change_member(member, asked=[], revision=1, **common)
    team.change_member(member, asked=None, revision=2, **common)
    assert keys(member) == ["c2", "c3", "c4", "own"]
    foreign = make.an_instrument().respondents.first()
    with pytest.raises(KindOfOthers):
        team.change_member(member, asked=None, revision=3, **{**common, "respondent": foreign})


def test_the_last_coordinator_stays(divided):
    first = divided.members.get()
    by = divided.opened_by
    with pytest.raises(LastCoordinator):
        team.remove_member(first, by=by, at=NOON)
    with pytest.raises(LastCoordinator):
        team.change_member(first, part="reader", respondent=None, asked=None, revision=1, by=by, at=NOON)
    make.a_member(divided, part="coordinator")
    team.remove_member(first, by=by, at=NOON)
    first.refresh_from_db()
    assert first.removed_at == NOON


# --- coming in and going ------------------------------------------------------------------------------------------


def test_only_people_of_the_owner_are_added_and_they_are_told(mailoutbox, django_capture_on_commit_callbacks):
    network = accounts.a_network()
    round_ = make.a_round(network)
    teacher = accounts.person_with("teacher", accounts.a_school(network), language="en")
    stranger = accounts.person_with("teacher", accounts.a_school())
    common = {"part": "respondent", "by": round_.opened_by, "at": NOON}
    with pytest.raises(PersonOutside):
        team.add_member(round_, stranger, **common)
    with django_capture_on_commit_callbacks(execute=True):
        member = team.add_member(round_, teacher, **common)
        assert team.add_member(round_, teacher, **common) == member
    assert [letter.to for letter in mailoutbox] == [[teacher.email]]
    assert "asked you into the round “Rodada de teste”" in mailoutbox[0].body
    assert list(rounds_visible_to(teacher)) == [round_]
    with pytest.raises(PermissionDenied):
        team.add_member(round_, teacher, part="coordinator", by=teacher, at=NOON)


def test_who_was_taken_out_comes_back_with_the_same_answers():
    network = accounts.a_network()
    round_ = make.a_round(network)
    teacher = accounts.person_with("teacher", accounts.a_school(network))
    common = {"by": round_.opened_by, "at": NOON}
    member = team.add_member(round_, teacher, part="respondent", **common)
    Answer.objects.create(item=round_.items.first(), member=member, level=2, saved_at=NOON)
    team.remove_member(member, **common)
    assert list(rounds_visible_to(teacher)) == []
    again = team.add_member(round_, teacher, part="reader", **common)
    assert (again.pk, again.part, again.removed_at) == (member.pk, "reader", None)
    assert again.answers.get().level == 2


def test_access_ends_in_a_submitted_round_too():
    round_ = make.a_submitted_round()
    member = make.a_member(round_)
    team.remove_member(member, by=round_.opened_by, at=NOON)
    assert list(rounds_visible_to(member.user)) == []


# --- invitations --------------------------------------------------------------------------------------------------


def invited(round_, email="familia@exemplo.org", **fields):
    values = {"part": "respondent", "respondent": None, "language": "pt-br", "by": round_.opened_by, "at": NOON}
    return team.invite(round_, email, **{**values, **fields})


def code_in(letter):
    return re.search(r"/convite/([^/]+)/", letter.body)[1]


def test_an_invitation_makes_a_member_of_one_round_and_no_profile(mailoutbox, django_capture_on_commit_callbacks):
    round_, other = make.a_round(title="TITULO-DA-EQUIPE"), make.a_round()
    teachers = round_.version.respondents.get(key="teachers")
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invited(round_, respondent=teachers)
    code = code_in(mailoutbox[0])
    assert invitation.code_hash != code
    assert "TITULO-DA-EQUIPE" not in mailoutbox[0].subject + mailoutbox[0].body
    mother, thief = accounts.a_person(email="familia@exemplo.org"), accounts.a_person()
    with pytest.raises(InvitationForSomeoneElse):
        team.accept_invitation(code, by=thief, at=NOON)
    member = team.accept_invitation(code, by=mother, at=NOON)
    assert (member.round, member.respondent, member.part) == (round_, teachers, "respondent")
    assert not Profile.objects.filter(user=mother).exists()
    assert list(rounds_visible_to(mother)) == [round_]
    assert other not in rounds_visible_to(mother)
    with pytest.raises(InvitationNotValid):
        team.accept_invitation(code, by=mother, at=NOON)


def test_an_address_that_is_not_confirmed_does_not_count(mailoutbox, django_capture_on_commit_callbacks):
    round_ = make.a_round()
    with django_capture_on_commit_callbacks(execute=True):
        invited(round_)
    mother = accounts.a_person(email="familia@exemplo.org")
    mother.emailaddress_set.update(verified=False)
    with pytest.raises(InvitationForSomeoneElse):
        team.accept_invitation(code_in(mailoutbox[0]), by=mother, at=NOON)


@pytest.mark.parametrize("what", ["expired", "withdrawn", "replaced", "sent again", "cancelled", "sender left"])
def test_an_invitation_stops_working(what, mailoutbox, django_capture_on_commit_callbacks):
    round_ = make.a_round()
    sender = accounts.a_person()
    make.a_member(round_, sender, part="coordinator")
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invited(round_, by=sender)
    at = NOON
    if what == "expired":
        at = NOON + timedelta(days=14)
    elif what == "withdrawn":
        team.withdraw_invitation(invitation, by=round_.opened_by, at=NOON)
        with pytest.raises(InvitationNotValid):
            team.resend_invitation(invitation, by=round_.opened_by, at=NOON)
    elif what == "replaced":
        invited(round_)
        assert RoundInvitation.objects.filter(round=round_, withdrawn_at__isnull=True).count() == 1
    elif what == "sent again":
        team.resend_invitation(invitation, by=round_.opened_by, at=NOON)
    elif what == "cancelled":
        type(round_).objects.filter(pk=round_.pk).update(state="cancelled")
    else:
        RoundMember.objects.filter(user=sender).update(removed_at=NOON)
    mother = accounts.a_person(email="familia@exemplo.org")
    with pytest.raises(InvitationNotValid):
        team.accept_invitation(code_in(mailoutbox[0]), by=mother, at=at)
    assert list(rounds_visible_to(mother)) == []


def test_the_invitation_speaks_the_language_that_was_chosen(mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invited(make.a_round(), language="en")
    assert "invites you to take part in a self-diagnosis" in mailoutbox[0].body
    assert "/en/" in mailoutbox[0].body


def test_who_only_answers_invites_nobody():
    round_ = make.a_round()
    with pytest.raises(PermissionDenied):
        invited(round_, by=make.a_member(round_).user)
    assert not RoundInvitation.objects.exists()


def test_invitations_are_forgotten_90_days_after_they_expire(capsys):
    from django.core.management import call_command
    from django.utils import timezone

    round_ = make.a_round()
    old, fresh = invited(round_, "a@exemplo.org"), invited(round_, "b@exemplo.org")
    for invitation, days in ((old, 91), (fresh, 89)):
        type(old).objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=days))
    call_command("tidy_rounds")
    assert RoundInvitation.objects.count() == 2
    call_command("tidy_rounds", "--apply")
    assert list(RoundInvitation.objects.all()) == [fresh]
    assert capsys.readouterr().out.count("invitations: 1") == 2


# --- reminders ----------------------------------------------------------------------------------------------------


def test_one_reminder_a_day_to_each_who_has_not_finished_and_wants_it(mailoutbox, django_capture_on_commit_callbacks):
    round_ = make.a_round(accounts.a_network(12))
    late = make.a_member(round_, accounts.a_person(language="en"))
    done, silent = make.a_member(round_), make.a_member(round_)
    RoundMember.objects.filter(pk=done.pk).update(finished_at=NOON)
    team.mute(silent, muted=True, by=silent.user, at=NOON)
    evening = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # 23:30 of 2 March in Acre: still the same day
    for at, expected in ((NOON, 1), (NOON + timedelta(hours=1), 0), (evening, 0), (evening + timedelta(hours=1), 1)):
        with django_capture_on_commit_callbacks(execute=True):
            assert team.remind(round_, by=round_.opened_by, at=at) == expected
    assert [letter.to for letter in mailoutbox] == [[late.user.email]] * 2
    assert "4 questions wait for you" in mailoutbox[0].body
    assert f"/rodadas/{round_.uid}/lembretes/" in mailoutbox[0].body
    start_agreement(round_, by=round_.opened_by, at=NOON)
    with pytest.raises(WrongState):
        team.remind(round_, by=round_.opened_by, at=NOON + timedelta(days=3))


def test_nobody_mutes_for_another():
    round_ = make.a_round()
    member, other = make.a_member(round_), make.a_member(round_)
    with pytest.raises(PermissionDenied):
        team.mute(member, muted=True, by=other.user, at=NOON)
    member.refresh_from_db()
    assert member.muted_at is None
