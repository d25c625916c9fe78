"""Login by gov.br, end to end against a provider that speaks real HTTP on this machine."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.settings.accounts import govbr_provider
from tests.accounts.factories import PASSWORD, a_person
from trama.accounts.models import User

from .openid_provider import CLIENT_ID, SECRET, Provider

pytestmark = pytest.mark.django_db
START = "/conta/oidc/govbr/login/"
ANA = {"sub": "11122233344", "name": "Ana Souza", "email": "Ana@exemplo.org", "email_verified": True}


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def govbr(running, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": govbr_provider(CLIENT_ID, SECRET, running.address)}
    running.spoil, running.person = "", dict(ANA)
    running.asked.clear()
    cache.clear()
    return running


def _walk(client: Client, govbr: Provider, query: str = ""):
    """Press the button, agree at the provider, come back."""
    start = client.post(START + query)
    assert start.status_code == 302, start.content
    assert start["Location"].startswith(f"{govbr.address}/authorize?")
    return client.get(govbr.authorize(start["Location"]))


def _signed_in(client: Client) -> bool:
    return client.get("/conta/").status_code == 200


def test_a_new_person_signs_up_and_comes_back_later(govbr):
    client = Client()
    answer = _walk(client, govbr)
    assert (answer.status_code, answer["Location"]) == (302, "/conta/perfis/")
    assert _signed_in(client)
    ana = User.objects.get()
    assert (ana.email, ana.name, ana.has_usable_password()) == ("ana@exemplo.org", "Ana Souza", False)
    assert ana.emailaddress_set.get().verified
    again = Client()
    _walk(again, govbr)
    assert _signed_in(again)
    assert User.objects.count() == 1


def test_the_request_carries_pkce_state_and_nonce_and_only_our_scopes(govbr):
    client = Client()
    client.post(START + "?scope=everything&auth_params=prompt%3Dnone%26nonce%3Dmine", {})
    govbr.authorize(client.post(START + "?scope=everything&auth_params=nonce%3Dmine", {})["Location"])
    (asked,) = govbr.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 22
    assert sorted(asked["scope"].split()) == ["email", "openid", "profile"]
    assert "prompt" not in asked


@pytest.mark.parametrize(
    "spoil",
    ["denied", "state", "nonce", "no nonce", "signature", "unsigned", "issuer", "audience", "expired", "sub"],
)
def test_an_answer_that_is_not_what_was_asked_signs_nobody_in(govbr, spoil):
    client = Client()
    govbr.spoil = spoil
    answer = _walk(client, govbr)
    assert answer.status_code in (200, 302, 401)
    assert not _signed_in(client)
    assert not User.objects.exists()
    govbr.spoil = ""
    _walk(client, govbr)
    assert _signed_in(client)  # the same, unspoilt, works: it was refused for its fault


def test_a_code_serves_once_and_in_one_browser(govbr):
    client = Client()
    back = govbr.authorize(client.post(START)["Location"])
    assert Client().get(back).status_code == 401  # another browser: it has no such state
    assert not User.objects.exists()
    client.get(back)
    assert _signed_in(client)
    client.post("/conta/logout/")
    client.get(back)
    assert not _signed_in(client)


def test_an_existing_account_is_never_taken_by_its_email(govbr):
    """Whoever controls an e-mail at gov.br is not thereby the owner of the account here."""
    owner = a_person(email="ana@exemplo.org", second_factor=False)
    client = Client()
    answer = _walk(client, govbr)
    assert answer["Location"] == reverse("account_login")
    assert not _signed_in(client)
    assert not SocialAccount.objects.exists()
    # Its owner signs in with the password and connects gov.br: from then on it opens the account.
    client.post("/conta/login/", {"login": owner.email, "password": PASSWORD})
    answer = _walk(client, govbr, "?process=connect")
    assert answer["Location"] == "/conta/reauthenticate/"  # once more, although just signed in
    assert not SocialAccount.objects.exists()
    client.post(answer["Location"], {"password": PASSWORD})
    assert SocialAccount.objects.get().user == owner
    later = Client()
    _walk(later, govbr)
    assert _signed_in(later)
    assert User.objects.count() == 1


def test_the_second_factor_is_asked_also_after_gov_br(govbr):
    owner = a_person(email="ana@exemplo.org")
    SocialAccount.objects.create(user=owner, provider="govbr", uid=ANA["sub"])
    client = Client()
    answer = _walk(client, govbr)
    assert answer["Location"].startswith("/conta/2fa/authenticate/")
    assert not _signed_in(client)


@pytest.mark.parametrize("person", [{**ANA, "email_verified": False}, {"sub": "1", "name": "Sem e-mail"}])
def test_an_email_that_gov_br_did_not_verify_opens_no_account(govbr, person):
    govbr.person = person
    client = Client()
    assert _walk(client, govbr)["Location"] == reverse("account_login")
    assert not _signed_in(client)
    assert not User.objects.exists()


def test_a_suspended_person_does_not_come_in_by_gov_br(govbr):
    _walk(Client(), govbr)
    User.objects.update(is_active=False)
    client = Client()
    _walk(client, govbr)
    assert not _signed_in(client)


def test_where_it_is_not_configured_there_is_no_button_and_no_address():
    client = Client()
    assert "gov.br" not in client.get("/conta/login/").content.decode()
    assert client.post(START).status_code == 404


def test_where_it_is_configured_the_button_is_shown(govbr):
    page = Client().get("/conta/login/").content.decode()
    assert START in page
    assert "gov.br" in page
    assert Client().post("/conta/oidc/another/login/").status_code == 404
