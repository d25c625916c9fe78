"""Signing in: one answer for everyone outside, a lock that no rival can turn, a second factor that nothing bypasses."""

import re
import threading
import time
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from tests.accounts.factories import PASSWORD, TOTP_SECRET, a_network, a_person, give_profile, person_with
from trama.accounts.people import hashers
from trama.accounts.roles.vocabulary import Role

pytestmark = pytest.mark.django_db
LOGIN = "/conta/login/"


@pytest.fixture(autouse=True)
def _empty_counters():
    cache.clear()
    yield
    cache.clear()


def _login(client, user, password=PASSWORD, **fields):
    email = user if isinstance(user, str) else user.email
    return client.post(LOGIN, {"login": email, "password": password}, **fields)


def _code():
    return str(hotp_value(TOTP_SECRET, next(iter(yield_hotp_counters_from_time())))).zfill(6)


def _signed_in(client):
    return client.get("/conta/").status_code == 200


def test_a_password_signs_in_and_the_session_id_changes():
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["before"] = "kept"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    answer = _login(client, a_person(second_factor=False))
    assert (answer.status_code, answer["Location"]) == (302, "/conta/perfis/")
    assert client.cookies["sessionid"].value != before
    assert _signed_in(client)


def test_with_a_second_factor_the_password_alone_opens_nothing():
    user = a_person()
    client = Client()
    assert _login(client, user)["Location"].startswith("/conta/2fa/authenticate/")
    assert not _signed_in(client)
    assert client.post("/conta/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not _signed_in(client)
    before = client.session.session_key
    assert client.post("/conta/2fa/authenticate/", {"code": _code()}).status_code == 302
    assert _signed_in(client)
    assert client.session.session_key != before


def test_the_secret_of_the_code_generator_is_not_kept_in_the_clear():
    a_person()
    assert TOTP_SECRET not in str(Authenticator.objects.get().data)


def test_recovery_never_bypasses_the_second_factor(mailoutbox, django_capture_on_commit_callbacks):
    user = a_person()
    client = Client()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/conta/password/reset/", {"email": user.email})
    link = re.search(r"http://testserver(/conta/password/reset/key/\S+)", mailoutbox[-1].body).group(1)
    form = client.get(link)["Location"]
    other = "lamparina-jangada-quintal-08"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(form, {"password1": other, "password2": other}).status_code == 302
    assert not _signed_in(client)
    assert client.get(link).status_code == 200  # the link served once: the page says so
    assert client.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 200
    user.refresh_from_db()
    assert user.check_password(other)
    assert _login(client, user, other)["Location"].startswith("/conta/2fa/authenticate/")
    assert mailoutbox[-1].subject == "[Trama] " + mailoutbox[-1].subject.removeprefix("[Trama] ")


def test_a_new_password_ends_the_other_sessions():
    user = a_person(second_factor=False)
    here, there = Client(), Client()
    for client in (here, there):
        _login(client, user)
    other = "lamparina-jangada-quintal-08"
    answer = here.post("/conta/password/change/", {"oldpassword": PASSWORD, "password1": other, "password2": other})
    assert answer.status_code == 302
    assert not _signed_in(there)
    assert not _signed_in(here)  # and this one: signing in again proves the new password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("curta-8-ab", "12"),
        ("123456789012", "easy"),
        ("passwordpassword", "easy"),
        ("Educacao@2026", "easy"),
        ("q7#q7#q7#q7#", "easy"),
    ],
)
def test_short_and_common_passwords_are_refused(password, why):
    fields = {"email": "nova@exemplo.org", "name": "Nova", "password1": password, "password2": password}
    answer = Client().post("/en/conta/signup/", fields)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert why in str(answer.context["form"].errors)


def test_signing_up_keeps_the_name_and_asks_for_the_email_to_be_confirmed(
    mailoutbox, django_capture_on_commit_callbacks
):
    client = Client()
    fields = {"email": "Nova@Exemplo.org", "name": "Nova Silva", "password1": PASSWORD, "password2": PASSWORD}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/conta/signup/", fields)
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert not _signed_in(client)
    link = re.search(r"http://testserver(/conta/confirm-email/\S+)", mailoutbox[-1].body).group(1)
    assert client.post(link).status_code == 302
    assert _login(Client(), "nova@exemplo.org").status_code == 302
    from trama.accounts.models import User

    assert User.objects.get(email="nova@exemplo.org").name == "Nova Silva"


def test_the_outside_cannot_tell_which_emails_have_an_account(mailoutbox, django_capture_on_commit_callbacks):
    known = a_person(second_factor=False)
    wrong = [_login(Client(), email, "not-the-password-at-all") for email in (known.email, "ninguem@exemplo.org")]
    assert [answer.status_code for answer in wrong] == [200, 200]
    assert str(wrong[0].context["form"].errors) == str(wrong[1].context["form"].errors)
    for path, extra in [
        ("/conta/password/reset/", {}),
        ("/conta/signup/", {"name": "X", "password1": PASSWORD, "password2": PASSWORD}),
    ]:
        with django_capture_on_commit_callbacks(execute=True):
            answers = [Client().post(path, {"email": email, **extra}) for email in (known.email, "outra@exemplo.org")]
        assert answers[0].status_code == answers[1].status_code == 302
        assert answers[0]["Location"] == answers[1]["Location"]


def test_a_rival_locks_out_strangers_but_not_the_owner():
    """Ten wrong passwords in fifteen minutes close the account to devices that never signed in to it."""
    owner = a_person(second_factor=False)
    home = Client()
    _login(home, owner)
    home.post("/conta/logout/")
    tries = [_login(Client(REMOTE_ADDR=f"10.9.0.{number}"), owner, "wrong-password") for number in range(12)]
    errors = [str(answer.context["form"].errors) for answer in tries]
    assert errors[0] == errors[9]
    assert errors[10] != errors[9]  # too many: not even the right password enters from a stranger
    assert _login(Client(REMOTE_ADDR="10.9.1.1"), owner).status_code == 200
    assert _login(home, owner).status_code == 302


def test_a_known_device_has_a_limit_of_its_own_and_no_other_power():
    owner, other = a_person(second_factor=False), a_person(second_factor=False)
    home = Client()
    _login(home, owner)
    home.post("/conta/logout/")
    for _ in range(10):
        _login(home, owner, "wrong-password")
    assert _login(home, owner).status_code == 200  # its own ten tries are gone
    assert _login(home, other).status_code == 302  # the cookie says nothing about another account
    forged = Client()
    forged.cookies["trama_device"] = "forged"
    assert _login(forged, owner).status_code == 302


def test_many_addresses_share_the_limit_of_the_account_and_one_secretariat_shares_no_lock():
    """A whole secretariat behind one address signs in on the same morning."""
    people = [a_person(second_factor=False) for _ in range(40)]
    answers = [_login(Client(REMOTE_ADDR="10.8.0.1"), person) for person in people]
    assert [answer.status_code for answer in answers] == [302] * 40


def test_active_sessions_are_listed_and_ended():
    user = a_person(second_factor=False)
    here, there = Client(HTTP_USER_AGENT="Firefox aqui"), Client(HTTP_USER_AGENT="Chrome ali")
    for client in (here, there):
        _login(client, user)
    page = here.get("/conta/sessions/").content.decode()
    assert "Firefox aqui" in page
    assert "Chrome ali" in page
    here.post("/conta/sessions/")
    assert _signed_in(here)
    assert not _signed_in(there)
    assert UserSession.objects.filter(user=user).count() == 1


def test_a_password_check_waits_for_a_slot_and_then_gives_up(monkeypatch):
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(1))
    hasher = hashers.Argon2Hasher()
    encoded = hasher.encode("uma senha comprida", "saltsaltsalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")
    assert hasher.verify("uma senha comprida", encoded)
    assert not hasher.verify("outra senha comprida", encoded)
    with override_settings(TRAMA_PASSWORD_HASH_WAIT_SECONDS=0.01):
        hashers._slots.acquire()
        with pytest.raises(hashers.HashingBusy):
            hasher.verify("uma senha comprida", encoded)
        hashers._slots.release()


def test_concurrent_password_checks_never_exceed_the_slots(monkeypatch):
    slots, running, most = 2, [], []
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(slots))

    def slow(self, password, encoded):
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return True

    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.verify", slow)
    threads = [threading.Thread(target=hashers.Argon2Hasher().verify, args=("a", "b")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (8, slots)


def test_when_every_slot_is_taken_the_answer_is_try_again(monkeypatch):
    def busy(*arguments, **fields):
        raise hashers.HashingBusy("password hashing")

    monkeypatch.setattr("allauth.account.adapter.DefaultAccountAdapter.authenticate", busy)
    answer = _login(Client(), a_person())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_sensitive_change_asks_who_one_is_again(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 12, tzinfo=UTC))
    user = a_person(second_factor=False)
    client = Client()
    _login(client, user)
    fields = {"email": "segundo@exemplo.org", "action_add": ""}
    time_machine.shift(601)
    answer = client.post("/conta/email/", fields)
    assert answer.status_code == 302
    assert "/conta/reauthenticate/" in answer["Location"]
    assert user.emailaddress_set.count() == 1
    client.post(answer["Location"], {"password": PASSWORD})
    client.post("/conta/email/", fields)
    assert user.emailaddress_set.count() == 2


def test_changes_of_the_account_are_told_by_email(mailoutbox, django_capture_on_commit_callbacks):
    user = a_person(second_factor=False)
    client = Client()
    _login(client, user)
    other = "lamparina-jangada-quintal-08"
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/conta/password/change/", {"oldpassword": PASSWORD, "password1": other, "password2": other})
    assert mailoutbox[-1].to == [user.email]
    assert "127.0.0.1" in mailoutbox[-1].body


def test_letters_are_in_the_language_of_the_account(mailoutbox, django_capture_on_commit_callbacks):
    user = a_person(language="en")
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/conta/password/reset/", {"email": user.email})
    assert mailoutbox[-1].subject == "[Trama] Choose a new password"


def test_the_role_that_sleeps_leads_to_the_second_factor():
    client = Client()
    client.force_login(person_with(Role.NETWORK_PRINCIPAL, second_factor=False))
    answer = client.get("/conta/equipe/")
    assert answer["Location"] == "/conta/segundo-fator/?next=%2Fconta%2Fequipe%2F"
    assert client.get(answer["Location"]).status_code == 200


def test_one_profile_is_taken_at_once_and_several_are_chosen():
    network = a_network()
    user = person_with(Role.NETWORK_PRINCIPAL, network)
    client = Client()
    client.force_login(user)
    assert client.get("/conta/equipe/").status_code == 200
    teacher = give_profile(user, Role.TEACHER)
    answer = client.get("/conta/equipe/")
    assert answer["Location"] == "/conta/perfis/?next=%2Fconta%2Fequipe%2F"
    before = client.session.session_key
    chosen = client.post("/conta/perfis/", {"profile": teacher.pk, "next": "https://evil.example/"})
    assert chosen["Location"] == "/conta/"
    assert client.session.session_key != before  # a change of role is a new session
    assert client.get("/conta/equipe/").status_code == 403
    principal = user.profiles.get(role=Role.NETWORK_PRINCIPAL)
    client.post("/conta/perfis/", {"profile": principal.pk})
    assert client.get("/conta/equipe/").status_code == 200
    assert client.post("/conta/perfis/", {"profile": 987654}).status_code == 404


def test_the_list_of_sessions_follows_the_change_of_role():
    user = person_with(Role.TEACHER, second_factor=False)
    second = give_profile(user, Role.SCHOOL_CLERK)
    client = Client()
    _login(client, user)
    client.post("/conta/perfis/", {"profile": second.pk})
    assert [row.session_key for row in UserSession.objects.all()] == [client.session.session_key]


def test_a_public_page_does_not_read_the_session():
    client = Client()
    client.force_login(person_with(Role.NETWORK_PRINCIPAL))
    answer = client.get("/acessibilidade/")
    assert answer.status_code == 200
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.wsgi_request.session.accessed
