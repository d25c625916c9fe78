"""Municipal mandates end on 31 December of election years, at midnight where the network is."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.factories import a_network, a_person, a_school, a_state_network, give_profile, person_with
from trama.accounts.roles.calendar import end_of_profile, mandate_end
from trama.accounts.roles.mandates import days_left, due_warning, keep_mandates
from trama.accounts.roles.models import MandateWarning, Profile
from trama.accounts.roles.selectors import active_profiles_of
from trama.accounts.roles.services import open_profile
from trama.accounts.roles.vocabulary import Role


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 12, 31), date(2025, 1, 1)),  # the last day of a mandate
        (date(2025, 1, 1), date(2029, 1, 1)),  # the first of the next
        (date(2026, 11, 22), date(2029, 1, 1)),
        (date(2028, 2, 29), date(2029, 1, 1)),  # leap days fall in election years
        (date(2028, 12, 31), date(2029, 1, 1)),
        (date(2029, 1, 1), date(2033, 1, 1)),
        (date(2100, 3, 1), date(2101, 1, 1)),  # an election year that is not a leap year
    ],
)
def test_the_end_is_the_first_of_january_after_the_elections(day, end):
    assert mandate_end(day) == end


@given(st.dates(date(1989, 1, 1), date(2400, 12, 31)))
def test_every_day_belongs_to_one_mandate_of_four_years(day):
    end = mandate_end(day)
    assert (end.month, end.day, (end.year - 1) % 4) == (1, 1, 0)
    assert date(end.year - 4, 1, 1) <= day < end


@pytest.mark.django_db
def test_municipal_roles_get_their_end_when_they_are_opened():
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    network = a_network()
    ends = {
        role: open_profile(a_person(), role, scope, by=None, at=at).end
        for role, scope in [
            (Role.NETWORK_PRINCIPAL, network),
            (Role.NETWORK_TEAM, network),
            (Role.TEACHER, a_school(network)),
            (Role.STATE_PRINCIPAL, a_state_network()),
            (Role.SCHOOL_PRINCIPAL, a_school(a_state_network(35))),
        ]
    }
    assert ends == {
        Role.NETWORK_PRINCIPAL: date(2029, 1, 1),
        Role.NETWORK_TEAM: date(2029, 1, 1),
        Role.TEACHER: date(2029, 1, 1),
        Role.STATE_PRINCIPAL: None,
        Role.SCHOOL_PRINCIPAL: None,
    }
    assert end_of_profile(Role.NETWORK_TEAM, network, date(2026, 1, 1), date(2040, 1, 1)) == date(2029, 1, 1)
    assert end_of_profile(Role.NETWORK_TEAM, network, date(2026, 1, 1), date(2027, 1, 1)) == date(2027, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "last_second"),
    [
        (35, datetime(2029, 1, 1, 2, 59, 59, tzinfo=UTC)),  # Brasília, UTC-3
        (13, datetime(2029, 1, 1, 3, 59, 59, tzinfo=UTC)),  # Manaus, UTC-4
        (12, datetime(2029, 1, 1, 4, 59, 59, tzinfo=UTC)),  # Rio Branco, UTC-5
    ],
)
def test_the_last_second_is_the_last_one_of_the_year_where_the_network_is(state, last_second):
    user = person_with(Role.NETWORK_PRINCIPAL, a_network(state), end=date(2029, 1, 1))
    assert active_profiles_of(user, at=last_second)
    assert not active_profiles_of(user, at=last_second + timedelta(seconds=1))


@pytest.mark.django_db
def test_a_role_taken_up_in_the_small_hours_starts_on_the_local_day():
    """At 01:00 UTC of 1 January 2029 it is still 2028 in Brazil: the profile belongs to the old mandate."""
    profile = open_profile(
        a_person(), Role.NETWORK_TEAM, a_network(35), by=None, at=datetime(2029, 1, 1, 1, tzinfo=UTC)
    )
    assert (profile.start, profile.end) == (date(2028, 12, 31), date(2029, 1, 1))


def test_a_late_run_sends_only_the_nearest_warning():
    assert due_warning(61, set()) is None
    assert due_warning(60, set()) == 60
    assert due_warning(59, {60}) is None
    assert due_warning(30, {60}) == 30
    assert due_warning(5, set()) == 7
    assert due_warning(5, {7}) is None
    assert due_warning(0, set()) is None


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def _run(at, apply=True):
        with django_capture_on_commit_callbacks(execute=True):
            return keep_mandates(at=at, apply=apply, origin="https://trama.exemplo.org")

    return _run


@pytest.mark.django_db
def test_warnings_go_out_60_30_and_7_days_before_and_once(run, mailoutbox):
    profile = person_with(Role.NETWORK_PRINCIPAL, a_network(35), end=date(2029, 1, 1)).profiles.get()
    person_with(Role.STATE_PRINCIPAL)  # has no end
    noon = datetime(2029, 1, 1, 15, tzinfo=UTC)
    for days, letters in [(61, 0), (60, 1), (59, 1), (30, 2), (8, 2), (7, 3), (7, 3), (1, 3), (0, 3)]:
        run(noon - timedelta(days=days))
        assert len(mailoutbox) == letters, days
    assert days_left(profile, noon - timedelta(days=7)) == 7
    assert "31/12/2028" in mailoutbox[0].body
    assert "https://trama.exemplo.org/conta/renovacao/" in mailoutbox[0].body
    assert sorted(MandateWarning.objects.values_list("days", flat=True)) == [7, 30, 60]


@pytest.mark.django_db
def test_a_dry_run_tells_the_same_and_changes_nothing(run, mailoutbox):
    profile = give_profile(a_person(), Role.TEACHER, a_school())
    Profile.objects.filter(pk=profile.pk).update(end=None)  # as an old import might have left it
    warned = person_with(Role.NETWORK_TEAM, end=date(2029, 1, 1))
    at = datetime(2028, 12, 20, 15, tzinfo=UTC)
    dry = run(at, apply=False)
    assert (mailoutbox, MandateWarning.objects.count(), Profile.objects.get(pk=profile.pk).end) == ([], 0, None)
    real = run(at)
    assert (dry.ends_set, dry.warned) == (real.ends_set, real.warned)
    assert Profile.objects.get(pk=profile.pk).end == date(2029, 1, 1)
    assert warned.profiles.get().pk in [pk for pk, _ in real.warned]
    again = run(at)
    assert (again.ends_set, again.warned) == ([], [])


@pytest.mark.django_db
def test_sessions_of_a_past_mandate_end_but_not_of_who_holds_something_else(run):
    gone = person_with(Role.NETWORK_PRINCIPAL, end=date(2029, 1, 1))
    stays = person_with(Role.NETWORK_TEAM, end=date(2029, 1, 1))
    give_profile(stays, Role.STATE_TEAM)
    for number, user in enumerate((gone, stays)):
        UserSession.objects.create(user=user, ip="10.0.0.1", session_key=f"key{number}", user_agent="x")
    report = run(datetime(2029, 1, 2, 15, tzinfo=UTC))
    assert report.sessions_ended == [gone.pk]
    assert [session.user for session in UserSession.objects.all()] == [stays]


@pytest.mark.django_db
def test_the_command_tells_and_does(time_machine):
    time_machine.move_to(datetime(2028, 12, 1, 15, tzinfo=UTC), tick=False)
    person_with(Role.NETWORK_PRINCIPAL, end=date(2029, 1, 1))
    out = StringIO()
    call_command("mandates", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert "warnings, 60 days: 1" in out.getvalue()  # 31 days left
    assert not MandateWarning.objects.exists()
    call_command("mandates", "--apply", stdout=out)
    assert MandateWarning.objects.count() == 1
