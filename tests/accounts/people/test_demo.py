"""Accounts for trying the system: only on one's own machine, only while it has none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone, translation

from tests.accounts.factories import a_network, a_person, a_school, a_state_network
from trama.accounts.api import DemonstrationTeam, create_demonstration_accounts, demonstration_team
from trama.accounts.models import Profile, User
from trama.accounts.people.demo import COLLEAGUES, EMAILS, FILE_NAME, began_at

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def _laptop(settings, tmp_path):
    settings.TRAMA_EMBEDDED = True
    settings.VAR_DIR = tmp_path
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    caches["pages"].clear()


@pytest.mark.usefixtures("_laptop")
def test_one_account_per_role_whose_password_works(tmp_path):
    a_school(a_network(26))
    a_state_network(26)
    made = create_demonstration_accounts()
    assert sorted(
        Profile.objects.filter(user__email__in=[one.email for one in made]).values_list("role", flat=True)
    ) == [
        "network_principal",
        "network_team",
        "pedagogical_coordinator",
        "programme_admin",
        "programme_team",
        "school_principal",
        "state_principal",
    ]
    file = tmp_path / FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    for account in made:
        assert f"{account.email}\t{account.password}" in file.read_text()
        client = Client()
        client.post("/conta/login/", {"login": account.email, "password": account.password})
        assert client.get("/conta/").status_code == 200
    assert len({account.password for account in made}) == 7


@pytest.mark.usefixtures("_laptop")
def test_colleagues_fill_the_team_and_nobody_signs_in_as_one(tmp_path):
    a_school(a_network(26))
    with translation.override("en"):  # the language of the terminal
        create_demonstration_accounts()
    assert User.objects.get(email=EMAILS["director"]).name == "Dirigente de educação"
    for key in COLLEAGUES:
        user = User.objects.get(email=EMAILS[key])
        assert not user.has_usable_password()
        assert user.name.endswith("(pessoa inventada)")
        assert user.email not in (tmp_path / FILE_NAME).read_text()
    team = demonstration_team(timezone.now())
    assert team is not None
    assert set(EMAILS) - set(team.people) == {"state"}


@pytest.mark.usefixtures("_laptop")
def test_without_a_territory_only_the_programme_is_made():
    assert len(create_demonstration_accounts()) == 2
    assert demonstration_team(timezone.now()) is None


@pytest.mark.usefixtures("_laptop")
def test_nothing_is_made_where_people_have_accounts(tmp_path):
    a_person()
    assert create_demonstration_accounts() == []
    assert not (tmp_path / FILE_NAME).exists()


def test_nothing_is_made_on_a_server():
    assert create_demonstration_accounts() == []
    assert not User.objects.exists()


@pytest.mark.usefixtures("_laptop")
def test_on_a_server_the_same_people_are_no_team_and_see_no_notice(settings):
    a_network(26)
    create_demonstration_accounts()
    director = User.objects.get(email=EMAILS["director"])
    assert b"data-demonstration" in signed_in(director).get("/conta/").content
    settings.TRAMA_EMBEDDED = False
    assert demonstration_team(timezone.now()) is None
    assert b"data-demonstration" not in signed_in(director).get("/conta/").content


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC) - timedelta(days=450)),
        (datetime(2029, 2, 10, 12, tzinfo=UTC), datetime(2029, 1, 1, 12, tzinfo=UTC)),
        (datetime(2028, 12, 31, 12, tzinfo=UTC), datetime(2028, 12, 31, 12, tzinfo=UTC) - timedelta(days=450)),
    ],
)
def test_the_team_never_began_before_its_mandate(now, began):
    assert began_at(now) == began


@pytest.mark.parametrize("days", [0.2, 40, 300, 450])
def test_invented_days_keep_their_order_however_young_the_mandate(days):
    now = datetime(2029, 6, 1, 12, tzinfo=UTC)
    team = DemonstrationTeam({}, None, None, None, now - timedelta(days=days), now)
    told = [team.ago(one) for one in (400, 380, 375, 75, 50, 21, 7, 0.04)]
    assert told == sorted(set(told))
    assert team.began < told[0]
    assert told[-1] < now
    if days == 450:
        assert team.ago(30) == now - timedelta(days=30)
