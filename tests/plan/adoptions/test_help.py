"""Requests for help: who is told, what the asker sees of it, and what the programme does not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_version, an_adoption
from trama.plan.adoptions import help_services
from trama.plan.adoptions.help_selectors import waiting_with_partners
from trama.plan.adoptions.waiting import help_waiting, people_to_tell
from trama.plan.followup.digest import send_digests
from trama.plan.models import HelpRequest

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = NOON + DAY


class World:
    """A network that carries out a technology of a partner, and asked the partner on Monday."""

    def __init__(self) -> None:
        self.partner = accounts.a_partner()
        self.trainer = accounts.person_with("trainer", self.partner)
        self.team = accounts.person_with("programme_team", accounts.the_programme())
        self.adoption = an_adoption(version=a_version(organisation=self.partner, word="Leitura"))
        self.asker = self.adoption.opened_by
        self.request = self.ask(self.partner)

    def ask(self, organisation, subject="Por onde começar?"):
        return help_services.ask_help(
            self.adoption, organisation, uid=uuid4(), subject=subject, text="SEGREDO da rede", by=self.asker, at=NOON
        )

    def write(self, text, *, by, at):
        from_owner = by == self.asker
        help_services.answer_help(self.request, text, uid=uuid4(), from_owner=from_owner, by=by, at=at)
        self.request.refresh_from_db()


@pytest.fixture
def world():
    return World()


def lines(user, at=TUESDAY, told_at=None):
    return help_waiting(user, at, told_at)


def test_the_organisation_reads_what_waits_and_the_programme_how_much(world):
    (asked,) = lines(world.trainer)
    assert "Por onde começar?" in asked.what
    assert str(world.adoption.scope) in asked.what
    assert str(world.request.uid) in asked.address
    (count,) = lines(world.team)
    assert world.partner.name in count.what
    for secret in ("SEGREDO", "Por onde começar?", str(world.adoption.scope)):
        assert secret not in count.what
    assert lines(world.asker) == []
    assert lines(accounts.person_with("trainer")) == lines(accounts.person_with("network_principal")) == []


def test_what_is_asked_of_the_programme_is_read_by_the_programme_and_not_by_the_partner(world):
    world.ask(accounts.the_programme(), "Podemos adiar?")
    assert ["Podemos adiar?" in line.what for line in lines(world.team)] == [True, False]
    assert len(lines(world.trainer)) == 1


def test_the_asker_sees_when_it_was_seen_and_answered(world, client):
    address = reverse("plan:adoption_help_request", args=[world.adoption.uid, world.request.uid])

    def shown():
        client.force_login(world.asker)
        return client.get(address).content.decode()

    assert "enviado, ainda não visto" in shown()
    client.force_login(world.trainer)
    client.get(reverse("plan:help_asked_request", args=[world.request.uid]))
    world.request.refresh_from_db()
    seen = world.request.seen_at
    assert seen is not None
    client.get(reverse("plan:help_asked_request", args=[world.request.uid]))
    world.request.refresh_from_db()
    assert world.request.seen_at == seen
    assert "ainda sem resposta" in shown()
    world.write("Pelo começo.", by=world.trainer, at=TUESDAY)
    assert "respondido em 03/03/2026" in shown()
    world.write("E depois?", by=world.asker, at=TUESDAY + HOUR)
    assert (world.request.waits_since, world.request.seen_at) == (TUESDAY + HOUR, None)
    assert "enviado, ainda não visto" in shown()
    help_services.close_help(world.request, from_owner=True, by=world.asker, at=TUESDAY + 2 * HOUR)
    assert lines(world.trainer) == lines(world.team) == []


def test_a_look_of_who_may_not_answer_is_no_look_of_the_organisation(world, client):
    for person in (world.team, accounts.person_with("trainer"), world.asker):
        with pytest.raises(PermissionDenied):
            help_services.note_seen(world.request, by=person, at=NOON)
    client.force_login(world.team)
    assert client.get(reverse("plan:help_asked_request", args=[world.request.uid])).status_code == 404
    world.request.refresh_from_db()
    assert world.request.seen_at is None


def test_writing_on_before_an_answer_does_not_restart_the_waiting(world):
    world.write("Ainda não sabemos.", by=world.asker, at=TUESDAY)
    assert world.request.waits_since == NOON


def test_the_database_keeps_waiting_and_answered_apart(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.filter(pk=world.request.pk).update(answered_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.filter(pk=world.request.pk).update(waits_since=None)


def test_new_requests_and_answers_are_urgent_until_a_letter_told_of_them(world):
    assert lines(world.trainer)[0].urgent
    assert world.trainer.pk in set(people_to_tell(TUESDAY))
    assert not lines(world.trainer, told_at=NOON + HOUR)[0].urgent
    assert not lines(world.trainer, at=NOON + 5 * DAY)[0].urgent
    assert not lines(world.team)[0].urgent
    world.write("Pelo começo.", by=world.trainer, at=TUESDAY)
    (answer,) = lines(world.asker, at=TUESDAY + HOUR)
    assert answer.urgent
    assert world.partner.name in answer.what
    assert set(people_to_tell(TUESDAY + HOUR)) == {world.asker.pk}
    colleague = accounts.person_with("network_team", world.adoption.network, tools={"plan": "view"})
    assert [line.urgent for line in lines(colleague, at=TUESDAY + HOUR)] == [False]


def test_the_mail_comes_the_next_working_day_once_and_on_mondays_until_it_is_answered(
    world, django_capture_on_commit_callbacks
):
    came = []
    for day in range(1, 16):
        mail.outbox = []
        with django_capture_on_commit_callbacks(execute=True):
            send_digests(at=NOON + day * DAY, apply=True)
        came += [(day, letter.to[0]) for letter in mail.outbox]
        assert not any("SEGREDO" in letter.body for letter in mail.outbox)
    trainer, team = world.trainer.email, world.team.email
    assert [day for day, address in came if address == trainer] == [1, 7, 14]
    assert [day for day, address in came if address == team] == [7, 14]


def test_the_list_of_the_programme_counts_what_waits_with_partners_and_no_other_list_does(world, client):
    assert [(one.organisation, one.number) for one in waiting_with_partners(world.team)] == [(world.partner.name, 1)]
    for person, counted in ((world.team, True), (world.trainer, False)):
        client.force_login(person)
        page = client.get(reverse("plan:help_asked")).content.decode()
        assert ("Esperando com os parceiros" in page) is counted
        assert ("Por onde começar?" in page) is not counted
    assert waiting_with_partners(world.asker) == []
