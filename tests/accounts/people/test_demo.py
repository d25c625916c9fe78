"""Accounts for trying the system: only on one's own machine, only while it has none."""

import pytest
from django.test import Client

from tests.accounts.factories import a_network, a_person, a_state_network
from trama.accounts.api import create_demonstration_accounts
from trama.accounts.models import Profile, User
from trama.accounts.people.demo import FILE_NAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def _laptop(settings, tmp_path):
    settings.TRAMA_EMBEDDED = True
    settings.VAR_DIR = tmp_path
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()


@pytest.mark.usefixtures("_laptop")
def test_one_account_per_role_whose_password_works(tmp_path):
    a_network(26)
    a_state_network(26)
    made = create_demonstration_accounts()
    assert sorted(Profile.objects.values_list("role", flat=True)) == [
        "network_principal",
        "network_team",
        "programme_admin",
        "programme_team",
        "state_principal",
    ]
    file = tmp_path / FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    for account in made:
        assert f"{account.email}\t{account.password}" in file.read_text()
        client = Client()
        client.post("/conta/login/", {"login": account.email, "password": account.password})
        assert client.get("/conta/").status_code == 200
    assert len({account.password for account in made}) == 5


@pytest.mark.usefixtures("_laptop")
def test_without_a_territory_only_the_programme_is_made():
    assert len(create_demonstration_accounts()) == 2


@pytest.mark.usefixtures("_laptop")
def test_nothing_is_made_where_people_have_accounts(tmp_path):
    a_person()
    assert create_demonstration_accounts() == []
    assert not (tmp_path / FILE_NAME).exists()


def test_nothing_is_made_on_a_server():
    assert create_demonstration_accounts() == []
    assert not User.objects.exists()
