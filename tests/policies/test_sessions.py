"""Z5 and Z8: revocation acts on the next request; the id of a session changes when its rights do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.accounts.factories import PASSWORD, a_network, a_person, give_profile, person_with
from trama.accounts.models import ToolGrant
from trama.accounts.roles.vocabulary import Role

pytestmark = pytest.mark.django_db
TEAM = "/conta/equipe/"


@pytest.fixture
def member():
    user = a_person()
    profile = give_profile(user, Role.NETWORK_TEAM, tools={"team": "edit"})
    client = Client()
    client.force_login(user)
    assert client.get(TEAM).status_code == 200
    return user, profile, client


def test_a_revoked_profile_is_refused_on_the_next_request(member):
    _, profile, client = member
    profile.revoked_at = datetime(2026, 1, 1, tzinfo=UTC)
    profile.save()
    assert client.get(TEAM).status_code == 403


def test_a_grant_taken_away_is_gone_on_the_next_request(member):
    _, profile, client = member
    assert client.get("/conta/equipe/convidar/").status_code == 200
    ToolGrant.objects.filter(profile=profile).update(access="view")
    assert client.get("/conta/equipe/convidar/").status_code == 403
    assert client.get(TEAM).status_code == 200
    ToolGrant.objects.all().delete()
    assert client.get(TEAM).status_code == 403


def test_a_suspended_person_is_out_on_the_next_request(member):
    user, _, client = member
    user.is_active = False
    user.save()
    assert client.get(TEAM)["Location"].startswith(reverse("account_login"))


def test_a_new_password_ends_the_session_of_whoever_knew_the_old_one(member):
    user, _, client = member
    user.set_password("outra-senha-bem-comprida")
    user.save()
    assert client.get(TEAM)["Location"].startswith(reverse("account_login"))


def test_a_second_factor_taken_away_puts_the_role_to_sleep_on_the_next_request():
    user = person_with(Role.PROGRAMME_ADMIN)
    client = Client()
    client.force_login(user)
    assert client.get("/conta/programa/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/conta/programa/")["Location"].startswith("/conta/segundo-fator/")


def test_the_mandate_ends_at_midnight_in_the_middle_of_a_session(time_machine):
    time_machine.move_to(datetime(2029, 1, 1, 2, 30, tzinfo=UTC), tick=False)  # 23:30 in Brasília
    user = person_with(Role.NETWORK_PRINCIPAL, a_network(35), end=date(2029, 1, 1))
    client = Client()
    client.force_login(user)
    page = client.get(TEAM)
    assert page.status_code == 200
    assert reverse("accounts:renewal") in page.content.decode()  # the warning is on the page
    time_machine.shift(timedelta(minutes=31))
    assert client.get(TEAM).status_code == 403


def test_the_warning_is_on_every_personal_page_near_the_end_only(time_machine):
    user = person_with(Role.NETWORK_PRINCIPAL, end=date(2029, 1, 1))
    seen = []
    for day in (datetime(2028, 10, 30, 12, tzinfo=UTC), datetime(2028, 12, 2, 12, tzinfo=UTC)):
        time_machine.move_to(day, tick=False)
        client = Client()
        client.force_login(user)
        page = client.get("/conta/segundo-fator/")
        assert page.status_code == 200
        seen.append("31/12/2028" in page.content.decode())
    assert seen == [False, True]


def test_the_session_id_changes_at_login_and_at_a_change_of_role():
    user = a_person(second_factor=False)
    first, second = give_profile(user, Role.TEACHER), give_profile(user, Role.SCHOOL_CLERK)
    client = Client()
    ids = []
    client.post("/conta/login/", {"login": user.email, "password": PASSWORD})
    ids.append(client.session.session_key)
    for profile in (first, second, first):
        client.post("/conta/perfis/", {"profile": profile.pk})
        ids.append(client.session.session_key)
    assert len(set(ids)) == 4
    stale = Client()
    stale.cookies["sessionid"] = ids[0]
    assert stale.get("/conta/").status_code == 302  # the earlier id opens nothing


def test_a_profile_that_stopped_counting_is_not_acted_under():
    user = a_person()
    old = give_profile(user, Role.NETWORK_TEAM, tools={"team": "view"})
    give_profile(user, Role.TEACHER)
    client = Client()
    client.force_login(user)
    client.post("/conta/perfis/", {"profile": old.pk})
    assert client.get(TEAM).status_code == 200
    old.revoked_at = datetime(2026, 1, 1, tzinfo=UTC)
    old.save()
    assert client.get(TEAM).status_code == 403
