"""Letters are kept with what they tell, and leave by a worker: over a real mail server, whatever it does."""

import smtplib
import socket
import threading
from datetime import timedelta
from email import message_from_bytes
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from config.settings import base
from trama.foundation.jobs.services import note_worker
from trama.foundation.letters import Postman, carrying, post, services
from trama.foundation.letters.carrying import carry_all, pause_after
from trama.foundation.letters.models import Letter
from trama.foundation.letters.selectors import outbox, undelivered
from trama.foundation.letters.services import NoTextLeft, forget_old, send_again

pytestmark = pytest.mark.django_db


def a_letter(to="ana@exemplo.org", subject="Convite", **more):
    return post(EmailMessage(subject, "Um texto.\n", "trama@exemplo.org", [to]), **more)[0]


def refreshed(letter):
    letter.refresh_from_db()
    return letter


@pytest.fixture
def worker():
    """A worker was just heard, so nothing leaves by the request."""
    note_worker("machine:1", at=timezone.now())


class Clerk:
    """What the mail server answers: by address to the recipient, by subject to the whole."""

    def __init__(self):
        self.taken, self.to_address, self.to_subject = [], {}, {}
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802  (the library's name)
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.to_address.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        letter = message_from_bytes(envelope.content)
        if answer := self.to_subject.get(letter["Subject"]):
            return answer
        self.taken.append(letter)
        return "250 taken"


@pytest.fixture
def clerk(settings):
    clerk = Clerk()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(clerk, hostname="127.0.0.1", port=port)
    controller.start()
    _wire(settings, port)
    yield clerk
    controller.stop()


def _wire(settings, port, timeout=5):
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    smtp = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {**settings.MAILERS, "wire": smtp}


def test_two_hundred_letters_leave_over_a_few_connections(clerk, worker):
    for n in range(200):
        a_letter(f"pessoa{n}@exemplo.org")
    assert carry_all() == 200
    assert len(clerk.taken) == 200
    assert clerk.connections == 4
    assert not Letter.objects.exclude(state="sent", body="", subject="").exists()
    assert carry_all() == 0


def test_who_waits_at_the_screen_comes_first(clerk, worker):
    a_letter("lembrete@exemplo.org")
    a_letter("codigo@exemplo.org", urgent=True)
    carry_all()
    assert [letter["To"] for letter in clerk.taken] == ["codigo@exemplo.org", "lembrete@exemplo.org"]


def test_one_refused_address_stops_no_other(clerk, worker):
    clerk.to_address["sumiu@exemplo.org"] = "550 5.1.1 no such user"
    gone, full, well = a_letter("Sumiu@exemplo.org".lower()), a_letter("cheia@exemplo.org"), a_letter()
    clerk.to_address["cheia@exemplo.org"] = "452 4.2.2 mailbox full"
    assert carry_all() == 1
    assert (refreshed(gone).state, gone.answer) == ("refused", "550 5.1.1 no such user")
    assert gone.has_text
    assert (refreshed(full).state, full.answer, full.attempts) == ("waiting", "452 4.2.2 mailbox full", 1)
    assert timedelta(seconds=20) < full.next_at - timezone.now() <= pause_after(1)
    assert refreshed(well).state == "sent"
    assert undelivered(["SUMIU@exemplo.org", "cheia@exemplo.org", "ana@exemplo.org"]) == {"sumiu@exemplo.org"}
    clerk.to_address.clear()
    send_again(gone, at=timezone.now())
    assert carry_all() == 1
    assert undelivered(["sumiu@exemplo.org"]) == set()


def test_what_the_server_takes_for_harmful_is_refused(clerk, worker):
    clerk.to_subject["Spam"] = "554 5.7.1 rejected"
    letter = a_letter(subject="Spam")
    assert carry_all() == 0
    assert refreshed(letter).state == "refused"


def test_a_server_that_is_away_costs_one_attempt_and_growing_pauses(settings, worker, time_machine):
    _wire(settings, 9)  # nothing listens there
    letter, other = a_letter(), a_letter("beto@exemplo.org")
    start = timezone.now()
    for attempt, minutes in enumerate([0, 1, 4, 20, 60], 1):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        assert carry_all() == 0
        assert (refreshed(letter).attempts, refreshed(other).attempts) == (attempt, attempt)
        assert letter.next_at == timezone.now() + pause_after(attempt)
        assert carry_all() == 0
        assert refreshed(letter).attempts == attempt, "nothing is tried before its time"
    assert "refused" in letter.answer.lower()
    assert timedelta(minutes=60) <= outbox(at=timezone.now()).oldest_wait < timedelta(minutes=61)
    time_machine.move_to(start + timedelta(days=3, minutes=1), tick=False)
    carry_all()
    assert (refreshed(letter).state, refreshed(other).state) == ("given_up", "given_up")


def test_a_repeat_after_a_crash_is_the_same_letter(clerk, worker, monkeypatch, time_machine):
    class Killed(BaseException):
        """As if the process died between the server's word and ours."""

    def die(*_):
        raise Killed

    letter = a_letter()
    monkeypatch.setattr(carrying, "_end", die)
    with pytest.raises(Killed):
        carry_all()
    monkeypatch.undo()
    assert refreshed(letter).state == "waiting"
    assert carry_all() == 0, "whoever claimed it may still be at it"
    time_machine.move_to(timezone.now() + carrying.CLAIM + timedelta(seconds=1))
    assert carry_all() == 1
    first, second = clerk.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_one_that_breaks_the_connection_lets_the_others_go(clerk, worker, monkeypatch, time_machine):
    real = smtplib.SMTP.sendmail

    def sendmail(self, sender, to, *rest, **options):
        if to == ["veneno@exemplo.org"]:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        return real(self, sender, to, *rest, **options)

    monkeypatch.setattr(smtplib.SMTP, "sendmail", sendmail)
    a_letter("veneno@exemplo.org")
    well = a_letter()
    assert carry_all() == 0
    for seconds in (31, 62):
        time_machine.move_to(timezone.now() + timedelta(seconds=seconds))
        carry_all()
    assert refreshed(well).state == "sent"
    assert Letter.objects.get(to="veneno@exemplo.org").state == "waiting"


def test_an_address_that_is_none_is_refused(worker):
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(to="joão sem arroba")
    _smtp_without_a_server(letter)


def _smtp_without_a_server(letter):
    class Wire:
        def send_messages(self, messages):
            raise ValueError("Invalid address")

    assert carrying._send(Wire(), refreshed(letter)) == "refused"
    assert refreshed(letter).answer == "Invalid address"


def test_without_a_worker_letters_leave_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        a_letter()
        assert mail.outbox == []
    assert [letter.to for letter in mail.outbox] == [["ana@exemplo.org"]]


def test_with_a_worker_the_request_never_meets_the_mail_server(django_capture_on_commit_callbacks, worker, monkeypatch):
    monkeypatch.setattr(carrying, "carry_all", lambda: pytest.fail("the request carried a letter"))
    with django_capture_on_commit_callbacks(execute=True):
        letter = a_letter()
    assert refreshed(letter).state == "waiting"


def test_without_a_worker_a_broken_server_is_no_error_of_the_request(settings, django_capture_on_commit_callbacks):
    _wire(settings, 9)
    with django_capture_on_commit_callbacks(execute=True):
        letter = a_letter()
    assert (refreshed(letter).state, letter.attempts) == ("waiting", 1)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_writes_to_nobody():
    with transaction.atomic():
        a_letter()
        transaction.set_rollback(True)
    assert not Letter.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_postmen_send_each_letter_once(clerk):
    note_worker("machine:1", at=timezone.now())
    for n in range(60):
        a_letter(f"pessoa{n}@exemplo.org")
    postmen = [Postman(0.01), Postman(0.01)]
    for one in postmen:
        one.start()
    over = threading.Event()
    for _ in range(600):
        if len(clerk.taken) >= 60 or over.wait(0.05):
            break
    for one in postmen:
        one.stop()
    assert len({letter["Message-ID"] for letter in clerk.taken}) == len(clerk.taken) == 60


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_ends_when_nothing_is_left_sends_what_waits(worker):
    a_letter()
    call_command("worker", batch=True, stdout=StringIO())
    assert len(mail.outbox) == 1


def test_what_django_sends_by_itself_is_kept_too(settings, worker):
    assert base.MAILERS["default"] == {"BACKEND": "trama.foundation.letters.backend.Outbox"}
    settings.MAILERS = {"default": base.MAILERS["default"], "wire": settings.MAILERS["wire"]}
    message = EmailMultiAlternatives("Moderação", "Uma página espera.", to=["ana@exemplo.org", "beto@exemplo.org"])
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.reply_to = ["equipe@exemplo.org"]
    assert message.send() == 1
    assert Letter.objects.count() == 2
    carry_all()
    first = mail.outbox[0]
    assert first.extra_headers["Auto-Submitted"] == "auto-generated"
    assert first.extra_headers["Reply-To"] == "equipe@exemplo.org"
    assert first.message()["Message-ID"].endswith("@localhost>")


def test_a_letter_is_plain_text_and_says_something():
    rich = EmailMultiAlternatives("A", "a", to=["ana@exemplo.org"])
    rich.attach_alternative("<p>a</p>", "text/html")
    with pytest.raises(ValueError, match="plain text"):
        post(rich)
    with pytest.raises(ValueError, match="has a text"):
        post(EmailMessage("A", "", to=["ana@exemplo.org"]))


def test_the_text_goes_after_a_week_and_the_row_after_ninety_days(worker):
    letter, now = a_letter(), timezone.now()
    carrying._end(letter, "refused", "550 no")
    assert forget_old(at=now + timedelta(days=6)) == (0, 0)
    assert forget_old(at=now + timedelta(days=8)) == (1, 0)
    with pytest.raises(NoTextLeft):
        send_again(refreshed(letter), at=now)
    assert forget_old(at=now + services.KEPT + timedelta(days=1)) == (0, 1)
    waiting = a_letter()
    assert forget_old(at=now + timedelta(days=900)) == (0, 0)
    assert refreshed(waiting).has_text
