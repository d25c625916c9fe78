"""Pages where the team lets programs into the store."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.accounts.factories import a_person, person_with
from trama.accounts.roles.vocabulary import Role
from trama.foundation.audit.models import Event
from trama.learn.models import LearnerAlias, Statement, StatementClient
from trama.learn.statements.aliases import aliases_of
from trama.learn.statements.erasing import forget
from trama.learn.statements.selectors import clients_visible_to, secret_hash
from trama.learn.statements.tokens import give_token, make_client, revoke_token

from .programs import RUI, Program, a_statement

pytestmark = pytest.mark.django_db
PAGE = "/equipe/registros/"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team():
    return person_with(Role.PROGRAMME_TEAM, tools={"courses": "edit"})


def test_a_program_is_let_in_writes_and_is_shut_out(team):
    me = browser(team)
    assert "Nenhum programa tem acesso ainda" in me.get(PAGE).content.decode()
    data = {"name": "Simulador", "scopes": ["statements/write", "statements/read/mine"], "until": ""}
    page = me.post(f"{PAGE}novo/", data).content.decode()
    shown = re.findall(r"<code>([^<]+)</code>", page)
    endpoint, key, secret = shown
    assert endpoint == "http://localhost:8000/xapi/"
    row = StatementClient.objects.get()
    assert (row.key, row.secret_hash) == (key, secret_hash(secret))
    assert secret not in "".join(str(value) for value in StatementClient.objects.values().get().values())
    program = Program(row, key, secret)
    assert program.post(a_statement()).status_code == 200
    listed = me.get(PAGE).content.decode()
    assert "Simulador" in listed
    assert secret not in listed
    assert me.get(f"{PAGE}{row.uid}/revogar/").status_code == 200
    assert me.post(f"{PAGE}{row.uid}/revogar/").status_code == 302
    assert program.post(a_statement()).status_code == 401
    assert me.get(f"{PAGE}{row.uid}/revogar/").status_code == 404
    assert "revogado" in me.get(PAGE).content.decode()
    acts = list(Event.objects.filter(target_type="learn.statementclient").values_list("verb", flat=True))
    assert acts == ["access to the statements given", "access to the statements revoked"]
    assert secret not in "".join(str(one) for one in Event.objects.values_list("detail", "target_label"))


def test_the_form_says_what_is_missing(team):
    me = browser(team)
    yesterday = timezone.localdate() - timedelta(days=1)
    for data in (
        {},
        {"name": "x"},
        {"name": "x", "scopes": ["bad"]},
        {"name": "x", "scopes": "all", "until": yesterday},
    ):
        answer = me.post(f"{PAGE}novo/", data)
        assert answer.status_code == 200
        assert "<code>" not in answer.content.decode()
    assert not StatementClient.objects.exists()


def test_only_the_programme_sees_and_changes_programs(team):
    token = give_token("A", ["all"], expires_at=None, by=team, at=timezone.now())
    for user in (a_person(), person_with(Role.TRAINER)):
        assert browser(user).get(PAGE).status_code in (302, 403)
        assert not clients_visible_to(user).exists()
        with pytest.raises(PermissionDenied):
            give_token("B", ["all"], expires_at=None, by=user, at=timezone.now())
        with pytest.raises(PermissionDenied):
            revoke_token(token.client, by=user, at=timezone.now())
    with pytest.raises(ValueError, match="scopes"):
        give_token("B", ["everything"], expires_at=None, by=team, at=timezone.now())


def test_sessions_and_the_site_itself_are_not_on_the_list(team):
    make_client("session", ["all"], kind="session", created_by=None, created_at=timezone.now())
    assert not clients_visible_to(team).exists()


def test_the_list_takes_the_same_queries_however_long(team, django_assert_num_queries):
    me = browser(team)
    give_token("A", ["all"], expires_at=None, by=team, at=timezone.now())
    me.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        me.get(PAGE)
    for n in range(5):
        give_token(f"B{n}", ["state"], expires_at=timezone.now() - timedelta(1), by=team, at=timezone.now())
    with django_assert_num_queries(len(few)):
        me.get(PAGE)


ERASE = f"{PAGE}esquecer/"


def test_an_administrator_erases_a_person_under_all_their_names(program):
    admin, person = person_with(Role.PROGRAMME_ADMIN), a_person()
    email = person.email.title()
    hashed = hashlib.sha1(f"mailto:{email.lower()}".encode(), usedforsecurity=False).hexdigest()
    own = {"homePage": "http://localhost:8000", "name": aliases_of({person.pk})[person.pk]}
    elsewhere = {"homePage": "https://example.org", "name": "registration-of-ana"}
    names = [
        {"mbox": f"mailto:{email}"},
        {"mbox": f"mailto:{email.lower()}"},
        {"mbox_sha1sum": hashed},
        {"account": own},
        {"account": elsewhere},
    ]
    for one in names:
        program.stored(actor=one)
    kept = program.stored(actor=RUI)
    me = browser(admin)
    assert ERASE in me.get(PAGE).content.decode()
    data = {"email": email, "home_page": elsewhere["homePage"], "account": elsewhere["name"], "sure": "on"}
    page = me.post(ERASE, data, follow=True).content.decode()
    assert "A pessoa foi apagada de 5 registros." in page
    bodies = "".join(Statement.objects.exclude(uid=kept).values_list("body", flat=True))
    for text in (email, email.lower(), hashed, own["name"], elsewhere["name"]):
        assert text not in bodies
    assert Statement.objects.filter(erased_at__isnull=False).count() == len(names)
    assert program.one(kept)["actor"]["account"]["name"] == "rui"
    assert not LearnerAlias.objects.exists()
    assert "Nenhum registro citava esta pessoa" in me.post(ERASE, data, follow=True).content.decode()
    assert email.lower() not in "".join(str(one) for one in Event.objects.values_list("detail", flat=True)).lower()


@pytest.mark.parametrize(
    "data",
    [
        {"sure": "on"},
        {"email": "ana@example.org"},
        {"email": "ana", "sure": "on"},
        {"home_page": "https://example.org", "sure": "on"},
        {"account": "rui", "sure": "on"},
        {"home_page": "example", "account": "rui", "sure": "on"},
    ],
)
def test_nobody_is_erased_by_a_form_that_is_not_whole(program, data):
    program.stored()
    program.stored(actor=RUI)
    answer = browser(person_with(Role.PROGRAMME_ADMIN)).post(ERASE, data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Statement.objects.filter(erased_at__isnull=False).exists()


def test_the_team_without_an_administrator_erases_nobody(team, program):
    program.stored()
    me = browser(team)
    assert ERASE not in me.get(PAGE).content.decode()
    assert me.post(ERASE, {"email": "ana@example.org", "sure": "on"}).status_code == 403
    with pytest.raises(PermissionDenied):
        forget("ana@example.org", [], by=team, at=timezone.now())
    assert not Statement.objects.filter(erased_at__isnull=False).exists()
