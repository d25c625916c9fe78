"""What waits for a person in rounds, and when it is urgent enough for a letter."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from trama.diagnose.models import Round, RoundMember
from trama.diagnose.rounds import team
from trama.diagnose.rounds.waiting import members_to_remind, note_reminded, reminder_days, rounds_waiting

pytestmark = pytest.mark.django_db
NO_LETTER = None


def waiting(user, at=NOON):
    return rounds_waiting(user, at, NO_LETTER)


@pytest.mark.parametrize(
    ("deadline", "days"),
    [
        (date(2026, 3, 18), ["2026-03-11", "2026-03-13", "2026-03-17"]),  # Wednesday; three days before is a Sunday
        (date(2026, 3, 15), ["2026-03-06", "2026-03-12", "2026-03-13"]),  # Sunday; seven and one before: weekend
        (date(2026, 3, 16), ["2026-03-09", "2026-03-13"]),  # Monday; three and one before are the same Friday
    ],
)
def test_reminders_come_7_3_and_1_days_before_and_never_on_a_weekend(deadline, days):
    assert [day.isoformat() for day in reminder_days(deadline)] == days
    assert all(day.weekday() < 5 and day < deadline for day in reminder_days(deadline))


def test_what_waits_says_how_much_until_when_and_of_whom():
    of = make.a_round(title="Rodada de abril")
    member = make.a_member(of)
    (line,) = waiting(member.user)
    assert re.search(r"\b4\b", line.what)
    assert "Rodada de abril" in line.what
    assert str(of.scope) in line.what
    assert "16/03/2026 12:00" in line.what  # Brasília
    assert str(of.uid) in line.address
    assert str(of.uid) in line.pause
    make.answer_all(member, [1, 2, 3, 4])
    (line,) = waiting(member.user)
    assert re.search(r"\b4\b", line.what) is None


def urgent_days(member, deadline_in_days=14):
    """The days on which a letter would come because of the member's part, if it is told each time."""
    found = []
    for day in range(deadline_in_days + 3):
        at = NOON + timedelta(days=day)
        lines = [line for line in waiting(member.user, at) if line.urgent and not line.silent]
        if lines and member.user_id in set(members_to_remind(at)):
            found.append(day)
            note_reminded(member.user, lines, at)
    return found


def test_a_guest_is_reminded_on_the_days_and_not_before_or_after():
    assert urgent_days(make.a_member(make.a_round())) == [7, 11]  # Monday the 16th: Monday, and Friday for 3 and 1


def test_a_missed_day_is_made_up_for_once():
    member = make.a_member(make.a_round())
    saturday = NOON + timedelta(days=12)  # the machine stood still on Friday
    (line,) = waiting(member.user, saturday)
    assert line.urgent
    note_reminded(member.user, [line], saturday)
    assert not waiting(member.user, saturday + timedelta(days=1))[0].urgent


def test_who_was_asked_in_late_is_not_reminded_of_what_they_have_just_read():
    of = make.a_round()
    member = make.a_member(of)
    RoundMember.objects.filter(pk=member.pk).update(added_at=NOON + timedelta(days=8))
    member.refresh_from_db()
    assert urgent_days(member) == [11]


def test_a_deadline_that_was_moved_moves_the_reminders():
    of = make.a_round()
    member = make.a_member(of)
    Round.objects.filter(pk=of.pk).update(answers_until=NOON + timedelta(days=30))
    assert urgent_days(member, 30) == [23, 25, 29]  # Wednesday 1 April: Wednesday, Friday (for Sunday), Tuesday


@pytest.mark.parametrize("what", ["finished", "left", "muted", "reader", "suspended", "agreeing", "cancelled"])
def test_nobody_is_reminded_of_what_they_need_not_do(what):
    of = make.a_round()
    member = make.a_member(of, part="reader" if what == "reader" else "respondent")
    if what == "finished":
        RoundMember.objects.filter(pk=member.pk).update(finished_at=NOON)
    elif what == "left":
        team.remove_member(member, by=of.opened_by, at=NOON)
    elif what == "muted":
        team.mute(member, muted=True, by=member.user, at=NOON)
    elif what == "suspended":
        member.user.is_active = False
        member.user.save()
    elif what in ("agreeing", "cancelled"):
        Round.objects.filter(pk=of.pk).update(state=what)
    assert urgent_days(member) == []


def test_the_days_are_those_of_the_owner_s_calendar():
    of = make.a_round(accounts.a_network(12), answers_until=datetime(2026, 3, 18, 17, 0, tzinfo=UTC))
    member = make.a_member(of)
    still_tuesday_in_acre = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
    assert not waiting(member.user, still_tuesday_in_acre)[0].urgent
    assert waiting(member.user, still_tuesday_in_acre + timedelta(hours=3))[0].urgent


def test_a_letter_and_the_button_count_as_one_on_a_day(mailoutbox, django_capture_on_commit_callbacks):
    of = make.a_round()
    member = make.a_member(of)
    note_reminded(member.user, waiting(member.user), NOON)
    with django_capture_on_commit_callbacks(execute=True):
        assert team.remind(of, by=of.opened_by, at=NOON + timedelta(hours=1)) == 0
        monday = NOON + timedelta(days=7)
        assert team.remind(of, by=of.opened_by, at=monday) == 1
    assert [letter.to for letter in mailoutbox] == [[member.user.email]]
    assert not waiting(member.user, monday + timedelta(hours=1))[0].urgent


def test_who_coordinates_reads_that_the_round_has_to_be_moved_on():
    of = make.a_round()
    director = of.opened_by
    after = of.answers_until + timedelta(hours=1)
    (over,) = waiting(director, after)
    assert "Rodada de teste" in over.what
    assert not over.urgent
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    (open_items,) = waiting(director, after)
    assert "4" in open_items.what
    make.agree_all(of, [1, 2, 3, 4])
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    (agreed,) = waiting(director, after)
    assert len({over.what, open_items.what, agreed.what}) == 3
    assert waiting(make.a_member(of).user, after) == []


def test_rounds_of_others_wait_for_nobody_else():
    make.a_round()
    assert waiting(accounts.person_with("network_principal")) == []


def test_the_questions_to_the_database_do_not_grow_with_the_rounds(django_assert_max_num_queries):
    network = accounts.a_network()
    director = accounts.person_with("network_principal", network)
    for state in ("answering", "agreeing") * 3:
        make.a_round(network, by=director, state=state)
    with django_assert_max_num_queries(11):
        assert len(waiting(director)) == 6
