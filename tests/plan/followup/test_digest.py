"""One mail a day at most: the week on a person's own days, what is urgent on any working day, guests included."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend

from tests.accounts import factories as accounts
from tests.diagnose import factories as rounds
from tests.plan.factories import NOON, a_plan, an_action, an_objective
from trama.diagnose.models import RoundMember
from trama.diagnose.rounds import team
from trama.foundation.letters.models import Letter
from trama.plan.followup import services
from trama.plan.followup.digest import daily_digests, send_digests
from trama.plan.followup.models import DigestSent
from trama.plan.models import StrategicPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """``send(at)``: what a run at an instant sends, as (address, subject, body)."""

    def run(at):
        mail.outbox = []
        with django_capture_on_commit_callbacks(execute=True):
            send_digests(at=at, apply=True)
        return [(letter.to[0], letter.subject, letter.body) for letter in mail.outbox]

    return run


def every_day(send, address, days=17):
    """The days, counted from Monday 2 March, on which a mail came to an address; never two on one."""
    found = []
    for day in range(days):
        at = NOON + timedelta(days=day)
        came = [letter for letter in (*send(at), *send(at + timedelta(hours=2))) if letter[0] == address]
        assert len(came) <= 1
        found += [day] * len(came)
    return found


def test_a_guest_gets_a_mail_on_the_days_of_reminders_only_and_it_names_nobody_else(send):
    of = rounds.a_round(title="Rodada de abril")
    guest = rounds.a_member(of, accounts.a_person(name="Dona Rosa"))
    other = rounds.a_member(of, accounts.a_person(name="Seu Jorge"))
    (letter,) = [letter for letter in send(NOON + timedelta(days=7)) if letter[0] == guest.user.email]
    assert "Rodada de abril" in letter[2]
    assert "Rodada de abril" not in letter[1]
    assert f"/autodiagnostico/rodadas/{of.uid}/lembretes/" in letter[2]
    assert "/resumo-por-e-mail/" in letter[2]
    for person in (other.user, of.opened_by):
        assert person.name not in letter[2]
        assert person.email not in letter[2]
    RoundMember.objects.update(reminded_at=None)
    DigestSent.objects.all().delete()
    assert every_day(send, guest.user.email) == [7, 11]


def test_a_director_s_reminder_stands_inside_the_digest_and_is_no_second_mail(send):
    of = rounds.a_round()
    plan = a_plan(of.network, by=of.opened_by, state=StrategicPlan.State.ACTIVE)
    an_action(an_objective(plan), "Comprar livros", due_on=NOON.date() + timedelta(days=60))
    assert every_day(send, of.opened_by.email) == [0, 7, 11, 14]  # Mondays, and the Friday before the deadline


def test_on_the_day_of_the_digest_the_week_and_the_round_come_together_and_on_another_day_the_round_alone(send):
    of = rounds.a_round(title="Rodada de abril")
    rounds.a_round(of.network, by=of.opened_by, title="Rodada de maio", answers_until=NOON + timedelta(days=60))
    plan = a_plan(of.network, by=of.opened_by, state=StrategicPlan.State.ACTIVE)
    an_action(an_objective(plan), "Comprar livros", due_on=NOON.date() + timedelta(days=12))
    bodies = [send(NOON + timedelta(days=day)) for day in (7, 11)]
    monday, friday = (letters[0][2] for letters in bodies)
    assert "Rodada de abril" in monday
    assert "Rodada de maio" in monday
    assert "Comprar livros" in monday
    assert "Rodada de abril" in friday
    assert "Rodada de maio" not in friday
    assert "Comprar livros" not in friday


def test_who_chose_never_gets_no_reminder_and_who_muted_the_round_gets_the_digest_without_it(send):
    of = rounds.a_round()
    guest = rounds.a_member(of)
    services.choose_digest("never", by=guest.user, at=NOON)
    assert every_day(send, guest.user.email) == []
    director = of.opened_by
    plan = a_plan(of.network, by=director, state=StrategicPlan.State.ACTIVE)
    an_action(an_objective(plan), "Comprar livros", due_on=NOON.date() + timedelta(days=2))
    RoundMember.objects.update(reminded_at=None)
    DigestSent.objects.all().delete()
    team.mute(of.members.get(user=director), muted=True, by=director, at=NOON)
    (letter,) = send(NOON)
    assert "Comprar livros" in letter[2]
    assert of.title not in letter[2]


def test_a_guest_in_two_rounds_gets_one_mail_with_both(send):
    first, second = rounds.a_round(title="Primeira"), rounds.a_round(title="Segunda")
    guest = rounds.a_member(first).user
    rounds.a_member(second, guest)
    (letter,) = [letter for letter in send(NOON + timedelta(days=7)) if letter[0] == guest.email]
    assert "Primeira" in letter[2]
    assert "Segunda" in letter[2]


def test_a_mail_speaks_the_language_of_who_reads_it_addresses_too(send):
    of = rounds.a_round()
    guest = rounds.a_member(of, accounts.a_person(language="en"))
    letters = {letter[0]: letter for letter in send(NOON + timedelta(days=7))}
    assert "wait for your answer" in letters[guest.user.email][2]
    assert f"/en/autodiagnostico/rodadas/{of.uid}/" in letters[guest.user.email][2]
    assert "wait for your answer" not in letters[of.opened_by.email][2]


def test_the_page_of_the_week_shows_what_waits_elsewhere_muted_or_not(client):
    of = rounds.a_round(title="Rodada de abril")
    guest = rounds.a_member(of)
    team.mute(guest, muted=True, by=guest.user, at=NOON)
    RoundMember.objects.filter(pk=guest.pk).update(added_at=NOON)
    type(of).objects.filter(pk=of.pk).update(answers_until=NOON + timedelta(days=4000))
    client.force_login(guest.user)
    page = client.get("/planos/semana/").content.decode()
    assert "Rodada de abril" in page
    assert f'href="/autodiagnostico/rodadas/{of.uid}/"' in page
    client.force_login(accounts.person_with("network_principal"))
    assert "Rodada de abril" not in client.get("/planos/semana/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_address_that_the_server_refuses_stops_no_other(settings):
    of = rounds.a_round()
    refused, other = rounds.a_member(of).user, rounds.a_member(of).user
    settings.MAILERS = {**settings.MAILERS, "wire": {"BACKEND": f"{__name__}.MoodyBackend"}}
    MoodyBackend.refused = refused.email
    monday = NOON + timedelta(days=7)
    assert daily_digests(monday) == "3 resumos enviados"  # the director and both guests: kept, whatever the server does
    assert [letter.to[0] for letter in mail.outbox].count(other.email) == 1
    assert RoundMember.objects.get(user=refused).reminded_at == monday
    assert list(Letter.objects.exclude(state="sent").values_list("to", "state")) == [(refused.email, "refused")]


class MoodyBackend(LocmemBackend):
    """A mail server that knows all addresses but one."""

    refused = ""

    def send_messages(self, email_messages):
        for message in email_messages:
            if message.to == [self.refused]:
                raise smtplib.SMTPRecipientsRefused({self.refused: (550, b"no such user")})
        return super().send_messages(email_messages)
