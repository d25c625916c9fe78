"""The administration sees which addresses got nothing; who invited somebody sees it beside the invitation."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.factories import a_network, a_person, person_with
from trama.accounts.api import Role
from trama.foundation.letters import carrying, post
from trama.foundation.letters.models import Letter

pytestmark = pytest.mark.django_db

SECRET = "https://trama.exemplo.org/conta/convite/segredo/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin(settings):
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    return signed_in(person_with(Role.PROGRAMME_ADMIN))


def refused(to="sumiu@exemplo.org"):
    letter = post(EmailMessage("Convite", SECRET, "trama@exemplo.org", [to]))[0]
    carrying._end(letter, "refused", "550 5.1.1 no such user")
    return letter


def test_what_reached_nobody_is_told_without_its_text(admin):
    letter = refused()
    page = admin.get(reverse("foundation:letters")).content.decode()
    assert "sumiu@exemplo.org" in page
    assert "550 5.1.1 no such user" in page
    assert reverse("foundation:letter_again", args=[letter.pk]) in page
    assert SECRET not in page
    assert "Convite" not in page


def test_it_can_be_tried_again_while_its_text_is_kept(admin, django_capture_on_commit_callbacks):
    letter = refused()
    address = reverse("foundation:letter_again", args=[letter.pk])
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(address, follow=True)
    assert "O e-mail para sumiu@exemplo.org vai sair de novo." in answer.content.decode()
    assert [one.to for one in mail.outbox] == [["sumiu@exemplo.org"]]
    assert Letter.objects.get().state == "sent"
    assert admin.post(address).status_code == 404, "what was sent is not sent again"


def test_without_its_text_it_is_told_that_it_cannot(admin):
    letter = refused()
    Letter.objects.update(body="")
    assert "texto não guardado" in admin.get(reverse("foundation:letters")).content.decode()
    answer = admin.post(reverse("foundation:letter_again", args=[letter.pk]), follow=True)
    assert "não está mais guardado" in answer.content.decode()
    assert Letter.objects.get().state == "refused"


def test_nobody_else_sees_the_addresses():
    letter = refused()
    other = signed_in(person_with(Role.NETWORK_PRINCIPAL, a_network(26)))
    assert other.get(reverse("foundation:letters")).status_code == 403
    assert other.post(reverse("foundation:letter_again", args=[letter.pk])).status_code == 403
    assert signed_in(a_person()).get(reverse("foundation:letters")).status_code == 403


def test_who_invited_sees_that_it_did_not_arrive(django_capture_on_commit_callbacks):
    principal = signed_in(person_with(Role.NETWORK_PRINCIPAL, a_network(26)))
    tools = {"email": "Sumiu@exemplo.org", "role": Role.NETWORK_TEAM.value}
    principal.post(reverse("accounts:invite"), tools)
    letter = Letter.objects.get()
    page = reverse("accounts:team")
    assert "o e-mail não chegou" not in principal.get(page).content.decode()
    carrying._end(letter, "refused", "550 no")
    assert "o e-mail não chegou" in principal.get(page).content.decode()
    assert letter.created_at <= timezone.now()
